// Brings the widgets of a built page to life, with no kernel. The build writes the source of each
// front end into a file, a list of parts in `anywidgets.modules`, and the state of each widget into
// the page. A front end becomes a blob URL rather than a file, because a page opened from a disk may
// not import a file beside it.
//
// A widget gets what anywidget gives it (https://anywidget.dev/en/afm/), except for Python: nobody
// hears `save_changes` and `send`. What stood in its place stays there until it is alive, and for
// good where its front end does not arrive, is refused by the page's policy, or throws.

(() => {
  /** @type {any} */
  const page = globalThis;
  const anywidgets = (page.anywidgets ??= { modules: {}, styles: {} });
  const urls = {};

  const blobUrl = (source) =>
    URL.createObjectURL(new Blob([source], { type: "text/javascript" }));

  // Even parts of a module are source, odd parts the names of the modules that it imports.
  const urlOf = (name) =>
    (urls[name] ??= blobUrl(
      anywidgets.modules[name].map((part, i) => (i % 2 ? urlOf(part) : part)).join("")));

  // Whether two values of a trait are equal; a front end that sets what is there changes nothing.
  function same(a, b) {
    if (Object.is(a, b)) return true;
    const plain = [Array.prototype, Object.prototype];
    if (!a || !b || !plain.includes(Object.getPrototypeOf(a))) return false;
    const names = Object.keys(a);
    return Array.isArray(a) === Array.isArray(b) && names.length === Object.keys(b).length
      && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]));
  }

  // Returns a function that makes views of one state. A view is anywidget's model; its `off` takes
  // away the listeners of this view alone.
  function createModel(state) {
    let listeners = [];
    const tell = (event, ...news) => {
      for (const one of listeners) if (one.event === event) one.callback(...news);
    };
    return () => {
      const view = {
        isStatic: true,
        get: (name) => state[name],
        set(name, value) {
          const changes = typeof name === "object" ? name : { [name]: value };
          const changed = Object.keys(changes).filter((key) => !same(state[key], changes[key]));
          Object.assign(state, changes);
          for (const key of changed) tell(`change:${key}`, view, state[key]);
          if (changed.length) tell("change", view);
        },
        on(events, callback) {
          // A new list: whoever comes while the others are told is not told.
          listeners = [...listeners, ...events.split(/\s+/).map((event) => ({ view, event, callback }))];
        },
        off(events, callback) {
          const named = events?.split(/\s+/);
          const goes = (one) => one.view === view && (!named || named.includes(one.event))
            && (!callback || callback === one.callback);
          listeners = listeners.filter((one) => !goes(one));
        },
        save_changes() {},
        send() {},
        widget_manager: { get_model: async (id) => (await bound(id)).view() },
      };
      return view;
    };
  }

  // A module's widget: an object with `initialize` and `render`, or a function that returns one.
  async function load(url) {
    const module = await import(url);
    if (module.render) return module; // as it was written before anywidget 0.9
    return typeof module.default === "function" ? module.default() : module.default;
  }

  const invoke = () => Promise.reject(new Error("there is no kernel to answer"));

  // Let what is in a figure make room for its widget, which `render` draws; or leave it there.
  anywidgets.mount = async (figure, render) => {
    const atRest = [...figure.childNodes];
    try {
      await render();
      figure.dataset.live = "true";
      return true;
    } catch (error) {
      console.error(error);
      figure.replaceChildren(...atRest);
      delete figure.dataset.live;
      figure.dataset.atRest = "true";
      figure.dispatchEvent(new CustomEvent("failed", { detail: error }));
      return false;
    }
  };

  // A widget whose place is the figure itself: `given` brings its state, and its module by name or as
  // text.
  anywidgets.mountIn = (figure, given) =>
    anywidgets.mount(figure, async () => {
      const { module, source, state } = await given();
      const widget = await load(source ? blobUrl(source) : urlOf(module));
      figure.source = source; // for scripts of the page, too
      if (source) figure.replaceChildren(); // it expects an empty place, as Jupyter gives it
      // For scripts of the page: the model of this widget, as its front end has it.
      figure.model = createModel(state)();
      await widget.render({ model: figure.model, el: figure });
      figure.dispatchEvent(new Event("live"));
    });

  // The widgets of a notebook. One that has several views is one model, and is initialized once.
  const models = JSON.parse(document.getElementById("anywidget-models")?.textContent ?? "{}");
  const bindings = {};
  const bound = (id) => (bindings[id] ??= bind(id));

  async function bind(id) {
    const { module, state, buffers } = models[id];
    for (const { path, data } of buffers) {
      const holder = path.slice(0, -1).reduce((value, name) => value[name], state);
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      holder[path.at(-1)] = new DataView(bytes.buffer);
    }
    const view = createModel(state);
    if (!module) return { view };
    const widget = await load(urlOf(module));
    const { signal } = new AbortController();
    const exports = await widget.initialize?.({ model: view(), signal, experimental: { invoke } });
    addStyle(module);
    return { view, widget, exports: typeof exports === "object" ? exports : undefined };
  }

  function addStyle(module) {
    const id = `style-${module}`;
    if (!anywidgets.styles[module] || document.getElementById(id)) return;
    const style = document.createElement("style");
    style.id = id;
    style.textContent = anywidgets.styles[module];
    document.head.append(style);
  }

  // What anywidget lets a widget of other widgets ask for them.
  const idOf = (reference) => reference.replace(/^(anywidget:|IPY_MODEL_)/, "");
  const host = {
    getModel: async (reference) => (await bound(idOf(reference))).view(),
    async getWidget(reference) {
      const id = idOf(reference);
      const { exports } = await bound(id);
      return { exports, render: ({ el, signal }) => draw(id, el, signal) };
    },
  };

  async function draw(id, el, outer) {
    const { view, widget } = await bound(id);
    const ending = new AbortController();
    const model = view();
    const signal = outer ? AbortSignal.any([outer, ending.signal]) : ending.signal;
    try {
      const cleanUp = await widget.render?.({ model, el, signal, host, experimental: { invoke } });
      signal.addEventListener("abort", () => {
        model.off();
        cleanUp?.();
      });
    } catch (error) {
      ending.abort();
      model.off();
      throw error;
    }
    return model;
  }

  /** @type {NodeListOf<HTMLElement & { model: object }>} */
  const figures = document.querySelectorAll("figure[data-anywidget]");
  for (const figure of figures) {
    anywidgets.mount(figure, async () => {
      const place = document.createElement("div");
      const atRest = [...figure.childNodes];
      figure.append(place);
      // For scripts of the page: the model of this widget, as its front end has it.
      figure.model = await draw(figure.dataset.anywidget, place);
      for (const node of atRest) node.remove();
    });
  }
})();
