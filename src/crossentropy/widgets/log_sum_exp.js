import { drawAxis } from "./lib/bars.js";
import { clamp } from "./lib/clamp.js";
import { defineExplorable } from "./lib/explorable.js";
import { bracketed, format, scientific, shorten, threeDigits } from "./lib/format.js";
import { entropy, logsumexp, softmax, sum } from "./lib/information.js";
import { VIEW, createLevels, drawStem, inView, short } from "./lib/logits.js";
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

const fitting = (value, room) =>
  [2, 1].map((decimals) => short(value, decimals)).find((text) => 7.2 * text.length <= room) ?? "";

const exponent = (value) => Math.abs(value) < 1e5
  ? String(Number(value.toPrecision(4))).replace("-", "−") : scientific(value);

// What became of the exponentials in one precision.
function verdict({ logits, temperature }, value, exact, round) {
  if (Math.abs(value - exact) < 5e-5) return { text: "nothing overflows" };
  const largest = Math.max(...logits) / temperature;
  const name = `exp(${exponent(largest)})`;
  const endless = round(Math.exp(round(largest))) === Infinity;
  const texts = {
    "-Infinity": `${name} underflows`,
    Infinity: endless ? `${name} overflows` : "the sum of the exp overflows",
  };
  return { text: texts[value] ?? "digits lost to underflow", broken: true };
}

// ---- The logits, and the levels that squeeze ----

const TOPS = [7, 12, 20, 40]; // where the axis may end
const TICKS = [-5, 0, 5, 10, 20, 40];

// The axis ends above what T log K adds to a logit at the edge. It depends on no logit, so that it
// stands still while one is dragged.
function topOf({ logits, temperature }) {
  const highest = VIEW + temperature * Math.log(logits.length);
  return TOPS.find((top) => top >= highest) ?? TOPS.at(-1);
}

function createLogits(frame, pen) {
  const scale = { zero: 0, unit: 1 };
  const at = (logit) => scale.zero - scale.unit * logit;
  const handles = createLevels(frame, pen, at);

  function drawScale(end, { top, start, right }) {
    pen("text", "logits title",
      { class: "tick start", x: 0, y: top - 14, text: "logits ℓ, their maximum M" });
    pen("path", "zero",
      { class: "rule", "data-tick": "y-logit 0", d: path`M${start},${scale.zero} H${right}` });
    for (const level of TICKS) {
      pen("text", `logit tick ${level}`, {
        class: "tick", "data-tick": `y-logit ${level}`, x: start - 8, y: at(level) + 5,
        text: format(level, 0), visibility: level > end ? "hidden" : null });
    }
  }

  return {
    draw({ logits, temperature }, numbers, box) {
      const { top, bottom, labels, right, x, room, values } = box;
      const end = topOf({ logits, temperature });
      scale.unit = (bottom - top) / (end + VIEW);
      scale.zero = top + end * scale.unit;
      drawScale(end, box);
      logits.forEach((logit, k) =>
        drawStem(pen, k, { x: x(k), zero: scale.zero, y: at(inView(logit)), logit }));
      // The levels stand where the largest logit is drawn; from there on they are to scale.
      const winner = logits.indexOf(numbers.maximum);
      const level = (value) => at(inView(numbers.maximum) + value - numbers.maximum);
      drawSqueeze(pen, numbers, level, {
        top, bottom: labels, from: x(winner), left: right, width: values ? 46 : 24, values });
      logits.forEach((logit, k) => {
        const y = at(inView(logit));
        handles[k].reach(path`M${x(k)},${scale.zero} V${y}`);
        handles[k].draw(x(k), y, fitting(logit, room), [0, logit < 0 ? 24 : -14]);
      });
    },
  };
}

const APART = 18; // of two labels
const LEVELS = [
  { name: "M + T log K", quantity: "upper_bound" },
  { name: "T·LSE(ℓ/T)", quantity: "smooth_maximum", main: " main" },
  { name: "M", quantity: "maximum" },
];

// The band from M to M + T log K with T·LSE(ℓ/T) inside.
function drawSqueeze(pen, numbers, level, { top, bottom, from, left, width, values }) {
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
    const text = values ? `${name} = ${short(numbers[quantity], 4)}` : name;
    const above = ys[i] < top ? " ↑" : ""; // the level itself is out of the picture
    pen("text", `name of ${quantity}`, {
      class: `label start${main}`, x: right + 18, y: places[i] + 5, text: text + above });
  });
}

