// Buttons that call a function by its name: the policy of the pages admits no script in an attribute.

{
  /** @type {NodeListOf<HTMLElement>} */
  const callers = document.querySelectorAll("[data-call]");
  for (const caller of callers) caller.addEventListener("click", () => globalThis[caller.dataset.call]());
}
