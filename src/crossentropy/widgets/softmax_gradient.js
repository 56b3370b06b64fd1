import { createBars } from "./lib/bars.js";
import { clamp } from "./lib/clamp.js";
import { set, svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import { bracketed, format, shorten, signed, threeDigits } from "./lib/format.js";
import {
  entropy, logsumexp, softmax, softmaxCrossEntropy, softmaxJacobian, sum,
} from "./lib/information.js";
import { VIEW, createLevel, createStem, inView, short } from "./lib/logits.js";
import { defineHatches } from "./lib/marks.js";
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
  const head = (at) =>
    `M${(x - wing).toFixed(2)},${(at + back).toFixed(2)} L${x.toFixed(2)},${at.toFixed(2)} ` +
    `L${(x + wing).toFixed(2)},${(at + back).toFixed(2)}`;
  const cut = Math.abs(length) > Math.abs(tip - y) + 0.5;
  return `M${x.toFixed(2)},${y.toFixed(2)} V${tip.toFixed(2)} ${head(tip)}` +
    (cut ? ` ${head(tip + 0.8 * back)}` : "");
}

function createLogits(frame, root) {
  const scale = { zero: 0, unit: 1 };
  const at = (logit) => scale.zero - scale.unit * logit;
  const labels = frame.model.get("labels");
  const logits = () => frame.model.get("logits");

  const title = svg("text", { class: "tick start", text: "logits ℓ with arrows −∇ = (p − q)/T" });
  const zero = svg("path", { class: "rule", "data-tick": "y-logit 0" });
  const track = svg("path", { class: "guide" });
  const levels = [VIEW, 0, -VIEW];
  const ticks = levels.map((level) => svg("text",
    { class: "tick", "data-tick": `y-logit ${level}`, text: format(level, 0) }));
  const all = svg("text", { class: "label", text: "shift all" });
  root.append(title, zero, track, ...ticks, all);

  const columns = labels.map((label, k) => {
    const column = {
      stem: createStem(root, k),
      arrow: svg("path", {
        class: "arrow",
        "data-mark": `y-logit start=in_view:${k} arrow=-gradient:${k}`,
      }),
      name: svg("text", { class: "label", "data-tick": `x-class ${k}` }),
      difference: svg("text"),
      handle: createLevel(frame, at, {
        id: `logits:${k}`,
        name: `logit of ${label}`,
        mark: `x-class y-logit x=${k} y=in_view:${k}`,
        value: () => logits()[k],
        apply: (level, before) => before.map((logit, j) => (j === k ? level : logit)),
      }),
    };
    root.append(column.arrow, column.name,
      column.difference);
    return column;
  });
  const heading = svg("text", { class: "label start", text: "q − p" });
  const total = svg("text", { class: "tick" });
  const shift = createLevel(frame, at, {
    id: "shift",
    name: "all logits together: their mean",
    mark: "y-logit y=mean_in_view",
    value: () => mean(logits()),
    apply: (level, before) => before.map((logit) => logit + (level - mean(before))),
  });
  root.append(heading, total, ...columns.map(({ handle }) => handle.node), shift.node);

  function drawColumn({ stem, arrow: shaft, handle }, x, logit, gradient, box) {
    const y = at(inView(logit));
    stem.draw(x, scale.zero, y, logit);
    // Down on the page is less: the descent −∇ is drawn as +∇ pixels.
    set(shaft, { d: arrow(x + box.aside, y, gradient * ARROW, box.top - 14, box.bottom + 10) });
    const text = short(logit, Math.min(box.decimals, 2));
    handle.draw(x, y, text, beside(text, box.roomy, scale.zero - y));
  }

  return {
    draw({ logits: values, p }, { q, gradient }, { top, bottom, x, column, all: left, right, rows }) {
      scale.zero = (top + bottom) / 2;
      scale.unit = (bottom - top) / (2 * VIEW);
      const box = {
        top,
        bottom,
        roomy: column >= 72,
        decimals: column < 42 ? 1 : column < 72 ? 2 : 3,
        aside: Math.min(20, column * 0.22),
      };
      set(title, { x: 0, y: top - 25 });
      set(zero, { d: `M24,${scale.zero} H${right}` });
      set(track, { d: `M${left},${top} V${bottom}` });
      ticks.forEach((tick, i) => set(tick, { x: 18, y: at(levels[i]) + 5 }));
      set(all, { x: left, y: rows.names });
      columns.forEach((one, k) => {
        drawColumn(one, x(k), values[k], gradient[k], box);
        set(one.name, { x: x(k), y: rows.names, text: shorten(labels[k], column) });
        set(one.difference,
          { x: x(k), y: rows.differences, text: signed(short(q[k] - p[k], box.decimals)) });
      });
      set(heading, { x: 0, y: rows.differences });
      set(total, {
        x: right, y: rows.differences, text: `∑ ${format(sum(q.map((qk, k) => qk - p[k])), 3)}` });
      const level = mean(values);
      const text = short(level);
      const y = at(inView(level));
      shift.draw(left, y, text, beside(text, true, scale.zero - y));
    },
  };
}

