// Logits on a vertical scale: their handles, and stems that are torn off where they leave it.

import { clamp, createHandle, createWindow, drawTear, format, path, scientific } from "./kit.js";

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

// Put a level's handle over column k. It can be dragged by its stem from the zero line, and by a line
// `beside` it.
export function drawLevel(handle, scale, k, logit, room, beside = "") {
  const [x, y] = [scale.x(k), scale.y(inView(logit))];
  handle.reach(path`M${x},${scale.y(0)} V${y} ${beside}`);
  handle.draw(x, y, fitting(logit, room), [0, logit < 0 ? 24 : -14]);
}

// A part of a picture: a column for each class with its logit, as a stem and a handle. options:
//   title    text, or (state) => text
//   ticks    the levels that are marked
//   most     (state) => the level where the scale ends above
//   spare    how many more columns have room at the right
//   below    (frame, pen, scale) => draw, as of a part: what lies below the handles; scale.x(k) is the
//            middle of a column, scale.y the place of a level. It may return lines by which the logits
//            are dragged, too
export const logits = (options) => (frame, pen) => {
  const { title, ticks = [VIEW, 0, -VIEW], most = () => VIEW, spare = 0, below } = options;
  const labels = frame.model.get("labels");
  const columns = labels.length + spare;
  const scale = createWindow(pen, { id: "logit" });
  const drawBelow = below?.(frame, pen, scale);
  const handles = labels.map((label, k) => createLevel(frame, pen, scale.y, {
    id: `logits:${k}`,
    name: `logit of ${label}`,
    mark: `x-class y-logit x=${k} y=in_view:${k}`,
    value: () => frame.model.get("logits")[k],
    apply: (level, before) => before.map((logit, j) => (j === k ? level : logit)),
  }));

  function drawScale(state, { left, top }) {
    pen.text("logits title", "tick start", left - 30, top - 18,
      typeof title === "string" ? title : title(state));
    pen.rule("zero", "y-logit 0", scale.level(0));
    for (const level of ticks) {
      pen.tick(`logit tick ${level}`, "tick", `y-logit ${level}`,
        left - 6, scale.y(level) + 5, level > most(state) ? "" : format(level, 0));
    }
  }

  function drawStem(k, logit) {
    const [x, y] = [scale.x(k), scale.y(inView(logit))];
    pen.path(`stem ${k}`, "stem", `x-class y-logit x=${k} start=0 end=in_view:${k}`,
      path`M${x},${scale.y(0)} V${y}`);
    const torn = Math.abs(logit) > VIEW ? path`M${x - 8},${y + Math.sign(logit) * 18} ${TEAR}` : "";
    drawTear(pen, `tear ${k}`, { mark: `shown=torn:${k}`, d: torn });
  }

  return (state, numbers, area, page) => {
    scale.fit({ ...area, x: [-0.5, columns - 0.5], y: [-VIEW, most(state)] });
    drawScale(state, area);
    state.logits.forEach((logit, k) => drawStem(k, logit));
    const beside = drawBelow?.(state, numbers, area, page);
    handles.forEach((handle, k) =>
      drawLevel(handle, scale, k, state.logits[k], area.width / columns, beside?.[k]));
  };
};
