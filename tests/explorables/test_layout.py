"""A picture fits any reader: no label on another, none cut, nothing inside out.

In the book's font and in three others, on a wide page and on phones, with text of the usual size
and twice as large: at the start, in every preset, and after random keys, runs and choices. In a
notebook a picture may be as wide as the window.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any

import fontpkg_arimo
import matplotlib as mpl
import pytest
from playwright.sync_api import Page

from crossentropy import widgets
from crossentropy_book.course.explorables import explorable_page
from explorables.browser import EXPLORABLES, READ, OpenPage, grip, script, settle

HERE = Path(__file__).parent
WALK = script("geometry")
LAYOUT = (HERE / "layout.js").read_text("utf-8")
STATES = 8

# All come with packages. Arimo has the measures of Liberation Sans, and both those of Arial.
DEJAVU = Path(mpl.get_data_path()) / "fonts" / "ttf"
ARIMO = Path(fontpkg_arimo.__file__).parent / "files" / "Arimo[wght].ttf"
FONTS = {
    "the book's": None,
    "DejaVu Sans": DEJAVU / "DejaVuSans.ttf",
    "Liberation Sans": ARIMO,
    "DejaVu Serif": DEJAVU / "DejaVuSerif.ttf",
}
SIZES = [(1200, 16), (390, 16), (320, 16), (1200, 32), (390, 32)]
EXTREMES = [(1920, 16), (320, 32)]
COLUMN = 624  # what the book leaves for a picture, in pixels
WITHOUT_COLUMN = 1920  # the width of a window in which a picture has all of it


def prepared(name: str, font: Path | None, explorable: OpenPage, tab: Page) -> Page:
    """Open an explorable in a font, ready to be walked through."""
    tab.emulate_media(reduced_motion="reduce")  # a run is over at once
    page = explorable(name)
    if font:
        face = f'@font-face {{ font-family: Other; src: url("{font.as_uri()}") }}'
        page.add_style_tag(content=f"{face} body {{ font-family: Other !important }}")
        page.evaluate("document.fonts.load('16px Other')")
        assert page.evaluate("[...document.fonts].at(-1).status") == "loaded"
    page.add_style_tag(content="main { width: calc(100vw - 32px); max-width: var(--column) }")
    page.evaluate(f"window.readExplorable = {READ}")
    return page


def set_size(page: Page, width: int, text: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    column = "none" if width == WITHOUT_COLUMN else f"{COLUMN}px"
    page.evaluate(
        """([text, column]) => {
          const { style } = document.documentElement;
          style.fontSize = `${text}px`;
          style.setProperty("--column", column);
        }""",
        [text, column],
    )
    for _ in range(2):  # the page is laid out, the picture hears of it, and is drawn again
        page.evaluate(NEXT_FRAMES)


# A walk draws when it likes, and has taken the frames that a page asks for.
NEXT_FRAMES = """async () => {
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  if (window.framesAreOver) await framesAreOver();
  else for (let i = 0; i < 3; i += 1) await frame();
  window.redrawNow?.();
}"""


def walked(page: Page) -> list[dict[str, Any]]:
    """Return what is wrong, and what is left out, at the start, in every preset and on a walk."""
    seen: str = page.evaluate(
        """count => {
          const seen = [];
          window.readGeometry = () => {
            redrawNow();
            seen.push({ faults: layoutFaults(), left: leftOut(), state: readExplorable().state });
          };
          document.querySelector(".reset").click();
          readGeometry();
          presetGeometry();
          walkGeometry(7, count);
          return JSON.stringify(seen);
        }""",
        STATES,
    )
    return list(json.loads(seen))


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("name", EXPLORABLES)
def test_labels_keep_apart_and_whole(name: str, font: str, explorable: OpenPage, tab: Page) -> None:
    of_the_book = font == "the book's"
    page = prepared(name, FONTS[font], explorable, tab)
    page.evaluate(WALK)
    page.evaluate(LAYOUT)
    for width, text in [*SIZES, *EXTREMES] if of_the_book else SIZES:
        set_size(page, width, text)
        seen = walked(page)
        for each in seen:
            where = f"{width} px, text of {text} px: {str(each['state'])[:300]}"
            assert each["faults"] == [], where
        # On the narrowest phone a label may have no room; its number is in the drawer.
        if of_the_book and width > 320:
            assert seen[0]["left"] == [], f"{width} px, text of {text} px"


# Where everything stands that is there before an explorable is: that nothing moves is seen in it.
PLACES = """([font, text, spacing]) => {
  const root = document.documentElement;
  root.style.fontSize = `${text}px`;
  root.dataset.scripts = ""; // they are late here, and waited for
  Object.assign(document.body.style, { fontFamily: font, letterSpacing: spacing });
  return Object.fromEntries(
  [...document.querySelectorAll("figure.explorable")].map(figure => [figure.dataset.explorable,
    Object.fromEntries(
      [figure, ...figure.querySelectorAll(".task, .prompt, .stage, .below, .foot, .fold")]
        .map(part => {
          const { left, top, width, height } = part.getBoundingClientRect();
          const start = figure.getBoundingClientRect().top;
          return [part.className.split(" ")[0], [left, top - start, width, height]];
        }))]));
}"""

MOUNT = """async () => {
  const script = document.createElement("script");
  script.type = "module";
  script.textContent = document.querySelector("[type=later]").textContent;
  document.body.append(script);
  const figures = [...document.querySelectorAll("figure.explorable")];
  for (const figure of figures) {
    figure.scrollIntoView();
    while (!figure.dataset.live) await new Promise(done => setTimeout(done));
  }
}"""

# In each font, at each size, and with wider letters: as another engine may have them.
Reader = tuple[str, int, int, str]
HIGHEST: dict[Reader, int] = {("the book's", 1200, 16, "0"): 460, ("the book's", 390, 16, "0"): 520}
READERS: list[Reader] = [(font, width, 16, "0") for font in FONTS for width in (1200, 390)]
READERS += [("the book's", width, 16, "0.03em") for width in (1200, 600, 390)]
READERS += [("the book's", width, 32, "0") for width in (1200, 390)]


# Returns how many views the explorable has that has most of them.
SHOW_VIEW = """async index => {
  const figures = [...document.querySelectorAll("figure.explorable")];
  const views = figures.map(figure => [...figure.querySelectorAll(".view")]);
  for (const each of views) each[index]?.click();
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return Math.max(...views.map(({ length }) => length));
}"""


def places(page: Page, readers: list[Reader]) -> Iterator[tuple[Reader, dict[str, Any]]]:
    """Return what stands where for each of many readers."""
    for reader in readers:
        font, width, text, spacing = reader
        page.set_viewport_size({"width": width, "height": 900})
        family = f'"{font}"' if FONTS[font] else ""
        yield reader, page.evaluate(PLACES, [family, text, spacing])


def test_nothing_moves_when_an_explorable_arrives(tab: Page, tmp_path: Path) -> None:
    """Nor when it shows another view, whatever font a reader has; and all of it fits a screen."""
    faces = "".join(
        f'@font-face {{ font-family: "{name}"; src: url("{font.as_uri()}") }}'
        for name, font in FONTS.items()
        if font
    )
    look = f"<style>{faces} main {{ width: calc(100vw - 32px); max-width: {COLUMN}px }}</style>"
    text = explorable_page(*(getattr(widgets, name)() for name in EXPLORABLES))
    file = tmp_path / "page.html"
    text = text.replace("<main>", f"{look}<main>").replace('type="module"', 'type="later"')
    file.write_text(text, "utf-8")
    tab.goto(file.as_uri())
    tab.evaluate("Promise.all([...document.fonts].map(face => face.load())).then(() => null)")
    before = list(places(tab, READERS))
    tab.evaluate(MOUNT)
    for (reader, there), (_, now) in zip(before, places(tab, READERS), strict=True):
        for name, parts in there.items():
            assert now[name] | parts == now[name], (name, reader)
            assert parts["explorable"][3] <= HIGHEST.get(reader, inf), (name, reader)
    few = READERS[::3]
    for view in range(1, tab.evaluate(SHOW_VIEW, 0)):
        tab.evaluate(SHOW_VIEW, view)
        for (reader, there), (_, now) in zip(before[::3], places(tab, few), strict=True):
            for name, parts in there.items():
                for part in ("explorable", "stage", "below"):
                    assert now[name][part] == parts[part], (name, reader, view)
    tab.evaluate("document.querySelectorAll('.fold').forEach(fold => { fold.click(); })")
    for (reader, there), (_, now) in zip(before[::3], places(tab, few), strict=True):
        for name, parts in there.items():
            assert now[name]["stage"] == parts["stage"], (name, reader, "the drawer is open")


def test_a_handle_follows_a_pointer_on_a_picture_that_has_grown(
    explorable: OpenPage, tab: Page
) -> None:
    page = prepared("DivergenceBars", None, explorable, tab)
    set_size(page, 1200, 32)
    x, y = grip(page, "q:0")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 40, steps=3)
    page.mouse.up()
    settle(page)
    assert grip(page, "q:0") == pytest.approx((x, y - 40), abs=1)


def test_labels_measure_themselves_again_when_a_font_arrives_late(
    explorable: OpenPage, tab: Page
) -> None:
    page = prepared("MapPrior", None, explorable, tab)
    page.add_style_tag(content="body { font-family: Late !important }")
    set_size(page, 390, 32)  # what is measured now is whatever stands in for it
    page.evaluate(
        "url => { const late = new FontFace('Late', `url(${url})`); "
        "document.fonts.add(late); return late.load().then(() => {}); }",
        FONTS["DejaVu Serif"].as_uri(),
    )
    for _ in range(3):
        settle(page)
    page.evaluate(LAYOUT)
    assert page.evaluate("layoutFaults()") == []
