"""The built book in three engines: Chromium, and Firefox and WebKit where they can be had.

Each is the engine of other readers: WebKit draws the pages on an iPhone. What is asked of all three
is what they could differ in: that explorables live, from a server and from a disk, that a hand
moves them, and that formulas and numbers are set as they should be, to the pixel.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import engines
import numpy as np
import pytest
from conftest import served
from engines import Engine
from explorables.browser import CENTRE
from playwright.sync_api import Browser

from crossentropy._mathml import to_mathml

pytestmark = pytest.mark.browser

# Each page once, and two of them both ways.
ADDRESSES = {
    "http": ["intro", "02-divergence", "04-softmax", "06-beyond", "gallery"],
    "file": ["intro", "01-entropy", "03-likelihood", "05-classifier", "cheat-sheet"],
}
BY_ADDRESS = [(scheme, page) for scheme, pages in ADDRESSES.items() for page in pages]

# Stands first in each page, and remembers what goes wrong: WebKit's driver tells no console.
LISTEN = """<script>{
  const faults = window.faults = [];
  const { error } = console;
  console.error = (...words) => { faults.push(words.join(' ')); error(...words); };
  addEventListener('unhandledrejection', event => faults.push(String(event.reason)));
  addEventListener('error', event =>
    faults.push(event.message || `not loaded: ${event.target.src || event.target.href}`), true);
}</script>"""

# A picture is mounted when it is near, and drawn in the frame after its size is known.
SETTLED = """new Promise(done => {
  const figures = [...document.querySelectorAll('figure[data-explorable]')];
  const [place, going] = [scrollY, { behavior: 'instant', block: 'center' }];
  const look = () => {
    const next = figures.find(figure => figure.dataset.live !== 'true');
    if (next) {
      next.scrollIntoView(going);
      setTimeout(look, 50);
    } else {
      scrollTo({ top: place, behavior: 'instant' });
      requestAnimationFrame(() => setTimeout(done));
    }
  };
  document.fonts.ready.then(look);
  setTimeout(done, 20_000);
})"""


@pytest.fixture(scope="session", params=["chromium", "firefox", "webkit"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "chromium":
        browser: Browser = request.getfixturevalue("browser")
        chromium = engines.Chromium(browser)
        yield chromium
        chromium.page.close()
        return
    run: Callable[[], contextlib.AbstractContextManager[Engine]] = getattr(engines, request.param)
    with contextlib.ExitStack() as stack:
        try:
            installed = stack.enter_context(run())
        except engines.MissingEngineError as missing:
            if os.environ.get("ENGINES") == "all":
                raise
            pytest.skip(str(missing))
        yield installed


@pytest.fixture(scope="session")
def heard_book(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the book whose pages remember what goes wrong on them."""
    folder = tmp_path_factory.mktemp("heard")
    (folder / "_static").symlink_to(book / "_static")
    (folder / "chapters").mkdir()
    for name in ("_images", "_sources"):
        if (book / name).exists():
            (folder / name).symlink_to(book / name)
    for page in (book / "chapters").glob("*.html"):
        text = page.read_text("utf-8").replace("<head>", f"<head>{LISTEN}", 1)
        (folder / "chapters" / page.name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="session")
def address(heard_book: Path) -> Iterator[Callable[[str, str], str]]:
    """Return the address of a page, from a server or from a disk."""
    with served(heard_book) as root:
        bases = {"http": root, "file": f"{heard_book.as_uri()}/"}
        yield lambda scheme, page: f"{bases[scheme]}chapters/{page}.html"


@pytest.mark.parametrize(("scheme", "page"), BY_ADDRESS)
def test_a_hand_moves_what_a_page_shows(
    engine: Engine, scheme: str, page: str, address: Callable[[str, str], str]
) -> None:
    engine.open(address(scheme, page))
    engine.evaluate(SETTLED)
    figures = engine.evaluate(
        "[...document.querySelectorAll('figure[data-explorable]')].map(figure =>"
        " [figure.id, figure.dataset.live ?? '', !!figure.querySelector('[data-handle]')])"
    )
    assert all(live == "true" for _, live, _ in figures), figures
    moved = [figure for figure, _, has_handle in figures if has_handle]
    assert bool(moved) == (page != "cheat-sheet")
    for figure in moved if page == "gallery" else moved[:1]:
        assert_moves(engine, figure)
    assert engine.evaluate("window.faults") == []
    width, room = engine.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= room


