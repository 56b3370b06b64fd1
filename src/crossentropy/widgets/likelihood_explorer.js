import { clamp } from "./lib/clamp.js";
import { set, svg } from "./lib/dom.js";
import { defineExplorable } from "./lib/explorable.js";
import { format, plural, raised, whole } from "./lib/format.js";
import { createHandle } from "./lib/handle.js";
import { crossEntropy, crossEntropyTerms, entropy, klDivergence } from "./lib/information.js";
import { CIRCLE, DOWN, UP, defineHatches } from "./lib/marks.js";
import { SCHEMAS } from "./lib/schema.js";

const { theta: THETA, counts: { sum: { most: MOST } } } = SCHEMAS.LikelihoodExplorer;

// ---- The product, as a computer of each precision works it out ----

// Adding a number so large that the sum keeps only the bits of a float16, and taking it away again,
// rounds half to even. How large depends on how many leading zeros x has in steps of 2^-24, the
// smallest float16 above zero; below 2^-14 (21 zeros) the steps get no finer.
const LARGE = Float64Array.from({ length: 33 }, (_, zeros) => 2 ** (49 - Math.min(zeros, 21)));

// x, between 0 and 1, rounded to float16.
function toFloat16(x) {
  const large = LARGE[Math.clz32(x * 2 ** 24)];
  return x + large - large;
}

const PRECISIONS = {
  product_float16: toFloat16,
  product_float32: Math.fround,
  product_float64: (x) => x,
};

// First counts[1] factors θ, then counts[0] factors 1 - θ, one after another: each factor and each
// partial product is rounded.
function product(counts, theta, round) {
  let value = 1;
  for (const [factor, count] of [[round(theta), counts[1]], [round(1 - theta), counts[0]]]) {
    for (let i = 0; i < count; i += 1) {
      const next = round(value * factor);
      if (next === value) break; // 0, or stuck: the same factor again changes nothing
      value = next;
    }
  }
  return value;
}

const size = (counts) => counts[0] + counts[1];
const model = (theta) => [1 - theta, theta];
const shares = (counts) => counts.map((count) => count / size(counts));
const logLikelihood = (counts, theta) => 0 - crossEntropy(counts, model(theta));

function quantities({ counts, theta }) {
  const logL = logLikelihood(counts, theta);
  const p = shares(counts);
  const products = Object.fromEntries(
    Object.entries(PRECISIONS).map(([name, round]) => [name, product(counts, theta, round)]));
  return {
    likelihood: products.product_float64,
    log_likelihood: logL,
    nll: (0 - logL) / size(counts),
    p_hat: p[1],
    entropy: entropy(p),
    kl_divergence: klDivergence(p, model(theta)),
    cross_entropy: crossEntropy(p, model(theta)),
    ...products,
  };
}

function ledger({ counts, theta }, { nll, log_likelihood: logL, entropy: h, kl_divergence: kl }) {
  const terms = crossEntropyTerms(shares(counts), model(theta));
  return [
    ["NLL/<i>N</i> = −(1/<i>N</i>) log <i>L</i>(<i>θ</i>)",
      `${format(0 - logL)} / ${whole(size(counts))}`, format(nll)],
    ["= <i>H</i>(<i>p̂</i>, <i>q<sub>θ</sub></i>) = −∑ <i>p̂<sub>k</sub></i> log <i>q<sub>k</sub></i>",
      terms.map((term) => format(term)).join(" + "), format(terms[0] + terms[1])],
    ["= <i>H</i>(<i>p̂</i>) + KL(<i>p̂</i>‖<i>q<sub>θ</sub></i>)",
      `${format(h)} + ${format(kl)}`, format(h + kl)],
  ];
}

// ---- Numbers as text ----

// e^log, which may be far too small for a float, to some significant digits.
function fromLog(log, digits = 3) {
  if (log === -Infinity) return "0";
  if (log > Math.log(0.01)) return Math.exp(log).toPrecision(digits);
  const exponent = Math.floor(log / Math.LN10);
  const mantissa = Math.exp(log - exponent * Math.LN10).toFixed(digits - 1);
  return mantissa.startsWith("10")
    ? `${(1).toFixed(digits - 1)} × 10${raised(exponent + 1)}`
    : `${mantissa} × 10${raised(exponent)}`;
}

