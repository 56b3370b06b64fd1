// What is wider than a phone scrolls, as a formula; then, and only then, the keyboard must reach it.

(() => {
  // First all is measured, then all is said: by turns, each would be laid out anew.
  const reach = () => {
    /** @type {NodeListOf<HTMLElement>} */
    const all = document.querySelectorAll(".math-block, .derivation .line");
    // What is folded has no width yet, and would be laid out to get one.
    const boxes = [...all].filter((box) => box.checkVisibility());
    const scroll = boxes.map((box) => box.scrollWidth > box.clientWidth + 1);
    boxes.forEach((box, i) => {
      if (scroll[i]) box.tabIndex = 0;
      else if (box.hasAttribute("tabindex")) box.removeAttribute("tabindex");
    });
  };
  // Once the page is laid out anyway; what unfolds boxes says that they have another size.
  addEventListener("load", reach);
  addEventListener("resize", reach);
})();
