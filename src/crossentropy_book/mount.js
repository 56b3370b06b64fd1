// Brings the explorables of a built page to life. The build writes their modules into MODULES, each
// after what it imports. They become blob URLs rather than files, because a page opened from a disk
// may not import a file beside it.

(() => {
  const MODULES = {}; // the build fills this in

  const blobUrl = (source) =>
    URL.createObjectURL(new Blob([source], { type: "text/javascript" }));

  const urls = {};
  for (const [name, parts] of Object.entries(MODULES)) {
    // Even parts are source, odd parts the paths of imported modules.
    const source = parts.map((part, i) => (i % 2 ? urls[part] : part)).join("");
    urls[name] = blobUrl(source);
  }

  // The state of one explorable, with the part of anywidget's model that the modules use.
  class StaticModel {
    isStatic = true;
    listeners = {};
    constructor(state) {
      this.state = state;
    }
    get(name) {
      return this.state[name];
    }
    set(name, value) {
      this.state[name] = value;
      for (const listener of this.listeners[`change:${name}`] ?? []) listener();
    }
    on(event, listener) {
      (this.listeners[event] ??= new Set()).add(listener);
    }
    off(event, listener) {
      this.listeners[event]?.delete(listener);
    }
    save_changes() {}
  }

  // A link that carries a state ends in #NAME-1={"p":[…]}.
  function adoptLinkedState(figure) {
    const [id, state] = location.hash.slice(1).split("=");
    if (id !== figure.id || !state) return;
    figure.scrollIntoView();
    try {
      figure.explorable.adopt(JSON.parse(decodeURIComponent(state)));
    } catch (error) {
      figure.querySelector(".status").textContent = `The link's state is not valid: ${error.message}`;
    }
  }

  async function mount(figure) {
    const data = [...figure.querySelectorAll("script")].map(({ textContent }) => textContent);
    const [state = null, own] = data.map((text) => JSON.parse(text));
    const module = await import(own ? blobUrl(own) : urls[figure.dataset.explorable]);
    if (own) figure.replaceChildren(); // it expects an empty place, as Jupyter gives it
    module.default.render({ model: new StaticModel(state), el: figure });
    if (own) figure.dataset.live = "true";
    else if (state) adoptLinkedState(figure);
  }

  const counts = {};
  /** @type {NodeListOf<HTMLElement>} */
  const figures = document.querySelectorAll("figure[data-explorable]");
  for (const figure of figures) {
    const name = figure.dataset.explorable;
    counts[name] = (counts[name] ?? 0) + 1;
    figure.id = `${name}-${counts[name]}`;
    mount(figure);
  }
})();
