// Labels beside marks that may lie close together.

// The places of labels that keep a gap, each as near to its own as that allows.
export function spread(wanted, gap, least, most) {
  const order = [...wanted.keys()].sort((i, j) => wanted[i] - wanted[j] || i - j);
  const placed = [...wanted];
  order.forEach((i, rank) => {
    placed[i] = Math.max(wanted[i], rank ? placed[order[rank - 1]] + gap : least);
  });
  order.reverse().forEach((i, rank) => {
    placed[i] = Math.min(placed[i], rank ? placed[order[rank - 1]] - gap : most);
  });
  return placed;
}
