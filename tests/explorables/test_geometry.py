"""A picture cannot lie: every mark is read back through the axis beside it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from explorables.browser import EXPLORABLES, READ, OpenPage, script
from explorables.drawn import AS_TEXT, TOGETHER, picture
from explorables.geometry import Picture, Reading, assert_true

SCRIPT = script("geometry")
GESTURES = 20


def ready(name: str, explorable: OpenPage, tab: Page, width: int = 1200, **state: Any) -> Page:
    """Open an explorable whose picture can be read."""
    tab.set_viewport_size({"width": width, "height": 900})
    tab.emulate_media(reduced_motion="reduce")  # a run is over at once
    page = explorable(name, **state)
    page.evaluate(f"window.readExplorable = {READ}")
    page.evaluate(SCRIPT)
    page.evaluate("framesAreOver()")
    return page


def seen_by(page: Page, script: str = "[readGeometry()]") -> list[dict[str, Any]]:
    """Return pictures as text: that is much faster than one object after another."""
    return list(json.loads(page.evaluate(f"() => JSON.stringify({script})")))


def look(page: Page) -> dict[str, Any]:
    return seen_by(page)[0]


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("name", EXPLORABLES)
def test_every_mark_says_what_is(name: str, width: int, explorable: OpenPage, tab: Page) -> None:
    used: set[str] = set()
    read: set[str] = set()
    # At the start, in every preset, and after random gestures.
    seen = seen_by(
        ready(name, explorable, tab, width),
        f"[readGeometry(), ...presetGeometry(), ...walkGeometry(7, {GESTURES})]",
    )
    for each in seen:
        drawn = picture(name, each)
        try:
            assert_true(drawn)
            TOGETHER.get(name, lambda _: None)(drawn)
        except AssertionError as error:
            short = {k: v for k, v in each["state"].items() if len(str(v)) < 200}
            raise AssertionError(f"{error}\nat {short}") from error
        used |= drawn.used
        read |= drawn.read
    marks = {mark["mark"] for each in seen for mark in each["marks"]}
    assert marks <= read, f"nothing has read {marks - read}"
    undrawn = set(seen[0]["quantities"]) - used
    assert undrawn == AS_TEXT.get(name, set()), "a quantity has no mark, or has got one"


# ---- What the state alone does not say ----


def marks(drawn: Picture, beginning: str) -> list[Reading]:
    """Return the visible marks whose text has these words."""
    return [
        Reading(drawn, mark)
        for mark in drawn.seen["marks"]
        if beginning in mark["mark"] and mark["visible"]
    ]


@pytest.mark.parametrize("direction", ["forward", "reverse"])
def test_a_descent_shows_where_it_began_and_where_it_arrived(
    direction: str, explorable: OpenPage, tab: Page
) -> None:
    page = ready("GaussianFit", explorable, tab, view=direction)
    before = picture("GaussianFit", look(page))
    assert marks(before, "descent=") == []
    page.get_by_role("button", name="Descend").click()
    after = picture("GaussianFit", look(page))
    assert_true(after)
    mean = after.seen["state"]["mean"]
    assert mean != before.seen["state"]["mean"]
    after.shown |= {"start": before.shown["q"], "arrived": mean}
    (start,) = marks(after, "descent=start")
    start.path("path", "start")
    (arrival,) = marks(after, f"descent={direction}")
    arrival.place("x", "arrived")
    assert len(marks(after, "descent=")) == 2


def test_the_loss_is_drawn_at_every_step_that_was_taken(explorable: OpenPage, tab: Page) -> None:
    page = ready("DecisionRegions", explorable, tab, view="loss")
    losses = [look(page)["quantities"]["loss"]]
    for _ in range(12):
        page.get_by_role("button", name="Step").click()
        losses.append(look(page)["quantities"]["loss"])
    drawn = picture("DecisionRegions", look(page))
    assert_true(drawn)
    drawn.shown["losses"] = lambda steps: np.interp(steps, range(13), losses)
    (curve,) = marks(drawn, "history=loss")
    curve.path("path", "losses")
    assert len(curve.mark["paths"][0]) >= 13


# ---- The contract itself ----

SPOILED = {
    "a channel that no test reads": ("colour=p:0", "no test reads colour"),
    "a quantity that is none": ("y-p height=nothing:0 bottom=0", "nothing is called nothing"),
    "an axis without ticks": ("y-elsewhere y=p:0", "no tick is on the axis y-elsewhere"),
    "another class's": ("y-p bottom=0 height=p:1", "is drawn at"),
}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_mark_that_cannot_be_read_is_refused(
    spoiled: str, explorable: OpenPage, tab: Page
) -> None:
    page = ready("EntropyBars", explorable, tab)
    mark, complaint = SPOILED[spoiled]
    page.evaluate(
        """mark => { document.querySelector('.stage .bar.role-p').dataset.mark = mark; }""", mark
    )
    with pytest.raises((AssertionError, KeyError), match=complaint):
        assert_true(picture("EntropyBars", look(page)))


def test_what_moves_without_a_word_is_refused(explorable: OpenPage, tab: Page) -> None:
    page = ready("EntropyBars", explorable, tab)
    page.evaluate("delete document.querySelector('.stage .bar.role-p').dataset.mark")
    assert_true(picture("EntropyBars", look(page)))
    page.evaluate("document.querySelector('figure').explorable.set('p', [0.2, 0.3, 0.5])")
    with pytest.raises(AssertionError, match="what moves does not say"):
        assert_true(picture("EntropyBars", look(page)))


def test_a_handle_that_does_not_say_its_place_is_refused(explorable: OpenPage, tab: Page) -> None:
    page = ready("EntropyBars", explorable, tab)
    page.evaluate("delete document.querySelector('[data-handle]').dataset.mark")
    with pytest.raises(AssertionError, match="a handle does not say"):
        assert_true(picture("EntropyBars", look(page)))
