import { createBars, drawAxis, drawLetters, pairs } from "./lib/bars.js";
import { clamp } from "./lib/clamp.js";
import { codewords, huffmanLengths, kraftSum, shannonLengths } from "./lib/coding.js";
import { svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import { format, plural, shorten, whole } from "./lib/format.js";
import { createHandle } from "./lib/handle.js";
import { crossEntropy, entropy, klDivergence, sum, surprisal } from "./lib/information.js";
import { defineHatches, torn } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane } from "./lib/plane.js";
import { createRunner } from "./lib/runner.js";
import { SCHEMAS } from "./lib/schema.js";

const { lengths: { of: BITS }, sent: { most: MOST }, seed: { most: LAST_SEED } } = SCHEMAS.CodeBook;
const LONGEST = BITS.most; // of a word by hand; longer words of other codes stand torn off
const SEEDS = LAST_SEED + 1;

const inBits = (nats) => nats / Math.LN2;

// ---- The code ----

const CODES = {
  Huffman: ({ q }) => huffmanLengths(q),
  Shannon: ({ q }) => shannonLengths(q),
  "by hand": ({ lengths }) => lengths,
};

const lengthsInUse = (state) => CODES[state.code](state);

// A class that never comes costs nothing, even if it has no word.
const averageLength = (p, n) => sum(p.map((pk, k) => (pk === 0 ? 0 : pk * n[k])));

// ---- The message ----

