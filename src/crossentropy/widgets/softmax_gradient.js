import { createBars, drawAxis, drawLetters, drawSoftmax, pairs, singles } from "./lib/bars.js";
import { clamp } from "./lib/clamp.js";
import { defineExplorable } from "./lib/explorable.js";
import { bracketed, format, shorten, signed, threeDigits } from "./lib/format.js";
import {
  entropy, logsumexp, softmax, softmaxCrossEntropy, softmaxJacobian, sum,
} from "./lib/information.js";
import { createLevel, createLogits, inView, short } from "./lib/logits.js";
import { defineHatches } from "./lib/marks.js";
import { createPen, path } from "./lib/pen.js";
import { createRunner } from "./lib/runner.js";
import { createTrack } from "./lib/track.js";

// ---- The numbers ----

// ℓ/T, shifted so that the largest is 0: softmax and the loss stay the same, and nothing overflows.
function shiftedLogits({ logits, temperature }) {
  const scaled = logits.map((logit) => logit / temperature);
  const largest = Math.max(...scaled);
  // Two quotients that are both infinite have no difference.
  return { largest, shifted: scaled.map((l) => (l === largest ? 0 : l - largest)) };
}

// p_k times −log q_k, which is finite even where q_k itself underflows to 0.
function lossTerms(p, shifted) {
  const logTotal = logsumexp(shifted);
  return p.map((pk, k) => (pk === 0 ? 0 : pk * (logTotal - shifted[k])));
}

function quantities(state) {
  const { p, temperature } = state;
  const { largest, shifted } = shiftedLogits(state);
  const q = softmax(shifted);
  const gradient = q.map((qk, k) => (qk - p[k]) / temperature);
  return {
    loss: softmaxCrossEntropy(shifted, p),
    entropy: entropy(p),
    kl_divergence: sum(lossTerms(p, shifted).map((term, k) =>
      term + (p[k] === 0 ? 0 : p[k] * Math.log(p[k])))),
    logsumexp: largest + logsumexp(shifted),
    gradient_norm: Math.hypot(...gradient),
    q,
    gradient,
    jacobian: softmaxJacobian(shifted).map((row) => row.map((entry) => entry / temperature)),
  };
}

function ledger(state, { loss, entropy: h, kl_divergence: kl, logsumexp: lse }) {
  const { logits, p, temperature } = state;
  const terms = lossTerms(p, shiftedLogits(state).shifted);
  const expected = sum(p.map((pk, k) => pk * logits[k])) / temperature;
  return [
    ["<i>H</i>(<i>p</i>, <i>q</i>) = −∑ <i>p<sub>k</sub></i> log <i>q<sub>k</sub></i>",
      terms.map((term) => format(term)).join(" + "), format(sum(terms))],
    ["= LSE(<i>ℓ</i>/<i>T</i>) − <i>p</i>·<i>ℓ</i>/<i>T</i>",
      `${format(lse)} − ${bracketed(format(expected))}`,
      format(loss)],
    ["= <i>H</i>(<i>p</i>) + KL(<i>p</i>‖<i>q</i>)", `${format(h)} + ${format(kl)}`, format(h + kl)],
  ];
}

// ---- Gradient descent ----

const RATE = 1; // η
const SMALL = 1e-3; // a gradient with a smaller norm counts as vanished
const AT_ONCE = 50; // steps of a run without motion
const LONGEST = 3000; // steps of a run
const UPHILL = 10; // steps of a run that may raise the loss: at a low temperature η = 1 is too long

// The logits after one step ℓ ← ℓ − η∇. A step too long for a float is not made.
function descended(state) {
  const { gradient } = quantities(state);
  const logits = state.logits.map((logit, k) => logit - RATE * gradient[k]);
  return logits.every(Number.isFinite) ? logits : state.logits;
}

const arrived = (state) => quantities(state).gradient_norm < SMALL;
const rises = (state, logits) => quantities({ ...state, logits }).loss > quantities(state).loss;

// From a frame to what its last run reached, and the logits of which that is true.
const reports = new WeakMap();

function report(frame, steps, state, uphill = 0) {
  const { gradient_norm: norm } = quantities(state);
  const reached = norm < SMALL ? `‖∇‖ < ${SMALL}` : `‖∇‖ = ${format(norm, 3)}`;
  const text = `after ${steps} ${steps === 1 ? "step" : "steps"}: ` +
    (uphill === UPHILL ? "the loss keeps rising" : reached);
  reports.set(frame, { logits: String(state.logits), text });
  frame.invalidate();
}

