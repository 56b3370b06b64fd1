// What every explorable shares: the frame around its picture, the state that it keeps in step with
// Python (or with the page alone), one redraw a frame, presets, reset, and links that carry a state.

import { html, rich, set, svg } from "./dom.js";
import { format } from "./format.js";
import { createLabels, forgetSizes } from "./labels.js";
import { fromLink, parted, toLink } from "./link.js";
import { createRoving } from "./roving.js";
import { SCHEMAS, fault } from "./schema.js";

const LEAST_WIDTH = 340; // of a picture that has grown with the text
const NARROW = 560; // below it, panels stand one below the other

// spec, of which rules, later, shape, choices and actions may be left out:
//   name         the class's name, by which SCHEMAS has the schemas of the traits of its state
//   rules        { trait: (value) => what is wrong with a value from outside, or null }, where its
//                schema cannot say it
//   quantities   (state) => its numbers, at full precision
//   readouts     [{ quantity, label, role?, unit?, show? }]: the row of numbers under the picture.
//                `unit` is the state's unless it is given (false: it has none);
//                show(number, state) turns the number into text
//   ledger       (state, quantities) => [[label, expression, value]]: lines that stay equal
//   describe     (state, quantities) => what the picture shows, in words
//   later        (frame) => take it to a moment that a picture without scripts shows too
//   picture      (frame) => { draw(state, quantities, width, height) }: builds into frame.svg
//   shape        (state) => text: when it changes, the picture is built anew. It names what the
//                elements depend on, such as the number of classes and their labels
//   choices      [{ trait, label }]: traits chosen from a list
//   actions      [{ label, run(frame, button) }]: extra buttons
export function defineExplorable(spec) {
  const schema = SCHEMAS[spec.name];
  const faultOf = (state) => fault(schema, state) ?? ruledOut(spec.rules ?? {}, state);
  const whole = { ...spec, schema, faultOf };
  return {
    faultOf,
    render: ({ model, el }) => mount(whole, model, el),
    describe: (state) => spec.describe(state, spec.quantities(state)),
    later: spec.later && (({ model, el }) => mount(whole, model, el, spec.later)),
  };
}

const ruledOut = (rules, state) => Object.entries(rules)
  .reduce((wrong, [name, rule]) => wrong ?? rule(state[name]), null);

function mount(spec, model, el, later) {
  const figure = el.matches("figure.explorable") ? el : el.appendChild(newFigure(spec, model));
  const frame = new Frame(spec, model, figure);
  frame.start();
  if (later) {
    later(frame);
    frame.redraw();
  }
  return () => frame.stop();
}

function newFigure(spec, model) {
  const [wide, narrow] = model.get("heights").map((height) => height / 16);
  return html("figure", {
    class: "explorable",
    "data-explorable": spec.name,
    style: `--ce-height:${wide}rem;--ce-height-narrow:${narrow}rem`,
  });
}

class Frame {
  constructor(spec, model, figure) {
    this.spec = spec;
    this.schema = spec.schema;
    this.traits = Object.keys(spec.schema);
    this.model = model;
    this.figure = figure;
    this.opening = this.state;
    this.locked = new Set();
    this.stopping = new AbortController();
    this.signal = this.stopping.signal; // aborted when the figure goes
    this.svg = svg("svg", { role: "group", "aria-label": model.get("prompt") });
    this.labels = createLabels(this.svg);
    this.outputs = [];
    this.invalidate = this.invalidate.bind(this);
    this.build();
  }

  get state() {
    return Object.fromEntries(this.traits.map((name) => [name, this.model.get(name)]));
  }

  // Change some of the state. Python hears of it once a frame.
  set(changes) {
    for (const [name, value] of Object.entries(changes)) this.model.set(name, value);
    this.unsaved = true;
    this.invalidate();
  }

  // Change the state to one that came from outside; returns what is wrong with it, or null.
  adopt(changes) {
    if (changes === null || typeof changes !== "object") return `${changes} is no state`;
    const unknown = Object.keys(changes).find((name) => !this.traits.includes(name));
    const fault = unknown
      ? `${unknown} is not part of ${this.spec.name}`
      : this.spec.faultOf({ ...this.state, ...changes });
    if (!fault) this.set(changes);
    return fault;
  }

