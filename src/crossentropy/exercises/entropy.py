"""The exercises of chapter 1, *Surprise and entropy*."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossentropy._validation import Value
from crossentropy.exercises._exercise import Exercise
from crossentropy.information import entropy, surprisal

__all__ = ["EXERCISES"]

_DIE = np.array([0.1, 0.1, 0.1, 0.1, 0.1, 0.5])

_loaded_die = Exercise(
    lambda: entropy(_DIE, base=2),
    {
        "use natural logarithms": lambda: entropy(_DIE),
        "average the surprises without their probabilities": lambda: surprisal(_DIE, base=2).mean(),
        "forget the minus sign": lambda: -entropy(_DIE, base=2),
        "take the die for a fair one": lambda: np.log2(6),
    },
    digits=3,
)


def _outcomes(k: int) -> NDArray[np.float64]:
    return np.array([k / 12, 1 - k / 6, k / 12])  # down on the left, level, down on the right


_weighing = Exercise(
    lambda k: entropy(_outcomes(k), base=2),
    {
        "use natural logarithms": lambda k: entropy(_outcomes(k)),
        "do not ask which pan goes down": lambda k: entropy([k / 6, 1 - k / 6], base=2),
        "leave out the level pans": lambda k: k / 6 * surprisal(k / 12, base=2),
        "take the three outcomes to be equally likely": lambda k: np.log2(3),
    },
    [(k,) for k in range(1, 7)],
)


def _added_bits(gardens: Any) -> Value:
    p, r = gardens
    apart = (entropy(p, base=2) + entropy(r, base=2)) / 2
    return entropy(np.add(p, r) / 2, base=2) - apart


_two_gardens = Exercise(
    lambda: ([1, 0, 0], [0, 1 / 2, 1 / 2]),
    {
        "take the same garden twice": lambda: ([1, 0, 0], [1, 0, 0]),
        "give one garden one animal only, and the other all three": lambda: (
            [1, 0, 0],
            [1 / 3, 1 / 3, 1 / 3],
        ),
    },
    compared=_added_bits,
)


def _entropy_bits(p: Any) -> Value:
    return entropy(p, base=2)


def _patched(p: Any, log: Any, epsilon: float = 0.0) -> Any:
    p = np.asarray(p, dtype=np.float64)
    return -np.sum(p * log(p + epsilon))


def _zero_skipped(p: Any, log: Any) -> Any:
    p = np.asarray(p, dtype=np.float64)
    p = p[p > 0]
    return -np.sum(p * log(p))


_entropy_in_bits = Exercise(
    _entropy_bits,
    {
        "leave 0 log 0 to NumPy and use natural logarithms": lambda p: _patched(p, np.log),
        "leave 0 log 0 to NumPy": lambda p: _patched(p, np.log2),
        "use natural logarithms": lambda p: _zero_skipped(p, np.log) + 0.0,
        "use natural logarithms and leave a minus on the zero": lambda p: _zero_skipped(p, np.log),
        "leave a minus on the zero": lambda p: _zero_skipped(p, np.log2),
        "add a tiny number to every probability": lambda p: _patched(p, np.log2, 1e-12),
        "lift every probability to a tiny number": lambda p: _patched(
            np.clip(p, 1e-12, 1), np.log2
        ),
        "count the animals that come, and leave out how often": lambda p: np.log2(
            np.count_nonzero(p)
        ),
    },
    [
        ([1.0, 0.0, 0.0],),
        ([0.5, 0.5],),
        ([1 / 2, 1 / 3, 1 / 6],),
        ([0.0, 0.9, 0.1, 0.0],),
        ([0.0, 0.0, 0.0, 0.0, 1.0],),
    ],
    # A tiny number in place of a limit is off by that tiny number, and by no more.
    rtol=1e-13,
    # The sign of a zero is a part of the answer.
    signed_zero=True,
)


def _shares(counts: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    photographs = counts.sum(axis=1)
    return counts / photographs[:, np.newaxis], photographs


_card_entropy = Exercise(
    lambda counts: entropy(counts.sum(axis=0) / counts.sum()),
    {
        "average the entropies of the nights": lambda counts: np.average(
            entropy(_shares(counts)[0]), weights=_shares(counts)[1]
        ),
        "average the entropies, all nights alike": lambda counts: entropy(
            _shares(counts)[0]
        ).mean(),
        "average the shares, all nights alike": lambda counts: entropy(
            _shares(counts)[0].mean(axis=0)
        ),
        "take each cell of the table for an animal of its own": lambda counts: entropy(
            counts.ravel() / counts.sum()
        ),
        "use logarithms to base 2": lambda counts: entropy(
            counts.sum(axis=0) / counts.sum(), base=2
        ),
    },
    [
        (np.array([[8, 1, 1], [0, 3, 0], [1, 4, 2]]),),
        (np.array([[100, 0, 0], [1, 1, 1]]),),
        (np.array([[2, 5]]),),
        (np.array([[0, 3, 0, 0], [0, 5, 0, 0]]),),
        (np.array([[1, 2, 3, 4, 0], [9, 0, 0, 0, 1], [2, 2, 2, 2, 2], [0, 0, 1, 0, 0]]),),
    ],
)

EXERCISES = {
    "ex-ent-1": _loaded_die,
    "ex-ent-3": _entropy_in_bits,
    "ex-ent-4": _weighing,
    "ex-ent-5": _two_gardens,
    "ex-ent-6": _card_entropy,
}
