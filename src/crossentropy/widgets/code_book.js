import { pair } from "./lib/bars.js";
import { codewords, huffmanLengths, kraftSum, shannonLengths } from "./lib/coding.js";
import {
  brief, crossEntropy, defineExplorable, entropy, format, inBits, klDivergence, picture, plural,
  plus, sum, surprisalInBits, written,
} from "./lib/kit.js";
import { meanBits } from "./lib/message.js";
import { means } from "./lib/running_mean.js";
import { isPriceShown, message, messageOf, run } from "./lib/sending.js";
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

const showPrice = (bits, state) => (isPriceShown(state) ? format(bits) : "–");

// What the words cost on average, and what q asks for.
const averages = (state, { expected_bits: price, cross_entropy: ce }) =>
  [price, ce].map((bits) => (isPriceShown(state) ? brief(bits) : "–"));

// ---- The ledger ----

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

// ---- Both views: the bars of p and q, and beside or below them what the view has ----

const bars = pair({ ticks: [0, 1], widest: 36, locks: ["q"] });

const LAYOUT = {
  wide: {
    columns: [20, ["bars", 0.52], 32, { "words message": 34 }, ["means", 0.48],
      { "words message": 104 }],
    rows: [16, { words: 12 }, "bars means", { bars: 16 }, 21, { message: 40 }, { words: 1 }],
  },
  narrow: {
    columns: [{ "words message": 20 }, { bars: 14 }, "means", { "bars words message": 104 }],
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
  first: () => "q:0",
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
