// What a picture says, read off the picture: where its ticks and its marks are drawn, in pixels.
// Nothing here knows what they stand for; geometry.py compares.

(() => {
  // What changes with the state and says nothing by itself.
  const DECORATION = [
    "defs",
    ".ground", // what hides the lines below a mark, in the mark's own shape
    ".lock", ".face", // buttons
    ".reach", // where a line is grabbed: it is not seen
  ].join();

  const figure = document.querySelector("figure.explorable");
  const root = figure.querySelector(".stage > svg");

  // Redraw when it is asked for, not sixty times a second.
  let due = [];
  const frame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (redraw) => due.push(redraw);
  window.cancelAnimationFrame = () => {};
  const redraw = () => {
    for (let i = 0; i < 3 && due.length; i += 1) {
      const now = due;
      due = [];
      now.forEach((each) => each(1e9));
    }
  };

  window.redrawNow = redraw;
  // What was asked for before comes in frames of its own, and with it the size of the figure.
  window.framesAreOver = () =>
    new Promise((done) => frame(() => frame(() => frame(() => setTimeout(done)))));

  // ---- Shapes ----

  const corner = () => root.getBoundingClientRect();

  // A function from an element's own coordinates to the picture's pixels.
  function placing(node) {
    const { left, top } = corner();
    const matrix = node.getScreenCTM();
    return (x, y) => {
      const point = new DOMPoint(x, y).matrixTransform(matrix);
      return [point.x - left, point.y - top];
    };
  }

  const COUNTS = { M: 2, L: 2, H: 1, V: 1, A: 7, Z: 0 };

  // The subpaths of a path as lists of points. An arc is as good as its ends: those of a disc are
  // its leftmost and its rightmost point.
  function subpaths(d) {
    const found = [];
    let [x, y] = [0, 0];
    const tokens = d.match(/[MLHVAZ]|-?\d*\.?\d+(?:e-?\d+)?/gi) ?? [];
    let command = "";
    for (let i = 0; i < tokens.length;) {
      if (/[a-z]/i.test(tokens[i])) command = tokens[i++];
      const kind = command.toUpperCase();
      const numbers = tokens.slice(i, i += COUNTS[kind]).map(Number);
      const [fromX, fromY] = command === kind ? [0, 0] : [x, y];
      if (kind === "Z") continue;
      if (kind === "H") x = fromX + numbers[0];
      else if (kind === "V") y = fromY + numbers[0];
      else [x, y] = [fromX + numbers.at(-2), fromY + numbers.at(-1)];
      if (kind === "M" && command === "M") found.push([]);
      // A relative start belongs to the point that was named before it: "M50,20 m-5,0 a5…".
      if (kind === "M" && command === "m") {
        const first = found.at(-1);
        if (first?.length === 1) first.pop();
        else found.push([]);
      }
      found.at(-1).push([x, y]);
      if (kind === "M") command = command === "M" ? "L" : "l";
    }
    return found;
  }

  const isVisible = (node) => {
    const style = getComputedStyle(node);
    return style.visibility !== "hidden" && style.display !== "none" &&
      (node.tagName !== "path" || Boolean(node.getAttribute("d"))) &&
      (node.tagName !== "rect" || (node.width.baseVal.value > 0 && node.height.baseVal.value > 0));
  };

  function boxOf(node) {
    const { x, y, width, height } = node.getBBox();
    const at = placing(node);
    const [[left, top], [right, bottom]] = [at(x, y), at(x + width, y + height)];
    return { left, top, right, bottom };
  }

  function pathsOf(node) {
    if (node.tagName !== "path") return [];
    const at = placing(node);
    return subpaths(node.getAttribute("d") ?? "").map((points) => points.map((p) => at(...p)));
  }

  // ---- Colours ----

  const NAMES = ["p", "q", "kl", "entropy", "class-0", "class-1", "class-2"];
  const probe = document.createElement("span");
  figure.append(probe);
  const resolve = (value) => {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  };
  const PALETTE = NAMES.map((name) => [resolve(`var(--ce-${name})`), name]);
  const nameOf = (colour) => PALETTE.filter(([value]) => value === colour).map(([, name]) => name);

  // The names of the colours that an element is painted with; a hatch has that of its lines.
  function coloursOf(node) {
    const style = getComputedStyle(node);
    return [style.fill, style.stroke].flatMap((paint) => {
      const id = /url\("?#([^")]+)/.exec(paint)?.[1];
      const lines = id && document.getElementById(id)?.querySelector("path");
      return nameOf(lines ? getComputedStyle(lines).stroke : paint);
    });
  }

  // ---- Ticks ----

  function anchored(node) {
    const { left, top } = corner();
    const box = node.getBoundingClientRect();
    const anchor = getComputedStyle(node).textAnchor;
    const x = { start: box.left, end: box.right }[anchor] ?? (box.left + box.right) / 2;
    return { x: x - left, y: (box.top + box.bottom) / 2 - top };
  }

  // Where a shape marks values along a dimension: at its strokes across it, or at its ends.
  function strokes(node, dimension, count) {
    const [along, across] = dimension === "x" ? [0, 1] : [1, 0];
    const ends = (axis, points) => {
      const values = points.map((point) => point[axis]);
      return [Math.min(...values), Math.max(...values)];
    };
    const length = (axis, points) => {
      const [low, high] = ends(axis, points);
      return high - low;
    };
    const found = pathsOf(node).filter((points) =>
      length(along, points) < 0.01 && length(across, points) > 0);
    if (found.length === count) return found.map((points) => points[0][along]);
    if (count !== 2) return null;
    const box = boxOf(node);
    const [line] = pathsOf(node);
    const [low, high] = line ? ends(along, line)
      : dimension === "x" ? [box.left, box.right] : [box.top, box.bottom];
    return dimension === "x" ? [low, high] : [high, low];
  }

  // The edges of a word's cells: its bits, one after another.
  function edgesOfCells(node) {
    const [outline, ...inner] = pathsOf(node);
    const edges = [outline[0][0], ...inner.map((points) => points[0][0])];
    if (!isTorn(node)) edges.push(boxOf(node).right);
    return edges;
  }

  function ticksOf(node) {
    return node.dataset.tick.split("|").flatMap((part) => {
      const [axis, ...values] = part.split(" ");
      if (values[0] === "cells") {
        return edgesOfCells(node).map((at, value) => ({ axis, value, at, text: null }));
      }
      if (node.tagName === "text") {
        const text = node.textContent;
        if (!text) return [];
        return [{ axis, value: Number(values[0]), at: anchored(node)[axis[0]], text }];
      }
      const places = strokes(node, axis[0], values.length);
      return values.map((value, i) =>
        ({ axis, value: Number(value), at: places?.[i] ?? NaN, text: null }));
    });
  }

  // ---- Marks ----

  const isTorn = (node) => (node.getAttribute("d")?.match(/l-?[\d.]/g) ?? []).length >= 4;

  function outline(node) {
    const d = node.getAttribute("d") ?? "";
    if (node.querySelector?.(".ball-beyond")?.getAttribute("d")) return "beyond";
    if (isTorn(node)) return "beyond";
    const kind = node.hasAttribute("transform") ? /\b(dot|ring|head|point)\b/ : /\bdot\b/;
    const isDot = kind.test(node.getAttribute("class"));
    return isDot && node.tagName === "path" && d && !d.includes("a") ? "beyond" : "within";
  }

  // The part of the picture that an inner svg shows.
  function windowOf({ x, y, width, height }) {
    const [left, top, across, down] = [x, y, width, height].map((each) => each.baseVal.value);
    return { left, top, right: left + across, bottom: top + down };
  }

  // Which way the arrow on a ball points, to where the ball itself is.
  function pointing(node) {
    const arrow = node.querySelector?.(".ball-beyond");
    if (!arrow?.getAttribute("d")) return null;
    const [x, y] = placing(node)(0, 0);
    const [tipX, tipY] = placing(arrow)(17, 0);
    return [tipX - x, tipY - y];
  }

  function markOf(node) {
    const visible = isVisible(node);
    const style = getComputedStyle(node);
    const moved = visible && node.hasAttribute("transform");
    const clip = node.parentNode.closest("svg");
    return {
      mark: node.dataset.mark,
      class: node.getAttribute("class") ?? "",
      visible,
      outline: outline(node),
      box: visible ? boxOf(node) : null,
      origin: moved ? placing(node)(0, 0) : null,
      paths: visible ? pathsOf(node) : [],
      clip: clip === root ? null : windowOf(clip),
      colours: visible ? coloursOf(node) : [],
      opacity: Number(style.fillOpacity),
      pointing: pointing(node),
    };
  }

  // ---- What moves must say what it stands for ----

  const SHAPES = "path, rect, circle, line, polygon, polyline, ellipse, image, use";
  const GEOMETRY = ["d", "x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "points",
    "x1", "x2", "y1", "y2", "transform", "fill", "fill-opacity", "visibility", "class"];
  let last = new Map();

  function undeclared() {
    const found = new Set();
    const { width, height } = corner();
    /** @type {Map<Element | "size", string>} */
    const now = new Map([["size", `${width} ${height}`]]);
    if (now.get("size") !== last.get("size")) last = new Map();
    for (const node of root.querySelectorAll(SHAPES)) {
      const looks = GEOMETRY.map((name) => node.getAttribute(name)).join("|");
      now.set(node, looks);
      const moved = last.has(node) && last.get(node) !== looks;
      if (moved && !node.closest(`[data-mark], [data-tick], ${DECORATION}`)) {
        found.add(node.outerHTML.slice(0, 160));
      }
    }
    last = now;
    return [...found];
  }

  window.readGeometry = () => {
    redraw();
    const all = (selector) => [...root.querySelectorAll(selector)];
    return {
      ...window.readExplorable(),
      ticks: all("[data-tick]").filter(isVisible).flatMap(ticksOf),
      marks: all("[data-mark]").map(markOf),
      silent: all("[data-handle]:not([data-mark])").map((node) => node.dataset.handle),
      undeclared: undeclared(),
    };
  };

  // ---- A walk ----

  const KEYS = ["ArrowUp", "ArrowDown", "ArrowUp", "PageUp", "PageDown", "PageDown", "Home", "End"];

  // Random keys on random handles, with buttons and choices between them; the picture after each.
  window.walkGeometry = (seed, count) => {
    const random = window.generator(seed);
    const pick = (list) => list[Math.floor(random() * list.length)];
    const within = (selector) => [...figure.querySelectorAll(selector)];
    const key = () => {
      const node = pick(within("[data-handle]"));
      for (let i = Math.floor(random() * 8); i >= 0; i -= 1) {
        node.dispatchEvent(new KeyboardEvent("keydown",
          { key: pick(KEYS), shiftKey: random() < 0.3, bubbles: true, cancelable: true }));
        redraw();
      }
    };
    const press = () => pick(within(".actions button, .views button, .action, .reset")).click();
    const choose = () => {
      const select = pick(within("select"));
      if (!select) return key();
      select.selectedIndex = Math.floor(random() * select.options.length);
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    return Array.from({ length: count }, () => {
      const chance = random();
      (chance < 0.8 ? key : chance < 0.9 ? press : choose)();
      redraw();
      return window.readGeometry();
    });
  };

  // Every preset in every view.
  window.presetGeometry = () => {
    /** @type {NodeListOf<HTMLElement>} */
    const views = figure.querySelectorAll(".view");
    /** @type {NodeListOf<HTMLElement>} */
    const chips = figure.querySelectorAll(".chip");
    return (views.length ? [...views] : [null]).flatMap((view) => [...chips].map((chip) => {
      chip.click();
      view?.click();
      return window.readGeometry();
    }));
  };
})();
