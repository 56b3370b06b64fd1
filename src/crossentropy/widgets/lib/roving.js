// A picture is one stop of the Tab key, however many handles it has: the one that was used last.
// Enter opens it, so that Tab goes through all of them; Escape closes it, and so does leaving it.

import { html, set } from "./dom.js";

const HINT = "Arrow keys change it. Enter, then Tab: the other handles. Escape: back.";
let hints = 0;

// `first` says which handle that is before any was used.
export function createRoving(stage, picture, first = () => null) {
  const hint = html("p", { class: "keys", id: `keys-${(hints += 1)}`, text: HINT });
  let [current, isOpen] = [null, false];

  // Call it whenever elements may have come or gone.
  function update() {
    const stops = [...picture.querySelectorAll("[tabindex]")];
    const handles = stops.filter((stop) => stop.getAttribute("role") === "slider");
    if (!stops.includes(current)) {
      current = handles.find(({ dataset }) => dataset.handle === first()) ?? handles[0] ?? stops[0];
    }
    const alone = stops.length < 2;
    for (const stop of stops) {
      set(stop, { tabindex: isOpen || stop === current ? "0" : "-1" });
    }
    for (const handle of handles) set(handle, { "aria-describedby": alone ? null : hint.id });
    set(hint, { hidden: alone });
  }
  function open(wanted) {
    isOpen = wanted;
    update();
  }

  picture.addEventListener("focusin", (event) => {
    current = event.target.closest("[tabindex]");
    update();
  });
  picture.addEventListener("focusout", (event) => {
    if (isOpen && !picture.contains(event.relatedTarget)) open(false);
  });
  picture.addEventListener("keydown", (event) => {
    const wanted = { Enter: true, Escape: false }[event.key];
    if (wanted === undefined || wanted === isOpen) return;
    event.preventDefault();
    event.stopPropagation(); // in JupyterLab, Escape and Enter change the mode of the cell
    open(wanted);
  });
  stage.append(hint);
  return { update };
}
