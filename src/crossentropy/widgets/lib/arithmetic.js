// Arithmetic coding, exact to the last bit: all intervals are held in whole numbers.

const CUT = 64; // a cut is a whole number of 2⁻⁶⁴

// Where the parts of [0, 1) begin and end. Rounding leaves nothing for a class that is ruled out.
export function edgesOf(q) {
  const last = q.findLastIndex((qk) => qk > 0);
  let sum = 0;
  return [0, ...q.map((qk, k) => (k < last ? Math.min((sum += qk), 1) : 1))];
}

// The interval of some symbols; how many bits all numbers within begin with; and the shortest word
// whose own interval lies within, where that begins in it, and its share of it. A symbol that is ruled
// out leaves no interval, and no word.
/** @param {number[]} edges @param {number[]} symbols */
export function coding(edges, symbols) {
  const cuts = edges.map((edge) => BigInt(Math.floor(edge * 2 ** CUT)));
  let low = 0n;
  let width = 1n;
  for (const k of symbols) {
    low = (low << BigInt(CUT)) + width * cuts[k];
    width *= cuts[k + 1] - cuts[k];
  }
  const digits = CUT * symbols.length; // of the whole numbers, after the point
  const interval = { low: Number(low) / 2 ** digits, width: Number(width) / 2 ** digits };
  if (width === 0n) return { ...interval, fixed: null, word: null, inside: null };
  const last = low + width - 1n;
  const below = (bits) => BigInt(digits - bits);
  let fixed = 0;
  while (fixed < digits && low >> below(fixed + 1) === last >> below(fixed + 1)) fixed += 1;
  for (let bits = fixed; ; bits += 1) {
    const step = 1n << below(bits);
    const number = (low + step - 1n) / step;
    if ((number + 1n) * step > low + width) continue;
    const inside = [number * step - low, step].map((part) => Number(part) / Number(width));
    return { ...interval, fixed, word: bits ? number.toString(2).padStart(bits, "0") : "", inside };
  }
}
