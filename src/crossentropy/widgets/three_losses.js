import { createBars, drawAxis, singles } from "./lib/bars.js";
import { defineExplorable } from "./lib/explorable.js";
import { format, plural } from "./lib/format.js";
import { surprisal, sum } from "./lib/information.js";
import { CIRCLE, UP, defineHatches } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane } from "./lib/plane.js";
import { moveComponent } from "./lib/simplex.js";

const LOSSES = ["surprisal", "squared_error", "mistakes"];
const NAMES = ["surprise", "squared error", "mistakes"];
const DECIMALS = [2, 2, 0];
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
  const labels = frame.model.get("labels");
  const pen = createPen(frame.svg);
  defineHatches(frame.svg);
  const bars = createBars(frame, pen, "q", { lockable: false });
  const drawCurves = createCurves(pen);

  // The truth is an outline around the bar that should fill it: the perfect answer.
  function drawBars({ q, y }, right, { top, bottom }) {
    const left = 28;
    const places = singles(labels.length, { left, right, widest: 56 });
    pen("text", "title", { class: "label start", x: 0, y: 24, text: "what the model says" });
    drawAxis(pen, [0, 0.5, 1], { left, right, top, bottom });
    labels.forEach((text, k) => pen("text", `name ${k}`, {
      class: "label", "data-tick": `x-q ${k}`, x: places.middle(k), y: bottom + 20, text }));
    pen("rect", "truth", { class: "truth", "data-mark": "x-q y-p x=y bottom=0 height=truth",
      x: places.x(y), y: top, width: places.width, height: Math.max(bottom - top, 0) });
    pen("text", "the truth",
      { class: "tick middle role-p", x: places.middle(y), y: bottom + 38, text: "the truth" });
    bars.draw(q, { ...places, top, bottom });
  }

  return {
    draw(state, losses, width, height) {
      const wide = width >= 520;
      const right = width * (wide ? 0.4 : 0.39);
      const bottom = height - 44;
      drawBars(state, right, { top: 46, bottom });
      const left = right + (wide ? 52 : 34);
      drawCurves(state, losses, {
        left, top: 34, width: width - left - 8, height: bottom - 34, x: [0, 1], y: [0, HIGHEST],
      });
    },
  };
}

// Each loss over the probability of the truth, while the other classes keep their proportions.
function createCurves(pen) {
  const plane = createPlane(pen, {
    id: "loss",
    title: "what each loss charges",
    name: "probability of the truth",
    xTicks: [0, 0.5, 1],
    yTicks: [0, 1, 2, 3],
  });
  const memo = createMemo();

  function drawLines(q, y) {
    const xs = Array.from({ length: STEPS + 1 }, (_, i) => i / STEPS);
    const values = xs.map((value) => quantities({ q: moveComponent(q, y, value), y }));
    for (const loss of LOSSES) {
      plane.pen("path", loss, {
        class: `curve loss-${loss}`, "data-mark": `x-loss y-loss path=${loss}_at`,
        d: plane.line(xs, values.map((value) => value[loss])) });
    }
  }

  return ({ q, y }, losses, box) => {
    plane.draw(box);
    memo([...q, y, box.width, box.height, box.left], () => drawLines(q, y));
    const right = box.left + box.width;
    const x = plane.x(q[y]);
    pen("path", "guide", { class: "guide", "data-mark": "x-loss x=q_of_truth",
      d: path`M${x},${box.top} V${box.top + box.height}` });
    // Where the truth is likely all curves are low: what each charges has room above them.
    LOSSES.forEach((loss, i) => {
      const row = box.top + 16 + 22 * i;
      pen("path", `sample of ${loss}`, {
        class: `curve loss-${loss}`, d: path`M${right - 22},${row - 4} H${right}` });
      pen("text", `charge of ${loss}`, { class: `charge end loss-${loss}`,
        x: right - 30, y: row, text: `${NAMES[i]} ${format(losses[loss], DECIMALS[i])}` });
    });
    for (const loss of LOSSES) {
      const above = losses[loss] > HIGHEST;
      const at = above ? box.top + 8 : plane.y(losses[loss]);
      pen("path", `point of ${loss}`, {
        class: `point loss-${loss}`, "data-mark": `x-loss y-loss x=q_of_truth y=${loss}`,
        d: above ? UP : CIRCLE, transform: path`translate(${x},${at})` });
    }
  };
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
    { quantity: "mistakes", label: "mistakes", unit: false, show: String, said: "mistakes" },
    { quantity: "squared_error", label: "squared error", unit: false, said: "squared error" },
    { quantity: "surprisal", label: "surprise", role: "q", said: "surprise" },
  ],
  ledger,
  describe,
  picture,
});
