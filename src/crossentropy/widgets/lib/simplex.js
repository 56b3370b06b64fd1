// Moving one component of a distribution while the whole keeps summing to one.

import { clamp } from "./clamp.js";

// Component k of p set to `value`; the components that are free share what is left in their old
// proportions, or equally if they were all zero. Locked components stay as they are.
/** @param {(j: number) => boolean} locked */
export function moveComponent(p, k, value, locked = () => false) {
  const free = p.map((_, j) => j !== k && !locked(j));
  if (!free.includes(true)) return p.slice();
  const fixed = p.reduce((total, pj, j) => (j === k || free[j] ? total : total + pj), 0);
  const moved = clamp(value, 0, Math.max(0, 1 - fixed));
  const rest = Math.max(0, 1 - fixed - moved);
  const before = p.reduce((total, pj, j) => (free[j] ? total + pj : total), 0);
  const count = free.filter(Boolean).length;
  return p.map((pj, j) => {
    if (j === k) return moved;
    if (!free[j]) return pj;
    return before > 0 ? (pj / before) * rest : rest / count;
  });
}
