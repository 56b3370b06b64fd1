import { clamp } from "./lib/clamp.js";
import { defineExplorable } from "./lib/explorable.js";
import { brief, format, fromLog, plural, whole } from "./lib/format.js";
import { createHandle } from "./lib/handle.js";
import { crossEntropy, crossEntropyTerms, entropy, klDivergence } from "./lib/information.js";
import { CIRCLE, DOWN, UP } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane, createWindow } from "./lib/plane.js";
import { PRECISIONS, product } from "./lib/products.js";
import { SCHEMAS } from "./lib/schema.js";
import { createTrack } from "./lib/track.js";

const { counts: { sum: { most: MOST } } } = SCHEMAS.LikelihoodExplorer;

// ---- The numbers ----

const size = (counts) => counts[0] + counts[1];
const model = (theta) => [1 - theta, theta];
const shares = (counts) => counts.map((count) => count / size(counts));
const logLikelihood = (counts, theta) => 0 - crossEntropy(counts, model(theta));

function quantities({ counts, theta }) {
  const logL = logLikelihood(counts, theta);
  const p = shares(counts);
  const products = Object.fromEntries(
    Object.entries(PRECISIONS).map(([name, { round }]) =>
      [`product_${name}`, product(counts, theta, round)]));
  return {
    likelihood: products.product_float64,
    log_likelihood: logL,
    nll: (0 - logL) / size(counts),
    p_hat: p[1],
    entropy: entropy(p),
    kl_divergence: klDivergence(p, model(theta)),
    cross_entropy: crossEntropy(p, model(theta)),
    ...products,
  };
}

function ledger({ counts, theta }, { nll, log_likelihood: logL, entropy: h, kl_divergence: kl }) {
  const terms = crossEntropyTerms(shares(counts), model(theta));
  return [
    ["NLL/<i>N</i> = −(1/<i>N</i>) log <i>L</i>(<i>θ</i>)",
      `${format(0 - logL)} / ${whole(size(counts))}`, format(nll)],
    ["= <i>H</i>(<i>p̂</i>, <i>q<sub>θ</sub></i>) = −∑ <i>p̂<sub>k</sub></i> log <i>q<sub>k</sub></i>",
      terms.map((term) => format(term)).join(" + "), format(terms[0] + terms[1])],
    ["= <i>H</i>(<i>p̂</i>) + KL(<i>p̂</i>‖<i>q<sub>θ</sub></i>)",
      `${format(h)} + ${format(kl)}`, format(h + kl)],
  ];
}

// ---- Three curves over θ that turn at the same place ----

// The likelihood of ten thousand labels is a spike: half of the points lie around it, the others
// closer together where the logarithm is steep.
function points(counts) {
  const n = size(counts);
  const peak = counts[1] / n;
  const spread = Math.sqrt(Math.max(peak * (1 - peak), 1 / n) / n);
  const all = [peak];
  for (let i = 0; i <= 60; i += 1) all.push((1 - Math.cos((Math.PI * i) / 60)) / 2);
  for (let i = -20; i <= 20; i += 1) all.push(peak + (i / 4) * spread);
  return all.filter((theta) => theta >= 0 && theta <= 1).sort((a, b) => a - b);
}

const DEEPEST = 1.5; // nats per label: where the logarithmic curves leave their panels

const highest = (counts) => logLikelihood(counts, counts[1] / size(counts));

// One edge of each panel is at 0, the other at its `far` value. The loss parts the two that have a top:
// below its own reflection it would look like a part of one shape.
const PANELS = [
  {
    id: "relative_likelihood", // to the largest
    name: "Likelihood L(θ)",
    far: () => 1,
    value: (counts, theta) => Math.exp(logLikelihood(counts, theta) - highest(counts)),
    text: ({ log_likelihood: logL }) => fromLog(logL),
  },
  {
    id: "nll",
    name: "Loss −log L(θ) / N",
    far: () => DEEPEST,
    value: (counts, theta) => (0 - logLikelihood(counts, theta)) / size(counts),
    text: ({ nll }) => brief(nll),
  },
  {
    id: "log_likelihood",
    name: "Logarithm log L(θ)",
    far: (counts) => -DEEPEST * size(counts),
    value: logLikelihood,
    text: ({ log_likelihood: logL }) => brief(logL),
  },
];

