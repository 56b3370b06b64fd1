// The switch between the views of a page, and the marks that open a folded cell.

(() => {
  const root = document.documentElement;

  function unfold(fold, isOpen) {
    fold.hidden = isOpen ? false : "until-found";
    fold.previousElementSibling.setAttribute("aria-expanded", `${isOpen}`);
    dispatchEvent(new Event("resize")); // for scripts that measure what is shown
  }

  // What the reader looks at stays where it is, whatever goes or comes above it.
  function keepingPlace(change) {
    const blocks = document.querySelectorAll("article :is(h1, h2, h3, p, li, figure, .math-block)");
    const seen = [...blocks].find((block) => {
      const { top, height } = block.getBoundingClientRect();
      return height && top > 60 && !block.closest(".fold");
    });
    const before = seen?.getBoundingClientRect().top;
    change();
    if (seen) scrollBy({ top: seen.getBoundingClientRect().top - before, behavior: "instant" });
  }

  /** @type {NodeListOf<HTMLElement>} */
  const choices = document.querySelectorAll("[data-view]");

  function markChosen() {
    for (const choice of choices) {
      choice.setAttribute("aria-pressed", `${choice.dataset.view === root.dataset.reading}`);
    }
  }
  markChosen();
  for (const choice of choices) {
    choice.addEventListener("click", () => {
      keepingPlace(() => { root.dataset.reading = choice.dataset.view; });
      localStorage.setItem("reading", choice.dataset.view);
      markChosen();
      dispatchEvent(new Event("resize"));
    });
  }

  /** @type {NodeListOf<HTMLElement>} */
  const folds = document.querySelectorAll(".fold");
  for (const fold of folds) {
    const mark = /** @type {HTMLElement} */ (fold.previousElementSibling);
    if (mark.ariaLabel) mark.title = mark.ariaLabel;
    mark.addEventListener("click", () => unfold(fold, fold.hidden !== false));
    fold.addEventListener("beforematch", () => unfold(fold, true)); // found by the browser's search
  }

  // A link to something that is folded opens it, and all that is around it.
  function openTarget() {
    const target = document.querySelector(".fold :target");
    if (!target) return;
    for (const fold of folds) if (fold.contains(target)) unfold(fold, true);
    target.scrollIntoView({ behavior: "instant" });
  }
  addEventListener("hashchange", openTarget);
  addEventListener("load", openTarget);
})();
