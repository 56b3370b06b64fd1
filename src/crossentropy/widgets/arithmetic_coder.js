import { coding, edgesOf } from "./lib/arithmetic.js";
import {
  brief, clamp, createHandle, createMemo, createTraitHandle, defineExplorable, defineHatches,
  drawLength, format, path, picture, plural, raised, SCHEMAS, scientific, shorten, sum,
  surprisalInBits, written,
} from "./lib/kit.js";

const { most: MOST } = SCHEMAS.ArithmeticCoder.text; // letters

// ---- The numbers ----

const lettersOf = ({ text, coded }) => text.slice(0, coded);
const countsOf = (state) =>
  state.labels.map((_, k) => lettersOf(state).filter((letter) => letter === k).length);

// Nothing costs nothing, even where each would cost infinitely much.
const costs = (counts, q) => sum(counts.map((n, k) => (n ? n * surprisalInBits(q[k]) : 0)));

const memo = createMemo();
const codingOf = (state) => memo([...lettersOf(state), "of", ...state.q],
  () => coding(edgesOf(state.q), lettersOf(state)));

function quantities(state) {
  const { low, width, fixed, word } = codingOf(state);
  const counts = countsOf(state);
  return {
    low,
    high: low + width,
    width,
    loss: surprisalInBits(width),
    least_loss: costs(counts, counts.map((n) => n / sum(counts))),
    bits_fixed: fixed,
    file_bits: word === null ? Infinity : word.length,
  };
}

function ledger(state, { loss, least_loss: least }) {
  const counts = countsOf(state);
  const n = sum(counts);
  const total = costs(counts, state.q);
  const terms = lettersOf(state).map((k) => format(surprisalInBits(state.q[k]), 2));
  return [
    ["−log₂ w = ∑ −log₂ q(y_i)", terms.join(" + ") || "0", loss],
    ["= n H(p̂, q)", n ? `${n} · ${format(total / n)}` : "0", total],
    ["= n H(p̂) + n KL(p̂‖q)", written`${least} + ${total - least}`, least + (total - least)],
  ];
}

// ---- The text, and how much of it has been coded ----

const CELL = 44; // pixels for a letter

function text(frame, pen) {
  let start = 0;
  const x = (n) => start + n * CELL;
  const count = () => frame.model.get("text").length;
  const handle = createTraitHandle(frame, pen, {
    trait: "coded",
    decimals: 0,
    name: "letters coded",
    mark: "x-coded x=letters",
    page: 3,
    range: () => [0, count()],
    value: () => Math.min(frame.model.get("coded"), count()),
    words: (n) => `${plural(n, "letter")} of ${count()}`,
    at: x,
  });
  return (state, numbers, { left, top }) => {
    start = left;
    const [coded, y] = [lettersOf(state).length, top + 32];
    const ends = Array.from({ length: count() + 1 }, (_, n) => n);
    pen.rule("letters", `x-coded ${ends.join(" ")}`,
      ends.map((n) => path`M${x(n)},${y - 4} v8`).join(" ") + path` M${x(0)},${y} H${x(count())}`);
    for (let i = 0; i < MOST; i += 1) {
      pen.text(`letter ${i}`, i < coded ? "name" : "tick middle", x(i + 0.5), y - 14,
        shorten(state.labels[state.text[i]] ?? "", CELL));
    }
    handle.guide(x(0), x(count()), y);
    handle.draw(x(coded), y, "");
  };
}

// Two digits, so that the widths of a column multiply as far as the room beside it goes.
const small = (w) => (w >= 1e-4 ? w.toPrecision(2) : scientific(w, 1));

// ---- The intervals: each enlarges what the one above has kept ----

// The cuts when cut k is moved: it pushes the others along.
const pushed = (cuts, k, to) =>
  cuts.map((cut, j) => (j < k ? Math.min(cut, to) : j > k ? Math.max(cut, to) : to));

// What lies between cuts, without what subtracting has rounded.
const between = (cuts) =>
  [...cuts, 1].map((cut, k) => Number((cut - (cuts[k - 1] ?? 0)).toFixed(12)));

// The longest of some texts for which there is room.
const fitting = (texts, room) => texts.find((each) => 8 * each.length < room) ?? "";

