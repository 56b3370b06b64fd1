// A square of the plane: the region of each class, the points, and the grips of the picked one.

import { svg } from "./dom.js";
import { circle, createHandle, createMemo, createPen, format, path, shorten } from "./kit.js";
import { HIGH, LOW, createScale, listen, moved } from "./points.js";
import { createNames } from "./region_names.js";
import { evaluate, regions } from "./softmax_regression.js";

export const GLYPHS = ["●", "▲", "■"];

// A shape of class c around (x, y), as far out as r.
const SHAPES = [
  circle,
  (x, y, r) => path`M${x},${y - 1.2 * r} l${1.15 * r},${2 * r} h${-2.3 * r} Z`,
  (x, y, r) => path`M${x - 0.9 * r},${y - 0.9 * r} h${1.8 * r} v${1.8 * r} h${-1.8 * r} Z`,
];

const lookOf = (c, wrong) => `point class-${c}${wrong ? " hollow" : ""}`;

const ASIDE = 16; // of the grips' tracks from the square

function createRegions(pen, labels, scale) {
  const drawName = createNames(pen, scale);

  const outline = ({ corners }) =>
    `M${corners.map(([x, y]) => path`${scale.x(x)},${scale.y(y)}`).join(" L")} Z`;
  const nameOf = (classes) =>
    classes.length === labels.length ? "all classes tie"
      : classes.map((c) => `${GLYPHS[c]} ${shorten(labels[c], 90)}`).join(" = ");

  return function drawRegions(state) {
    const found = regions(state.weights);
    const outlines = found.map(outline);
    const owners = labels.map((_, i) => found[i]?.classes ?? []);
    owners.forEach((classes, i) => pen.path(`region ${i}`,
      classes.length === 1 ? `region class-${classes[0]}` : "region",
      "x-x y-y polygon=region", outlines[i] ?? ""));
    pen.path("borders", "border", "x-x y-y polygon=borders", outlines.join(" "));
    owners.forEach((classes, i) => drawName(i, nameOf(classes), state, found[i]));
  };
}

// The handles of the picked point: one along x, one along y.
function createGrips(frame, pen, scale) {
  const coordinate = (axis) => frame.state.points[frame.state.picked][axis];
  return ["x", "y"].map((name, axis) => createHandle(pen, {
    id: name,
    name: `${name} of the picked point`,
    axis: name,
    mark: `${name}-${name} ${name}=picked_${name}`,
    step: 0.05,
    page: 0.25,
    fine: 0.01,
    range: () => [LOW, HIGH],
    value: () => coordinate(axis),
    words: (value) => format(value, 3),
    at: scale[name],
    move: (value) => frame.set(moved(frame.state,
      [0, 1].map((other) => (other === axis ? value : coordinate(other))))),
  }));
}

// A part of a picture: the square, as large as its area allows.
export function square(frame, pen) {
  const scale = createScale();
  const field = svg("g", { class: "field" });
  const inside = createPen(field);
  const drawRegions = createRegions(inside, frame.model.get("labels"), scale);
  const grips = createGrips(frame, pen, scale);
  const memo = createMemo();
  // The keys go on from a point that was picked.
  listen(frame, field, scale, () => grips[0].node.focus({ preventScroll: true }));

  // The grips' tracks: x runs below the square, y at its left.
  function drawTracks({ left, right, top, bottom }) {
    const [across, down] = [bottom + ASIDE, left - ASIDE];
    pen.rule("x track", "x-x -1 1", path`M${left},${across} H${right}`);
    pen.rule("y track", "y-y -1 1", path`M${down},${top} V${bottom}`);
    pen.text("x", "axis", right + 12, across + 5, "x");
    pen.text("y", "axis", down, across + 5, "y");
  }

  // From the picked point to its grips.
  function drawGuides(x, y, { left, bottom }) {
    inside.path("x guide", "guide", "x-x x=picked_x", path`M${x},${y + 14} V${bottom + ASIDE}`);
    inside.path("y guide", "guide", "y-y y=picked_y", path`M${x - 14},${y} H${left - ASIDE}`);
  }

  // All points but the picked one: for each class a path of those that are right, and a hollow one
  // of those that are wrong.
  function drawPoints({ points, classes, picked }, wrong) {
    const size = points.length > 100 ? 3.5 : 5;
    const shape = (i) => SHAPES[classes[i]](scale.x(points[i][0]), scale.y(points[i][1]), size);
    const others = [...points.keys()].filter((i) => i !== picked);
    for (const c of SHAPES.keys()) {
      for (const wrongly of [0, 1]) {
        const here = others.filter((i) => classes[i] === c && wrong[i] === wrongly);
        inside.path(`points ${c}:${wrongly}`, lookOf(c, wrongly),
          `x-x y-y points=points:${c}:${wrongly}`, here.map(shape).join(""));
      }
    }
  }

  function drawPicked(x, y, c, wrong) {
    const mark = "x-x y-y x=picked_x y=picked_y";
    inside.path("picked", lookOf(c, wrong), mark, SHAPES[c](x, y, 7));
    inside("circle", "ring", { class: "ring", "data-mark": mark, r: 13, cx: x, cy: y });
  }

  return (state, numbers, area) => {
    const side = Math.min(area.width, area.height);
    const left = area.left + (area.width - side) / 2;
    const { top } = area;
    Object.assign(scale, { left, top, half: side / 2 });
    const edges = { left, right: left + side, top, bottom: top + side };
    const { points, classes, picked } = state;
    const { wrong } = evaluate(state);
    const [x, y] = [scale.x(points[picked][0]), scale.y(points[picked][1])];
    drawTracks(edges);
    pen.place(field);
    drawRegions(state);
    drawGuides(x, y, edges);
    inside.rect("surface", "surface", null,
      { x: left - 6, y: top - 6, width: side + 12, height: side + 12 });
    // Dragging the picked point, and training that moves no border across a point, redraw nothing.
    const others = points.flatMap((point, i) => (i === picked ? [] : [point, wrong[i]]));
    memo([classes, picked, left, top, side, ...others], () => drawPoints(state, wrong));
    drawPicked(x, y, classes[picked], wrong[picked]);
    const [textX, textY] = points[picked].map((value) => format(value, 2));
    grips[0].guide(left, edges.right, edges.bottom + ASIDE);
    // Beside the grip, where there is room.
    grips[0].draw(x, edges.bottom + ASIDE, textX, [x > left + side / 2 ? -28 : 28, 5]);
    grips[1].draw(left - ASIDE, y, textY, [-8, -12]);
  };
}
