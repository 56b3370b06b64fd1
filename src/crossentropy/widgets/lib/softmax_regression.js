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
  const [[a0, b0, c0], [a1, b1, c1], [a2, b2, c2]] = weights;
  const gradient = new Float64Array(9);
  const classTotals = new Float64Array(3);
  const counts = new Float64Array(3);
  const wrong = new Uint8Array(n);
  let [total, logsumexps, ownLogits, right] = [0, 0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    const x = xy[2 * i];
    const y = xy[2 * i + 1];
    const own = classes[i];
    const l0 = a0 * x + b0 * y + c0;
    const l1 = a1 * x + b1 * y + c1;
    const l2 = a2 * x + b2 * y + c2;
    const largest = Math.max(l0, l1, l2);
    const e0 = Math.exp(l0 - largest);
    const e1 = Math.exp(l1 - largest);
    const e2 = Math.exp(l2 - largest);
    const sum = e0 + e1 + e2;
    const logit = own === 0 ? l0 : own === 1 ? l1 : l2;
    const loss = Math.log(sum) - (logit - largest);
    total += loss;
    classTotals[own] += loss;
    counts[own] += 1;
    logsumexps += largest + Math.log(sum);
    ownLogits += logit;
    if (logit < largest) wrong[i] = 1;
    else right += 1 / (Number(l0 === largest) + Number(l1 === largest) + Number(l2 === largest));
    // (q − p) times the features, a row for each class.
    const d0 = e0 / sum - Number(own === 0);
    const d1 = e1 / sum - Number(own === 1);
    const d2 = e2 / sum - Number(own === 2);
    gradient[0] += d0 * x;
    gradient[1] += d0 * y;
    gradient[2] += d0;
    gradient[3] += d1 * x;
    gradient[4] += d1 * y;
    gradient[5] += d1;
    gradient[6] += d2 * x;
    gradient[7] += d2 * y;
    gradient[8] += d2;
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
