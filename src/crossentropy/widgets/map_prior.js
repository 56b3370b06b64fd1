import {
  brief, circle, createMemo, createPlane, defineExplorable, format, path, picture, plus, SCHEMAS,
  scientific, sum, threeDigits, track, written,
} from "./lib/kit.js";
import {
  dot, features, legendre, logNormal, lossesOverWidth, mapWeights, meanLoss, sigmoid,
} from "./lib/logistic.js";
import { weights } from "./lib/weights.js";

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
    ["−(1/N) log [P(data | w) · g(w)/g(0)]",
      `−(1/${n}) log [${fourDigits(likelihood)} · ${fourDigits(ratio)}]`,
      -Math.log(likelihood * ratio) / n],
    ["= −(1/N) [log P + log g(w) − log g(0)]",
      written`${nll} ${plus(-prior)} ${plus(peak)}`, -numbers.log_likelihood / n - prior + peak],
    ["= NLL/N + λ‖w‖²,  λ = 1/(2Nσ²)",
      written`${nll} + ${fourDigits(lambda)} · ${fourDigits(norm ** 2)}`, objective],
  ];
}

// ---- The labels, the truth and the fit ----

const GRID = Float64Array.from({ length: 161 }, (_, i) => (i - 80) / 80);
const POLYNOMIALS = Array.from(GRID, (x) => legendre(x, DEGREE.most));

// The probability of y = 1 at each place of the grid. Short weights take the first columns.
const probabilities = (weights) => GRID.map((_, i) => sigmoid(dot(weights, POLYNOMIALS[i])));

const TRAINING = { name: "to train on", says: "training", kind: "dot", r: 4.5, level: (label) => label };
// They stand in rows of their own, outside of the training labels.
const HELD_OUT = { name: "held out", says: "held_out_labels", kind: "ring", r: 2.5,
  level: (label) => (label ? 1.16 : -0.16) };

function fit(frame, pen) {
  const plane = createPlane(pen, {
    id: "fit",
    x: [-1.03, 1.03],
    y: [-0.24, 1.24],
    xTicks: [-1, 0, 1],
    yTicks: [0, 1],
    xText: (value) => ["x = −1", "0", "1"][value + 1],
    yText: (value) => `y = ${value}`,
  });

  // Labels in the panel, and above it, from `start` on, what they are.
  function drawLabels({ name, says, kind, r, level }, xs, ys, start, top) {
    const points = xs.map((x, i) => circle(plane.x(x), plane.y(level(ys[i])), r));
    pen.path(name, `${kind} role-p`, `x-fit y-fit points=${says}`, points.join(" "));
    pen.path(`key of ${name}`, `${kind} role-p`, null, circle(start, top - 15, r));
    pen.text(`count of ${name}`, "label start", start + 10, top - 10, `${xs.length} ${name}`);
  }

  function drawData({ x, y, x_held_out: xs, y_held_out: ys }, truth, { left, top }) {
    plane.pen("path", "levels", {
      class: "guide", "data-tick": "y-fit 0 1", d: [0, 1].map(plane.level).join(" ") });
    plane.curve("truth", "role-p", "truth_at", GRID.slice(0, truth.length), truth);
    drawLabels(HELD_OUT, xs, ys, left + 130, top);
    drawLabels(TRAINING, x, y, left + 6, top);
  }

  // At the right end of a curve.
  const drawName = (role, text, curve, right) => pen.text(
    `name of ${role}`, `start role-${role}`, right + 6, plane.y(curve.at(-1) ?? 0) + 5, text);

  return (state, { weights }, area) => {
    plane.draw(area);
    const [truth, model] = [state.truth.length ? probabilities(state.truth) : [], probabilities(weights)];
    const { x, y, x_held_out: xs, y_held_out: ys } = state;
    plane.keep("data", [x, y, xs, ys, state.truth], () => drawData(state, truth, area));
    plane.curve("fit", "role-q", "model_at", GRID, model);
    drawName("p", truth.length ? "p, truth" : "", truth, area.right);
    drawName("q", "q, model", model, area.right);
  };
}

// ---- Both losses over the prior's width, from σ on: who slides it to the left draws them ----

const WIDTHS = Float64Array.from({ length: 41 }, (_, i) => 10 ** (i / 10 - 2));
const DECADES = WIDTHS.map((width) => Math.log10(width));
// From the width on, a curve of losses.
function from(width, now, losses) {
  const first = WIDTHS.findIndex((one) => one > width);
  const after = first < 0 ? WIDTHS.length : first;
  return { places: [Math.log10(width), ...DECADES.slice(after)],
    values: [now, ...losses.slice(after)] };
}

const HIGHEST = 1.5; // nats: a higher loss leaves the panel
const SUNK = 38; // pixels from the panel down to the track, so that the handle's text has room
const LOSSES = [
  { quantity: "nll", name: "training", kind: "dot" },
  { quantity: "held_out", name: "held out", kind: "ring" },
];

