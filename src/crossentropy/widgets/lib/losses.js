// Losses of one number with their slopes; pairs of them that are compared; and balls that roll down.

import { bracketed, brief, format } from "./format.js";
import { softmax, softmaxJacobian } from "./information.js";
import { labelLoss, sigmoid } from "./logistic.js";
import { SCHEMAS } from "./schema.js";

const square = (x) => x * x;

// Of the lead z of the true class's score over the other one. A rival's slope is its hero's times its
// factor: how loud it is beside the hero at that place.
export const CROSS_ENTROPY = {
  loss: (z) => labelLoss(z, 1),
  slope: (z) => -sigmoid(-z), // 1 − σ(z) without cancellation
};

export const SQUARED_ERROR = {
  loss: (z) => square(sigmoid(-z)),
  slope: (z) => -2 * sigmoid(z) * square(sigmoid(-z)),
  factor: (z) => 2 * sigmoid(z) * sigmoid(-z),
};

// Of an error u.
export const HALF_SQUARE = { loss: (u) => square(u) / 2, slope: (u) => u };

export const FOURTH_POWER = {
  loss: (u) => square(square(u)),
  slope: (u) => 4 * u * u * u,
  factor: (u) => 4 * u * u,
};

const ABSOLUTE_VALUE = {
  loss: Math.abs,
  slope: Math.sign, // 0 at the kink, where there is none
  factor: (u) => 1 / Math.abs(u),
  kink: 0,
};

export const SINES = {
  loss: (u) => square(Math.sin(u)) + square(Math.sin(Math.PI * u)),
  slope: (u) => Math.sin(2 * u) + Math.PI * Math.sin(2 * Math.PI * u),
  factor: (u) => (u === 0 ? 2 + 2 * Math.PI ** 2 : SINES.slope(u) / u),
};

// ---- What is compared, over what ----

export const six = (value) => format(value, 6);
const operand = (value) => bracketed(format(value));

// name       of what the losses are functions of
// start      the trait that both balls start from
// ends       between which the start is dragged
// view       the part of the axis that is shown
// ranges     of the loss and of its slope; `levels` are those that are marked
// rate       a step is x ← x − rate · slope
// far        a ball beyond ±far has run away, for good
// arrived    whether a ball at x is where it should be
const CLASSES = {
  hero: { ...CROSS_ENTROPY, name: "cross-entropy", unit: " nats",
    label: { loss: [-4.8, 5.3], slope: [-6.6, -0.82] } },
  start: "z",
  name: "lead z of the true class",
  startText: (z) => `start z = ${format(z, 2)}, q = ${brief(sigmoid(z))}`,
  keys: { step: 0.1 },
  ends: [-8, 6],
  view: [-8.5, 6.5],
  ticks: [-8, -4, 0, 4],
  goal: "goal: q = ½",
  ranges: { loss: [0, 8.6], slope: [-1.12, 0.06] },
  levels: { loss: [0, 4, 8], slope: [-1, -0.5, 0] },
  // Descent moves both scores by their own slope, one up and one down by as much: their
  // difference z moves twice as far, at a learning rate of 1.
  rate: 2,
  far: Infinity,
  arrived: (z) => z >= 0,
  arrival: "reached q = ½",
  atStart: "at q = ½ from the start",
  waiting: "not at q = ½",
  still: "too slow to see",
};

const ERRORS = {
  hero: { ...HALF_SQUARE, name: "½u²", label: { loss: [-2.5, 5.1], slope: [3.8, 3.4], slopeText: "u" } },
  start: "u",
  name: "error u = x − y",
  startText: (value) => `start u = ${format(value, 2)}`,
  keys: { step: 0.1, page: 0.5 },
  ends: [SCHEMAS.LossComparison.u.least, SCHEMAS.LossComparison.u.most],
  view: [-3.75, 3.75],
  ticks: [-3, -2, -1, 0, 1, 2, 3],
  goal: "goal: x = y",
  ranges: { loss: [0, 7], slope: [-4.5, 4.5] },
  levels: { loss: [0, 3, 6], slope: [-4, 0, 4] },
  rate: 1 / 16,
  far: 10,
  arrived: (value) => Math.abs(value) < 0.1,
  arrival: "within 0.1",
  atStart: "within 0.1 from the start",
  waiting: "not within 0.1",
  still: "stuck in a hollow",
};

