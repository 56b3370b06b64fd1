"""The look of a page: what stands where on its first screen, in two themes.

`tests/looks` describes it in words, so that a change of look is seen in a diff, and said. When one
is meant, or the first screen of a page has new text, build the book and renew them:
``LOOKS=renew pytest tests/test_book.py -k whole``.
"""

from __future__ import annotations

import re
from pathlib import Path

from descriptions import changes
from playwright.sync_api import Page
from visits import both_themes

__all__ = ["changes_of_look", "close"]

LOOKS = Path(__file__).parent / "looks"
TOLERANCE = 4  # pixels

# The boxes of a screen in reading order, and the colours that a theme gives it.
DESCRIBE = """() => {
  const KINDS = {
    'h1, h2, h3, h4': 'heading', '.explorable': 'explorable', '.ce-picture': 'picture',
    '.cell_input pre, section > [class*=highlight-] pre': 'code', '.cell_output pre': 'output',
    '.math-block': 'formula', 'table': 'table', 'dt': 'term', 'p': 'text',
    '.bd-sidebar-primary': 'side bar', '.bd-sidebar-secondary': 'contents',
    '.bd-header-article': 'header',
  };
  const found = [];
  for (const element of document.querySelectorAll(Object.keys(KINDS).join())) {
    const { left, top, width, height: tall } = element.getBoundingClientRect();
    if (!width || !tall || top >= innerHeight || left >= innerWidth || left + width <= 0) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const [kind] = Object.keys(KINDS).filter((selector) => element.matches(selector));
    // What is inside of a described thing is its own affair; the bars are described as one.
    if (element.parentElement.closest('.explorable, .ce-picture, table, pre, nav, ' +
        '.bd-sidebar-primary, .bd-sidebar-secondary, .bd-header-article')) continue;
    const said = element.dataset.explorable ?? element.innerText.trim().split('\\n')[0];
    const name = /bar|contents|header/.test(KINDS[kind]) ? '' : said.slice(0, 40).trim();
    const box = [left, top, width, tall].map(Math.round).join(' ');
    found.push(`${KINDS[kind]} ${box} ${name}`.trim());
  }
  const colour = (selector, property) => {
    const element = document.querySelector(selector);
    return element ? getComputedStyle(element)[property] : 'none';
  };
  return {
    boxes: found,
    colours: [
      `ground ${colour('body', 'backgroundColor')}`,
      `text ${colour('article', 'color')}`,
      `link ${colour('article p a[href]', 'color')}`,
      `code ${colour('.highlight', 'backgroundColor')}`,
    ],
  };
}"""


def described(page: Page) -> str:
    """Return the description of a page's first screen."""
    light, dark = (page.evaluate(DESCRIBE) for _ in both_themes(page))
    lines = light["boxes"]
    if not matches(dark["boxes"], light["boxes"]):
        lines += ["", "dark", *dark["boxes"]]
    return "\n".join([*lines, "", *light["colours"], "", *dark["colours"], ""])


def matches(ours: list[str], theirs: list[str]) -> bool:
    """Return whether two descriptions agree, to a few pixels."""
    return len(ours) == len(theirs) and all(map(close, ours, theirs))


BOX = re.compile(r"([a-z ]+?) (-?\d+) (-?\d+) (\d+) (\d+)(.*)")


def close(ours: str, theirs: str) -> bool:
    one, other = BOX.fullmatch(ours), BOX.fullmatch(theirs)
    if not (one and other):
        return ours == theirs
    moved = (abs(int(one[i]) - int(other[i])) for i in range(2, 6))
    return one[1] == other[1] and one[6] == other[6] and max(moved) <= TOLERANCE


def changes_of_look(page: Page, name: str) -> list[str]:
    """Return what a page has on its first screen that its description has not, or the reverse."""
    width = page.viewport_size["width"]
    return changes(LOOKS / str(width) / f"{name}.txt", described(page), "LOOKS", close)
