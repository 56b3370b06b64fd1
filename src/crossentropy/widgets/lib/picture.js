// A picture is declared: its parts, and where they stand on wide and on narrow pages.
//
//   picture({ fit, losses }, {
//     wide: { columns: [44, "fit", 118, "losses", 14], rows: [28, "fit losses", 48] },
//     narrow: { columns: [44, "fit losses", 66], rows: [28, "fit", 54, "losses", 48] },
//   })
//
// A row or column is a length, in pixels that grow with the reader's text, or it names the parts that
// stand in it: then it has a share of what the lengths leave, ["bars", 0.4] or 1. A part that is named
// more than once reaches from the first to the last.

import { createPen } from "./pen.js";

const NARROW = 560;

// Where each name stands along one direction: { name: [from, to] }.
function extents(tracks, length) {
  const sizes = tracks.map((track) => (Array.isArray(track) ? track[1] : 1));
  const isLength = (i) => typeof tracks[i] === "number";
  const total = (wanted) => sizes.reduce((sum, size, i) => sum + wanted(size, i), 0);
  const fixed = total((_, i) => (isLength(i) ? tracks[i] : 0));
  const shares = total((size, i) => (isLength(i) ? 0 : size));
  // Before the figure has its size there is no room.
  const free = Math.max(length - fixed, 1) / shares;
  const found = {};
  let at = 0;
  tracks.forEach((track, i) => {
    const end = at + (isLength(i) ? track : free * sizes[i]);
    const names = isLength(i) ? [] : [track].flat()[0].split(" ");
    for (const name of names) found[name] = [found[name]?.[0] ?? at, end];
    at = end;
  });
  return found;
}

export function areas({ columns, rows }, width, height) {
  const [across, down] = [extents(columns, width), extents(rows, height)];
  return Object.fromEntries(Object.keys(across).map((name) => {
    const [[left, right], [top, bottom]] = [across[name], down[name]];
    return [name, { left, right, top, bottom, width: right - left, height: bottom - top }];
  }));
}

// A part is (frame, pen) => draw(state, numbers, area, { narrow, width, height }).
export const picture = (parts, { wide, narrow = wide, below = NARROW }) => (frame) => {
  const pen = createPen(frame.svg);
  const drawn = Object.entries(parts).map(([name, create]) => [name, create(frame, pen)]);
  return {
    draw(state, numbers, width, height) {
      const isNarrow = width < below;
      const found = areas(isNarrow ? narrow : wide, width, height);
      for (const [name, draw] of drawn) {
        draw(state, numbers, found[name], { narrow: isNarrow, width, height });
      }
    },
  };
};
