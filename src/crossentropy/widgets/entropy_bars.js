import { createBars } from "./lib/bars.js";
import { set, svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import { format } from "./lib/format.js";
import { UNITS, entropy, entropyTerms, klDivergence, surprisal } from "./lib/information.js";
import { createLength, defineHatches } from "./lib/marks.js";

const uniform = (p) => p.map(() => 1 / p.length);

function quantities({ p, unit }) {
  const per = UNITS[unit];
  return {
    entropy: entropy(p) / per,
    shares: entropyTerms(p).map((term) => term / per),
    maximum: Math.log(p.length) / per,
    perplexity: Math.exp(entropy(p)),
  };
}

// An impossible outcome has infinite surprisal and contributes nothing.
const weighted = (pk, per) => (pk === 0 ? "0" : `${format(pk, 2)}·${format(surprisal(pk) / per, 2)}`);

function ledger({ p, unit }, { entropy: h, shares, maximum }) {
  const per = UNITS[unit];
  const gap = klDivergence(p, uniform(p)) / per;
  return [
    ["<i>H</i>(<i>p</i>) = ∑ <i>p<sub>k</sub></i> · surprisal(<i>k</i>)",
      p.map((pk) => weighted(pk, per)).join(" + "), format(h)],
    ["= −∑ <i>p<sub>k</sub></i> log <i>p<sub>k</sub></i>",
      shares.map((share) => format(share)).join(" + "), format(h)],
    ["= log <i>K</i> − KL(<i>p</i>‖uniform)",
      `${format(maximum)} − ${format(gap)}`, format(maximum - gap)],
  ];
}

function picture(frame) {
  const labels = frame.model.get("labels");
  const root = frame.svg;
  const paint = defineHatches(root);

  const axis = svg("path", { class: "rule", "data-tick": "y-p 0" });
  const ticks = [0, 0.5, 1].map((value) =>
    svg("text", { class: "tick", "data-tick": `y-p ${value}`, text: format(value, 1) }));
  const titles = [
    svg("text", { class: "tick start", text: "probability" }),
    svg("text", { class: "tick start", text: "its share of H" }),
  ];
  const names = labels.map((label, k) =>
    svg("text", { class: "label", "data-tick": `x-p ${k}`, text: label }));
  const shares = labels.map((_, k) => svg("rect", {
    class: "bar role-entropy",
    "data-mark": `x-p y-share x=${k} top=0 bottom=shares:${k}`,
  }));
  const ground = svg("path", { class: "rule", "data-tick": "y-share 0" });
  const depths = [0, 0.5].map((value) => svg("text",
    { class: "tick", "data-tick": `y-share ${value}`, text: format(value, 1) }));
  const numbers = labels.map(() => svg("text", { class: "label" }));
  root.append(axis, ground, ...ticks, ...depths, ...titles, ...shares, ...numbers);
  const bars = createBars(frame, root, "p");
  root.append(...names);

  const title = svg("text", { class: "label start", text: "H(p)" });
  const length = createLength(root, "entropy", paint, "x-entropy left=0 width=entropy");
  const joints = labels.map((_, k) =>
    svg("path", { class: "joint", "data-mark": `x-entropy x=cumulative:${k}` }));
  const limit = svg("path", { class: "guide", "data-mark": "x-entropy right=maximum" });
  const limitName = svg("text", { class: "tick end" });
  const total = svg("text", { class: "label end" });
  root.append(title, ...joints, limit, limitName, total);

  return {
    draw({ p, unit }, { entropy: h, shares: sizes, maximum }, width, height) {
      const left = 30;
      const below = 132;
      const lengthY = height - 36;
      const top = 30;
      const bottom = height - below - 88;
      const group = (width - left) / p.length;
      const barWidth = Math.min(64, group * 0.56);
      const x = (k) => left + group * (k + 0.5) - barWidth / 2;

      set(axis, { d: `M${left},${bottom} H${width}` });
      ticks.forEach((tick, i) =>
        set(tick, { x: left - 6, y: bottom + (top - bottom) * (i / 2) + 4 }));
      set(titles[0], { x: 0, y: 11 });
      set(titles[1], { x: 0, y: bottom + 70 });

      // Shares hang below the names, on a scale of their own: −p log p stays under 1/e nats, or
      // 0.531 bits.
      const ceiling = bottom + 86;
      const scale = 86;
      bars.draw(p, { x, width: barWidth, top, bottom, lockY: bottom + 38 });
      set(ground, { d: `M${left},${ceiling} H${width}` });
      depths.forEach((depth, i) =>
        set(depth, { x: left - 6, y: ceiling + (i / 2) * scale + 4 }));
      labels.forEach((_, k) => {
        set(names[k], { x: x(k) + barWidth / 2, y: bottom + 20 });
        set(shares[k], {
          x: x(k).toFixed(2), y: ceiling, width: barWidth.toFixed(2),
          height: (sizes[k] * scale).toFixed(2),
        });
        set(numbers[k], {
          x: x(k) + barWidth / 2, y: (ceiling + sizes[k] * scale + 17).toFixed(2),
          text: format(sizes[k], 3),
        });
      });

      const start = 108;
      const perUnit = (width - start - 2) / maximum;
      length.draw(start, lengthY, h * perUnit, 22, width);
      let end = start;
      joints.forEach((joint, k) => {
        end += sizes[k] * perUnit;
        set(joint, { d: `M${end.toFixed(2)},${lengthY} v22` });
      });
      set(title, { x: 0, y: lengthY + 16 });
      set(total, { x: start - 12, y: lengthY + 16, text: format(h) });
      const far = start + maximum * perUnit;
      set(limit, {
        d: `M${start},${lengthY - 6} v36 M${far.toFixed(2)},${lengthY - 6} v36`,
        "data-tick": `x-entropy 0 ${maximum}`,
      });
      set(limitName, { x: width, y: lengthY - 8, text: `log ${p.length} = ${format(maximum)} ${unit}` });
    },
  };
}

// ---- What the picture shows, in words ----

const describe = ({ p, labels, unit }, { entropy: h, shares }) =>
  `Bars of p and of each outcome's share of its entropy: ${labels.map((name, k) =>
    `${name} ${format(p[k], 3)} contributes ${format(shares[k], 3)}`).join(", ")}. ` +
  `H(p) is ${format(h)} ${unit}.`;

export default defineExplorable({
  name: "EntropyBars",
  shape: ({ labels }) => labels.join("\n"),
  quantities,
  readouts: [
    { quantity: "entropy", label: "<i>H</i>(<i>p</i>)", role: "p" },
    { quantity: "maximum", label: "log <i>K</i>" },
    { quantity: "perplexity", label: "perplexity", unit: false },
  ],
  ledger,
  describe,
  choices: [{ trait: "unit", label: "Unit" }],
  picture,
});
