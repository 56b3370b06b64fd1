// Handles and buttons inside a picture, for the pointer, the keyboard and the screen reader.

import { clamp } from "./clamp.js";
import { set, svg } from "./dom.js";
import { createPen, path } from "./pen.js";

// A button: a face with words on it, in a box.
export function createButton(pen, name, press, { look = "face", rx = 6 } = {}) {
  const node = svg("g", { class: "press", role: "button", tabindex: 0, "aria-label": name });
  const inside = createPen(node);
  onPress(node, press);
  return {
    node,
    draw(text, box, attributes) {
      set(pen.place(node), attributes);
      inside.rect("face", look, null, box, { rx });
      if (text !== null) {
        inside.text("text", null, box.x + box.width / 2, box.y + box.height / 2 + 5, text);
      }
    },
  };
}

// Call `press` when a node with the role of a button is pressed.
export function onPress(node, press) {
  node.addEventListener("click", press);
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    press();
  });
}

// A handle: something to drag that is also a slider, placed by `pen`. options:
//   id       "q:2", for data-handle
//   name     what it moves, in words
//   axis     "x" or "y": the direction it is dragged in; x, if nothing is given
//   mark     what its place says, for data-mark
//   step     how far an arrow moves it: a hundredth, as is right for a share
//   page, fine   how far Page Up does, and an arrow with Shift: ten steps, and a tenth of one
//   range    () => [min, max]
//   value    () => the present number
//   words    (value) => the present number in words
//   at       (value) => position in pixels along the axis; must be linear
//   grab     () => anything that `move` wants to remember from the start of a drag
//   move     (value, grabbed) => change the state
//   release  () => it has been let go
export function createHandle(pen, options) {
  const { id, name, axis = "x", mark } = options;
  const { step = 0.01, page = 10 * step, fine = step / 10 } = options;
  const { range, value, words, at, grab, move, release } = options;
  const label = svg("text", { class: "grip-value" });
  const node = svg(
    "g",
    {
      class: `handle handle-${axis}`,
      role: "slider",
      tabindex: 0,
      "data-handle": id,
      "data-mark": mark,
      "aria-label": name,
      "aria-orientation": axis === "y" ? "vertical" : "horizontal",
    },
    svg("rect", { class: "target", x: -14, y: -14, width: 28, height: 28, rx: 6 }),
    label, // below the grip: what parts it from a line would part the grip, too
    svg("circle", { class: "grip", r: 6 }),
  );

  const within = (wanted) => {
    const [min, max] = range();
    return clamp(wanted, min, max);
  };
  const pixel = (event) => (axis === "y" ? event.clientY : event.clientX);
  const perPixel = (from) => {
    // The scale is linear: two points of it turn pixels into values. The picture's own pixels grow
    // with the reader's text.
    return 1 / (at(from + 1) - at(from)) / node.getScreenCTM().a;
  };

  let drag = null;
  function take(event, element) {
    event.preventDefault(); // keep the drag from selecting text
    node.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    const start = value();
    drag = { pointer: event.pointerId, from: pixel(event), start, perPixel: perPixel(start),
      grabbed: grab?.() };
    node.classList.add("active");
  }
  function pull(event) {
    if (drag?.pointer !== event.pointerId) return;
    move(within(drag.start + (pixel(event) - drag.from) * drag.perPixel), drag.grabbed);
  }
  function letGo(event) {
    if (drag?.pointer !== event.pointerId) return;
    drag = null;
    node.classList.remove("active");
    release?.();
  }
  // Bring it to where the pointer is.
  function jump(event) {
    const { e, f } = node.getScreenCTM();
    const start = value();
    move(within(start + (pixel(event) - (axis === "y" ? f : e)) * perPixel(start)), grab?.());
  }
  // Let the handle be dragged by an element; `taken` may refuse a pointer.
  function dragBy(element, taken) {
    element.addEventListener("pointerdown", (event) => {
      if (!drag && event.button === 0 && taken(event)) take(event, element);
    });
    element.addEventListener("pointermove", pull);
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
      element.addEventListener(type, letGo);
    }
  }

  // A finger on a handle drags, and does not scroll the page. (touch-action would say the same,
  // but browsers do not heed it on the groups and shapes inside an SVG.)
  node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  dragBy(node, () => true);

  const held = new WeakSet();
  function hold(element, taken) {
    if (held.has(element)) return false;
    held.add(element);
    set(element, { "data-holds": axis });
    dragBy(element, (event) => event.pointerType !== "touch" && taken(event));
    return true;
  }

  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [min, max] = range();
    const by = event.shiftKey ? fine : step;
    const wanted = {
      ArrowUp: value() + by,
      ArrowRight: value() + by,
      ArrowDown: value() - by,
      ArrowLeft: value() - by,
      PageUp: value() + page,
      PageDown: value() - page,
      Home: min,
      End: max,
    }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab listens to the arrows too
    move(within(wanted), grab?.());
    release?.();
  });

  return {
    node,
    // Put the handle where its value is; `text` is shown at the grip.
    draw(x, y, text, offset = [0, -14]) {
      const now = value();
      const [min, max] = range();
      set(pen.place(node), {
        transform: path`translate(${x},${y})`,
        "aria-valuemin": String(min),
        "aria-valuemax": String(max),
        "aria-valuenow": String(now),
        "aria-valuetext": words(now),
      });
      set(label, { text, x: offset[0], y: offset[1] });
    },
    // A mark that shows the value is dragged as the handle is. A finger scrolls the page there: it
    // has the handle.
    hold(mark) {
      hold(mark, () => true);
      return mark;
    },
    // A line is dragged by what is a few pixels from it, too.
    reach(d) {
      hold(pen("path", `reach of ${id}`, { class: "reach", d }), () => true);
    },
    // Where its groove is pressed, or tapped, the handle comes. A groove lies along x, around `y`.
    guide(left, right, y) {
      const groove = pen.rect(`groove of ${id}`, "target", null,
        { x: left, y: y - 12, width: right - left, height: 24 });
      const isNew = hold(groove, (event) => {
        jump(event);
        return true;
      });
      if (!isNew) return;
      let byFinger = false;
      groove.addEventListener("pointerdown", (event) => (byFinger = event.pointerType === "touch"));
      groove.addEventListener("click", (event) => {
        if (!byFinger) return;
        node.focus({ preventScroll: true });
        jump(event);
        release?.();
      });
    },
  };
}

// A handle that moves a trait along x between its ends, to so many decimals: with none, by whole steps.
export const createTraitHandle = (frame, pen, { trait, decimals = 2, ...options }) =>
  createHandle(pen, {
    id: trait,
    ...decimals ? {} : { step: 1, fine: 1 },
    range: () => [frame.schema[trait].least, frame.schema[trait].most],
    value: () => frame.model.get(trait),
    move: (wanted) => frame.set({ [trait]: Number(wanted.toFixed(decimals)) }),
    ...options,
  });