def assert_moves(engine: Engine, figure: str) -> None:
    """Drag the first handle of a figure, then press a key on it."""
    here = f"document.getElementById('{figure}')"
    numbers = f"JSON.stringify({here}.explorable.quantities)"
    handle = f"{here}.querySelector('[data-handle]')"
    engine.evaluate(f"{handle}.scrollIntoView({{ block: 'center', behavior: 'instant' }})")
    engine.evaluate(SETTLED)
    at_rest = engine.evaluate(numbers)
    x, y = engine.evaluate(f"({CENTRE})({handle})")
    now, least, most = engine.evaluate(
        f"['now', 'min', 'max'].map(name => Number({handle}.getAttribute('aria-value' + name)))"
    )
    more = now < (least + most) / 2
    step = 20 if more else -20
    engine.drag((x, y), (x + step, y - step))
    engine.evaluate(SETTLED)
    dragged = engine.evaluate(numbers)
    assert dragged != at_rest, f"{figure}: a drag changes nothing"
    engine.evaluate(f"{handle}.focus()")
    engine.press("PageUp" if more else "PageDown")
    engine.evaluate(SETTLED)
    assert engine.evaluate(numbers) != dragged, f"{figure}: a key changes nothing"


# How much lower than its label the number of each readout stands.
READOUTS = """[...document.querySelectorAll('.drawer .readout')].map(readout => {
  const [number, label] = ['output', 'b'].map(name => {
    const range = document.createRange();
    range.selectNodeContents(readout.querySelector(name).firstChild);
    return range.getBoundingClientRect().bottom;
  });
  return [readout.textContent, number - label];
})"""


def test_a_number_stands_on_the_line_of_its_label_and_stays_as_written(
    engine: Engine, address: Callable[[str, str], str]
) -> None:
    engine.open(address("file", "gallery"))
    engine.evaluate("document.querySelectorAll('.fold').forEach(fold => { fold.click(); })")
    engine.evaluate(SETTLED)
    changing = "document.querySelectorAll('.explorable :is(.stage, .readouts, .ledger)')"
    translated = f"[...{changing}].filter(part => part.getAttribute('translate') !== 'no').length"
    assert engine.evaluate(translated) == 0
    readouts = engine.evaluate(READOUTS)
    assert len(readouts) > 30
    assert [text for text, rise in readouts if abs(rise) > 1] == []


# Opens what is folded, brings the first ledger into sight, and says where it is.
LEDGER = f"""(async () => {{
  await {SETTLED};
  document.querySelector('.explorable .fold').click(); // opens the drawer
  await {SETTLED};
  const ledger = document.querySelector('.ledger');
  ledger.scrollIntoView({{ block: 'center', behavior: 'instant' }});
  await {SETTLED};
  const {{ left, right, top }} = ledger.getBoundingClientRect();
  return [left, right, top].map(Math.round);
}})()"""


def test_a_rule_is_above_the_whole_ledger(
    engine: Engine, address: Callable[[str, str], str]
) -> None:
    engine.open(address("file", "gallery"))
    left, right, top = engine.evaluate(LEDGER)
    strip = engine.picture()[top - 2 : top + 3, left + 2 : right - 2].mean(axis=2)
    ground = strip.max()
    assert (strip.min(axis=0) < ground - 0.05).all()


# Formulas one below the other, each in a box of its own, with room for what would leave it.
SPECIMENS = {
    "p": r"\hat p",
    "y": r"\hat y",
    "R": r"\hat R",
    "h": r"\hat h",
    "theta-hat": r"\hat\theta",
    "theta": r"\theta",
    "prime": "q'",
    "sum": r"\sum_k p",
    "subscript": "p_k",
}


# A font within a style sheet is unpacked when it is asked for; then the page is painted anew.
PAINTED = """Promise.all([...document.fonts].map(font => font.load())).then(() => new Promise(
  done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100)))
))"""


