import { drawAxis, drawBar, drawLetters } from "./lib/bars.js";
import { clamp } from "./lib/clamp.js";
import { set, svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import { bracketed, format, plural, shorten, signed, whole } from "./lib/format.js";
import { createHandle, onPress } from "./lib/handle.js";
import { softmax, softmaxCrossEntropy } from "./lib/information.js";
import { circle, defineHatches } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane } from "./lib/plane.js";
import { createRunner } from "./lib/runner.js";
import { SCHEMAS, traitFault } from "./lib/schema.js";
import { descended, evaluate, regions } from "./lib/softmax_regression.js";

const { weights: WEIGHTS, steps: STEPS, points: POINTS } = SCHEMAS.DecisionRegions;
const MOST_POINTS = POINTS.most;
const { least: LOW, most: HIGH } = POINTS.of.fields.x; // a coordinate
const START = Math.log(3); // the loss of a model that takes all classes for equally likely

// ---- The numbers ----

function quantities(state) {
  const { points, classes, weights, picked } = state;
  const pass = evaluate(state);
  const n = points.length;
  const [x, y] = points[picked];
  const logits = weights.map(([a, b, c]) => a * x + b * y + c);
  const p = weights.map((_, k) => (k === classes[picked] ? 1 : 0));
  const q = softmax(logits);
  const gradient = [0, 3, 6].map((row) => [...pass.gradient.subarray(row, row + 3)]);
  return {
    loss: pass.total / n,
    accuracy: pass.right / n,
    gradient,
    gradient_norm: Math.hypot(...gradient.flat()),
    q,
    logit_gradient: q.map((qk, k) => qk - p[k]),
    picked_loss: softmaxCrossEntropy(logits, p),
    mean_logsumexp: pass.logsumexps / n,
    mean_own_logit: pass.ownLogits / n,
    shares: [...pass.counts].map((count) => count / n),
    // A class without points has no loss, and no share in it.
    class_losses: [...pass.classTotals].map((total, c) => total / Math.max(pass.counts[c], 1)),
  };
}

function ledger(state, numbers) {
  const { loss, mean_logsumexp: lse, mean_own_logit: own, shares, class_losses: losses } = numbers;
  const { total, counts } = evaluate(state);
  const n = state.points.length;
  return [
    ["loss = −(1/<i>N</i>) ∑ log <i>q</i><sub>own</sub>",
      `${format(total)} / ${n}`, format(loss)],
    ["= mean LSE(<i>ℓ</i>) − mean <i>ℓ</i><sub>own</sub>",
      `${format(lse)} − ${bracketed(format(own))}`, format(lse - own)],
    ["= ∑<sub><i>c</i></sub> <i>N<sub>c</sub></i>/<i>N</i> · loss<sub><i>c</i></sub>",
      losses.map((one, c) => `${counts[c]}/${n}·${format(one)}`).join(" + "),
      format(losses.reduce((sum, one, c) => sum + shares[c] * one, 0))],
  ];
}

// ---- Descent ----

const SMALL = 1e-4; // a gradient with a smaller norm counts as vanished
const AT_ONCE = 500; // steps of a run without motion
const LONGEST = 6000; // steps of a run: nothing goes on for ever behind a reader's back

// The losses since training began, thinned out as they become many: for each frame the loss at
// every `stride`-th step from `from` on, and at the latest.
const histories = new WeakMap();
const ROOM = 256;

function record(frame, { steps }, loss) {
  let history = histories.get(frame);
  if (!history || steps < history.steps || steps > history.steps + 1) {
    history = { from: steps, stride: 1, count: 0, losses: new Float64Array(ROOM) };
    histories.set(frame, history);
  }
  history.steps = steps;
  history.loss = loss;
  const { from, stride, losses } = history;
  if ((steps - from) % stride) return;
  // Where points move between two steps, the loss of the later moment counts.
  const i = (steps - from) / stride;
  losses[i] = loss;
  history.count = i + 1;
  if (history.count < ROOM) return;
  for (let j = 1; 2 * j < ROOM; j += 1) losses[j] = losses[2 * j];
  history.count = ROOM / 2;
  history.stride *= 2;
}

const lossNow = (state) => evaluate(state).total / state.points.length;

