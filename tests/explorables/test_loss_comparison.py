"""LossComparison in a browser, and its Python side."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import traitlets
from playwright.sync_api import BrowserContext, Page

import crossentropy as ce
from crossentropy.widgets import LossComparison
from explorables.browser import (
    OpenPage,
    assert_agrees,
    described,
    grip,
    handle,
    handles,
    read,
    settle,
)

RIVALS = ["squared error", "fourth power", "absolute value", "sines"]


# ---- The numbers, by the chapter's own route: two scores, and their softmax ----


def squared_error(scores: np.ndarray) -> float:
    return float(np.sum((ce.softmax(scores) - [1, 0]) ** 2) / 2)


def cross_entropy_gradient(scores: np.ndarray) -> np.ndarray:
    return ce.softmax(scores) - [1, 0]


def squared_error_gradient(scores: np.ndarray) -> np.ndarray:
    return ce.softmax_jacobian(scores) @ (ce.softmax(scores) - [1, 0])


def on_scores(loss: Callable[..., Any], gradient: Callable[..., Any]) -> Callable[..., Any]:
    def after(state: dict[str, Any]) -> dict[str, Any]:
        scores = np.array([state["z"] / 2, -state["z"] / 2])
        arrival = np.inf
        for step in range(state["steps"] + 1):
            if step:
                scores = scores - gradient(scores)
            if arrival == np.inf and scores[0] >= scores[1]:
                arrival = step
        place = scores[0] - scores[1]
        return {
            "place": place,
            "loss": loss(scores),
            "slope": gradient(scores)[0],
            "arrival": arrival,
        }

    return after


# ---- and for one error: the slope as an imaginary part, exact to the last digits ----


def on_error(loss: Callable[..., Any], differentiate: Callable[..., Any]) -> Callable[..., Any]:
    def after(state: dict[str, Any]) -> dict[str, Any]:
        u, arrival = state["u"], np.inf
        for step in range(state["steps"] + 1):
            if step and np.isfinite(u):
                u = u - differentiate(loss, u) / 16
                u = u if abs(u) <= 10 else np.sign(u) * np.inf
            if arrival == np.inf and abs(u) < 0.1:
                arrival = step
        slope = differentiate(loss, u) if np.isfinite(u) else u
        return {
            "place": u,
            "loss": loss(u) if np.isfinite(u) else np.inf,
            "slope": slope,
            "arrival": arrival,
        }

    return after


def complex_step(loss: Callable[..., Any], u: float) -> float:
    return float(np.imag(loss(complex(u, 1e-30))) / 1e-30)


def sign(_: Callable[..., Any], u: float) -> float:
    return (u > 0) - (u < 0)


HALF_SQUARE = on_error(lambda u: u * u / 2, complex_step)
PAIRS = {
    "squared error": (
        on_scores(lambda scores: ce.softmax_cross_entropy(scores, 0), cross_entropy_gradient),
        on_scores(squared_error, squared_error_gradient),
    ),
    "fourth power": (HALF_SQUARE, on_error(lambda u: u**4, complex_step)),
    "absolute value": (HALF_SQUARE, on_error(abs, sign)),
    "sines": (
        HALF_SQUARE,
        on_error(lambda u: np.sin(u) ** 2 + np.sin(np.pi * u) ** 2, complex_step),
    ),
}
# The limits of the factor, slope over slope, where both slopes vanish.
AT_ZERO = {"fourth power": 0, "absolute value": np.inf, "sines": 2 + 2 * np.pi**2}


def factor(rival: str, place: float, slope: float) -> float:
    if rival == "squared error":
        return slope / (ce.softmax([place, 0])[0] - 1)
    if np.isinf(place):
        return np.inf
    return slope / place if place else AT_ZERO[rival]


def reference(state: dict[str, Any]) -> dict[str, Any]:
    hero, rival = (after(state) for after in PAIRS[state["rival"]])
    return {
        "steps": state["steps"],
        **{f"hero_{name}": value for name, value in hero.items()},
        **{f"rival_{name}": value for name, value in rival.items()},
        "factor": factor(state["rival"], rival["place"], rival["slope"]),
    }


def adopt(page: Page, **state: Any) -> dict[str, Any]:
    page.evaluate("state => document.querySelector('figure').explorable.adopt(state)", state)
    settle(page)
    return read(page)


# ---- The race of the chapter ----


def steps_until_even(gradient: Callable[..., Any]) -> int:
    scores, steps = np.array([-4.0, 4.0]), 0
    while ce.softmax(scores)[0] < 1 / 2:
        scores, steps = scores - gradient(scores), steps + 1
    return steps


def test_the_race_is_the_chapters_5_steps_against_755(explorable: OpenPage) -> None:
    assert steps_until_even(cross_entropy_gradient) == 5
    assert steps_until_even(squared_error_gradient) == 755
    page = explorable("LossComparison")
    arrivals = page.evaluate(
        """() => {
          const { explorable } = document.querySelector('figure');
          const first = {};
          for (let steps = 0; steps <= 760; steps += 1) {
            explorable.set('steps', steps);
            for (const ball of ['hero', 'rival']) {
              if (explorable.quantities[`${ball}_place`] >= 0) first[ball] ??= steps;
            }
          }
          return [first, explorable.quantities.hero_arrival, explorable.quantities.rival_arrival];
        }"""
    )
    assert arrivals == [{"hero": 5, "rival": 755}, 5, 755]
    assert adopt(page, steps=754)["quantities"]["rival_arrival"] == "Infinity"
    assert "not at q = ½ after 754 steps" in page.locator(".stage").text_content()
    adopt(page, steps=755)
    assert "reached q = ½ after 755 steps" in page.locator(".stage").text_content()


def test_a_run_ends_on_the_755th_step_within_8_seconds(
    context: BrowserContext, explorable: OpenPage
) -> None:
    context.clock.install()
    page = explorable("LossComparison")
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    page.get_by_role("button", name="Run").click()
    page.clock.run_for(1000)
    # Slow enough to watch at first, one step a tick.
    assert 10 <= read(page)["state"]["steps"] <= 17
    page.clock.run_for(6900)
    assert read(page)["state"]["steps"] == 755
    assert page.get_by_role("button", name="Run").is_visible()


def test_a_run_without_motion_ends_there_at_once(
    context: BrowserContext, explorable: OpenPage
) -> None:
    page = explorable("LossComparison")
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Run").click()
    settle(page)
    seen = read(page)
    assert seen["state"]["steps"] == 755
    assert_agrees(seen, lambda _: {"hero_arrival": 5, "rival_arrival": 755})


def test_a_run_has_something_to_show_from_a_right_answer_too(explorable: OpenPage) -> None:
    page = explorable("LossComparison", z=3.0)
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Run").click()
    settle(page)
    assert read(page)["state"]["steps"] > 100


def test_a_step_is_one_step_and_the_last_one_is_the_last(explorable: OpenPage) -> None:
    page = explorable("LossComparison", steps=9_999)
    for _ in range(2):
        page.get_by_role("button", name="Step").click()
        settle(page)
        assert read(page)["state"]["steps"] == 10_000
    page.get_by_role("button", name="Run").click()
    settle(page)
    assert read(page)["state"]["steps"] == 10_000


# ---- Numbers ----


@pytest.mark.parametrize("rival", RIVALS)
def test_positions_and_slopes_are_pythons(rival: str, explorable: OpenPage) -> None:
    page = explorable("LossComparison", rival=rival)
    rng = random.Random(1)
    for steps in (0, 1, 2, 7, 60, 200, 3):  # back too: what was remembered must not leak
        for _ in range(5):
            state = {"z": round(rng.uniform(-8, 6), 3), "u": round(rng.uniform(-3.5, 3.5), 2)}
            seen = adopt(page, **state, steps=steps)
            assert_agrees(seen, reference)
            assert len(set(seen["ledger"])) == 1, seen
            assert "NaN" not in seen["text"]


MP_LOSSES: dict[str, Callable[[Any], Any]] = {
    "cross-entropy": lambda z: mpmath.log(1 + mpmath.exp(-z)),
    "squared error": lambda z: 1 / (1 + mpmath.exp(z)) ** 2,
    "½u²": lambda u: u**2 / 2,
    "fourth power": lambda u: u**4,
    "sines": lambda u: mpmath.sin(u) ** 2 + mpmath.sin(mpmath.pi * u) ** 2,
}


def exactly(name: str, at: float) -> list[float]:
    """Return a loss and its slope at a point, worked out with 60 digits."""
    with mpmath.workdps(60):
        loss = MP_LOSSES[name]
        return [float(loss(mpmath.mpf(at))), float(mpmath.diff(loss, mpmath.mpf(at)))]


def test_no_digit_is_lost_at_either_end(explorable: OpenPage) -> None:
    page = explorable("LossComparison")
    for z in (-40, -8, -1, 0, 1e-9, 3, 20, 40):
        seen = adopt(page, z=z)["quantities"]
        for ball, name in (("hero", "cross-entropy"), ("rival", "squared error")):
            found = [seen[f"{ball}_loss"], seen[f"{ball}_slope"]]
            np.testing.assert_allclose(found, exactly(name, z), rtol=1e-13)


@pytest.mark.parametrize("rival", ["fourth power", "sines"])
def test_slopes_of_errors_are_derivatives(rival: str, explorable: OpenPage) -> None:
    page = explorable("LossComparison", rival=rival)
    for u in (-3.5, -1.3, -0.01, 0.25, 1, 2.5):
        seen = adopt(page, u=u)["quantities"]
        for ball, name in (("hero", "½u²"), ("rival", rival)):
            found = [seen[f"{ball}_loss"], seen[f"{ball}_slope"]]
            np.testing.assert_allclose(found, exactly(name, u), rtol=1e-12, atol=1e-15)


def test_squared_error_is_a_thousand_times_quieter_where_it_is_most_wrong(
    explorable: OpenPage,
) -> None:
    seen = read(explorable("LossComparison"))["quantities"]
    assert seen["hero_slope"] / seen["rival_slope"] > 1000
    # Yet it is a plateau, and no minimum.
    assert seen["rival_slope"] < 0
    # The factor that quiets it never exceeds one half.
    page = explorable("LossComparison", z=0.0)
    assert read(page)["quantities"]["factor"] == 0.5


# ---- What the rivals do ----


def test_the_kink_has_no_slope_and_counts_as_none(explorable: OpenPage) -> None:
    page = explorable("LossComparison", rival="absolute value", u=0.0)
    seen = read(page)
    assert seen["quantities"]["rival_slope"] == 0
    assert seen["ledger"] == ["none (a kink)"] * 3
    assert_agrees(seen, reference)
    adopt(page, view="slope")
    assert "none (a kink)" in page.locator(".stage").text_content()
    # Multiples of the step land on it, and stay.
    assert adopt(page, u=3.0, steps=60)["quantities"]["rival_place"] == 0


def test_the_absolute_value_hops_to_and_fro(explorable: OpenPage) -> None:
    page = explorable("LossComparison", rival="absolute value")
    places = [
        adopt(page, u=3.2, steps=steps)["quantities"]["rival_place"] for steps in range(60, 66)
    ]
    assert all(np.diff(np.sign(places)) != 0)
    np.testing.assert_allclose(np.abs(np.diff(places)), 1 / 16, rtol=1e-12)


def test_the_fourth_power_creeps_or_runs_away(explorable: OpenPage) -> None:
    page = explorable("LossComparison", rival="fourth power")
    near = adopt(page, u=2.5, steps=195)["quantities"]
    assert near["hero_arrival"] == 50
    assert near["rival_arrival"] == "Infinity"
    assert adopt(page, steps=196)["quantities"]["rival_arrival"] == 196
    far = adopt(page, u=-3.0, steps=40)
    assert far["quantities"]["rival_place"] in ("Infinity", "-Infinity")
    assert far["ledger"] == ["runs away"] * 3
    assert "runs away" in page.locator(".stage").text_content()
    assert page.locator('[data-quantity="rival_loss"]').inner_text() == "runs away"
    assert_agrees(far, reference)


def test_the_sines_trap_a_ball_near_an_error_of_3(explorable: OpenPage) -> None:
    page = explorable("LossComparison", rival="sines")
    seen = adopt(page, u=3.3, steps=160)["quantities"]
    assert abs(seen["rival_place"] - 3.0129) < 1e-4
    assert abs(seen["rival_slope"]) < 1e-12
    assert 0.018 < seen["rival_loss"] < 0.019
    assert "stuck in a hollow" in page.locator(".stage").text_content()


# ---- The handle and the balls ----


@pytest.mark.parametrize("rival", RIVALS)
def test_the_start_is_one_handle_and_moving_it_takes_the_balls_back(
    rival: str, explorable: OpenPage
) -> None:
    page = explorable("LossComparison", rival=rival, steps=30)
    start = "z" if rival == "squared error" else "u"
    assert handles(page) == [start]
    handle(page, start).press("ArrowLeft")
    settle(page)
    seen = read(page)
    assert seen["state"]["steps"] == 0
    assert seen["quantities"]["hero_place"] == seen["state"][start]
    low, high = {"z": (-8, 6), "u": (-3.5, 3.5)}[start]
    for key, end in (("Home", low), ("End", high)):
        handle(page, start).press(key)
        settle(page)
        assert read(page)["state"][start] == end
        assert_agrees(read(page), reference)


@pytest.mark.parametrize("view", ["loss", "slope"])
def test_the_balls_stand_above_the_grip_and_then_roll_away(view: str, explorable: OpenPage) -> None:
    page = explorable("LossComparison", z=-2.0, view=view)
    balls = page.evaluate(
        """() => [...document.querySelectorAll('.stage g > .ball')].map(ball => {
          const box = ball.getBoundingClientRect();
          return [box.x + box.width / 2, box.y + box.height / 2];
        })"""
    )
    assert len(balls) == 2
    x, _ = grip(page, "z")
    np.testing.assert_allclose([ball[0] for ball in balls], x, atol=0.1)
    (_, rival), (_, hero) = balls
    # Cross-entropy is larger, hence higher; its slope is further below zero.
    assert (hero < rival) == (view == "loss")


# ---- What is refused ----

BAD = [
    ({"rival": "hinge"}, "rival"),
    ({"rival": None}, "rival"),
    ({"view": "both"}, "view"),
    ({"z": 40.5}, "z is 40.5; it must be at least -40 and at most 40"),
    ({"z": float("nan")}, "z is nan"),
    ({"z": "left"}, "z"),
    ({"u": -3.6}, "u is -3.6; it must be at least -3.5 and at most 3.5"),
    ({"steps": -1}, "LossComparison: steps is -1; it must be a whole number from 0 to 10,000"),
    ({"steps": 10_001}, "steps is 10001"),
    ({"steps": 2.5}, "steps is 2.5"),
    ({"steps": True}, "steps is True"),
    ({"steps": "5"}, "steps is '5'"),
]


def test_nothing_is_said_of_a_ball_before_its_first_step(explorable: OpenPage) -> None:
    page = explorable("LossComparison", rival="squared error", z=-8)
    texts = page.locator(".stage text")
    assert not [text for text in texts.all_text_contents() if "not at" in text]
    page.get_by_role("button", name="Step").click()
    settle(page)
    assert texts.all_text_contents().count("not at q = ½ after 1 step") == 2


@pytest.mark.parametrize(("state", "message"), BAD)
def test_python_refuses_a_bad_state_with_the_reason(state: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        LossComparison(**state)


def test_numpy_numbers_are_numbers() -> None:
    race = LossComparison(z=np.float64(-2), steps=np.int64(3))
    assert (race.z, race.steps) == (-2.0, 3)


# ---- The static picture ----


@pytest.mark.parametrize("rival", RIVALS)
@pytest.mark.parametrize("steps", [0, 1, 60])
def test_the_static_picture_tells_the_same_numbers(rival: str, steps: int) -> None:
    state = {"rival": rival, "z": -3.0, "u": 1.7, "steps": steps}
    alt = described(LossComparison(**state))
    wanted = reference(state)
    for ball in ("hero", "rival"):
        for name, decimals in (("place", 4), ("loss", 4), ("slope", 6)):
            number = f"{wanted[f'{ball}_{name}']:.{decimals}f}".replace("-", "−")
            assert number in alt, (ball, name, number, alt)


def test_a_ball_that_has_run_away_is_told_as_such() -> None:
    alt = described(LossComparison(rival="fourth power", u=3.0, steps=20))
    assert "u⁴ has run away" in alt
