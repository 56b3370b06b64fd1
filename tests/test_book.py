"""The built book as a reader meets it: every other host blocked, two widths, two themes."""

from __future__ import annotations

import base64
import functools
import gzip
import io
import itertools
import re
import time
import unicodedata
from collections.abc import Collection, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO
from urllib.parse import unquote, urldefrag
from xml.etree import ElementTree

import numpy as np
import pytest
import yaml
from anywidget import AnyWidget
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import QuietHandler, served
from docutils import nodes
from docutils.utils import new_document
from first_screens import changes_of_look, close
from fontTools.ttLib import TTFont
from matplotlib.image import imread
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from visits import Visit, both_themes, finish_transitions

import crossentropy
from crossentropy import coding, entropy, widgets
from crossentropy.widgets._explorable import Explorable
from crossentropy_book.course import text_fonts as fonts
from crossentropy_book.course.joined_files import join_files, joined_sheets
from crossentropy_book.course.style_sheets import (
    without_unused_rules,
    without_unused_variables,
)
from crossentropy_book.fonts import math_font
from crossentropy_book.math import KeepPunctuation

ROOT = Path(__file__).parent.parent
CHAPTERS = ["intro", *sorted(path.stem for path in (ROOT / "chapters").glob("*.ipynb"))]
REFERENCE = ["teach", "sources", "map", "gallery", "api", "cheat-sheet", "glossary", "notation"]
WRITTEN = [f"chapters/{name}.html" for name in (*CHAPTERS, *REFERENCE)]
PAGES = [*WRITTEN, "search.html", "genindex.html"]
# Pages that no table of contents lists.
ASSIGNMENTS = [
    f"chapters/assignments/{path.parent.name}.html"
    for path in sorted((ROOT / "assignments").glob("*/hidden.py"))
]
WIDE, NARROW = 1200, 390
BOOK_CSS = ROOT / "src" / "crossentropy_book" / "course" / "book.css"

# Axe looks at every element again and again, and most elements of a page are those of formulas and
# code. So these are emptied first: see COLOURED_FORMULAS, MORE_THAN_TEXT and SCROLLING, and
# test_code_is_legible_in_both_themes.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
COLOURS = {"resultTypes": ["violations"], "runOnly": COLOUR_RULES}
SCROLLS = {"resultTypes": ["violations"], "runOnly": ["scrollable-region-focusable"]}
# WCAG 2.2's own rule, of targets large enough to hit, is off unless asked for.
BUT_COLOURS = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}}
    | {rule: {"enabled": False} for rule in COLOUR_RULES},
}
SIZES = {"resultTypes": ["violations"], "runOnly": ["target-size"]}

# Everything else stays where it is.
EMPTY_FORMULAS_AND_CODE = """() => {
  const all = [...document.querySelectorAll('math, .highlight pre')];
  const boxes = all.map(element => element.getBoundingClientRect());
  all.forEach((element, i) => {
    element.replaceChildren();
    const display = element.matches('math:not([display=block])') ? 'inline-block' : 'block';
    const [width, height] = [boxes[i].width, boxes[i].height].map(size => `${size}px`);
    Object.assign(element.style, { boxSizing: 'border-box', display, width, height });
  });
}"""

# Marks what can be scrolled, a formula that is too long for instance.
SCROLLING = """() => {
  const all = [...document.querySelectorAll('body *')].filter(element => {
    const { clientWidth, clientHeight, scrollWidth, scrollHeight } = element;
    const { overflowX, overflowY } = getComputedStyle(element);
    const scrolls = overflow => /auto|scroll/.test(overflow);
    return (scrolls(overflowX) && scrollWidth > clientWidth) ||
      (scrolls(overflowY) && scrollHeight > clientHeight);
  });
  for (const element of all) element.dataset.scrolls = '';
  return all.length;
}"""

# What axe's other rules would look at inside of them.
MORE_THAN_TEXT = """[...document.querySelectorAll(':is(math, .highlight pre) *')].filter(element =>
  element.matches('a, button, input, iframe, img, object, svg, [lang], [style*=important]') ||
  element.getAttributeNames().some(name => /^(aria-|id$|role$|tabindex$)/.test(name))
).map(element => element.outerHTML)"""

# Marks an element for each way in which letters look: what their contrast depends on.
ONE_OF_EACH_LOOK = """() => {
  const known = new Map();
  const behind = (element) => {
    if (!element) return '';
    if (!known.has(element)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
      const above = behind(element.parentElement);
      known.set(element, `${backgroundColor} ${backgroundImage} ${opacity} / ${above}`);
    }
    return known.get(element);
  };
  const looks = new Map();
  for (const element of document.querySelectorAll('body *')) {
    delete element.dataset?.look;
    if (![...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())
        || !element.checkVisibility()) continue;
    const { color, fontSize, fontWeight, textDecorationLine } = getComputedStyle(element);
    const around = getComputedStyle(element.parentElement).color; // a link is told from its text
    const look = [color, around, fontSize, fontWeight, textDecorationLine, behind(element)].join();
    if (!looks.has(look)) looks.set(look, element);
  }
  for (const element of looks.values()) element.dataset.look = '';
  return looks.size;
}"""

# Formulas that are not in the colour of the text around them, which is checked. Those of a ledger
# have the colours of the names of the numbers above it.
COLOURED_FORMULAS = """[...document.querySelectorAll('math, math *')].filter(element => {
  if (element.matches('.ledger [class^=role-]')) return false;
  const [own, around] = [element, element.parentElement].map(each => getComputedStyle(each));
  return own.color !== around.color || own.backgroundColor !== 'rgba(0, 0, 0, 0)';
}).map(element => element.outerHTML)"""

