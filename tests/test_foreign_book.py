"""The extension in a book that is not this course's, with widgets that nobody here wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from conftest import served
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).parent.parent

CONFIG = """
title: A little book
sphinx:
  extra_extensions: [crossentropy_book]
"""

TEXT = r"""
# A little book

The most beautiful formula, $e^{i\pi} = -1$, has a neighbour:

$$\int_0^1 x^2 \, dx = \frac{1}{3}$$

<i class="fa-solid fa-anchor" id="own-icon"></i>
"""

CELLS = {
    "slider": "from wigglystuff import PlaySlider, Slider2D, TangleSlider\n"
    "slider = Slider2D(width=200, height=200)\nslider",
    "again": "slider",
    "keys": "PlaySlider(max_value=10, step=1)",
    "tangle": "TangleSlider(amount=3, min_value=0, max_value=10, step=1)",
    "box": "from ipywidgets import HBox, IntSlider, interact\n"
    "HBox([Slider2D(x=0.5, width=100, height=100), IntSlider(3, description='n')])",
    "interact": "interact(lambda k: print('k is', k), k=2);",
    # What anywidget's front ends may do: be made by a function, be initialized once, hold bytes,
    # ask for another widget, and clean up.
    "own": """
import anywidget, traitlets

class Bytes(anywidget.AnyWidget):
    _esm = '''
    export default () => ({
      initialize({ model }) { model.set("count", model.get("count") + 1); },
      async render({ model, el, signal, host }) {
        const other = await host.getModel(model.get("other"));
        const view = new DataView(model.get("data").buffer);
        el.className = "bytes";
        el.textContent = [view.getUint8(0), view.getUint8(1), model.get("count"),
          other.get("x"), signal instanceof AbortSignal].join(" ");
        return () => {};
      },
    });
    '''
    _css = ".bytes { font-style: italic }"
    data = traitlets.Bytes(bytes([7, 255])).tag(sync=True)
    count = traitlets.Int(0).tag(sync=True)
    other = traitlets.Unicode().tag(sync=True)

Bytes(other="anywidget:" + slider.model_id)
""",
    "throws": """
class Throws(anywidget.AnyWidget):
    _esm = "export default { render({ el }) { el.textContent = 'half'; throw new Error('no'); } }"
    depth = traitlets.Int(3).tag(sync=True)

Throws()
""",
}


def build(folder: Path, cells: dict[str, str]) -> tuple[Path, str]:
    """Build a book of one page; return where it is, and what the build said."""
    notebook = new_notebook(
        cells=[new_markdown_cell(TEXT), *(new_code_cell(source) for source in cells.values())],
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
    )
    nbformat.write(notebook, folder / "page.ipynb")
    (folder / "_config.yml").write_text(CONFIG, "utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: page\n", "utf-8")
    return folder / "_build" / "html", build_again(folder)


def build_again(folder: Path) -> str:
    """Build a book; return what the build said."""
    command = [f"{sysconfig.get_path('scripts')}/jupyter-book", "build", "."]
    built = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return built.stdout


@pytest.fixture(scope="session")
def little_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book, said = build(tmp_path_factory.mktemp("little"), CELLS)
    assert "WARNING:" not in said, said
    return book


@pytest.fixture(scope="session")
def little_url(little_book: Path) -> Iterator[str]:
    with served(little_book) as address:
        yield address


class Reader:
    """A reader's browser: what it was refused, and what it complained of."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.context = browser.new_context(viewport={"width": 1000, "height": 900})
        self.base = base
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.context.route(lambda url: not url.startswith((base, "data:", "blob:")), self._refuse)

    def _refuse(self, route: Route) -> None:
        self.outside.append(route.request.url)
        route.abort()

    def open(self) -> Page:
        page = self.context.new_page()
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{self.base}page.html")
        return page


@pytest.fixture(params=["http", "file"])
def reader(
    request: pytest.FixtureRequest, browser: Browser, little_book: Path, little_url: str
) -> Iterator[Reader]:
    reader = Reader(browser, little_url if request.param == "http" else f"{little_book.as_uri()}/")
    yield reader
    reader.context.close()


# A widget is at rest until it is alive, or for good.
SETTLED = "figure[data-anywidget]:is([data-live], [data-at-rest])"


def opened(reader: Reader) -> Page:
    page = reader.open()
    page.wait_for_function(
        f"document.querySelectorAll('{SETTLED}').length === "
        "document.querySelectorAll('figure[data-anywidget]').length"
    )
    return page


def state(page: Page, index: int, *traits: str) -> list[float]:
    figure = page.locator("figure[data-anywidget]").nth(index)
    return figure.evaluate("(figure, names) => names.map(n => figure.model.get(n))", list(traits))


