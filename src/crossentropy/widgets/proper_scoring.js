import { defineExplorable } from "./lib/explorable.js";
import { bracketed, brief, format } from "./lib/format.js";
import { crossEntropy, entropy, klDivergence } from "./lib/information.js";
import { circle, defineHatches } from "./lib/marks.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane } from "./lib/plane.js";
import { SCORES, expectedScore } from "./lib/scores.js";
import { createTrack } from "./lib/track.js";

// ---- The scores, as they are shown ----

// Closer together at the ends, where the logarithm is steep.
const SMOOTH = Float64Array.from({ length: 81 }, (_, i) => (1 - Math.cos((Math.PI * i) / 80)) / 2);
const NEXT_TO_HALF = 1e-9;

// pieces   where the curve is sampled, one array for each unbroken piece
// room     how far below and above what honesty earns the picture reaches
// equals   what is lost against honesty, where it has a name
const RULES = {
  log: { name: "log", verdict: "strictly proper", pieces: [SMOOTH], room: [0.8, 0.06],
    equals: " nats = KL(p‖q)" },
  linear: { name: "linear", verdict: "not proper", pieces: [[0, 1]], room: [0.4, 0.16] },
  brier: { name: "Brier", verdict: "strictly proper", pieces: [SMOOTH], room: [0.6, 0.05],
    equals: " = 2(p − q)²" },
  spherical: { name: "spherical", verdict: "strictly proper", pieces: [SMOOTH], room: [0.4, 0.03] },
  zero_one: { name: "0-1", verdict: "proper, not strictly", room: [1.06, 0.1],
    pieces: [[0, 0.5 - NEXT_TO_HALF], [0.5 + NEXT_TO_HALF, 1]] },
};
const RIVALS = Object.keys(RULES).slice(1); // each stands beside log in a view of its own

const both = (p) => [1 - p, p];

function quantities({ belief, report }) {
  const numbers = {
    entropy: entropy(both(belief)),
    cross_entropy: crossEntropy(both(belief), both(report)),
    kl_divergence: klDivergence(both(belief), both(report)),
  };
  for (const id of Object.keys(SCORES)) {
    numbers[`expected_${id}`] = expectedScore(id, belief, report);
    numbers[`honest_${id}`] = expectedScore(id, belief, belief);
    numbers[`regret_${id}`] = numbers[`honest_${id}`] - numbers[`expected_${id}`];
    numbers[`best_${id}`] = SCORES[id].best(belief);
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

// What the report loses against honesty, or gains.
function lossText(regret, equals = "") {
  const size = brief(Math.abs(regret));
  return regret < 0 && Number(size) > 0 ? `gained ${size} by lying` : `lost ${size}${equals}`;
}

// ---- The picture ----

const TORN = "l-3,-5 l-3,5 l-3,-5 l-3,5"; // the lower edge of a bar that goes on
// A dot for a place in the picture, a triangle for one below it.
const RING = circle(0, 0, 6.5);
const DOWN = "M0,8 L8,-6 H-8 Z";

// One rule: its curve over the report, the best reports on it, and what this report loses.
function createRow(pen, id) {
  const { name, verdict, pieces, room, equals } = RULES[id];
  const isLog = id === "log";
  const axes = `x-report y-${id}`;
  const plane = createPlane(pen, { id });
  const memo = createMemo();

  function drawHonesty(honestly, left, right) {
    const y = plane.y(honestly);
    pen("path", `${id}: level`, { class: "guide", "data-tick": `y-${id} ${honestly}`,
      d: path`M${left},${y} H${right}` });
    pen("text", `${id}: honest`, { class: "tick", x: left - 8, y: y + 5, text: "honest" });
  }

  // From what honesty earns down to what this report earns, or on beyond the floor.
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
    d: pieces.map((at) => plane.line(at, at.map((q) => expectedScore(id, p, q)))).join(" ") });

  // The best reports: one, or so many that this report may be among them.
  function drawBest(p, [least, most]) {
    const y = plane.y(expectedScore(id, p, least === 0 ? 0 : most));
    const d = path`M${plane.x(least)},${y} H${plane.x(most)}`;
    pen("path", `${id}: flat`, { class: "flat", d: least === most ? "" : d, "data-mark":
      `${axes} left=many_best:${id}:0 right=many_best:${id}:1 y=highest:${id}` });
    pen("path", `${id}: peak`, { class: "peak", d: least === most ? d : "",
      "data-mark": `${axes} x=one_best:${id} y=highest:${id}` });
    pen("text", `${id}: best`, { class: "label halo",
      x: plane.x((least + most) / 2), y: y - 9, text: "best" });
  }

  // At 1/2 the step from one side to the other has a value of its own.
  function drawStep(p) {
    [1 - p, 0.5, p].forEach((value, i) => pen("circle", `${id}: step ${i}`, {
      class: i === 1 ? "side tie" : "side", r: 3.5, "data-mark": `${axes} x=0.5 y=step:${i}`,
      cx: plane.x(0.5), cy: plane.y(value), visibility: p === 0.5 ? "hidden" : "visible" }));
  }

  function drawTexts(regret, y, width) {
    pen("text", `${id}: name`, { class: "rule-name start halo", x: 0, y, text: name });
    pen("text", `${id}: verdict`, { class: "start halo", x: 74, y, text: verdict });
    pen("text", `${id}: lost`, { class: `halo end${isLog ? " role-kl" : ""}`, x: width, y,
      text: lossText(regret, equals) });
  }

  return ({ belief: p, report: q }, numbers, box) => {
    const { left, top, right, bottom, width } = box;
    const [honestly, earned] = [numbers[`honest_${id}`], numbers[`expected_${id}`]];
    const [below, above] = room;
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
    drawTexts(numbers[`regret_${id}`], top - 24, width);
    pen("text", `${id}: endless`, { class: "halo role-q",
      x: x + (q > 0.5 ? -22 : 22), y: bottom - 4, text: earned === -Infinity ? "−∞" : "" });
  };
}

