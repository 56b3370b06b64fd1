// A message: symbols that come from p, one after another, and what a code makes of them.

import { clamp } from "./clamp.js";

export const SEEDS = 2 ** 32;

// The first numbers of the generator mulberry32, from 0 to below 1. The i-th depends on seed + i
// times a constant alone, in arithmetic modulo 2^32.
export function uniforms(seed, count) {
  return Float64Array.from({ length: count }, (_, i) => {
    const a = (seed + (i + 1) * 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / SEEDS;
  });
}

// A symbol for each number: the first class whose cumulative sum exceeds it. `counts[k][i]` is how
// often class k is among the first i. (Plain loops: it runs while p is dragged.)
export function drawnFrom(p, numbers) {
  let total = 0;
  const ends = Float64Array.from(p, (pk) => (total += pk));
  const last = p.findLastIndex((pk) => pk > 0); // rounding may leave the last sum below 1
  const symbols = new Uint16Array(numbers.length);
  for (let i = 0; i < numbers.length; i += 1) {
    let k = 0;
    while (k < last && numbers[i] >= ends[k]) k += 1;
    symbols[i] = k;
  }
  const counts = p.map(() => new Uint16Array(numbers.length + 1));
  counts.forEach((count, k) => {
    for (let i = 0; i < symbols.length; i += 1) {
      count[i + 1] = count[i] + (symbols[i] === k ? 1 : 0);
    }
  });
  return { symbols, counts };
}

// The mean bits of the first i symbols; null while there are none.
export function meanBits(counts, lengths, i) {
  if (i === 0) return null;
  let bits = 0;
  for (let k = 0; k < lengths.length; k += 1) if (counts[k][i]) bits += counts[k][i] * lengths[k];
  return bits / i;
}

// How many symbols have been sent moves in stops: one by one at first, then 4% at a time. A level
// counts stops, and goes on between them.
export function createStops(most) {
  const stops = [0];
  while (stops.at(-1) < most) {
    const last = stops.at(-1);
    stops.push(clamp(Math.round(last * 1.04), last + 1, most));
  }
  return {
    stops,
    toLevel(sent) {
      const i = stops.findLastIndex((stop) => stop <= sent);
      return sent === most ? i : i + (sent - stops[i]) / (stops[i + 1] - stops[i]);
    },
    fromLevel(level) {
      const i = Math.min(Math.floor(level), stops.length - 2);
      return Math.round(stops[i] + (level - i) * (stops[i + 1] - stops[i]));
    },
  };
}
