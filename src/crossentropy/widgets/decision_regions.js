import { record, recorded } from "./lib/history.js";
import {
  bracketed, circle, createPlane, defineExplorable, format, picture, plural, signed, softmax,
  whole, written,
} from "./lib/kit.js";
import { point } from "./lib/picked_point.js";
import { MOST, deleted } from "./lib/points.js";
import { descended, evaluate } from "./lib/softmax_regression.js";
import { square } from "./lib/square.js";
import { SMALL, descend, forget, run } from "./lib/training.js";

const START = Math.log(3); // the loss of a model that takes all classes for equally likely

// ---- The numbers ----

function quantities(state) {
  const { points, classes, weights, picked } = state;
  const pass = evaluate(state);
  const n = points.length;
  const [x, y] = points[picked];
  const logits = weights.map(([a, b, c]) => a * x + b * y + c);
  const p = weights.map((_, k) => (k === classes[picked] ? 1 : 0));
  const q = softmax(logits);
  const gradient = [0, 3, 6].map((row) => [...pass.gradient.subarray(row, row + 3)]);
  return {
    loss: pass.total / n,
    accuracy: pass.right / n,
    gradient,
    gradient_norm: Math.hypot(...gradient.flat()),
    q,
    logit_gradient: q.map((qk, k) => qk - p[k]),
    mean_logsumexp: pass.logsumexps / n,
    mean_own_logit: pass.ownLogits / n,
    shares: [...pass.counts].map((count) => count / n),
    // A class without points has no loss, and no share in it.
    class_losses: [...pass.classTotals].map((total, c) => total / Math.max(pass.counts[c], 1)),
  };
}

function ledger(state, numbers) {
  const { loss, mean_logsumexp: lse, mean_own_logit: own, shares, class_losses: losses } = numbers;
  const { total, counts } = evaluate(state);
  const n = state.points.length;
  return [
    ["loss = −(1/N) ∑ log q_own", `${format(total)} / ${n}`, loss],
    ["= mean LSE(ℓ) − mean ℓ_own", written`${lse} − ${bracketed(format(own))}`, lse - own],
    ["= ∑_c N_c/N · loss_c",
      losses.map((one, c) => `${counts[c]}/${n}·${format(one)}`).join(" + "),
      losses.reduce((sum, one, c) => sum + shares[c] * one, 0)],
  ];
}

// ---- The loss over the steps ----

const ENDS = [1, 10, 100, 1000, 10_000, 100_000].flatMap((ten) => [10 * ten, 20 * ten, 50 * ten]);
const ROOFS = [1.25, 2.5, 5, 10, 20, 50, 100, 1000, 10_000];

function losses(frame, pen) {
  const plane = createPlane(pen, {
    id: "loss",
    yTicks: [0, START],
    yText: (value) => (value ? "log 3" : "0"),
  });

  return ({ steps: now }, { loss }, area) => {
    const { left, right, top, bottom } = area;
    const { steps, values } = recorded(frame);
    const from = steps[0];
    const end = from + ENDS.find((one) => one >= now - from);
    const highest = Math.max(...values);
    plane.draw({ ...area, x: [from, end], y: [0, ROOFS.find((one) => one >= highest)] });
    plane.path("curve", "curve", "history=loss", plane.line(steps, values));
    pen.rule("start", `y-loss ${START}`, plane.level(START), "guide");
    pen.text("heading", "label start", left - 42, top - 12,
      `loss in nats after ${plural(now, "step")}`);
    pen.tick("first step", "tick start", `x-loss ${from}`, left, bottom + 20, whole(from));
    pen.tick("last step", "tick end", `x-loss ${end}`, right, bottom + 20, `${whole(end)} steps`);
    plane.point("now", "now", ["steps", "loss"], now, loss, circle(0, 0, 4));
  };
}

// ---- All of it ----