# Adds up how far things move after they were first painted. A space at the end of a paragraph that
# has come in part has no place until the next word has: where it alone moves, nothing is seen.
WATCH_SHIFTS = """new PerformanceObserver(list => { for (const entry of list.getEntries())
  if (!entry.hadRecentInput &&
      !(entry.sources.length && entry.sources.every(({ node }) => node?.data?.trim() === '')))
    window.shift = (window.shift || 0) + entry.value; })
  .observe({type: 'layout-shift', buffered: true});"""

# Names what is shown when all of it is there, and is not.
UNSEEN = """[...document.querySelectorAll('table, .argument-map, .explorable')].filter(element =>
  [...element.children].every(child => getComputedStyle(child).visibility === 'hidden')
).map(element => element.outerHTML)"""


# Puts all letters of a page at its end, sorted by what they are to be painted in.
GATHER_LETTERS = """() => {
  const kinds = {};
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (element.matches('script, style, noscript') || element.closest('noscript')) continue;
    const { fontFamily, fontStyle, fontWeight } = getComputedStyle(element);
    const letters = (kinds[JSON.stringify({ fontFamily, fontStyle, fontWeight })] ??= new Set());
    for (const letter of texts.currentNode.data) if (letter.trim()) letters.add(letter);
  }
  const list = document.createElement('div');
  list.id = 'letters';
  for (const [style, letters] of Object.entries(kinds)) {
    const element = document.createElement('p');
    Object.assign(element.style, JSON.parse(style));
    element.textContent = [...letters].join(' ');
    if (letters.size) list.append(element);
  }
  document.body.append(list);
}"""


@pytest.fixture(params=[WIDE, NARROW])
def visit(
    request: pytest.FixtureRequest, browser: Browser, book: Path, book_url: str
) -> Iterator[Visit]:
    """Visit the book at a desk, from a server; or with a thumb, from a disk."""
    narrow = request.param == NARROW
    visit = Visit(
        browser,
        f"{book.as_uri()}/" if narrow else book_url,
        viewport={"width": request.param, "height": 900},
        has_touch=narrow,
    )
    visit.context.add_init_script(WATCH_SHIFTS)
    yield visit
    visit.context.close()


@pytest.fixture(scope="module")
def first_page(browser: Browser, book: Path, book_url: str) -> Collection[str]:
    """Return what a reader's browser has after the first page."""
    visit = Visit(browser, book_url)
    visit.open("chapters/intro.html")
    visit.context.close()
    return {response.url for response in visit.responses} - {f"{book_url}chapters/intro.html"}


# What paragraphs say. A function may be described by the LaTeX that it reads, in the type of code.
TEXTS = """all => all.map(each => {
  const copy = each.cloneNode(true);
  if (each.closest('dl.py')) for (const code of copy.querySelectorAll('code')) code.remove();
  return copy.textContent;
})"""


# The cards whose paragraphs and lists are not of one size.
MIXED_SIZES = """() => [...document.querySelectorAll('.admonition')].filter(card => {
  const texts = [...card.children].flatMap(each => /^[OU]L$/.test(each.tagName)
    ? [...each.children] : each.matches('p:not(.admonition-title)') ? [each] : []);
  return new Set(texts.map(text => getComputedStyle(text).fontSize)).size > 1;
}).map(card => card.textContent.trim().slice(0, 60))"""

