"""MapPrior in a browser, and its traits in Python."""

from __future__ import annotations

import functools
import re
from typing import Any

import mpmath
import numpy as np
import pytest
import traitlets
from numpy.polynomial.legendre import legval, legvander
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, linprog, minimize
from scipy.special import expit
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression

import crossentropy as ce
from crossentropy.widgets import MapPrior
from explorables.browser import (
    OpenPage,
    assert_agrees,
    handle,
    read,
    settle,
    take_preset,
)

LOG2 = float(np.log(2))


def model_loss(x: Any, y: Any, weights: Any) -> Any:
    """Return the mean loss of labels, from logits of class 0 and class 1."""
    z = legval(np.array(x), np.array(weights))
    logits = np.stack([np.zeros_like(z), z], axis=-1)
    return ce.softmax_cross_entropy(logits, np.eye(2)[np.array(y)], reduction="mean")


def objective(x: Any, y: Any, weights: Any, width: float) -> Any:
    """Return what the MAP weights minimise, as the course defines it."""
    weights = np.array(weights)
    return model_loss(x, y, weights) + weights @ weights / (2 * len(x) * width**2)


def scipy_optimum(x: Any, y: Any, degree: int, width: float) -> OptimizeResult:
    features = legvander(np.array(x), degree)
    n = len(x)

    def gradient(w: NDArray[np.float64]) -> Any:
        return features.T @ (expit(features @ w) - np.array(y)) / n + w / (n * width**2)

    def hessian(w: NDArray[np.float64]) -> Any:
        q = expit(features @ w)
        return (features.T * (q * (1 - q))) @ features / n + np.eye(degree + 1) / (n * width**2)

    return minimize(
        lambda w: float(objective(x, y, w, width)),
        np.zeros(degree + 1),
        jac=gradient,
        hess=hessian,
        method="trust-exact",
        options={"gtol": 1e-9},
    )


@functools.cache
def map_weights(
    x: tuple[float, ...], y: tuple[int, ...], degree: int, width: float
) -> NDArray[np.float64]:
    """Return the MAP weights to the last digit: SciPy's optimum, refined in 40 digits."""
    start = scipy_optimum(x, y, degree, width).x
    with mpmath.workdps(40):
        rows = [[mpmath.legendre(k, mpmath.mpf(one)) for k in range(degree + 1)] for one in x]
        features = np.array(rows, dtype=float)
        precision = 1 / mpmath.mpf(width) ** 2
        weights = [mpmath.mpf(float(w)) for w in start]
        for _ in range(4):
            q = [1 / (1 + mpmath.exp(-mpmath.fdot(row, weights))) for row in rows]
            gradient = [
                mpmath.fsum((qi - yi) * row[k] for qi, yi, row in zip(q, y, rows, strict=True))
                + precision * weights[k]
                for k in range(degree + 1)
            ]
            slope = np.array([float(qi * (1 - qi)) for qi in q])
            hessian = (features.T * slope) @ features + float(precision) * np.eye(degree + 1)
            step = np.linalg.solve(hessian, np.array([float(g) for g in gradient]))
            weights = [w - mpmath.mpf(float(s)) for w, s in zip(weights, step, strict=True)]
        return np.array([float(w) for w in weights])


def reference(state: dict[str, Any]) -> dict[str, Any]:
    x, y, width = state["x"], state["y"], state["width"]
    weights = map_weights(tuple(x), tuple(y), state["degree"], width)
    z = legval(np.array(x), weights)
    log_likelihood = ce.log_likelihood(y, ce.softmax(np.stack([0 * z, z], axis=-1)))
    return {
        "nll": model_loss(x, y, weights),
        "held_out": model_loss(state["x_held_out"], state["y_held_out"], weights),
        "lambda": 0.5 / (len(x) * width**2),
        "penalty": np.sum((weights / width) ** 2) / 2 / len(x),
        "objective": objective(x, y, weights, width),
        "norm": np.linalg.norm(weights),
        "log_likelihood": log_likelihood,
        "log_prior": norm.logpdf(weights, scale=width).sum(),
        "log_prior_at_zero": norm.logpdf(np.zeros(len(weights)), scale=width).sum(),
        "weights": weights,
    }


