import { clamp } from "./lib/clamp.js";
import { set, svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import { format, scientific, shorten, signed, threeDigits } from "./lib/format.js";
import { sum } from "./lib/information.js";
import { CIRCLE, UP, defineHatches } from "./lib/marks.js";
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

let patterns = 0;

// Two hatches for the gap: one for too much confidence, one for too little.
function defineGaps(parent) {
  const id = `calibration-gap-${(patterns += 1)}`;
  const stripe = (name, d) => svg("pattern",
    { id: `${id}-${name}`, width: 5, height: 5, patternUnits: "userSpaceOnUse" },
    svg("path", { class: "gap", d }));
  parent.append(svg("defs", {},
    stripe("over", "M-1,6 L6,-1 M-1,1 L1,-1 M4,6 L6,4"),
    stripe("under", "M-1,-1 L6,6 M-1,4 L1,6 M4,-1 L6,1")));
  return (name) => `fill: url(#${id}-${name})`;
}

const px = (value) => value.toFixed(2);
const disc = (x, y, r) => `M${px(x - r)},${px(y)} a${px(r)},${px(r)} 0 1 0 ${px(2 * r)},0 ` +
  `a${px(r)},${px(r)} 0 1 0 ${px(-2 * r)},0 Z`;
const box = (left, right, top, bottom) =>
  `M${px(left)},${px(top)} H${px(right)} V${px(bottom)} H${px(left)} Z`;

function createReliability(root) {
  const paint = defineGaps(root);
  const plane = createPlane(root, {
    id: "bin",
    title: "Accuracy in each bin",
    yTicks: [0, 1],
  });
  const nodes = {
    diagonal: svg("path",
      { class: "guide diagonal", "data-mark": "x-bin y-bin path=identity" }),
    calibrated: svg("text", { class: "tick halo start", text: "calibrated" }),
    gapsOver: svg("path",
      { class: "gap", style: paint("over"), "data-mark": "x-bin y-bin boxes=gaps_over" }),
    gapsUnder: svg("path",
      { class: "gap", style: paint("under"), "data-mark": "x-bin y-bin boxes=gaps_under" }),
    accuracy: svg("path", { class: "joint", "data-mark": "y-bin y=accuracy" }),
    confidence: svg("path",
      { class: "curve role-q", "data-mark": "x-bin x=mean_confidence" }),
    accuracyName: svg("text", { class: "halo start role-p", text: "accuracy" }),
    confidenceName: svg("text", { class: "halo role-q", text: "mean confidence" }),
    histogram: svg("path",
      { class: "bar role-q", "data-mark": "x-bin y-count boxes=histogram" }),
    base: svg("path", { class: "rule" }),
    most: svg("text", { class: "tick" }),
    examples: svg("text", { class: "tick halo start", text: "examples" }),
    none: svg("text", { class: "tick", "data-tick": "y-count 0", text: "0" }),
    least: svg("text", { class: "tick middle", "data-tick": "x-bin 0", text: "0" }),
    name: svg("text", { class: "tick middle", text: "confidence" }),
    full: svg("text", { class: "tick middle", "data-tick": "x-bin 1", text: "1" }),
    dots: svg("path", {
      class: "dot role-p binned", "data-mark": "x-bin y-bin points=bin_places areas=bin_shares" }),
    over: svg("text", { class: "tick halo end", text: "over-confident" }),
    under: svg("text", { class: "tick halo start", text: "under-confident" }),
  };
  root.append(...Object.values(nodes));

  // A dot's area is its share of the examples, and the gap is half as wide as the dot.
  function drawDots({ bin_counts: counts, bin_accuracy: heights, bin_confidence: means }, n, size) {
    const paths = { dots: "", gapsOver: "", gapsUnder: "" };
    counts.forEach((count, b) => {
      if (count === 0) return;
      const [x, y] = [plane.x(means[b]), plane.y(heights[b])];
      const r = Math.max(2.5, 0.075 * size * Math.sqrt(count / n));
      paths.dots += disc(x, y, r);
      const gaps = heights[b] < means[b] ? "gapsOver" : "gapsUnder";
      paths[gaps] += box(x - r / 2, x + r / 2, y, plane.y(means[b]));
    });
    for (const name of Object.keys(paths)) set(nodes[name], { d: paths[name] });
  }

  function drawHistogram({ bin_counts: counts }, n, top, height) {
    const most = Math.max(...counts);
    const end = Math.ceil(SHARES.find((one) => one * n >= most) * n);
    const bottom = top + height;
    const edge = (b) => plane.x(b / counts.length);
    const d = counts.map((count, b) => count &&
      box(edge(b) + 1, edge(b + 1) - 1, bottom - (height * count) / end, bottom));
    set(nodes.histogram, { d: d.filter(Boolean).join(" ") });
    // The upper end has a stroke: its text stands below it.
    set(nodes.base, {
      d: `M${plane.x(0)},${bottom} H${plane.x(1)} M${plane.x(0)},${top} h-5`,
      "data-tick": `y-count 0 ${end}`,
    });
    set(nodes.most, { x: plane.x(0) - 8, y: top + 9, "data-tick": `y-count ${end}`,
      text: format(end, 0) });
    set(nodes.examples, { x: plane.x(0) + 4, y: top + 9 });
    set(nodes.none, { x: plane.x(0) - 8, y: bottom + 4 });
    set(nodes.least, { x: plane.x(0), y: bottom + 18 });
    set(nodes.name, { x: plane.x(0.5), y: bottom + 18 });
    set(nodes.full, { x: plane.x(1), y: bottom + 18 });
  }

  return {
    draw(state, numbers, { left, top, size, histogram }) {
      const { n } = examples(state);
      plane.draw({ left, top, width: size, height: size, x: [0, 1], y: [0, 1] });
      const [right, bottom] = [left + size, top + size];
      set(nodes.diagonal, { d: `M${left},${bottom} L${right},${top}` });
      set(nodes.calibrated, {
        transform: `translate(${px(plane.x(0.03) - 3)},${px(plane.y(0.03) - 5)}) rotate(-45)` });
      set(nodes.over, { x: right - 4, y: bottom - 8 });
      set(nodes.under, { x: left + 6, y: top + 14 });
      drawDots(numbers, n, size);
      const [level, x] = [plane.y(numbers.accuracy), plane.x(numbers.mean_confidence)];
      set(nodes.accuracy, { d: `M${left},${px(level)} H${right}` });
      set(nodes.accuracyName,
        { x: left + 6, y: px(level < top + 40 ? Math.max(level + 16, top + 32) : level - 6) });
      const lower = bottom + 26;
      set(nodes.confidence,
        { d: `M${px(x)},${top} V${bottom} M${px(x)},${lower} V${lower + histogram}` });
      set(nodes.confidenceName, { x: px(clamp(x, left + 54, right - 20)), y: bottom + 18 });
      drawHistogram(numbers, n, lower, histogram);
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

function createValley(frame, root) {
  const guess = Math.log(frame.model.get("logits")[0].length);
  const top = 1.5 * guess; // the valley lies below log K, which guessing costs
  const loss = createPlane(root, {
    id: "nll",
    title: "NLL in nats",
    yTicks: [0, guess],
    yText: (value) => (value ? `log ${Math.round(Math.exp(value))}` : "0"),
  });
  const error = createPlane(root, {
    id: "ece",
    title: "ECE: jagged, and no proper score",
    yTicks: [0],
  });
  const nodes = {
    guess: svg("path", { class: "guide", "data-mark": "y-nll y=guessing" }),
    guessing: svg("text", { class: "tick halo end", text: "guessing" }),
    here: svg("path",
      { class: "guide here", "data-mark": "x-log-temperature x=temperature" }),
    best: svg("path", { class: "dot best", d: CIRCLE,
      "data-mark": "x-log-temperature y-nll x=best_temperature y=best_nll" }),
    dot: svg("path",
      { class: "dot here", "data-mark": "x-log-temperature y-nll x=temperature y=nll" }),
    error: svg("path", { class: "dot here", d: CIRCLE,
      "data-mark": "x-log-temperature y-ece x=temperature y=ece" }),
    scale: svg("path", { class: "rule" }),
    most: svg("text", { class: "tick" }),
    bestName: svg("text", { class: "halo" }),
  };
  root.append(...Object.values(nodes));
  const curves = [loss, error].map((plane, i) => {
    const curve = svg("path", {
      class: i ? "curve muted" : "curve",
      "data-mark": `x-log-temperature ${i ? "y-ece path=ece_at" : "y-nll path=nll_at"}`,
    });
    plane.window.append(curve);
    return curve;
  });

  let drawn = {};
  // The curves change with the examples and the bins, not with the temperature.
  function drawCurves({ nll, ece }, place) {
    if (drawn.nll === nll && drawn.ece === ece && drawn.place === place) return;
    drawn = { nll, ece, place };
    set(curves[0], { d: loss.line(DECADES, nll) });
    set(curves[1], { d: error.line(DECADES, ece.values) });
  }

  return {
    draw(state, numbers, { left, first, width, height, second, lower, end }) {
      const known = curvesOf(examples(state), state.bins);
      const { most } = known.ece;
      loss.draw({ left, top: first, width, height, x: ENDS, y: [0, top] });
      error.draw({ left, top: second, width, height: lower, x: ENDS, y: [0, most] });
      drawCurves(known, [left, first, width, height, second, lower].join());
      const right = left + width;
      set(nodes.guess, { d: `M${left},${px(loss.y(guess))} H${right}` });
      set(nodes.guessing, { x: right, y: px(loss.y(guess) - 6) });

      const at = (temperature) => loss.x(clamp(Math.log10(temperature), ...ENDS));
      const now = at(state.temperature);
      const beyond = numbers.nll > top;
      const y = beyond ? first + 8 : loss.y(numbers.nll);
      const valley = [at(numbers.best_temperature), loss.y(numbers.best_nll)];
      const below = valley[1] + 30 < first + height; // room for the name of T*
      // The line makes way for that name, and for the title between the planes.
      const start = below && Math.abs(now - valley[0]) < 36 ? valley[1] + 30 : y;
      set(nodes.here, {
        d: `M${px(now)},${px(start)} V${first + height} M${px(now)},${second - 4} V${end}` });
      set(nodes.dot, {
        transform: `translate(${px(now)},${px(y)})`, d: beyond ? UP : CIRCLE });
      set(nodes.error, {
        transform: `translate(${px(now)},${px(error.y(Math.min(numbers.ece, most)))})` });
      set(nodes.scale, { d: `M${left},${second} h-5`, "data-tick": `y-ece ${most}` });
      set(nodes.most, { x: left - 8, y: px(error.y(most) + 9), "data-tick": `y-ece ${most}`,
        text: format(most, 1) });
      set(nodes.best, { transform: `translate(${valley.map(px)})` });
      set(nodes.bestName, {
        x: px(clamp(valley[0], left + 34, right - 34)),
        y: px(valley[1] + (below ? 24 : -14)),
        text: `T* = ${threeDigits(numbers.best_temperature)}`,
      });
    },
  };
}

// ---- One mistake ----

// The q of its answer stays above that of the truth, whatever the temperature.
function createMistake(frame, root) {
  const labels = frame.model.get("labels").map((label) => shorten(label, 60));
  const lines = ["tick start", "tick start", "label start", "label start"].map((name) =>
    svg("text", { class: name }));
  root.append(...lines);
  return {
    draw(state, { worst_mistake: chances }, places) {
      const { worst, answers, classes } = examples(state);
      const names = [answers, classes].map((each) => labels[each[worst]]);
      const texts = worst < 0 ? ["It makes no mistake.", "", "", ""] : [
        "Its worst mistake",
        `truth: ${names[1]}`,
        ...names.map((name, i) => `q(${name}) = ${format(chances[i])}`),
      ];
      lines.forEach((line, i) => set(line, { ...places[i], text: texts[i] }));
    },
  };
}

function fit(frame) {
  const { temperature } = examples(frame.state).best;
  if (temperature === 0) return frame.say("T* = 0: colder is always better");
  if (temperature === Infinity) return frame.say("T* = ∞: guessing is better");
  frame.say("");
  return frame.set({ temperature: Number(threeDigits(temperature)) });
}

function picture(frame) {
  const root = frame.svg;
  root.style.setProperty("--hatch-q", defineHatches(root)("q"));
  const reliability = createReliability(root);
  const valley = createValley(frame, root);
  const worst = createMistake(frame, root);
  const temperature = createTrack(frame, root, {
    trait: "temperature",
    name: "temperature T",
    ends: TRACK,
    ticks: TICKS,
    scale: "log",
    text: (value) => `T = ${threeDigits(value)}`,
  });
  const bins = createTrack(frame, root, {
    trait: "bins",
    name: "number of bins",
    scale: "whole",
    step: 1,
    page: 5,
    fine: 1,
    text: (count) => `${count} bins`,
  });

  // The temperature's track is the axis of the curves above it.
  function drawTemperature(state, { left, width, end }) {
    temperature.draw(state.temperature, left - 10, end - 38, left + width + 10);
  }

  function drawWide(state, numbers, width, height) {
    const end = height - 32; // the line of both tracks
    const square = { left: 34, top: 24, size: end - 24 - 26 - 60 - 58, histogram: 60 };
    reliability.draw(state, numbers, square);
    bins.draw(state.bins, square.left - 10, end - 38, square.left + square.size + 10);
    const left = square.left + square.size + 72;
    worst.draw(state, numbers, [0, 1, 2, 3].map((i) =>
      ({ x: left + (i < 2 ? 0 : 128), y: i % 2 ? 34 : 14 })));
    const [first, lower] = [76, 72];
    const second = end - 40 - lower;
    const curves =
      { left, first, width: width - 12 - left, height: second - 34 - first, second, lower, end };
    valley.draw(state, numbers, curves);
    drawTemperature(state, curves);
  }

  function drawNarrow(state, numbers, width, height) {
    const square = { left: 30, top: 24, size: 164, histogram: 32 };
    reliability.draw(state, numbers, square);
    const aside = square.left + square.size + 34;
    worst.draw(state, numbers, [28, 52, 76, 98].map((y) => ({ x: aside, y })));
    bins.draw(state.bins, aside - 2, square.top + square.size + 4, width - 2);
    const end = height - 32;
    const [left, first, lower] = [44, 306, 36];
    const second = end - 34 - lower;
    const curves =
      { left, first, width: width - 12 - left, height: second - 30 - first, second, lower, end };
    valley.draw(state, numbers, curves);
    drawTemperature(state, curves);
  }

  return {
    draw(state, numbers, width, height) {
      (width < 560 ? drawNarrow : drawWide)(state, numbers, width, height);
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
    { quantity: "nll", label: "NLL", role: "q", show: nats },
    { quantity: "ece", label: "ECE", unit: false },
    { quantity: "accuracy", label: "accuracy", role: "p", unit: false },
    { quantity: "mean_confidence", label: "confidence", role: "q", unit: false },
    { quantity: "overconfidence", label: "over-confidence", unit: false,
      show: (value) => signed(format(value)) },
  ],
  ledger,
  describe,
  actions: [{ label: "Fit T", run: fit }],
  picture,
});