function productText(value, logL) {
  if (value === 0) return logL === -Infinity ? "0" : "0 (underflow)";
  const error = Math.abs(Math.log(value) - logL);
  const verdict = error > Math.LN2 ? " (wrong)" : error > 0.01 ? " (digits lost)" : "";
  return fromLog(Math.log(value), 4) + verdict;
}

// ---- The counts, and N on a scale of decades ----

const RULERS = [1, 10, 100, 1000].flatMap((ten) => [10 * ten, 20 * ten, 50 * ten])
  .filter((end) => end <= MOST);

function createCounts(frame, root) {
  const labels = frame.model.get("labels");
  const counts = () => frame.model.get("counts");
  const track = { left: 0, length: 1 };
  let held = null; // the ruler stands still while a count is dragged
  const ruler = () => held ?? RULERS.find((end) => end >= Math.max(...counts()));

  const rows = labels.map((label, k) => {
    const handle = createHandle({
      id: `counts:${k}`,
      name: `count of ${label}`,
      axis: "x",
      mark: `x-counts x=counts:${k}`,
      step: 1,
      page: 10,
      fine: 1,
      range: () => {
        const other = counts()[1 - k];
        return [other === 0 ? 1 : 0, Math.min(ruler(), MOST - other)];
      },
      value: () => counts()[k],
      words: (value) => `${whole(value)} of ${whole(size(counts()))} labels`,
      at: (value) => track.left + (value / ruler()) * track.length,
      move: (value) =>
        frame.set({ counts: counts().map((count, j) => (j === k ? Math.round(value) : count)) }),
    });
    handle.node.addEventListener("pointerdown", () => (held = ruler()));
    handle.node.addEventListener("lostpointercapture", () => {
      held = null;
      frame.invalidate();
    });
    const row = {
      handle,
      name: svg("text", { class: "label start", text: label }),
      line: svg("path", { class: "rule" }),
      bar: svg("rect",
        { class: "bar role-p", height: 14, "data-mark": `x-counts left=0 width=counts:${k}` }),
    };
    root.append(row.name, row.line, row.bar);
    return row;
  });

  // Rounding to whole counts would wear the proportion away: it is remembered, with the place of
  // the handle, until the counts change in another way.
  let scaled = { counts: [] };
  const remembered = () => counts().every((count, k) => count === scaled.counts[k]);
  const handle = createHandle({
    id: "n",
    name: "number of labels N, on a logarithmic scale",
    axis: "x",
    mark: "x-log-n rounded=size",
    step: 0.1,
    page: 1,
    fine: 0.02,
    range: () => [0, Math.log10(MOST)],
    value: () => (remembered() ? scaled.value : Math.log10(size(counts()))),
    words: () => plural(size(counts()), "label"),
    at: (value) => track.left + (value / Math.log10(MOST)) * track.length,
    move: (value) => {
      const share = remembered() ? scaled.share : shares(counts())[1];
      const n = Math.round(10 ** value);
      const ones = Math.round(share * n);
      scaled = { counts: [n - ones, ones], share, value };
      frame.set({ counts: scaled.counts });
    },
  });
  const decades = [1, 10, 100, 1000, 10_000];
  const name = svg("text", { class: "letter start", text: "N" });
  const line = svg("path", { class: "rule", "data-tick": `x-log-n ${decades.join(" ")}` });
  const ticks = decades.map((n) =>
    svg("text", { class: "tick middle", "data-tick": `x-log-n ${n}`, text: whole(n) }));
  root.append(name, line, ...ticks, ...rows.map((row) => row.handle.node), handle.node);

  return {
    height: 114,
    draw(state, left, top, right) {
      const longest = Math.max(...labels.map((label) => label.length));
      track.left = left + clamp(9 * longest + 8, 48, 120);
      track.length = right - 62 - track.left;
      const end = track.left + track.length;
      rows.forEach((row, k) => {
        const y = top + 14 + 30 * k;
        const x = track.left + (state.counts[k] / ruler()) * track.length;
        set(row.name, { x: left, y: y + 5 });
        set(row.line,
          { d: `M${track.left},${y} H${end}`, "data-tick": `x-counts 0 ${ruler()}` });
        set(row.bar, { x: track.left, y: y - 7, width: (x - track.left).toFixed(2) });
        beside(row.handle, x, y, whole(state.counts[k]));
      });
      const y = top + 76;
      const n = size(state.counts);
      set(name, { x: left, y: y + 5 });
      const at = (value) => track.left + (value / 4) * track.length;
      set(line, { d: `M${track.left},${y} H${end} ${decades.map((_, i) =>
        `M${at(i).toFixed(2)},${y - 4} v8`).join(" ")}` });
      ticks.forEach((tick, i) => set(tick, { x: at(i).toFixed(2), y: y + 26 }));
      beside(handle, at(remembered() ? scaled.value : Math.log10(n)), y, whole(n));
    },
  };
}

