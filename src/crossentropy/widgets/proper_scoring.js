import {
  bracketed, brief, circle, createPlane, crossEntropy, defineExplorable, defineHatches, entropy,
  format, klDivergence, path, picture, track, written,
} from "./lib/kit.js";
import { SCORES, expectedScore } from "./lib/scores.js";

// ---- The scores, as they are shown ----

// Closer together at the ends, where the logarithm is steep.
const SMOOTH = Float64Array.from({ length: 81 }, (_, i) => (1 - Math.cos((Math.PI * i) / 80)) / 2);
const NEXT_TO_HALF = 1e-9;
const NEAR = 0.005; // what is shown as no lie at all

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
  ["lost = E_p[log p_y] − E_p[log q_y]",
    `${format(numbers.honest_log)} − ${bracketed(format(numbers.expected_log))}`, numbers.regret_log],
  ["= H(p, q) − H(p)", written`${numbers.cross_entropy} − ${numbers.entropy}`,
    numbers.cross_entropy - numbers.entropy],
  ["= KL(p‖q)", `${ratio(p, q)} + ${ratio(1 - p, 1 - q)}`, numbers.kl_divergence],
];

// What the report loses against honesty, or gains.
function lossText(regret, equals = "") {
  const size = brief(Math.abs(regret));
  return regret < 0 && Number(size) > 0 ? `gained ${size} by lying` : `lost ${size}${equals}`;
}

// ---- The picture ----

const TORN = "l-4.5,-5 l-4.5,5 l-4.5,-5 l-4.5,5"; // the lower edge of a bar that goes on

// The reports that lie no more than this one. The picture names the best of them and no others: an
// honest forecaster has yet to find out.
function tried(p, q) {
  const lie = Math.abs(q - p);
  return [Math.max(p - lie, 0), Math.min(p + lie, 1)];
}

// One rule: its curve over the report, the best reports on it, and what this report loses.
const row = (id) => (frame, pen) => {
  const { name, verdict, pieces, room: [below, above], equals } = RULES[id];
  const isLog = id === "log";
  const plane = createPlane(pen, { id, axes: `x-report y-${id}`, x: [0, 1] });

  function drawHonesty(honestly, left) {
    pen.rule(`${id}: level`, `y-${id} ${honestly}`, plane.level(honestly), "guide");
    pen.text(`${id}: honest`, "tick", left - 8, plane.y(honestly) + 5, "honest");
  }

  // From what honesty earns down to what this report earns, or on beyond the floor.
  function drawLoss(x, from, to, bottom) {
    const d = Math.abs(to - from) < 0.5 ? "" :
      path`M${x - 9},${from} h18 V${Math.min(to, bottom)} ${to > bottom ? TORN : "h-18"} Z`;
    pen.path(`${id}: ground`, "length ground", null, d);
    pen.path(`${id}: loss`, isLog ? "length role-kl" : "lost",
      `x-report y-${id} x=report between=honest_${id},expected_${id}`, d);
  }

  const drawCurve = (p) => plane.path("curve", "curve", `path=${id}_at`,
    pieces.map((at) => plane.line(at, at.map((q) => expectedScore(id, p, q)))).join(" "));

  // The best reports: one, or so many that this report may be among them.
  function drawBest(p, [least, most], isSeen) {
    const y = plane.y(expectedScore(id, p, least === 0 ? 0 : most));
    const d = path`M${plane.x(least)},${y} H${plane.x(most)}`;
    const at = `x-report y-${id} y=highest:${id}`;
    pen.path(`${id}: flat`, "flat", `${at} left=many_best:${id}:0 right=many_best:${id}:1`,
      isSeen && least < most ? d : "");
    pen.path(`${id}: peak`, "peak", `${at} x=one_best:${id}`, isSeen && least === most ? d : "");
    pen.text(`${id}: best`, "label halo", plane.x((least + most) / 2), y - 9, isSeen ? "best" : "");
  }

  // At 1/2 the step from one side to the other has a value of its own.
  const drawStep = (p) => [1 - p, 0.5, p].forEach((value, i) => plane.point(`${id}: step ${i}`,
    i === 1 ? "side tie" : "side", ["0.5", `step:${i}`], 0.5, value,
    p === 0.5 ? "" : circle(0, 0, 3.5)));

  // That a score is not proper is the answer to the picture: it says so once a lie has paid.
  function drawTexts(regret, y, width, isLie) {
    const isSaid = isLie && (id !== "linear" || regret < 0);
    pen.text(`${id}: name`, "rule-name start halo", 0, y, name);
    pen.text(`${id}: verdict`, "start halo", 74, y, isSaid ? verdict : "");
    pen.text(`${id}: lost`, `halo end${isLog ? " role-kl" : ""}`, width, y,
      lossText(regret, equals));
  }

  return ({ belief: p, report: q }, numbers, area, { width }) => {
    const { left, top, bottom } = area;
    const [from, to] = tried(p, q);
    const best = numbers[`best_${id}`];
    const isLie = Math.abs(q - p) > NEAR;
    const [honestly, earned] = [numbers[`honest_${id}`], numbers[`expected_${id}`]];
    plane.draw({ ...area, y: [honestly - below, honestly + above] });
    const x = plane.x(q);
    drawHonesty(honestly, left);
    drawLoss(x, plane.y(honestly), plane.y(earned), bottom);
    plane.keep("curve", [p], () => drawCurve(p));
    drawBest(p, best, isLie && from <= best[0] && best[1] <= to);
    plane.point(`${id}: dot`, "dot role-q", ["report", `expected_${id}`], q, earned);
    if (id === "zero_one") drawStep(p);
    drawTexts(numbers[`regret_${id}`], top - 24, width, isLie);
    pen.text(`${id}: endless`, "halo role-q", x + (q > 0.5 ? -22 : 22), bottom - 4,
      earned === -Infinity ? "−∞" : "");
  };
};

