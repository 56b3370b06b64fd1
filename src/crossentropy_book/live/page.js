// Cells that run in the reader's browser, after the first click on one of their buttons (live.js). Then
// come their sources, a worker, and Python in it. Cells above that have not run, or have been changed,
// run first. What a cell shows stands where its built output stood, which Restore brings back.

(() => {
  const { cells: cellsUrl, live, key, needs, size } = document.currentScript.dataset;
  const { anywidgets } = /** @type {any} */ (globalThis);
  const absolute = (path) => new URL(path, location.href).href;

  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${live}/page.css` });
  document.head.append(style);

  // Elements, with properties, and with children that may be text.
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // ---- The line that says what happens ----

  const said = make("span", { role: "status" });
  const bar = make("progress", { ariaLabel: "Python in this page", hidden: true });
  const stop = make("button", { type: "button", textContent: "Stop" });
  const line = document.body.appendChild(make("div", { className: "live-line", hidden: true }, said, bar, stop));
  stop.addEventListener("click", () => halt("Stopped. Python has forgotten everything: the next Run begins anew."));

  // Without an `activity`, the line stays for a reader to read, and goes with the next one.
  function say(text, activity = Boolean(text)) {
    if (said.textContent !== text) said.textContent = text;
    line.hidden = !text;
    stop.hidden = !activity;
    bar.hidden = true;
  }

  // ---- The cells of the page ----

  /** @type {any[]} */
  const bars = [...document.querySelectorAll(".live-bar")];
  /** @type {Map<string, any>} */
  const places = new Map(bars.map((place) => {
    const element = place.closest(".cell");
    const code = element.querySelector(".cell_input pre");
    const original = code.textContent.replace(/\n$/, "");
    // What was typed is kept by the text that it replaces: with another text it is of no use.
    const name = [...original].reduce((sum, letter) => (31 * sum + letter.codePointAt(0)) | 0, 0);
    return [place.dataset.cell, { place, element, code, original, name, text: null }];
  }));

  let cells; // what is fetched with the click: [{ id, source, check?, ran }]
  async function fetchJson(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer.json();
  }

  const outputOf = (element) => {
    const there = element.querySelector(".cell_output");
    if (there) return there;
    const output = make("div", { className: "cell_output docutils container" });
    element.append(output);
    return output;
  };

  // ---- Text that is typed stays in this browser ----

  const typed = () => {
    try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; }
  };
  function keep({ name }, text) {
    const kept = typed();
    if (text === null) delete kept[name]; else kept[name] = text;
    try {
      if (Object.keys(kept).length) localStorage.setItem(key, JSON.stringify(kept));
      else localStorage.removeItem(key);
      if ("forgets" in document.documentElement.dataset) warnOfLoss(); // a stand-in (storage.js)
    } catch {
      warnOfLoss();
    }
  }

  // What is typed is lost with the page where the storage is full, or denied.
  let isWarnedOfLoss = false;
  function warnOfLoss() {
    if (isWarnedOfLoss) return;
    isWarnedOfLoss = true;
    addEventListener("beforeunload", (event) => event.preventDefault());
    say("This browser does not keep what you type: its storage is full, or denied. Copy it before you leave.", false);
  }

  // ---- What a cell shows ----

  // What markup of a cell may be in the page: no script, no style sheet, no frame, no form, no address
  // elsewhere. What it has for a place of its own ends at the edge of its box (page.css).
  let purifier; // DOMPurify, with the first click
  const FORBIDDEN = "style form input button select textarea option audio video source track".split(" ");
  const INSIDE = /^(#|data:image\/(png|jpeg|gif|webp);)/;

  async function loadPurifier(address) {
    if (purifier) return;
    await import(address);
    purifier = /** @type {any} */ (globalThis).DOMPurify;
    purifier.addHook("uponSanitizeAttribute", (element, attribute) => {
      const { attrName: name, attrValue: value } = attribute;
      const leads = /^(xlink:)?(href|src|srcset|poster|background)$/.test(name) && !INSIDE.test(value);
      if (leads || /url\(\s*['"]?(?!#)/i.test(value)) attribute.keepAttr = false;
    });
  }

  const clean = (markup) => [...purifier.sanitize(markup, {
    USE_PROFILES: { html: true, svg: true, mathMl: true },
    ADD_TAGS: ["use"],
    FORBID_TAGS: FORBIDDEN,
    RETURN_DOM: true,
  }).childNodes];

  const boxed = (kind, ...children) =>
    make("div", { className: `output ${kind}` }, make("div", { className: "highlight" }, make("pre", {}, ...children)));

  const show = {
    stream(output, { name, text }) {
      const last = output.lastElementChild;
      const pre = last?.dataset.stream === name && last.querySelector("pre");
      if (pre) return pre.append(text);
      const box = boxed("stream highlight-myst-ansi notranslate", text);
      box.dataset.stream = name;
      return output.append(box);
    },
    error(output, { text }) {
      output.append(Object.assign(boxed("live-error notranslate", text), { role: "alert" }));
    },
    display(output, { data }) {
      const markup = data["text/html"] ?? data["image/svg+xml"];
      if (markup) output.append(make("div", { className: "output text_html live-html" }, ...clean(markup)));
      else if (data["image/png"]) {
        const src = `data:image/png;base64,${data["image/png"]}`;
        output.append(make("div", { className: "output" }, make("img", { src, alt: data["text/plain"] })));
      } else output.append(boxed("text_plain notranslate", data["text/plain"]));
    },
    // A picture that stands there is connected, not drawn anew: what the reader dragged counts, as long
    // as the cell is the page's own.
    widget(output, { data, model, state }, { isOwn, isQuiet, stood }) {
      const { body } = new DOMParser().parseFromString(data["text/html"], "text/html");
      const drawn = body.querySelector("figure");
      const { explorable: name } = drawn?.dataset ?? {};
      const figure = stood.find((each) => each.dataset.explorable === name && !("taken" in each.dataset));
      // One whose own module has changed is another picture, in the same place.
      if (!figure || figure.source !== ownModule(drawn)) {
        // Of a cell that runs unasked it is all that is new: it takes the place of what was built.
        if (isQuiet && !picturesIn(output).length) output.replaceChildren();
        return connect(bringIn(output, data, drawn, figure), model, state, false);
      }
      figure.dataset.taken = "";
      output.append(figure.closest(".output")); // below what was printed before
      if (name === "Predict") return null; // it has no state
      return connect(figure, model, state, isOwn);
    },
  };

  // Whether a picture may bring a module of its own, JavaScript that a cell defines. What a cell shows
  // must not act, and a module acts: it has the page. But on the page that is about modules, where a
  // built picture brings its own, it is the author's text or what the reader has typed there: no link
  // and no other page puts a text into a cell, and a text that comes back is not run before a click.
  // So it is imported as that of the built picture is, from a blob, which the policy admits to scripts
  // of the book alone. On any other page it is refused.
  /** @type {NodeListOf<HTMLElement>} */
  const pictures = document.querySelectorAll("figure[data-explorable]");
  const hasOwnModules = [...pictures].some(({ dataset }) => !anywidgets?.modules[dataset.explorable]);

  // A picture that the page does not have yet: its mount point, with its state and its own module, if
  // it has one, and nothing else.
  function bringIn(output, data, drawn, old) {
    const name = drawn?.dataset.explorable;
    const isKnown = Boolean(anywidgets?.modules[name]);
    if (!isKnown && !(hasOwnModules && drawn)) {
      output.append(boxed("text_plain", data["text/plain"]));
      if (drawn) output.append(boxed("stream", `${name} brings JavaScript of its own, which runs in Jupyter, and on the page that is about it: Make your own.`));
      return null;
    }
    const figure = make("figure", { className: "explorable" });
    Object.assign(figure.dataset, { explorable: name, taken: "" });
    figure.style.cssText = drawn.style.cssText;
    const [state, ...modules] = drawn.querySelectorAll("script");
    const parts = [...drawn.querySelectorAll("figcaption"), state, ...(isKnown ? [] : modules)];
    figure.append(...parts.filter(Boolean).map((part) => document.adoptNode(part)));
    const box = make("div", { className: "output text_html" }, figure);
    figure.addEventListener("failed", ({ detail }) => {
      show.error(box, { text: `The JavaScript of ${name} stopped:\n${detail}` });
    });
    if (old) old.closest(".output").replaceWith(box);
    else output.append(box);
    anywidgets.await(figure);
    return figure;
  }

  // ---- Pictures, connected both ways ----

  // The module that a picture of a cell brings along, if the page does not know it.
  function ownModule({ dataset, children }) {
    const [, module] = [...children].filter((child) => child.matches("script"));
    return module && !anywidgets?.modules[dataset.explorable] ? JSON.parse(module.textContent) : undefined;
  }

  const connected = new Map();

  async function connect(figure, id, state, isOwn) {
    if (!figure) return;
    connected.set(id, figure);
    figure.dataset.model = id;
    const wasLive = Boolean(figure.model);
    if (!wasLive) await new Promise((resume) => figure.addEventListener("live", resume, { once: true }));
    if (figure.dataset.model !== id) return; // its cell has run again
    const { model } = figure;
    model.fromPython ??= model.set;
    const changed = {};
    model.set = (name, value) => {
      Object.assign(changed, typeof name === "object" ? name : { [name]: value });
      model.fromPython(name, value);
    };
    model.save_changes = () => {
      const changes = { ...changed };
      for (const name of Object.keys(changes)) delete changed[name];
      if (Object.keys(changes).length) worker?.postMessage({ type: "model", model: id, changes });
    };
    const traits = figure.explorable?.traits ?? Object.keys(state); // a reader's own picture says none
    const now = Object.fromEntries(traits.map((name) => [name, model.get(name)]));
    if (wasLive && isOwn) worker.postMessage({ type: "model", model: id, changes: now });
    else for (const name of traits) model.fromPython(name, latest.get(`${id} ${name}`) ?? state[name]);
  }
  const latest = new Map(); // what Python has said of traits

  // ---- Python ----

  /** @type {Worker | null} */
  let worker = null;
  let ready = null;
  /** @type {{ isQuiet: boolean, isOwn: boolean, stood: any[], output: Element, resolve: Function } | null} */
  let running = null;
  let failure = null;
  let abort = null; // while it starts
  let isWarned = false;
  let coming = null; // into the page: what, of how many bytes, and how many had come before
  let total = 0; // bytes that have come
  let isUnkept = false;

  function halt(text) {
    worker?.terminate();
    worker = ready = coming = null;
    abort?.(null);
    for (const cell of cells ?? []) cell.ran = null;
    running?.resolve(false);
    running = null;
    say(text, false);
  }

  const hear = {
    progress({ arrived }) {
      total = arrived;
      if (!coming) return;
      const { what, of, from } = coming;
      // In steps: each is read aloud where somebody listens.
      const left = Math.ceil(Math.max(0, from + of - arrived) / 5e6) * 5;
      say(left ? `${what}: ${left} MB are left …` : "Python starts …");
      Object.assign(bar, { hidden: false, max: of, value: Math.min(arrived - from, of) });
    },
    needs({ wanted, size: of }) {
      coming = { what: `This cell needs ${wanted}`, of, from: total };
    },
    unkept() {
      isUnkept = true;
    },
    done({ ok }) {
      const { resolve } = running;
      running = coming = null;
      resolve(ok);
    },
    model({ model, name, value }) {
      latest.set(`${model} ${name}`, value);
      connected.get(model)?.model?.fromPython?.(name, value);
    },
    refused: ({ text }) => say(text, false),
  };

  function start() {
    ready ??= (async () => {
      const what = "Python comes into this page";
      say(`${what} …`);
      total = 0;
      coming = { what, of: Number(size), from: 0 };
      const folder = absolute(`${live}/`);
      const told = await fetchJson(`${folder}start.json`);
      const runtime = new URL(told.python, folder).href;
      await loadPurifier(`${runtime}purify.min.js`);
      cells ??= (await fetchJson(cellsUrl)).map((cell) => ({ ...cell, ran: null }));
      worker = new Worker(new URL("worker.js", folder), { type: "module" });
      await new Promise((resolve, reject) => {
        abort = reject;
        worker.onerror = ({ message }) => {
          reject(new Error(message || "the worker did not start"));
          if (running) halt(`Python stopped: ${message}`);
        };
        worker.onmessage = ({ data }) => {
          if (data.type === "ready") resolve();
          else if (data.type === "failed") {
            reject(new Error(data.text));
            if (running) halt(`Python stopped: ${data.text}`);
          } else if (hear[data.type]) hear[data.type](data);
          else if (running) {
            if (data.type === "error") failure = data;
            if (!running.isQuiet || data.type === "widget") show[data.type](running.output, data, running);
          }
        };
        const packages = [...told.packages, ...needs.split(" ").filter(Boolean)];
        const course = new URL("course.zip", folder).href;
        worker.postMessage({ type: "start", runtime, course, packages, later: told.later });
      });
      coming = null;
    })();
    return ready;
  }

  const picturesIn = (output) => [...output.querySelectorAll("figure[data-explorable]")];

  function showBuilt({ element, built }) {
    if (built) outputOf(element).replaceChildren(...built);
  }

  // Where a cell shows what it does; what was built there is kept for Restore.
  function outputIn(place) {
    const output = outputOf(place.element);
    place.built ??= [...output.childNodes];
    return output;
  }

  // Make room for what a cell shows; pictures stay until it is clear whether they are shown again.
  function clear(id) {
    const output = outputIn(places.get(id));
    const there = [...output.childNodes];
    for (const node of there) if (!node.querySelector?.("figure[data-explorable]")) node.remove();
    return output;
  }

  // Run one cell. Of one that runs unasked only the pictures are of interest, which are connected.
  function execute(cell, source, isQuiet, output) {
    failure = null;
    const stood = picturesIn(output);
    for (const figure of stood) delete figure.dataset.taken;
    const isOwn = source === cell.source;
    // Of what runs for the second time, in another form, all that has run below is out of date.
    if (cell.ran !== null && cell.ran !== source) for (const below of cells.slice(cells.indexOf(cell))) below.ran = null;
    return new Promise((resolve) => {
      const done = (isDone) => {
        cell.ran = isDone ? source : null;
        resolve(isDone);
      };
      running = { isQuiet, isOwn, stood, output, resolve: done };
      worker.postMessage({ type: "run", cell: cell.id, source });
    });
  }

  // What only shows a picture, as the page has it, gives nothing to the cells below.
  const isPassedOver = (cell) => cell.shows && sourceOf(cell) === cell.source;

  // After a cell: what there is to say before the next one.
  function rest() {
    if (!worker) return;
    if (failure?.name === "MemoryError") {
      // While it runs it gives none of it back.
      halt("The memory of this page is full. Python has forgotten everything: the next Run begins anew.");
    } else if (isUnkept) {
      isUnkept = false;
      say("This browser's storage is full, or denied: it keeps no Python, and the next page loads it again.", false);
    } else say("");
  }

  // A cell may have an editor of its own (hand_in.js).
  const sourceOf = ({ id, source }) => places.get(id)?.text ?? places.get(id)?.element.typed?.() ?? source;
  let isBusy = false;

  // The cells above one that have not run as they stand, with those that ran below another text.
  function toRunBefore(at) {
    let isStale = false;
    return cells.slice(0, at).filter((cell) => {
      if (isPassedOver(cell)) return false;
      const isNew = cell.ran !== sourceOf(cell);
      isStale ||= isNew && cell.ran !== null;
      return isNew || isStale;
    });
  }

  async function run(asked) {
    if (isBusy) return;
    // A check by its own button is one of the answer, which stands above it.
    const before = bars[bars.indexOf(places.get(asked).place) - 1]?.dataset.cell;
    const id = before && isJudged(before) ? before : asked;
    const { place, element } = places.get(id);
    if (location.protocol === "file:") {
      say("A page from a disk may not start Python. Open it online, or through a server: make serve.", false);
      return;
    }
    isBusy = true;
    try {
      if (!ready && !isWarned && matchMedia("(pointer: coarse)").matches) {
        isWarned = true;
        say(`Python for this page is ${(Number(size) / 1e6).toFixed(0)} MB, and needs much memory. Run once more to load it.`, false);
        return;
      }
      await start();
      const at = cells.findIndex((cell) => cell.id === id);
      const above = toRunBefore(at);
      for (const [i, cell] of above.entries()) {
        say(`Cells above this one run first: ${i + 1} of ${above.length} …`);
        const there = places.has(cell.id) ? outputIn(places.get(cell.id)) : make("div");
        if (!await execute(cell, sourceOf(cell), true, there)) {
          if (!worker) return;
          show.error(clear(id), { text: `A cell above stopped:\n${failure.text}` });
          rest();
          return;
        }
      }
      say("It runs …");
      const cell = cells[at];
      const output = clear(id);
      const isDone = await execute(cell, sourceOf(cell), false, output);
      if (isDone) for (const figure of picturesIn(output)) if (!("taken" in figure.dataset)) figure.closest(".output").remove();
      if (isDone && isJudged(id)) await judge(cell, output);
      element.querySelector(".live-note")?.remove();
      if (above.length && worker) {
        const which = above.length === 1 ? "The cell" : `The ${above.length} cells`;
        const textContent = `${which} above that had not run ran first.`;
        output.before(make("p", { className: "live-note", textContent }));
      }
      rest();
      if (!("fixed" in place.dataset)) offerRestore(id);
    } catch (error) {
      if (error) halt(`Python did not start: ${error.message}. Run again when you are online: what has arrived is kept.`);
    } finally {
      isBusy = false;
      place.dispatchEvent(new Event("ran", { bubbles: true }));
    }
  }

  // ---- Editing ----

  function offerRestore(id) {
    const { place } = places.get(id);
    if (place.querySelector(".live-restore")) return;
    const button = make("button", { type: "button", className: "live-restore", textContent: "Restore" });
    button.addEventListener("click", () => restore(id));
    place.append(button);
  }

  // The editor of a package (editor.js); where it does not arrive, an area for text as the browser has it.
  let editing = null;
  function plainEditor(value, run, className) {
    const area = make("textarea", { value, className, spellcheck: false, autocapitalize: "off", rows: value.split("\n").length });
    area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.shiftKey) return;
      event.preventDefault();
      run();
    });
    return { element: area, area };
  }

  function edit(id, text) {
    const cell = places.get(id);
    cell.text ??= text ?? cell.original;
    editing ??= import(absolute(`${live}/editor.js`)).catch(() => ({ open: plainEditor }));
    cell.editor ??= editing.then(({ open }) => {
      const { element, area } = open(cell.text, () => run(id), "live-editor");
      area.ariaLabel = "Python code. The Tab key indents; Escape, then Tab, leaves.";
      const { fontFamily, fontSize, lineHeight } = getComputedStyle(cell.code);
      Object.assign(element.style, { fontFamily, fontSize, lineHeight });
      area.addEventListener("input", () => {
        cell.text = area.value;
        keep(cell, cell.text);
      });
      cell.code.closest(".highlight").hidden = true;
      cell.place.before(element);
      const { place } = cell;
      place.querySelector(".live-edit").hidden = true;
      if (isJudged(id)) place.querySelector(".live-run").textContent = "Check";
      offerRestore(id);
      return { element, area };
    });
    return cell.editor;
  }

  async function restore(id) {
    const cell = places.get(id);
    keep(cell, null);
    (await cell.editor)?.element.remove();
    cell.editor = cell.text = null;
    cell.code.closest(".highlight").hidden = false;
    cell.element.querySelector(".live-note")?.remove();
    showBuilt(cell);
    if (cell.place.dataset.kind) showBuilt(places.get(bars[bars.indexOf(cell.place) + 1].dataset.cell)); // its check
    const [runs, edits] = cell.place.children;
    if (!isJudged(id)) runs.textContent = "Run";
    edits.hidden = false;
    cell.place.querySelector(".live-restore").remove();
    runs.focus();
  }

  // ---- Exercises, and the museum's repairs ----

  // An exercise is there to be answered; an exhibit is to be looked at first, and may be repaired then.
  const isJudged = (id) => {
    const { place, text } = places.get(id);
    return place.dataset.kind === "solution" || (place.dataset.kind === "repair" && text !== null);
  };

  // Let the check of a cell speak below what the cell shows, and at its own place.
  async function judge(cell, output) {
    const { place, element } = places.get(cell.id);
    const reply = output.appendChild(make("div", { className: "live-reply", role: "status" }));
    const check = cells.find((other) => other.id === cell.check);
    const isDone = await execute(check, sourceOf(check), false, reply);
    if (places.has(check.id)) clear(check.id).append(...[...reply.children].map((said) => said.cloneNode(true)));
    if (/^Correct\./m.test(reply.textContent)) {
      reply.classList.add("live-right");
      place.dispatchEvent(new CustomEvent("answered", { detail: new Date().toISOString() }));
      reply.append(make("p", { className: "live-count", textContent: count(place.dataset.kind) }));
    } else if (isDone) reply.append(...nextHint(element.previousElementSibling));
  }

  function count(kind) {
    const asked = bars.filter(({ dataset }) => dataset.kind === kind);
    const done = asked.filter(({ dataset }) => dataset.answered).length;
    const what = kind === "repair" ? "exhibits of this page are repaired" : "exercises that this page can check are solved";
    return `${done} of the ${asked.length} ${what}.`;
  }

  // Each answer that is not right yet brings the next hint that the reader has not seen; then there is
  // the solution.
  const seen = new Set();
  function nextHint(exercise) {
    if (!exercise?.matches(".exercise")) return [];
    const hints = [...exercise.querySelectorAll(".dropdown")];
    const hint = hints.find((each) => !seen.has(each) && each.matches(".toggle-hidden"));
    if (hint) {
      seen.add(hint);
      const shown = make("div", { className: "live-hint" }, ...[...hint.children].map((part) => part.cloneNode(true)));
      for (const part of shown.querySelectorAll("button, [id]")) if (part.matches("button")) part.remove(); else part.removeAttribute("id");
      return [shown];
    }
    const solution = document.querySelector(`.solution a[href$="#${CSS.escape(exercise.id)}"]`)?.closest(".solution");
    const textContent = `You have seen all its hints.${solution ? " Its solution is folded below." : ""}`;
    return hints.length ? [make("p", { className: "live-count", textContent })] : [];
  }

  async function answer(id) {
    places.get(id).element.querySelector('.fold-mark[aria-expanded="false"]')?.click();
    (await edit(id)).area.focus();
  }

  const kept = typed();
  for (const [id, { name }] of places) if (name in kept) edit(id, kept[name]);
  /** @type {any} */ (globalThis).livePage = { run, answer };
})();
