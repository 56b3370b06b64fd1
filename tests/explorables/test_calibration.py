"""Calibration in a browser, and its traits."""

from __future__ import annotations

import functools
import json
from typing import Any

import numpy as np
import pytest
import traitlets
from scipy.optimize import minimize_scalar, root_scalar

import crossentropy as ce
from crossentropy.widgets import Calibration, calibration
from crossentropy.widgets._drawing import engine
from explorables.browser import (
    OpenPage,
    assert_agrees,
    described,
    read,
    settle,
    take_preset,
)

ALL_RIGHT: dict[str, Any] = {"logits": [[2, 0], [0, 1]], "classes": [0, 1], "labels": ["a", "b"]}
ALL_WRONG: dict[str, Any] = {**ALL_RIGHT, "classes": [1, 0]}


@np.errstate(over="ignore")
def reference(state: dict[str, Any]) -> dict[str, Any]:
    temperature, n = state["temperature"], len(state["classes"])
    logits, classes = np.array(state["logits"], dtype=float), np.array(state["classes"])
    # Shifting first keeps the digits of a temperature near 0.
    shifted = logits - logits.max(axis=1, keepdims=True)
    scaled = shifted / temperature
    right = logits.argmax(axis=1) == classes
    q = ce.softmax(scaled)
    surprise = -ce.log_softmax(scaled)[np.arange(n), classes]
    confidences = q.max(axis=1)
    best = best_temperature(tuple(map(tuple, state["logits"])), tuple(state["classes"]))
    gaps = -shifted[np.arange(n), classes]
    worst = gaps.argmax()
    mistake = [] if right.all() else [q[worst, logits[worst].argmax()], q[worst, classes[worst]]]
    return {
        "nll": ce.softmax_cross_entropy(scaled, classes),
        "mean_logsumexp": ce.logsumexp(scaled).mean(),
        "mean_gap": gaps.mean(),
        "surprise_of_right": surprise[right].mean() if right.any() else 0,
        "surprise_of_wrong": surprise[~right].mean() if not right.all() else 0,
        "best_temperature": best,
        "best_nll": ce.softmax_cross_entropy(shifted / max(best, 1e-300), classes),
        "accuracy": right.mean(),
        "mean_confidence": confidences.mean(),
        "overconfidence": confidences.mean() - right.mean(),
        "worst_mistake": mistake,
        **in_bins(confidences, right, state["bins"]),
    }


def in_bins(confidences: np.ndarray, right: np.ndarray, bins: int) -> dict[str, Any]:
    # As many inner edges as lie below a confidence: the number of its bin.
    edges = (np.arange(1, bins) + 1e-12) / bins
    index = (confidences[:, np.newaxis] > edges).sum(axis=1)
    members = [index == b for b in range(bins)]
    accuracy = [right[one].mean() if one.any() else 0 for one in members]
    confidence = [confidences[one].mean() if one.any() else 0 for one in members]
    weights = np.mean(members, axis=1)
    return {
        "bin_counts": [one.sum() for one in members],
        "bin_accuracy": accuracy,
        "bin_confidence": confidence,
        "ece": weights @ np.abs(np.subtract(accuracy, confidence)),
    }


@functools.cache
def best_temperature(rows: tuple[tuple[float, ...], ...], classes: tuple[int, ...]) -> float:
    """Where the logits expected under q have the mean of those of the true classes."""
    logits = np.array(rows, dtype=float)
    true = logits[np.arange(len(logits)), list(classes)].mean()

    def excess(beta: float) -> float:
        return float((ce.softmax(beta * logits) * logits).sum(axis=1).mean() - true)

    if excess(0) >= 0:
        return np.inf
    if true == logits.max(axis=1).mean():
        return 0.0
    end = 1.0
    while excess(end) < 0:
        end *= 2
    return 1 / float(root_scalar(excess, bracket=[0, end], method="toms748", xtol=1e-15).root)


def at(page: Any, **state: Any) -> dict[str, Any]:
    page.evaluate("s => document.querySelector('figure').explorable.adopt(s)", state)
    settle(page)
    return read(page)


def default() -> tuple[np.ndarray, np.ndarray]:
    widget = Calibration()
    return np.array(widget.logits), np.array(widget.classes)


# ---- What makes it true ----


