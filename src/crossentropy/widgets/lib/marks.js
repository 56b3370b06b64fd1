// Marks that several pictures share: points, the hatches that make q and KL readable without
// colour, and lengths that may be infinite.

import { set, svg } from "./dom.js";

// A point in a panel; a triangle for one that is above or below the panel.
export const CIRCLE = "M-6,0 a6,6 0 1 0 12,0 a6,6 0 1 0 -12,0 Z";
export const UP = "M0,-7 L7,6 H-7 Z";
export const DOWN = "M0,7 L7,-6 H-7 Z";

let figures = 0;

// Define the hatches for one picture; returns a function from role to paint.
export function defineHatches(parent) {
  const id = `hatch-${(figures += 1)}`;
  const stripe = (d, role) =>
    svg("pattern",
      { id: `${id}-${role}`, width: 7, height: 7, patternUnits: "userSpaceOnUse" },
      svg("path", { d, class: `hatch role-${role}` }));
  parent.append(svg("defs", {},
    stripe("M-1,8 L8,-1 M-2,2 L2,-2 M5,9 L9,5", "q"),
    stripe("M-1,8 L8,-1 M-1,-1 L8,8", "kl")));
  return (role) => (role === "q" || role === "kl" ? `url(#${id}-${role})` : null);
}

// A horizontal length in a role's fill, for data-mark. An infinite one runs to `limit` and ends in
// a torn edge.
export function createLength(parent, role, paint, mark) {
  const ground = svg("path", { class: `length ground role-${role}` });
  const fill = svg("path", { class: `length role-${role}`, "data-mark": mark });
  const hatch = paint(role);
  if (hatch) fill.style.fill = hatch;
  parent.append(ground, fill);
  return {
    draw(x, y, width, height, limit) {
      if (width < 0.05) {
        // Nothing is drawn as nothing, not as the outline of nothing.
        set(ground, { d: "" });
        set(fill, { d: "" });
        return;
      }
      const endless = !Number.isFinite(width) || x + width > limit;
      const right = endless ? limit : x + width;
      const d = endless
        ? `M${x.toFixed(2)},${y} H${right} ${torn(y, height)} H${x.toFixed(2)} Z`
        : `M${x.toFixed(2)},${y} H${right.toFixed(2)} v${height} H${x.toFixed(2)} Z`;
      set(ground, { d });
      set(fill, { d });
    },
  };
}

const torn = (y, height) => {
  const teeth = 6;
  const step = height / teeth;
  return Array.from({ length: teeth }, (_, i) => `l${i % 2 ? -6 : 6},${step.toFixed(2)}`).join(" ");
};
