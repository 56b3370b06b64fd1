// A formula that is wider than a phone scrolls; then, and only then, the keyboard must reach it.

(() => {
  const reach = () => {
    for (const box of document.querySelectorAll(".math-block, .derivation .line")) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  reach();
  window.addEventListener("resize", reach);
})();
