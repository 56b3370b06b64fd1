// Marks are described where they are drawn: what each is, what it says, and where it stands, in one
// place. A pen makes an element when its key is first drawn, keeps it, and changes it from then on,
// so that nothing is made while a picture is dragged. What is drawn later lies above.

import { hundredths, set, svg } from "./dom.js";

// The data of a path, its numbers rounded as `set` rounds: path`M${left},${y} H${right}`.
export const path = (strings, ...values) => String.raw({ raw: strings },
  ...values.map((value) => (typeof value === "number" ? hundredths(value) : value)));

// pen("rect", "bar 2", { class, x, y, width, height, ... }) draws a rectangle into `parent`.
export function createPen(parent) {
  const drawn = new Map();
  const pen = (tag, key, attributes = {}) => {
    let node = drawn.get(key);
    if (!node) drawn.set(key, (node = pen.place(svg(tag))));
    return set(node, attributes);
  };
  // An element that was made elsewhere, such as a handle, has its place among the marks too.
  pen.place = (node) => {
    if (node.parentNode !== parent) parent.append(node);
    return node;
  };
  // Lines, shapes and words, in the order in which they are thought: which one, how it looks, what it
  // says (its data-mark, if it says something), where it is.
  pen.path = (key, look, mark, d, more) =>
    pen("path", key, { class: look, "data-mark": mark, d, ...more });
  pen.rect = (key, look, mark, { x, y, width, height }, more) =>
    pen("rect", key, { class: look, "data-mark": mark, x, y, width, height, ...more });
  pen.text = (key, look, x, y, text, more) => pen("text", key, { class: look, x, y, text, ...more });
  // What values are read off: lines, and words at one of them. `says` is their data-tick.
  pen.rule = (key, says, d, look = "rule") =>
    pen("path", key, { class: look, d, "data-tick": says });
  pen.tick = (key, look, says, x, y, text) => pen.text(key, look, x, y, text, { "data-tick": says });
  // Below lengths: a line from 0 to `most` that is turned up at its ends, where it says both.
  pen.ruler = (key, axis, most, [from, to], y, unit = "") => {
    pen.rule(key, `${axis} 0 ${most}`, path`M${from},${y} v4 H${to} v-4`);
    pen.tick(`${key} starts`, "tick start", `${axis} 0`, from, y + 20, "0");
    pen.tick(`${key} ends`, "tick end", `${axis} ${most}`, to, y + 20, `${most} ${unit}`.trim());
  };
  // A pen for the parts of an element: of a group, or of a text that is written in several ways.
  const inner = new Map();
  pen.inside = (tag, key, attributes) => {
    const node = pen(tag, key, attributes);
    if (!inner.has(key)) inner.set(key, createPen(node));
    return inner.get(key);
  };
  // Words that are not all alike: [[text, look], ...].
  pen.words = (key, look, x, y, words) => {
    const part = pen.inside("text", key, { class: look, x, y });
    words.forEach(([text, one = null], i) => part("tspan", i, { class: one, text }));
  };
  return pen;
}
