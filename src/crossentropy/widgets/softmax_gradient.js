import { pair, pairs, softmaxBars } from "./lib/bars.js";
import { table } from "./lib/jacobian.js";
import {
  bracketed, clamp, createRunner, defineExplorable, entropy, format, logsumexp, path, picture,
  plural, signed, softmax, softmaxCrossEntropy, softmaxJacobian, sum, temperature, threeDigits,
  written,
} from "./lib/kit.js";
import { createLevel, drawLevel, inView, logits, short } from "./lib/logits.js";

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
    ["H(p, q) = −∑ p_k log q_k", terms.map((term) => format(term)).join(" + "), sum(terms)],
    ["= LSE(ℓ/T) − p·ℓ/T", written`${lse} − ${bracketed(format(expected))}`, loss],
    ["= H(p) + KL(p‖q)", written`${h} + ${kl}`, h + kl],
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

// From a frame to its last run: how many steps raised the loss, and when it has stopped, what it
// reached and the logits of which that is true.
const runs = new WeakMap();

function stopped(frame, steps) {
  const { state } = frame;
  const last = runs.get(frame);
  const { gradient_norm: norm } = quantities(state);
  const reached = norm < SMALL ? `‖∇‖ < ${SMALL}` : `‖∇‖ = ${format(norm, 3)}`;
  last.logits = String(state.logits);
  last.text = `after ${plural(steps, "step")}: ` +
    (last.uphill === UPHILL ? "the loss keeps rising" : reached);
  frame.invalidate();
}

const run = createRunner({
  step(frame, count) {
    const { state } = frame;
    if (count === 1) runs.set(frame, { uphill: 0 });
    const present = runs.get(frame);
    if (arrived(state) || count > LONGEST || present.uphill === UPHILL) return false;
    const logits = descended(state);
    present.uphill += rises(state, logits);
    frame.set({ logits });
    return true;
  },
  atOnce: AT_ONCE,
  stopped,
});

// ---- The gradient, as arrows from q to p, and on the logits ----

const UNIT = 80; // pixels of a probability of 1, and at T = 1 of a slope of 1
const PLACES = { narrowest: 0, widest: 38, share: 0.28, apart: 6 };

// An arrow from (x, y), cut off between `top` and `bottom`; a second head says that it goes on.
function arrow(x, y, length, top = -Infinity, bottom = Infinity) {
  const tip = clamp(y + length, top, bottom);
  const back = Math.min(7, Math.abs(tip - y)) * Math.sign(y - tip);
  const wing = Math.abs(back) * 0.75;
  const head = (at) => path`M${x - wing},${at + back} L${x},${at} L${x + wing},${at + back}`;
  const cut = Math.abs(length) > Math.abs(tip - y) + 0.5;
  return path`M${x},${y} V${tip} ${head(tip)}` + (cut ? ` ${head(tip + 0.8 * back)}` : "");
}

// To the right of the bars of class k.
function aside(k, labels, area) {
  const { middle, width, group } = pairs(labels.length, area, PLACES);
  return middle(k) + 3 + width + Math.min(12, group * 0.1);
}

const gaps = (frame, pen) => ({ p, labels }, { q }, area) => q.forEach((qk, k) =>
  pen.path(`gap ${k}`, "arrow", `x-class y-p start=q:${k} end=p:${k}`,
    arrow(aside(k, labels, area), area.bottom - UNIT * qk, UNIT * (qk - p[k]))));

// Down on the page is less: the descent −∇ is drawn as +∇ pixels.
const descent = (frame, pen, scale) => ({ logits: present, labels }, { gradient }, area) => {
  const [top, bottom] = [area.top - 8, area.bottom + 8];
  return gradient.map((slope, k) => {
    const [x, y] = [aside(k, labels, area), scale.y(inView(present[k]))];
    const length = UNIT * slope;
    pen.path(`from ${k}`, "guide", `y-logit y=in_view:${k}`, path`M${scale.x(k)},${y} H${x}`);
    pen.path(`arrow ${k}`, "arrow", `y-logit start=in_view:${k} arrow=-gradient:${k}`,
      Math.abs(length) < 1 ? "" : arrow(x, y, length, top, bottom));
    pen.text(`p − q ${k}`, "main halo", x, clamp(y + length, top, bottom) + (length > 0 ? 16 : -6),
      area.width < 48 * labels.length ? "" : signed(short(-slope)));
    return path`M${x},${y} V${clamp(y + length, top, bottom)}`;
  });
};

