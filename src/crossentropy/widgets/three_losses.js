import { bars, singles } from "./lib/bars.js";
import {
  createPlane, defineExplorable, format, path, picture, plural, sum, surprisal,
} from "./lib/kit.js";
import { moveComponent } from "./lib/simplex.js";

const LOSSES = ["surprisal", "squared_error", "mistakes"];
const NAMES = ["surprise", "squared error", "mistakes"];
const DECIMALS = [2, 2, 0];
const HIGHEST = 3.5;
const STEPS = 200;

const oneHot = (y, size) => Array.from({ length: size }, (_, k) => (k === y ? 1 : 0));

// The first of several that are equally likely is what the model would say.
const answer = (q) => q.indexOf(Math.max(...q));

function quantities({ q, y }) {
  const h = oneHot(y, q.length);
  return {
    surprisal: surprisal(q[y]),
    squared_error: sum(q.map((qk, k) => (qk - h[k]) ** 2)),
    mistakes: answer(q) === y ? 0 : 1,
  };
}

function ledger({ q, y, labels }, { surprisal: loss }) {
  const terms = q.map((qk, k) => (k === y ? `1·${format(loss)}` : "0"));
  return [
    ["−log q(truth)", `−log ${format(q[y])}, the truth being ${labels[y]}`, loss],
    ["= −∑ h_k log q_k", terms.join(" + "), loss],
  ];
}

const WIDEST = 56; // pixels of a bar

// The truth is an outline around the bar that should fill it: the perfect answer.
const truth = (frame, pen) => ({ q, y }, numbers, area) => {
  const { x, middle, width } = singles(q.length, area, WIDEST);
  pen.rect("truth", "truth", "x-q y-p x=y bottom=0 height=truth",
    { x: x(y), y: area.top, width, height: area.height });
  pen.text("the truth", "tick middle role-p", middle(y), area.bottom + 38, "the truth");
};

// Each loss over the probability of the truth, while the other classes keep their proportions.
function curves(frame, pen) {
  const plane = createPlane(pen, {
    id: "loss",
    x: [0, 1],
    y: [0, HIGHEST],
    title: "what each loss charges",
    name: "probability of the truth",
    xTicks: [0, 0.5, 1],
    yTicks: [0, 1, 2, 3],
  });

  function drawCurves(q, y) {
    const xs = Array.from({ length: STEPS + 1 }, (_, i) => i / STEPS);
    const values = xs.map((value) => quantities({ q: moveComponent(q, y, value), y }));
    for (const loss of LOSSES) {
      plane.curve(loss, `loss-${loss}`, `${loss}_at`, xs, values.map((value) => value[loss]));
    }
  }

  return ({ q, y }, losses, area) => {
    const { right, top, bottom } = area;
    plane.draw(area);
    plane.keep("curves", [...q, y], () => drawCurves(q, y));
    pen.path("guide", "guide", "x-loss x=q_of_truth", path`M${plane.x(q[y])},${top} V${bottom}`);
    // Where the truth is likely all curves are low: what each charges has room above them.
    LOSSES.forEach((loss, i) => {
      const row = top + 16 + 22 * i;
      pen.path(`sample of ${loss}`, `curve loss-${loss}`, null,
        path`M${right - 22},${row - 4} H${right}`);
      pen.text(`charge of ${loss}`, `charge halo end loss-${loss}`, right - 30, row,
        `${NAMES[i]} ${format(losses[loss], DECIMALS[i])}`);
      plane.point(`point of ${loss}`, `point loss-${loss}`, ["q_of_truth", loss],
        q[y], losses[loss]);
    });
  };
}

const PARTS = {
  truth,
  bars: bars("q", {
    title: "what the model says", look: "label start", widest: WIDEST, lockable: false,
    full: ({ y }) => y }),
  curves,
};

const ROWS = [34, { curves: 10 }, "truth bars curves", 44];
const LAYOUT = {
  wide: { columns: [30, ["truth bars", 0.41], 52, ["curves", 0.59], 8], rows: ROWS },
  narrow: { columns: [30, ["truth bars", 0.39], 34, ["curves", 0.61], 8], rows: ROWS },
};

// ---- What the picture shows, in words ----

const describe = ({ q, y, labels }, numbers) =>
  `A model says ${labels.map((name, k) => `${name} ${format(q[k], 2)}`).join(", ")}; the photograph ` +
  `shows ${labels[y]}. It is charged ${plural(numbers.mistakes, "mistake")}, a squared error of ` +
  `${format(numbers.squared_error)}, and a surprise of ${format(numbers.surprisal)} nats. Over the ` +
  "probability of the truth, the mistakes are a step, the squared error a bowl that stays at or " +
  "below 2, and the surprise a curve that rises without bound towards 0.";

export default defineExplorable({
  name: "ThreeLosses",
  first: ({ y }) => `q:${y}`,
  quantities,
  readouts: [
    { quantity: "mistakes", label: "mistakes", unit: false, show: String, said: "mistakes" },
    { quantity: "squared_error", label: "squared error", unit: false, said: "squared error" },
    { quantity: "surprisal", label: "surprise", role: "q", said: "surprise" },
  ],
  ledger,
  describe,
  picture: picture(PARTS, LAYOUT),
});
