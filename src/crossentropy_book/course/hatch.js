// Hatches for paper: lines, cut to their shape. A printer of Chromium's draws a pattern as an image of
// dots, as large as all that the pattern covers; half of the file was that.

(() => {
  const element = (name, attributes, ...children) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  // The pattern's path again in every tile that a box touches, as one path.
  function tiled(pattern, path, box) {
    const [x, y, width, height] = ["x", "y", "width", "height"]
      .map((name) => pattern[name].baseVal.value);
    const steps = (from, length, start, size) => {
      const first = Math.floor((from - start) / size);
      const count = Math.ceil((from + length - start) / size) - first;
      return Array.from({ length: count }, (_, i) => (first + i) * size);
    };
    const d = path.getAttribute("d");
    const tiles = steps(box.x, box.width, x, width).flatMap((right) =>
      steps(box.y, box.height, y, height).map((down) =>
        d.replace(/(-?[\d.]+)[ ,]+(-?[\d.]+)/g, (_, a, b) => `${+a + right} ${+b + down}`)));
    const copy = path.cloneNode();
    copy.setAttribute("d", tiles.join(""));
    return copy;
  }

  /** @type {NodeListOf<SVGGraphicsElement>} */
  const shapes = document.querySelectorAll("svg :is(path, rect, circle, polygon)");
  [...shapes].forEach((shape, i) => {
    if (shape.closest("defs, pattern, clipPath")) return;
    const [, id] = getComputedStyle(shape).fill.match(/#([^")]+)"?\)/) ?? [];
    const pattern = id && document.getElementById(id);
    const box = pattern && shape.getBBox();
    if (!box?.width || !box.height) return;
    const outline = /** @type {SVGElement} */ (shape.cloneNode());
    for (const name of ["clip-path", "transform", "class", "style"]) outline.removeAttribute(name);
    const lines = [...pattern.children].map((part) => {
      if (part.matches("path")) return tiled(pattern, part, box);
      const ground = /** @type {SVGElement} */ (outline.cloneNode());
      ground.style.fill = getComputedStyle(part).fill;
      return ground;
    });
    const cut = element("clipPath", { id: `cut-${i}` }, outline);
    const hatch = element("g", { "clip-path": `url(#cut-${i})` }, ...lines);
    const around = element("g", {}, cut, hatch);
    for (const name of ["clip-path", "transform"]) {
      if (shape.hasAttribute(name)) around.setAttribute(name, shape.getAttribute(name));
    }
    shape.before(around);
    shape.style.fill = "none";
  });
})();
