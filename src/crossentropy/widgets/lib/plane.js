// Windows on values, which cut curves off where they leave them, and planes: a window with a
// baseline and a few ticks.

import { clamp } from "./clamp.js";
import { set, svg } from "./dom.js";
import { CIRCLE, DOWN, UP } from "./marks.js";
import { createMemo } from "./memo.js";
import { createPen, path } from "./pen.js";

// `window.x` and `window.y` turn values into pixels of the picture once the window has its place;
// `window.pen` draws in those pixels, and what leaves the window by more than `spill` is cut off.
// What is drawn in it says so itself, and is read through the axes "x-id" and "y-id", or `axes`.
export function createWindow(pen, { id, axes = `x-${id} y-${id}`, spill = 0 }) {
  const node = svg("svg");
  const inside = createPen(node);
  let box = { left: 0, top: 0, width: 1, height: 1, x: [0, 1], y: [0, 1] };
  const memos = {};
  const within = (pixel) =>
    clamp(pixel, box.top - 40 * box.height, box.top + 41 * box.height);

  const window = {
    pen(tag, key, attributes) {
      pen.place(node); // it lies where the first of its curves is drawn
      return inside(tag, key, attributes);
    },
    // A shape, cut off where it leaves the window.
    path: (key, look, says, d) => window.pen("path", key, { class: look, "data-mark": `${axes} ${says}`, d }),
    curve: (key, look, says, xs, ys) => window.path(key, `curve ${look}`.trim(), `path=${says}`,
      xs.length ? window.line(xs, ys) : ""),
    // A rectangle across the window, from one value of y to another, and `spilled` pixels on below and
    // beside it, so that its outline is not seen there.
    band: (key, look, says, from, to, spilled = 0) => window.pen("rect", key, {
      class: look, "data-mark": `${axes} ${says}`, x: box.left - spilled, y: window.y(to),
      width: box.width + 2 * spilled, height: window.y(from) + spilled - window.y(to) }),
    // The area between a curve and the level 0.
    area: (key, look, says, xs, ys) => window.path(key, look, `area=${says}`,
      path`${window.line(xs, ys)} V${within(window.y(0))} H${window.x(xs[0])} Z`),
    // A point that says its values, [x, y]. It is not cut off: beyond an edge it is a triangle there.
    point(key, look, [x, y], at, value, shape = CIRCLE) {
      const [low, high] = box.y;
      pen("path", key, {
        class: look, "data-mark": `${axes} x=${x} y=${y}`,
        transform: path`translate(${window.x(at)},${window.y(clamp(value, low, high))})`,
        d: value > high ? UP : value < low ? DOWN : shape });
    },
    // Draw what depends on some keys and on the window's place alone, and takes long: not each time.
    keep(name, keys, draw) {
      const { left, top, width, height, x, y } = box;
      memos[name] ??= createMemo();
      memos[name]([left, top, width, height, ...x, ...y, ...keys], draw);
    },
    x: (value) => box.left + ((value - box.x[0]) / (box.x[1] - box.x[0])) * box.width,
    y: (value) => box.top + ((box.y[1] - value) / (box.y[1] - box.y[0])) * box.height,

    // wanted: { left, top, width, height } in pixels, and { x: [from, to], y: [from, to] } in values;
    // the window may go on for some pixels `below`.
    fit(wanted) {
      const { below = 0 } = wanted;
      // Before the figure has its height there is no room.
      box = { ...wanted, width: Math.max(wanted.width, 1), height: Math.max(wanted.height, 1) };
      const [x, y] = [box.left - spill, box.top - spill];
      const [width, height] = [box.width + 2 * spill, box.height + 2 * spill + below];
      set(node, { x, y, width, height, viewBox: path`${x} ${y} ${width} ${height}` });
      return box;
    },

    // The line across the window at a value of y.
    level: (value) => path`M${box.left},${window.y(value)} H${box.left + box.width}`,

    // The path through points given as two arrays, broken where there is no value. What leaves the
    // window leaves it far enough to look upright, infinity too.
    line(xs, ys) {
      let [d, to] = ["", "M"];
      for (let i = 0; i < xs.length; i += 1) {
        const isValue = !Number.isNaN(ys[i]);
        if (isValue) d += path`${to}${window.x(xs[i])},${within(window.y(ys[i]))}`;
        to = isValue ? " L" : " M";
      }
      return d;
    },
  };
  return window;
}

const plain = (value) => String(value).replace("-", "−");

// options:
//   id, axes        as of a window
//   x, y            the values at its ends, where they stand still
//   title           above the panel, at its left
//   name            of what runs along x, below the ticks
//   xTicks, yTicks  the values that are marked; those of y may be given as it is drawn
//   xText, yText    (value) => the text of a tick
//   xValue          (value) => what a tick of x stands for, where x is another number of it
export function createPlane(pen, options) {
  const { id, title = "", name = "", xTicks = [] } = options;
  const { xText = plain, yText = plain, xValue = (value) => value } = options;
  const xValues = xTicks.map(xValue);
  const { fit, ...plane } = createWindow(pen, options);

  function drawRule({ left, top, width, height, x, y }, yTicks) {
    const bottom = top + height;
    const strokes = [
      ...yTicks.map((value) => path`M${left},${plane.y(value)} h-4`),
      ...xTicks.map((value) => path`M${plane.x(value)},${bottom} v5`)].join(" ");
    const along = xValues.length ? xValues : x;
    pen.rule(`${id} rule`,
      `y-${id} ${[y[0], ...yTicks].join(" ")}|x-${id} ${along.join(" ")}`,
      path`M${left},${bottom} H${left + width} ${strokes}`);
  }

  function drawTicks({ left, top, height }, yTicks) {
    xTicks.forEach((value, i) => pen.tick(`${id} x ${value}`, "tick middle",
      `x-${id} ${xValues[i]}`, plane.x(value), top + height + 20, xText(value)));
    yTicks.forEach((value, i) => pen.tick(`${id} y ${i}`, "tick",
      `y-${id} ${value}`, left - 8, plane.y(value) + 5, yText(value)));
  }

  return {
    ...plane,
    draw(wanted) {
      const { yTicks = [], ...values } = { ...options, ...wanted };
      const box = fit(values);
      const { left, top, width, height } = box;
      drawRule(box, yTicks);
      pen.text(`${id} title`, "label start", left, top - 10, title);
      pen.text(`${id} name`, "tick end", left + width, top + height + 38, name);
      drawTicks(box, yTicks);
    },
  };
}
