// Labels keep clear of each other and of the picture's edges in whatever font the reader has: they
// measure themselves, the less important make room, and one that finds none is left out for now. Its
// value is among the numbers below the picture too.

const GAP = 2; // between two labels, in pixels
const UP = 0.74; // what a line of text covers above and below its baseline, in ems
const DOWN = 0.22;
const SMALLEST = 0.75; // of its usual size

// What is placed first stays; the rest moves. Ticks never move: they would tell another value.
const FIXED = ".tick[data-tick]";
const RANKS = [FIXED, ".grip-value", ".label, .letter, .name, .rule-name", "*"];

const places = (node) => node.matches(FIXED)
  ? [[0, 0]]
  : [[0, 0], [0, -0.6], [0, 0.6], [0, -1.2], [0, 1.2], [0.8, 0], [-0.8, 0], [0, -1.8], [0, 1.8]];

// By look and words; digits are all as wide, so that a number that changes is known.
const sizes = new Map();

export const forgetSizes = () => sizes.clear();

export function createLabels(root) {
  const looks = new WeakMap(); // from a label to its class names, and what follows from them
  let family;

  const lookOf = (node) => {
    const name = `${family} ${node.getAttribute("class")} ${node.parentNode.getAttribute("class")}`;
    const last = looks.get(node);
    if (last?.name === name) return last;
    shrink(node, ""); // or it would be taken for its usual size
    const { fontSize, textAnchor } = getComputedStyle(node);
    const rank = RANKS.findIndex((selector) => node.matches(selector));
    const look = { name, size: parseFloat(fontSize), rank,
      before: { start: 0, middle: 0.5, end: 1 }[textAnchor] };
    looks.set(node, look);
    return look;
  };

  // How long a label is, and how far it reaches above and below its baseline.
  function measured(node, look) {
    const key = `${look.name} ${node.textContent.replace(/\d/g, "0")}`;
    let size = sizes.get(key);
    if (!size) {
      shrink(node, "");
      size = { length: node.getComputedTextLength(), up: UP * look.size, down: DOWN * look.size };
      if (size.length) sizes.set(key, size); // a picture out of sight has none
    }
    return size;
  }

  return {
    // Before a picture is drawn: to say afterwards in which font it is, the browser would have to lay
    // it out first, at each redraw.
    noteFont() {
      family = getComputedStyle(root).fontFamily;
    },
    fit(width, height) {
      const labels = [];
      for (const node of root.querySelectorAll("text")) {
        const place = node.textContent && placeOf(node, root);
        if (!place) continue;
        const [x, y] = place;
        const look = lookOf(node);
        const { length: usual, up, down } = measured(node, look);
        // A sentence that is longer than the picture is wide is set smaller.
        const shrunk = Math.max(Math.min(width / usual, 1), SMALLEST);
        const length = usual * shrunk;
        shrink(node, shrunk < 1 ? `${(look.size * shrunk).toFixed(2)}px` : "");
        const left = x - look.before * length;
        labels.push({ node, look, left, right: left + length, top: y - up, bottom: y + down });
      }
      labels.sort((a, b) => a.look.rank - b.look.rank); // stable: then as they were made
      const placed = [];
      for (const label of labels) settle(label, placed, width, height);
    },
  };
}

function settle({ node, look, ...box }, placed, width, height) {
  // A label that sticks out of the picture is drawn back into it.
  const inward = look.rank ? Math.max(0, -box.left) || Math.min(0, width - box.right) : 0;
  for (const [across, down] of places(node)) {
    const [dx, dy] = [across * look.size + inward, down * look.size];
    const here = { left: box.left + dx, right: box.right + dx,
      top: box.top + dy, bottom: box.bottom + dy };
    const inside =
      here.left > -1 && here.right < width + 1 && here.top > -2 && here.bottom < height + 1;
    if (inside && !placed.some((other) => touches(here, other))) {
      placed.push(here);
      return move(node, dx, dy, true);
    }
  }
  return move(node, 0, 0, false);
}

const touches = (a, b) =>
  a.left < b.right + GAP && b.left < a.right + GAP && a.top < b.bottom && b.top < a.bottom;

const shrunken = new WeakMap();

function shrink(node, size) {
  if ((shrunken.get(node) ?? "") === size) return;
  shrunken.set(node, size);
  node.style.fontSize = size;
}

const moved = new WeakMap();

function move(node, dx, dy, shown) {
  const now = `${dx.toFixed(1)} ${dy.toFixed(1)} ${shown}`;
  if ((moved.get(node) ?? "0.0 0.0 true") === now) return;
  moved.set(node, now);
  node.style.translate = dx || dy ? `${dx.toFixed(1)}px ${dy.toFixed(1)}px` : "";
  node.classList.toggle("no-room", !shown);
}

// Where a label is in the picture: its own place, and the shifts of the groups that it is in. One that
// is hidden, or stands aslant, is nowhere.
function placeOf(node, root) {
  let [x, y] = [Number(node.getAttribute("x")), Number(node.getAttribute("y"))];
  if (Number.isNaN(x)) return null; // letters that have a place each
  for (let group = node; group !== root; group = group.parentNode) {
    if (group.getAttribute("visibility") === "hidden") return null;
    const transform = group.getAttribute("transform");
    if (!transform) continue;
    const [, right, down] = /^translate\((-?[\d.]+)[ ,]+(-?[\d.]+)\)$/.exec(transform) ?? [];
    if (right === undefined) return null;
    [x, y] = [x + Number(right), y + Number(down)];
  }
  return [x, y];
}