function losses(frame, pen) {
  const plane = createPlane(pen, {
    id: "nll",
    axes: "x-log-width y-nll",
    x: [-2, 2],
    y: [0, HIGHEST],
    title: "Loss in nats per label",
    yTicks: [0, Math.log(2), 1, HIGHEST],
    yText: (value) => (value === Math.log(2) ? "log 2" : String(value)),
  });
  const memo = createMemo();

  function drawCurves(width, numbers, curves, { left, right, bottom }) {
    for (const { quantity } of LOSSES) {
      const { places, values } = from(width, numbers[quantity], curves[quantity]);
      plane.curve(quantity, quantity, `${quantity}_at`, places, values);
    }
    pen.rule("level of a coin", `y-nll ${Math.log(2)}`, plane.level(Math.log(2)), "guide");
    pen.text("left end", "tick start", left - 10, bottom + 44, "← prior alone");
    pen.text("right end", "tick end", right + 10, bottom + 44, "data alone →");
  }

  function drawNow(width, numbers, { left, right, top, bottom }) {
    const place = Math.log10(width);
    const x = plane.x(place);
    pen.path("now", "rule", "x-log-width x=width", path`M${x},${top} V${bottom - SUNK}`);
    const isClear = x - left > 56; // or the line would run through the words
    pen.text("coin", "tick start", left + 4, plane.y(Math.log(2)) - 6, isClear ? "a coin" : "");
    const [side, look] = x > (left + right) / 2 ? [-8, "end"] : [8, "start"];
    const highest = Math.max(numbers.nll, numbers.held_out);
    for (const { quantity, name, kind } of LOSSES) {
      const value = numbers[quantity];
      plane.point(`${quantity} now`, kind, ["width", quantity], place, value, circle(0, 0, 5));
      const y = plane.y(Math.min(value, HIGHEST)) + (value === highest ? -9 : 20);
      pen.text(`name of ${quantity}`, `label halo ${look}`, x + side, y, `${name} ${brief(value)}`);
    }
  }

  return (state, numbers, area) => {
    plane.draw({ ...area, height: area.height - SUNK });
    const { x, y, x_held_out: xs, y_held_out: ys, degree } = state;
    const curves = memo([x, y, xs, ys, degree], () => lossesOverWidth(state, WIDTHS));
    drawCurves(state.width, numbers, curves, area);
    drawNow(state.width, numbers, area);
  };
}

// The panel's axis: it runs from the panel's left to its right.
const width = track({
  trait: "width",
  name: "width σ of the prior",
  ticks: [0.01, 0.1, 1, 10, 100],
  scale: "log",
  text: (value) => `prior of the weights: σ = ${threeDigits(value)}`,
  line: (x, { losses: { top, bottom } }) => path`M${x},${top} V${bottom}`,
});

const LAYOUT = {
  wide: { columns: [44, "shown", 118, "losses width", 14],
    rows: [28, "shown losses", { width: 0 }, 48] },
  narrow: { columns: [44, "shown losses width", 52, ["losses width", 0], 14],
    rows: [28, "shown", 54, "losses", { width: 0 }, 48] },
};

// ---- What the picture shows, in words ----

function describe(state, numbers) {
  const { x, x_held_out: xs, degree, width, truth, view } = state;
  const { nll: training, held_out: heldOut } = lossesOverWidth(state, WIDTHS);
  const { places, values } = from(width, numbers.held_out, heldOut);
  const lowest = values.indexOf(Math.min(...values));
  const near = Number((10 ** places[lowest]).toPrecision(2));
  const part = view === "fit"
    ? `The fitted curve q${truth.length ? " and the truth p" : ""} over x`
    : `The weights as stems${truth.length ? ", those of the truth beside them" : ""}, in the prior's ` +
      "band from −σ to σ";
  return `${part}, for ${x.length} training labels and ${xs.length} held-out labels; the model is a ` +
    `polynomial of degree ${degree} in the log-odds. At prior width σ = ${threeDigits(width)} the ` +
    `training loss is ${format(numbers.nll)} nats per label, the held-out loss ` +
    `${format(numbers.held_out)}, the penalty λ‖w‖² ${format(numbers.penalty)} and the norm of the ` +
    `weights ${format(numbers.norm, 3)}. Both losses are drawn over σ from there to 100: the training ` +
    `loss falls to ${format(training.at(-1), 2)}; the held-out loss is lowest, ` +
    `${format(values[lowest], 2)}, near σ = ${near} and ends at ${format(heldOut.at(-1), 2)}.`;
}

export default defineExplorable({
  name: "MapPrior",
  quantities,
  readouts: [
    { quantity: "nll", label: "training NLL/N", said: "training loss" },
    { quantity: "held_out", label: "held out", said: "held out" },
    { quantity: "penalty", label: "λ‖w‖²" },
    { quantity: "norm", label: "‖w‖", unit: false, show: (value) => format(value, 3) },
  ],
  ledger,
  describe,
  views: { fit: "Fit", weights: "Weights" },
  picture: {
    fit: picture({ shown: fit, losses, width }, LAYOUT),
    weights: picture({ shown: weights, losses, width }, LAYOUT),
  },
});
