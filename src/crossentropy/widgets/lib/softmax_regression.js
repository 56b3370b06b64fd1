// Softmax regression on points in the plane: three classes, logits ℓ = W·(x, y, 1), and the mean
// cross-entropy in nats. Each pass is made once, because it trains while points are dragged.

// The learning rate. With coordinates from −1 to 1 the loss curves by at most ‖(x, y, 1)‖²/2 ≤ 3/2
// in any direction, and a step shorter than 2 over the curvature cannot raise it.
export const RATE = 1;

const coordinates = new WeakMap(); // from a list of points to its numbers, one after another

function flat(points) {
  let numbers = coordinates.get(points);
  if (!numbers) {
    numbers = new Float64Array(2 * points.length);
    points.forEach(([x, y], i) => {
      numbers[2 * i] = x;
      numbers[2 * i + 1] = y;
    });
    coordinates.set(points, numbers);
  }
  return numbers;
}

const passes = new WeakMap(); // from weights to the last pass with them

// One pass over all points. `total` is the sum of the losses and `classTotals` that of each class;
// `logsumexps` and `ownLogits` are sums too; `right` counts a tie by the chance to guess it;
// `wrong[i]` is 1 where another class has a larger logit than the point's own.
export function evaluate({ points, classes, weights }) {
  const known = passes.get(weights);
  if (known?.points === points && known.classes === classes) return known;
  const xy = flat(points);
  const n = points.length;
  const w = Float64Array.from(weights.flat());
  const gradient = new Float64Array(9);
  const classTotals = new Float64Array(3);
  const counts = new Float64Array(3);
  const wrong = new Uint8Array(n);
  const [l, e] = [new Float64Array(3), new Float64Array(3)]; // of one point
  let [total, logsumexps, ownLogits, right] = [0, 0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    const [x, y, own] = [xy[2 * i], xy[2 * i + 1], classes[i]];
    for (let k = 0; k < 3; k += 1) l[k] = w[3 * k] * x + w[3 * k + 1] * y + w[3 * k + 2];
    const largest = Math.max(l[0], l[1], l[2]);
    let [sum, ties] = [0, 0];
    for (let k = 0; k < 3; k += 1) {
      e[k] = Math.exp(l[k] - largest);
      sum += e[k];
      ties += Number(l[k] === largest);
    }
    const loss = Math.log(sum) - (l[own] - largest);
    total += loss;
    classTotals[own] += loss;
    counts[own] += 1;
    logsumexps += largest + Math.log(sum);
    ownLogits += l[own];
    if (l[own] < largest) wrong[i] = 1;
    else right += 1 / ties;
    // (q − p) times the features, a row for each class.
    for (let k = 0; k < 3; k += 1) {
      const d = e[k] / sum - Number(own === k);
      gradient[3 * k] += d * x;
      gradient[3 * k + 1] += d * y;
      gradient[3 * k + 2] += d;
    }
  }
  for (let j = 0; j < 9; j += 1) gradient[j] /= n;
  const pass = {
    points, classes, total, classTotals, counts, logsumexps, ownLogits, right, wrong, gradient,
  };
  passes.set(weights, pass);
  return pass;
}

// The weights after one step of full-batch gradient descent.
export function descended(state) {
  const { gradient } = evaluate(state);
  return state.weights.map((row, c) => row.map((weight, j) => weight - RATE * gradient[3 * c + j]));
}

const SQUARE = [[-1, -1], [1, -1], [1, 1], [-1, 1]];

// What is left of a convex polygon where a x + b y + c is not negative.
function clip(corners, [a, b, c]) {
  const side = corners.map(([x, y]) => a * x + b * y + c);
  return corners.flatMap((corner, i) => {
    const next = (i + 1) % corners.length;
    const kept = side[i] >= 0 ? [corner] : [];
    if (side[i] * side[next] >= 0) return kept;
    const t = side[i] / (side[i] - side[next]);
    return [...kept, corner.map((from, axis) => from + t * (corners[next][axis] - from))];
  });
}

// The parts of the square in which each class has the largest logit, as exact polygons. Classes
// with equal weights tie everywhere and share one part.
export function regions(weights) {
  const parts = [];
  weights.forEach((row, c) => {
    const equal = parts.find((part) => row.every((weight, j) => weight === part.row[j]));
    if (equal) equal.classes.push(c);
    else parts.push({ row, classes: [c] });
  });
  return parts
    .map(({ row, classes }) => ({
      classes,
      corners: parts.reduce((corners, other) =>
        clip(corners, row.map((weight, j) => weight - other.row[j])), SQUARE),
    }))
    .filter(({ corners }) => corners.length > 2);
}
