import { createPair } from "./lib/bars.js";
import { clamp } from "./lib/clamp.js";
import { codewords, huffmanLengths, kraftSum, shannonLengths } from "./lib/coding.js";
import { defineExplorable } from "./lib/explorable.js";
import { brief, format, plural, whole } from "./lib/format.js";
import { createHandle } from "./lib/handle.js";
import { crossEntropy, entropy, klDivergence, sum, surprisal } from "./lib/information.js";
import { defineHatches } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { SEEDS, createStops, drawnFrom, meanBits, uniforms } from "./lib/message.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane } from "./lib/plane.js";
import { createRunner } from "./lib/runner.js";
import { SCHEMAS } from "./lib/schema.js";
import { spread } from "./lib/spread.js";
import { createWords, shareOf, wordText } from "./lib/words.js";

const { most: MOST } = SCHEMAS.CodeBook.sent;

const inBits = (nats) => nats / Math.LN2;

// ---- The numbers ----

const CODES = {
  Huffman: ({ q }) => huffmanLengths(q),
  Shannon: ({ q }) => shannonLengths(q),
  "by hand": ({ lengths }) => lengths,
};

// A drag of q changes no message, and one of p no numbers.
const [numbersMemo, messageMemo] = [createMemo(), createMemo()];
const messageOf = ({ p, seed }) => messageMemo([seed, ...p], () =>
  drawnFrom(p, numbersMemo([seed], () => uniforms(seed, MOST))));

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

const PRICE = "<i>L</i> = ∑ <i>p<sub>k</sub></i> <i>n<sub>k</sub></i>";

// A code for q costs H(p, q), and what rounding surprisals to whole bits adds or saves.
function ledgerOfModel({ p, q }, { cross_entropy: ce, entropy: h, kl_divergence: kl, lengths: n }) {
  const rounding = ce === Infinity ? 0
    : sum(p.map((pk, k) => (pk === 0 ? 0 : pk * (n[k] - inBits(surprisal(q[k]))))));
  const missing = ce === Infinity ? "(a class that comes has no word)" : plus(rounding);
  return [
    ["= <i>H</i>(<i>p</i>, <i>q</i>) + ∑ <i>p<sub>k</sub></i> " +
      "(<i>n<sub>k</sub></i> − log₂ 1/<i>q<sub>k</sub></i>)",
      `${format(ce)} ${missing}`, format(ce + rounding)],
    ["= <i>H</i>(<i>p</i>) + KL(<i>p</i>‖<i>q</i>) + the same rounding",
      `${format(h)} + ${format(kl)} ${plus(rounding)}`, format(h + kl + rounding)],
  ];
}

// A code by hand has a model of its own, r: what it would be built for if nothing were rounded.
function ledgerByHand({ p }, { entropy: h, kraft_sum: spent, lengths: n }) {
  const r = n.map((nk) => 2 ** -nk / spent);
  const unspent = inBits(surprisal(spent));
  const [ce, kl] = [inBits(crossEntropy(p, r)), inBits(klDivergence(p, r))];
  return [
    ["= <i>H</i>(<i>p</i>, <i>r</i>) + log₂ 1/<i>Z</i>, " +
      "<i>r<sub>k</sub></i> = 2<sup>−<i>n<sub>k</sub></i></sup>/<i>Z</i>",
      `${format(ce)} + ${format(unspent)}`, format(ce + unspent)],
    ["= <i>H</i>(<i>p</i>) + KL(<i>p</i>‖<i>r</i>) + log₂ 1/<i>Z</i>",
      `${format(h)} + ${format(kl)} + ${format(unspent)}`, format(h + kl + unspent)],
  ];
}

function ledger(state, numbers) {
  const { p, code } = state;
  const terms = p.map((pk, k) =>
    pk === 0 ? "0" : `${format(pk, 2)}·${format(numbers.lengths[k], 0)}`);
  const lines = [
    [PRICE, terms.join(" + "), format(numbers.expected_bits)],
    ...(code === "by hand" ? ledgerByHand : ledgerOfModel)(state, numbers),
  ];
  return isPriceShown(state) ? lines : lines.map(([label]) => [label, "", "–"]);
}