def test_the_accuracy_stands_still_and_the_answers_too(explorable: OpenPage) -> None:
    page = explorable("Calibration")
    logits, _ = default()
    accuracies, confidences, shown = set(), [], set()
    for temperature in np.geomspace(0.1, 10, 9):
        seen = at(page, temperature=temperature)
        accuracies.add(seen["quantities"]["accuracy"])
        confidences.append(seen["quantities"]["mean_confidence"])
        shown.add(page.locator('[data-quantity="accuracy"]').inner_text())
        answers = ce.softmax(logits / temperature).argmax(axis=1)
        np.testing.assert_array_equal(answers, logits.argmax(axis=1))
    assert len(accuracies) == len(shown) == 1
    assert confidences == sorted(confidences, reverse=True)
    assert confidences[0] > 0.9 > 0.6 > confidences[-1]


def test_the_best_temperature_is_scipys(explorable: OpenPage) -> None:
    seen = read(explorable("Calibration"))["quantities"]
    logits, classes = default()
    found = minimize_scalar(
        lambda log: ce.softmax_cross_entropy(logits / np.exp(log), classes),
        bracket=(-1, 1),
        options={"xtol": 1e-9},
    )
    assert seen["best_temperature"] == pytest.approx(np.exp(found.x), rel=1e-6)
    assert seen["best_nll"] == pytest.approx(found.fun, rel=1e-12)


def test_the_slope_is_zero_at_the_bottom_of_the_valley(explorable: OpenPage) -> None:
    page = explorable("Calibration")
    best = read(page)["quantities"]["best_temperature"]
    logits, classes = default()
    _, gradient = ce.softmax_cross_entropy(logits / best, classes, return_grad=True)
    assert abs((gradient * logits).sum()) < 1e-12
    bottom = at(page, temperature=best)["quantities"]["nll"]
    assert bottom == read(page)["quantities"]["best_nll"]
    for temperature in (1, 0.99 * best, 1.01 * best, *np.geomspace(0.1, 10, 7)):
        assert at(page, temperature=temperature)["quantities"]["nll"] > bottom


def test_hot_is_guessing_and_cold_is_the_gap(explorable: OpenPage) -> None:
    page = explorable("Calibration")
    hot = at(page, temperature=1e9)["quantities"]
    assert hot["nll"] == pytest.approx(np.log(3), rel=1e-8)
    assert hot["mean_confidence"] == pytest.approx(1 / 3, rel=1e-7)
    cold = at(page, temperature=1e-6)["quantities"]
    assert cold["nll"] * 1e-6 == pytest.approx(cold["mean_gap"], rel=1e-12)
    assert cold["mean_confidence"] == 1


def test_the_ece_is_at_least_the_overconfidence(explorable: OpenPage) -> None:
    page = explorable("Calibration")
    for temperature in np.geomspace(0.1, 10, 9):
        for bins in (2, 7, 20):
            seen = at(page, temperature=temperature, bins=bins)["quantities"]
            assert seen["ece"] >= abs(seen["overconfidence"]) - 1e-15
            assert sum(seen["bin_counts"]) == 300
    # Where every bin is over-confident they are the same.
    one_sided = at(page, **ALL_WRONG, temperature=1)["quantities"]
    assert one_sided["ece"] == pytest.approx(one_sided["overconfidence"], rel=1e-14)


@pytest.mark.parametrize("temperature", [5e-324, 1e-300, 0.001, 0.02, 1000.0, 1e12, 1e300])
def test_no_temperature_is_too_extreme(temperature: float, explorable: OpenPage) -> None:
    page = explorable("Calibration", temperature=temperature)
    seen = read(page)
    assert_agrees(seen, reference)
    assert len(set(seen["ledger"])) == 1
    assert "NaN" not in seen["text"]
    assert "NaN" not in page.locator("figure").inner_html()


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_it_agrees_on_other_data(classes: int, explorable: OpenPage) -> None:
    rng = np.random.default_rng(classes)
    page = explorable("Calibration")
    for scale in (1e-3, 1.0, 30.0, 1e5):
        logits = scale * rng.standard_normal((40, classes))
        true = (logits / scale + rng.gumbel(size=logits.shape)).argmax(axis=1)
        state = {
            "logits": logits.tolist(),
            "classes": true.tolist(),
            "labels": [str(k) for k in range(classes)],
        }
        for temperature in (0.3, 1, 4):
            seen = at(page, **state, temperature=temperature * scale, bins=7)
            assert 0 < seen["quantities"]["best_temperature"] < np.inf
            assert_agrees(seen, reference)
            assert len(set(seen["ledger"])) == 1


