import { NAMES, createDescent, descentOf } from "./lib/descents.js";
import { tears, terms } from "./lib/divergence_terms.js";
import { HOURS, MEANS, gaussian, klTerms, mixture, moment } from "./lib/gaussian.js";
import {
  clamp, createPlane, createTraitHandle, defineExplorable, drawTear, format, logsumexp, path,
  picture, SCHEMAS, sum, textWithin, traitFault, written,
} from "./lib/kit.js";

// ---- The numbers ----

const divergence = (name, values) => ({
  [`${name}_divergence`]: sum(values),
  [`${name}_above`]: sum(values.filter((term) => term > 0)),
  [`${name}_below`]: 0 - sum(values.filter((term) => term < 0)),
});
const surprises = (p, q) => p.probabilities.map((pi, i) => 0 - pi * q.log[i]); // −p log q

function quantities({ mean, width, humps }) {
  const p = mixture(humps);
  const q = gaussian(mean, width);
  // q ∝ exp(θ₁ x + θ₂ x²), and Z is what makes it sum to 1.
  const theta = [mean / width ** 2, -1 / (2 * width ** 2)];
  return {
    ...divergence("kl", klTerms(p, q)),
    ...divergence("reverse_kl", klTerms(q, p)),
    entropy: sum(surprises(p, p)),
    cross_entropy: sum(surprises(p, q)),
    theta,
    log_partition: logsumexp(HOURS.map((x) => (theta[0] + theta[1] * x) * x)),
    p_moments: [moment(p.probabilities, 1), moment(p.probabilities, 2)],
    q_moments: [moment(q.probabilities, 1), moment(q.probabilities, 2)],
  };
}

function ledger({ mean, width, humps }, numbers) {
  const { entropy: h, kl_divergence: kl, log_partition: logZ, theta, p_moments: m } = numbers;
  const costs = surprises(mixture(humps), gaussian(mean, width));
  const noon = HOURS.indexOf(12);
  const [morning, afternoon] = [sum(costs.slice(0, noon)), sum(costs.slice(noon))];
  return [
    ["H(p, q) = −∑ p log q",
      written`${morning} before noon + ${afternoon} from noon on`, morning + afternoon],
    ["= H(p) + KL(p‖q)", written`${h} + ${kl}`, h + kl],
    ["= log Z − θ_1 E_p[x] − θ_2 E_p[x^2]",
      written`${logZ} − ${theta[0]}·${m[0]} + ${0 - theta[1]}·${m[1]}`,
      logZ - theta[0] * m[0] - theta[1] * m[1]],
  ];
}

// The weights of a mixture sum to 1.
const mixtureFault = (humps) => traitFault(
  "humps[:, 0]", SCHEMAS.GaussianFit.humps.weights, humps.map(([weight]) => weight));

// ---- p, q and the two grips ----

const TALLEST = 0.16; // what the panel has room for
const APART = 30; // pixels between the two grips: their targets do not overlap

const peakOf = ({ logTotal }) => Math.min(Math.exp(0 - logTotal), TALLEST);
const hours = (value) => `${format(value, 2)} h`;

// The two handles: q's mean at its peak, its width one standard deviation from there.
function createGrips(frame, pen, plane) {
  // Late in the day the width's grip changes sides, so that the widest q has room for it.
  const side = () => (frame.model.get("mean") > 14 ? -1 : 1);
  const mean = createTraitHandle(frame, pen, {
    trait: "mean", name: "mean of q, in hours of the day", mark: "x-hour y-hour x=mean y=peak",
    step: 0.25, page: 1, fine: 0.01, words: hours, at: plane.x });
  const width = createTraitHandle(frame, pen, {
    trait: "width", name: "width of q: its standard deviation in hours", mark: "x-hour x=width_end",
    step: 0.1, page: 1, fine: 0.01, words: hours,
    at: (value) => plane.x(frame.model.get("mean") + side() * value) });

  return (now, peak, curve, right) => {
    const [x, y] = [plane.x(now.mean), plane.y(peak)];
    const across = Math.abs(plane.x(now.mean + now.width) - x);
    const end = x + side() * across;
    // At the height of the inflection point, or lower, where the grips would touch.
    const low = Math.max(plane.y(peak * Math.exp(-0.5)), y + clamp(2 * APART - across, 0, APART));
    pen.path("width", "guide", "x-hour start=mean end=width_end", path`M${x},${low} H${end}`);
    mean.reach(curve);
    // Both above all peaks, where no curve is.
    const text = `q: mean ${hours(now.mean)}, width ${hours(now.width)}`;
    const highest = Math.min(Math.max(...mixture(now.humps).probabilities), TALLEST);
    mean.draw(x, y, text, [textWithin(0, right, x, text) - x, Math.min(plane.y(highest) - y, 0) - 14]);
    width.draw(end, low, "");
  };
}