// A handle with its value to its right.
const beside = (handle, x, y, text) => handle.draw(x, y, text, [14 + 4 * text.length, 5]);

// ---- The three curves ----

// The likelihood of ten thousand labels is a spike: half of the points lie around it, the others
// closer together where the logarithm is steep.
function points(counts) {
  const n = size(counts);
  const peak = counts[1] / n;
  const spread = Math.sqrt(Math.max(peak * (1 - peak), 1 / n) / n);
  const all = [peak];
  for (let i = 0; i <= 60; i += 1) all.push((1 - Math.cos((Math.PI * i) / 60)) / 2);
  for (let i = -20; i <= 20; i += 1) all.push(peak + (i / 4) * spread);
  return all.filter((theta) => theta >= 0 && theta <= 1).sort((a, b) => a - b);
}

const DEEPEST = 1.5; // nats per label: where the logarithmic curves leave their panels

// Each panel's value at θ, from 0 at its lower edge to 1 at its upper edge; `zero` is the edge
// where the value itself is 0, and `far` the value at the other.
const PANELS = [
  {
    id: "relative_likelihood",
    name: "Likelihood",
    symbol: "L(θ)",
    zero: 0,
    far: () => 1, // of the largest
    level: (counts, theta) => Math.exp(
      logLikelihood(counts, theta) - logLikelihood(counts, counts[1] / size(counts))),
    text: ({ log_likelihood: logL }) => fromLog(logL),
    ticks: (counts) =>
      [`max ${fromLog(logLikelihood(counts, counts[1] / size(counts)))}`, "0"],
  },
  {
    id: "log_likelihood",
    name: "Log-likelihood",
    symbol: "log L(θ)",
    zero: 1,
    far: (counts) => -DEEPEST * size(counts),
    level: (counts, theta) => 1 + logLikelihood(counts, theta) / size(counts) / DEEPEST,
    text: ({ log_likelihood: logL }) => format(logL),
    ticks: (counts) => {
      const deepest = DEEPEST * size(counts);
      return ["0", whole(-(deepest < 100 ? deepest : Math.round(deepest)))];
    },
  },
  {
    id: "nll",
    name: "Loss",
    symbol: "NLL/N",
    zero: 0,
    far: () => DEEPEST,
    level: (counts, theta) => (0 - logLikelihood(counts, theta)) / size(counts) / DEEPEST,
    text: ({ nll }) => format(nll),
    ticks: () => [format(DEEPEST, 1), "0"],
  },
];

const FAR = 40; // heights of a panel

