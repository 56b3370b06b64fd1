// NLL and ECE of a classifier over the temperature on its logits.

import {
  brief, clamp, createPlane, format, path, picture, scientific, temperature, TEMPERATURE_ENDS,
  textWithin, threeDigits, track,
} from "./kit.js";
import { overTemperatures } from "./temperature.js";

const readable = (show) => (value) => (value < 1e5 ? show(value) : scientific(value));
export const nats = readable((value) => format(value));
const briefNats = readable(brief);

const ENDS = TEMPERATURE_ENDS.map(Math.log10);
const POINTS = 161; // about as many as pixels between them: the ECE is jagged
const DECADES = Array.from({ length: POINTS }, (_, i) => -1 + (2 * i) / (POINTS - 1));
const TEMPERATURES = DECADES.map((decade) => 10 ** decade);

const placeOf = (temperature) => clamp(Math.log10(temperature), ...ENDS);

function loss(frame, pen) {
  const guess = Math.log(frame.model.get("logits")[0].length);
  const plane = createPlane(pen, {
    id: "nll",
    axes: "x-log-temperature y-nll",
    x: ENDS,
    y: [0, 1.5 * guess], // the valley lies below log K, which guessing costs
    yTicks: [0, guess],
    yText: (value) => (value ? `log ${Math.round(Math.exp(value))}` : "0"),
  });

  function drawGround(nll, { right }) {
    plane.curve("nll", "", "nll_at", DECADES, nll);
    pen.path("guess", "guide", "y-nll y=guessing", plane.level(guess));
    pen.text("guessing", "tick halo end", right, plane.y(guess) - 6, "guessing");
  }

  return (state, numbers, area, { areas }) => {
    const { left, right, top, bottom } = area;
    const { nll, best_nll: least, best_temperature: best } = numbers;
    const curve = overTemperatures(state, TEMPERATURES).nll;
    plane.draw(area);
    plane.keep("ground", [curve], () => drawGround(curve, area));
    pen.text("title of nll", "label start", left, top - 10, `NLL ${briefNats(nll)} nats`);
    const [now, lowest] = [state.temperature, best].map(placeOf);
    const [x, bestX, bestY] = [plane.x(now), plane.x(lowest), plane.y(least)];
    const below = bestY + 30 < bottom; // room for the name of T*
    // The line makes way for that name, and for the title between the planes.
    const start = below && Math.abs(x - bestX) < 36 ? bestY + 30 : Math.max(plane.y(nll), top);
    pen.path("here", "guide here", "x-log-temperature x=temperature",
      path`M${x},${start} V${bottom} M${x},${areas.error.top - 4} V${areas.temperature.bottom}`);
    plane.point("best", "dot best", ["best_temperature", "best_nll"], lowest, least);
    plane.point("loss", "dot here", ["temperature", "nll"], now, nll);
    const text = `T* = ${threeDigits(best)}`;
    pen.text("name of best", "halo",
      textWithin(left, right, bestX, text), bestY + (below ? 24 : -14), text);
  };
}

function error(frame, pen) {
  const plane = createPlane(pen, { id: "ece", axes: "x-log-temperature y-ece", x: ENDS });
  return (state, { ece }, area) => {
    const curve = overTemperatures(state, TEMPERATURES).ece;
    const most = Math.max(1, Math.ceil(10 * Math.max(...curve))) / 10; // a round end for its axis
    plane.draw({ ...area, y: [0, most], yTicks: [0, most] });
    plane.keep("ece", [curve], () => plane.curve("ece", "muted", "ece_at", DECADES, curve));
    pen.text("title of ece", "label start", area.left, area.top - 10,
      `ECE ${brief(ece)}: jagged, and no proper score`);
    plane.point("error", "dot here", ["temperature", "ece"], placeOf(state.temperature), ece);
  };
}

const bins = track({ trait: "bins", name: "number of bins", ticks: [], scale: "whole",
  keys: { step: 1, page: 5, fine: 1 }, text: (count) => `${count} bins` });

export const losses = picture({ loss, error, temperature, bins }, {
  wide: {
    columns: [44, { "loss error temperature bins": 200 }, "loss error temperature", 12],
    rows: [24, ["loss", 0.7], 32, ["error", 0.3], 34, { temperature: 0 }, 56, { bins: 0 }, 12],
  },
});
