// Once, when a picture comes into sight, it shows by itself what can be dragged: a bar moves a little
// and comes back. The drawing moves, and nothing else: the state stays as it is, for Python, for links
// and for all who ask. Whatever the reader does ends it, or keeps it from beginning.

import { wayTo } from "./between.js";

const WAIT = 700; // ms from when the picture is seen
const MOVE = 1200; // ms there and back
const ACTS = ["pointerdown", "keydown", "wheel", "touchstart"];

// `goal` is the part of the state that the drawing goes to.
export function createNudge(frame, goal) {
  if (!Object.keys(goal).length || matchMedia("(prefers-reduced-motion: reduce)").matches) return () => {};
  const ending = new AbortController();
  let [waiting, next, handle] = [null, null, null];

  function stop() {
    if (ending.signal.aborted) return;
    ending.abort();
    seen.disconnect();
    clearTimeout(waiting);
    cancelAnimationFrame(next);
    if (!frame.figure.dataset.nudged) return;
    handle?.classList.remove("nudged");
    delete frame.figure.dataset.nudged;
    frame.drawAs({});
  }

  function begin() {
    const way = wayTo(frame.schema, frame.state, goal);
    handle = movedMost(frame, goal);
    handle?.classList.add("nudged");
    frame.figure.dataset.nudged = "true";
    let start = null;
    const step = (now) => {
      start ??= now;
      const time = (now - start) / MOVE;
      if (time >= 1) return stop();
      const share = Math.sin(Math.PI * time) ** 2;
      frame.drawAs(way(share));
      next = requestAnimationFrame(step);
    };
    next = requestAnimationFrame(step);
  }

  const seen = new IntersectionObserver(([{ isIntersecting }]) => {
    clearTimeout(waiting);
    if (isIntersecting) waiting = setTimeout(begin, WAIT);
  }, { threshold: 0.6 });
  seen.observe(frame.stage);
  for (const act of ACTS) {
    addEventListener(act, stop, { capture: true, passive: true, signal: ending.signal });
  }
  frame.figure.addEventListener("pointermove", stop, { signal: ending.signal });
  return stop;
}

// The handle whose value is furthest from where it goes.
function movedMost({ svg }, goal) {
  const values = Object.entries(goal).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((each, k) => [`${name}:${k}`, each]) : [[name, value]]);
  let [most, furthest] = [null, 0];
  for (const [id, value] of values) {
    const handle = svg.querySelector(`[data-handle="${id}"]`);
    const away = handle ? Math.abs(value - Number(handle.getAttribute("aria-valuenow"))) : 0;
    if (away > furthest) [most, furthest] = [handle, away];
  }
  return most;
}
