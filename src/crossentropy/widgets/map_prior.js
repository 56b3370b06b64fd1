import { clamp } from "./lib/clamp.js";
import { set, svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import { format, scientific, threeDigits } from "./lib/format.js";
import { createHandle } from "./lib/handle.js";
import { sum } from "./lib/information.js";
import { dot, legendre, mapWeights, negativeLogLikelihood, sigmoid } from "./lib/logistic.js";
import { DOWN, UP } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPlane } from "./lib/plane.js";
import { SCHEMAS } from "./lib/schema.js";
import { createTrack } from "./lib/track.js";

const { degree: DEGREE } = SCHEMAS.MapPrior;

const features = (xs, degree) => xs.map((x) => legendre(x, degree));

// ---- The numbers ----

// log of the density of N(0, width²), the prior of one weight.
const logNormal = (weight, width) =>
  -Math.log(width * Math.sqrt(2 * Math.PI)) - (weight / width) ** 2 / 2;

const logPrior = (weights, width) => sum(Array.from(weights, (one) => logNormal(one, width)));

// What a model with these weights pays for the labels, in nats per label.
const meanLoss = (rows, labels, weights) =>
  negativeLogLikelihood(rows, labels, weights) / labels.length;

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
    log_prior: logPrior(weights, width),
    log_prior_at_zero: logPrior(weights.map(() => 0), width),
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

// The probability of y = 1 along the grid; `into` holds it. Short weights take the first columns.
function probabilities(weights, into) {
  for (let i = 0; i < GRID.length; i += 1) {
    let z = 0;
    for (let k = 0; k < weights.length; k += 1) z += weights[k] * POLYNOMIALS[i][k];
    into[i] = sigmoid(z);
  }
  return into;
}

function circle(x, y, r) {
  const half = `a${r},${r} 0 1 0`;
  return `M${(x - r).toFixed(2)},${y.toFixed(2)} ${half} ${2 * r},0 ${half} ${-2 * r},0 Z`;
}

// Two texts beside the ends of two curves: at least a line apart, in the order of the curves.
/** @param {number[]} ends */
function apart([first, second], top, bottom) {
  const gap = Math.max(16 - Math.abs(first - second), 0) / 2;
  const away = first <= second ? -gap : gap;
  const inside = (y, above) =>
    clamp(y, top + (above ? 0 : 16), bottom - (above ? 16 : 0));
  return [inside(first + away, first <= second), inside(second - away, first > second)];
}

function createFit(root) {
  const plane = createPlane(root, {
    id: "fit",
    xTicks: [-1, 0, 1],
    yTicks: [0, 0.5, 1],
    xText: (value) => ["x = −1", "0", "x = 1"][value + 1],
    yText: (value) => ["y = 0", "1/2", "y = 1"][2 * value],
  });
  const levels = svg("path", { class: "guide", "data-tick": "y-fit 0 0.5 1" });
  const shape = (kind, mark) =>
    svg("path", { class: kind, "data-mark": `x-fit y-fit ${mark}` });
  const truth = shape("curve role-p", "path=truth_at");
  const fit = shape("curve role-q", "path=model_at");
  const training = shape("dot role-p", "points=training");
  const heldOut = shape("ring role-p", "points=held_out_labels");
  plane.window.append(levels, truth, fit);
  const keys = [svg("path", { class: "dot role-p" }), svg("path", { class: "ring role-p" })];
  const counts = [svg("text", { class: "label start" }), svg("text", { class: "label start" })];
  const names = [svg("text", { class: "start role-p", text: "p, truth" }),
    svg("text", { class: "start role-q", text: "q, model" })];
  root.append(heldOut, training, ...keys, ...counts, ...names);
  const [values, true_] = [new Float64Array(GRID.length), new Float64Array(GRID.length)];
  const memo = createMemo();

  // Held-out labels stand in rows of their own, outside of the training labels.
  const row = (label) => plane.y(label ? 1.13 : -0.13);

  function drawLabels(state, box) {
    const { x, y, x_held_out: xs, y_held_out: ys } = state;
    const right = box.left + box.width;
    const lines = [0, 0.5, 1].map((level) => `M${box.left},${plane.y(level).toFixed(2)} H${right}`);
    set(levels, { d: lines.join(" ") });
    set(training, { d: x.map((one, i) => circle(plane.x(one), plane.y(y[i]), 4.5)).join(" ") });
    set(heldOut, { d: xs.map((one, i) => circle(plane.x(one), row(ys[i]), 3.5)).join(" ") });
    const known = state.truth.length > 0;
    set(truth, { d: known ? plane.line(GRID, probabilities(state.truth, true_)) : "" });
    const [first, second] = [`${x.length} training labels`, `${xs.length} held-out labels`];
    const start = box.left + 36 + 7 * first.length;
    set(keys[0], { d: circle(box.left + 6, box.top - 15, 4.5) });
    set(keys[1], { d: circle(start, box.top - 15, 3.5) });
    set(counts[0], { x: box.left + 16, y: box.top - 10, text: first });
    set(counts[1], { x: start + 10, y: box.top - 10, text: second });
  }

  return {
    draw(state, { weights }, box) {
      plane.draw({ ...box, x: [-1.03, 1.03], y: [-0.24, 1.24] });
      const { x, y, x_held_out: xs, y_held_out: ys } = state;
      memo([x, y, xs, ys, state.truth, ...Object.values(box)], () => drawLabels(state, box));
      set(fit, { d: plane.line(GRID, probabilities(weights, values)) });
      const ends = [true_, values].map((one) => plane.y(one.at(-1)));
      const known = state.truth.length > 0;
      const [p, q] = known ? apart(ends, box.top, box.top + box.height) : ends;
      set(names[0], { x: box.left + box.width + 6, y: (p + 5).toFixed(2),
        visibility: known ? "visible" : "hidden" });
      set(names[1], { x: box.left + box.width + 6, y: (q + 5).toFixed(2) });
    },
  };
}

