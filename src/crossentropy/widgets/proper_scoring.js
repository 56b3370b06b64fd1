import { defineExplorable } from "./lib/explorable.js";
import { bracketed, format } from "./lib/format.js";
import { crossEntropy, entropy, klDivergence } from "./lib/information.js";
import { circle, defineHatches } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane } from "./lib/plane.js";
import { createTrack } from "./lib/track.js";

// ---- The scores ----

// Closer together at the ends, where the logarithm is steep.
const SMOOTH = Float64Array.from({ length: 81 }, (_, i) => (1 - Math.cos((Math.PI * i) / 80)) / 2);
const NEXT_TO_HALF = 1e-9;

const honest = (p) => [p, p];

// name     as it is shown
// score    (probability that was reported of what happened, that of what did not) => the reward
// best     (belief) => the interval of the reports that earn the most
// pieces   where its curve is sampled, one array for each unbroken piece
// room     for expected scores in the picture: how far below and above what honesty earns
// equals   what the loss against honesty is, where it has a name
const RULES = {
  log: {
    name: "log",
    verdict: "proper",
    score: Math.log,
    best: honest,
    pieces: [SMOOTH],
    room: [0.8, 0.08],
    equals: " nats = KL(p‖q)",
  },
  brier: {
    name: "Brier",
    verdict: "proper",
    score: (hit, miss) => -((hit - 1) ** 2) - miss ** 2,
    best: honest,
    pieces: [SMOOTH],
    room: [0.6, 0.06],
    equals: " = 2(p − q)²",
  },
  spherical: {
    name: "spherical",
    verdict: "proper",
    score: (hit, miss) => hit / Math.sqrt(hit * hit + miss * miss),
    best: honest,
    pieces: [SMOOTH],
    room: [0.4, 0.04],
    equals: "",
  },
  linear: {
    name: "linear",
    verdict: "improper",
    score: (hit) => hit,
    best: (p) => (p === 0.5 ? [0, 1] : p > 0.5 ? [1, 1] : [0, 0]),
    pieces: [[0, 1]],
    room: [0.4, 0.16],
    equals: "",
  },
  zero_one: {
    name: "0-1",
    verdict: "proper, not strictly",
    score: (hit, miss) => (hit === miss ? 0.5 : Number(hit > miss)),
    // 1/2 itself is a tie, and among the best only for a coin.
    best: (p) => (p === 0.5 ? [0, 1] : p > 0.5 ? [0.5, 1] : [0, 0.5]),
    pieces: [[0, 0.5 - NEXT_TO_HALF], [0.5 + NEXT_TO_HALF, 1]],
    room: [1.06, 0.1],
    equals: "",
  },
};

const weighted = (weight, score) => (weight === 0 ? 0 : weight * score);

const expected = ({ score }, p, q) =>
  weighted(p, score(q, 1 - q)) + weighted(1 - p, score(1 - q, q));

const both = (p) => [1 - p, p];

function quantities({ belief, report }) {
  const numbers = {
    entropy: entropy(both(belief)),
    cross_entropy: crossEntropy(both(belief), both(report)),
    kl_divergence: klDivergence(both(belief), both(report)),
  };
  for (const [id, rule] of Object.entries(RULES)) {
    numbers[`expected_${id}`] = expected(rule, belief, report);
    numbers[`honest_${id}`] = expected(rule, belief, belief);
    numbers[`regret_${id}`] = numbers[`honest_${id}`] - numbers[`expected_${id}`];
    numbers[`best_${id}`] = rule.best(belief);
  }
  return numbers;
}

// ---- Numbers as text ----

const three = (value) => format(value, 3);
const ratio = (p, q) => (p === 0 ? "0" : `${three(p)}·log(${three(p)}/${three(q)})`);

const ledger = ({ belief: p, report: q }, numbers) => [
  ["lost = <i>E<sub>p</sub></i>[log <i>p<sub>y</sub></i>] − <i>E<sub>p</sub></i>[log <i>q<sub>y</sub></i>]",
    `${format(numbers.honest_log)} − ${bracketed(format(numbers.expected_log))}`,
    format(numbers.regret_log)],
  ["= <i>H</i>(<i>p</i>, <i>q</i>) − <i>H</i>(<i>p</i>)",
    `${format(numbers.cross_entropy)} − ${format(numbers.entropy)}`,
    format(numbers.cross_entropy - numbers.entropy)],
  ["= KL(<i>p</i>‖<i>q</i>)", `${ratio(p, q)} + ${ratio(1 - p, 1 - q)}`,
    format(numbers.kl_divergence)],
];

