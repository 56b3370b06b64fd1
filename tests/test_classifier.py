"""SoftmaxRegression against scikit-learn, SciPy and the definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from crossentropy import SoftmaxRegression

SOLVERS = ["lbfgs", "gradient descent"]


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    X, y = load_digits(return_X_y=True)
    return X[:600] / 16, y[:600]


@pytest.fixture
def clouds() -> tuple[np.ndarray, np.ndarray]:
    """Three classes that overlap, so that the loss has a lowest point without a penalty."""
    rng = np.random.default_rng(0)
    y = rng.integers(3, size=150)
    return rng.normal(size=(150, 2)) + np.array([[0, 1], [1, 0], [-1, -1]])[y], y


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_loss_at_zero_weights_is_log_k(solver: Any, digits: Any) -> None:
    model = SoftmaxRegression(solver=solver, max_iter=1).fit(*digits)
    assert model.loss_curve_[0] == pytest.approx(np.log(10), rel=1e-15)


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_loss_is_scikit_learns(solver: Any, digits: Any) -> None:
    X, y = digits
    model = SoftmaxRegression(solver=solver, max_iter=40).fit(X, y)
    assert model.loss_curve_[-1] == pytest.approx(log_loss(y, model.predict_proba(X)), rel=1e-12)


def test_the_optimum_is_scikit_learns(digits: Any) -> None:
    X, y = digits
    l2 = 1e-3
    ours = SoftmaxRegression(l2=l2, tol=1e-8, max_iter=5000).fit(X, y)
    theirs = LogisticRegression(C=1 / (2 * l2 * len(X)), tol=1e-10, max_iter=5000).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-5)
    # The intercept has no penalty: a shift of all of them changes nothing.
    np.testing.assert_allclose(
        ours.intercept_ - ours.intercept_.mean(),
        theirs.intercept_ - theirs.intercept_.mean(),
        atol=1e-4,
    )
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-6)


def test_both_solvers_arrive_at_the_same_place(clouds: Any) -> None:
    models = [
        SoftmaxRegression(solver=solver, tol=1e-9, max_iter=20_000).fit(*clouds)  # type: ignore[arg-type]
        for solver in SOLVERS
    ]
    np.testing.assert_allclose(models[0].coef_, models[1].coef_, atol=1e-6)
    assert models[0].loss_curve_[-1] == pytest.approx(models[1].loss_curve_[-1], rel=1e-12)


def test_the_gradient_is_the_slope_of_the_objective(clouds: Any) -> None:
    X, y = clouds
    model = SoftmaxRegression(l2=0.3)
    for seed in range(5):
        at = np.random.default_rng(seed).normal(size=9)
        error = optimize.check_grad(
            lambda w: model._objective(w, X, y)[0], lambda w: model._objective(w, X, y)[1], at
        )
        assert error < 1e-6


@pytest.mark.parametrize("solver", SOLVERS)
def test_training_never_raises_the_loss(solver: Any, clouds: Any) -> None:
    curve = SoftmaxRegression(solver=solver, learning_rate=0.5, max_iter=200).fit(*clouds)
    assert (np.diff(curve.loss_curve_) <= 1e-15).all()


def test_the_penalty_pulls_the_weights_in(clouds: Any) -> None:
    norms = [
        np.linalg.norm(SoftmaxRegression(l2=l2).fit(*clouds).coef_) for l2 in (0, 0.01, 0.1, 1)
    ]
    assert norms == sorted(norms, reverse=True)
    # Under a penalty without end the intercepts still tell how frequent the classes are.
    stubborn = SoftmaxRegression(l2=1e6).fit(*clouds)
    shares = np.bincount(clouds[1]) / len(clouds[1])
    np.testing.assert_allclose(stubborn.predict_proba(clouds[0])[0], shares, atol=1e-4)


@given(st.integers(0, 2**31), st.integers(2, 5), st.integers(1, 4))
def test_predictions_are_the_largest_of_distributions(seed: int, K: int, D: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.concatenate([np.arange(K), rng.integers(K, size=10)])
    X = rng.normal(size=(len(y), D))
    model = SoftmaxRegression(l2=0.1, max_iter=20).fit(X, y)
    q = model.predict_proba(X)
    assert q.shape == (len(y), K)
    np.testing.assert_allclose(q.sum(axis=1), 1)
    np.testing.assert_array_equal(model.predict(X), q.argmax(axis=1))


def test_the_callers_arrays_are_left_alone(clouds: Any) -> None:
    X, y = (array.copy() for array in clouds)
    X.flags.writeable = y.flags.writeable = False
    SoftmaxRegression().fit(X, y).predict(X)


GOOD = ([[0.0], [1.0]], [0, 1])


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([0.0, 1.0], [0, 1], "X has shape"),
        ([[0.0], [np.nan]], [0, 1], r"X\[1, 0\] is nan"),
        ([[0.0], [np.inf]], [0, 1], r"X\[1, 0\] is inf"),
        (GOOD[0], [0, 1, 1], r"y has shape \(3,\); X has 2 rows"),
        (GOOD[0], [[0], [1]], r"y has shape \(2, 1\)"),
        (GOOD[0], [0, -1], r"y\[1\] is -1; labels must be integers from 0 to 1"),
        (GOOD[0], [0.0, 0.5], r"y\[1\] is 0.5"),
        (GOOD[0], ["cat", "dog"], r"y\[0\] is 'cat'"),
        (GOOD[0], [0, 0], "y holds the label 0 only"),
        (GOOD[0], [1, 2], "y holds no label 0 but holds 2"),
        (GOOD[0], [0, 10**9], "y holds no label 1 but holds 1000000000"),
        (GOOD[0], np.array([0, 2**64 - 1], np.uint64), "y holds no label 1 but holds 1844674407"),
    ],
)
def test_bad_data_is_refused_with_the_reason(X: Any, y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SoftmaxRegression().fit(X, y)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"l2": -1}, "l2 is -1"),
        ({"l2": np.nan}, "l2 is nan"),
        ({"solver": "newton"}, "solver is 'newton'"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"max_iter": 0}, "max_iter is 0"),
        ({"max_iter": 1.5}, "max_iter is 1.5; it must be an integer"),
        ({"tol": -1}, "tol is -1"),
    ],
)
def test_bad_parameters_are_refused_with_the_reason(parameters: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SoftmaxRegression(**parameters)


def test_an_untrained_model_says_so() -> None:
    with pytest.raises(ValueError, match="not trained"):
        SoftmaxRegression().predict([[0.0]])


def test_the_number_of_features_must_match() -> None:
    model = SoftmaxRegression(l2=0.1).fit(*GOOD)
    with pytest.raises(ValueError, match="X has 2 columns; the model was trained on 1"):
        model.predict([[0.0, 1.0]])
