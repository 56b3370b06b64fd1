import {
  brief, circle, createPlane, createWindow, defineExplorable, format, path, picture, SCHEMAS,
  scientific, surprisal, track, UNITS, written,
} from "./lib/kit.js";

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
    ["s(p·r) = −log(p·r)",
      `−log(${scientific(p)} · ${scientific(r)}) = −log ${scientific(product)}`, both],
    ["= −log p − log r", written`${first} + ${second}`, first + second],
    ["= number of halvings · log 2", written`${halvings} · ${half}`, halvings * half],
  ];
}

// ---- The curve, with a point for each event and for both ----

// The axis grows in steps, so that it stands still while a handle is dragged. The last one ends
// above every finite surprisal.
const RULERS = Array.from({ length: 11 }, (_, n) => 3 * 2 ** n);

function topOf({ surprisal_p: p, surprisal_r: r, surprisal_product: both }) {
  const highest = Math.max(0, ...[p, r, both].filter(Number.isFinite));
  return RULERS.find((end) => end >= highest);
}

const STEPS = 100;
const DISC = circle(0, 0, 5);
const EVENTS = [
  { trait: "p", name: "p", drop: "drop", dot: "dot role-p" },
  { trait: "r", name: "r", drop: "drop dashed", dot: "dot role-p open" },
  { trait: "product", name: "p·r", drop: "drop dotted", dot: "dot role-p" },
];

// Points that are close together share a label.
function grouped(points) {
  const groups = [];
  for (const point of points) {
    const near = groups.find(([{ x, y }]) =>
      Math.abs(point.x - x) < 40 && Math.abs(point.y - y) < 17);
    if (near) near.push(point);
    else groups.push([point]);
  }
  return groups;
}

function curve(frame, pen) {
  const plane = createPlane(pen, { id: "s", x: [0, 1], xTicks: [0, 0.5, 1],
    xText: (x) => ["0", "1/2", "1"][2 * x] });

  // The curve changes with its scale alone. It is close together at the left, where it is steep.
  function drawCurve(top, unit) {
    const leaves = Math.exp(-top * UNITS[unit]); // here the curve leaves the plane
    const xs = Array.from({ length: STEPS + 1 }, (_, i) => Math.max((i / STEPS) ** 3, leaves));
    plane.curve("curve", "role-p", "surprisal", xs, xs.map((x) => surprisal(x) / UNITS[unit]));
  }

  // To the upper right of its points. At the right end it moves to the left, and up the curve.
  function drawLabel(i, group, end) {
    const endless = group.some(({ height }) => height === Infinity);
    const text = group.map(({ name }) => name).join(", ") + (endless ? ": s = ∞" : "");
    const x = Math.max(...group.map((point) => point.x)) + 9;
    const over = Math.max(0, x + 7 * text.length - end - 20);
    const y = Math.min(...group.map((point) => point.y)) - 8 - 0.6 * over;
    pen.text(`label ${i}`, "letter role-p halo start", x - over, y, text);
  }

  function drawEvents(points, { right, bottom }) {
    for (const { trait, drop, x, y } of points) {
      pen.path(`drop of ${trait}`, drop, `x-s y-s x=${trait} bottom=0 top=surprisal_${trait}`,
        path`M${x},${y} V${bottom}`);
    }
    for (const { trait, dot, at, height } of points) {
      plane.point(`point of ${trait}`, dot, [trait, `surprisal_${trait}`], at, height, DISC);
    }
    const groups = grouped(points);
    points.forEach((_, i) => drawLabel(i, groups[i] ?? [{ name: "", x: 0, y: 0 }], right));
  }

  return ({ p, r, unit }, numbers, area) => {
    const top = topOf(numbers);
    plane.draw({ ...area, y: [0, top], yTicks: [0, top / 3, (2 * top) / 3, top] });
    pen.text("title", "label start", 0, area.top - 34,
      `surprisal s = −log probability, in ${unit}`);
    pen.text("axis", "tick middle", plane.x(0.75), area.bottom + 20,
      area.width < 240 ? "" : "probability"); // there the title says it
    plane.keep("curve", [unit], () => drawCurve(top, unit));
    const chances = { p, r, product: numbers.product };
    drawEvents(EVENTS.map((event) => {
      const [at, height] = [chances[event.trait], numbers[`surprisal_${event.trait}`]];
      return { ...event, at, height, x: plane.x(at), y: plane.y(Math.min(height, top)) };
    }), area);
  };
}

// ---- s(p) and s(r) on top of each other, beside s(p·r) ----

const FEWEST = 5; // pixels between rungs

