import {
  brief, circle, clamp, createWindow, defineExplorable, entropy, format, path, picture, softmax,
  surprisal, threeDigits, track, written,
} from "./lib/kit.js";

// ---- The losses, all of them of two classes ----

// name     what it is called; `setting` what it is set to
// loss     of the probability u that the class got which came
// fall     how fast that loss falls as the logit of this class rises, −u(1 − u) times its slope
// shares   how much either class counts, where that is not its probability
// best     the report at which the expected loss is lowest; null where it is level
// room     how far above its lowest point its lane reaches
const plain = ({ truth: p }) => [1 - p, p];
const LOSSES = {
  log: { name: "log loss", room: 0.5, loss: surprisal, fall: (u) => 1 - u, best: ({ truth }) => truth },
  squared: { name: "squared error", room: 0.5, loss: (u) => 2 * (1 - u) ** 2,
    fall: (u) => 4 * u * (1 - u) ** 2, best: ({ truth }) => truth },
  weighted: { name: "weighted", setting: ({ weight }) => `w = ${threeDigits(weight)}`, room: 2.2,
    loss: surprisal, fall: (u) => 1 - u, shares: ({ truth: p, weight: w }) => [1 - p, w * p],
    best: ({ truth: p, weight: w }) => (w * p) / (w * p + 1 - p) },
  smoothed: { name: "smoothed", setting: ({ epsilon }) => `ε = ${threeDigits(epsilon)}`, room: 0.5,
    loss: surprisal, fall: (u) => 1 - u, best: (state) => LOSSES.smoothed.shares(state)[1],
    shares: ({ truth: p, epsilon }) => [1 - p, p].map((pk) => (1 - epsilon) * pk + epsilon / 2) },
  focal: { name: "focal", setting: ({ gamma }) => `γ = ${threeDigits(gamma)}`, room: 0.4,
    loss: (u, { gamma }) => (u === 1 ? 0 : (1 - u) ** gamma * surprisal(u)),
    fall: (u, { gamma }) => (1 - u) ** gamma * (1 - u + gamma * entropy([u])),
    best: (state) => halved((q) => push("focal", state, q)) },
  gce: { name: "generalised", setting: ({ r }) => `r = ${threeDigits(r)}`, room: 0.5,
    loss: (u, { r }) => (r === 0 ? surprisal(u) : -Math.expm1(r * Math.log(u)) / r),
    fall: (u, { r }) => u ** r * (1 - u),
    best: ({ truth: p, r }) => softmax([1 - p, p].map((pk) => Math.log(pk) / (1 - r)))[1] },
  absolute: { name: "absolute error", room: 0.8, loss: (u) => 2 * (1 - u),
    fall: (u) => 2 * u * (1 - u), best: ({ truth: p }) => (p === 0.5 ? null : Number(p > 0.5)) },
};
const IDS = Object.keys(LOSSES);

const called = (id, state) => [LOSSES[id].name, LOSSES[id].setting?.(state)].filter(Boolean).join(", ");

// What is expected of both classes, of which the report gives q to the second one.
const expected = (id, state, q) => {
  const { loss, shares = plain } = LOSSES[id];
  const [miss, hit] = shares(state);
  const missed = miss === 0 ? 0 : miss * loss(1 - q, state); // what never comes costs nothing
  return missed + (hit === 0 ? 0 : hit * loss(q, state));
};

// How fast the expected loss falls as the logit of q rises: where descent moves that logit.
const push = (id, state, q) => {
  const { fall, shares = plain } = LOSSES[id];
  const [miss, hit] = shares(state);
  return hit * fall(q, state) - miss * fall(1 - q, state);
};

