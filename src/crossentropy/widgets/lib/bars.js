// Distributions as bars that can be dragged and locked, alone and in pairs.

import { set, svg } from "./dom.js";
import { brief, createHandle, defineHatches, format, onPress, path, shorten } from "./kit.js";
import { moveComponent } from "./simplex.js";

const PADLOCK = "M-4,-1 v-2.5 a4,4 0 0 1 8,0 v2.5 m-10,0 h12 v8 h-12 z";
const PADLOCK_OPEN = "M-4,-1 v-2.5 a4,4 0 0 1 8,0 m-10,2.5 h12 v8 h-12 z";

// Bars for the distribution in trait `name` ("p" or "q"). With `lockable` each bar has a padlock
// below it, and the key L: a locked bar keeps its height. One that should be dragged to its full height,
// full(state), is dragged by that, too.
export function createBars(frame, pen, name, { lockable = true, full = null } = {}) {
  const labels = frame.model.get("labels");
  const { least, most } = frame.schema[name].of;
  const locked = (k) => frame.locked.has(`${name}:${k}`);
  let scale = { top: 0, bottom: 1 };
  const at = (value) => scale.bottom + (scale.top - scale.bottom) * value;

  const handles = labels.map((label, k) => createHandle(pen, {
    id: `${name}:${k}`,
    name: `${name} of ${label}`,
    axis: "y",
    mark: `x-${name} y-p x=${k} y=${name}:${k}`,
    range: () => [least, most],
    value: () => frame.model.get(name)[k],
    words: (value) => `${format(value, 3)}${locked(k) ? ", locked" : ""}`,
    at,
    // Remembering where the drag began lets a bar go to 1 and back without the others
    // forgetting their proportions.
    grab: () => frame.model.get(name),
    move: (value, start) => {
      if (locked(k)) return;
      frame.set({ [name]: moveComponent(start, k, value, locked) });
    },
  }));
  const locks = lockable ? labels.map((label, k) => createLock(frame, pen, name, k, label)) : [];
  locks.forEach(({ press }, k) => handles[k].node.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "l" || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab counts lines at this key
    press();
  }));

  return {
    // x(k) is the left edge of bar k; `lockY` the centre line of the padlocks, if there are any.
    draw(p, { x, width, top, bottom, lockY = bottom }) {
      scale = { top, bottom };
      p.forEach((pk, k) => {
        const y = at(pk);
        handles[k].hold(drawBar(pen, name, k, { x: x(k), y, width, bottom }));
        const middle = x(k) + width / 2;
        if (full) handles[k].reach(full(frame.state) === k ? path`M${middle},${top} V${bottom}` : "");
        handles[k].draw(middle, y, format(pk, 2));
        locks[k]?.draw(middle, lockY, locked(k));
      });
    },
  };
}

// A part of a picture: the bars of one distribution, with their names below.
export const bars = (name, { title, look, widest, lockable = true, full = null }) => (frame, pen) => {
  if (name === "q") defineHatches(frame.svg);
  const labels = frame.model.get("labels");
  const dragged = createBars(frame, pen, name, { lockable, full });
  return (state, numbers, area) => {
    const { left, top, bottom } = area;
    const places = singles(labels.length, area, widest);
    pen.text("title", look, left - 30, top - 20, title);
    drawAxis(pen, [0, 0.5, 1], area);
    drawNames(pen, [`x-${name}`], labels, places, bottom + 18);
    dragged.draw(state[name], { ...area, ...places, lockY: bottom + 36 });
  };
};

// A part of a picture: bars of p and q side by side, with their names below. `ticks` are those of the
// axis; bars of `drags` can be dragged, and those of `locks` have padlocks; `where` is as of `pairs`.
export const pair = ({ ticks, drags = ["p", "q"], locks = [], ...where }) => (frame, pen) => {
  defineHatches(frame.svg);
  const labels = frame.model.get("labels");
  const dragged = drags.map((name) =>
    createBars(frame, pen, name, { lockable: locks.includes(name) }));
  return (state, { q }, area) => {
    const places = pairs(labels.length, area, where);
    const sideOf = (side) => ({ ...area, ...places, x: (k) => places.x(k, side) });
    drawAxis(pen, ticks, area);
    drawNames(pen, ["x-class"], labels, places, area.bottom + 33);
    drawLetters(pen, labels.length, places, area.bottom + 16);
    if (!drags.includes("q")) drawSoftmax(pen, q, sideOf(1));
    dragged.forEach((bars, side) =>
      bars.draw(state[drags[side]], { ...sideOf(side), lockY: area.bottom + 50 }));
  };
};

