import { pair } from "./lib/bars.js";
import { codewords, huffmanLengths, kraftSum, shannonLengths } from "./lib/coding.js";
import {
  brief, clamp, createPlane, createTraitHandle, crossEntropy, defineExplorable, entropy, format,
  inBits, klDivergence, path, picture, plural, sum, surprisalInBits, whole, written,
} from "./lib/kit.js";
import { meanBits } from "./lib/message.js";
import { MOST, STOPS, fromLevel, message, messageOf, run, toLevel } from "./lib/sending.js";
import { spread } from "./lib/spread.js";
import { wordText, words } from "./lib/words.js";

// ---- The numbers ----

const CODES = {
  Huffman: ({ q }) => huffmanLengths(q),
  Shannon: ({ q }) => shannonLengths(q),
  "by hand": ({ lengths }) => lengths,
};

function quantities(state) {
  const { p, q, sent, code } = state;
  const n = CODES[code](state);
  const { counts } = messageOf(state);
  return {
    // A class that never comes costs nothing, even if it has no word.
    expected_bits: sum(p.map((pk, k) => (pk === 0 ? 0 : pk * n[k]))),
    bits_per_symbol: meanBits(counts, n, sent),
    cross_entropy: inBits(crossEntropy(p, q)),
    entropy: inBits(entropy(p)),
    kl_divergence: inBits(klDivergence(p, q)),
    kraft_sum: kraftSum(n),
    lengths: n,
    counts: counts.map((count) => count[sent]),
  };
}

// Kraft's inequality: no prefix code has shorter words.
const kraftFault = (lengths) => (kraftSum(lengths) <= 1 ? null
  : `lengths spend ${kraftSum(lengths)} of Kraft's budget, the sum of 2^-n; it must be at most 1`);

// The picture asks where the mean will settle. Until something has been sent it does not say.
const isPriceShown = ({ sent }) => sent > 0;
const showPrice = (bits, state) => (isPriceShown(state) ? format(bits) : "–");

// What the words cost on average, and what q asks for.
const averages = (state, { expected_bits: price, cross_entropy: ce }) =>
  [price, ce].map((bits) => (isPriceShown(state) ? brief(bits) : "–"));

// ---- The ledger ----

const plus = (value) => `${value < 0 ? "−" : "+"} ${format(Math.abs(value))}`;

// A code for q costs H(p, q), and what rounding surprisals to whole bits adds or saves.
function ledgerOfModel({ p, q }, { cross_entropy: ce, entropy: h, kl_divergence: kl, lengths: n }) {
  const rounding = ce === Infinity ? 0
    : sum(p.map((pk, k) => (pk === 0 ? 0 : pk * (n[k] - surprisalInBits(q[k])))));
  const missing = ce === Infinity ? "(a class that comes has no word)" : plus(rounding);
  return [
    ["= H(p, q) + ∑ p_k (n_k − log₂ 1/q_k)", written`${ce} ${missing}`, ce + rounding],
    ["= H(p) + KL(p‖q) + the same rounding",
      written`${h} + ${kl} ${plus(rounding)}`, h + kl + rounding],
  ];
}

// A code by hand has a model of its own, r: what it would be built for if nothing were rounded.
function ledgerByHand({ p }, { entropy: h, kraft_sum: spent, lengths: n }) {
  const r = n.map((nk) => 2 ** -nk / spent);
  const unspent = surprisalInBits(spent);
  const [ce, kl] = [inBits(crossEntropy(p, r)), inBits(klDivergence(p, r))];
  return [
    ["= H(p, r) + log₂ 1/Z, r_k = 2^{−n_k}/Z", written`${ce} + ${unspent}`, ce + unspent],
    ["= H(p) + KL(p‖r) + log₂ 1/Z", written`${h} + ${kl} + ${unspent}`, h + kl + unspent],
  ];
}

function ledger(state, numbers) {
  const { p, code } = state;
  const terms = p.map((pk, k) =>
    pk === 0 ? "0" : `${format(pk, 2)}·${format(numbers.lengths[k], 0)}`);
  const lines = [
    ["L = ∑ p_k n_k", terms.join(" + "), numbers.expected_bits],
    ...(code === "by hand" ? ledgerByHand : ledgerOfModel)(state, numbers),
  ];
  return isPriceShown(state) ? lines : lines.map(([label]) => [label, "", "–"]);
}

