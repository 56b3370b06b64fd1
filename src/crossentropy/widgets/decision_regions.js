import { set, svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import {
  bracketed, brief, format, plural, shorten, signed, textWithin, whole,
} from "./lib/format.js";
import { createHandle, onPress } from "./lib/handle.js";
import { record, recorded } from "./lib/history.js";
import { softmax } from "./lib/information.js";
import { circle, defineHatches, drawLength } from "./lib/marks.js";
import { createPen, path } from "./lib/pen.js";
import { picture } from "./lib/picture.js";
import { createPlane } from "./lib/plane.js";
import { MOST, addedBeside, deleted, labelled } from "./lib/points.js";
import { descended, evaluate } from "./lib/softmax_regression.js";
import { GLYPHS, square } from "./lib/square.js";
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
    ["loss = −(1/<i>N</i>) ∑ log <i>q</i><sub>own</sub>",
      `${format(total)} / ${n}`, format(loss)],
    ["= mean LSE(<i>ℓ</i>) − mean <i>ℓ</i><sub>own</sub>",
      `${format(lse)} − ${bracketed(format(own))}`, format(lse - own)],
    ["= ∑<sub><i>c</i></sub> <i>N<sub>c</sub></i>/<i>N</i> · loss<sub><i>c</i></sub>",
      losses.map((one, c) => `${counts[c]}/${n}·${format(one)}`).join(" + "),
      format(losses.reduce((sum, one, c) => sum + shares[c] * one, 0))],
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
    pen.path("start", "guide", null, plane.level(START), { "data-tick": `y-loss ${START}` });
    pen.text("heading", "label start", left - 42, top - 12,
      `loss in nats after ${plural(now, "step")}`);
    pen.text("first step", "tick start", left, bottom + 20, whole(from),
      { "data-tick": `x-loss ${from}` });
    pen.text("last step", "tick end", right, bottom + 20, `${whole(end)} steps`,
      { "data-tick": `x-loss ${end}` });
    plane.point("now", "now", ["steps", "loss"], now, loss, circle(0, 0, 4));
  };
}

// ---- The picked point: which one, its q, and its label ----

// A button inside the picture, around (x, y).
function createButton(pen, name, press) {
  const node = svg("g", { class: "press", role: "button", tabindex: 0, "aria-label": name });
  const inside = createPen(node);
  onPress(node, press);
  return function draw(text, { x, y, width }, attributes) {
    set(pen.place(node), attributes);
    inside("rect", "face",
      { class: "face", rx: 6, x: x - width / 2, y: y - 14, width, height: 28 });
    inside.text("text", null, x, y + 5, text);
  };
}

function point(frame, pen) {
  defineHatches(frame.svg);
  const labels = frame.model.get("labels");
  const track = { left: 0, length: 1 };
  const last = () => frame.state.points.length;
  const at = (number) => track.left + ((number - 1) / Math.max(last() - 1, 1)) * track.length;
  const handle = createHandle(pen, {
    id: "picked",
    mark: "x-picked x=number",
    name: "picked point",
    axis: "x",
    step: 1,
    page: 10,
    fine: 1,
    range: () => [1, last()],
    value: () => frame.state.picked + 1,
    words: (number) =>
      `point ${number} of ${last()}, ${labels[frame.state.classes[frame.state.picked]]}`,
    at,
    move: (number) => frame.set({ picked: Math.round(number) - 1 }),
  });
  const drawAdd = createButton(pen, "Add a point beside the picked one", () =>
    frame.set(addedBeside(frame.state)));
  const drawDelete = createButton(pen, "Delete the picked point", () =>
    frame.set(deleted(frame.state)));
  const buttons = labels.map((label, c) =>
    createButton(pen, `Label the picked point ${label}`, () =>
      frame.set(labelled(frame.state, c))));

  function drawTrack(picked, left, right, y) {
    Object.assign(track, { left: left + 8, length: right - left - 16 });
    pen.path("track", "rule", null, path`M${track.left},${y} h${track.length}`,
      { "data-tick": `x-picked 1 ${Math.max(last(), 2)}` });
    handle.guide(left, right, y);
    const x = at(picked + 1);
    const text = `point ${picked + 1} of ${last()}`;
    handle.draw(x, y, text, [textWithin(left, right, x, text) - x, -12]);
  }

  // A button that gives the point a class, and q of that class as a length below it.
  function drawClass(c, q, { classes, picked }, { x, y, width }) {
    buttons[c](`${GLYPHS[c]} ${shorten(labels[c], width - 64)} ${brief(q)}`,
      { x: x + width / 2, y, width }, { "aria-pressed": String(c === classes[picked]) });
    const line = y + 30;
    drawLength(pen, `q:${c}`, { role: "q", mark: `x-q${c} left=0 width=q:${c}`,
      x, y: line - 10, width: q * width, height: 10, limit: x + width + 1 });
    pen.path(`q:${c} scale`, "rule", null, path`M${x},${line + 3} v-3 H${x + width} v3`,
      { "data-tick": `x-q${c} 0 1` });
  }

  // The classes stand side by side on a narrow page, and one below the other on a wide one.
  return (state, { q }, { left, right, top, width }, { narrow }) => {
    const y = top + 26; // of the track
    drawTrack(state.picked, left, right - 128, y);
    drawAdd("Add", { x: right - 92, y: y - 6, width: 56 },
      { "aria-disabled": String(state.points.length === MOST) });
    drawDelete("Delete", { x: right - 31, y: y - 6, width: 60 },
      { "aria-disabled": String(state.points.length === 1) });
    const apart = (width + 10) / 3;
    q.forEach((qc, c) => drawClass(c, qc, state, narrow
      ? { x: left + 2 + apart * c, y: y + 32, width: apart - 13 }
      : { x: left + 2, y: y + 44 + 62 * c, width: width - 4 }));
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
  shape: ({ labels }) => JSON.stringify(labels),
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