const report = (frame, pen) => ({ logits: present }, numbers, { right, bottom }) => {
  const last = runs.get(frame);
  pen.text("report", "tick end", right, bottom,
    last?.logits === String(present) ? last.text : "", { role: "status" });
};

const gradientView = picture({
  report,
  bars: pair({ ticks: [0, 1], drags: ["p"], ...PLACES }),
  gaps,
  logits: logits({
    title: ({ temperature: T }) => (T === 1 ? "logits ℓ; arrows p − q, as long as below"
      : `logits ℓ; arrows (p − q)/T, T = ${threeDigits(T)}`),
    below: descent,
  }),
}, {
  wide: { columns: [30, "logits bars gaps report"],
    rows: [{ report: 14 }, 18, "logits", 32, { "bars gaps": UNIT }, 38] },
  narrow: { columns: [30, "logits bars gaps report"],
    rows: [{ report: 32 }, 16, "logits", 32, { "bars gaps": UNIT }, 38] },
});

// ---- Softmax: a shift of all logits, and the temperature ----

// A mean to nine decimals: what rounding adds to it is not shown, and does not add up.
const mean = (values) =>
  Number(sum(values.map((value) => value / values.length)).toFixed(9));

// In a column of its own.
function shiftAll(frame, pen, scale) {
  const handle = createLevel(frame, pen, scale.y, {
    id: "shift",
    name: "all logits together: their mean",
    mark: "y-logit y=mean_in_view",
    value: () => mean(frame.model.get("logits")),
    apply: (level, before) => before.map((logit) => logit + (level - mean(before))),
  });
  return ({ logits: present }, numbers, { top, bottom, width }) => {
    const count = present.length;
    const x = scale.x(count);
    pen.path("all", "guide", null, path`M${x},${top} V${bottom}`);
    pen.text("name of all", "label", x, bottom + 20, "shift all");
    drawLevel(handle, scale, count, mean(present), width / (count + 1));
  };
}

const softmaxView = picture({
  logits: logits({ title: "logits ℓ, over q = softmax(ℓ/T)", spare: 1, below: shiftAll }),
  bars: softmaxBars({ spare: 1 }),
  temperature,
}, {
  wide: {
    columns: [10, { temperature: 20 }, "logits bars temperature", { "logits bars": 10 }],
    rows: [32, "logits", 32, { bars: 80 }, { temperature: 56 }, 34],
  },
});

// ---- The Jacobian as a heat map (jacobian.js) ----

const jacobianView = picture({
  logits: logits({ title: "logits ℓ, over their softmax q" }),
  bars: softmaxBars(),
  table,
}, {
  wide: {
    columns: [30, ["logits bars", 0.45], 28, ["table", 0.55]],
    rows: [32, { logits: 12 }, "logits table", { table: 32 }, { "table bars": 84 },
      { table: 4 }, 18],
  },
  narrow: {
    columns: [{ table: 30 }, "logits bars table"],
    rows: [32, ["logits", 0.37], 32, { bars: 48 }, 68, ["table", 0.63]],
  },
});

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
  first: () => "logits:0",
  quantities,
  readouts: [
    { quantity: "loss", label: "H(p, q)", role: "q",
      said: "cross-entropy", stays: true, view: "gradient" },
    { quantity: "entropy", label: "H(p)", role: "p" },
    { quantity: "kl_divergence", label: "KL(p‖q)", role: "kl" },
    { quantity: "logsumexp", label: "LSE(ℓ/T)" },
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
