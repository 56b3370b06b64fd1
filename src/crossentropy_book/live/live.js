// Buttons for cells that run in the reader's browser, and marks at what is solved or repaired. All else
// waits for the first click on a button.

(() => {
  const { dataset } = document.currentScript;
  let loading = null;

  // What runs and edits cells (page.js).
  const load = () => (loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${dataset.live}/page.js`;
    Object.assign(script.dataset, dataset);
    script.onload = () => resolve(/** @type {any} */ (globalThis).livePage);
    script.onerror = () => {
      loading = null;
      reject(new Error("The script that runs cells did not arrive."));
    };
    document.head.append(script);
  }));

  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

  function button(className, label, act) {
    const made = make("button", { type: "button", className, textContent: label });
    made.addEventListener("click", async () => act(await load()));
    return made;
  }

  /** @type {any[]} */
  const bars = [...document.querySelectorAll(".live-bar")];
  for (const [i, bar] of bars.entries()) {
    const { cell, kind } = bar.dataset;
    const element = bar.closest(".cell");
    /** @type {any} */
    const exercise = kind === "solution" && element.previousElementSibling;
    bar.append(button("live-run", kind === "solution" ? "Check" : "Run", (page) => page.run(cell)));
    bar.firstElementChild.title =
      `The first time this loads Python into the page: ${Math.round(Number(dataset.size) / 1e6)} MB`;
    if ("fixed" in bar.dataset) continue; // it has another editor, or none
    bar.append(button("live-edit", kind === "repair" ? "Repair" : "Edit", (page) => page.answer(cell)));
    if (!kind) continue;
    const here = button("live-answer", kind === "repair" ? "Repair it here" : "Answer it here", (page) => page.answer(cell));
    if (exercise) exercise.append(here);
    else bars[i + 1].closest(".cell").before(here); // after the symptom, where its check is

    // The mark. What was solved on another day is there again when it is recalled (progress.js).
    const box = exercise && exercise.querySelector(".done input");
    const mark = () => {
      const day = bar.dataset.answered;
      if (exercise) {
        exercise.toggleAttribute("data-solved", Boolean(day));
        if (!box) return;
        const word = day ? "Solved" : "Done";
        box.ariaLabel = box.ariaLabel.replace(/^\w+/, word);
        box.nextSibling.data = word;
        return;
      }
      element.querySelector(".live-plaque")?.remove();
      element.toggleAttribute("data-repaired", Boolean(day));
      if (!day) return;
      const said = new Date(day).toLocaleDateString("en-GB", { dateStyle: "long" });
      element.append(make("p", { className: "live-plaque", textContent: `Repaired by you, ${said}` }));
    };
    bar.addEventListener("recall", mark);
    bar.addEventListener("answered", ({ detail }) => {
      if (detail) bar.dataset.answered = detail;
      else delete bar.dataset.answered;
      mark();
      if (!box || box.checked || !detail) return;
      box.checked = true;
      box.dispatchEvent(new Event("change"));
    });
    // Who takes the tick away takes it away.
    if (box) box.addEventListener("change", () => {
      if (!box.checked && bar.dataset.answered) bar.dispatchEvent(new CustomEvent("answered", { detail: null }));
    });
  }
  // Of what the menu offers, a JupyterLab does not start from a disk.
  if (location.protocol === "file:") document.querySelector(".btn-lab-button")?.closest("li").remove();
  try {
    if (localStorage.getItem(dataset.key)) load(); // it shows what was typed
  } catch { /* the browser denies its storage */ }
})();
