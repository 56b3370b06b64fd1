// Before anything is painted, and after the style sheets.
//
// The fonts are here with the style sheet, but a browser unpacks them while it lays out the text. For
// these few milliseconds nothing is shown, or it would be shown twice, and move. So would what has a
// border, which the theme draws when it knows whether a reader prefers the dark. A page that has scripts
// leaves the place of a picture empty for them (`data-scripts`), but not for longer than they should
// take: one may be missing.

{
  const { style, dataset } = document.documentElement;
  dataset.scripts = "";
  addEventListener("load", () => setTimeout(() => { delete dataset.scripts; }, 2000));
  if (dataset.theme === "auto") {
    dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  const fonts = [...document.fonts].filter(({ family }) => /Book|STIX/.test(family));
  style.visibility = "hidden";
  Promise.allSettled(fonts.map((font) => font.load())).then(() => { style.visibility = ""; });
}