function bestText([least, most]) {
  if (least === most) return `best report: ${three(least)}`;
  const where = { "0,0.5": " below 0.5", "0.5,1": " above 0.5" }[`${least},${most}`] ?? "";
  return `best report: any${where}`;
}

function lossText(rule, regret) {
  const size = format(Math.abs(regret));
  return regret < 0 && Number(size) > 0
    ? `gained ${size} by lying` : `lost ${size}${rule.equals}`;
}

// ---- The picture ----

const TORN = "l-3,-5 l-3,5 l-3,-5 l-3,5"; // the lower edge of a bar that goes on
// A dot for a place in the picture, a triangle for one below it.
const RING = circle(0, 0, 6.5);
const DOWN = "M0,8 L8,-6 H-8 Z";

// One rule: its curve over the report, the best reports on it, and what this report loses.
function createRow(pen, id, rule) {
  const isLog = id === "log";
  const axes = `x-report y-${id}`;
  const plane = createPlane(pen, { id });
  const memo = createMemo();

  function drawHonesty(honestly, left, right) {
    const tick = { "data-tick": `y-${id} ${honestly}` };
    const y = plane.y(honestly);
    pen("path", `${id}: level`, { class: "guide", ...tick, d: path`M${left},${y} H${right}` });
    pen("text", `${id}: honest`,
      { class: "tick", ...tick, x: left - 10, y: y + 5, text: format(honestly, 2) });
  }

  // What the report loses, from what honesty earns down to what this earns, or on beyond the floor.
  function drawLoss(x, from, to, beyond) {
    const d = Math.abs(to - from) < 0.5 ? "" :
      path`M${x - 6},${from} h12 V${to} ${beyond ? TORN : "h-12"} Z`;
    pen("path", `${id}: ground`, { class: "length ground", d });
    pen("path", `${id}: loss`, {
      class: isLog ? "length role-kl" : "lost",
      "data-mark": `${axes} x=report between=honest_${id},expected_${id}`, d });
  }

  const drawCurve = (p) => plane.pen("path", "curve", {
    class: "curve", "data-mark": `${axes} path=${id}_at`,
    d: rule.pieces.map((at) => plane.line(at, at.map((q) => expected(rule, p, q)))).join(" ") });

  // The best reports: one, or so many that this report may be among them.
  function drawBest(p, [least, most]) {
    const y = plane.y(expected(rule, p, least === 0 ? 0 : most));
    const d = path`M${plane.x(least)},${y} H${plane.x(most)}`;
    pen("path", `${id}: flat`, { class: "flat", d: least === most ? "" : d, "data-mark":
      `${axes} left=many_best:${id}:0 right=many_best:${id}:1 y=highest:${id}` });
    pen("path", `${id}: peak`, { class: "peak", d: least === most ? d : "",
      "data-mark": `${axes} x=one_best:${id} y=highest:${id}` });
  }

  // At 1/2 the step from one side to the other has a value of its own.
  function drawStep(p) {
    [1 - p, 0.5, p].forEach((value, i) => pen("circle", `${id}: step ${i}`, {
      class: i === 1 ? "side tie" : "side", r: 3.5, "data-mark": `${axes} x=0.5 y=step:${i}`,
      cx: plane.x(0.5), cy: plane.y(value), visibility: p === 0.5 ? "hidden" : "visible" }));
  }

  // Beside the curve, or above it where there is no room.
  function drawTexts(numbers, { top, right, bottom, narrow, width }) {
    const [middle, title, beside] = [(top + bottom) / 2, top - 7, right + 22];
    pen("text", `${id}: name`, { class: "rule-name start halo",
      x: 0, y: narrow ? title : middle - 4, text: rule.name });
    pen("text", `${id}: verdict`, { class: "start halo",
      x: narrow ? 74 : 0, y: narrow ? title : middle + 15, text: rule.verdict });
    pen("text", `${id}: best`, { class: "start", x: beside, y: middle - 4,
      visibility: narrow ? "hidden" : "visible", text: bestText(numbers[`best_${id}`]) });
    pen("text", `${id}: lost`, {
      class: `halo ${narrow ? "end" : "start"}${isLog ? " role-kl" : ""}`,
      x: narrow ? width : beside, y: narrow ? title : middle + 15,
      text: lossText(rule, numbers[`regret_${id}`]) });
  }

  return ({ belief: p, report: q }, numbers, box) => {
    const { left, top, right, bottom } = box;
    const [honestly, earned] = [numbers[`honest_${id}`], numbers[`expected_${id}`]];
    const [below, above] = rule.room;
    plane.draw({ left, top, width: right - left, height: bottom - top,
      x: [0, 1], y: [honestly - below, honestly + above] });
    const [x, beyond] = [plane.x(q), plane.y(earned) > bottom];
    const y = Math.min(plane.y(earned), bottom);
    drawHonesty(honestly, left, right);
    drawLoss(x, plane.y(honestly), y, beyond);
    memo([p, left, right, top, bottom], () => drawCurve(p));
    drawBest(p, numbers[`best_${id}`]);
    pen("path", `${id}: dot`, { class: "dot role-q", "data-mark": `${axes} x=report y=expected_${id}`,
      d: beyond ? DOWN : RING, transform: path`translate(${x},${y})` });
    if (id === "zero_one") drawStep(p);
    drawTexts(numbers, box);
    pen("text", `${id}: endless`, { class: "halo role-q",
      x: x + (q > 0.5 ? -22 : 22), y: bottom - 4, text: earned === -Infinity ? "−∞" : "" });
  };
}

