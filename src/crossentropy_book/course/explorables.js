// Brings the explorables of a page to life. The build writes their modules into MODULES.

(() => {
  const MODULES = {}; // the build fills this in
  /** @type {any} */
  const { anywidgets } = globalThis;
  Object.assign(anywidgets.modules, MODULES);

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
    const [state = null, source] = data.map((text) => JSON.parse(text));
    const module = figure.dataset.explorable;
    const isLive = await anywidgets.mountIn(figure, { module, source, state });
    if (isLive && state && !source) adoptLinkedState(figure);
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
