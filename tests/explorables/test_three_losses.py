"""ThreeLosses in a browser: one photograph, and what three losses charge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import traitlets

import crossentropy as ce
from crossentropy.widgets import ThreeLosses
from explorables.browser import OpenPage, handle, read, settle


def reference(state: dict[str, Any]) -> dict[str, Any]:
    q, y = np.array(state["q"]), state["y"]
    return {
        "surprisal": ce.surprisal(q[y]),
        "squared_error": np.sum((q - ce.one_hot(y, len(q))) ** 2),
        "mistakes": float(np.argmax(q) != y),
    }


def test_the_page_of_the_first_chapter_is_told_right(explorable: OpenPage) -> None:
    seen = read(explorable("ThreeLosses"))["quantities"]
    assert seen["mistakes"] == 1
    assert seen["squared_error"] == pytest.approx(1.14)
    assert seen["surprisal"] == pytest.approx(1.6094, abs=5e-5)


def test_only_the_surprise_of_an_impossible_truth_is_infinite(explorable: OpenPage) -> None:
    page = explorable("ThreeLosses")
    handle(page, "q:1").press("Home")
    settle(page)
    seen = read(page)["quantities"]
    assert seen["surprisal"] == "Infinity"
    assert seen["squared_error"] <= 2
    assert page.locator('[data-quantity="surprisal"]').inner_text() == "∞"


def test_mistakes_are_a_step_that_no_small_move_is_paid_for(explorable: OpenPage) -> None:
    page = explorable("ThreeLosses", q=[0.7, 0.2, 0.1])
    charged = []
    for _ in range(3):
        handle(page, "q:1").press("ArrowUp")
        settle(page)
        charged.append(read(page)["quantities"])
    assert [c["mistakes"] for c in charged] == [1, 1, 1]
    for loss in ("squared_error", "surprisal"):
        assert charged[0][loss] > charged[1][loss] > charged[2][loss]


def test_a_truth_that_is_no_class_is_refused() -> None:
    with pytest.raises(traitlets.TraitError, match="y is 3; with 3 labels it must be 2 at most"):
        ThreeLosses(y=3)


def test_the_outline_of_the_truth_is_dragged_as_its_bar_is(explorable: OpenPage) -> None:
    page = explorable("ThreeLosses")
    before = read(page)["state"]["q"]
    box = page.locator("rect.truth").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 15)
    page.mouse.up()
    settle(page)
    after = read(page)["state"]["q"]
    assert after[1] > before[1] + 0.03
    assert after[0] < before[0]