// A part of a picture: bars of q that nobody drags, with their names below. `spare` more classes would
// have room at the right.
export const softmaxBars = ({ title = "", spare = 0 } = {}) => (frame, pen) => {
  defineHatches(frame.svg);
  const labels = frame.model.get("labels");
  return (state, { q }, area) => {
    const { left, top, bottom, width } = area;
    const right = left + (width * labels.length) / (labels.length + spare);
    const places = singles(labels.length, { left, right }, 44);
    if (title) pen.text("q title", "tick start", left - 30, top - 26, title);
    drawAxis(pen, [0, 1], { ...area, right });
    drawNames(pen, ["x-class", "x-q"], labels, places, bottom + 17);
    drawSoftmax(pen, q, { ...area, ...places });
  };
};

// The names of the classes, each where it has the room of its `group`; they are ticks of `axes`.
const drawNames = (pen, axes, labels, { middle, group }, y) => labels.forEach((label, k) =>
  pen.tick(`name ${k}`, "label", axes.map((axis) => `${axis} ${k}`).join("|"),
    middle(k), y, shorten(label, group)));

const drawBar = (pen, name, k, { x, y, width, bottom }) => pen.rect(
  `${name}:${k}`, `bar role-${name}`, `x-${name} y-p x=${k} bottom=0 height=${name}:${k}`,
  { x, y, width, height: Math.max(bottom - y, 0) });

// Bars of q that nobody drags, each below its value where its group has room for that.
function drawSoftmax(pen, q, { x, width, group, top, bottom }) {
  q.forEach((qk, k) => {
    const y = bottom + (top - bottom) * qk;
    drawBar(pen, "q", k, { x: x(k), y, width, bottom });
    pen.text(`q of ${k}`, "role-q halo", x(k) + width / 2, y - 7,
      group < 32 ? "" : group < 100 ? format(qk, 2) : brief(qk));
  });
}

// The axis of probabilities, from `left` to `right`, with the ticks that are given.
function drawAxis(pen, ticks, { left, right, top, bottom }) {
  pen.rule("p axis", "y-p 0", path`M${left},${bottom} H${right}`);
  const decimals = ticks.every(Number.isInteger) ? 0 : 1;
  for (const value of ticks) {
    pen.tick(`p tick ${value}`, "tick", `y-p ${value}`,
      left - 6, bottom + (top - bottom) * value + 4, format(value, decimals));
  }
}

// Where the bars of p and q stand side by side, a pair for each class: each takes a share of what its
// class has, and is neither narrower nor wider than is given; `apart` is the widest gap between them.
export function pairs(count, { left, right }, { narrowest = 12, widest = 60, share = 0.38, apart = 10 }) {
  const group = (right - left) / count;
  const width = Math.min(widest, Math.max(narrowest, group * share));
  const gap = Math.min(apart, group * 0.06);
  const middle = (k) => left + group * (k + 0.5);
  return { group, width, middle, x: (k, side) => middle(k) + (side ? gap / 2 : -gap / 2 - width) };
}

// Where single bars stand, one for each class, none wider than `widest`.
export function singles(count, { left, right }, widest) {
  const group = (right - left) / count;
  const width = Math.min(widest, group * 0.56);
  const middle = (k) => left + group * (k + 0.5);
  return { group, width, middle, x: (k) => middle(k) - width / 2 };
}

// The letters p and q below the bars.
function drawLetters(pen, count, { x, width }, y) {
  for (let k = 0; k < count; k += 1) {
    ["p", "q"].forEach((name, side) => pen.tick(`letter ${name}:${k}`, `letter role-${name}`,
      `x-${name} ${k}`, x(k, side) + width / 2, y, name));
  }
}

function createLock(frame, pen, name, k, label) {
  const id = `${name}:${k}`;
  const padlock = svg("path", { class: "padlock" });
  const node = svg(
    "g",
    { class: "lock", role: "button", tabindex: 0, "data-lock": id,
      "aria-label": `Lock ${name} of ${label}` },
    svg("title", { text: `Lock ${name} of ${label}: it keeps its height while another moves (key L)` }),
    svg("rect", { class: "target", x: -12, y: -12, width: 24, height: 24, rx: 6 }),
    padlock,
  );
  const press = () => {
    if (!frame.locked.delete(id)) frame.locked.add(id);
    frame.invalidate();
  };
  onPress(node, press);
  return {
    press,
    draw(x, y, locked) {
      set(pen.place(node), {
        transform: path`translate(${x},${y})`, "aria-pressed": String(locked) });
      set(padlock, { d: locked ? PADLOCK : PADLOCK_OPEN });
    },
  };
}
