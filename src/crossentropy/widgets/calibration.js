import {
  brief, circle, createPlane, defineExplorable, defineHatches, definePatterns, drawLength, format,
  path, picture, shorten, signed, temperature, threeDigits,
} from "./lib/kit.js";
import { calibration, examples } from "./lib/temperature.js";
import { losses, nats } from "./lib/temperature_losses.js";

function ledger({ temperature }, numbers) {
  const { nll, mean_logsumexp: lse, mean_gap: gap, accuracy } = numbers;
  const { surprise_of_right: right, surprise_of_wrong: wrong } = numbers;
  const mixed = accuracy * right + (1 - accuracy) * wrong;
  return [
    ["NLL = −(1/N) ∑ log q_y, right + wrong",
      `${format(accuracy)}·${nats(right)} + ${format(1 - accuracy)}·${nats(wrong)}`, nats(mixed)],
    ["= (1/N) ∑ [LSE(ℓ/T) − ℓ_y/T], max ℓ = 0",
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

function diagram(frame, pen) {
  definePatterns(frame.svg, 5, () => "gap", GAPS);
  const plane = createPlane(pen, { id: "bin", x: [0, 1], y: [0, 1],
    title: "accuracy of each bin", xTicks: [0, 1], yTicks: [0, 1] });

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
    const [right, bottom] = [left + size, top + size];
    pen.path("diagonal", "guide diagonal", "x-bin y-bin path=identity",
      path`M${left},${bottom} L${right},${top}`);
    pen("text", "calibrated", { class: "tick halo start", text: "calibrated",
      transform: path`translate(${plane.x(0.03) - 3},${plane.y(0.03) - 5}) rotate(-45)` });
    pen.text("along", "label", left + size / 2, bottom + 20, "its mean confidence");
    pen.text("over", "tick halo end", right - 4, bottom - 8, "over-confident");
    pen.text("under", "tick halo start", left + 6, top + 14, "under-confident");
  }

  function drawDots(dots) {
    for (const kind of ["over", "under"]) {
      const gaps = dots.filter((dot) => dot.kind === kind).map(({ x, y, r, ideal }) =>
        path`M${x - r / 2},${y} H${x + r / 2} V${ideal} H${x - r / 2} Z`);
      pen.path(`gaps ${kind}`, `gap ${kind}`, `x-bin y-bin boxes=gaps_${kind}`, gaps.join(""));
    }
    pen.path("dots", "dot role-p binned", "x-bin y-bin points=bin_places areas=bin_shares",
      dots.map(({ x, y, r }) => circle(x, y, r)).join(""));
  }

  return ({ classes }, numbers, { left, top, width, height }) => {
    const size = Math.min(width, height);
    plane.draw({ left, top, width: size, height: size });
    drawGround({ left, top, size });
    drawDots(dotsOf(numbers, classes.length, size));
  };
}

// ---- Beside it, over all examples ----

const TOTALS = [
  { quantity: "mean_confidence", name: "confidence", role: "q" },
  { quantity: "accuracy", name: "accuracy", role: "p" },
  { quantity: "ece", name: "ECE, the mean gap", short: "ECE", role: "error" },
];

function totals(frame, pen) {
  defineHatches(frame.svg);
  return (state, numbers, { left, right, top, bottom, width, height }, { narrow }) => {
    TOTALS.forEach(({ quantity, name, short = name, role }, i) => {
      const y = top + i * (height - 10) / 3;
      pen.text(`name of ${quantity}`, `label start role-${role}`, left, y + 14,
        `${narrow ? short : name} ${brief(numbers[quantity])}`);
      drawLength(pen, quantity, { role, mark: `x-total left=0 width=${quantity}`, x: left,
        y: y + 20, width: width * numbers[quantity], height: 14, limit: right + 1 });
    });
    pen.ruler("totals", "x-total", 1, [left, right], bottom - 14);
  };
}

const RELIABILITY = {
  wide: {
    columns: [30, { diagram: 298 }, 52, "temperature totals", 10],
    rows: [24, { diagram: 28 }, { "diagram temperature": 0 }, 68, { totals: 172 }, "diagram", 28],
  },
  narrow: {
    columns: [10, { temperature: 20 }, ["diagram", 0.62], 26, ["totals temperature", 0.38],
      { totals: 8 }, 2],
    rows: [24, "diagram totals", 84, { temperature: 0 }, 30],
  },
};

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
  quantities: calibration,
  readouts: [
    { quantity: "mean_confidence", label: "confidence", role: "q", unit: false,
      said: "confidence" },
    { quantity: "accuracy", label: "accuracy", role: "p", unit: false },
    { quantity: "overconfidence", label: "over-confidence", unit: false,
      show: (value) => signed(format(value)) },
    { quantity: "ece", label: "ECE", unit: false, said: "calibration error" },
    { quantity: "nll", label: "NLL", role: "q", show: nats, said: "negative log-likelihood" },
    { quantity: "best_nll", label: "NLL at T*", show: nats },
    { quantity: "worst_mistake", label: "worst mistake", unit: false, show: showMistake },
  ],
  ledger,
  describe,
  views: { reliability: "Reliability", losses: "Loss over T" },
  actions: [{ label: "Fit T", run: fit, primary: true }],
  picture: {
    reliability: picture({ diagram, totals, temperature }, RELIABILITY),
    losses,
  },
});
