"""The search of the built book: what a reader types, and the section that it leads to."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page
from test_book import ROOT, assert_no_violations, both_themes
from visits import Visit

# What a reader types, and the section that the first hit leads to.
FIRST_HITS = {
    "CrossEntropyLoss": "02-divergence.html#sec-div-definitions",
    "CrossEntropyLoss pytorch": "02-divergence.html#sec-div-definitions",
    "binary cross entropy": "04-softmax.html#sec-sm-two",
    "cross entropy vs KL": "02-divergence.html#sec-div-definitions",
    "log 0": "01-entropy.html#sec-ent-zero",
    "nan loss": "museum.html#sec-mus-symptoms",
    "KL asymmetric": "02-divergence.html#sec-div-distance",
    "softmax gradient": "04-softmax.html#sec-sm-gradient",
    "why not mean squared error": "04-softmax.html#sec-sm-squared",
    "nats bits": "01-entropy.html#sec-ent-units",
    "log-sum-exp overflow": "museum.html#sec-mus-exp-overflow",
    "label smoothing": "06-beyond.html#sec-bey-smooth",
    "negative log likelihood": "03-likelihood.html#sec-lik-nll",
    # Terms of the glossary lead to where they are defined.
    "perplexity": "06-beyond.html#sec-bey-perplexity",
    "temperature": "04-softmax.html#sec-sm-soft",
    "one-hot": "03-likelihood.html#sec-lik-one-hot",
    "maximum likelihood": "03-likelihood.html#sec-lik-likelihood",
    "reverse KL": "02-divergence.html#sec-div-direction",
    "sigmoid": "04-softmax.html#sec-sm-two",
    "overfitting": "03-likelihood.html#sec-lik-lln",
    "focal loss": "08-variations.html#sec-var-focal",
    "class imbalance": "08-variations.html#sec-var-weights",
}


@pytest.fixture(params=["http", "file"])
def visit(
    request: pytest.FixtureRequest, browser: Browser, book: Path, book_url: str
) -> Iterator[Visit]:
    base = book_url if request.param == "http" else f"{book.as_uri()}/"
    visit = Visit(browser, base, viewport={"width": 1200, "height": 900})
    yield visit
    visit.assert_clean()
    visit.context.close()


def opened(page: Page) -> Locator:
    """Open the search as a reader does; returns its dialog."""
    page.get_by_role("button", name="Search").filter(visible=True).first.click()
    return page.locator("#pst-search-dialog")


def first_hit(field: Locator, hits: Locator, query: str) -> Locator:
    field.fill("")
    hits.first.wait_for(state="detached")
    field.press_sequentially(query)
    hits.first.wait_for()
    # The last letter may still be on its way.
    field.page.wait_for_timeout(50)
    return hits.first


def test_what_readers_type_leads_to_the_section_that_answers(visit: Visit) -> None:
    page = visit.open("chapters/intro.html")
    dialog = opened(page)
    hits = dialog.locator("li a")
    for query, address in FIRST_HITS.items():
        hit = first_hit(dialog.locator("input"), hits, query)
        assert hit.get_attribute("href") == f"{visit.base}chapters/{address}", query


def test_a_hit_says_what_it_is_and_where(visit: Visit) -> None:
    dialog = opened(visit.open("chapters/intro.html"))
    hit = first_hit(dialog.locator("input"), dialog.locator("li a"), "binary cross entropy")
    assert hit.inner_text().split("\n")[0] == (
        "4.11  Two classes: the sigmoid 4  Softmax and the simplest gradient"
    )


def test_the_search_works_where_a_browser_denies_its_storage(
    browser: Browser, book_url: str
) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    url = f"{book_url}chapters/notation.html"
    page.set_content(f'<iframe sandbox="allow-scripts" src="{url}" width=1000 height=600>')
    frame = page.frames[1]
    frame.wait_for_load_state("load")
    frame.get_by_role("button", name="Search").filter(visible=True).first.click()
    dialog = frame.locator("#pst-search-dialog")
    hit = first_hit(dialog.locator("input"), dialog.locator("li a"), "log 0")
    assert hit.get_attribute("href") == f"{book_url}chapters/01-entropy.html#sec-ent-zero"
    assert errors == []
    page.close()


def test_enter_opens_the_first_hit_and_shows_it(visit: Visit) -> None:
    page = visit.open("chapters/02-divergence.html")
    for query, anchor in (("perplexity", "sec-bey-perplexity"), ("log 0", "sec-ent-zero")):
        field = opened(page).locator("input")
        field.press_sequentially(query)
        field.press("Enter")
        page.wait_for_url(f"**#{anchor}")
        top = f"document.getElementById('{anchor}').getBoundingClientRect().top"
        page.wait_for_function(f"() => -10 < {top} && {top} < 300")  # the page scrolls smoothly


def test_a_hit_on_the_open_page_closes_the_search(visit: Visit) -> None:
    page = visit.open("chapters/01-entropy.html")
    dialog = opened(page)
    first_hit(dialog.locator("input"), dialog.locator("li a"), "log 0").click()
    page.wait_for_url("**#sec-ent-zero")
    assert not dialog.is_visible()


def test_the_arrows_go_through_the_results_and_back(visit: Visit) -> None:
    page = visit.open("chapters/intro.html")
    dialog = opened(page)
    field = dialog.locator("input")
    first_hit(field, dialog.locator("li a"), "entropy")
    focused = "document.activeElement.className || document.activeElement.tagName"
    field.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('li').previousElementSibling !== null")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == "form-control"
    assert "the best first" in dialog.get_by_role("status").inner_text()
    field.fill("xyzzy")
    dialog.locator("li").first.wait_for(state="detached")
    assert "Nothing found" in dialog.get_by_role("status").inner_text()


def test_the_page_of_the_search_answers_a_question_in_its_address(visit: Visit) -> None:
    page = visit.open("search.html?q=KL+asymmetric")
    hit = page.locator("main .search-hits a").first
    hit.wait_for()
    assert hit.get_attribute("href").endswith("#sec-div-distance")


@pytest.mark.parametrize("name", ["chapters/intro.html", "search.html"])
def test_the_magnifier_covers_no_letter(name: str, visit: Visit) -> None:
    page = visit.open(name)
    if name != "search.html":
        opened(page)
    field = page.locator(".bd-search").filter(visible=True)
    icon, typed = field.locator("i").bounding_box(), field.locator("input").bounding_box()
    assert icon["x"] + icon["width"] <= typed["x"]
    assert typed["width"] > 250
    assert icon["width"] > 10


def test_the_search_weighs_little_before_a_query(book: Path) -> None:
    files = ["search.js", "search.css", "search-index.js"]
    weight = sum(len(gzip.compress((book / "_static" / name).read_bytes())) for name in files)
    assert weight < 60_000
    assert not (book / "searchindex.js").exists()


def test_a_page_does_not_load_the_index_before_it_is_asked(visit: Visit) -> None:
    page = visit.open("chapters/intro.html")
    index = "typeof bookIndex"
    assert page.evaluate(index) == "undefined"
    opened(page)
    page.wait_for_function(f"() => {index} === 'object'")


def test_a_search_without_its_index_says_so_and_tries_again(
    browser: Browser, book_url: str
) -> None:
    page = browser.new_page()
    page.route("**/search-index.js", lambda route: route.abort())
    page.goto(f"{book_url}search.html?q=log+0")
    status = page.locator("main").get_by_role("status")
    status.filter(has_text="could not be loaded").wait_for()
    page.unroute("**/search-index.js")
    page.locator("main input[type=search]").press("End")
    page.keyboard.type(" ")
    page.locator("main .search-hits a").first.wait_for()
    page.close()


@pytest.mark.parametrize("width", [1200, 390])
def test_the_results_are_accessible_in_both_themes(width: int, visit: Visit) -> None:
    page = visit.open("chapters/intro.html")
    page.set_viewport_size({"width": width, "height": 900})
    dialog = opened(page)
    first_hit(dialog.locator("input"), dialog.locator("li a"), "entropy")
    # axe's own look at style sheets asks for one of the theme's beside the page, where it is not.
    options: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}, "preload": False}
    for _ in both_themes(page):
        results = Axe().run(page, {"include": [["#pst-search-dialog"]]}, options)
        assert_no_violations(results)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # The field stands above its results, all within the screen.
    field, first = dialog.locator("form").bounding_box(), dialog.locator("li").first.bounding_box()
    assert 0 <= field["y"] < field["y"] + field["height"] <= first["y"]
    assert field["width"] >= 0.85 * min(width, 44 * 16)


def test_no_phrase_is_listed_twice() -> None:
    text = (ROOT / "chapters" / "synonyms.yml").read_text("utf-8")
    phrases = [str(each).lower() for said in yaml.safe_load(text).values() for each in said]
    assert len(phrases) == len({*phrases})
