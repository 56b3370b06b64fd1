// Where a reader reads: whoever stays at a place for two seconds. The section there gets an event
// `rest`, which bubbles.

(() => {
  const foot = document.querySelector(".book-foot");
  let resting = 0;

  const rest = () => {
    // What stands at the foot of a page, below all sections, is not read for its section.
    if (foot && foot.getBoundingClientRect().top < innerHeight) return;
    const seen = document.elementFromPoint(innerWidth / 2, innerHeight / 3);
    const section = seen?.closest("article section[id]:has(> :is(h1, h2, h3, h4))");
    section?.dispatchEvent(new Event("rest", { bubbles: true }));
  };
  addEventListener("scroll", () => {
    clearTimeout(resting);
    resting = setTimeout(rest, 2000);
  }, { passive: true });
})();