function distributions(frame, pen) {
  const plane = createPlane(pen, {
    id: "hour",
    x: MEANS,
    y: [0, TALLEST],
    xTicks: [0, 6, 12, 18, 24],
    xText: (hour) => (hour === 24 ? "24 h" : String(hour)),
    yTicks: [0, 0.1],
  });
  const drawGrips = createGrips(frame, pen, plane);

  function drawTarget({ humps }) {
    const p = mixture(humps).probabilities;
    plane.area("area of p", "mixture", "p", HOURS, p);
    plane.curve("p", "role-p", "p", HOURS, p);
    // Inside the first hump, where no other curve is likely.
    const first = Math.min(...humps.map(([, mean]) => mean));
    pen.text("letter p", "letter role-p halo", plane.x(first), plane.y(0) - 6, "p");
  }

  // What a descent has done, and where it began; what it moves, before there is one.
  function drawDescent(descent, from, start, { mean }, { narrow, width }) {
    plane.path("start", "curve role-q ghost", "descent=start",
      descent ? plane.line(HOURS, start.probabilities) : "");
    const away = Math.abs(plane.x(from.mean) - plane.x(mean)) > 76;
    pen.text("name of start", "tick middle halo",
      plane.x(from.mean), plane.y(peakOf(start)) - 6, away ? "start" : "");
    const [look, x] = narrow ? ["tick start", 0] : ["tick", width];
    pen.text("status", look, x, 14, descent ? `${NAMES[descent.direction]}: ${descent.text}`
      : narrow ? "" : "a descent moves q’s mean and width", { role: "status" });
  }

  return (state, numbers, area, page) => {
    plane.draw(area);
    pen.text("title", "tick start", 0, area.top - 32, "probability of each quarter hour");
    plane.keep("target", [state.humps], () => drawTarget(state));
    const descent = descentOf(frame, state);
    const from = descent?.start ?? state;
    const [q, start] = [state, from].map(({ mean, width }) => gaussian(mean, width));
    drawDescent(descent, from, start, state, page);
    const curve = plane.line(HOURS, q.probabilities);
    plane.path("q", "curve role-q", "path=q", curve);
    const torn = tears(plane, q.probabilities, TALLEST);
    drawTear(pen, "tear of q", { kind: "role-q", mark: "shown=q_torn", d: torn });
    drawGrips(state, peakOf(q), curve, page.width);
  };
}

const COLUMNS = [32, "shown terms", 16];
const ROWS = [["shown", 0.54], 58, ["terms", 0.46], 16];
const LAYOUT = {
  wide: { columns: COLUMNS, rows: [46, ...ROWS] },
  narrow: { columns: COLUMNS, rows: [64, ...ROWS] },
};

// ---- What the picture shows, in words ----

const describe = ({ mean, width, humps, view }, numbers) =>
  "Over the hours of a day, the target p in blue with its humps " +
  `(${humps.map(([weight, middle, spread]) => `weight ${format(weight, 2)}, ` +
    `mean ${format(middle, 2)} h, width ${format(spread, 2)} h`).join("; ")}), and the model q, ` +
  `a dashed vermilion hump with mean ${format(mean, 2)} h and width ${format(width, 2)} h. ` +
  `Below them the terms of ${NAMES[view]} as purple areas, hatched above zero, plain below, ` +
  `and cut off where they are tall. KL(p‖q) is ${format(numbers.kl_divergence)} nats, KL(q‖p) ` +
  `${format(numbers.reverse_kl_divergence)}, and H(p) ${format(numbers.entropy)}.`;

export default defineExplorable({
  name: "GaussianFit",
  rules: { humps: mixtureFault },
  quantities,
  readouts: [
    { quantity: "kl_divergence", label: "KL(p‖q)", role: "kl", said: "KL from p to q" },
    { quantity: "reverse_kl_divergence", label: "KL(q‖p)", role: "kl", said: "from q to p" },
    { quantity: "entropy", label: "H(p)", role: "p" },
    { quantity: "cross_entropy", label: "H(p, q)", role: "q" },
  ],
  ledger,
  describe,
  actions: Object.keys(NAMES)
    .map((direction) => ({ ...createDescent(direction), view: direction, primary: true })),
  views: NAMES,
  picture: {
    forward: picture({ shown: distributions, terms: terms("forward") }, LAYOUT),
    reverse: picture({ shown: distributions, terms: terms("reverse") }, LAYOUT),
  },
});
