"""The look of each page: what stands where on its first screen, at two widths and in two themes.

`tests/looks` describes it in words, so that a change of look is seen in a diff, and said. When one
is meant, or the first screen of a page has new text, build the book and renew them:
``LOOKS=renew pytest tests/test_look.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from descriptions import changes
from playwright.sync_api import Browser
from test_book import PAGES, both_themes
from visits import Visit

LOOKS = Path(__file__).parent / "looks"
HEIGHT = 900
TOLERANCE = 4  # pixels

# The boxes of a screen in reading order, and the colours that a theme gives it.
DESCRIBE = """height => {
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
    if (!width || !tall || top >= height || left >= innerWidth || left + width <= 0) continue;
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


@pytest.fixture(scope="module")
def visits(browser: Browser, book_url: str) -> Iterator[dict[int, Visit]]:
    """Readers at a desk and with a phone."""
    visits = {
        width: Visit(browser, book_url, viewport={"width": width, "height": HEIGHT})
        for width in (1200, 390)
    }
    yield visits
    for visit in visits.values():
        visit.context.close()


def described(visits: dict[int, Visit], name: str) -> str:
    """Return the description of a page's first screens."""
    lines: list[str] = []
    for width, visit in visits.items():
        page = visit.open(name, live=False)  # room is kept for what comes
        seen: dict[str, dict[str, Any]] = {
            theme: page.evaluate(DESCRIBE, HEIGHT) for theme in both_themes(page)
        }
        page.close()
        lines += [f"{width} wide", *seen["light"]["boxes"], ""]
        if not matches(seen["dark"]["boxes"], seen["light"]["boxes"]):
            lines += [f"{width} wide, dark", *seen["dark"]["boxes"], ""]
        for theme in seen if width == 1200 else ():
            lines += [theme, *seen[theme]["colours"], ""]
    return "\n".join(lines)


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


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_is_described(name: str, visits: dict[int, Visit]) -> None:
    now = described(visits, name)
    assert changes(LOOKS / f"{Path(name).stem}.txt", now, "LOOKS", close) == []


def test_a_description_tells_a_move_from_a_tremor() -> None:
    box = "heading 272 70 624 48 Why cross-entropy?"
    assert close(box, "heading 274 73 622 44 Why cross-entropy?")
    for other in (
        "heading 272 75 624 48 Why cross-entropy?",
        "text 272 70 624 48 Why cross-entropy?",
        "heading 272 70 624 48 Why",
        "nothing",
    ):
        assert not close(box, other)