// ---- Sending ----

const { stops: STOPS, toLevel, fromLevel } = createStops(MOST);

const run = createRunner({
  step(frame, count) {
    const { sent, seed } = frame.state;
    if (sent < MOST) frame.set({ sent: STOPS.find((stop) => stop > sent) });
    // All sent before this run: another message.
    else if (count === 1) frame.set({ sent: 1, seed: (seed + 1) % SEEDS });
    else return false;
    return true;
  },
  atOnce: STOPS.length,
  yields: false,
});

// ---- Text ----

// One letter for a class: its initial, or its number where two begin alike.
function letters(labels) {
  const initials = labels.map((label) => label.slice(0, 1));
  return new Set(initials).size === labels.length && !initials.includes("")
    ? initials : labels.map((_, k) => String(k));
}

// ---- The bars of p and q, and what each view has beside them ----

// Where they stand, and where there is room for the view: beside them, or below.
const placesOf = (width, height) => (width < 560
  ? { bars: { left: 20, right: width, top: 28, bottom: 92 },
    rest: { left: 0, right: width, top: 170, bottom: height } }
  : { bars: { left: 20, right: 0.42 * width, top: 28, bottom: height - 62 },
    rest: { left: 0.42 * width + 32, right: width, top: 16, bottom: height } });

function picture(createRest) {
  return (frame) => {
    const pen = createPen(frame.svg);
    defineHatches(frame.svg);
    const pair = createPair(frame, pen, { ticks: [0, 1], widest: 36, locks: ["q"] });
    const drawRest = createRest(frame, pen);
    return {
      draw(state, numbers, width, height) {
        const { bars, rest } = placesOf(width, height);
        pair.draw(state, bars);
        drawRest(state, numbers, codewords(numbers.lengths), rest);
      },
    };
  };
}

// ---- One view: the message as it arrives, and its running mean. (The other is in words.js.) ----

const TICKS = [0, 100, 1000, MOST].map(toLevel);

const LEVELS = [
  { name: "L", kind: "label start", quantity: "expected_bits" },
  { name: "H(p, q)", kind: "start role-q", quantity: "cross_entropy" },
  { name: "H(p)", kind: "start role-p", quantity: "entropy" },
  { name: "H(p, q) + 1", kind: "tick start", quantity: "promise:1" },
];

// The ends of the panel, in halves of a bit, so that it stands still while q is dragged a little.
// Below an infinite level the whole panel is seen.
function ends(levels) {
  const finite = levels.filter(Number.isFinite);
  const low = Math.max(Math.floor(2 * (Math.min(...finite) - 0.1)) / 2, 0);
  return [
    finite.length < levels.length ? 0 : low, Math.ceil(2 * (Math.max(...finite) + 0.1)) / 2];
}

