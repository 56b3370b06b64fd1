import { defineExplorable } from "./lib/explorable.js";
import { brief, format, scientific } from "./lib/format.js";
import { UNITS, surprisal } from "./lib/information.js";
import { createMemo } from "./lib/memo.js";
import { createPen, path } from "./lib/pen.js";
import { createPlane } from "./lib/plane.js";
import { SCHEMAS } from "./lib/schema.js";
import { createTrack } from "./lib/track.js";

// ---- The numbers ----

const LEAST = SCHEMAS.SurprisalCurve.p.least; // above zero

function quantities({ p, r, unit }) {
  const per = UNITS[unit];
  return {
    product: p * r,
    surprisal_p: surprisal(p) / per,
    surprisal_r: surprisal(r) / per,
    surprisal_product: surprisal(p * r) / per,
    halvings: 0 - Math.log2(p) - Math.log2(r),
  };
}

function ledger({ p, r, unit }, { product, surprisal_product: both, halvings }) {
  const per = UNITS[unit];
  const [first, second, half] = [p, r, 1 / 2].map((value) => surprisal(value) / per);
  return [
    ["<i>s</i>(<i>p</i>·<i>r</i>) = −log(<i>p</i>·<i>r</i>)",
      `−log(${scientific(p)} · ${scientific(r)}) = −log ${scientific(product)}`, format(both)],
    ["= −log <i>p</i> − log <i>r</i>",
      `${format(first)} + ${format(second)}`, format(first + second)],
    ["= number of halvings · log 2",
      `${format(halvings)} · ${format(half)}`, format(halvings * half)],
  ];
}

// ---- The curve, with a point for each event and for both ----

const STEPS = 100;
const CLOSE = { x: 40, y: 17 }; // points nearer than this share a label
const EVENTS = [
  { trait: "p", name: "p", drop: "drop", dot: "dot role-p" },
  { trait: "r", name: "r", drop: "drop dashed", dot: "dot role-p open" },
  { trait: "product", name: "p·r", drop: "drop dotted", dot: "dot role-p" },
];
const DISC = "m-5,0 a5,5 0 1 0 10,0 a5,5 0 1 0 -10,0 Z";
const UP = "m0,-8 l6,11 h-12 Z"; // an infinite surprisal is above every picture

// Points that are close together share a label, to the upper right of them.
function labelsOf(places, end) {
  const groups = [];
  places.forEach((place, i) => {
    const near = groups.find(({ x, y }) =>
      Math.abs(place.x - x) < CLOSE.x && Math.abs(place.y - y) < CLOSE.y);
    if (near) near.members.push(i);
    else groups.push({ ...place, members: [i] });
  });
  return groups.map(({ members }) => {
    const those = members.map((member) => places[member]);
    const text = members.map((member) => EVENTS[member].name).join(", ") +
      (those.some(({ endless }) => endless) ? ": s = ∞" : "");
    const x = Math.max(...those.map((place) => place.x)) + 9;
    // At the right end a label moves to the left, and up the curve.
    const over = Math.max(0, x + 7 * text.length - end - 20);
    return {
      first: members[0],
      label: { x: x - over, y: Math.min(...those.map(({ y }) => y)) - 8 - 0.6 * over, text },
    };
  });
}

