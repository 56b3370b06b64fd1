// The words of a code as cells, one a bit, beside the surprisals that their lengths round; by hand,
// with a grip at the end of each, and Kraft's budget.

import { byLength, kraftSum } from "./coding.js";
import { brief, format, plural, shorten } from "./format.js";
import { createHandle } from "./handle.js";
import { UNITS, sum, surprisal } from "./information.js";
import { torn } from "./marks.js";
import { path } from "./pen.js";
import { SCHEMAS } from "./schema.js";

const { of: BITS } = SCHEMAS.CodeBook.lengths;
const LONGEST = BITS.most; // of a word by hand; longer words of other codes stand torn off

export const wordText = (word) =>
  (word.length > LONGEST ? `${word.slice(0, LONGEST - 1)}…` : word);

// What belongs to class k: the bits of its word, its part of the budget, its place in a message.
export const shareOf = (k) => `share class-${k}`;

// `averages` gives what a word costs on average, and what q asks for, as texts:
// (state, numbers) => [price, ideal].
export function createWords(frame, pen, averages) {
  const { labels, code } = frame.state;
  const scale = { left: 0, bit: 20 };
  const x = (bits) => scale.left + bits * scale.bit;
  const drawHand = code === "by hand" ? createHand(frame, pen, x) : () => {};

  // One cell a bit; beyond the picture, torn off.
  function cells(n, y, height) {
    if (n === 0 || n === Infinity) return "";
    const top = y - height / 2;
    const edge = n > LONGEST ? torn(height, { teeth: 4, depth: 5 }) : path`v${height}`;
    let d = path`M${scale.left},${top} H${x(Math.min(n, LONGEST))} ${edge} H${scale.left} Z`;
    for (let i = 1; i < Math.min(n, LONGEST); i += 1) d += path` M${x(i)},${top} v${height}`;
    return d;
  }

  function drawWord(k, n, word, y, height) {
    pen("path", `cells ${k}`, {
      class: shareOf(k), "data-tick": "x-bits cells", "data-mark": `cells=lengths:${k}`,
      d: cells(n, y, height) });
    const text = word ? wordText(word) : "";
    pen("text", `word ${k}`,
      { x: Array.from(text, (_, i) => path`${x(i + 0.5)}`).join(" "), y: y + 5, text });
    pen("text", `note ${k}`, {
      class: "tick start", "data-tick": "x-bits 0", x: scale.left, y: y + 5,
      text: n === Infinity ? "no word" : n === 0 ? "the empty word" : "" });
  }

  // What q would have the word cost. Its mark is above and below the word, whose bits stay legible.
  function drawSurprisal(k, bits, y, height) {
    const stroke = path`v9 m0,${height - 8} v9`;
    pen("path", `surprisal ${k}`, { class: "ideal", "data-mark": `x-bits x=surprisals:${k}`,
      d: bits > LONGEST ? "" : path`M${x(bits)},${y - height / 2 - 5} ${stroke}` });
  }

  // The length of a word and the surprisal beside it, or what they are on average.
  function drawNumbers(key, texts, right, y) {
    texts.forEach((text, i) => pen("text", `number ${i} of ${key}`,
      { class: i ? "end role-q" : "end", x: right - 62 * (1 - i), y: y + 5, text }));
  }

  return (state, numbers, words, box) => {
    const { left, right, top, bottom } = box;
    const { lengths: n } = numbers;
    scale.left = left + 44;
    scale.bit = (right - 98 - scale.left) / LONGEST;
    const rows = bottom - top - (code === "by hand" ? 86 : 12);
    const pitch = Math.min(60, rows / (labels.length + 1));
    const height = Math.min(30, 0.56 * pitch);
    const y = (k) => top + 10 + pitch * (k + 0.5);
    pen("text", "bits", { class: "tick end", x: right - 62, y: top, text: "bits" });
    pen("text", "ideal", { class: "tick end role-q", x: right, y: top, text: "┆ log₂ 1/q" });
    labels.forEach((label, k) => {
      const bits = surprisal(state.q[k]) / UNITS.bits;
      pen("text", `name of word ${k}`,
        { class: "label start", x: left, y: y(k) + 5, text: shorten(label, 40) });
      drawWord(k, n[k], words[k], y(k), height);
      drawSurprisal(k, bits, y(k), height);
      drawNumbers(k, [format(n[k], 0), brief(bits)], right, y(k));
    });
    const last = y(labels.length);
    pen("path", "sum", { class: "rule", d: path`M${left},${last - pitch / 2} H${right}` });
    pen("text", "average",
      { class: "label start", x: left, y: last + 5, text: "mean over p: L, H(p, q)" });
    drawNumbers("average", averages(state, numbers), right, last);
    drawHand(numbers, y, { left, right, top: bottom - 60 });
  };
}

// ---- By hand: a grip at the end of each word, and Kraft's budget ----

function createHand(frame, pen, x) {
  let refused = null; // a length that would have overspent, and the lengths while that is said
  const grips = frame.state.labels.map((label, k) =>
    createLength(frame, pen, k, label, x, (refusal) => (refused = refusal)));
  return (numbers, y, box) => {
    const { lengths: n } = numbers;
    grips.forEach((grip, k) => grip.draw(x(n[k]) + 9, y(k), "")); // beside the last bit
    drawBudget(pen, numbers, refused?.lengths === String(n) ? refused.text : null, box);
  };
}

function createLength(frame, pen, k, label, at, refuse) {
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
      refuse(n === wanted ? null : {
        lengths: String(after),
        text: `No: ${plural(wanted, "bit")} for ${shorten(label, 68)} would cost ` +
          `${fraction(2 ** -wanted)}, and ${fraction(left)} is left`,
      });
      frame.set({ lengths: after });
    },
  });
}

// 0.375 as 3/8, where that is short.
function fraction(share) {
  for (let parts = 1; parts <= 2 ** LONGEST; parts *= 2) {
    if (Number.isInteger(share * parts)) return share * parts + (parts > 1 ? `/${parts}` : "");
  }
  return format(share);
}

// A word of n bits takes 2⁻ⁿ of it.
function drawBudget(pen, { lengths: n, kraft_sum: spent }, refusal, { left, right, top }) {
  const scale = right - 3 - left;
  // In the order of the words, which is that of binary fractions.
  const order = byLength(n);
  const before = (k) => sum(order.slice(0, order.indexOf(k)).map((j) => 2 ** -n[j]));
  const part = (from, share) =>
    ({ x: left + 1 + scale * from, y: top + 9, width: scale * share, height: 24 });
  pen("text", "budget", { class: "label start", x: left, y: top,
    text: `Kraft’s budget: ∑ 2⁻ⁿ = ${fraction(spent)} of 1` });
  pen("rect", "room", { class: "room", "data-tick": "x-budget 0 1", ...part(0, 1) });
  n.forEach((nk, k) => pen("rect", `part ${k}`, {
    class: shareOf(k), "data-mark": `x-budget left=spent_before:${k} width=cost:${k}`,
    ...part(before(k), 2 ** -nk) }));
  pen("path", "wall",
    { class: "wall", "data-mark": "x-budget x=1", d: path`M${right - 2},${top + 5} v32` });
  pen("text", "budget status", {
    class: refusal ? "label start" : "tick start", role: "status", x: left, y: top + 54,
    text: refusal ?? (Math.abs(spent - 1) < 1e-9
      ? "all of it is spent" : `${fraction(1 - spent)} is not spent`) });
}
