import {
  brief, circle, createButton, createPlane, defineExplorable, defineHatches, drawLength, format,
  fromLog, path, picture, plural, sum, surprisalInBits, track, written,
} from "./lib/kit.js";
import { SHOWN, read } from "./lib/letter_models.js";

const NONE = "·"; // a letter that was not guessed

// ---- The numbers ----

// A guess gets the share `sure`, and the model's guesses share the rest.
function yourShare({ letters, guesses, sure }, t, { of, own }) {
  const guess = guesses[t] ?? NONE;
  if (guess === NONE) return own;
  return guess === letters[t] ? sure : ((1 - sure) * own) / (1 - of(guess));
}

const isGuessed = ({ guesses }, t) => (guesses[t] ?? NONE) !== NONE;
const mean = (values) => (values.length ? sum(values) / values.length : null);

function quantities(state) {
  const { letters, place, gzip, guesses } = state;
  const said = read(state);
  const paid = said.slice(0, place + 1).map((each) => each.paid);
  const yours = paid.map((_, t) => surprisalInBits(yourShare(state, t, said[t])));
  const guessed = [...paid.keys()].filter((t) => isGuessed(state, t));
  const { likely = [] } = said[place + 1] ?? {};
  return {
    surprise: paid[place],
    bill: sum(paid),
    bits_per_letter: sum(paid) / (place + 1),
    gzip_bits: 8 * gzip[place],
    q: likely.length ? [...likely, Math.max(1 - sum(likely), 0)] : [],
    your_bill: guessed.length ? sum(yours) : null,
    guessed: guessed.length,
    right: guessed.filter((t) => guesses[t] === letters[t]).length,
    your_mean: mean(guessed.map((t) => yours[t])),
    model_mean: mean(guessed.map((t) => paid[t])),
  };
}

function ledger({ place }, { bill, surprise, bits_per_letter: each }) {
  return [
    ["∑ −log₂ q(y_s | before), the last apart", written`${bill - surprise} + ${surprise}`, bill],
    ["= −log₂ ∏ q(y_s | before)", `−log₂ ${fromLog(-bill * Math.LN2)}`, bill],
    ["= letters · bits a letter", `${place + 1} · ${format(each)}`, each * (place + 1)],
  ];
}

// ---- Signs ----

const SIGNS = { " ": "·", "\n": "¶" };
const WORDS = { " ": "blank", "\n": "new line" };
const signOf = (letter) => SIGNS[letter] ?? letter;
const wordOf = (letter) => WORDS[letter] ?? letter;
const quoted = (letter) => WORDS[letter] ?? `“${letter}”`;

// ---- Guessing ----

const isOver = ({ letters, place }) => place >= letters.length - 1;

function guess(frame, letter) {
  const { guesses, place } = frame.state;
  if (isOver(frame.state)) return;
  const t = place + 1;
  frame.set({ place: t,
    guesses: guesses.slice(0, t).padEnd(t, NONE) + letter + guesses.slice(t + 1) });
}

const show = (frame) => frame.set({ place: isOver(frame.state) ? 0 : frame.state.place + 1 });

// ---- What has been read: the surprise of each letter ----

const SLOTS = 18; // of a letter: those before a window's end, and the one that is asked for
const TOPS = [6, 9, 12, 18, 24, 36, 60]; // bits

