// A formula that is wider than a phone scrolls; then, and only then, the keyboard must reach it.

(() => {
  const reach = () => {
    /** @type {NodeListOf<HTMLElement>} */
    const boxes = document.querySelectorAll(".math-block, .derivation .line");
    for (const box of boxes) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  reach();
  window.addEventListener("resize", reach);
})();
