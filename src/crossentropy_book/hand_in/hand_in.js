// A page that is handed in. Answers are written into it, kept in this browser, and taken along as the
// notebook that was handed out, with the sources that were typed and nothing else changed. It needs no
// Python; where the page has it, a cell runs what stands here.

(() => {
  const { stub } = document.currentScript.dataset;
  /** @type {HTMLElement} */
  const head = document.querySelector(".hand-in[data-key]");
  const { assignment, key } = head.dataset;
  const released = JSON.parse(document.querySelector(".handed-out").textContent);

  // Elements, with properties, and with children that may be text.
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const said = head.appendChild(make("p", { role: "status" }));
  const say = (text) => { said.textContent = text; };

  // ---- What was written stays in this browser: sources, and pictures by name, of cells by id ----

  function kept() {
    try { return { sources: {}, pictures: {}, ...JSON.parse(localStorage.getItem(key)) }; }
    catch { return { sources: {}, pictures: {} }; }
  }
  let now = kept();
  let isKept = true; // or else there is more here than in the browser's store
  // Another tab may have written, too.
  const refresh = () => { if (isKept) now = kept(); };
  const isEmpty = ({ sources, pictures }) =>
    ![sources, ...Object.values(pictures)].some((each) => Object.keys(each).length);
  function keep(change) {
    refresh();
    change(now);
    try {
      if (isEmpty(now)) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(now));
      isKept = true;
    } catch {
      isKept = false;
      say("This browser keeps no more of it: download what you have before you close the page.");
    }
  }
  if ("forgets" in document.documentElement.dataset) {
    say("This browser keeps nothing of this page: download what you write before you close it.");
  }

  // ---- The notebook ----

  const textOf = ({ source }) => (Array.isArray(source) ? source.join("") : source);
  const isWithin = (text, name) => text.includes(`(attachment:${name})`);
  const linesOf = (text) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

  const sorted = (value) => {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
  };

  // Of what is kept only answers go in: all else is as it was handed out.
  function written(cell) {
    const text = places.has(cell.id) ? now.sources[cell.id] : undefined;
    if (text === undefined) return cell;
    const used = Object.entries(now.pictures[cell.id] ?? {}).filter(([name]) => isWithin(text, name));
    return {
      ...cell,
      source: linesOf(text),
      ...(used.length && { attachments: Object.fromEntries(used) }),
    };
  }

  // What nbformat would write.
  function notebook() {
    refresh();
    return `${JSON.stringify(sorted({ ...released, cells: released.cells.map(written) }), null, 1)}\n`;
  }

  function download() {
    const address = URL.createObjectURL(new Blob([notebook()], { type: "application/x-ipynb+json" }));
    make("a", { href: address, download: `${assignment}.ipynb` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    const open = [...places.values()].filter((place) => place.isUntouched()).length;
    say(`${assignment}.ipynb is what you hand in.${open ? ` Of its ${places.size} cells to write in, ${open} ${open === 1 ? "is" : "are"} as you got ${open === 1 ? "it" : "them"}.` : ""}`);
  }

  // Answers are found by nbgrader's names: another program may have given the cells other ids.
  const nameOf = (cell) => cell.metadata?.nbgrader?.grade_id ?? cell.id;

  async function open(file) {
    let other;
    try {
      other = JSON.parse(await file.text());
      if (!Array.isArray(other.cells)) throw new TypeError();
    } catch {
      return say(`${file.name} is not a notebook.`);
    }
    const about = other.metadata?.crossentropy ?? {};
    const theirs = new Map(other.cells.map((cell) => [nameOf(cell), cell]));
    const answers = released.cells.filter((cell) => places.has(cell.id) && theirs.has(nameOf(cell)));
    if ((about.assignment ?? assignment) !== assignment || !answers.length) {
      return say(`${file.name} is not of this assignment.`);
    }
    if (about.variant !== undefined && about.variant !== null) {
      return say(`${file.name} has numbers of its own, which this page does not have: go on in Jupyter.`);
    }
    if (Object.keys(now.sources).length && !confirm(`Put what is in ${file.name} in the place of what is written here?`)) return;
    keep((state) => {
      for (const cell of answers) {
        const theirCell = theirs.get(nameOf(cell));
        const text = textOf(theirCell);
        if (text === textOf(cell)) delete state.sources[cell.id];
        else state.sources[cell.id] = text;
        state.pictures[cell.id] = theirCell.attachments ?? {};
      }
    });
    for (const place of places.values()) place.show();
    const known = new Set(released.cells.map(nameOf));
    const own = other.cells.filter((cell) => !known.has(nameOf(cell)) && textOf(cell).trim()).length;
    say(`What you wrote in ${file.name} is here now.${own ? ` ${own === 1 ? "One cell that you added has" : `${own} cells that you added have`} no place on this page, and will not be in what you download.` : ""}`);
  }

  // ---- Places to write in ----

  // As if it were typed, so that the browser's Undo knows it.
  const insert = (text) => document.execCommand("insertText", false, text);

  // A text area that keeps indentation. Escape, then Tab, leaves it.
  function indents(area, run) {
    let leaves = false;
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        run();
      } else if (event.key === "Enter") {
        event.preventDefault();
        const before = area.value.slice(0, area.selectionStart).split("\n").at(-1);
        insert(`\n${/^ */.exec(before)[0]}${/:\s*$/.test(before) ? "    " : ""}`);
      } else if (event.key === "Tab" && !event.shiftKey && !leaves) {
        event.preventDefault();
        insert("    ");
      }
      leaves = event.key === "Escape" || (leaves && event.key === "Shift");
    });
  }

  /** @type {Map<string, { show: () => void, isUntouched: () => boolean }>} */
  const places = new Map();

  function prepare(element) {
    const cell = released.cells.find(({ id }) => id === element.dataset.cell);
    const original = textOf(cell);
    const isCode = cell.cell_type === "code";
    // The rubric of a written answer stands above it: only what is in the stub's place is typed.
    const [before, after] = isCode || !original.includes(stub) ? ["", ""] : original.split(stub);
    let isWhole = false;
    const area = make("textarea", {
      className: isCode ? "answer-code" : "answer-text", spellcheck: !isCode,
      ariaLabel: isCode ? "Your code. The Tab key indents; Escape, then Tab, leaves." : "Your answer",
      placeholder: isCode ? "" : "Your answer, in Markdown: $\\log p$ is a formula.",
    });
    if (isCode) area.autocapitalize = "off";
    const restore = make("button", { type: "button", className: "answer-restore", textContent: "Restore" });
    const row = make("div", { className: "answer-row" }, restore);
    element.append(area, row);

    const isUntouched = () => now.sources[cell.id] === undefined;
    const text = () => now.sources[cell.id] ?? original;
    const fit = () => {
      area.rows = Math.max(isCode ? 1 : 8, area.value.split("\n").length);
      restore.hidden = isUntouched();
    };
    function show() {
      const source = text();
      isWhole = !(source.startsWith(before) && source.endsWith(after) && source.length >= before.length + after.length);
      const inner = isWhole ? source : source.slice(before.length, source.length - after.length);
      area.value = inner === stub ? "" : inner;
      fit();
      showPictures();
    }
    function keepText() {
      const inner = isCode || area.value.trim() ? area.value : stub;
      const source = isWhole ? inner : `${before}${inner}${after}`;
      keep((state) => {
        if (source === original) delete state.sources[cell.id];
        else state.sources[cell.id] = source;
      });
      fit();
    }
    area.addEventListener("input", keepText);
    restore.addEventListener("click", () => {
      keep((state) => {
        delete state.sources[cell.id];
        delete state.pictures[cell.id];
      });
      show();
      area.focus();
    });

    let showPictures = () => {};
    if (isCode) {
      const box = element.closest(".cell");
      const { fontFamily, fontSize, lineHeight } = getComputedStyle(box.querySelector("pre"));
      Object.assign(area.style, { fontFamily, fontSize, lineHeight });
      box.querySelector(".highlight").hidden = true;
      box.typed = text; // what is run (page.js)
      indents(area, () => box.querySelector(".live-run")?.click());
    } else showPictures = takePictures(cell.id, area, row, text);
    places.set(cell.id, { show, isUntouched });
    show();
  }

  // ---- Photographs of handwriting ----

  const MOST = 1600; // pixels of a side: a page can be read, and a browser's storage holds ten

  async function shrunk(file) {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, MOST / Math.max(image.width, image.height));
    const canvas = make("canvas", { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", 0.8).split(",")[1];
  }

  function takePictures(id, area, row, text) {
    const chosen = make("input", { type: "file", accept: "image/*", multiple: true, hidden: true });
    const button = make("button", { type: "button", textContent: "Add photographs" });
    const shown = make("div", { className: "answer-pictures" });
    row.prepend(button, chosen);
    row.before(shown);
    button.addEventListener("click", () => chosen.click());
    const show = () => {
      const used = Object.entries(now.pictures[id] ?? {}).filter(([name]) => isWithin(text(), name));
      shown.replaceChildren(...used.map(([name, data]) => {
        const [kind, content] = Object.entries(data)[0];
        return make("img", { src: `data:${kind};base64,${content}`, alt: name });
      }));
    };
    async function take(files) {
      for (const file of files) {
        if (!file.type.startsWith("image/")) continue;
        try {
          const content = await shrunk(file);
          let count = 1;
          while (`photograph-${count}.jpg` in (now.pictures[id] ?? {})) count += 1;
          const name = `photograph-${count}.jpg`;
          keep((state) => { (state.pictures[id] ??= {})[name] = { "image/jpeg": content }; });
          area.focus();
          insert(`${area.value && !area.value.endsWith("\n") ? "\n\n" : ""}![${name}](attachment:${name})\n`);
        } catch {
          say(`${file.name} is no picture that this browser can read.`);
        }
      }
      show();
    }
    chosen.addEventListener("change", () => take(chosen.files));
    for (const kind of ["drop", "paste"]) {
      area.addEventListener(kind, (event) => {
        const { files } = event.dataTransfer ?? event.clipboardData;
        if (!files.length) return;
        event.preventDefault();
        take(files);
      });
    }
    area.addEventListener("input", show);
    return show;
  }

  // ---- The buttons ----

  document.querySelectorAll(".answer").forEach(prepare);
  const chosen = head.appendChild(make("input", { type: "file", accept: ".ipynb", hidden: true }));
  chosen.addEventListener("change", async () => {
    if (chosen.files.length) await open(chosen.files[0]);
    chosen.value = "";
  });
  const connect = (selector, act) => document.querySelectorAll(selector).forEach((button) => {
    button.disabled = false;
    button.addEventListener("click", act);
  });
  connect(".hand-in-download", download);
  connect(".hand-in-open", () => chosen.click());
})();
