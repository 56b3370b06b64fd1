// The browser's copy of crossentropy.coding: prefix codes, from lengths to words. A class without
// a word has an infinite length. A test holds each function against Python's.

const classes = (lengths) => [...lengths.keys()].filter((k) => lengths[k] < Infinity);

export const byLength = (lengths) => classes(lengths).sort((j, k) => lengths[j] - lengths[k] || j - k);

// Merge the two lightest groups of classes until one is left; each merge makes their words one bit
// longer. Of groups of equal weight, the one whose smallest class index is smaller comes first.
export function huffmanLengths(q) {
  const lengths = q.map((qk) => (qk > 0 ? 0 : Infinity));
  let groups = classes(lengths).map((k) => ({ weight: q[k], first: k, members: [k] }));
  while (groups.length > 1) {
    groups.sort((a, b) => a.weight - b.weight || a.first - b.first);
    const [a, b, ...others] = groups;
    const members = [...a.members, ...b.members];
    for (const k of members) lengths[k] += 1;
    const first = Math.min(a.first, b.first);
    groups = [...others, { weight: a.weight + b.weight, first, members }];
  }
  return lengths;
}

// The least n with 2^-n <= q: −log₂ q rounded up. Halving is exact where a logarithm would round.
function roundedUp(qk) {
  let n = 0;
  for (let share = 1; share > qk; share /= 2) n += 1;
  return n;
}

export function shannonLengths(q) {
  const lengths = q.map((qk) => (qk > 0 ? roundedUp(qk) : Infinity));
  // q may sum to a hair more than 1: then the likeliest class pays for it.
  if (overspends(lengths)) lengths[q.indexOf(Math.max(...q))] += 1;
  return lengths;
}

export const kraftSum = (lengths) => lengths.reduce((total, n) => total + 2 ** -n, 0);

// Whether ∑ 2^-n exceeds 1, exactly: no sum of fractions is rounded.
export function overspends(lengths) {
  let [free, level] = [1, 0]; // words of `level` bits that are still to be had
  for (const k of byLength(lengths)) {
    if (free === 0) return true;
    free = free * 2 ** (lengths[k] - level) - 1;
    level = lengths[k];
    if (free >= lengths.length) return false; // enough for all the others, which are longer
  }
  return false;
}

// The canonical words of lengths that do not overspend: counting in binary, shorter words first,
// of equally long ones that of the smaller index. null is no word.
export function codewords(lengths) {
  const words = lengths.map(() => null);
  let last = null;
  for (const k of byLength(lengths)) {
    last = (last === null ? "" : following(last)).padEnd(lengths[k], "0");
    words[k] = last;
  }
  return words;
}

const following = (word) => word.replace(/01*$/, (tail) => `1${"0".repeat(tail.length - 1)}`);