@pytest.mark.parametrize(
    ("row", "bins", "expected"),
    [
        ([0, 0], 10, 4),  # 1/2 belongs to (0.4, 0.5]
        ([0, 0, -1000], 4, 1),
        ([0, 0, 0], 3, 0),  # 1/3
        ([0, 0, 0], 6, 1),
        ([0, 0, 0], 9, 2),
        ([0] * 5, 5, 0),
        ([0] * 7, 14, 1),
        ([1000, 0], 10, 9),  # 1
        ([40, 0, 0], 2, 1),
        (np.log([0.5, 0.2, 0.3]).tolist(), 10, 4),  # 1/2 again, and rounding makes it more
        (np.log([0.45, 0.36, 0.19]).tolist(), 20, 8),
    ],
)
def test_a_confidence_at_an_edge_belongs_to_the_bin_below(
    row: list[float], bins: int, expected: int, explorable: OpenPage
) -> None:
    widget = {"logits": [row], "classes": [0], "labels": [str(k) for k in range(len(row))]}
    seen = read(explorable("Calibration", **widget, bins=bins))
    assert seen["quantities"]["bin_counts"] == [float(b == expected) for b in range(bins)]
    assert_agrees(seen, reference)


def test_a_probability_too_small_for_a_float_costs_its_logits(explorable: OpenPage) -> None:
    # −log q of the last class is 1000 + log 2.
    page = explorable("Calibration", logits=[[0, 0, -1000], [0, 1, 0]], classes=[2, 1])
    seen = read(page)
    assert seen["quantities"]["surprise_of_wrong"] == pytest.approx(1000 + np.log(2), rel=1e-14)
    assert_agrees(seen, reference)
    assert len(set(seen["ledger"])) == 1


def test_a_tie_goes_to_the_first_class(explorable: OpenPage) -> None:
    tie = {"logits": [[1, 1, 0]] * 2, "classes": [0, 1]}
    seen = read(explorable("Calibration", **tie))
    assert seen["quantities"]["accuracy"] == 0.5
    assert_agrees(seen, reference)


# ---- The picture ----


def test_an_empty_bin_draws_no_dot(explorable: OpenPage) -> None:
    page = explorable("Calibration")
    for temperature in (0.3, 1, 5):
        filled = np.count_nonzero(at(page, temperature=temperature)["quantities"]["bin_counts"])
        assert page.locator("path.dot.binned").get_attribute("d").count("M") == filled < 10


@pytest.mark.parametrize(("state", "over", "under"), [(ALL_WRONG, 2, 0), (ALL_RIGHT, 0, 2)])
def test_the_gap_says_which_way(
    state: dict[str, Any], over: int, under: int, explorable: OpenPage
) -> None:
    page = explorable("Calibration", **state)
    gaps = page.locator(".stage > svg > path.gap").all()
    assert [gap.get_attribute("d").count("M") for gap in gaps] == [over, under]


def test_a_dot_stands_at_its_confidence_and_accuracy(explorable: OpenPage) -> None:
    # One bin, with a confidence of 3/4 and an accuracy of 1/2.
    rows = [[np.log(3), 0.0]] * 2
    page = explorable("Calibration", logits=rows, classes=[0, 1], labels=["a", "b"])
    square, dot = (
        page.locator(mark).evaluate(
            "m => { const b = m.getBBox(); return [b.x, b.y, b.width, b.height]; }"
        )
        for mark in (".diagonal", ".dot.binned")
    )
    (left, top, size, _), (x, y, width, height) = square, dot
    assert (x + width / 2 - left) / size == pytest.approx(3 / 4, abs=1e-3)
    assert (top + size - y - height / 2) / size == pytest.approx(1 / 2, abs=1e-3)


def test_fit_goes_to_the_bottom_of_the_valley(explorable: OpenPage) -> None:
    page = explorable("Calibration")
    page.get_by_role("button", name="Fit T").click()
    settle(page)
    seen = read(page)
    assert seen["state"]["temperature"] == 2.42
    assert seen["quantities"]["best_temperature"] == pytest.approx(2.42, abs=0.005)
    assert page.locator(".status").inner_text() == ""


@pytest.mark.parametrize(("state", "said"), [(ALL_RIGHT, "T* = 0"), (ALL_WRONG, "T* = ∞")])
def test_fit_says_where_no_temperature_is_best(
    state: dict[str, Any], said: str, explorable: OpenPage
) -> None:
    page = explorable("Calibration", **state)
    assert_agrees(read(page), reference)
    page.get_by_role("button", name="Fit T").click()
    settle(page)
    assert read(page)["state"]["temperature"] == 1
    assert page.locator(".status").inner_text().startswith(said)


