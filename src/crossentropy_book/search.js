// The search: results while typing, each a section of the book.

(() => {
  /**
   * @typedef {{pages: string[][], sections: [number, string, string, string, number][],
   *   phrases: [string, number[]][], words: string, places: string}} Index
   */
  const script = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  const SHOWN = 12;
  // What says nothing of a question's subject.
  const COMMON = new Set(
    ("a an and are as at be between by can do does for from how i in is it its my not of on or " +
      "than that the this to use versus vs was what when which why with you")
      .split(" "),
  );

  /** @param {string} text */
  const wordsOf = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

  /** @param {string} text */
  const subject = (text) => {
    const words = [...new Set(wordsOf(text))];
    const telling = words.filter((word) => !COMMON.has(word));
    return telling.length ? telling : words;
  };

  /**
   * How well a word of the book meets a typed one, from 0 to 1: asymmetric meets asymmetry.
   * @param {string} typed
   * @param {string} word
   */
  const alike = (typed, word) => {
    if (typed === word) return 1;
    if (typed[0] !== word[0] || typed.length < 2) return 0;
    if (word.startsWith(typed)) return word.length - typed.length < 3 ? 0.9 : 0.6;
    let same = 1;
    while (typed[same] && typed[same] === word[same]) same += 1;
    return same >= 4 && Math.max(typed.length, word.length) - same <= 3 ? 0.5 : 0;
  };

  /** @param {Index} index */
  const engine = ({ pages, sections, phrases, words, places }) => {
    const titles = sections.map(([, , title]) => subject(title));
    const said = phrases.map(([phrase, numbers]) => ({ words: subject(phrase), numbers }));
    const vocabulary = words.split(" ");
    const found = places.split(" ").map((letters) => {
      let number = 0;
      return [...letters].map((letter) => (number += letter.charCodeAt(0) - 35));
    });

    /**
     * The share of two sets of words that meet, from 0 to 1.
     * @param {string[]} typed
     * @param {string[]} words
     */
    const meeting = (typed, words) => {
      let met = 0;
      for (const one of typed) met += Math.max(0, ...words.map((word) => alike(one, word)));
      return 2 * met / (typed.length + words.length);
    };

    /** @param {string} query */
    const search = (query) => {
      const typed = subject(query);
      const scores = new Float64Array(sections.length);
      const covered = new Float64Array(sections.length);
      for (const one of typed) {
        const best = new Float64Array(sections.length);
        vocabulary.forEach((word, at) => {
          const like = alike(one, word);
          if (!like) return;
          // A word of few sections tells more.
          const rare = like * Math.log(1 + sections.length / found[at].length);
          for (const number of found[at]) best[number] = Math.max(best[number], rare);
        });
        titles.forEach((title, number) => {
          const like = Math.max(0, ...title.map((word) => alike(one, word)));
          if (like) best[number] += 6 * like;
        });
        best.forEach((score, number) => {
          scores[number] += score;
          covered[number] += Number(score > 0);
        });
      }
      scores.forEach((score, number) => {
        scores[number] = score * (covered[number] / typed.length) ** 2;
      });
      const told = new Float64Array(sections.length);
      for (const { words, numbers } of said) {
        const met = meeting(typed, words);
        // A phrase that is met whole decides; and where it leads, before its entry in the glossary.
        const score = met === 1 ? 200 : met > 0.5 ? 60 * met ** 4 : 0;
        numbers.forEach((number, rank) => {
          told[number] = Math.max(told[number], score * (rank ? 0.6 : 1));
        });
      }
      told.forEach((score, number) => (scores[number] += score));
      return [...scores.keys()].filter((number) => scores[number] > 0)
        .sort((a, b) => scores[b] - scores[a]).slice(0, SHOWN)
        .map((number) => {
          const [page, anchor, title, lead, isTerm] = sections[number];
          const [path, name] = pages[page];
          const where = anchor ? name : "";
          const kind = isTerm ? "Term" : where;
          return { url: path + (anchor && `#${anchor}`), title, where: kind, lead };
        });
    };
    return search;
  };

  /** @type {Promise<(query: string) => {url: string, title: string, where: string, lead: string}[]>
   *   | undefined} */
  let loading;
  const load = () =>
    loading ??= new Promise((resolve, reject) => {
      const index = document.createElement("script");
      index.src = new URL("search-index.js", script).href;
      index.onload = () => resolve(engine(/** @type {any} */ (globalThis).bookIndex));
      index.onerror = () => {
        loading = undefined;
        reject();
      };
      document.head.append(index);
    });

  /**
   * @param {string} name
   * @param {string} text
   * @param {string} className
   */
  const element = (name, text, className) => {
    const made = document.createElement(name);
    made.textContent = text;
    made.className = className;
    return made;
  };

  /** @param {HTMLFormElement} form */
  const connect = (form) => {
    const input = /** @type {HTMLInputElement} */ (form.querySelector("input"));
    const box = element("div", "", "search-hits");
    const status = element("p", "", "");
    const list = element("ol", "", "");
    status.setAttribute("role", "status");
    form.setAttribute("role", "search");
    box.append(status, list);
    form.after(box);

    const show = async () => {
      const query = input.value.trim();
      const search = await load().catch(() => undefined);
      if (query !== input.value.trim()) return;
      const hits = search && query ? search(query) : [];
      list.replaceChildren(...hits.map(({ url, title, where, lead }) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = new URL(`../${url}`, script).href;
        link.append(element("span", title, "hit-title"), " ", element("span", where, "hit-page"));
        if (lead) link.append(element("span", lead, "hit-lead"));
        item.append(link);
        return item;
      }));
      status.textContent = !search
        ? "The search could not be loaded. Type on to try again."
        : !query
        ? ""
        : hits.length
        ? `${hits.length} ${hits.length === 1 ? "section" : "sections"}, the best first`
        : "Nothing found. Try another word, or fewer.";
    };
    input.addEventListener("focus", () => load().catch(() => {}));
    input.addEventListener("input", show);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await show();
      list.querySelector("a")?.click();
    });
    // The arrows go from the field into the results, and back.
    form.parentElement?.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const at = /** @type {HTMLElement} */ (document.activeElement);
      if (!step || !(at === input || box.contains(at))) return;
      /** @type {HTMLElement[]} */
      const stops = [input, ...list.querySelectorAll("a")];
      const next = stops[stops.indexOf(at) + step];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    });
    // What the address asks for, or what the page has found out.
    const asked = new URLSearchParams(location.search).get("q") ?? input.value;
    if (asked && !form.closest("dialog")) {
      input.value = asked;
      show();
    }
  };
  /** @type {NodeListOf<HTMLFormElement>} */
  const forms = document.querySelectorAll("form.bd-search");
  for (const form of forms) connect(form);
  // A hit on the page that is open: the dialog would stay in front of it.
  const dialog = /** @type {HTMLDialogElement | null} */ (
    document.querySelector("#pst-search-dialog")
  );
  dialog?.addEventListener("click", ({ target }) => {
    if (/** @type {HTMLElement} */ (target).closest("a")) dialog.close();
  });
})();
