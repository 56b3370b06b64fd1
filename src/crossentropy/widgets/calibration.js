import { clamp } from "./lib/clamp.js";
import { defineExplorable } from "./lib/explorable.js";
import { brief, format, scientific, shorten, signed, threeDigits } from "./lib/format.js";
import { CIRCLE, UP, circle, definePatterns, defineHatches, drawLength } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane } from "./lib/plane.js";
import { calibration, examples, overTemperatures } from "./lib/temperature.js";
import { createTrack } from "./lib/track.js";

// ---- Numbers as text ----

const readable = (show) => (value) => (value < 1e5 ? show(value) : scientific(value));
const nats = readable((value) => format(value));
const briefNats = readable(brief);

function ledger({ temperature }, numbers) {
  const { nll, mean_logsumexp: lse, mean_gap: gap, accuracy } = numbers;
  const { surprise_of_right: right, surprise_of_wrong: wrong } = numbers;
  const mixed = accuracy * right + (1 - accuracy) * wrong;
  return [
    ["NLL = −(1/<i>N</i>) ∑ log <i>q<sub>y</sub></i>, right + wrong",
      `${format(accuracy)}·${nats(right)} + ${format(1 - accuracy)}·${nats(wrong)}`, nats(mixed)],
    ["= (1/<i>N</i>) ∑ [LSE(<i>ℓ</i>/<i>T</i>) − <i>ℓ<sub>y</sub></i>/<i>T</i>], max <i>ℓ</i> = 0",
      `${nats(lse)} + ${nats(gap)} / ${threeDigits(temperature)}`, nats(nll)],
  ];
}

// The q of the answer stays above that of the truth, whatever the temperature.
function showMistake(chances, state) {
  const { worst, answers, classes } = examples(state);
  if (worst < 0) return "none";
  const [answer, truth] = [answers, classes].map((each) => shorten(state.labels[each[worst]], 60));
  return `q(${answer}) = ${format(chances[0])}, q(${truth}), the truth, = ${format(chances[1])}`;
}

// ---- The temperature, which both views have ----

const TRACK = [0.1, 10];

const createTemperature = (frame, pen) => createTrack(frame, pen, {
  trait: "temperature",
  name: "temperature T",
  ends: TRACK,
  ticks: [0.1, 1, 10],
  scale: "log",
  text: (value) => `T = ${threeDigits(value)}`,
});

function fit(frame) {
  const { temperature } = examples(frame.state).best;
  if (temperature === 0) return frame.say("T* = 0: colder is always better");
  if (temperature === Infinity) return frame.say("T* = ∞: guessing is better");
  frame.say("");
  return frame.set({ temperature: Number(threeDigits(temperature)) });
}

// ---- The reliability diagram: a dot for each bin ----

// Two hatches for the gap: one for too much confidence, one for too little.
const GAPS = {
  over: "M-1,6 L6,-1 M-1,1 L1,-1 M4,6 L6,4",
  under: "M-1,-1 L6,6 M-1,4 L1,6 M4,-1 L6,1",
};

const rectangle = (left, right, top, bottom) =>
  path`M${left},${top} H${right} V${bottom} H${left} Z`;

