// The Jacobian of softmax as a heat map.

import { shorten, signed } from "./kit.js";
import { short } from "./logits.js";

const LARGEST = 0.25; // of an entry at T = 1: q (1 − q) at q = 1/2

// A part of a picture.
export function table(frame, pen) {
  const labels = frame.model.get("labels");
  const longest = Math.max(...labels.map((label) => label.length));
  const side = Math.min(90, 8 * (longest + 2) + 8); // what the names of the rows need

  function drawNames(k, { left, top, column, row }) {
    const name = column < 56 ? labels[k] : `ℓ ${labels[k]}`;
    pen.tick(`column ${k}`, "tick middle", `x-class-of-logit ${k}`,
      left + (k + 0.5) * column, top - 6, shorten(name, column));
    pen.tick(`row ${k}`, "tick", `y-class-of-q ${k}`,
      left - 8, top + (k + 0.5) * row + 5, shorten(`q ${labels[k]}`, side));
  }

  function drawCell(i, j, entry, { left, top, column, row }) {
    const [x, y] = [left + j * column, top + i * row];
    // Half of the ink at a quarter of the value: small entries stay visible.
    const ink = (0.6 * Math.sqrt(Math.min(Math.abs(entry) / LARGEST, 1))).toFixed(3);
    pen.rect(`cell ${i}:${j}`, `cell ${entry < 0 ? "negative" : "positive"}`,
      `x-class-of-logit y-class-of-q x=${j} y=${i} ink=jacobian:${i}:${j}`,
      { x: x + 1, y: y + 1, width: Math.max(column - 2, 1), height: Math.max(row - 2, 1) },
      { rx: 2, "fill-opacity": ink });
    const text = signed(short(entry));
    pen.text(`entry ${i}:${j}`, null, x + column / 2, y + row / 2 + 5,
      column < 42 ? text.replace(/[^+−].*/, "") : text);
  }

  return (state, { jacobian }, { left, top, width, height }) => {
    pen.text("jacobian title", "tick start", left, top - 30, "how each q answers each ℓ: ∂q/∂ℓ");
    const cells = { left: left + side, top,
      column: (width - side) / labels.length, row: height / labels.length };
    labels.forEach((_, k) => drawNames(k, cells));
    jacobian.forEach((entries, i) => entries.forEach((entry, j) => drawCell(i, j, entry, cells)));
  };
}
