import { clamp } from "./lib/clamp.js";
import { defineExplorable } from "./lib/explorable.js";
import { brief, format, scientific, threeDigits } from "./lib/format.js";
import { createHandle } from "./lib/handle.js";
import { sum } from "./lib/information.js";
import {
  dot, features, legendre, logNormal, lossesOverWidth, mapWeights, meanLoss, sigmoid,
} from "./lib/logistic.js";
import { DOWN, UP, circle } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane } from "./lib/plane.js";
import { SCHEMAS } from "./lib/schema.js";
import { createTrack } from "./lib/track.js";

const { degree: DEGREE } = SCHEMAS.MapPrior;

// ---- The numbers ----

function quantities({ x, y, x_held_out: xs, y_held_out: ys, degree, width }) {
  const rows = features(x, degree);
  const weights = mapWeights(rows, y, width);
  const nll = meanLoss(rows, y, weights);
  const lambda = 1 / (2 * x.length * width ** 2);
  const penalty = lambda * dot(weights, weights);
  return {
    nll,
    held_out: meanLoss(features(xs, degree), ys, weights),
    lambda,
    penalty,
    objective: nll + penalty,
    norm: Math.hypot(...weights),
    log_likelihood: -nll * x.length,
    log_prior: sum(Array.from(weights, (weight) => logNormal(weight, width))),
    log_prior_at_zero: weights.length * logNormal(0, width),
    weights: Array.from(weights),
  };
}

// A number that is taken away, or added when it is below zero.
const less = (value) => `${value < 0 ? "+" : "−"} ${format(Math.abs(value))}`;

const fourDigits = (value) => (value < 1e-3 ? scientific(value, 4) : value.toPrecision(4));

function ledger({ x, y, degree, width }, numbers) {
  const { weights, nll, lambda, objective, norm } = numbers;
  const n = x.length;
  // The product of all probabilities and densities, multiplied out. It does not underflow: at its
  // maximum it is no less than at w = 0, where each of at most 200 labels has probability 1/2.
  const logOdds = x.map((one) => dot(legendre(one, degree), weights));
  const likelihood = logOdds.reduce((product, z, i) => product * sigmoid(y[i] ? z : -z), 1);
  const ratio = weights.reduce(
    (product, w) => product * Math.exp(logNormal(w, width) - logNormal(0, width)), 1);
  const [prior, peak] = [numbers.log_prior / n, numbers.log_prior_at_zero / n];
  return [
    ["−(1/<i>N</i>) log [<i>P</i>(data | <i>w</i>) · <i>g</i>(<i>w</i>)/<i>g</i>(0)]",
      `−(1/${n}) log [${fourDigits(likelihood)} · ${fourDigits(ratio)}]`,
      format(-Math.log(likelihood * ratio) / n)],
    ["= −(1/<i>N</i>) [log <i>P</i> + log <i>g</i>(<i>w</i>) − log <i>g</i>(0)]",
      `${format(nll)} ${less(prior)} ${less(-peak)}`,
      format(-numbers.log_likelihood / n - prior + peak)],
    ["= NLL/<i>N</i> + <i>λ</i>‖<i>w</i>‖²,  <i>λ</i> = 1/(2<i>Nσ</i>²)",
      `${format(nll)} + ${fourDigits(lambda)} · ${fourDigits(norm ** 2)}`, format(objective)],
  ];
}

// ---- The labels, the truth and the fit ----

const GRID = Float64Array.from({ length: 161 }, (_, i) => (i - 80) / 80);
const POLYNOMIALS = Array.from(GRID, (x) => legendre(x, DEGREE.most));

// The probability of y = 1 at the i-th place of the grid. Short weights take the first columns.
const probability = (weights, i) => sigmoid(dot(weights, POLYNOMIALS[i]));
const probabilities = (weights) => GRID.map((_, i) => probability(weights, i));

const TRAINING = {
  name: "to train on", mark: "training", kind: "dot", r: 4.5, level: (label) => label };
// They stand in rows of their own, outside of the training labels.
const HELD_OUT = {
  name: "held out", mark: "held_out_labels", kind: "ring", r: 3.5,
  level: (label) => (label ? 1.13 : -0.13) };

