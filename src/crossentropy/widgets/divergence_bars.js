import { pair } from "./lib/bars.js";
import {
  brief, crossEntropy, crossEntropyTerms, defineExplorable, drawLength, entropy, format,
  klDivergence, picture, surprisal, UNITS, written,
} from "./lib/kit.js";

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
  ["H(p, q) = −∑ p_k log q_k", terms(crossEntropyTerms(p, q), UNITS[unit]), ce],
  ["= ∑ p_k (log 1/p_k + log p_k/q_k)",
    p.map((pk, k) => cost(pk, q[k], UNITS[unit])).join(" + "), ce],
  ["= H(p) + KL(p‖q)", written`${h} + ${kl}`, h + kl],
];

// The ruler grows in steps, so that it stands still while a bar is dragged.
const RULERS = [2, 4, 8, 16, 64, 1024];

// What the ruler measures in its length; what is infinite goes on from there.
function measure({ cross_entropy: ce, entropy: h }, { left, right }) {
  const shown = [ce, h].find(Number.isFinite);
  const full = RULERS.find((end) => end >= shown) ?? shown;
  const end = right - 8;
  return { full, end, scale: (end - left) / full };
}

// Lengths end to end. The first has its name and number to the left, the other one to the right; on
// a narrow page they are above.
const row = (...lengths) => (frame, pen) =>
  (state, numbers, { left, right: limit, top }, { narrow, width }) => {
    const { scale } = measure(numbers, { left, right: limit });
    let start = left;
    for (const { quantity, name, role, after } of lengths) {
      const length = numbers[quantity] * scale;
      drawLength(pen, quantity, {
        role, mark: `x-length left=${after ?? 0} width=${quantity}`,
        x: start, y: top, width: length, height: 24, limit });
      start += length;
      pen.text(`value of ${quantity}`, `value role-${role} ${after && narrow ? "end" : "start"}`,
        !after ? 0 : narrow ? width : Math.min(start, limit) + 12, narrow ? top - 8 : top + 17,
        `${name} = ${brief(numbers[quantity])}`);
    }
  };

const ruler = (frame, pen) => ({ unit }, numbers, area) => {
  const { left, top } = area;
  const { full, end } = measure(numbers, area);
  pen.ruler("ruler", "x-length", full, [left, end], top - 4, unit);
};

const PARTS = {
  bars: pair({ ticks: [0, 0.5, 1], widest: 44, locks: ["p", "q"] }),
  whole: row({ quantity: "cross_entropy", name: "H(p, q)", role: "q" }),
  sum: row({ quantity: "entropy", name: "H(p)", role: "entropy" },
    { quantity: "kl_divergence", name: "KL(p‖q)", role: "kl", after: "entropy" }),
  ruler,
};

const LAYOUT = {
  wide: { columns: [30, { bars: 82 }, "bars whole sum ruler", { bars: 128 }],
    rows: [26, "bars", 66, { whole: 24 }, 14, { sum: 24 }, 18, { ruler: 20 }] },
  narrow: { columns: [{ "whole sum ruler": 30 }, "bars whole sum ruler", { bars: 14 }],
    rows: [26, "bars", 88, { whole: 24 }, 30, { sum: 24 }, 16, { ruler: 20 }] },
};

// ---- What the picture shows, in words ----

const describe = ({ p, q, labels, unit }, numbers) =>
  `Bars of p and q: ${labels.map((name, k) =>
    `${name} ${format(p[k], 2)} and ${format(q[k], 2)}`).join(", ")}. ` +
  `Below, H(p, q) is ${format(numbers.cross_entropy)} ${unit}, as long as H(p), ` +
  `${format(numbers.entropy)}, and KL(p‖q), ${format(numbers.kl_divergence)}, end to end.`;

export default defineExplorable({
  name: "DivergenceBars",
  first: () => "q:0",
  quantities,
  readouts: [
    { quantity: "entropy", label: "H(p)", role: "p" },
    { quantity: "kl_divergence", label: "KL(p‖q)", role: "kl", said: "KL" },
    { quantity: "cross_entropy", label: "H(p, q)", role: "q", said: "cross-entropy" },
    { quantity: "reverse_kl_divergence", label: "KL(q‖p)", role: "kl" },
  ],
  ledger,
  done: ({ kl_divergence: kl }) => kl < 0.005,
  describe,
  choices: { unit: "Unit" },
  picture: picture(PARTS, LAYOUT),
});