WIDTHS = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0]

# Labels that a threshold separates: without a prior there is no best weight.
SEPARATED = {
    "x": np.linspace(-1, 1, 200).round(3).tolist(),
    "y": [0] * 100 + [1] * 100,
    "x_held_out": [-1.0, 1.0],
    "y_held_out": [1, 0],
}


def sweep(page: Any, **state: Any) -> list[dict[str, Any]]:
    """Return what is seen at each width."""
    seen = []
    for width in WIDTHS:
        adopt(page, {**state, "width": width})
        seen.append(read(page))
    return seen


def adopt(page: Any, state: dict[str, Any]) -> None:
    page.evaluate("state => document.querySelector('figure').explorable.adopt(state)", state)
    settle(page)


@pytest.mark.parametrize("degree", [1, 6, 9])
def test_the_fit_is_the_optimum_that_scipy_and_scikit_learn_find(
    degree: int, explorable: OpenPage
) -> None:
    page = explorable("MapPrior", degree=degree)
    for seen in sweep(page):
        state, found = seen["state"], seen["quantities"]
        x, y, width = state["x"], state["y"], state["width"]
        theirs = scipy_optimum(x, y, degree, width)
        np.testing.assert_allclose(found["weights"], theirs.x, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(found["objective"], theirs.fun, atol=1e-10)
        learn = LogisticRegression(
            C=width**2, fit_intercept=False, solver="newton-cholesky", tol=1e-12, max_iter=500
        ).fit(legvander(np.array(x), degree), y)
        np.testing.assert_allclose(found["weights"], learn.coef_[0], rtol=1e-6, atol=1e-6)


def test_a_wider_prior_lowers_the_training_loss_and_lets_the_weights_grow(
    explorable: OpenPage,
) -> None:
    page = explorable("MapPrior")
    for state in ({"degree": 6}, {"degree": 9}, SEPARATED):
        numbers = [seen["quantities"] for seen in sweep(page, **state)]
        assert (np.diff([one["nll"] for one in numbers]) < 0).all()
        assert (np.diff([one["norm"] for one in numbers]) > 0).all()


def test_the_penalty_is_added(explorable: OpenPage) -> None:
    page = explorable("MapPrior", width=1.0)
    seen = read(page)
    state, found = seen["state"], seen["quantities"]
    assert found["penalty"] > 0.01
    assert found["objective"] == found["nll"] + found["penalty"]
    # Every step away from the weights costs more; with the other sign it would pay to leave.
    rng = np.random.default_rng(1)
    for step in rng.normal(size=(50, 7)):
        away = objective(state["x"], state["y"], found["weights"] + step, 1.0)
        assert away > found["objective"]


def test_the_objective_is_minus_the_log_posterior_up_to_a_constant(explorable: OpenPage) -> None:
    page = explorable("MapPrior")
    for seen in sweep(page):
        found, width, n = seen["quantities"], seen["state"]["width"], 16
        constant = 7 / n * np.log(width * np.sqrt(2 * np.pi))
        posterior = (found["log_likelihood"] + found["log_prior"]) / n
        np.testing.assert_allclose(-posterior - constant, found["objective"], rtol=1e-12)
        assert len(set(seen["ledger"])) == 1
        assert seen["ledger"][0] == f"{found['objective']:.4f}"


def worked_out(expression: str) -> float:
    """Return what a line of the ledger comes to, by hand."""
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    text = re.sub(r" × 10([⁻⁰¹²³⁴-⁹]+)", lambda m: f"e{m[1].translate(digits)}", expression)
    text = text.translate(str.maketrans("−·[]", "-*()")).replace("²", "**2")
    return eval(text.replace(") log (", ") * log("), {"log": np.log})


def test_the_ledgers_lines_work_out(explorable: OpenPage) -> None:
    page = explorable("MapPrior")
    for width in WIDTHS:
        adopt(page, {"width": width})
        expected = float(read(page)["ledger"][0])
        lines = page.locator(".ledger td:nth-child(2)").all_inner_texts()
        assert len(lines) == 3
        for line in lines:  # of rounded numbers
            assert worked_out(line) == pytest.approx(expected, abs=2e-4), line


def test_a_prior_of_no_width_leaves_a_coin(explorable: OpenPage) -> None:
    page = explorable("MapPrior", width=0.01)
    found = read(page)["quantities"]
    assert max(map(abs, found["weights"])) < 1e-3
    assert found["nll"] == pytest.approx(LOG2, abs=1e-4)
    assert found["held_out"] == pytest.approx(LOG2, abs=1e-4)


def test_separated_labels_have_a_best_fit_at_every_width(explorable: OpenPage) -> None:
    page = explorable("MapPrior")
    for degree in (1, 9):
        for seen in sweep(page, **SEPARATED, degree=degree):
            assert_agrees(seen, reference)
            assert "NaN" not in seen["text"]


def test_the_fit_forgets_where_it_came_from(explorable: OpenPage) -> None:
    page = explorable("MapPrior", width=100.0)
    before = read(page)["quantities"]
    for width in (0.01, 3.0, 100.0):
        adopt(page, {"width": width})
    assert read(page)["quantities"] == before


def test_two_labels_are_enough(explorable: OpenPage) -> None:
    page = explorable("MapPrior", x=[0.5, 0.5], y=[0, 1], degree=9)
    seen = read(page)
    assert_agrees(seen, reference)
    assert seen["quantities"]["nll"] == pytest.approx(LOG2)


CURVE = """name => {
  const path = document.querySelector(`figure .curve.${name}`);
  const box = path.ownerSVGElement;
  const [left, top, width, height] = ['x', 'y', 'width', 'height']
    .map(one => Number(box.getAttribute(one)));
  return path.getAttribute('d').slice(1).split(' L').map(pair => {
    const [x, y] = pair.split(',').map(Number);
    return [10 ** (4 * (x - left) / width - 2), 1.5 * (top + height - y) / height];
  });
}"""


@pytest.mark.parametrize("preset", ["Hardly any prior", "A straight line", "More data"])
def test_the_curves_are_the_losses_over_the_width(preset: str, explorable: OpenPage) -> None:
    page = explorable("MapPrior")
    take_preset(page, preset)
    adopt(page, {"width": 0.01})
    state = read(page)["state"]
    for name in ("nll", "held_out"):
        drawn = page.evaluate(CURVE, name)
        assert len(drawn) == 41
        assert drawn[0][0] == pytest.approx(0.01, rel=1e-3)
        assert drawn[-1][0] == pytest.approx(100, rel=1e-3)
        for i in range(0, 41, 4):
            exact = reference({**state, "width": 10 ** (i / 10 - 2)})
            # A hundredth of a pixel.
            assert drawn[i][1] == pytest.approx(exact[name], abs=2e-4)


def test_the_curves_begin_where_the_reader_is(explorable: OpenPage) -> None:
    """The picture asks for the valley, and shows none before it is found."""
    page = explorable("MapPrior")
    for width, others in ((30.0, 6), (2.0, 17), (100.0, 0)):
        adopt(page, {"width": width})
        for name in ("nll", "held_out"):
            drawn = page.evaluate(CURVE, name)
            assert len(drawn) == others + 1
            now = pytest.approx((width, read(page)["quantities"][name]), rel=1e-3)
            assert tuple(drawn[0]) == now


def test_the_curves_follow_the_degree_and_the_data(explorable: OpenPage) -> None:
    page = explorable("MapPrior")
    ends = [page.evaluate(CURVE, "held_out")[-1][1]]
    page.get_by_role("radio", name="weights").click()
    settle(page)
    handle(page, "degree").press("Home")
    settle(page)
    ends.append(page.evaluate(CURVE, "held_out")[-1][1])
    page.get_by_role("button", name="Reset").click()
    settle(page)
    assert page.evaluate(CURVE, "held_out")[-1][1] == ends[0]
    adopt(page, {"x_held_out": [0.1, 0.2], "y_held_out": [0, 0]})
    ends.append(page.evaluate(CURVE, "held_out")[-1][1])
    assert len(set(ends)) == 3


def test_the_marks_stand_on_the_curves(explorable: OpenPage) -> None:
    page = explorable("MapPrior", width=10.0)
    marks = page.eval_on_selector_all(
        "figure [transform].dot:not(.role-p), figure [transform].ring:not(.role-p)",
        "all => all.map(one => one.getAttribute('transform'))",
    )
    window = page.evaluate(
        """() => { const box = document.querySelector('figure .curve.nll').ownerSVGElement;
                   return ['y', 'height'].map(one => Number(box.getAttribute(one))); }"""
    )
    found = read(page)["quantities"]
    levels = [
        1.5 * (sum(window) - float(re.findall(r"[\d.]+", one)[1])) / window[1] for one in marks
    ]
    assert levels == pytest.approx([found["nll"], found["held_out"]], abs=2e-4)


def test_what_leaves_its_panel_points_to_where_it_is(explorable: OpenPage) -> None:
    page = explorable("MapPrior", degree=9, width=100.0, view="weights")
    found = read(page)["quantities"]
    assert found["held_out"] > 1.5
    assert max(map(abs, found["weights"])) > 9
    triangle = re.compile(r"L7,-?6 H-7 Z$")
    assert triangle.search(page.locator(".ring[transform]").get_attribute("d"))
    heads = [one.get_attribute("d") for one in page.locator(".head").all()]
    assert [bool(triangle.search(one)) for one in heads] == [
        abs(weight) > 9 for weight in found["weights"]
    ]


def test_no_line_strikes_the_width_and_held_out_labels_stand_apart(explorable: OpenPage) -> None:
    page = explorable("MapPrior")
    for size in (1366, 390):
        page.set_viewport_size({"width": size, "height": 900})
        settle(page)
        text = page.get_by_text("prior of the weights: σ = 30", exact=True).bounding_box()
        now = page.locator('[data-mark="x-log-width x=width"].rule').bounding_box()
        assert now["y"] + now["height"] <= text["y"] + 4  # its letters begin lower
        # Both kinds of labels are one path each: its top is a held-out label above y = 1.
        held_out = page.locator('[data-mark="x-fit y-fit points=held_out_labels"]')
        radius = float(re.search(r" a([\d.]+)", held_out.get_attribute("d"))[1])
        rings = held_out.bounding_box()
        dots = page.locator('[data-mark="x-fit y-fit points=training"]').bounding_box()
        ring = 2 * radius + 1.75
        assert rings["y"] + ring < dots["y"] - 5
        assert rings["y"] + rings["height"] - ring > dots["y"] + dots["height"] + 5


def test_a_coin_is_named_until_the_line_of_the_width_would_strike_it(explorable: OpenPage) -> None:
    page = explorable("MapPrior")
    assert page.get_by_text("a coin", exact=True).is_visible()
    take_preset(page, "A stubborn prior")
    assert page.get_by_text("a coin", exact=True).count() == 0


def test_the_truth_need_not_be_known(explorable: OpenPage) -> None:
    page = explorable("MapPrior", truth=[])
    assert page.locator(".curve.role-p").get_attribute("d") == ""
    assert not page.get_by_text("truth").first.is_visible()
    page = explorable("MapPrior", truth=[], view="weights")
    assert {one.get_attribute("d") for one in page.locator(".true-weight").all()} == {""}
    assert not page.get_by_text("truth").first.is_visible()


def test_no_polynomial_of_the_default_degree_separates_the_default_labels() -> None:
    prior = MapPrior()
    signs = 2 * np.array(prior.y) - 1
    separable = {}
    for degree in (6, 7):
        margins = signs[:, np.newaxis] * legvander(np.array(prior.x), degree)
        # The largest total margin among weights that put no label on the wrong side: 0 means none.
        best = linprog(-margins.sum(axis=0), A_ub=-margins, b_ub=np.zeros(16), bounds=(-1, 1))
        separable[degree] = -best.fun > 1e-9
    assert separable == {6: False, 7: True}


def test_the_data_stay_the_same() -> None:
    prior = MapPrior()
    assert prior.x[:4] == (-0.57, 0.28, 0.25, 0.45)
    assert prior.y == (0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1, 1)
    more = prior.presets["More data"]
    assert tuple(more["x"][:16]) == prior.x
    assert len(more["x"]) == len(more["y"]) == 64
    assert len(prior.x_held_out) == len(prior.y_held_out) == 40
    assert sum(prior.y_held_out) == 15


def test_the_presets_show_what_they_are_named_for() -> None:
    presets = MapPrior().presets
    seen = {name: reference(state) for name, state in presets.items()}
    few = [seen[name] for name in ("Hardly any prior", "About right", "A stubborn prior")]
    training, held_out = ([one[name] for one in few] for name in ("nll", "held_out"))
    assert training == sorted(training)
    # Without a prior the model is worse on new labels than a coin, with a good one better.
    assert held_out[1] < 0.5 < LOG2 - 0.001 < held_out[2] < LOG2 < 1 < held_out[0]
    near = [reference({**presets["About right"], "width": width}) for width in (2.5, 3.0)]
    assert all(held_out[1] < one["held_out"] for one in near)
    # With four times the labels there is no valley to lose.
    assert seen["More data"]["held_out"] < 0.4
    line = reference({**presets["A straight line"], "width": 2.0})
    assert abs(line["held_out"] - seen["A straight line"]["held_out"]) < 0.02


GOOD: dict[str, Any] = {"x": [0.0, 0.5], "y": [0, 1]}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (
            {**GOOD, "x": [0.0, 1.5]},
            r"MapPrior: x\[1\] is 1.5; it must be at least -1",
        ),
        ({**GOOD, "x": [0.0, np.nan]}, r"MapPrior: x\[1\] is nan; it must be finite"),
        ({**GOOD, "x": [0.0]}, "MapPrior: x has 1 entries; two are the least"),
        ({**GOOD, "x": []}, "MapPrior: x is empty"),
        ({**GOOD, "x": [0.0] * 201}, "MapPrior: x has 201 entries; 200 are the most"),
        ({**GOOD, "x": [0.0, 0.1, 0.2]}, "has 3 entries and y has 2|has 2 entries and x has 3"),
        ({**GOOD, "y": [0, 2]}, r"MapPrior: y\[1\] is 2; it must be 0 or 1"),
        ({**GOOD, "y": [0, 0.5]}, r"MapPrior: y\[1\] is 0.5; it must be 0 or 1"),
        ({**GOOD, "y": 1}, "y is 1; it must be a list"),
        ({**GOOD, "y": [[0, 1], [1, 0]]}, r"y\[0\] is \[0, 1\]; it must be 0 or 1"),
        (
            {"x_held_out": [0.0, -2.0]},
            r"x_held_out\[1\] is -2.0; it must be at least -1",
        ),
        ({"y_held_out": ["0", "1"]}, r"y_held_out\[0\] is '0'; it must be 0 or 1"),
        ({"x_held_out": [0.0, 0.1]}, "y_held_out has 40 entries and x_held_out has 2"),
        ({"truth": [1.0]}, "truth has 1 entries; two are the least"),
        ({"truth": [1.0] * 11}, "truth has 11 entries; 10 are the most"),
        ({"truth": [0.0, 101.0]}, r"truth\[1\] is 101.0; it must be at least -100 and at most 100"),
        ({"degree": 0}, "degree is 0; it must be a whole number from 1 to 9"),
        ({"degree": 10}, "degree"),
        ({"degree": 2.5}, "degree"),
        ({"width": 0.0}, "MapPrior: width is 0.0; it must be at least 0.01 and at most 100"),
        ({"width": -1.0}, "MapPrior: width is -1.0"),
        ({"width": np.inf}, "MapPrior: width is inf"),
    ],
)
def test_a_bad_state_is_refused_with_the_reason(state: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=message):
        MapPrior(**state)


def test_points_and_labels_change_together() -> None:
    prior = MapPrior()
    with prior.hold_trait_notifications():
        prior.x, prior.y = [0.0, 0.1, 0.2], np.array([0, 1, 1])
    assert (prior.x, prior.y) == ((0.0, 0.1, 0.2), (0, 1, 1))
    with pytest.raises(traitlets.TraitError, match="y has 2 entries and x has 3"):
        prior.y = [0, 1]
    assert prior.y == (0, 1, 1)