function createCurves(frame, root) {
  const paint = defineHatches(root);
  const best = svg("path", { class: "joint", "data-mark": "x-theta x=p_hat" });
  const bestName = svg("text", { class: "letter role-p" });
  const here = svg("path", { class: "curve role-q", "data-mark": "x-theta x=theta" });
  const h = svg("rect", { class: "length role-entropy", width: 12,
    "data-mark": "x-theta y-nll x=theta bottom=0 height=entropy" });
  const ground = svg("rect", { class: "length ground", width: 12 });
  const kl = svg("rect", { class: "length role-kl", width: 12,
    "data-mark": "x-theta y-nll x=theta bottom=entropy height=kl_divergence" });
  kl.style.fill = paint("kl");
  const parts = [svg("text", { class: "halo", text: "H(p̂)" }),
    svg("text", { class: "halo role-kl", text: "KL" })];
  const panels = PANELS.map((panel) => {
    const { id } = panel;
    const curve = svg("path", { class: "curve", "data-mark": `x-theta y-${id} path=${id}_at` });
    const name = svg("tspan");
    const value = svg("tspan", { class: "role-q" });
    return {
      ...panel,
      curve,
      heading: name,
      value,
      // An inner svg cuts off what leaves the panel.
      window: svg("svg", {}, curve),
      base: svg("path", { class: "rule" }),
      title: svg("text", { class: "label start" }, name, value),
      ends: [svg("text", { class: "tick" }), svg("text", { class: "tick" })],
      peak: svg("circle", { class: "dot role-p", r: 3.5,
        "data-mark": `x-theta y-${id} x=p_hat y=peak_of:${id}` }),
      dot: svg("path",
        { class: "dot role-q", "data-mark": `x-theta y-${id} x=theta y=${id}` }),
      endless: svg("text", { class: "halo role-q" }),
    };
  });
  const ticks = [0, 0.5, 1].map((value) => svg("text",
    { class: "tick middle", "data-tick": `x-theta ${value}`, text: format(value, 1) }));
  root.append(...ticks, bestName);
  for (const { base, title, ends } of panels) root.append(base, title, ...ends);
  root.append(h, ground, kl, best, here);
  for (const { window } of panels) root.append(window);
  root.append(...parts);
  for (const { peak, dot, endless } of panels) root.append(peak, dot, endless);

  const axis = { left: 0, length: 1 };
  const at = (theta) => axis.left + theta * axis.length;
  const theta = createHandle({
    id: "theta",
    name: `θ, the probability of ${frame.model.get("labels")[1]}`,
    axis: "x",
    mark: "x-theta x=theta",
    step: 0.01,
    page: 0.1,
    fine: 0.001,
    range: () => [THETA.least, THETA.most],
    value: () => frame.model.get("theta"),
    words: (value) => format(value, 3),
    at,
    // To three decimals, as it is shown: finer than a pixel.
    move: (value) => frame.set({ theta: Math.round(value * 1000) / 1000 }),
  });
  root.append(theta.node);

  let drawn = "";
  // The curves change with the counts alone.
  function drawCurves({ counts }, boxes) {
    const key = `${counts} ${axis.left} ${axis.length} ${boxes.map(({ top, height }) => [top, height])}`;
    if (key === drawn) return;
    drawn = key;
    const thetas = points(counts);
    panels.forEach(({ window, curve, level, ends, ticks: texts }, i) => {
      const { top, height } = boxes[i];
      const steps = thetas.map((value) => [axis.length * value, level(counts, value)])
        // An endless curve leaves its panel far enough to look upright.
        .map(([x, y]) => [x, clamp(y, -FAR, FAR)])
        .map(([x, y]) => `${(x + 3).toFixed(2)},${((1 - y) * height + 3).toFixed(2)}`);
      set(window, { x: axis.left - 3, y: top - 3, width: axis.length + 6, height: height + 6 });
      set(curve, { d: `M${steps.join(" L")}` });
      const values = [panels[i].far(counts), 0];
      if (panels[i].zero) values.reverse();
      texts(counts).forEach((text, end) =>
        set(ends[end], { text, "data-tick": `y-${panels[i].id} ${values[end]}` }));
    });
  }

  function drawPanel(panel, { counts, theta: value }, numbers, { top, height }) {
    const [x, level] = [at(value), panel.level(counts, value)];
    const inside = clamp(level, 0, 1);
    const y = top + (1 - inside) * height;
    const base = top + (1 - panel.zero) * height;
    // Where the other edge is, a stroke says: the text may have had to move.
    set(panel.base, {
      d: `M${axis.left},${base} H${axis.left + axis.length} ` +
        `M${axis.left},${top + panel.zero * height} h-5`,
      "data-tick": `x-theta 0 1|y-${panel.id} 0 ${panel.far(counts)}`,
    });
    set(panel.dot, {
      transform: `translate(${x.toFixed(2)},${y.toFixed(2)})`,
      d: level > 1 + 1e-9 ? UP : level < 0 ? DOWN : CIRCLE,
    });
    set(panel.endless, {
      x: (x + (value > 0.5 ? -18 : 18)).toFixed(2),
      y: (y + (level < 0 ? 0 : 10)).toFixed(2),
      text: Number.isFinite(level) ? "" : format(level),
    });
    const best = counts[1] / size(counts);
    set(panel.peak, {
      cx: at(best).toFixed(2),
      cy: (top + (1 - panel.level(counts, best)) * height).toFixed(2),
    });
    set(panel.value, { text: panel.text(numbers) });
  }

  // NLL/N at θ is H(p̂) with KL on top.
  function drawStem(value, numbers, { top, height }) {
    const x = at(value) - 6;
    const pixels = (nats) => Math.min(nats / DEEPEST, 1) * height;
    const middle = pixels(numbers.entropy);
    const rest = Math.max(pixels(numbers.cross_entropy) - middle, 0);
    const floor = top + height;
    set(h, { x: x.toFixed(2), y: (floor - middle).toFixed(2), height: middle.toFixed(2) });
    for (const rect of [ground, kl]) {
      set(rect, { x: x.toFixed(2), y: (floor - middle - rest).toFixed(2), height: rest.toFixed(2),
        visibility: rest > 0.5 ? "visible" : "hidden" });
    }
    const side = value > 0.5 ? -1 : 1;
    [[parts[0], floor - middle / 2, middle], [parts[1], floor - middle - rest / 2, rest]]
      .forEach(([part, y, room], i) => set(part, {
        x: (x + 6 + side * 12).toFixed(2),
        y: (y + 5).toFixed(2),
        class: `halo ${i ? "role-kl" : "role-p"} ${side < 0 ? "end" : "start"}`,
        visibility: room > 18 ? "visible" : "hidden",
      }));
  }

  return {
    draw(state, numbers, top, bottom, width, narrow) {
      axis.left = narrow ? 58 : 232;
      axis.length = width - 14 - axis.left;
      const gap = narrow ? 30 : 26;
      const first = top + (narrow ? 44 : 24);
      // Before the figure has its height there is no room.
      const height = Math.max((bottom - 36 - first - 2 * gap) / 3, 1);
      const boxes = panels.map((_, i) => ({ top: first + i * (height + gap), height }));
      const right = axis.left + axis.length;

      drawCurves(state, boxes);
      panels.forEach((panel, i) => {
        const { top: y } = boxes[i];
        set(panel.title, { x: 0, y: narrow ? y - 9 : y + 5 });
        set(panel.heading, { text: `${panel.name} ${panel.symbol}${narrow ? " = " : ""}` });
        set(panel.value, { x: narrow ? null : 0, dy: narrow ? null : 20 });
        const high = narrow && i === 0;
        set(panel.ends[0], {
          x: high ? width : axis.left - 8, y: high ? y - 9 : narrow ? y + 9 : y + 5 });
        set(panel.ends[1], { x: axis.left - 8, y: y + height + (narrow ? 1 : 5) });
        drawPanel(panel, state, numbers, boxes[i]);
      });
      drawStem(state.theta, numbers, boxes[2]);

      const lines = (x, below = 0) => boxes.map((box, i) =>
        `M${x.toFixed(2)},${box.top.toFixed(2)} v${height + (i === 2 ? below : 0)}`).join(" ");
      const peak = at(numbers.p_hat);
      set(best, { d: lines(peak) });
      set(here, { d: lines(at(state.theta), 10) });
      const within = (x, half) => clamp(x, axis.left + half - 14, right - half + 14);
      set(bestName, {
        x: within(peak, 40).toFixed(2), y: top + 12, text: `p̂ = ${format(numbers.p_hat, 3)}` });

      // θ's value stands beside its handle, in the row of the ticks.
      const row = boxes[2].top + height + 18;
      const x = at(state.theta);
      const side = x > right - 80 ? -1 : 1;
      ticks.forEach((tick, i) => {
        const away = side * (at(i / 2) - x);
        set(tick, {
          x: at(i / 2), y: row + 5, visibility: away > -24 && away < 96 ? "hidden" : "visible" });
      });
      theta.draw(x, row, `θ = ${format(state.theta, 3)}`, [side * 48, 5]);
    },
  };
}

