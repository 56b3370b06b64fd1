// "Report a mistake" says where: the section that was read last, and the text that is selected.

{
  const foot = document.querySelector(".book-foot");
  /** @type {Element | null} */
  let read = null;

  /** @param {Node | null | undefined} node */
  const sectionOf = (node) => {
    const element = node instanceof Element ? node : node?.parentElement;
    return element?.closest("article section[id]:has(> :is(h1, h2, h3, h4))") ?? null;
  };

  addEventListener("rest", ({ target }) => { read = /** @type {Element} */ (target); });

  foot?.querySelector(".report-mistake")?.addEventListener("click", (event) => {
    const link = /** @type {HTMLAnchorElement} */ (event.currentTarget);
    const selection = getSelection();
    const quoted = selection?.toString().trim().slice(0, 300);
    const section = (quoted && sectionOf(selection?.anchorNode)) || read ||
      sectionOf(location.hash ? document.getElementById(location.hash.slice(1)) : null);
    const title = section?.querySelector("h1, h2, h3, h4")?.firstChild?.parentElement;
    const name = title ? title.textContent.replace(/#\s*$/, "").trim() : "";
    const url = new URL(link.href);
    for (const key of ["body", "issue[description]"]) {
      const body = url.searchParams.get(key);
      if (!body) continue;
      const where = section ? `Section: ${name}, #${section.id}` : "Section: ";
      const what = quoted ? `What is wrong: “${quoted}” ` : "What is wrong: ";
      url.searchParams.set(
        key,
        body.replace(/^Section: .*$/m, () => where).replace(/^What is wrong: .*$/m, () => what),
      );
    }
    link.href = url.href;
  });
}
