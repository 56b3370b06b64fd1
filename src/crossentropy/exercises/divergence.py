"""The exercises of chapter 2, *KL divergence and cross-entropy*."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

from crossentropy.coding import huffman_lengths
from crossentropy.exercises._exercise import Exercise
from crossentropy.information import cross_entropy, entropy, kl_divergence

__all__ = ["EXERCISES"]

Vector = NDArray[np.float64]

_GARDEN = np.array([1 / 2, 1 / 3, 1 / 6])
_NO_FOX = np.array([1 / 2, 1 / 2, 0])


def _bits_beyond_one_word_a_day(p: Vector, q: Vector, days: float) -> Any:
    return days * (cross_entropy(p, q, base=2) - p @ huffman_lengths(p).clip(max=len(p)))


def _formula(p: Vector, q: Vector, log: Any = np.log) -> Any:
    return np.sum(p * log(p / q))


_extra_bits = Exercise(
    lambda p, q, days: days * kl_divergence(p, q, base=2),
    {
        "use natural logarithms": lambda p, q, days: days * kl_divergence(p, q),
        "exchange p and q": lambda p, q, days: days * kl_divergence(q, p, base=2),
        "return the whole bill": lambda p, q, days: days * cross_entropy(p, q, base=2),
        "return what is due in any case": lambda p, q, days: days * entropy(p, base=2),
        "forget the days": lambda p, q, days: kl_divergence(p, q, base=2),
        "compare with the best code of one word a day": _bits_beyond_one_word_a_day,
        "leave 0 log 0 to NumPy": lambda p, q, days: days * _formula(p, q, np.log2),
    },
    [
        (np.array([0.1, 0.2, 0.7]), np.array([0.5, 0.25, 0.25]), 365),
        (np.array([0.4, 0.6]), np.array([0.9, 0.1]), 7),
        (np.array([0.3, 0.0, 0.5, 0.2]), np.array([0.2, 0.3, 0.4, 0.1]), 30),
        (np.array([0.25, 0.25, 0.5]), np.array([0.25, 0.25, 0.5]), 1000),
        (_NO_FOX, np.array([1 / 2, 0, 1 / 2]), 2),
    ],
)


def _geometric(p: Vector, p_other: Vector, share: float) -> Vector:
    product = p**share * p_other ** (1 - share)
    return np.asarray(product / product.sum())


_shared_model = Exercise(
    lambda p, p_other, share: share * p + (1 - share) * p_other,
    {
        "design the code for the first garden alone": lambda p, p_other, share: p,
        "design the code for the second garden alone": lambda p, p_other, share: p_other,
        "forget the shares": lambda p, p_other, share: (p + p_other) / 2,
        "give the first garden the share of the second": lambda p, p_other, share: (
            (1 - share) * p + share * p_other
        ),
        "average the logarithms and not the probabilities": _geometric,
    },
    [
        (_GARDEN, np.array([0.1, 0.2, 0.7]), 0.75),
        (np.array([1.0, 0.0]), np.array([0.25, 0.75]), 0.2),
        (np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.0, 0.5, 0.5, 0.0]), 0.5),
        (np.array([0.3, 0.7]), np.array([0.6, 0.4]), 1.0),
    ],
)

_largest_error = Exercise(
    lambda nats: np.sqrt(nats / 2),
    {
        "return the divergence itself": lambda nats: nats,
        "forget the square root": lambda nats: nats / 2,
        "multiply by 2 where you should divide": lambda nats: np.sqrt(2 * nats),
        "take the root before you divide by 2": lambda nats: np.sqrt(nats) / 2,
        "take the nats for bits": lambda nats: np.sqrt(nats * np.log(2) / 2),
    },
    [(0.02,), (0.0002,), (0.0,), (0.5,), (2.0,)],
)


def _masked(p: Vector, q: Vector, keep: NDArray[np.bool_]) -> Any:
    return _formula(p[keep], q[keep])


def _infinite_for_any_zero(p: Vector, q: Vector) -> Any:
    return np.inf if (q == 0).any() else rel_entr(p, q).sum()


_masked_kl = Exercise(
    lambda p, q: rel_entr(p, q).sum(),
    {
        "skip the class that q calls impossible": lambda p, q: _masked(p, q, (p > 0) & (q > 0)),
        "call every zero in q infinite, though p may have one there too": _infinite_for_any_zero,
        "keep a class that neither p nor q shows": lambda p, q: _masked(p, q, (p > 0) | (q == 0)),
        "keep the classes that q shows": lambda p, q: _masked(p, q, q > 0),
        "skip no class at all": _formula,
    },
    [
        (_NO_FOX, np.array([1 / 2, 0, 1 / 2])),
        (_NO_FOX, np.array([2 / 3, 1 / 3, 0])),
        (_NO_FOX, np.array([1 / 2, 1 / 4, 1 / 4])),
        (_GARDEN, np.array([1 / 2, 1 / 4, 1 / 4])),
        (np.array([0.0, 0.4, 0.6, 0.0, 0.0]), np.array([0.1, 0.3, 0.6, 0.0, 0.0])),
        (np.array([0.0, 1.0]), np.array([0.0, 1.0])),
        (np.array([0.7, 0.1, 0.1, 0.1]), np.array([0.1, 0.0, 0.9, 0.0])),
    ],
    # A tiny number in place of a limit is off by that tiny number, and by no more.
    rtol=1e-13,
)

_smoothed = Exercise(
    lambda counts: (counts + 1) / (counts + 1).sum(),
    {
        "add to the counts and not to their total": lambda counts: (counts + 1) / counts.sum(),
        "add 1 to the total, although every count grew": lambda counts: (
            (counts + 1) / (counts.sum() + 1)
        ),
        "add 3 to the total, whatever the number of classes": lambda counts: (
            (counts + 1) / (counts.sum() + 3)
        ),
        "divide by nine, whatever was counted": lambda counts: (counts + 1) / 9,
        "divide by one and a half times the old total": lambda counts: (
            (counts + 1) / (1.5 * counts.sum())
        ),
        "add 1 to each share and not to each count": lambda counts: (
            (counts / counts.sum() + 1) / (1 + len(counts))
        ),
        "add nothing": lambda counts: counts / counts.sum(),
    },
    [
        (np.array([4, 2, 0]),),
        (np.array([0, 0, 0]),),
        (np.array([0, 1]),),
        (np.array([10, 0, 0, 5, 3]),),
        (np.array([7]),),
    ],
)

EXERCISES = {
    "ex-div-1": _extra_bits,
    "ex-div-3": _masked_kl,
    "ex-div-4": _shared_model,
    "ex-div-5": _largest_error,
    "ex-div-6": _smoothed,
}
