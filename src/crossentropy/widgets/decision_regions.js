import { clamp } from "./lib/clamp.js";
import { set, svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import { bracketed, format, plural, shorten, signed, whole } from "./lib/format.js";
import { createHandle, onPress } from "./lib/handle.js";
import { softmax, softmaxCrossEntropy } from "./lib/information.js";
import { defineHatches } from "./lib/marks.js";
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

const tenth = (pixels) => Math.round(10 * pixels) / 10;

// A shape of class c around (x, y), as far out as r.
const SHAPES = [
  (x, y, r) => `M${x - r},${y} a${r},${r} 0 1,0 ${2 * r},0 a${r},${r} 0 1,0 ${-2 * r},0 Z`,
  (x, y, r) => `M${x},${y - 1.2 * r} l${1.15 * r},${2 * r} h${-2.3 * r} Z`,
  (x, y, r) => `M${x - 0.9 * r},${y - 0.9 * r} h${1.8 * r} v${1.8 * r} h${-1.8 * r} Z`,
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

// Names that stand in their regions where no points are. One stays where it is for as long as it
// can, so that nothing jumps about while the regions move.
function createNames(root) {
  const nodes = [0, 1, 2].map(() => svg("text", { class: "name" }));
  root.append(...nodes);
  const spots = [null, null, null];

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

  return {
    draw(state, texts, found, at, unit) {
      nodes.forEach((node, i) => {
        const half = 4 * texts[i].length + 4;
        const place = ([x, y]) => [x * (1 - half / unit), y * (1 - 14 / unit)];
        const room = (spot) => clearance(place(spot), half, state, found[i], unit);
        const present = spots[i] && texts[i] ? room(spots[i]) : -Infinity;
        if (texts[i] && present < CLEAR) {
          const rooms = SPOTS.map(room);
          const most = Math.max(...rooms);
          if (most === OUTSIDE) spots[i] = null;
          else if (most > present + BETTER) spots[i] = SPOTS[rooms.indexOf(most)];
        }
        const [x, y] = at(...place(spots[i] ?? [0, 0]));
        set(node, {
          x: x.toFixed(2), y: (y + 5).toFixed(2), text: spots[i] ? texts[i] : "" });
      });
    },
  };
}

function createRegions(root, labels) {
  const parts = labels.map(() =>
    svg("path", { class: "region", "data-mark": "x-x y-y polygon=region" }));
  const borders = svg("path", { class: "border", "data-mark": "x-x y-y polygon=borders" });
  root.append(...parts, borders);
  const names = createNames(root);
  return {
    draw(state, at, unit) {
      const found = regions(state.weights);
      const outlines = found.map(({ corners }) =>
        `M${corners.map(([x, y]) => at(x, y).map((value) => value.toFixed(2))).join(" L")} Z`);
      parts.forEach((part, i) => {
        const single = found[i]?.classes.length === 1;
        set(part, {
          d: outlines[i] ?? "", class: single ? `region class-${found[i].classes[0]}` : "region" });
      });
      set(borders, { d: outlines.join(" ") });
      const texts = labels.map((_, i) => {
        const classes = found[i]?.classes ?? [];
        return classes.length === labels.length ? "all classes tie: no boundary yet"
          : classes.map((c) => `${GLYPHS[c]} ${shorten(labels[c], 90)}`).join(" = ");
      });
      names.draw(state, texts, found, at, unit);
    },
  };
}

// All points but the picked one: for each class a path of those that are right, and a hollow one of
// those that are wrong.
function createPoints(root) {
  const paths = [0, 1, 2].map((c) => ["", " hollow"].map((hollow) =>
    svg("path", {
      class: `point class-${c}${hollow}`,
      "data-mark": `x-x y-y points=points:${c}:${hollow ? 1 : 0}`,
    })));
  root.append(...paths.flat());
  let last = { points: [] };

  // Dragging the picked point, and training that moves no border across a point, redraw nothing.
  const same = ({ points, classes, picked }, wrong, scale) =>
    classes === last.classes && picked === last.picked && scale === last.scale &&
    points.length === last.points.length &&
    points.every((point, i) =>
      i === picked || (point === last.points[i] && wrong[i] === last.wrong[i]));

  return {
    draw(state, wrong, at, scale) {
      if (same(state, wrong, scale)) return;
      const { points, classes, picked } = last = { ...state, wrong, scale };
      const size = points.length > 100 ? 3.5 : 5;
      const outlines = paths.map(() => ["", ""]);
      points.forEach(([x, y], i) => {
        if (i === picked) return;
        const [left, top] = at(x, y);
        const shape = SHAPES[classes[i]];
        outlines[classes[i]][wrong[i]] += shape(tenth(left), tenth(top), size);
      });
      paths.forEach((pair, c) => pair.forEach((path, wrongly) =>
        set(path, { d: outlines[c][wrongly] })));
    },
  };
}

function createSquare(frame, root) {
  const labels = frame.model.get("labels");
  const box = { left: 0, top: 0, half: 1 };
  const at = (x, y) => [box.left + (x + 1) * box.half, box.top + (1 - y) * box.half];

  const surface = svg("rect", { class: "surface" });
  const field = svg("g", { class: "field" });
  const areas = createRegions(field, labels);
  const tracks = ["x-x", "y-y"].map((axis) =>
    svg("path", { class: "rule", "data-tick": `${axis} -1 1` }));
  const guides = ["x-x x=picked_x", "y-y y=picked_y"].map((mark) =>
    svg("path", { class: "guide", "data-mark": mark }));
  field.append(...guides, surface);
  const points = createPoints(field);
  const here = { "data-mark": "x-x y-y x=picked_x y=picked_y" };
  const ring = svg("circle", { class: "ring", r: 13, ...here });
  const picked = svg("path", here);
  field.append(picked, ring);
  const names = ["x", "y"].map((text) => svg("text", { class: "axis", text }));
  root.append(...tracks, field, ...names);

  // The point closest to a pointer, as [index, pixels].
  function closest(event) {
    const [eventX, eventY] = frame.placeOf(event);
    let [index, least] = [-1, REACH];
    frame.state.points.forEach(([x, y], i) => {
      const [pointX, pointY] = at(x, y);
      const away = Math.hypot(pointX - eventX, pointY - eventY);
      if (away < least) [index, least] = [i, away];
    });
    return index;
  }

  let drag = null;
  let picking = false; // whether the press that a click ends has picked a point
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
    const { points: all } = frame.state;
    drag = {
      pointer: event.pointerId,
      index,
      count: all.length,
      start: all[index],
      from: frame.placeOf(event),
    };
    grips[0].node.focus({ preventScroll: true }); // the keys go on from here
  });
  field.addEventListener("pointermove", (event) => {
    if (drag?.pointer !== event.pointerId) return;
    // The point may have been deleted meanwhile.
    const { points: all, picked: index } = frame.state;
    if (index !== drag.index || all.length !== drag.count) return;
    const [x, y] = drag.start;
    const [toX, toY] = frame.placeOf(event);
    movePicked(frame,
      [x + (toX - drag.from[0]) / box.half, y - (toY - drag.from[1]) / box.half]);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    field.addEventListener(end, (event) => {
      if (drag?.pointer === event.pointerId) drag = null;
    });
  }
  field.addEventListener("click", (event) => {
    if (picking) return;
    const [x, y] = frame.placeOf(event);
    add(frame, [(x - box.left) / box.half - 1, 1 - (y - box.top) / box.half]);
  });

  const coordinate = (axis) => frame.state.points[frame.state.picked][axis];
  const grips = ["x", "y"].map((name, axis) => createHandle({
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
    at: (value) => at(value, value)[axis],
    move: (value) =>
      movePicked(frame, [0, 1].map((other) => (other === axis ? value : coordinate(other)))),
  }));
  root.append(...grips.map(({ node }) => node));

  return {
    draw(state, left, top, side) {
      Object.assign(box, { left, top, half: side / 2 });
      const bottom = top + side;
      const right = left + side;
      const { points: all, classes, picked: index } = state;
      const { wrong } = evaluate(state);
      set(surface, { x: left - 6, y: top - 6, width: side + 12, height: side + 12 });
      areas.draw(state, at, box.half);
      points.draw(state, wrong, at, `${left} ${top} ${side}`);

      const [x, y] = at(...all[index]).map(tenth);
      set(picked, {
        class: `point class-${classes[index]}${wrong[index] ? " hollow" : ""}`,
        d: SHAPES[classes[index]](x, y, 7),
      });
      set(ring, { cx: x, cy: y });
      set(guides[0], { d: `M${x},${y + 14} V${bottom + ASIDE}` });
      set(guides[1], { d: `M${x - 14},${y} H${left - ASIDE}` });
      set(tracks[0], { d: `M${left},${bottom + ASIDE} H${right}` });
      set(tracks[1], { d: `M${left - ASIDE},${top} V${bottom}` });
      const [textX, textY] = all[index].map((value) => format(value, 2));
      grips[0].draw(x, bottom + ASIDE, textX, [0, 25]);
      grips[1].draw(left - ASIDE, y, textY, [-8, -12]);
      set(names[0], { x: right + 12, y: bottom + ASIDE + 5 });
      set(names[1], { x: left - ASIDE, y: bottom + ASIDE + 5 });
    },
  };
}

// ---- The loss over the steps ----

const ENDS = [1, 10, 100, 1000, 10_000, 100_000].flatMap((ten) => [10 * ten, 20 * ten, 50 * ten]);
const ROOFS = [1.25, 2.5, 5, 10, 20, 50, 100, 1000, 10_000];

function createLosses(frame, root) {
  const plane = createPlane(root, {
    id: "loss",
    yTicks: [0, START],
    yText: (value) => (value ? "log 3" : "0"),
  });
  const start = svg("path", { class: "guide", "data-tick": `y-loss ${START}` });
  const curve = svg("path", { class: "curve", "data-mark": "x-loss y-loss history=loss" });
  const dot = svg("circle",
    { class: "now", r: 4, "data-mark": "x-loss y-loss x=steps y=loss" });
  const ends = [svg("text", { class: "tick start" }), svg("text", { class: "tick end" })];
  const title = svg("text", { class: "label start" });
  root.append(start, ...ends, title, dot);
  plane.window.append(curve);
  const xs = new Float64Array(ROOM + 1);
  const ys = new Float64Array(ROOM + 1);

  return {
    draw(state, { loss }, { left, top, width, height }) {
      record(frame, state, loss);
      const { from, stride, count, losses, steps } = histories.get(frame);
      let highest = loss;
      for (let i = 0; i < count; i += 1) {
        xs[i] = from + i * stride;
        ys[i] = losses[i];
        highest = Math.max(highest, ys[i]);
      }
      xs[count] = steps;
      ys[count] = loss;
      const end = from + ENDS.find((one) => one >= steps - from);
      const roof = ROOFS.find((one) => one >= highest);
      plane.draw({ left, top, width, height, x: [from, end], y: [0, roof] });
      const bottom = top + height;
      set(start, { d: `M${left},${plane.y(START).toFixed(2)} h${width}` });
      set(curve, { d: plane.line(xs.subarray(0, count + 1), ys.subarray(0, count + 1)) });
      set(dot, { cx: plane.x(steps).toFixed(2), cy: plane.y(loss).toFixed(2) });
      set(ends[0],
        { x: left, y: bottom + 20, "data-tick": `x-loss ${from}`, text: whole(from) });
      set(ends[1], { x: left + width, y: bottom + 20, "data-tick": `x-loss ${end}`,
        text: `${whole(end)} steps` });
      set(title, { x: left - 42, y: top - 10, text: `Loss in nats, step ${whole(steps)}` });
    },
  };
}

// ---- The picked point: q, its label p, and q − p ----

// A button inside the picture, around (x, y).
function createButton(root, name, text, press) {
  const face = svg("rect", { class: "face", rx: 6 });
  const words = svg("text", { text });
  const node = svg("g",
    { class: "press", role: "button", tabindex: 0, "aria-label": name }, face, words);
  onPress(node, press);
  root.append(node);
  return {
    draw(x, y, width, attributes) {
      set(face, { x: (x - width / 2).toFixed(2), y: y - 14, width: width.toFixed(2), height: 28 });
      set(words, { x: x.toFixed(2), y: y + 5 });
      set(node, attributes);
    },
    say: (shown) => set(words, { text: shown }),
  };
}

function createPicked(frame, root) {
  const labels = frame.model.get("labels");
  const title = svg("text", { class: "label start" });
  const line = svg("path", { class: "rule" });
  const axis = svg("path", { class: "rule", "data-tick": "y-p 0" });
  const ticks = [0, 1].map((value) =>
    svg("text", { class: "tick", "data-tick": `y-p ${value}`, text: String(value) }));
  const heading = svg("text", { class: "label start", text: "q − p" });
  root.append(title, line, axis, ...ticks, heading);
  const track = { left: 0, length: 1 };
  const last = () => frame.state.points.length;
  const at = (number) => track.left + ((number - 1) / Math.max(last() - 1, 1)) * track.length;
  const words = () => {
    const { points, classes, picked } = frame.state;
    return `point ${picked + 1} of ${points.length}, ${labels[classes[picked]]}`;
  };
  const handle = createHandle({
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
  root.append(handle.node);

  const columns = labels.map((label, c) => {
    const column = {
      bars: ["p", "q"].map((role) => svg("rect", {
        class: `bar role-${role}`,
        "data-mark": `x-${role} y-p x=${c} bottom=0 height=${role}:${c}`,
      })),
      letters: ["p", "q"].map((role) => svg("text",
        { class: `letter role-${role}`, "data-tick": `x-${role} ${c}`, text: role })),
      value: svg("text", { class: "start" }),
      difference: svg("text"),
    };
    root.append(...column.bars, ...column.letters, column.value, column.difference);
    column.button = createButton(root, `Label the picked point ${label}`, label, () => {
      const { classes, picked } = frame.state;
      frame.set({ classes: replaced(classes, picked, c) });
    });
    return column;
  });

  return {
    draw({ points, classes, picked }, numbers, { left, top, right, bottom }) {
      const { q, logit_gradient: gradient } = numbers;
      set(title, { x: left, y: top + 5, text: `Point ${picked + 1} of ${points.length}` });
      track.left = left + 8;
      track.length = right - left - 16;
      set(line, {
        d: `M${track.left},${top + 24} h${track.length}`,
        "data-tick": `x-picked 1 ${Math.max(last(), 2)}`,
      });
      handle.draw(at(picked + 1), top + 24, "");

      const floor = bottom - 72;
      const ceiling = Math.min(top + 54, floor - 1);
      const start = left + 40;
      const column = (right - start) / 3;
      const width = Math.min(22, column * 0.36);
      const y = (value) => floor + (ceiling - floor) * value;
      set(axis, { d: `M${start},${floor} H${right}` });
      ticks.forEach((tick, value) => set(tick, { x: start - 6, y: y(value) + 5 }));
      set(heading, { x: left, y: bottom });
      columns.forEach(({ bars, letters, value, difference, button }, c) => {
        const middle = start + column * (c + 0.5);
        const own = classes[picked] === c;
        [own ? 1 : 0, q[c]].forEach((share, i) => {
          const x = middle + (i ? 2 : -2 - width);
          set(bars[i], {
            x: x.toFixed(2),
            y: y(share).toFixed(2),
            width: width.toFixed(2),
            height: (floor - y(share)).toFixed(2),
          });
          set(letters[i], { x: (x + width / 2).toFixed(2), y: floor + 16 });
        });
        set(value, {
          x: Math.min(middle + 2, right - 30).toFixed(2),
          y: (y(q[c]) - 7).toFixed(2),
          text: format(q[c], 2),
        });
        button.draw(middle, floor + 38, Math.min(column - 2, 72), { "aria-pressed": String(own) });
        button.say(`${GLYPHS[c]} ${shorten(labels[c], Math.min(column, 76) - 16)}`);
        set(difference, { x: middle.toFixed(2), y: bottom, text: signed(format(gradient[c], 2)) });
      });
    },
  };
}

function createEditing(frame, root) {
  const loss = svg("text", { class: "tick start" });
  root.append(loss);
  const add = createButton(
    root, "Add a point beside the picked one", "Add", () => addBeside(frame));
  const remove = createButton(
    root, "Delete the picked point", "Delete", () => deletePicked(frame));
  return {
    draw({ points }, { picked_loss: cost }, { left, right, y }) {
      const width = (right - left - 12) / 2; // inside by 2: an outline may be thick
      set(loss, { x: left, y: y - 24, text: `Picked: loss ${format(cost, 3)} nats` });
      add.draw(left + 2 + width / 2, y, width,
        { "aria-disabled": String(points.length === MOST_POINTS) });
      remove.draw(right - 2 - width / 2, y, width, { "aria-disabled": String(points.length === 1) });
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

function picture(frame) {
  const root = svg("g");
  frame.svg.append(root);
  root.style.setProperty("--hatch-q", defineHatches(root)("q"));
  const square = createSquare(frame, root);
  const losses = createLosses(frame, root);
  const picked = createPicked(frame, root);
  const editing = createEditing(frame, root);
  const note = svg("text", { class: "tick start", role: "status" });
  root.append(note);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Delete" && event.key !== "Backspace") return;
    event.preventDefault();
    event.stopPropagation();
    deletePicked(frame);
  });

  return {
    draw(state, numbers, width, height) {
      const narrow = width < 560;
      const top = narrow ? 16 : 22;
      const lower = narrow ? 200 : 0; // pixels of the height below the square and its note
      // Before the figure has its height there is no room.
      const room = Math.min(height - lower - top - 68, width * (narrow ? 0.84 : 0.56));
      const side = Math.max(room, 1);
      const left = narrow ? Math.round((width - side) / 2) + 12 : 46;
      square.draw(state, left, top, side);
      const said = remark(state, numbers);
      // Where nobody can click, nobody is asked to.
      const text = frame.model.isStill ? said.replace(/ ?Click .*/, "") : said;
      set(note, { x: narrow ? 0 : left, y: top + side + 64, text });
      if (narrow) {
        const second = Math.round(width * 0.47);
        const start = height - lower + 14;
        losses.draw(state, numbers,
          { left: 42, top: start + 16, width: second - 60, height: lower - 120 });
        editing.draw(state, numbers, { left: 0, right: second - 16, y: height - 16 });
        picked.draw(state, numbers,
          { left: second, top: start + 1, right: width, bottom: height - 6 });
      } else {
        const second = left + side + 34;
        losses.draw(state, numbers,
          { left: second + 42, top: 30, width: width - second - 46, height: 104 });
        picked.draw(state, numbers, { left: second, top: 190, right: width, bottom: height - 66 });
        editing.draw(state, numbers, { left: second, right: width, y: height - 16 });
      }
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
    { quantity: "loss", label: "Loss", role: "q" },
    { quantity: "accuracy", label: "Accuracy", unit: false,
      show: (share) => `${format(100 * share, 1)} %` },
    { quantity: "gradient_norm", label: "‖∇‖", unit: false },
  ],
  ledger,
  describe,
  later,
  actions: [
    { label: "Step", run: descend },
    run,
    { label: "Forget", run: forget },
  ],
  picture,
});
