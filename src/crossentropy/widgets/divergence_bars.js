import { createBars } from "./lib/bars.js";
import { set, svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import { format } from "./lib/format.js";
import {
  UNITS, crossEntropy, crossEntropyTerms, entropy, klDivergence, surprisal,
} from "./lib/information.js";
import { createLength, defineHatches } from "./lib/marks.js";

function quantities({ p, q, unit }) {
  const per = UNITS[unit];
  return {
    entropy: entropy(p) / per,
    kl_divergence: klDivergence(p, q) / per,
    cross_entropy: crossEntropy(p, q) / per,
    reverse_kl_divergence: klDivergence(q, p) / per,
  };
}

const terms = (values, per) => values.map((value) => format(value / per)).join(" + ");

// What one outcome costs: its surprisal, and what it costs on top to expect q. An impossible
// outcome costs nothing.
function cost(pk, qk, per) {
  if (pk === 0) return "0";
  const extra = format(Math.log(pk / qk) / per, 2);
  const added = extra.startsWith("−") ? `− ${extra.slice(1)}` : `+ ${extra}`;
  return `${format(pk, 2)}·(${format(surprisal(pk) / per, 2)} ${added})`;
}

const ledger = ({ p, q, unit }, { entropy: h, kl_divergence: kl, cross_entropy: ce }) => [
  ["<i>H</i>(<i>p</i>, <i>q</i>) = −∑ <i>p<sub>k</sub></i> log <i>q<sub>k</sub></i>",
    terms(crossEntropyTerms(p, q), UNITS[unit]), format(ce)],
  ["= ∑ <i>p<sub>k</sub></i> (log 1/<i>p<sub>k</sub></i> + log <i>p<sub>k</sub></i>/<i>q<sub>k</sub></i>)",
    p.map((pk, k) => cost(pk, q[k], UNITS[unit])).join(" + "), format(ce)],
  ["= <i>H</i>(<i>p</i>) + KL(<i>p</i>‖<i>q</i>)", `${format(h)} + ${format(kl)}`, format(h + kl)],
];

// The ruler grows in steps, so that it stands still while a bar is dragged.
const RULERS = [2, 4, 8, 16, 64, 1024];

function picture(frame) {
  const { model } = frame;
  const labels = model.get("labels");
  const root = frame.svg;
  const paint = defineHatches(root);
  root.style.setProperty("--hatch-q", paint("q"));

  const axis = svg("path", { class: "rule", "data-tick": "y-p 0" });
  const ticks = [0, 0.5, 1].map((value) =>
    svg("text", { class: "tick", "data-tick": `y-p ${value}`, text: format(value, 1) }));
  const names = labels.map((label, k) =>
    svg("text", { class: "label", "data-tick": `x-class ${k}`, text: label }));
  const letters = labels.map((_, k) => ["p", "q"].map((name) => svg("text",
    { class: `letter role-${name}`, "data-tick": `x-${name} ${k}`, text: name })));
  root.append(axis, ...ticks, ...names, ...letters.flat());
  const bars = { p: createBars(frame, root, "p"), q: createBars(frame, root, "q") };

  const rows = [
    { name: "H(p, q)", total: "cross_entropy", parts: [
      { quantity: "cross_entropy", role: "q", from: 0 }] },
    { name: "H(p) + KL(p‖q)", total: "cross_entropy", parts: [
      { quantity: "entropy", role: "entropy", from: 0 },
      { quantity: "kl_divergence", role: "kl", from: "entropy" }] },
    { name: "KL(q‖p)", total: "reverse_kl_divergence", parts: [
      { quantity: "reverse_kl_divergence", role: "kl", from: 0 }] },
  ].map(({ name, total, parts }) => {
    const row = {
      total,
      title: svg("text", { class: "label start", text: name }),
      value: svg("text", { class: "value start" }),
      parts: parts.map(({ quantity, role, from }) => ({
        quantity,
        length: createLength(
          root, role, paint, `x-length left=${from} width=${quantity}`),
      })),
    };
    root.append(row.title, row.value);
    return row;
  });
  const ruler = svg("path", { class: "rule" });
  const rulerEnds = [svg("text", { class: "tick start" }), svg("text", { class: "tick end" })];
  root.append(ruler, ...rulerEnds);

  return {
    draw({ p, q, unit }, numbers, width, height) {
      const narrow = width < 520;
      const lengthsHeight = narrow ? 206 : 152;
      const left = 30;
      const top = 28;
      const bottom = height - lengthsHeight - 66;
      const group = (width - left) / p.length;
      const barWidth = Math.min(44, Math.max(20, group * 0.34));
      const gap = Math.min(10, group * 0.06);
      const x = (k, side) => left + group * (k + 0.5) + (side ? gap / 2 : -gap / 2 - barWidth);

      set(axis, { d: `M${left},${bottom} H${width}` });
      ticks.forEach((tick, i) =>
        set(tick, { x: left - 6, y: bottom + (top - bottom) * (i / 2) + 4 }));
      labels.forEach((_, k) => {
        letters[k].forEach((letter, side) =>
          set(letter, { x: x(k, side) + barWidth / 2, y: bottom + 17 }));
        set(names[k], { x: left + group * (k + 0.5), y: bottom + 34 });
      });
      const lockY = bottom + 50;
      bars.p.draw(p, { x: (k) => x(k, 0), width: barWidth, top, bottom, lockY });
      bars.q.draw(q, { x: (k) => x(k, 1), width: barWidth, top, bottom, lockY });

      const titleWidth = narrow ? 0 : 124;
      const limit = width - (narrow ? 14 : 76);
      const finite = Object.values(numbers).filter(Number.isFinite);
      const full = RULERS.find((end) => end >= Math.max(...finite)) ?? Math.max(...finite);
      const end = limit - 8; // what is infinite goes on from there
      const scale = (end - titleWidth) / full;
      const rowHeight = narrow ? 58 : 40;
      rows.forEach((row, i) => {
        const y = height - lengthsHeight + 12 + i * rowHeight + (narrow ? 20 : 0);
        let start = titleWidth;
        for (const part of row.parts) {
          const value = numbers[part.quantity];
          part.length.draw(start, y, value * scale, 24, limit);
          start += value * scale;
        }
        set(row.title, { x: 0, y: narrow ? y - 7 : y + 17 });
        set(row.value, {
          x: narrow ? width : Math.min(start, limit) + 12,
          y: narrow ? y - 7 : y + 17,
          class: narrow ? "value end" : "value start",
          text: format(numbers[row.total]),
        });
      });
      const base = height - 20;
      set(ruler, {
        d: `M${titleWidth},${base - 4} v4 H${end} v-4`, "data-tick": `x-length 0 ${full}` });
      set(rulerEnds[0], { x: titleWidth, y: base + 16, "data-tick": "x-length 0", text: "0" });
      set(rulerEnds[1], {
        x: end, y: base + 16, "data-tick": `x-length ${full}`, text: `${full} ${unit}` });
    },
  };
}

// ---- What the picture shows, in words ----

const describe = ({ p, q, labels, unit }, numbers) =>
  `Bars of p and q: ${labels.map((name, k) =>
    `${name} ${format(p[k], 2)} and ${format(q[k], 2)}`).join(", ")}. ` +
  `Below, H(p, q) is ${format(numbers.cross_entropy)} ${unit}, as long as H(p), ` +
  `${format(numbers.entropy)}, and KL(p‖q), ${format(numbers.kl_divergence)}, end to end.`;

export default defineExplorable({
  name: "DivergenceBars",
  shape: ({ labels }) => labels.join("\n"),
  quantities,
  readouts: [
    { quantity: "entropy", label: "<i>H</i>(<i>p</i>)", role: "p" },
    { quantity: "kl_divergence", label: "KL(<i>p</i>‖<i>q</i>)", role: "kl" },
    { quantity: "cross_entropy", label: "<i>H</i>(<i>p</i>, <i>q</i>)", role: "q" },
    { quantity: "reverse_kl_divergence", label: "KL(<i>q</i>‖<i>p</i>)", role: "kl" },
  ],
  ledger,
  describe,
  choices: [{ trait: "unit", label: "Unit" }],
  picture,
});
