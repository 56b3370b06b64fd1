import { bars, singles } from "./lib/bars.js";
import {
  brief, defineExplorable, drawLength, entropy, entropyTerms, format, klDivergence, path, picture,
  surprisal, UNITS, written,
} from "./lib/kit.js";

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
    ["H(p) = ∑ p_k · surprisal(k)", p.map((pk) => weighted(pk, per)).join(" + "), h],
    ["= −∑ p_k log p_k", shares.map((share) => format(share)).join(" + "), h],
    ["= log K − KL(p‖uniform)", written`${maximum} − ${gap}`, maximum - gap],
  ];
}

const WIDEST = 64; // pixels of a bar
const SHARE = 86; // pixels of a share of 1: −p log p stays under 1/e nats, or 0.531 bits

// Shares hang below the names, on a scale of their own.
const shares = (frame, pen) => (state, numbers, area) => {
  const { left, right, top } = area;
  const { x, middle, width } = singles(numbers.shares.length, area, WIDEST);
  pen.text("share title", "tick start", left - 30, top - 12, "adds to H");
  pen.rule("share axis", "y-share 0", path`M${left},${top} H${right}`);
  for (const value of [0, 0.5]) {
    pen.tick(`share tick ${value}`, "tick", `y-share ${value}`,
      left - 6, top + value * SHARE + 4, format(value, 1));
  }
  numbers.shares.forEach((share, k) => {
    pen.rect(`share ${k}`, "bar role-entropy", `x-p y-share x=${k} top=0 bottom=shares:${k}`,
      { x: x(k), y: top, width, height: share * SHARE });
    pen.text(`share of ${k}`, "label", middle(k), top + share * SHARE + 17, brief(share));
  });
};

// The shares end to end: the entropy, within its maximum.
const whole = (frame, pen) => ({ unit, p }, numbers, { left, right, top: y, width }) => {
  const { entropy: h, maximum } = numbers;
  const perUnit = (width - 2) / maximum;
  pen.text("entropy", "label start", 0, y + 16, `H(p) = ${brief(h)}`);
  drawLength(pen, "entropy length", {
    role: "entropy", mark: "x-entropy left=0 width=entropy",
    x: left, y, width: h * perUnit, height: 22, limit: right });
  let end = left;
  numbers.shares.forEach((share, k) => {
    end += share * perUnit;
    pen.path(`joint ${k}`, "joint", `x-entropy x=cumulative:${k}`, path`M${end},${y} v22`);
  });
  pen.path("limits", "guide", "x-entropy right=maximum",
    path`M${left},${y - 6} v36 M${left + maximum * perUnit},${y - 6} v36`,
    { "data-tick": `x-entropy 0 ${maximum}` });
  pen.text("maximum", "tick end", right, y - 8, `most: log ${p.length} = ${brief(maximum)} ${unit}`);
};

const PARTS = {
  shares,
  bars: bars("p", { title: "probability", look: "tick start", widest: WIDEST }),
  whole,
};

const LAYOUT = {
  wide: {
    columns: [30, { "bars shares": 78 }, "bars shares whole"],
    rows: [30, "bars", 68, { shares: SHARE }, 6, { whole: 30 }],
  },
};

// ---- What the picture shows, in words ----

const describe = ({ p, labels, unit }, { entropy: h, shares }) =>
  `Bars of p and of each outcome's share of its entropy: ${labels.map((name, k) =>
    `${name} ${format(p[k], 3)} contributes ${format(shares[k], 3)}`).join(", ")}. ` +
  `H(p) is ${format(h)} ${unit}.`;

export default defineExplorable({
  name: "EntropyBars",
  quantities,
  readouts: [
    { quantity: "entropy", label: "H(p)", role: "p", said: "entropy" },
    { quantity: "maximum", label: "log K", said: "of at most" },
    { quantity: "perplexity", label: "perplexity", unit: false },
  ],
  ledger,
  describe,
  choices: { unit: "Unit" },
  picture: picture(PARTS, LAYOUT),
});
