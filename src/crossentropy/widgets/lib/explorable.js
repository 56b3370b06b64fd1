// What every explorable shares: the frame around its picture, the state that it keeps in step with
// Python (or with the page alone), one redraw a frame, presets, reset, and links that carry a state.
//
// From top to bottom: what to do, which view, and the button that does it; the picture; the presets,
// a number or two, and Reset; and a drawer with all numbers, the derivation, and what is there to copy.

import { equal, wayTo } from "./between.js";
import { clamp } from "./clamp.js";
import { html, rich, set, svg } from "./dom.js";
import { brief, format, written } from "./format.js";
import { formula, inText } from "./formula.js";
import { createLabels, forgetSizes } from "./labels.js";
import { fromLink, parted, toLink } from "./link.js";
import { createNudge } from "./nudge.js";
import { createRoving } from "./roving.js";
import { SCHEMAS, fault } from "./schema.js";

const LEAST_WIDTH = 340; // of a picture that has grown with the text
const MOVE = 320; // ms on the way to a preset
const PAUSE = 600; // ms after the last change until a screen reader hears what it did

// spec, of which rules, first, done, say, later, shape, views, choices and actions may be left out:
//   name         the class's name, by which SCHEMAS has the schemas of the traits of its state
//   rules        { trait: (value) => what is wrong with a value from outside, or null }, where its
//                schema cannot say it
//   quantities   (state) => its numbers, at full precision
//   readouts     [{ quantity, label, role?, unit?, show?, said?, stays? }]: the numbers in the drawer.
//                `unit` is the state's unless it is given (false: it has none);
//                show(number, state) turns the number into text; what is `said` is what a screen
//                reader hears it called after a change; what `stays` is below the picture too, for
//                a number that the picture is about and does not show; with a `view`, in that one
//   ledger       (state, quantities) => [[label, expression, value]]: lines that stay equal; a label
//                is a formula (formula.js), as that of a readout is, and a value a number or a text
//   first        (state) => the handle that the prompt asks for: the Tab key stops there first
//   done         (quantities) => what the prompt asks for is done: the trait `reply` stands in its place
//   say          (state, quantities) => what a change did, instead of what is `said` of readouts
//   describe     (state, quantities) => what the picture shows, in words
//   later        (frame) => take it to a moment that a picture without scripts shows too
//   picture      (frame) => { draw(state, quantities, width, height) }: builds into frame.svg; with
//                views one of them for each, { view: (frame) => ... }
//   shape        (state) => what the elements depend on: when it changes, the picture is built anew.
//                Its labels, if nothing is given
//   views        { view: name }: where there are several things to see, one at a time, what each is
//                called. The trait `view` says which one is shown: no other has handles. Python's
//                `prompts` has what to do in those that are not the first
//   choices      { trait: label }: traits chosen from a list, in the drawer
//   actions      [{ label, run(frame, button), primary?, view? }]: buttons. What the prompt asks for
//                is primary, and stands beside it; one with a `view` is there in that view alone
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
  const figure = el.matches("figure.explorable") ? el : el.appendChild(newFigure(spec));
  const frame = new Frame(spec, model, figure);
  frame.start();
  if (later) {
    later(frame);
    frame.redraw();
  }
  return () => frame.stop();
}

