"""DecisionRegions in a browser, and what its traits refuse."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import traitlets
from playwright.sync_api import Locator, Page
from scipy.optimize import minimize

import crossentropy as ce
from crossentropy.widgets import DecisionRegions
from crossentropy.widgets._modules import HERE, compose
from explorables.browser import (
    OpenPage,
    assert_agrees,
    bring_into_sight,
    described,
    grip,
    handle,
    read,
    settle,
    take_preset,
)

PRESETS = DecisionRegions().presets


def features(state: dict[str, Any]) -> np.ndarray:
    return np.column_stack([state["points"], np.ones(len(state["points"]))])


def loss_and_gradient(state: dict[str, Any], weights: np.ndarray) -> tuple[float, np.ndarray]:
    x = features(state)
    loss, gradient = ce.softmax_cross_entropy(x @ weights.T, state["classes"], return_grad=True)
    return float(loss), gradient.T @ x


def reference(state: dict[str, Any]) -> dict[str, Any]:
    weights, classes = np.array(state["weights"]), np.array(state["classes"])
    # Written out, so that logits that are equal in the browser are equal here.
    logits = np.array([[x * a + y * b + c for a, b, c in weights] for x, y in state["points"]])
    own = np.arange(len(classes)), classes
    on_top = logits == logits.max(axis=1, keepdims=True)
    losses = -ce.log_softmax(logits)[own]
    shares = np.bincount(classes, minlength=3) / len(classes)
    loss, gradient = loss_and_gradient(state, weights)
    picked = state["picked"]
    _, logit_gradient = ce.softmax_cross_entropy(logits[picked], classes[picked], return_grad=True)
    return {
        "loss": loss,
        "accuracy": (on_top[own] / on_top.sum(axis=1)).mean(),
        "gradient": gradient,
        "gradient_norm": np.linalg.norm(gradient),
        "q": ce.softmax(logits[picked]),
        "logit_gradient": logit_gradient,
        "mean_logsumexp": ce.logsumexp(logits).mean(),
        "mean_own_logit": logits[own].mean(),
        "shares": shares,
        "class_losses": [losses[classes == c].mean() if shares[c] else 0 for c in range(3)],
    }


def test_the_reference_knows_every_quantity(explorable: OpenPage) -> None:
    seen = read(explorable("DecisionRegions"))
    assert set(seen["quantities"]) == set(reference(seen["state"]))


# ---- Descent ----


@pytest.fixture
def model(context: Any) -> Page:
    """A page with the module that trains, as `model`."""
    page = context.new_page()
    page.evaluate(
        """async source => { window.model = await import(
             URL.createObjectURL(new Blob([source], {type: 'text/javascript'}))); }""",
        compose(HERE / "lib" / "softmax_regression.js"),
    )
    return page


TRAIN = """([state, steps]) => {
  const losses = [];
  for (let i = 0; i < steps; i += 1) {
    losses.push(model.evaluate(state).total / state.points.length);
    state = {...state, weights: model.descended(state)};
  }
  return {weights: state.weights, losses};
}"""


@pytest.mark.parametrize("preset", ["Three clouds", "One mislabelled", "300 points"])
def test_steps_in_the_browser_are_steps_of_gradient_descent(
    preset: str, explorable: OpenPage
) -> None:
    page = explorable("DecisionRegions", **PRESETS[preset])
    for _ in range(30):
        page.get_by_role("button", name="Step").click()
    settle(page)
    state = read(page)["state"]
    weights = np.zeros((3, 3))
    for _ in range(30):
        weights = weights - loss_and_gradient(state, weights)[1]
    assert state["steps"] == 30
    np.testing.assert_allclose(state["weights"], weights, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("preset", ["Overlapping clouds", "Rings"])
def test_a_long_run_ends_where_an_optimiser_does(preset: str, model: Page) -> None:
    state = PRESETS[preset]
    trained = model.evaluate(TRAIN, [state, 20_000])

    def flat(weights: np.ndarray) -> tuple[float, np.ndarray]:
        loss, gradient = loss_and_gradient(state, weights.reshape(3, 3))
        return loss, gradient.ravel()

    best = minimize(flat, np.zeros(9), jac=True, tol=1e-12)
    assert trained["losses"][-1] == pytest.approx(best.fun, abs=1e-6)
    # Both begin at 0, and the gradient's columns sum to 0: of all optima they reach the same.
    np.testing.assert_allclose(trained["weights"], best.x.reshape(3, 3), atol=1e-4)


def test_no_step_raises_the_loss_wherever_it_starts(model: Page) -> None:
    rng = np.random.default_rng(7)
    for scale in (0, 1, 10, 300):
        for n in (1, 2, 40):
            corners = rng.choice([-1, 1], size=(n, 2))  # the largest features there are
            state = {
                "points": corners.tolist(),
                "classes": rng.integers(3, size=n).tolist(),
                "weights": rng.uniform(-scale, scale, size=(3, 3)).tolist(),
            }
            losses = np.array(model.evaluate(TRAIN, [state, 50])["losses"])
            assert np.isfinite(losses).all()
            assert (np.diff(losses) <= 1e-12 * losses[0]).all(), state


def test_separable_classes_are_learned_and_the_loss_never_arrives(model: Page) -> None:
    losses = model.evaluate(TRAIN, [PRESETS["One point each"], 5000])["losses"]
    assert losses[0] == pytest.approx(math.log(3), abs=1e-14)
    assert 0 < losses[-1] < 0.001
    assert (np.diff(losses) < 0).all()


# ---- Regions ----

SHOELACE = """weights => model.regions(weights).map(({classes, corners}) => {
  let twice = 0;
  corners.forEach(([x, y], i) => {
    const [nextX, nextY] = corners[(i + 1) % corners.length];
    twice += x * nextY - nextX * y;
  });
  return [classes, twice / 2];
})"""


def test_areas_of_regions_are_those_of_a_grid(model: Page) -> None:
    rng = np.random.default_rng(5)
    middle = np.linspace(-1, 1, 401)[:-1] + 1 / 400
    x, y = (axis.ravel() for axis in np.meshgrid(middle, middle))
    for _ in range(40):
        weights = rng.normal(size=(3, 3)) * [1, 1, 0.5]
        winners = (np.column_stack([x, y, np.ones_like(x)]) @ weights.T).argmax(axis=1)
        areas = np.zeros(3)
        for classes, area in model.evaluate(SHOELACE, weights.tolist()):
            (c,) = classes
            areas[c] = area
        np.testing.assert_allclose(areas, 4 * np.bincount(winners, minlength=3) / len(x), atol=0.02)
        assert areas.sum() == pytest.approx(4, abs=1e-12)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([[0, 0, 0]] * 3, [[[0, 1, 2], 4]]),
        ([[0, 0, 0], [0, 0, 5], [0, 0, 0]], [[[1], 4]]),
        ([[1, 0, 0], [-1, 0, 0], [-1, 0, 0]], [[[0], 2], [[1, 2], 2]]),
        ([[1, 0, 0], [-1, 0, 0], [0, 0, -1]], [[[0], 2], [[1], 2]]),
        ([[1, 1, -1.5], [0, 0, 0], [0, 0, -9]], [[[0], 0.125], [[1], 3.875]]),
    ],
)
def test_regions_of_weights_with_ties(weights: Any, expected: Any, model: Page) -> None:
    assert model.evaluate(SHOELACE, weights) == expected


def outlines(page: Page) -> list[str]:
    settle(page)
    return page.locator(".region").evaluate_all("all => all.map(r => r.getAttribute('d'))")


def test_without_training_all_classes_tie_and_the_loss_is_log_3(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions")
    seen = read(page)
    assert seen["quantities"]["loss"] == pytest.approx(math.log(3), abs=1e-14)
    assert seen["quantities"]["accuracy"] == pytest.approx(1 / 3, abs=1e-12)
    assert "all classes tie" in seen["text"]
    assert page.locator(".border").get_attribute("d").count("M") == 1  # the square itself
    page.get_by_role("button", name="Step").click()
    assert all(outlines(page))
    assert [page.locator(".name", has_text=name).count() for name in ("cat", "dog", "fox")] == [
        1,
        1,
        1,
    ]


def test_hollow_points_are_those_on_the_wrong_side(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions", **PRESETS["Overlapping clouds"])
    for _ in range(20):
        page.get_by_role("button", name="Step").click()
    settle(page)
    state = read(page)["state"]
    logits = features(state) @ np.array(state["weights"]).T
    wrong = logits.argmax(axis=1) != state["classes"]
    # Each shape is one move and what closes it; empty paths are hollow too.
    drawn = page.locator(".point.hollow").evaluate_all(
        "all => all.reduce((n, path) => n + (path.getAttribute('d').match(/M/g) ?? []).length, 0)"
    )
    assert drawn == wrong.sum() > 0


# ---- Running ----


def button(page: Page, name: str) -> Locator:
    bring_into_sight(page, name)
    return page.get_by_role("button", name=name, exact=True)


def steps(page: Page) -> int:
    settle(page)
    return int(read(page)["state"]["steps"])


def test_a_run_goes_on_while_a_point_is_dragged(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions")
    button(page, "Run").click()
    page.wait_for_function("document.querySelector('figure').explorable.get('steps') > 60")
    state = read(page)["state"]
    before = outlines(page)
    page.mouse.move(*centre_of(page, state["picked"]))
    page.mouse.down()
    x, y = grip(page, "x")
    page.mouse.move(x + 150, y - 60, steps=4)
    dragged = read(page)["state"]
    assert dragged["points"] != state["points"]
    page.wait_for_function(
        f"document.querySelector('figure').explorable.get('steps') > {dragged['steps'] + 40}"
    )
    page.mouse.up()
    assert outlines(page) != before
    button(page, "Pause").click()
    paused = steps(page)
    page.wait_for_timeout(100)
    assert steps(page) == paused
    assert_agrees(read(page), reference)


@pytest.mark.parametrize("end", ["Reset", "Forget", "Three clouds"])
def test_other_weights_are_not_trained_unasked(end: str, explorable: OpenPage) -> None:
    page = explorable("DecisionRegions")
    button(page, "Run").click()
    page.wait_for_function("document.querySelector('figure').explorable.get('steps') > 5")
    if end == "Three clouds":
        take_preset(page, end)
    else:
        button(page, end).click()
    button(page, "Run").wait_for()
    assert steps(page) == 0
    assert read(page)["state"]["weights"] == [[0, 0, 0]] * 3


def test_the_curve_of_the_loss_begins_where_the_run_began(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions")
    for _ in range(3):
        button(page, "Step").click()
    settle(page)
    page.get_by_role("radio", name="Loss").click()
    settle(page)
    ends = page.locator("svg text[data-tick^='x-loss']").all_text_contents()
    assert ends[0] == "0"


def test_a_preset_is_reached_in_the_middle_of_a_quick_run(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions")
    button(page, "Run").click()
    # A step a frame: the next comes before the number of steps has moved towards the preset's.
    page.wait_for_function("document.querySelector('figure').explorable.get('steps') > 60")
    take_preset(page, "Rings")
    button(page, "Run").wait_for()
    assert steps(page) == 0
    assert read(page)["state"]["points"] == PRESETS["Rings"]["points"]


def test_a_run_waits_at_the_minimum_for_a_point_to_move(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions", **PRESETS["Rings"])
    page.emulate_media(reduced_motion="reduce")
    button(page, "Run").click()  # all at once
    reached = steps(page)
    assert 0 < reached < 500
    assert read(page)["quantities"]["gradient_norm"] < 1e-4
    page.emulate_media(reduced_motion="no-preference")
    button(page, "Run").click()
    page.wait_for_timeout(200)
    assert steps(page) == reached
    handle(page, "x").press("End")
    page.wait_for_function(f"document.querySelector('figure').explorable.get('steps') > {reached}")
    button(page, "Pause").click()


def test_a_step_beyond_the_largest_weight_is_refused_in_words(explorable: OpenPage) -> None:
    weights = [[0, 0, 999.9], [0, 0, 1000], [0, 0, 0]]
    page = explorable("DecisionRegions", points=[[0, 0]], classes=[0], picked=0, weights=weights)
    button(page, "Run").click()
    page.get_by_text("it must be at least -1,000 and at most 1,000").wait_for()
    button(page, "Run").wait_for()
    assert read(page)["state"]["weights"] == weights


def test_forgetting_keeps_the_points(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions")
    handle(page, "x").press("PageUp")
    button(page, "Step").click()
    points = read(page)["state"]["points"]
    button(page, "Forget").click()
    settle(page)
    seen = read(page)
    assert seen["state"]["points"] == points
    assert seen["quantities"]["loss"] == pytest.approx(math.log(3), abs=1e-14)


# ---- Editing points ----


def centre_of(page: Page, index: int) -> tuple[float, float]:
    """Return where a point is on the page."""
    x, y = read(page)["state"]["points"][index]
    box = page.locator(".surface").bounding_box()
    side = box["width"] - 12  # the surface reaches 6 pixels beyond the square
    return box["x"] + 6 + (x + 1) / 2 * side, box["y"] + 6 + (1 - y) / 2 * side


def test_a_point_is_picked_and_dragged_in_both_directions(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions")
    before = read(page)["state"]["points"][15]
    x, y = centre_of(page, 15)
    page.mouse.move(x + 3, y - 2)
    page.mouse.down()
    page.mouse.move(x + 43, y - 22, steps=3)
    page.mouse.up()
    settle(page)
    seen = read(page)
    side = page.locator(".surface").bounding_box()["width"] - 12
    assert seen["state"]["picked"] == 15
    assert len(seen["state"]["points"]) == 30
    moved = np.array(seen["state"]["points"][15]) - before
    np.testing.assert_allclose(moved, [80 / side, 40 / side], atol=0.001)
    assert_agrees(seen, reference)


def test_a_point_deleted_while_it_is_dragged_leaves_the_others_alone(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions")
    points = read(page)["state"]["points"]
    page.mouse.move(*centre_of(page, 6))
    page.mouse.down()
    page.keyboard.press("Delete")
    x, y = centre_of(page, 0)
    page.mouse.move(x, y, steps=3)
    page.mouse.up()
    settle(page)
    assert read(page)["state"]["points"] == points[:6] + points[7:]


def test_a_point_stops_at_the_edges(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions")
    page.mouse.move(*centre_of(page, 6))
    page.mouse.down()
    page.mouse.move(3000, -500)
    page.mouse.up()
    settle(page)
    assert read(page)["state"]["points"][6] == [1, 1]
    assert handle(page, "x").get_attribute("aria-valuenow") == "1"


def test_a_finger_drags_a_point_and_scrolls_beside_it(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions")
    page.add_style_tag(content="main { padding-bottom: 2000px }")
    touch = page.context.new_cdp_session(page)

    def drag(x: float, y: float) -> None:
        for i in range(6):
            kind = "touchMove" if i else "touchStart"
            point = {"x": x, "y": y - 12 * i}
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    before = read(page)["state"]["points"]
    drag(*centre_of(page, 6))
    settle(page)
    assert read(page)["state"]["points"][6][1] > before[6][1] + 0.2
    assert page.evaluate("scrollY") == 0
    points = read(page)["state"]["points"]
    x, y = centre_of(page, 6)
    drag(x - 150, y + 150)
    page.wait_for_function("scrollY > 0")
    assert read(page)["state"]["points"] == points


def test_a_click_beside_the_points_adds_one_of_the_picked_class(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions", picked=20)
    box = page.locator(".surface").bounding_box()
    page.mouse.click(box["x"] + 6, box["y"] + 6)
    settle(page)
    state = read(page)["state"]
    assert state["points"][30] == pytest.approx([-1, 1], abs=0.01)
    assert (state["classes"][30], state["picked"], len(state["points"])) == (2, 30, 31)
    page.mouse.click(*centre_of(page, 0))
    settle(page)
    state = read(page)["state"]
    assert (state["picked"], len(state["points"])) == (0, 31)


def test_the_keyboard_picks_adds_relabels_and_deletes(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions")
    start = read(page)["state"]
    handle(page, "picked").press("End")
    settle(page)
    assert read(page)["state"]["picked"] == 29
    assert handle(page, "picked").get_attribute("aria-valuetext") == "point 30 of 30, fox"

    button(page, "Add a point beside the picked one").press("Enter")
    settle(page)
    seen = read(page)
    assert (len(seen["state"]["points"]), seen["state"]["picked"]) == (31, 30)
    assert seen["state"]["classes"][30] == 2
    assert seen["state"]["points"][30] != start["points"][29]

    dog = button(page, "Label the picked point dog")
    assert dog.get_attribute("aria-pressed") == "false"
    dog.press(" ")
    settle(page)
    assert dog.get_attribute("aria-pressed") == "true"
    seen = read(page)
    assert seen["state"]["classes"] == [*start["classes"], 1]
    np.testing.assert_allclose(seen["quantities"]["logit_gradient"], [1 / 3, -2 / 3, 1 / 3])

    handle(page, "x").press("Delete")
    settle(page)
    assert read(page)["state"]["points"] == start["points"]
    assert read(page)["state"]["picked"] == 29
    handle(page, "picked").press("Home")
    button(page, "Delete the picked point").press("Enter")
    settle(page)
    seen = read(page)
    assert seen["state"]["points"] == start["points"][1:]
    assert seen["state"]["classes"] == start["classes"][1:]
    assert seen["state"]["picked"] == 0
    assert_agrees(seen, reference)


def test_the_last_point_stays(explorable: OpenPage) -> None:
    page = explorable("DecisionRegions", points=[[0.9, 0.9]], classes=[1], picked=0)
    delete = button(page, "Delete the picked point")
    assert delete.get_attribute("aria-disabled") == "true"
    delete.click(force=True)
    handle(page, "x").press("Delete")
    settle(page)
    seen = read(page)
    assert seen["state"]["points"] == [[0.9, 0.9]]
    assert "The last point stays" in seen["text"]
    button(page, "Step").click()
    settle(page)
    # Of the two classes without points neither wins over the other.
    assert "cat = ■ fox" in read(page)["text"]
    assert_agrees(read(page), reference)


def test_there_are_five_hundred_points_at_most(explorable: OpenPage) -> None:
    points = np.random.default_rng(0).uniform(-0.9, 0.9, size=(500, 2)).round(2)
    page = explorable("DecisionRegions", points=points, classes=[i % 3 for i in range(500)])
    button(page, "Add a point beside the picked one").click(force=True)
    settle(page)
    assert len(read(page)["state"]["points"]) == 500
    assert_agrees(read(page), reference)


# ---- What is refused ----

BAD = [
    ({"points": []}, "points is empty"),
    ({"points": [[0, 0]] * 501, "classes": [0] * 501}, "points has 501 entries; 500"),
    ({"points": [[0, 0], [1.5, 0], [0, 0]]}, r"the x of points\[1\] is 1.5; .* at most 1"),
    ({"points": [[0, 0, 0]]}, r"points\[0\] has 3 entries; it must have 2: x, y"),
    ({"points": [["a", 0]]}, r"the x of points\[0\] is 'a'; it must be a number"),
    ({"points": 3}, "points is 3; it must be a list"),
    ({"points": [[0, 0]]}, "classes has 3 entries and points has 1"),
    ({"classes": [0, 1]}, "classes has 2 entries and points has 3"),
    ({"classes": [0, 1, 3]}, r"classes\[2\] is 3; it must be 0, 1 or 2"),
    ({"classes": [0, 1, 0.5]}, r"classes\[2\] is 0.5; it must be 0, 1 or 2"),
    ({"labels": ["a", "b"]}, "labels has 2 entries; it must have 3"),
    ({"labels": ["a", "b", 3]}, r"labels\[2\] is 3; it must be a text"),
    ({"weights": [[0, 0, 0]] * 2}, "weights has 2 entries; it must have 3"),
    ({"weights": [[0, 0, 0], [0, 0, 1e4], [0, 0, 0]]}, r"weights\[1\]\[2\] is 10000"),
    ({"weights": [[0, 0], [0, 0, 0], [0, 0, 0]]}, r"weights\[0\] has 2 entries; it must have 3"),
    ({"steps": -1}, "steps is -1; it must be a whole number from 0 to 1,000,000"),
    ({"steps": 1.5}, "steps is 1.5"),
    ({"steps": 1_000_001}, "steps is 1000001"),
    ({"picked": 3}, "picked is 3; with 3 points it must be 2 at most"),
    ({"picked": -1}, "picked is -1"),
]
SMALL = {"points": [[0.0, 0.5], [-0.5, 0.0], [0.5, 0.0]], "classes": [0, 1, 2], "picked": 0}


@pytest.mark.parametrize(("change", "message"), BAD)
def test_a_bad_state_is_refused_with_the_reason(change: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=message):
        DecisionRegions(**{**SMALL, **change})


def set_together(regions: DecisionRegions, traits: dict[str, Any]) -> None:
    with regions.hold_trait_notifications():
        for name, value in traits.items():
            setattr(regions, name, value)


def test_more_points_are_set_all_at_once() -> None:
    regions = DecisionRegions(**SMALL)
    set_together(regions, {"points": [*SMALL["points"], [0, 0]], "classes": [0, 1, 2, 2]})
    assert len(regions.points) == len(regions.classes) == 4
    regions.picked = 3
    fewer = {"points": SMALL["points"], "classes": [0, 1, 2]}
    with pytest.raises(traitlets.TraitError, match="picked is 3; with 3 points"):
        set_together(regions, fewer)


def test_presets_fit_in_a_link() -> None:
    assert len(json.dumps(PRESETS)) < 10_000


def test_the_static_picture_looks_ahead() -> None:
    alt = described(DecisionRegions())
    assert "After 0 steps all classes tie everywhere, and the loss is 1.0986 nats" in alt
    assert "after 500 more 100.0 % lie on their own side" in alt
