import { createPair } from "./lib/bars.js";
import { defineExplorable } from "./lib/explorable.js";
import { brief, format } from "./lib/format.js";
import {
  UNITS, crossEntropy, crossEntropyTerms, entropy, klDivergence, surprisal,
} from "./lib/information.js";
import { defineHatches, drawLength } from "./lib/marks.js";
import { createPen, path } from "./lib/pen.js";

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

// Both rows are as long. The first part of each has its name and number to the left, the other one
// to the right.
const ROWS = [
  [{ quantity: "cross_entropy", name: "H(p, q)", role: "q" }],
  [{ quantity: "entropy", name: "H(p)", role: "entropy" },
    { quantity: "kl_divergence", name: "KL(p‖q)", role: "kl", after: "entropy" }],
];

function picture(frame) {
  const pen = createPen(frame.svg);
  defineHatches(frame.svg);
  const pair = createPair(frame, pen, { ticks: [0, 0.5, 1], widest: 44, locks: ["p", "q"] });

  function drawRow(parts, numbers, y, { start: from, limit, scale, narrow, width }) {
    let start = from;
    for (const { quantity, name, role, after } of parts) {
      const length = numbers[quantity] * scale;
      drawLength(pen, quantity, {
        role, mark: `x-length left=${after ?? 0} width=${quantity}`,
        x: start, y, width: length, height: 24, limit });
      start += length;
      pen("text", `value of ${quantity}`, {
        class: `value role-${role} ${after && narrow ? "end" : "start"}`,
        x: !after ? 0 : narrow ? width : Math.min(start, limit) + 12,
        y: narrow ? y - 8 : y + 17,
        text: `${name} = ${brief(numbers[quantity])}` });
    }
  }

  function drawRuler(from, end, y, full, unit) {
    pen("path", "ruler", { class: "rule", "data-tick": `x-length 0 ${full}`,
      d: path`M${from},${y - 4} v4 H${end} v-4` });
    pen("text", "ruler start",
      { class: "tick start", "data-tick": "x-length 0", x: from, y: y + 16, text: "0" });
    pen("text", "ruler end", { class: "tick end", "data-tick": `x-length ${full}`,
      x: end, y: y + 16, text: `${full} ${unit}` });
  }

  return {
    draw(state, numbers, width, height) {
      const narrow = width < 520;
      const lengthsTop = height - (narrow ? 136 : 100);
      pair.draw(state, { left: 30, right: width, top: 26, bottom: lengthsTop - 66 });

      const start = narrow ? 0 : 112;
      const limit = width - (narrow ? 14 : 128);
      const shown = [numbers.cross_entropy, numbers.entropy].find(Number.isFinite);
      const full = RULERS.find((end) => end >= shown) ?? shown;
      const end = limit - 8; // what is infinite goes on from there
      const axis = { start, limit, scale: (end - start) / full, narrow, width };
      ROWS.forEach((row, i) =>
        drawRow(row, numbers, lengthsTop + (narrow ? 22 + i * 54 : i * 38), axis));
      drawRuler(start, end, height - 20, full, state.unit);
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
    { quantity: "kl_divergence", label: "KL(<i>p</i>‖<i>q</i>)", role: "kl", said: "KL" },
    { quantity: "cross_entropy", label: "<i>H</i>(<i>p</i>, <i>q</i>)", role: "q",
      said: "cross-entropy" },
    { quantity: "reverse_kl_divergence", label: "KL(<i>q</i>‖<i>p</i>)", role: "kl" },
  ],
  ledger,
  done: ({ kl_divergence: kl }) => kl < 0.005,
  describe,
  choices: [{ trait: "unit", label: "Unit", folded: true }],
  picture,
});
