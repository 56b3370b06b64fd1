"""A picture cannot lie: every mark is read back through the axis beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from explorables.browser import EXPLORABLES, READ, OpenPage, settle
from explorables.drawn import AS_TEXT, TOGETHER, picture
from explorables.geometry import assert_true

SCRIPT = (Path(__file__).parent / "geometry.js").read_text("utf-8")
GESTURES = 20


def pictures(name: str, width: int, explorable: OpenPage, tab: Any) -> list[dict[str, Any]]:
    """Return the picture at the start, in every preset, and after random gestures."""
    tab.set_viewport_size({"width": width, "height": 900})
    tab.emulate_media(reduced_motion="reduce")  # a run is over at once
    page = explorable(name)
    for _ in range(2):  # the figure hears of its size a frame late
        settle(page)
    page.evaluate(f"window.readExplorable = {READ}")
    page.evaluate(SCRIPT)
    # As text: that is much faster than one object after another.
    seen: str = page.evaluate(
        """count => JSON.stringify(
             [readGeometry(), ...presetGeometry(), ...walkGeometry(7, count)])""",
        GESTURES,
    )
    return list(json.loads(seen))


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("name", EXPLORABLES)
def test_every_mark_says_what_is(name: str, width: int, explorable: OpenPage, tab: Any) -> None:
    used: set[str] = set()
    read: set[str] = set()
    seen = pictures(name, width, explorable, tab)
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
