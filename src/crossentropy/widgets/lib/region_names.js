// The names of regions of a square, inside of them and clear of its points.

// Where names of regions may stand: along the square's edge, in values from −1 to 1.
const ALONG = [0, -0.2, 0.2, -0.4, 0.4, -0.6, 0.6, -0.8, 0.8];
const SPOTS = [1, -1].flatMap((edge) => [
  ...ALONG.map((x) => [x, edge]), ...ALONG.map((y) => [edge, y]), [edge, 1], [edge, -1]]);
const CLEAR = 8; // pixels between a name and a point
const BETTER = 3; // pixels more, for which a crowded name moves
const OUTSIDE = -1e6;

// How many pixels a name that is `half` as wide to each side is from the closest point, if it is
// inside its region.
/** @param {number[]} place */
function clearance([x, y], half, { weights, points }, { classes: [c] }, unit) {
  const inside = [-1, 1].every((end) => {
    const logits = weights.map(([a, b, bias]) => a * (x + (end * half) / unit) + b * y + bias);
    return logits[c] === Math.max(...logits);
  });
  if (!inside) return OUTSIDE;
  return points.reduce((least, [pointX, pointY]) => Math.min(least,
    Math.max(Math.abs(pointX - x) * unit - half, Math.abs(pointY - y) * unit - 8)), Infinity);
}

// Names that stand in their regions where no points are. One stays where it is for as long as it
// can, so that nothing jumps about while the regions move.
export function createNames(pen, scale) {
  const spots = [null, null, null];

  return function drawName(i, text, state, region) {
    const unit = scale.half;
    const half = 4 * text.length + 4;
    const place = ([x, y]) => [x * (1 - half / unit), y * (1 - 14 / unit)];
    const room = (spot) => clearance(place(spot), half, state, region, unit);
    const present = spots[i] && text ? room(spots[i]) : -Infinity;
    if (text && present < CLEAR) {
      const rooms = SPOTS.map(room);
      const most = Math.max(...rooms);
      if (most === OUTSIDE) spots[i] = null;
      else if (most > present + BETTER) spots[i] = SPOTS[rooms.indexOf(most)];
    }
    const [x, y] = place(spots[i] ?? [0, 0]);
    pen.text(`name ${i}`, "name", scale.x(x), scale.y(y) + 5, spots[i] ? text : "");
  };
}