// From the track of the belief down, and from above the text of the report up, through both curves.
const LINES = {
  belief: { look: "joint", d: (x, { top, bottom }) => path`M${x},${top} V${bottom - 28}` },
  report: { look: "curve role-q", d: (x, { top, bottom }) => path`M${x},${bottom - 34} V${top + 8}` },
};

const lines = (frame, pen) => {
  defineHatches(frame.svg);
  return (state, numbers, area, { narrow }) => {
    pen.text("heading", "tick start", 0, 12, narrow ? "" : "The score you expect");
    for (const [trait, { look, d }] of Object.entries(LINES)) {
      pen.path(`line of ${trait}`, look, `x-${trait} x=${trait}`,
        d(area.left + state[trait] * area.width, area));
    }
  };
};

const probability = (trait, symbol, does, ticks) => track({
  trait,
  name: `${trait} ${symbol}, the probability of rain`,
  ticks,
  text: (value) => `you ${does} ${symbol} = ${format(value, 2)}`,
  line: (x, { lines }) => LINES[trait].d(x, lines),
});

// The log score, and below it a rival.
const against = (rival) => picture({
  lines,
  log: row("log"),
  rival: row(rival),
  belief: probability("belief", "p", "believe in rain:", []),
  report: probability("report", "q", "report", [0, 0.5, 1]),
}, {
  wide: {
    columns: [52, "log rival lines belief report", 14],
    rows: [30, { belief: 0 }, { lines: 48 }, "log", 44, "rival", { lines: 32 }, { report: 0 }, 30],
  },
});

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
  first: () => "report",
  quantities,
  readouts: Object.entries(RULES).map(([id, { name }]) => ({
    quantity: `expected_${id}`,
    label: `E[${name}]`,
    unit: id === "log" ? "nats" : false,
  })),
  say: ({ view }, numbers) =>
    `log score: ${lossText(numbers.regret_log, " nats")}, ` +
    `${RULES[view].name} score: ${lossText(numbers[`regret_${view}`])}`,
  ledger,
  describe,
  views: { linear: "Linear", brier: "Brier", spherical: "Spherical", zero_one: "0-1" },
  picture: Object.fromEntries(RIVALS.map((id) => [id, against(id)])),
});
