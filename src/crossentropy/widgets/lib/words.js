// The words of a code as cells, one a bit, beside the surprisals that their lengths round; by hand,
// with a grip at the end of each, and Kraft's budget.

import { byLength, codewords, kraftSum } from "./coding.js";
import {
  brief, createHandle, format, path, plural, SCHEMAS, shorten, sum, surprisal, torn, UNITS,
} from "./kit.js";

const { of: BITS } = SCHEMAS.CodeBook.lengths;
const LONGEST = BITS.most; // of a word by hand; longer words of other codes stand torn off

export const wordText = (word) =>
  (word.length > LONGEST ? `${word.slice(0, LONGEST - 1)}…` : word);

// What belongs to class k: the bits of its word, its part of the budget, its place in a message.
export const shareOf = (k) => `share class-${k}`;

// A part of a picture. `averages` gives what a word costs on average, and what q asks for, as texts:
// (state, numbers) => [price, ideal].
export const words = (averages) => (frame, pen) => {
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
    pen.path(`cells ${k}`, shareOf(k), `cells=lengths:${k}`, cells(n, y, height),
      { "data-tick": "x-bits cells" });
    const text = word ? wordText(word) : "";
    pen.text(`word ${k}`, null,
      Array.from(text, (_, i) => path`${x(i + 0.5)}`).join(" "), y + 5, text);
    pen.text(`note ${k}`, "tick start", scale.left, y + 5,
      n === Infinity ? "no word" : n === 0 ? "the empty word" : "", { "data-tick": "x-bits 0" });
  }

  // What q would have the word cost. Its mark is above and below the word, whose bits stay legible.
  function drawSurprisal(k, bits, y, height) {
    const stroke = path`v9 m0,${height - 8} v9`;
    pen.path(`surprisal ${k}`, "ideal", `x-bits x=surprisals:${k}`,
      bits > LONGEST ? "" : path`M${x(bits)},${y - height / 2 - 5} ${stroke}`);
  }

  // The length of a word and the surprisal beside it, or what they are on average.
  const drawNumbers = (key, texts, right, y) => texts.forEach((text, i) => pen.text(
    `number ${i} of ${key}`, i ? "end role-q" : "end", right - 62 * (1 - i), y + 5, text));

  return (state, numbers, { left, right, top, bottom }) => {
    const { lengths: n } = numbers;
    const shown = codewords(n);
    scale.left = left + 44;
    scale.bit = (right - 98 - scale.left) / LONGEST;
    const rows = bottom - top - (code === "by hand" ? 86 : 12);
    const pitch = Math.min(60, rows / (labels.length + 1));
    const height = Math.min(30, 0.56 * pitch);
    const y = (k) => top + 10 + pitch * (k + 0.5);
    pen.text("bits", "tick end", right - 62, top, "bits");
    pen.text("ideal", "tick end role-q", right, top, "┆ log₂ 1/q");
    labels.forEach((label, k) => {
      const bits = surprisal(state.q[k]) / UNITS.bits;
      pen.text(`name of word ${k}`, "label start", left, y(k) + 5, shorten(label, 40));
      drawWord(k, n[k], shown[k], y(k), height);
      drawSurprisal(k, bits, y(k), height);
      drawNumbers(k, [format(n[k], 0), brief(bits)], right, y(k));
    });
    const last = y(labels.length);
    pen.path("sum", "rule", null, path`M${left},${last - pitch / 2} H${right}`);
    pen.text("average", "label start", left, last + 5, "mean over p: L, H(p, q)");
    drawNumbers("average", averages(state, numbers), right, last);
    drawHand(numbers, y, { left, right, top: bottom - 60 });
  };
};

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
  pen.text("budget", "label start", left, top, `Kraft’s budget: ∑ 2⁻ⁿ = ${fraction(spent)} of 1`);
  pen.rect("room", "room", null, part(0, 1), { "data-tick": "x-budget 0 1" });
  n.forEach((nk, k) => pen.rect(`part ${k}`, shareOf(k),
    `x-budget left=spent_before:${k} width=cost:${k}`, part(before(k), 2 ** -nk)));
  pen.path("wall", "wall", "x-budget x=1", path`M${right - 2},${top + 5} v32`);
  const status = Math.abs(spent - 1) < 1e-9
    ? "all of it is spent" : `${fraction(1 - spent)} is not spent`;
  pen.text("budget status", refusal ? "label start" : "tick start", left, top + 54,
    refusal ?? status, { role: "status" });
}