function reportOn(frame, { logits }) {
  const last = reports.get(frame);
  return last?.logits === String(logits) ? last.text : null;
}

const uphill = new WeakMap(); // from a frame to the steps of its run that raised the loss

const run = createRunner({
  step(frame, count) {
    const { state } = frame;
    if (count === 1) uphill.set(frame, 0);
    const risen = uphill.get(frame);
    if (arrived(state) || count > LONGEST || risen === UPHILL) return false;
    const logits = descended(state);
    uphill.set(frame, risen + rises(state, logits));
    frame.set({ logits });
    return true;
  },
  atOnce: AT_ONCE,
  stopped: (frame, steps) => report(frame, steps, frame.state, uphill.get(frame)),
});

// ---- Logits over the bars of their softmax: what all three views show ----

// A class is one column: its logit, its bars, its name.
function createColumns(frame, { title, besideP = false }) {
  const labels = frame.model.get("labels");
  const pen = createPen(frame.svg);
  defineHatches(frame.svg);
  const logits = createLogits(frame, pen);
  const target = besideP && createBars(frame, pen, "p", { lockable: false });

  function drawBars({ p }, { q }, { places, top, bottom, column, start, right }) {
    drawAxis(pen, [0, 1], { left: start, right, top, bottom, gap: 8 });
    const x = (k) => (target ? places.x(k, 1) : places.x(k));
    drawSoftmax(pen, q, { x, width: places.width, top, bottom, column, least: 40 });
    if (!target) return;
    drawLetters(pen, labels.length, places, bottom + 16);
    target.draw(p, { x: (k) => places.x(k, 0), width: places.width, top, bottom });
  }

  return {
    pen,
    logits,
    // From `top` to `bottom`, the names; `count` columns have room, of which the last may be empty.
    // `extra` draws what lies below the handles.
    draw(state, numbers, { top, bottom, right, count = labels.length, bars }, extra) {
      const start = 30;
      const column = (right - start) / count;
      const end = start + column * labels.length;
      const places = target
        ? pairs(labels.length,
          { left: start, right: end, narrowest: 0, widest: 38, share: 0.28, gap: 6 })
        : singles(labels.length, { left: start, right: end, widest: 44 });
      const foot = bottom - (target ? 38 : 22);
      const box = { top: top + 32, bottom: foot - bars - 32, names: bottom - 5, x: places.middle,
        column, places, start, right, floor: foot, ceiling: foot - bars,
        nameTicks: target ? ["x-class"] : ["x-class", "x-q"] };
      logits.draw(state.logits, { ...box, title: title(state) });
      extra(box);
      drawBars(state, numbers, { ...box, top: box.ceiling, bottom: foot, right: end });
      logits.drawHandles(state.logits, box);
    },
  };
}

// ---- The gradient, as arrows ----

// An arrow from (x, y), cut off between `top` and `bottom`; a second head says that it goes on.
function arrow(x, y, length, top = -Infinity, bottom = Infinity) {
  const tip = clamp(y + length, top, bottom);
  const back = Math.min(7, Math.abs(tip - y)) * Math.sign(y - tip);
  const wing = Math.abs(back) * 0.75;
  const head = (at) => path`M${x - wing},${at + back} L${x},${at} L${x + wing},${at + back}`;
  const cut = Math.abs(length) > Math.abs(tip - y) + 0.5;
  return path`M${x},${y} V${tip} ${head(tip)}` + (cut ? ` ${head(tip + 0.8 * back)}` : "");
}

const among = ({ temperature: T }) => (T === 1 ? "p − q" : "(p − q)/T");

