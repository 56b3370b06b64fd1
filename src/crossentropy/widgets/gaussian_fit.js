import { clamp } from "./lib/clamp.js";
import {
  NAMES, arrivalsOf, createDescent, descentOf, forgetArrivals, isAt,
} from "./lib/descents.js";
import { defineExplorable } from "./lib/explorable.js";
import { brief, format } from "./lib/format.js";
import { HOURS, MEANS, WIDTHS, gaussian, klTerms, mixture, moment } from "./lib/gaussian.js";
import { createHandle } from "./lib/handle.js";
import { logsumexp, sum } from "./lib/information.js";
import { defineHatches, drawTear } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane } from "./lib/plane.js";
import { SCHEMAS, traitFault } from "./lib/schema.js";

// ---- The numbers ----

const above = (terms) => sum(terms.filter((term) => term > 0));
const below = (terms) => 0 - sum(terms.filter((term) => term < 0));
const surprises = (p, q) => p.probabilities.map((pi, i) => 0 - pi * q.log[i]); // −p log q

function quantities({ mean, width, humps }) {
  const p = mixture(humps);
  const q = gaussian(mean, width);
  const [forward, reverse] = [klTerms(p, q), klTerms(q, p)];
  // q ∝ exp(θ₁ x + θ₂ x²), and Z is what makes it sum to 1.
  const theta = [mean / width ** 2, -1 / (2 * width ** 2)];
  return {
    kl_divergence: sum(forward),
    kl_above: above(forward),
    kl_below: below(forward),
    reverse_kl_divergence: sum(reverse),
    reverse_kl_above: above(reverse),
    reverse_kl_below: below(reverse),
    entropy: sum(surprises(p, p)),
    cross_entropy: sum(surprises(p, q)),
    theta,
    log_partition: logsumexp(HOURS.map((x) => (theta[0] + theta[1] * x) * x)),
    p_moments: [moment(p.probabilities, 1), moment(p.probabilities, 2)],
    q_moments: [moment(q.probabilities, 1), moment(q.probabilities, 2)],
  };
}

function ledger({ mean, width, humps }, numbers) {
  const { entropy: h, kl_divergence: kl, log_partition: logZ, theta, p_moments: m } = numbers;
  const costs = surprises(mixture(humps), gaussian(mean, width));
  const noon = HOURS.indexOf(12);
  const [morning, afternoon] = [sum(costs.slice(0, noon)), sum(costs.slice(noon))];
  return [
    ["<i>H</i>(<i>p</i>, <i>q</i>) = −∑ <i>p</i> log <i>q</i>",
      `${format(morning)} before noon + ${format(afternoon)} from noon on`,
      format(morning + afternoon)],
    ["= <i>H</i>(<i>p</i>) + KL(<i>p</i>‖<i>q</i>)", `${format(h)} + ${format(kl)}`,
      format(h + kl)],
    ["= log <i>Z</i> − <i>θ</i><sub>1</sub> <i>E<sub>p</sub></i>[<i>x</i>] − " +
      "<i>θ</i><sub>2</sub> <i>E<sub>p</sub></i>[<i>x</i><sup>2</sup>]",
      `${format(logZ)} − ${format(theta[0])}·${format(m[0])} + ` +
        `${format(0 - theta[1])}·${format(m[1])}`,
      format(logZ - theta[0] * m[0] - theta[1] * m[1])],
  ];
}

// The weights of a mixture sum to 1.
const mixtureFault = (humps) => traitFault(
  "humps[:, 0]", SCHEMAS.GaussianFit.humps.weights, humps.map(([weight]) => weight));

// ---- p, q and the two grips ----

const TALLEST = 0.16; // what the panel has room for
const NOON_TICKS = [0, 6, 12, 18, 24];
const APART = 30; // pixels between the two grips: their targets do not overlap