@pytest.fixture(scope="session")
def specimens(
    engine: Engine, book: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Return how dark each formula is, pixel by pixel: rows and columns, from 0 to 1."""
    page = tmp_path_factory.mktemp("specimens") / "page.html"
    sheets = "".join(
        f'<link rel="stylesheet" href="{(book / "_static" / name).as_uri()}">'
        for name in ("crossentropy-book.css", "crossentropy.css")
    )
    boxes = "".join(f'<p id="{name}">{to_mathml(latex)}</p>' for name, latex in SPECIMENS.items())
    style = "p { font-size: 18px; line-height: 40px; width: 80px; margin: 0; padding: 10px; }"
    page.write_text(
        f'<!doctype html><meta charset="utf-8">{sheets}<style>{style} '
        f"html {{ font-family: var(--pst-font-family-base); color: #000; background: #fff; }}"
        f"</style>{boxes}",
        "utf-8",
    )
    engine.open(page.as_uri())
    engine.evaluate(PAINTED)
    places = engine.evaluate(
        "Object.fromEntries([...document.querySelectorAll('p')].map(box => {"
        "const { x, y, right, bottom } = box.getBoundingClientRect();"
        "return [box.id, [x, y, right, bottom].map(Math.round)]; }))"
    )
    picture = 1 - engine.picture().mean(axis=2)
    return {
        name: picture[top:bottom, left:right] for name, (left, top, right, bottom) in places.items()
    }


def runs(dark: np.ndarray) -> list[tuple[int, int]]:
    """Return where the stretches of true values begin and end."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], dark, [False]]).astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def rows(ink: np.ndarray) -> list[tuple[int, int]]:
    """Return the stretches of rows in which something is drawn."""
    return runs(ink.max(axis=1) > 0.3)


@pytest.mark.parametrize("name", ["p", "y", "R", "h", "theta-hat"])
def test_a_hat_is_just_above_its_letter(specimens: dict[str, Any], name: str) -> None:
    ink = specimens[name]
    stretches = rows(ink)
    top, bottom = stretches[0][0], stretches[-1][1]
    assert 10 <= bottom - top <= 24
    assert all(below - above <= 3 for (_, above), (below, _) in pairwise(stretches))
    # Where the hat ends and the letter begins there is an empty row or two, or a faint one.
    weights = ink[top : top + 9].sum(axis=1)
    valley = int(weights[2:8].argmin()) + 2
    assert weights[valley] < 1, weights
    assert weights[:valley].max() > 1, "the hat has ink"
    assert weights[valley:].max() > 1 or ink[top + 9].sum() > 1


def test_the_bar_of_theta_is_seen(specimens: dict[str, Any]) -> None:
    ink = specimens["theta"]
    [(top, bottom)] = rows(ink)
    columns = runs(ink.max(axis=0) > 0.3)
    left, right = columns[0][0], columns[-1][1]
    third = (bottom - top) // 3
    middle = ink[top + third : bottom - third, (left + right) // 2]
    assert middle.max() > 0.75


def test_a_prime_is_not_a_speck(specimens: dict[str, Any]) -> None:
    ink = specimens["prime"]
    [q, *_, prime] = runs(ink.max(axis=0) > 0.3)
    [(top, bottom), *_] = rows(ink[:, prime[0] : prime[1]])
    assert bottom - top >= 5
    assert prime[0] - q[1] <= 3


def test_the_limit_of_a_sum_is_at_the_sum_and_not_at_what_follows(
    specimens: dict[str, Any],
) -> None:
    [sign, limit, p] = runs(specimens["sum"].max(axis=0) > 0.3)
    assert limit[0] - sign[1] < p[0] - limit[1]


def test_a_subscript_of_p_is_no_lower_than_its_foot(specimens: dict[str, Any]) -> None:
    columns = runs(specimens["subscript"].max(axis=0) > 0.3)
    left, right = columns[0][0], columns[-1][1]
    foot, subscript = (
        rows(specimens["subscript"][:, part])[-1][1]
        for part in (slice(left, left + 6), slice(right - 4, right))
    )
    assert abs(subscript - foot) <= 1