function gradientView(frame) {
  const { pen, logits, draw } = createColumns(frame, {
    besideP: true,
    title: (state) => `logits ℓ, each with its arrow ${among(state)}` +
      (state.temperature === 1 ? "" : `, T = ${threeDigits(state.temperature)}`),
  });

  // The arrow from q to p, and the same on the logit: at T = 1 they are as long.
  function drawArrows(k, logit, { p, q, slope }, { x, places, column, top, bottom, ceiling, floor }) {
    const at = (value) => floor + (ceiling - floor) * value;
    const right = x(k) + 3 + places.width + Math.min(12, column * 0.1);
    pen("path", `gap ${k}`, { class: "arrow", "data-mark": `x-class y-p start=q:${k} end=p:${k}`,
      d: arrow(right, at(q), at(p) - at(q)) });
    const y = logits.at(inView(logit));
    pen("path", `from ${k}`, { class: "guide", "data-mark": `y-logit y=in_view:${k}`,
      d: path`M${x(k)},${y} H${right}` });
    // Down on the page is less: the descent −∇ is drawn as +∇ pixels.
    const length = slope * (floor - ceiling);
    const [high, low] = [top - 8, bottom + 8];
    pen("path", `arrow ${k}`, {
      class: "arrow", "data-mark": `y-logit start=in_view:${k} arrow=-gradient:${k}`,
      d: Math.abs(length) < 1 ? "" : arrow(right, y, length, high, low) });
    const beyond = clamp(y + length, high, low) + (length > 0 ? 16 : -6);
    pen("text", `p − q ${k}`, { class: "main", x: right, y: beyond,
      text: column < 48 ? "" : signed(short(-slope)) });
  }

  return {
    draw(state, numbers, width, height) {
      const narrow = width < 560;
      const text = reportOn(frame, state) ?? "";
      pen("text", "report",
        { class: "tick end", role: "status", x: width, y: narrow ? 32 : 14, text });
      draw(state, numbers, { top: narrow ? 16 : 0, bottom: height, right: width, bars: 96 },
        (box) => state.logits.forEach((logit, k) => drawArrows(k, logit,
          { p: state.p[k], q: numbers.q[k], slope: numbers.gradient[k] }, box)));
    },
  };
}

// ---- Softmax: a shift of all logits, and the temperature ----

// A mean to nine decimals: what rounding adds to it is not shown, and does not add up.
const mean = (values) =>
  Number(sum(values.map((value) => value / values.length)).toFixed(9));

function softmaxView(frame) {
  const { pen, logits, draw } = createColumns(frame, { title: () => "logits ℓ, over q = softmax(ℓ/T)" });
  const shift = createLevel(frame, pen, logits.at, {
    id: "shift",
    name: "all logits together: their mean",
    mark: "y-logit y=mean_in_view",
    value: () => mean(frame.model.get("logits")),
    apply: (level, before) => before.map((logit) => logit + (level - mean(before))),
  });
  const temperature = createTrack(frame, pen, {
    trait: "temperature",
    name: "temperature T",
    ends: [0.1, 10],
    ticks: [0.1, 1, 10],
    scale: "log",
    text: (value) => `T = ${threeDigits(value)}`,
  });

  return {
    draw(state, numbers, width, height) {
      const classes = state.logits.length;
      draw(state, numbers,
        { top: 0, bottom: height - 68, right: width, bars: 80, count: classes + 1 },
        ({ x, column, top, bottom }) => {
          const all = x(classes);
          pen("path", "all", { class: "guide", d: path`M${all},${top} V${bottom}` });
          pen("text", "name of all", { class: "label", x: all, y: bottom + 20, text: "shift all" });
          logits.drawHandle(shift, all, mean(state.logits), column);
        });
      temperature.draw(state.temperature, 0, height - 72, width);
    },
  };
}

// ---- The Jacobian as a heat map ----

const LARGEST = 0.25; // of an entry at T = 1: q (1 − q) at q = 1/2