// ---- Both losses over the prior's width ----

const DECADES = Float64Array.from({ length: 41 }, (_, i) => i / 10 - 2); // log10 of the widths
const HIGHEST = 1.5; // nats: a higher loss leaves the panel
const SUNK = 24; // pixels from the panel down to the track, so that the handle's text has room

function lossCurves({ x, y, x_held_out: xs, y_held_out: ys, degree }) {
  const [rows, others] = [features(x, degree), features(xs, degree)];
  const empty = () => new Float64Array(DECADES.length);
  const curves = { nll: empty(), held_out: empty() };
  let weights; // each width's are the next one's start
  DECADES.forEach((decade, i) => {
    weights = mapWeights(rows, y, 10 ** decade, weights);
    curves.nll[i] = meanLoss(rows, y, weights);
    curves.held_out[i] = meanLoss(others, ys, weights);
  });
  return curves;
}

function createLosses(frame, root) {
  const ticks = [0, Math.log(2), 1, HIGHEST];
  const plane = createPlane(root, {
    id: "nll",
    title: "Loss in nats per label, over the prior’s width σ",
    yTicks: ticks,
    yText: (value) => (value === Math.log(2) ? "log 2" : String(value)),
  });
  const level = svg("path", { class: "guide", "data-tick": `y-nll ${Math.log(2)}` });
  const here = svg("path", { class: "rule", "data-mark": "x-log-width x=width" });
  root.append(level, here);
  const rows = [["nll", "training"], ["held_out", "held out"]].map(([quantity, name]) => {
    const row = {
      quantity,
      curve: svg("path", {
        class: `curve ${quantity}`,
        "data-mark": `x-log-width y-nll path=${quantity}_at`,
      }),
      name: svg("text", { class: "start", text: name }),
      mark: svg("path", {
        class: quantity === "nll" ? "dot" : "ring",
        "data-mark": `x-log-width y-nll x=width y=${quantity}`,
      }),
    };
    plane.window.append(row.curve);
    return row;
  });
  root.append(...rows.flatMap(({ name, mark }) => [name, mark]));
  const words = [svg("text", { class: "tick start", text: "← prior alone" }),
    svg("text", { class: "tick end", text: "maximum likelihood →" })];
  root.append(...words);
  const track = createTrack(frame, root, {
    trait: "width",
    name: "width σ of the prior",
    ticks: [0.01, 0.1, 1, 10, 100],
    scale: "log",
    text: (value) => `σ = ${threeDigits(value)}`,
  });
  const [computing, drawing] = [createMemo(), createMemo()];
  let curves = null;

  function drawCurves(box) {
    const { left, top, width, height } = box;
    const right = left + width;
    rows.forEach(({ quantity, curve }) => set(curve, { d: plane.line(DECADES, curves[quantity]) }));
    set(level, { d: `M${left},${plane.y(Math.log(2)).toFixed(2)} H${right}` });
    const ends = rows.map(({ quantity }) => plane.y(Math.min(curves[quantity].at(-1), HIGHEST)));
    apart(ends, top, top + height).forEach((y, i) =>
      set(rows[i].name, { x: right + 10, y: (y + 5).toFixed(2) }));
    set(words[0], { x: left - 10, y: top + height + SUNK + 44 });
    set(words[1], { x: right + 10, y: top + height + SUNK + 44 });
  }

  return {
    draw(state, numbers, box) {
      const { left, top, width, height } = box;
      const bottom = top + height;
      plane.draw({ ...box, x: [-2, 2], y: [0, HIGHEST] });
      const { x, y, x_held_out: xs, y_held_out: ys, degree } = state;
      computing([x, y, xs, ys, degree], () => (curves = lossCurves(state)));
      drawing([curves, ...Object.values(box)], () => drawCurves(box));
      const now = plane.x(Math.log10(state.width)).toFixed(2);
      set(here, { d: `M${now},${top} V${bottom + SUNK}` });
      rows.forEach(({ quantity, mark }) => {
        const value = numbers[quantity];
        const at = plane.y(Math.min(value, HIGHEST)).toFixed(2);
        set(mark, {
          transform: `translate(${now},${at})`,
          d: value > HIGHEST ? UP : circle(0, 0, 5),
        });
      });
      // The track is the panel's axis: it runs from the panel's left to its right.
      track.draw(state.width, left - 10, bottom + SUNK - 38, left + width + 10);
    },
  };
}

