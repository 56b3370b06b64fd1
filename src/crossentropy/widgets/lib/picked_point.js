// The picked point of several: which one, its q, and its label.

import {
  brief, createButton, createHandle, defineHatches, drawLength, path, shorten, textWithin,
} from "./kit.js";
import { MOST, addedBeside, deleted, labelled } from "./points.js";
import { GLYPHS } from "./square.js";

// A part of a picture.
export function point(frame, pen) {
  defineHatches(frame.svg);
  const labels = frame.model.get("labels");
  const track = { left: 0, length: 1 };
  const last = () => frame.state.points.length;
  const at = (number) => track.left + ((number - 1) / Math.max(last() - 1, 1)) * track.length;
  const handle = createHandle(pen, {
    id: "picked",
    mark: "x-picked x=number",
    name: "picked point",
    step: 1,
    fine: 1,
    range: () => [1, last()],
    value: () => frame.state.picked + 1,
    words: (number) =>
      `point ${number} of ${last()}, ${labels[frame.state.classes[frame.state.picked]]}`,
    at,
    move: (number) => frame.set({ picked: Math.round(number) - 1 }),
  });
  const add = createButton(pen, "Add a point beside the picked one", () =>
    frame.set(addedBeside(frame.state)));
  const remove = createButton(pen, "Delete the picked point", () =>
    frame.set(deleted(frame.state)));
  const buttons = labels.map((label, c) =>
    createButton(pen, `Label the picked point ${label}`, () =>
      frame.set(labelled(frame.state, c))));

  function drawTrack(picked, left, right, y) {
    Object.assign(track, { left: left + 8, length: right - left - 16 });
    pen.path("track", "rule", null, path`M${track.left},${y} h${track.length}`,
      { "data-tick": `x-picked 1 ${Math.max(last(), 2)}` });
    handle.guide(left, right, y);
    const x = at(picked + 1);
    const text = `point ${picked + 1} of ${last()}`;
    handle.draw(x, y, text, [textWithin(left, right, x, text) - x, -12]);
  }

  // A button that gives the point a class, and q of that class as a length below it.
  function drawClass(c, q, { classes, picked }, { x, y, width }) {
    buttons[c].draw(`${GLYPHS[c]} ${shorten(labels[c], width - 64)} ${brief(q)}`,
      { x, y: y - 14, width, height: 28 }, { "aria-pressed": String(c === classes[picked]) });
    const line = y + 30;
    drawLength(pen, `q:${c}`, { role: "q", mark: `x-q${c} left=0 width=q:${c}`,
      x, y: line - 10, width: q * width, height: 10, limit: x + width + 1 });
    pen.rule(`q:${c} scale`, `x-q${c} 0 1`, path`M${x},${line + 3} v-3 H${x + width} v3`);
  }

  // The classes stand side by side on a narrow page, and one below the other on a wide one.
  return (state, { q }, { left, right, top, width }, { narrow }) => {
    const y = top + 26; // of the track
    drawTrack(state.picked, left, right - 128, y);
    add.draw("Add", { x: right - 120, y: y - 20, width: 56, height: 28 },
      { "aria-disabled": String(state.points.length === MOST) });
    remove.draw("Delete", { x: right - 61, y: y - 20, width: 60, height: 28 },
      { "aria-disabled": String(state.points.length === 1) });
    const apart = (width + 10) / 3;
    q.forEach((qc, c) => drawClass(c, qc, state, narrow
      ? { x: left + 2 + apart * c, y: y + 32, width: apart - 13 }
      : { x: left + 2, y: y + 44 + 62 * c, width: width - 4 }));
  };
}