def test_a_widget_of_others_is_dragged_with_no_kernel(reader: Reader) -> None:
    page = opened(reader)
    first, again, keys, tangle = (page.locator("figure[data-anywidget]").nth(i) for i in range(4))
    assert state(page, 0, "x", "y") == [0, 0]
    first.scroll_into_view_if_needed()
    box = first.locator("canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 60, steps=4)
    page.mouse.up()
    assert state(page, 0, "x", "y") == pytest.approx([0.5, 0.5], abs=0.03)
    # Two outputs show one widget: both follow.
    shown = "X: {:.2f}, Y: {:.2f}".format(*state(page, 0, "x", "y"))
    assert first.locator("#sliderValues").inner_text() == shown
    assert again.locator("#sliderValues").inner_text() == shown
    # By keyboard, where its author gave it keys.
    keys.locator("input[type=range]").press("ArrowRight")
    assert state(page, 2, "value") == [1]
    assert tangle.inner_text().strip().startswith("3")
    [error] = reader.errors  # of the cell that throws
    assert "Error: no" in error
    assert reader.outside == []


def test_formulas_of_another_book_are_mathml_in_a_font_that_comes_with_it(reader: Reader) -> None:
    page = opened(reader)
    assert page.locator("article math").count() == 2
    assert "\\" not in page.locator("article p").first.inner_text()
    loaded = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
    assert "STIX Two Math" in page.evaluate(loaded)
    scripts = page.locator("script[src]").evaluate_all("all => all.map(one => one.src)")
    for unwanted in ("mathjax", "require", "thebe", "fontawesome"):
        assert not any(unwanted in script.lower() for script in scripts), unwanted
    assert reader.outside == []


def test_an_icon_that_only_this_book_has_is_drawn(reader: Reader) -> None:
    icon = opened(reader).locator("#own-icon")
    assert "svg" in icon.evaluate("icon => getComputedStyle(icon).maskImage")


def test_a_front_end_gets_what_anywidget_gives_it(reader: Reader) -> None:
    page = opened(reader)
    text = page.locator(".bytes")
    assert text.inner_text() == "7 255 1 0 true"
    assert text.evaluate("element => getComputedStyle(element).fontStyle") == "italic"


def test_what_needs_a_kernel_is_shown_as_it_was(reader: Reader) -> None:
    page = opened(reader)
    box = page.locator(".anywidget-box").first
    assert box.locator("canvas").count() == 1
    assert box.locator(".at-rest").inner_text() == "IntSlider, a widget: n = 3"
    interact = page.locator(".anywidget-box").nth(1)
    assert interact.locator(".at-rest").inner_text() == "IntSlider, a widget: k = 2"
    assert interact.locator("pre").inner_text().strip() == "k is 2"


def test_a_widget_that_throws_stays_at_rest(reader: Reader) -> None:
    page = opened(reader)
    figure = page.locator("figure[data-anywidget]").last
    assert figure.inner_text() == "Throws, a widget: depth = 3"


@pytest.mark.parametrize("refused", ["the script", "blob"])
def test_without_its_front_end_a_widget_says_what_it_is(
    refused: str, browser: Browser, little_url: str
) -> None:
    reader = Reader(browser, little_url)
    if refused == "blob":
        add_policy(reader, "script-src 'self' 'unsafe-inline'")
    else:
        reader.context.route("**/mount.js*", lambda route: route.abort())
    page = reader.open()
    page.wait_for_timeout(300)
    texts = page.locator("figure.anywidget").all_inner_texts()
    assert texts[0].startswith("Slider2D, a widget: height = 200")
    assert all("a widget: " in text for text in texts)
    assert page.locator("article math").count() == 2
    reader.context.close()


def add_policy(reader: Reader, policy: str) -> None:
    """Let the server say what a page may load, as a careful one does."""

    def answer(route: Route) -> None:
        response = route.fetch()
        headers = {**response.headers, "content-security-policy": policy}
        route.fulfill(response=response, headers=headers)

    reader.context.route("**/*.html", answer)


def test_a_build_that_finds_no_page_changed_brings_its_files(little_book: Path) -> None:
    sheet = little_book / "_static" / "crossentropy-book.css"
    text = sheet.read_text("utf-8")
    sheet.write_text("/* of an earlier build */", "utf-8")
    build_again(little_book.parent.parent)
    assert sheet.read_text("utf-8") == text


def test_the_build_says_which_widget_asks_another_host(tmp_path: Path) -> None:
    _, said = build(
        tmp_path,
        {
            "asks": "import anywidget, traitlets\n"
            "class Asks(anywidget.AnyWidget):\n"
            "    _esm = 'import d3 from \"https://esm.sh/d3\"; export default {};'\n"
            "Asks()",
            "endless": "class Endless(anywidget.AnyWidget):\n"
            "    _esm = 'export default {};'\n"
            "    x = traitlets.Float(float('inf')).tag(sync=True)\n"
            "Endless()",
        },
    )
    assert "Asks: its module imports https://esm.sh/d3" in said
    assert json.dumps(said).count("WARNING:") >= 1
