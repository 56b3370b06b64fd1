// Softmax regression that trains in a figure: one step, and a run that goes on while points are moved.

import { record } from "./history.js";
import { createRunner } from "./runner.js";
import { SCHEMAS, traitFault } from "./schema.js";
import { descended, evaluate } from "./softmax_regression.js";

const { weights: WEIGHTS, steps: STEPS } = SCHEMAS.DecisionRegions;
export const SMALL = 1e-4; // a gradient with a smaller norm counts as vanished
const AT_ONCE = 500; // steps of a run without motion
const LONGEST = 6000; // steps of a run: nothing goes on for ever behind a reader's back

const lossNow = (state) => evaluate(state).total / state.points.length;

// Take one step, unless it leads beyond what a state may hold.
export function descend(frame) {
  const { state } = frame;
  const changes = { weights: descended(state), steps: state.steps + 1 };
  const beyond = traitFault("weights", WEIGHTS, changes.weights) ??
    traitFault("steps", STEPS, changes.steps);
  if (beyond) {
    frame.say(beyond);
    return false;
  }
  frame.set(changes);
  record(frame, changes.steps, lossNow({ ...state, ...changes }));
  return true;
}

const reached = new WeakMap(); // from a frame to the step that its run has come to

export const run = createRunner({
  step(frame, count) {
    const { state } = frame;
    // A preset, Reset or Python put other weights in place: that is not to be trained unasked.
    if (count > LONGEST || (count > 1 && state.steps !== reached.get(frame))) return false;
    reached.set(frame, state.steps);
    // At the minimum the run waits for a point to be moved.
    if (Math.hypot(...evaluate(state).gradient) < SMALL) return true;
    if (!descend(frame)) return false;
    reached.set(frame, state.steps + 1);
    return true;
  },
  atOnce: AT_ONCE,
  yields: false,
});

export const forget = (frame) => frame.set({ weights: [[0, 0, 0], [0, 0, 0], [0, 0, 0]], steps: 0 });