  // Go to the state in the end of an address, if it names this figure: `#bars=q:.25,.75,0`.
  follow(hash) {
    const link = parted(hash);
    if (!link || link.name !== this.figure.id) return false;
    let fault;
    try {
      fault = this.adopt({ ...this.opening, ...fromLink(this.schema, link.state) });
    } catch (error) {
      fault = error.message;
    }
    this.say(fault ? `The link's state is not valid: ${fault}` : "");
    return true;
  }

  invalidate() {
    this.pending ??= requestAnimationFrame(() => this.redraw());
  }

  redraw() {
    this.pending = null;
    if (!this.width) return; // not laid out; the observer calls again when it is
    if (this.unsaved) this.model.save_changes();
    this.unsaved = false;
    const state = this.state;
    // A state with another number of classes needs other elements.
    const shape = this.spec.shape?.(state) ?? "";
    if (shape !== this.shape) {
      this.shape = shape;
      this.locked.clear();
      this.svg.replaceChildren();
      this.picture = this.spec.picture(this);
    }
    const quantities = this.spec.quantities(state);
    this.picture.draw(state, quantities, this.width, this.height);
    this.labels.fit(this.width, this.height);
    this.roving.update();
    for (const { quantity, show, node } of this.outputs) {
      set(node, { text: show(quantities[quantity], state) });
    }
    for (const unit of this.units) set(unit, { text: state.unit ?? "nats" });
    this.drawLedger(this.spec.ledger(state, quantities));
    for (const { trait, select } of this.selects) select.value = state[trait];
  }

  start() {
    for (const name of this.traits) this.model.on(`change:${name}`, this.invalidate);
    this.observer = new ResizeObserver(() => {
      this.measure();
      this.invalidate();
    });
    this.observer.observe(this.stage);
    this.figure.explorable = this.handleForScripts();
    this.figure.dataset.live = "true"; // this fixes the height, so it comes before measuring
    this.measure();
    this.redraw();
    // Whenever a font arrives, what was measured before was another one.
    document.fonts.addEventListener("loadingdone", () => {
      forgetSizes();
      this.invalidate();
    }, { signal: this.signal });
  }

  // The size of the picture, in pixels that grow with the reader's text: so does all that is drawn.
  // Where it would be narrower than on any phone, it scrolls.
  measure() {
    const { stage } = this;
    this.zoom = parseFloat(getComputedStyle(stage).fontSize) / 16;
    const room = stage.getBoundingClientRect().width / this.zoom;
    this.width = room && Math.max(room, this.zoom > 1 ? LEAST_WIDTH : 0);
    const [wide, narrow] = this.model.get("stages");
    this.figure.classList.toggle("narrow", this.width < NARROW);
    stage.style.minHeight = `${(this.width < NARROW ? narrow : wide) / 16}em`;
    stage.classList.toggle("scrolls", this.width > room);
    this.height = stage.getBoundingClientRect().height / this.zoom;
    set(this.svg, { viewBox: `0 0 ${this.width} ${this.height}` });
    this.svg.style.width = `${this.width * this.zoom}px`;
    this.svg.style.height = `${this.height * this.zoom}px`;
  }

  // Where in the picture an event of a pointer is.
  placeOf(event) {
    const { left, top } = this.svg.getBoundingClientRect();
    return [(event.clientX - left) / this.zoom, (event.clientY - top) / this.zoom];
  }

  stop() {
    this.stopping.abort();
    for (const name of this.traits) this.model.off(`change:${name}`, this.invalidate);
    this.observer.disconnect();
    cancelAnimationFrame(this.pending);
  }

  // What a script, or a test, sees of the explorable.
  handleForScripts() {
    const frame = this;
    return {
      traits: frame.traits,
      get: (trait) => frame.model.get(trait),
      set: (trait, value) => frame.figure.explorable.adopt({ [trait]: value }),
      adopt: (state) => {
        const fault = frame.adopt(state);
        if (fault) throw new RangeError(fault);
      },
      follow: (hash) => frame.follow(hash),
      get quantities() {
        return frame.spec.quantities(frame.state);
      },
    };
  }