def test_a_preset_keeps_the_data(explorable: OpenPage) -> None:
    page = explorable("Calibration", **ALL_WRONG)
    take_preset(page, "Fitted, 20 bins")
    settle(page)
    state = read(page)["state"]
    assert state["logits"] == ALL_WRONG["logits"]
    assert (state["bins"], state["temperature"]) == (20, 10)  # the end next to infinity


# ---- The traits ----


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"logits": [[0, np.nan, 1]]}, r"Calibration: logits\[0\]\[1\] is nan; it must be finite"),
        ({"logits": [[0, 1, 1e7]]}, r"logits\[0\]\[2\] is 10000000.0; .* at most 1,000,000"),
        ({"logits": [[1], [2]]}, r"logits\[0\] has 1 entries; two are the least"),
        ({"logits": np.zeros((5001, 3))}, "logits has 5001 entries; 5000 are the most"),
        ({"logits": [1, 2, 3]}, r"logits\[0\] is 1; it must be a list"),
        ({"logits": [[1, 2], [3]]}, r"logits\[1\] has 1 entries; two are the least"),
        ({"logits": [[0, 1, 2], *[[1, 2]] * 299]}, r"logits\[1\] has 2 entries and labels has 3"),
        ({"logits": []}, "logits is empty"),
        ({"classes": [0, 1, 2]}, "classes has 3 entries and logits has 300"),
        ({"classes": [0.5] * 300}, r"classes\[0\] is 0.5; it must be a whole number"),
        ({"classes": [0] * 299 + [3]}, r"classes\[299\] is 3; with 3 labels it must be 2 at most"),
        ({"classes": [-1] * 300}, r"classes\[0\] is -1"),
        ({"classes": 3}, "classes is 3; it must be a list"),
        ({"labels": ["a", "b"]}, r"logits\[0\] has 3 entries and labels has 2"),
        ({"temperature": 0}, "temperature is 0; it must be above 0"),
        ({"temperature": np.inf}, "temperature is inf"),
        ({"bins": 1}, "bins is 1; it must be a whole number from 2 to 20"),
        ({"bins": 2.5}, "bins"),
    ],
)
def test_a_bad_state_is_refused_with_the_reason(state: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=message):
        Calibration(**state)


def test_a_refused_change_leaves_the_state() -> None:
    widget = Calibration()
    with pytest.raises(traitlets.TraitError, match="hold_trait_notifications"):
        widget.classes = [0]
    assert len(widget.classes) == 300


def test_other_data_bring_their_own_names_and_presets() -> None:
    rng = np.random.default_rng(3)
    logits = 2 * rng.standard_normal((500, 4))
    classes = (logits / 3 + rng.gumbel(size=logits.shape)).argmax(axis=1)
    widget = Calibration(logits=logits, classes=classes)
    assert widget.labels == ["class 0", "class 1", "class 2", "class 3"]
    assert widget.presets["Fitted"]["temperature"] == pytest.approx(3, rel=0.25)
    assert Calibration().presets["Fitted"]["temperature"] == 2.42


def test_the_data_changes_all_at_once() -> None:
    widget = Calibration()
    with widget.hold_trait_notifications():
        widget.logits, widget.classes, widget.labels = [[0, 1]], [1], ["a", "b"]
    assert widget.logits == ((0.0, 1.0),)


def test_the_default_model_is_trained_overfits_and_is_the_same_each_time() -> None:
    logits, classes = default()
    calibration._overfitted.cache_clear()
    again = calibration._overfitted()
    np.testing.assert_array_equal(again[0], logits)
    np.testing.assert_array_equal(again[1], classes)
    accuracy = (logits.argmax(axis=1) == classes).mean()
    confidence = ce.softmax(logits).max(axis=1).mean()
    # It has learned something, and is surer than it should be.
    assert 0.7 < accuracy < confidence - 0.1
    assert best_temperature(tuple(map(tuple, logits)), tuple(classes)) > 2


def test_a_page_carries_the_data_once() -> None:
    assert len(json.dumps(Calibration()._state(), ensure_ascii=False)) < 8000


@pytest.mark.parametrize(
    "state", [ALL_RIGHT, ALL_WRONG, {"temperature": 1e-300}, {"temperature": 1e9, "bins": 2}]
)
def test_the_static_picture_survives_every_state(state: dict[str, Any]) -> None:
    explorable = Calibration(**state)
    assert "nan" not in described(explorable).lower()
    for still in engine().stills(str(explorable._esm), explorable._state(), "wide", "still"):
        assert "<svg" in still.markup
        assert "NaN" not in still.markup