function createFit(frame, pen) {
  const plane = createPlane(pen, {
    id: "fit",
    xTicks: [-1, 0, 1],
    yTicks: [0, 1],
    xText: (value) => ["x = −1", "0", "1"][value + 1],
    yText: (value) => `y = ${value}`,
  });
  const memo = createMemo();

  // Labels in the panel, and above it, from `start` on, what they are.
  function drawLabels({ name, mark, kind, r, level }, xs, ys, start, top) {
    pen("path", name, {
      class: `${kind} role-p`, "data-mark": `x-fit y-fit points=${mark}`,
      d: xs.map((x, i) => circle(plane.x(x), plane.y(level(ys[i])), r)).join(" ") });
    pen("path", `key of ${name}`, { class: `${kind} role-p`, d: circle(start, top - 15, r) });
    pen("text", `count of ${name}`, {
      class: "label start", x: start + 10, y: top - 10, text: `${xs.length} ${name}` });
  }

  function drawData({ x, y, x_held_out: xs, y_held_out: ys, truth }, { left, top }) {
    plane.pen("path", "levels", {
      class: "guide", "data-tick": "y-fit 0 1", d: [0, 1].map(plane.level).join(" ") });
    plane.pen("path", "truth", {
      class: "curve role-p", "data-mark": "x-fit y-fit path=truth_at",
      d: truth.length ? plane.line(GRID, probabilities(truth)) : "" });
    drawLabels(HELD_OUT, xs, ys, left + 130, top);
    drawLabels(TRAINING, x, y, left + 6, top);
  }

  // At the right ends of the curves.
  function drawName(role, text, weights, { left, width }) {
    const y = plane.y(probability(weights, GRID.length - 1)) + 5;
    pen("text", `name of ${role}`, { class: `start role-${role}`, x: left + width + 6, y, text });
  }

  return {
    draw(state, { weights }, box) {
      plane.draw({ ...box, x: [-1.03, 1.03], y: [-0.24, 1.24] });
      const { x, y, x_held_out: xs, y_held_out: ys, truth } = state;
      memo([x, y, xs, ys, truth, ...Object.values(box)], () => drawData(state, box));
      plane.pen("path", "fit", {
        class: "curve role-q", "data-mark": "x-fit y-fit path=model_at",
        d: plane.line(GRID, probabilities(weights)) });
      drawName("p", truth.length ? "p, truth" : "", truth, box);
      drawName("q", "q, model", weights, box);
    },
  };
}

// ---- Both losses over the prior's width ----

const WIDTHS = Float64Array.from({ length: 41 }, (_, i) => 10 ** (i / 10 - 2));
const DECADES = WIDTHS.map((width) => Math.log10(width));
const HIGHEST = 1.5; // nats: a higher loss leaves the panel
const SUNK = 24; // pixels from the panel down to the track, so that the handle's text has room
const LOSSES = [
  { quantity: "nll", name: "training", kind: "dot" },
  { quantity: "held_out", name: "held out", kind: "ring" },
];

