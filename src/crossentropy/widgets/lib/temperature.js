// The confidence of a classifier, and how right it is: what a temperature on its logits does to its
// loss, to its confidences, and to the error of its calibration.

import { sum } from "./information.js";

// ---- The examples, and what does not depend on the temperature ----

const prepared = new WeakMap(); // from the logits to what was worked out from them

// The examples of a state, with all that their logits alone decide.
export function examples({ logits, classes }) {
  const found = prepared.get(logits);
  if (found?.classes === classes) return found;
  const data = prepare(logits, classes);
  prepared.set(logits, data);
  return data;
}

function prepare(logits, classes) {
  const [n, k] = [logits.length, logits[0].length];
  const data = {
    classes,
    n,
    k,
    gaps: new Float64Array(n * k), // ℓ − max ℓ, row after row: softmax is the same, and stable
    trueGaps: new Float64Array(n), // those of the true classes
    answers: new Uint16Array(n), // the largest logit is the answer; a tie goes to the first
    right: new Uint8Array(n),
    confidences: new Float64Array(n), // at the temperature that was asked for last
  };
  logits.forEach((row, i) => {
    const largest = Math.max(...row);
    row.forEach((logit, j) => (data.gaps[i * k + j] = logit - largest));
    data.trueGaps[i] = row[classes[i]] - largest;
    data.answers[i] = row.indexOf(largest);
    data.right[i] = data.answers[i] === classes[i] ? 1 : 0;
  });
  data.accuracy = sum(data.right) / n;
  data.meanGap = (0 - sum(data.trueGaps)) / n;
  data.worst = worstMistake(data);
  data.best = leastLoss(data);
  return data;
}

// The mistake whose true class lies furthest below its answer, or −1.
const worstMistake = ({ right, trueGaps }) => right.reduce(
  (worst, one, i) => (one || (worst >= 0 && trueGaps[worst] <= trueGaps[i]) ? worst : i), -1);

// ---- What the temperature does ----

// The largest q of each example: e⁰ over Σ e^{(ℓ − max ℓ)/T}.
function fillConfidences({ n, k, gaps }, temperature, confidences) {
  for (let i = 0; i < n; i += 1) {
    let total = 0;
    for (let j = i * k; j < (i + 1) * k; j += 1) total += Math.exp(gaps[j] / temperature);
    confidences[i] = 1 / total;
  }
}

// The two parts of LSE(ℓ/T) − ℓ_y/T with max ℓ = 0, as means.
function lossParts({ n, trueGaps }, temperature, confidences) {
  let [lse, penalty] = [0, 0];
  for (let i = 0; i < n; i += 1) {
    lse -= Math.log(confidences[i]);
    penalty -= trueGaps[i] / temperature;
  }
  return [lse / n, penalty / n];
}

// Mean surprise −log q_y of the right answers and of the wrong ones; 0 where there is none.
function surprises({ n, k, gaps, trueGaps, right, classes }, temperature, confidences) {
  const [totals, counts] = [[0, 0], [0, 0]];
  for (let i = 0; i < n; i += 1) {
    const q = Math.exp(gaps[i * k + classes[i]] / temperature) * confidences[i];
    // What is too small for a float has a logarithm all the same.
    totals[right[i]] += q > 1e-300
      ? 0 - Math.log(q) : 0 - Math.log(confidences[i]) - trueGaps[i] / temperature;
    counts[right[i]] += 1;
  }
  const [wrong, correct] = totals.map((total, i) => (counts[i] ? total / counts[i] : 0));
  return { correct, wrong };
}

// Bins are closed on the right. Confidences such as 1 and 1/2 stand on an edge, which rounding must
// not push them over: what is this close above an edge counts as at it, here and in Python. (The
// softmax of log 0.5, log 0.2 and log 0.3 comes out above 1/2.)
const EDGE = 1e-12;

function intoBins({ n, right }, confidences, bins) {
  const counts = new Float64Array(bins);
  const hits = new Float64Array(bins);
  const sums = new Float64Array(bins); // of the confidences
  for (let i = 0; i < n; i += 1) {
    const bin = Math.ceil(confidences[i] * bins - EDGE) - 1;
    counts[bin] += 1;
    hits[bin] += right[i];
    sums[bin] += confidences[i];
  }
  return { counts, hits, sums };
}

const share = (sums, counts) => Array.from(sums, (total, b) => (counts[b] ? total / counts[b] : 0));