# The marks of folded code through which the edge of a card goes.
ACROSS_EDGES = """() => [...document.querySelectorAll('.admonition + .folds > .fold-mark')]
  .filter(mark => {
    const { top, height } = mark.getBoundingClientRect();
    const edge = mark.parentElement.previousElementSibling.getBoundingClientRect().bottom;
    return height > 0 && Math.abs(top + height / 2 - edge) < 7;
  }).length"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole(name: str, visit: Visit, first_page: Collection[str]) -> None:
    page = visit.open(name)
    page.wait_for_timeout(300)  # let late shifts and late errors happen
    visit.assert_clean()
    prose = page.locator("article")
    assert "\\" not in "".join(prose.locator("p, li, td").evaluate_all(TEXTS))
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0
    assert page.evaluate("window.shift || 0") < 0.001
    assert changes_of_look(page, Path(name).stem) == []
    if page.evaluate(SCROLLING):
        assert_no_violations(Axe().run(page, {"include": [["[data-scrolls]"]]}, SCROLLS))
    if page.viewport_size["width"] == NARROW:
        # At 320 pixels, which is 400 % of a laptop's screen.
        page.set_viewport_size({"width": 320, "height": 600})
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert_painted_in_its_own_fonts(page)
        page.evaluate(EMPTY_FORMULAS_AND_CODE)
        assert_no_violations(Axe().run(page, options=SIZES))
        return
    weights = {answer.url: len(gzip.compress(answer.body())) for answer in visit.responses}
    # What a picture further down holds comes with it: 4,000 logits of chapter 6, to be calibrated.
    later = {url: weights.pop(url) for url in list(weights) if "/_static/states/" in url}
    assert sum(later.values()) < 11_000, later
    assert sum(weights.values()) < 250_000, weights
    if name in WRITTEN:  # the page of the search brings what it searches
        assert sum(weights[url] for url in set(weights) - {*first_page}) < 50_000, weights
    assert page.evaluate(MIXED_SIZES) == []
    assert page.evaluate(ACROSS_EDGES) == 0
    for _ in both_themes(page):
        assert page.evaluate(COLOURED_FORMULAS) == []
    assert page.evaluate(MORE_THAN_TEXT) == []
    page.evaluate(EMPTY_FORMULAS_AND_CODE)
    assert_no_violations(Axe().run(page, options=BUT_COLOURS))
    # The theme is a set of colours; nothing else depends on it.
    page.evaluate("document.querySelectorAll('.fold').forEach(fold => { fold.click(); })")
    for _ in both_themes(page):
        assert page.evaluate(ONE_OF_EACH_LOOK) > 10
        assert_no_violations(Axe().run(page, {"include": [["[data-look]"]]}, COLOURS))


def test_a_page_is_first_painted_when_its_header_is_whole(book: Path) -> None:
    page = soup(book / "chapters" / "museum.html")
    awaited = page.select_one("head link[rel=expect][blocking=render]")["href"]
    assert page.select_one(f".bd-header-article + {awaited}:empty")


class SlowHandler(QuietHandler):
    """Serves pages as a slow network brings them: piece by piece."""

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        while piece := source.read(4_000):
            outputfile.write(piece)
            time.sleep(0.03 * self.path.endswith(".html"))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_moves_while_a_page_arrives(width: int, browser: Browser, book: Path) -> None:
    """Of tables, maps and pictures nothing is seen that what is still to come would move."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_init_script(WATCH_SHIFTS)
    with served(book, SlowHandler) as address:
        page = context.new_page()
        pages = ("intro", "map", "notation", "cheat-sheet", "sources", "teach")
        for name in (*(f"chapters/{page}.html" for page in pages), *ASSIGNMENTS[:2]):
            page.goto(f"{address}{name}")
            assert page.evaluate("window.shift || 0") < 0.001, name
            assert page.evaluate(UNSEEN) == []
        page.evaluate("document.querySelector('h1').style.paddingTop = '40px'")
        page.wait_for_function("() => window.shift > 0.01")  # what moves is seen
    context.close()


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


def test_code_is_legible_in_both_themes(browser: Browser, book: Path, book_url: str) -> None:
    """One word of each kind that the book's code has, for all of its lines."""
    kinds = {
        (word.name, " ".join(word.get("class", [])))
        for name in PAGES
        for word in soup(book / name).select("pre :is([class], b, i, u)")
    }
    assert len(kinds) > 6  # of one kind are all words that have one look
    visit = Visit(browser, book_url, viewport={"width": WIDE, "height": 900})
    page = visit.open("chapters/01-entropy.html")
    words = "".join(f'<{name} class="{kind}">word</{name}> ' for name, kind in sorted(kinds))
    words += "a word of no kind"
    show = "(pre, words) => { pre.innerHTML = words; pre.classList.add('kinds'); }"
    for place in (".cell_input", ".cell_output"):
        page.locator(f"{place} .highlight pre").first.evaluate(show, words)
    painted = "all => new Set(all.map(word => getComputedStyle(word).color)).size"
    for _ in both_themes(page):
        assert_no_violations(Axe().run(page, {"include": [[".kinds"]]}, COLOURS))
        assert page.locator(".kinds :is(b, i, u)").evaluate_all(painted) == 3
    visit.context.close()


