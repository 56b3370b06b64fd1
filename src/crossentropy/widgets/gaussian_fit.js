import { clamp } from "./lib/clamp.js";
import { set, svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import { format } from "./lib/format.js";
import {
  DIRECTIONS, HOURS, MEANS, WIDTHS, descend, gaussian, hasArrived, isAtEdge, klTerms, mixture,
  moment,
} from "./lib/gaussian.js";
import { createHandle } from "./lib/handle.js";
import { logsumexp, sum } from "./lib/information.js";
import { defineHatches } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPlane } from "./lib/plane.js";
import { createRunner } from "./lib/runner.js";
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

// ---- Descent ----

const NAMES = { forward: "KL(p‖q)", reverse: "KL(q‖p)" };
const QUANTITIES = { forward: "kl_divergence", reverse: "reverse_kl_divergence" };
const LONGEST = 1000; // steps; a few dozen are enough

// From a frame to its last descent { direction, start, place, text }, and to where descents
// have arrived since the target last changed.
const descents = new WeakMap();
const arrivals = new WeakMap();

const placeOf = ({ mean, width }) => ({ mean, width });
const isAt = (place, { mean, width }) => place?.mean === mean && place?.width === width;

function arrivalsOf(frame) {
  const target = JSON.stringify(frame.state.humps);
  if (arrivals.get(frame)?.target !== target) {
    arrivals.set(frame, { target, forward: [], reverse: [] });
  }
  return arrivals.get(frame);
}

function arrive(frame, direction) {
  const place = placeOf(frame.state);
  const known = arrivalsOf(frame)[direction];
  // The same place comes out a rounding apart.
  if (known.some(({ mean, width }) =>
    Math.hypot(mean - place.mean, width - place.width) < 1e-6)) return;
  known.push({ ...place, value: quantities(frame.state)[QUANTITIES[direction]] });
}

// The last descent, as long as q stands where it left it.
function descentOf(frame, state) {
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

function createDescent(direction) {
  return createRunner({
    label: `Descend ${NAMES[direction]}`,
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
      const text = `${verdict} after ${steps} ${steps === 1 ? "step" : "steps"}`;
      Object.assign(descents.get(frame), { place: placeOf(state), text });
      frame.invalidate();
    },
  });
}

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
    d += `M${from.toFixed(2)},${plane.y(level).toFixed(2)}`;
    for (let k = 0; k < teeth; k += 1) d += ` l3,${k % 2 ? -4 : 4} l3,${k % 2 ? 4 : -4}`;
  }
  return d;
}

function createTear(parent, role, mark) {
  const ground = svg("path", { class: "tear ground" });
  const edge = svg("path", { class: `tear role-${role}`, "data-mark": mark });
  parent.append(ground, edge);
  return (d) => [ground, edge].forEach((node) => set(node, { d }));
}