function picture(frame) {
  const pen = createPen(frame.svg);
  defineHatches(frame.svg);
  const rows = Object.entries(RULES).map(([id, rule]) => createRow(pen, id, rule));
  const track = (trait, symbol, does, ticks) => createTrack(frame, pen, {
    trait,
    name: `${trait} ${symbol}, the probability of rain`,
    ticks,
    step: 0.01,
    page: 0.1,
    fine: 0.001,
    text: (value) => `you ${does} ${symbol} = ${three(value)}`,
  });
  const belief = track("belief", "p", "believe", []);
  const report = track("report", "q", "report", [0, 0.5, 1]);

  return {
    draw(state, numbers, width, height) {
      const narrow = width < 560;
      const left = narrow ? 44 : 178;
      const right = width - (narrow ? 10 : 206);
      const [above, below] = [54, height - 30]; // the lines of the two tracks
      const first = above + (narrow ? 8 : 14);
      const row = (below - 30 - first) / rows.length;
      const x = (value) => left + value * (right - left);
      const legend = narrow ? "" : "dotted: honesty; ";
      pen("text", "heading", { class: "tick start", x: 0, y: 12,
        text: `Expected score over q; ${legend}● the best report` });
      pen("path", "believed", { class: "joint", "data-mark": "x-belief x=belief",
        d: path`M${x(state.belief)},${above} V${below - 34}` });
      pen("path", "reported", { class: "curve role-q", "data-mark": "x-report x=report",
        d: path`M${x(state.report)},${below} V${first}` });
      rows.forEach((drawRow, i) => drawRow(state, numbers, {
        left, right, narrow, width,
        top: Math.round(first + i * row + (narrow ? 26 : 0)),
        bottom: Math.round(first + (i + 1) * row - (narrow ? 4 : 12)),
      }));
      belief.draw(state.belief, left - 10, above - 38, right + 10);
      report.draw(state.report, left - 10, below - 38, right + 10);
    },
  };
}

// ---- What the picture shows, in words ----

function describe({ belief, report }, numbers) {
  const each = Object.entries(RULES).map(([id, rule]) => {
    const best = bestText(numbers[`best_${id}`]).replace("best report:", "best");
    return `${rule.name}, ${rule.verdict}: ${best}, ${lossText({ equals: "" }, numbers[`regret_${id}`])}`;
  });
  return "Five curves of the expected score over the report, for a forecaster who believes in rain " +
    `with probability ${three(belief)} and reports ${three(report)}. For each rule the best report, ` +
    `and what this report loses against honesty: ${each.join("; ")}. The log score lost, ` +
    `${format(numbers.kl_divergence)} nats, is KL(p‖q): H(p, q), ${format(numbers.cross_entropy)}, ` +
    `less H(p), ${format(numbers.entropy)}.`;
}

export default defineExplorable({
  name: "ProperScoring",
  quantities,
  readouts: Object.entries(RULES).map(([id, { name }]) => ({
    quantity: `expected_${id}`,
    label: `<i>E</i>[${name}]`,
    unit: id === "log" ? "nats" : false,
  })),
  say: (_, { regret_log: lost, expected_log: log }) =>
    `log score ${format(log, 2)} nats, ${format(lost, 2)} lost to the honest report`,
  ledger,
  describe,
  picture,
});
