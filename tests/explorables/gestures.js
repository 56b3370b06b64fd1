// Random gestures on one explorable, as fast as it can take them: a real pointer's events without
// the wait for real frames. It is installed before the page's own scripts.
//
// Playwright drives a browser from outside, some fifty gestures a second; here it is thousands.

(() => {
  // Frames come when a gesture is over, not sixty times a second.
  const frames = new Map();
  let [nextFrame, now] = [1, 0];
  const realFrame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (redraw) => (frames.set(nextFrame, redraw), nextFrame++);
  window.cancelAnimationFrame = (id) => frames.delete(id);
  function runFrames() {
    const due = [...frames.values()];
    frames.clear();
    now += 17;
    for (const redraw of due) redraw(now);
  }
  const rendered = () => new Promise((done) => realFrame(() => setTimeout(done)));

  // A pointer that no hand holds cannot be captured: who holds which is kept here.
  const captors = new Map();
  Element.prototype.setPointerCapture = function (id) { captors.set(id, this); };
  Element.prototype.releasePointerCapture = function (id) { captors.delete(id); };

  let hidden = false;
  Object.defineProperty(document, "visibilityState", { get: () => (hidden ? "hidden" : "visible") });
  Object.defineProperty(document, "hidden", { get: () => hidden });

  const KEYS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End",
    "Enter", " ", "Delete", "Escape", "a"];

  window.gesture = async (seed, count) => {
    const random = window.generator(seed);
    const pick = (list) => list[Math.floor(random() * list.length)];
    /** @type {HTMLElement & { explorable: any }} */
    const figure = document.querySelector("figure.explorable");
    const main = document.querySelector("main");
    const within = (selector) => [...figure.querySelectorAll(selector)];

    // `on` is what the pointer is known to be on: to look it up costs a layout.
    function pointer(type, id, x, y, where = {}) {
      /** @type {PointerEventInit & { on?: Element }} */
      const { on, ...options } = where;
      const target =
        captors.get(id) ?? on ?? document.elementFromPoint(x, y) ?? document.body;
      target.dispatchEvent(new PointerEvent(type, { pointerId: id, clientX: x, clientY: y,
        bubbles: true, cancelable: true, composed: true, isPrimary: id === 1, ...options }));
    }
    function lift(type, id, x, y) {
      pointer(type, id, x, y, { on: stage });
      const captor = captors.get(id);
      captors.delete(id);
      captor?.dispatchEvent(new PointerEvent("lostpointercapture", { pointerId: id, bubbles: true }));
    }
    const stage = figure.querySelector(".stage");
    let box = stage.getBoundingClientRect();
    const centre = (node) => {
      const [x, y] = node.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
      return [box.x + x, box.y + y];
    };
    // Where a pointer goes down: [x, y, what is there, if it is known].
    const start = () => {
      const handles = within("[data-handle]");
      if (random() < 0.1) return [box.x + random() * box.width, box.y + random() * box.height];
      const handle = pick(handles);
      return [...centre(handle), handle];
    };
    // A few pixels, across the figure, or far out of the window.
    const move = (x, y) => {
      const far = pick([8, 80, 80, 300, 3000]);
      return [x + far * (2 * random() - 1), y + far * (2 * random() - 1)];
    };

    function drag() {
      const [x, y, on] = start();
      pointer("pointerdown", 1, x, y, { on, button: random() < 0.03 ? 2 : 0 });
      let at = [x, y];
      for (let i = 1 + Math.floor(random() * 3); i > 0; i -= 1) {
        at = move(x, y);
        pointer("pointermove", 1, ...at, { on: on ?? stage });
      }
      lift(random() < 0.1 ? "pointercancel" : "pointerup", 1, ...at);
    }
    function twoPointers() {
      const places = [start(), start()];
      places.forEach(([x, y, on], i) => pointer("pointerdown", i + 1, x, y, { on }));
      for (let i = 0; i < 4; i += 1) {
        const [x, y, on] = places[i % 2];
        pointer("pointermove", 1 + (i % 2), ...move(x, y), { on: on ?? stage });
      }
      for (const i of random() < 0.5 ? [0, 1] : [1, 0]) lift("pointerup", i + 1, ...places[i]);
    }
    function key() {
      const node = pick(within("[tabindex='0']")) ?? figure;
      if (random() < 0.1) node.focus?.({ preventScroll: true }); // costs a layout
      const options = { key: pick(KEYS), shiftKey: random() < 0.2, bubbles: true, cancelable: true };
      const held = random() < 0.15 ? 25 : 1;
      for (let i = 0; i < held; i += 1) {
        node.dispatchEvent(new KeyboardEvent("keydown", { ...options, repeat: i > 0 }));
      }
      node.dispatchEvent(new KeyboardEvent("keyup", options));
    }
    function toolbar() {
      const control = pick(within("button:not(.copy), select"));
      if (control.matches("button")) return control.click();
      control.selectedIndex = Math.floor(random() * control.options.length);
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
    async function resize() {
      main.style.width = `${pick([300, 374, 480, 560, 640, 720])}px`;
      await rendered();
      box = stage.getBoundingClientRect();
    }
    function theme() {
      const { dataset } = document.documentElement;
      dataset.theme = dataset.theme === "dark" ? "light" : "dark";
    }
    function tab() {
      hidden = !hidden;
      document.dispatchEvent(new Event("visibilitychange"));
    }
    /** @type {[number, () => void | Promise<void>][]} */
    const kinds = [[0.6, drag], [0.68, twoPointers], [0.86, key], [0.972, toolbar], [0.976, resize],
      [0.988, theme], [1, tab]];

    const faults = new Set();
    const seen = [];
    const describe = (extra) => `${extra} at ${JSON.stringify(Object.fromEntries(
      figure.explorable.traits.map((t) => [t, figure.explorable.get(t)])))}`.slice(0, 400);
    for (let i = 1; i <= count; i += 1) {
      const chance = random();
      await kinds.find(([upTo]) => chance < upTo)[1]();
      runFrames();
      if (i % 5 === 0) {
        const wrong = /NaN|undefined|\bInfinity|null/.exec(figure.textContent);
        if (wrong) faults.add(describe(`${wrong[0]} on screen`));
        const values = within(".ledger td.value").map((cell) => cell.textContent);
        if (new Set(values).size > 1) faults.add(describe(`ledger ${values}`));
      }
      if (i % 50 === 0 && figure.innerHTML.includes("NaN")) faults.add(describe("NaN in a mark"));
      if (i % 200 === 0) seen.push(window.readExplorable());
      if (i % 500 === 0) await rendered(); // let the page breathe
    }
    if (hidden) tab();
    return { faults: [...faults], seen };
  };

  // Back to the start, with nothing held and nothing under way.
  window.settleDown = async () => {
    const figure = document.querySelector("figure.explorable");
    document.dispatchEvent(new Event("visibilitychange"));
    for (const button of figure.querySelectorAll("button")) {
      if (button.textContent === "Reset") button.click();
    }
    document.querySelector("main").style.width = "";
    await rendered();
    for (let i = 0; i < 5; i += 1) runFrames();
    await rendered();
  };
})();