function createMeans(frame, pen) {
  const plane = createPlane(pen, {
    id: "sent",
    xValue: fromLevel,
    xTicks: TICKS,
    xText: (level) => whole(fromLevel(level)),
  });
  const handle = createHandle(pen, {
    id: "sent",
    name: "symbols sent, on a logarithmic scale",
    axis: "x",
    mark: "x-sent x=sent",
    step: 1,
    page: 12,
    fine: 1,
    range: () => [0, STOPS.length - 1],
    value: () => toLevel(frame.model.get("sent")),
    words: () => `${plural(frame.model.get("sent"), "symbol")} of ${whole(MOST)}`,
    at: plane.x,
    move: (level) => frame.set({ sent: fromLevel(level) }),
  });

  // The names of the levels, to the right of the panel. What is not to be seen yet has none; what
  // is infinite has its place above it.
  function drawNames(values, isShown, { left, top, width, height }) {
    const right = left + width;
    const isNamed = values.map((_, i) => isShown || LEVELS[i].name === "H(p)");
    const wanted = values.map((value, i) =>
      Math.max(plane.y(isNamed[i] ? value : Infinity), top - 30));
    const placed = spread(wanted, 17, top - 6, top + height);
    LEVELS.forEach(({ name, kind, quantity }, i) => {
      const number = quantity === "promise:1" ? "" : ` ${brief(values[i])}`;
      const text = isNamed[i] ? name + number : "";
      pen("path", `leader of ${name}`, {
        class: "rule", "data-mark": `y-sent start=${quantity}`,
        d: text && values[i] < Infinity
          ? path`M${right + 2},${wanted[i]} L${right + 12},${placed[i]}` : "" });
      pen("text", `name of ${name}`,
        { class: kind, x: right + 16, y: (placed[i] ?? 0) + 5, text });
    });
  }

  function drawScale({ left, top, y }, { sent }, mean) {
    const soFar = mean === null ? "mean bits per symbol"
      : `mean of ${plural(sent, "symbol")}: ${brief(mean)} bits`;
    pen("text", "means", { class: "label start", x: left, y: top - 10, text: soFar });
    y.forEach((value, i) => pen("text", `end ${i}`, { class: "tick", "data-tick": `y-sent ${value}`,
      x: left - 8, y: plane.y(value) + 5, text: format(value, value < 100 ? 1 : 0) }));
  }

  function drawUnavoidable(h, { left, top, width, height }) {
    const [floor, bottom] = [plane.y(h), top + height];
    plane.pen("rect", "unavoidable", {
      class: "length role-entropy", "data-mark": "y-sent top=entropy",
      x: left - 4, y: floor, width: width + 8, height: Math.max(bottom + 4 - floor, 0) });
    pen("text", "unavoidable", { class: "end", x: left + width - 6, y: floor + 17,
      text: bottom - floor > 24 ? "no prefix code’s L is here" : "" });
  }

  // What Shannon promises, from H(p, q) to a bit more.
  function drawBand(ce, isSeen, { left, top, width }) {
    const roof = isSeen ? plane.y(ce + 1) : top;
    plane.pen("rect", "band", {
      class: "band", "data-mark": "y-sent bottom=promise:0 top=promise:1",
      x: left, y: roof, width, height: isSeen ? plane.y(ce) - roof : 0 });
  }

  function drawLevel(kind, quantity, value, { left, width }) {
    plane.pen("path", quantity, { class: kind, "data-mark": `y-sent y=${quantity}`,
      d: Number.isFinite(value) ? path`M${left},${plane.y(value)} h${width}` : "" });
  }

  function drawMeans(state, n) {
    const { counts } = messageOf(state);
    const stops = [...STOPS.filter((stop) => stop > 0 && stop < state.sent), state.sent];
    plane.pen("path", "means", {
      class: "curve", "data-mark": "x-sent y-sent path=mean_after",
      d: state.sent
        ? plane.line(stops.map(toLevel), stops.map((stop) => meanBits(counts, n, stop))) : "" });
  }

  return (state, numbers, box) => {
    const { left, top, width, height } = box;
    const { expected_bits: l, cross_entropy: ce, entropy: h, lengths: n } = numbers;
    const { bits_per_symbol: mean } = numbers;
    const isShown = isPriceShown(state);
    const promised = state.code === "Shannon" && ce < Infinity;
    const values = [l, ce, h, ...(promised ? [ce + 1] : [])];
    const axes = { ...box, x: [0, STOPS.length - 1], y: ends(values) };
    plane.draw(axes);
    const bottom = top + height;
    const x = plane.x(toLevel(state.sent));
    const tip = mean === null ? bottom : clamp(plane.y(mean), top, bottom);

    drawScale(axes, state, mean);
    drawUnavoidable(h, axes);
    drawBand(ce, promised && isShown, axes);
    plane.pen("path", "sent", { class: "guide",
      "data-mark": "x-sent y-sent x=sent top=bits_per_symbol", d: path`M${x},${bottom} V${tip}` });
    drawLevel("price", "expected_bits", isShown ? l : Infinity, axes);
    drawLevel("curve role-q", "cross_entropy", isShown ? ce : Infinity, axes);
    drawMeans(state, n);
    pen("circle", "head", { class: "now", "data-mark": "x-sent y-sent x=sent y=bits_per_symbol",
      cx: x, cy: tip, r: 4, visibility: mean === null ? "hidden" : "visible" });
    drawNames(values, isShown, axes);
    // Its number stands in the heading, where it hides no part of the curve.
    handle.guide(left, left + width, bottom);
    handle.draw(x, bottom, "");
  };
}

