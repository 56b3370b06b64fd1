import { createBars, drawAxis, drawBar, drawLetters, pairs } from "./lib/bars.js";
import { clamp } from "./lib/clamp.js";
import { defineExplorable } from "./lib/explorable.js";
import { bracketed, format, shorten, signed, threeDigits } from "./lib/format.js";
import {
  entropy, logsumexp, softmax, softmaxCrossEntropy, softmaxJacobian, sum,
} from "./lib/information.js";
import { VIEW, createLevel, createLevels, drawStem, inView, short } from "./lib/logits.js";
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

// ---- Numbers as text ----

// Where a value stands: to the left of its grip, clear of the zero line that is `drop` pixels
// below; or beyond the grip where there is no room.
const beside = (text, room, drop) => room && text.length < 7
  ? [-12 - 3.6 * text.length, Math.abs(drop) < 8 ? drop - 6 : 5]
  : [0, drop < 0 ? 24 : -14];

// ---- Logits, and the arrows on them ----

const ARROW = 60; // pixels of a gradient of 1

// A mean to nine decimals: what rounding adds to it is not shown, and does not add up.
const mean = (values) =>
  Number(sum(values.map((value) => value / values.length)).toFixed(9));

// An arrow from (x, y), cut off between `top` and `bottom`; a second head says that it goes on.
function arrow(x, y, length, top, bottom) {
  const tip = clamp(y + length, top, bottom);
  if (Math.abs(tip - y) < 1) return "";
  const back = Math.min(7, Math.abs(tip - y)) * Math.sign(y - tip);
  const wing = Math.abs(back) * 0.75;
  const head = (at) => path`M${x - wing},${at + back} L${x},${at} L${x + wing},${at + back}`;
  const cut = Math.abs(length) > Math.abs(tip - y) + 0.5;
  return path`M${x},${y} V${tip} ${head(tip)}` + (cut ? ` ${head(tip + 0.8 * back)}` : "");
}

function createLogits(frame, pen) {
  const labels = frame.model.get("labels");
  const scale = { zero: 0, unit: 1 };
  const at = (logit) => scale.zero - scale.unit * logit;
  const handles = createLevels(frame, pen, at);
  const shift = createLevel(frame, pen, at, {
    id: "shift",
    name: "all logits together: their mean",
    mark: "y-logit y=mean_in_view",
    value: () => mean(frame.model.get("logits")),
    apply: (level, before) => before.map((logit) => logit + (level - mean(before))),
  });

  function drawScale({ top, bottom, all, right, rows }) {
    pen("text", "logits title", {
      class: "tick start", x: 0, y: top - 25, text: "logits ℓ with arrows −∇ = (p − q)/T" });
    pen("path", "zero", {
      class: "rule", "data-tick": "y-logit 0", d: path`M24,${scale.zero} H${right}` });
    pen("path", "all", { class: "guide", d: path`M${all},${top} V${bottom}` });
    for (const level of [VIEW, 0, -VIEW]) {
      pen("text", `logit tick ${level}`, { class: "tick", "data-tick": `y-logit ${level}`,
        x: 18, y: at(level) + 5, text: format(level, 0) });
    }
    pen("text", "name of all", { class: "label", x: all, y: rows.names, text: "shift all" });
  }

  function drawColumn(k, x, logit, slope, { top, bottom, column, rows }) {
    const y = at(inView(logit));
    drawStem(pen, k, { x, zero: scale.zero, y, logit });
    pen("path", `arrow ${k}`, {
      class: "arrow", "data-mark": `y-logit start=in_view:${k} arrow=-gradient:${k}`,
      // Down on the page is less: the descent −∇ is drawn as +∇ pixels.
      d: arrow(x + Math.min(20, column * 0.22), y, slope * ARROW, top - 14, bottom + 10) });
    pen("text", `name ${k}`, { class: "label", "data-tick": `x-class ${k}`,
      x, y: rows.names, text: shorten(labels[k], column) });
  }

  function drawDifferences(differences, { x, right, rows: { differences: y }, decimals }) {
    pen("text", "q − p", { class: "label start", x: 0, y, text: "q − p" });
    differences.forEach((difference, k) => pen("text", `q − p ${k}`,
      { x: x(k), y, text: signed(short(difference, decimals)) }));
    pen("text", "∑ q − p",
      { class: "tick", x: right, y, text: `∑ ${format(sum(differences), 3)}` });
  }

  function drawHandle(handle, x, logit, text, room) {
    const y = at(inView(logit));
    handle.reach(path`M${x},${scale.zero} V${y}`);
    handle.draw(x, y, text, beside(text, room, scale.zero - y));
  }

  return {
    draw({ logits: values, p }, { q, gradient }, box) {
      const { top, bottom, x, column, all } = box;
      scale.zero = (top + bottom) / 2;
      scale.unit = (bottom - top) / (2 * VIEW);
      const decimals = column < 42 ? 1 : column < 72 ? 2 : 3;
      drawScale(box);
      values.forEach((logit, k) => drawColumn(k, x(k), logit, gradient[k], box));
      drawDifferences(q.map((qk, k) => qk - p[k]), { ...box, decimals });
      values.forEach((logit, k) =>
        drawHandle(handles[k], x(k), logit, short(logit, Math.min(decimals, 2)), column >= 72));
      drawHandle(shift, all, mean(values), short(mean(values)), true);
    },
  };
}

