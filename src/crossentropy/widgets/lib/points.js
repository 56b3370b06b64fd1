// Points in a square, each with a class, of which one is picked. What is done to them is a function
// from the state to what changes of it.

import { clamp } from "./clamp.js";
import { SCHEMAS } from "./schema.js";

const POINTS = SCHEMAS.DecisionRegions.points;
export const MOST = POINTS.most;
export const LOW = POINTS.of.fields.x.least; // a coordinate
export const HIGH = POINTS.of.fields.x.most;

const kept = (point) => // finer than a pixel
  point.map((value) => Math.round(clamp(value, LOW, HIGH) * 1000) / 1000);
const replaced = (list, index, value) => list.map((one, i) => (i === index ? value : one));

export const moved = ({ points, picked }, point) =>
  ({ points: replaced(points, picked, kept(point)) });

export const labelled = ({ classes, picked }, c) => ({ classes: replaced(classes, picked, c) });

// A new point, of the picked one's class.
export const added = ({ points, classes, picked }, point) => (points.length === MOST ? {} : {
  points: [...points, kept(point)],
  classes: [...classes, classes[picked]],
  picked: points.length,
});

export function addedBeside(state) {
  const [x, y] = state.points[state.picked];
  return added(state, [x > 0.9 ? x - 0.1 : x + 0.1, y]);
}

// The last point stays.
export function deleted({ points, classes, picked }) {
  const others = (list) => list.filter((_, i) => i !== picked);
  return points.length === 1 ? {} : {
    picked: Math.min(picked, points.length - 2),
    points: others(points),
    classes: others(classes),
  };
}

// ---- In a picture ----

const REACH = 14; // pixels from a point within which a pointer picks it

// Where values from −1 to 1 lie in a picture, once the square has its place in it.
export function createScale() {
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

// The index of the point closest to a place in the picture, or −1.
export function closest(points, scale, [placeX, placeY]) {
  let [index, least] = [-1, REACH];
  points.forEach(([x, y], i) => {
    const away = Math.hypot(scale.x(x) - placeX, scale.y(y) - placeY);
    if (away < least) [index, least] = [i, away];
  });
  return index;
}

// Let points be picked and dragged, and added by a click on a gap. `picked` is called when one is.
export function listen(frame, field, scale, picked) {
  let drag = null;
  let picking = false; // whether the press that a click ends has picked a point
  const closestTo = (event) => closest(frame.state.points, scale, frame.placeOf(event));

  field.addEventListener("touchstart", (event) => {
    // A finger on a point drags it; one beside it scrolls the page.
    if (closestTo(event.touches[0]) >= 0) event.preventDefault();
  }, { passive: false });
  field.addEventListener("pointerdown", (event) => {
    if (drag || event.button !== 0) return;
    const index = closestTo(event);
    picking = index >= 0;
    if (!picking) return;
    event.preventDefault(); // keep the drag from selecting text
    field.setPointerCapture(event.pointerId);
    frame.set({ picked: index });
    const { points } = frame.state;
    drag = { pointer: event.pointerId, index, count: points.length, start: points[index],
      from: frame.placeOf(event) };
    picked();
  });
  field.addEventListener("pointermove", (event) => {
    if (drag?.pointer !== event.pointerId) return;
    // The point may have been deleted meanwhile.
    const { points, picked: index } = frame.state;
    if (index !== drag.index || points.length !== drag.count) return;
    const [x, y] = drag.start;
    const [toX, toY] = frame.placeOf(event);
    frame.set(moved(frame.state,
      [x + (toX - drag.from[0]) / scale.half, y - (toY - drag.from[1]) / scale.half]));
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    field.addEventListener(end, (event) => {
      if (drag?.pointer === event.pointerId) drag = null;
    });
  }
  field.addEventListener("click", (event) => {
    if (!picking) frame.set(added(frame.state, scale.valuesAt(frame.placeOf(event))));
  });
}