function ribbon(frame, pen) {
  defineHatches(frame.svg);
  const plane = createPlane(pen, { id: "read" });
  const ask = createButton(pen, "Type the next letter", () => ask.node.focus(), { rx: 4 });
  // Any key that writes a letter, wherever in the picture.
  frame.svg.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const presses = key === " " && target !== ask.node && target.closest("[role=button]");
    if ([...key].length > 1 || presses || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    guess(frame, key);
  }, { capture: true, signal: frame.signal });

  function drawBars(said, first, last) {
    const boxes = said.slice(first, last + 1).map(({ paid }, i) => {
      const x = plane.x(first + i);
      return path`M${x - 6},${plane.y(0)} V${plane.y(paid)} H${x + 6} V${plane.y(0)} Z`;
    });
    pen.path("paid", "bar role-q", "x-read y-read boxes=paid", boxes.join(""));
  }

  function drawYours(state, said, first, last) {
    const dots = [];
    for (let t = first; t <= last; t += 1) {
      if (!isGuessed(state, t)) continue;
      dots.push(circle(plane.x(t), plane.y(surprisalInBits(yourShare(state, t, said[t]))), 4.5));
    }
    pen.path("yours", "now", "x-read y-read points=yours", dots.join(""));
  }

  function drawLetters({ letters, place }, first, bottom) {
    for (let t = first; t < first + SLOTS; t += 1) {
      pen.text(`letter ${t - first}`, "tick middle", plane.x(t), bottom + 19,
        t <= place ? signOf(letters[t]) : "");
    }
    const asked = place + 1 < letters.length;
    const x = plane.x(place + 1) + 3;
    ask.draw(asked ? "?" : "", { x: x - 11, y: bottom + 2, width: 22, height: 24 },
      { visibility: asked ? null : "hidden" });
  }

  return (state, { surprise }, area) => {
    const { letters, place } = state;
    const said = read(state);
    const first = Math.max(0, Math.min(place + 2, letters.length) - SLOTS);
    const costs = said.map((each, t) => Math.max(each.paid, surprisalInBits(yourShare(state, t, each))));
    const highest = Math.max(...costs);
    const top = TOPS.find((end) => end >= highest) ?? highest;
    plane.draw({ ...area, x: [first - 0.5, first + SLOTS - 0.5], y: [0, top],
      yTicks: [0, top / 3, (2 * top) / 3] });
    pen.text("heading", "label start", area.left - 34, area.top - 12,
      `surprise in bits; ${quoted(letters[place])} cost ${brief(surprise)}`);
    drawBars(said, first, place);
    drawYours(state, said, first, place);
    drawLetters(state, first, area.bottom);
  };
}

// ---- What may come next ----

const ROW = 24;

function next(frame, pen) {
  const rows = Array.from({ length: SHOWN + 1 }, (_, i) => i);
  const names = () => read(frame.state)[frame.state.place + 1]?.names ?? [];
  const buttons = rows.slice(0, SHOWN).map((i) => createButton(pen, "", () => {
    const name = names()[i];
    if (name !== undefined) guess(frame, name);
  }, { look: "face row", rx: 4 }));
  return (state, { q }, { left, right, top }) => {
    const shown = names();
    const [from, to] = [left + 44, right - 40];
    pen.text("next", "label start", left, top - 12, "the model’s q of what comes next");
    pen.text("end", "tick start", left, top + 17, q.length ? "" : "That was the last letter.");
    rows.forEach((i) => {
      const y = top + ROW * i;
      const name = q.length ? (i < SHOWN ? shown[i] : "others") : undefined;
      const word = name === undefined ? "" : i < SHOWN ? wordOf(name) : name;
      const written = name === "\n" ? signOf(name) : word; // a row has room for five letters
      if (i < SHOWN) {
        buttons[i].draw(null, { x: left - 4, y, width: right - left + 8, height: ROW - 1 },
          { "aria-label": `Guess ${word}`, "aria-disabled": String(!word) });
      }
      pen.text(`name ${i}`, "end over", left + 38, y + 17, written);
      drawLength(pen, `q ${i}`, { role: "q", mark: `x-chance left=0 width=q:${i}`, x: from, y: y + 4,
        width: (q[i] ?? 0) * (to - from), height: 15, limit: to + 1 });
      pen.text(`chance ${i}`, "start role-q over", from + 6 + (q[i] ?? 0) * (to - from), y + 17,
        word && brief(q[i]));
    });
    const foot = top + ROW * rows.length;
    pen.ruler("chances", "x-chance", 1, [from, to], foot);
  };
}

// ---- The bills, and the reader's stake ----

const BILLS = [["bill", "q"], ["gzip_bits", "error"], ["your_bill", "you"]];

