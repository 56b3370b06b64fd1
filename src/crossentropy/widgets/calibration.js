import { clamp } from "./lib/clamp.js";
import { defineExplorable } from "./lib/explorable.js";
import { format, scientific, shorten, signed, threeDigits } from "./lib/format.js";
import { sum } from "./lib/information.js";
import { CIRCLE, UP, circle, defineHatches, definePatterns } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane } from "./lib/plane.js";
import { createTrack } from "./lib/track.js";

// ---- The examples, and what does not depend on the temperature ----

const prepared = new WeakMap(); // from the logits to what was worked out from them

function examples({ logits, classes }) {
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

function mistake({ worst, k, gaps, answers, classes, confidences }, temperature) {
  if (worst < 0) return [];
  return [answers[worst], classes[worst]].map(
    (j) => Math.exp(gaps[worst * k + j] / temperature) * confidences[worst]);
}

function quantities(state) {
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

// ---- Numbers as text ----

const nats = (value) => (value < 1e5 ? format(value) : scientific(value));

function ledger({ temperature }, numbers) {
  const { nll, mean_logsumexp: lse, mean_gap: gap, accuracy } = numbers;
  const { surprise_of_right: right, surprise_of_wrong: wrong } = numbers;
  const mixed = accuracy * right + (1 - accuracy) * wrong;
  return [
    ["NLL = −(1/<i>N</i>) ∑ log <i>q<sub>y</sub></i>, right + wrong",
      `${format(accuracy)}·${nats(right)} + ${format(1 - accuracy)}·${nats(wrong)}`, nats(mixed)],
    ["= (1/<i>N</i>) ∑ [LSE(<i>ℓ</i>/<i>T</i>) − <i>ℓ<sub>y</sub></i>/<i>T</i>], max <i>ℓ</i> = 0",
      `${nats(lse)} + ${nats(gap)} / ${threeDigits(temperature)}`, nats(nll)],
  ];
}

// ---- The reliability diagram, and how many examples are how confident ----

const SHARES = [0.25, 0.5, 1]; // of the examples, at the top of the histogram: it grows in steps

// Two hatches for the gap: one for too much confidence, one for too little.
const GAPS = {
  over: "M-1,6 L6,-1 M-1,1 L1,-1 M4,6 L6,4",
  under: "M-1,-1 L6,6 M-1,4 L1,6 M4,-1 L6,1",
};

const rectangle = (left, right, top, bottom) =>
  path`M${left},${top} H${right} V${bottom} H${left} Z`;

function createReliability(pen) {
  const plane = createPlane(pen, { id: "bin", title: "Accuracy in each bin", yTicks: [0, 1] });

  function drawDiagonal({ left, top, size }) {
    pen("path", "diagonal", { class: "guide diagonal", "data-mark": "x-bin y-bin path=identity",
      d: path`M${left},${top + size} L${left + size},${top}` });
    pen("text", "calibrated", { class: "tick halo start", text: "calibrated",
      transform: path`translate(${plane.x(0.03) - 3},${plane.y(0.03) - 5}) rotate(-45)` });
  }

  // A dot's area is its share of the examples, and the gap is half as wide as the dot.
  function dotsOf({ bin_counts: counts, bin_accuracy: heights, bin_confidence: means }, n, size) {
    const dots = counts.map((count, b) => ({
      count,
      x: plane.x(means[b]),
      y: plane.y(heights[b]),
      r: Math.max(2.5, 0.075 * size * Math.sqrt(count / n)),
      ideal: plane.y(means[b]),
      kind: heights[b] < means[b] ? "over" : "under",
    }));
    return dots.filter(({ count }) => count > 0);
  }

  function drawGaps(dots) {
    for (const kind of ["over", "under"]) {
      const gaps = dots.filter((dot) => dot.kind === kind);
      pen("path", `gaps ${kind}`, {
        class: `gap ${kind}`, "data-mark": `x-bin y-bin boxes=gaps_${kind}`,
        d: gaps.map(({ x, y, r, ideal }) => rectangle(x - r / 2, x + r / 2, y, ideal)).join("") });
    }
  }

  function drawMeans({ accuracy, mean_confidence: confidence }, { left, top, size, histogram }) {
    const [right, bottom, lower] = [left + size, top + size, top + size + 26];
    const [level, x] = [plane.y(accuracy), plane.x(confidence)];
    pen("path", "accuracy",
      { class: "joint", "data-mark": "y-bin y=accuracy", d: plane.level(accuracy) });
    pen("path", "confidence", { class: "curve role-q", "data-mark": "x-bin x=mean_confidence",
      d: path`M${x},${top} V${bottom} M${x},${lower} V${lower + histogram}` });
    pen("text", "name of accuracy", { class: "halo start role-p", text: "accuracy",
      x: left + 6, y: level < top + 40 ? Math.max(level + 16, top + 32) : level - 6 });
    pen("text", "name of confidence", { class: "halo role-q", text: "mean confidence",
      x: clamp(x, left + 54, right - 20), y: bottom + 18 });
  }

  function drawHistogram({ bin_counts: counts }, n, top, height) {
    const most = Math.max(...counts);
    const end = Math.ceil(SHARES.find((one) => one * n >= most) * n);
    const bottom = top + height;
    const edge = (b) => plane.x(b / counts.length);
    const bars = counts.map((count, b) => count &&
      rectangle(edge(b) + 1, edge(b + 1) - 1, bottom - (height * count) / end, bottom));
    pen("path", "histogram", { class: "bar role-q", "data-mark": "x-bin y-count boxes=histogram",
      d: bars.filter(Boolean).join(" ") });
    drawCounts(end, top, bottom);
  }

  // The scale of the histogram. Its upper end has a stroke: the text stands below it.
  function drawCounts(end, top, bottom) {
    const [left, right] = [plane.x(0), plane.x(1)];
    pen("path", "counts", { class: "rule", "data-tick": `y-count 0 ${end}`,
      d: path`M${left},${bottom} H${right} M${left},${top} h-5` });
    const tick = (key, kind, x, y, text, at) =>
      pen("text", key, { class: `tick${kind}`, "data-tick": at, x, y, text });
    tick("most", "", left - 8, top + 9, format(end, 0), `y-count ${end}`);
    tick("examples", " halo start", left + 4, top + 9, "examples", null);
    tick("none", "", left - 8, bottom + 4, "0", "y-count 0");
    tick("unsure", " middle", left, bottom + 18, "0", "x-bin 0");
    tick("bins", " middle", plane.x(0.5), bottom + 18, "confidence", null);
    tick("sure", " middle", right, bottom + 18, "1", "x-bin 1");
  }

  function drawDots(dots, { left, top, size }) {
    pen("path", "dots", {
      class: "dot role-p binned", "data-mark": "x-bin y-bin points=bin_places areas=bin_shares",
      d: dots.map(({ x, y, r }) => circle(x, y, r)).join("") });
    pen("text", "over", { class: "tick halo end", text: "over-confident",
      x: left + size - 4, y: top + size - 8 });
    pen("text", "under", { class: "tick halo start", text: "under-confident",
      x: left + 6, y: top + 14 });
  }

  return {
    draw(state, numbers, box) {
      const { left, top, size, histogram } = box;
      const { n } = examples(state);
      plane.draw({ left, top, width: size, height: size, x: [0, 1], y: [0, 1] });
      const dots = dotsOf(numbers, n, size);
      drawDiagonal(box);
      drawGaps(dots);
      drawMeans(numbers, box);
      drawHistogram(numbers, n, top + size + 26, histogram);
      drawDots(dots, box);
    },
  };
}

// ---- NLL and ECE over the temperature ----

const TRACK = [0.1, 10];
const TICKS = [0.1, 1, 10];
const ENDS = TRACK.map(Math.log10);
const POINTS = 161; // about as many as pixels between them: the ECE is jagged
const DECADES = Float64Array.from({ length: POINTS }, (_, i) => -1 + (2 * i) / (POINTS - 1));
const TEMPERATURES = DECADES.map((decade) => 10 ** decade);

// Both curves: the NLL of these examples once, the ECE once for each number of bins.
function curvesOf(data, bins) {
  data.curves ??= { ...overTemperatures(data), ece: new Map() };
  const { nll, confidences, ece } = data.curves;
  if (!ece.has(bins)) {
    const values = confidences.map((each) => calibrationError(data, intoBins(data, each, bins)));
    const most = Math.max(1, Math.ceil(10 * Math.max(...values))) / 10; // a round end for its axis
    ece.set(bins, { values, most });
  }
  return { nll, ece: ece.get(bins) };
}

function overTemperatures(data) {
  const confidences = [];
  const nll = TEMPERATURES.map((temperature) => {
    const each = new Float64Array(data.n);
    fillConfidences(data, temperature, each);
    confidences.push(each);
    return sum(lossParts(data, temperature, each));
  });
  return { nll, confidences };
}

function createValley(frame, pen) {
  const guess = Math.log(frame.model.get("logits")[0].length);
  const top = 1.5 * guess; // the valley lies below log K, which guessing costs
  const loss = createPlane(pen, {
    id: "nll",
    title: "NLL in nats",
    yTicks: [0, guess],
    yText: (value) => (value ? `log ${Math.round(Math.exp(value))}` : "0"),
  });
  const error = createPlane(pen, {
    id: "ece",
    title: "ECE: jagged, and no proper score",
    yTicks: [0],
  });
  const memo = createMemo();
  const at = (temperature) => loss.x(clamp(Math.log10(temperature), ...ENDS));

  // The curves change with the examples and the bins, not with the temperature.
  function drawCurves(nll, ece) {
    loss.pen("path", "nll", { class: "curve",
      "data-mark": "x-log-temperature y-nll path=nll_at", d: loss.line(DECADES, nll) });
    error.pen("path", "ece", { class: "curve muted",
      "data-mark": "x-log-temperature y-ece path=ece_at", d: error.line(DECADES, ece.values) });
  }

  function drawScales(most, { left, width, second }) {
    pen("path", "guess",
      { class: "guide", "data-mark": "y-nll y=guessing", d: loss.level(guess) });
    pen("text", "guessing", { class: "tick halo end",
      x: left + width, y: loss.y(guess) - 6, text: "guessing" });
    pen("path", "error scale",
      { class: "rule", "data-tick": `y-ece ${most}`, d: path`M${left},${second} h-5` });
    pen("text", "most error", { class: "tick", "data-tick": `y-ece ${most}`,
      x: left - 8, y: error.y(most) + 9, text: format(most, 1) });
  }

  const drawDot = (key, kind, mark, x, y, d = CIRCLE) => pen("path", key, {
    class: `dot ${kind}`, "data-mark": `x-log-temperature ${mark}`, d,
    transform: path`translate(${x},${y})` });

  function drawTemperatures({ temperature }, numbers, most, box) {
    const { left, first, width, height, second, end } = box;
    const [now, x] = [temperature, numbers.best_temperature].map(at);
    const beyond = numbers.nll > top;
    const y = beyond ? first + 8 : loss.y(numbers.nll);
    const lowest = loss.y(numbers.best_nll);
    const below = lowest + 30 < first + height; // room for the name of T*
    // The line makes way for that name, and for the title between the planes.
    const start = below && Math.abs(now - x) < 36 ? lowest + 30 : y;
    pen("path", "here", { class: "guide here", "data-mark": "x-log-temperature x=temperature",
      d: path`M${now},${start} V${first + height} M${now},${second - 4} V${end}` });
    drawDot("best", "best", "y-nll x=best_temperature y=best_nll", x, lowest);
    drawDot("loss", "here", "y-nll x=temperature y=nll", now, y, beyond ? UP : CIRCLE);
    drawDot("error", "here", "y-ece x=temperature y=ece", now,
      error.y(Math.min(numbers.ece, most)));
    pen("text", "name of best", { class: "halo",
      x: clamp(x, left + 34, left + width - 34), y: lowest + (below ? 24 : -14),
      text: `T* = ${threeDigits(numbers.best_temperature)}` });
  }

  return {
    draw(state, numbers, box) {
      const { left, first, width, height, second, lower } = box;
      const { nll, ece } = curvesOf(examples(state), state.bins);
      loss.draw({ left, top: first, width, height, x: ENDS, y: [0, top] });
      error.draw({ left, top: second, width, height: lower, x: ENDS, y: [0, ece.most] });
      memo([nll, ece, ...Object.values(box)], () => drawCurves(nll, ece));
      drawScales(ece.most, box);
      drawTemperatures(state, numbers, ece.most, box);
    },
  };
}

// ---- One mistake ----

// The q of its answer stays above that of the truth, whatever the temperature.
function drawMistake(pen, state, { worst_mistake: chances }, places) {
  const { worst, answers, classes } = examples(state);
  const names = [answers, classes].map((each) => shorten(state.labels[each[worst]] ?? "", 60));
  const texts = worst < 0 ? ["It makes no mistake.", "", "", ""] : [
    "Its worst mistake",
    `truth: ${names[1]}`,
    ...names.map((name, i) => `q(${name}) = ${format(chances[i])}`),
  ];
  texts.forEach((text, i) => pen("text", `mistake ${i}`,
    { class: i < 2 ? "tick start" : "label start", ...places[i], text }));
}

function fit(frame) {
  const { temperature } = examples(frame.state).best;
  if (temperature === 0) return frame.say("T* = 0: colder is always better");
  if (temperature === Infinity) return frame.say("T* = ∞: guessing is better");
  frame.say("");
  return frame.set({ temperature: Number(threeDigits(temperature)) });
}

// Where the parts stand: the diagram beside the curves, and below the diagram its bins.
function wide(width, height) {
  const end = height - 32; // the line of both tracks
  const square = { left: 34, top: 24, size: end - 24 - 26 - 60 - 58, histogram: 60 };
  const bins = [square.left - 10, end - 38, square.left + square.size + 10];
  const left = square.left + square.size + 72;
  const mistake = [0, 1, 2, 3].map((i) =>
    ({ x: left + (i < 2 ? 0 : 128), y: i % 2 ? 34 : 14 }));
  const [first, lower] = [76, 72];
  const second = end - 40 - lower;
  return { square, bins, mistake, curves:
    { left, first, width: width - 12 - left, height: second - 34 - first, second, lower, end } };
}

// The curves below the diagram, and its bins to the right of it.
function narrow(width, height) {
  const square = { left: 30, top: 24, size: 164, histogram: 32 };
  const aside = square.left + square.size + 34;
  const bins = [aside - 2, square.top + square.size + 4, width - 2];
  const mistake = [28, 52, 76, 98].map((y) => ({ x: aside, y }));
  const end = height - 32;
  const [left, first, lower] = [44, 306, 36];
  const second = end - 34 - lower;
  return { square, bins, mistake, curves:
    { left, first, width: width - 12 - left, height: second - 30 - first, second, lower, end } };
}

function picture(frame) {
  const pen = createPen(frame.svg);
  defineHatches(frame.svg);
  definePatterns(frame.svg, 5, () => "gap", GAPS);
  const reliability = createReliability(pen);
  const valley = createValley(frame, pen);
  const temperature = createTrack(frame, pen, {
    trait: "temperature",
    name: "temperature T",
    ends: TRACK,
    ticks: TICKS,
    scale: "log",
    text: (value) => `T = ${threeDigits(value)}`,
  });
  const bins = createTrack(frame, pen, {
    trait: "bins",
    name: "number of bins",
    scale: "whole",
    step: 1,
    page: 5,
    fine: 1,
    text: (count) => `${count} bins`,
  });

  return {
    draw(state, numbers, width, height) {
      const places = (width < 560 ? narrow : wide)(width, height);
      reliability.draw(state, numbers, places.square);
      bins.draw(state.bins, ...places.bins);
      drawMistake(pen, state, numbers, places.mistake);
      valley.draw(state, numbers, places.curves);
      // The temperature's track is the axis of the curves above it.
      const { left, width: length, end } = places.curves;
      temperature.draw(state.temperature, left - 10, end - 38, left + length + 10);
    },
  };
}

// ---- What the picture shows, in words ----

function describe({ classes, temperature, bins }, numbers) {
  const dots = numbers.bin_counts.map((count, i) => [count, `${count} at confidence ` +
    `${format(numbers.bin_confidence[i], 2)} with accuracy ${format(numbers.bin_accuracy[i], 2)}`]);
  const at = threeDigits(temperature);
  return `Reliability diagram of ${classes.length} examples at temperature ${at}, in ${bins} bins: ` +
    `${dots.filter(([count]) => count).map(([, dot]) => dot).join(", ")}. Mean confidence ` +
    `${format(numbers.mean_confidence)}, accuracy ${format(numbers.accuracy)}, over-confidence ` +
    `${signed(format(numbers.overconfidence))}, ECE ${format(numbers.ece)}. Beside it the NLL over ` +
    `T, a valley with its minimum at T* = ${threeDigits(numbers.best_temperature)}; it is ` +
    `${nats(numbers.nll)} nats at T = ${at} and ${format(numbers.best_nll)} nats at T*.`;
}

export default defineExplorable({
  name: "Calibration",
  shape: ({ logits, labels }) => JSON.stringify([logits[0].length, labels]),
  quantities,
  readouts: [
    { quantity: "nll", label: "NLL", role: "q", show: nats, said: "negative log-likelihood" },
    { quantity: "ece", label: "ECE", unit: false, said: "calibration error", stays: true },
    { quantity: "accuracy", label: "accuracy", role: "p", unit: false },
    { quantity: "mean_confidence", label: "confidence", role: "q", unit: false },
    { quantity: "overconfidence", label: "over-confidence", unit: false,
      show: (value) => signed(format(value)) },
  ],
  ledger,
  describe,
  actions: [{ label: "Fit T", run: fit, primary: true }],
  picture,
});
