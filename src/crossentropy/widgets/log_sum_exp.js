import { softmaxBars } from "./lib/bars.js";
import {
  bracketed, clamp, defineExplorable, entropy, format, logsumexp, path, picture, scientific,
  softmax, sum, threeDigits, track, written,
} from "./lib/kit.js";
import { VIEW, inView, logits, short } from "./lib/logits.js";

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
    ["T·LSE(ℓ/T) = T log ∑ e^{ℓ_k/T}",
      `${digits(temperature)} · ${bracketed(format(lse))}`, temperature * lse],
    ["= M + T log ∑ e^{(ℓ_k − M)/T}", written`${maximum} + ${smooth - maximum}`, smooth],
    ["= q·ℓ + T·H(q)",
      written`${expected} + ${digits(temperature)} · ${h}`, expected + temperature * h],
  ];
}

// ---- Numbers as text ----

// Three digits, as the temperature's handle keeps them.
const digits = (value) =>
  value < 1e-3 || value >= 1e5 ? scientific(value) : threeDigits(value);

const exponent = (value) => Math.abs(value) < 1e5
  ? String(Number(value.toPrecision(4))).replace("-", "−") : scientific(value);

// What went wrong with the exponentials in one precision, if anything did.
function verdict({ logits, temperature }, value, exact, round) {
  if (Math.abs(value - exact) < 5e-3) return "";
  const largest = Math.max(...logits) / temperature;
  const name = `exp(${exponent(largest)})`;
  const endless = round(Math.exp(round(largest))) === Infinity;
  const texts = {
    "-Infinity": `${name} underflows`,
    Infinity: endless ? `${name} overflows` : "the sum of the exp overflows",
  };
  return texts[value] ?? "digits lost to underflow";
}

// ---- The levels that squeeze ----

const TOPS = [8, 12, 20, 40]; // where the axis may end
const TICKS = [-5, 0, 5, 10, 20, 40];

// The axis ends above what T log K adds to a logit at the edge. It depends on no logit, so that it
// stands still while one is dragged.
function topOf({ logits, temperature }) {
  const highest = VIEW + temperature * Math.log(logits.length);
  return TOPS.find((top) => top >= highest) ?? TOPS.at(-1);
}

const APART = 18; // of two labels
const LONGEST = 18; // characters beside the band on a narrow page: "M + T log K = 4.20"
const LEVELS = [
  { name: "at most M + T log K", brief: "M + T log K", quantity: "upper_bound" },
  { name: "smooth maximum", brief: "smooth max.", quantity: "smooth_maximum", main: " main" },
  { name: "maximum M", brief: "max. M", quantity: "maximum" },
];

// To the right of the logits: the band from M to M + T log K with T·LSE(ℓ/T) inside. They stand
// where the largest logit is drawn; from there on they are to scale.
function squeeze(frame, pen, scale) {
  // Labels keep apart, in order, from `top` to `bottom`.
  function placesOf(wanted, top, bottom) {
    const [upper, middle, lower] = wanted;
    const second = clamp(middle, top + APART, bottom - APART);
    return [Math.min(upper, second - APART), second,
      Math.max(Math.min(lower, bottom), second + APART)];
  }

  return ({ logits: present }, numbers, { top, right: left, bottom }, { narrow }) => {
    // On a wide page the track is below.
    const [width, lowest] = narrow ? [24, bottom] : [30, top + 108];
    const right = left + width;
    const ys = LEVELS.map(({ quantity }) =>
      scale.y(inView(numbers.maximum) + numbers[quantity] - numbers.maximum));
    const shown = ys.map((y) => Math.max(y, top));
    const [upper, , lower] = shown;
    pen.path("guide", "guide", "y-logit y=level_of:maximum",
      path`M${scale.x(present.indexOf(numbers.maximum))},${lower} H${left}`);
    pen.rect("band", "band", "y-logit bottom=level_of:maximum top=level_of:upper_bound",
      { x: left, y: upper, width, height: Math.max(lower - upper, 0) });
    const places = placesOf(shown, top, lowest);
    LEVELS.forEach(({ name, brief, quantity, main = "" }, i) => {
      pen.path(`leader to ${quantity}`, "rule", `y-logit start=level_of:${quantity}`,
        path`M${right + 2},${shown[i]} L${right + 14},${places[i]}`);
      pen.path(quantity, `level${main}`, `y-logit y=level_of:${quantity}`,
        path`M${left},${shown[i]} H${right}`);
      const above = ys[i] < top ? " ↑" : ""; // the level itself is out of the picture
      const text = `${narrow ? brief : name} = ${short(numbers[quantity])}`;
      pen.text(`name of ${quantity}`, `label start${main}`, right + 18, places[i] + 5,
        (narrow && text.length > LONGEST ? brief : text) + above);
    });
  };
}

// ---- Naive beside stable ----

const COMPUTED = [
  { name: "as written, float32", brief: "float32", quantity: "naive_float32",
    round: PRECISIONS.float32 },
  { name: "as written, float64", brief: "float64", quantity: "naive", round: PRECISIONS.float64 },
  { name: "M subtracted first", brief: "M first", quantity: "logsumexp" },
];

// A row each, of two lines; none where nothing went wrong.
const comparison = (frame, pen) => (state, numbers, { left, right, top }, { narrow }) => {
  const verdicts = COMPUTED.map(({ quantity, round }) =>
    (round ? verdict(state, numbers[quantity], numbers.logsumexp, round) : ""));
  const isNews = verdicts.some(Boolean);
  const text = (key, look, x, y, words) => pen.text(key, look, x, y, isNews ? words : "");
  text("computed", "label start", left, top, "LSE(ℓ/T), computed");
  COMPUTED.forEach(({ name, brief, quantity }, i) => {
    const y = top + 22 + 38 * i;
    text(name, "label start", left, y, narrow ? brief : name);
    text(`value, ${name}`, "value end", right, y, short(numbers[quantity]));
    text(`verdict, ${name}`, "main start", left, y + 17, verdicts[i]);
  });
};

const PARTS = {
  logits: logits({
    title: "logits ℓ, and their smooth maximum T·LSE(ℓ/T)", ticks: TICKS, most: topOf, below: squeeze }),
  bars: softmaxBars({ title: "q = softmax(ℓ/T)" }),
  temperature: track({
    trait: "temperature",
    name: "temperature T",
    ends: [0.001, 10],
    ticks: [0.001, 0.01, 0.1, 1, 10],
    scale: "log",
    text: (value) => `T = ${digits(value)}`,
  }),
  comparison,
};

const LAYOUT = {
  wide: {
    columns: [30, "logits bars", 30, { comparison: 10 }, { "temperature comparison": 200 },
      { comparison: 10 }],
    rows: [32, "logits temperature", { logits: 25 }, 35, { comparison: 15 }, { bars: 84 },
      { comparison: 21 }],
  },
  narrow: {
    columns: [18, { temperature: 12 }, "logits bars", { temperature: 10 },
      { "temperature comparison": 168 }, { comparison: 10 }],
    rows: [32, "logits", 20, { comparison: 30 }, { "bars comparison": 64 }, { temperature: 64 }, 30],
  },
};

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
  first: () => "temperature",
  quantities,
  readouts: [
    { quantity: "maximum", label: "M", said: "maximum" },
    { quantity: "smooth_maximum", label: "≤ T·LSE(ℓ/T)", said: "smooth maximum" },
    { quantity: "upper_bound", label: "≤ M + T log K" },
  ],
  ledger,
  describe,
  picture: picture(PARTS, LAYOUT),
});
