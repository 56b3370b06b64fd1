// The theme's scripts, its search button's among them, stop where a browser denies its storage. After
// that, light or dark, before anything is painted.

for (const name of ["localStorage", "sessionStorage"]) {
  try {
    void window[name].length;
  } catch {
    document.documentElement.dataset.forgets = "";
    const kept = new Map();
    const value = {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, item) => void kept.set(key, String(item)),
      removeItem: (key) => void kept.delete(key),
    };
    Object.defineProperty(window, name, { value });
  }
}

{
  const { documentElement, currentScript } = document;
  for (const name of ["mode", "theme"]) {
    documentElement.dataset[name] = localStorage.getItem(name) || currentScript.dataset.mode;
  }
}
