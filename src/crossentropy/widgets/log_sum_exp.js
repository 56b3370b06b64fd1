import { drawAxis, drawSoftmax } from "./lib/bars.js";
import { clamp } from "./lib/clamp.js";
import { defineExplorable } from "./lib/explorable.js";
import { bracketed, format, scientific, threeDigits } from "./lib/format.js";
import { entropy, logsumexp, softmax, sum } from "./lib/information.js";
import { VIEW, createLogits, inView, short } from "./lib/logits.js";
import { defineHatches } from "./lib/marks.js";
import { createPen, path } from "./lib/pen.js";
import { createTrack } from "./lib/track.js";

// ---- The numbers ----

// (ℓ − max)/T. Subtracting before dividing keeps the differences of large logits exact.
function shiftedLogits({ logits, temperature }) {
  const largest = Math.max(...logits);
  return logits.map((logit) => (logit - largest) / temperature);
}

const PRECISIONS = { float32: Math.fround, float64: (x) => x };

// log Σ exp(ℓ/T) as it is written, every step rounded to a precision.
function naive({ logits, temperature }, round) {
  let total = 0;
  for (const logit of logits) {
    const scaled = round(round(logit) / round(temperature));
    total = round(total + round(Math.exp(scaled)));
  }
  return round(Math.log(total));
}

function quantities(state) {
  const { logits, temperature } = state;
  const maximum = Math.max(...logits);
  const shifted = shiftedLogits(state);
  return {
    maximum,
    smooth_maximum: maximum + temperature * logsumexp(shifted),
    upper_bound: maximum + temperature * Math.log(logits.length),
    logsumexp: maximum / temperature + logsumexp(shifted),
    naive: naive(state, PRECISIONS.float64),
    naive_float32: naive(state, PRECISIONS.float32),
    q: softmax(shifted),
  };
}

function ledger(state, { maximum, smooth_maximum: smooth, q }) {
  const { logits, temperature } = state;
  const lse = logsumexp(logits.map((logit) => logit / temperature));
  const expected = sum(q.map((qk, k) => qk * logits[k]));
  const h = entropy(q);
  return [
    ["<i>T</i>·LSE(<i>ℓ</i>/<i>T</i>) = <i>T</i> log ∑ e<sup><i>ℓ<sub>k</sub></i>/<i>T</i></sup>",
      `${digits(temperature)} · ${bracketed(format(lse))}`,
      format(temperature * lse)],
    ["= <i>M</i> + <i>T</i> log ∑ e<sup>(<i>ℓ<sub>k</sub></i> − <i>M</i>)/<i>T</i></sup>",
      `${format(maximum)} + ${format(smooth - maximum)}`, format(smooth)],
    ["= <i>q</i>·<i>ℓ</i> + <i>T</i>·<i>H</i>(<i>q</i>)",
      `${format(expected)} + ${digits(temperature)} · ${format(h)}`,
      format(expected + temperature * h)],
  ];
}

// ---- Numbers as text ----

// Three digits, as the temperature's handle keeps them.
const digits = (value) =>
  value < 1e-3 || value >= 1e5 ? scientific(value) : threeDigits(value);

const exponent = (value) => Math.abs(value) < 1e5
  ? String(Number(value.toPrecision(4))).replace("-", "−") : scientific(value);

// What became of the exponentials in one precision.
function verdict({ logits, temperature }, value, exact, round) {
  if (Math.abs(value - exact) < 5e-3) return { text: "nothing overflows" };
  const largest = Math.max(...logits) / temperature;
  const name = `exp(${exponent(largest)})`;
  const endless = round(Math.exp(round(largest))) === Infinity;
  const texts = {
    "-Infinity": `${name} underflows`,
    Infinity: endless ? `${name} overflows` : "the sum of the exp overflows",
  };
  return { text: texts[value] ?? "digits lost to underflow", broken: true };
}

// ---- The levels that squeeze ----

const TOPS = [7, 12, 20, 40]; // where the axis may end
const TICKS = [-5, 0, 5, 10, 20, 40];

// The axis ends above what T log K adds to a logit at the edge. It depends on no logit, so that it
// stands still while one is dragged.
function topOf({ logits, temperature }) {
  const highest = VIEW + temperature * Math.log(logits.length);
  return TOPS.find((top) => top >= highest) ?? TOPS.at(-1);
}

const APART = 18; // of two labels
const LEVELS = [
  { name: "M + T log K", quantity: "upper_bound" },
  { name: "T·LSE(ℓ/T)", quantity: "smooth_maximum", main: " main" },
  { name: "M", quantity: "maximum" },
];

// The band from M to M + T log K with T·LSE(ℓ/T) inside. They stand where the largest logit is drawn;
// from there on they are to scale.
function drawSqueeze(pen, numbers, at, { top, bottom, from, left, width, values }) {
  const level = (value) => at(inView(numbers.maximum) + value - numbers.maximum);
  const ys = LEVELS.map(({ quantity }) => level(numbers[quantity]));
  const [upper, middle, lower] = ys.map((y) => Math.max(y, top));
  pen("path", "guide", { class: "guide", "data-mark": "y-logit y=level_of:maximum",
    d: path`M${from},${lower} H${left}` });
  pen("rect", "band", {
    class: "band", "data-mark": "y-logit bottom=level_of:maximum top=level_of:upper_bound",
    x: left, y: upper, width, height: Math.max(lower - upper, 0) });
  // Labels keep apart, in order, within the picture.
  const second = clamp(middle, top + APART, bottom - APART);
  const third = Math.max(Math.min(lower, bottom), second + APART);
  const places = [Math.min(upper, second - APART), second, third];
  const right = left + width;
  [upper, middle, lower].forEach((y, i) => {
    const { name, quantity, main = "" } = LEVELS[i];
    pen("path", `leader to ${quantity}`, {
      class: "rule", "data-mark": `y-logit start=level_of:${quantity}`,
      d: path`M${right + 2},${y} L${right + 14},${places[i]}` });
    pen("path", quantity, {
      class: `level${main}`, "data-mark": `y-logit y=level_of:${quantity}`,
      d: path`M${left},${y} h${width}` });
    const text = values ? `${name} = ${short(numbers[quantity])}` : name;
    const above = ys[i] < top ? " ↑" : ""; // the level itself is out of the picture
    pen("text", `name of ${quantity}`, {
      class: `label start${main}`, x: right + 18, y: places[i] + 5, text: text + above });
  });
}