function createLosses(frame, pen) {
  const plane = createPlane(pen, {
    id: "nll",
    title: "Loss in nats per label",
    yTicks: [0, Math.log(2), 1, HIGHEST],
    yText: (value) => (value === Math.log(2) ? "log 2" : String(value)),
  });
  const track = createTrack(frame, pen, {
    trait: "width",
    name: "width σ of the prior",
    ticks: [0.01, 0.1, 1, 10, 100],
    scale: "log",
    text: (value) => `σ = ${threeDigits(value)}`,
  });
  const [computing, drawing] = [createMemo(), createMemo()];

  function drawCurves(curves, { left, top, width, height }) {
    const right = left + width;
    const below = top + height + SUNK + 44;
    for (const { quantity } of LOSSES) {
      plane.pen("path", quantity, {
        class: `curve ${quantity}`, "data-mark": `x-log-width y-nll path=${quantity}_at`,
        d: plane.line(DECADES, curves[quantity]) });
    }
    pen("path", "level of a coin", {
      class: "guide", "data-tick": `y-nll ${Math.log(2)}`, d: plane.level(Math.log(2)) });
    pen("text", "left end", { class: "tick start", x: left - 10, y: below, text: "← prior alone" });
    pen("text", "right end", { class: "tick end", x: right + 10, y: below, text: "data alone →" });
  }

  function drawNow(width, numbers, { left, top, width: across, height }) {
    const x = plane.x(Math.log10(width));
    const line = path`M${x},${top} V${top + height + SUNK}`;
    pen("path", "now", { class: "rule", "data-mark": "x-log-width x=width", d: line });
    track.reach(line);
    const side = x > left + across / 2 ? -1 : 1;
    const { nll, held_out: heldOut } = numbers;
    for (const { quantity, name, kind } of LOSSES) {
      const value = numbers[quantity];
      const y = plane.y(Math.min(value, HIGHEST));
      const isUpper = value === Math.max(nll, heldOut);
      pen("path", `${quantity} now`, {
        class: kind, "data-mark": `x-log-width y-nll x=width y=${quantity}`,
        transform: path`translate(${x},${y})`, d: value > HIGHEST ? UP : circle(0, 0, 5) });
      pen("text", `name of ${quantity}`, {
        class: `label halo ${side < 0 ? "end" : "start"}`, x: x + 8 * side,
        y: y + (isUpper ? -9 : 20), text: `${name} ${brief(value)}` });
    }
  }

  return {
    draw(state, numbers, box) {
      const { left, top, width, height } = box;
      plane.draw({ ...box, x: [-2, 2], y: [0, HIGHEST] });
      const { x, y, x_held_out: xs, y_held_out: ys, degree } = state;
      const curves = computing([x, y, xs, ys, degree], () => lossesOverWidth(state, WIDTHS));
      drawing([curves, ...Object.values(box)], () => drawCurves(curves, box));
      drawNow(state.width, numbers, box);
      // The track is the panel's axis: it runs from the panel's left to its right.
      track.draw(state.width, left - 10, top + height + SUNK - 38, left + width + 10);
    },
  };
}

// ---- The weights ----

const LARGEST = 9; // a weight beyond it is drawn at the edge
const DEGREES = Array.from({ length: DEGREE.most + 1 }, (_, k) => k);

function createWeights(frame, pen) {
  const plane = createPlane(pen, {
    id: "weights",
    xTicks: DEGREES,
    yTicks: [-5, 0, 5],
    xText: String,
    yText: (value) => format(value, 0),
  });
  const handle = createHandle(pen, {
    id: "degree",
    mark: "x-weights x=degree",
    name: "degree of the polynomial",
    axis: "x",
    step: 1,
    page: 3,
    fine: 1,
    range: () => [DEGREE.least, DEGREE.most],
    value: () => frame.model.get("degree"),
    words: (value) => `degree ${value}: ${value + 1} weights`,
    at: (value) => plane.x(value),
    move: (value) => frame.set({ degree: Math.round(value) }),
  });

  function drawTitle(x, y, known) {
    const words = pen.inside("text", "title", { class: "label start", x, y });
    words("tspan", "weights", { text: "Weights of " });
    words("tspan", "model", { class: "role-q", text: "q" });
    words("tspan", "truth", { class: "role-p", text: known ? ", of the truth" : "" });
  }

  // The band from −σ to σ.
  function drawPrior(width, { left, width: across }) {
    const reach = Math.min(width, LARGEST);
    const [upper, lower] = [plane.y(reach), plane.y(-reach)];
    plane.pen("rect", "band", {
      class: "band", "data-mark": "y-weights bottom=-width top=width",
      x: left, y: upper, width: across, height: lower - upper });
    plane.pen("path", "edges", {
      class: "guide", "data-mark": "y-weights levels=edges",
      d: width < LARGEST ? [reach, -reach].map(plane.level).join(" ") : "" });
    const names = width > LARGEST ? ["+σ↑", "−σ↓"] : ["+σ", "−σ"];
    [upper, lower].forEach((y, i) => pen("text", `name of edge ${i}`,
      { class: "tick start", x: left + across + 6, y: y + 5, text: names[i] }));
  }

  // The weight of the model, where it has one, and that of the truth.
  function drawWeight(k, weight, truth) {
    const axes = `x-weights y-weights x=${k}`;
    const [x, zero] = [plane.x(k), plane.y(0)];
    const shown = weight !== undefined;
    const y = shown ? plane.y(clamp(weight, -LARGEST, LARGEST)) : zero;
    const head = weight > LARGEST ? UP : weight < -LARGEST ? DOWN : circle(0, 0, 4);
    pen("path", `stem ${k}`, {
      class: "stem", "data-mark": `${axes} start=0 end=weights:${k}`,
      d: shown ? path`M${x},${zero} V${y}` : "" });
    pen("path", `true weight ${k}`, {
      class: "true-weight", "data-mark": `${axes} y=true_weight:${k}`,
      d: Math.abs(truth) <= LARGEST ? path`M${x - 8},${plane.y(truth)} h16` : "" });
    pen("path", `head ${k}`, {
      class: "head", "data-mark": `${axes} y=weights:${k}`,
      transform: path`translate(${x},${y})`, d: shown ? head : "" });
  }

  return {
    draw({ width, degree, truth }, { weights }, room) {
      const box = { ...room, height: room.height - 22 }; // for the handle's text
      const { left, top, width: across, height } = box;
      plane.draw({ ...box, x: [-0.6, DEGREE.most + 0.6], y: [-LARGEST, LARGEST] });
      drawPrior(width, box);
      pen("path", "zero", { class: "rule", "data-tick": "y-weights 0", d: plane.level(0) });
      drawTitle(left - 24, top - 10, truth.length > 0);
      for (const k of DEGREES) drawWeight(k, weights[k], truth[k]);
      const x = plane.x(degree);
      const at = clamp(x, left + 28, left + across - 28);
      handle.guide(left, left + across, top + height);
      handle.draw(x, top + height, `degree ${degree}`, [at - x, 44]);
    },
  };
}