// A torn edge along `level` over each stretch of hours whose value lies beyond it.
function tears(plane, values, level) {
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

const peakOf = ({ logTotal }) => Math.exp(0 - logTotal);

// The two handles: q's mean at its peak, its width one standard deviation from there.
function createGrips(frame, pen, plane) {
  const state = () => frame.state;
  // Late in the day the width's grip changes sides, so that the widest q has room for it.
  const side = () => (state().mean > 14 ? -1 : 1);
  const rounded = (value) => Math.round(value * 100) / 100;
  const mean = createHandle(pen, {
    id: "mean",
    mark: "x-hour y-hour x=mean y=peak",
    name: "mean of q, in hours of the day",
    axis: "x",
    step: 0.25,
    page: 1,
    fine: 0.01,
    range: () => MEANS,
    value: () => state().mean,
    words: (value) => `${format(value, 2)} h`,
    at: (value) => plane.x(value),
    move: (wanted) => frame.set({ mean: rounded(wanted) }),
  });
  const width = createHandle(pen, {
    id: "width",
    mark: "x-hour x=width_end",
    name: "width of q: its standard deviation in hours",
    axis: "x",
    step: 0.1,
    page: 1,
    fine: 0.01,
    range: () => WIDTHS,
    value: () => state().width,
    words: (value) => `${format(value, 2)} h`,
    at: (value) => plane.x(state().mean + side() * value),
    move: (wanted) => frame.set({ width: rounded(wanted) }),
  });
  const within = (x, half, right) => clamp(x, half, right - half);

  function drawMean(at, x, y, right) {
    const text = `q: mean ${format(at, 2)} h`;
    mean.draw(x, y, text, [within(x, 3.8 * text.length, right) - x, -14]);
  }

  function drawWidth(of, x, y, right) {
    const words = `width ${format(of, 2)} h`;
    const half = 3.7 * words.length;
    const wanted = x + side() * (12 + half);
    const shown = within(wanted, half, right);
    // Beside the grip, clear of the curve that falls away below, or above the grip where there is
    // no room beside it.
    const lift = Math.min(6 + 4 * Math.abs(wanted - shown), 14);
    width.draw(x, y, words, [shown - x, 0 - lift]);
  }

  return (now, peak, curve, right) => {
    const x = plane.x(now.mean);
    const y = plane.y(Math.min(peak, TALLEST));
    // At the height of the inflection point, or lower, where the grips would touch.
    const across = Math.abs(plane.x(now.mean + now.width) - x);
    const gripX = x + side() * across;
    const inflection = plane.y(Math.min(peak, TALLEST) * Math.exp(-0.5));
    const gripY = Math.max(inflection, y + Math.max(0, APART - Math.max(0, across - APART)));
    pen("path", "width", { class: "guide", "data-mark": "x-hour start=mean end=width_end",
      d: path`M${x},${gripY} H${gripX}` });
    mean.reach(curve);
    drawMean(now.mean, x, y, right);
    drawWidth(now.width, gripX, gripY, right);
  };
}

function createDistributions(frame, pen) {
  const plane = createPlane(pen, {
    id: "hour",
    xTicks: NOON_TICKS,
    xText: (hour) => (hour === 24 ? "24 h" : String(hour)),
    yTicks: [0, 0.1],
    yText: (value) => (value ? format(value, 1) : "0"),
  });
  const drawGrips = createGrips(frame, pen, plane);
  const memo = createMemo();

  function drawTarget({ humps }) {
    const p = mixture(humps).probabilities;
    plane.pen("path", "area of p",
      { class: "mixture", "data-mark": "x-hour y-hour area=p", d: plane.area(HOURS, p) });
    plane.pen("path", "p",
      { class: "curve role-p", "data-mark": "x-hour y-hour path=p", d: plane.line(HOURS, p) });
    // Inside the first hump, where no other curve is likely.
    const first = Math.min(...humps.map(([, mean]) => mean));
    pen("text", "letter p",
      { class: "letter role-p halo", x: plane.x(first), y: plane.y(0) - 6, text: "p" });
  }

  // The model, above the one from which it descended.
  function drawModel(q, start) {
    const mark = "x-hour y-hour";
    plane.pen("path", "start", { class: "curve role-q ghost", "data-mark": `${mark} descent=start`,
      d: start ? plane.line(HOURS, start.probabilities) : "" });
    plane.pen("path", "q", { class: "curve role-q", "data-mark": `${mark} path=q`,
      d: plane.line(HOURS, q.probabilities) });
    drawTear(pen, "tear of q",
      { kind: "role-q", mark: "shown=q_torn", d: tears(plane, q.probabilities, TALLEST) });
  }

  function drawStatus(descent, { stacked, status }, right) {
    pen("text", "status", {
      class: stacked ? "tick start" : "tick", role: "status", x: stacked ? 0 : right, y: status,
      text: descent ? `${NAMES[descent.direction]}: ${descent.text}`
        : "a descent moves q’s mean and width" });
  }

  function drawStartName(from, to, peak) {
    const away = Math.abs(plane.x(from) - plane.x(to)) > 76;
    pen("text", "name of start", { class: "tick middle halo",
      x: plane.x(from), y: plane.y(Math.min(peak, TALLEST)) - 6, text: away ? "start" : "" });
  }

  return {
    draw(state, box, rows, right) {
      plane.draw({ ...box, x: MEANS, y: [0, TALLEST] });
      pen("text", "title",
        { class: "tick start", x: 0, y: rows.title, text: "probability of each quarter hour" });
      const descent = descentOf(frame, state);
      drawStatus(descent, rows, right);
      memo([state.humps, ...Object.values(box)], () => drawTarget(state));
      const from = descent?.start ?? state;
      const [q, start] = [state, from].map(({ mean, width }) => gaussian(mean, width));
      drawModel(q, descent && start);
      drawStartName(from.mean, state.mean, peakOf(start));
      drawGrips(state, peakOf(q), plane.line(HOURS, q.probabilities), right);
    },
  };
}

// ---- The terms of a divergence as areas ----

const HIGHEST = 0.2; // what a panel has room for
const DEPTH = 0.3; // of that is left below zero
const TRIANGLE = "M0,0 l5,8 h-10 Z";

function createTerms(frame, pen, direction) {
  const quantity = direction === "forward" ? "kl" : "reverse_kl";
  const plane = createPlane(pen, {
    id: quantity,
    yTicks: [0, 0.1],
    yText: (value) => (value ? format(value, 1) : "0"),
  });
  let most = 0; // arrivals that were drawn

  function drawTitles(numbers, { left, top, width }) {
    const [up, down, total] = ["above", "below", "divergence"].map((part) =>
      brief(numbers[`${quantity}_${part}`]));
    pen("text", `sum of ${quantity}`, { class: "role-kl start", x: 0, y: top - 10,
      text: `${NAMES[direction]} = ${total} nats: ${up} above zero, ${down} below` });
    pen("text", `term of ${quantity}`, { class: "tick halo", x: left + width, y: top + 12,
      text: direction === "forward" ? "p log(p/q)" : "q log(q/p)" });
  }

  function drawTerms(terms) {
    const draw = (key, kind, mark, d) => plane.pen(
      "path", key, { class: kind, "data-mark": `x-hour y-${quantity} ${mark}`, d });
    draw("above", "above-zero", `area=${quantity}_terms_above sum=${quantity}_above`,
      plane.area(HOURS, terms.map((term) => Math.max(term, 0))));
    draw("below", "below-zero", `area=${quantity}_terms_below sum=-${quantity}_below`,
      plane.area(HOURS, terms.map((term) => Math.min(term, 0))));
    draw("terms", "curve role-kl thin", `path=${quantity}_terms sum=${quantity}_divergence`,
      plane.line(HOURS, terms));
    drawTear(pen, `tear of ${quantity}`, { kind: "role-kl", mark: `shown=${quantity}_torn`,
      d: tears(plane, terms, HIGHEST) + tears(plane, terms, -DEPTH * HIGHEST) });
  }

  function drawArrival(i, arrival, y, centre) {
    const x = plane.x(arrival?.mean ?? centre);
    // Away from the middle of p, where the next one may stand.
    const left = arrival?.mean < centre;
    pen("path", `arrival ${direction} ${i}`, {
      class: "arrival", "data-mark": `x-hour descent=${direction}`,
      d: arrival ? TRIANGLE : "", transform: path`translate(${x},${y})` });
    pen("text", `value ${direction} ${i}`, {
      class: left ? "tick" : "tick start", x: x + (left ? -8 : 8), y: y + 10,
      text: arrival ? brief(arrival.value) : "" });
  }

  return {
    draw({ mean, width, humps }, numbers, box) {
      const depth = box.height * DEPTH;
      plane.draw({ ...box, below: depth, x: MEANS, y: [0, HIGHEST] });
      drawTitles(numbers, box);
      const [p, q] = [mixture(humps), gaussian(mean, width)];
      drawTerms(direction === "forward" ? klTerms(p, q) : klTerms(q, p));
      const arrived = arrivalsOf(frame)[direction];
      most = Math.max(most, arrived.length);
      for (let i = 0; i < most; i += 1) {
        drawArrival(i, arrived[i], box.top + box.height + depth + 2, numbers.p_moments[0]);
      }
    },
  };
}

// ---- All of it ----

// p and q, and below them the terms of a divergence, with the places where its descents arrived.
const picture = (direction) => (frame) => {
  const pen = createPen(frame.svg);
  defineHatches(frame.svg);
  const distributions = createDistributions(frame, pen);
  const terms = createTerms(frame, pen, direction);

  return {
    draw(state, numbers, width, height) {
      // Back at the start nothing has been tried.
      if (isAt(frame.opening, state)) forgetArrivals(frame);
      const narrow = width < 560;
      const left = 32;
      const box = { left, width: width - left - 16 };
      const top = narrow ? 64 : 46;
      // The hours, a title, a panel with room below zero, and a row for arrivals.
      const free = height - top - 26 - 32 - 16;
      const tall = Math.floor(free * 0.54);
      const low = Math.floor((free - tall) / (1 + DEPTH));
      distributions.draw(state, { ...box, top, height: tall },
        { stacked: narrow, title: narrow ? 33 : 14, status: 14 }, width);
      terms.draw(state, numbers, { ...box, top: top + tall + 26 + 32, height: low });
    },
  };
};

// ---- What the picture shows, in words ----

const describe = ({ mean, width, humps, view }, numbers) =>
  "Over the hours of a day, the target p in blue with its humps " +
  `(${humps.map(([weight, middle, spread]) => `weight ${format(weight, 2)}, ` +
    `mean ${format(middle, 2)} h, width ${format(spread, 2)} h`).join("; ")}), and the model q, a ` +
  `dashed vermilion hump with mean ${format(mean, 2)} h and width ${format(width, 2)} h. ` +
  `Below them the terms of ${NAMES[view]} as purple areas, hatched above zero, plain below, ` +
  `and cut off where they are tall. KL(p‖q) is ${format(numbers.kl_divergence)} nats, KL(q‖p) ` +
  `${format(numbers.reverse_kl_divergence)}, and H(p) ${format(numbers.entropy)}.`;

export default defineExplorable({
  name: "GaussianFit",
  rules: { humps: mixtureFault },
  quantities,
  readouts: [
    { quantity: "kl_divergence", label: "KL(<i>p</i>‖<i>q</i>)", role: "kl",
      said: "KL from p to q" },
    { quantity: "reverse_kl_divergence", label: "KL(<i>q</i>‖<i>p</i>)", role: "kl",
      said: "from q to p" },
    { quantity: "entropy", label: "<i>H</i>(<i>p</i>)", role: "p" },
    { quantity: "cross_entropy", label: "<i>H</i>(<i>p</i>, <i>q</i>)", role: "q" },
  ],
  ledger,
  describe,
  actions: Object.keys(NAMES)
    .map((direction) => ({ ...createDescent(direction), view: direction, primary: true })),
  views: NAMES,
  picture: { forward: picture("forward"), reverse: picture("reverse") },
});