function createDiagram(pen) {
  const plane = createPlane(pen,
    { id: "bin", title: "accuracy of each bin", xTicks: [0, 1], yTicks: [0, 1] });

  // A dot's area is its share of the examples, and the gap is half as wide as the dot.
  function dotsOf({ bin_counts: counts, bin_accuracy: heights, bin_confidence: means }, n, size) {
    const dots = counts.map((count, b) => ({
      count,
      x: plane.x(means[b]),
      y: plane.y(heights[b]),
      r: Math.max(2.5, 0.075 * size * Math.sqrt(count / n)),
      ideal: plane.y(means[b]),
      kind: heights[b] < means[b] ? "over" : "under",
    }));
    return dots.filter(({ count }) => count > 0);
  }

  function drawGround({ left, top, size }) {
    pen("path", "diagonal", { class: "guide diagonal", "data-mark": "x-bin y-bin path=identity",
      d: path`M${left},${top + size} L${left + size},${top}` });
    pen("text", "calibrated", { class: "tick halo start", text: "calibrated",
      transform: path`translate(${plane.x(0.03) - 3},${plane.y(0.03) - 5}) rotate(-45)` });
    pen("text", "along", { class: "label", text: "its mean confidence",
      x: left + size / 2, y: top + size + 20 });
    pen("text", "over", { class: "tick halo end", text: "over-confident",
      x: left + size - 4, y: top + size - 8 });
    pen("text", "under", { class: "tick halo start", text: "under-confident",
      x: left + 6, y: top + 14 });
  }

  function drawDots(dots) {
    for (const kind of ["over", "under"]) {
      const gaps = dots.filter((dot) => dot.kind === kind);
      pen("path", `gaps ${kind}`, {
        class: `gap ${kind}`, "data-mark": `x-bin y-bin boxes=gaps_${kind}`,
        d: gaps.map(({ x, y, r, ideal }) => rectangle(x - r / 2, x + r / 2, y, ideal)).join("") });
    }
    pen("path", "dots", {
      class: "dot role-p binned", "data-mark": "x-bin y-bin points=bin_places areas=bin_shares",
      d: dots.map(({ x, y, r }) => circle(x, y, r)).join("") });
  }

  return (numbers, n, { left, top, size }) => {
    plane.draw({ left, top, width: size, height: size, x: [0, 1], y: [0, 1] });
    drawGround({ left, top, size });
    drawDots(dotsOf(numbers, n, size));
  };
}

// ---- Beside it, over all examples ----

const TOTALS = [
  { quantity: "mean_confidence", name: "confidence", role: "q" },
  { quantity: "accuracy", name: "accuracy", role: "p" },
  { quantity: "ece", name: "ECE, the mean gap", short: "ECE", role: "error" },
];

function drawTotals(pen, numbers, { left, top, right, pitch }, narrow) {
  const scale = right - left;
  TOTALS.forEach(({ quantity, name, short = name, role }, i) => {
    const y = top + i * pitch;
    pen("text", `name of ${quantity}`, { class: `label start role-${role}`, x: left, y: y + 14,
      text: `${narrow ? short : name} ${brief(numbers[quantity])}` });
    drawLength(pen, quantity, { role, mark: `x-total left=0 width=${quantity}`,
      x: left, y: y + 20, width: scale * numbers[quantity], height: 14, limit: right + 1 });
  });
  pen("path", "totals", { class: "rule", "data-tick": "x-total 0 1",
    d: path`M${left},${top + 3 * pitch - 4} v4 H${left + scale} v-4` });
}

function reliability(frame) {
  const pen = createPen(frame.svg);
  defineHatches(frame.svg);
  definePatterns(frame.svg, 5, () => "gap", GAPS);
  const drawDiagram = createDiagram(pen);
  const temperature = createTemperature(frame, pen);
  return {
    draw(state, numbers, width, height) {
      const narrow = width < 560;
      const size = narrow ? width / 2 : height - 52;
      const left = 30;
      const aside = left + size + (narrow ? 26 : 52);
      const totals = narrow ? { top: 24, pitch: (size - 10) / 3 } : { top: 120, pitch: 54 };
      drawDiagram(numbers, state.classes.length, { left, top: 24, size });
      const right = width - (narrow ? 2 : 10);
      drawTotals(pen, numbers, { left: aside, right, ...totals }, narrow);
      if (narrow) temperature.draw(state.temperature, 0, height - 68, width);
      else temperature.draw(state.temperature, aside - 10, 14, width);
    },
  };
}

// ---- NLL and ECE over the temperature ----