// ---- Softmax ----

function drawQ(pen, q, { top, bottom, start, right, x, column }) {
  pen("text", "q title", { class: "tick start", x: 0, y: top - 20, text: "q = softmax(ℓ/T)" });
  drawAxis(pen, [0, 1], { left: start, right, top, bottom, gap: 8 });
  const width = Math.min(44, column * 0.6);
  drawSoftmax(pen, q, { x: (k) => x(k) - width / 2, width, top, bottom, column, least: 32 });
}

// ---- Naive beside stable ----

const FINE = { text: "the largest is exp(0) = 1" };
const COMPUTED = [
  { name: "as written, float32", short: "float32", quantity: "naive_float32",
    round: PRECISIONS.float32 },
  { name: "as written, float64", short: "float64", quantity: "naive", round: PRECISIONS.float64 },
  { name: "M subtracted first", short: "M first", quantity: "logsumexp" },
];

// On a narrow page a row is one line, on a wide one two.
function drawComparison(pen, state, numbers, { left, top, width, narrow }) {
  pen("text", "computed", { class: "label start", x: left, y: top, text: "LSE(ℓ/T), computed" });
  COMPUTED.forEach(({ name, short: word, quantity, round }, i) => {
    const y = top + (narrow ? 21 * (i + 1) : 22 + 38 * i);
    const { text, broken } = round
      ? verdict(state, numbers[quantity], numbers.logsumexp, round) : FINE;
    pen("text", name, { class: "label start", x: left, y, text: narrow ? word : name });
    pen("text", `value, ${name}`, { class: "value end",
      x: narrow ? left + 128 : width, y, text: short(numbers[quantity]) });
    pen("text", `verdict, ${name}`, {
      class: broken ? "main start" : "tick start",
      x: narrow ? left + 142 : left, y: narrow ? y : y + 17, text });
  });
}

// ---- All of it ----

function picture(frame) {
  const pen = createPen(frame.svg);
  defineHatches(frame.svg);
  const logits = createLogits(frame, pen);
  const track = createTrack(frame, pen, {
    trait: "temperature",
    name: "temperature T",
    ends: [0.001, 10],
    ticks: [0.001, 0.01, 0.1, 1, 10],
    scale: "log",
    text: (value) => `T = ${digits(value)}`,
  });

  return {
    draw(state, numbers, width, height) {
      const narrow = width < 560;
      const start = 30;
      const right = width - (narrow ? 142 : 250); // of the columns
      const column = (right - 8 - start) / state.logits.length;
      const x = (k) => start + 4 + column * (k + 0.5);
      // From below: on a narrow page the comparison, the track, the bars and the logits; on a wide
      // one the comparison and the track stand to the right.
      const names = height - (narrow ? 146 : 5);
      const bottom = names - 16; // of the bars
      const top = bottom - (narrow ? 56 : 84);
      const floor = top - 44; // of the logits
      logits.draw(state.logits, { title: "logits ℓ, their maximum M", ticks: TICKS, most: topOf(state),
        top: 32, bottom: floor, names, nameTicks: ["x-class", "x-q"], start, right, x, column });
      drawSqueeze(pen, numbers, logits.at, {
        top: 32, bottom: narrow ? floor : 140, from: x(state.logits.indexOf(numbers.maximum)),
        left: right, width: narrow ? 24 : 46, values: !narrow });
      drawQ(pen, numbers.q, { top, bottom, start, right, x, column });
      logits.drawHandles(state.logits, { x, column });
      track.draw(state.temperature, narrow ? 8 : right + 30, narrow ? names - 8 : 158, width);
      drawComparison(pen, state, numbers, {
        left: narrow ? 0 : right + 30, top: height - (narrow ? 68 : 120), width, narrow });
    },
  };
}

// ---- What the picture shows, in words ----

const describe = ({ logits, labels, temperature }, numbers) =>
  `Logits and their softmax at temperature ${digits(temperature)}: ${labels.map((name, k) =>
    `${name} ${format(logits[k], 2)} and ${format(numbers.q[k], 2)}`).join("; ")}. T·LSE(ℓ/T) is ` +
  `${format(numbers.smooth_maximum)} nats, between the maximum, ${format(numbers.maximum)}, and ` +
  `the maximum plus T log K, ${format(numbers.upper_bound)}. LSE(ℓ/T) is ` +
  `${format(numbers.logsumexp)}; computed as written, it is ${format(numbers.naive_float32)} in ` +
  `float32 and ${format(numbers.naive)} in float64.`;

export default defineExplorable({
  name: "LogSumExp",
  shape: ({ labels }) => JSON.stringify(labels),
  quantities,
  readouts: [
    { quantity: "maximum", label: "<i>M</i>", said: "maximum" },
    { quantity: "smooth_maximum", label: "≤ <i>T</i>·LSE(<i>ℓ</i>/<i>T</i>)",
      said: "smooth maximum" },
    { quantity: "upper_bound", label: "≤ <i>M</i> + <i>T</i> log <i>K</i>" },
  ],
  ledger,
  describe,
  picture,
});
