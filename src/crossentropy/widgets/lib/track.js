// A number on a horizontal track with a handle: probabilities, temperatures, widths, counts.

import { clamp } from "./clamp.js";
import { textWithin, threeDigits, whole } from "./format.js";
import { createHandle } from "./handle.js";
import { path } from "./pen.js";

const SCALES = {
  linear: { to: (value) => value, from: (level) => Number(level.toFixed(3)) },
  whole: { to: (value) => value, from: Math.round, keys: { step: 1, fine: 1 } },
  // Handles move in decades; a value keeps three digits, as it is shown.
  log: {
    keys: { step: 0.05, page: 0.25, fine: 0.01 },
    to: (value) => Number(Math.log10(value).toFixed(9)),
    from: (level) => Number((10 ** level).toPrecision(3)),
  },
};

// options:
//   trait     what it moves
//   name      that in words, for a screen reader
//   ends      [least, most] where they are not the trait's own; a value beyond them, set from
//             outside, stands at the end
//   ticks     the values that are marked
//   scale     "linear", "whole" or "log"
//   keys      { step, page, fine } as of a handle, where they are not the scale's; on a log scale
//             in decades
//   get       () => its value, where that is no trait; then it has `set` and `ends`, and `mark` says of
//             what its place is the value
//   set       (value) => what it becomes, where that is more than the trait
//   text      (value) => the value as it is shown at the grip and said
export function createTrack(frame, pen, options) {
  const { trait, name, scale = "linear", text } = options;
  const { get = () => frame.model.get(trait), set = (value) => frame.set({ [trait]: value }) } = options;
  const { least: lowest, most: highest } = frame.schema[trait] ?? {};
  const { ends = [lowest, highest], ticks = ends, mark = `x=${trait}` } = options;
  const { to, from, keys = {} } = SCALES[scale];
  const [least, most] = ends.map(to);
  const track = { left: 0, length: 1 };
  const at = (level) => track.left + ((level - least) / (most - least)) * track.length;
  const level = () => to(get());

  const scaled = `x-${scale === "log" ? "log-" : ""}${trait}`;
  const handle = createHandle(pen, {
    id: trait,
    name: scale === "log" ? `${name}, on a logarithmic scale` : name,
    mark: `${scaled} ${mark}`,
    ...keys,
    ...options.keys,
    range: () => [Math.min(least, level()), Math.max(most, level())],
    value: level,
    words: () => text(get()),
    at,
    move: (wanted) => set(from(wanted)),
  });

  function drawTicks(y) {
    const places = ticks.map((tick) => at(to(tick)));
    const strokes = places.map((x) => path`M${x},${y - 4} v8`).join(" ");
    pen.rule(`${trait} line`, [scaled, ...(ticks.length ? ticks : ends)].join(" "),
      path`M${track.left},${y} H${track.left + track.length} ${strokes}`);
    ticks.forEach((value, i) => pen.tick(`${trait} tick ${value}`, "tick middle",
      `${scaled} ${value}`, places[i], y + 26, whole(value)));
  }

  return {
    // The line runs 38 pixels below `top`, from left to right. The handle is dragged by what it has
    // above it too, reach(x), where that is given: below the handle, or no finger would find it.
    draw(value, left, top, right, reach = null) {
      track.left = left + 10;
      track.length = right - 20 - left;
      const y = top + 38;
      drawTicks(y);
      handle.guide(track.left - 10, track.left + track.length + 10, y);
      const x = at(clamp(level(), least, most));
      if (reach) handle.reach(reach(x));
      const shown = text(value);
      handle.draw(x, y, shown, [textWithin(left, right, x, shown) - x, -14]);
    },
  };
}

// A part of a picture: a track along the lower edge of its area. It is dragged by a line of the picture
// too, line(x, areas), where there is one.
export const track = ({ line = null, ...options }) => (frame, pen) => {
  const { draw } = createTrack(frame, pen, options);
  return (state, numbers, { left, right, bottom }, { areas }) =>
    draw(state[options.trait], left - 10, bottom - 38, right + 10, line && ((x) => line(x, areas)));
};

export const TEMPERATURE_ENDS = [0.1, 10];

export const temperature = track({
  trait: "temperature",
  name: "temperature T",
  ends: TEMPERATURE_ENDS,
  ticks: [0.1, 1, 10],
  scale: "log",
  text: (value) => `T = ${threeDigits(value)}`,
});
