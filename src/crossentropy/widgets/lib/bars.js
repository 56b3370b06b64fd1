// One distribution as bars that can be dragged and locked.

import { set, svg } from "./dom.js";
import { format } from "./format.js";
import { createHandle, onPress } from "./handle.js";
import { moveComponent } from "./simplex.js";

const PADLOCK = "M-4,-1 v-2.5 a4,4 0 0 1 8,0 v2.5 m-10,0 h12 v8 h-12 z";
const PADLOCK_OPEN = "M-4,-1 v-2.5 a4,4 0 0 1 8,0 m-10,2.5 h12 v8 h-12 z";

// Bars for the distribution in trait `name` ("p" or "q"), built into `parent`.
// With `lockable` each bar has a padlock below it: a locked bar keeps its height.
export function createBars(frame, parent, name, { lockable = true } = {}) {
  const labels = frame.model.get("labels");
  const { least, most } = frame.schema[name].of;
  const locked = (k) => frame.locked.has(`${name}:${k}`);
  let scale = { top: 0, bottom: 1 };
  const at = (value) => scale.bottom + (scale.top - scale.bottom) * value;

  const bars = labels.map((label, k) => {
    const rect = svg("rect", {
      class: `bar role-${name}`,
      "data-mark": `x-${name} y-p x=${k} bottom=0 height=${name}:${k}`,
    });
    const handle = createHandle({
      id: `${name}:${k}`,
      name: `${name} of ${label}`,
      axis: "y",
      mark: `x-${name} y-p x=${k} y=${name}:${k}`,
      step: 0.01,
      page: 0.1,
      fine: 0.001,
      range: () => [least, most],
      value: () => frame.model.get(name)[k],
      words: (value) => `${format(value, 3)}${locked(k) ? ", locked" : ""}`,
      at,
      // Remembering where the drag began lets a bar go to 1 and back without the others
      // forgetting their proportions.
      grab: () => frame.model.get(name),
      move: (value, start) => {
        if (locked(k)) return;
        frame.set({ [name]: moveComponent(start, k, value, locked) });
      },
    });
    const lock = lockable ? createLock(frame, name, k, label) : null;
    parent.append(rect, handle.node);
    if (lock) parent.append(lock);
    return { rect, handle, lock };
  });

  return {
    // x(k) is the left edge of bar k; `lockY` the centre line of the padlocks, if there are any.
    draw(p, { x, width, top, bottom, lockY = bottom }) {
      scale = { top, bottom };
      bars.forEach(({ rect, handle, lock }, k) => {
        const y = at(p[k]);
        set(rect, {
          x: x(k).toFixed(2),
          y: y.toFixed(2),
          width: width.toFixed(2),
          height: Math.max(bottom - y, 0).toFixed(2),
        });
        handle.draw(x(k) + width / 2, y, format(p[k], 2));
        if (lock) drawLock(lock, x(k) + width / 2, lockY, locked(k));
      });
    },
  };
}

function createLock(frame, name, k, label) {
  const id = `${name}:${k}`;
  const node = svg(
    "g",
    { class: "lock", role: "button", tabindex: 0, "data-lock": id,
      "aria-label": `Lock ${name} of ${label}` },
    svg("rect", { class: "target", x: -12, y: -12, width: 24, height: 24, rx: 6 }),
    svg("path", { class: "padlock" }),
  );
  onPress(node, () => {
    if (!frame.locked.delete(id)) frame.locked.add(id);
    frame.invalidate();
  });
  return node;
}

function drawLock(node, x, y, locked) {
  set(node, { transform: `translate(${x.toFixed(2)},${y.toFixed(2)})`, "aria-pressed": String(locked) });
  set(node.lastChild, { d: locked ? PADLOCK : PADLOCK_OPEN });
}