def assert_no_violations(results: AxeResults) -> None:
    found = [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
    assert found == []


def test_an_icon_is_whole_in_colours_of_the_readers_own(browser: Browser, book_url: str) -> None:
    shapes = []
    for colours in ("none", "active"):
        visit = Visit(browser, book_url, viewport={"width": 900, "height": 300})
        page = visit.open("chapters/intro.html")
        page.emulate_media(forced_colors=colours)
        finish_transitions(page)
        icons = page.locator(".bd-header-article :is(.fas, .fa-solid):visible").all()
        pictures = [imread(io.BytesIO(icon.screenshot()))[..., :3].mean(axis=2) for icon in icons]
        shapes.append([picture < (picture.min() + picture.max()) / 2 for picture in pictures])
        visit.context.close()
    assert len(shapes[0]) == len(shapes[1]) > 3
    for usual, forced in zip(*shapes, strict=True):
        assert (usual != forced).mean() < 0.05


def test_a_picture_is_whole_where_a_readers_text_is_twice_as_large(
    browser: Browser, book_url: str
) -> None:
    visit = Visit(browser, book_url, viewport={"width": 1366, "height": 768})
    page = visit.open("chapters/intro.html")
    stage = page.locator(".explorable .stage").first
    assert stage.bounding_box()["width"] > 600
    page.evaluate("document.documentElement.style.fontSize = '32px'")
    page.wait_for_timeout(300)
    assert stage.evaluate("stage => stage.scrollWidth <= stage.clientWidth")
    visit.context.close()


def test_what_is_chosen_is_seen_in_colours_of_the_readers_own(
    browser: Browser, book_url: str
) -> None:
    visit = Visit(browser, book_url)
    page = visit.open("chapters/01-entropy.html")
    page.emulate_media(forced_colors="active")
    buttons = page.locator(".reading-switch button").all()
    grounds = [each.evaluate("node => getComputedStyle(node).backgroundColor") for each in buttons]
    assert len(set(grounds)) == 2
    visit.context.close()


def test_no_translator_takes_code_apart(book: Path) -> None:
    for name in WRITTEN:
        marked = soup(book / name).select(".notranslate")
        assert all(element.get("translate") == "no" for element in marked), name


def test_a_picture_is_mounted_when_a_reader_is_a_screen_away(
    browser: Browser, book: Path, book_url: str
) -> None:
    context = browser.new_context(viewport={"width": WIDE, "height": 900})
    page = context.new_page()
    states: list[str] = []
    page.on("request", lambda asked: "/_static/states/" in asked.url and states.append(asked.url))
    page.goto(f"{book_url}chapters/06-beyond.html")
    page.wait_for_timeout(1500)
    figures = page.locator("figure[data-explorable]").all()
    tops = [figure.bounding_box()["y"] for figure in figures]
    live = [figure.get_attribute("data-live") == "true" for figure in figures]
    assert live == [top < 2 * 900 for top in tops]
    assert sum(live) < len(live) / 2
    written = soup(book / "chapters" / "06-beyond.html").select("figure[data-explorable]")
    elsewhere = [len(figure.select("script[data-src]")) for figure in written]
    assert len(states) == sum(itertools.compress(elsewhere, live)) < sum(elsewhere)
    assert page.locator("[data-waiting] .ce-picture").first.is_hidden()
    page.emulate_media(media="print")  # which waits for nothing
    assert all(
        page.evaluate(
            """[...document.querySelectorAll('figure[data-explorable]')].map((figure) =>
              !('waiting' in figure.dataset)
                || (figure.querySelector('.ce-picture')?.checkVisibility() ?? true))"""
        )
    )
    page.emulate_media(media="screen")
    figures[-2].scroll_into_view_if_needed()
    page.wait_for_function(
        "figure => figure.dataset.live === 'true'", arg=figures[-2].element_handle()
    )
    assert len(states) == sum(elsewhere)
    context.close()


def test_the_theme_lays_out_nothing_that_is_folded_to_measure_it(book: Path) -> None:
    script = (book / "_static" / "scripts" / "pydata-sphinx-theme.js").read_text("utf-8")
    measured, said = script.index("e.scrollWidth>e.clientWidth"), script.index("e.tabIndex=")
    assert script.index("e.checkVisibility()") < measured < said
    assert "forEach" in script[measured:said]


def test_a_static_picture_needs_no_other_file(book: Path) -> None:
    files = sorted((book / "_static" / "pictures").glob("*.svg"))
    used = {
        Path(image["src"]).name
        for name in (*WRITTEN, *ASSIGNMENTS)
        for image in soup(book / name).select(".explorable .ce-picture img")
    }
    assert used == {path.name for path in files}
    for path in files:
        text = path.read_text("utf-8")
        ElementTree.fromstring(text)
        asked = re.findall(r"url\(\"?([^)\"]{9})|href=|@import", text)
        ids = set(re.findall(r' id="([^"]+)"', text))
        assert all(one.startswith("data:font") or "#" in one for one in asked), path.name
        assert set(re.findall(r"url\(#([^)]+)\)", text)) <= ids, path.name


@pytest.mark.parametrize("name", WRITTEN)
def test_without_scripts_there_is_a_picture_for_each_explorable(
    name: str, browser: Browser, book: Path, book_url: str
) -> None:
    if not soup(book / name).select("figure[data-explorable]:not(.predict)"):
        return
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(book_url + name)
    for figure in page.locator("figure[data-explorable]:not(.predict)").all():
        picture = figure.locator("[role=img]")
        assert picture.is_visible()
        assert len(picture.get_attribute("aria-label")) > 40
        shown = [image for image in picture.locator("img").all() if image.is_visible()]
        for image in shown:
            image.scroll_into_view_if_needed()
            image.evaluate("image => image.decode()")
            assert image.evaluate("image => image.naturalWidth") > 0
        assert shown
        # The frame must grow with its picture rather than cut it off.
        frame, inner = figure.bounding_box(), picture.bounding_box()
        assert inner["y"] + inner["height"] <= frame["y"] + frame["height"]
    context.close()


def break_scripts(context: BrowserContext, fault: str) -> None:
    """Let the scripts of a page fail in one of the ways in which they do."""

    def answer(route: Route) -> None:
        response = route.fetch()
        if fault == "no blob":
            policy = "script-src 'self' 'unsafe-inline'"
            headers = {**response.headers, "content-security-policy": policy}
            route.fulfill(response=response, headers=headers)
        else:
            start = r"function defineExplorable\(\w+\)\{"
            broken, count = re.subn(start, r'\g<0>throw new Error("no");', response.text())
            route.fulfill(response=response, body=broken)
            assert count == 1

    if fault in ("mount.js", "explorables.js"):
        context.route(f"**/{fault}*", lambda route: route.abort())
    else:
        context.route("**/*.html" if fault == "no blob" else "**/explorables.js*", answer)


@pytest.mark.parametrize("fault", ["mount.js", "explorables.js", "no blob", "a module throws"])
def test_where_scripts_fail_the_picture_stays(fault: str, browser: Browser, book_url: str) -> None:
    context = browser.new_context(viewport={"width": WIDE, "height": 900})
    break_scripts(context, fault)
    page = context.new_page()
    page.goto(f"{book_url}chapters/02-divergence.html")
    page.wait_for_timeout(3500)  # as long as scripts may take
    figures = page.locator("figure[data-explorable]:not(.predict)").all()
    assert len(figures) > 2
    for figure in figures:
        figure.scroll_into_view_if_needed()
        picture = figure.locator("[role=img]")
        expect(picture.locator("img").filter(visible=True).first).to_be_visible()
        assert figure.get_attribute("data-live") is None
        assert len(picture.get_attribute("aria-label")) > 40
        shown = [image for image in picture.locator("img").all() if image.is_visible()]
        assert shown
        for image in shown:
            image.scroll_into_view_if_needed()
            image.evaluate("image => image.decode()")
            assert image.evaluate("image => image.naturalWidth") > 0
    if fault != "a module throws":  # the module of a question is another one
        question = page.locator(".predict").first
        question.scroll_into_view_if_needed()
        expect(question.locator("p[data-right]")).to_be_visible()
    context.close()


@pytest.mark.parametrize("name", WRITTEN)
def test_mathematics_is_there_before_any_script(name: str, book: Path) -> None:
    page = soup(book / name)
    assert page.find_all("math")
    assert not page.select(".math:not(:has(math))")


def test_punctuation_stays_with_its_own_formula() -> None:
    document = new_document("a reference and a formula, each followed by the same words")
    paragraph = nodes.paragraph()
    document += paragraph
    for node in (nodes.reference("2.1", "(2.1)"), nodes.math("q", "q")):
        paragraph += [node, nodes.Text(". Each ")]
    KeepPunctuation(document).run()
    assert paragraph.astext() == "(2.1). Each q. Each "


def assert_painted_in_its_own_fonts(page: Page) -> None:
    """Nothing falls back on what a machine happens to have."""
    page.evaluate(GATHER_LETTERS)
    session = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    kinds = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "#letters > *"})
    letters = page.locator("#letters > *").all_inner_texts()
    families = set()
    for node, text in zip(kinds["nodeIds"], letters, strict=True):
        for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]:
            families.add(font["familyName"])
            assert font["isCustomFont"], f"{font['familyName']} paints some of {text}"
    assert {"Book Serif", "Book Mono"} <= families


