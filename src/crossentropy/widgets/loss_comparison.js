import { clamp } from "./lib/clamp.js";
import { defineExplorable } from "./lib/explorable.js";
import { bracketed, format, plural, whole } from "./lib/format.js";
import { softmax, softmaxJacobian } from "./lib/information.js";
import { labelLoss, sigmoid } from "./lib/logistic.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane } from "./lib/plane.js";
import { createRunner } from "./lib/runner.js";
import { SCHEMAS } from "./lib/schema.js";
import { createTrack } from "./lib/track.js";

const { u, steps: { most: MOST } } = SCHEMAS.LossComparison;

// ---- The losses ----

// A rival's slope is the hero's times its factor: how loud it is beside the hero at that place.
// `ledger` writes that slope in other ways that must give the same number.

const square = (x) => x * x;
const six = (value) => format(value, 6);
const four = (value) => format(value, 4);
const operand = (value) => bracketed(four(value));

const CROSS_ENTROPY = {
  name: "cross-entropy",
  loss: (z) => labelLoss(z, 1),
  slope: (z) => -sigmoid(-z), // 1 − σ(z) without cancellation
  label: { loss: [-4.8, 5.3], slope: [-6.6, -0.82] },
};

const SQUARED_ERROR = {
  name: "squared error",
  loss: (z) => square(sigmoid(-z)),
  slope: (z) => -2 * sigmoid(z) * square(sigmoid(-z)),
  factor: (z) => 2 * sigmoid(z) * sigmoid(-z),
  label: { loss: [-7.4, 1.8], slope: [-6.6, -0.36] },
  ledger(z) {
    const q = softmax([z, 0]);
    const [row] = softmaxJacobian([z, 0]);
    return [
      ["slope at ○ = −2<i>σ</i>(1 − <i>σ</i>)²",
        `−2 · ${six(sigmoid(z))} · ${six(sigmoid(-z))}²`],
      ["= row 0 of <i>J</i> (<i>q</i> − <i>h</i>)",
        `${six(row[0])} · ${bracketed(six(q[0] - 1))} + ${bracketed(six(row[1]))} · ${six(q[1])}`,
        row[0] * (q[0] - 1) + row[1] * q[1]],
      ["= −(1 − <i>σ</i>) × 2<i>σ</i>(1 − <i>σ</i>)", ""],
    ];
  },
};

const HALF_SQUARE = {
  name: "½u²",
  loss: (u) => (u * u) / 2,
  slope: (u) => u,
  label: { loss: [-2.5, 5.1], slope: [3.8, 3.4], slopeText: "u" },
};

const FOURTH_POWER = {
  name: "u⁴",
  loss: (u) => square(square(u)),
  slope: (u) => 4 * u * u * u,
  factor: (u) => 4 * u * u,
  label: { loss: [1.75, 5.1], slope: [1.15, 3.3], slopeText: "4u³" },
  ledger: (u) => [
    ["slope at ○ = 4<i>u</i>³", `4 · ${operand(u)}³`],
    ["= 2<i>u</i>² × 2<i>u</i>, for <i>u</i>⁴ = (<i>u</i>²)²",
      `${four(2 * u * u)} × ${operand(2 * u)}`, 2 * u * u * (2 * u)],
    ["= <i>u</i> × 4<i>u</i>²", ""],
  ],
};

const ABSOLUTE_VALUE = {
  name: "|u|",
  loss: Math.abs,
  slope: Math.sign, // 0 at the kink, where there is none
  factor: (u) => 1 / Math.abs(u),
  kink: 0,
  label: { loss: [2.3, 1.1], slope: [0.3, 1.7], slopeText: "sgn u" },
  ledger: (u) => [
    ["slope at ○ = sgn <i>u</i>", `sgn ${operand(u)}`],
    ["= <i>u</i> / √<i>u</i>², for |<i>u</i>| = √<i>u</i>²",
      `${four(u)} / ${four(Math.sqrt(u * u))}`, u / Math.sqrt(u * u)],
    ["= <i>u</i> × 1/|<i>u</i>|", ""],
  ],
};

