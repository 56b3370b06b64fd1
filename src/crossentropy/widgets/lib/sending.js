// A message of the symbols that come from p, as it is sent: how it goes on, and its newest symbols in a
// picture.

import { codewords } from "./coding.js";
import { createMemo, createRunner, SCHEMAS } from "./kit.js";
import { SEEDS, createStops, drawnFrom, uniforms } from "./message.js";
import { shareOf, wordText } from "./words.js";

export const MOST = SCHEMAS.CodeBook.sent.most;

// A drag of q changes no message, and one of p no numbers.
const [numbersMemo, messageMemo] = [createMemo(), createMemo()];
export const messageOf = ({ p, seed }) => messageMemo([seed, ...p], () =>
  drawnFrom(p, numbersMemo([seed], () => uniforms(seed, MOST))));

const { stops: STOPS, toLevel, fromLevel } = createStops(MOST);
export { STOPS, fromLevel, toLevel };

export const run = createRunner({
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

// The picture asks where the mean will settle. Until something has been sent it does not say.
export const isPriceShown = ({ sent }) => sent > 0;

// ---- The newest symbols, in a row ----

// One letter for a class: its initial, or its number where two begin alike.
function letters(labels) {
  const initials = labels.map((label) => label.slice(0, 1));
  return new Set(initials).size === labels.length && !initials.includes("")
    ? initials : labels.map((_, k) => String(k));
}

const SHOWN = 12; // symbols
const GAP = 3; // pixels between two

// The first of the newest symbols for which there is room, and the room that is left.
function firstShown(symbols, sent, widths, width) {
  let [room, first] = [width, sent];
  while (first > Math.max(sent - SHOWN, 0) && room >= widths[symbols[first - 1]] + GAP) {
    first -= 1;
    room -= widths[symbols[first]] + GAP;
  }
  return { first, room };
}

// A part of a picture.
export function message(frame, pen) {
  const names = letters(frame.state.labels);

  // Bits, and above them the letter of their class k. An empty slot has none.
  function drawSlot(i, k, bits, { x, width, bottom }) {
    pen.rect(`slot ${i}`, shareOf(k ?? 0), `slot=${i}`,
      { x, y: bottom - 21, width, height: 20 }, { rx: 2 });
    pen.text(`bits ${i}`, null, x + width / 2, bottom - 6, bits);
    pen.text(`letter ${i}`, "tick middle", x + width / 2, bottom - 27, names[k] ?? "");
  }

  // The newest symbol is the last one; once there is no room, it stands at the right.
  return (state, { lengths }, { left, right, bottom }) => {
    const { symbols } = messageOf(state);
    const bits = codewords(lengths).map((word) => (word === null ? "∞" : wordText(word)));
    const widths = bits.map((text) => Math.max(9 * text.length, 9) + 5);
    const { first, room } = firstShown(symbols, state.sent, widths, right - left);
    let x = left + (first > 0 ? room : 0);
    pen.text("nothing sent", "tick start", left, bottom - 6, state.sent ? "" : "nothing sent yet");
    for (let i = 0; i < SHOWN; i += 1) {
      const k = first + i < state.sent ? symbols[first + i] : undefined;
      const width = widths[k] ?? 0;
      drawSlot(i, k, bits[k] ?? "", { x, width, bottom });
      x += width + GAP;
    }
  };
}