// `ledger` writes a rival's slope in other ways that must give the same number.
export const PAIRS = {
  "squared error": { ...CLASSES, rival: {
    ...SQUARED_ERROR,
    name: "squared error",
    label: { loss: [-7.4, 1.8], slope: [-6.6, -0.36] },
    ledger(z) {
      const q = softmax([z, 0]);
      const [row] = softmaxJacobian([z, 0]);
      return [
        ["slope of the rival = −2σ(1 − σ)²",
          `−2 · ${six(sigmoid(z))} · ${six(sigmoid(-z))}²`],
        ["= row 0 of J (q − h)",
          `${six(row[0])} · ${bracketed(six(q[0] - 1))} + ${bracketed(six(row[1]))} · ${six(q[1])}`,
          row[0] * (q[0] - 1) + row[1] * q[1]],
        ["= −(1 − σ) × 2σ(1 − σ)"],
      ];
    } } },
  "fourth power": { ...ERRORS, rival: {
    ...FOURTH_POWER,
    name: "u⁴",
    label: { loss: [1.75, 5.1], slope: [1.15, 3.3], slopeText: "4u³" },
    ledger: (x) => [
      ["slope of the rival = 4u³", `4 · ${operand(x)}³`],
      ["= 2u² × 2u, for u⁴ = (u²)²",
        `${format(2 * x * x)} × ${operand(2 * x)}`, 2 * x * x * (2 * x)],
      ["= u × 4u²"],
    ] } },
  "absolute value": { ...ERRORS, rival: {
    ...ABSOLUTE_VALUE,
    name: "|u|",
    label: { loss: [2.3, 1.1], slope: [0.3, 1.7], slopeText: "sgn u" },
    ledger: (x) => [
      ["slope of the rival = sgn u", `sgn ${operand(x)}`],
      ["= u / √u², for |u| = √u²",
        `${format(x)} / ${format(Math.sqrt(x * x))}`, x / Math.sqrt(x * x)],
      ["= u × 1/|u|"],
    ] } },
  sines: { ...ERRORS, ranges: { ...ERRORS.ranges, slope: [-5, 6.2] }, rival: {
    ...SINES,
    name: "sin² u + sin² πu",
    label: { loss: [-1.3, 2.7], slope: [-3.4, 4.9], slopeText: "sin 2u + π sin 2πu" },
    ledger(x) {
      const [sin, cos] = [Math.sin(x), Math.cos(x)];
      const [sinPi, cosPi] = [Math.sin(Math.PI * x), Math.cos(Math.PI * x)];
      return [
        ["slope of the rival = sin 2u + π sin 2πu",
          `${six(Math.sin(2 * x))} + ${bracketed(six(Math.PI * Math.sin(2 * Math.PI * x)))}`],
        ["= 2 sin u cos u + 2π sin πu cos πu",
          `2 · ${operand(sin)} · ${operand(cos)} + 2π · ${operand(sinPi)} · ${operand(cosPi)}`,
          2 * sin * cos + 2 * Math.PI * sinPi * cosPi],
        ["= u × its factor"],
      ];
    } } },
};

// ---- Down the slope ----

const rolls = new WeakMap(); // from a loss to its last roll

// Where a ball is after each step x ← x − rate · slope from `start`, as far as `steps` at least, and
// the step with which it first had `arrived`. One that is beyond ±far has run away, for good. A roll is
// remembered, so that the next step of it costs one step.
export function roll(loss, { rate, far, arrived }, start, steps) {
  let known = rolls.get(loss);
  if (known?.start !== start) {
    known = { start, places: [start], arrival: arrived(start) ? 0 : Infinity };
    rolls.set(loss, known);
  }
  const { places } = known;
  while (places.length <= steps) {
    const last = places.at(-1);
    const next = Number.isFinite(last) ? last - rate * loss.slope(last) : last;
    const place = Math.abs(next) > far ? Math.sign(next) * Infinity : next;
    if (known.arrival === Infinity && arrived(place)) known.arrival = places.length;
    places.push(place);
  }
  return known;
}
