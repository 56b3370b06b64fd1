import { clamp } from "./lib/clamp.js";
import { defineExplorable } from "./lib/explorable.js";
import { brief, format, plural, whole } from "./lib/format.js";
import { PAIRS, roll, six } from "./lib/losses.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane } from "./lib/plane.js";
import { createRunner } from "./lib/runner.js";
import { SCHEMAS } from "./lib/schema.js";
import { createTrack } from "./lib/track.js";

const MOST = SCHEMAS.LossComparison.steps.most;

// ---- The numbers ----

function ball(pair, loss, state) {
  const { steps } = state;
  const { places, arrival } = roll(loss, pair, state[pair.start], steps);
  const place = places[steps];
  return {
    place,
    loss: loss.loss(place),
    slope: loss.slope(place),
    arrival: arrival <= steps ? arrival : Infinity,
  };
}

const named = (role, numbers) => Object.fromEntries(
  Object.entries(numbers).map(([name, value]) => [`${role}_${name}`, value]));

function quantities(state) {
  const pair = PAIRS[state.rival];
  const rival = ball(pair, pair.rival, state);
  return {
    steps: state.steps,
    ...named("hero", ball(pair, pair.hero, state)),
    ...named("rival", rival),
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
    .map((loss) => roll(loss, pair, state[pair.start], wanted).arrival)
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

// A loss's curve, trail and ball: the hero's solid and filled, the rival's dashed and hollow.
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
  const inner = pen.inside("g", `ball of ${role}`, {
    "data-mark": `x-${of} y-${of} x=${role}_place y=${role}_${of}`,
    transform: path`translate(${cx},${cy})`, visibility: gone ? "hidden" : "visible" });
  inner("circle", "disc", { class: `ball ${role}`, r: RADIUS[role] });
  inner("path", "arrow", { class: "ball-beyond",
    d: beyond ? "M11,-5 L17,0 L11,5" : "", transform: path`rotate(${angle})` });
}

function statusText(pair, loss, place, arrival, steps) {
  if (arrival === 0) return pair.atStart;
  if (arrival < Infinity) return `${pair.arrival} after ${plural(arrival, "step")}`;
  if (!Number.isFinite(place)) return "runs away";
  if (isStill(pair, loss, place)) return pair.still;
  return `${pair.waiting} ${steps === 0 ? "yet" : `after ${plural(steps, "step")}`}`;
}

// One row a ball: its name, where it is, its loss or the slope that it follows, and whether it has
// arrived.
function drawScore(pen, pair, role, of, { steps }, numbers, width, narrow) {
  const loss = pair[role];
  const [place, value, arrival] = ["place", of, "arrival"].map((one) => numbers[`${role}_${one}`]);
  const gone = !Number.isFinite(place);
  const unit = (of === "loss" && loss.unit) || "";
  const isNone = of === "slope" && !hasSlope(loss, place);
  const y = role === "hero" ? 16 : narrow ? 56 : 38;
  const text = (what, anchor, x, words, below = 0) =>
    pen("text", `${what} of ${role}`, { class: anchor, x, y: y + below, text: words });
  pen("circle", `score of ${role}`,
    { class: `ball ${role}`, cx: 8, cy: y - 5, r: RADIUS[role] });
  text("name", "start", 22, loss.name);
  text("place", "end", narrow ? width - 118 : 220, gone ? "" : `${pair.start} = ${brief(place)}`);
  text("value", "end", narrow ? width : 350,
    gone ? "" : isNone ? "slope: none (a kink)" : `${of} ${brief(value)}${unit}`);
  text("status", "start", narrow ? 22 : 366,
    statusText(pair, loss, place, arrival, steps), narrow ? 18 : 0);
}

function createStart(frame, pen, pair) {
  return createTrack(frame, pen, {
    trait: pair.start,
    name: `${pair.name}, where both balls start`,
    ends: pair.ends,
    ticks: pair.ticks,
    ...pair.keys,
    text: pair.startText,
    // Who moves the start puts both balls back on it.
    set: (value) => frame.set({ [pair.start]: value, steps: 0 }),
  });
}

// One function of each loss, `of` "loss" or "slope", with a ball on either curve.
const picture = (of) => (frame) => {
  const pair = PAIRS[frame.model.get("rival")];
  const pen = createPen(frame.svg);
  const plane = createPlane(pen, {
    id: of,
    title: `${of} over the ${pair.name}`,
    xTicks: pair.ticks,
    yTicks: pair.levels[of],
    xText: () => "",
  });
  const start = createStart(frame, pen, pair);
  const [curves, trails] = [createMemo(), createMemo()];
  const [from, to] = pair.view;
  const xs = Float64Array.from({ length: 701 }, (_, i) => from + ((to - from) * i) / 700);

  function curve(loss) {
    // No line is drawn across the jump of a slope.
    const jump = of === "slope" ? loss.kink : undefined;
    const pieces = jump === undefined
      ? [xs] : [xs.filter((x) => x < jump), xs.filter((x) => x > jump)];
    return pieces.map((piece) => plane.line(piece, piece.map(loss[of]))).join(" ");
  }

  // A dot wherever a step ended, unless it would touch the dot before.
  function trail(loss, begin, steps) {
    const { places } = roll(loss, pair, begin, steps);
    let [d, lastX, lastY] = ["", -Infinity, -Infinity];
    for (let i = 0; i < steps && Number.isFinite(places[i]); i += 1) {
      const [x, y] = [plane.x(places[i]), plane.y(loss[of](places[i]))];
      if (Math.abs(x - lastX) + Math.abs(y - lastY) < 5) continue;
      d += path`M${x},${y} h0 `;
      [lastX, lastY] = [x, y];
    }
    return d;
  }

  function drawLines({ left, top, width, height }, begin, steps) {
    const place = [left, top, width, height];
    const lines = curves(place, () => ROLES.map((role) => curve(pair[role])));
    const dots = trails([...place, begin, steps], () =>
      ROLES.map((role) => trail(pair[role], begin, steps)));
    ROLES.forEach((role, i) => {
      for (const [kind, when, d] of [["curve", "at", lines[i]], ["trail", "after", dots[i]]]) {
        plane.pen("path", `${kind} ${role}`, { class: `${kind} ${role}`,
          "data-mark": `x-${of} y-${of} path=${role}_${of}_${when}`, d });
      }
    });
  }

  function drawNames({ left, top, width, height, y }) {
    const across = y[0] < 0 ? path` M${left},${plane.y(0)} h${width}` : "";
    pen("path", "zero", { class: "rule", "data-tick": `x-${of} 0`,
      d: path`M${plane.x(0)},${top} v${height}${across}` });
    pen("text", "goal", { class: "tick start", x: plane.x(0) + 6,
      y: of === "loss" ? top + 10 : top + height - 8, text: pair.goal });
    for (const role of ROLES) {
      const { name, label } = pair[role];
      pen("text", `curve's name of ${role}`, { class: `halo start ${role}`,
        text: (of === "slope" && label.slopeText) || name,
        x: plane.x(label[of][0]), y: plane.y(label[of][1]) });
    }
  }

  return {
    draw(state, numbers, width, height) {
      const narrow = width < 520;
      const top = narrow ? 108 : 74;
      const box = { left: 40, top, width: width - 56, height: Math.max(height - top - 68, 1),
        x: pair.view, y: pair.ranges[of] };
      const bottom = top + box.height;
      const begin = state[pair.start];
      const [low, high] = pair.ends;
      plane.draw(box);
      pen("path", "start", { class: "guide", "data-mark": `x-${of} x=start`,
        d: path`M${plane.x(clamp(begin, low, high))},${top} V${bottom}` });
      drawLines(box, begin, state.steps);
      drawNames(box);
      for (const role of ROLES) {
        const [x, y] = [numbers[`${role}_place`], numbers[`${role}_${of}`]];
        drawBall(pen, role, of, plane.x(x), plane.y(y), box);
        drawScore(pen, pair, role, of, state, numbers, width, narrow);
      }
      // The track keeps 10 pixels free at either end, and 38 above its line.
      start.draw(begin, plane.x(low) - 10, bottom - 2, plane.x(high) + 10);
    },
  };
};

// ---- What the picture shows, in words ----

function describe(state, numbers) {
  const pair = PAIRS[state.rival];
  const { start } = pair;
  const told = ({ name, kink }, who) => {
    const place = numbers[`${who}_place`];
    if (!Number.isFinite(place)) return `That of ${name} has run away.`;
    const slope = place === kink ? "none, for it has a kink there" : six(numbers[`${who}_slope`]);
    return `That of ${name} is at ${start} = ${format(place)}, where the loss is ` +
      `${format(numbers[`${who}_loss`])} and its slope ${slope}.`;
  };
  return `${state.view === "loss" ? "Two losses" : "The slopes of two losses"} over the ` +
    `${pair.name}. A ball on each has taken ` +
    `${plural(state.steps, "step")} of gradient descent from ${start} = ` +
    `${format(state[start], 2)}. ${told(pair.hero, "hero")} ${told(pair.rival, "rival")}`;
}

export default defineExplorable({
  name: "LossComparison",
  shape: ({ rival }) => rival,
  quantities,
  readouts: [
    { quantity: "steps", label: "Steps", unit: false, show: whole, said: "steps" },
    { quantity: "hero_loss", label: "Loss of the full ball", unit: false, said: "loss" },
    { quantity: "rival_loss", label: "of the empty ball", unit: false, said: "rival", show: (loss) =>
      (Number.isFinite(loss) ? format(loss) : "runs away") },
    { quantity: "factor", label: "Factor at the empty ball", unit: false, show: six },
  ],
  ledger,
  describe,
  choices: [{ trait: "rival", label: "Rival", folded: true }],
  actions: [
    { label: "Step", primary: true, run: (frame) =>
      frame.set({ steps: Math.min(frame.state.steps + 1, MOST) }) },
    { ...run, primary: true },
  ],
  views: { loss: "Loss", slope: "Slope" },
  picture: { loss: picture("loss"), slope: picture("slope") },
});
