// A citation tells the title of the work. The titles are here, once for all pages.

(() => {
  const TITLES = {}; // the build fills this in
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = document.querySelectorAll(".bibtex-citation a");
  for (const link of links) link.title = TITLES[link.hash.slice(1)] ?? "";
})();