const SPILL = 3; // pixels by which a curve's stroke may leave its panel

// One of the panels: how its axis and title, its curve, and what stands on the curve are drawn.
function createPanel(pen, { id, name, far, value, text }) {
  const window = createWindow(pen, { id, axes: `x-theta y-${id}`, spill: SPILL });
  const range = (counts) => [Math.min(far(counts), 0), Math.max(far(counts), 0)];

  function drawTitle(numbers, { left, top }) {
    const title = pen.inside("text", `${id} title`, { class: "label start halo", x: left, y: top - 8 });
    title("tspan", "name", { text: `${name} = ` });
    title("tspan", "value", { class: "role-q", text: text(numbers) });
  }

  // The best θ, and θ itself: a triangle where its value is beyond an edge.
  function drawDots({ counts, theta }, { p_hat: best }) {
    const [low, high] = range(counts);
    const here = value(counts, theta);
    pen("circle", `${id} peak`, {
      class: "dot role-p", "data-mark": `x-theta y-${id} x=p_hat y=peak_of:${id}`,
      cx: window.x(best), cy: window.y(value(counts, best)), r: 3.5 });
    pen("path", `${id} dot`, {
      class: "dot role-q", "data-mark": `x-theta y-${id} x=theta y=${id}`,
      d: here > high + 1e-9 ? UP : here < low ? DOWN : CIRCLE,
      transform: path`translate(${window.x(theta)},${window.y(clamp(here, low, high))})` });
  }

  return {
    fit(counts, place) {
      const { left, top, width, height } = window.fit({ ...place, x: [0, 1], y: range(counts) });
      pen("rect", `${id} ground`, { class: "panel", x: left, y: top, width, height });
      pen("path", `${id} rule`, {
        class: "rule", "data-tick": `x-theta 0 1|y-${id} 0 ${far(counts)}`,
        d: path`M${left},${window.y(0)} H${left + width} M${left},${window.y(far(counts))} h-5` });
    },
    drawCurve(counts, thetas) {
      window.curve("curve", "", `${id}_at`, thetas, thetas.map((theta) => value(counts, theta)));
    },
    drawNow(state, numbers, place) {
      drawTitle(numbers, place);
      drawDots(state, numbers);
    },
  };
}

// p̂ stands above the panels, on their scale. To move it is to exchange labels.
function createShare(frame, pen, at) {
  const { labels } = frame.state;
  const counts = () => frame.model.get("counts");
  const handle = createHandle(pen, {
    id: "counts:1",
    name: `count of ${labels[1]}`,
    axis: "x",
    mark: "x-theta x=p_hat",
    step: 1,
    page: 10,
    fine: 1,
    range: () => [0, size(counts())],
    value: () => counts()[1],
    words: (value) => `${whole(value)} of ${plural(size(counts()), "label")}`,
    at: (value) => at(value / size(counts())),
    grab: () => counts()[1],
    // Of few labels each is many pixels away: the first comes at once.
    move: (value, start) => {
      const by = value - start;
      const ones = start + (Math.abs(by) > 0.1 ? Math.round(by) || Math.sign(by) : 0);
      frame.set({ counts: [size(counts()) - ones, ones] });
    },
  });
  return {
    reach: handle.reach,
    draw([zeros, ones], share, y) {
      const text = `p̂ = ${brief(share)}: ${whole(ones)} of ${whole(zeros + ones)} ${labels[1]}`;
      const half = 3.6 * text.length;
      const [x, left, right] = [at(share), at(0) - 10, at(1) + 10];
      handle.guide(at(0) - 10, at(1) + 10, y);
      handle.draw(x, y, text, [clamp(x, left + half, Math.max(right - half, left + half)) - x, -14]);
    },
  };
}

