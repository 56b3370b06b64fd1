// As much of a document as a picture needs to draw itself where there is no browser: elements with
// attributes and children, a parser for innerHTML, and the measures of a label. Nothing is laid out:
// a stage is as wide as `page.width` says, and as high as its style. Whoever reads this defines
// `advance(text, face)`, the width of a text in ems, and `LOOKS`, what the style sheet says of labels.

const NARROW = 560; // pixels; the style sheet says 35em
const page = { width: 0, still: true, asked: 0, frames: new Map(), timers: new Map() };

class Text {
  constructor(text) {
    this.data = String(text);
    this.parentNode = null;
  }
  get textContent() {
    return this.data;
  }
}

class Element {
  constructor(tag) {
    this.localName = tag;
    this.attributes = new Map();
    this.childNodes = [];
    this.parentNode = null;
    /** @type {any} */
    this.style = Object.defineProperty({}, "setProperty", {
      value(name, value) {
        this[name] = value;
      },
    });
    this.dataset = new Proxy(this.attributes, DATASET);
    this.classList = new ClassList(this);
  }

  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }
  setAttribute(name, value) {
    this.attributes.set(name, String(value));
  }
  removeAttribute(name) {
    this.attributes.delete(name);
  }
  hasAttribute(name) {
    return this.attributes.has(name);
  }

  get children() {
    return this.childNodes.filter((node) => node instanceof Element);
  }
  get childElementCount() {
    return this.children.length;
  }
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
  get lastChild() {
    return this.childNodes.at(-1) ?? null;
  }
  get nextElementSibling() {
    const all = this.parentNode.children;
    return all[all.indexOf(this) + 1] ?? null;
  }
  append(...nodes) {
    for (const each of nodes) {
      const node = each instanceof Element || each instanceof Text ? each : new Text(each);
      node.parentNode?.removeChild(node);
      node.parentNode = this;
      this.childNodes.push(node);
    }
  }
  appendChild(node) {
    this.append(node);
    return node;
  }
  removeChild(node) {
    this.childNodes = this.childNodes.filter((each) => each !== node);
    node.parentNode = null;
  }
  remove() {
    this.parentNode?.removeChild(this);
  }
  replaceChildren(...nodes) {
    for (const node of this.childNodes) this.removeChild(node);
    this.append(...nodes);
  }
  get textContent() {
    return this.childNodes.map((node) => node.textContent).join("");
  }
  set textContent(text) {
    this.replaceChildren(...(text === "" ? [] : [new Text(text)]));
  }
  get innerHTML() {
    return this.childNodes.map(written).join("");
  }
  set innerHTML(markup) {
    this.replaceChildren();
    parse(markup, this);
  }

  *descendants() {
    for (const child of this.children) {
      yield child;
      yield* child.descendants();
    }
  }
  matches(selectors) {
    return selectors.split(",").some((selector) => matches(this, selector.trim().split(/\s+/)));
  }
  closest(selectors) {
    return this.matches(selectors) ? this : this.parentNode?.closest(selectors) ?? null;
  }
  querySelectorAll(selectors) {
    return [...this.descendants()].filter((node) => node.matches(selectors));
  }
  querySelector(selectors) {
    return this.querySelectorAll(selectors)[0] ?? null;
  }

  getBoundingClientRect() {
    const height = 16 * parseFloat(this.style[page.width < NARROW ? "--narrow" : "--wide"] ?? 0);
    return { left: 0, top: 0, x: 0, y: 0, width: page.width, height };
  }
  getComputedTextLength() {
    const { fontSize, face } = getComputedStyle(this);
    return parseFloat(fontSize) * advance(this.textContent, face);
  }

  addEventListener() {}
  removeEventListener() {}
  dispatchEvent(_event) {}
  focus() {}
}

// Properties that are attributes.
for (const [property, attribute] of [["className", "class"], ["id", "id"]]) {
  Object.defineProperty(Element.prototype, property, {
    get() {
      return this.getAttribute(attribute) ?? "";
    },
    set(value) {
      this.setAttribute(attribute, value);
    },
  });
}

class ClassList {
  constructor(node) {
    this.node = node;
  }
  get names() {
    return this.node.className.split(/\s+/).filter(Boolean);
  }
  contains(name) {
    return this.names.includes(name);
  }
  toggle(name, wanted = !this.contains(name)) {
    const others = this.names.filter((each) => each !== name);
    const names = wanted ? [...others, name] : others;
    if (wanted !== this.contains(name)) this.node.className = names.join(" ");
    return wanted;
  }
  add(...names) {
    for (const name of names) this.toggle(name, true);
  }
  remove(...names) {
    for (const name of names) this.toggle(name, false);
  }
}

const dashed = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const DATASET = {
  get: (attributes, name) => attributes.get(`data-${dashed(name)}`),
  has: (attributes, name) => attributes.has(`data-${dashed(name)}`),
  set: (attributes, name, value) => attributes.set(`data-${dashed(name)}`, String(value)),
  deleteProperty: (attributes, name) => attributes.delete(`data-${dashed(name)}`) || true,
};