function bills(frame, pen) {
  return (state, numbers, { left, right, top }, { narrow }) => {
    const { gzip, letters, model } = state;
    // Of the whole text, so that the scale stands still while it is read.
    const whole = [sum(read(state).map(({ paid }) => paid)), 8 * gzip[letters.length - 1],
      numbers.your_bill ?? 0];
    const end = 50 * Math.ceil(Math.max(...whole, 1) / 50);
    const [from, to, pitch] = narrow ? [left, right, 36] : [left + 54, right - 86, 21];
    const names = [model, "gzip", "you"];
    BILLS.forEach(([quantity, role], i) => {
      const y = top + pitch * i;
      const paid = numbers[quantity];
      const width = ((paid ?? 0) / end) * (to - from);
      const cost = paid === null ? "–" : `${quantity === "gzip_bits" ? paid : brief(paid)} bits`;
      pen.text(`name of ${quantity}`, "start", left, y + 12, narrow ? `${names[i]} ${cost}` : names[i]);
      drawLength(pen, quantity, { role, mark: `x-bill left=0 width=${quantity}`, x: from,
        y: narrow ? y + 17 : y, width, height: 13, limit: to + 1 });
      pen.text(`bits of ${quantity}`, "start", from + width + 6, y + 12, narrow ? "" : cost);
    });
    pen("path", "sign of yours", { class: "now", d: circle(left - 11, top + 2 * pitch + 7, 4.5) });
    pen.ruler("billed", "x-bill", end, [from, to], top + pitch * 3, "bits");
  };
}

// It ends where the text does.
const place = (frame, pen) => {
  const { length } = frame.state.letters;
  return track({ trait: "place", name: "letters read", ends: [0, Math.max(length - 1, 1)], ticks: [],
    scale: "whole",
    text: (t) => `${plural(t + 1, "letter")} of ${length}` })(frame, pen);
};

const sure = track({ trait: "sure", name: "share that a guess gets", ticks: [],
  keys: { step: 0.05, page: 0.2, fine: 0.01 }, text: (share) => `stake on a guess ${brief(share)}` });

const LAYOUT = {
  wide: {
    columns: [36, ["ribbon place bills", 0.58], 36, ["next sure", 0.42], 6],
    rows: [34, "ribbon next", 66, { place: 0 }, 24, { bills: 44 }, { "bills sure": 0 }, { bills: 24 }, 18],
  },
  narrow: {
    columns: [4, { next: 32 }, ["ribbon place next", 0.58], ["ribbon place", 0.02],
      ["ribbon place bills sure", 0.4], 6],
    rows: [34, "ribbon", 66, { place: 0 }, 44, { "next bills": 112 }, { next: 0 }, 44, { sure: 0 }, 16],
  },
};

// ---- What the picture shows, in words ----

function describe(state, numbers) {
  const { letters, place, model, sure } = state;
  const { q, guessed, right } = numbers;
  const { names } = read(state)[place + 1] ?? {};
  const after = q.length
    ? `For the next letter ${model} has ${names.map((name, i) =>
      `${wordOf(name)} ${format(q[i])}`).join("; ")}; others ${format(q[SHOWN])}.`
    : "That was the last letter.";
  const yours = guessed
    ? `${right} of ${plural(guessed, "guess").replace(/s$/, "es")} were right; with a stake of ` +
      `${format(sure, 2)} these letters cost ${format(numbers.your_mean)} bits each, and the model ` +
      `${format(numbers.model_mean)}; your bill is ${format(numbers.your_bill)} bits.`
    : "Nothing is guessed yet.";
  return `Bars of the surprise of each letter in “${letters.slice(0, place + 1)}”, ${place + 1} of ` +
    `${letters.length} letters; the last one, ${wordOf(letters[place])}, cost ` +
    `${format(numbers.surprise)} bits. ${after} The bill of ${model} is ${format(numbers.bill)} bits, ` +
    `${format(numbers.bits_per_letter)} a letter; that of gzip ${numbers.gzip_bits} bits. ${yours}`;
}

export default defineExplorable({
  name: "NextLetter",
  shape: ({ letters }) => letters,
  quantities,
  readouts: [
    { quantity: "surprise", label: "last letter", role: "q", unit: "bits", said: "last letter" },
    { quantity: "bill", label: "bill", role: "q", unit: "bits", said: "bill" },
    { quantity: "bits_per_letter", label: "a letter", role: "q", unit: "bits" },
    { quantity: "gzip_bits", label: "gzip, after the same book", unit: "bits", show: String },
    { quantity: "your_mean", label: "your score", unit: "bits a guess", stays: true },
    { quantity: "model_mean", label: "the model’s there", role: "q", unit: "bits" },
  ],
  ledger,
  describe,
  choices: { model: "Model" },
  actions: [{ label: "Show it", run: show, primary: true }],
  picture: picture({ place, ribbon, next, bills, sure }, LAYOUT),
});
