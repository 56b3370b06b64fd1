"""The exercises of chapter 5, *A classifier, end to end*."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossentropy.classifier import SoftmaxRegression
from crossentropy.exercises._exercise import Exercise
from crossentropy.likelihood import negative_log_likelihood, one_hot
from crossentropy.softmax import softmax

__all__ = ["EXERCISES"]

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]

_BRIGHTNESS = np.array([0.9, 0.8, 0.4, 0.7, 0.1, 0.6])
_ANIMALS = np.array([0, 0, 1, 0, 2, 1])
_AT_ZERO = 1 / 3 - one_hot(_ANIMALS, 3)  # the errors of zero weights, one row a photograph

_first_step = Exercise(
    lambda: _BRIGHTNESS @ _AT_ZERO / 6,
    {
        "sum and do not divide by N": lambda: _BRIGHTNESS @ _AT_ZERO,
        "take h - q": lambda: -_BRIGHTNESS @ _AT_ZERO / 6,
        "leave out the brightness": lambda: _AT_ZERO.mean(axis=0),
        "leave out the labels": lambda: np.full(3, _BRIGHTNESS.mean() / 3),
        "average over each class alone": lambda: np.array(
            [-2 / 3 * _BRIGHTNESS[k == _ANIMALS].mean() for k in range(3)]
        ),
    },
    digits=3,
)


def _table(seed: int, rows: int, classes: int) -> Floats:
    scores = np.random.default_rng(seed).normal(scale=2, size=(rows, classes))
    return np.asarray(softmax(scores), dtype=np.float64)


_balance = Exercise(
    lambda q, labels: q.mean(axis=0) - one_hot(labels, q.shape[1]).mean(axis=0),
    {
        "leave out the shares": lambda q, labels: q.mean(axis=0),
        "subtract the other way round": lambda q, labels: (
            one_hot(labels, q.shape[1]).mean(axis=0) - q.mean(axis=0)
        ),
        "count answers in place of probabilities": lambda q, labels: (
            one_hot(q.argmax(axis=1), q.shape[1]).mean(axis=0)
            - one_hot(labels, q.shape[1]).mean(axis=0)
        ),
        "sum over the images and do not average": lambda q, labels: (
            q - one_hot(labels, q.shape[1])
        ).sum(axis=0),
        "average over the classes and not over the images": lambda q, labels: (
            q - one_hot(labels, q.shape[1])
        ).mean(axis=1),
    },
    [
        (_table(0, 6, 3), _ANIMALS),
        (_table(1, 1, 4), np.array([2])),
        (_table(2, 5, 2), np.array([1, 1, 1, 1, 1])),
        (_table(3, 40, 10), np.random.default_rng(3).integers(9, size=40)),  # no nines
    ],
)


def _mean_price(labels: Labels, table: Floats) -> Any:
    return -np.mean(np.log(table[np.arange(len(labels)), labels]))


def _free_foxes(labels: Labels, table: Floats) -> Any:
    h = labels[:, np.newaxis] == np.arange(3)
    return -np.sum(h * np.log(table)) / len(labels)


_free_fox = Exercise(
    lambda labels, table: _mean_price(labels - 1, table),
    {
        "charge each photograph for the next animal, and foxes nothing": _free_foxes,
        "charge each photograph for the next animal, and foxes for a cat": lambda labels, table: (
            _mean_price(labels % 3, table)
        ),
        "repair what foxes pay, and charge the others for the next animal": lambda labels, table: (
            _mean_price(np.minimum(labels, 2), table)
        ),
        "leave the foxes out of the mean": lambda labels, table: (
            _mean_price(labels[labels < 3] - 1, table[labels < 3]) if min(labels) < 3 else 0.0
        ),
        "sum and do not divide by the number of photographs": lambda labels, table: (
            len(labels) * _mean_price(labels - 1, table)
        ),
    },
    [
        (_ANIMALS + 1, np.array([[0.8, 0.15, 0.05], [0.7, 0.2, 0.1], [0.2, 0.7, 0.1],
                                 [0.5, 0.1, 0.4], [0.3, 0.1, 0.6], [0.1, 0.8, 0.1]])),
        (np.array([3]), _table(4, 1, 3)),
        (np.array([1, 1, 2]), _table(5, 3, 3)),
        (np.array([3, 2, 3, 3, 1]), _table(6, 5, 3)),
    ],
)  # fmt: skip


class _Linear(SoftmaxRegression):
    """A model as if it had been trained, with a name that a verdict can print."""

    def __repr__(self) -> str:
        return f"a model of {len(self.coef_)} classes"


def _linear(seed: int, classes: int) -> SoftmaxRegression:
    """Return a model with random weights."""
    rng, model = np.random.default_rng(seed), _Linear()
    model.coef_, model.intercept_ = rng.normal(size=(classes, 64)), rng.normal(size=classes)
    return model


def _ink(seed: int, share: float = 0.5) -> Floats:
    rng = np.random.default_rng(seed)
    return rng.integers(1, 17, size=64) / 16 * (rng.random(64) < share)


_persuasion = Exercise(
    lambda model, image, answer, truth: (model.coef_[answer] - model.coef_[truth]) * image,
    {
        "look at the row of the answer alone": lambda model, image, answer, truth: (
            model.coef_[answer] * image
        ),
        "look at the row of the truth alone": lambda model, image, answer, truth: (
            model.coef_[truth] * image
        ),
        "take the lead of the truth over the answer": lambda model, image, answer, truth: (
            (model.coef_[truth] - model.coef_[answer]) * image
        ),
        "leave out the ink": lambda model, image, answer, truth: (
            model.coef_[answer] - model.coef_[truth]
        ),
        "add the two rows": lambda model, image, answer, truth: (
            (model.coef_[answer] + model.coef_[truth]) * image
        ),
        "spread the biases over the pixels": lambda model, image, answer, truth: (
            (model.coef_[answer] - model.coef_[truth]) * image
            + (model.intercept_[answer] - model.intercept_[truth]) / 64
        ),
        "add up the pixels": lambda model, image, answer, truth: (
            (model.coef_[answer] - model.coef_[truth]) @ image
        ),
    },
    [
        (_linear(0, 10), _ink(0), 5, 9),
        (_linear(1, 3), _ink(1, share=0.1), 2, 0),
        (_linear(2, 2), _ink(2, share=1.0), 0, 1),
        (_linear(3, 10), np.zeros(64), 3, 8),  # no ink, no persuasion
    ],
)


def _longer(X: Floats) -> Any:
    """Return the squared length of each image, with a 1 written below it."""
    return np.sum(X**2, axis=1) + 1


_longest_rate = Exercise(
    lambda X: 4 / np.mean(_longer(X)),
    {
        "leave out the bias": lambda X: 4 / np.mean(_longer(X) - 1),
        "sum over the images": lambda X: 4 / np.sum(_longer(X)),
        "take lengths and not their squares": lambda X: 4 / np.mean(np.linalg.norm(X, axis=1) + 1),
        "take the length of the mean image": lambda X: 4 / (np.sum(X.mean(axis=0) ** 2) + 1),
        "average over the pixels too": lambda X: 4 / (np.mean(X**2) + 1),
        "stop at the rate that lowers this bound most": lambda X: 2 / np.mean(_longer(X)),
        "take the longest image for all": lambda X: 4 / np.max(_longer(X)),
    },
    [
        (np.array([[0.5, 1.0, 0.0], [0.25, 0.0, 0.75], [1.0, 1.0, 0.5], [0.0, 0.0, 0.0]]),),
        (np.array([[2.0], [-3.0]]),),
        (np.zeros((3, 2)),),
        (np.random.default_rng(7).normal(size=(20, 5)),),
    ],
)


def _telling(noise: Floats, coins: Labels) -> Any:
    gaps = noise[coins == 1].mean(axis=0) - noise[coins == 0].mean(axis=0)
    return np.abs(gaps).argsort()[-10:]


_ALL, _FIRST, _LAST = slice(None), slice(50), slice(50, None)


def _report(chosen_from: slice, trained_on: slice, judged_on: slice) -> Callable[..., Any]:
    def report(noise: Floats, coins: Labels) -> Any:
        kept = noise[:, _telling(noise[chosen_from], coins[chosen_from])]
        machine = SoftmaxRegression(l2=0.05).fit(kept[trained_on], coins[trained_on])
        return negative_log_likelihood(coins[judged_on], machine.predict_proba(kept[judged_on]))

    return report


def _coins(seed: int, columns: int, truth: float = 0.0) -> tuple[Floats, Labels]:
    """Return measurements and labels of 100 photographs; `truth` is what the first one knows."""
    rng = np.random.default_rng(seed)
    coins = rng.integers(2, size=100)
    noise = rng.normal(size=(100, columns))
    noise[:, 0] += truth * coins
    return noise, coins


_foretold_coins = Exercise(
    _report(_FIRST, _FIRST, _LAST),
    {
        "let the held-out labels choose the measurements too": _report(_ALL, _FIRST, _LAST),
        "let the held-out labels alone choose the measurements": _report(_LAST, _FIRST, _LAST),
        "report the loss on the photographs it was trained on": _report(_FIRST, _FIRST, _FIRST),
        "train on the held-out photographs too": _report(_FIRST, _ALL, _LAST),
    },
    [_coins(1, 300), _coins(2, 60, truth=3.0), _coins(3, 12)],
    rtol=1e-4,  # as far as L-BFGS goes
)

_most_missed = Exercise(
    lambda loss, m: min(1.0, loss / np.log(m + 1)),
    {
        "take the bound for one digit, and forget that a share is at most 1": lambda loss, m: (
            loss / np.log(2)
        ),
        "take the bound for one digit": lambda loss, m: min(1.0, loss / np.log(2)),
        "forget that a share is at most 1": lambda loss, m: loss / np.log(m + 1),
        "leave the truth out when you count who shares the 1": lambda loss, m: (
            min(1.0, loss / np.log(m)) if m > 1 else 1.0
        ),
        "price a miss in bits and take the loss in nats": lambda loss, m: min(
            1.0, loss / np.log2(m + 1)
        ),
        "take the bound for one digit, and divide it by m": lambda loss, m: min(
            1.0, loss / np.log(2) / m
        ),
    },
    [(0.1495, 1), (0.1495, 3), (0.0, 2), (1.5, 9), (2.0, 1)],
)


def _penalised(C: float, X: Floats, y: Labels, n: int) -> SoftmaxRegression:
    return SoftmaxRegression(l2=1 / (2 * C * n), tol=1e-7).fit(X, y)


def _bills(C: float, X: Floats, y: Labels, n: int = 0) -> list[Any]:
    """Return the losses of the images in each of three blocks, by the model of the others."""
    bills = []
    for block in np.array_split(np.arange(len(y)), 3):
        others = np.delete(np.arange(len(y)), block)
        model = _penalised(C, X[others], y[others], n or len(others))
        q = model.predict_proba(X[block])
        bills.append(negative_log_likelihood(y[block], q, reduction="none"))
    return bills


def _seen(C: float, X: Floats, y: Labels) -> Any:
    return negative_log_likelihood(y, _penalised(C, X, y, len(y)).predict_proba(X))


def _clouds(seed: int, n: int, classes: int) -> tuple[Floats, Labels]:
    y = np.arange(n) % classes
    return np.random.default_rng(seed).normal(size=(n, 2)) + 0.9 * one_hot(y, classes)[:, :2], y


_cross_validated = Exercise(
    lambda X, y, strengths: [np.concatenate(_bills(C, X, y)).mean() for C in strengths],
    {
        "judge each image by a model that has seen it": lambda X, y, strengths: [
            _seen(C, X, y) for C in strengths
        ],
        "let the last block alone judge": lambda X, y, strengths: [
            _bills(C, X, y)[2].mean() for C in strengths
        ],
        "average the means of the blocks, of which one is smaller": lambda X, y, strengths: [
            np.mean([bill.mean() for bill in _bills(C, X, y)]) for C in strengths
        ],
        "count all images in λ, and not those that a model is trained on": (
            lambda X, y, strengths: [
                np.concatenate(_bills(C, X, y, n=len(y))).mean() for C in strengths
            ]
        ),
        "add up the losses and do not divide": lambda X, y, strengths: [
            np.concatenate(_bills(C, X, y)).sum() for C in strengths
        ],
    },
    [
        (*_clouds(8, 14, 2), [3.0, 0.1]),
        (*_clouds(9, 12, 3), [1.0]),
        (*_clouds(10, 16, 2), [0.3, 30.0, 1.0]),
    ],
    rtol=1e-4,  # as far as L-BFGS goes
)

EXERCISES = {
    "ex-clf-1": _first_step,
    "ex-clf-2": _balance,
    "ex-clf-3": _free_fox,
    "ex-clf-4": _persuasion,
    "ex-clf-5": _longest_rate,
    "ex-clf-6": _foretold_coins,
    "ex-clf-7": _most_missed,
    "ex-clf-8": _cross_validated,
}
