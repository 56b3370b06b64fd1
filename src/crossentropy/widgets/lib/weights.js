// The weights of a polynomial model as stems, in the band of their prior.

import {
  circle, clamp, createPlane, createTraitHandle, format, path, SCHEMAS, textWithin,
} from "./kit.js";

const { degree: DEGREE } = SCHEMAS.MapPrior;
const LARGEST = 9; // a weight beyond it is drawn at the edge
const DEGREES = Array.from({ length: DEGREE.most + 1 }, (_, k) => k);

// A part of a picture.
export function weights(frame, pen) {
  const plane = createPlane(pen, {
    id: "weights",
    x: [-0.6, DEGREE.most + 0.6],
    y: [-LARGEST, LARGEST],
    xTicks: DEGREES,
    yTicks: [-5, 0, 5],
    xText: String,
    yText: (value) => format(value, 0),
  });
  const handle = createTraitHandle(frame, pen, {
    trait: "degree",
    decimals: 0,
    mark: "x-weights x=degree",
    name: "degree of the polynomial",
    page: 3,
    words: (value) => `degree ${value}: ${value + 1} weights`,
    at: plane.x,
  });

  const drawTitle = (x, y, known) => pen.words("title", "label start", x, y,
    [["Weights of "], ["q", "role-q"], [known ? ", of the truth" : "", "role-p"]]);

  // The band from −σ to σ.
  function drawPrior(width, { left, right }) {
    const reach = Math.min(width, LARGEST);
    const [upper, lower] = [plane.y(reach), plane.y(-reach)];
    plane.pen("rect", "band", {
      class: "band", "data-mark": "y-weights bottom=-width top=width",
      x: left, y: upper, width: right - left, height: lower - upper });
    plane.path("edges", "guide", "levels=edges",
      width < LARGEST ? [reach, -reach].map(plane.level).join(" ") : "");
    const names = width > LARGEST ? ["+σ↑", "−σ↓"] : ["+σ", "−σ"];
    [upper, lower].forEach((y, i) => pen.text(`name of edge ${i}`, "tick start", right + 6, y + 5, names[i]));
  }

  // The weight of the model, where it has one, and that of the truth.
  function drawWeight(k, weight, truth) {
    const [x, zero] = [plane.x(k), plane.y(0)];
    const shown = weight !== undefined;
    const end = plane.y(clamp(weight ?? 0, -LARGEST, LARGEST));
    pen.path(`stem ${k}`, "stem", `x-weights y-weights x=${k} start=0 end=weights:${k}`,
      shown ? path`M${x},${zero} V${end}` : "");
    pen.path(`true weight ${k}`, "true-weight", `x-weights y-weights x=${k} y=true_weight:${k}`,
      Math.abs(truth) <= LARGEST ? path`M${x - 8},${plane.y(truth)} h16` : "");
    plane.point(`head ${k}`, "head", [k, `weights:${k}`], k, weight ?? 0, shown ? circle(0, 0, 4) : "");
  }

  return ({ width, degree, truth }, numbers, area) => {
    const bottom = area.bottom - 22; // for the handle's text
    const { left, right, top } = area;
    plane.draw({ ...area, height: bottom - top });
    drawPrior(width, area);
    pen.rule("zero", "y-weights 0", plane.level(0));
    drawTitle(left - 24, top - 10, truth.length > 0);
    for (const k of DEGREES) drawWeight(k, numbers.weights[k], truth[k]);
    const x = plane.x(degree);
    handle.guide(left, right, bottom);
    const text = `degree ${degree}`;
    handle.draw(x, bottom, text, [textWithin(left, right, x, text) - x, 44]);
  };
}
