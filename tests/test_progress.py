"""What a reader did is there on the next visit, in this browser alone, until it is forgotten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from test_book import BUT_COLOURS, COLOURS, WATCH_SHIFTS, assert_no_violations
from visits import Visit, wait_until_live

CHAPTER = "chapters/05-classifier.html"
PLACE = "#one-bowl"
KEY = "book/why-cross-entropy/chapters/05-classifier"


def answer(question: Locator, choice: int = 0) -> str:
    """Answer a question; return what it says to that."""
    question.get_by_role("radio").nth(choice).check()
    question.get_by_role("button", name="Check").click()
    return replies(question)[0]


def replies(question: Locator) -> list[str]:
    return [p.inner_text() for p in question.locator(".replies p").all() if p.is_visible()]


def kept(page: Page) -> dict[str, object]:
    """Return what is kept of the chapter, other than what was left undone."""
    entry = json.loads(page.evaluate("key => localStorage.getItem(key)", KEY))
    return {name: value for name, value in entry["kept"].items() if value is not None}


def open_again(page: Page) -> None:
    # A browser takes a moment to write; the next page may be another process, and read before that.
    page.wait_for_timeout(300)
    page.reload()
    wait_until_live(page)


def far(page: Page) -> str:
    return " ".join(page.locator(".how-far").inner_text().split())


def test_answers_hints_and_ticks_are_there_again(page: Page) -> None:
    questions = page.locator("figure.predict:has([type=radio])")
    said = [answer(questions.nth(n), n) for n in range(2)]
    slider = page.locator("figure.predict:has([type=range])").first
    slider.get_by_role("slider").press("End")
    slider.get_by_role("button", name="Check").click()
    far_off = replies(slider)
    exercise = page.locator("#ex-clf-2")
    hint = exercise.locator(".dropdown").nth(1)
    hint.get_by_role("button").click()
    exercise.get_by_role("checkbox", name="Done: Exercise 5.2").check()
    open_again(page)
    for n in range(2):
        assert replies(questions.nth(n)) == [said[n]]
        assert questions.nth(n).get_by_role("radio").nth(n).is_checked()
    assert replies(questions.nth(2)) == []
    assert slider.get_by_role("slider").input_value() == slider.get_by_role("slider").get_attribute(
        "max"
    )
    assert replies(slider) == far_off
    assert exercise.get_by_role("checkbox").is_checked()
    assert not page.locator("#ex-clf-1").get_by_role("checkbox").is_checked()
    shown = [
        text.is_visible() for text in exercise.locator(".dropdown > :not(p:first-child)").all()
    ]
    assert shown == [box == 1 for box in range(len(shown))]
    hint.get_by_role("button").click()
    exercise.get_by_role("checkbox").uncheck()
    open_again(page)
    assert not hint.locator("p").nth(1).is_visible()
    assert not exercise.get_by_role("checkbox").is_checked()


def test_what_was_said_before_is_not_said_again(page: Page) -> None:
    question = page.locator("figure.predict").first
    answer(question)
    status = question.get_by_role("status")
    expect(status).not_to_have_attribute("aria-live", "off")
    open_again(page)
    expect(status).to_have_attribute("aria-live", "off")
    question.get_by_role("radio").nth(1).check()
    expect(status).to_have_attribute("aria-live", "polite")


def test_the_page_and_the_contents_say_how_far_a_reader_is(page: Page) -> None:
    asked = page.locator("figure.predict").count()
    exercises = page.locator(".exercise").count()
    assert not page.locator(".how-far").is_visible()
    mark = page.locator("nav.bd-links a:has-text('A classifier, end to end')").get_by_role("img")
    assert mark.count() == 0
    answer(page.locator("figure.predict").first)
    text = f"1 of {asked} predictions, 0 of {exercises} exercises"
    expect(mark).to_have_accessible_name(text)
    assert not page.locator(".how-far").is_visible()  # nothing moves while one reads
    page.locator("#ex-clf-1").get_by_role("checkbox").check()
    text = text.replace("0 of", "1 of")
    open_again(page)
    # A slow machine has been here for long enough to say where, too.
    assert far(page).partition(" Where")[0] == f"{text}."
    page.goto(page.url.replace(CHAPTER, ""))
    assert far(page).partition(" Where")[0] == f"{text} in what you have opened."
    assert page.locator(".how-far-mark").count() == 1
    expect(mark).to_have_accessible_name(text)


@pytest.mark.parametrize("start", ["", "chapters/intro.html"])
def test_a_link_leads_to_the_section_that_was_read_last(
    start: str, page: Page, reader: Visit
) -> None:
    page.evaluate(
        "id => document.querySelector(id).dispatchEvent(new Event('rest', { bubbles: true }))",
        PLACE,
    )
    page.evaluate(  # at the head of the page, where one is when one comes back
        "document.querySelector('article > section')"
        ".dispatchEvent(new Event('rest', { bubbles: true }))"
    )
    page.goto(reader.base + start)
    assert far(page) == "Where you were: 5. A classifier, end to end: 5.6. One bowl"
    page.locator(".how-far a").click()
    page.wait_for_url(f"**/{CHAPTER}{PLACE}")
    expect(page.locator(f"{PLACE} h2")).to_be_in_viewport()
    assert far(page) == "Where you were: 5.6. One bowl"


def test_one_button_forgets_the_book_and_brings_it_back(page: Page, reader: Visit) -> None:
    other = reader.open("chapters/02-divergence.html")
    answer(other.locator("figure.predict:has([type=radio])").first)
    other.close()
    open_again(page)
    page.evaluate("localStorage.setItem('book/another/page', 'stays')")
    code = "localStorage['code/why-cross-entropy/chapters/01-entropy']"  # changed in a page
    page.evaluate(f"{code} = 'typed'")
    question = page.locator("figure.predict").first
    said = answer(question)
    page.locator("#ex-clf-1").get_by_role("checkbox").check()
    page.locator("#ex-clf-1 .dropdown").first.get_by_role("button").click()
    page.get_by_role("button", name="Forget my answers").click()
    status = page.locator(".book-foot [role=status]")
    expect(status).to_contain_text("Forgotten")
    keys = "Object.keys(localStorage).filter(key => key.startsWith('book/'))"
    assert page.evaluate(keys) == ["book/another/page"]
    assert page.evaluate(code) is None
    assert replies(question) == []
    assert question.locator(":checked").count() == 0
    assert not page.locator("#ex-clf-1").get_by_role("checkbox").is_checked()
    assert not page.locator("#ex-clf-1 .dropdown p").nth(1).is_visible()
    assert page.locator(".how-far-mark").count() == 0
    page.get_by_role("button", name="Undo").click()
    expect(status).to_have_text("It is back.")
    assert len(page.evaluate(keys)) == 3
    assert page.evaluate(code) == "typed"
    assert replies(question) == [said]
    page.get_by_role("button", name="Forget my answers").press("Enter")
    open_again(page)
    assert replies(question) == []
    assert not page.get_by_role("button", name="Forget my answers").is_visible()


def test_another_question_above_takes_no_answer(page: Page) -> None:
    """Names say what is asked; what the page no longer asks goes when the next thing is kept."""
    questions = page.locator("figure.predict:has([type=radio])")
    said = answer(questions.nth(1))
    (name,) = kept(page)
    page.route(
        f"**/{CHAPTER}",
        lambda route: route.fulfill(
            body=route.fetch().text().replace('data-question="', 'data-question="other', 1),
            content_type="text/html",
        ),
    )
    answer(questions.first)
    open_again(page)
    assert replies(questions.first) == []
    assert replies(questions.nth(1)) == [said]
    page.locator("#ex-clf-1").get_by_role("checkbox").check()
    assert kept(page).keys() == {name, "exercise ex-clf-1"}


@pytest.mark.parametrize("text", ["", "no JSON", '"text"', '{"version": 0, "kept": 3}', "null"])
def test_what_cannot_be_read_is_as_nothing(text: str, page: Page) -> None:
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])
    open_again(page)
    assert replies(page.locator("figure.predict").first) == []
    answer(page.locator("figure.predict").first)
    assert len(kept(page)) == 1


def test_what_comes_back_moves_nothing_and_is_accessible(page: Page) -> None:
    answer(page.locator("figure.predict").first)
    page.locator("#ex-clf-1").get_by_role("checkbox").check()
    page.evaluate(f"document.querySelector('{PLACE}').dispatchEvent("
                  "new Event('rest', { bubbles: true }))")  # fmt: skip
    page.add_init_script(WATCH_SHIFTS)
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector(".predict .shown")
    page.wait_for_timeout(300)
    assert page.evaluate("window.shift || 0") < 0.001
    for width in (390, 1366):
        page.set_viewport_size({"width": width, "height": 768})
        parts = {"include": [[".how-far"], [".book-foot"], [".exercise"], ["nav.bd-links"]]}
        for options in (BUT_COLOURS, COLOURS):
            assert_no_violations(Axe().run(page, parts, options | {"preload": False}))


def test_from_a_disk_too(browser: Browser, book: Path) -> None:
    visit = Visit(browser, f"{book.as_uri()}/")
    page = visit.open(CHAPTER)
    said = answer(page.locator("figure.predict").first)
    open_again(page)
    assert replies(page.locator("figure.predict").first) == [said]
    visit.assert_clean()
    visit.context.close()


def test_where_storage_is_denied_nothing_is_promised(browser: Browser, book_url: str) -> None:
    visit = Visit(browser, book_url)
    visit.context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty("
        "window, name, { configurable: true, get() { throw new DOMException('denied'); } });"
    )
    page = visit.open(CHAPTER)
    assert answer(page.locator("figure.predict").first)
    for thing in (".exercise > .done", ".how-far", ".forget", ".how-far-mark"):
        assert page.locator(thing).filter(visible=True).count() == 0
    visit.assert_clean()
    visit.context.close()


def test_without_scripts_nothing_is_promised(browser: Browser, book_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(book_url + CHAPTER)
    for thing in (".exercise > .done", ".how-far", ".forget"):
        assert page.locator(thing).filter(visible=True).count() == 0
    context.close()
