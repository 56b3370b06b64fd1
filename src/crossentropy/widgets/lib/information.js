// The browser's copy of crossentropy's formulas, in nats. A test holds each against Python's.

// x log y, with the limit 0 where x is 0, whatever y is.
const xlogy = (x, y) => (x === 0 ? 0 : x * Math.log(y));

export const sum = (values) => values.reduce((total, value) => total + value, 0);

export const UNITS = { nats: 1, bits: Math.LN2 };

export const inBits = (nats) => nats / UNITS.bits;

export const surprisal = (p) => (p === 1 ? 0 : -Math.log(p));

export const surprisalInBits = (p) => inBits(surprisal(p));

// 0 - x rather than -x: a certain outcome has entropy 0, not -0.
export const entropyTerms = (p) => p.map((pk) => 0 - xlogy(pk, pk));

export const entropy = (p) => sum(entropyTerms(p));

export const crossEntropyTerms = (p, q) => p.map((pk, k) => 0 - xlogy(pk, q[k]));

export const crossEntropy = (p, q) => sum(crossEntropyTerms(p, q));

// The ratio is more accurate than the difference of logarithms, until it overflows.
function relativeEntropy(pk, qk) {
  if (pk === 0) return 0;
  const ratio = pk / qk;
  return pk * (Number.isFinite(ratio) ? Math.log(ratio) : Math.log(pk) - Math.log(qk));
}

export const klDivergence = (p, q) => sum(p.map((pk, k) => relativeEntropy(pk, q[k])));

export function logsumexp(logits) {
  const largest = Math.max(...logits);
  return largest + Math.log(sum(logits.map((l) => Math.exp(l - largest))));
}

export function softmax(logits) {
  const largest = Math.max(...logits);
  const weights = logits.map((l) => Math.exp(l - largest));
  const total = sum(weights);
  return weights.map((w) => w / total);
}

export const softmaxJacobian = (logits) => {
  const q = softmax(logits);
  return q.map((qi, i) => q.map((qj, j) => (i === j ? qi * (1 - qi) : -qi * qj)));
};

export const softmaxCrossEntropy = (logits, p) =>
  logsumexp(logits) - sum(p.map((pk, k) => (pk === 0 ? 0 : pk * logits[k])));
