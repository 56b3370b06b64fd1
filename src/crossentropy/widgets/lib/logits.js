// Logits on a vertical scale: their handles, and stems that are torn off where they leave it.

import { clamp } from "./clamp.js";
import { format, scientific } from "./format.js";
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

// A handle for each logit.
export function createLevels(frame, pen, at) {
  return frame.model.get("labels").map((label, k) => createLevel(frame, pen, at, {
    id: `logits:${k}`,
    name: `logit of ${label}`,
    mark: `x-class y-logit x=${k} y=in_view:${k}`,
    value: () => frame.model.get("logits")[k],
    apply: (level, before) => before.map((logit, j) => (j === k ? level : logit)),
  }));
}

const TEAR = "l4,-5 l4,10 l4,-10 l4,5";

// The stem of logit k, from the zero line to its handle at `y`.
export function drawStem(pen, k, { x, zero, y, logit }) {
  const torn = Math.abs(logit) > VIEW ? path`M${x - 8},${y + Math.sign(logit) * 18} ${TEAR}` : "";
  pen("path", `stem ${k}`, {
    class: "stem", "data-mark": `x-class y-logit x=${k} start=0 end=in_view:${k}`,
    d: path`M${x},${zero} V${y}` });
  drawTear(pen, `tear ${k}`, { mark: `shown=torn:${k}`, d: torn });
}