function jacobianView(frame) {
  const { pen, draw } = createColumns(frame, { title: () => "logits ℓ, over their softmax q" });
  const labels = frame.model.get("labels");
  const longest = Math.max(...labels.map((label) => label.length));
  const side = Math.min(90, 8 * (longest + 2) + 8); // what the names of the rows need

  function drawNames(k, { x, y, column, row, top }) {
    pen("text", `column ${k}`, {
      class: "tick middle", "data-tick": `x-class-of-logit ${k}`, x: x(k) + column / 2, y: top - 6,
      text: shorten(column < 56 ? labels[k] : `ℓ ${labels[k]}`, column) });
    pen("text", `row ${k}`, {
      class: "tick", "data-tick": `y-class-of-q ${k}`, x: x(0) - 8, y: y(k) + row / 2 + 5,
      text: shorten(`q ${labels[k]}`, side) });
  }

  function drawCell(i, j, entry, { x, y, column, row }) {
    pen("rect", `cell ${i}:${j}`, {
      class: `cell ${entry < 0 ? "negative" : "positive"}`,
      "data-mark": `x-class-of-logit y-class-of-q x=${j} y=${i} ink=jacobian:${i}:${j}`,
      x: x(j) + 1,
      y: y(i) + 1,
      width: Math.max(column - 2, 1),
      height: Math.max(row - 2, 1),
      rx: 2,
      // Half of the ink at a quarter of the value: small entries stay visible.
      "fill-opacity": (0.6 * Math.sqrt(Math.min(Math.abs(entry) / LARGEST, 1))).toFixed(3),
    });
    const text = signed(short(entry));
    pen("text", `entry ${i}:${j}`, { x: x(j) + column / 2, y: y(i) + row / 2 + 5,
      text: column < 42 ? text.replace(/[^+−].*/, "") : text });
  }

  function drawTable(jacobian, { left, right, top, bottom }) {
    const [column, row] = [(right - left - side) / labels.length, (bottom - top) / labels.length];
    const cell = { top, column, row,
      x: (j) => left + side + j * column, y: (i) => top + i * row };
    pen("text", "jacobian title", { class: "tick start", x: left, y: top - 30,
      text: "how each q answers each ℓ: ∂q/∂ℓ" });
    labels.forEach((_, k) => drawNames(k, cell));
    jacobian.forEach((entries, i) => entries.forEach((entry, j) => drawCell(i, j, entry, cell)));
  }

  return {
    draw(state, numbers, width, height) {
      const narrow = width < 560;
      const split = Math.round(narrow ? height * 0.56 : width * 0.46);
      draw(state, numbers, { top: 0, bottom: narrow ? split : height,
        right: narrow ? width : split, bars: narrow ? 48 : 84 }, () => {});
      drawTable(numbers.jacobian, { left: narrow ? 0 : split + 28, right: width,
        top: narrow ? split + 46 : 44, bottom: height - (narrow ? 0 : 18) });
    },
  };
}

// ---- What the picture shows, in words ----

const SEEN = {
  gradient: "bars of q, their softmax, and of the target p, and arrows along the descent direction " +
    "(p − q)/T. For each class the logit, q, p and p − q",
  softmax: "bars of q, their softmax. For each class the logit and q",
  jacobian: "bars of q, their softmax, and the Jacobian of softmax as a table. For each class the " +
    "logit, q and the slope of q in its own logit",
};

function describe({ view, logits, p, labels, temperature }, { q, loss, jacobian }) {
  const numbers = {
    gradient: (k) => [format(p[k], 2), signed(format(p[k] - q[k], 2))],
    softmax: () => [],
    jacobian: (k) => [signed(short(jacobian[k][k]))],
  };
  const each = labels.map((name, k) =>
    [`${name} ${short(logits[k])}`, format(q[k], 2), ...numbers[view](k)].join(", "));
  const last = view === "gradient" ? ` The loss H(p, q) is ${format(loss)} nats.` : "";
  return `Logits at temperature ${threeDigits(temperature)}, with ${SEEN[view]}: ` +
    `${each.join("; ")}.${last}`;
}

export default defineExplorable({
  name: "SoftmaxGradient",
  shape: ({ labels }) => JSON.stringify(labels),
  quantities,
  readouts: [
    { quantity: "loss", label: "<i>H</i>(<i>p</i>, <i>q</i>)", role: "q",
      said: "cross-entropy", stays: true, view: "gradient" },
    { quantity: "entropy", label: "<i>H</i>(<i>p</i>)", role: "p" },
    { quantity: "kl_divergence", label: "KL(<i>p</i>‖<i>q</i>)", role: "kl" },
    { quantity: "logsumexp", label: "LSE(<i>ℓ</i>/<i>T</i>)" },
    { quantity: "gradient_norm", label: "‖∇‖", unit: false, said: "length of the gradient" },
  ],
  ledger,
  describe,
  views: { gradient: "Gradient", jacobian: "Jacobian", softmax: "Softmax" },
  actions: [
    { label: "Step", primary: true, view: "gradient",
      run: (frame) => frame.set({ logits: descended(frame.state) }) },
    { ...run, primary: true, view: "gradient" },
  ],
  picture: { gradient: gradientView, jacobian: jacobianView, softmax: softmaxView },
});