const newFigure = ({ name }) => html("figure", { class: "explorable", "data-explorable": name });

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
    this.svg = svg("svg", { role: "group", "aria-label": "Picture" });
    this.labels = createLabels(this.svg);
    this.outputs = [];
    this.units = [];
    this.inViews = []; // what is there in one view alone
    this.stopNudge = () => {};
    this.build();
  }

  get state() {
    return Object.fromEntries(this.traits.map((name) => [name, this.model.get(name)]));
  }

  // Change some of the state. Python hears of it once a frame.
  set(changes) {
    this.stopMoving();
    this.stopNudge();
    for (const [name, value] of Object.entries(changes)) this.model.set(name, value);
    this.unsaved = true;
    this.invalidate();
  }

  // Go to a state in small steps, of which Python hears the last. Whatever else changes the state, or
  // touches the figure, ends it on its way.
  moveTo(changes) {
    const wrong = this.wrongWith(changes);
    this.say(wrong ?? "");
    if (wrong) return;
    this.stopMoving();
    this.stopNudge();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.set(changes);
      return;
    }
    const way = wayTo(this.schema, this.state, changes);
    let [start, last] = [null, {}];
    const step = (now) => {
      start ??= now;
      const share = clamp((now - start) / MOVE, 0, 1);
      // Python may have gone elsewhere in the meantime.
      if (Object.keys(last).some((name) => this.model.get(name) !== last[name])) {
        return this.stopMoving();
      }
      if (share === 1) this.set(changes);
      else {
        last = way(share * share * (3 - 2 * share));
        for (const name in last) this.model.set(name, last[name]);
        this.moving = requestAnimationFrame(step);
      }
      // In this frame, not in the next: a handle of the state before would move what is gone.
      this.redraw();
    };
    this.figure.dataset.moving = "true";
    this.moving = requestAnimationFrame(step);
  }

  stopMoving() {
    cancelAnimationFrame(this.moving);
    this.moving = null;
    delete this.figure.dataset.moving;
  }

  // What is wrong with changes that come from outside, or null.
  wrongWith(changes) {
    if (changes === null || typeof changes !== "object") return `${changes} is no state`;
    const unknown = Object.keys(changes).find((name) => !this.traits.includes(name));
    return unknown
      ? `${unknown} is not part of ${this.spec.name}`
      : this.spec.faultOf({ ...this.state, ...changes });
  }

  // Change the state to one that came from outside; returns what is wrong with it, or null.
  adopt(changes) {
    const wrong = this.wrongWith(changes);
    if (!wrong) this.set(changes);
    return wrong;
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

  changed = () => {
    this.stopNudge();
    this.unheard = true;
    this.invalidate();
  };

  invalidate = () => {
    this.pending ??= requestAnimationFrame(() => this.redraw());
  };

  redraw() {
    cancelAnimationFrame(this.pending);
    this.pending = null;
    if (!this.width) return; // not laid out; the observer calls again when it is
    if (this.unsaved) this.model.save_changes();
    this.unsaved = false;
    const state = this.state;
    // A state with another number of classes, or another view, needs other elements.
    const shape = JSON.stringify([(this.spec.shape ?? labelsOf)(state)]);
    const isNew = shape !== this.shape || state.view !== this.view;
    this.labels.noteFont();
    if (shape !== this.shape) this.locked.clear();
    if (isNew) this.rebuild(shape, state.view);
    const quantities = this.spec.quantities(state);
    this.picture.draw(state, quantities, this.width, this.height);
    if (isNew) this.hideLabels(); // it is drawn now, and keeps its labels
    this.labels.fit(this.width, this.height);
    this.roving.update();
    for (const { quantity, show, node } of this.outputs) {
      set(node, { text: show(quantities[quantity], state) });
    }
    for (const unit of this.units) set(unit, { text: state.unit ?? "nats" });
    this.drawLedger(this.spec.ledger(state, quantities));
    this.drawPrompt(quantities);
    for (const { trait, node } of this.selects) node.value = state[trait];
    for (const { preset, node } of this.chips) {
      const holds = Object.keys(preset).every((name) => equal(preset[name], state[name]));
      set(node, { "aria-pressed": String(holds) });
    }
    if (this.unheard) this.tellLater();
    this.unheard = false;
  }

  rebuild(shape, view) {
    this.shape = shape;
    this.view = view;
    this.svg.replaceChildren();
    const { picture, views } = this.spec;
    this.picture = (views ? picture[view] : picture)(this);
    const prompt = (views && this.model.get("prompts")[view]) ?? this.model.get("prompt");
    this.asked = prompt;
    set(this.figure, { "aria-label": prompt });
    this.segments?.show(view);
    for (const { node, only } of this.inViews) node.classList.toggle("elsewhere", only !== view);
  }

  // Draw the picture as if a part of the state were another.
  drawAs(part) {
    const state = { ...this.state, ...part };
    this.labels.noteFont();
    this.picture.draw(state, this.spec.quantities(state), this.width, this.height);
    this.labels.fit(this.width, this.height);
  }

  // What stands in the place of the prompt when what it asks for is done.
  reply(quantities) {
    return this.spec.done?.(quantities) ? this.model.get("reply") : "";
  }

  drawPrompt(quantities) {
    const reply = this.reply(quantities);
    for (const [text, node] of this.prompts) {
      const shown = reply ? "prompt done" : "prompt";
      set(node, { class: text === (reply || this.asked) ? shown : "unasked" });
    }
  }

  // What a screen reader hears of the picture is its description; its handles say what they are.
  hideLabels() {
    for (const node of this.svg.querySelectorAll("text")) {
      if (node.closest("[role]") === this.svg) set(node, { "aria-hidden": "true" });
    }
  }

  // Handles say their value at once. What that did to the numbers is said when they stand still.
  tellLater() {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      const { state } = this;
      const quantities = this.spec.quantities(state);
      const said = this.spec.say?.(state, quantities) ?? this.said(state, quantities);
      const reply = this.reply(quantities);
      set(this.spoken, { text: reply ? `${said}. ${reply}` : said });
      this.describe(state, quantities);
    }, PAUSE);
  }

  said(state, quantities) {
    let last = null; // a unit is said once
    const parts = this.spec.readouts.filter(({ said }) => said).map((readout) => {
      const { said, quantity, unit = state.unit ?? "nats" } = readout;
      const again = unit === false || unit === last ? "" : ` ${unit}`;
      last = unit;
      return `${said} ${inBrief(readout)(quantities[quantity], state)}${again}`;
    });
    return parts.join(", ");
  }

  describe(state, quantities) {
    set(this.description, { text: this.spec.describe?.(state, quantities) ?? "" });
  }

  start() {
    for (const name of this.traits) this.model.on(`change:${name}`, this.changed);
    const interrupt = ({ key }) => {
      if (this.moving && key !== "Tab") this.set({}); // Python hears where it stopped
    };
    for (const type of ["pointerdown", "keydown"]) {
      this.figure.addEventListener(type, interrupt, { capture: true, signal: this.signal });
    }
    const size = () => [this.width, this.height, this.zoom].join();
    this.observer = new ResizeObserver(() => {
      const before = size();
      this.measure();
      // In this frame, not in the next: what is pressed is where it is seen.
      if (size() !== before) this.redraw();
    });
    this.observer.observe(this.stage);
    this.figure.explorable = this.handleForScripts();
    this.figure.dataset.live = "true";
    this.measure();
    this.redraw();
    this.describe(this.state, this.spec.quantities(this.state));
    this.stopNudge = createNudge(this, this.model.get("nudge") ?? {});
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
    stage.classList.toggle("scrolls", this.width > room);
    this.height = stage.getBoundingClientRect().height / this.zoom;
    this.countPresets();
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
    for (const name of this.traits) this.model.off(`change:${name}`, this.changed);
    this.observer.disconnect();
    this.stopMoving();
    this.stopNudge();
    clearTimeout(this.telling);
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
    // A browser's translator may have the words; what changes with the state stays as it is written.
    this.stage = html("div", { class: "stage", translate: "no" }, this.svg);
    const [wide, narrow] = this.model.get("stages");
    this.stage.style.setProperty("--wide", `${wide / 16}em`);
    this.stage.style.setProperty("--narrow", `${narrow / 16}em`);
    this.roving = createRoving(this.stage, this.svg, () => this.spec.first?.(this.state));
    this.status = html("span", { class: "status", role: "status" });
    this.spoken = html("span", { class: "visually-hidden", "aria-live": "polite" });
    this.description = html("p", { class: "visually-hidden" });
    this.drawer = html("div", { class: "drawer", hidden: true });
    const head = html("div", { class: "task" },
      this.buildPrompts(), ...this.buildViews(), this.buildPrimary());
    this.figure.replaceChildren(
      head, this.description, this.stage, this.buildBelow(), this.drawer, this.spoken);
  }

  // All that may be asked, and the reply, lie on one another: whichever is shown, and however long
  // they are in a reader's font, there is room, and the picture does not move.
  buildPrompts() {
    const { model } = this;
    const { prompt, prompts, reply } =
      Object.fromEntries(["prompt", "prompts", "reply"].map((name) => [name, model.get(name)]));
    const texts = [prompt, ...(this.spec.views ? Object.values(prompts) : []), reply].filter(Boolean);
    this.prompts = new Map(texts.map((text) => [text, html("span", { class: "unasked", text })]));
    return html("figcaption", { class: "asks" }, ...this.prompts.values());
  }

  // So do the buttons of several views.
  buildPrimary() {
    const primary = (this.spec.actions ?? []).filter((action) => action.primary);
    const nodes = this.buttons((action) => action.primary);
    nodes.forEach((node, i) => {
      const before = primary.slice(0, i).filter(({ view }) => view === primary[i].view);
      node.style.gridColumn = before.length + 1;
    });
    return html("div", { class: "actions" }, ...nodes);
  }

  buttons(isWanted) {
    return (this.spec.actions ?? []).filter(isWanted).map(({ label, primary, run, view }) =>
      this.inView(view, button(label, primary ? "primary" : "action", (node) => run(this, node))));
  }

  inView(only, node) {
    if (only) this.inViews.push({ node, only });
    return node;
  }

  buildViews() {
    const { views } = this.spec;
    if (!views) return [];
    this.segments = segmented("View", views, (view) => this.set({ view }));
    return [this.segments.node];
  }

  buildReset() {
    const node = button("", "reset", () => this.reset());
    set(node, { title: "Reset" });
    node.append(html("span", { class: "visually-hidden", text: "Reset" }));
    return node;
  }

  buildPresets() {
    this.chips = Object.entries(this.model.get("presets")).map(([name, preset]) =>
      ({ preset, node: button(name, "chip", () => this.moveTo(preset)) }));
    return [...this.chips.map(({ node }) => node), ...this.buttons(({ primary }) => !primary)];
  }

  buildBelow() {
    this.presets = html("div", { class: "presets", role: "toolbar", "aria-label": "Presets" },
      ...this.buildPresets());
    const inSight = () => [...this.presets.children].filter((each) => !each.hasAttribute("inert"));
    goAlong(this.presets, inSight, (node) => node.focus());
    this.presets.addEventListener("focusin", ({ target }) => this.stopAtPreset(target));
    this.stopAtPreset(this.presets.firstChild);
    this.more = button("", "more", () => {
      this.presets.classList.toggle("all");
      this.countPresets();
    });
    const stay = this.spec.readouts.filter(({ stays }) => stays).map((readout) => this.inView(
      readout.view, this.buildReadout({ ...readout, show: inBrief(readout) }, html("span"))));
    const foot = html("div", { class: stay.length ? "foot" : "foot brief", translate: "no" },
      ...stay, this.status);
    this.drawer.append(this.buildReadouts(), this.buildLedger(), this.buildShare());
    return html("div", { class: "below" },
      this.presets, this.more, foot, this.buildReset(), this.buildToggle());
  }

  // All presets are one stop of the Tab key: the one that was used last.
  stopAtPreset(preset) {
    this.preset = preset;
    for (const each of this.presets.children) set(each, { tabindex: each === preset ? "0" : "-1" });
  }

  // On a wide page one row of presets is there at first, and a button with how many more there are.
  countPresets() {
    const all = [...this.presets.children];
    const below = all.filter((each) => each.offsetTop > all[0].offsetTop);
    const count = below.length;
    const isOpen = this.presets.classList.contains("all");
    // Nobody comes to what is out of sight.
    for (const each of all) set(each, { inert: !isOpen && below.includes(each) });
    if (below.includes(this.preset) && !isOpen) this.stopAtPreset(all[0]);
    set(this.more, { text: isOpen ? "fewer" : `${count} more`, "aria-expanded": String(isOpen),
      "aria-label": isOpen ? "Show fewer" : `Show ${count} more` });
    this.more.classList.toggle("needless", count === 0);
  }

  // What opens and closes the drawer.
  buildToggle() {
    const toggle = button("Numbers", "fold", () => {
      const isOpen = toggle.getAttribute("aria-expanded") === "true";
      set(toggle, { "aria-expanded": String(!isOpen) });
      set(this.drawer, { hidden: isOpen });
    });
    toggle.append(html("span", { text: " · Derivation · Share" })); // where there is room
    return set(toggle, { "aria-expanded": "false" });
  }

  buildReadouts() {
    // A screen reader hears what a change did when it is over.
    const items = this.spec.readouts.map((readout) => this.buildReadout(readout,
      html("output", { "data-quantity": readout.quantity, "aria-live": "off" })));
    return html("div", { class: "readouts", translate: "no" }, ...items);
  }

  // A number with its name and unit; `node` holds it.
  buildReadout({ quantity, label, role = "ink", unit, show = (value) => format(value) }, node) {
    this.outputs.push({ quantity, show, node });
    const item = rich("span", { class: `readout role-${role}` }, `<b>${inText(label)}</b> `);
    item.append(node, " ");
    if (unit === false) return item;
    const text = html("span", { class: "unit", text: unit ?? "" });
    if (unit === undefined) this.units.push(text);
    item.append(text);
    return item;
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
      if (row.written !== label) row.label.innerHTML = formula(label);
      row.written = label;
      set(row.expression, { text: expression });
      set(row.value, { text: written`${value}` });
    });
  }

  buildShare() {
    this.selects = Object.entries(this.spec.choices ?? {}).map(([trait, label]) => ({ trait,
      ...select(label, this.schema[trait].among, (value) => this.set({ [trait]: value })) }));
    // A link leads to the page; in a notebook there is none to lead to.
    const copies = [button("Copy Python", "copy", () => this.copyPython())];
    if (this.model.isStatic) copies.unshift(button("Copy link", "copy", () => this.copyLink()));
    return html("div", { class: "share" }, ...this.selects.map(({ label }) => label), ...copies);
  }

  reset() {
    this.locked.clear();
    // The address says so no more: the same link leads there once again.
    if (this.model.isStatic && parted(location.hash)?.name === this.figure.id) {
      history.replaceState(null, "", location.pathname + location.search);
    }
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

const labelsOf = ({ labels }) => labels;
const inBrief = ({ show }) => show ?? brief;

function button(label, kind, run) {
  const node = html("button", { type: "button", class: kind, text: label });
  node.addEventListener("click", () => run(node));
  return node;
}

// Let the arrow keys go from one member of a group to the next.
function goAlong(group, members, goTo) {
  group.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab listens to the arrows too
    const all = members();
    goTo(all.at((all.indexOf(event.target) + by) % all.length));
  });
}

// One of a few, all of them in sight: radio buttons, which the arrow keys go through.
function segmented(label, names, choose) {
  const nodes = Object.entries(names).map(([value, name]) =>
    set(button(name, "view", () => choose(value)), { role: "radio", "data-view": value }));
  const group = html("div", { class: "views", role: "radiogroup", "aria-label": label }, ...nodes);
  goAlong(group, () => nodes, (node) => {
    node.focus();
    node.click();
  });
  const show = (value) => nodes.forEach((node) => {
    const isShown = node.dataset.view === value;
    set(node, { "aria-checked": String(isShown), tabindex: isShown ? "0" : "-1" });
  });
  return { node: group, show };
}

function select(name, options, choose) {
  const node = html("select", {}, ...options.map((text) => html("option", { text })));
  node.addEventListener("change", () => choose(node.value));
  return { node, label: html("label", {}, html("span", { text: name }), node) };
}