// ---- The product in three precisions, and the sum that carries on ----

function createProducts(root) {
  const row = (name, quantity, role = "ink") => {
    const nodes = {
      quantity,
      name: svg("text", { class: "label start", text: name }),
      value: svg("text", { class: `value start role-${role}` }),
    };
    root.append(nodes.name, nodes.value);
    return nodes;
  };
  const title = svg("text", { class: "tick start" });
  root.append(title);
  const rows = Object.keys(PRECISIONS).map((name) => row(name.slice("product_".length), name));
  const sum = row("sum of logs", "log_likelihood");
  return {
    height: 114,
    draw(numbers, left, top) {
      const logL = numbers.log_likelihood;
      set(title, { x: left, y: top + 18, text: "L(θ), multiplied factor by factor in" });
      [...rows, sum].forEach(({ name, value, quantity }, i) => {
        const y = top + 40 + 22 * i;
        set(name, { x: left, y });
        set(value, {
          x: left + 88,
          y,
          text: quantity === "log_likelihood"
            ? `log L = ${format(logL)} nats`
            : productText(numbers[quantity], logL),
        });
      });
    },
  };
}

function picture(frame) {
  const counts = createCounts(frame, frame.svg);
  const curves = createCurves(frame, frame.svg);
  const products = createProducts(frame.svg);
  return {
    draw(state, numbers, width, height) {
      const narrow = width < 520;
      counts.draw(state, 0, 0, narrow ? width : width / 2 + 20);
      const bottom = narrow ? height - products.height : height;
      curves.draw(state, numbers, counts.height + (narrow ? 0 : 12), bottom, width, narrow);
      if (narrow) products.draw(numbers, 0, bottom);
      else products.draw(numbers, width / 2 + 44, 0);
    },
  };
}

