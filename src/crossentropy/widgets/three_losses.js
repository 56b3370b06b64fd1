import { createBars } from "./lib/bars.js";
import { set, svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import { format, plural } from "./lib/format.js";
import { surprisal, sum } from "./lib/information.js";
import { CIRCLE, UP, defineHatches } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPlane } from "./lib/plane.js";
import { moveComponent } from "./lib/simplex.js";

const LOSSES = ["surprisal", "squared_error", "mistakes"];
const NAMES = ["surprise", "squared error", "mistakes"];
const HIGHEST = 3.5;
const STEPS = 200;

const oneHot = (y, size) => Array.from({ length: size }, (_, k) => (k === y ? 1 : 0));

// The first of several that are equally likely is what the model would say.
const answer = (q) => q.indexOf(Math.max(...q));

function quantities({ q, y }) {
  const h = oneHot(y, q.length);
  return {
    surprisal: surprisal(q[y]),
    squared_error: sum(q.map((qk, k) => (qk - h[k]) ** 2)),
    mistakes: answer(q) === y ? 0 : 1,
  };
}

function ledger({ q, y, labels }, { surprisal: loss }) {
  const terms = q.map((qk, k) => (k === y ? `1·${format(loss)}` : "0"));
  return [
    ["−log <i>q</i>(truth)", `−log ${format(q[y])}, the truth being ${labels[y]}`, format(loss)],
    ["= −∑ <i>h<sub>k</sub></i> log <i>q<sub>k</sub></i>", terms.join(" + "), format(loss)],
  ];
}

function picture(frame) {
  const root = frame.svg;
  const labels = frame.model.get("labels");
  root.style.setProperty("--hatch-q", defineHatches(root)("q"));
  const title = svg("text", { class: "label start", text: "what the model says" });
  const rule = svg("path", { class: "rule", "data-tick": "y-p 0" });
  const ticks = [0, 0.5, 1].map((value) =>
    svg("text", { class: "tick", "data-tick": `y-p ${value}`, text: format(value, 1) }));
  const names = labels.map((label, k) =>
    svg("text", { class: "label", "data-tick": `x-q ${k}`, text: label }));
  const truth = svg("text",
    { class: "tick middle", "data-mark": "x-q x=y", text: "the truth" });
  root.append(title, rule, ...ticks, truth, ...names);
  const bars = createBars(frame, root, "q", { lockable: false });
  const curves = createCurves(root);
  return {
    draw(state, losses, width, height) {
      const wide = width >= 520;
      const half = wide ? width * 0.42 : width;
      const tall = wide ? height : height * 0.46;
      const box = { top: 48, bottom: tall - 44 };
      const left = 30;
      const group = (half - left) / labels.length;
      const barWidth = Math.min(56, group * 0.56);
      const middle = (k) => left + group * (k + 0.5);
      const x = (k) => middle(k) - barWidth / 2;
      set(title, { x: 0, y: 16 });
      set(rule, { d: `M${left},${box.bottom} H${half.toFixed(2)}` });
      ticks.forEach((tick, i) =>
        set(tick, { x: left - 6, y: box.bottom + (box.top - box.bottom) * (i / 2) + 4 }));
      names.forEach((node, k) => set(node, { x: middle(k), y: box.bottom + 20 }));
      set(truth, { x: middle(state.y), y: box.bottom + 38 });
      bars.draw(state.q, { x, width: barWidth, ...box });
      const second = wide ? half + 48 : 28;
      const top = (wide ? 0 : tall) + 26;
      curves.draw(state, losses, {
        left: second, top, width: width - second - 8, height: height - top - 46,
        x: [0, 1], y: [0, HIGHEST],
      });
    },
  };
}

// Each loss over the probability of the truth, while the other classes keep their proportions.
function createCurves(root) {
  const plane = createPlane(root, {
    id: "loss",
    title: "what each loss charges",
    name: "probability of the truth",
    xTicks: [0, 0.5, 1],
    yTicks: [0, 1, 2, 3],
  });
  const shape = (kind, loss, mark) => svg("path",
    { class: `${kind} loss-${loss}`, "data-mark": `x-loss y-loss ${mark}` });
  const lines = LOSSES.map((loss) => shape("curve", loss, `path=${loss}_at`));
  const points = LOSSES.map((loss) => shape("point", loss, `x=q_of_truth y=${loss}`));
  const samples = LOSSES.map((loss) => svg("path", { class: `curve loss-${loss}` }));
  const names = NAMES.map((text) => svg("text", { class: "label end", text }));
  const guide = svg("path", { class: "guide", "data-mark": "x-loss x=q_of_truth" });
  plane.window.append(...lines);
  root.append(guide, ...samples, ...names, ...points);
  const memo = createMemo();
  return {
    draw({ q, y }, losses, box) {
      plane.draw(box);
      memo([...q, y, box.width, box.height, box.left], () => drawLines(plane, lines, q, y));
      const right = box.left + box.width;
      const x = plane.x(q[y]);
      set(guide, { d: `M${x.toFixed(2)},${box.top} V${box.top + box.height}` });
      LOSSES.forEach((loss, i) => {
        const above = losses[loss] > HIGHEST;
        const at = above ? box.top + 8 : plane.y(losses[loss]);
        set(points[i], {
          d: above ? UP : CIRCLE,
          transform: `translate(${x.toFixed(2)},${at.toFixed(2)})`,
        });
        const row = box.top + 16 + 22 * i;
        set(samples[i], { d: `M${right - 28},${row - 4} H${right}` });
        set(names[i], { x: right - 36, y: row });
      });
    },
  };
}

function drawLines(plane, lines, q, y) {
  const xs = Array.from({ length: STEPS + 1 }, (_, i) => i / STEPS);
  const values = xs.map((value) => quantities({ q: moveComponent(q, y, value), y }));
  LOSSES.forEach((loss, i) => {
    set(lines[i], { d: plane.line(xs, values.map((value) => value[loss])) });
  });
}

// ---- What the picture shows, in words ----

const describe = ({ q, y, labels }, numbers) =>
  `A model says ${labels.map((name, k) => `${name} ${format(q[k], 2)}`).join(", ")}; the photograph ` +
  `shows ${labels[y]}. It is charged ${plural(numbers.mistakes, "mistake")}, a squared error of ` +
  `${format(numbers.squared_error)}, and a surprise of ${format(numbers.surprisal)} nats. Over the ` +
  "probability of the truth, the mistakes are a step, the squared error a bowl that stays at or " +
  "below 2, and the surprise a curve that rises without bound towards 0.";

export default defineExplorable({
  name: "ThreeLosses",
  shape: ({ labels }) => labels.join("\n"),
  quantities,
  readouts: [
    { quantity: "mistakes", label: "mistakes", unit: false, show: String },
    { quantity: "squared_error", label: "squared error", unit: false },
    { quantity: "surprisal", label: "surprise", role: "q" },
  ],
  ledger,
  describe,
  picture,
});