function intervals(frame, pen) {
  defineHatches(frame.svg);
  const { labels } = frame.state;
  const row = { left: 0, width: 1, top: 0, pitch: 1, height: 1 };
  const x = (share) => row.left + share * row.width;
  const y = (t) => row.top + t * row.pitch;
  const line = (t) => y(t) + row.height / 2 + 5; // of text
  const cuts = () => edgesOf(frame.model.get("q")).slice(1, -1);
  const handles = labels.slice(1).map((label, k) => createHandle(pen, {
    id: `cut:${k}`,
    name: `cut between ${labels[k]} and ${label}`,
    mark: `x-share x=cuts:${k}`,
    range: () => [0, 1],
    value: () => cuts()[k],
    words: () => [k, k + 1]
      .map((j) => `${labels[j]} ${format(frame.model.get("q")[j], 3)}`).join(", "),
    at: x,
    grab: cuts,
    move: (to, start) => frame.set({ q: between(pushed(start, k, Number(to.toFixed(3)))) }),
  }));

  // Row t, and the part that its letter keeps of it, if it has one: `name`, and the width `w` left.
  function drawRow(t, isThere, [from, to], name, w) {
    const box = { y: y(t), height: row.height };
    pen.rect(`row ${t}`, "rule", null, { ...box, x: x(0), width: isThere ? row.width : 0 },
      { "data-tick": "x-share 0 1" });
    pen.rect(`kept ${t}`, "bar role-q", `x-share left=kept:${t}:0 width=kept:${t}:1`,
      { ...box, x: x(from), width: x(to) - x(from) });
    [from, to].forEach((end, side) => pen.path(`zoom ${t} ${side}`, "guide",
      `x-share start=zoom:${t}:${side} end=${side}`,
      to === from ? "" : path`M${x(end)},${y(t) + row.height} L${x(side)},${y(t + 1)}`));
    pen.text(`name ${t}`, "halo", x((from + to) / 2), line(t), fitting([name], x(to) - x(from)));
    pen.text(`width ${t}`, "start role-q", x(1) + 8, line(t), w);
  }

  // What is left in the end, and the file's own interval in it; or why there is nothing.
  function drawEnd(t, { inside, word }, ruledOut) {
    const [from, wide] = (t && inside) || [0, 0];
    pen.rect("its own", "extent", "x-share left=word:0 width=word:1",
      { x: x(from), y: y(t), width: wide * row.width, height: row.height });
    pen.text("whose", "halo", x(from + wide / 2), line(t),
      fitting(["the file’s interval", "the file"], wide * row.width));
    pen.text("its width", "start", x(1) + 8, line(t), wide ? `2${raised(-word.length)}` : "");
    pen.text("nothing", "start", x(0), line(t),
      ruledOut ? `q rules out ${ruledOut}: nothing is left` : "");
  }

  function drawCuts(edges, q, rows) {
    handles.forEach((handle, k) => {
      const at = x(edges[k + 1]);
      pen.path(`cut ${k}`, "rule", `x-share x=cuts:${k}`, Array.from({ length: rows },
        (_, t) => path`M${at},${y(t)} v${row.height}`).join(" "));
      handle.reach(path`M${at},${y(0)} V${y(rows - 1) + row.height}`);
    });
    labels.forEach((label, k) => pen.text(`share ${k}`, "label",
      x((edges[k] + edges[k + 1]) / 2), row.top - 12,
      fitting([`${label} ${format(q[k], 2)}`, label], x(edges[k + 1]) - x(edges[k]))));
    handles.forEach((handle, k) => handle.draw(x(edges[k + 1]), y(0), ""));
  }

  return (state, numbers, { left, width, top, height }) => {
    const edges = edgesOf(state.q);
    const letters = lettersOf(state);
    const pitch = height / (state.text.length + 1);
    Object.assign(row, { left, width, top, pitch, height: Math.min(20, Math.round(0.6 * pitch)) });
    // After a letter that is ruled out nothing is left.
    const lost = letters.findIndex((k) => edges[k] === edges[k + 1]);
    const kept = lost < 0 ? letters.length : lost + 1;
    let w = 1;
    for (let t = 0; t <= MOST; t += 1) {
      const k = t < kept ? letters[t] : null;
      /** @type {[number, number]} */
      const part = k === null ? [0, 0] : [edges[k], edges[k + 1]];
      w *= part[1] - part[0];
      const isThere = t < Math.max(kept, 1) || (t === kept && lost < 0);
      drawRow(t, isThere, part, labels[k] ?? "", k === null ? "" : small(w));
    }
    drawEnd(kept, codingOf(state), labels[letters[lost]]);
    pen.text("widths", "tick start", x(1) + 8, top - 12, "width");
    drawCuts(edges, state.q, Math.max(kept, 1));
  };
}