def test_fonts_are_there_before_the_first_paint(visit: Visit) -> None:
    visit.context.add_init_script(
        """new PerformanceObserver(list => { window.atFirstPaint =
        [...document.fonts].filter(f => /Book|STIX/.test(f.family)).map(f => f.status); })
        .observe({type: 'paint', buffered: true});"""
    )
    page = visit.open("chapters/02-divergence.html")
    page.wait_for_function("() => window.atFirstPaint")
    assert page.evaluate("window.atFirstPaint") == ["loaded"] * (1 + len(fonts.FACES))


def test_a_formula_stands_as_high_as_its_line() -> None:
    text, formulas = (TTFont(io.BytesIO(font)) for font in (fonts.FACES[0].cut(), math_font()))
    size = float(
        re.search(r"font-size: ([\d.]+)em; /\* as high as", BOOK_CSS.read_text("utf-8"))[1]
    )
    for height in ("sxHeight", "sCapHeight"):
        ratio = size * getattr(formulas["OS/2"], height) / getattr(text["OS/2"], height)
        assert ratio == pytest.approx(1, abs=0.02), height


WIDTHS = """async ([address, characters]) => {
  const face = new FontFace('measured', `url(${address})`);
  document.fonts.add(await face.load());
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = '1000px measured';
  pen.fontKerning = 'none';
  return characters.map(character => pen.measureText(character).width);
}"""


@pytest.mark.parametrize("face", fonts.FACES, ids=lambda face: face.name)
def test_a_browser_gives_a_letter_the_width_that_its_font_says(
    face: fonts.Face, context: BrowserContext
) -> None:
    """A % no wider than its stroke would lie below the next word."""
    data = face.cut()
    font = TTFont(io.BytesIO(data))
    per_em = font["head"].unitsPerEm
    said = {
        chr(code): 1000 * font["hmtx"][glyph][0] / per_em
        for code, glyph in font.getBestCmap().items()
        if unicodedata.category(chr(code)) not in ("Mn", "Cf")  # they have no width of their own
    }
    address = f"data:font/woff2;base64,{base64.b64encode(data).decode()}"
    widths = dict(zip(said, context.new_page().evaluate(WIDTHS, [address, [*said]]), strict=True))
    assert len(said) > 5
    assert {each: widths[each] for each in said if abs(widths[each] - said[each]) > 1} == {}


def test_a_font_that_is_cut_keeps_its_licence_but_not_its_name() -> None:
    for face in fonts.FACES:
        names = {
            record.nameID: record.toUnicode()
            for record in TTFont(io.BytesIO(face.cut()))["name"].names
        }
        assert names[1] == face.family
        assert "Licen" in names[13] or "public domain" in names[13].lower()


def test_a_style_sheet_keeps_what_a_page_uses() -> None:
    sheet = """@charset "utf-8"; /* {no} */ a, .on > b, .off { color: red } .off{x:y}
    @media print { .off { a: b } .on { content: "}" } } @media x { .off { a: b } }
    p:not(.off) { a: b } @font-face { a: b } .a\\:b { c: d } em, #no, a[no], i:hover { a: b }
    a:is(.off, b:not(.on)), a[b="off"]::before { a: b }"""
    lean = without_unused_rules(sheet, {"a", "b", "i", "p", "on", "a:b"})
    assert lean == (
        '@charset "utf-8";a,.on > b{color: red}@media print{.on{content: "}"}}'
        "p:not(.off){a: b}@font-face{a: b}.a\\:b{c: d}i:hover{a: b}"
        'a:is(.off, b:not(.on)),a[b="off"]::before{a: b}'
    )