const ENDS = TRACK.map(Math.log10);
const POINTS = 161; // about as many as pixels between them: the ECE is jagged
const DECADES = Array.from({ length: POINTS }, (_, i) => -1 + (2 * i) / (POINTS - 1));
const TEMPERATURES = DECADES.map((decade) => 10 ** decade);

function createValley(frame, pen) {
  const guess = Math.log(frame.model.get("logits")[0].length);
  const top = 1.5 * guess; // the valley lies below log K, which guessing costs
  const loss = createPlane(pen, {
    id: "nll",
    yTicks: [0, guess],
    yText: (value) => (value ? `log ${Math.round(Math.exp(value))}` : "0"),
  });
  const error = createPlane(pen, { id: "ece", yTicks: [0] });
  const memo = createMemo();
  const at = (temperature) => loss.x(clamp(Math.log10(temperature), ...ENDS));

  // The curves change with the examples and the bins, not with the temperature.
  function drawCurves(nll, ece) {
    loss.pen("path", "nll", { class: "curve",
      "data-mark": "x-log-temperature y-nll path=nll_at", d: loss.line(DECADES, nll) });
    error.pen("path", "ece", { class: "curve muted",
      "data-mark": "x-log-temperature y-ece path=ece_at", d: error.line(DECADES, ece) });
  }

  function drawTitles({ nll, ece }, { left, first, second }) {
    pen("text", "title of nll", { class: "label start", x: left, y: first - 10,
      text: `NLL ${briefNats(nll)} nats` });
    pen("text", "title of ece", { class: "label start", x: left, y: second - 10,
      text: `ECE ${brief(ece)}: jagged, and no proper score` });
  }

  function drawScales(most, { left, width, second }) {
    pen("path", "guess",
      { class: "guide", "data-mark": "y-nll y=guessing", d: loss.level(guess) });
    pen("text", "guessing", { class: "tick halo end",
      x: left + width, y: loss.y(guess) - 6, text: "guessing" });
    pen("path", "error scale",
      { class: "rule", "data-tick": `y-ece ${most}`, d: path`M${left},${second} h-5` });
    pen("text", "most error", { class: "tick", "data-tick": `y-ece ${most}`,
      x: left - 8, y: error.y(most) + 9, text: format(most, 1) });
  }

  const drawDot = (key, kind, mark, x, y, d = CIRCLE) => pen("path", key, {
    class: `dot ${kind}`, "data-mark": `x-log-temperature ${mark}`, d,
    transform: path`translate(${x},${y})` });

  function drawTemperatures({ temperature }, numbers, most, box) {
    const { left, first, width, height, second, end } = box;
    const [now, x] = [temperature, numbers.best_temperature].map(at);
    const beyond = numbers.nll > top;
    const y = beyond ? first + 8 : loss.y(numbers.nll);
    const lowest = loss.y(numbers.best_nll);
    const below = lowest + 30 < first + height; // room for the name of T*
    // The line makes way for that name, and for the title between the planes.
    const start = below && Math.abs(now - x) < 36 ? lowest + 30 : y;
    pen("path", "here", { class: "guide here", "data-mark": "x-log-temperature x=temperature",
      d: path`M${now},${start} V${first + height} M${now},${second - 4} V${end}` });
    drawDot("best", "best", "y-nll x=best_temperature y=best_nll", x, lowest);
    drawDot("loss", "here", "y-nll x=temperature y=nll", now, y, beyond ? UP : CIRCLE);
    drawDot("error", "here", "y-ece x=temperature y=ece", now,
      error.y(Math.min(numbers.ece, most)));
    pen("text", "name of best", { class: "halo",
      x: clamp(x, left + 34, left + width - 34), y: lowest + (below ? 24 : -14),
      text: `T* = ${threeDigits(numbers.best_temperature)}` });
  }

  return (state, numbers, box) => {
    const { left, first, width, height, second, lower } = box;
    const { nll, ece } = overTemperatures(state, TEMPERATURES);
    const most = Math.max(1, Math.ceil(10 * Math.max(...ece))) / 10; // a round end for its axis
    loss.draw({ left, top: first, width, height, x: ENDS, y: [0, top] });
    error.draw({ left, top: second, width, height: lower, x: ENDS, y: [0, most] });
    memo([nll, ece, ...Object.values(box)], () => drawCurves(nll, ece));
    drawTitles(numbers, box);
    drawScales(most, box);
    drawTemperatures(state, numbers, most, box);
  };
}