// ---- The loss, and the file ----

// The ruler grows in steps, so that it stands still while a cut is dragged.
const RULERS = [16, 24, 32, 64];

const file = (frame, pen) => (state, numbers, { left, right, top }) => {
  const { loss, least_loss: least, file_bits: bits, bits_fixed: fixed } = numbers;
  const shown = [bits, least].find(Number.isFinite);
  const full = RULERS.find((end) => end >= shown) ?? shown;
  const scale = (right - 8 - left) / full;
  const [bar, cells] = [top + 6, top + 48];
  const box = (count) =>
    ({ x: left, y: cells, width: Number.isFinite(count) ? count * scale : 0, height: 22 });

  pen.text("price", "start role-q", left, bar - 6, `loss: ${brief(loss)} bits`);
  // Beside its mark, as far as there is room.
  pen.text("floor", "start role-p", clamp(left + least * scale - 3, left + 126, right - 150),
    bar - 6, `least for any q: ${brief(least)}`);
  drawLength(pen, "loss", { role: "q", mark: "x-bits left=0 width=loss",
    x: left, y: bar, width: loss * scale, height: 18, limit: right - 8 });
  pen.path("least", "true-weight", "x-bits x=least_loss",
    path`M${left + least * scale},${bar - 3} v24`);

  pen.text("size", "start", left, cells - 6, bits === Infinity ? "no file is long enough"
    : `file: ${plural(bits, "bit")}${fixed ? `, grey: the ${fixed} already fixed` : ""}`);
  pen.rect("file", "share", "x-bits left=0 width=file_bits", box(bits));
  pen.rect("fixed", "extent", "x-bits left=0 width=bits_fixed", box(fixed ?? 0));
  const word = codingOf(state).word ?? "";
  const ends = Array.from({ length: word ? word.length + 1 : 0 }, (_, i) => i);
  pen.rule("bits", `x-bits ${ends.join(" ")}`,
    ends.map((i) => path`M${left + i * scale},${cells} v22`).join(" "));
  pen.text("digits", null, [...word].map((_, i) => path`${left + (i + 0.5) * scale}`).join(" "),
    cells + 16, scale > 11 ? word : "");
  pen.rule("ruler", `x-bits 0 ${full}`, path`M${left},${cells + 22} H${right - 8}`);
};

const LAYOUT = {
  wide: { columns: [8, "intervals text file", { file: 70 }],
    rows: [{ text: 44 }, 34, "intervals", 16, { file: 74 }] },
};

// ---- What the picture shows, in words ----

function describe(state, numbers) {
  const { labels, text, q } = state;
  const { low, width, loss, least_loss: least, file_bits: bits, bits_fixed: fixed } = numbers;
  const shares = labels.map((name, k) => `${name} ${format(q[k], 2)}`).join(", ");
  const file = bits === Infinity ? "A letter that q rules out leaves nothing of it: there is no file."
    : `The file has ${plural(bits, "bit")}, ${codingOf(state).word}, of which ${fixed} are fixed.`;
  return `The text ${text.map((k) => labels[k]).join(", ")}; ` +
    `${plural(lettersOf(state).length, "letter")} coded. Each row is the interval that the letters ` +
    `before it have left, cut by q (${shares}). The last one begins at ${format(low)} and is ` +
    `${scientific(width)} wide. The loss is ${format(loss)} bits, and the least for any q ` +
    `${format(least)}. ${file}`;
}

export default defineExplorable({
  name: "ArithmeticCoder",
  quantities,
  readouts: [
    { quantity: "loss", label: "−log₂ w", role: "q", unit: "bits", said: "loss" },
    { quantity: "file_bits", label: "file", unit: "bits", said: "file",
      show: (bits) => format(bits, 0) },
    { quantity: "bits_fixed", label: "fixed", unit: "bits", show: (bits) => format(bits, 0) },
    { quantity: "least_loss", label: "least", role: "p", unit: "bits" },
    { quantity: "width", label: "w", role: "q", unit: false, show: (width) => scientific(width) },
    { quantity: "low", label: "begins at", unit: false },
    { quantity: "high", label: "ends at", unit: false },
  ],
  ledger,
  done: ({ loss, least_loss: least, file_bits: bits }) => bits > 0 && loss - least < 0.05,
  describe,
  picture: picture({ intervals, text, file }, LAYOUT),
});
