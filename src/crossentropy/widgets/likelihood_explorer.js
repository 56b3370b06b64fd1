import {
  brief, circle, createHandle, createWindow, crossEntropy, crossEntropyTerms, defineExplorable,
  entropy, format, fromLog, klDivergence, path, picture, plural, textWithin, track, whole,
  written,
} from "./lib/kit.js";
import { PRECISIONS, product } from "./lib/products.js";
import { shares, size, underflow, verdict } from "./lib/underflow.js";

// ---- The numbers ----

const model = (theta) => [1 - theta, theta];
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
    ["NLL/N = −(1/N) log L(θ)", `${format(0 - logL)} / ${whole(size(counts))}`, nll],
    ["= H(p̂, q_θ) = −∑ p̂_k log q_k", written`${terms[0]} + ${terms[1]}`, terms[0] + terms[1]],
    ["= H(p̂) + KL(p̂‖q_θ)", written`${h} + ${kl}`, h + kl],
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

// One edge of each panel is at 0, the other at its `far` value. The loss parts the two that have a
// top: below its own reflection it would look like a part of one shape.
const PANELS = [
  {
    id: "relative_likelihood", // to the largest
    name: "Likelihood L(θ)",
    far: () => 1,
    value: (counts, theta) => Math.min(1, Math.exp(logLikelihood(counts, theta) - highest(counts))),
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

const panel = ({ id, name, far, value, text }) => (frame, pen) => {
  const window = createWindow(pen, { id, axes: `x-theta y-${id}`, spill: SPILL });

  function drawCurve(counts) {
    const thetas = points(counts);
    window.curve("curve", "", `${id}_at`, thetas, thetas.map((theta) => value(counts, theta)));
  }

  return ({ counts, theta }, numbers, area) => {
    const end = far(counts);
    const { left, top } = area;
    window.fit({ ...area, x: [0, 1], y: [Math.min(end, 0), Math.max(end, 0)] });
    pen.rule(`${id} rule`, `x-theta 0 1|y-${id} 0 ${end}`,
      path`${window.level(0)} M${left},${window.y(end)} h-5`);
    window.keep("curve", counts, () => drawCurve(counts));
    pen.words(`${id} title`, "label start halo", left, top - 8,
      [[`${name} = `], [text(numbers), "role-q"]]);
    // The best θ, and θ itself.
    const best = numbers.p_hat;
    window.point(`${id} peak`, "dot role-p", ["p_hat", `peak_of:${id}`], best, value(counts, best),
      circle(0, 0, 3.5));
    window.point(`${id} dot`, "dot role-q", ["theta", id], theta, value(counts, theta));
  };
};

// p̂, and θ, in all panels: each is a line from its handle on.
const bestLine = (x, { share, theta }) => path`M${x},${share.top} V${theta.bottom - 26}`;
const thetaLine = (x, { share, theta }) => path`M${x},${share.top + 8} V${theta.bottom}`;

const lines = (frame, pen) => ({ theta }, { p_hat: best }, { left, width }, { areas }) => {
  for (const { id } of PANELS) {
    const { left: x, top: y } = areas[id];
    pen.rect(`${id} ground`, "panel", null, { ...areas[id], x, y });
  }
  pen.path("best line", "joint", "x-theta x=p_hat", bestLine(left + best * width, areas));
  pen.path("θ line", "curve role-q", "x-theta x=theta", thetaLine(left + theta * width, areas));
};

// p̂ stands above the panels, on their scale. To move it is to exchange labels.
function share(frame, pen) {
  const { labels } = frame.state;
  const counts = () => frame.model.get("counts");
  const scale = createWindow(pen, { id: "theta" });
  const handle = createHandle(pen, {
    id: "counts:1",
    name: `count of ${labels[1]}`,
    mark: "x-theta x=p_hat",
    step: 1,
    fine: 1,
    range: () => [0, size(counts())],
    value: () => counts()[1],
    words: (value) => `${whole(value)} of ${plural(size(counts()), "label")}`,
    at: (value) => scale.x(value / size(counts())),
    grab: () => counts()[1],
    // Of few labels each is many pixels away: the first comes at once.
    move: (value, start) => {
      const by = value - start;
      const ones = start + (Math.abs(by) > 0.1 ? Math.round(by) || Math.sign(by) : 0);
      frame.set({ counts: [size(counts()) - ones, ones] });
    },
  });
  return ({ counts: [zeros, ones] }, { p_hat: best }, area, { areas }) => {
    scale.fit({ ...area, x: [0, 1], y: [0, 1] });
    const text = `p̂ = ${brief(best)}: ${whole(ones)} of ${whole(zeros + ones)} ${labels[1]}`;
    const [x, left, right] = [scale.x(best), area.left - 10, area.right + 10];
    handle.reach(bestLine(x, areas));
    handle.guide(left, right, area.top);
    handle.draw(x, area.top, text, [textWithin(left, right, x, text) - x, -14]);
  };
}

const theta = (frame, pen) => track({
  trait: "theta",
  name: `θ, the probability of ${frame.state.labels[1]}`,
  ticks: [0, 0.5, 1],
  text: (value) => `θ = ${brief(value)}`,
  line: thetaLine,
})(frame, pen);

const panels = Object.fromEntries(PANELS.map((one) => [one.id, panel(one)]));
const IDS = Object.keys(panels);
const CURVES = {
  wide: {
    columns: [16, `lines share theta ${IDS.join(" ")}`, 16],
    rows: [30, { "lines share": 0 }, 32, IDS[0], 26, IDS[1], 26, IDS[2], 30, { theta: 0 }, 30],
  },
};

// ---- What the picture shows, in words ----

function describe({ counts, theta, labels, view }, numbers) {
  const logL = numbers.log_likelihood;
  const products = Object.keys(PRECISIONS).map((name) => {
    const value = numbers[`product_${name}`];
    return `${name}, ${verdict(value, logL).replace(/^right$/, fromLog(Math.log(value)))}`;
  });
  const seen = view === "curves"
    ? "Three curves over θ: the likelihood and the log-likelihood have their maximum, and NLL/N " +
      `its minimum, at the same θ, ${format(numbers.p_hat, 3)}.`
    : "Bars as long as the smallest number of each format has zeros after the decimal point, and a " +
      `line for the likelihood. Multiplied out, it is in ${products.join("; ")}.`;
  return `${whole(counts[0])} ${labels[0]} and ${whole(counts[1])} ${labels[1]}; θ, the ` +
    `probability of ${labels[1]}, is ${format(theta, 3)}. ${seen} The log-likelihood is ` +
    `${format(logL)} nats and NLL/N ${format(numbers.nll)} nats.`;
}

export default defineExplorable({
  name: "LikelihoodExplorer",
  quantities,
  readouts: [
    { quantity: "nll", label: "NLL/N", role: "q", said: "loss" },
    { quantity: "log_likelihood", label: "log L" },
    { quantity: "entropy", label: "H(p̂)", role: "p" },
    { quantity: "kl_divergence", label: "KL(p̂‖q_θ)", role: "kl", said: "KL" },
  ],
  ledger,
  describe,
  views: { curves: "Curves", underflow: "Underflow" },
  picture: {
    curves: picture({ lines, ...panels, theta, share }, CURVES),
    underflow,
  },
});
