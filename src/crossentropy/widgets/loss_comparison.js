import {
  brief, circle, clamp, createPlane, createRunner, createTrack, defineExplorable, format, path,
  picture, plural, SCHEMAS, whole,
} from "./lib/kit.js";
import { PAIRS, roll, six } from "./lib/losses.js";

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

// ---- The picture: one function of each loss, "loss" or "slope", with a ball on either curve ----

// A loss's curve, trail and ball: the hero's solid and filled, the rival's dashed and hollow.
const ROLES = ["rival", "hero"]; // the hero is drawn over the rival
const RADIUS = { hero: 4.5, rival: 6.5 }; // where they meet, the disc lies inside the ring

// A position from `low` to `high`, or well inside the end that it is beyond.
const inside = (at, low, high) => (at < low ? low + 18 : at > high ? high - 18 : at);

function statusText(pair, loss, place, arrival, steps) {
  if (arrival === 0) return pair.atStart;
  if (arrival < Infinity) return `${pair.arrival} after ${plural(arrival, "step")}`;
  if (!Number.isFinite(place)) return "runs away";
  if (isStill(pair, loss, place)) return pair.still;
  return steps === 0 ? "" : `${pair.waiting} after ${plural(steps, "step")}`;
}

// A row for a ball: its name, where it is, its loss or the slope that it follows, and whether it
// has arrived.
const score = (role, of) => (frame, pen) => (state, numbers, { top }, { narrow, width }) => {
  const pair = PAIRS[state.rival];
  const loss = pair[role];
  const [place, value, arrival] = ["place", of, "arrival"].map((one) => numbers[`${role}_${one}`]);
  const y = top + 16;
  const text = (what, look, x, words, below = 0) =>
    pen.text(`${what} of ${role}`, look, x, y + below, words);
  const valueText = of === "slope" && !hasSlope(loss, place) ? "slope: none (a kink)"
    : `${of} ${brief(value)}${(of === "loss" && loss.unit) || ""}`;
  const isSeen = Number.isFinite(place);
  pen.path(`score of ${role}`, `ball ${role}`, null, circle(8, y - 5, RADIUS[role]));
  text("name", "start", 22, loss.name);
  text("place", "end", narrow ? width - 118 : 220, isSeen ? `${pair.start} = ${brief(place)}` : "");
  text("value", "end", narrow ? width : 350, isSeen ? valueText : "");
  text("status", "start", narrow ? 22 : 366,
    statusText(pair, loss, place, arrival, state.steps), narrow ? 18 : 0);
};

