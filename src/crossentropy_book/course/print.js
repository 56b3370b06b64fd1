// Paper is white: a page that is read in the dark theme is printed in the light one. And paper folds
// nothing: what answers a question, or solves an exercise, is printed at the end of the page.

(() => {
  const root = document.documentElement;
  const article = document.querySelector("article");
  let theme;
  let undo = [];

  function moveTo(place, element) {
    const mark = document.createComment("");
    element.replaceWith(mark);
    place.append(element);
    undo.push(() => mark.replaceWith(element));
  }

  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    const answers = document.createElement("section");
    answers.className = "printed-answers";
    answers.innerHTML = "<h2>Answers</h2><ol></ol>";
    const list = answers.querySelector("ol");
    for (const reply of article?.querySelectorAll(".predict [data-right]") ?? []) {
      const item = list.appendChild(document.createElement("li"));
      item.innerHTML = reply.innerHTML;
      const said = item.querySelector("b").firstChild;
      said.textContent = said.textContent.replace(/^Yes: /, "");
    }
    const solutions = article?.querySelectorAll(".solution") ?? [];
    if (!list.firstChild && !solutions.length) return;
    article.append(answers);
    undo.push(() => answers.remove());
    for (const solution of solutions) moveTo(answers, solution);
  });
  addEventListener("afterprint", () => {
    root.dataset.theme = theme;
    for (const step of undo.reverse()) step();
    undo = [];
  });
})();