// Σ (n_b/N)·|accuracy − confidence|
function calibrationError({ n }, { hits, sums }) {
  return hits.reduce((total, hit, b) => total + Math.abs(hit - sums[b]), 0) / n;
}

// Slope and curvature of the NLL in β = scale/T: means of E[ℓ] − ℓ_y and of the variance of ℓ
// under q, in units of the scale.
function slope({ n, k, gaps, trueGaps }, scale, beta) {
  let [first, second] = [0, 0];
  for (let i = 0; i < n; i += 1) {
    let [total, sum, squares] = [0, 0, 0];
    for (let j = i * k; j < (i + 1) * k; j += 1) {
      const gap = gaps[j] / scale;
      const weight = Math.exp(beta * gap);
      total += weight;
      sum += weight * gap;
      squares += weight * gap * gap;
    }
    const mean = sum / total;
    first += mean - trueGaps[i] / scale;
    second += squares / total - mean * mean;
  }
  return [first / n, second / n];
}

// The temperature of the least NLL. The NLL is convex in 1/T, so its slope there has one root:
// Newton's method finds it, inside a bracket that halves whenever a step would leave it.
function leastLoss(data) {
  const scale = data.gaps.reduce((largest, gap) => Math.max(largest, -gap), 0);
  // Guessing is better than any finite temperature; or colder is always better.
  if (scale === 0 || slope(data, scale, 0)[0] >= 0) {
    return { temperature: Infinity, nll: Math.log(data.k) };
  }
  if (data.meanGap === 0) return { temperature: 0, nll: lossAt(data, Number.MIN_VALUE) };
  let [low, high] = [0, 1];
  while (slope(data, scale, high)[0] < 0) [low, high] = [high, 2 * high];
  let beta = (low + high) / 2;
  for (let step = 0; step < 100; step += 1) {
    const [first, second] = slope(data, scale, beta);
    if (first < 0) low = beta;
    else high = beta;
    const newton = beta - first / second;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const moved = Math.abs(next - beta);
    beta = next;
    if (moved <= 1e-15 * beta) break;
  }
  return { temperature: scale / beta, nll: lossAt(data, scale / beta) };
}

function lossAt(data, temperature) {
  fillConfidences(data, temperature, data.confidences);
  return sum(lossParts(data, temperature, data.confidences));
}

// The q of the worst mistake's answer and of its truth; nothing where no answer is wrong.
function mistake({ worst, k, gaps, answers, classes, confidences }, temperature) {
  if (worst < 0) return [];
  return [answers[worst], classes[worst]].map(
    (j) => Math.exp(gaps[worst * k + j] / temperature) * confidences[worst]);
}

// All numbers of a state.
export function calibration(state) {
  const { temperature, bins } = state;
  const data = examples(state);
  const { n, accuracy, best, confidences, meanGap } = data;
  fillConfidences(data, temperature, confidences);
  const [lse, penalty] = lossParts(data, temperature, confidences);
  const { correct, wrong } = surprises(data, temperature, confidences);
  const binned = intoBins(data, confidences, bins);
  const confidence = sum(confidences) / n;
  return {
    nll: lse + penalty,
    mean_logsumexp: lse,
    mean_gap: meanGap,
    surprise_of_right: correct,
    surprise_of_wrong: wrong,
    best_temperature: best.temperature,
    best_nll: best.nll,
    accuracy,
    mean_confidence: confidence,
    overconfidence: confidence - accuracy,
    ece: calibrationError(data, binned),
    bin_counts: [...binned.counts],
    bin_accuracy: share(binned.hits, binned.counts),
    bin_confidence: share(binned.sums, binned.counts),
    worst_mistake: mistake(data, temperature),
  };
}

// NLL and ECE at each of some temperatures, which are always the same: the NLL of the examples
// once, the ECE once for each number of bins.
export function overTemperatures(state, temperatures) {
  const data = examples(state);
  data.over ??= lossesAt(data, temperatures);
  const { nll, confidences, ece } = data.over;
  if (!ece.has(state.bins)) {
    ece.set(state.bins, confidences.map((each) =>
      calibrationError(data, intoBins(data, each, state.bins))));
  }
  return { nll, ece: ece.get(state.bins) };
}

function lossesAt(data, temperatures) {
  const confidences = temperatures.map(() => new Float64Array(data.n));
  const nll = temperatures.map((temperature, i) => {
    fillConfidences(data, temperature, confidences[i]);
    return sum(lossParts(data, temperature, confidences[i]));
  });
  return { nll, confidences, ece: new Map() };
}
