"""The book with Python in its pages, where `make live` and then `make book` have been run.

Without that, no page has a trace of it. With it, each cell of a chapter is run by its button in a
browser, and prints what the built page holds.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ROOT
from playwright.sync_api import BrowserContext, Page

from crossentropy_book import live

RUNTIME = ROOT / "_build" / "live" / "runtime"
NOTEBOOKS = sorted(
    path.stem for path in (ROOT / "chapters").glob("*.ipynb") if path.stem != "make-your-own"
)
BAR = re.compile(r'<div class="live-bar" data-cell="(\d+)"[^>]*></div>')
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
# Where a model is trained, what it prints has digits that another build of SciPy ends at otherwise.
LOOSE = {"05-classifier": 2e-4, "06-beyond": 2e-4}
# NumPy never warns in a browser.
WARNED = re.compile(r"^it warned: .*\n?", re.MULTILINE)


def cells_of(name: str) -> list[dict[str, Any]]:
    app = SimpleNamespace(
        env=SimpleNamespace(doc2path=lambda page: ROOT / f"{page}.ipynb"),
        config=SimpleNamespace(reading_folded_calls={"check": "check"}),
    )
    return [*live.cells(app, f"chapters/{name}").values()]  # type: ignore[arg-type]


def test_an_exercise_knows_the_cell_that_checks_it() -> None:
    cells = {cell["id"]: cell for cell in cells_of("01-entropy")}
    answers = [cell for cell in cells.values() if "check" in cell]
    assert len(answers) == 5
    for cell in answers:
        assert cells[cell["check"]]["source"].startswith("check(")


@pytest.mark.parametrize("name", [*NOTEBOOKS, "make-your-own"])
def test_a_page_has_buttons_where_there_is_python(book: Path, name: str) -> None:
    text = (book / "chapters" / f"{name}.html").read_text("utf-8")
    if name == "make-your-own" or not RUNTIME.exists():
        assert "live-bar" not in text
        assert "live.js" not in text
        return
    (address,) = re.findall(r'data-cells="\.\./(.*?)"', text)
    known = [cell["id"] for cell in json.loads((book / address).read_text("utf-8"))]
    bars = BAR.findall(text)
    assert [cell for cell in known if cell in bars] == bars  # each one once, in order
    # The page is not heavier for that than a picture.
    files = [(book / "_static" / file).read_bytes() for file in ("live.js", "live.css")]
    without = len(gzip.compress(BAR.sub("", text).encode()))
    more = len(gzip.compress(text.encode())) - without
    assert more + sum(len(gzip.compress(file)) for file in files) < 6_000


def close(one: str, other: str, within: float = 1e-6) -> bool:
    """Return whether two texts are equal but for the last digits of their numbers."""
    if NUMBER.sub("", one).split() != NUMBER.sub("", other).split():
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(float(a) == pytest.approx(float(b), rel=within, abs=within) for a, b in pairs)


@pytest.mark.skipif(not RUNTIME.exists(), reason="no Python for the pages; `make live` fetches it")
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_cell_prints_in_the_page_what_was_built(
    context: BrowserContext, book_url: str, name: str
) -> None:
    page = context.new_page()
    elsewhere: list[str] = []
    context.on(
        "request",
        lambda request: (
            elsewhere.append(request.url)
            if not request.url.startswith((book_url, "blob:", "data:"))
            else None
        ),
    )
    page.goto(f"{book_url}chapters/{name}.html")
    cells = page.evaluate("[...document.querySelectorAll('.live-bar')].map(b => b.dataset.cell)")
    built = {cell: printed(page, cell) for cell in cells}
    wrong = {}
    for cell in cells:
        page.evaluate(
            "cell => document.querySelector(`[data-cell='${cell}'] .live-run`).click()", cell
        )
        page.wait_for_function(
            "() => document.querySelector('.live-line').hidden"
            " || document.querySelector('.live-line button').hidden",
            timeout=240_000,
        )
        now = printed(page, cell)
        judged = page.evaluate(
            "cell => document.querySelector(`[data-cell='${cell}']`).dataset", cell
        )
        texts = (WARNED.sub("", text) for text in (now, built[cell]))
        if "check" not in judged and not close(*texts, LOOSE.get(name, 1e-6)):
            wrong[cell] = now, built[cell]
    assert wrong == {}
    assert elsewhere == []


def printed(page: Page, cell: str) -> str:
    """Return what a cell has printed, and its error."""
    return str(
        page.evaluate(
            """cell => [...document.querySelector(`[data-cell="${cell}"]`).closest(".cell")
              .querySelectorAll(":is(.stream, .text_plain, .live-error) pre")]
              .map(pre => pre.textContent).join("")""",
            cell,
        )
    )
