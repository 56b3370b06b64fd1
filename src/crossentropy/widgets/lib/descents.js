// The descents of a hump q, in the figure of whoever lets it descend: where each began, how far it
// came, and where descents have arrived.

import { plural } from "./format.js";
import {
  DIRECTIONS, descend, gaussian, hasArrived, isAtEdge, mixture,
} from "./gaussian.js";
import { createRunner } from "./runner.js";

export const NAMES = { forward: "KL(p‖q)", reverse: "KL(q‖p)" };
const LONGEST = 1000; // steps; a few dozen are enough

// From a frame to its last descent { direction, start, place, text }, and to where descents
// have arrived since the target last changed.
const descents = new WeakMap();
const arrivals = new WeakMap();

const placeOf = ({ mean, width }) => ({ mean, width });
export const isAt = (place, { mean, width }) => place?.mean === mean && place?.width === width;

export function arrivalsOf(frame) {
  const target = JSON.stringify(frame.state.humps);
  if (arrivals.get(frame)?.target !== target) {
    arrivals.set(frame, { target, forward: [], reverse: [] });
  }
  return arrivals.get(frame);
}

function arrive(frame, direction) {
  const { mean: at, width: wide, humps } = frame.state;
  const known = arrivalsOf(frame)[direction];
  // The same place comes out a rounding apart.
  if (known.some(({ mean, width }) => Math.hypot(mean - at, width - wide) < 1e-6)) return;
  const value = DIRECTIONS[direction](mixture(humps), gaussian(at, wide));
  known.push({ mean: at, width: wide, value });
}

export const forgetArrivals = (frame) => arrivals.delete(frame);

// The last descent, as long as q stands where it left it.
export function descentOf(frame, state) {
  const descent = descents.get(frame);
  return isAt(descent?.place, state) ? descent : null;
}

// Both directions start from the same guess: where the other one left q, it goes back first. One
// that was paused goes on.
function begin(frame, direction) {
  const last = descentOf(frame, frame.state);
  const start = last?.start ?? placeOf(frame.state);
  if (last && last.direction !== direction) frame.set(start);
  descents.set(frame, { direction, start });
}

export function createDescent(direction) {
  return createRunner({
    label: "Descend",
    atOnce: LONGEST,
    step(frame, count) {
      if (count === 1) begin(frame, direction);
      const { state } = frame;
      const next = count > LONGEST ? null : descend(direction, state.humps, state);
      if (!next) return false;
      Object.assign(descents.get(frame), { place: next, text: `step ${count}` });
      frame.set(next);
      return true;
    },
    stopped(frame, steps) {
      const { state } = frame;
      const arrived = hasArrived(direction, state.humps, state);
      const verdict = !arrived ? "paused"
        : isAtEdge(state) ? "stopped at the edge of the range" : "arrived";
      if (arrived) arrive(frame, direction);
      const text = `${verdict} after ${plural(steps, "step")}`;
      Object.assign(descents.get(frame), { place: placeOf(state), text });
      frame.invalidate();
    },
  });
}