// Take one step, unless it leads beyond what a state may hold.
function descend(frame) {
  const { state } = frame;
  const changes = { weights: descended(state), steps: state.steps + 1 };
  const beyond = traitFault("weights", WEIGHTS, changes.weights) ??
    traitFault("steps", STEPS, changes.steps);
  if (beyond) {
    frame.say(beyond);
    return false;
  }
  frame.set(changes);
  record(frame, changes, lossNow({ ...state, ...changes }));
  return true;
}

const reached = new WeakMap(); // from a frame to the step that its run has come to

const run = createRunner({
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

const forget = (frame) => frame.set({ weights: [[0, 0, 0], [0, 0, 0], [0, 0, 0]], steps: 0 });

// ---- Points ----

const rounded = (value) => Math.round(value * 1000) / 1000; // finer than a pixel
const within = (value) => clamp(value, LOW, HIGH);

const replaced = (list, index, value) => list.map((one, i) => (i === index ? value : one));

function movePicked(frame, point) {
  const { points, picked } = frame.state;
  frame.set({ points: replaced(points, picked, point.map((value) => rounded(within(value)))) });
}

// A new point, of the picked one's class.
function add(frame, point) {
  const { points, classes, picked } = frame.state;
  if (points.length === MOST_POINTS) return;
  frame.set({
    points: [...points, point.map((value) => rounded(within(value)))],
    classes: [...classes, classes[picked]],
    picked: points.length,
  });
}

function addBeside(frame) {
  const { points, picked } = frame.state;
  const [x, y] = points[picked];
  add(frame, [x > 0.9 ? x - 0.1 : x + 0.1, y]);
}

function deletePicked(frame) {
  const { points, classes, picked } = frame.state;
  if (points.length === 1) return;
  const others = (list) => list.filter((_, i) => i !== picked);
  frame.set({
    picked: Math.min(picked, points.length - 2),
    points: others(points),
    classes: others(classes),
  });
}

const GLYPHS = ["●", "▲", "■"];

// A shape of class c around (x, y), as far out as r.
const SHAPES = [
  circle,
  (x, y, r) => path`M${x},${y - 1.2 * r} l${1.15 * r},${2 * r} h${-2.3 * r} Z`,
  (x, y, r) => path`M${x - 0.9 * r},${y - 0.9 * r} h${1.8 * r} v${1.8 * r} h${-1.8 * r} Z`,
];

// ---- The square: regions, points, and the grips of the picked one ----

const REACH = 14; // pixels from a point within which a pointer picks it
const ASIDE = 18; // of the grips' tracks from the square

// Where names of regions may stand: along the square's edge, in values from −1 to 1.
const ALONG = [0, -0.2, 0.2, -0.4, 0.4, -0.6, 0.6, -0.8, 0.8];
const SPOTS = [1, -1].flatMap((edge) => [
  ...ALONG.map((x) => [x, edge]), ...ALONG.map((y) => [edge, y]), [edge, 1], [edge, -1]]);
const CLEAR = 8; // pixels between a name and a point
const BETTER = 3; // pixels more, for which a crowded name moves
const OUTSIDE = -1e6;

// Where values from −1 to 1 lie in the picture, once the square has its place in it.
function createScale() {
  const scale = {
    left: 0,
    top: 0,
    half: 1,
    x: (value) => scale.left + (value + 1) * scale.half,
    y: (value) => scale.top + (1 - value) * scale.half,
    valuesAt: ([x, y]) => [(x - scale.left) / scale.half - 1, 1 - (y - scale.top) / scale.half],
  };
  return scale;
}

// How many pixels a name that is `half` as wide to each side is from the closest point, if it is
// inside its region.
/** @param {number[]} place */
function clearance([x, y], half, { weights, points }, { classes: [c] }, unit) {
  const inside = [-1, 1].every((end) => {
    const logits = weights.map(([a, b, bias]) => a * (x + (end * half) / unit) + b * y + bias);
    return logits[c] === Math.max(...logits);
  });
  if (!inside) return OUTSIDE;
  return points.reduce((least, [pointX, pointY]) => Math.min(least,
    Math.max(Math.abs(pointX - x) * unit - half, Math.abs(pointY - y) * unit - 8)), Infinity);
}

// Names that stand in their regions where no points are. One stays where it is for as long as it
// can, so that nothing jumps about while the regions move.
function createNames(pen, scale) {
  const spots = [null, null, null];

  return function drawName(i, text, state, region) {
    const unit = scale.half;
    const half = 4 * text.length + 4;
    const place = ([x, y]) => [x * (1 - half / unit), y * (1 - 14 / unit)];
    const room = (spot) => clearance(place(spot), half, state, region, unit);
    const present = spots[i] && text ? room(spots[i]) : -Infinity;
    if (text && present < CLEAR) {
      const rooms = SPOTS.map(room);
      const most = Math.max(...rooms);
      if (most === OUTSIDE) spots[i] = null;
      else if (most > present + BETTER) spots[i] = SPOTS[rooms.indexOf(most)];
    }
    const [x, y] = place(spots[i] ?? [0, 0]);
    pen("text", `name ${i}`, {
      class: "name", x: scale.x(x), y: scale.y(y) + 5, text: spots[i] ? text : "" });
  };
}

function createRegions(pen, labels, scale) {
  const drawName = createNames(pen, scale);

  const outline = ({ corners }) =>
    `M${corners.map(([x, y]) => path`${scale.x(x)},${scale.y(y)}`).join(" L")} Z`;
  const nameOf = (classes) =>
    classes.length === labels.length ? "all classes tie: no boundary yet"
      : classes.map((c) => `${GLYPHS[c]} ${shorten(labels[c], 90)}`).join(" = ");

  return function drawRegions(state) {
    const found = regions(state.weights);
    const outlines = found.map(outline);
    const owners = labels.map((_, i) => found[i]?.classes ?? []);
    owners.forEach((classes, i) => pen("path", `region ${i}`, {
      class: classes.length === 1 ? `region class-${classes[0]}` : "region",
      "data-mark": "x-x y-y polygon=region", d: outlines[i] ?? "" }));
    pen("path", "borders", {
      class: "border", "data-mark": "x-x y-y polygon=borders", d: outlines.join(" ") });
    owners.forEach((classes, i) => drawName(i, nameOf(classes), state, found[i]));
  };
}

// Let points be picked and dragged, and added by a click on a gap. `picked` is called when one is.
function listen(frame, field, scale, picked) {
  let drag = null;
  let picking = false; // whether the press that a click ends has picked a point

  // The index of the point closest to a pointer, or −1.
  function closest(event) {
    const [eventX, eventY] = frame.placeOf(event);
    let [index, least] = [-1, REACH];
    frame.state.points.forEach(([x, y], i) => {
      const away = Math.hypot(scale.x(x) - eventX, scale.y(y) - eventY);
      if (away < least) [index, least] = [i, away];
    });
    return index;
  }

  field.addEventListener("touchstart", (event) => {
    // A finger on a point drags it; one beside it scrolls the page.
    if (closest(event.touches[0]) >= 0) event.preventDefault();
  }, { passive: false });
  field.addEventListener("pointerdown", (event) => {
    if (drag || event.button !== 0) return;
    const index = closest(event);
    picking = index >= 0;
    if (!picking) return;
    event.preventDefault(); // keep the drag from selecting text
    field.setPointerCapture(event.pointerId);
    frame.set({ picked: index });
    const { points } = frame.state;
    drag = {
      pointer: event.pointerId,
      index,
      count: points.length,
      start: points[index],
      from: frame.placeOf(event),
    };
    picked();
  });
  field.addEventListener("pointermove", (event) => {
    if (drag?.pointer !== event.pointerId) return;
    // The point may have been deleted meanwhile.
    const { points, picked: index } = frame.state;
    if (index !== drag.index || points.length !== drag.count) return;
    const [x, y] = drag.start;
    const [toX, toY] = frame.placeOf(event);
    movePicked(frame,
      [x + (toX - drag.from[0]) / scale.half, y - (toY - drag.from[1]) / scale.half]);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    field.addEventListener(end, (event) => {
      if (drag?.pointer === event.pointerId) drag = null;
    });
  }
  field.addEventListener("click", (event) => {
    if (!picking) add(frame, scale.valuesAt(frame.placeOf(event)));
  });
}

// The handles of the picked point: one along x, one along y.
function createGrips(frame, pen, scale) {
  const coordinate = (axis) => frame.state.points[frame.state.picked][axis];
  return ["x", "y"].map((name, axis) => createHandle(pen, {
    id: name,
    name: `${name} of the picked point`,
    axis: name,
    mark: `${name}-${name} ${name}=picked_${name}`,
    step: 0.05,
    page: 0.25,
    fine: 0.01,
    range: () => [LOW, HIGH],
    value: () => coordinate(axis),
    words: (value) => format(value, 3),
    at: scale[name],
    move: (value) =>
      movePicked(frame, [0, 1].map((other) => (other === axis ? value : coordinate(other)))),
  }));
}

function createSquare(frame, pen) {
  const scale = createScale();
  const field = svg("g", { class: "field" });
  const inside = createPen(field);
  const drawRegions = createRegions(inside, frame.model.get("labels"), scale);
  const grips = createGrips(frame, pen, scale);
  const memo = createMemo();
  // The keys go on from a point that was picked.
  listen(frame, field, scale, () => grips[0].node.focus({ preventScroll: true }));

  // The grips' tracks: x runs below the square, y at its left.
  function drawTracks({ left, right, top, bottom }) {
    const [across, down] = [bottom + ASIDE, left - ASIDE];
    pen("path", "x track",
      { class: "rule", "data-tick": "x-x -1 1", d: path`M${left},${across} H${right}` });
    pen("path", "y track",
      { class: "rule", "data-tick": "y-y -1 1", d: path`M${down},${top} V${bottom}` });
    pen("text", "x", { class: "axis", x: right + 12, y: across + 5, text: "x" });
    pen("text", "y", { class: "axis", x: down, y: across + 5, text: "y" });
  }

  // From the picked point to its grips.
  function drawGuides(x, y, { left, bottom }) {
    inside("path", "x guide", { class: "guide", "data-mark": "x-x x=picked_x",
      d: path`M${x},${y + 14} V${bottom + ASIDE}` });
    inside("path", "y guide", { class: "guide", "data-mark": "y-y y=picked_y",
      d: path`M${x - 14},${y} H${left - ASIDE}` });
  }

  // All points but the picked one: for each class a path of those that are right, and a hollow one
  // of those that are wrong.
  function drawPoints({ points, classes, picked }, wrong) {
    const size = points.length > 100 ? 3.5 : 5;
    const shape = (i) => SHAPES[classes[i]](scale.x(points[i][0]), scale.y(points[i][1]), size);
    const others = [...points.keys()].filter((i) => i !== picked);
    for (const c of SHAPES.keys()) {
      for (const wrongly of [0, 1]) {
        const here = others.filter((i) => classes[i] === c && wrong[i] === wrongly);
        inside("path", `points ${c}:${wrongly}`, {
          class: wrongly ? `point class-${c} hollow` : `point class-${c}`,
          "data-mark": `x-x y-y points=points:${c}:${wrongly}`, d: here.map(shape).join("") });
      }
    }
  }

  function drawPicked(x, y, c, wrong) {
    const mark = "x-x y-y x=picked_x y=picked_y";
    inside("path", "picked", { class: wrong ? `point class-${c} hollow` : `point class-${c}`,
      "data-mark": mark, d: SHAPES[c](x, y, 7) });
    inside("circle", "ring", { class: "ring", "data-mark": mark, r: 13, cx: x, cy: y });
  }

  return {
    draw(state, left, top, side) {
      Object.assign(scale, { left, top, half: side / 2 });
      const edges = { left, right: left + side, top, bottom: top + side };
      const { points, classes, picked } = state;
      const { wrong } = evaluate(state);
      const [x, y] = [scale.x(points[picked][0]), scale.y(points[picked][1])];
      drawTracks(edges);
      pen.place(field);
      drawRegions(state);
      drawGuides(x, y, edges);
      inside("rect", "surface",
        { class: "surface", x: left - 6, y: top - 6, width: side + 12, height: side + 12 });
      // Dragging the picked point, and training that moves no border across a point, redraw nothing.
      const others = points.flatMap((point, i) => (i === picked ? [] : [point, wrong[i]]));
      memo([classes, picked, left, top, side, ...others], () => drawPoints(state, wrong));
      drawPicked(x, y, classes[picked], wrong[picked]);
      const [textX, textY] = points[picked].map((value) => format(value, 2));
      grips[0].guide(left, edges.right, edges.bottom + ASIDE);
      grips[0].draw(x, edges.bottom + ASIDE, textX, [0, 25]);
      grips[1].draw(left - ASIDE, y, textY, [-8, -12]);
    },
  };
}

// ---- The loss over the steps ----

const ENDS = [1, 10, 100, 1000, 10_000, 100_000].flatMap((ten) => [10 * ten, 20 * ten, 50 * ten]);
const ROOFS = [1.25, 2.5, 5, 10, 20, 50, 100, 1000, 10_000];

function createLosses(frame, pen) {
  const plane = createPlane(pen, {
    id: "loss",
    yTicks: [0, START],
    yText: (value) => (value ? "log 3" : "0"),
  });

  function drawEnds(from, end, { left, top, width, height }) {
    const y = top + height + 20;
    pen("text", "first step",
      { class: "tick start", "data-tick": `x-loss ${from}`, x: left, y, text: whole(from) });
    pen("text", "last step", {
      class: "tick end", "data-tick": `x-loss ${end}`, x: left + width, y,
      text: `${whole(end)} steps` });
  }

  return {
    draw(state, { loss }, box) {
      record(frame, state, loss);
      const { from, stride, count, losses, steps } = histories.get(frame);
      const before = losses.subarray(0, count);
      const xs = [...before.map((_, i) => from + i * stride), steps];
      const ys = [...before, loss];
      const end = from + ENDS.find((one) => one >= steps - from);
      const highest = Math.max(...ys);
      plane.draw({ ...box, x: [from, end], y: [0, ROOFS.find((one) => one >= highest)] });
      plane.pen("path", "curve", {
        class: "curve", "data-mark": "x-loss y-loss history=loss", d: plane.line(xs, ys) });
      pen("path", "start",
        { class: "guide", "data-tick": `y-loss ${START}`, d: plane.level(START) });
      drawEnds(from, end, box);
      pen("text", "heading", { class: "label start", x: box.left - 42, y: box.top - 10,
        text: `Loss in nats, step ${whole(steps)}` });
      pen("circle", "now", { class: "now", "data-mark": "x-loss y-loss x=steps y=loss",
        r: 4, cx: plane.x(steps), cy: plane.y(loss) });
    },
  };
}

// ---- The picked point: q, its label p, and q − p ----

// A button inside the picture, around (x, y).
function createButton(pen, name, press) {
  const node = svg("g", { class: "press", role: "button", tabindex: 0, "aria-label": name });
  const inside = createPen(node);
  onPress(node, press);
  return function draw(text, { x, y, width }, attributes) {
    set(pen.place(node), attributes);
    inside("rect", "face",
      { class: "face", rx: 6, x: x - width / 2, y: y - 14, width, height: 28 });
    inside("text", "text", { x, y: y + 5, text });
  };
}

function createPicked(frame, pen) {
  const labels = frame.model.get("labels");
  const track = { left: 0, length: 1 };
  const last = () => frame.state.points.length;
  const at = (number) => track.left + ((number - 1) / Math.max(last() - 1, 1)) * track.length;
  const words = () => {
    const { points, classes, picked } = frame.state;
    return `point ${picked + 1} of ${points.length}, ${labels[classes[picked]]}`;
  };
  const handle = createHandle(pen, {
    id: "picked",
    mark: "x-picked x=number",
    name: "picked point",
    axis: "x",
    step: 1,
    page: 10,
    fine: 1,
    range: () => [1, last()],
    value: () => frame.state.picked + 1,
    words,
    at,
    move: (number) => frame.set({ picked: Math.round(number) - 1 }),
  });
  const buttons = labels.map((label, c) =>
    createButton(pen, `Label the picked point ${label}`, () => {
      const { classes, picked } = frame.state;
      frame.set({ classes: replaced(classes, picked, c) });
    }));

  function drawTrack(picked, { left, top, right }) {
    Object.assign(track, { left: left + 8, length: right - left - 16 });
    pen("text", "number",
      { class: "label start", x: left, y: top + 5, text: `Point ${picked + 1} of ${last()}` });
    pen("path", "track", { class: "rule", "data-tick": `x-picked 1 ${Math.max(last(), 2)}`,
      d: path`M${track.left},${top + 24} h${track.length}` });
    handle.guide(left, right, top + 24);
    handle.draw(at(picked + 1), top + 24, "");
  }

  // p and q side by side over each class.
  function drawBars(own, q, { group, middle, top, right, bottom }) {
    const y = (value) => bottom + (top - bottom) * value;
    const width = Math.min(22, group * 0.36);
    const x = (c, side) => middle(c) + (side ? 2 : -2 - width);
    q.forEach((qc, c) => {
      drawBar(pen, "p", c, { x: x(c, 0), y: y(c === own ? 1 : 0), width, bottom });
      drawBar(pen, "q", c, { x: x(c, 1), y: y(qc), width, bottom });
      pen("text", `q of ${c}`, { class: "start",
        x: Math.min(middle(c) + 2, right - 30), y: y(qc) - 7, text: format(qc, 2) });
    });
    drawLetters(pen, q.length, { x, width }, bottom + 16);
  }

  // A button for each class, and below it q − p.
  function drawLabels(own, gradient, { group, middle, bottom }) {
    labels.forEach((label, c) => {
      buttons[c](`${GLYPHS[c]} ${shorten(label, Math.min(group, 76) - 16)}`,
        { x: middle(c), y: bottom - 34, width: Math.min(group - 2, 72) },
        { "aria-pressed": String(c === own) });
      pen("text", `difference ${c}`,
        { x: middle(c), y: bottom, text: signed(format(gradient[c], 2)) });
    });
  }

  return {
    draw({ classes, picked }, { q, logit_gradient: gradient }, box) {
      const { left, top, right, bottom } = box;
      const floor = bottom - 72;
      const ceiling = Math.min(top + 54, floor - 1);
      const start = left + 40;
      const group = (right - start) / 3;
      const middle = (c) => start + group * (c + 0.5);
      drawTrack(picked, box);
      drawAxis(pen, [0, 1], { left: start, right, top: ceiling, bottom: floor });
      drawBars(classes[picked], q, { group, middle, right, top: ceiling, bottom: floor });
      pen("text", "differences", { class: "label start", x: left, y: bottom, text: "q − p" });
      drawLabels(classes[picked], gradient, { group, middle, bottom });
    },
  };
}

function createEditing(frame, pen) {
  const drawAdd = createButton(pen, "Add a point beside the picked one", () => addBeside(frame));
  const drawDelete = createButton(pen, "Delete the picked point", () => deletePicked(frame));
  return {
    draw({ points }, { picked_loss: cost }, { left, right, y }) {
      const width = (right - left - 12) / 2; // inside by 2: an outline may be thick
      pen("text", "picked loss", { class: "tick start", x: left, y: y - 24,
        text: `Picked: loss ${format(cost, 3)} nats` });
      drawAdd("Add", { x: left + 2 + width / 2, y, width },
        { "aria-disabled": String(points.length === MOST_POINTS) });
      drawDelete("Delete", { x: right - 2 - width / 2, y, width },
        { "aria-disabled": String(points.length === 1) });
    },
  };
}

// ---- All of it ----

// What is worth saying about the present state.
function remark({ points, steps }, { accuracy, gradient_norm: norm }) {
  if (points.length === 1) return "The last point stays. Click a gap to add another.";
  if (points.length === MOST_POINTS) return `${MOST_POINTS} points are the most.`;
  if (steps === 0) return "Click a gap to add a point.";
  // Weights that are right everywhere are better still when they are doubled.
  if (accuracy === 1) return "All correct: the loss nears 0 but never arrives.";
  if (norm < SMALL) return `Close to the minimum: ‖∇‖ is below ${SMALL}.`;
  return "Hollow: misclassified. Click a gap to add a point.";
}

// Where the panels stand: beside the square, or below it and its note.
function layout(width, height) {
  const narrow = width < 560;
  const top = narrow ? 16 : 22;
  const lower = narrow ? 200 : 0; // pixels of the height below the square and its note
  // Before the figure has its height there is no room.
  const room = Math.min(height - lower - top - 68, width * (narrow ? 0.84 : 0.56));
  const side = Math.max(room, 1);
  const y = height - 16; // of the buttons
  if (narrow) {
    const left = Math.round((width - side) / 2) + 12;
    const second = Math.round(width * 0.47);
    const start = height - lower + 14;
    return {
      square: { left, top, side, note: 0 },
      losses: { left: 42, top: start + 16, width: second - 60, height: lower - 120 },
      picked: { left: second, top: start + 1, right: width, bottom: height - 6 },
      editing: { left: 0, right: second - 16, y },
    };
  }
  const left = 46;
  const second = left + side + 34;
  return {
    square: { left, top, side, note: left },
    losses: { left: second + 42, top: 30, width: width - second - 46, height: 104 },
    picked: { left: second, top: 190, right: width, bottom: height - 66 },
    editing: { left: second, right: width, y },
  };
}

function picture(frame) {
  const root = svg("g");
  frame.svg.append(root);
  defineHatches(root);
  const pen = createPen(root);
  const square = createSquare(frame, pen);
  const losses = createLosses(frame, pen);
  const picked = createPicked(frame, pen);
  const editing = createEditing(frame, pen);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Delete" && event.key !== "Backspace") return;
    event.preventDefault();
    event.stopPropagation();
    deletePicked(frame);
  });

  return {
    draw(state, numbers, width, height) {
      const places = layout(width, height);
      const { left, top, side, note } = places.square;
      square.draw(state, left, top, side);
      losses.draw(state, numbers, places.losses);
      picked.draw(state, numbers, places.picked);
      editing.draw(state, numbers, places.editing);
      const said = remark(state, numbers);
      pen("text", "note", {
        class: "tick start", role: "status", x: note, y: top + side + 64,
        // Where nobody can click, nobody is asked to.
        text: frame.model.isStill ? said.replace(/ ?Click .*/, "") : said });
    },
  };
}

// ---- What the picture shows, in words ----

// The picture that stands still looks ahead.
const AHEAD = 500;

function trained(state, steps) {
  let { weights } = state;
  for (let i = 0; i < steps; i += 1) weights = descended({ ...state, weights });
  return { ...state, weights };
}

function standing(state) {
  const { loss, accuracy } = quantities(state);
  const [first, ...others] = state.weights.map(String);
  const where = others.every((row) => row === first) ? "all classes tie everywhere"
    : `${format(100 * accuracy, 1)} % lie on their own side`;
  return `${where}, and the loss is ${format(loss)} nats`;
}

function describe(state, { q, logit_gradient: pulls }) {
  const { points, classes, labels, picked, steps } = state;
  const [x, y] = points[picked].map((coordinate) => signed(format(coordinate, 2)));
  const counts = labels.map((name, c) => `${classes.filter((own) => own === c).length} ${name}`);
  return `${points.length} points in a square (${counts.join(", ")}) with the regions in which ` +
    `softmax regression gives each class the largest probability. After ${plural(steps, "step")} ` +
    `${standing(state)}; after ${AHEAD} more ${standing(trained(state, AHEAD))}. The picked point ` +
    `at (${x}, ${y}) is labelled ${labels[classes[picked]]}. Its q and q − p for each class: ` +
    `${labels.map((name, k) =>
      `${name} ${format(q[k], 2)} and ${signed(format(pulls[k], 2))}`).join("; ")}.`;
}

function later(frame) {
  for (let i = 0; i < AHEAD; i += 1) descend(frame);
}

export default defineExplorable({
  name: "DecisionRegions",
  shape: ({ labels }) => JSON.stringify(labels),
  quantities,
  readouts: [
    { quantity: "loss", label: "Loss", role: "q", said: "loss", stays: true },
    { quantity: "accuracy", label: "Accuracy", unit: false, said: "accuracy", stays: true,
      show: (share) => `${format(100 * share, 1)} %` },
    { quantity: "gradient_norm", label: "‖∇‖", unit: false },
  ],
  ledger,
  describe,
  later,
  actions: [
    { label: "Step", run: descend, primary: true },
    { ...run, primary: true },
    { label: "Forget", run: forget },
  ],
  picture,
});