// The two handles: q's mean at its peak, its width one standard deviation from there.
function createGrips(frame, parent, plane) {
  const state = () => frame.state;
  // Late in the day the width's grip changes sides, so that the widest q has room for it.
  const side = () => (state().mean > 14 ? -1 : 1);
  const rounded = (value) => Math.round(value * 100) / 100;
  const guide = svg("path",
    { class: "guide", "data-mark": "x-hour start=mean end=width_end" });
  const mean = createHandle({
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
  const width = createHandle({
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
  parent.append(guide, mean.node, width.node);

  return (now, peak, right) => {
    const within = (x, half) => clamp(x, half, right - half);
    const x = plane.x(now.mean);
    const y = plane.y(Math.min(peak, TALLEST));
    const text = `q: mean ${format(now.mean, 2)} h`;
    mean.draw(x, y, text, [within(x, 3.8 * text.length) - x, -14]);

    // At the height of the inflection point, or lower, where the grips would touch.
    const across = Math.abs(plane.x(now.mean + now.width) - x);
    const gripX = x + side() * across;
    const inflection = plane.y(Math.min(peak, TALLEST) * Math.exp(-0.5));
    const gripY = Math.max(inflection, y + Math.max(0, APART - Math.max(0, across - APART)));
    const words = `width ${format(now.width, 2)} h`;
    const half = 3.7 * words.length;
    const wanted = gripX + side() * (12 + half);
    const shown = within(wanted, half);
    // Beside the grip, clear of the curve that falls away below, or above the grip where there is
    // no room beside it.
    const lift = Math.min(6 + 4 * Math.abs(wanted - shown), 14);
    set(guide, { d: `M${x.toFixed(2)},${gripY.toFixed(2)} H${gripX.toFixed(2)}` });
    width.draw(gripX, gripY, words, [shown - gripX, 0 - lift]);
  };
}

function createDistributions(frame, root) {
  const plane = createPlane(root, {
    id: "hour",
    xTicks: NOON_TICKS,
    xText: (hour) => (hour === 24 ? "24 h" : String(hour)),
    yTicks: [0, 0.1],
    yText: (value) => (value ? format(value, 1) : "0"),
  });
  const title = svg("text", { class: "tick start", text: "probability of each quarter hour" });
  const status = svg("text", { class: "tick", role: "status" });
  const curve = (kind, mark) =>
    svg("path", { class: kind, "data-mark": `x-hour y-hour ${mark}` });
  const fill = curve("mixture", "area=p");
  const target = curve("curve role-p", "path=p");
  const start = curve("curve role-q ghost", "descent=start");
  const model = curve("curve role-q", "path=q");
  plane.window.append(fill, target, start, model);
  const tear = createTear(root, "q", "shown=q_torn");
  const letter = svg("text", { class: "letter role-p halo", text: "p" });
  const startName = svg("text", { class: "tick middle halo", text: "start" });
  root.append(title, status, letter, startName);
  const grips = createGrips(frame, root, plane);
  const memo = createMemo();

  // What changes with the target and the size alone.
  function drawTarget({ humps }, box) {
    const p = mixture(humps).probabilities;
    plane.draw({ ...box, x: MEANS, y: [0, TALLEST] });
    set(fill, { d: plane.area(HOURS, p) });
    set(target, { d: plane.line(HOURS, p) });
    // Inside the first hump, where no other curve is likely.
    const first = Math.min(...humps.map(([, mean]) => mean));
    set(letter, { x: plane.x(first).toFixed(2), y: plane.y(0) - 6 });
  }

  function drawDescent(descent, mean) {
    set(status, { text: descent ? `${NAMES[descent.direction]}: ${descent.text}`
      : "a descent moves q’s mean and width downhill" });
    const from = descent?.start;
    if (!from) return [start, startName].forEach((node) => set(node, { visibility: "hidden" }));
    const q = gaussian(from.mean, from.width);
    set(start, { d: plane.line(HOURS, q.probabilities), visibility: "visible" });
    const away = Math.abs(plane.x(from.mean) - plane.x(mean)) > 76;
    const peak = plane.y(Math.min(Math.exp(0 - q.logTotal), TALLEST));
    set(startName, {
      x: plane.x(from.mean), y: peak - 6, visibility: away ? "visible" : "hidden" });
  }

  return {
    draw(state, box, rows, right) {
      memo([JSON.stringify([box, state.humps])], () => drawTarget(state, box));
      const q = gaussian(state.mean, state.width);
      set(model, { d: plane.line(HOURS, q.probabilities) });
      tear(tears(plane, q.probabilities, TALLEST));
      set(title, { x: 0, y: rows.title });
      set(status, { x: rows.stacked ? 0 : right, y: rows.status,
        class: rows.stacked ? "tick start" : "tick" });
      drawDescent(descentOf(frame, state), state.mean);
      grips(state, Math.exp(0 - q.logTotal), right);
    },
  };
}

// ---- The terms of a divergence as areas ----

const HIGHEST = 0.2; // what a panel has room for
const DEPTH = 0.3; // of that is left below zero
const TRIANGLE = "M0,0 l5,8 h-10 Z";

function createTerms(frame, root, paint, direction) {
  const quantity = direction === "forward" ? "kl" : "reverse_kl";
  const plane = createPlane(root, {
    id: quantity,
    yTicks: [0, 0.1],
    yText: (value) => (value ? format(value, 1) : "0"),
  });
  const terms = (kind, mark) =>
    svg("path", { class: kind, "data-mark": `x-hour y-${quantity} ${mark}` });
  const positive = terms("", `area=${quantity}_terms_above sum=${quantity}_above`);
  positive.style.fill = paint("kl");
  const negative = terms("below-zero", `area=${quantity}_terms_below sum=-${quantity}_below`);
  const curve = terms(
    "curve role-kl thin", `path=${quantity}_terms sum=${quantity}_divergence`);
  plane.window.append(positive, negative, curve);
  const tear = createTear(root, "kl", `shown=${quantity}_torn`);
  const title = svg("text", { class: "role-kl start" });
  const name = svg("text", { class: "tick", text:
    direction === "forward" ? "p log(p/q)" : "q log(q/p)" });
  const marks = svg("g");
  root.append(title, name, marks);
  const memo = createMemo();
  const marked = [];

  function mark(count) {
    while (marked.length < count) {
      const place = svg("path",
        { d: TRIANGLE, class: "arrival", "data-mark": `x-hour descent=${direction}` });
      const one = { place, text: svg("text") };
      marks.append(one.place, one.text);
      marked.push(one);
    }
    return marked;
  }

  function drawArrivals(y, centre) {
    const places = arrivalsOf(frame)[direction];
    mark(places.length).forEach(({ place, text }, i) => {
      const arrival = places[i];
      const visibility = arrival ? "visible" : "hidden";
      const x = arrival ? plane.x(arrival.mean) : 0;
      // Away from the middle of p, where the next one may stand.
      const left = arrival?.mean < centre;
      set(place, { transform: `translate(${x.toFixed(2)},${y})`, visibility });
      set(text, {
        class: left ? "tick" : "tick start",
        x: x + (left ? -8 : 8),
        y: y + 10,
        text: arrival ? format(arrival.value, 2) : "",
        visibility,
      });
    });
  }

  return {
    draw({ mean, width, humps }, numbers, box, wide) {
      const depth = box.height * DEPTH;
      memo([JSON.stringify(box)], () => {
        plane.draw({ ...box, x: MEANS, y: [0, HIGHEST] });
        // Curves may go below the zero line.
        set(plane.window, {
          height: box.height + depth,
          viewBox: `${box.left} ${box.top} ${box.width} ${box.height + depth}`,
        });
        set(title, { x: 0, y: box.top - 10 });
        set(name, { x: box.left + box.width, y: box.top - 10 });
      });
      const [p, q] = [mixture(humps), gaussian(mean, width)];
      const terms = direction === "forward" ? klTerms(p, q) : klTerms(q, p);
      set(positive, { d: plane.area(HOURS, terms.map((term) => Math.max(term, 0))) });
      set(negative, { d: plane.area(HOURS, terms.map((term) => Math.min(term, 0))) });
      set(curve, { d: plane.line(HOURS, terms) });
      tear(tears(plane, terms, HIGHEST) + tears(plane, terms, -DEPTH * HIGHEST));
      const [up, down, total] = [`${quantity}_above`, `${quantity}_below`, `${quantity}_divergence`]
        .map((part) => format(numbers[part], wide ? 4 : 2));
      set(title, { text: wide
        ? `${NAMES[direction]} = ${up} above zero − ${down} below = ${total} nats`
        : `${NAMES[direction]} = ${up} − ${down} = ${total} nats` });
      drawArrivals(box.top + box.height + depth + 2, numbers.p_moments[0]);
    },
  };
}

// ---- All of it ----

function picture(frame) {
  const root = frame.svg;
  const paint = defineHatches(root);
  const distributions = createDistributions(frame, root);
  const divergences = Object.keys(DIRECTIONS).map((direction) =>
    createTerms(frame, root, paint, direction));

  return {
    draw(state, numbers, width, height) {
      // Back at the start nothing has been tried.
      if (isAt(frame.initial, state)) arrivals.delete(frame);
      const narrow = width < 560;
      const left = 32;
      const box = { left, width: width - left - 16 };
      const top = narrow ? 65 : 48;
      // The top panel, then twice a title, a panel with room below zero, and a row for arrivals.
      const free = height - top - 26 - 2 * (32 + 16);
      const tall = Math.floor(free * 0.46);
      const low = Math.floor((free - tall) / 2 / (1 + DEPTH));
      distributions.draw(state, { ...box, top, height: tall },
        { stacked: narrow, title: narrow ? 33 : 14, status: 14 }, width);
      divergences.forEach((terms, i) => terms.draw(state, numbers, {
        ...box, top: top + tall + 26 + 32 + i * (low * (1 + DEPTH) + 48), height: low }, !narrow));
    },
  };
}

// ---- What the picture shows, in words ----

const describe = ({ mean, width, humps }, numbers) =>
  "Over the hours of a day, the target p in blue with its humps " +
  `(${humps.map(([weight, middle, spread]) => `weight ${format(weight, 2)}, ` +
    `mean ${format(middle, 2)} h, width ${format(spread, 2)} h`).join("; ")}), and the model q, a ` +
  `dashed vermilion hump with mean ${format(mean, 2)} h and width ${format(width, 2)} h. ` +
  "Below them the terms of the two divergences as purple areas, hatched above zero, plain below, " +
  `and cut off where they are tall: KL(p‖q) is ${format(numbers.kl_divergence)} nats, KL(q‖p) ` +
  `${format(numbers.reverse_kl_divergence)}, and H(p) ${format(numbers.entropy)}.`;

export default defineExplorable({
  name: "GaussianFit",
  rules: { humps: mixtureFault },
  quantities,
  readouts: [
    { quantity: "kl_divergence", label: "KL(<i>p</i>‖<i>q</i>)", role: "kl" },
    { quantity: "reverse_kl_divergence", label: "KL(<i>q</i>‖<i>p</i>)", role: "kl" },
    { quantity: "entropy", label: "<i>H</i>(<i>p</i>)", role: "p" },
    { quantity: "cross_entropy", label: "<i>H</i>(<i>p</i>, <i>q</i>)", role: "q" },
  ],
  ledger,
  describe,
  actions: Object.keys(DIRECTIONS).map(createDescent),
  picture,
});