// Where a push that falls from above zero to below it is zero.
function halved(f) {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (f(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const quantities = (state) => Object.fromEntries(IDS.flatMap((id) => [
  [`loss_${id}`, expected(id, state, state.report)],
  [`push_${id}`, push(id, state, state.report)],
  [`best_${id}`, LOSSES[id].best(state)],
]));

const ledger = ({ truth: p, report: q }, { push_log: pushed }) => [
  ["push of log loss = p (1 − q) − (1 − p) q", written`${p}·${1 - q} − ${1 - p}·${q}`, pushed],
  ["= p − q", written`${p} − ${q}`, p - q],
];

// ---- The picture: a lane for each loss, its ground at the loss's lowest point ----

const DIAMOND = "M0,-7 L7,0 L0,7 L-7,0 Z";
const NEAR = 0.005; // what is shown as 0.00

// A lane's least and its highest loss.
function ends(id, state, best) {
  const lowest = expected(id, state, best ?? state.report);
  return [lowest, lowest + LOSSES[id].room];
}

const lane = (id) => (frame, pen) => {
  const plane = createWindow(pen, { id, axes: `x-report y-${id}` });
  // Closer together at the ends, where a logarithm is steep.
  const at = Float64Array.from({ length: 41 }, (_, i) => (1 - Math.cos((Math.PI * i) / 40)) / 2);

  // From q as far as the push goes; with a second head where that is out of the picture.
  function drawPush(q, pushed, y) {
    const [from, to] = [plane.x(q), plane.x(clamp(q + pushed, 0, 1))];
    const back = pushed > 0 ? -5 : 5;
    const head = (x) => path` M${x + back},${y - 4} L${x},${y} L${x + back},${y + 4}`;
    const isCut = q + pushed !== clamp(q + pushed, 0, 1);
    const heads = Math.abs(to - from) < 4 && !isCut ? "" : head(to) + (isCut ? head(to + back) : "");
    pen.path(`${id}: push`, "push", `x-report start=report end=pushed:${id}`,
      path`M${from},${y} H${to}` + heads);
  }

  return (state, numbers, area, { narrow, width: edge }) => {
    const { truth, report: q, weight, epsilon, gamma, r } = state;
    const { left, top, bottom, width, height } = area;
    const [loss, pushed, best] = ["loss", "push", "best"].map((what) => numbers[`${what}_${id}`]);
    const [lowest, highest] = ends(id, state, best);
    plane.fit({ left, top, width, height, x: [0, 1], y: [lowest, highest] });
    pen.path(`${id}: ground`, "rule", null, plane.level(lowest));
    plane.keep("curve", [truth, weight, epsilon, gamma, r], () => plane.curve(
      "curve", "thin", `${id}_at`, at, at.map((u) => expected(id, state, u))));
    const isHonest = best !== null && Math.abs(best - truth) < NEAR;
    drawPush(q, pushed, plane.y(Math.min(loss, highest)));
    plane.point(`${id}: dot`, "dot role-q", ["report", `loss_${id}`], q, loss, circle(0, 0, 6));
    plane.point(`${id}: lowest`, isHonest ? "lowest" : "lowest off", [`best_${id}`, `least:${id}`],
      best ?? 0, lowest, best === null ? "" : DIAMOND);
    const row = Math.round((top + bottom) / 2) + 8;
    pen.text(`${id}: name`, "rule-name start halo", 0, narrow ? top - 5 : row, called(id, state));
    pen.text(`${id}: best`, `end${isHonest ? " role-p" : ""}`, edge - 4, row,
      best === null ? "any" : format(best, 2));
  };
};

// From the track of the truth down through all lanes; and of the report in each of them, for
// between them are their names where there is little room.
const LINES = {
  truth: { look: "joint",
    d: (x, { lines: { top, bottom } }) => path`M${x},${top + 38} V${bottom - 30}` },
  report: { look: "reported",
    d: (x, areas) => IDS.map((id) => path`M${x},${areas[id].top} V${areas[id].bottom}`).join(" ") },
};

const lines = (frame, pen) => (state, numbers, area, { narrow, areas, width }) => {
  for (const id of IDS) { // below the lines
    const { left: x, top: y, width: across, height } = areas[id];
    pen("rect", `${id}: panel`, { class: "panel", x, y, width: across, height,
      "data-tick": `y-${id} ${ends(id, state, numbers[`best_${id}`]).join(" ")}` });
  }
  for (const [trait, { look, d }] of Object.entries(LINES)) {
    const x = area.left + state[trait] * area.width;
    pen.path(`line of ${trait}`, look, `x-${trait} x=${trait}`, d(x, areas));
  }
  pen.text("best q", "tick end", width - 4, area.top + 48, "◇ best q");
  pen.text("push", "tick start role-q", 0, area.top + (narrow ? 12 : 48), "→ push on q");
};

const line = (trait, symbol, name, ticks) => track({ trait, name, ticks,
  text: (value) => `${trait} ${symbol} = ${format(value, 2)}`,
  line: LINES[trait].d });

const PARTS = {
  lines,
  ...Object.fromEntries(IDS.map((id) => [id, lane(id)])),
  truth: line("truth", "p", "truth p, the probability of what may come", []),
  report: line("report", "q", "report q of the same", [0, 0.5, 1]),
};

// Lanes one below another, so many pixels apart.
const rows = (gap) => [{ "lines truth": 38 }, gap + 4, ...IDS.flatMap((id) => [`lines ${id}`, gap]),
  { "lines report": 24 }, 32];
const across = (before, after) => [before, `lines ${IDS.join(" ")} truth report`, after];

// ---- What the picture shows, in words ----

const settled = (pushed) => Math.abs(pushed) < NEAR;

function say({ report }, numbers) {
  const still = IDS.filter((id) => settled(numbers[`push_${id}`])).map((id) => LOSSES[id].name);
  return `q ${brief(report)}, ${still.length ? `not pushed by ${still.join(", ")}` : "pushed by all"}`;
}

const describe = (state, numbers) =>
  `Curves of ${IDS.length} expected losses over the report q, where p is true, p = ` +
  `${format(state.truth, 3)}. At q = ${format(state.report, 3)}, ${IDS.map((id) => {
    const best = numbers[`best_${id}`];
    return `${called(id, state)}: costs ${format(numbers[`loss_${id}`])}, push ` +
      `${format(numbers[`push_${id}`])}, ${best === null ? "level" : `lowest at ${format(best)}`}`;
  }).join("; ")}.`;

export default defineExplorable({
  name: "LossZoo",
  quantities,
  readouts: IDS.map((id) => ({
    quantity: `loss_${id}`, label: `E[${LOSSES[id].name}]`, unit: false })),
  say,
  first: () => "report",
  done: ({ push_log: pushed }) => settled(pushed),
  ledger,
  describe,
  picture: picture(PARTS, {
    wide: { columns: across(138, 66), rows: rows(10) },
    narrow: { columns: across(12, 56), rows: rows(19) },
  }),
});
