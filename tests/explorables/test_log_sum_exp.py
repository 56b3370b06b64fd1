"""LogSumExp in a browser, and its traits."""

from __future__ import annotations

import random
import re
from typing import Any

import mpmath
import numpy as np
import pytest
import traitlets
from playwright.sync_api import Page

from crossentropy.widgets import LogSumExp
from explorables.browser import (
    OpenPage,
    as_numbers,
    assert_agrees,
    grip,
    handle,
    read,
    settle,
    take_preset,
)


def reference(state: dict[str, Any]) -> dict[str, Any]:
    """Everything but the two naive sums to fifty digits, as the definitions are written."""
    with mpmath.workdps(50):
        temperature = mpmath.mpf(state["temperature"])
        weights = [mpmath.exp(mpmath.mpf(logit) / temperature) for logit in state["logits"]]
        total = mpmath.fsum(weights)
        smooth = float(temperature * mpmath.log(total))
        lse = float(mpmath.log(total))
        q = [float(weight / total) for weight in weights]
        upper = float(max(state["logits"]) + temperature * mpmath.log(len(weights)))
    return {
        "maximum": max(state["logits"]),
        "smooth_maximum": smooth,
        "upper_bound": upper,
        "logsumexp": lse,
        "q": q,
        "naive": naive(state, np.float64),
        "naive_float32": naive(state, np.float32),
    }


@np.errstate(over="ignore", under="ignore", divide="ignore")
def naive(state: dict[str, Any], dtype: Any) -> float:
    """Return log Σ exp(ℓ/T), rounded at every step; the functions themselves in float64."""
    scaled = np.array(state["logits"], dtype) / dtype(state["temperature"])
    weights = np.exp(scaled.astype(np.float64)).astype(dtype)
    total = np.add.accumulate(weights, dtype=dtype)[-1]
    return float(dtype(np.log(np.float64(total))))


def at(logits: list[float], temperature: float = 1.0) -> dict[str, Any]:
    return {
        "logits": logits,
        "labels": [str(k) for k in range(len(logits))],
        "temperature": temperature,
    }


def adopt(page: Page, state: dict[str, Any]) -> dict[str, Any]:
    page.evaluate("state => document.querySelector('figure').explorable.adopt(state)", state)
    settle(page)
    return read(page)


def random_states(count: int) -> list[dict[str, Any]]:
    """Draw states from all that Python accepts, far beyond what the handles reach."""
    rng = random.Random(7)
    states = []
    for _ in range(count):
        size = 10 ** rng.uniform(-3, 6)
        logits = [rng.uniform(-size, size) for _ in range(rng.randint(2, 9))]
        if rng.random() < 0.3:
            logits[-1] = logits[0]
        states.append(at(logits, 10 ** rng.uniform(-6, 6)))
    corners = [1e6, -1e6]
    return [*states, *(at([a, b], t) for a in corners for b in corners for t in (1e-6, 1, 1e6))]


def test_the_smooth_maximum_is_squeezed_whatever_the_state(explorable: OpenPage) -> None:
    page = explorable("LogSumExp")
    for state in random_states(80):
        seen = adopt(page, state)
        numbers = seen["quantities"]
        assert numbers["maximum"] <= numbers["smooth_maximum"] <= numbers["upper_bound"], state
        assert len(set(seen["ledger"])) == 1, (state, seen["ledger"])
        assert "NaN" not in page.locator("figure").inner_html(), state
        assert sum(numbers["q"]) == pytest.approx(1, abs=1e-12)
        expected = reference(state)
        for name in ("smooth_maximum", "upper_bound", "logsumexp", "q"):
            np.testing.assert_allclose(numbers[name], expected[name], rtol=1e-9, err_msg=str(state))


@pytest.mark.parametrize("classes", [2, 3, 6])
def test_equal_logits_reach_the_upper_bound(classes: int, explorable: OpenPage) -> None:
    page = explorable("LogSumExp", **at([1.5] * classes, 2.0))
    numbers = read(page)["quantities"]
    assert numbers["smooth_maximum"] == pytest.approx(1.5 + 2 * np.log(classes), rel=1e-15)
    assert numbers["smooth_maximum"] == numbers["upper_bound"]
    np.testing.assert_allclose(numbers["q"], 1 / classes, rtol=1e-15)


