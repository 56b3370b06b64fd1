// One Gaussian hump q on the hours of a day, a target p of several humps, the two divergences
// between them, and the way down each. All in logarithms: far from its hump a narrow q is smaller
// than any float, and its divergence is finite all the same.

import { logsumexp, sum } from "./information.js";
import { SCHEMAS } from "./schema.js";

export const HOURS = Float64Array.from({ length: 97 }, (_, i) => i / 4);
const { mean, width } = SCHEMAS.GaussianFit;
/** @type {[number, number]} */
export const MEANS = [mean.least, mean.most];
/** @type {[number, number]} */
const WIDTHS = [width.least, width.most];

// E[x^k] of a distribution over the hours.
export const moment = (p, k) => sum(p.map((pi, i) => pi * HOURS[i] ** k));

// The logarithms of the weights e^(−(x − mean)²/(2 width²)), of their sum, and of the distribution
// that they become.
export function gaussian(mean, width) {
  const logWeights = HOURS.map((x) => -(((x - mean) / width) ** 2) / 2);
  const logTotal = logsumexp(logWeights);
  const log = logWeights.map((weight) => weight - logTotal);
  return { logTotal, log, probabilities: log.map(Math.exp) };
}

const targets = new WeakMap();

// The mixture of humps [[weight, mean, width], …].
export function mixture(humps) {
  if (!targets.has(humps)) {
    const parts = humps.map(([weight, mean, width]) => {
      const { log } = gaussian(mean, width);
      return log.map((value) => value + Math.log(weight));
    });
    const log = HOURS.map((_, i) => logsumexp(parts.map((part) => part[i])));
    targets.set(humps, { log, probabilities: log.map(Math.exp) });
  }
  return targets.get(humps);
}

// The terms p log(p/q) of KL(p‖q): some of them may be negative, their sum is not.
export const klTerms = (p, q) =>
  p.probabilities.map((pi, i) => pi * (p.log[i] - q.log[i]));

export const DIRECTIONS = {
  forward: (p, q) => sum(klTerms(p, q)),
  reverse: (p, q) => sum(klTerms(q, p)),
};

// ---- The way down, in the mean and the logarithm of the width ----

const SMALL = 1e-10; // a slope below this counts as none
const SHARE = 0.3; // of the way to where the parabola has its lowest point
const STRIDES = [0.25, 0.08]; // the longest step of mean and log width: q is to be seen moving
const ENOUGH = 1e-4; // of the fall that the slope promises
const ROUNDING = 1e-14; // of a divergence: what two equal sums may differ by

const EDGES = [MEANS, WIDTHS.map(Math.log)];

// With g the derivative of log(weights) in (mean, log width), w = q − p (forward) or
// w = q (log q/p − KL(q‖p)) (reverse), a divergence has the slope ∑ w g. Its curvature is the
// covariance of g under q (Fisher's information), plus ∑ w ∂g, plus, if reverse, the covariance's
// own change ∑ w (g − E g)(g − E g)ᵀ.
export function slopes(direction, p, { mean, width }) {
  const q = gaussian(mean, width);
  const excess = DIRECTIONS.reverse(p, q);
  const reverse = direction === "reverse";
  const z = HOURS.map((x) => (x - mean) / width);
  const g = [z.map((zi) => zi / width), z.map((zi) => zi * zi)];
  const expected = g.map((gj) => sum(gj.map((value, i) => value * q.probabilities[i])));
  const gradient = [0, 0];
  const fisher = [0, 0, 0]; // of mean and mean, mean and log width, log width and log width
  const bend = [0, 0, 0];
  for (let i = 0; i < HOURS.length; i += 1) {
    const qi = q.probabilities[i];
    const w = reverse ? qi * (q.log[i] - p.log[i] - excess) : qi - p.probabilities[i];
    const [a, b] = [g[0][i] - expected[0], g[1][i] - expected[1]];
    gradient[0] += w * a;
    gradient[1] += w * b;
    const second = [-1 / width ** 2, (-2 * z[i]) / width, -2 * g[1][i]];
    [a * a, a * b, b * b].forEach((product, k) => {
      fisher[k] += qi * product;
      bend[k] += w * (second[k] + (reverse ? product : 0));
    });
  }
  return { gradient, fisher, curvature: fisher.map((value, k) => value + bend[k]) };
}

const isBowl = ([a, b, c]) => a > 0 && a * c > b * b;

// Where an edge of the range holds a coordinate that would move by `by`.
const isHeld = (position, by, k) =>
  (position <= EDGES[k][0] && by < 0) || (position >= EDGES[k][1] && by > 0);

const positionOf = ({ mean, width }) => [mean, Math.log(width)];

// The slope that is left where the edges of the range hold.
function freeSlope(position, gradient) {
  return gradient.map((slope, k) => (isHeld(position[k], -slope, k) ? 0 : slope));
}

// Newton's direction where the divergence curves upwards like a bowl, and elsewhere the natural
// gradient's, which needs no bowl. Both lead downhill.
function downhill(position, { gradient, fisher, curvature }) {
  const [a, b, c] = isBowl(curvature) ? curvature : fisher;
  const slope = freeSlope(position, gradient);
  const alone = [-slope[0] / a, -slope[1] / c];
  if (slope.includes(0)) return alone;
  const together = [b * slope[1] - c * slope[0], b * slope[0] - a * slope[1]]
    .map((value) => value / (a * c - b * b));
  return together.some((by, k) => isHeld(position[k], by, k))
    ? alone.map((by, k) => (isHeld(position[k], together[k], k) ? 0 : by))
    : together;
}

// Whether nothing is left to descend: no slope, or only one that leads out of the range.
export function hasArrived(direction, humps, state) {
  const { gradient } = slopes(direction, mixture(humps), state);
  return freeSlope(positionOf(state), gradient).every((slope) => Math.abs(slope) < SMALL);
}

export const isAtEdge = (state) =>
  positionOf(state).some((value, k) => value <= EDGES[k][0] || value >= EDGES[k][1]);

// The mean and width one step further down the divergence, or null where there is nothing left to
// descend. A step never raises it.
export function descend(direction, humps, state) {
  if (hasArrived(direction, humps, state)) return null;
  const p = mixture(humps);
  const from = positionOf(state);
  const level = slopes(direction, p, state);
  const way = downhill(from, level).map((by) => by * SHARE);
  // As far as a stride goes, and not over an edge.
  let length = Math.min(1, ...way.map((by, k) => STRIDES[k] / Math.abs(by)),
    ...way.map((by, k) => (by ? (EDGES[k][by < 0 ? 0 : 1] - from[k]) / by : 1)));
  const before = DIRECTIONS[direction](p, gaussian(state.mean, state.width));
  const promised = way[0] * level.gradient[0] + way[1] * level.gradient[1];
  for (; length > 1e-12; length /= 2) {
    const to = stateAt(from.map((value, k) => value + length * way[k]));
    const after = DIRECTIONS[direction](p, gaussian(to.mean, to.width));
    if (after <= before + ENOUGH * length * promised + ROUNDING * Math.max(1, before)) return to;
  }
  return null;
}

// A place within a rounding of an edge is at the edge.
function stateAt(position) {
  const [mean, logWidth] = position.map((value, k) =>
    EDGES[k].find((edge) => Math.abs(edge - value) < 1e-13) ?? value);
  const edge = EDGES[1].indexOf(logWidth);
  return { mean, width: edge < 0 ? Math.exp(logWidth) : WIDTHS[edge] };
}
