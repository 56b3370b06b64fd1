import { createBars } from "./lib/bars.js";
import { clamp } from "./lib/clamp.js";
import { codewords, huffmanLengths, kraftSum, shannonLengths } from "./lib/coding.js";
import { set, svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import { format, plural, shorten, whole } from "./lib/format.js";
import { createHandle } from "./lib/handle.js";
import { crossEntropy, entropy, klDivergence, sum, surprisal } from "./lib/information.js";
import { defineHatches } from "./lib/marks.js";
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

// A function that remembers its last result: a drag of q changes no message.
function remembering(compute) {
  let last = null;
  return (...inputs) => {
    if (!last?.inputs.every((input, i) => input === inputs[i])) {
      last = { inputs, result: compute(...inputs) };
    }
    return last.result;
  };
}

const uniformsOf = remembering(uniforms);

// MOST symbols from p: each is the first class whose cumulative sum exceeds the next number.
// `counts[k][i]` is how often class k is among the first i.
const messageOf = remembering((p, seed) => {
  const numbers = uniformsOf(seed);
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
});

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
const share = (k, attributes) => ({ class: `share class-${k}`, ...attributes });

// ---- The words ----

function createWords(frame, root) {
  const labels = frame.model.get("labels");
  const scale = { left: 0, bit: 20 };
  const x = (bits) => scale.left + bits * scale.bit;
  const heads = [
    ["tick start", "class and word"], ["tick", "bits n"], ["tick role-q", "┆ log₂ 1/q"],
  ].map(([kind, text]) => svg("text", { class: kind, text }));
  root.append(...heads);
  const rows = labels.map((label, k) => {
    const marks = {
      name: svg("text", { class: "label start", text: shorten(label, 45) }),
      cells: svg("path", share(k, { "data-tick": "x-bits cells", "data-mark": `cells=lengths:${k}` })),
      word: svg("text"),
      note: svg("text", { class: "tick start", "data-tick": "x-bits 0" }),
      ideal: svg("path", { class: "ideal", "data-mark": `x-bits x=surprisals:${k}` }),
      length: svg("text", { class: "end" }),
      surprisal: svg("text", { class: "end role-q" }),
    };
    root.append(...Object.values(marks));
    return { ...marks, handle: createLength(frame, k, label, x) };
  });
  const grips = svg("g");
  root.append(grips);
  let gripped = false;

  // One cell a bit; beyond the picture, torn off.
  function cells(n, y, height) {
    if (n === 0 || n === Infinity) return "";
    const end = x(Math.min(n, LONGEST));
    const [top, tooth] = [y - height / 2, height / 4];
    const edge = n > LONGEST
      ? `l5,${tooth} l-5,${tooth} l5,${tooth} l-5,${tooth}` : `v${height}`;
    let d = `M${scale.left},${top} H${end.toFixed(2)} ${edge} H${scale.left} Z`;
    for (let i = 1; i < Math.min(n, LONGEST); i += 1) d += ` M${x(i).toFixed(2)},${top} v${height}`;
    return d;
  }

  return {
    draw({ q, code }, n, words, { left, right, top, pitch }) {
      if (gripped !== (code === "by hand")) {
        gripped = !gripped;
        grips.replaceChildren(...(gripped ? rows.map(({ handle }) => handle.node) : []));
      }
      scale.left = left + 52;
      scale.bit = (right - 112 - scale.left) / LONGEST;
      const columns = [left, right - 64, right];
      heads.forEach((head, i) => set(head, { x: columns[i], y: top }));
      rows.forEach((row, k) => {
        const y = top + 10 + pitch * (k + 0.5);
        const height = Math.min(24, 0.6 * pitch);
        const text = words[k] ? wordText(words[k]) : "";
        const at = Array.from(text, (_, i) => x(i + 0.5).toFixed(2)).join(" ");
        const bits = inBits(surprisal(q[k]));
        set(row.name, { x: left, y: y + 5 });
        set(row.cells, { d: cells(n[k], y, height) });
        set(row.word, { x: at, y: y + 5, text });
        set(row.note, { x: scale.left, y: y + 5,
          text: n[k] === Infinity ? "no word" : n[k] === 0 ? "the empty word" : "" });
        // Above and below the word, to leave its bits legible.
        const stroke = `v${(pitch - height) / 2 - 1}`;
        set(row.ideal, { d: bits > LONGEST
          ? "" : `M${x(bits).toFixed(2)},${y - pitch / 2 + 1} ${stroke} m0,${height} ${stroke}` });
        set(row.length, { x: columns[1], y: y + 5, text: format(n[k], 0) });
        set(row.surprisal, { x: columns[2], y: y + 5, text: format(bits, 2) });
        if (gripped) row.handle.draw(x(n[k]) + 9, y, ""); // beside the last bit
      });
    },
  };
}

// From a frame to what was refused last, and the lengths at which that is true.
const refusals = new WeakMap();

// The grip at the end of word k, when the code is made by hand.
function createLength(frame, k, label, at) {
  const lengths = () => frame.model.get("lengths");
  return createHandle({
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

function createBudget(frame, root) {
  const labels = frame.model.get("labels");
  const title = svg("text", { class: "label start" });
  const status = svg("text", { role: "status" });
  const room = svg("rect", { class: "room", "data-tick": "x-budget 0 1" });
  const parts = labels.map((_, k) => ({
    rect: svg("rect", share(k, { "data-mark": `x-budget left=spent_before:${k} width=cost:${k}` })),
    text: svg("text"),
  }));
  const unspent = svg("text", { class: "tick middle" });
  const wall = svg("path", { class: "wall", "data-mark": "x-budget x=1" });
  root.append(title, status, room);
  for (const { rect, text } of parts) root.append(rect, text);
  root.append(unspent, wall);

  function statusText(refused, spent) {
    if (refused) return refused.text;
    if (Math.abs(spent - 1) < 1e-9) return "all of it is spent";
    return `${fraction(1 - spent)} is not spent`;
  }

  return {
    draw({ code }, { lengths: n, kraft_sum: spent }, words, { width, top, below }) {
      const last = refusals.get(frame);
      const refused = code === "by hand" && last?.lengths === String(n) ? last : null;
      const height = 26;
      const limit = width - 2;
      let start = 1;
      set(title, { x: 0, y: top, text: `Kraft budget: Z = ∑ 2⁻ⁿ = ${fraction(spent)} of 1` });
      set(status, {
        class: `${refused ? "label" : "tick"} ${below ? "start" : "end"}`,
        x: below ? 0 : width,
        y: below ? top + 54 : top,
        text: statusText(refused, spent),
      });
      set(room, { x: 1, y: top + 9, width: limit - 1, height });
      // In the order of the words, which is that of binary fractions.
      const order = [...parts.keys()].sort((j, k) => n[j] - n[k] || j - k);
      for (const k of order) {
        const size = (limit - 1) * 2 ** -n[k];
        const text = [`${labels[k]} ${words[k]}`, words[k] ?? "", ""].find((candidate) =>
          textWidth(candidate) < size - 6 || candidate === "");
        set(parts[k].rect, { x: start.toFixed(2), y: top + 9, height, width: size.toFixed(2) });
        set(parts[k].text, { x: (start + size / 2).toFixed(2), y: top + 27, text });
        start += size;
      }
      set(unspent, { x: ((start + limit) / 2).toFixed(2), y: top + 27,
        text: limit - start > 58 ? "not spent" : "" });
      set(wall, { d: `M${limit},${top + 4} v${height + 10}` });
    },
  };
}

// ---- The running mean ----

const TICKS = [0, 100, 1000, MOST].map(toLevel);
const PROMISES = {
  Huffman: ["Huffman’s promise, H(q) ≤ L < H(q) + 1,", "is for messages from q."],
  Shannon: ["Shannon’s promise, H(p, q) ≤ L < H(p, q) + 1,", "is for every p."],
  "by hand": ["The budget’s promise, H(p) ≤ L,", "is for every code."],
};

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

function createMeans(frame, root) {
  const promise = [svg("text", { class: "label start" }), svg("text", { class: "label start" })];
  const here = svg("text", { class: "label end" });
  const heading = svg("text", { class: "label start" });
  const plane = createPlane(root, {
    id: "sent",
    xValue: fromLevel,
    xTicks: TICKS,
    xText: (level) => whole(fromLevel(level)),
  });
  const scale = [svg("text", { class: "tick" }), svg("text", { class: "tick" })];
  const unavoidable = svg("rect",
    { class: "length role-entropy", "data-mark": "y-sent top=entropy" });
  const unavoidableName = svg("text", { class: "end", text: "no prefix code averages less" });
  const band = svg("rect",
    { class: "band", "data-mark": "y-sent bottom=promise:0 top=promise:1" });
  const guide = svg("path",
    { class: "guide", "data-mark": "x-sent y-sent x=sent top=bits_per_symbol" });
  const price = svg("path", { class: "price", "data-mark": "y-sent y=expected_bits" });
  const model = svg("path", { class: "curve role-q", "data-mark": "y-sent y=cross_entropy" });
  const path = svg("path", { class: "curve", "data-mark": "x-sent y-sent path=mean_after" });
  plane.window.append(unavoidable, band, guide, price, model, path);
  const head = svg("circle",
    { class: "head", r: 4, "data-mark": "x-sent y-sent x=sent y=bits_per_symbol" });
  const levels = [
    ["start letter", "expected_bits"], ["start role-q", "cross_entropy"],
    ["start role-p", "entropy"], ["tick start", "promise:1"],
  ].map(([kind, quantity]) => ({
    node: svg("text", { class: kind }),
    leader: svg("path", { class: "rule", "data-mark": `y-sent start=${quantity}` }),
  }));
  const sent = createHandle({
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
  root.append(...promise, here, heading, ...scale, unavoidableName, head,
    ...levels.flatMap(({ leader, node }) => [leader, node]), sent.node);
  let drawn = ""; // what the path was drawn for

  function drawPromise(state, { expected_bits: l, cross_entropy: ce, entropy: h }, box) {
    const { code } = state;
    const { end, promiseTop: y, narrow } = box;
    const [what, forWhom] = l === Infinity
      ? ["A class that p sends has no word in this code:", "L = ∞."] : PROMISES[code];
    const below = code === "by hand"
      ? `L − H(p) = ${format(l - h)}` : `L − H(p, q) = ${format(l - ce)}`;
    set(promise[0], { x: 0, y, text: narrow ? what : `${what} ${forWhom}` });
    set(promise[1], { x: 0, y: y + 20, text: narrow ? forWhom : "" });
    const isSaid = isPriceShown(state) && l < Infinity;
    set(here, { x: end, y: y + (narrow ? 40 : 20), text: isSaid ? `Here ${below}.` : "" });
  }

  function drawLevels(values, { left, top, width, height, y }) {
    const right = left + width;
    const wanted = values.map(([, value]) => Math.max(plane.y(value), top - 30));
    const placed = spread(wanted, 17, top - 6, top + height);
    levels.forEach(({ node, leader }, i) => {
      const [name, value] = values[i] ?? ["", Infinity];
      const endless = value === Infinity;
      const shown = endless && name ? `${name} = ∞` : name;
      set(node, { x: right + 16, y: ((placed[i] ?? 0) + 5).toFixed(2), text: shown });
      set(leader, { d: endless
        ? "" : `M${right + 2},${wanted[i].toFixed(2)} L${right + 12},${placed[i].toFixed(2)}` });
    });
    y.forEach((value, i) => set(scale[i], {
      x: left - 8,
      y: (plane.y(value) + 5).toFixed(2),
      "data-tick": `y-sent ${value}`,
      text: format(value, value < 100 ? 1 : 0),
    }));
  }

  const across = (value, left, width) =>
    Number.isFinite(value) ? `M${left},${plane.y(value).toFixed(2)} h${width}` : "";

  function drawPath({ p, seed, sent: count }, { lengths: n }, box) {
    const key = [count, seed, n, p, Object.values(box)].join(" ");
    if (key === drawn) return;
    drawn = key;
    const { counts } = messageOf(p, seed);
    const stops = [...STOPS.filter((stop) => stop > 0 && stop < count), count];
    set(path, { d: count
      ? plane.line(stops.map(toLevel), stops.map((stop) => meanBits(counts, n, stop))) : "" });
  }

  return {
    draw(state, numbers, box) {
      const { left, top, width, height } = box;
      const { code } = state;
      const { cross_entropy: ce, entropy: h, bits_per_symbol: mean } = numbers;
      const isShown = isPriceShown(state);
      const promised = code === "Shannon" && ce < Infinity;
      const levelsNow = [["L", numbers.expected_bits], ["H(p, q)", ce], ["H(p)", h],
        ...(promised ? [["H(p, q) + 1", ce + 1]] : [])];
      const y = ends(levelsNow.map(([, value]) => value));
      const named = levelsNow.map((level) =>
        isShown || level[0] === "H(p)" ? level : ["", Infinity]);
      const axes = { left, top, width, height, x: [0, STOPS.length - 1], y };
      plane.draw(axes);
      const soFar = plural(state.sent, "symbol");
      set(heading, { x: left, y: top - 10, text: `mean bits per symbol, after ${soFar}` });
      drawPromise(state, numbers, box);
      drawLevels(named, axes);
      const floor = plane.y(h);
      set(unavoidable, { x: left - 4, y: floor.toFixed(2), width: width + 8,
        height: Math.max(top + height + 4 - floor, 0).toFixed(2) });
      set(unavoidableName, { x: left + width - 6, y: (floor + 17).toFixed(2), visibility:
        top + height - floor > 24 ? "visible" : "hidden" });
      const roof = promised ? plane.y(ce + 1) : top;
      set(band, { x: left, y: roof.toFixed(2), width,
        height: promised && isShown ? (plane.y(ce) - roof).toFixed(2) : 0 });
      set(price, { d: isShown ? across(numbers.expected_bits, left, width) : "" });
      set(model, { d: isShown ? across(ce, left, width) : "" });
      drawPath(state, numbers, axes);

      const x = plane.x(toLevel(state.sent));
      const bottom = top + height;
      const tip = mean === null ? bottom : clamp(plane.y(mean), top, bottom);
      set(guide, { d: `M${x.toFixed(2)},${bottom} V${tip.toFixed(2)}` });
      set(head, {
        cx: x.toFixed(2), cy: tip.toFixed(2), visibility: mean === null ? "hidden" : "visible" });
      // Its number stands in the heading, where it hides no part of the curve.
      sent.draw(x, bottom, "");
    },
  };
}

// ---- The message, as it arrives ----

const SHOWN = 24; // symbols

function createStrip(frame, root) {
  const labels = frame.model.get("labels");
  const names = letters(labels);
  const title = svg("text", { class: "tick start", text: "nothing sent yet" });
  const slots = Array.from({ length: SHOWN }, (_, i) => ({
    rect: svg("rect", { height: 20, rx: 2, "data-mark": `slot=${i}` }),
    bits: svg("text"),
    letter: svg("text", { class: "tick middle" }),
  }));
  root.append(title, ...slots.flatMap(({ rect, bits, letter }) => [rect, bits, letter]));

  return {
    // The newest symbol is the last one; once there is no room, it stands at the right.
    draw({ p, seed, sent }, words, { width, bottom }) {
      const { symbols } = messageOf(p, seed);
      set(title, { x: 0, y: bottom - 6, text: sent ? "" : "nothing sent yet" });
      const bits = words.map((word) => (word === null ? "∞" : wordText(word)));
      const widths = bits.map((text) => Math.max(9 * text.length, 9) + 5);
      let [room, first] = [width, sent];
      while (first > Math.max(sent - SHOWN, 0) && room >= widths[symbols[first - 1]] + 3) {
        first -= 1;
        room -= widths[symbols[first]] + 3;
      }
      let x = first > 0 ? room : 0;
      slots.forEach((slot, i) => {
        const k = first + i < sent ? symbols[first + i] : null;
        const shown = k === null ? { visibility: "hidden" } : { visibility: "visible" };
        if (k !== null) {
          const middle = (x + widths[k] / 2).toFixed(2);
          set(slot.rect, share(k, { x: x.toFixed(2), y: bottom - 21, width: widths[k] }));
          set(slot.bits, { x: middle, y: bottom - 6, text: bits[k] });
          set(slot.letter, { x: middle, y: bottom - 27, text: names[k] });
          x += widths[k] + 3;
        }
        for (const node of Object.values(slot)) set(node, shown);
      });
    },
  };
}

// ---- All of it ----

function picture(frame) {
  const labels = frame.model.get("labels");
  const root = frame.svg;
  root.style.setProperty("--hatch-q", defineHatches(root)("q"));
  const axis = svg("path", { class: "rule", "data-tick": "y-p 0" });
  const ticks = [0, 1].map((value) =>
    svg("text", { class: "tick", "data-tick": `y-p ${value}`, text: format(value, 0) }));
  const names = labels.map((label, k) =>
    svg("text", { class: "label", "data-tick": `x-class ${k}`, text: shorten(label, 68) }));
  const sides = labels.map((_, k) => ["p", "q"].map((name) => svg("text",
    { class: `letter role-${name}`, "data-tick": `x-${name} ${k}`, text: name })));
  root.append(axis, ...ticks, ...names, ...sides.flat());
  const bars = {
    p: createBars(frame, root, "p", { lockable: false }),
    q: createBars(frame, root, "q"),
  };
  const table = createWords(frame, root);
  const budget = createBudget(frame, root);
  const means = createMeans(frame, root);
  const strip = createStrip(frame, root);

  function drawBars({ p, q }, right, top, bottom) {
    const left = 20;
    const group = (right - left) / p.length;
    const width = Math.min(36, Math.max(12, group * 0.36));
    const gap = Math.min(8, group * 0.06);
    const x = (k, side) => left + group * (k + 0.5) + (side ? gap / 2 : -gap / 2 - width);
    set(axis, { d: `M${left},${bottom} H${right}` });
    ticks.forEach((tick, value) => set(tick, { x: left - 6, y: (value ? top : bottom) + 4 }));
    labels.forEach((_, k) => {
      sides[k].forEach((letter, side) =>
        set(letter, { x: x(k, side) + width / 2, y: bottom + 16 }));
      set(names[k], { x: left + group * (k + 0.5), y: bottom + 33 });
    });
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
      budget.draw(state, numbers, words, { width, top: y.budget, below: narrow });
      means.draw(state, numbers, {
        left: 36, top: y.means, width: width - 36 - 90, height: height - 74 - y.means,
        end: width, promiseTop: y.promise, narrow });
      strip.draw(state, words, { width, bottom: height - 1 });
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
    { quantity: "bits_per_symbol", label: "mean so far", unit: "bits",
      show: (mean) => (mean === null ? "–" : format(mean)) },
    { quantity: "expected_bits", label: "price <i>L</i>", unit: "bits", show: showPrice },
    { quantity: "cross_entropy", label: "<i>H</i>(<i>p</i>, <i>q</i>)", role: "q", unit: "bits",
      show: showPrice },
    { quantity: "entropy", label: "<i>H</i>(<i>p</i>)", role: "p", unit: "bits" },
  ],
  ledger,
  describe,
  choices: [{ trait: "code", label: "Code" }],
  actions: [run],
  picture,
});
