// The likelihood of a coin's labels as a computer of each precision multiplies it out.

// Adding a number so large that the sum keeps only the bits of a float16, and taking it away again,
// rounds half to even. How large depends on how many leading zeros x has in steps of 2^-24, the
// smallest float16 above zero; below 2^-14 (21 zeros) the steps get no finer.
const LARGE = Float64Array.from({ length: 33 }, (_, zeros) => 2 ** (49 - Math.min(zeros, 21)));

// x, between 0 and 1, rounded to float16.
function toFloat16(x) {
  const large = LARGE[Math.clz32(x * 2 ** 24)];
  return x + large - large;
}

// How each precision rounds a number between 0 and 1, and the smallest that it has above zero.
export const PRECISIONS = {
  float16: { round: toFloat16, least: 2 ** -24 },
  float32: { round: Math.fround, least: 2 ** -149 },
  float64: { round: (x) => x, least: 2 ** -1074 },
};

// First counts[1] factors θ, then counts[0] factors 1 - θ, one after another: each factor and each
// partial product is rounded.
export function product(counts, theta, round) {
  let value = 1;
  for (const [factor, count] of [[round(theta), counts[1]], [round(1 - theta), counts[0]]]) {
    for (let i = 0; i < count; i += 1) {
      const next = round(value * factor);
      if (next === value) break; // 0, or stuck: the same factor again changes nothing
      value = next;
    }
  }
  return value;
}