def test_in_the_cold_softmax_is_one_hot_and_ties_share(explorable: OpenPage) -> None:
    page = explorable("LogSumExp", logits=[1.9, 2.0, -1.0])
    handle(page, "temperature").press("Home")
    settle(page)
    seen = read(page)
    assert seen["state"]["temperature"] == 0.001
    np.testing.assert_allclose(seen["quantities"]["q"], [0, 1, 0], atol=1e-40)
    assert seen["quantities"]["smooth_maximum"] == 2
    assert_agrees(seen, reference)
    for _ in range(10):
        handle(page, "logits:0").press("Shift+ArrowUp")
    settle(page)
    seen = read(page)
    np.testing.assert_allclose(seen["state"]["logits"], [2, 2, -1], rtol=1e-15)
    assert seen["quantities"]["q"] == [0.5, 0.5, 0]
    assert seen["quantities"]["smooth_maximum"] == pytest.approx(2 + 0.001 * np.log(2), rel=1e-15)


FAR = -1e6  # a logit whose exponential is 0


@pytest.mark.parametrize(
    ("quantity", "dtype"), [("naive", np.float64), ("naive_float32", np.float32)]
)
def test_the_naive_sum_overflows_from_the_largest_float_on(
    quantity: str, dtype: Any, explorable: OpenPage
) -> None:
    largest = np.log(np.float64(np.finfo(dtype).max))
    before = dtype(largest)
    if before > largest:  # the logarithm was rounded up
        before = np.nextafter(before, dtype(0))
    after = float(np.nextafter(before, dtype(np.inf)))
    before = float(before)
    page = explorable("LogSumExp")
    assert adopt(page, at([before, FAR]))["quantities"][quantity] == pytest.approx(before, rel=1e-6)
    seen = adopt(page, at([after, FAR]))
    assert seen["quantities"][quantity] == "Infinity"
    assert seen["quantities"]["logsumexp"] == after
    # Where float64 overflows, float32 has overflowed long before.
    assert page.get_by_text(") overflows").count() == {"naive": 2, "naive_float32": 1}[quantity]
    # Each exponential is finite, and their sum is not.
    seen = adopt(page, at([before - 0.5, before - 0.5]))
    assert seen["quantities"][quantity] == "Infinity"
    assert page.get_by_text("the sum of the exp overflows").count() == 1


def test_in_words_what_became_of_the_exponentials(explorable: OpenPage) -> None:
    page = explorable("LogSumExp")

    def words(state: dict[str, Any]) -> list[str]:
        seen = adopt(page, state)
        assert_agrees(seen, reference)
        return page.eval_on_selector_all(
            "svg text",
            "all => all.map(t => t.textContent).filter(t => /exp[( ]|flow/.test(t))",
        )

    assert words(at([2.0, 0.0])) == []  # what is well is not said
    assert words(at([2.0, 0.0], 0.01)) == ["exp(200) overflows"]
    assert words(at([1000.0, 1000.0])) == ["exp(1000) overflows"] * 2
    assert words(at([-1000.0, -2000.0])) == ["exp(−1000) underflows"] * 2
    assert words(at([-100.0, -100.0])) == ["digits lost to underflow"]
    assert words(at([-742.0, -742.0])) == ["exp(−742) underflows", "digits lost to underflow"]


@pytest.mark.parametrize("width", [1366, 390])
def test_the_three_computations_are_shown_only_where_one_differs(
    width: int, explorable: OpenPage
) -> None:
    page = explorable("LogSumExp", temperature=2.0)
    page.set_viewport_size({"width": width, "height": 900})
    settle(page)
    shown = page.get_by_text("LSE(ℓ/T), computed", exact=True)
    assert shown.count() == 0
    assert not {"1.46", "M subtracted first", "M first"} & set(
        page.locator(".stage text").all_text_contents()
    )
    take_preset(page, "Cold: T = 0.01")
    assert shown.is_visible()
    values = page.locator(".stage text.value").all_text_contents()
    assert values == ["∞", "200.00", "200.00"]


