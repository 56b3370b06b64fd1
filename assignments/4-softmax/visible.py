"""The visible tests of the fourth assignment: what is right, and which mistakes are named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from crossentropy.exercises import Exercise
from crossentropy.exercises.named import hill, valley

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

ALL, NO_SISKIN = np.array([True, True, True]), np.array([True, True, False])
TWO_PHOTOS = np.array([[2.0, 0.0, -1.0], [0.5, 1.5, 0.0]])
SEASONS = [
    (TWO_PHOTOS, ALL),
    (TWO_PHOTOS, NO_SISKIN),
    (np.array([[3000.0, 2999.0, -5000.0], [-3000.0, -3001.0, -3002.0]]), ALL),
    (np.array([[1.0, 0.0, 4000.0]]), NO_SISKIN),
    (np.array([[5.0, -2.0], [-1500.0, 3.0], [0.0, 0.0]]), np.array([False, True])),
]


def normalised(scores: Floats) -> Floats:
    return scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True)


def masked(scores: Floats, in_season: NDArray[np.bool_]) -> Floats:
    return np.where(in_season, scores, -np.inf)


def log_probabilities(scores: Floats, in_season: NDArray[np.bool_]) -> Floats:
    return normalised(masked(scores, in_season))


def over_photos(scores: Floats, in_season: NDArray[np.bool_]) -> Floats:
    kept = masked(scores, in_season)
    return kept - np.logaddexp.reduce(kept, axis=0)


def shifted_by_any(scores: Floats, in_season: NDArray[np.bool_]) -> Floats:
    shifted = masked(scores, in_season) - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


SCORES = np.array(
    [
        [2.0, 0.5, -1.0, 0.0],
        [0.0, 1.0, 1.5, -2.0],
        [3.0, 1.0, 0.0, 0.5],
        [-1.0, 0.0, 0.5, 2.0],
        [0.5, 0.5, 0.0, -0.5],
    ]
)
VOTES = np.array([[5, 1, 0, 0], [0, 2, 1, 0], [0, 7, 1, 0], [0, 0, 0, 2], [0, 0, 0, 0]])
TABLES = [
    (SCORES, VOTES),
    (np.array([[2000.0, 0.0]]), np.array([[0, 1]])),
    (np.array([[0.2, -0.4, 1.0]]), np.array([[1, 4, 2]])),
    (SCORES[:2], VOTES[:2]),
]


def loss(scores: Floats, votes: Counts, axis: int = -1) -> Any:
    return -np.sum(votes * special.log_softmax(scores, axis=axis)) / votes.sum()


def by_photo(scores: Floats, votes: Counts) -> Any:
    """Return the loss per vote of each photo that has votes."""
    voted = votes.sum(axis=1) > 0
    terms = -(votes * special.log_softmax(scores, axis=-1)).sum(axis=1)
    return terms[voted] / votes.sum(axis=1)[voted]


def divided_by_none(scores: Floats, votes: Counts) -> Any:
    totals = votes.sum(axis=1)
    each = -(votes / totals[:, np.newaxis] * special.log_softmax(scores, axis=-1)).sum(axis=1)
    return np.average(each, weights=totals)


def gradient(scores: Floats, votes: Counts, axis: int = -1) -> Floats:
    said = special.softmax(scores, axis=axis)
    return (votes.sum(axis=-1, keepdims=True) * said - votes) / votes.sum()


def photos_alike(scores: Floats, votes: Counts) -> Floats:
    totals = votes.sum(axis=-1, keepdims=True)
    return gradient(scores, votes) * votes.sum() / np.maximum(totals, 1) / len(votes)


PLACES = [
    (hill, np.array([[0.0, 1.0], [-1.0, 2.0]]), 0.5),
    (hill, np.array([1.0, -1.0, 0.5]), 0.25),
    (valley, np.array([[[2.0]]]), 0.1),
]


def differences(f: Callable[[Floats], Any], at: Floats, up: float, down: float) -> Floats:
    """Return the difference of f in each entry, `up` above it and `down` below, over both."""
    found = np.zeros(at.shape)
    for place in np.ndindex(at.shape):
        nudge = np.zeros(at.shape)
        nudge[place] = 1
        found[place] = (f(at + up * nudge) - f(at - down * nudge)) / (up + down)
    return found


def together(f: Callable[[Floats], Any], at: Floats, h: float) -> Floats:
    return np.full(at.shape, (f(at + h) - f(at - h)) / (2 * h))


ONE_PHOTO = np.array([3.0, 1.0, 0.5, 0.0])
WANTED = [
    (ONE_PHOTO, 0.5),
    (1000 * ONE_PHOTO, 0.5),
    (np.array([0.0, 0.2]), 0.9),
    (np.array([-1.0, -4.0, -4.0]), 0.34),
]


def temperature(scores: Floats, confidence: float) -> float:
    def too_sure(log_t: float) -> float:
        return float(special.softmax(scores / np.exp(log_t)).max()) - confidence

    return float(np.exp(optimize.brentq(too_sure, -8, 16)))


def steps_until_even(squared: bool, z: float = -6.0) -> int:
    """Count the steps of descent until q = 1/2: the two losses, without a picture."""
    steps = 0
    while z < 0:
        q = 1 / (1 + np.exp(-z))
        z, steps = z + 2 * (1 - q) * (2 * q * (1 - q) if squared else 1), steps + 1
    return steps


FULL, EMPTY = steps_until_even(squared=False), steps_until_even(squared=True)
BEGIN, SHARES = np.array([0.0, 1.0, 2.0]), np.array([0.7, 0.2, 0.1])
WALKS = [
    (BEGIN, SHARES, 0.5, 3),
    (BEGIN, SHARES, 1.0, 200),
    (np.array([[1.0, -1.0], [0.0, 3.0]]), np.array([[0.5, 0.5], [1.0, 0.0]]), 2.0, 4),
    (BEGIN, SHARES, 0.1, 0),
]


def descent(
    scores: Floats,
    shares: Floats,
    rate: float,
    steps: int,
    said: Callable[[Floats], Floats] = lambda scores: special.softmax(scores, axis=-1),
) -> Floats:
    for _ in range(steps):
        scores = scores - rate * (said(scores) - shares)
    return scores


def twice(scores: Floats) -> Floats:
    return special.softmax(special.softmax(scores, axis=-1), axis=-1)


VISIBLE = {
    "log-probabilities": Exercise(
        log_probabilities,
        {
            "normalise over the photos, not over the birds": over_photos,
            "return probabilities, not their logarithms": lambda scores, in_season: np.exp(
                log_probabilities(scores, in_season)
            ),
            "use the logarithm to base 2": lambda scores, in_season: (
                log_probabilities(scores, in_season) / np.log(2)
            ),
            "return surprisals: the sign is the other way round": lambda scores, in_season: (
                -log_probabilities(scores, in_season)
            ),
            "leave a bird in that is out of season": lambda scores, in_season: normalised(scores),
            "give a bird that is out of season the log-probability 0": lambda scores, in_season: (
                np.where(in_season, log_probabilities(scores, in_season), 0)
            ),
            "rule a bird out, but still count it in the sum": lambda scores, in_season: masked(
                normalised(scores), in_season
            ),
            "subtract the score of a bird that is out of season": shifted_by_any,
        },
        SEASONS,
        without=("softmax", "log_softmax", "logsumexp"),
    ),
    "loss-per-vote": Exercise(
        loss,
        {
            "leave out the minus": lambda scores, votes: -loss(scores, votes),
            "use the logarithm to base 2": lambda scores, votes: loss(scores, votes) / np.log(2),
            "sum over the votes and do not divide": lambda scores, votes: (
                loss(scores, votes) * votes.sum()
            ),
            "divide by the number of photos": lambda scores, votes: (
                loss(scores, votes) * votes.sum() / len(votes)
            ),
            "divide by the number of photos that have votes": lambda scores, votes: (
                loss(scores, votes) * votes.sum() / np.count_nonzero(votes.sum(axis=1))
            ),
            "let each photo count the same, however many votes it has": lambda scores, votes: (
                by_photo(scores, votes).mean()
            ),
            "normalise over the photos, not over the birds": lambda scores, votes: loss(
                scores, votes, axis=0
            ),
            "divide a row of zero votes by its sum": divided_by_none,
            "take the logarithm of a probability that has rounded to 0": lambda scores, votes: (
                -np.sum(votes * np.log(special.softmax(scores, axis=-1))) / votes.sum()
            ),
        },
        TABLES,
    ),
    "gradient": Exercise(
        gradient,
        {
            "take what was true minus what was said": lambda scores, votes: (
                -gradient(scores, votes)
            ),
            "leave out the division by the number of all votes": lambda scores, votes: (
                gradient(scores, votes) * votes.sum()
            ),
            "divide by the number of photos": lambda scores, votes: (
                gradient(scores, votes) * votes.sum() / len(votes)
            ),
            "let each photo count the same, however many votes it has": photos_alike,
            "leave out the number of votes before q": lambda scores, votes: (
                (special.softmax(scores, axis=-1) - votes) / votes.sum()
            ),
            "normalise over the photos, not over the birds": lambda scores, votes: gradient(
                scores, votes, axis=0
            ),
        },
        [(SCORES[:2], VOTES[:2]), *TABLES],
    ),
    "measured-gradient": Exercise(
        lambda f, at, h: differences(f, at, h, h),
        {
            "take the forward difference": lambda f, at, h: differences(f, at, h, 0),
            "take the backward difference": lambda f, at, h: differences(f, at, 0, h),
            "divide by h, not by 2h": lambda f, at, h: 2 * differences(f, at, h, h),
            "use another step than h": lambda f, at, h: differences(f, at, 1e-6, 1e-6),
            "move all entries together": together,
        },
        PLACES,
        rtol=1e-6,  # a difference of two numbers loses digits, and each order loses others
        pure=True,
    ),
    "temperature": Exercise(
        temperature,
        {
            "multiply the scores by T, not divide": lambda scores, confidence: (
                1 / temperature(scores, confidence)
            ),
            "return the logarithm of T": lambda scores, confidence: np.log(
                temperature(scores, confidence)
            ),
        },
        WANTED,
        rtol=1e-3,
    ),
    "steps-cross-entropy": Exercise(
        lambda: FULL,
        {"read the other ball": lambda: EMPTY, "stop one step early": lambda: FULL - 1},
    ),
    "steps-squared-error": Exercise(
        lambda: EMPTY,
        {
            "read the other ball": lambda: FULL,
            "stop one step early": lambda: EMPTY - 1,
            "start both balls at -8": lambda: steps_until_even(squared=True, z=-8.0),
        },
    ),
    "descent": Exercise(
        descent,
        {
            "apply softmax twice": lambda scores, shares, rate, steps: descent(
                scores, shares, rate, steps, twice
            ),
            "apply no softmax": lambda scores, shares, rate, steps: descent(
                scores, shares, rate, steps, lambda scores: scores
            ),
            "step uphill": lambda scores, shares, rate, steps: descent(
                scores, shares, -rate, steps
            ),
            "take one step only": lambda scores, shares, rate, steps: descent(
                scores, shares, rate, min(steps, 1)
            ),
            "leave out the rate": lambda scores, shares, rate, steps: descent(
                scores, shares, 1, steps
            ),
        },
        WALKS,
    ),
}
