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

  // A state that is long has a file of its own: only who comes near its picture fetches it.
  async function dataOf(script) {
    const { src } = script.dataset;
    if (!src) return JSON.parse(script.textContent);
    const file = document.createElement("script");
    await new Promise((arrived, missing) => {
      Object.assign(file, { src, onload: arrived, onerror: () => missing(new Error(`no ${src}`)) });
      document.head.append(file);
    });
    return anywidgets.states[script.dataset.key];
  }

  async function mount(figure) {
    figure.dataset.waiting = "no more";
    const scripts = [...figure.querySelectorAll("script")];
    const module = figure.dataset.explorable;
    const isLive = await anywidgets.mountIn(figure, async () => {
      const [state = null, source] = await Promise.all(scripts.map(dataOf));
      return { module, source, state };
    });
    delete figure.dataset.waiting; // now: until then its room is kept
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

  // A figure is mounted when the reader is a screen away from it, or follows a link to it. One after
  // the other, where the browser has nothing else to do: together they would block the page.
  const queue = [];
  let isBusy = false;
  const idle = (resume) =>
    globalThis.requestIdleCallback ? requestIdleCallback(resume, { timeout: 300 }) : setTimeout(resume);

  async function mountQueue() {
    if (isBusy) return;
    isBusy = true;
    while (queue.length) {
      await new Promise(idle);
      await mount(queue.shift());
    }
    isBusy = false;
  }

  const near = new IntersectionObserver((entries) => {
    mountSoon(...entries.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target));
  }, { rootMargin: "100% 0px" });

  function mountSoon(...those) {
    for (const figure of those) {
      near.unobserve(figure);
      if (figure.dataset.waiting === "" && !queue.includes(figure)) queue.push(figure);
    }
    mountQueue();
  }

  // Whoever passed a link on may have encoded it, once or twice.
  const isLinked = ({ id }) => RegExp(`^#${id}(=|%(25)?3D)`, "i").test(location.hash);

  // How high a widget is that brings its own source, nobody knows before it is there.
  const isForeign = (figure) => figure.querySelectorAll("script").length > 1;

  // Also one that comes later.
  anywidgets.await = (figure) => {
    figure.id ||= nameOf(figure);
    figure.dataset.waiting = "";
    near.observe(figure);
    if (isForeign(figure)) mountSoon(figure);
  };
  figures.forEach(anywidgets.await);
  mountSoon(...[...figures].filter(isLinked));
  addEventListener("hashchange", () => {
    figures.forEach(follow);
    mountSoon(...[...figures].filter(isLinked));
  });
})();
