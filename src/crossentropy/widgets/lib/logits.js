// Logits on a vertical scale: their handles, and stems that are torn off where they leave it.

import { clamp } from "./clamp.js";
import { format, scientific, shorten } from "./format.js";
import { createHandle } from "./handle.js";
import { drawTear } from "./marks.js";
import { path } from "./pen.js";

// Logits from −5 to 5 have their place; others stand torn off at the edge.
export const VIEW = 5;
export const inView = (logit) => clamp(logit, -VIEW, VIEW);

export const short = (value, decimals = 2) =>
  Math.abs(value) < 1e4 ? format(value, decimals) : scientific(value, Math.max(decimals, 2));

// A handle on the scale of the logits. `apply(level, before)` moves the logits, given those before.
export function createLevel(frame, pen, at, { id, name, mark, value, apply }) {
  let held = null; // the range stands still during a drag
  const range = () => held ?? [Math.min(-VIEW, value()), Math.max(VIEW, value())];
  return createHandle(pen, {
    id,
    name,
    axis: "y",
    mark,
    step: 0.1,
    page: 1,
    fine: 0.01,
    range,
    value,
    words: (level) => short(level),
    at,
    grab() {
      held = range();
      return { from: value(), logits: frame.model.get("logits") };
    },
    move(wanted, { from, logits }) {
      if (wanted === from || Number.isNaN(wanted)) return;
      // A level outside the picture starts from the edge, where its grip is.
      const level = inView(wanted - from + inView(from));
      // To two decimals, as it is shown: finer than a pixel.
      frame.set({ logits: apply(Math.round(level * 100) / 100, logits) });
    },
    release() {
      held = null;
      frame.invalidate();
    },
  });
}

const TEAR = "l4,-5 l4,10 l4,-10 l4,5";
const fitting = (value, room) =>
  [2, 1].map((decimals) => short(value, decimals)).find((text) => 7.2 * text.length <= room) ?? "";

// A panel of logits: a column for each, with its stem, its handle and its name.
export function createLogits(frame, pen) {
  const labels = frame.model.get("labels");
  const scale = { zero: 0, unit: 1 };
  const at = (logit) => scale.zero - scale.unit * logit;
  const handles = labels.map((label, k) => createLevel(frame, pen, at, {
    id: `logits:${k}`,
    name: `logit of ${label}`,
    mark: `x-class y-logit x=${k} y=in_view:${k}`,
    value: () => frame.model.get("logits")[k],
    apply: (level, before) => before.map((logit, j) => (j === k ? level : logit)),
  }));

  function drawScale({ title, ticks, most, top, start, right }) {
    pen("text", "logits title", { class: "tick start", x: 0, y: top - 18, text: title });
    pen("path", "zero",
      { class: "rule", "data-tick": "y-logit 0", d: path`M${start},${scale.zero} H${right}` });
    for (const level of ticks) {
      pen("text", `logit tick ${level}`, {
        class: "tick", "data-tick": `y-logit ${level}`, x: start - 8, y: at(level) + 5,
        text: format(level, 0), visibility: level > most ? "hidden" : null });
    }
  }

  function drawStem(k, x, logit) {
    const y = at(inView(logit));
    const torn = Math.abs(logit) > VIEW ? path`M${x - 8},${y + Math.sign(logit) * 18} ${TEAR}` : "";
    pen("path", `stem ${k}`, {
      class: "stem", "data-mark": `x-class y-logit x=${k} start=0 end=in_view:${k}`,
      d: path`M${x},${scale.zero} V${y}` });
    drawTear(pen, `tear ${k}`, { mark: `shown=torn:${k}`, d: torn });
  }

  // From the zero line, a handle can be dragged by its stem.
  function drawHandle(handle, x, logit, room) {
    const y = at(inView(logit));
    handle.reach(path`M${x},${scale.zero} V${y}`);
    handle.draw(x, y, fitting(logit, room), [0, logit < 0 ? 24 : -14]);
  }

  return {
    at,
    drawHandle,
    // `column` is the room of a class, of which x(k) is the middle; the scale ends at `most` above.
    // Names stand at `names`, in the middle of what stands at a class of the axes `nameTicks`.
    draw(logits, box) {
      const { top, bottom, x, column, names, nameTicks, most = VIEW } = box;
      scale.unit = (bottom - top) / (most + VIEW);
      scale.zero = top + most * scale.unit;
      drawScale({ ticks: [VIEW, 0, -VIEW], most, ...box });
      logits.forEach((logit, k) => {
        drawStem(k, x(k), logit);
        pen("text", `name ${k}`, {
          class: "label", "data-tick": nameTicks.map((axis) => `${axis} ${k}`).join("|"),
          x: x(k), y: names, text: shorten(labels[k], column) });
      });
    },
    drawHandles: (logits, { x, column }) =>
      logits.forEach((logit, k) => drawHandle(handles[k], x(k), logit, column)),
  };
}
