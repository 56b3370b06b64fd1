"""Softmax regression: the smallest classifier that is trained by cross-entropy."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from crossentropy._validation import (
    Floats,
    Labels,
    as_array,
    as_finite_table,
    as_labels,
    is_positive_integer,
)
from crossentropy.softmax import softmax, softmax_cross_entropy

__all__ = ["SoftmaxRegression"]

Solver = Literal["lbfgs", "gradient descent"]


class SoftmaxRegression:
    r"""Linear logits, softmax, cross-entropy: multinomial logistic regression.

    An example :math:`x` has the logits :math:`W x + b`. What is minimised, from zero weights on, is

    .. math:: \frac{1}{N} \sum_i H(h_i, q_i) + \lambda \lVert W \rVert^2 ,

    the mean cross-entropy of the one-hot labels and the model, in nats, and a penalty that leaves
    the intercept alone. It is convex, so there is one lowest value ([1]_, section 4.3.4).

    Parameters
    ----------
    l2 : float, optional
        The strength :math:`\lambda` of the penalty, 0 or more. It is ``1 / (2 * C * N)`` of
        scikit-learn's ``LogisticRegression``.
    solver : {"lbfgs", "gradient descent"}, optional
        SciPy's L-BFGS, or full-batch gradient descent with a constant step.
    learning_rate : float, optional
        The step of gradient descent. L-BFGS chooses its own.
    max_iter : int, optional
        The most iterations.
    tol : float, optional
        Training ends when no entry of the gradient is larger.

    Attributes
    ----------
    coef_ : ndarray, shape (K, D)
        The weights :math:`W`.
    intercept_ : ndarray, shape (K,)
        The biases :math:`b`.
    loss_curve_ : ndarray
        What is minimised, in nats, at the start and after each iteration.

    Raises
    ------
    ValueError
        If a parameter is out of its range, when the model is made.

    References
    ----------
    .. [1] C. M. Bishop, "Pattern Recognition and Machine Learning", Springer, 2006.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    >>> model = SoftmaxRegression(l2=0.01).fit(X, y)
    >>> print(model.predict([[0.5], [2.5]]))
    [0 1]
    >>> print(model.loss_curve_[0].round(4))
    0.6931
    """

    coef_: Floats
    intercept_: Floats
    loss_curve_: Floats

    def __init__(
        self,
        *,
        l2: float = 0.0,
        solver: Solver = "lbfgs",
        learning_rate: float = 1.0,
        max_iter: int = 1000,
        tol: float = 1e-6,
    ) -> None:
        if not 0 <= l2 < np.inf:
            raise ValueError(f"l2 is {l2}; it must be 0 or more, and finite")
        if solver not in ("lbfgs", "gradient descent"):
            raise ValueError(f"solver is {solver!r}; it must be 'lbfgs' or 'gradient descent'")
        if not 0 < learning_rate < np.inf:
            raise ValueError(f"learning_rate is {learning_rate}; it must be positive and finite")
        if not is_positive_integer(max_iter):
            raise ValueError(f"max_iter is {max_iter}; it must be an integer, at least 1")
        if not tol >= 0:
            raise ValueError(f"tol is {tol}; it must be 0 or more")
        self.l2 = l2
        self.solver = solver
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X: ArrayLike, y: ArrayLike) -> SoftmaxRegression:
        """Train on examples and their labels.

        Parameters
        ----------
        X : array_like, shape (N, D)
            One example a row. Finite.
        y : array_like, shape (N,)
            Integer labels from 0 to K - 1. Every one of the K must occur, and K be 2 or more.

        Returns
        -------
        SoftmaxRegression
            The model itself.

        Raises
        ------
        ValueError
            If the shapes do not match, an entry of `X` is not finite, or a label is no integer, is
            negative, or leaves out one below it.
        """
        X = as_finite_table("X", X)
        y = _as_complete_labels(y, len(X))
        n_classes, n_features = int(y.max()) + 1, X.shape[1]
        train = self._lbfgs if self.solver == "lbfgs" else self._gradient_descent
        parameters = train(X, y, np.zeros(n_classes * (n_features + 1)))
        table = parameters.reshape(n_classes, n_features + 1)
        self.coef_, self.intercept_ = table[:, :-1].copy(), table[:, -1].copy()
        return self

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return the distribution that the model predicts for each example.

        Parameters
        ----------
        X : array_like, shape (N, D)
            One example a row. Finite.

        Returns
        -------
        ndarray, shape (N, K)
            A distribution a row.

        Raises
        ------
        ValueError
            If the model is not trained, an entry is not finite, or `X` has not D columns.
        """
        return softmax(self._logits(X))

    def predict(self, X: ArrayLike) -> Labels:
        """Return the likeliest class of each example; the first of several that are equal.

        Parameters
        ----------
        X : array_like, shape (N, D)
            One example a row. Finite.

        Returns
        -------
        ndarray of int, shape (N,)
            A label a row.

        Raises
        ------
        ValueError
            If the model is not trained, an entry is not finite, or `X` has not D columns.
        """
        labels: Labels = self._logits(X).argmax(axis=-1)
        return labels

    def _logits(self, X: ArrayLike) -> Floats:
        if not hasattr(self, "coef_"):
            raise ValueError("the model is not trained; call fit first")
        X = as_finite_table("X", X)
        n_features = self.coef_.shape[1]
        if X.shape[1] != n_features:
            raise ValueError(f"X has {X.shape[1]} columns; the model was trained on {n_features}")
        logits: Floats = X @ self.coef_.T + self.intercept_
        return logits

    def _objective(self, parameters: Floats, X: Floats, y: Labels) -> tuple[float, Floats]:
        """Return what is minimised and its gradient, in one pass over the examples."""
        table = parameters.reshape(-1, X.shape[1] + 1)
        weights = table[:, :-1]
        loss, errors = softmax_cross_entropy(X @ weights.T + table[:, -1], y, return_grad=True)
        gradient = np.empty_like(table)
        gradient[:, :-1] = errors.T @ X + 2 * self.l2 * weights
        gradient[:, -1] = errors.sum(axis=0)
        return float(loss) + self.l2 * float(np.sum(weights**2)), gradient.ravel()

    def _lbfgs(self, X: Floats, y: Labels, start: Floats) -> Floats:
        curve = [self._objective(start, X, y)[0]]
        from scipy import optimize  # loading it takes longer than all of this package

        result = optimize.minimize(
            self._objective,
            start,
            args=(X, y),
            jac=True,
            method="L-BFGS-B",
            callback=lambda intermediate_result: curve.append(intermediate_result.fun),
            options={"maxiter": self.max_iter, "maxfun": 10**9, "gtol": self.tol, "ftol": 0.0},
        )
        self.loss_curve_ = np.array(curve)
        parameters: Floats = result.x
        return parameters

    def _gradient_descent(self, X: Floats, y: Labels, start: Floats) -> Floats:
        parameters, curve = start, []
        for _ in range(self.max_iter):
            loss, gradient = self._objective(parameters, X, y)
            curve.append(loss)
            if np.abs(gradient).max() <= self.tol:
                break
            parameters = parameters - self.learning_rate * gradient
        else:
            curve.append(self._objective(parameters, X, y)[0])
        self.loss_curve_ = np.array(curve)
        return parameters


def _as_complete_labels(y: ArrayLike, n_examples: int) -> Labels:
    """Return one label for each example, where every class up to the largest occurs."""
    array = as_array("y", y)
    largest = int(array.max()) if array.dtype.kind in "iu" else 1
    if array.shape != (n_examples,):
        raise ValueError(f"y has shape {array.shape}; X has {n_examples} rows")
    # np.bincount would need a place for every number up to the largest label, which may be an id
    # of ten digits; np.unique needs one for each label that occurs.
    occurring = np.unique(array)
    if largest >= len(occurring) and array.dtype.kind in "iu" and int(occurring[0]) >= 0:
        missing = next(k for k, label in enumerate([*occurring.tolist(), -1]) if k != label)
        raise ValueError(
            f"y holds no label {missing} but holds {largest}; "
            "labels must be the integers from 0 to K - 1"
        )
    labels = as_labels("y", array, max(largest, 1) + 1)
    if len(occurring) < 2:
        raise ValueError("y holds the label 0 only; there must be two classes or more")
    return labels