// What is worth saying about the present state.
function remark({ points, steps }, { accuracy, gradient_norm: norm }) {
  if (points.length === 1) return "The last point stays. Click a gap to add another.";
  if (points.length === MOST) return `${MOST} points are the most.`;
  if (steps === 0) return "Click a gap to add a point.";
  // Weights that are right everywhere are better still when they are doubled.
  if (accuracy === 1) return "All correct: the loss nears 0 but never arrives.";
  if (norm < SMALL) return `Close to the minimum: ‖∇‖ is below ${SMALL}.`;
  return "Hollow: misclassified. Click a gap to add a point.";
}

function note(frame, pen) {
  // A key that deletes does so from every handle of the picture.
  frame.svg.onkeydown = (event) => {
    if (event.key !== "Delete" && event.key !== "Backspace") return;
    event.preventDefault();
    event.stopPropagation();
    frame.set(deleted(frame.state));
  };
  return (state, numbers, { left, bottom }) => {
    // In every view: the curve of the loss begins where the run began.
    record(frame, state.steps, numbers.loss);
    const said = remark(state, numbers);
    // Where nobody can click, nobody is asked to.
    pen.text("note", "tick start", left, bottom,
      frame.model.isStill ? said.replace(/ ?Click .*/, "") : said, { role: "status" });
  };
}

const LAYOUT = {
  wide: {
    columns: [{ note: 40 }, { square: 284 }, 34, { point: 42 }, "point losses", { point: 6 }],
    rows: [{ note: 12 }, 10, { "square point": 20 }, "square losses", { square: 4 }, 28],
  },
  narrow: {
    columns: [{ "note point": 24 }, { "square point": 18 }, "square point losses",
      { "square point": 6 }],
    rows: [{ note: 12 }, 10, "square", 30, { point: 20 }, { losses: 50 }, 24],
  },
};

// ---- What the picture shows, in words ----

// The picture that stands still looks ahead.
const AHEAD = 500;

function trained(state, steps) {
  let { weights } = state;
  for (let i = 0; i < steps; i += 1) weights = descended({ ...state, weights });
  return { ...state, weights };
}

function standing(state) {
  const { loss, accuracy } = quantities(state);
  const [first, ...others] = state.weights.map(String);
  const where = others.every((row) => row === first) ? "all classes tie everywhere"
    : `${format(100 * accuracy, 1)} % lie on their own side`;
  return `${where}, and the loss is ${format(loss)} nats`;
}

function describe(state, { q, logit_gradient: pulls }) {
  const { points, classes, labels, picked, steps } = state;
  const [x, y] = points[picked].map((coordinate) => signed(format(coordinate, 2)));
  const counts = labels.map((name, c) => `${classes.filter((own) => own === c).length} ${name}`);
  return `${points.length} points in a square (${counts.join(", ")}) with the regions in which ` +
    `softmax regression gives each class the largest probability. After ${plural(steps, "step")} ` +
    `${standing(state)}; after ${AHEAD} more ${standing(trained(state, AHEAD))}. The picked point ` +
    `at (${x}, ${y}) is labelled ${labels[classes[picked]]}. Its q and q − p for each class: ` +
    `${labels.map((name, k) =>
      `${name} ${format(q[k], 2)} and ${signed(format(pulls[k], 2))}`).join("; ")}.`;
}

function later(frame) {
  for (let i = 0; i < AHEAD; i += 1) descend(frame);
}

export default defineExplorable({
  name: "DecisionRegions",
  quantities,
  readouts: [
    { quantity: "loss", label: "Loss", role: "q", said: "loss", stays: true },
    { quantity: "accuracy", label: "Accuracy", unit: false, said: "accuracy", stays: true,
      show: (share) => `${format(100 * share, 1)} %` },
    { quantity: "gradient_norm", label: "‖∇‖", unit: false },
  ],
  ledger,
  describe,
  later,
  actions: [
    { label: "Step", run: descend, primary: true },
    { ...run, primary: true },
    { label: "Forget", run: forget },
  ],
  views: { point: "Point", loss: "Loss" },
  picture: {
    point: picture({ note, square, point }, LAYOUT),
    loss: picture({ note, square, losses }, LAYOUT),
  },
});