function picture(frame, rival) {
  const pen = createPen(frame.svg);
  defineHatches(frame.svg);
  const rows = ["log", rival].map((id) => createRow(pen, id));
  const track = (trait, symbol, does, ticks) => createTrack(frame, pen, {
    trait,
    name: `${trait} ${symbol}, the probability of rain`,
    ticks,
    step: 0.01,
    page: 0.1,
    fine: 0.001,
    text: (value) => `you ${does} ${symbol} = ${format(value, 2)}`,
  });
  const belief = track("belief", "p", "believe", []);
  const report = track("report", "q", "report", [0, 0.5, 1]);

  return {
    draw(state, numbers, width, height) {
      const [left, right] = [52, width - 14];
      const [above, below] = [30, height - 30]; // the lines of the two tracks
      const first = above + 8;
      const row = (below - 28 - first) / rows.length;
      const x = (value) => left + value * (right - left);
      pen("text", "heading",
        { class: "tick start", x: 0, y: 12, text: width < 560 ? "" : "The score you expect" });
      const believed = path`M${x(state.belief)},${above} V${below - 28}`;
      const reported = path`M${x(state.report)},${below} V${first}`;
      pen("path", "believed",
        { class: "joint", "data-mark": "x-belief x=belief", d: believed });
      pen("path", "reported",
        { class: "curve role-q", "data-mark": "x-report x=report", d: reported });
      rows.forEach((drawRow, i) => drawRow(state, numbers, {
        left, right, width,
        top: Math.round(first + i * row + 40),
        bottom: Math.round(first + (i + 1) * row - 4),
      }));
      belief.reach(believed);
      report.reach(reported);
      belief.draw(state.belief, left - 10, above - 38, right + 10);
      report.draw(state.report, left - 10, below - 38, right + 10);
    },
  };
}

// ---- What the picture shows, in words ----

function bestText([least, most]) {
  if (least === most) return `best ${three(least)}`;
  return `best any${{ "0,0.5": " below 0.5", "0.5,1": " above 0.5" }[`${least},${most}`] ?? ""}`;
}

const paid = (regret) => (regret <= -5e-5 ? "gained" : "lost") + ` ${format(Math.abs(regret))}`;

function describe({ belief, report, view }, numbers) {
  const each = ["log", view].map((id) => `${RULES[id].name}, ${RULES[id].verdict}: ` +
    `${bestText(numbers[`best_${id}`])}, ${paid(numbers[`regret_${id}`])}`);
  return "Two curves of the expected score over the report, for a forecaster who believes in rain " +
    `with probability ${three(belief)} and reports ${three(report)}. For each score the best report, ` +
    `and what this report lost or gained against honesty: ${each.join("; ")}. What the log score ` +
    `lost, ${format(numbers.kl_divergence)} nats, is KL(p‖q): H(p, q), ` +
    `${format(numbers.cross_entropy)}, less H(p), ${format(numbers.entropy)}.`;
}

export default defineExplorable({
  name: "ProperScoring",
  quantities,
  readouts: Object.entries(RULES).map(([id, { name }]) => ({
    quantity: `expected_${id}`,
    label: `<i>E</i>[${name}]`,
    unit: id === "log" ? "nats" : false,
  })),
  say: ({ view }, numbers) =>
    `log score: ${lossText(numbers.regret_log, " nats")}, ` +
    `${RULES[view].name} score: ${lossText(numbers[`regret_${view}`])}`,
  ledger,
  describe,
  views: { linear: "Linear", brier: "Brier", spherical: "Spherical", zero_one: "0-1" },
  picture: Object.fromEntries(RIVALS.map((id) => [id, (frame) => picture(frame, id)])),
});