const SHOWN = 12; // symbols

// The first of the newest symbols for which there is room, and the room that is left.
function firstShown(symbols, sent, widths, width) {
  let [room, first] = [width, sent];
  while (first > Math.max(sent - SHOWN, 0) && room >= widths[symbols[first - 1]] + 3) {
    first -= 1;
    room -= widths[symbols[first]] + 3;
  }
  return { first, room };
}

const NOTHING = { x: 0, width: 0, bits: "", letter: "", look: "share", visibility: "hidden" };

// What stands in slot i of the message: bits, and above them the letter of their class.
function drawSlot(pen, i, { x, width, bits, letter, look, visibility }, bottom) {
  const middle = x + width / 2;
  pen("rect", `slot ${i}`, { class: look, "data-mark": `slot=${i}`,
    x, y: bottom - 21, width, height: 20, rx: 2, visibility });
  pen("text", `bits ${i}`, { x: middle, y: bottom - 6, text: bits, visibility });
  pen("text", `letter ${i}`,
    { class: "tick middle", x: middle, y: bottom - 27, text: letter, visibility });
}

// The newest symbol is the last one; once there is no room, it stands at the right.
function drawMessage(pen, state, words, { left, right, bottom }) {
  const { labels, sent } = state;
  const { symbols } = messageOf(state);
  const names = letters(labels);
  const bits = words.map((word) => (word === null ? "∞" : wordText(word)));
  const widths = bits.map((text) => Math.max(9 * text.length, 9) + 5);
  const { first, room } = firstShown(symbols, sent, widths, right - left);
  let x = left + (first > 0 ? room : 0);
  pen("text", "nothing sent",
    { class: "tick start", x: left, y: bottom - 6, text: sent ? "" : "nothing sent yet" });
  for (let i = 0; i < SHOWN; i += 1) {
    const k = symbols[first + i];
    const symbol = { x, width: widths[k], bits: bits[k], letter: names[k], look: shareOf(k),
      visibility: "visible" };
    drawSlot(pen, i, first + i < sent ? symbol : NOTHING, bottom);
    x += widths[k] + 3;
  }
}

function createMessage(frame, pen) {
  const drawMeans = createMeans(frame, pen);
  return (state, numbers, words, { left, right, top, bottom }) => {
    const panel = { left: left + 34, top: top + 10, width: right - 96 - left - 34 };
    drawMeans(state, numbers, { ...panel, height: bottom - 78 - panel.top });
    drawMessage(pen, state, words, { left, right, bottom: bottom - 1 });
  };
}

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
  shape: ({ labels, code }) => JSON.stringify([labels, code === "by hand"]),
  rules: { lengths: kraftFault },
  quantities,
  readouts: [
    { quantity: "bits_per_symbol", label: "mean so far", unit: "bits", said: "mean so far",
      show: (mean) => (mean === null ? "–" : format(mean)) },
    { quantity: "expected_bits", label: "price <i>L</i>", unit: "bits", show: showPrice,
      said: "price" },
    { quantity: "cross_entropy", label: "<i>H</i>(<i>p</i>, <i>q</i>)", role: "q", unit: "bits",
      show: showPrice },
    { quantity: "entropy", label: "<i>H</i>(<i>p</i>)", role: "p", unit: "bits" },
  ],
  ledger,
  describe,
  views: { message: "Message", words: "Words" },
  choices: [{ trait: "code", label: "Code", folded: true }],
  actions: [{ ...run, primary: true, view: "message" }],
  picture: {
    message: picture(createMessage),
    words: picture((frame, pen) => createWords(frame, pen, averages)),
  },
});