def test_a_style_sheet_keeps_the_variables_that_something_reads() -> None:
    one, other = Path("one.css"), Path("other.css")
    sheets = {
        one: 'a{--a:1;--b:var(--c);--c:url(";}");--d:2}',
        other: "b{color:var(--a);width:calc(1px + var(--e,(2px)))}",
    }
    lean = without_unused_variables(sheets, ["<p style='--f: 1; margin: var(--d)'>"])
    assert lean == {one: "a{--a:1;--d:2}", other: sheets[other]}


def test_one_style_sheet_has_what_all_had_in_their_order_and_fonts_first(tmp_path: Path) -> None:
    (tmp_path / "styles").mkdir()
    (tmp_path / "basic.css").write_text("p{a:b}", "utf-8")
    sheets = {
        tmp_path / "styles" / "theme.css": '@import "../basic.css";b{c:d}',
        tmp_path / "own.css": "q{e:f}@font-face{src:url(x)}i{g:h}",
    }
    assert joined_sheets(sheets) == "@font-face{src:url(x)}p{a:b}b{c:d}q{e:f}i{g:h}"


def test_one_page_written_anew_loads_what_the_others_do(tmp_path: Path) -> None:
    static = tmp_path / "_static"
    (static / "styles").mkdir(parents=True)
    for name in ("all.js", "one.js", "all.css"):
        (static / name).write_text(f"/* {name} */", "utf-8")
    load = '<script defer="defer" src="_static/{}.js"></script>'
    first = f'<link rel="stylesheet" href="_static/all.css"/>{load.format("all")}'
    pages = {"one.html": first + load.format("one"), "other.html": first}
    build = SimpleNamespace(
        outdir=tmp_path, doctreedir=tmp_path, builder=SimpleNamespace(format="html")
    )
    versions = set()
    for written in (pages, {"one.html": pages["one.html"]}):
        for name, text in written.items():
            (tmp_path / name).write_text(text, "utf-8")
        join_files(build, None)
        assert (static / "book.js").read_text("utf-8") == "/* all.js */"
        one, other = [(tmp_path / name).read_text("utf-8") for name in pages]
        assert "one.js" in one
        asked = [re.search(r"book\.css\?v=\w+", page)[0] for page in (one, other)]
        assert asked[0] == asked[1]
        versions.add(asked[0])
        (static / "all.css").write_text("/* all.css, changed */", "utf-8")
    assert len(versions) == 2


def test_a_page_names_one_style_sheet_and_one_script_for_all_pages(book: Path) -> None:
    for name in PAGES:
        page = soup(book / name)
        assert len(page.select("link[rel=stylesheet]")) < 3  # cells that run have their own
        assert len(page.select('link[rel=stylesheet][href*="/book.css?v="]')) == 1
        own = [
            src
            for script in page.select("script[defer]")
            if "/" not in (src := script["src"].partition("_static/")[2])
        ]
        assert own[0].startswith("book.js?v=")
        assert len(own) < 5


def as_painted(character: str, italic: bool) -> int:
    """Return the code point that a browser paints: a variable of one letter becomes italic."""
    code = ord(character)
    if not italic:
        return code
    if character == "h":
        return 0x210E  # Planck had it first
    for first, last, painted in (("a", "z", 0x1D44E), ("A", "Z", 0x1D434), ("α", "ω", 0x1D6FC)):
        if first <= character <= last:
            return painted + code - ord(first)
    return 0x1D715 if character == "∂" else code


def test_the_font_has_every_character_of_every_formula(book: Path) -> None:
    sheet = (book / "_static" / "crossentropy-book.css").read_text("utf-8")
    font = base64.b64decode(re.search(r"base64,([^\"]*)", sheet)[1])
    characters = set(TTFont(io.BytesIO(font)).getBestCmap())
    variation_selector = 0xFE00  # chooses between two forms, and is painted as neither
    for name in PAGES:
        for element in soup(book / name).select("mi, mn, mo, mtext"):
            text = element.get_text()
            italic = element.name == "mi" and len(text) == 1 and "mathvariant" not in element.attrs
            painted = {as_painted(character, italic) for character in text}
            missing = painted - characters - {variation_selector}
            assert not missing, f"{text!r} in {name}: {[hex(code) for code in missing]}"


@functools.cache
def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def test_every_link_within_the_book_has_its_target(book: Path) -> None:
    anchors = {
        path: {tag["id"] for tag in soup(path).select("[id]")}
        for path in book.rglob("*.html")
        if path.relative_to(book).parts[0] != "lab"  # JupyterLab's own
    }
    missing = []
    for path in anchors:
        for link in soup(path).select("a[href]"):
            href, fragment = urldefrag(link["href"])
            if re.match(r"[a-z]+:", href) or "javascript" in href:
                continue
            file = unquote(href.partition("?")[0])
            target = (path.parent / file).resolve() if file else path
            exists = target.exists() and (
                not fragment or target not in anchors or unquote(fragment) in anchors[target]
            )
            if not exists:
                missing.append(f"{path.name}: {link['href']}")
    assert missing == []


def test_every_picture_says_what_it_shows(book: Path) -> None:
    for name in PAGES:
        page = soup(book / name)
        for image in page.find_all("img"):
            named = image.find_parent(attrs={"role": "img"})
            assert named or image.get("alt"), f"{name}: {image}"
        for picture in page.select('[role="img"]'):
            assert len(picture["aria-label"]) > 30, f"{name}: {picture['aria-label']}"