// A column on the scale of the curve, whose point of an event is as high: a line leads from there.
function createColumn(pen, name, event) {
  const scale = createWindow(pen, { id: "s" });
  let top = 0;
  const y = (height) => scale.y(Math.min(height, top));

  // An upright rectangle from one height to another; an infinite one goes on upwards.
  function rectangle({ left, width }, from, to) {
    if (y(from) - y(to) < 0.05) return "";
    const edge = to === Infinity ? Array.from({ length: 6 }, (_, i) =>
      path`l${width / 6},${i % 2 ? -6 : 6}`).join(" ") : path`h${width}`;
    return path`M${left},${y(from)} V${y(to)} ${edge} V${y(from)} Z`;
  }

  return {
    y,
    draw(at, numbers, { left, right, bottom }, { areas, width }) {
      top = topOf(numbers);
      scale.fit({ ...areas.curve, x: [0, 1], y: [0, top] });
      const height = numbers[`surprisal_${event}`];
      pen.path(`guide to ${name}`, "guide", `x-s y-s left=${event} y=surprisal_${event}`,
        height === 0 ? "" : path`M${scale.x(at)},${y(height)} H${left}`);
      pen.path(`ground of ${name}`, "rule", null,
        path`M${left - 10},${bottom} H${Math.min(right + 10, width)}`);
      pen.text(`name of ${name}`, "label", (left + right) / 2, bottom + 20, name);
    },
    drawPart: (key, look, says, area, from, to) =>
      pen.path(key, `bar role-p ${look}`.trim(), `y-s ${says}`, rectangle(area, from, to)),
  };
}

function sum(frame, pen) {
  const column = createColumn(pen, "s(p) + s(r)", "p");

  function drawNotes(unit, x, bottom) {
    const half = brief(surprisal(1 / 2) / UNITS[unit]);
    ["each rung: a halving,", `${half} ${unit} more`].forEach((text, i) =>
      pen.text(`note ${i}`, "tick start", x, bottom + 48 + 20 * i, text));
  }

  return ({ p, unit }, numbers, area, page) => {
    const { surprisal_p: ofP, surprisal_r: ofR } = numbers;
    const { left, right, bottom } = area;
    column.draw(p, numbers, area, page);
    column.drawPart("p", "", "bottom=0 height=surprisal_p", area, 0, ofP);
    column.drawPart("r", "open", "bottom=surprisal_p height=surprisal_r", area, ofP, ofP + ofR);
    // The upper label stays clear of the lower one.
    const [middle, end] = [column.y(ofP), column.y(ofP + ofR)];
    const low = Math.min((bottom + middle) / 2 + 5, bottom - 4);
    const high = Math.min((middle + end) / 2 + 5, low - 18);
    for (const [name, value, y] of [["s(p)", ofP, low], ["s(r)", ofR, high]]) {
      pen.text(`part ${name}`, "label start", right + 8, y,
        page.narrow ? name : `${name} = ${brief(value)}`);
    }
    drawNotes(unit, left - 22, bottom);
  };
}

function both(frame, pen) {
  const column = createColumn(pen, "s(p·r)", "product");

  // One rung a halving, where they are apart enough to be told apart.
  function drawRungs(unit, top, { left, width, bottom }) {
    const apart = bottom - column.y(surprisal(1 / 2) / UNITS[unit]);
    let d = "";
    for (let i = 1; apart >= FEWEST && i * apart < bottom - top - 1; i += 1) {
      d += path`M${left},${bottom - i * apart} h${width} `;
    }
    pen.path("rungs", "rung", "y-s rungs=halvings", d);
  }

  return ({ unit }, numbers, area, page) => {
    const { product, surprisal_product: height } = numbers;
    column.draw(product, numbers, area, page);
    column.drawPart("p·r", "", "bottom=0 height=surprisal_product", area, 0, height);
    const y = column.y(height);
    drawRungs(unit, y, area);
    // The other column is as high.
    pen.text("total", "label", (area.left + area.right) / 2, y - 10, brief(height));
  };
}

const probability = (trait) => track({
  trait, name: `probability ${trait}`, ends: [0, 1], ticks: [],
  text: (value) => `${trait} = ${brief(value)}`,
  line: (x, { curve: { top, bottom } }) => path`M${x},${top} V${bottom}` });

const ROWS = [46, "curve sum both", 54, { p: 0 }, 40, { r: 0 }, 12];
const LAYOUT = {
  wide: { columns: [40, "curve p r", 44, { sum: 44 }, 96, { both: 44 }, 2], rows: ROWS },
  narrow: { columns: [40, "curve p r", 36, { sum: 28 }, 40, { both: 28 }, 10], rows: ROWS },
  below: 520,
};

function halve(frame) {
  const half = frame.state.p / 2;
  if (half >= LEAST) frame.set({ p: half });
}

// ---- What the picture shows, in words ----

function describe({ p, r, unit }, numbers) {
  const [ofP, ofR, both] = ["p", "r", "product"]
    .map((name) => format(numbers[`surprisal_${name}`]));
  return `The curve −log p from 0 to 1, with three points: p at ${scientific(p)} and height ` +
    `${ofP}, r at ${scientific(r)} and height ${ofR}, p·r at ${scientific(numbers.product)} and height ` +
    `${both} ${unit}. Beside it, the heights s(p) = ${ofP} and s(r) = ${ofR}, one on top of the ` +
    `other, reach as high as s(p·r) = ${both} ${unit}.`;
}

export default defineExplorable({
  name: "SurprisalCurve",
  quantities,
  readouts: [
    { quantity: "surprisal_p", label: "s(p)", role: "p", said: "surprisal of p" },
    { quantity: "surprisal_r", label: "s(r)", role: "p", said: "of r" },
    { quantity: "surprisal_product", label: "s(p·r)", role: "p", said: "of both" },
    { quantity: "product", label: "p·r", unit: false, show: scientific },
  ],
  ledger,
  describe,
  choices: { unit: "Unit" },
  actions: [{ label: "Halve p", run: halve, primary: true }],
  picture: picture({ curve, both, sum, p: probability("p"), r: probability("r") }, LAYOUT),
});