def test_each_level_says_its_number_on_a_phone_too(explorable: OpenPage) -> None:
    page = explorable("LogSumExp", temperature=2.0)
    for width, names in (
        (1366, ("at most M + T log K", "smooth maximum", "maximum M")),
        (390, ("M + T log K", "smooth max.", "max. M")),
    ):
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        for name, value in zip(names, ("4.20", "2.93", "2.00"), strict=True):
            assert page.get_by_text(f"{name} = {value}", exact=True).is_visible()


def ticks(page: Page) -> dict[str, float]:
    """Return where the ticks of the logits stand."""
    found = page.eval_on_selector_all(
        "svg text.tick",
        """all => all.filter(t => t.getAttribute('visibility') !== 'hidden')
                     .map(t => [t.textContent, Number(t.getAttribute('y')) - 5])""",
    )
    return {text.replace("−", "-"): y for text, y in reversed(found)}


def levels(page: Page) -> list[float]:
    """Return where M + T log K, T·LSE and M are drawn."""
    paths = page.eval_on_selector_all("svg .level", "all => all.map(l => l.getAttribute('d'))")
    return [float(re.match(r"M[\d.]+,([\d.]+)", path)[1]) for path in paths]


@pytest.mark.parametrize("temperature", [0.05, 1.0, 3.0, 10.0])
def test_the_levels_are_drawn_to_scale(temperature: float, explorable: OpenPage) -> None:
    page = explorable("LogSumExp", logits=[1.0, 4.0, -2.0], temperature=temperature)
    numbers = read(page)["quantities"]
    marks = ticks(page)
    per_unit = (marks["-5"] - marks["5"]) / 10
    names = ("upper_bound", "smooth_maximum", "maximum")
    for y, name in zip(levels(page), names, strict=True):
        assert marks["5"] + per_unit * (5 - numbers[name]) == pytest.approx(y, abs=0.1)


def test_a_logit_out_of_the_picture_keeps_the_gaps_to_scale(explorable: OpenPage) -> None:
    page = explorable("LogSumExp", **at([1000.0, 1000.0]))
    marks = ticks(page)
    upper, middle, lower = levels(page)
    assert lower == pytest.approx(marks["5"], abs=0.1)
    assert lower - middle == pytest.approx((marks["0"] - marks["5"]) / 5 * np.log(2), abs=0.1)
    assert upper == middle
    assert page.locator(".tear:not(.ground)").first.get_attribute("d").startswith("M")
    x, y = grip(page, "logits:0")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 20)
    page.mouse.up()
    settle(page)
    assert 3 < read(page)["state"]["logits"][0] < 5  # it started from the edge


def test_the_axis_stands_still_while_a_logit_is_dragged(explorable: OpenPage) -> None:
    page = explorable("LogSumExp", temperature=2.0)
    before = ticks(page)
    handle(page, "logits:1").press("End")
    settle(page)
    assert ticks(page) == before
    handle(page, "temperature").press("End")
    settle(page)
    assert ticks(page) != before


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"temperature": 0}, "LogSumExp: temperature is 0; it must be at least 1e-06"),
        ({"temperature": 1e7}, "temperature is 10000000.0; it must be"),
        ({"temperature": float("inf")}, "temperature is inf"),
        (
            {"logits": [1e308, 0, 0]},
            r"LogSumExp: logits\[0\] is 1e\+308; it must be at least -1,0",
        ),
        ({"logits": [0, -2e6, 0]}, r"logits\[1\] is -2000000.0; .* four decimals"),
        ({"logits": [0, np.nan, 0]}, r"logits\[1\] is nan"),
        ({"logits": [0, 1]}, "logits has 2 entries and labels has 3"),
        ({"logits": [0], "labels": ["only"]}, "logits has 1 entries; two are the least"),
    ],
)
def test_python_says_what_is_wrong(state: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=message):
        LogSumExp(**state)


def test_float32_is_numpys_to_its_own_precision(explorable: OpenPage) -> None:
    page = explorable("LogSumExp")
    for state in (at([2.0, 0.0, -1.0], 0.05), at([5.0, 4.9], 0.06), at([-3.0, -3.1], 0.04)):
        scaled = np.array(state["logits"], np.float32) / np.float32(state["temperature"])
        seen = as_numbers(adopt(page, state)["quantities"]["naive_float32"])
        np.testing.assert_allclose(seen, np.log(np.exp(scaled).sum()), rtol=3e-7)
