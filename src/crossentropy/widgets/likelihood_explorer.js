import { clamp } from "./lib/clamp.js";
import { defineExplorable } from "./lib/explorable.js";
import { format, plural, raised, whole } from "./lib/format.js";
import { createHandle } from "./lib/handle.js";
import { crossEntropy, crossEntropyTerms, entropy, klDivergence } from "./lib/information.js";
import { CIRCLE, DOWN, UP, defineHatches } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createWindow } from "./lib/plane.js";
import { SCHEMAS } from "./lib/schema.js";

const { theta: THETA, counts: { sum: { most: MOST } } } = SCHEMAS.LikelihoodExplorer;

// ---- The product, as a computer of each precision works it out ----

// Adding a number so large that the sum keeps only the bits of a float16, and taking it away again,
// rounds half to even. How large depends on how many leading zeros x has in steps of 2^-24, the
// smallest float16 above zero; below 2^-14 (21 zeros) the steps get no finer.
const LARGE = Float64Array.from({ length: 33 }, (_, zeros) => 2 ** (49 - Math.min(zeros, 21)));

// x, between 0 and 1, rounded to float16.
function toFloat16(x) {
  const large = LARGE[Math.clz32(x * 2 ** 24)];
  return x + large - large;
}

const PRECISIONS = {
  product_float16: toFloat16,
  product_float32: Math.fround,
  product_float64: (x) => x,
};

// First counts[1] factors θ, then counts[0] factors 1 - θ, one after another: each factor and each
// partial product is rounded.
function product(counts, theta, round) {
  let value = 1;
  for (const [factor, count] of [[round(theta), counts[1]], [round(1 - theta), counts[0]]]) {
    for (let i = 0; i < count; i += 1) {
      const next = round(value * factor);
      if (next === value) break; // 0, or stuck: the same factor again changes nothing
      value = next;
    }
  }
  return value;
}

const size = (counts) => counts[0] + counts[1];
const model = (theta) => [1 - theta, theta];
const shares = (counts) => counts.map((count) => count / size(counts));
const logLikelihood = (counts, theta) => 0 - crossEntropy(counts, model(theta));