// ---- The Jacobian as a heat map ----

const LARGEST = 0.25; // of an entry at T = 1: q (1 − q) at q = 1/2

function createJacobian(pen, labels) {
  const longest = Math.max(...labels.map((label) => label.length));
  const side = Math.min(90, 8 * (longest + 2) + 8); // what the names of the rows need

  function drawNames(k, x, y, top, { column, rowHeight }) {
    pen("text", `column ${k}`, {
      class: "tick middle", "data-tick": `x-class-of-logit ${k}`, x: x(k) + column / 2, y: top - 7,
      text: shorten(column < 56 ? labels[k] : `ℓ ${labels[k]}`, column) });
    pen("text", `row ${k}`, {
      class: "tick", "data-tick": `y-class-of-q ${k}`, x: x(0) - 8, y: y(k) + rowHeight / 2 + 5,
      text: shorten(`q ${labels[k]}`, side) });
  }

  function drawCell(i, j, entry, { x, y, column, rowHeight }) {
    pen("rect", `cell ${i}:${j}`, {
      class: `cell ${entry < 0 ? "negative" : "positive"}`,
      "data-mark": `x-class-of-logit y-class-of-q x=${j} y=${i} ink=jacobian:${i}:${j}`,
      x: x + 1,
      y: y + 1,
      width: Math.max(column - 2, 1),
      height: Math.max(rowHeight - 2, 1),
      rx: 2,
      // Half of the ink at a quarter of the value: small entries stay visible.
      "fill-opacity": (0.6 * Math.sqrt(Math.min(Math.abs(entry) / LARGEST, 1))).toFixed(3),
    });
    const text = signed(short(entry, 2));
    pen("text", `entry ${i}:${j}`, { x: x + column / 2, y: y + rowHeight / 2 + 5,
      text: column < 42 ? text.replace(/[^+−].*/, "") : text });
  }

  return {
    draw(jacobian, { left, right, bottom, rowHeight }) {
      const cell = { column: (right - left - side) / labels.length, rowHeight };
      const x = (j) => left + side + j * cell.column;
      const y = (i) => bottom - (labels.length - i) * rowHeight;
      pen("text", "jacobian title",
        { class: "label start", x: left, y: y(0) - 30, text: "∂q/∂ℓ = (diag q − q qᵀ)/T" });
      labels.forEach((_, k) => drawNames(k, x, y, y(0), cell));
      jacobian.forEach((row, i) => row.forEach((entry, j) =>
        drawCell(i, j, entry, { x: x(j), y: y(i), ...cell })));
    },
  };
}

// ---- All of it ----

