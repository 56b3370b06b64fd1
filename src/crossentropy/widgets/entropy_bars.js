import { createBars, drawAxis, singles } from "./lib/bars.js";
import { defineExplorable } from "./lib/explorable.js";
import { brief, format } from "./lib/format.js";
import { UNITS, entropy, entropyTerms, klDivergence, surprisal } from "./lib/information.js";
import { drawLength } from "./lib/marks.js";
import { createPen, path } from "./lib/pen.js";

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

const LEFT = 30; // of both axes
const SHARE = 86; // pixels of a share of 1: −p log p stays under 1/e nats, or 0.531 bits
const START = 108; // of the length below, to the right of its name

function picture(frame) {
  const labels = frame.model.get("labels");
  const pen = createPen(frame.svg);
  const bars = createBars(frame, pen, "p");

  // Shares hang below the names, on a scale of their own.
  function drawShare(k, share, { middle, width, ceiling }) {
    pen("rect", `share ${k}`, {
      class: "bar role-entropy",
      "data-mark": `x-p y-share x=${k} top=0 bottom=shares:${k}`,
      x: middle - width / 2, y: ceiling, width, height: share * SHARE,
    });
    pen("text", `share of ${k}`, {
      class: "label", x: middle, y: ceiling + share * SHARE + 17, text: brief(share) });
    pen("text", `name ${k}`, {
      class: "label", "data-tick": `x-p ${k}`, x: middle, y: ceiling - 50, text: labels[k] });
  }

  function drawShareAxis(ceiling, width) {
    pen("text", "share title",
      { class: "tick start", x: 0, y: ceiling - 12, text: "share of H" });
    pen("path", "share axis", {
      class: "rule", "data-tick": "y-share 0", d: path`M${LEFT},${ceiling} H${width}` });
    for (const value of [0, 0.5]) {
      pen("text", `share tick ${value}`, {
        class: "tick", "data-tick": `y-share ${value}`,
        x: LEFT - 6, y: ceiling + value * SHARE + 4, text: format(value, 1) });
    }
  }

  function drawEntropy({ unit }, { entropy: h, shares, maximum }, width, y) {
    const perUnit = (width - START - 2) / maximum;
    pen("text", "entropy",
      { class: "label start", x: 0, y: y + 16, text: `H(p) = ${brief(h)}` });
    drawLength(pen, "entropy length", {
      role: "entropy", mark: "x-entropy left=0 width=entropy",
      x: START, y, width: h * perUnit, height: 22, limit: width });
    let end = START;
    shares.forEach((share, k) => {
      end += share * perUnit;
      pen("path", `joint ${k}`, {
        class: "joint", "data-mark": `x-entropy x=cumulative:${k}`, d: path`M${end},${y} v22` });
    });
    pen("path", "limits", {
      class: "guide", "data-mark": "x-entropy right=maximum", "data-tick": `x-entropy 0 ${maximum}`,
      d: path`M${START},${y - 6} v36 M${START + maximum * perUnit},${y - 6} v36` });
    pen("text", "maximum", {
      class: "tick end", x: width, y: y - 8,
      text: `log ${labels.length} = ${brief(maximum)} ${unit}` });
  }

  return {
    draw(state, numbers, width, height) {
      const [top, bottom] = [30, height - 190];
      const ceiling = bottom + 68;
      const places = singles(labels.length, { left: LEFT, right: width, widest: 64 });

      drawAxis(pen, [0, 0.5, 1], { left: LEFT, right: width, top, bottom });
      pen("text", "title", { class: "tick start", x: 0, y: 11, text: "probability" });
      drawShareAxis(ceiling, width);
      numbers.shares.forEach((share, k) =>
        drawShare(k, share, { middle: places.middle(k), width: places.width, ceiling }));
      bars.draw(state.p, { ...places, top, bottom, lockY: bottom + 36 });
      drawEntropy(state, numbers, width, height - 30);
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
    { quantity: "entropy", label: "<i>H</i>(<i>p</i>)", role: "p", said: "entropy" },
    { quantity: "maximum", label: "log <i>K</i>", said: "of at most" },
    { quantity: "perplexity", label: "perplexity", unit: false },
  ],
  ledger,
  describe,
  choices: [{ trait: "unit", label: "Unit", folded: true }],
  picture,
});