// The first MOST numbers of the generator mulberry32. The i-th depends on seed + i times a
// constant alone, in arithmetic modulo 2^32.
function uniforms(seed) {
  const numbers = new Float64Array(MOST);
  for (let i = 0; i < MOST; i += 1) {
    const a = (seed + (i + 1) * 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    numbers[i] = ((t ^ (t >>> 14)) >>> 0) / SEEDS;
  }
  return numbers;
}

// MOST symbols from p: each is the first class whose cumulative sum exceeds the next number.
// `counts[k][i]` is how often class k is among the first i.
function drawnFrom(p, numbers) {
  let total = 0;
  const ends = Float64Array.from(p, (pk) => (total += pk));
  const last = p.findLastIndex((pk) => pk > 0); // rounding may leave the last sum below 1
  const symbols = new Uint16Array(MOST);
  const counts = p.map(() => new Uint16Array(MOST + 1));
  for (let i = 0; i < MOST; i += 1) {
    let k = 0;
    while (k < last && numbers[i] >= ends[k]) k += 1;
    symbols[i] = k;
  }
  counts.forEach((count, k) => {
    for (let i = 0; i < MOST; i += 1) count[i + 1] = count[i] + (symbols[i] === k ? 1 : 0);
  });
  return { symbols, counts };
}

// A drag of q changes no message, and one of p no numbers.
const [numbersMemo, messageMemo] = [createMemo(), createMemo()];
const messageOf = (p, seed) => messageMemo([seed, ...p], () =>
  drawnFrom(p, numbersMemo([seed], () => uniforms(seed))));

// The mean bits of the first i symbols; null while there are none.
function meanBits(counts, n, i) {
  if (i === 0) return null;
  let bits = 0;
  for (let k = 0; k < n.length; k += 1) if (counts[k][i]) bits += counts[k][i] * n[k];
  return bits / i;
}

function quantities(state) {
  const { p, q, sent, seed } = state;
  const n = lengthsInUse(state);
  const { counts } = messageOf(p, seed);
  return {
    expected_bits: averageLength(p, n),
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

// How many symbols have been sent moves in stops: one by one at first, then 4% at a time.
const STOPS = [0];
while (STOPS.at(-1) < MOST) {
  const last = STOPS.at(-1);
  STOPS.push(clamp(Math.round(last * 1.04), last + 1, MOST));
}

function toLevel(sent) {
  const i = STOPS.findLastIndex((stop) => stop <= sent);
  return sent === MOST ? i : i + (sent - STOPS[i]) / (STOPS[i + 1] - STOPS[i]);
}

function fromLevel(level) {
  const i = Math.min(Math.floor(level), STOPS.length - 2);
  return Math.round(STOPS[i] + (level - i) * (STOPS[i + 1] - STOPS[i]));
}

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

const wordText = (word) => (word.length > LONGEST ? `${word.slice(0, LONGEST - 1)}…` : word);
const textWidth = (text) => 7.8 * text.length;

// 0.375 as 3/8, where that is short.
function fraction(share) {
  for (let parts = 1; parts <= 2 ** LONGEST; parts *= 2) {
    if (Number.isInteger(share * parts)) return share * parts + (parts > 1 ? `/${parts}` : "");
  }
  return format(share);
}

// One letter for a class: its initial, or its number where two begin alike.
function letters(labels) {
  const initials = labels.map((label) => label.slice(0, 1));
  return new Set(initials).size === labels.length && !initials.includes("")
    ? initials : labels.map((_, k) => String(k));
}

// What belongs to class k: the bits of its word, its part of the budget, its place in a message.
const shareOf = (k) => `share class-${k}`;

// ---- The words ----

function createWords(frame, pen) {
  const labels = frame.model.get("labels");
  const scale = { left: 0, bit: 20 };
  const x = (bits) => scale.left + bits * scale.bit;
  const group = svg("g"); // of the grips, which keep their place in the order of the keyboard
  const gripPen = createPen(group);
  const grips = labels.map((label, k) => createLength(frame, gripPen, k, label, x));

  // One cell a bit; beyond the picture, torn off.
  function cells(n, y, height) {
    if (n === 0 || n === Infinity) return "";
    const top = y - height / 2;
    const edge = n > LONGEST ? torn(height, { teeth: 4, depth: 5 }) : path`v${height}`;
    let d = path`M${scale.left},${top} H${x(Math.min(n, LONGEST))} ${edge} H${scale.left} Z`;
    for (let i = 1; i < Math.min(n, LONGEST); i += 1) d += path` M${x(i)},${top} v${height}`;
    return d;
  }

  function drawHeads(columns, y) {
    [["tick start", "class and word"], ["tick", "bits n"], ["tick role-q", "┆ log₂ 1/q"]]
      .forEach(([kind, text], i) => pen("text", text, { class: kind, x: columns[i], y, text }));
  }

  function drawWord(k, n, word, y, height) {
    pen("path", `cells ${k}`, {
      class: shareOf(k), "data-tick": "x-bits cells", "data-mark": `cells=lengths:${k}`,
      d: cells(n, y, height) });
    const text = word ? wordText(word) : "";
    pen("text", `word ${k}`,
      { x: Array.from(text, (_, i) => path`${x(i + 0.5)}`).join(" "), y: y + 5, text });
    pen("text", `note ${k}`, { class: "tick start", "data-tick": "x-bits 0", x: scale.left, y: y + 5,
      text: n === Infinity ? "no word" : n === 0 ? "the empty word" : "" });
  }

  // What q would have the word cost. Its mark is above and below the word, whose bits stay legible.
  function drawSurprisal(k, bits, right, y, pitch, height) {
    const stroke = path`v${(pitch - height) / 2 - 1}`;
    pen("path", `surprisal ${k}`, {
      class: "ideal", "data-mark": `x-bits x=surprisals:${k}`,
      d: bits > LONGEST
        ? "" : path`M${x(bits)},${y - pitch / 2 + 1} ${stroke} m0,${height} ${stroke}` });
    pen("text", `bits of surprisal ${k}`,
      { class: "end role-q", x: right, y: y + 5, text: format(bits, 2) });
  }

  return {
    draw({ q, code }, n, words, { left, right, top, pitch }) {
      scale.left = left + 52;
      scale.bit = (right - 112 - scale.left) / LONGEST;
      const columns = [left, right - 64, right];
      const height = Math.min(24, 0.6 * pitch);
      const y = (k) => top + 10 + pitch * (k + 0.5);
      drawHeads(columns, top);
      labels.forEach((label, k) => {
        pen("text", `name of word ${k}`,
          { class: "label start", x: left, y: y(k) + 5, text: shorten(label, 45) });
        drawWord(k, n[k], words[k], y(k), height);
        drawSurprisal(k, inBits(surprisal(q[k])), right, y(k), pitch, height);
        pen("text", `length of word ${k}`,
          { class: "end", x: columns[1], y: y(k) + 5, text: format(n[k], 0) });
      });
      pen.place(group);
      grips.forEach((grip, k) => {
        if (code === "by hand") grip.draw(x(n[k]) + 9, y(k), ""); // beside the last bit
        else grip.remove();
      });
    },
  };
}

// From a frame to what was refused last, and the lengths at which that is true.
const refusals = new WeakMap();

function refusalOf(frame, { code }, { lengths }) {
  const last = refusals.get(frame);
  return code === "by hand" && last?.lengths === String(lengths) ? last : null;
}

// The grip at the end of word k, when the code is made by hand.
function createLength(frame, pen, k, label, at) {
  const lengths = () => frame.model.get("lengths");
  return createHandle(pen, {
    id: `lengths:${k}`,
    name: `bits of the word for ${label}`,
    axis: "x",
    mark: `x-bits beside=lengths:${k}`,
    step: 1,
    page: 3,
    fine: 1,
    range: () => [BITS.least, LONGEST],
    value: () => lengths()[k],
    words: (n) => plural(n, "bit"),
    at,
    move(level) {
      const wanted = Math.round(level);
      const left = 1 - kraftSum(lengths().filter((_, j) => j !== k));
      let n = wanted;
      while (2 ** -n > left) n += 1;
      const after = lengths().map((nj, j) => (j === k ? n : nj));
      if (n === wanted) refusals.delete(frame);
      else {
        refusals.set(frame, {
          lengths: String(after),
          text: `No: ${plural(wanted, "bit")} for ${shorten(label, 68)} would cost ` +
            `${fraction(2 ** -wanted)}, and ${fraction(left)} is left`,
        });
      }
      frame.set({ lengths: after });
    },
  });
}

// ---- Kraft's budget ----

function drawStatus(pen, refused, spent, { width, top, below }) {
  const left = Math.abs(spent - 1) < 1e-9
    ? "all of it is spent" : `${fraction(1 - spent)} is not spent`;
  pen("text", "budget", { class: "label start", x: 0, y: top,
    text: `Kraft budget: Z = ∑ 2⁻ⁿ = ${fraction(spent)} of 1` });
  pen("text", "budget status", {
    class: `${refused ? "label" : "tick"} ${below ? "start" : "end"}`,
    role: "status",
    x: below ? 0 : width,
    y: below ? top + 54 : top,
    text: refused?.text ?? left,
  });
}

function drawPart(pen, k, label, word, x, y, width) {
  const text = [`${label} ${word}`, word ?? "", ""].find((candidate) =>
    textWidth(candidate) < width - 6 || candidate === "");
  pen("rect", `part ${k}`, {
    class: shareOf(k), "data-mark": `x-budget left=spent_before:${k} width=cost:${k}`,
    x, y, width, height: 26 });
  pen("text", `name of part ${k}`, { x: x + width / 2, y: y + 18, text });
}

function drawBudget(pen, refused, labels, { lengths: n, kraft_sum: spent }, words, box) {
  const { width, top } = box;
  const limit = width - 2;
  // In the order of the words, which is that of binary fractions.
  const order = [...n.keys()].sort((j, k) => n[j] - n[k] || j - k);
  const size = (k) => (limit - 1) * 2 ** -n[k];
  const start = (rank) => 1 + sum(order.slice(0, rank).map(size));
  const end = start(order.length);
  drawStatus(pen, refused, spent, box);
  pen("rect", "room", { class: "room", "data-tick": "x-budget 0 1",
    x: 1, y: top + 9, width: limit - 1, height: 26 });
  labels.forEach((label, k) =>
    drawPart(pen, k, label, words[k], start(order.indexOf(k)), top + 9, size(k)));
  pen("text", "unspent", { class: "tick middle", x: (end + limit) / 2, y: top + 27,
    text: limit - end > 58 ? "not spent" : "" });
  pen("path", "wall",
    { class: "wall", "data-mark": "x-budget x=1", d: path`M${limit},${top + 4} v36` });
}

// ---- The running mean ----

const TICKS = [0, 100, 1000, MOST].map(toLevel);
const PROMISES = {
  Huffman: ["Huffman’s promise, H(q) ≤ L < H(q) + 1,", "is for messages from q."],
  Shannon: ["Shannon’s promise, H(p, q) ≤ L < H(p, q) + 1,", "is for every p."],
  "by hand": ["The budget’s promise, H(p) ≤ L,", "is for every code."],
};

const LEVELS = [
  { name: "L", kind: "start letter", quantity: "expected_bits" },
  { name: "H(p, q)", kind: "start role-q", quantity: "cross_entropy" },
  { name: "H(p)", kind: "start role-p", quantity: "entropy" },
  { name: "H(p, q) + 1", kind: "tick start", quantity: "promise:1" },
];

// The y of labels that keep their distance, each as near to its level as that allows.
function spread(levels, gap, top, bottom) {
  const order = [...levels.keys()].sort((i, j) => levels[i] - levels[j] || i - j);
  const placed = [...levels];
  order.forEach((i, rank) => {
    placed[i] = Math.max(levels[i], rank ? placed[order[rank - 1]] + gap : top);
  });
  order.reverse().forEach((i, rank) => {
    placed[i] = Math.min(placed[i], rank ? placed[order[rank - 1]] - gap : bottom);
  });
  return placed;
}

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

  function drawPromise(state, { expected_bits: l, cross_entropy: ce, entropy: h }, box) {
    const { code } = state;
    const { end, promiseTop: y, narrow } = box;
    const [what, forWhom] = l === Infinity
      ? ["A class that p sends has no word in this code:", "L = ∞."] : PROMISES[code];
    const below = code === "by hand"
      ? `L − H(p) = ${format(l - h)}` : `L − H(p, q) = ${format(l - ce)}`;
    const isSaid = isPriceShown(state) && l < Infinity;
    pen("text", "promise",
      { class: "label start", x: 0, y, text: narrow ? what : `${what} ${forWhom}` });
    pen("text", "for whom", { class: "label start", x: 0, y: y + 20, text: narrow ? forWhom : "" });
    pen("text", "here", { class: "label end",
      x: end, y: y + (narrow ? 40 : 20), text: isSaid ? `Here ${below}.` : "" });
  }

  // The names of the levels, to the right of the panel. What is not to be seen yet, and what is
  // infinite, has its place above it.
  function drawNames(values, isShown, { left, top, width, height }) {
    const right = left + width;
    const isNamed = values.map((_, i) => isShown || LEVELS[i].name === "H(p)");
    const wanted = values.map((value, i) =>
      Math.max(plane.y(isNamed[i] ? value : Infinity), top - 30));
    const placed = spread(wanted, 17, top - 6, top + height);
    LEVELS.forEach(({ name, kind, quantity }, i) => {
      const endless = values[i] === Infinity;
      const text = endless ? `${name} = ∞` : name;
      pen("path", `leader of ${name}`, {
        class: "rule", "data-mark": `y-sent start=${quantity}`,
        d: isNamed[i] && !endless
          ? path`M${right + 2},${wanted[i]} L${right + 12},${placed[i]}` : "" });
      pen("text", `name of ${name}`, {
        class: kind, x: right + 16, y: (placed[i] ?? 0) + 5, text: isNamed[i] ? text : "" });
    });
  }

  function drawScale({ left, top, y }, soFar) {
    pen("text", "means",
      { class: "label start", x: left, y: top - 10, text: `mean bits per symbol, after ${soFar}` });
    y.forEach((value, i) => pen("text", `end ${i}`, { class: "tick", "data-tick": `y-sent ${value}`,
      x: left - 8, y: plane.y(value) + 5, text: format(value, value < 100 ? 1 : 0) }));
  }

  function drawUnavoidable(h, { left, top, width, height }) {
    const [floor, bottom] = [plane.y(h), top + height];
    plane.pen("rect", "unavoidable", {
      class: "length role-entropy", "data-mark": "y-sent top=entropy",
      x: left - 4, y: floor, width: width + 8, height: Math.max(bottom + 4 - floor, 0) });
    pen("text", "unavoidable", { class: "end", x: left + width - 6, y: floor + 17,
      text: "no prefix code averages less",
      visibility: bottom - floor > 24 ? "visible" : "hidden" });
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

  function drawMeans({ p, seed, sent }, n) {
    const { counts } = messageOf(p, seed);
    const stops = [...STOPS.filter((stop) => stop > 0 && stop < sent), sent];
    plane.pen("path", "means", {
      class: "curve", "data-mark": "x-sent y-sent path=mean_after",
      d: sent
        ? plane.line(stops.map(toLevel), stops.map((stop) => meanBits(counts, n, stop))) : "" });
  }

  return {
    draw(state, numbers, box) {
      const { left, top, width, height } = box;
      const { code, sent } = state;
      const { expected_bits: l, cross_entropy: ce, entropy: h, lengths: n } = numbers;
      const mean = numbers.bits_per_symbol;
      const isShown = isPriceShown(state);
      const promised = code === "Shannon" && ce < Infinity;
      const values = [l, ce, h, ...(promised ? [ce + 1] : [])];
      const axes = { left, top, width, height, x: [0, STOPS.length - 1], y: ends(values) };
      plane.draw(axes);
      const bottom = top + height;
      const x = plane.x(toLevel(sent));
      const tip = mean === null ? bottom : clamp(plane.y(mean), top, bottom);

      drawPromise(state, numbers, box);
      drawScale(axes, plural(sent, "symbol"));
      drawUnavoidable(h, axes);
      drawBand(ce, promised && isShown, axes);
      plane.pen("path", "sent", { class: "guide",
        "data-mark": "x-sent y-sent x=sent top=bits_per_symbol", d: path`M${x},${bottom} V${tip}` });
      drawLevel("price", "expected_bits", isShown ? l : Infinity, axes);
      drawLevel("curve role-q", "cross_entropy", isShown ? ce : Infinity, axes);
      drawMeans(state, n);
      pen("circle", "head", { class: "head", "data-mark": "x-sent y-sent x=sent y=bits_per_symbol",
        cx: x, cy: tip, r: 4, visibility: mean === null ? "hidden" : "visible" });
      drawNames(values, isShown, axes);
      // Its number stands in the heading, where it hides no part of the curve.
      handle.guide(left, left + width, bottom);
      handle.draw(x, bottom, "");
    },
  };
}

// ---- The message, as it arrives ----

const SHOWN = 24; // symbols

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
function drawMessage(pen, { p, labels, seed, sent }, words, width, bottom) {
  const { symbols } = messageOf(p, seed);
  const names = letters(labels);
  const bits = words.map((word) => (word === null ? "∞" : wordText(word)));
  const widths = bits.map((text) => Math.max(9 * text.length, 9) + 5);
  const { first, room } = firstShown(symbols, sent, widths, width);
  let x = first > 0 ? room : 0;
  pen("text", "nothing sent",
    { class: "tick start", x: 0, y: bottom - 6, text: sent ? "" : "nothing sent yet" });
  for (let i = 0; i < SHOWN; i += 1) {
    const k = symbols[first + i];
    const symbol = { x, width: widths[k], bits: bits[k], letter: names[k], look: shareOf(k),
      visibility: "visible" };
    drawSlot(pen, i, first + i < sent ? symbol : NOTHING, bottom);
    x += widths[k] + 3;
  }
}

// ---- All of it ----

function picture(frame) {
  const labels = frame.model.get("labels");
  const pen = createPen(frame.svg);
  defineHatches(frame.svg);
  const bars = {
    p: createBars(frame, pen, "p", { lockable: false }),
    q: createBars(frame, pen, "q"),
  };
  const table = createWords(frame, pen);
  const means = createMeans(frame, pen);

  function drawBars({ p, q }, right, top, bottom) {
    const left = 20;
    const places = pairs(labels.length,
      { left, right, narrowest: 12, widest: 36, share: 0.36, gap: 8 });
    const { x, width } = places;
    drawAxis(pen, [0, 1], { left, right, top, bottom });
    labels.forEach((label, k) => pen("text", `name ${k}`, {
      class: "label", "data-tick": `x-class ${k}`,
      x: places.middle(k), y: bottom + 33, text: shorten(label, 68) }));
    drawLetters(pen, labels.length, places, bottom + 16);
    bars.p.draw(p, { x: (k) => x(k, 0), width, top, bottom });
    bars.q.draw(q, { x: (k) => x(k, 1), width, top, bottom, lockY: bottom + 50 });
  }

  return {
    draw(state, numbers, width, height) {
      const narrow = width < 560;
      const words = codewords(numbers.lengths);
      const y = narrow
        ? { bars: 104, words: 188, rows: 92, budget: 310, promise: 386, means: 464 }
        : { bars: 124, words: 16, rows: 150, budget: 208, promise: 268, means: 322 };
      drawBars(state, narrow ? width : 270, 28, y.bars);
      table.draw(state, numbers.lengths, words, {
        left: narrow ? 0 : 306,
        right: width,
        top: y.words,
        pitch: Math.min(44, y.rows / labels.length),
      });
      drawBudget(pen, refusalOf(frame, state, numbers), labels, numbers, words,
        { width, top: y.budget, below: narrow });
      means.draw(state, numbers, {
        left: 36, top: y.means, width: width - 36 - 90, height: height - 74 - y.means,
        end: width, promiseTop: y.promise, narrow });
      drawMessage(pen, state, words, width, height - 1);
    },
  };
}

// ---- What the picture shows, in words ----

function describe(state, numbers) {
  const { p, q, labels, code, sent } = state;
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
  return `Bars of p and q, the words of a prefix code (${code}), and the mean bits per symbol as ` +
    `symbols arrive from p. For each class p, q and its word: ${each}. The words spend ` +
    `${format(numbers.kraft_sum)} of Kraft's budget of 1. ${soFar}, and H(p) is ` +
    `${format(numbers.entropy)} bits.`;
}

export default defineExplorable({
  name: "CodeBook",
  shape: ({ labels }) => JSON.stringify(labels),
  rules: { lengths: kraftFault },
  quantities,
  readouts: [
    { quantity: "bits_per_symbol", label: "mean so far", unit: "bits", said: "mean so far",
      show: (mean) => (mean === null ? "–" : format(mean)), stays: true },
    { quantity: "expected_bits", label: "price <i>L</i>", unit: "bits", show: showPrice,
      said: "price" },
    { quantity: "cross_entropy", label: "<i>H</i>(<i>p</i>, <i>q</i>)", role: "q", unit: "bits",
      show: showPrice },
    { quantity: "entropy", label: "<i>H</i>(<i>p</i>)", role: "p", unit: "bits" },
  ],
  ledger,
  describe,
  choices: [{ trait: "code", label: "Code" }],
  actions: [{ ...run, primary: true }],
  picture,
});