@pytest.mark.parametrize("name", PAGES)
def test_no_page_shows_a_warning_of_the_program_that_made_it(name: str, book: Path) -> None:
    assert [output.text for output in soup(book / name).select(".output.stderr")] == []


def test_the_five_sources_and_the_classics_are_cited(book: Path) -> None:
    cited = "".join((book / f"chapters/{name}.html").read_text("utf-8") for name in CHAPTERS)
    entries = soup(book / "chapters/notation.html").select(".citation")
    for entry in entries:
        assert f'notation.html#{entry["id"]}"' in cited, entry.text
    bibliography = " ".join(entry.text for entry in entries)
    for title in (
        "Why do we use the cross entropy loss",
        "A justification of the cross entropy loss",
        "Akash Garg",
        "Why can cross entropy be loss function",
        "Cross-entropy and maximum likelihood estimation",
        "A mathematical theory of communication",
        "On information and sufficiency",
        "Elements of Information Theory",
        "Information Theory, Inference, and Learning Algorithms",
        "Deep Learning",
        "Pattern Recognition and Machine Learning",
    ):
        assert title.lower() in bibliography.lower(), title


def test_a_linked_state_opens_in_the_book(browser: Browser, book_url: str) -> None:
    visit = Visit(browser, book_url)
    page = visit.open("chapters/02-divergence.html#bars=q:.2,.3,.5")
    figure = page.locator("#bars")  # as the notebook calls it
    assert figure.evaluate("figure => figure.explorable.get('q')") == [0.2, 0.3, 0.5]
    visit.assert_clean()
    visit.context.close()


def test_a_widget_made_in_a_notebook_is_live_in_the_book(browser: Browser, book_url: str) -> None:
    visit = Visit(browser, book_url)
    page = visit.open("chapters/make-your-own.html")
    figure = page.locator("figure[data-explorable=TwoCoins]")
    slider, numbers = (
        figure.get_by_role("slider", name="Share w of kind A"),
        figure.locator("output"),
    )
    a, b = ([p, 1 - p] for p in (0.1, 0.8))
    for key, w in (("Home", 0), ("End", 1), ("ArrowLeft", 0.99)):
        slider.press(key)
        m = w * np.array(a) + (1 - w) * np.array(b)
        high, low = entropy(m, base=2), w * entropy(a, base=2) + (1 - w) * entropy(b, base=2)
        said = f"w {w:.2f}: entropy H(m) {high:.3f}, average {low:.3f} bits"
        assert numbers.inner_text() == said
        assert slider.get_attribute("aria-valuetext") == said
    # What only a kernel can draw is a picture, and no widget's name stands in its place.
    assert page.locator(".ce-picture").count() == 1
    assert "interactive(" not in page.locator("article").inner_text()
    visit.assert_clean()
    visit.context.close()


PICTURES = [name for name in widgets.__all__ if name != "Predict"]


def test_the_gallery_shows_every_explorable_and_no_code(book: Path) -> None:
    page = soup(book / "chapters" / "gallery.html")
    for name in PICTURES:
        section = page.find(id=f"gallery-{name.lower()}").find_parent("section")
        (figure,) = section.select("figure[data-explorable]")
        assert figure["data-explorable"] == name
        # A sentence that says what it shows, and where the book uses it.
        (said,) = section.find_all("p", recursive=False)
        assert said.select('a[href*=".html"]'), name
        assert len(said.get_text().split()) < 45, name
    assert not page.select("article .highlight, dl.py")


def test_the_package_is_described_whole(book: Path) -> None:
    page = soup(book / "chapters" / "api.html")
    described = {term["id"] for term in page.select("dl.py > dt[id]")}
    assert described >= {f"crossentropy.{name}" for name in crossentropy.__all__}
    assert described >= {f"crossentropy.coding.{name}" for name in coding.__all__}
    for name in widgets.__all__:
        body = page.find("dt", id=f"crossentropy.widgets.{name}").find_next_sibling("dd")
        items = body.select(".field-list strong")
        said = {trait for item in items for trait in item.get_text().split(", ")}
        base, asked = (AnyWidget, {}) if name == "Predict" else (Explorable, {"sync": True})
        traits = {*getattr(widgets, name).class_trait_names(**asked)} - {*base.class_trait_names()}
        assert said >= {trait for trait in traits if trait[0] != "_"}, name


