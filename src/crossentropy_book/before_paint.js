// Before anything is painted, and after the style sheets.
//
// The fonts are here with the style sheet, but a browser unpacks them while it lays out the text. For
// these few milliseconds nothing is shown, or it would be shown twice, and move. So would what has a
// border, which the theme draws when it knows whether a reader prefers the dark. A page that has scripts
// leaves the place of a picture empty for them (`data-scripts`), but not for longer than they should
// take: one may be missing. What other parts of a page want by then, they say in attributes of this
// script: that it has views (`data-reading`), and by which name its reader's steps are kept, or, with a
// slash at its end, those of the book (`data-known`).

{
  const { style, dataset } = document.documentElement;
  const { reading, known } = document.currentScript.dataset;
  dataset.scripts = "";
  addEventListener("load", () => setTimeout(() => { delete dataset.scripts; }, 2000));
  if (dataset.theme === "auto") {
    dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  if (reading === "") dataset.reading = localStorage.getItem("reading") ?? "read";
  const isOfBook = known?.endsWith("/");
  if (Object.keys(localStorage).some((key) => key === known || (isOfBook && key.startsWith(known)))) {
    dataset.known = "";
  }
  const fonts = [...document.fonts].filter(({ family }) => /Book|STIX/.test(family));
  style.visibility = "hidden";
  Promise.allSettled(fonts.map((font) => font.load())).then(() => { style.visibility = ""; });
}
