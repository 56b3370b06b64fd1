// A question that is answered before it is explained. The page holds the whole form, replies and
// all; this brings it to life.

import { set } from "./lib/dom.js";
import { format } from "./lib/format.js";

function render({ model, el }) {
  const figure = el.matches("figure.explorable") ? el : el.appendChild(newFigure(model));
  const form = figure.querySelector("form");
  const slider = form.querySelector("input[type=range]");
  const reveal = form.querySelector(".reveal");
  const status = form.querySelector(".replies");
  const replies = [...status.querySelectorAll("[data-reply]")];
  const right = replies.find((reply) => "right" in reply.dataset);

  const guess = () => (slider ? Number(slider.value) : chosen(form));

  function show(reply, live = "polite") {
    status.setAttribute("aria-live", live);
    for (const one of replies) one.classList.toggle("shown", one === reply);
    if (!reply) return;
    figure.classList.add("asked"); // from now on there is room for a reply
    reveal.disabled = reply === right;
  }
  function check(live) {
    const kind = slider ? verdict(slider) : guess();
    show(replies.find(({ dataset }) => dataset.reply === kind), live);
  }
  // A page that remembers answers hears of this one, and has an earlier one in `data-answered`.
  function answered() {
    figure.dispatchEvent(new CustomEvent("answered", { detail: guess() }));
  }
  function recall() {
    form.reset();
    show(null);
    figure.classList.remove("asked");
    reveal.disabled = true;
    const { answered: answer } = figure.dataset;
    const input = slider ?? [...form.elements].find(({ value }) => value === answer);
    if (slider && answer) slider.value = answer;
    if (slider) write(slider);
    if (!answer || !input) return;
    input.checked = true;
    check("off"); // what was said on an earlier visit is not said again
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (guess() === null) return form.querySelector("input").focus();
    check();
    answered();
  });
  // Another prediction: the reply to the last one goes.
  form.addEventListener("input", () => {
    if (slider) write(slider);
    show(null);
  });
  reveal.addEventListener("click", () => {
    if (slider) slider.value = slider.dataset.answer;
    else form.querySelector(`input[value="${right.dataset.reply}"]`).checked = true;
    if (slider) write(slider);
    show(right);
    answered();
  });
  // JupyterLab listens to the arrows too.
  form.addEventListener("keydown", (event) => event.stopPropagation());

  // A browser that goes back restores what was chosen; here it is what was answered.
  recall();
  figure.addEventListener("recall", recall);
  figure.explorable = {
    traits: ["guess"],
    get: guess,
    set(_, value) {
      if (slider) slider.value = value;
      else form.querySelector(`input[value="${value}"]`).checked = true;
      form.dispatchEvent(new Event("input"));
    },
    get quantities() {
      return { right: right.classList.contains("shown") };
    },
  };
  figure.dataset.live = "true";
}

function newFigure(model) {
  const figure = document.createElement("figure");
  figure.className = "explorable predict";
  figure.dataset.explorable = "Predict";
  figure.innerHTML = model.get("_markup");
  return figure;
}

const chosen = (form) => form.querySelector("input:checked")?.value ?? null;

function verdict({ value, dataset }) {
  const error = Number(value) - Number(dataset.answer);
  return Math.abs(error) <= Number(dataset.within) + 1e-12 ? "right" : error < 0 ? "low" : "high";
}

function write(slider) {
  const number = format(Number(slider.value), 2);
  set(slider.nextElementSibling, { text: number });
  set(slider, { "aria-valuetext": `${number} ${slider.dataset.unit}` });
}

export default { render };