// ---- The running mean of a message. (It arrives in sending.js; the other view is in words.js.) ----

const TICKS = [0, 100, 1000, MOST].map(toLevel);

const LEVELS = [
  { name: "L", look: "label start", quantity: "expected_bits" },
  { name: "H(p, q)", look: "start role-q", quantity: "cross_entropy" },
  { name: "H(p)", look: "start role-p", quantity: "entropy" },
  { name: "H(p, q) + 1", look: "tick start", quantity: "promise:1" },
];

// The ends of the panel, in halves of a bit, so that it stands still while q is dragged a little.
// Below an infinite level the whole panel is seen.
function ends(levels) {
  const finite = levels.filter(Number.isFinite);
  const low = Math.max(Math.floor(2 * (Math.min(...finite) - 0.1)) / 2, 0);
  return [
    finite.length < levels.length ? 0 : low, Math.ceil(2 * (Math.max(...finite) + 0.1)) / 2];
}

function means(frame, pen) {
  const plane = createPlane(pen, {
    id: "sent",
    x: [0, STOPS.length - 1],
    xValue: fromLevel,
    xTicks: TICKS,
    xText: (level) => whole(fromLevel(level)),
  });
  const handle = createTraitHandle(frame, pen, {
    trait: "sent",
    name: "symbols sent, on a logarithmic scale",
    mark: "x-sent x=sent",
    decimals: 0,
    page: 12,
    range: () => [0, STOPS.length - 1],
    value: () => toLevel(frame.model.get("sent")),
    words: () => `${plural(frame.model.get("sent"), "symbol")} of ${whole(MOST)}`,
    at: plane.x,
    move: (level) => frame.set({ sent: fromLevel(level) }),
  });

  // The names of the levels, to the right of the panel. What is not to be seen yet has none; what
  // is infinite has its place above it.
  function drawNames(values, isShown, { right, top, bottom }) {
    const isNamed = values.map((_, i) => isShown || LEVELS[i].name === "H(p)");
    const wanted = values.map((value, i) =>
      Math.max(plane.y(isNamed[i] ? value : Infinity), top - 30));
    const placed = spread(wanted, 17, top - 6, bottom);
    LEVELS.forEach(({ name, look, quantity }, i) => {
      const number = quantity === "promise:1" ? "" : ` ${brief(values[i])}`;
      const text = isNamed[i] ? name + number : "";
      pen.path(`leader of ${name}`, "rule", `y-sent start=${quantity}`,
        text && values[i] < Infinity
          ? path`M${right + 2},${wanted[i]} L${right + 12},${placed[i]}` : "");
      pen.text(`name of ${name}`, look, right + 16, (placed[i] ?? 0) + 5, text);
    });
  }

  function drawScale({ sent }, mean, y, { left, top }) {
    pen.text("means", "label start", left, top - 10, mean === null ? "mean bits per symbol"
      : `mean of ${plural(sent, "symbol")}: ${brief(mean)} bits`);
    y.forEach((value, i) => pen.tick(`end ${i}`, "tick", `y-sent ${value}`,
      left - 8, plane.y(value) + 5, format(value, value < 100 ? 1 : 0)));
  }

  // No prefix code is below H(p). Shannon promises a mean from H(p, q) to a bit more.
  function drawBands(low, h, promised, { right, bottom }) {
    plane.band("unavoidable", "length role-entropy", "top=entropy", low, h, 4);
    pen.text("unavoidable", "end", right - 6, plane.y(h) + 17,
      bottom - plane.y(h) > 24 ? "no prefix code’s L is here" : "");
    plane.band("band", "band", "bottom=promise:0 top=promise:1", ...promised ?? [low, low]);
  }

  const drawLevel = (look, quantity, value) => plane.path(
    quantity, look, `y=${quantity}`, Number.isFinite(value) ? plane.level(value) : "");

  function drawMeans(state, n) {
    const { counts } = messageOf(state);
    const stops = state.sent
      ? [...STOPS.filter((stop) => stop > 0 && stop < state.sent), state.sent] : [];
    plane.curve("means", "", "mean_after",
      stops.map(toLevel), stops.map((stop) => meanBits(counts, n, stop)));
  }

  return (state, numbers, area) => {
    const { left, right, top, bottom } = area;
    const { expected_bits: l, cross_entropy: ce, entropy: h, bits_per_symbol: mean } = numbers;
    const isShown = isPriceShown(state);
    const promised = state.code === "Shannon" && ce < Infinity;
    const values = [l, ce, h, ...(promised ? [ce + 1] : [])];
    const y = ends(values);
    plane.draw({ ...area, y });
    const x = plane.x(toLevel(state.sent));
    const tip = mean === null ? bottom : clamp(plane.y(mean), top, bottom);

    drawScale(state, mean, y, area);
    drawBands(y[0], h, promised && isShown ? [ce, ce + 1] : null, area);
    plane.path("sent", "guide", "x=sent top=bits_per_symbol", path`M${x},${bottom} V${tip}`);
    drawLevel("price", "expected_bits", isShown ? l : Infinity);
    drawLevel("curve role-q", "cross_entropy", isShown ? ce : Infinity);
    drawMeans(state, numbers.lengths);
    pen("circle", "head", { class: "now", "data-mark": "x-sent y-sent x=sent y=bits_per_symbol",
      cx: x, cy: tip, r: mean === null ? 0 : 4 });
    drawNames(values, isShown, area);
    // Its number stands in the heading, where it hides no part of the curve.
    handle.guide(left, right, bottom);
    handle.draw(x, bottom, "");
  };
}

