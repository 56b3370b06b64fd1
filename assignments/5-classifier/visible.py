"""The visible tests of the fifth assignment: what is right, and which mistakes are named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from crossentropy.exercises import Exercise
from crossentropy.exercises.named import bowl, slope_of_bowl, slope_of_valley, valley

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

DAYS = np.array([
    [-0.47, 0.68], [-0.48, 0.21], [-0.35, 0.60], [-0.67, 0.63],
    [-0.47, 0.56], [-0.54, 0.62], [-0.71, 0.46], [-0.66, 0.63],
    [0.11, -0.11], [-0.07, -0.11], [0.10, -0.11], [0.38, 0.17],
    [-0.50, -0.47], [0.06, -0.14], [0.15, 0.00], [0.57, -0.29],
    [0.47, -0.05], [0.69, -0.35], [0.44, -0.86], [0.59, -0.48],
    [0.28, -0.65], [0.53, -0.71], [0.53, -0.48], [0.56, -0.61],
])  # fmt: skip
HELD = np.array([
    [-0.55, 0.59], [-0.63, 0.23], [-0.69, 0.20], [-0.53, 0.90],
    [-0.05, -0.24], [0.25, 0.06], [0.13, -0.33], [0.09, 0.16],
    [0.15, -0.64], [-0.02, -0.89], [0.00, -0.57], [0.17, -0.42],
])  # fmt: skip
CLASSES, HELD_CLASSES = np.repeat([0, 1, 2], 8), np.repeat([0, 1, 2], 4)
OLD = np.array([[-2.0, 1.5, 0.3], [0.2, -0.1, 0.5], [1.8, -1.4, -0.8]])
TABLE = np.array([[-1.0, 2.0, 0.5], [0.0, -1.0, 1.0], [3.0, 0.0, -0.5]])
STEEP = np.array([[2000.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
SMALL = np.array([[1.0, -0.5], [0.25, 0.75]])
VALLEYS = [
    (TABLE, DAYS, CLASSES, 0.0, OLD),
    (TABLE, DAYS, CLASSES, 0.05, OLD),
    (STEEP, np.array([[1.0, 0.0]]), np.array([1]), 0.0, STEEP),
    (SMALL, np.array([[0.5], [-1.0], [2.0]]), np.array([1, 0, 0]), 0.3, -2 * SMALL),
]


def scores_of(table: Floats, X: Floats) -> Floats:
    return X @ table[:, :-1].T + table[:, -1]


def surprises(table: Floats, X: Floats, y: Labels, axis: int = -1) -> Floats:
    log_q = special.log_softmax(scores_of(table, X), axis=axis)
    return -log_q[np.arange(len(y)), y]


def without_biases(table: Floats) -> Floats:
    return np.column_stack([table[:, :-1], np.zeros(len(table))])


def rounded_to_zero(table: Floats, X: Floats, y: Labels) -> Floats:
    q = special.softmax(scores_of(table, X), axis=-1)
    return -np.log(q[np.arange(len(y)), y])


def moved(table: Floats, old: Floats) -> Floats:
    return (table - old)[:, :-1]


Loss = Callable[[Floats, Floats, Labels], Any]
Penalty = Callable[[Floats, Floats, Floats], Any]


def mean_loss(table: Floats, X: Floats, y: Labels) -> Any:
    return surprises(table, X, y).mean()


def penalty(table: Floats, old: Floats, X: Floats) -> Any:
    return np.sum(moved(table, old) ** 2)


def objective(loss: Loss = mean_loss, left: Penalty = penalty) -> Callable[..., Any]:
    """Return the objective with a loss and a penalty of its own."""
    return lambda table, X, y, l2, old: loss(table, X, y) + l2 * left(table, old, X)


def errors(table: Floats, X: Floats, y: Labels, axis: int = -1) -> Floats:
    return special.softmax(scores_of(table, X), axis=axis) - np.eye(len(table))[y]


Pull = Callable[[Floats, Floats], Floats]


def to_old(table: Floats, old: Floats) -> Floats:
    return 2 * without_biases(table - old)


def of_errors(errors: Floats, X: Floats) -> Floats:
    return np.column_stack([errors.T @ X, errors.sum(axis=0)]) / len(X)


def loss_slope(table: Floats, X: Floats, y: Labels) -> Floats:
    return of_errors(errors(table, X, y), X)


def gradient(slope: Loss = loss_slope, pull: Pull = to_old) -> Callable[..., Any]:
    """Return the gradient with a slope of the loss and a pull of its own."""
    return lambda table, X, y, l2, old: slope(table, X, y) + l2 * pull(table, old)


def biases_first(table: Floats, X: Floats, y: Labels, l2: float, old: Floats) -> Floats:
    return np.roll(gradient()(table, X, y, l2, old), 1, axis=1)


WALKS = [
    (bowl, slope_of_bowl, np.array([1.0, -2.0]), 0.25, 3),
    (bowl, slope_of_bowl, np.array([[1.0], [0.5], [-3.0]]), 0.125, 5),
    (valley, slope_of_valley, np.array([0.5]), 0.1, 2),
    (bowl, slope_of_bowl, np.array([4.0]), 0.5, 0),
]


def descend(
    value: Callable[[Floats], Any],
    slope: Callable[[Floats], Floats],
    start: Floats,
    rate: float,
    steps: int,
) -> tuple[Floats, Floats]:
    end, curve = start, [value(start)]
    for _ in range(steps):
        end = end - rate * slope(end)
        curve.append(value(end))
    return end, np.array(curve)


def late_curve(value: Any, slope: Any, start: Floats, rate: float, steps: int) -> Any:
    end, _ = descend(value, slope, start, rate, steps)
    return end, descend(value, slope, start, rate, steps + 1)[1][1:]


def other_end(more: int) -> Callable[..., Any]:
    """Return a walk whose end is some steps away from where its curve stops."""

    def walk(value: Any, slope: Any, start: Floats, rate: float, steps: int) -> Any:
        _, curve = descend(value, slope, start, rate, steps)
        return descend(value, slope, start, rate, max(steps + more, 0))[0], curve

    return walk


def trained(steps: int) -> tuple[float, float]:
    """Take the steps of the picture; return the loss and the accuracy, in percent."""
    table = np.zeros((3, 3))
    for _ in range(steps):
        table = table - loss_slope(table, DAYS, CLASSES)
    hit = scores_of(table, DAYS).argmax(axis=1) == CLASSES
    return float(mean_loss(table, DAYS, CLASSES)), 100 * float(hit.mean())


HALF = next(steps for steps in range(100) if trained(steps)[0] < 0.5)
REPORTS = [
    (TABLE, HELD, HELD_CLASSES),
    (SMALL, np.array([[0.5], [-1.0], [2.0]]), np.array([1, 0, 0])),
    (STEEP, np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([1, 2])),
]


def hits(table: Floats, X: Floats, y: Labels) -> Any:
    return scores_of(table, X).argmax(axis=1) == y


def report(table: Floats, X: Floats, y: Labels) -> Floats:
    return np.array([mean_loss(table, X, y), hits(table, X, y).mean()])


PAID = [
    (TABLE, HELD, HELD_CLASSES, 3),
    (TABLE, HELD, HELD_CLASSES, 12),
    (SMALL, np.array([[0.5], [-1.0], [2.0], [0.0]]), np.array([1, 0, 0, 1]), 1),
    (STEEP, np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([1, 0, 2]), 2),
]


def ordered(table: Floats, X: Floats, y: Labels) -> Floats:
    return np.sort(surprises(table, X, y))[::-1]


ON_ITS_SIDE = np.array([[2.0, 0.0, -1.0, 0.5], [0.0, 1.5, 0.0, 0.5], [-1.0, 0.5, 1.0, 2.0]])
CODES = np.array([1, 2, 3, 1])
SIDES = [
    (ON_ITS_SIDE, CODES),
    (ON_ITS_SIDE[:, 3:], CODES[3:]),
    (np.array([[3000.0, -4.0, 0.0], [0.0, 2000.0, -1.0]]), np.array([2, 2, 1])),
]


def given(scores: Floats, codes: Labels, axis: int = 0, first: int = 1) -> Floats:
    log_q = special.log_softmax(scores, axis=axis)
    return -log_q[(codes - first) % len(scores), np.arange(len(codes))]


VISIBLE = {
    "objective": Exercise(
        objective(),
        {
            "use the logarithm to base 2": objective(
                lambda table, X, y: mean_loss(table, X, y) / np.log(2)
            ),
            "leave out the minus": objective(lambda table, X, y: -mean_loss(table, X, y)),
            "sum over the days": objective(lambda table, X, y: surprises(table, X, y).sum()),
            "normalise over the days, not over the classes": objective(
                lambda table, X, y: surprises(table, X, y, axis=0).mean()
            ),
            "leave out the biases": objective(
                lambda table, X, y: mean_loss(without_biases(table), X, y)
            ),
            "take the mean over all entries of the table of days": objective(
                lambda table, X, y: mean_loss(table, X, y) / len(table)
            ),
            "charge the biases too": objective(
                left=lambda table, old, X: np.sum((table - old) ** 2)
            ),
            "pull towards 0, not towards the old weights": objective(
                left=lambda table, old, X: np.sum(table[:, :-1] ** 2)
            ),
            "leave out the squares": objective(
                left=lambda table, old, X: np.abs(moved(table, old)).sum()
            ),
            "take the root of the sum of squares": objective(
                left=lambda table, old, X: np.sqrt(penalty(table, old, X))
            ),
            "leave out the penalty": objective(left=lambda table, old, X: 0.0),
            "divide the penalty by the number of days": objective(
                left=lambda table, old, X: penalty(table, old, X) / len(X)
            ),
            "take the logarithm of a probability that has rounded to 0": objective(
                lambda table, X, y: rounded_to_zero(table, X, y).mean()
            ),
        },
        VALLEYS,
    ),
    "at-zero": Exercise(
        lambda l2, old: np.log(len(old)) + l2 * np.sum(old[:, :-1] ** 2),
        {
            "leave out the penalty": lambda l2, old: np.log(len(old)),
            "leave out the cross-entropy": lambda l2, old: l2 * np.sum(old[:, :-1] ** 2),
            "charge the biases too": lambda l2, old: np.log(len(old)) + l2 * np.sum(old**2),
            "use the logarithm to base 2": lambda l2, old: (
                np.log2(len(old)) + l2 * np.sum(old[:, :-1] ** 2)
            ),
            "count two classes": lambda l2, old: np.log(2) + l2 * np.sum(old[:, :-1] ** 2),
        },
        [(0.05, OLD), (0.0, OLD), (0.3, SMALL), (1.5, np.arange(15.0).reshape(5, 3) / 10)],
    ),
    "gradient": Exercise(
        gradient(),
        {
            "sum over the days": gradient(lambda table, X, y: len(X) * loss_slope(table, X, y)),
            "take h - q": gradient(lambda table, X, y: -loss_slope(table, X, y)),
            "normalise over the days, not over the classes": gradient(
                lambda table, X, y: of_errors(errors(table, X, y, axis=0), X)
            ),
            "leave out the biases when you compute the scores": gradient(
                lambda table, X, y: loss_slope(without_biases(table), X, y)
            ),
            "put the biases first": biases_first,
            "pull the biases too": gradient(pull=lambda table, old: 2 * (table - old)),
            "leave out the 2": gradient(pull=lambda table, old: without_biases(table - old)),
            "pull towards 0, not towards the old weights": gradient(
                pull=lambda table, old: 2 * without_biases(table)
            ),
            "push away from the old weights": gradient(
                pull=lambda table, old: -2 * without_biases(table - old)
            ),
            "leave out the penalty": gradient(pull=lambda table, old: 0 * table),
        },
        # Without the steep table: the task says nothing of large scores.
        [VALLEYS[0], VALLEYS[1], VALLEYS[3]],
    ),
    "descend": Exercise(
        descend,
        {
            "step uphill": lambda value, slope, start, rate, steps: descend(
                value, slope, start, -rate, steps
            ),
            "take one step too few": other_end(-1),
            "take one step too many": other_end(1),
            "leave out the rate": lambda value, slope, start, rate, steps: descend(
                value, slope, start, 1, steps
            ),
            "begin the curve after the first step": late_curve,
        },
        WALKS,
        pure=True,
    ),
    "steps-to-half": Exercise(
        lambda: HALF,
        {"stop one step early": lambda: HALF - 1, "take one step too many": lambda: HALF + 1},
    ),
    "accuracy-in-the-end": Exercise(
        lambda: trained(500)[1],
        {
            "read it where the loss is 0.5": lambda: trained(HALF)[1],
            "give a share, not percent": lambda: trained(500)[1] / 100,
        },
        rtol=1e-3,
    ),
    "report": Exercise(
        report,
        {
            "use the logarithm to base 2": lambda table, X, y: (
                report(table, X, y) / np.array([np.log(2), 1])
            ),
            "sum over the days": lambda table, X, y: report(table, X, y) * np.array([len(X), 1]),
            "count the days that are right": lambda table, X, y: (
                report(table, X, y) * np.array([1, len(X)])
            ),
            "give the share of the days that are wrong": lambda table, X, y: np.array(
                [mean_loss(table, X, y), 1 - hits(table, X, y).mean()]
            ),
            "give the accuracy in percent": lambda table, X, y: (
                report(table, X, y) * np.array([1, 100])
            ),
            "give the accuracy first": lambda table, X, y: report(table, X, y)[::-1],
        },
        REPORTS,
    ),
    "surprise-share": Exercise(
        lambda table, X, y, m: ordered(table, X, y)[:m].sum() / surprises(table, X, y).sum(),
        {
            "take the days that surprise least": lambda table, X, y, m: (
                ordered(table, X, y)[-m:].sum() / surprises(table, X, y).sum()
            ),
            "return nats, not a share": lambda table, X, y, m: ordered(table, X, y)[:m].sum(),
            "divide by the mean": lambda table, X, y, m: (
                ordered(table, X, y)[:m].sum() / mean_loss(table, X, y)
            ),
            "return the share of the single worst day": lambda table, X, y, m: (
                ordered(table, X, y)[0] / surprises(table, X, y).sum()
            ),
            "take the first days of the table": lambda table, X, y, m: (
                surprises(table, X, y)[:m].sum() / surprises(table, X, y).sum()
            ),
            "take the logarithm of a probability that has rounded to 0": lambda table, X, y, m: (
                np.sort(rounded_to_zero(table, X, y))[-m:].sum()
                / rounded_to_zero(table, X, y).sum()
            ),
        },
        PAID,
    ),
    "mean-surprisal": Exercise(
        lambda scores, codes: given(scores, codes).mean(),
        {
            "normalise over the days, not over the classes": lambda scores, codes: given(
                scores, codes, axis=1
            ).mean(),
            "take the codes for labels that begin at 0": lambda scores, codes: given(
                scores, codes, first=0
            ).mean(),
            "take one off the codes twice": lambda scores, codes: given(
                scores, codes, first=2
            ).mean(),
            "sum over the days": lambda scores, codes: given(scores, codes).sum(),
        },
        SIDES,
    ),
}