// ---- ----

// ---- What the picture shows, in words ----

function describe({ counts, theta, labels }, numbers) {
  const logL = numbers.log_likelihood;
  const at = format(theta, 3);
  const products = Object.keys(PRECISIONS).map((name) =>
    `${productText(numbers[name], logL)} in ${name.replace("product_", "")}`);
  return `${whole(counts[0])} ${labels[0]} and ${whole(counts[1])} ${labels[1]}; θ, the probability ` +
    `of ${labels[1]}, is ${at}. Three curves over θ: the likelihood and the log-likelihood have ` +
    `their maximum, and NLL/N its minimum, at the same θ, ${format(numbers.p_hat, 3)}. At θ = ${at} ` +
    `the log-likelihood is ${format(logL)} nats and NLL/N ${format(numbers.nll)} nats. The ` +
    `likelihood, multiplied out: ${products.join(", ")}.`;
}

export default defineExplorable({
  name: "LikelihoodExplorer",
  shape: ({ labels }) => labels.join("\n"),
  quantities,
  readouts: [
    { quantity: "nll", label: "NLL/<i>N</i>", role: "q" },
    { quantity: "log_likelihood", label: "log <i>L</i>" },
    { quantity: "entropy", label: "<i>H</i>(<i>p̂</i>)", role: "p" },
    { quantity: "kl_divergence", label: "KL(<i>p̂</i>‖<i>q<sub>θ</sub></i>)", role: "kl" },
  ],
  ledger,
  describe,
  picture,
});
