// The terms of a divergence as areas, with the places where its descents arrived.

import { NAMES, arrivalsOf, forgetArrivals, isAt } from "./descents.js";
import { HOURS, MEANS, gaussian, klTerms, mixture } from "./gaussian.js";
import { brief, createPlane, defineHatches, drawTear, path } from "./kit.js";

// A torn edge along `level` over each stretch of hours whose value lies beyond it.
export function tears(plane, values, level) {
  const beyond = (i) => (level > 0 ? values[i] > level : values[i] < level);
  let d = "";
  for (let i = 0; i < values.length; i += 1) {
    if (!beyond(i)) continue;
    const from = plane.x(HOURS[i]) - 6;
    while (i + 1 < values.length && beyond(i + 1)) i += 1;
    const teeth = Math.max(2, Math.round((plane.x(HOURS[i]) + 6 - from) / 6));
    d += path`M${from},${plane.y(level)}`;
    for (let k = 0; k < teeth; k += 1) d += ` l3,${k % 2 ? -4 : 4} l3,${k % 2 ? 4 : -4}`;
  }
  return d;
}

const HIGHEST = 0.2; // what a panel has room for
const DEPTH = 0.3; // of that is left below zero

// A part of a picture.
export const terms = (direction) => (frame, pen) => {
  const id = direction === "forward" ? "kl" : "reverse_kl";
  const plane = createPlane(pen, {
    id, axes: `x-hour y-${id}`, x: MEANS, y: [0, HIGHEST], yTicks: [0, 0.1] });
  let most = 0; // arrivals that were drawn
  defineHatches(frame.svg);

  function drawTitles(numbers, { right, top }, narrow) {
    pen.text(`term of ${id}`, "tick start", 0, top - 16,
      direction === "forward" ? "terms p log(p/q)" : "terms q log(q/p)");
    pen.text(`sum of ${id}`, "role-kl halo end", right, top - 16,
      `${narrow ? "" : "above less below: "}${NAMES[direction]} = ` +
      `${brief(numbers[`${id}_divergence`])} nats`);
  }

  function drawTerms(values) {
    plane.area("above", "above-zero", `${id}_terms_above sum=${id}_above`,
      HOURS, values.map((term) => Math.max(term, 0)));
    plane.area("below", "below-zero", `${id}_terms_below sum=-${id}_below`,
      HOURS, values.map((term) => Math.min(term, 0)));
    plane.curve("terms", "role-kl thin", `${id}_terms sum=${id}_divergence`, HOURS, values);
    const torn = tears(plane, values, HIGHEST) + tears(plane, values, -DEPTH * HIGHEST);
    drawTear(pen, `tear of ${id}`, { kind: "role-kl", mark: `shown=${id}_torn`, d: torn });
  }

  function drawArrival(i, arrival, y, centre) {
    const x = plane.x(arrival?.mean ?? centre);
    pen.path(`arrival ${i}`, "arrival", `x-hour descent=${direction}`,
      arrival ? path`M${x},${y} l5,8 h-10 Z` : "");
    // Away from the middle of p, where the next one may stand.
    const [look, by] = arrival?.mean < centre ? ["tick", -8] : ["tick start", 8];
    pen.text(`value ${i}`, look, x + by, y + 10, arrival ? brief(arrival.value) : "");
  }

  return (state, numbers, area, { narrow }) => {
    const height = Math.floor(area.height / (1 + DEPTH));
    plane.draw({ ...area, height, below: area.height - height });
    drawTitles(numbers, area, narrow);
    const [p, q] = [mixture(state.humps), gaussian(state.mean, state.width)];
    drawTerms(direction === "forward" ? klTerms(p, q) : klTerms(q, p));
    // Back at the start nothing has been tried.
    if (isAt(frame.opening, state)) forgetArrivals(frame);
    const arrived = arrivalsOf(frame)[direction];
    most = Math.max(most, arrived.length);
    for (let i = 0; i < most; i += 1) {
      drawArrival(i, arrived[i], area.bottom + 2, numbers.p_moments[0]);
    }
  };
};