const SINES = {
  name: "sin² u + sin² πu",
  loss: (u) => square(Math.sin(u)) + square(Math.sin(Math.PI * u)),
  slope: (u) => Math.sin(2 * u) + Math.PI * Math.sin(2 * Math.PI * u),
  factor: (u) => u === 0 ? 2 + 2 * Math.PI ** 2
    : Math.sin(2 * u) / u + (Math.PI * Math.sin(2 * Math.PI * u)) / u,
  label: { loss: [-1.3, 2.7], slope: [-3.4, 4.9], slopeText: "sin 2u + π sin 2πu" },
  ledger(u) {
    const [sin, cos] = [Math.sin(u), Math.cos(u)];
    const [sinPi, cosPi] = [Math.sin(Math.PI * u), Math.cos(Math.PI * u)];
    const doubled = [Math.sin(2 * u), Math.PI * Math.sin(2 * Math.PI * u)];
    return [
      ["slope at ○ = sin 2<i>u</i> + π sin 2π<i>u</i>",
        `${six(doubled[0])} + ${bracketed(six(doubled[1]))}`],
      ["= 2 sin <i>u</i> cos <i>u</i> + 2π sin π<i>u</i> cos π<i>u</i>",
        `2 · ${operand(sin)} · ${operand(cos)} + 2π · ${operand(sinPi)} · ${operand(cosPi)}`,
        2 * sin * cos + 2 * Math.PI * sinPi * cosPi],
      ["= <i>u</i> × its factor", ""],
    ];
  },
};

// ---- What they are compared over ----

// start      the trait that both balls start from
// ends       between which the start is dragged
// view       the part of the axis that is shown
// rate       a step is x ← x − rate · slope
// far        a ball beyond ±far has run away, for good
// arrived    whether a ball at x is where it should be
const CLASSES = {
  hero: CROSS_ENTROPY,
  start: "z",
  name: "lead z of the true class",
  startName: "lead z of the true class, where both balls start",
  startText: (z) => `start z = ${format(z, 2)}, q = ${four(sigmoid(z))}`,
  keys: { step: 0.1, page: 1, fine: 0.01 },
  ends: [-8, 6],
  view: [-8.5, 6.5],
  ticks: [-8, -4, 0, 4],
  goal: "q = ½",
  lossAxis: { title: "loss (cross-entropy: nats)", range: [0, 8.6], ticks: [0, 4, 8] },
  slopeAxis: { range: [-1.12, 0.06], ticks: [-1, -0.5, 0], decimals: 1 },
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
  hero: HALF_SQUARE,
  start: "u",
  name: "error u = x − y",
  startName: "error u, where both balls start",
  startText: (u) => `start u = ${format(u, 3)}`,
  keys: { step: 0.1, page: 0.5, fine: 0.01 },
  ends: [u.least, u.most],
  view: [-3.75, 3.75],
  ticks: [-3, -2, -1, 0, 1, 2, 3],
  goal: "x = y",
  lossAxis: { title: "loss", range: [0, 7], ticks: [0, 3, 6] },
  slopeAxis: { range: [-4.5, 4.5], ticks: [-4, 0, 4], decimals: 0 },
  rate: 1 / 16,
  far: 10,
  arrived: (u) => Math.abs(u) < 0.1,
  arrival: "within 0.1",
  atStart: "within 0.1 from the start",
  waiting: "not within 0.1",
  still: "stuck in a hollow",
};

const PAIRS = {
  "squared error": { ...CLASSES, rival: SQUARED_ERROR },
  "fourth power": { ...ERRORS, rival: FOURTH_POWER },
  "absolute value": { ...ERRORS, rival: ABSOLUTE_VALUE },
  sines: { ...ERRORS, rival: SINES,
    slopeAxis: { range: [-5, 6.2], ticks: [-4, 0, 4], decimals: 0 } },
};

// ---- Descent ----

function next({ rate, far }, { slope }, x) {
  if (!Number.isFinite(x)) return x;
  const moved = x - rate * slope(x);
  return Math.abs(moved) > far ? Math.sign(moved) * Infinity : moved;
}

const descents = new WeakMap(); // from a loss to its last descent

// Where a ball is after each step from `start`, as far as `steps` at least, and the step with
// which it arrived. A descent is remembered, so that the next step of it costs one step.
function descent(pair, loss, start, steps) {
  let known = descents.get(loss);
  if (known?.start !== start) {
    known = { start, places: [start], arrival: pair.arrived(start) ? 0 : Infinity };
    descents.set(loss, known);
  }
  const { places } = known;
  while (places.length <= steps) {
    const place = next(pair, loss, places.at(-1));
    if (known.arrival === Infinity && pair.arrived(place)) known.arrival = places.length;
    places.push(place);
  }
  return known;
}

function ball(pair, loss, state) {
  const { places, arrival } = descent(pair, loss, state[pair.start], state.steps);
  const place = places[state.steps];
  return {
    place,
    loss: loss.loss(place),
    slope: loss.slope(place),
    arrival: arrival <= state.steps ? arrival : Infinity,
  };
}

