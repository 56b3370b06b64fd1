"""The browser's arithmetic, against Python's and against what defines its results."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.polynomial.legendre import legval
from scipy.optimize import minimize
from scipy.special import eval_legendre, expit
from scipy.stats import norm

import crossentropy as ce
from crossentropy import coding
from explorables.lib.engine import call, run


@st.composite
def distributions(draw: st.DrawFn, size: int | None = None) -> list[float]:
    """Return probabilities with zeros and ties among them."""
    size = size or draw(st.integers(2, 7))
    weights = draw(
        st.lists(st.sampled_from([0, 1, 1, 2, 3, 7, 100, 1e-9]), min_size=size, max_size=size)
    )
    weights[draw(st.integers(0, size - 1))] += 1
    return (np.array(weights) / sum(weights)).tolist()


@given(st.integers(2, 6).flatmap(lambda k: st.tuples(distributions(k), distributions(k))))
def test_information_is_pythons(pair: tuple[list[float], list[float]]) -> None:
    p, q = pair
    expected = [ce.entropy(p), ce.cross_entropy(p, q), ce.kl_divergence(p, q)]
    found = run(
        "information",
        f"const [p, q] = {json.dumps(pair)};"
        "return [entropy(p), crossEntropy(p, q), klDivergence(p, q)];",
    )
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


def test_a_certain_outcome_has_no_sign_and_no_surprise() -> None:
    found = run(
        "information", "return [entropy([1, 0]), surprisal(1), crossEntropy([1, 0], [1, 0])];"
    )
    assert not np.signbit(found).any()
    assert found == [0, 0, 0]


@given(st.lists(st.floats(-800, 800), min_size=2, max_size=6))
def test_softmax_is_pythons_however_large_the_logits(logits: list[float]) -> None:
    np.testing.assert_allclose(
        call("information", "softmax", logits), ce.softmax(logits), rtol=1e-12, atol=1e-300
    )
    assert call("information", "logsumexp", logits) == pytest.approx(
        ce.logsumexp(logits), rel=1e-13
    )


@given(distributions(), st.sampled_from(["huffman", "shannon"]))
def test_codes_are_pythons(q: list[float], code: str) -> None:
    found = call("coding", f"{code}Lengths", q)
    expected = getattr(coding, f"{code}_lengths")(q)
    np.testing.assert_array_equal(found, expected)
    assert call("coding", "codewords", found) == coding.codewords(expected)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_lengths_overspend_where_their_sum_exceeds_one(lengths: list[int]) -> None:
    assert call("coding", "overspends", lengths) == (sum(2 ** (9 - n) for n in lengths) > 2**9)


# ---- Logistic regression with a prior ----


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(2, 30), st.integers(1, 9), st.sampled_from([0.3, 3, 300]))
# Newton's full steps from zero leap to and fro, or away.
@example(6, 16, 8, 300)
@example(8, 16, 8, 300)
@example(35, 16, 9, 300)
@example(10791, 15, 8, 300)
def test_the_posteriors_maximum_is_one(seed: int, size: int, degree: int, width: float) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-1, 1, size), rng.integers(2, size=size)
    rows = eval_legendre(np.arange(degree + 1), x[:, None])

    def objective(weights: Any) -> tuple[float, Any]:
        z = rows @ weights
        q = expit(z)
        loss = np.logaddexp(0, np.where(y == 1, -z, z)).sum() + weights @ weights / (2 * width**2)
        return loss, rows.T @ (q - y) + weights / width**2

    found = np.array(
        run(
            "logistic",
            f"const rows = {json.dumps(x.tolist())}.map((one) => legendre(one, {degree}));"
            f"return mapWeights(rows, {json.dumps(y.tolist())}, {width});",
        )
    )
    loss, gradient = objective(found)
    assert np.abs(gradient).max() < 1e-8 * max(1, np.abs(rows).sum(axis=0).max())
    theirs = minimize(objective, np.zeros(degree + 1), jac=True, method="L-BFGS-B")
    assert loss <= theirs.fun + 1e-9


# ---- Softmax regression ----


@st.composite
def classified(draw: st.DrawFn) -> dict[str, Any]:
    coordinate = st.floats(-1, 1)
    n = draw(st.integers(1, 8))
    row = st.lists(st.floats(-20, 20), min_size=3, max_size=3)
    return {
        "points": draw(st.lists(st.tuples(coordinate, coordinate), min_size=n, max_size=n)),
        "classes": draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)),
        "weights": draw(st.lists(row, min_size=3, max_size=3)),
    }


@given(classified())
def test_a_pass_is_the_loss_and_its_gradient(state: dict[str, Any]) -> None:
    found, after = run(
        "softmax_regression",
        f"const state = {json.dumps(state)}; return [evaluate(state), descended(state)];",
    )
    features = np.column_stack([np.array(state["points"]), np.ones(len(state["points"]))])
    logits = features @ np.array(state["weights"]).T
    targets = np.eye(3)[state["classes"]]
    losses = ce.logsumexp(logits) - (targets * logits).sum(axis=1)
    gradient = (ce.softmax(logits) - targets).T @ features / len(features)
    assert found["total"] == pytest.approx(losses.sum(), rel=1e-9, abs=1e-11)
    assert found["classTotals"] == pytest.approx(targets.T @ losses, rel=1e-9, abs=1e-11)
    np.testing.assert_allclose(np.reshape(found["gradient"], (3, 3)), gradient, atol=1e-12)
    # One step at the rate 1.
    np.testing.assert_allclose(after, state["weights"] - gradient, atol=1e-12)


def test_a_tie_is_right_by_the_chance_to_guess_it() -> None:
    weights = [
        [[0, 0, 0]] * 3,
        [[0, 0, 1], [0, 0, 1], [0, 0, 0]],
        [[0, 0, 1], [0, 0, 0], [0, 0, 0]],
    ]
    found = [
        run(
            "softmax_regression",
            f"const state = {{ points: [[0, 0]], classes: [0], weights: {json.dumps(each)} }};"
            "const { right, wrong } = evaluate(state); return [right, wrong];",
        )
        for each in weights
    ]
    assert found == [[pytest.approx(1 / 3), [0]], [0.5, [0]], [1, [0]]]


# ---- One Gaussian on its way down ----

HUMPS = [[0.6, 6.0, 1.0], [0.4, 18.0, 2.0]]
# So narrow and far apart that the slope turns around within one stride.
NARROW = [[0.3, 17.5, 0.34], [0.7, 5.5, 0.3]]
HOURS = np.arange(97) / 4


def hump(weight: float, mean: float, width: float) -> Any:
    density = np.exp(-(((HOURS - mean) / width) ** 2) / 2)
    return weight * density / density.sum()


@pytest.mark.parametrize("direction", ["forward", "reverse"])
@pytest.mark.parametrize(
    ("start", "humps"),
    [
        ((1.0, 0.5), HUMPS),
        ((12.0, 6.0), HUMPS),
        ((23.5, 0.4), HUMPS),
        ((7.8, 7.5), NARROW),
        ((14.0, 3.0), NARROW),
    ],
)
def test_no_step_raises_its_divergence_and_none_leaps(
    direction: str, start: tuple[float, float], humps: list[list[float]]
) -> None:
    places, divergences = run(
        "gaussian",
        f"""
        const humps = {json.dumps(humps)};
        const places = [{{ mean: {start[0]}, width: {start[1]} }}];
        const divergences = [];
        while (places.length < 2000) {{
          const q = gaussian(places.at(-1).mean, places.at(-1).width);
          divergences.push(DIRECTIONS.{direction}(mixture(humps), q));
          const next = descend("{direction}", humps, places.at(-1));
          if (next === null) break;
          places.push(next);
        }}
        return [places.map(({{ mean, width }}) => [mean, width]), divergences];
        """,
    )
    assert 1 < len(places) < 2000  # it goes somewhere, and arrives
    assert np.diff(divergences).max() <= 1e-13
    means, widths = np.transpose(places)
    assert np.abs(np.diff(means)).max() <= 0.25 + 1e-12
    assert np.abs(np.diff(np.log(widths))).max() <= 0.08 + 1e-12
    assert 0 <= means.min() <= means.max() <= 24
    if direction == "forward":  # the best q has the mean of p
        q = hump(1, *places[-1])
        p = sum(hump(*each) for each in humps)
        assert q @ HOURS == pytest.approx(p @ HOURS, abs=1e-6)


# ---- The product of a coin's labels, in three precisions ----

TYPES = {"float16": np.float16, "float32": np.float32, "float64": np.float64}


@given(st.floats(0, 1), st.integers(0, 400), st.integers(0, 400))
@example(0.4, 300, 700)
def test_a_product_is_numpys_in_every_precision(theta: float, zeros: int, ones: int) -> None:
    found = run(
        "products",
        "return Object.entries(PRECISIONS).map(([name, { round, least }]) =>"
        f" [name, product([{zeros}, {ones}], {theta!r}, round), least]);",
    )
    for name, product, least in found:
        factors = np.repeat([theta, 1 - theta], [ones, zeros]).astype(TYPES[name])
        expected = np.multiply.accumulate([TYPES[name](1), *factors], dtype=TYPES[name])[-1]
        assert product == expected
        assert least == np.finfo(TYPES[name]).smallest_subnormal


# ---- Scores ----


@given(st.floats(0, 1), st.floats(0, 1))
@example(0.5, 0.5)
@example(1.0, 0.0)
def test_no_report_is_expected_to_pay_more_than_the_best(p: float, q: float) -> None:
    found = run(
        "scores",
        f"const [p, q] = [{p!r}, {q!r}];"
        "return Object.keys(SCORES).map((name) => [expectedScore(name, p, q),"
        " ...SCORES[name].best(p).map((best) => expectedScore(name, p, best)),"
        " expectedScore(name, p, SCORES[name].best(p).reduce((a, b) => (a + b) / 2))]);",
    )
    for paid, *best in found:
        assert float(paid) <= max(map(float, best)) + 1e-15


# ---- A prior ----


def test_losses_over_the_prior_s_width_are_those_of_its_weights() -> None:
    state = {"x": [-0.5, 0.1, 0.6, 0.9], "y": [0, 1, 0, 1], "x_held_out": [0.2, -0.3],
             "y_held_out": [1, 0], "degree": 3}  # fmt: skip
    widths = [0.1, 1.0, 10.0]
    found = run("logistic", f"return lossesOverWidth({json.dumps(state)}, {widths});")
    for i, width in enumerate(widths):
        weights = run(
            "logistic",
            f"return mapWeights({state['x']}.map((x) => legendre(x, 3)), {state['y']}, {width});",
        )
        for name, xs, ys in (("nll", "x", "y"), ("held_out", "x_held_out", "y_held_out")):
            z = legval(np.array(state[xs]), np.array(weights))
            loss = np.logaddexp(0, np.where(np.array(state[ys]) == 1, -z, z)).mean()
            assert found[name][i] == pytest.approx(loss, abs=1e-12)


@given(st.floats(-30, 30), st.floats(0.01, 100))
def test_the_prior_is_a_bell(weight: float, width: float) -> None:
    assert call("logistic", "logNormal", weight, width) == pytest.approx(
        norm.logpdf(weight, scale=width), rel=1e-12, abs=1e-12
    )


# ---- Losses of one number ----


@pytest.mark.parametrize(
    "name", ["CROSS_ENTROPY", "SQUARED_ERROR", "HALF_SQUARE", "FOURTH_POWER", "SINES"]
)
def test_slopes_are_derivatives(name: str) -> None:
    places = [-3.1, -0.4, 0, 0.2, 2.7]
    slopes, measured = run(
        "losses",
        f"""
        const {{ loss, slope }} = {name};
        const places = {places};
        return [places.map(slope),
          places.map((x) => (loss(x + 1e-5) - loss(x - 1e-5)) / 2e-5)];
        """,
    )
    np.testing.assert_allclose(slopes, measured, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("rival", ["squared error", "fourth power", "absolute value", "sines"])
def test_a_rivals_slope_is_its_heros_times_its_factor(rival: str) -> None:
    slopes, products, *lines = run(
        "losses",
        f"""
        const {{ hero, rival }} = PAIRS["{rival}"];
        const places = [-3.3, -0.7, 0.1, 2.5];
        return [places.map(rival.slope),
          places.map((x) => hero.slope(x) * rival.factor(x)),
          places.map((x) => rival.ledger(x)[1][2])];
        """,
    )
    np.testing.assert_allclose(products, slopes, rtol=1e-12)
    np.testing.assert_allclose(lines[0], slopes, rtol=1e-12)


ERROR = "{ rate: 1 / 16, far: 10, arrived: (u) => Math.abs(u) < 0.1 }"


def test_a_ball_rolls_step_by_step_and_a_longer_roll_begins_as_the_shorter() -> None:
    short, long, again = run(
        "losses",
        f"""
        const rolled = (start, steps) => {{
          const {{ places, arrival }} = roll(HALF_SQUARE, {ERROR}, start, steps);
          return {{ places: places.slice(0, steps + 1), arrival }};
        }};
        return [rolled(3.2, 4), rolled(3.2, 60), rolled(0.05, 2)];
        """,
    )
    places = 3.2 * (15 / 16) ** np.arange(61)
    np.testing.assert_allclose(long["places"], places, rtol=1e-12)
    assert short == {"places": long["places"][:5], "arrival": np.inf}
    assert long["arrival"] == np.argmax(places < 0.1)
    assert again["arrival"] == 0


def test_a_ball_that_runs_away_is_gone_for_good() -> None:
    places = run("losses", f"return roll(FOURTH_POWER, {ERROR}, -3, 40).places;")
    gone = np.isinf(places)
    assert gone.any()
    assert (np.diff(gone.astype(int)) >= 0).all()
    assert (np.abs(np.array(places)[~gone]) <= 10).all()


# ---- What a run has seen ----


def recorded(steps: str) -> Any:
    return run(
        "history",
        f"const owner = {{}}; for (const step of {steps}) record(owner, step, step / 10);"
        "return recorded(owner);",
    )


@pytest.mark.parametrize("most", [0, 1, 200, 256, 3000])
def test_a_history_begins_at_the_first_step_and_ends_at_the_last(most: int) -> None:
    seen = recorded(f"Array.from({{ length: {most + 1} }}, (_, i) => 5 + i)")
    steps = np.array(seen["steps"])
    assert (steps[0], steps[-1]) == (5, 5 + most)
    assert (np.diff(steps) >= 0).all()
    assert len(set(np.diff(steps[:-1]))) <= 1  # evenly
    assert len(steps) <= 257
    np.testing.assert_allclose(seen["values"], steps / 10, rtol=1e-15)


def test_a_history_begins_anew_where_steps_are_left_out_or_taken_back() -> None:
    assert recorded("[0, 1, 2, 2, 3]")["steps"] == [0, 1, 2, 3, 3]
    assert recorded("[0, 1, 2, 9]")["steps"] == [9, 9]
    assert recorded("[4, 5, 6, 5]")["steps"] == [5, 5]


# ---- Points in a square ----

POINTS: dict[str, Any] = {"points": [[0, 0.5], [-0.5, 0], [0.95, 0]], "classes": [0, 1, 2]}


def changed(function: str, *arguments: Any, **state: Any) -> Any:
    return call("points", function, {**POINTS, "picked": 2, **state}, *arguments)


def test_a_point_moves_within_the_square_and_the_others_stay() -> None:
    assert changed("moved", [1.5, -0.12345]) == {"points": [[0, 0.5], [-0.5, 0], [1, -0.123]]}


def test_a_new_point_has_the_picked_ones_class_and_is_picked() -> None:
    found = changed("addedBeside")
    assert found == {"points": [*POINTS["points"], [0.85, 0]], "classes": [0, 1, 2, 2], "picked": 3}
    full = {"points": [[0, 0]] * 500, "classes": [0] * 500, "picked": 0}
    assert changed("added", [0, 0], **full) == {}


def test_a_deleted_point_takes_its_class_along_and_the_last_one_stays() -> None:
    found = changed("deleted")
    assert found == {"points": POINTS["points"][:2], "classes": [0, 1], "picked": 1}
    assert changed("deleted", picked=0)["picked"] == 0
    assert changed("deleted", points=[[0, 0]], classes=[1], picked=0) == {}


def test_a_label_changes_the_picked_point_alone() -> None:
    assert changed("labelled", 0, picked=1) == {"classes": [0, 0, 2]}


@pytest.mark.parametrize(("place", "index"), [([12, 50], 1), ([150, 150], -1), ([96, 52], 0)])
def test_the_closest_point_within_reach_is_picked(place: list[float], index: int) -> None:
    found = run(
        "points",
        "const scale = Object.assign(createScale(), { left: 0, top: 0, half: 100 });"
        f"return closest([[0, 0.5], [-0.9, 0.45]], scale, {place});",
    )
    assert found == index
