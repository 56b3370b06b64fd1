// What the theme's pages use of Bootstrap, and of three scripts more: menus, tips, the mark in the
// contents, boxes that fold, and code that is copied. The whole of these weighs as much as half a
// chapter.

(() => {
  // ---- Menus ----

  /** @param {Element} toggle */
  const menuOf = (toggle) => toggle.parentElement.querySelector(".dropdown-menu");

  /**
   * @param {Element} toggle
   * @param {boolean} isOpen
   */
  function openMenu(toggle, isOpen) {
    for (const part of [toggle, menuOf(toggle)]) part.classList.toggle("show", isOpen);
    toggle.setAttribute("aria-expanded", `${isOpen}`);
  }

  for (const toggle of document.querySelectorAll("[data-bs-toggle=dropdown]")) {
    const isOpen = () => toggle.classList.contains("show");
    toggle.addEventListener("click", () => openMenu(toggle, !isOpen()));
    // Whoever clicks or tabs to another place has done with it.
    for (const event of ["click", "focusin"]) {
      document.addEventListener(event, ({ target }) => {
        const around = event === "click" ? toggle : toggle.parentElement;
        if (isOpen() && !around.contains(/** @type {Node} */ (target))) openMenu(toggle, false);
      });
    }
    toggle.parentElement.addEventListener("keydown", (event) => {
      /** @type {NodeListOf<HTMLElement>} */
      const found = menuOf(toggle).querySelectorAll(".dropdown-item");
      const items = [...found];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        openMenu(toggle, true);
        const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
        items.at(at < 0 && step < 0 ? -1 : (at + step) % items.length)?.focus();
      } else if (event.key === "Escape" && isOpen()) {
        event.stopPropagation();
        openMenu(toggle, false);
        /** @type {HTMLElement} */ (toggle).focus();
      }
    });
  }

  // ---- Tips ----

  const tip = document.createElement("div");
  tip.id = "tip";
  tip.role = "tooltip";
  tip.style.position = "fixed";
  tip.innerHTML = '<div class="tooltip-arrow"></div><div class="tooltip-inner"></div>';
  const [arrow, inner] = /** @type {HTMLElement[]} */ ([...tip.children]);
  const SIDES = { top: "bs-tooltip-top", bottom: "bs-tooltip-bottom", left: "bs-tooltip-start" };
  let waiting = 0;

  /** @param {HTMLElement} element */
  function showTip(element) {
    const side = element.dataset.bsPlacement ?? "top";
    inner.textContent = element.dataset.tip;
    tip.className = `tooltip fade ${SIDES[side]}`;
    document.body.append(tip);
    element.setAttribute("aria-describedby", tip.id);
    const box = element.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = tip;
    const [middle, centre] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const room = document.documentElement.clientWidth - width;
    const left = side === "left" ? box.left - width : Math.max(0, Math.min(middle - width / 2, room));
    const top = { left: centre - height / 2, bottom: box.bottom, top: box.top - height }[side];
    Object.assign(tip.style, { left: `${left}px`, top: `${top}px` });
    const [across, at] = side === "left" ? ["top", height / 2] : ["left", middle - left];
    arrow.style.cssText = `position: absolute; ${across}: calc(${at}px - 0.4rem)`;
    tip.classList.add("show");
  }

  function hideTip() {
    clearTimeout(waiting);
    document.querySelector("[aria-describedby=tip]")?.removeAttribute("aria-describedby");
    tip.remove();
  }

  /** @type {NodeListOf<HTMLElement>} */
  const told = document.querySelectorAll("[data-bs-toggle=tooltip]");
  for (const element of told) {
    element.dataset.tip = element.title || element.dataset.bsTitle;
    // The browser's own tip would stand beside this one.
    if (!element.ariaLabel && !element.textContent.trim()) element.ariaLabel = element.title;
    element.removeAttribute("title");
    for (const start of ["pointerenter", "focus"]) {
      element.addEventListener(start, () => {
        hideTip();
        waiting = setTimeout(showTip, 500, element);
      });
    }
    for (const end of ["pointerleave", "blur", "click"]) element.addEventListener(end, hideTip);
  }
  addEventListener("keydown", ({ key }) => key === "Escape" && hideTip());

  // ---- Contents ----

  const links = new Map();
  for (const link of document.querySelectorAll("#pst-page-toc-nav a")) {
    const { hash } = /** @type {HTMLAnchorElement} */ (link);
    const section = document.getElementById(decodeURI(hash.slice(1)));
    if (section) links.set(section, link);
  }
  const seen = new Set();
  let marked;

  // Contents that are longer than the window scroll to what is read.
  /** @param {Element} link */
  function bringIntoView(link) {
    const side = link.closest(".bd-sidebar-secondary");
    const [own, around] = [link, side].map((each) => each.getBoundingClientRect());
    if (own.top >= around.top && own.bottom <= around.bottom) return;
    side.scrollTop += own.top - (around.top + around.bottom) / 2;
  }

  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) seen.add(target);
      else seen.delete(target);
    }
    // Of the sections in the upper part of the window the last is read.
    const read = links.get([...links.keys()].findLast((section) => seen.has(section)));
    for (const link of links.values()) link.classList.toggle("active", link === read);
    if (read && read !== marked) bringIntoView(read);
    marked = read;
  }, { rootMargin: "0px 0px -60%" });
  for (const section of links.keys()) watch.observe(section);

  // ---- Boxes that fold ----

  const chevron =
    '<svg class="tb-icon" viewBox="0 0 24 24" stroke-width="1.5" fill="none" ' +
    'stroke-linecap="round" stroke-linejoin="round"><polyline points="9 6 15 12 9 18"/></svg>';

  /** @type {NodeListOf<HTMLElement>} */
  const boxes = document.querySelectorAll(".admonition:is(.toggle, .dropdown)");

  /**
   * @param {HTMLElement} box
   * @param {boolean} isOpen
   */
  function fold(box, isOpen) {
    box.classList.toggle("toggle-hidden", !isOpen);
    const button = /** @type {HTMLElement} */ (box.querySelector(".toggle-button"));
    button.classList.toggle("toggle-button-hidden", !isOpen);
    button.dataset.toggleHint = `Click to ${isOpen ? "hide" : "show"}`;
    button.ariaExpanded = `${isOpen}`;
  }

  for (const box of boxes) {
    box.classList.add("toggle");
    const title = box.querySelector(".admonition-title");
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "toggle-button", innerHTML: chevron });
    button.ariaLabel = "Toggle hidden content";
    title.append(button);
    fold(box, box.classList.contains("toggle-shown"));
    title.addEventListener("click", () => fold(box, box.classList.contains("toggle-hidden")));
  }
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...boxes].filter((box) => box.classList.contains("toggle-hidden"));
    for (const box of closed) fold(box, true);
  });
  addEventListener("afterprint", () => closed.forEach((box) => fold(box, false)));

  // ---- Code that is copied ----

  const drawing = (stroke, inside) =>
    `<svg viewBox="0 0 24 24" stroke-width="${stroke}" fill="none" stroke-linecap="round" ` +
    `stroke-linejoin="round">${inside}</svg>`;
  const sheets = drawing(1.5, '<rect x="8" y="8" width="12" height="12" rx="2"/>' +
    '<path d="M16 8v-2a2 2 0 0 0 -2 -2h-8a2 2 0 0 0 -2 2v8a2 2 0 0 0 2 2h2"/>');
  const tick = drawing(2, '<path d="M5 12l5 5l10 -10"/>');

  /** @param {string} text */
  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // A page that comes over plain http has no clipboard, but may copy what is selected.
    const field = document.createElement("textarea");
    field.value = text;
    field.style.cssText = "position: fixed; opacity: 0";
    document.body.append(field);
    field.select();
    const isDone = document.execCommand("copy");
    field.remove();
    return isDone ? undefined : Promise.reject(new Error("not copied"));
  }

  /** @type {NodeListOf<HTMLElement>} */
  const blocks = document.querySelectorAll("div.highlight pre");
  for (const block of blocks) {
    const button = document.createElement("button");
    button.className = "copybtn o-tooltip--left";
    const say = (label, icon) => {
      button.dataset.tooltip = button.ariaLabel = label;
      button.innerHTML = icon;
    };
    say("Copy", sheets);
    button.addEventListener("click", async () => {
      // As it is written, also where folded code around it is not painted.
      const hasCopied = await copy(block.textContent.replace(/\n$/, "")).then(() => true, () => false);
      button.classList.toggle("success", hasCopied);
      say(hasCopied ? "Copied!" : "Failed to copy", hasCopied ? tick : sheets);
      setTimeout(() => button.classList.remove("success"), 1500);
      setTimeout(say, 2000, "Copy", sheets);
    });
    block.after(button);
  }
})();
