// What a reader does in this book is there on the next visit: answers, opened hints, exercises ticked
// as done, and the section that was read last. It is kept in this browser and nowhere else, an entry
// a page, by names that say what a thing is and not where it stands. The foot has a button to forget.
//
// A question is an element with a name in `data-question`. Its event `answered` tells the answer, as
// `detail`; the event `recall` asks it to show the one in `data-answered`, or none. It is a prediction,
// or of another kind in `data-kind`: the solution of an exercise that the page has checked, a repair.

(() => {
  const root = document.documentElement;
  const { book, page, start } = document.currentScript.dataset;
  const VERSION = 1;
  const prefix = `book/${book}/`;
  const textOf = (element) => element?.textContent.replace(/#\s*$/, "").trim() ?? "";
  /** @returns {any[]} */
  const all = (selector) => [...document.querySelectorAll(selector)];

  // A book may have another foot; what nobody can have forgotten is not kept.
  const [foot] = all(".book-foot .forget");
  if (!foot) root.dataset.forgets = "";
  if ("forgets" in root.dataset) return; // as where the browser denies its storage
  const [button, status] = foot.children;

  // What is kept: its name in the entry of this page, the event that changes it, its value or null,
  // and how it is shown.
  const isOpen = (box) => !box.classList.contains("toggle-hidden");
  const things = [
    ...all("article [data-question]").map((element) => ({
      element, name: `${element.dataset.kind ?? "prediction"} ${element.dataset.question}`, event: "answered",
      value: ({ detail }) => detail,
      show(answer) {
        if (answer === null) delete element.dataset.answered;
        else element.dataset.answered = answer;
        element.dispatchEvent(new Event("recall"));
      },
    })),
    ...all("article .exercise > .done input").map((element) => ({
      element, name: `exercise ${element.closest(".exercise").id}`, event: "change",
      value: () => element.checked || null,
      show(isDone) { element.checked = isDone; },
    })),
    ...all("article .exercise[id] .dropdown").map((element) => ({
      element, event: "click", value: () => isOpen(element) || null,
      name: `hint ${element.closest(".exercise").id} ${textOf(element.firstElementChild)}`,
      show(value) { if (isOpen(element) !== Boolean(value)) element.querySelector("button")?.click(); },
    })),
  ];

  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  // With code that was changed in a page.
  const held = () => [...keys(), ...Object.keys(localStorage).filter((key) => key.startsWith(`code/${book}/`))];

  function read(key) {
    try {
      const entry = JSON.parse(localStorage.getItem(key));
      if (entry.version === VERSION) return entry;
    } catch { /* nothing is kept, or nothing that can be read */ }
    return { kept: {} };
  }

  function change(news) {
    const { kept, place } = { ...read(prefix + page), ...news };
    // What the page no longer asks goes; what it asks and nobody answered is null.
    const now = Object.fromEntries(things.map(({ name }) => [name, kept[name] ?? null]));
    const entry = { version: VERSION, title: textOf(all("article h1")[0]), kept: now, place };
    try {
      localStorage.setItem(prefix + page, JSON.stringify(entry));
    } catch { /* the storage is full */ }
    forgotten = null;
    tell();
  }
  for (const { element, name, event, value } of things) {
    element.addEventListener(event, (happened) => {
      if (event === "click" && !happened.isTrusted) return; // by `show`
      change({ kept: { ...read(prefix + page).kept, [name]: value(happened) } });
    });
  }
  addEventListener("rest", ({ target }) => {
    const section = /** @type {Element} */ (target);
    if (section.matches("article > section")) return; // whoever comes back begins here
    change({ place: { id: section.id, name: textOf(section.querySelector("h2, h3, h4")), at: Date.now() } });
  });

  function recall() {
    const { kept } = read(prefix + page);
    for (const { name, show } of things) show(kept[name] ?? null);
  }

  // ---- How far the reader is: on the start page in all that was opened, above a page in this one,
  // and beside each page in the contents.

  const [line] = all(".how-far");
  const links = all("nav.bd-links a.reference[href]");
  const top = new URL(root.dataset.content_root, location.href).href;
  const pageOf = (link) =>
    link.getAttribute("href") === "#" ? page : link.href.slice(top.length).replace(/(\.html|\/)?(#.*)?$/, "");

  function amount(entries) {
    const kept = entries.flatMap((entry) => Object.entries(entry.kept));
    const [solved, ...others] = ["solution", "prediction", "exercise", "repair"].map((kind) => {
      const asked = kept.filter(([name]) => name.startsWith(kind));
      return { kind, of: asked.length, n: asked.filter(([, value]) => value !== null).length };
    });
    const counts = others.filter(({ of }) => of);
    const sum = (what) => counts.reduce((total, count) => total + count[what], 0);
    const said = counts.map(({ kind, n, of }) => {
      const more = kind !== "exercise" || !solved.n ? "" : solved.n === n ? " solved" : `, ${solved.n} solved`;
      return `${n} of ${of} ${kind}${of === 1 ? "" : "s"}${more}`;
    });
    return sum("n") ? { text: said.join(", "), share: sum("n") / sum("of") } : null;
  }

  function tell() {
    const pages = Object.fromEntries(keys().map((key) => [key.slice(prefix.length), read(key)]));
    const here = amount(start ? Object.values(pages) : [read(prefix + page)]);
    const where = start ? " in what you have opened" : "";
    if (line) line.firstElementChild.textContent = here ? `${here.text}${where}.` : "";
    for (const link of links) {
      link.querySelector(".how-far-mark")?.remove();
      const { text, share } = amount([pages[pageOf(link)] ?? { kept: {} }]) ?? {};
      if (!text) continue;
      const mark = Object.assign(document.createElement("span"), {
        className: "how-far-mark", title: text, role: "img", ariaLabel: text,
      });
      mark.style.setProperty("--share", `${share}`);
      link.append(mark);
    }
    foot.hidden = !held().length && !forgotten;
    button.textContent = forgotten ? "Undo" : "Forget my answers";
  }

  // Where the reader was before this visit.
  function lead() {
    const places = keys().map((key) => ({ of: key.slice(prefix.length), ...read(key) }));
    const [last] = places.filter(({ of, place }) => place && (start || of === page))
      .sort((one, other) => other.place.at - one.place.at);
    const link = last && links.find((each) => pageOf(each) === last.of);
    if (!line || !link) return;
    const way = document.createElement("a");
    way.href = `${last.of === page ? "" : link.href}#${last.place.id}`;
    way.textContent = start ? `${last.title}: ${last.place.name}` : last.place.name;
    line.lastElementChild.replaceChildren("Where you were: ", way);
  }

  /** @type {[string, string][] | null} */
  let forgotten = null;
  button.addEventListener("click", () => {
    const back = forgotten;
    forgotten = back ? null : held().map((key) => [key, localStorage.getItem(key)]);
    for (const [key, text] of back ?? []) localStorage.setItem(key, text);
    for (const [key] of forgotten ?? []) localStorage.removeItem(key);
    line?.lastElementChild.replaceChildren();
    recall();
    tell();
    status.textContent = back ? "It is back."
      : "Forgotten: this browser holds nothing of what you did in this book.";
  });

  tell();
  lead();
  addEventListener("DOMContentLoaded", recall); // hints fold at this event
  addEventListener("pageshow", ({ persisted }) => { if (persisted) { recall(); tell(); } });
})();