// ---- Both views: the bars of p and q, and beside or below them what the view has ----

const bars = pair({ ticks: [0, 1], widest: 36, locks: ["q"] });

const LAYOUT = {
  wide: {
    columns: [20, ["bars", 0.56], 32, { "words message": 34 }, ["means", 0.44],
      { "words message": 96 }],
    rows: [16, { words: 12 }, "bars means", { bars: 16 }, 21, { message: 40 }, { words: 1 }],
  },
  narrow: {
    columns: [{ "words message": 20 }, { bars: 14 }, "means", { "bars words message": 96 }],
    rows: [28, { bars: 64 }, 78, { words: 10 }, "means", 37, { message: 40 }, { words: 1 }],
  },
};

// ---- What the picture shows, in words ----

function describe(state, numbers) {
  const { p, q, labels, code, sent, view } = state;
  const words = codewords(numbers.lengths).map((word) =>
    (word === null ? "no word" : wordText(word) || "the empty word"));
  const each = labels.map((name, k) =>
    `${name} ${format(p[k], 2)}, ${format(q[k], 2)}, ${words[k]}`).join("; ");
  // Until something has been sent, the price would answer the picture's own question.
  const soFar = isPriceShown(state)
    ? `The ${plural(sent, "symbol")} sent cost ${format(numbers.bits_per_symbol)} bits a symbol; ` +
      "the mean runs towards the price of this code, " +
      `${format(numbers.expected_bits)} bits. H(p, q) is ${format(numbers.cross_entropy)} bits`
    : "Nothing is sent yet. H(p, q) is not shown";
  const shown = view === "words"
    ? `The words are those of a prefix code (${code}), drawn beside log 1/q.`
    : `The words of a prefix code (${code}) carry a message from p.`;
  const budget = code === "by hand"
    ? ` They spend ${format(numbers.kraft_sum)} of Kraft's budget of 1.` : "";
  return `Bars of p and q. ${shown} For each class p, q and its word: ${each}.${budget} ` +
    `${soFar}, and H(p) is ${format(numbers.entropy)} bits.`;
}

export default defineExplorable({
  name: "CodeBook",
  shape: ({ labels, code }) => [labels, code === "by hand"],
  rules: { lengths: kraftFault },
  quantities,
  readouts: [
    { quantity: "bits_per_symbol", label: "mean so far", unit: "bits", said: "mean so far" },
    { quantity: "expected_bits", label: "price L", unit: "bits", show: showPrice, said: "price" },
    { quantity: "cross_entropy", label: "H(p, q)", role: "q", unit: "bits", show: showPrice },
    { quantity: "entropy", label: "H(p)", role: "p", unit: "bits" },
  ],
  ledger,
  describe,
  views: { message: "Message", words: "Words" },
  choices: { code: "Code" },
  actions: [{ ...run, primary: true, view: "message" }],
  picture: {
    message: picture({ bars, means, message }, LAYOUT),
    words: picture({ bars, words: words(averages) }, LAYOUT),
  },
});
