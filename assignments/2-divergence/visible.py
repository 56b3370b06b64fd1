"""The visible tests of the second assignment: what is right, and which mistakes are named."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr, xlogy

from crossentropy.exercises import Exercise
from crossentropy.exercises.named import gap_of_directions

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

MONTHS = [
    (
        np.array([[14, 8, 6], [20, 8, 0], [16, 0, 12]]),
        np.array([[1 / 2, 1 / 4, 1 / 4], [1 / 2, 1 / 4, 1 / 4], [5 / 8, 3 / 8, 0]]),
    ),
    (np.array([[3, 7]]), np.array([[0.2, 0.8]])),
    (
        np.array([[1, 0, 2, 4], [5, 5, 0, 0]]),
        np.array([[0.1, 0.0, 0.2, 0.7], [0.25, 0.25, 0.25, 0.25]]),
    ),
]


def shares(counts: Counts) -> Floats:
    return counts / counts.sum(axis=1, keepdims=True)


def excess(counts: Counts, q: Floats) -> Any:
    return counts.sum(axis=1) * rel_entr(shares(counts), q).sum(axis=1) / np.log(2)


def skipped(counts: Counts, q: Floats) -> Any:
    p = shares(counts)
    known = np.where(q > 0, q, 1)
    terms = np.where(q > 0, rel_entr(p, known), 0)
    return counts.sum(axis=1) * terms.sum(axis=1) / np.log(2)


def naive_divergence(p: Floats, q: Floats) -> Any:
    return np.sum(p * np.log2(p / q), axis=1)


def bills(counts: Counts, q: Floats) -> Any:
    return -xlogy(counts, q).sum(axis=1) / np.log(2)


BOLD = [
    [0.90, 0.05, 0.05],
    [0.05, 0.90, 0.05],
    [0.90, 0.05, 0.05],
    [0.98, 0.01, 0.01],
    [0.90, 0.05, 0.05],
    [0.05, 0.90, 0.05],
]
CAREFUL = [
    [0.6, 0.3, 0.1],
    [0.2, 0.6, 0.2],
    [0.3, 0.5, 0.2],
    [0.4, 0.3, 0.3],
    [0.6, 0.2, 0.2],
    [0.3, 0.6, 0.1],
]
LAZY = [[0.50, 0.25, 0.25]] * 6
WEEKS = [
    (np.array([0, 1, 0, 2, 0, 1]), np.array([BOLD, CAREFUL, LAZY])),
    (np.array([1, 1, 0]), np.array([[[0.5, 0.5], [0.0, 1.0], [0.3, 0.7]]])),
    (
        np.array([3, 0]),
        np.array(
            [
                [[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1]],
                [[0.4, 0.3, 0.3, 0.0], [0.9, 0.1, 0.0, 0.0]],
            ]
        ),
    ),
    (np.array([1]), np.array([[[0.25, 0.75]]])),
]


def given(weather: Counts, forecasts: Floats) -> Floats:
    return forecasts[:, np.arange(len(weather)), weather]


TRUTH = np.array([0.46, 0.03, 0.02, 0.03, 0.46])
STANDARD = np.array(
    [
        [0.05, 0.25, 0.40, 0.25, 0.05],
        [0.80, 0.10, 0.05, 0.03, 0.02],
        [0.20, 0.20, 0.20, 0.20, 0.20],
        [0.00, 0.00, 0.00, 0.00, 1.00],
    ]
)
PAIR = np.array([0.0, 0.4, 0.6])
PAIRS = np.array([[0.1, 0.5, 0.4], [0.0, 0.9, 0.1], [0.0, 0.0, 1.0], [0.2, 0.3, 0.5]])
CHOICES = [
    (p, family, direction)
    for p, family in [(TRUTH, STANDARD), (PAIR, PAIRS), (PAIR[1:], PAIRS[1:3, 1:])]
    for direction in ("forward", "reverse")
]


def divergences(p: Floats, family: Floats, direction: str) -> Any:
    terms = rel_entr(p, family) if direction == "forward" else rel_entr(family, p)
    return terms.sum(axis=1)


def other_direction(direction: str) -> str:
    return "reverse" if direction == "forward" else "forward"


def by_cross_entropy(p: Floats, family: Floats, direction: str) -> Any:
    terms = xlogy(p, family) if direction == "forward" else xlogy(family, p)
    return (-terms.sum(axis=1)).argmin()


DAYS = [
    (
        np.array([[0.50, 0.25, 0.25], [1.0, 0.0, 0.0], [0.5, 0.5, 0.0]]),
        np.array([[0.50, 0.25, 0.25], [0.50, 0.25, 0.25], [0.5, 0.5, 0.0]]),
        np.array([0.25, 0.25, 0.50]),
    ),
    (np.array([[0.3, 0.7]]), np.array([[1.0, 0.0]]), np.array([0.5, 0.5])),
    (
        np.array([[0.1, 0.2, 0.3, 0.4], [0.0, 0.0, 0.5, 0.5]]),
        np.array([[0.4, 0.3, 0.2, 0.1], [0.0, 0.1, 0.45, 0.45]]),
        np.array([0.1, 0.2, 0.3, 0.4]),
    ),
]


def spent(p: Floats, q: Floats) -> Any:
    return -xlogy(p, q).sum(axis=1) / np.log(2)


def saved(p: Floats, q: Floats, climate: Floats) -> Any:
    return spent(p, climate) - spent(p, q)


VISIBLE = {
    "excess-bits": Exercise(
        excess,
        {
            "use natural logarithms": lambda counts, q: excess(counts, q) * np.log(2),
            "return the bits of one day": lambda counts, q: (
                rel_entr(shares(counts), q).sum(axis=1) / np.log(2)
            ),
            "return the whole bill": bills,
            "swap the shares and the forecast": lambda counts, q: (
                counts.sum(axis=1) * rel_entr(q, shares(counts)).sum(axis=1) / np.log(2)
            ),
            "leave 0 log 0 to NumPy": lambda counts, q: (
                counts.sum(axis=1) * naive_divergence(shares(counts), q)
            ),
            "skip the class that the forecast calls impossible": skipped,
            "forget the minus sign": lambda counts, q: -excess(counts, q),
        },
        MONTHS,
    ),
    "mean-bills": Exercise(
        lambda weather, forecasts: -np.log2(given(weather, forecasts)).mean(axis=1),
        {
            "use natural logarithms": lambda weather, forecasts: (
                -np.log(given(weather, forecasts)).mean(axis=1)
            ),
            "add the days up and do not divide by their number": lambda weather, forecasts: (
                -np.log2(given(weather, forecasts)).sum(axis=1)
            ),
            "take the logarithm of the mean probability": lambda weather, forecasts: (
                -np.log2(given(weather, forecasts).mean(axis=1))
            ),
            "charge for all classes and not for the one that came": lambda weather, forecasts: (
                -np.log2(forecasts).mean(axis=(1, 2))
            ),
            "forget the minus sign": lambda weather, forecasts: np.log2(
                given(weather, forecasts)
            ).mean(axis=1),
            "charge every day for the weather of every day": lambda weather, forecasts: (
                -np.log2(forecasts[:, :, weather]).mean(axis=(1, 2))
            ),
        },
        WEEKS,
    ),
    "best-fit": Exercise(
        lambda p, family, direction: divergences(p, family, direction).argmin(),
        {
            "exchange the two directions": lambda p, family, direction: divergences(
                p, family, other_direction(direction)
            ).argmin(),
            "look for the largest divergence": lambda p, family, direction: divergences(
                p, family, direction
            ).argmax(),
            "forget that H(q) changes when you minimise H(q, p)": by_cross_entropy,
            "take the same direction both times": lambda p, family, direction: divergences(
                p, family, "forward"
            ).argmin(),
        },
        CHOICES,
    ),
    "covering-mean": Exercise(
        lambda: 0.7 * 10 + 0.3 * 15,
        {
            "let the forward divergence stay on the larger hump": lambda: 10,
            "let the forward divergence stay on the smaller hump": lambda: 15,
            "take the middle between the humps, whatever their weights": lambda: 12.5,
            "leave the hump where it was": lambda: 16,
        },
        rtol=0.004,
    ),
    "seeking-nats": Exercise(
        lambda: np.log(1 / 0.3),
        {
            "descend on the morning hump": lambda: np.log(1 / 0.7),
            "read the number in bits": lambda: np.log2(1 / 0.3),
            "read the forward divergence where the reverse one ends": lambda: 14.53,
            "read the smallest forward divergence": lambda: 0.5580,
        },
        rtol=0.005,
    ),
    "same-both-ways": Exercise(
        lambda p: p[::-1],
        {
            "return p itself": lambda p: p,
            "take the uniform distribution": lambda p: np.ones(2) / 2,
        },
        [(np.array([0.2, 0.8]),), (np.array([0.9, 0.1]),), (np.array([0.45, 0.55]),)],
        compared=gap_of_directions,
    ),
    "saved-bits": Exercise(
        saved,
        {
            "leave all three mistakes in": lambda p, q, climate: (
                naive_divergence(p, climate) + np.sum(p * np.log(q), axis=1)
            ),
            "hold a divergence against a cross-entropy": lambda p, q, climate: (
                rel_entr(p, climate).sum(axis=1) / np.log(2) - spent(p, q)
            ),
            "subtract nats from bits": lambda p, q, climate: (
                spent(p, climate) - spent(p, q) * np.log(2)
            ),
            "answer in nats": lambda p, q, climate: saved(p, q, climate) * np.log(2),
            "leave 0 log 0 to NumPy": lambda p, q, climate: (
                spent(p, climate) + np.sum(p * np.log2(q), axis=1)
            ),
            "leave 0 log 0 to NumPy in both divergences": lambda p, q, climate: (
                naive_divergence(p, climate) - naive_divergence(p, q)
            ),
            "subtract the climate's bits from the forecaster's": lambda p, q, climate: (
                -saved(p, q, climate)
            ),
            "return the mean of all days": lambda p, q, climate: saved(p, q, climate).mean(),
        },
        DAYS,
    ),
}
