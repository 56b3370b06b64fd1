// The running mean of what the symbols of a message have cost, beside the levels that it runs towards.

import {
  brief, clamp, createPlane, createTraitHandle, format, path, plural, whole,
} from "./kit.js";
import { meanBits } from "./message.js";
import { MOST, STOPS, fromLevel, isPriceShown, messageOf, toLevel } from "./sending.js";
import { spread } from "./spread.js";

const TICKS = [0, 100, 1000, MOST].map(toLevel);

const NEAR = 0.005; // bits: a level that is no further from another one is not named beside it

const LEVELS = [
  { name: "length L", look: "label start", quantity: "expected_bits", leader: "length_apart" },
  { name: "H(p, q)", look: "start role-q", quantity: "cross_entropy" },
  { name: "H(p)", look: "start role-p", quantity: "entropy" },
  { name: "H(p, q) + 1", look: "tick start", quantity: "promise:1" },
];

// The ends of the panel, in halves of a bit, so that it stands still while q is dragged a little.
// Below an infinite level the whole panel is seen.
function ends(levels) {
  const finite = levels.filter(Number.isFinite);
  const low = Math.max(Math.floor(2 * (Math.min(...finite) - 0.1)) / 2, 0);
  return [
    finite.length < levels.length ? 0 : low, Math.ceil(2 * (Math.max(...finite) + 0.1)) / 2];
}

// A part of a picture.
export function means(frame, pen) {
  const plane = createPlane(pen, {
    id: "sent",
    x: [0, STOPS.length - 1],
    xValue: fromLevel,
    xTicks: TICKS,
    xText: (level) => whole(fromLevel(level)),
  });
  const handle = createTraitHandle(frame, pen, {
    trait: "sent",
    name: "symbols sent, on a logarithmic scale",
    mark: "x-sent x=sent",
    decimals: 0,
    page: 12,
    range: () => [0, STOPS.length - 1],
    value: () => toLevel(frame.model.get("sent")),
    words: () => `${plural(frame.model.get("sent"), "symbol")} of ${whole(MOST)}`,
    at: plane.x,
    move: (level) => frame.set({ sent: fromLevel(level) }),
  });

  // The names of the levels, to the right of the panel. What is not to be seen yet has none, nor
  // has L where it is H(p, q); what is infinite has its place above it.
  function drawNames(values, isShown, { right, top, bottom }) {
    const [l, ce, , promised] = values;
    const isApart = l !== ce && !(Math.abs(l - ce) < NEAR); // both may be infinite
    const isNamed = [isShown && isApart, isShown, true, isShown && promised !== undefined];
    const wanted = values.map((value, i) =>
      Math.max(plane.y(isNamed[i] ? value : Infinity), top - 30));
    const placed = spread(wanted, 17, top - 6, bottom);
    LEVELS.forEach(({ name, look, quantity, leader = quantity }, i) => {
      const number = quantity === "promise:1" ? "" : ` ${brief(values[i])}`;
      const text = isNamed[i] ? name + number : "";
      pen.path(`leader of ${name}`, "rule", `y-sent start=${leader}`,
        text && values[i] < Infinity
          ? path`M${right + 2},${wanted[i]} L${right + 12},${placed[i]}` : "");
      pen.text(`name of ${name}`, look, right + 16, (placed[i] ?? 0) + 5, text);
    });
  }

  function drawScale({ sent }, mean, y, { left, right, top, bottom }) {
    pen.text("means", "label start", left, top - 10, mean === null ? "bits a symbol"
      : `bits a symbol; mean of ${whole(sent)}: ${brief(mean)}`);
    pen.text("what is sent", "tick start", right + 26, bottom + 20, "symbols");
    y.forEach((value, i) => pen.tick(`end ${i}`, "tick", `y-sent ${value}`,
      left - 8, plane.y(value) + 5, format(value, value < 100 ? 1 : 0)));
  }

  // No prefix code is below H(p). Shannon promises a mean from H(p, q) to a bit more.
  function drawBands(low, h, promised, { right, bottom }) {
    plane.band("unavoidable", "length role-entropy", "top=entropy", low, h, 4);
    pen.text("unavoidable", "end", right - 6, plane.y(h) + 17,
      bottom - plane.y(h) > 24 ? "no prefix code is this short" : "");
    plane.band("band", "band", "bottom=promise:0 top=promise:1", ...promised ?? [low, low]);
  }

  const drawLevel = (look, quantity, value) => plane.path(
    quantity, look, `y=${quantity}`, Number.isFinite(value) ? plane.level(value) : "");

  function drawMeans(state, n) {
    const { counts } = messageOf(state);
    const stops = state.sent
      ? [...STOPS.filter((stop) => stop > 0 && stop < state.sent), state.sent] : [];
    plane.curve("means", "", "mean_after",
      stops.map(toLevel), stops.map((stop) => meanBits(counts, n, stop)));
  }

  return (state, numbers, area) => {
    const { left, right, top, bottom } = area;
    const { expected_bits: l, cross_entropy: ce, entropy: h, bits_per_symbol: mean } = numbers;
    const isShown = isPriceShown(state);
    const promised = state.code === "Shannon" && ce < Infinity;
    const values = [l, ce, h, ...(promised ? [ce + 1] : [])];
    const y = ends(values);
    plane.draw({ ...area, y });
    const x = plane.x(toLevel(state.sent));
    const tip = mean === null ? bottom : clamp(plane.y(mean), top, bottom);

    drawScale(state, mean, y, area);
    drawBands(y[0], h, promised && isShown ? [ce, ce + 1] : null, area);
    plane.path("sent", "guide", "x=sent top=bits_per_symbol", path`M${x},${bottom} V${tip}`);
    drawLevel("price", "expected_bits", isShown ? l : Infinity);
    drawLevel("curve role-q", "cross_entropy", isShown ? ce : Infinity);
    drawMeans(state, numbers.lengths);
    pen("circle", "head", { class: "now", "data-mark": "x-sent y-sent x=sent y=bits_per_symbol",
      cx: x, cy: tip, r: mean === null ? 0 : 4 });
    drawNames(values, isShown, area);
    // Its number stands in the heading, where it hides no part of the curve.
    handle.guide(left, right, bottom);
    handle.draw(x, bottom, "");
  };
}