// ---- The two distributions ----

function createDistributions(frame, root) {
  const labels = frame.model.get("labels");
  const axis = svg("path", { class: "rule", "data-tick": "y-p 0" });
  const ticks = [0, 1].map((value) =>
    svg("text", { class: "tick", "data-tick": `y-p ${value}`, text: format(value, 0) }));
  root.append(axis, ...ticks);
  const columns = labels.map((_, k) => ({
    bar: svg("rect",
      { class: "bar role-q", "data-mark": `x-q y-p x=${k} bottom=0 height=q:${k}` }),
    value: svg("text"),
    letters: ["p", "q"].map((name) => svg("text",
      { class: `letter role-${name}`, "data-tick": `x-${name} ${k}`, text: name })),
  }));
  for (const { bar, value, letters } of columns) root.append(bar, value, ...letters);
  const target = createBars(frame, root, "p", { lockable: false });

  return {
    draw({ p }, { q }, { top, bottom, x, column, start, right }) {
      const width = Math.min(38, column * 0.38);
      const gap = Math.min(6, column * 0.06);
      const left = (k, side) => x(k) + (side ? gap / 2 : -gap / 2 - width);
      const y = (value) => bottom + (top - bottom) * value;
      set(axis, { d: `M${start},${bottom} H${right}` });
      ticks.forEach((tick, value) => set(tick, { x: start - 8, y: y(value) + 4 }));
      columns.forEach(({ bar, value, letters }, k) => {
        set(bar, {
          x: left(k, 1).toFixed(2),
          y: y(q[k]).toFixed(2),
          width: width.toFixed(2),
          height: (bottom - y(q[k])).toFixed(2),
        });
        set(value, {
          x: left(k, 1) + width / 2,
          y: (y(q[k]) - 8).toFixed(2),
          text: column < 60 ? "" : format(q[k], 2),
        });
        letters.forEach((letter, side) =>
          set(letter, { x: left(k, side) + width / 2, y: bottom + 17 }));
      });
      target.draw(p, { x: (k) => left(k, 0), width, top, bottom });
    },
  };
}

// ---- The Jacobian as a heat map ----

const LARGEST = 0.25; // of an entry at T = 1: q (1 − q) at q = 1/2