// ---- The weights ----

const LARGEST = 9; // a weight beyond it is drawn at the edge

function createWeights(frame, root) {
  const all = Array.from({ length: DEGREE.most + 1 }, (_, k) => k);
  const plane = createPlane(root, {
    id: "weights",
    xTicks: all,
    yTicks: [-5, 0, 5],
    xText: String,
    yText: (value) => format(value, 0),
  });
  const band = svg("rect",
    { class: "band", "data-mark": "y-weights bottom=-width top=width" });
  const edges = svg("path", { class: "guide", "data-mark": "y-weights levels=edges" });
  const zero = svg("path", { class: "rule", "data-tick": "y-weights 0" });
  const sigmas = ["+σ", "−σ"].map((text) => svg("text", { class: "tick start", text }));
  const title = svg("text", { class: "label start" },
    svg("tspan", { text: "Weights over k: " }),
    svg("tspan", { class: "role-q", text: "q’s ●" }));
  const known = svg("tspan", { class: "role-p" });
  title.append(known);
  plane.window.append(band, edges);
  root.append(zero, ...sigmas, title);
  const one = (kind, k, mark) =>
    svg("path", { class: kind, "data-mark": `x-weights y-weights x=${k} ${mark}` });
  const stems = all.map((k) => ({
    stem: one("stem", k, `start=0 end=weights:${k}`),
    head: one("head", k, `y=weights:${k}`),
    truth: one("true-weight", k, `y=true_weight:${k}`),
  }));
  for (const { stem, head, truth } of stems) root.append(stem, truth, head);
  const handle = createHandle({
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
  root.append(handle.node);

  function drawStem({ stem, head, truth }, k, weight, real) {
    const x = plane.x(k).toFixed(2);
    const shown = weight !== undefined;
    const y = shown ? plane.y(clamp(weight, -LARGEST, LARGEST)).toFixed(2) : 0;
    set(stem, { d: shown ? `M${x},${plane.y(0).toFixed(2)} V${y}` : "" });
    set(head, {
      transform: `translate(${x},${y})`,
      d: !shown ? "" : weight > LARGEST ? UP : weight < -LARGEST ? DOWN : circle(0, 0, 4),
    });
    const inside = real !== undefined && Math.abs(real) <= LARGEST;
    const left = (plane.x(k) - 8).toFixed(2);
    set(truth, { d: inside ? `M${left},${plane.y(real).toFixed(2)} h16` : "" });
  }

  return {
    draw({ width, degree, truth }, { weights }, box) {
      const { left, top, width: across, height } = box;
      const right = left + across;
      plane.draw({ ...box, x: [-0.6, DEGREE.most + 0.6], y: [-LARGEST, LARGEST] });
      const reach = Math.min(width, LARGEST);
      const [upper, lower] = [plane.y(reach), plane.y(-reach)];
      const thick = (lower - upper).toFixed(2);
      set(band, { x: left, y: upper.toFixed(2), width: across, height: thick });
      set(edges, { d: width < LARGEST
        ? `M${left},${upper.toFixed(2)} H${right} M${left},${lower.toFixed(2)} H${right}` : "" });
      set(zero, { d: `M${left},${plane.y(0).toFixed(2)} H${right}` });
      const out = width > LARGEST ? "↑↓" : "";
      apart([upper, lower], top, top + height).forEach((y, i) => set(sigmas[i],
        { x: right + 6, y: (y + 5).toFixed(2), text: `${["+σ", "−σ"][i]}${out.charAt(i)}` }));
      set(title, { x: left - 24, y: top - 10 });
      set(known, { text: truth.length ? ", the truth’s –" : "" });
      stems.forEach((stem, k) => drawStem(stem, k, weights[k], truth[k]));
      const text = `degree ${degree}`;
      const x = plane.x(degree);
      const at = clamp(x, left + 28, right - 28);
      handle.draw(x, top + height, text, [at - x, 44]);
    },
  };
}

// ---- All of it ----

function picture(frame) {
  const fit = createFit(frame.svg);
  const losses = createLosses(frame, frame.svg);
  const weights = createWeights(frame, frame.svg);
  return {
    draw(state, numbers, width, height) {
      const narrow = width < 640;
      const below = 48; // what stands below a panel's lower edge
      const share = narrow
        ? (height - 2 * below - 3 * 28 - 24 - SUNK) / 3
        : (height - below - 2 * 28 - 24 - SUNK) / 2;
      const side = 66;
      const first = { left: 44, top: 28, width: width - 44 - side, height: share };
      const top = first.top + share + 24 + 28;
      fit.draw(state, numbers, first);
      const half = narrow ? width : Math.round(0.57 * width);
      losses.draw(state, numbers, { left: 44, top, width: half - 44 - side, height: share });
      const left = narrow ? 44 : half + 40;
      weights.draw(state, numbers, {
        left,
        top: narrow ? top + share + SUNK + below + 28 : top,
        width: width - left - (narrow ? side : 34),
        height: narrow ? share : share + SUNK,
      });
    },
  };
}

// ---- What the picture shows, in words ----

function describe(state, numbers) {
  const { nll: training, held_out: heldOut } = lossCurves(state);
  const lowest = heldOut.indexOf(Math.min(...heldOut));
  const near = Number((10 ** DECADES[lowest]).toPrecision(2));
  return `${state.x.length} training labels and ${state.x_held_out.length} held-out labels over x, ` +
    `with the fitted curve q${state.truth.length ? " and the truth p" : ""}; the model is a ` +
    `polynomial of degree ${state.degree} in the log-odds. At prior width σ = ` +
    `${threeDigits(state.width)} the training loss is ${format(numbers.nll)} nats per label, the ` +
    `held-out loss ${format(numbers.held_out)}, the penalty λ‖w‖² ${format(numbers.penalty)} and ` +
    `the norm of the weights ${format(numbers.norm, 3)}. Below it both losses over σ from 0.01 to ` +
    `100, starting at log 2 = 0.6931: the training loss falls to ${format(training.at(-1), 2)}; the ` +
    `held-out loss is lowest, ${format(heldOut[lowest], 2)}, near σ = ${near} and ends at ` +
    `${format(heldOut.at(-1), 2)}. The weights are drawn as stems, in the prior's band from −σ to σ.`;
}

export default defineExplorable({
  name: "MapPrior",
  quantities,
  readouts: [
    { quantity: "nll", label: "training NLL/<i>N</i>" },
    { quantity: "held_out", label: "held out" },
    { quantity: "penalty", label: "<i>λ</i>‖<i>w</i>‖²" },
    { quantity: "norm", label: "‖<i>w</i>‖", unit: false, show: (value) => format(value, 3) },
  ],
  ledger,
  describe,
  picture,
});