function quantities(state) {
  const pair = PAIRS[state.rival];
  const hero = ball(pair, pair.hero, state);
  const rival = ball(pair, pair.rival, state);
  return {
    steps: state.steps,
    hero_place: hero.place,
    hero_loss: hero.loss,
    hero_slope: hero.slope,
    hero_arrival: hero.arrival,
    rival_place: rival.place,
    rival_loss: rival.loss,
    rival_slope: rival.slope,
    rival_arrival: rival.arrival,
    factor: pair.rival.factor(rival.place),
  };
}

const hasSlope = (loss, x) => x !== loss.kink;

function ledger(state, { rival_place: x, rival_slope: slope, factor }) {
  const { hero, rival } = PAIRS[state.rival];
  const heroSlope = hero.slope(x);
  const lines = rival.ledger(x);
  lines[0][2] = slope;
  lines[2][1] = `slope of ${hero.name} × factor: ${six(heroSlope)} × ${six(factor)}`;
  lines[2][2] = heroSlope * factor;
  return lines.map(([label, expression, value]) => {
    if (!Number.isFinite(x)) return [label, "the ball is gone", "runs away"];
    return hasSlope(rival, x) ? [label, expression, six(value)]
      : [label, "no slope where |u| has its kink", "none (a kink)"];
  });
}

// ---- Step, and Run ----

const WATCHED = 100; // ticks that a run lasts at least, 164 steps
const STILL = 1e-6; // a shorter step is not seen

// Steps a tick: slow at first, then more and more, so that hundreds do not take hundreds of ticks.
// Always odd: a ball that hops to and fro is seen to hop.
const stride = (tick) => 1 + 2 * Math.floor(Math.max(tick - 40, 0) / 30);

function settled(state) {
  const pair = PAIRS[state.rival];
  return [pair.hero, pair.rival].every((loss) => {
    const { place, arrival } = ball(pair, loss, state);
    return arrival < Infinity || !Number.isFinite(place) || isStill(pair, loss, place);
  });
}

const isStill = (pair, loss, place) => Math.abs(pair.rate * loss.slope(place)) < STILL;

// As many steps further, but no further than a ball's arrival: a run stops there to the step.
function advanced(state, steps) {
  const pair = PAIRS[state.rival];
  const wanted = Math.min(state.steps + steps, MOST);
  const arrivals = [pair.hero, pair.rival]
    .map((loss) => descent(pair, loss, state[pair.start], wanted).arrival)
    .filter((arrival) => arrival > state.steps);
  return Math.min(wanted, ...arrivals);
}

const run = createRunner({
  step(frame, tick) {
    const { state } = frame;
    if (state.steps >= MOST || (tick > WATCHED && settled(state))) return false;
    frame.set({ steps: advanced(state, stride(tick)) });
    return true;
  },
  atOnce: MOST,
});

// ---- The picture ----

// A loss's curves, trail and balls: the hero's solid and filled, the rival's dashed and hollow.
const ROLES = ["rival", "hero"]; // the hero is drawn over the rival
const RADIUS = { hero: 4.5, rival: 6.5 }; // where they meet, the disc lies inside the ring

// A position from `low` to `high`, or well inside the end that it is beyond.
const inside = (at, low, high) => (at < low ? low + 18 : at > high ? high - 18 : at);

// A ball in a plane, at (x, y). One that is outside stands inside the edge, with an arrow to where
// it is; one that has run away is not seen.
function drawBall(pen, role, of, x, y, { left, top, width, height }) {
  const gone = !Number.isFinite(x);
  const cx = gone ? left : inside(x, left, left + width);
  const cy = gone ? top : inside(y, top, top + height);
  const beyond = !gone && (x !== cx || y !== cy);
  const angle = beyond ? Math.atan2(y - cy, x - cx) * (180 / Math.PI) : 0;
  const ball = pen.inside("g", `${role} in ${of}`, {
    "data-mark": `x-${of} y-${of} x=${role}_place y=${role}_${of}`,
    transform: path`translate(${cx},${cy})`, visibility: gone ? "hidden" : "visible" });
  ball("circle", "disc", { class: `ball ${role}`, r: RADIUS[role] });
  ball("path", "arrow", { class: "ball-beyond",
    d: beyond ? "M11,-5 L17,0 L11,5" : "", transform: path`rotate(${angle})` });
}