function createCurve(pen) {
  const plane = createPlane(pen, {
    id: "s", xTicks: [0, 0.5, 1], xText: (x) => ["0", "1/2", "1"][2 * x] });
  const memo = createMemo();

  // The curve changes with its scale alone. It is close together at the left, where it is steep.
  function drawCurve(top, unit) {
    const leaves = Math.exp(-top * UNITS[unit]); // here the curve leaves the plane
    const xs = Array.from({ length: STEPS + 1 }, (_, i) => Math.max((i / STEPS) ** 3, leaves));
    plane.pen("path", "curve", { class: "curve role-p", "data-mark": "x-s y-s path=surprisal",
      d: plane.line(xs, xs.map((x) => surprisal(x) / UNITS[unit])) });
  }

  function drawAxes(top, unit, { left, width, height, top: upper }) {
    plane.draw({ left, top: upper, width, height, x: [0, 1], y: [0, top] });
    pen("text", "curve title", { class: "label start",
      x: 0, y: upper - 34, text: `surprisal s = −log probability, in ${unit}` });
    pen("text", "curve axis", { class: "tick middle",
      x: plane.x(0.75), y: upper + height + 20, text: "probability",
      visibility: width < 240 ? "hidden" : "visible" }); // there the title says it
    for (const third of [0, 1, 2, 3]) {
      const value = (third * top) / 3;
      pen("text", `curve tick ${third}`, { class: "tick", "data-tick": `y-s ${value}`,
        x: left - 8, y: plane.y(value) + 5, text: String(value) });
    }
  }

  function drawPoints(places, bottom) {
    places.forEach(({ x, y }, i) => pen("path", `drop ${i}`, {
      class: EVENTS[i].drop,
      "data-mark": `x-s y-s x=${EVENTS[i].trait} bottom=0 top=surprisal_${EVENTS[i].trait}`,
      d: path`M${x},${y} V${bottom}` }));
    places.forEach(({ x, y, endless }, i) => pen("path", `point ${i}`, {
      class: EVENTS[i].dot,
      "data-mark": `x-s y-s x=${EVENTS[i].trait} y=surprisal_${EVENTS[i].trait}`,
      d: path`M${x},${y} ${endless ? UP : DISC}` }));
    const labels = labelsOf(places, plane.x(1));
    places.forEach((_, i) => pen("text", `label ${i}`, {
      class: "letter role-p halo start", text: "",
      ...labels.find(({ first }) => first === i)?.label }));
  }

  return {
    x: plane.x,
    y: plane.y,
    draw(probabilities, heights, top, unit, box) {
      const { left, width, height } = box;
      drawAxes(top, unit, box);
      memo([top, unit, left, width, height], () => drawCurve(top, unit));
      drawPoints(probabilities.map((value, i) => ({
        x: plane.x(value),
        y: plane.y(Math.min(heights[i], top)),
        endless: heights[i] === Infinity,
      })), box.top + height);
    },
  };
}

// ---- s(p) and s(r) on top of each other, beside s(p·r) ----

const FEWEST = 5; // pixels between rungs

function createColumns(pen) {
  function drawColumn(key, mark, { x, from, to, width, endless, kind = "" }) {
    pen("path", key, { class: `bar role-p ${kind}`, "data-mark": `y-s ${mark}`,
      d: rectangle(x, from, to, width, endless) });
  }

  const drawGuide = (name, x, y, to, value) => pen("path", `guide of ${name}`, {
    class: "guide", "data-mark": `x-s y-s left=${name} y=surprisal_${name}`,
    d: value === 0 ? "" : path`M${x},${y} H${to}` });

  // One rung a halving, where they are apart enough to be told apart.
  function drawRungs(x, width, bottom, top, apart) {
    let d = "";
    for (let i = 1; apart >= FEWEST && i * apart < bottom - top - 1; i += 1) {
      d += path`M${x},${bottom - i * apart} h${width} `;
    }
    pen("path", "rungs", { class: "rung", "data-mark": "y-s rungs=halvings", d });
  }

  const drawPart = (name, value, x, y, shown) => pen("text", `part ${name}`, {
    class: "label start", x, y, text: shown ? `${name} = ${brief(value)}` : name });

  const drawName = (name, x, bottom) =>
    pen("text", `name of ${name}`, { class: "label", x, y: bottom + 20, text: name });

  // Above the second column: the first one is as high.
  function drawTotal(value, middle, y, right) {
    const text = brief(value);
    pen("text", "total",
      { class: "label", x: Math.min(middle, right - 4 * text.length), y: y - 10, text });
  }

  function drawNotes(half, unit, x, bottom) {
    ["each rung: a halving,", `${brief(half)} ${unit} more`].forEach((text, i) =>
      pen("text", `note ${i}`, { class: "tick start", x, y: bottom + 48 + 20 * i, text }));
  }

  return (curve, probabilities, heights, top, unit, box) => {
    const [p, , product] = probabilities;
    const [ofP, ofR, ofBoth] = heights;
    const { first, second, width, right, bottom } = box;
    const y = (height) => curve.y(Math.min(height, top));
    const sum = ofP + ofR;
    const half = surprisal(1 / 2) / UNITS[unit];
    drawGuide("p", curve.x(p), y(ofP), first, ofP);
    drawGuide("product", curve.x(product), y(ofBoth), second, ofBoth);
    drawColumn("column of p", "bottom=0 height=surprisal_p",
      { x: first, from: bottom, to: y(ofP), width, endless: ofP === Infinity });
    drawColumn("column of r", "bottom=surprisal_p height=surprisal_r", { kind: "open",
      x: first, from: y(ofP), to: y(sum), width, endless: ofR === Infinity });
    drawColumn("column of both", "bottom=0 height=surprisal_product",
      { x: second, from: bottom, to: y(ofBoth), width, endless: ofBoth === Infinity });
    drawRungs(second, width, bottom, y(ofBoth), curve.y(0) - curve.y(half));
    pen("path", "ground", { class: "rule",
      d: path`M${first - 10},${bottom} h${width + 20} M${second - 10},${bottom} H${right}` });
    // The upper label stays clear of the lower one.
    const low = Math.min((bottom + y(ofP)) / 2 + 5, bottom - 4);
    const high = Math.min((y(ofP) + y(sum)) / 2 + 5, low - 18);
    drawPart("s(p)", ofP, first + width + 8, low, box.values);
    drawPart("s(r)", ofR, first + width + 8, high, box.values);
    drawName("s(p) + s(r)", first + width / 2, bottom);
    drawName("s(p·r)", second + width / 2, bottom);
    drawTotal(ofBoth, second + width / 2, y(ofBoth), box.right);
    drawNotes(half, unit, box.notes, bottom);
  };
}

