// Buttons for cells that run in the reader's browser. All else waits for the first click on one.

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

  function offer(place, label, act) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: label });
    button.addEventListener("click", async () => act(await load()));
    place.append(button);
    return button;
  }

  /** @type {NodeListOf<HTMLElement>} */
  const bars = document.querySelectorAll(".live-bar");
  for (const bar of bars) {
    const cell = bar.dataset.cell;
    const isAnswer = "check" in bar.dataset;
    offer(bar, isAnswer ? "Check" : "Run", (page) => page.run(cell)).className = "live-run";
    offer(bar, "Edit", (page) => page.edit(cell).focus());
    const exercise = isAnswer && bar.closest(".cell").previousElementSibling;
    if (exercise && exercise.matches(".exercise")) {
      offer(exercise, "Answer it here", (page) => page.answer(cell)).className = "live-answer";
    }
  }
  // Of what the menu offers, a JupyterLab does not start from a disk.
  if (location.protocol === "file:") document.querySelector(".btn-lab-button")?.closest("li").remove();
  try {
    if (localStorage.getItem(dataset.key)) load(); // it shows what was typed
  } catch { /* the browser denies its storage */ }
})();
