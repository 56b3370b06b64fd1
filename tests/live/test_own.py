"""Pictures that a reader defines in a cell, run in the page of *Make your own*."""

from __future__ import annotations

import nbformat
import pytest
from conftest import ROOT
from playwright.sync_api import BrowserContext, Locator, Page

from live.cells import listen, run

pytestmark = pytest.mark.skipif(
    not (ROOT / "_build" / "live" / "runtime").exists(),
    reason="no Python for the pages; `make live` fetches it",
)

NOTEBOOK = nbformat.read(ROOT / "chapters" / "make-your-own.ipynb", as_version=4)
# The name of each cell in the page, and its text.
NAMES = {cell.id: f"{place}" for place, cell in enumerate(NOTEBOOK.cells)}
SOURCES = {cell.id: cell.source for cell in NOTEBOOK.cells}
OTHER = """
from crossentropy.widgets import Live
class Other(Live):
    _esm = "export default { render() { document.title = 'ran'; }, describe() {} };"
Other()
"""


def opened(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    listen(page)
    page.goto(url)
    return page


@pytest.fixture
def page(context: BrowserContext, book_url: str) -> Page:
    page = opened(context, f"{book_url}chapters/make-your-own.html")
    coins(page).locator("input").wait_for()
    return page


def place(page: Page, name: str) -> Locator:
    return page.locator(f'.cell:has([data-cell="{NAMES.get(name, name)}"])')


def output(page: Page, name: str) -> Locator:
    return place(page, name).locator(".cell_output")


def coins(page: Page) -> Locator:
    return output(page, "coins").locator("figure")


def go(page: Page, name: str) -> str:
    """Run a cell; return what it shows, as text."""
    run(page, NAMES.get(name, name), timeout=120_000)
    return output(page, name).inner_text()


def replace(page: Page, name: str, text: str) -> None:
    """Type over a cell, which may be folded."""
    edit = page.locator(f'[data-cell="{NAMES.get(name, name)}"] .live-edit')
    edit.evaluate("button => button.click()")
    place(page, name).locator("textarea").fill(text)


def slide(figure: Locator, share: float) -> None:
    """Move a slider, and let it go."""
    figure.locator("input").evaluate(
        "(input, share) => { input.value = share;"
        " for (const name of ['input', 'change']) input.dispatchEvent(new Event(name)); }",
        share,
    )


def test_the_picture_and_python_follow_each_other(page: Page) -> None:
    # What was dragged before Python came counts, and the picture that stands there is connected.
    slide(coins(page), 0.9)
    figure = coins(page).element_handle()
    go(page, "coins")
    assert coins(page).count() == 1
    assert coins(page).element_handle().evaluate("(one, other) => one === other", figure)
    assert "heard: [0.25]" in go(page, "both-ways-observe")
    assert coins(page).locator("output").inner_text().startswith("w 0.25:")
    slide(coins(page), 0.75)
    replace(page, "both-ways-bounds", "print(coins.w, heard)")
    assert "0.75 [0.25, 0.75]" in go(page, "both-ways-bounds")


def test_javascript_that_is_changed_draws_another_picture_and_restore_the_first(
    page: Page,
) -> None:
    changed = SOURCES["js-formulas"].replace("`w ${", "`share ${")
    replace(page, "js-formulas", changed)
    go(page, "coins")
    coins(page).locator("output", has_text="share 0.50: ").wait_for()
    assert coins(page).count() == 1
    slide(coins(page), 0.75)
    replace(page, "both-ways-bounds", "print(coins.w)\ncoins.w = 0.125")
    go(page, "both-ways-bounds")  # which runs the cells between the two, and sets w
    coins(page).locator("output", has_text="share 0.13: ").wait_for()
    page.locator(f'[data-cell="{NAMES["coins"]}"] .live-restore').click()
    assert coins(page).locator("output").inner_text().startswith("w ")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("const bits =", "const bits :=", "SyntaxError"),
        ("const bits =", "const bytes =", "ReferenceError: bits is not defined"),
    ],
)
def test_javascript_with_a_slip_says_which(page: Page, right: str, wrong: str, said: str) -> None:
    replace(page, "js-formulas", SOURCES["js-formulas"].replace(right, wrong))
    go(page, "coins")
    error = output(page, "coins").get_by_role("alert")
    error.wait_for()
    assert "The JavaScript of TwoCoins stopped:" in error.inner_text()
    assert said in error.inner_text()
    replace(page, "js-formulas", SOURCES["js-formulas"])
    go(page, "coins")
    coins(page).locator("output", has_text="w 0.50: ").wait_for()
    assert error.count() == 0


def test_interact_draws_a_chart_for_each_place_of_its_slider(page: Page) -> None:
    go(page, "still")  # what runs above it unasked shows its chart in the place of the built one
    figure = output(page, "interact").locator("figure")
    figure.locator("img").wait_for()
    assert output(page, "interact").locator("img").count() == 1
    assert "FloatSlider" not in output(page, "interact").inner_text()
    first = figure.locator("img").get_attribute("src")
    slide(figure, 0.8)
    figure.locator("img[alt='w = 0.8']").wait_for(timeout=30_000)
    assert figure.locator("img").get_attribute("src") != first
    # Each call has a chart of its own function.
    go(page, "interact")
    assert output(page, "interact").locator("figure").count() == 1
    output(page, "interact").locator("img[alt='w = 0.5']").wait_for()


def test_a_page_about_something_else_runs_no_javascript_of_a_cell(
    context: BrowserContext, book_url: str
) -> None:
    page = opened(context, f"{book_url}chapters/01-entropy.html")
    cell = page.locator(".live-bar").first.get_attribute("data-cell")
    assert cell is not None
    replace(page, cell, OTHER)
    title = page.title()
    assert "Other brings JavaScript of its own, which runs in Jupyter" in go(page, cell)
    page.wait_for_timeout(500)
    assert page.title() == title


def test_what_is_typed_does_not_run_before_a_click(page: Page) -> None:
    act = SOURCES["js-render"].replace("redraw();\n}\nexport", "document.title = 'ran';\n}\nexport")
    assert act != SOURCES["js-render"]
    replace(page, "js-render", act)
    page.wait_for_timeout(300)  # a browser takes a moment to write
    page.reload()
    place(page, "js-render").locator("textarea").wait_for(state="attached")
    coins(page).locator("input").wait_for()
    assert page.title() != "ran"
    go(page, "coins")
    page.wait_for_function("() => document.title === 'ran'")