function curves(frame) {
  const pen = createPen(frame.svg);
  const panels = PANELS.map((panel) => createPanel(pen, panel));
  const memo = createMemo();
  const track = { left: 0, length: 1 };
  const at = (theta) => track.left + theta * track.length;
  const share = createShare(frame, pen, at);
  const theta = createTrack(frame, pen, {
    trait: "theta",
    name: `θ, the probability of ${frame.state.labels[1]}`,
    ticks: [0, 0.5, 1],
    step: 0.01,
    page: 0.1,
    fine: 0.001,
    text: (value) => `θ = ${brief(value)}`,
  });

  // p̂, and θ, in all panels.
  function drawLines(state, best, top, bottom) {
    const lines = [path`M${at(best)},${top} V${bottom - 26}`, path`M${at(state.theta)},${top + 8} V${bottom}`];
    pen("path", "best line", { class: "joint", "data-mark": "x-theta x=p_hat", d: lines[0] });
    pen("path", "θ line", { class: "curve role-q", "data-mark": "x-theta x=theta", d: lines[1] });
    share.reach(lines[0]);
    theta.reach(lines[1]);
  }

  return {
    draw(state, numbers, width, height) {
      const { counts } = state;
      const [above, below] = [30, height - 30]; // the lines that p̂ and θ run along
      const [first, gap] = [above + 32, 26];
      track.left = 16;
      track.length = width - 2 * track.left;
      // Before the figure has its height there is no room.
      const tall = Math.max((below - 30 - first - 2 * gap) / 3, 1);
      const places = panels.map((_, i) =>
        ({ left: track.left, top: first + i * (tall + gap), width: track.length, height: tall }));
      panels.forEach((panel, i) => panel.fit(counts, places[i]));
      drawLines(state, numbers.p_hat, above, below);
      memo([...counts, width, height], () => {
        const thetas = points(counts);
        for (const panel of panels) panel.drawCurve(counts, thetas);
      });
      panels.forEach((panel, i) => panel.drawNow(state, numbers, places[i]));
      share.draw(counts, numbers.p_hat, above);
      theta.draw(state.theta, track.left - 10, below - 38, track.left + track.length + 10);
    },
  };
}

// ---- How small a number each precision holds, and the likelihood of N labels beside it ----

const DECADES = [1, 10, 100, 1000, 10_000];

// What has become of L in a precision.
function verdict(value, logL) {
  if (value === 0) return logL === -Infinity ? "right" : "0, an underflow";
  const error = Math.abs(Math.log(value) - logL);
  const kind = error > Math.LN2 ? "wrong" : error > 0.01 ? "digits lost" : "right";
  return kind === "right" ? kind : `${fromLog(Math.log(value))}, ${kind}`;
}

function createSize(frame, pen) {
  // Rounding to whole counts would wear the proportion away, and the place of the handle: both are
  // remembered until the counts change in another way.
  let scaled = { counts: [] };
  const recalled = () => {
    const now = frame.model.get("counts");
    return now.every((count, k) => count === scaled.counts[k])
      ? scaled : { counts: now, share: shares(now)[1], n: size(now) };
  };
  return createTrack(frame, pen, {
    trait: "n",
    name: "number of labels N",
    ends: [1, MOST],
    ticks: DECADES,
    scale: "log",
    step: 0.1,
    page: 1,
    fine: 0.02,
    mark: "rounded=size",
    text: () => `N = ${whole(size(frame.model.get("counts")))}`,
    get: () => recalled().n,
    set: (n) => {
      const { share } = recalled();
      const ones = Math.round(share * Math.round(n));
      scaled = { counts: [Math.round(n) - ones, ones], share, n };
      frame.set({ counts: scaled.counts });
    },
  });
}