// One function of each loss over x ("loss" or "slope"), with a ball on either curve.
function createGraph(pen, pair, of, options) {
  const plane = createPlane(pen, { id: of, ...options });
  const [from, to] = pair.view;
  const xs = Float64Array.from({ length: 701 }, (_, i) => from + ((to - from) * i) / 700);
  const [curves, trails] = [createMemo(), createMemo()];

  function curve(loss) {
    // No line is drawn across the jump of a slope.
    const jump = of === "slope" ? loss.kink : undefined;
    const pieces = jump === undefined
      ? [xs] : [xs.filter((x) => x < jump), xs.filter((x) => x > jump)];
    return pieces.map((piece) => plane.line(piece, piece.map(loss[of]))).join(" ");
  }

  // A dot wherever a step ended, unless it would touch the dot before.
  function trail(loss, start, steps) {
    const { places } = descent(pair, loss, start, steps);
    let [d, lastX, lastY] = ["", -Infinity, -Infinity];
    for (let i = 0; i < steps && Number.isFinite(places[i]); i += 1) {
      const [x, y] = [plane.x(places[i]), plane.y(loss[of](places[i]))];
      if (Math.abs(x - lastX) + Math.abs(y - lastY) < 5) continue;
      d += path`M${x},${y} h0 `;
      [lastX, lastY] = [x, y];
    }
    return d;
  }

  function drawLine(kind, role, mark, d) {
    plane.pen("path", `${kind} ${role}`, {
      class: `${kind} ${role}`, "data-mark": `x-${of} y-${of} path=${role}_${of}_${mark}`, d });
  }

  function drawNames({ left, top, width, height, y }) {
    const across = y[0] < 0 ? path` M${left},${plane.y(0)} h${width}` : "";
    pen("path", `${of} zero`, { class: "rule", "data-tick": `x-${of} 0`,
      d: path`M${plane.x(0)},${top} v${height}${across}` });
    for (const role of ROLES) {
      const { name, label } = pair[role];
      pen("text", `name of ${role} in ${of}`, {
        class: `halo start ${role}`, text: (of === "slope" && label.slopeText) || name,
        x: plane.x(label[of][0]), y: plane.y(label[of][1]) });
    }
  }

  return {
    plane,
    drawCurves(box, state, numbers) {
      const [start, steps] = [state[pair.start], state.steps];
      const place = [box.left, box.top, box.width, box.height];
      const lines = curves(place, () => ROLES.map((role) => curve(pair[role])));
      // The balls roll down the loss.
      const dots = of === "loss" && trails([...place, start, steps], () =>
        ROLES.map((role) => trail(pair[role], start, steps)));
      ROLES.forEach((role, i) => {
        drawLine("curve", role, "at", lines[i]);
        if (dots) drawLine("trail", role, "after", dots[i]);
      });
      drawNames(box);
      for (const role of ROLES) {
        const [x, y] = [numbers[`${role}_place`], numbers[`${role}_${of}`]];
        drawBall(pen, role, of, plane.x(x), plane.y(y), box);
      }
    },
  };
}

function statusText(pair, loss, place, arrival, steps) {
  if (arrival === 0) return pair.atStart;
  if (arrival < Infinity) return `${pair.arrival} after ${plural(arrival, "step")}`;
  if (!Number.isFinite(place)) return "runs away";
  if (isStill(pair, loss, place)) return pair.still;
  return `${pair.waiting} ${steps === 0 ? "yet" : `after ${plural(steps, "step")}`}`;
}

// One row a ball: its name, where it is, the slope it follows, and whether it has arrived.
function drawScore(pen, pair, role, { steps }, numbers, width, narrow) {
  const loss = pair[role];
  const [place, slope, arrival] =
    ["place", "slope", "arrival"].map((of) => numbers[`${role}_${of}`]);
  const gone = !Number.isFinite(place);
  const slopeText = hasSlope(loss, place) ? `slope ${six(slope)}` : "none (a kink)";
  const y = role === "hero" ? 16 : narrow ? 58 : 40;
  const text = (what, anchor, x, words, below = 0) =>
    pen("text", `${what} of ${role}`, { class: anchor, x, y: y + below, text: words });
  pen("circle", `score of ${role}`,
    { class: `ball ${role}`, cx: 8, cy: y - 5, r: RADIUS[role] });
  text("name", "start", 22, loss.name);
  text("place", "end", narrow ? width - 124 : 228, gone ? "" : `${pair.start} = ${four(place)}`);
  text("slope", "end", narrow ? width : 362, gone ? "" : slopeText);
  text("status", "start", narrow ? 22 : 378,
    statusText(pair, loss, place, arrival, steps), narrow ? 19 : 0);
}

