"""SurprisalCurve in a browser, and its traits."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
import traitlets
from playwright.sync_api import Page

import crossentropy as ce
from crossentropy.widgets import SurprisalCurve
from explorables.browser import BASE, OpenPage, assert_agrees, grip, handle, read, settle


def reference(state: dict[str, Any]) -> dict[str, Any]:
    p, r, base = state["p"], state["r"], BASE[state["unit"]]
    return {
        "product": math.prod([p, r]),
        "surprisal_p": ce.surprisal(p, base=base),
        "surprisal_r": ce.surprisal(r, base=base),
        # Through the sum: that the browser's −log(p·r) is the same is what the picture is about.
        "surprisal_product": ce.surprisal([p, r], base=base).sum(),
        "halvings": ce.surprisal([p, r], base=2).sum(),
    }


def columns(page: Page) -> list[tuple[float, float]]:
    """Return the lower and upper end in pixels of s(p), s(r) and s(p·r); nothing where empty."""
    found = page.evaluate(
        """["p", "r", "product"].map(name => {
          const bar = document.querySelector(`svg .bar[data-mark$="height=surprisal_${name}"]`);
          const { y, height } = bar.getBBox();
          return [y + height, y];
        })"""
    )
    return [(low, high) for low, high in found]


@pytest.mark.parametrize("unit", ["nats", "bits"])
@pytest.mark.parametrize(
    ("p", "r"), [(1 / 2, 1 / 3), (0.9, 0.07), (1e-6, 0.3), (1e-150, 1e-150), (0.001, 1.0)]
)
def test_the_lengths_stacked_are_as_high_as_the_one_of_both(
    p: float, r: float, unit: str, explorable: OpenPage
) -> None:
    page = explorable("SurprisalCurve", p=p, r=r, unit=unit)
    seen = read(page)
    assert_agrees(seen, reference)
    assert len(set(seen["ledger"])) == 1
    of_p, of_r, of_both = columns(page)
    numbers = seen["quantities"]
    if r < 1:
        assert of_r[0] == pytest.approx(of_p[1], abs=0.1)
        assert of_r[1] == pytest.approx(of_both[1], abs=0.1)
    assert of_p[0] == pytest.approx(of_both[0], abs=0.1)
    # Drawn to scale: pixels are to pixels as surprisals are to surprisals.
    share = (of_p[0] - of_p[1]) / (of_both[0] - of_both[1])
    assert share == pytest.approx(numbers["surprisal_p"] / numbers["surprisal_product"], abs=2e-3)


def test_the_points_are_on_the_curve(explorable: OpenPage) -> None:
    page = explorable("SurprisalCurve", p=0.62, r=0.41)
    close = page.evaluate(
        """() => {
          const curve = document.querySelector('.curve');
          const length = curve.getTotalLength();
          return [...document.querySelectorAll('svg .dot')].map(dot => {
            const { e: x, f: y } = dot.transform.baseVal.consolidate().matrix;
            let least = Infinity;
            for (let i = 0; i <= 4000; i += 1) {
              const at = curve.getPointAtLength(i / 4000 * length);
              least = Math.min(least, Math.hypot(at.x - x, at.y - y));
            }
            return least;
          });
        }"""
    )
    assert len(close) == 3
    assert max(close) < 0.7


@pytest.mark.parametrize(("unit", "half"), [("nats", math.log(2)), ("bits", 1.0)])
def test_a_halving_adds_as_much_wherever_p_stands(
    unit: str, half: float, explorable: OpenPage
) -> None:
    page = explorable("SurprisalCurve", p=0.7, r=0.9, unit=unit)
    before = read(page)["quantities"]
    for times in range(1, 9):
        page.get_by_role("button", name="Halve p").click()
        settle(page)
        now = read(page)
        assert now["state"]["p"] == 0.7 / 2**times
        for surprisal in ("surprisal_p", "surprisal_product"):
            added = now["quantities"][surprisal] - before[surprisal]
            assert added == pytest.approx(times * half, rel=1e-12)


def test_a_rung_stands_at_every_halving(explorable: OpenPage) -> None:
    page = explorable("SurprisalCurve", p=1 / 4, r=1 / 3, unit="bits")
    rungs = page.locator(".rung").get_attribute("d")
    levels = [float(y) for y in re.findall(r",([\d.]+)", rungs)]
    assert len(levels) == 3  # 2 + log₂ 3 bits: three rungs, and a part of the fourth
    ends = columns(page)
    assert np.diff([ends[2][0], *levels]) == pytest.approx(levels[1] - levels[0], abs=0.02)
    assert levels[1] == pytest.approx(ends[0][1], abs=0.1)  # s(1/4) is two halvings


@pytest.mark.parametrize(("p", "r"), [(0.0, 0.5), (0.5, 0.0), (0.0, 0.0), (0.0, 1.0)])
def test_an_impossible_event_is_infinitely_surprising(
    p: float, r: float, explorable: OpenPage
) -> None:
    page = explorable("SurprisalCurve", p=p, r=r)
    seen = read(page)
    assert_agrees(seen, reference)
    assert seen["ledger"] == ["∞", "∞", "∞"]
    assert seen["quantities"]["surprisal_product"] == "Infinity"
    assert "NaN" not in page.locator("figure").inner_html()
    assert page.get_by_text("p·r: s = ∞").count() == 1


def test_zero_and_one_are_within_reach(explorable: OpenPage) -> None:
    page = explorable("SurprisalCurve")
    for key, expected in (("Home", 0), ("End", 1)):
        handle(page, "r").press(key)
        settle(page)
        assert read(page)["state"]["r"] == expected
        assert_agrees(read(page), reference)
    assert read(page)["quantities"]["surprisal_r"] == 0  # and not −0
    x, y = grip(page, "p")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(0, y, steps=3)
    page.mouse.up()
    settle(page)
    assert read(page)["state"]["p"] == 0


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"p": 1.5}, "SurprisalCurve: p is 1.5; it must be 0, or at least 1e-150 and at most 1"),
        ({"r": -0.1}, "r is -0.1"),
        ({"r": math.nan}, "r is nan"),
        ({"p": 1e-200}, "p is 1e-200; it must be 0, or at least 1e-150 and at most 1, so that p·r"),
        ({"p": [0.5, 0.5]}, r"p is \[0.5, 0.5\]; it must be a number"),
        ({"unit": "bans"}, "unit"),
    ],
)
def test_python_says_what_is_wrong(state: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=message):
        SurprisalCurve(**state)
