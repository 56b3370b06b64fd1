import { set, svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import { format, scientific } from "./lib/format.js";
import { UNITS, surprisal } from "./lib/information.js";
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
const NAMES = ["p", "r", "p·r"];
const DISC = "m-5,0 a5,5 0 1 0 10,0 a5,5 0 1 0 -10,0 Z";
const UP = "m0,-8 l6,11 h-12 Z"; // an infinite surprisal is above every picture

function createCurve(root) {
  const plane = createPlane(root, {
    id: "s", xTicks: [0, 0.5, 1], xText: (x) => ["0", "1/2", "1"][2 * x] });
  const title = svg("text", { class: "label start" });
  const axisName = svg("text", { class: "tick middle", text: "probability" });
  const ticks = [0, 1, 2, 3].map(() => svg("text", { class: "tick" }));
  const curve = svg("path", { class: "curve role-p", "data-mark": "x-s y-s path=surprisal" });
  plane.window.append(curve);
  const points = ["p", "r", "product"].map((name, i) => ({
    drop: svg("path", {
      class: `drop ${["", "dashed", "dotted"][i]}`,
      "data-mark": `x-s y-s x=${name} bottom=0 top=surprisal_${name}`,
    }),
    mark: svg("path", {
      class: `dot role-p ${i === 1 ? "open" : ""}`,
      "data-mark": `x-s y-s x=${name} y=surprisal_${name}`,
    }),
    label: svg("text", { class: "letter role-p halo start" }),
  }));
  root.append(title, axisName, ...ticks, ...points.map(({ drop }) => drop),
    ...points.map(({ mark }) => mark), ...points.map(({ label }) => label));
  const xs = new Float64Array(STEPS + 1);
  const ys = new Float64Array(STEPS + 1);
  let drawn = "";

  // The curve changes with its scale alone.
  function drawCurve(top, unit, { left, width, height }) {
    const key = `${top} ${unit} ${left} ${width} ${height}`;
    if (key === drawn) return;
    drawn = key;
    const leaves = Math.exp(-top * UNITS[unit]); // here the curve leaves the plane
    for (let i = 0; i <= STEPS; i += 1) {
      // Close together at the left, where the curve is steep.
      xs[i] = Math.max((i / STEPS) ** 3, leaves);
      ys[i] = surprisal(xs[i]) / UNITS[unit];
    }
    set(curve, { d: plane.line(xs, ys) });
    ticks.forEach((tick, i) => set(tick, {
      x: left - 8,
      y: (plane.y((i * top) / 3) + 5).toFixed(2),
      "data-tick": `y-s ${(i * top) / 3}`,
      text: String((i * top) / 3),
    }));
  }

  // Each label stands to the upper right of its point; points close together share one.
  function drawLabels(places) {
    const groups = [];
    places.forEach((place, i) => {
      const near = groups.find(({ x, y }) =>
        Math.abs(place.x - x) < CLOSE.x && Math.abs(place.y - y) < CLOSE.y);
      if (near) near.members.push(i);
      else groups.push({ ...place, members: [i] });
    });
    points.forEach(({ label }, i) => {
      const group = groups.find(({ members }) => members[0] === i);
      if (!group) return set(label, { text: "" });
      const members = group.members.map((member) => places[member]);
      const text = group.members.map((member) => NAMES[member]).join(", ") +
        (members.some(({ endless }) => endless) ? ": s = ∞" : "");
      const x = Math.max(...members.map((member) => member.x)) + 9;
      // At the right end a label moves to the left, and up the curve.
      const over = Math.max(0, x + 7 * text.length - plane.x(1) - 20);
      set(label, {
        x: (x - over).toFixed(2),
        y: (Math.min(...members.map(({ y }) => y)) - 8 - 0.6 * over).toFixed(2),
        text,
      });
    });
  }

  return {
    x: plane.x,
    y: plane.y,
    draw(probabilities, heights, top, unit, box) {
      plane.draw({ ...box, x: [0, 1], y: [0, top] });
      set(title, { x: 0, y: box.top - 34, text: `surprisal s = −log probability, in ${unit}` });
      set(axisName, {
        x: plane.x(0.75),
        y: box.top + box.height + 20,
        visibility: box.width < 240 ? "hidden" : "visible", // there the title says it
      });
      drawCurve(top, unit, box);
      const places = probabilities.map((value, i) => ({
        x: plane.x(value),
        y: plane.y(Math.min(heights[i], top)),
        endless: heights[i] === Infinity,
      }));
      places.forEach(({ x, y, endless }, i) => {
        const at = `M${x.toFixed(2)},${y.toFixed(2)}`;
        set(points[i].drop, { d: `${at} V${box.top + box.height}` });
        set(points[i].mark, { d: `${at} ${endless ? UP : DISC}` });
      });
      drawLabels(places);
    },
  };
}

// ---- s(p) and s(r) on top of each other, beside s(p·r) ----

const FEWEST = 5; // pixels between rungs

function createColumns(root) {
  const guides = ["p", "product"].map((name) => svg("path",
    { class: "guide", "data-mark": `x-s y-s left=${name} y=surprisal_${name}` }));
  const columns = [
    ["", "bottom=0 height=surprisal_p"],
    ["open", "bottom=surprisal_p height=surprisal_r"],
    ["", "bottom=0 height=surprisal_product"],
  ].map(([kind, mark]) =>
    svg("path", { class: `bar role-p ${kind}`, "data-mark": `y-s ${mark}` }));
  const rungs = svg("path", { class: "rung", "data-mark": "y-s rungs=halvings" });
  const parts = ["s(p)", "s(r)"].map(() => svg("text", { class: "label start" }));
  const names = ["s(p) + s(r)", "s(p·r)"].map((text) => svg("text", { class: "label", text }));
  const totals = names.map(() => svg("text", { class: "label" }));
  const base = svg("path", { class: "rule" });
  const notes = [0, 1].map(() => svg("text", { class: "tick start" }));
  root.append(...guides, ...columns, rungs, base, ...parts, ...names, ...totals, ...notes);

  return {
    draw(curve, probabilities, heights, top, unit, box) {
      const [ofP, ofR, ofBoth] = heights;
      const { first, second, width, right, bottom, values } = box;
      const y = (height) => curve.y(Math.min(height, top));
      const middle = (x) => x + width / 2;
      const sum = ofP + ofR;
      [[first, bottom, ofP, ofP], [first, y(ofP), sum, ofR], [second, bottom, ofBoth, ofBoth]]
        .forEach(([x, from, to, size], i) => set(columns[i], {
          d: rectangle(x, from, y(to), width, size === Infinity) }));
      const ground = `M${first - 10},${bottom} h${width + 20} M${second - 10},${bottom} H${right}`;
      set(base, { d: ground });

      [[probabilities[0], ofP, first], [probabilities[2], ofBoth, second]].forEach(
        ([probability, value, x], i) => set(guides[i], {
          d: value === 0
            ? "" : `M${curve.x(probability).toFixed(2)},${y(value).toFixed(2)} H${x}`,
        }));

      const half = surprisal(1 / 2) / UNITS[unit];
      const apart = curve.y(0) - curve.y(half);
      let d = "";
      for (let i = 1; apart >= FEWEST && i * apart < bottom - y(ofBoth) - 1; i += 1) {
        d += `M${second},${(bottom - i * apart).toFixed(2)} h${width} `;
      }
      set(rungs, { d });

      // The upper label stays clear of the lower one.
      const low = Math.min((bottom + y(ofP)) / 2 + 5, bottom - 4);
      const high = Math.min((y(ofP) + y(sum)) / 2 + 5, low - 18);
      [[ofP, low, "s(p)"], [ofR, high, "s(r)"]].forEach(([value, at, name], i) => set(parts[i], {
        x: first + width + 8,
        y: at.toFixed(2),
        text: values ? `${name} ${format(value)}` : name,
      }));
      [[first, sum], [second, ofBoth]].forEach(([x, value], i) => {
        const text = format(value, value < 100 ? 4 : 1);
        const within = Math.min(middle(x), right - 4 * text.length);
        set(totals[i], { x: within, y: (y(value) - 10).toFixed(2), text });
        set(names[i], { x: middle(x), y: bottom + 20 });
      });
      ["each rung: a halving", `= ${format(half)} ${unit}`].forEach((text, i) =>
        set(notes[i], { x: box.notes, y: bottom + 52 + 20 * i, text }));
    },
  };
}

// An upright rectangle; a torn one goes on upwards.
function rectangle(x, bottom, top, width, torn) {
  if (bottom - top < 0.05) return "";
  const tooth = width / 6;
  const edge = torn
    ? Array.from({ length: 6 }, (_, i) => `l${tooth.toFixed(2)},${i % 2 ? -6 : 6}`).join(" ")
    : `h${width}`;
  return `M${x},${bottom.toFixed(2)} V${top.toFixed(2)} ${edge} V${bottom.toFixed(2)} Z`;
}

// ---- All of it ----

// The axis grows in steps, so that it stands still while a handle is dragged. The last one ends
// above every finite surprisal.
const RULERS = Array.from({ length: 11 }, (_, n) => 3 * 2 ** n);

function picture(frame) {
  const root = frame.svg;
  const columns = createColumns(root);
  const curve = createCurve(root);
  const tracks = ["p", "r"].map((trait) => createTrack(frame, root, {
    trait,
    name: `probability ${trait}`,
    ends: [0, 1],
    ticks: [],
    step: 0.01,
    page: 0.1,
    fine: 0.001,
    text: (value) => `${trait} = ${scientific(value)}`,
  }));

  return {
    draw({ p, r, unit }, numbers, width, height) {
      const narrow = width < 520;
      const heights = [numbers.surprisal_p, numbers.surprisal_r, numbers.surprisal_product];
      const highest = Math.max(0, ...heights.filter(Number.isFinite));
      const top = RULERS.find((end) => end >= highest);
      const box = {
        left: 40,
        top: 46,
        width: width - (narrow ? 182 : 270),
        height: Math.max(height - 46 - 116, 1),
      };
      const bottom = box.top + box.height;
      curve.draw([p, r, numbers.product], heights, top, unit, box);
      columns.draw(curve, [p, r, numbers.product], heights, top, unit, {
        first: width - (narrow ? 106 : 186),
        second: width - (narrow ? 38 : 46),
        width: narrow ? 28 : 44,
        right: width,
        bottom,
        values: !narrow,
        notes: box.left + box.width + 24,
      });
      const right = box.left + box.width + 10;
      tracks.forEach((track, i) =>
        track.draw([p, r][i], box.left - 10, bottom + 56 + 44 * i - 38, right));
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
    { quantity: "surprisal_p", label: "<i>s</i>(<i>p</i>)", role: "p" },
    { quantity: "surprisal_r", label: "<i>s</i>(<i>r</i>)", role: "p" },
    { quantity: "surprisal_product", label: "<i>s</i>(<i>p</i>·<i>r</i>)", role: "p" },
    { quantity: "product", label: "<i>p</i>·<i>r</i>", unit: false, show: scientific },
  ],
  ledger,
  describe,
  choices: [{ trait: "unit", label: "Unit" }],
  actions: [{ label: "Halve p", run: halve }],
  picture,
});