function quantities({ counts, theta }) {
  const logL = logLikelihood(counts, theta);
  const p = shares(counts);
  const products = Object.fromEntries(
    Object.entries(PRECISIONS).map(([name, round]) => [name, product(counts, theta, round)]));
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

// ---- Numbers as text ----

// e^log, which may be far too small for a float, to some significant digits.
function fromLog(log, digits = 3) {
  if (log === -Infinity) return "0";
  if (log > Math.log(0.01)) return Math.exp(log).toPrecision(digits);
  const exponent = Math.floor(log / Math.LN10);
  const mantissa = Math.exp(log - exponent * Math.LN10).toFixed(digits - 1);
  return mantissa.startsWith("10")
    ? `${(1).toFixed(digits - 1)} × 10${raised(exponent + 1)}`
    : `${mantissa} × 10${raised(exponent)}`;
}

function productText(value, logL) {
  if (value === 0) return logL === -Infinity ? "0" : "0 (underflow)";
  const error = Math.abs(Math.log(value) - logL);
  const verdict = error > Math.LN2 ? " (wrong)" : error > 0.01 ? " (digits lost)" : "";
  return fromLog(Math.log(value), 4) + verdict;
}

// ---- The counts, and N on a scale of decades ----

const DECADES = [1, 10, 100, 1000, 10_000];
const RULERS = DECADES.flatMap((ten) => [10 * ten, 20 * ten, 50 * ten])
  .filter((end) => end <= MOST);
const COUNTS = { rows: [14, 44], size: 76, height: 114 };

function createCounts(frame, pen) {
  const longest = Math.max(...frame.model.get("labels").map((label) => label.length));
  const track = { left: 0, length: 1 };
  const drawCount = createRows(frame, pen, track);
  const drawSize = createSize(frame, pen, track);
  return (right) => {
    track.left = clamp(9 * longest + 8, 48, 120);
    track.length = right - 62 - track.left;
    COUNTS.rows.forEach((y, k) => drawCount(k, y));
    drawSize(COUNTS.size);
  };
}

function createRows(frame, pen, track) {
  const labels = frame.model.get("labels");
  const counts = () => frame.model.get("counts");
  let held = null; // the ruler stands still while a count is dragged
  const ruler = () => held ?? RULERS.find((end) => end >= Math.max(...counts()));
  const at = (value) => track.left + (value / ruler()) * track.length;

  const handles = labels.map((label, k) => createHandle(pen, {
    id: `counts:${k}`,
    name: `count of ${label}`,
    axis: "x",
    mark: `x-counts x=counts:${k}`,
    step: 1,
    page: 10,
    fine: 1,
    range: () => {
      const other = counts()[1 - k];
      return [other === 0 ? 1 : 0, Math.min(ruler(), MOST - other)];
    },
    value: () => counts()[k],
    words: (value) => `${whole(value)} of ${whole(size(counts()))} labels`,
    at,
    grab: () => (held = ruler()),
    move: (value) =>
      frame.set({ counts: counts().map((count, j) => (j === k ? Math.round(value) : count)) }),
    release: () => {
      held = null;
      frame.invalidate();
    },
  }));

  return (k, y) => {
    const count = counts()[k];
    pen("text", `name ${k}`, { class: "label start", x: 0, y: y + 5, text: labels[k] });
    pen("path", `ruler ${k}`, { class: "rule", "data-tick": `x-counts 0 ${ruler()}`,
      d: path`M${track.left},${y} H${track.left + track.length}` });
    pen("rect", `count ${k}`, {
      class: "bar role-p", "data-mark": `x-counts left=0 width=counts:${k}`,
      x: track.left, y: y - 7, width: at(count) - track.left, height: 14 });
    handles[k].guide(track.left - 10, track.left + track.length + 10, y);
    drawBeside(handles[k], at(count), y, whole(count));
  };
}

function createSize(frame, pen, track) {
  const counts = () => frame.model.get("counts");
  // Rounding to whole counts would wear the proportion away: it is remembered, with the place of
  // the handle, until the counts change in another way.
  let scaled = { counts: [] };
  const remembered = () => counts().every((count, k) => count === scaled.counts[k]);
  const level = () => (remembered() ? scaled.value : Math.log10(size(counts())));
  const at = (value) => track.left + (value / Math.log10(MOST)) * track.length;

  const handle = createHandle(pen, {
    id: "n",
    name: "number of labels N, on a logarithmic scale",
    axis: "x",
    mark: "x-log-n rounded=size",
    step: 0.1,
    page: 1,
    fine: 0.02,
    range: () => [0, Math.log10(MOST)],
    value: level,
    words: () => plural(size(counts()), "label"),
    at,
    move: (value) => {
      const share = remembered() ? scaled.share : shares(counts())[1];
      const n = Math.round(10 ** value);
      const ones = Math.round(share * n);
      scaled = { counts: [n - ones, ones], share, value };
      frame.set({ counts: scaled.counts });
    },
  });

  return (y) => {
    const strokes = DECADES.map((_, i) => path`M${at(i)},${y - 4} v8`).join(" ");
    pen("text", "N", { class: "letter start", x: 0, y: y + 5, text: "N" });
    pen("path", "N line", { class: "rule", "data-tick": `x-log-n ${DECADES.join(" ")}`,
      d: path`M${track.left},${y} H${track.left + track.length} ${strokes}` });
    DECADES.forEach((n, i) => pen("text", `N tick ${n}`, {
      class: "tick middle", "data-tick": `x-log-n ${n}`, x: at(i), y: y + 26, text: whole(n) }));
    handle.guide(at(0) - 10, at(Math.log10(MOST)) + 10, y);
    drawBeside(handle, at(level()), y, whole(size(counts())));
  };
}

// A handle with its value to its right.
const drawBeside = (handle, x, y, text) => handle.draw(x, y, text, [14 + 4 * text.length, 5]);

// ---- The three curves ----

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

// One edge of each panel is at 0, the other at its `far` value, whose tick says `edge`.
const PANELS = [
  {
    id: "relative_likelihood", // to the largest
    name: "Likelihood L(θ)",
    far: () => 1,
    value: (counts, theta) => Math.exp(logLikelihood(counts, theta) - highest(counts)),
    edge: (counts) => `max ${fromLog(highest(counts))}`,
    text: ({ log_likelihood: logL }) => fromLog(logL),
  },
  {
    id: "log_likelihood",
    name: "Log-likelihood log L(θ)",
    far: (counts) => -DEEPEST * size(counts),
    value: logLikelihood,
    edge: (counts) => {
      const deepest = DEEPEST * size(counts);
      return whole(-(deepest < 100 ? deepest : Math.round(deepest)));
    },
    text: ({ log_likelihood: logL }) => format(logL),
  },
  {
    id: "nll",
    name: "Loss NLL/N",
    far: () => DEEPEST,
    value: (counts, theta) => (0 - logLikelihood(counts, theta)) / size(counts),
    edge: () => format(DEEPEST, 1),
    text: ({ nll }) => format(nll),
  },
];

const SPILL = 3; // pixels by which a curve's stroke may leave its panel
const MARGIN = 14; // to the right of the panels

// One of the panels: how its axis and title, its curve, and what stands on the curve are drawn.
function createPanel(pen, { id, name, far, value, edge, text }) {
  const window = createWindow(pen, SPILL);
  const range = (counts) => [Math.min(far(counts), 0), Math.max(far(counts), 0)];

  function drawTitle(numbers, y, narrow) {
    const title = pen.inside("text", `${id} title`,
      { class: "label start", x: 0, y: narrow ? y - 9 : y + 5 });
    title("tspan", "name", { text: `${name}${narrow ? " = " : ""}` });
    title("tspan", "value", {
      class: "role-q", x: narrow ? null : 0, dy: narrow ? null : 20, text: text(numbers) });
  }

  function drawAxis(counts, { left, top, width, height }, narrow) {
    // Where the other edge is, a stroke says: the text may have had to move.
    pen("path", `${id} rule`, {
      class: "rule", "data-tick": `x-theta 0 1|y-${id} 0 ${far(counts)}`,
      d: path`M${left},${window.y(0)} H${left + width} M${left},${window.y(far(counts))} h-5` });
    const [low, high] = range(counts);
    const said = (end) => (end === 0 ? "0" : edge(counts));
    const long = narrow && id === "relative_likelihood"; // it has room above the panel alone
    pen("text", `${id} high`, {
      class: "tick", "data-tick": `y-${id} ${high}`, text: said(high),
      x: long ? left + width + MARGIN : left - 8, y: top + (long ? -9 : narrow ? 9 : 5) });
    pen("text", `${id} low`, {
      class: "tick", "data-tick": `y-${id} ${low}`, text: said(low),
      x: left - 8, y: top + height + (narrow ? 1 : 5) });
  }

  return {
    x: window.x,
    y: window.y,

    draw(counts, numbers, place, narrow) {
      const box = window.fit({ ...place, x: [0, 1], y: range(counts) });
      drawTitle(numbers, box.top, narrow);
      drawAxis(counts, box, narrow);
    },

    drawCurve(counts, thetas) {
      window.pen("path", "curve", {
        class: "curve", "data-mark": `x-theta y-${id} path=${id}_at`,
        d: window.line(thetas, thetas.map((theta) => value(counts, theta))) });
    },

    // The best θ, and θ itself: a triangle where its value is beyond an edge.
    drawDots({ counts, theta }, { p_hat: best }) {
      const [low, high] = range(counts);
      const here = value(counts, theta);
      const [x, y] = [window.x(theta), window.y(clamp(here, low, high))];
      pen("circle", `${id} peak`, {
        class: "dot role-p", "data-mark": `x-theta y-${id} x=p_hat y=peak_of:${id}`,
        cx: window.x(best), cy: window.y(value(counts, best)), r: 3.5 });
      pen("path", `${id} dot`, {
        class: "dot role-q", "data-mark": `x-theta y-${id} x=theta y=${id}`,
        d: here > high + 1e-9 ? UP : here < low ? DOWN : CIRCLE,
        transform: path`translate(${x},${y})` });
      pen("text", `${id} endless`, {
        class: "halo role-q", x: x + (theta > 0.5 ? -18 : 18), y: y + (here < low ? 0 : 10),
        text: Number.isFinite(here) ? "" : format(here) });
    },
  };
}

function createTheta(frame, pen, at) {
  const handle = createHandle(pen, {
    id: "theta",
    name: `θ, the probability of ${frame.model.get("labels")[1]}`,
    axis: "x",
    mark: "x-theta x=theta",
    step: 0.01,
    page: 0.1,
    fine: 0.001,
    range: () => [THETA.least, THETA.most],
    value: () => frame.model.get("theta"),
    words: (value) => format(value, 3),
    at,
    // To three decimals, as it is shown: finer than a pixel.
    move: (value) => frame.set({ theta: Math.round(value * 1000) / 1000 }),
  });

  // θ's value stands beside its handle, in the row of the ticks.
  return (theta, y) => {
    const x = at(theta);
    const side = x > at(1) - 80 ? -1 : 1;
    for (const value of [0, 0.5, 1]) {
      const away = side * (at(value) - x);
      pen("text", `θ tick ${value}`, {
        class: "tick middle", "data-tick": `x-theta ${value}`, x: at(value), y: y + 5,
        text: format(value, 1), visibility: away > -24 && away < 96 ? "hidden" : "visible" });
    }
    handle.guide(at(0) - 10, at(1) + 10, y);
    handle.draw(x, y, `θ = ${format(theta, 3)}`, [side * 48, 5]);
  };
}

// NLL/N at θ is H(p̂) with KL on top. Returns how high these two stand, in pixels.
function drawStem(pen, { x, y }, theta, { entropy: h, cross_entropy: total }) {
  const joint = y(h);
  const top = Math.min(y(Math.min(total, DEEPEST)), joint);
  const left = x(theta) - 6;
  pen("rect", "H", {
    class: "length role-entropy", "data-mark": "x-theta y-nll x=theta bottom=0 height=entropy",
    x: left, y: joint, width: 12, height: y(0) - joint });
  const kl = { x: left, y: top, width: 12, height: joint - top,
    visibility: joint - top > 0.5 ? "visible" : "hidden" };
  pen("rect", "KL ground", { class: "length ground", ...kl });
  pen("rect", "KL", {
    class: "length role-kl",
    "data-mark": "x-theta y-nll x=theta bottom=entropy height=kl_divergence", ...kl });
  return { floor: y(0), joint, top };
}

// Their names stand above the curve.
function drawStemNames(pen, x, theta, { floor, joint, top }) {
  const side = theta > 0.5 ? -1 : 1;
  const drawName = (text, role, from, to) => pen("text", `name of ${text}`, {
    class: `halo ${role} ${side < 0 ? "end" : "start"}`, text,
    x: x(theta) + side * 12, y: (from + to) / 2 + 5,
    visibility: from - to > 18 ? "visible" : "hidden" });
  drawName("H(p̂)", "role-p", floor, joint);
  drawName("KL", "role-kl", joint, top);
}

function createCurves(frame, pen) {
  defineHatches(frame.svg);
  const panels = PANELS.map((panel) => createPanel(pen, panel));
  const { x } = panels[0];
  const drawTheta = createTheta(frame, pen, x);
  const memo = createMemo();

  // The best θ, and θ itself, in all panels.
  function drawLines(theta, best, places) {
    const line = (at) => places.map(({ top, height }) => path`M${x(at)},${top} v${height}`).join(" ");
    pen("path", "best line", { class: "joint", "data-mark": "x-theta x=p_hat", d: line(best) });
    pen("path", "θ line", { class: "curve role-q", "data-mark": "x-theta x=theta",
      d: path`${line(theta)} v10` });
  }

  return (state, numbers, top, bottom, width, narrow) => {
    const { counts, theta } = state;
    const left = narrow ? 58 : 232;
    const gap = narrow ? 30 : 26;
    const first = top + (narrow ? 44 : 24);
    // Before the figure has its height there is no room.
    const height = Math.max((bottom - 36 - first - 2 * gap) / 3, 1);
    const places = panels.map((_, i) =>
      ({ left, top: first + i * (height + gap), width: width - MARGIN - left, height }));
    const best = numbers.p_hat;

    panels.forEach((panel, i) => panel.draw(counts, numbers, places[i], narrow));
    pen("text", "best", { class: "letter role-p", text: `p̂ = ${format(best, 3)}`,
      x: clamp(x(best), left + 40 - MARGIN, width - 40), y: top + 12 });
    const stem = drawStem(pen, panels[2], theta, numbers);
    drawLines(theta, best, places);
    memo([...counts, left, width, first, height], () => {
      const thetas = points(counts);
      for (const panel of panels) panel.drawCurve(counts, thetas);
    });
    drawStemNames(pen, x, theta, stem);
    for (const panel of panels) panel.drawDots(state, numbers);
    drawTheta(theta, bottom - 18);
  };
}

// ---- The product in three precisions, and the sum that carries on ----

const PRODUCTS = 114; // pixels of height

function drawProducts(pen, numbers, left, top) {
  const logL = numbers.log_likelihood;
  const rows = Object.keys(PRECISIONS).map((name) =>
    [name.slice("product_".length), productText(numbers[name], logL)]);
  rows.push(["sum of logs", `log L = ${format(logL)} nats`]);
  pen("text", "products", { class: "tick start", x: left, y: top + 18,
    text: "L(θ), multiplied factor by factor in" });
  rows.forEach(([name, text], i) => {
    const y = top + 40 + 22 * i;
    pen("text", name, { class: "label start", x: left, y, text: name });
    pen("text", `value of ${name}`, { class: "value start role-ink", x: left + 88, y, text });
  });
}

function picture(frame) {
  const pen = createPen(frame.svg);
  const drawCounts = createCounts(frame, pen);
  const drawCurves = createCurves(frame, pen);
  return {
    draw(state, numbers, width, height) {
      const narrow = width < 520;
      const bottom = narrow ? height - PRODUCTS : height;
      drawCounts(narrow ? width : width / 2 + 20);
      drawCurves(state, numbers, COUNTS.height + (narrow ? 0 : 12), bottom, width, narrow);
      drawProducts(pen, numbers, narrow ? 0 : width / 2 + 44, narrow ? bottom : 0);
    },
  };
}

// ---- What the picture shows, in words ----

function describe({ counts, theta, labels }, numbers) {
  const logL = numbers.log_likelihood;
  const at = format(theta, 3);
  const products = Object.keys(PRECISIONS).map((name) =>
    `${productText(numbers[name], logL)} in ${name.replace("product_", "")}`);
  return `${whole(counts[0])} ${labels[0]} and ${whole(counts[1])} ${labels[1]}; θ, the probability ` +
    `of ${labels[1]}, is ${at}. Three curves over θ: the likelihood and the log-likelihood have ` +
    `their maximum, and NLL/N its minimum, at the same θ, ${format(numbers.p_hat, 3)}. At θ = ${at} ` +
    `the log-likelihood is ${format(logL)} nats and NLL/N ${format(numbers.nll)} nats. The ` +
    `likelihood, multiplied out: ${products.join(", ")}.`;
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
  picture,
});