// An upright rectangle; a torn one goes on upwards.
function rectangle(x, bottom, top, width, torn) {
  if (bottom - top < 0.05) return "";
  const tooth = width / 6;
  const edge = torn
    ? Array.from({ length: 6 }, (_, i) => path`l${tooth},${i % 2 ? -6 : 6}`).join(" ")
    : `h${width}`;
  return path`M${x},${bottom} V${top} ${edge} V${bottom} Z`;
}

// ---- All of it ----

// The axis grows in steps, so that it stands still while a handle is dragged. The last one ends
// above every finite surprisal.
const RULERS = Array.from({ length: 11 }, (_, n) => 3 * 2 ** n);

function picture(frame) {
  const pen = createPen(frame.svg);
  const drawColumns = createColumns(pen);
  const curve = createCurve(pen);
  const tracks = ["p", "r"].map((trait) => createTrack(frame, pen, {
    trait,
    name: `probability ${trait}`,
    ends: [0, 1],
    ticks: [],
    step: 0.01,
    page: 0.1,
    fine: 0.001,
    text: (value) => `${trait} = ${brief(value)}`,
  }));

  return {
    draw({ p, r, unit }, numbers, width, height) {
      const narrow = width < 520;
      const probabilities = [p, r, numbers.product];
      const heights = [numbers.surprisal_p, numbers.surprisal_r, numbers.surprisal_product];
      const highest = Math.max(0, ...heights.filter(Number.isFinite));
      const top = RULERS.find((end) => end >= highest);
      const box = {
        left: 40,
        top: 46,
        width: width - (narrow ? 182 : 270),
        height: Math.max(height - 46 - 106, 1),
      };
      const bottom = box.top + box.height;
      curve.draw(probabilities, heights, top, unit, box);
      drawColumns(curve, probabilities, heights, top, unit, {
        first: width - (narrow ? 106 : 186),
        second: width - (narrow ? 38 : 46),
        width: narrow ? 28 : 44,
        right: width,
        bottom,
        values: !narrow,
        notes: box.left + box.width + (narrow ? 12 : 24),
      });
      const right = box.left + box.width + 10;
      tracks.forEach((track, i) =>
        track.draw([p, r][i], box.left - 10, bottom + 16 + 40 * i, right));
    },
  };
}

function halve(frame) {
  const half = frame.state.p / 2;
  if (half >= LEAST) frame.set({ p: half });
}

// ---- What the picture shows, in words ----

function describe({ p, r, unit }, numbers) {
  const [ofP, ofR, both] = ["p", "r", "product"].map((name) => format(numbers[`surprisal_${name}`]));
  return `The curve −log p from 0 to 1, with three points: p at ${scientific(p)} and height ${ofP}, ` +
    `r at ${scientific(r)} and height ${ofR}, p·r at ${scientific(numbers.product)} and height ` +
    `${both} ${unit}. Beside it, the heights s(p) = ${ofP} and s(r) = ${ofR}, one on top of the ` +
    `other, reach as high as s(p·r) = ${both} ${unit}.`;
}

export default defineExplorable({
  name: "SurprisalCurve",
  quantities,
  readouts: [
    { quantity: "surprisal_p", label: "<i>s</i>(<i>p</i>)", role: "p", said: "surprisal of p" },
    { quantity: "surprisal_r", label: "<i>s</i>(<i>r</i>)", role: "p", said: "of r" },
    { quantity: "surprisal_product", label: "<i>s</i>(<i>p</i>·<i>r</i>)", role: "p", said: "of both" },
    { quantity: "product", label: "<i>p</i>·<i>r</i>", unit: false, show: scientific },
  ],
  ledger,
  describe,
  choices: [{ trait: "unit", label: "Unit", folded: true }],
  actions: [{ label: "Halve p", run: halve, primary: true }],
  picture,
});
