// What a reader cannot read in a picture: labels on labels, labels cut off, boxes turned inside out.

(() => {
  const figure = document.querySelector("figure.explorable");
  const stage = figure.querySelector(".stage");
  const root = stage.querySelector("svg");

  // What a label's letters cover, a little within its line.
  function inkOf(node) {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    const height = bottom - top;
    return { node, text: node.textContent, left, right,
      top: top + 0.22 * height, bottom: bottom - 0.22 * height };
  }

  const isShown = (node) => node.textContent.trim() &&
    getComputedStyle(node).visibility === "visible" && getComputedStyle(node).display !== "none";

  const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;

  window.layoutFaults = () => {
    const faults = [];
    const frame = root.getBoundingClientRect();
    const labels = [...root.querySelectorAll("text")].filter(isShown).map(inkOf);
    labels.forEach((a, i) => {
      if (a.left < frame.left - 1.5 || a.right > frame.right + 1.5 ||
          a.top < frame.top - 1 || a.bottom > frame.bottom + 1) {
        faults.push(`"${a.text}" is cut off`);
      }
      // A label that stands aslant is as wide as it is high.
      if (/rotate/.test(a.node.getAttribute("transform"))) return;
      for (const b of labels.slice(i + 1)) {
        if (overlap(a, b) && !/rotate/.test(b.node.getAttribute("transform"))) {
          faults.push(`"${a.text}" lies on "${b.text}"`);
        }
      }
    });
    for (const shape of root.querySelectorAll("rect, circle, svg")) {
      for (const name of ["width", "height", "r"]) {
        if (Number(shape.getAttribute(name)) < 0) faults.push(`${name} of ${shape.outerHTML}`);
      }
    }
    const [outer, inner] = [figure, stage].map((node) => node.getBoundingClientRect());
    if (inner.height < 100) faults.push(`the picture is ${inner.height} pixels high`);
    for (const part of figure.children) {
      const { bottom, right } = part.getBoundingClientRect();
      if (bottom > outer.bottom + 0.5 || right > outer.right + 0.5) {
        faults.push(`${part.className} leaves the figure`);
      }
    }
    return faults;
  };

  window.leftOut = () => [...root.querySelectorAll(".no-room")].map((node) => node.textContent);
})();