// ---- All of it ----

// One of the two beside the losses, or above them.
const beside = (create) => (frame) => {
  const pen = createPen(frame.svg);
  const part = create(frame, pen);
  const losses = createLosses(frame, pen);
  return {
    draw(state, numbers, width, height) {
      const narrow = width < 560;
      const below = SUNK + 48; // what stands below the losses
      const tall = narrow ? (height - 2 * 28 - 26 - below) / 2 : height - 28 - below;
      const half = narrow ? width : width / 2;
      part.draw(state, numbers, {
        left: 44, top: 28, width: half - 44 - 66, height: narrow ? tall : tall + SUNK });
      const left = narrow ? 44 : half + 52;
      losses.draw(state, numbers, {
        left, top: narrow ? height - below - tall : 28, width: width - left - 14, height: tall });
    },
  };
};

// ---- What the picture shows, in words ----

function describe(state, numbers) {
  const { x, x_held_out: xs, degree, width, truth, view } = state;
  const { nll: training, held_out: heldOut } = lossesOverWidth(state, WIDTHS);
  const lowest = heldOut.indexOf(Math.min(...heldOut));
  const near = Number(WIDTHS[lowest].toPrecision(2));
  const part = view === "fit"
    ? `The fitted curve q${truth.length ? " and the truth p" : ""} over x`
    : `The weights as stems${truth.length ? ", those of the truth beside them" : ""}, in the prior's ` +
      "band from −σ to σ";
  return `${part}, for ${x.length} training labels and ${xs.length} held-out labels; the model is a ` +
    `polynomial of degree ${degree} in the log-odds. At prior width σ = ${threeDigits(width)} the ` +
    `training loss is ${format(numbers.nll)} nats per label, the held-out loss ` +
    `${format(numbers.held_out)}, the penalty λ‖w‖² ${format(numbers.penalty)} and the norm of the ` +
    `weights ${format(numbers.norm, 3)}. Both losses are drawn over σ from 0.01 to 100, starting at ` +
    `log 2 = 0.6931: the training loss falls to ${format(training.at(-1), 2)}; the held-out loss is ` +
    `lowest, ${format(heldOut[lowest], 2)}, near σ = ${near} and ends at ${format(heldOut.at(-1), 2)}.`;
}

export default defineExplorable({
  name: "MapPrior",
  quantities,
  readouts: [
    { quantity: "nll", label: "training NLL/<i>N</i>", said: "training loss" },
    { quantity: "held_out", label: "held out", said: "held out" },
    { quantity: "penalty", label: "<i>λ</i>‖<i>w</i>‖²" },
    { quantity: "norm", label: "‖<i>w</i>‖", unit: false, show: (value) => format(value, 3) },
  ],
  ledger,
  describe,
  views: { fit: "Fit", weights: "Weights" },
  picture: { fit: beside(createFit), weights: beside(createWeights) },
});
