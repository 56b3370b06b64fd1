// Logistic regression of labels 0 and 1 on Legendre polynomials, with a Gaussian prior on the
// weights. Natural logarithms throughout.

// P_0(x), …, P_degree(x).
export function legendre(x, degree) {
  const values = new Float64Array(degree + 1);
  values[0] = 1;
  values[1] = x;
  for (let k = 2; k <= degree; k += 1) {
    values[k] = ((2 * k - 1) * x * values[k - 1] - (k - 1) * values[k - 2]) / k;
  }
  return values;
}

// The rows of features of points: Legendre polynomials up to a degree.
export const features = (points, degree) => points.map((point) => legendre(point, degree));

export function dot(a, b) {
  let total = 0;
  for (let j = 0; j < a.length; j += 1) total += a[j] * b[j];
  return total;
}

// Both branches keep full precision where the result is close to 0.
export const sigmoid = (z) => (z < 0 ? Math.exp(z) / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z)));

// −log P(label | log-odds z), which is finite even where the probability underflows.
export function labelLoss(z, label) {
  const margin = label ? z : -z;
  return margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
}

// −log P(labels | weights), for the features of each label in a row.
function negativeLogLikelihood(rows, labels, weights) {
  let total = 0;
  for (let i = 0; i < rows.length; i += 1) total += labelLoss(dot(rows[i], weights), labels[i]);
  return total;
}

// What a model with these weights pays for the labels, in nats per label.
export const meanLoss = (rows, labels, weights) =>
  negativeLogLikelihood(rows, labels, weights) / labels.length;

// log of the density of N(0, width²), the prior of one weight.
export const logNormal = (weight, width) =>
  -Math.log(width * Math.sqrt(2 * Math.PI)) - (weight / width) ** 2 / 2;

// Gradient and Hessian of −log P(labels | weights) − log g(weights), where every weight is
// N(0, width²) under g. Of the symmetric Hessian the lower half is filled in.
function derivatives(rows, labels, weights, width) {
  const size = weights.length;
  const gradient = weights.map((weight) => weight / width ** 2);
  const hessian = Array.from({ length: size }, () => new Float64Array(size));
  for (let j = 0; j < size; j += 1) hessian[j][j] = 1 / width ** 2;
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i];
    const z = dot(row, weights);
    // q − y without cancelling: for y = 1 it is −(1 − q).
    const residual = labels[i] ? -sigmoid(-z) : sigmoid(z);
    const slope = sigmoid(z) * sigmoid(-z);
    for (let j = 0; j < size; j += 1) {
      gradient[j] += residual * row[j];
      for (let k = 0; k <= j; k += 1) hessian[j][k] += slope * row[j] * row[k];
    }
  }
  return { gradient, hessian };
}

// The solution of A x = b for a positive definite A, by Cholesky's A = L Lᵀ. Writes L over A.
function solve(A, b) {
  const x = Float64Array.from(b);
  for (let j = 0; j < x.length; j += 1) {
    for (let i = j; i < x.length; i += 1) {
      let entry = A[i][j];
      for (let k = 0; k < j; k += 1) entry -= A[i][k] * A[j][k];
      A[i][j] = i === j ? Math.sqrt(entry) : entry / A[j][j];
    }
  }
  for (let i = 0; i < x.length; i += 1) {
    for (let k = 0; k < i; k += 1) x[i] -= A[i][k] * x[k];
    x[i] /= A[i][i];
  }
  for (let i = x.length - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < x.length; k += 1) x[i] -= A[k][i] * x[k];
    x[i] /= A[i][i];
  }
  return x;
}

const ROUNDS = 60; // rarely more than 15 are needed
// The squared Newton decrement is about twice what a step can still gain.
const NEAR = 1e-8; // from here on Newton's full step converges quadratically
const DONE = 1e-20; // after a step from here on, the error is rounding alone

// The weights that minimise −log P(labels | weights) − log g(weights): the maximum of the
// posterior. The sum is strictly convex, so there is one. Newton's method from `start`, which is
// zero unless weights nearby are known: they save rounds, and change no more than the last digits.
export function mapWeights(rows, labels, width, start = new Float64Array(rows[0].length)) {
  let weights = start;
  const loss = (w) => negativeLogLikelihood(rows, labels, w) + dot(w, w) / (2 * width ** 2);
  for (let round = 0; round < ROUNDS; round += 1) {
    const { gradient, hessian } = derivatives(rows, labels, weights, width);
    const step = solve(hessian, gradient);
    const decrement = dot(gradient, step);
    const moved = (length) => weights.map((weight, j) => weight - length * step[j]);
    let length = 1;
    if (decrement > NEAR) {
      const most = loss(weights);
      while (loss(moved(length)) > most - 1e-4 * length * decrement) length /= 2;
    }
    weights = moved(length);
    if (decrement < DONE) break;
  }
  return weights;
}

// Mean losses of the weights that the posterior has its maximum at, over the prior's width: of the
// labels that they are fitted to, and of others that were held out.
export function lossesOverWidth({ x, y, x_held_out: xs, y_held_out: ys, degree }, widths) {
  const [rows, others] = [features(x, degree), features(xs, degree)];
  const losses = { nll: new Float64Array(widths.length), held_out: new Float64Array(widths.length) };
  let weights; // each width's are the next one's start
  widths.forEach((width, i) => {
    weights = mapWeights(rows, y, width, weights);
    losses.nll[i] = meanLoss(rows, y, weights);
    losses.held_out[i] = meanLoss(others, ys, weights);
  });
  return losses;
}
