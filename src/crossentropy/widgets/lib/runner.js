// What goes on by itself until it is paused: descent, messages that arrive.

import { set } from "./dom.js";

const SLOW = 40; // steps that are slow enough to watch; then one a frame
const PACE = 60; // ms between them

// options:
//   label     of its button while it stands still
//   step      (frame, count) => take a step, the count-th of this run; false when nothing is left
//   atOnce    steps of a run without motion, for a reader who asked for less
//   stopped   (frame, count) => after a run, or nothing
//   yields    whether the run stops when its reader touches something else in the figure
// Returns an action for the toolbar. No step is taken while the figure is off screen.
export function createRunner(options) {
  const { label = "Run", step, atOnce, stopped = () => {}, yields = true } = options;
  const runs = new WeakMap(); // from a frame to what stops the run that is under way in it

  function runAtOnce(frame) {
    let count = 0;
    while (count < atOnce && step(frame, count + 1) !== false) count += 1;
    stopped(frame, count);
  }

  function animate(frame, button) {
    const listeners = new AbortController();
    const { signal } = listeners;
    let [count, due, request, visible] = [0, 0, 0, true];

    const stop = () => {
      cancelAnimationFrame(request);
      observer.disconnect();
      listeners.abort();
      runs.delete(frame);
      set(button, { text: label });
      stopped(frame, count);
    };
    const tick = (now) => {
      request = 0;
      if (now >= due) {
        // A step would end the way to a preset before it is there.
        if (frame.moving || step(frame, count + 1) === false) return stop();
        count += 1;
        due = now + (count < SLOW ? PACE : 0);
      }
      next();
    };
    const next = () => {
      if (visible && !request) request = requestAnimationFrame(tick);
    };
    const observer = new IntersectionObserver((entries) => {
      visible = entries.at(-1).isIntersecting;
      next();
    });
    observer.observe(frame.figure);
    const touched = (event) => {
      if (!button.contains(event.target) && event.key !== "Tab") stop();
    };
    for (const type of yields ? ["pointerdown", "keydown", "change", "click"] : []) {
      frame.figure.addEventListener(type, touched, { capture: true, signal });
    }
    document.addEventListener("visibilitychange", stop, { signal });
    frame.signal.addEventListener("abort", stop, { signal });
    runs.set(frame, stop);
    // It keeps its width, in any font: what follows it stays where a reader is about to press.
    button.style.minWidth = `${button.getBoundingClientRect().width}px`;
    set(button, { text: "Pause" });
    next();
  }

  return {
    label,
    run(frame, button) {
      if (runs.has(frame)) runs.get(frame)();
      else if (matchMedia("(prefers-reduced-motion: reduce)").matches) runAtOnce(frame);
      else animate(frame, button);
    },
  };
}
