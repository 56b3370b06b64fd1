// The editor of a cell, which comes with the first click on Edit: prism-code-editor, out of npm's package
// (fetch.py). It is an area for text, as the browser has them, with the same text in colours behind it.

const address = (name) => new URL(`editor/${name}`, import.meta.url).href;

// The style sheet is there before the first area: without it, the area is not where its text is.
const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address("layout.css") });
const styled = new Promise((resolve, reject) => {
  Object.assign(sheet, { onload: resolve, onerror: reject });
});
document.head.prepend(sheet);

// The last two know the words of Python, and where it indents.
const [{ createEditor }, { defaultKeymap, editHistory, editorCommands }] = await Promise.all(
  ["index.js", "extensions/commands/index.js", "prism/languages/python.js", "languages/python.js"]
    .map((name) => import(address(name))),
);
await styled;

// Where a line is too long for a phone, the rest of it stands below, as in the page.
const isNarrow = matchMedia("(max-width: 720px)");

// `run` is for Shift-Enter. After Escape the Tab key leaves, as it does everywhere else in a page.
export function open(value, run, className) {
  let leaves = false;
  const runs = () => { run(); return true; };
  const keys = {
    ...defaultKeymap,
    Tab: (it) => !leaves && defaultKeymap.Tab(it),
    "8+Tab": (it) => !leaves && defaultKeymap["8+Tab"](it),
    "8+Enter": runs,
    "Mod+Enter": runs,
  };
  const options = {
    language: "python", value, class: className, tabSize: 4, lineNumbers: false, wordWrap: isNarrow.matches,
  };
  const editor = createEditor(null, options, editorCommands(keys, []), editHistory()); // no bracket closes itself
  editor.keyCommandMap.Escape = () => false; // it would leave at once, and where to is not said
  editor.textarea.addEventListener("keydown", ({ key }) => {
    leaves = key === "Escape" || (leaves && ["Tab", "Shift"].includes(key));
  }, true);
  editor.textarea.addEventListener("blur", () => { leaves = false; });
  return { element: editor.container, area: editor.textarea };
}