function createJacobian(frame, root) {
  const labels = frame.model.get("labels");
  const title = svg("text", { class: "label start", text: "∂q/∂ℓ = (diag q − q qᵀ)/T" });
  const heads = labels.map((_, k) =>
    svg("text", { class: "tick middle", "data-tick": `x-class-of-logit ${k}` }));
  const sides = labels.map((_, k) =>
    svg("text", { class: "tick", "data-tick": `y-class-of-q ${k}` }));
  const cells = labels.map((_, i) => labels.map((_, j) => ({
    rect: svg("rect", {
      rx: 2,
      "data-mark": `x-class-of-logit y-class-of-q x=${j} y=${i} ink=jacobian:${i}:${j}`,
    }),
    value: svg("text"),
  })));
  root.append(title, ...heads, ...sides);
  for (const { rect, value } of cells.flat()) root.append(rect, value);

  return {
    draw({ jacobian }, { left, right, bottom, rowHeight }) {
      const longest = Math.max(...labels.map((label) => label.length));
      const side = Math.min(90, 8 * (longest + 2) + 8);
      const column = (right - left - side) / labels.length;
      const x = (j) => left + side + j * column;
      const y = (i) => bottom - (labels.length - i) * rowHeight;
      set(title, { x: left, y: y(0) - 30 });
      labels.forEach((label, k) => {
        const head = column < 56 ? label : `ℓ ${label}`;
        set(heads[k], { x: x(k) + column / 2, y: y(0) - 7, text: shorten(head, column) });
        set(sides[k],
          { x: left + side - 8, y: y(k) + rowHeight / 2 + 5, text: shorten(`q ${label}`, side) });
      });
      jacobian.forEach((row, i) => row.forEach((entry, j) => {
        const { rect, value } = cells[i][j];
        const text = signed(short(entry, 2));
        set(rect, {
          class: `cell ${entry < 0 ? "negative" : "positive"}`,
          x: (x(j) + 1).toFixed(2),
          y: (y(i) + 1).toFixed(2),
          width: Math.max(column - 2, 1).toFixed(2),
          height: Math.max(rowHeight - 2, 1).toFixed(2),
          // Half of the ink at a quarter of the value: small entries stay visible.
          "fill-opacity": (0.6 * Math.sqrt(Math.min(Math.abs(entry) / LARGEST, 1))).toFixed(3),
        });
        set(value, {
          x: (x(j) + column / 2).toFixed(2),
          y: (y(i) + rowHeight / 2 + 5).toFixed(2),
          text: column < 42 ? text.replace(/[^+−].*/, "") : text,
        });
      }));
    },
  };
}

// ---- All of it ----

function picture(frame) {
  const root = frame.svg;
  root.style.setProperty("--hatch-q", defineHatches(root)("q"));
  const logits = createLogits(frame, root);
  const temperature = createTrack(frame, root, {
    trait: "temperature",
    name: "temperature T",
    title: "temperature",
    ends: [0.1, 10],
    ticks: [0.1, 1, 10],
    scale: "log",
    text: (value) => `T = ${threeDigits(value)}`,
  });
  const distributions = createDistributions(frame, root);
  const jacobian = createJacobian(frame, root);
  const rule = svg("text", { class: "tick start", role: "status" });
  root.append(rule);

  return {
    draw(state, numbers, width, height) {
      const narrow = width < 560;
      const classes = state.p.length;
      const rowHeight = Math.min(narrow ? 36 : 66, (narrow ? 150 : 198) / classes);
      const second = narrow ? 0 : Math.round(width * 0.64); // left edge of the second column
      const right = narrow ? width : second - 28;
      const below = narrow ? 134 + classes * rowHeight : 0;

      // A class is one column: its logit, q − p, and the two bars.
      const start = narrow ? 84 : 96;
      const column = (right - 56 - start) / classes;
      const x = (k) => start + column * (k + 0.5) + Math.min(8, column * 0.1);
      const bottom = height - below - 22;
      const top = bottom - (narrow ? 84 : 104);
      const rows = { names: top - 60, differences: top - 38 };
      logits.draw(state, numbers, {
        top: 40, bottom: Math.max(top - 84, 60), x, column, all: narrow ? 68 : 72, right, rows });
      distributions.draw(state, numbers, { top, bottom, x, column, start, right: right - 56 });

      const side = narrow ? height - below + 16 : 10;
      temperature.draw(state.temperature, second, side, width);
      set(rule, {
        x: narrow ? 120 : second,
        y: narrow ? side + 5 : side + 100,
        text: reportOn(frame, state) ?? `a step: ℓ ← ℓ − η∇ with η = ${RATE}`,
      });
      jacobian.draw(numbers,
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
    { quantity: "loss", label: "<i>H</i>(<i>p</i>, <i>q</i>)", role: "q" },
    { quantity: "entropy", label: "<i>H</i>(<i>p</i>)", role: "p" },
    { quantity: "kl_divergence", label: "KL(<i>p</i>‖<i>q</i>)", role: "kl" },
    { quantity: "logsumexp", label: "LSE(<i>ℓ</i>/<i>T</i>)" },
    { quantity: "gradient_norm", label: "‖∇‖", unit: false },
  ],
  ledger,
  describe,
  actions: [
    { label: "Step", run: (frame) => frame.set({ logits: descended(frame.state) }) },
    run,
  ],
  picture,
});