function createStart(frame, pen, pair) {
  // Who moves the start puts both balls back on it.
  const restarting = {
    model: frame.model,
    schema: frame.schema,
    set: (change) => frame.set({ ...change, steps: 0 }),
  };
  return createTrack(restarting, pen, {
    trait: pair.start,
    name: pair.startName,
    ends: pair.ends,
    ticks: [],
    ...pair.keys,
    text: pair.startText,
  });
}

// Between the planes: the start on its track, and the title of the lower plane.
const [BETWEEN, BELOW] = [86, 42];

function boxes({ view, lossAxis, slopeAxis }, width, height, narrow) {
  const [left, top] = [46, narrow ? 112 : 78];
  const room = Math.max(height - top - BETWEEN - BELOW, 2);
  const plane = { left, width: width - 16 - left, x: view };
  const upper = { ...plane, top, height: Math.round(room * 0.58), y: lossAxis.range };
  const lower = { ...plane, top: top + upper.height + BETWEEN, height: room - upper.height,
    y: slopeAxis.range };
  return [upper, lower];
}

function picture(frame) {
  const pair = PAIRS[frame.model.get("rival")];
  const { lossAxis, slopeAxis } = pair;
  const pen = createPen(frame.svg);
  const losses = createGraph(pen, pair, "loss", {
    title: lossAxis.title,
    xTicks: pair.ticks,
    yTicks: lossAxis.ticks,
    xText: () => "",
  });
  const slopes = createGraph(pen, pair, "slope", {
    title: "its slope: the push on each ball",
    name: pair.name,
    xTicks: pair.ticks,
    yTicks: slopeAxis.ticks,
    xText: (x) => format(x, 0),
    yText: (y) => format(y, slopeAxis.decimals),
  });
  const start = createStart(frame, pen, pair);
  const [from, to] = pair.ends;

  return {
    draw(state, numbers, width, height) {
      const narrow = width < 520;
      const [upper, lower] = boxes(pair, width, height, narrow);
      const bottom = upper.top + upper.height;
      const { x } = losses.plane;
      losses.plane.draw(upper);
      pen("path", "start", { class: "guide", "data-mark": "x-loss x=start",
        d: path`M${x(clamp(state[pair.start], from, to))},${upper.top} V${bottom}` });
      losses.drawCurves(upper, state, numbers);
      slopes.plane.draw(lower);
      slopes.drawCurves(lower, state, numbers);
      pen("text", "goal",
        { class: "tick start", x: x(0) + 6, y: upper.top + 10, text: pair.goal });
      // The track keeps 10 pixels free at either end, and 38 above its line.
      start.draw(state[pair.start], x(from) - 10, bottom - 2, x(to) + 10);
      for (const role of ["hero", "rival"]) {
        drawScore(pen, pair, role, state, numbers, width, narrow);
      }
    },
  };
}

// ---- What the picture shows, in words ----

function describe(state, numbers) {
  const pair = PAIRS[state.rival];
  const { start } = pair;
  const told = ({ name, kink }, who) => {
    const place = numbers[`${who}_place`];
    if (!Number.isFinite(place)) return `That of ${name} has run away.`;
    const slope = place === kink ? "none, for it has a kink there" : six(numbers[`${who}_slope`]);
    return `That of ${name} is at ${start} = ${four(place)}, where the loss is ` +
      `${four(numbers[`${who}_loss`])} and its slope ${slope}.`;
  };
  return `Two losses over the ${pair.name}, and their slopes. A ball on each has taken ` +
    `${plural(state.steps, "step")} of gradient descent from ${start} = ` +
    `${format(state[start], 2)}. ${told(pair.hero, "hero")} ${told(pair.rival, "rival")}`;
}

export default defineExplorable({
  name: "LossComparison",
  shape: ({ rival }) => rival,
  quantities,
  readouts: [
    { quantity: "steps", label: "Steps", unit: false, show: whole, said: "steps", stays: true },
    { quantity: "hero_loss", label: "Loss at ●", unit: false, said: "cross-entropy" },
    { quantity: "rival_loss", label: "at ○", unit: false, said: "rival", show: (loss) =>
      (Number.isFinite(loss) ? four(loss) : "runs away") },
    { quantity: "factor", label: "Factor at ○", unit: false, show: six },
  ],
  ledger,
  describe,
  choices: [{ trait: "rival", label: "Rival" }],
  actions: [
    { label: "Step", primary: true, run: (frame) =>
      frame.set({ steps: Math.min(frame.state.steps + 1, MOST) }) },
    { ...run, primary: true },
  ],
  picture,
});