function underflow(frame) {
  const pen = createPen(frame.svg);
  const track = createSize(frame, pen);
  const plane = createPlane(pen, {
    id: "log-zeros",
    name: "zeros after the decimal point",
    xTicks: DECADES.map(Math.log10),
    xText: (decade) => whole(10 ** decade),
    xValue: (decade) => 10 ** decade,
  });
  const at = (n) => plane.x(Math.log10(n));

  // As far as the smallest number above zero.
  function drawPrecision(name, i, y, verdict) {
    const reach = at(-Math.log10(PRECISIONS[name].least));
    pen("rect", `reach of ${name}`, {
      class: "extent", "data-mark": `x-log-zeros left=1 right=reach:${i}`,
      x: at(1), y: y + 6, width: reach - at(1), height: 12 });
    pen("text", name, { class: "label start halo", x: at(1), y, text: `${name}: ${verdict}` });
  }

  return {
    draw(state, numbers, width, height) {
      const [left, right] = [24, width - 24];
      const [top, bottom] = [92, height - 86];
      const logL = numbers.log_likelihood;
      track.draw(size(state.counts), left - 10, 30 - 38, right + 10);
      plane.draw({ left, top, width: right - left, height: bottom - top,
        x: [0, Math.log10(MOST)], y: [1, 2] });
      const x = at(clamp(-logL / Math.LN10, 1, MOST));
      pen("path", "L line", { class: "curve role-q", "data-mark": "x-log-zeros x=zeros",
        d: path`M${x},${top} V${bottom}` });
      Object.keys(PRECISIONS).forEach((name, i) => drawPrecision(name, i,
        top + 20 + (i * (bottom - top)) / 3, verdict(numbers[`product_${name}`], logL)));
      const text = `L(θ) = ${fromLog(logL)}`;
      pen("text", "L", { class: "label role-q", y: top - 6, text,
        x: clamp(x, 4 * text.length, width - 4 * text.length) });
      pen("text", "sum", { class: "label middle", x: width / 2, y: height - 8,
        text: `The sum of logs carries on: log L = ${brief(logL)} nats` });
    },
  };
}

// ---- What the picture shows, in words ----

function describe({ counts, theta, labels, view }, numbers) {
  const logL = numbers.log_likelihood;
  const products = Object.keys(PRECISIONS).map((name) => {
    const value = numbers[`product_${name}`];
    return `${name}, ${verdict(value, logL).replace(/^right$/, fromLog(Math.log(value)))}`;
  });
  const seen = view === "curves"
    ? "Three curves over θ: the likelihood and the log-likelihood have their maximum, and NLL/N its " +
      `minimum, at the same θ, ${format(numbers.p_hat, 3)}.`
    : "Bars as long as the smallest number of each format has zeros after the decimal point, and a line " +
      `for the likelihood. Multiplied out, it is in ${products.join("; ")}.`;
  return `${whole(counts[0])} ${labels[0]} and ${whole(counts[1])} ${labels[1]}; θ, the probability ` +
    `of ${labels[1]}, is ${format(theta, 3)}. ${seen} The log-likelihood is ${format(logL)} nats and ` +
    `NLL/N ${format(numbers.nll)} nats.`;
}

export default defineExplorable({
  name: "LikelihoodExplorer",
  shape: ({ labels }) => labels.join("\n"),
  quantities,
  readouts: [
    { quantity: "nll", label: "NLL/<i>N</i>", role: "q", said: "loss" },
    { quantity: "log_likelihood", label: "log <i>L</i>" },
    { quantity: "entropy", label: "<i>H</i>(<i>p̂</i>)", role: "p" },
    { quantity: "kl_divergence", label: "KL(<i>p̂</i>‖<i>q<sub>θ</sub></i>)", role: "kl",
      said: "KL" },
  ],
  ledger,
  describe,
  views: { curves: "Curves", underflow: "Underflow" },
  picture: { curves, underflow },
});