const slide = (of) => (frame, pen) => {
  const pair = PAIRS[frame.model.get("rival")];
  const [low, high] = pair.ends;
  const [from, to] = pair.view;
  const plane = createPlane(pen, {
    id: of,
    x: pair.view,
    y: pair.ranges[of],
    title: `${of} over the ${pair.name}`,
    xTicks: pair.ticks,
    yTicks: pair.levels[of],
    xText: () => "",
  });
  const start = createTrack(frame, pen, {
    trait: pair.start,
    name: `${pair.name}, where both balls start`,
    ends: pair.ends,
    ticks: pair.ticks,
    keys: pair.keys,
    text: pair.startText,
    // Who moves the start puts both balls back on it.
    set: (value) => frame.set({ [pair.start]: value, steps: 0 }),
  });
  const xs = Float64Array.from({ length: 701 }, (_, i) => from + ((to - from) * i) / 700);

  // No line is drawn across the jump of a slope.
  function drawCurve(role) {
    const { [of]: value, kink } = pair[role];
    const ys = xs.map((x) => (of === "slope" && x === kink ? NaN : value(x)));
    plane.curve(`curve of ${role}`, role, `${role}_${of}_at`, xs, ys);
  }

  // A dot wherever a step ended, unless it would touch the dot before.
  function drawTrail(role, begin, steps) {
    const { places } = roll(pair[role], pair, begin, steps);
    let [d, lastX, lastY] = ["", -Infinity, -Infinity];
    for (let i = 0; i < steps && Number.isFinite(places[i]); i += 1) {
      const [x, y] = [plane.x(places[i]), plane.y(pair[role][of](places[i]))];
      if (Math.abs(x - lastX) + Math.abs(y - lastY) < 5) continue;
      d += path`M${x},${y} h0 `;
      [lastX, lastY] = [x, y];
    }
    plane.path(`trail of ${role}`, `trail ${role}`, `path=${role}_${of}_after`, d);
  }

  function drawNames({ top, bottom }) {
    const across = pair.ranges[of][0] < 0 ? ` ${plane.level(0)}` : "";
    pen.rule("zero", `x-${of} 0`, path`M${plane.x(0)},${top} V${bottom}${across}`);
    pen.text("goal", "tick start",
      plane.x(0) + 6, of === "loss" ? top + 10 : bottom - 8, pair.goal);
    for (const role of ROLES) {
      const { name, label } = pair[role];
      const [x, y] = label[of];
      pen.text(`curve's name of ${role}`, `halo start ${role}`, plane.x(x), plane.y(y),
        (of === "slope" && label.slopeText) || name);
    }
  }

  // A ball that is outside stands inside the edge, with an arrow to where it is; one that has run
  // away is not seen.
  function drawBall(role, place, value, { left, right, top, bottom }) {
    const isSeen = Number.isFinite(place);
    const [x, y] = isSeen ? [plane.x(place), plane.y(value)] : [left, top];
    const [shownX, shownY] = [inside(x, left, right), inside(y, top, bottom)];
    const isBeyond = x !== shownX || y !== shownY;
    const angle = isBeyond ? Math.atan2(y - shownY, x - shownX) * (180 / Math.PI) : 0;
    const part = pen.inside("g", `ball of ${role}`, {
      "data-mark": `x-${of} y-${of} x=${role}_place y=${role}_${of}`,
      transform: path`translate(${shownX},${shownY})`, visibility: isSeen ? "visible" : "hidden" });
    part.path("disc", `ball ${role}`, null, circle(0, 0, RADIUS[role]));
    part.path("arrow", "ball-beyond", null, isBeyond ? "M11,-5 L17,0 L11,5" : "",
      { transform: path`rotate(${angle})` });
  }

  return (state, numbers, area) => {
    const begin = state[pair.start];
    plane.draw(area);
    pen.path("start", "guide", `x-${of} x=start`,
      path`M${plane.x(clamp(begin, low, high))},${area.top} V${area.bottom}`);
    plane.keep("curves", [], () => ROLES.forEach(drawCurve));
    plane.keep("trails", [begin, state.steps],
      () => ROLES.forEach((role) => drawTrail(role, begin, state.steps)));
    drawNames(area);
    for (const role of ROLES) {
      drawBall(role, numbers[`${role}_place`], numbers[`${role}_${of}`], area);
    }
    // The track keeps 10 pixels free at either end, and 38 above its line.
    start.draw(begin, plane.x(low) - 10, area.bottom - 2, plane.x(high) + 10,
      (x) => path`M${x},${area.top} V${area.bottom}`);
  };
};

const COLUMNS = [40, "rival hero slide", 16];
const LAYOUT = {
  wide: { columns: COLUMNS, rows: [{ hero: 22 }, { rival: 22 }, 30, "slide", 68] },
  narrow: { columns: COLUMNS, rows: [{ hero: 40 }, { rival: 40 }, 28, "slide", 68] },
  below: 520,
};
const shown = (of) =>
  picture({ rival: score("rival", of), hero: score("hero", of), slide: slide(of) }, LAYOUT);

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
    { quantity: "rival_loss", label: "of the empty ball", unit: false, said: "that of the rival",
      show: (loss) => (Number.isFinite(loss) ? format(loss) : "runs away") },
    { quantity: "factor", label: "Factor at the empty ball", unit: false, show: six },
  ],
  ledger,
  describe,
  choices: { rival: "Rival" },
  actions: [
    { label: "Step", primary: true, run: (frame) =>
      frame.set({ steps: Math.min(frame.state.steps + 1, MOST) }) },
    { ...run, primary: true },
  ],
  views: { loss: "Loss", slope: "Slope" },
  picture: { loss: shown("loss"), slope: shown("slope") },
});
