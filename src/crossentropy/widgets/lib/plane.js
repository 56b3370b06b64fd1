// A panel with a baseline, a few ticks, and curves that are cut off where they leave it.

import { clamp } from "./clamp.js";
import { set, svg } from "./dom.js";

const plain = (value) => String(value).replace("-", "−");

// options:
//   id              its axes are "x-id" and "y-id" to the marks that are read through them
//   title           above the panel, at its left
//   name            of what runs along x, below the ticks
//   xTicks, yTicks  the values that are marked
//   xText, yText    (value) => the text of a tick
//   xValue          (value) => what a tick of x stands for, where x is another number of it
// Curves go into `plane.window`, in the pixels of the picture; `plane.x` and `plane.y` turn values
// into them once the plane has been drawn.
export function createPlane(parent, options) {
  const { id, title = "", name = "", xTicks = [], yTicks = [] } = options;
  const { xText = plain, yText = plain, xValue = (value) => value } = options;
  const xValues = xTicks.map(xValue);
  const nodes = {
    rule: svg("path", { class: "rule" }),
    title: svg("text", { class: "label start", text: title }),
    name: svg("text", { class: "tick end", text: name }),
    x: xTicks.map((value) => svg("text",
      { class: "tick middle", "data-tick": `x-${id} ${xValue(value)}`, text: xText(value) })),
    y: yTicks.map((value) => svg("text",
      { class: "tick", "data-tick": `y-${id} ${value}`, text: yText(value) })),
  };
  const window = svg("svg");
  parent.append(nodes.rule, nodes.title, nodes.name, ...nodes.x, ...nodes.y, window);
  let box = { left: 0, top: 0, width: 1, height: 1, x: [0, 1], y: [0, 1] };

  const plane = {
    window,
    x: (value) => box.left + ((value - box.x[0]) / (box.x[1] - box.x[0])) * box.width,
    y: (value) => box.top + ((box.y[1] - value) / (box.y[1] - box.y[0])) * box.height,

    // box: { left, top, width, height } in pixels, and { x: [from, to], y: [from, to] } in values.
    draw(wanted) {
      // Before the figure has its height there is no room.
      box = { ...wanted, width: Math.max(wanted.width, 1), height: Math.max(wanted.height, 1) };
      const { left, top, width, height } = box;
      const bottom = top + height;
      set(window, { x: left, y: top, width, height, viewBox: `${left} ${top} ${width} ${height}` });
      const marks = xTicks.map((value) => `M${plane.x(value).toFixed(2)},${bottom} v5`);
      const levels = yTicks.map((value) => `M${left},${plane.y(value).toFixed(2)} h-4`);
      const along = xValues.length ? xValues : box.x;
      set(nodes.rule, {
        d: `M${left},${bottom} H${left + width} ${[...levels, ...marks].join(" ")}`,
        "data-tick": `y-${id} ${[box.y[0], ...yTicks].join(" ")}|x-${id} ${along.join(" ")}`,
      });
      set(nodes.title, { x: left, y: top - 10 });
      set(nodes.name, { x: left + width, y: bottom + 38 });
      nodes.x.forEach((node, i) => set(node, { x: plane.x(xTicks[i]).toFixed(2), y: bottom + 20 }));
      nodes.y.forEach((node, i) => set(node, { x: left - 8, y: (plane.y(yTicks[i]) + 5).toFixed(2) }));
    },

    // The path through points given as two arrays. What leaves the panel leaves it far enough to
    // look upright, infinity too.
    line(xs, ys) {
      let d = "M";
      for (let i = 0; i < xs.length; i += 1) {
        d += `${i ? " L" : ""}${plane.x(xs[i]).toFixed(2)},${within(plane.y(ys[i])).toFixed(2)}`;
      }
      return d;
    },

    // The area between that path and the level `floor`.
    area: (xs, ys, floor = 0) =>
      `${plane.line(xs, ys)} V${within(plane.y(floor)).toFixed(2)} H${plane.x(xs[0]).toFixed(2)} Z`,
  };
  const within = (pixel) =>
    clamp(pixel, box.top - 40 * box.height, box.top + 41 * box.height);
  return plane;
}
