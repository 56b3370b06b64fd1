// Making and changing elements. `set` writes an attribute only when it changes, so that a redraw
// costs what changed and nothing more. A number is a place or a length in pixels, and rounded to a
// hundredth of one: what has to be exact is given as text.

const SVG = "http://www.w3.org/2000/svg";
const written = new WeakMap();

export const hundredths = (value) => Math.round(value * 100) / 100 + 0; // no −0

export function set(node, attributes) {
  let last = written.get(node);
  if (!last) written.set(node, (last = {}));
  for (const name in attributes) {
    const given = attributes[name];
    const value = typeof given === "number" ? hundredths(given) : given;
    if (last[name] === value) continue;
    last[name] = value;
    if (name === "text") node.textContent = value;
    else if (value === null || value === false) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? "" : value);
  }
  return node;
}

const make = (node, attributes, children) => {
  set(node, attributes);
  node.append(...children);
  return node;
};

export const html = (tag, attributes = {}, ...children) =>
  make(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  make(document.createElementNS(SVG, tag), attributes, children);

// Rich text written by this project's own modules: <i> around variables, <sub> for indices.
export function rich(tag, attributes, markup) {
  const node = html(tag, attributes);
  node.innerHTML = markup;
  return node;
}
