"""Predict: a question is answered before it is explained."""

from __future__ import annotations

from typing import Any

import pytest
import traitlets
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect

from crossentropy.widgets import Predict
from explorables.browser import OpenPage

CHOICE: dict[str, Any] = {
    "question": "How must $p$ stand to make $H(p)$ largest?",
    "choices": {
        "One bar at 1.": "Nothing can surprise you.",
        "All level.": "Nothing is more likely than anything else: $\\log 3$.",
        "Two level & one gone.": "That is a coin toss.",
    },
    "answer": "All level.",
}
NUMBER: dict[str, Any] = {
    "question": "How many bits?",
    "ends": (0, 6),
    "answer": 2.585,
    "within": 0.2,
    "unit": "bits",
    "replies": {"low": "Six outcomes.", "right": "log 6.", "high": "Three bits tell eight apart."},
}


def shown(page: Page) -> list[str]:
    """Return the replies that can be seen."""
    return [
        reply.inner_text() for reply in page.locator("[data-reply]").all() if reply.is_visible()
    ]


def test_nothing_is_told_before_a_prediction(explorable: OpenPage) -> None:
    page = explorable("Predict", **CHOICE)
    assert shown(page) == []
    assert page.get_by_role("button", name="Show the answer").is_disabled()
    page.get_by_role("button", name="Check").click()  # nothing chosen: nothing told
    assert shown(page) == []
    assert page.evaluate("document.activeElement.type") == "radio"


def test_a_wrong_choice_meets_its_misconception(explorable: OpenPage) -> None:
    page = explorable("Predict", **CHOICE)
    page.get_by_label("One bar at 1.").check()
    page.get_by_role("button", name="Check").click()
    assert shown(page) == ["Not quite. Nothing can surprise you."]
    page.get_by_label("Two level & one gone.").check()
    assert shown(page) == []  # another prediction: the last reply goes
    page.get_by_role("button", name="Check").click()
    assert shown(page) == ["Not quite. That is a coin toss."]


def test_the_keyboard_is_enough(explorable: OpenPage) -> None:
    page = explorable("Predict", **CHOICE)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    (reply,) = shown(page)
    assert reply.startswith("Yes: All level.")
    assert page.evaluate("document.querySelector('figure').explorable.quantities.right")


def test_the_answer_can_be_asked_for_after_a_try(explorable: OpenPage) -> None:
    page = explorable("Predict", **CHOICE)
    page.get_by_label("One bar at 1.").check()
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Show the answer").click()
    assert shown(page)[0].startswith("Yes: All level.")
    assert page.get_by_label("All level.").is_checked()


@pytest.mark.parametrize(
    ("guess", "reply"),
    [
        (1.0, "Not quite. Six outcomes."),
        (2.4, "Yes: 2.585 bits log 6."),
        (2.785, "Yes: 2.585 bits log 6."),
        (2.79, "Not quite. Three bits tell eight apart."),
    ],
)
def test_a_number_is_too_low_or_right_or_too_high(
    guess: float, reply: str, explorable: OpenPage
) -> None:
    page = explorable("Predict", **NUMBER)
    page.evaluate("guess => document.querySelector('figure').explorable.set('guess', guess)", guess)
    page.get_by_role("button", name="Check").click()
    assert shown(page) == [reply]
    page.get_by_role("slider").press("ArrowRight")
    assert shown(page) == []


def test_a_slider_says_its_value_in_words(explorable: OpenPage) -> None:
    page = explorable("Predict", **NUMBER)
    slider = page.get_by_role("slider", name="Your prediction")
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "6.00 bits")
    expect(page.locator("output")).to_have_text("6.00")


def test_a_reply_is_announced_below_the_button_and_the_next_one_moves_nothing(
    explorable: OpenPage,
) -> None:
    page = explorable("Predict", **CHOICE)
    figure, button = page.locator("figure"), page.get_by_role("button", name="Check")
    asked, place = figure.bounding_box(), button.bounding_box()
    assert asked["y"] + asked["height"] - place["y"] - place["height"] < 24  # no empty room
    page.get_by_label("All level.").check()
    button.click()
    assert page.get_by_role("status").inner_text().startswith("Yes")
    assert button.bounding_box() == place
    answered = figure.bounding_box()
    page.get_by_label("One bar at 1.").check()
    assert figure.bounding_box() == answered
    button.click()
    assert page.get_by_role("status").inner_text().startswith("Not quite")
    assert figure.bounding_box() == answered


def test_it_remembers_nothing(explorable: OpenPage) -> None:
    page = explorable("Predict", **CHOICE)
    page.get_by_label("One bar at 1.").check()
    page.get_by_role("button", name="Check").click()
    page.reload()
    page.wait_for_selector("[data-live=true]")
    assert page.locator("input:checked").count() == 0
    assert shown(page) == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_without_a_script_the_answer_is_read(browser: Browser, explorable: OpenPage) -> None:
    url = explorable("Predict", **CHOICE).url
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    (answer,) = shown(page)
    assert answer.startswith("Yes: All level. Nothing is more likely than anything else")
    context.close()


def test_formulas_become_mathml_and_text_stays_text() -> None:
    form = BeautifulSoup(Predict(**CHOICE).to_html(), "html.parser")
    assert len(form.legend.find_all("math")) == 2
    assert [label.get_text() for label in form.find_all("label")][2] == "Two level & one gone."


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (CHOICE | {"question": " "}, "question is empty"),
        (CHOICE | {"answer": "None of them."}, "answer is 'None of them.'; it must be one of"),
        (CHOICE | {"choices": {"All level.": " "}}, "'All level.' has no reply"),
        (NUMBER | {"ends": (6, 0)}, "they must increase"),
        (NUMBER | {"answer": 7.0}, "answer is 7.0; it must be a number from 0.0 to 6.0"),
        (NUMBER | {"answer": "two"}, "answer is 'two'; it must be a number"),
        (NUMBER | {"within": 0.0}, "within is 0.0; it must be positive"),
        (NUMBER | {"replies": {"low": "No.", "right": "Yes."}}, "replies has no 'high'"),
    ],
)
def test_a_bad_question_is_refused_with_the_reason(state: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=message):
        Predict(**state)
