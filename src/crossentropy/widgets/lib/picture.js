// A picture is declared: its parts, and where they stand on wide and on narrow pages.
//
//   picture({ fit, losses }, {
//     wide: { columns: [44, "fit", 118, "losses", 14], rows: [28, "fit losses", 48] },
//     narrow: { columns: [44, "fit losses", 66], rows: [28, "fit", 54, "losses", 48] },
//   })
//
// A row or column is a length, in pixels that grow with the reader's text, or it names the parts that
// stand in it: then it has a share of what the lengths leave, ["bars", 0.4] or 1, or a length of its
// own, { bars: 64 }. A part that is named more than once reaches from the first to the last. Parts end
// at whole pixels: lines there are sharp.

import { createPen } from "./pen.js";

const NARROW = 560;

// A row or column: the parts in it, its length, and its share of what all lengths leave.
function track(declared) {
  if (typeof declared === "number") return { parts: [], length: declared, share: 0 };
  const isShare = typeof declared === "string" || Array.isArray(declared);
  const [names, size = 1] = isShare ? [declared].flat() : Object.entries(declared)[0];
  return { parts: names.split(" "), length: isShare ? 0 : size, share: isShare ? size : 0 };
}

// Where each name stands along one direction: { name: [from, to] }.
function extents(declared, whole) {
  const tracks = declared.map(track);
  const total = (size) => tracks.reduce((sum, one) => sum + one[size], 0);
  // Before the figure has its size there is no room.
  const free = Math.max(whole - total("length"), 1) / (total("share") || 1);
  const found = {};
  let at = 0;
  for (const { parts, length, share } of tracks) {
    const end = at + length + share * free;
    for (const name of parts) found[name] = [found[name]?.[0] ?? Math.round(at), Math.round(end)];
    at = end;
  }
  return found;
}

export function areas({ columns, rows }, width, height) {
  const [across, down] = [extents(columns, width), extents(rows, height)];
  return Object.fromEntries(Object.keys(across).map((name) => {
    const [[left, right], [top, bottom]] = [across[name], down[name]];
    return [name, { left, right, top, bottom, width: right - left, height: bottom - top }];
  }));
}

// A part is (frame, pen) => draw(state, numbers, area, { narrow, width, height, areas }): where the
// others stand, for what leads from one to another.
export const picture = (parts, { wide, narrow = wide, below = NARROW }) => (frame) => {
  const pen = createPen(frame.svg);
  const drawn = Object.entries(parts).map(([name, create]) => [name, create(frame, pen)]);
  return {
    draw(state, numbers, width, height) {
      const isNarrow = width < below;
      const found = areas(isNarrow ? narrow : wide, width, height);
      const page = { narrow: isNarrow, width, height, areas: found };
      for (const [name, draw] of drawn) draw(state, numbers, found[name], page);
    },
  };
};
