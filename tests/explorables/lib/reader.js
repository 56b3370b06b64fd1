// A reader where there is no browser: what document.js leaves out, because a picture does not need
// it. Events reach who listens; frames come, and the figure goes out of sight, when a test says so.

/** @this {any} */
function listen(type, listener, { capture = false, signal = null } = {}) {
  const entry = { type, listener, capture };
  this.heard = [...(this.heard ?? []), entry];
  signal?.addEventListener("abort", () => {
    this.heard = this.heard.filter((each) => each !== entry);
  });
}

/** @this {any} */
function tell(event) {
  const way = [];
  for (let node = this; node; node = node.parentNode) way.push(node);
  Object.assign(event, { target: this, stopped: false, prevented: false,
    preventDefault: () => (event.prevented = true), stopPropagation: () => (event.stopped = true) });
  for (const capture of [true, false]) {
    for (const node of capture ? way.toReversed() : way) {
      for (const each of event.stopped ? [] : node.heard ?? []) {
        if (each.type === event.type && each.capture === capture) each.listener(event);
      }
    }
  }
  return event;
}

Object.assign(Element.prototype, /** @type {any} */ ({
  addEventListener: listen,
  dispatchEvent: tell,
  contains(node) {
    return node === this || this.querySelectorAll("*").includes(node);
  },
  getScreenCTM() {
    const [e, f] = (this.getAttribute("transform") ?? "0,0").match(/-?[\d.]+/g).map(Number);
    return { a: reader.zoom, e, f };
  },
  setPointerCapture() {},
  focus() {
    this.dispatchEvent({ type: "focusin" });
  },
  click() {
    this.dispatchEvent({ type: "click" });
  },
}));

const reader = { zoom: 1, clipboard: null, watching: new Set() };

Object.assign(globalThis, {
  location: { href: "https://book.example/page.html", hash: "" },
  history: {
    replaceState(_state, _title, hash) {
      location.href = location.href.replace(/#.*|$/, hash);
      location.hash = hash;
    },
  },
  navigator: {
    clipboard: {
      async writeText(text) {
        reader.clipboard = text;
      },
    },
  },
  IntersectionObserver: class {
    constructor(report) {
      this.report = report;
    }
    observe() {
      reader.watching.add(this);
    }
    disconnect() {
      reader.watching.delete(this);
    }
  },
});
const scroll = (isIntersecting) =>
  reader.watching.forEach((each) => each.report([{ isIntersecting }]));

// A model that says what it was told, as Jupyter's does.
function modelFor(state) {
  const model = {
    ...modelOf(state),
    saved: [],
    listening: [],
    on: (event, listener) => model.listening.push([event, listener]),
    off(event, listener) {
      model.listening = model.listening.filter((each) => each.join() !== [event, listener].join());
    },
    save_changes: () => model.saved.push({ ...state }),
    set(name, value) {
      state[name] = value;
      for (const [event, listener] of model.listening) if (event === `change:${name}`) listener();
    },
  };
  return model;
}

// A frame as the parts of a picture see it: it keeps what they set.
function frameOf(state, more = {}) {
  const figure = document.createElement("figure");
  const button = document.createElement("button");
  figure.append(button);
  const frame = { model: modelFor(state), figure, button, signal: new AbortController().signal,
    locked: new Set(), changes: [], redraws: 0, ...more,
    invalidate() {
      frame.redraws += 1;
    },
    set(change) {
      frame.changes.push(change);
      for (const [name, value] of Object.entries(change)) frame.model.set(name, value);
    } };
  return frame;
}

// An explorable on a page of its own.
function open(explorable, state, width = 720) {
  page.width = width;
  page.frames.clear();
  page.timers.clear();
  const figure = document.createElement("figure");
  figure.className = "explorable";
  figure.id = "Tiny-1";
  const model = modelFor(state);
  const close = explorable.render({ model, el: figure });
  return { figure, model, close };
}

const key = (node, name, more = {}) => node.dispatchEvent({ type: "keydown", key: name, ...more });
const click = (node) => node.dispatchEvent({ type: "click" });
const point = (node, type, x, y, more = {}) => node.dispatchEvent(
  { type: `pointer${type}`, clientX: x, clientY: y, pointerId: 1, button: 0, ...more });
const called = (root, selector, text) =>
  root.querySelectorAll(selector).find((node) => node.textContent === text);

// A value as JSON can carry it.
function kept(value) {
  if (ArrayBuffer.isView(value)) return kept(Array.from(/** @type {any} */ (value)));
  if (Array.isArray(value)) return value.map(kept);
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { number: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (value === null || typeof value !== "object") return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, kept(each)]));
}
