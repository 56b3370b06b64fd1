// Models of the next letter of a text: shares of what followed, which back off to a shorter memory.

import { createMemo, sum, surprisalInBits } from "./kit.js";

const DISCOUNT = 0.6;
const MEMORY = { uniform: -1, letters: 0, pairs: 1, triples: 2 };
export const SHOWN = 5; // of the letters that may come next

// What each context was followed by, and all kinds of letters that may be met.
function counted({ letters, contexts, followers }) {
  const after = new Map(contexts.map((context, i) => {
    const times = new Map(Array.from(followers[i].matchAll(/(.)(\d+);/gsu),
      ([, name, count]) => [name, Number(count)]));
    const counts = [...times.values()];
    return [context, { times, total: sum(counts), kinds: counts.filter(Boolean).length }];
  }));
  return { after, kinds: [...new Set([...after.get("")?.times.keys() ?? [], ...letters])].sort() };
}

// The probability of each kind of letter, after the last `memory` letters of `before`.
function chances({ after, kinds }, before, memory) {
  if (memory < 0) return kinds.map(() => 1 / kinds.length);
  const shorter = chances({ after, kinds }, before, memory - 1);
  const context = before.slice(before.length - memory);
  const seen = before.length < memory ? null : after.get(context);
  if (!seen?.total) return shorter;
  return kinds.map((name, k) => (Math.max((seen.times.get(name) ?? 0) - DISCOUNT, 0) +
    DISCOUNT * seen.kinds * shorter[k]) / seen.total);
}

// What a model says at each place of the text: that is the same until the text or the model changes.
const [countedMemo, readMemo] = [createMemo(), createMemo()];
export function read(state) {
  const { letters, contexts, followers, model } = state;
  const known = countedMemo([letters, contexts, followers], () => counted(state));
  return readMemo([known, model], () => Array.from(letters, (letter, t) => {
    const q = chances(known, letters.slice(0, t), MEMORY[model]);
    const likely = [...q.keys()].sort((i, j) => q[j] - q[i] || i - j).slice(0, SHOWN);
    const own = q[known.kinds.indexOf(letter)];
    return {
      of: (name) => q[known.kinds.indexOf(name)] ?? 0,
      names: likely.map((k) => known.kinds[k]),
      likely: likely.map((k) => q[k]),
      own,
      paid: surprisalInBits(own),
    };
  }));
}
