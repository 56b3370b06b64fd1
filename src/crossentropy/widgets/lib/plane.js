// A panel with a baseline, a few ticks, and curves that are cut off where they leave it.

import { clamp } from "./clamp.js";
import { set, svg } from "./dom.js";
import { createPen, path } from "./pen.js";

const plain = (value) => String(value).replace("-", "−");

// options:
//   id              its axes are "x-id" and "y-id" to the marks that are read through them
//   title           above the panel, at its left
//   name            of what runs along x, below the ticks
//   xTicks, yTicks  the values that are marked
//   xText, yText    (value) => the text of a tick
//   xValue          (value) => what a tick of x stands for, where x is another number of it
// `plane.x` and `plane.y` turn values into pixels of the picture once the plane has been drawn;
// `plane.pen` draws in those pixels what is cut off at the plane's edges.
export function createPlane(pen, options) {
  const { id, title = "", name = "", xTicks = [], yTicks = [] } = options;
  const { xText = plain, yText = plain, xValue = (value) => value } = options;
  const xValues = xTicks.map(xValue);
  const window = svg("svg");
  const inside = createPen(window);
  let box = { left: 0, top: 0, width: 1, height: 1, x: [0, 1], y: [0, 1] };

  function drawRule({ left, top, width, height }) {
    const bottom = top + height;
    const strokes = [
      ...yTicks.map((value) => path`M${left},${plane.y(value)} h-4`),
      ...xTicks.map((value) => path`M${plane.x(value)},${bottom} v5`)].join(" ");
    const along = xValues.length ? xValues : box.x;
    pen("path", `${id} rule`, {
      class: "rule",
      "data-tick": `y-${id} ${[box.y[0], ...yTicks].join(" ")}|x-${id} ${along.join(" ")}`,
      d: path`M${left},${bottom} H${left + width} ${strokes}`,
    });
  }

  function drawTicks({ left, top, height }) {
    xTicks.forEach((value, i) => pen("text", `${id} x ${value}`, {
      class: "tick middle", "data-tick": `x-${id} ${xValues[i]}`,
      x: plane.x(value), y: top + height + 20, text: xText(value) }));
    yTicks.forEach((value) => pen("text", `${id} y ${value}`, {
      class: "tick", "data-tick": `y-${id} ${value}`,
      x: left - 8, y: plane.y(value) + 5, text: yText(value) }));
  }

  const within = (pixel) =>
    clamp(pixel, box.top - 40 * box.height, box.top + 41 * box.height);

  const plane = {
    pen(tag, key, attributes) {
      pen.place(window); // it lies where the first of its curves is drawn
      return inside(tag, key, attributes);
    },
    x: (value) => box.left + ((value - box.x[0]) / (box.x[1] - box.x[0])) * box.width,
    y: (value) => box.top + ((box.y[1] - value) / (box.y[1] - box.y[0])) * box.height,

    // box: { left, top, width, height } in pixels, and { x: [from, to], y: [from, to] } in values.
    draw(wanted) {
      // Before the figure has its height there is no room.
      box = { ...wanted, width: Math.max(wanted.width, 1), height: Math.max(wanted.height, 1) };
      const { left, top, width, height } = box;
      drawRule(box);
      pen("text", `${id} title`, { class: "label start", x: left, y: top - 10, text: title });
      pen("text", `${id} name`,
        { class: "tick end", x: left + width, y: top + height + 38, text: name });
      drawTicks(box);
      set(window,
        { x: left, y: top, width, height, viewBox: path`${left} ${top} ${width} ${height}` });
    },

    // The path through points given as two arrays. What leaves the panel leaves it far enough to
    // look upright, infinity too.
    line(xs, ys) {
      let d = "M";
      for (let i = 0; i < xs.length; i += 1) {
        d += path`${i ? " L" : ""}${plane.x(xs[i])},${within(plane.y(ys[i]))}`;
      }
      return d;
    },

    // The area between that path and the level `floor`.
    area: (xs, ys, floor = 0) =>
      path`${plane.line(xs, ys)} V${within(plane.y(floor))} H${plane.x(xs[0])} Z`,
  };
  return plane;
}