// Of selectors: tags, classes, ids and attributes, and what is anywhere inside of what.
function matches(node, parts) {
  const [last, ...outer] = parts.toReversed();
  if (!isOne(node, last)) return false;
  if (!outer.length) return true;
  let around = node.parentNode;
  while (around && !matches(around, outer.toReversed())) around = around.parentNode;
  return Boolean(around);
}

function isOne(node, compound) {
  for (const [, sign, name, , value] of
    compound.matchAll(/([.#[]?)([\w*-]+)(="?([^"\]]*)"?)?\]?/g)) {
    const found = {
      "": () => name === "*" || node.localName === name,
      ".": () => node.classList.contains(name),
      "#": () => node.id === name,
      "[": () => node.hasAttribute(name) && (value === undefined || node.getAttribute(name) === value),
    }[sign]();
    if (!found) return false;
  }
  return true;
}

const VOID = /^(br|hr|img|input|link|meta|source|wbr)$/;
const TOKEN = /<!--[^]*?-->|<(\/?)([\w:-]+)([^>]*?)(\/?)>|[^<]+/g;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0" };
const plain = (text) => text
  .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(code))
  .replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole);

function parse(markup, parent) {
  let inside = parent;
  for (const [token, end, tag, attributes, closed] of markup.matchAll(TOKEN)) {
    if (token.startsWith("<!--")) continue;
    if (!tag) inside.append(new Text(plain(token)));
    else if (end) inside = inside === parent ? parent : inside.parentNode;
    else {
      const node = new Element(tag);
      for (const [, name, , one, other] of
        attributes.matchAll(/([^\s=]+)(=(?:"([^"]*)"|'?([^\s']*)'?))?/g)) {
        node.setAttribute(name, plain(one ?? other ?? ""));
      }
      inside.append(node);
      if (!closed && !VOID.test(tag)) inside = node;
    }
  }
}

const escaped = (text) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

function written(node) {
  if (node instanceof Text) return escaped(node.data);
  const style = Object.entries(node.style)
    .filter(([, value]) => value)
    .map(([name, value]) => `${dashed(name)}:${value}`);
  /** @type {[string, string][]} */
  const attributes = [...node.attributes];
  if (style.length) {
    const own = node.getAttribute("style");
    attributes.push(["style", own ? `${own};${style.join(";")}` : style.join(";")]);
  }
  const unique = new Map(attributes);
  const start = [...unique].map(([name, value]) => ` ${name}="${escaped(value)}"`).join("");
  return `<${node.localName}${start}>${node.innerHTML}</${node.localName}>`;
}

function getComputedStyle(node) {
  const look = { fontSize: "16px", textAnchor: "start", fontFamily: "", face: "Regular" };
  if (node.localName === "text") {
    for (const [name, rules] of LOOKS) {
      if (!name || node.classList.contains(name)) Object.assign(look, rules);
    }
  }
  if (node.style.fontSize) look.fontSize = node.style.fontSize;
  return look;
}

const document = Object.assign(new Element("document"), {
  fonts: { addEventListener() {}, ready: new Promise(() => {}) },
  createElement: (tag) => new Element(tag),
  createElementNS: (_, tag) => new Element(tag),
  createTextNode: (text) => new Text(text),
});
const performance = { now: () => 0 };
const matchMedia = () => ({ matches: page.still, addEventListener() {} });
const requestAnimationFrame = (callback) => {
  page.asked += 1;
  page.frames.set(page.asked, callback);
  return page.asked;
};
const cancelAnimationFrame = (id) => page.frames.delete(id);
function runFrames(now) {
  const due = [...page.frames.values()];
  page.frames.clear();
  for (const callback of due) callback(now);
}
const setTimeout = (callback, wait) => {
  page.asked += 1;
  page.timers.set(page.asked, { callback, wait });
  return page.asked;
};
const setInterval = () => 0;
const clearInterval = () => {};
const clearTimeout = (id) => page.timers.delete(id);
class ResizeObserver {
  observe() {}
  disconnect() {}
}
class AbortController {
  signal = new Element("signal");
  abort() {
    this.signal.dispatchEvent({ type: "abort" });
  }
}

// A model of a state, as anywidget's: the traits that a picture reads.
const modelOf = (state) => ({
  isStatic: true,
  isStill: true,
  get: (name) => state[name],
  set: (name, value) => {
    state[name] = value;
  },
  on() {},
  off() {},
  save_changes() {},
});

// The figure that `render` makes of a state on a page of some width.
function drawn(render, state, width) {
  page.width = width;
  page.frames.clear();
  page.timers.clear();
  const figure = new Element("figure");
  figure.setAttribute("class", "explorable");
  render({ model: modelOf({ ...state }), el: figure });
  runFrames(0); // what was put off to the next frame
  return figure;
}

// ---- The pictures alone, for whoever cannot touch them ----

const FOR_HANDS = "[role=button], .target, .reach, .no-room, [visibility=hidden]";
const FOR_SCRIPTS = /^(role|tabindex|data-(?!handle).*|aria-.*)$/;

// A tenth of a pixel is as much as anyone sees.
const tenths = (value) =>
  value.replace(/-?\d+\.\d\d+/g, (text) => Number(text).toFixed(1).replace(".0", ""));

// A path without the points that lie on the line between their neighbours.
const straightened = (d) => d.replace(/M-?[\d.]+,-?[\d.]+( L-?[\d.]+,-?[\d.]+){2,}/g, (run) => {
  const points = run.slice(1).split(" L").map((point) => point.split(",").map(Number));
  const isStraight = (from, to) => {
    const [[x, y], [right, down]] = [points[from], points[to]];
    const length = Math.hypot(right - x, down - y) || 1;
    return points.slice(from + 1, to).every(([a, b]) =>
      Math.abs((right - x) * (b - y) - (down - y) * (a - x)) < 0.06 * length);
  };
  const kept = [0];
  for (let i = 2; i < points.length; i += 1) if (!isStraight(kept.at(-1), i)) kept.push(i - 1);
  return `M${[...kept, points.length - 1].map((i) => points[i].join()).join(" L")}`;
});

function pruned(svg) {
  for (const node of Array.from(svg.descendants())) {
    const says = node.localName === "text" ? node.textContent : node.getAttribute("d");
    if (says === "" || node.matches(FOR_HANDS)) node.remove();
    else if (node.matches(".handle-x .grip-value")) {
      const handle = node.parentNode;
      handle.append(groundOf(node), node); // appended last, it is drawn above its ground
    }
  }
  for (const node of [svg, ...svg.descendants()]) {
    for (const [name, value] of node.attributes) {
      if (FOR_SCRIPTS.test(name)) node.removeAttribute(name);
      else if (name === "d") node.setAttribute(name, tenths(straightened(value)));
      else if (name !== "id" && name !== "class") node.setAttribute(name, tenths(value));
    }
  }
}

// What covers the line behind a number. A halo does too, but on paper it writes the number twice.
function groundOf(text) {
  const { fontSize, textAnchor } = getComputedStyle(text);
  const size = parseFloat(fontSize);
  const width = text.getComputedTextLength();
  const x = Number(text.getAttribute("x")) - { start: 0, middle: 0.5, end: 1 }[textAnchor] * width;
  const rect = new Element("rect");
  rect.setAttribute("class", "ground");
  const y = Number(text.getAttribute("y")) - 0.75 * size;
  const box = { x: x - 3, y, width: width + 6, height: size };
  for (const [name, value] of Object.entries(box)) rect.setAttribute(name, value);
  rect.style.translate = text.style.translate;
  return rect;
}

const outermost = (figure) =>
  figure.querySelectorAll("svg").filter((svg) => !svg.parentNode.closest("svg"));

// The pictures that a module makes of a state: now, and later if it says how. `layout` is their
// class, and the ids in them begin with `name`.
function stills({ render, later }, state, width, layout, name) {
  const now = outermost(drawn(render, state, width));
  const then = later ? outermost(drawn(later, state, width)) : [];
  let ids = 0;
  return [...now, ...then].map((svg) => {
    pruned(svg);
    const look = then.includes(svg) ? `${layout} later` : layout;
    const size = (svg.getAttribute("viewBox") ?? "").split(/[ ,]+/).slice(2);
    ["width", "height"].forEach((side, i) => {
      delete svg.style[side];
      svg.setAttribute(side, size[i] ?? width);
    });
    svg.setAttribute("class", look);
    let markup = written(svg);
    for (const [, id] of markup.matchAll(/ id="([^"]+)"/g)) {
      ids += 1;
      const own = `${name}-${ids}`;
      markup = markup.replaceAll(`"${id}"`, `"${own}"`).replaceAll(`#${id})`, `#${own})`);
    }
    return { look, size: ["width", "height"].map((side) => svg.getAttribute(side)), markup };
  });
}

// ---- What stands in a figure until its module has arrived ----

// The words that a browser lays out around a picture, as the module writes them, without what no
// other thing's place depends on: the picture, and presets, whose row has a fixed height. Where no
// number is beside them that row is all there is below the picture.
const PLACELESS = ".stage *, .presets *, .drawer, .visually-hidden";

function room(render, state) {
  const figure = drawn(render, state, NARROW);
  if (figure.querySelector(".brief")) {
    figure.querySelector(".below").replaceChildren(figure.querySelector(".presets"));
  }
  for (const node of figure.querySelectorAll(PLACELESS)) node.remove();
  for (const node of figure.descendants()) {
    for (const [name] of node.attributes) {
      if (!/^(class|style)$/.test(name)) node.removeAttribute(name);
    }
  }
  return figure.innerHTML;
}
