// Brings the explorables of a page to life. The build writes their modules into MODULES.

(() => {
  const MODULES = {}; // the build fills this in
  /** @type {any} */
  const { anywidgets } = globalThis;
  Object.assign(anywidgets.modules, MODULES);

  // A link that carries a state ends in #bars=q:.25,.75,0 and leads to the figure that it names.
  function follow(figure) {
    if (figure.explorable?.follow?.(location.hash)) figure.scrollIntoView();
  }

  async function mount(figure) {
    const data = [...figure.querySelectorAll("script")].map(({ textContent }) => textContent);
    const [state = null, source] = data.map((text) => JSON.parse(text));
    const module = figure.dataset.explorable;
    const isLive = await anywidgets.mountIn(figure, { module, source, state });
    if (isLive) follow(figure);
  }

  // A figure is called as the notebook calls its explorable, else by its class; not by its place,
  // so that links stay right when another is put before it.
  function nameOf({ dataset }) {
    const name = dataset.name ?? dataset.explorable;
    let [free, count] = [name, 1];
    while (document.getElementById(free)) free = `${name}-${(count += 1)}`;
    return free;
  }

  /** @type {NodeListOf<HTMLElement & { explorable: any }>} */
  const figures = document.querySelectorAll("figure[data-explorable]");
  for (const figure of figures) figure.id = nameOf(figure);
  // One after the other, and the reader's own doings between: together they would block the page.
  (async () => {
    for (const figure of figures) {
      await mount(figure);
      await new Promise((resume) => setTimeout(resume));
    }
  })();
  addEventListener("hashchange", () => figures.forEach(follow));
})();
