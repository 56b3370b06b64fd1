"""The switch *Read | Code* in the built book, and what each chapter looks like to who reads."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from test_book import CHAPTERS
from visits import Visit

from crossentropy_book.reading import kind_of

CHAPTER = "chapters/04-softmax.html"
NUMBERED = [name for name in CHAPTERS if name.startswith("0")]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import numpy as np\nfrom math import log", "imports"),
        ("import numpy as np\nrng = np.random.default_rng(0)", None),
        ("total = 1 + 1\nassert total == 2", "numbers"),
        ("for n in range(3):\n    half = n / 2\n    assert 2 * half == n", "numbers"),
        ("np.testing.assert_allclose([1], [1])", "numbers"),
        ("for n in range(3):\n    print(n)", None),
        ("labels = [0, 0, 1]", None),
        ("def double(x):\n    return 2 * x", None),
        ("def double(x):\n    return 2 * x\nassert double(1) == 2", None),
        ("bars = Bars(p=[1, 0])\nbars", "picture"),
        ("plots.entropy.share()", "picture"),
        ("p = [1, 0]\nBars(p)", "picture"),
        ("Other(p=[1, 0])", None),
        ('check("ex-1", answer)', "check"),
        ('def answer():\n    return 1\n\n\ncheck("ex-1", answer)', None),
        ("%matplotlib inline", None),
        ("", None),
    ],
)
def test_a_cell_is_folded_for_what_it_contains(source: str, kind: str | None) -> None:
    calls = {"check": "check", "Bars": "picture", "plots": "picture"}
    assert kind_of(source, calls) == kind


def test_what_prints_is_read_unless_it_judges_an_answer() -> None:
    assert kind_of("assert f(1) == 1", {}, prints=True) is None
    assert kind_of('check("ex-1", f)', {"check": "check"}, prints=True) == "check"


def test_whatever_shows_a_widget_is_its_picture() -> None:
    assert kind_of("slider = Slider(3)\nslider", {}, shows_widget=True) == "picture"
    assert kind_of("slider = Slider(3)\nslider", {}) is None


def shown(page: Page) -> int:
    """Return how many cells of code are in sight."""
    return page.locator("article .cell_input").evaluate_all(
        "cells => cells.filter(cell => cell.getBoundingClientRect().height > 0 &&"
        "  cell.checkVisibility()).length"
    )


def test_the_web_edition_is_read_and_a_mark_opens_one_cell(page: Page) -> None:
    all_cells = page.locator("article .cell_input").count()
    expect(page.get_by_role("button", name="Read", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    before = shown(page)
    assert before < all_cells / 2
    mark = page.get_by_role("button", name="Code: imports")
    expect(mark).to_have_attribute("aria-expanded", "false")
    mark.click()
    expect(mark).to_have_attribute("aria-expanded", "true")
    assert page.get_by_text("import warnings").is_visible()
    assert shown(page) == before + 1
    mark.press("Enter")
    expect(mark).to_have_attribute("aria-expanded", "false")
    assert shown(page) == before


def test_a_page_about_code_shows_it(browser: Browser, book_url: str) -> None:
    visit = Visit(browser, book_url)
    page = visit.open("chapters/make-your-own.html")
    for line in ("const term = p", "function render(", "class TwoCoins(Live)"):
        assert page.locator(".cell_input pre", has_text=line).first.is_visible(), line
    visit.context.close()


def test_the_switch_works_by_pointer_and_by_keyboard_and_is_remembered(page: Page) -> None:
    all_cells = page.locator("article .cell_input").count()
    page.get_by_role("button", name="Code", exact=True).click()
    outside_of_solutions = shown(page)
    assert outside_of_solutions > all_cells / 2
    assert not page.locator(".fold-mark").first.is_visible()
    page.reload()
    assert shown(page) == outside_of_solutions
    code, read = (page.locator(f"[data-view={view}]") for view in ("code", "read"))
    expect(code).to_have_attribute("aria-pressed", "true")
    read.press("Enter")
    expect(read).to_have_attribute("aria-pressed", "true")
    expect(code).to_have_attribute("aria-pressed", "false")
    assert shown(page) < all_cells / 2
    assert page.evaluate("localStorage.getItem('reading')") == "read"


def test_the_reader_keeps_the_place_when_the_view_changes(page: Page) -> None:
    heading = page.locator("#no-second-valley h2")
    heading.evaluate("e => scrollBy({ top: e.getBoundingClientRect().top - 120,"
                     " behavior: 'instant' })")  # fmt: skip
    before = heading.bounding_box()
    for view in ("code", "read"):
        box = page.locator(f"[data-view={view}]").bounding_box()
        page.mouse.click(box["x"] + 9, box["y"] + 9)
        assert heading.bounding_box()["y"] == pytest.approx(before["y"], abs=2)


def test_it_works_where_storage_is_denied(browser: Browser, book_url: str) -> None:
    visit = Visit(browser, book_url)
    visit.context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty("
        "window, name, { configurable: true, get() { throw new DOMException('denied'); } });"
    )
    page = visit.open(CHAPTER)
    few = shown(page)
    page.get_by_role("button", name="Code", exact=True).click()
    assert shown(page) > few
    visit.assert_clean()
    visit.context.close()


def test_without_scripts_nothing_is_folded(browser: Browser, book_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(book_url + CHAPTER)
    assert shown(page) == page.locator("article .cell_input").count()
    for thing in (".reading-switch", ".fold-mark", ".fold-bar"):
        assert not page.locator(thing).first.is_visible()
    assert all(table.is_visible() for table in page.locator(".folded-proof .derivation").all())
    context.close()


@pytest.mark.parametrize("arriving", [True, False])
def test_a_link_to_something_in_folded_code_opens_it(
    arriving: bool, browser: Browser, book_url: str
) -> None:
    visit = Visit(browser, book_url, viewport={"width": 1366, "height": 768})

    def with_an_anchor(route: Route) -> None:
        body = route.fetch().text()
        body = body.replace("<pre>exps", '<pre><b id="there">exps</b>', 1)
        route.fulfill(body=body, content_type="text/html")

    visit.context.route("**/04-softmax.html*", with_an_anchor)
    # Nobody but the page scrolls: to wait for its pictures would go to each, and back.
    page = visit.open(CHAPTER + ("#there" if arriving else ""), live=False)
    if not arriving:
        assert page.locator("#there").evaluate("e => !!e.closest('.fold[hidden]')")
        page.evaluate("location.hash = 'there'")
    expect(page.locator(".fold:has(#there)")).not_to_have_attribute("hidden", "until-found")
    mark = page.locator(".cell:has(#there) > .fold-mark")
    expect(mark).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#there")).to_be_in_viewport()
    visit.context.close()


def test_the_search_of_the_browser_opens_what_it_finds(page: Page) -> None:
    """What matches tells the page so; Chromium sends this for a match in hidden code."""
    fold = page.locator(".fold:has-text('import warnings')")
    assert fold.get_attribute("hidden") == "until-found"
    fold.evaluate("e => e.dispatchEvent(new Event('beforematch', { bubbles: true }))")
    expect(page.get_by_role("button", name="Code: imports")).to_have_attribute(
        "aria-expanded", "true"
    )


def test_a_check_keeps_what_it_says_of_an_answer_until_asked(page: Page) -> None:
    said = page.get_by_text("Not yet: for logits").first
    assert not said.is_visible()
    page.get_by_role("button", name="Code: a check of your answer").first.click()
    assert said.is_visible()


def test_a_cell_and_what_it_prints_are_one_box(page: Page) -> None:
    gaps = page.locator(".cell_input + .cell_output > .stream").evaluate_all(
        "all => all.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().top -"
        " e.parentElement.previousElementSibling.getBoundingClientRect().bottom)"
    )
    assert gaps
    assert max(map(abs, gaps)) < 1


MEASURE = """() => {
  const probe = document.querySelector('article section > p:not(.how-far)').cloneNode(true);
  probe.textContent = `${probe.textContent} `.repeat(5);
  document.querySelector('article section').append(probe);
  const lines = probe.offsetHeight / parseFloat(getComputedStyle(probe).lineHeight);
  const characters = probe.textContent.length / lines;
  probe.remove();
  return {
    height: document.documentElement.scrollHeight,
    picture: document.querySelector('.explorable:not(.predict)').getBoundingClientRect().top
      + scrollY,
    characters,
    cut: [...document.querySelectorAll('.cell_input pre')]
      .filter(pre => pre.checkVisibility({ visibilityProperty: true }))
      .filter(pre => pre.scrollWidth > pre.clientWidth + 1)
      .map(pre => pre.innerText),
    headings: ['h1', 'h2', 'h3'].map(name => document.querySelector(`article ${name}`))
      .filter(Boolean).map(e => getComputedStyle(e))
      .map(({ fontSize, fontWeight }) => [parseFloat(fontSize), fontWeight]),
  };
}"""

# How many pixels a chapter may be long on a laptop, where a line of its text is 29 pixels high.
CEILINGS = {
    "01-entropy": 17_500,
    "02-divergence": 20_200,
    "03-likelihood": 20_100,
    "04-softmax": 21_100,
    "05-classifier": 20_400,
    "06-beyond": 21_700,
    "07-text": 20_000,
    "08-variations": 20_700,  # with two pictures that stand before their proofs
}


@pytest.mark.parametrize("name", NUMBERED)
def test_a_chapter_shows_before_it_tells(name: str, reader: Visit) -> None:
    page = reader.open(f"chapters/{name}.html")
    seen = page.evaluate(MEASURE)
    page.set_viewport_size({"width": 390, "height": 844})
    on_a_phone = page.evaluate(MEASURE)
    page.close()
    assert seen["height"] < CEILINGS[name]
    assert seen["picture"] < 1.5 * 768
    assert 65 <= seen["characters"] <= 80
    assert seen["cut"] == on_a_phone["cut"] == []
    sizes = [size for size, _ in seen["headings"]]
    assert sizes == sorted(set(sizes), reverse=True)
    assert {weight for _, weight in seen["headings"]} == {"600"}


def test_a_question_has_no_empty_room_and_a_second_answer_moves_nothing(page: Page) -> None:
    form = page.locator(".predict").first

    def height() -> float:
        return form.bounding_box()["height"]

    asked = height()
    button = form.get_by_role("button", name="Check")
    below = form.bounding_box()["y"] + asked - button.bounding_box()["y"]
    assert below < button.bounding_box()["height"] + 24
    place = "e => e.offsetTop - e.closest('figure').offsetTop"
    top = button.evaluate(place)
    form.get_by_role("radio").first.check()
    button.click()
    assert button.evaluate(place) == top  # what the reader looks at stays
    answered = height()
    assert answered > asked
    form.get_by_role("radio").nth(1).check()
    assert height() == answered
    button.click()
    assert height() == answered


PAPER = 656  # pixels between the margins of A4


def test_on_paper_a_question_stays_one_and_a_picture_is_whole(
    browser: Browser, book_url: str
) -> None:
    # A browser lays a page out anew for its printer, and runs no script for it.
    visit = Visit(browser, book_url, viewport={"width": 1366, "height": 768})
    visit.context.add_init_script(
        "window.ResizeObserver = class { observe() {} unobserve() {} disconnect() {} };"
    )
    page = visit.open(CHAPTER)
    page.emulate_media(media="print")
    page.locator("body").evaluate(f"e => {{ e.style.width = '{PAPER}px'; }}")
    for reply in page.locator(".predict .replies p").all():
        assert not reply.is_visible()
    for svg in page.locator(".explorable .stage > svg").all():
        picture, frame = svg.bounding_box(), svg.locator("xpath=..").bounding_box()
        assert picture["width"] <= frame["width"] + 1 <= PAPER
        assert picture["height"] <= frame["height"] + 1
        assert picture["height"] > 100
    visit.context.close()


def test_on_paper_answers_are_at_the_end_and_return_after_it(page: Page) -> None:
    page.locator(".predict input").first.check()
    page.locator(".predict [type=submit]").first.click()
    order = (
        "[...document.querySelectorAll('article :is(section, p, .cell, .exercise, .solution)')]"
        ".map(e => `${e.id} ${e.className} ${e.textContent.slice(0, 40)}`)"
    )
    before = page.evaluate(order)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    answers = page.locator("article > :last-child")
    expect(answers.locator("h2")).to_have_text("Answers")
    questions = page.locator(".predict")
    assert answers.locator("> ol > li").count() == questions.count() > 1
    for n in range(questions.count()):
        right = questions.nth(n).locator("[data-right] b").text_content().removeprefix("Yes: ")
        assert answers.locator("> ol > li").nth(n).text_content().startswith(right)
        number = "e => getComputedStyle(e, '::before').content"
        assert "Question" in questions.nth(n).locator(".ask").evaluate(number)
    assert page.locator(".solution").count() == page.locator(".exercise").count() > 0
    assert page.locator(".solution:not(.printed-answers .solution)").count() == 0
    assert all(reply.is_hidden() for reply in page.locator(".predict .replies p").all())
    assert answers.locator(".solution p").nth(1).is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.evaluate(order) == before


HANGING = """() => {
  const text = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return [...range.getClientRects()].filter(({ width }) => width > 0);
  };
  return [...document.querySelectorAll('.cell_input .code-line')]
    .filter(line => line.checkVisibility({ contentVisibilityAuto: true }))
    .map(line => {
      const rows = Map.groupBy(text(line), ({ top }) => Math.round(top / 8));
      const lefts = [...rows.values()].map(row => Math.min(...row.map(({ left }) => left)));
      const indent = line.textContent.length - line.textContent.trimStart().length;
      return { lefts, indent, text: line.textContent };
    }).filter(({ lefts }) => lefts.length > 1);
}"""


@pytest.mark.parametrize("name", ["04-softmax", "museum"])
def test_on_a_phone_a_long_line_of_code_hangs_and_is_copied_as_one(
    name: str, reader: Visit
) -> None:
    page = reader.open(f"chapters/{name}.html")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Code", exact=True).click()
    letter = page.evaluate("""() => {
      const line = document.querySelector('.code-line');
      const probe = line.parentElement.appendChild(document.createElement('span'));
      probe.textContent = '0'.repeat(10);
      const { width } = probe.getBoundingClientRect();
      probe.remove();
      return width / 10;
    }""")
    wrapped = page.evaluate(HANGING)
    assert len(wrapped) > 10
    for line in wrapped:
        first, *others = line["lefts"]
        for left in others:  # two letters further in than the line begins
            assert left - first == pytest.approx((line["indent"] + 2) * letter, abs=2), line
    for pre in page.locator(".cell_input pre").filter(visible=True).all():
        shown, copied, text, fits = pre.evaluate(
            "pre => { getSelection().selectAllChildren(pre); return [pre.innerText,"
            "  `${getSelection()}`, pre.textContent, pre.scrollWidth <= pre.clientWidth]; }"
        )
        assert fits
        assert shown.rstrip() == copied.rstrip() == text.rstrip()
    page.evaluate("localStorage.removeItem('reading')")
    page.close()


def test_a_proof_is_a_line_until_a_reader_asks_for_it(page: Page) -> None:
    proof = page.locator(".folded-proof:has(#proof + .cell .derivation)").first
    bar, table = proof.locator("> .fold-bar"), proof.locator(".derivation")
    lines = table.locator("tbody tr").count()
    expect(bar).to_have_text(f"Proof{lines} lines, each with its number")
    for is_open in (True, False):
        assert table.is_visible() != is_open
        assert (proof.bounding_box()["height"] < 40) == is_open
        bar.press("Enter")
        expect(bar).to_have_attribute("aria-expanded", str(is_open).lower())
    page.emulate_media(media="print")
    assert table.is_visible()
    assert not bar.is_visible()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Code", exact=True).click()
    assert table.is_visible()
    page.get_by_role("button", name="Read", exact=True).click()
    # A link to what is folded within what is folded opens both.
    proof.locator(".fold .fold pre").first.evaluate("e => { e.id = 'within' }")
    page.evaluate("location.hash = 'within'")
    expect(page.locator("#within")).to_be_in_viewport()
    expect(proof.locator(".fold[hidden]")).to_have_count(0)


def test_what_an_exercise_begins_with_is_one_press_away(page: Page) -> None:
    stub = page.locator("#ex-sm-1 + .cell pre")
    assert not stub.is_visible()
    page.locator("#ex-sm-1 + .cell .fold-mark").click()
    assert stub.is_visible()
    hints = [hint.bounding_box() for hint in page.locator("#ex-sm-1 .dropdown").all()]
    assert len({box["y"] for box in hints}) == 1 < len(hints)


def test_a_proof_and_its_derivation_are_one_box(page: Page) -> None:
    for bar in page.locator(".fold-bar").all():
        bar.click()
    joins = page.locator("#proof:has(+ .cell .derivation)").evaluate_all(
        "all => all.filter(e => e.checkVisibility()).map(e => {"
        "  const cell = e.nextElementSibling;"
        "  return [cell.getBoundingClientRect().top - e.getBoundingClientRect().bottom,"
        "    cell.getBoundingClientRect().left - e.getBoundingClientRect().left]; })"
    )
    assert len(joins) > 3
    for gap, aside in joins:
        assert abs(gap) < 1
        assert abs(aside) < 1
