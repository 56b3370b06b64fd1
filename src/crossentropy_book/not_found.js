// On the page for what is not there, before the search looks at its field: what the address says is in
// it. A page that was renamed has a new one with some of its words.

{
  /** @type {HTMLInputElement} */
  const field = document.querySelector(".not-found input");
  field.value = decodeURI(location.pathname).split("/").pop().replace(/\.\w+$/, "")
    .replace(/[^\p{L}]+/gu, " ").trim();
}