function picture(frame) {
  const labels = frame.model.get("labels");
  const pen = createPen(frame.svg);
  defineHatches(frame.svg);
  const logits = createLogits(frame, pen);
  const temperature = createTrack(frame, pen, {
    trait: "temperature",
    name: "temperature T",
    title: "temperature",
    ends: [0.1, 10],
    ticks: [0.1, 1, 10],
    scale: "log",
    text: (value) => `T = ${threeDigits(value)}`,
  });
  const target = createBars(frame, pen, "p", { lockable: false });
  const jacobian = createJacobian(pen, labels);

  function drawDistributions({ p }, { q }, places, { top, bottom, column, start, right }) {
    const { x, width } = places;
    drawAxis(pen, [0, 1], { left: start, right, top, bottom, gap: 8 });
    q.forEach((qk, k) => {
      const y = bottom + (top - bottom) * qk;
      drawBar(pen, "q", k, { x: x(k, 1), y, width, bottom });
      pen("text", `q of ${k}`,
        { x: x(k, 1) + width / 2, y: y - 8, text: column < 60 ? "" : format(qk, 2) });
    });
    drawLetters(pen, labels.length, places, bottom + 17);
    target.draw(p, { x: (k) => x(k, 0), width, top, bottom });
  }

  function drawReport(state, x, y) {
    const text = reportOn(frame, state) ?? `a step: ℓ ← ℓ − η∇ with η = ${RATE}`;
    pen("text", "report", { class: "tick start", role: "status", x, y, text });
  }

  return {
    draw(state, numbers, width, height) {
      const narrow = width < 560;
      const classes = labels.length;
      const rowHeight = Math.min(narrow ? 36 : 66, (narrow ? 150 : 198) / classes);
      const second = narrow ? 0 : Math.round(width * 0.64); // left edge of the second column
      const right = narrow ? width : second - 28;
      const below = narrow ? 134 + classes * rowHeight : 0;

      // A class is one column: its logit, q − p, and the two bars.
      const start = narrow ? 84 : 96;
      const end = right - 56;
      const column = (end - start) / classes;
      const aside = Math.min(8, column * 0.1);
      const places = pairs(classes, {
        left: start + aside, right: end + aside, narrowest: 0, widest: 38, share: 0.38, gap: 6 });
      const bottom = height - below - 22;
      const top = bottom - (narrow ? 84 : 104);
      logits.draw(state, numbers, {
        top: 40, bottom: Math.max(top - 84, 60), x: places.middle, column, right,
        all: narrow ? 68 : 72, rows: { names: top - 60, differences: top - 38 } });
      drawDistributions(state, numbers, places, { top, bottom, column, start, right: end });

      const side = narrow ? height - below + 16 : 10;
      temperature.draw(state.temperature, second, side, width);
      drawReport(state, narrow ? 120 : second, narrow ? side + 5 : side + 100);
      jacobian.draw(numbers.jacobian,
        { left: second, right: width, bottom: height - (narrow ? 2 : 22), rowHeight });
    },
  };
}

// ---- What the picture shows, in words ----

const describe = ({ logits, p, labels, temperature }, { q, loss }) =>
  `Logits at temperature ${threeDigits(temperature)}, with arrows along the descent direction ` +
  "(p − q)/T; bars of q, their softmax, and of the target p; and the Jacobian of softmax. For each " +
  `class the logit, q, p and q − p: ${labels.map((name, k) => [
    `${name} ${short(logits[k])}`, format(q[k], 2), format(p[k], 2), signed(format(q[k] - p[k], 2)),
  ].join(", ")).join("; ")}. The loss H(p, q) is ${format(loss)} nats.`;

export default defineExplorable({
  name: "SoftmaxGradient",
  shape: ({ labels }) => JSON.stringify(labels),
  quantities,
  readouts: [
    { quantity: "loss", label: "<i>H</i>(<i>p</i>, <i>q</i>)", role: "q",
      said: "cross-entropy", stays: true },
    { quantity: "entropy", label: "<i>H</i>(<i>p</i>)", role: "p" },
    { quantity: "kl_divergence", label: "KL(<i>p</i>‖<i>q</i>)", role: "kl" },
    { quantity: "logsumexp", label: "LSE(<i>ℓ</i>/<i>T</i>)" },
    { quantity: "gradient_norm", label: "‖∇‖", unit: false, said: "length of the gradient", stays: true },
  ],
  ledger,
  describe,
  actions: [
    { label: "Step", primary: true, run: (frame) => frame.set({ logits: descended(frame.state) }) },
    { ...run, primary: true },
  ],
  picture,
});