// ---- Softmax ----

function drawSoftmax(pen, labels, q, { top, bottom, start, right, x, room }) {
  pen("text", "q title", { class: "tick start", x: 0, y: top - 26, text: "q = softmax(ℓ/T)" });
  drawAxis(pen, [0, 1], { left: start, right, top, bottom, gap: 8 });
  const width = Math.min(44, room * 0.6);
  q.forEach((qk, k) => {
    const y = bottom + (top - bottom) * qk;
    pen("rect", `bar ${k}`, {
      class: "bar role-q", "data-mark": `x-class y-p x=${k} bottom=0 height=q:${k}`,
      x: x(k) - width / 2, y, width, height: bottom - y });
    pen("text", `q of ${k}`, { class: "role-q halo", x: x(k), y: y - 7,
      text: room < 32 ? "" : format(qk, room < 60 ? 2 : 4) });
    pen("text", `name ${k}`, { class: "label", "data-tick": `x-class ${k}`,
      x: x(k), y: bottom + 18, text: shorten(labels[k], room) });
  });
}

// ---- Naive beside stable ----

const FINE = { text: "the largest is exp(0) = 1" };
const COMPUTED = [
  { name: "as written, float32", brief: "float32", quantity: "naive_float32",
    round: PRECISIONS.float32 },
  { name: "as written, float64", brief: "float64", quantity: "naive", round: PRECISIONS.float64 },
  { name: "M subtracted first", brief: "M first", quantity: "logsumexp" },
];

// On a narrow page a row is one line, on a wide one two.
function drawComparison(pen, state, numbers, { left, top, width, narrow }) {
  pen("text", "computed", { class: "label start", x: left, y: top, text: "LSE(ℓ/T), computed" });
  COMPUTED.forEach(({ name, brief, quantity, round }, i) => {
    const y = top + (narrow ? 22 * (i + 1) : 24 + 42 * i);
    const { text, broken } = round
      ? verdict(state, numbers[quantity], numbers.logsumexp, round) : FINE;
    pen("text", name, { class: "label start", x: left, y, text: narrow ? brief : name });
    pen("text", `value, ${name}`, { class: "value end",
      x: narrow ? left + 138 : width, y, text: short(numbers[quantity], 4) });
    pen("text", `verdict, ${name}`, {
      class: broken ? "main start" : "tick start",
      x: narrow ? left + 152 : left, y: narrow ? y : y + 18, text });
  });
}

// ---- All of it ----

function picture(frame) {
  const labels = frame.model.get("labels");
  const pen = createPen(frame.svg);
  defineHatches(frame.svg);
  const logits = createLogits(frame, pen);
  const track = createTrack(frame, pen, {
    trait: "temperature",
    name: "temperature T",
    title: "temperature T",
    ends: [0.001, 10],
    ticks: [0.001, 0.01, 0.1, 1, 10],
    scale: "log",
    text: (value) => `T = ${digits(value)}`,
  });

  return {
    draw(state, numbers, width, height) {
      const narrow = width < 560;
      const classes = state.logits.length;
      const start = 30;
      const right = width - (narrow ? 142 : 250); // of the columns
      const room = (right - 8 - start) / classes;
      const x = (k) => start + 4 + room * (k + 0.5);
      // From below: on a narrow page the comparison, the bars, the track and the logits; on a wide
      // one the comparison and the track stand to the right.
      const bottom = height - (narrow ? 122 : 22); // of the bars
      const top = bottom - (narrow ? 70 : 90);
      const floor = Math.max(top - (narrow ? 160 : 70), 60);
      logits.draw(state, numbers, {
        top: 28, bottom: floor, labels: narrow ? floor : floor - 64, start, right, x, room,
        values: !narrow });
      drawSoftmax(pen, labels, numbers.q, { top, bottom, start, right, x, room });
      if (narrow) track.draw(state.temperature, 8, top - 118, width - 8);
      else track.draw(state.temperature, right + 64, floor - 36, width);
      drawComparison(pen, state, numbers, {
        left: narrow ? 0 : right + 30, top: narrow ? height - 74 : height - 132, width, narrow });
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