function losses(frame) {
  const pen = createPen(frame.svg);
  const drawValley = createValley(frame, pen);
  const temperature = createTemperature(frame, pen);
  const bins = createTrack(frame, pen, {
    trait: "bins",
    name: "number of bins",
    ticks: [],
    scale: "whole",
    step: 1,
    page: 5,
    fine: 1,
    text: (count) => `${count} bins`,
  });
  return {
    draw(state, numbers, width, height) {
      const [left, first] = [44, 24];
      const end = height - 68; // the line of the temperature's track, the axis of both curves
      const lower = (end - first) * 0.22;
      const second = end - 34 - lower;
      const length = width - 12 - left;
      drawValley(state, numbers,
        { left, first, width: length, height: second - 32 - first, second, lower, end });
      temperature.draw(state.temperature, left - 10, end - 38, left + length + 10);
      bins.draw(state.bins, left - 10, height - 50, left + 210);
    },
  };
}

// ---- What the picture shows, in words ----

function describeDots({ classes, bins }, numbers, at) {
  const dots = numbers.bin_counts.map((count, i) => [count, `${count} at confidence ` +
    `${format(numbers.bin_confidence[i], 2)} with accuracy ${format(numbers.bin_accuracy[i], 2)}`]);
  return `Reliability diagram of ${classes.length} examples at temperature ${at}, in ${bins} ` +
    `bins: ${dots.filter(([count]) => count).map(([, dot]) => dot).join(", ")}. Beside it three ` +
    `bars: mean confidence ${format(numbers.mean_confidence)}, accuracy ` +
    `${format(numbers.accuracy)}, so that the over-confidence is ` +
    `${signed(format(numbers.overconfidence))}, and ECE ${format(numbers.ece)}.`;
}

const describeLosses = ({ classes, bins }, numbers, at) =>
  `Two curves over the temperature T, for ${classes.length} examples. The NLL is a valley with ` +
  `its minimum at T* = ${threeDigits(numbers.best_temperature)}; it is ${nats(numbers.nll)} nats ` +
  `at T = ${at} and ${format(numbers.best_nll)} nats at T*. The ECE, in ${bins} bins, is jagged; ` +
  `it is ${format(numbers.ece)} at the same T.`;

const describe = (state, numbers) => (state.view === "losses" ? describeLosses : describeDots)(
  state, numbers, threeDigits(state.temperature));

export default defineExplorable({
  name: "Calibration",
  shape: ({ logits }) => String(logits[0].length),
  quantities: calibration,
  readouts: [
    { quantity: "mean_confidence", label: "confidence", role: "q", unit: false,
      said: "confidence" },
    { quantity: "accuracy", label: "accuracy", role: "p", unit: false },
    { quantity: "overconfidence", label: "over-confidence", unit: false,
      show: (value) => signed(format(value)) },
    { quantity: "ece", label: "ECE", unit: false, said: "calibration error" },
    { quantity: "nll", label: "NLL", role: "q", show: nats, said: "negative log-likelihood" },
    { quantity: "best_nll", label: "NLL at <i>T</i>*", show: nats },
    { quantity: "worst_mistake", label: "worst mistake", unit: false, show: showMistake },
  ],
  ledger,
  describe,
  views: { reliability: "Reliability", losses: "Loss over T" },
  actions: [{ label: "Fit T", run: fit, primary: true }],
  picture: { reliability, losses },
});
