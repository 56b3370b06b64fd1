// How small a number each precision holds, and the likelihood of N labels beside it.

import {
  brief, clamp, createPlane, fromLog, path, picture, SCHEMAS, textWithin, track, whole,
} from "./kit.js";
import { PRECISIONS } from "./products.js";

const { counts: { sum: { most: MOST } } } = SCHEMAS.LikelihoodExplorer;

export const size = (counts) => counts[0] + counts[1];
export const shares = (counts) => counts.map((count) => count / size(counts));

const DECADES = [1, 10, 100, 1000, 10_000];

// What has become of L in a precision.
export function verdict(value, logL) {
  if (value === 0) return logL === -Infinity ? "right" : "0, an underflow";
  const error = Math.abs(Math.log(value) - logL);
  const kind = error > Math.LN2 ? "wrong" : error > 0.01 ? "digits lost" : "right";
  return kind === "right" ? kind : `${fromLog(Math.log(value))}, ${kind}`;
}

function amount(frame, pen) {
  // Rounding to whole counts would wear the proportion away, and the place of the handle: both are
  // remembered until the counts change in another way.
  let scaled = { counts: [] };
  const recalled = () => {
    const now = frame.model.get("counts");
    return now.every((count, k) => count === scaled.counts[k])
      ? scaled : { counts: now, share: shares(now)[1], n: size(now) };
  };
  return track({
    trait: "n",
    name: "number of labels N",
    ends: [1, MOST],
    ticks: DECADES,
    scale: "log",
    keys: { step: 0.1, page: 1, fine: 0.02 },
    mark: "rounded=size",
    text: () => `N = ${whole(size(frame.model.get("counts")))}`,
    get: () => recalled().n,
    set: (n) => {
      const { share } = recalled();
      const ones = Math.round(share * Math.round(n));
      scaled = { counts: [Math.round(n) - ones, ones], share, n };
      frame.set({ counts: scaled.counts });
    },
  })(frame, pen);
}

function zeros(frame, pen) {
  const plane = createPlane(pen, {
    id: "log-zeros",
    x: [0, Math.log10(MOST)],
    y: [1, 2],
    name: "zeros after the decimal point",
    xTicks: DECADES.map(Math.log10),
    xText: (decade) => whole(10 ** decade),
    xValue: (decade) => 10 ** decade,
  });

  // As far as the smallest number above zero.
  function drawPrecision(name, i, y, known) {
    const [start, end] = [1, -Math.log10(PRECISIONS[name].least)]
      .map((n) => plane.x(Math.log10(n)));
    pen.rect(`reach of ${name}`, "extent", `x-log-zeros left=1 right=reach:${i}`,
      { x: start, y: y + 6, width: end - start, height: 12 });
    pen.text(name, "label start halo", start, y, `${name}: ${known}`);
  }

  return (state, numbers, area, { width, height }) => {
    const { top, bottom } = area;
    const { log_likelihood: logL } = numbers;
    plane.draw(area);
    const x = plane.x(Math.log10(clamp(-logL / Math.LN10, 1, MOST)));
    pen.path("L line", "curve role-q", "x-log-zeros x=zeros", path`M${x},${top} V${bottom}`);
    Object.keys(PRECISIONS).forEach((name, i) => drawPrecision(name, i,
      top + 20 + (i * area.height) / 3, verdict(numbers[`product_${name}`], logL)));
    const text = `L(θ) = ${fromLog(logL)}`;
    pen.text("L", "label role-q", textWithin(0, width, x, text), top - 6, text);
    pen.text("sum", "label middle", width / 2, height - 8,
      `The sum of logs carries on: log L = ${brief(logL)} nats`);
  };
}

export const underflow = picture({ amount, zeros }, {
  wide: { columns: [24, "amount zeros", 24], rows: [30, { amount: 0 }, 62, "zeros", 86] },
});