def in_order() -> list[str]:
    """Return the pages of the book as its table of contents lists them."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    entries = [entry["file"] for part in contents["parts"] for entry in part["chapters"]]
    return [contents["root"], *entries]


def test_every_page_says_what_it_is_about_and_its_neighbours_repeat_it(book: Path) -> None:
    pages = {name: soup(book / f"{name}.html") for name in in_order()}
    about = {}
    for name, page in pages.items():
        (description,) = (tag["content"] for tag in page.select("meta[name=description]"))
        assert 50 <= len(description) <= 160, name  # as much as a search engine shows
        about[name] = description
    assert len({*about.values()}) == len(pages)
    for before, after in itertools.pairwise(pages):
        link = pages[before].select_one(".prev-next-area .right-next")
        assert link.select_one(".prev-next-why").text == about[after]
        if after != "genindex":  # made by Sphinx, which gives it no neighbours
            link = pages[after].select_one(".prev-next-area .left-prev")
            assert link.select_one(".prev-next-why").text == about[before]


def test_every_term_of_the_glossary_is_linked_from_a_chapter(book: Path) -> None:
    linked = {
        urldefrag(link["href"]).fragment
        for path in [*(book / "chapters").glob("0*.html"), book / "chapters" / "museum.html"]
        for link in soup(path).select('a[href^="glossary.html#term-"]')
    }
    entries = soup(book / "chapters/glossary.html").select("dl.glossary > dt, dl.glossary > dd")
    assert len(entries) > 100
    waiting: list[str] = []
    for entry in entries:
        if entry.name == "dt":
            waiting.append(entry["id"])
            continue
        assert linked & {*waiting}, f"no chapter links to {waiting}"
        assert entry.select('a[href*=".html#"]'), f"{waiting} leads nowhere"
        waiting = []


def test_the_index_lists_each_thing_once(book: Path) -> None:
    entries = soup(book / "genindex.html").select(".genindextable td > ul > li")
    names = [entry.find(string=re.compile(r"\S")).strip() for entry in entries]
    assert len(names) == len({name.lower() for name in names})
    for name in (
        "Shannon",
        "McCarthy",
        "Savage",
        "Bayes' rule",
        "Gibbs' inequality",
        "Huffman code",
        "Jensen's inequality",
        "Kullback–Leibler divergence",
        "Kraft's inequality",
        "Brier score",
        "twenty questions",
        "DivergenceBars (class in crossentropy.widgets)",
    ):
        assert name in names, name
    for entry in entries:
        targets = [link["href"] for link in entry.select("a")]
        assert targets, entry.text
        assert len(targets) == len(set(targets)), entry.text


# Of a page of paper: width and height in millimetres, and the margins of the cheat sheet.
PAPER = {"A4": (210, 297), "Letter": (215.9, 279.4)}
ACROSS, DOWN = 20, 18
PIXELS = 96 / 25.4

# What sticks out of the sheet, how high the sheet is, and the smallest type on it.
MEASURE_SHEET = """() => {
  const sheet = document.querySelector('#cheat-sheet');
  const box = sheet.getBoundingClientRect();
  const shown = [...sheet.querySelectorAll('*')].filter(e => e.getClientRects().length);
  const out = shown.filter(e => e.getBoundingClientRect().right > box.right + 0.5
    || (e.matches('div, p, li, td') && e.scrollWidth > e.clientWidth + 1));
  const text = shown.filter(e => !e.closest('math')
    && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
  return {
    out: out.map(e => e.outerHTML.slice(0, 200)),
    height: box.height,
    type: Math.min(...text.map(e => parseFloat(getComputedStyle(e).fontSize))),
    headings: shown.filter(e => e.matches('h1, h2')).length,
  };
}"""


# What the sheet is set in: the book's own font, and the widest that a machine may have instead.
FACES = [None, "DejaVu Sans", "DejaVu Serif"]


@pytest.mark.parametrize("paper", PAPER)
@pytest.mark.parametrize("face", FACES)
def test_the_cheat_sheet_prints_on_one_sheet(
    face: str | None, paper: str, browser: Browser, book_url: str
) -> None:
    visit = Visit(browser, book_url)
    page = visit.open("chapters/cheat-sheet.html")
    if face:
        text = "body, #cheat-sheet :not(math, math *, code, code *)"
        page.add_style_tag(content=f'{text} {{ font-family: "{face}" !important }}')
    printed = page.pdf(format=paper)
    assert len(re.findall(rb"/Type */Page\b", printed)) == 1
    # Laid out as wide as the paper is between its margins, everything is there, and legible.
    width, height = PAPER[paper]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": int((width - ACROSS) * PIXELS), "height": 900})
    measured = page.evaluate(MEASURE_SHEET)
    assert measured["out"] == []
    assert measured["height"] < (height - DOWN) * PIXELS
    assert measured["type"] >= 7.5 * 96 / 72 - 0.01
    assert measured["headings"] == page.locator("#cheat-sheet :is(h1, h2)").count()
    visit.context.close()


@pytest.mark.parametrize("name", ["chapters/02-divergence.html", "chapters/glossary.html"])
def test_on_paper_there_is_the_text_and_no_more(name: str, browser: Browser, book_url: str) -> None:
    visit = Visit(browser, book_url, viewport={"width": 660, "height": 900})
    page = visit.open(name)
    page.emulate_media(media="print")
    assert page.locator("article h1").is_visible()
    for furniture in (
        "dialog, nav, header",
        ".bd-sidebar-primary",
        ".bd-sidebar-secondary",
        ".prev-next-area",
        "footer",
        "article button:not(.predict *)",
        "#jb-print-docs-body",
    ):
        assert not any(thing.is_visible() for thing in page.locator(furniture).all()), furniture
    wide = (
        "[...document.querySelectorAll('article pre')].filter(e => e.scrollWidth > e.clientWidth)"
    )
    assert page.evaluate(f"{wide}.map(e => e.textContent)") == []
    visit.context.close()


def test_the_dark_theme_prints_as_the_light_one(browser: Browser, book_url: str) -> None:
    visit = Visit(browser, book_url)
    page = visit.open("chapters/notation.html")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    theme = "document.documentElement.dataset.theme"
    page.evaluate(f"addEventListener('beforeprint', () => {{ window.printed = {theme}; }})")
    page.pdf()
    assert page.evaluate(f"[window.printed, {theme}]") == ["light", "dark"]
    visit.context.close()
