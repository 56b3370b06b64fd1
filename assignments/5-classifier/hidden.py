"""The hidden tests of the fifth assignment: what is asked, and how the answers are found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from crossentropy import softmax_cross_entropy
from crossentropy_classroom.hidden import Arguments, Hidden

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


def _sizes(rng: np.random.Generator) -> list[tuple[int, int, int]]:
    """Days, measurements and classes: as many classes as days, fewer and more."""
    k = int(rng.integers(3, 6))
    return [(k, k, k), (int(rng.integers(8, 30)), 2, k), (2, 4, k), (12, 1, 2)]


def _valley(rng: np.random.Generator, size: tuple[int, int, int], l2: float) -> Arguments:
    """Return a table, the days, their classes, the penalty and the old table."""
    n, d, k = size
    table, old = rng.normal(size=(2, k, d + 1))
    return (table, rng.uniform(-1, 1, size=(n, d)), rng.integers(k, size=n), l2, old)


def _without_penalty(rng: np.random.Generator) -> list[Arguments]:
    return [_valley(rng, size, 0.0) for size in _sizes(rng)]


def _with_penalty(rng: np.random.Generator) -> list[Arguments]:
    return [_valley(rng, size, rng.uniform(0.05, 0.5)) for size in _sizes(rng)]


def _of_large_scores(rng: np.random.Generator) -> list[Arguments]:
    """One day of every kind, and one kind with a score that is thousands above the others."""
    cases: list[Arguments] = []
    for n, d, k in _sizes(rng):
        table, X, y, l2, old = _valley(rng, (n + k, d, k), 0.0)
        table[int(rng.integers(k)), -1] += rng.uniform(2000, 6000)
        cases.append((table, X, np.r_[y[k:], 0:k], l2, old))
    return cases


def _single_days(rng: np.random.Generator) -> list[Arguments]:
    return [_valley(rng, (1, d, k), rng.uniform(0, 0.5)) for _, d, k in _sizes(rng)]


def _old_tables(rng: np.random.Generator) -> list[Arguments]:
    return [(l2, old) for *_, l2, old in _with_penalty(rng)]


def _starts(rng: np.random.Generator) -> list[Arguments]:
    return [
        (rng.normal(size=shape), rng.uniform(0.02, 0.12), int(rng.integers(1, 12)))
        for shape in [(1,), (5,), (2, 3)]
    ]


def _starts_and_no_step(rng: np.random.Generator) -> list[Arguments]:
    return [*_starts(rng), (rng.normal(size=4), 0.1, 0)]


def _held_out(rng: np.random.Generator) -> list[Arguments]:
    return [(table, X, y) for table, X, y, *_ in _without_penalty(rng)]


def _held_out_and_m(rng: np.random.Generator) -> list[Arguments]:
    """From one day to almost all of them."""
    days = _held_out(rng)
    return [(*case, m) for case in days for m in (1, int(rng.integers(1, len(case[2]))))]


def _held_out_of_large_scores(rng: np.random.Generator) -> list[Arguments]:
    return [(table, X, y, 2) for table, X, y, *_ in _of_large_scores(rng)]


def _on_their_side(rng: np.random.Generator) -> list[Arguments]:
    """Squares too, and in every table the last code occurs."""
    cases: list[Arguments] = []
    for n, _, k in _sizes(rng):
        codes = rng.integers(1, k + 1, size=n)
        codes[int(rng.integers(n))] = k
        cases.append((rng.normal(scale=2, size=(k, n)), codes))
    return cases


def _single_columns(rng: np.random.Generator) -> list[Arguments]:
    return [
        (scores[:, :1] * factor, codes[:1])
        for scores, codes in _on_their_side(rng)
        for factor in (1, 1000)
    ]


def _scores(table: Floats, X: Floats) -> Floats:
    return np.column_stack([X, np.ones(len(X))]) @ table.T


def _objective(table: Floats, X: Floats, y: Labels, l2: float, old: Floats) -> float:
    loss = softmax_cross_entropy(_scores(table, X), y)
    return float(loss) + l2 * float(np.linalg.norm(table[:, :-1] - old[:, :-1]) ** 2)


def _gradient(table: Floats, X: Floats, y: Labels, l2: float, old: Floats) -> Floats:
    """By columns of ones, and a penalty with a zero for the biases."""
    _, errors = softmax_cross_entropy(_scores(table, X), y, return_grad=True)
    charged = np.r_[np.ones(X.shape[1]), 0]
    slopes = errors.T @ np.column_stack([X, np.ones(len(X))])
    return np.asarray(slopes + 2 * l2 * charged * (table - old))


def _value_at_zero(l2: float, old: Floats) -> float:
    one_day = np.zeros((1, old.shape[1] - 1)), np.zeros(1, dtype=int)
    return _objective(np.zeros_like(old), *one_day, l2, old)


def _places(start: Floats, rate: float, steps: int) -> Floats:
    """In closed form: each step multiplies entry k by 1 - (k + 1) rate."""
    factors = 1 - rate * np.arange(1, start.size + 1)
    return np.asarray(start.ravel() * factors ** np.arange(steps + 1)[:, np.newaxis])


def _end(start: Floats, rate: float, steps: int) -> Floats:
    return np.asarray(_places(start, rate, steps)[-1].reshape(start.shape))


def _curve(start: Floats, rate: float, steps: int) -> Floats:
    return np.asarray(_places(start, rate, steps) ** 2 @ np.arange(1, start.size + 1) / 2)


def _report(table: Floats, X: Floats, y: Labels) -> Floats:
    scores = _scores(table, X)
    own = scores[np.arange(len(y)), y]
    return np.array([softmax_cross_entropy(scores, y), np.mean(own == scores.max(axis=1))])


def _surprise_share(table: Floats, X: Floats, y: Labels, m: int) -> float:
    surprises = softmax_cross_entropy(_scores(table, X), y, reduction="none")
    return float(np.partition(surprises, len(y) - m)[len(y) - m :].sum() / surprises.sum())


def _mean_surprisal(scores: Floats, codes: Labels) -> float:
    surprises = -special.log_softmax(scores, axis=0)
    return float(np.mean([surprises[code - 1, day] for day, code in enumerate(codes)]))


TESTS = [
    Hidden(
        "test-objective",
        "objective",
        1,
        _objective,
        "the mean cross-entropy alone, for tables of any shape",
        _without_penalty,
    ),
    Hidden(
        "test-objective",
        "objective",
        1,
        _objective,
        "the cross-entropy and the penalty together",
        _with_penalty,
    ),
    Hidden(
        "test-objective",
        "objective",
        1,
        _objective,
        "scores that are thousands apart",
        _of_large_scores,
    ),
    Hidden(
        "test-at-zero",
        "value_at_zero",
        1,
        _value_at_zero,
        "any number of classes and measurements, any penalty",
        _old_tables,
    ),
    Hidden(
        "test-gradient",
        "gradient",
        1,
        _gradient,
        "the slopes without a penalty, for several days",
        _without_penalty,
    ),
    Hidden(
        "test-gradient",
        "gradient",
        1,
        _gradient,
        "the slopes with a penalty, for several days",
        _with_penalty,
    ),
    Hidden(
        "test-gradient",
        "gradient",
        1,
        _gradient,
        "the slopes of a single day",
        _single_days,
    ),
    Hidden(
        "test-descend",
        "end_in_bowl",
        1,
        _end,
        "where a walk ends",
        _starts,
    ),
    Hidden(
        "test-descend",
        "second_curve_in_bowl",
        1,
        _curve,
        "the loss curve, from its first number to its last, of a second walk from the same start",
        _starts_and_no_step,
    ),
    Hidden(
        "test-watch",
        "steps_to_half",
        1,
        18,
        "the steps until the loss is below 0.5, read off the picture",
    ),
    Hidden(
        "test-watch",
        "accuracy_in_the_end",
        1,
        100 * 22 / 24,
        "the accuracy in the end, in percent, to one decimal",
        rtol=1e-3,
    ),
    Hidden(
        "test-report",
        "report",
        1,
        _report,
        "loss and accuracy on days that you have not seen",
        _held_out,
    ),
    Hidden(
        "test-surprise-share",
        "surprise_share",
        1,
        _surprise_share,
        "the share of one day and of several",
        _held_out_and_m,
    ),
    Hidden(
        "test-surprise-share",
        "surprise_share",
        1,
        _surprise_share,
        "the share of the loss when scores are thousands apart",
        _held_out_of_large_scores,
    ),
    Hidden(
        "test-mean-surprisal",
        "mean_surprisal",
        1,
        _mean_surprisal,
        "several days, and as many days as classes",
        _on_their_side,
    ),
    Hidden(
        "test-mean-surprisal",
        "mean_surprisal",
        1,
        _mean_surprisal,
        "a day that stands alone",
        _single_columns,
    ),
]