  build() {
    this.units = [];
    // A browser's translator may have the words; what changes with the state stays as it is written.
    this.stage = html("div", { class: "stage", translate: "no" }, this.svg);
    this.roving = createRoving(this.stage, this.svg);
    this.status = html("span", { class: "status", role: "status" });
    const caption = html("figcaption", { class: "prompt", text: this.model.get("prompt") });
    this.figure.replaceChildren(
      caption, this.stage, this.buildReadouts(), this.buildLedger(), this.buildToolbar());
  }

  buildReadouts() {
    const items = this.spec.readouts.map((readout) => {
      const { quantity, label, role = "ink", unit, show = (value) => format(value) } = readout;
      // Dragging changes every number many times a second; a screen reader hears the handle's
      // value instead.
      const node = html("output", { "data-quantity": quantity, "aria-live": "off" });
      this.outputs.push({ quantity, show, node });
      const item = rich("span", { class: `readout role-${role}` }, `<b>${label}</b> `);
      item.append(node, " ");
      if (unit !== false) {
        const text = html("span", { class: "unit", text: unit ?? "" });
        if (unit === undefined) this.units.push(text);
        item.append(text);
      }
      return item;
    });
    return html("div", { class: "readouts", translate: "no" }, ...items);
  }

  buildLedger() {
    this.ledger = html("tbody");
    this.ledgerCells = [];
    return html("table", { class: "ledger", translate: "no" },
      html("caption", { class: "visually-hidden", text: "The derivation, with current numbers" }),
      this.ledger);
  }

  drawLedger(lines) {
    while (this.ledgerCells.length < lines.length) {
      const row = { label: html("th", { scope: "row" }), expression: html("td"), value: html("td") };
      row.value.className = "value";
      this.ledgerCells.push(row);
      this.ledger.append(html("tr", {}, row.label, row.expression, row.value));
    }
    lines.forEach(([label, expression, value], i) => {
      const row = this.ledgerCells[i];
      if (row.written !== label) row.label.innerHTML = row.written = label;
      set(row.expression, { text: expression });
      set(row.value, { text: value });
    });
  }

  buildToolbar() {
    const toolbar = html("div", { class: "toolbar" });
    const presets = Object.entries(this.model.get("presets"));
    if (presets.length) {
      toolbar.append(select("Preset", ["choose…", ...presets.map(([name]) => name)], (name, node) => {
        const state = this.model.get("presets")[name];
        if (state) this.say(this.adopt(state) ?? "");
        node.selectedIndex = 0;
      }).label);
    }
    this.selects = (this.spec.choices ?? []).map(({ trait, label }) => {
      const control = select(label, this.schema[trait].among, (value) => this.set({ [trait]: value }));
      toolbar.append(control.label);
      return { trait, select: control.node };
    });
    for (const { label, run } of this.spec.actions ?? []) {
      toolbar.append(button(label, (node) => run(this, node)));
    }
    toolbar.append(button("Reset", () => this.reset()));
    // A link leads to the page; in a notebook there is none to lead to.
    const copies = [button("Copy Python", () => this.copyPython())];
    if (this.model.isStatic) copies.unshift(button("Copy link", () => this.copyLink()));
    for (const copy of copies) copy.dataset.copies = "";
    toolbar.append(...copies, this.status);
    return toolbar;
  }

  reset() {
    this.locked.clear();
    // What has changed since it was made, in another view or by Python, Python remembers.
    this.set({ ...this.opening, ...this.model.get("_made") });
    this.say("");
  }

  say(text) {
    set(this.status, { text });
  }

  copyLink() {
    const state = toLink(this.schema, this.state, this.opening);
    history.replaceState(null, "", `#${this.figure.id}=${state}`);
    this.copy(location.href, "Link copied", "The address bar holds the link");
  }

  copyPython() {
    const traits = Object.entries(this.state).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    const line = `${this.spec.name}(${traits.join(", ")})`;
    this.copy(line, "Python copied", line);
  }

  async copy(text, done, instead) {
    try {
      await navigator.clipboard.writeText(text);
      this.say(done);
    } catch {
      this.say(instead); // no clipboard here: show it
    }
  }
}

function button(label, run) {
  const node = html("button", { type: "button", text: label });
  node.addEventListener("click", () => run(node));
  return node;
}

function select(name, options, choose) {
  const node = html("select", {}, ...options.map((text) => html("option", { text })));
  node.addEventListener("change", () => choose(node.value, node));
  return { node, label: html("label", {}, html("span", { text: name }), node) };
}
