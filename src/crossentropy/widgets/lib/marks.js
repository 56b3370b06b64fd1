// Marks that several pictures share: points, the hatches that make q and KL readable without
// colour, and lengths that may be infinite.

import { svg } from "./dom.js";
import { path } from "./pen.js";

export const circle = (x, y, r) =>
  path`M${x - r},${y} a${r},${r} 0 1 0 ${2 * r},0 a${r},${r} 0 1 0 ${-2 * r},0 Z`;

// A point in a panel; a triangle for one that is above or below the panel.
export const CIRCLE = circle(0, 0, 6);
export const UP = "M0,-7 L7,6 H-7 Z";
export const DOWN = "M0,7 L7,-6 H-7 Z";

let figures = 0;

// Give a picture hatches of its own, each a path that is repeated every `size` pixels: the style
// sheet fills marks with `var(--hatch-name)`.
export function definePatterns(root, size, looks, patterns) {
  const id = `hatch-${(figures += 1)}`;
  const defined = Object.entries(patterns).map(([name, d]) => {
    root.style.setProperty(`--hatch-${name}`, `url(#${id}-${name})`);
    return svg("pattern",
      { id: `${id}-${name}`, width: size, height: size, patternUnits: "userSpaceOnUse" },
      svg("path", { d, class: looks(name) }));
  });
  root.append(svg("defs", {}, ...defined));
}

// The hatches of q and KL.
export const defineHatches = (root) => definePatterns(root, 7, (role) => `hatch role-${role}`, {
  q: "M-1,8 L8,-1 M-2,2 L2,-2 M5,9 L9,5",
  kl: "M-1,8 L8,-1 M-1,-1 L8,8",
});

// A horizontal length in a role's fill; `mark` is its data-mark. One that is infinite, or longer than
// its room, runs to `limit` and ends in a torn edge. Nothing is drawn as nothing, not as its outline.
export function drawLength(pen, key, { role, mark, x, y, width, height, limit }) {
  const endless = x + width > limit;
  const d = width < 0.05 ? "" : endless
    ? path`M${x},${y} H${limit} ${torn(height)} H${x} Z`
    : path`M${x},${y} H${x + width} v${height} H${x} Z`;
  pen.path(`${key} ground`, `length ground role-${role}`, null, d);
  pen.path(key, `length role-${role}`, mark, d);
}

// The edge of what goes on to the right, downwards.
export const torn = (height, { teeth = 6, depth = 6 } = {}) => Array.from({ length: teeth },
  (_, i) => path`l${i % 2 ? -depth : depth},${height / teeth}`).join(" ");

// A torn edge along `d`, on a ground that parts it from what is torn. `kind` says whose it is.
export function drawTear(pen, key, { kind = "", mark, d }) {
  pen.path(`${key} ground`, "tear ground", null, d);
  pen.path(key, `tear ${kind}`.trim(), mark, d);
}
