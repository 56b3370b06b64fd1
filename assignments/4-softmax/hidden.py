"""The hidden tests of the fourth assignment: what is asked, and how the answers are found."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from crossentropy import softmax_cross_entropy
from crossentropy_classroom.hidden import Arguments, Hidden

Floats = NDArray[np.float64]
Votes = NDArray[np.int64]
Bools = NDArray[np.bool_]


def _shapes(rng: np.random.Generator) -> list[tuple[int, int]]:
    """One row, a square, and whatever comes."""
    n, k = rng.integers(3, 7, size=2)
    return [(1, int(k)), (int(k), int(k)), (int(n) + 4, int(k)), (int(n), 2)]


def _scores(rng: np.random.Generator, shape: tuple[int, ...], spread: float = 2.0) -> Floats:
    return rng.normal(scale=spread, size=shape)


def _votes(rng: np.random.Generator, shape: tuple[int, int]) -> Votes:
    """One to nine votes on each photo; the first photo has most."""
    votes = rng.multinomial(rng.integers(1, 10, size=shape[0]), rng.dirichlet(np.ones(shape[1])))
    votes[0, int(rng.integers(shape[1]))] += 10
    return votes


def _in_season(rng: np.random.Generator, k: int) -> Bools:
    """At least two birds are."""
    mask = rng.random(k) < 0.6
    mask[rng.choice(k, size=2, replace=False)] = True
    return mask


def _seasons(rng: np.random.Generator) -> list[Arguments]:
    return [(_scores(rng, shape), _in_season(rng, shape[1])) for shape in _shapes(rng)]


def _seasons_of_large_scores(rng: np.random.Generator) -> list[Arguments]:
    """Every exponential overflows in one row, and every one underflows in another."""
    cases: list[Arguments] = []
    for _, k in _shapes(rng):
        levels = rng.permutation([4000.0, -4000.0, 1000.0])[:, np.newaxis]
        cases.append((levels + _scores(rng, (3, k)), _in_season(rng, k)))
    return cases


def _large_scores_out_of_season(rng: np.random.Generator) -> list[Arguments]:
    cases: list[Arguments] = []
    for n, k in _shapes(rng):
        in_season = np.insert(np.ones(k, dtype=bool), at := int(rng.integers(k + 1)), False)
        scores = _scores(rng, (n, k + 1))
        scores[:, at] += rng.uniform(2000, 6000)
        cases.append((scores, in_season))
    return cases


def _feeders(rng: np.random.Generator) -> list[Arguments]:
    return [(_scores(rng, shape), _votes(rng, shape)) for shape in _shapes(rng)]


def _feeders_of_large_scores(rng: np.random.Generator) -> list[Arguments]:
    """Probabilities round to 0, for birds that somebody voted for and for one without a vote."""
    cases: list[Arguments] = []
    for n, k in _shapes(rng):
        scores, votes = _scores(rng, (n, k + 1)), _votes(rng, (n, k + 1))
        scores[:, 0] += rng.uniform(2000, 6000)
        votes[:, 1] += 1
        votes[0, -1] = 0
        cases.append((scores, votes))
    return cases


def _feeders_without_some_votes(rng: np.random.Generator) -> list[Arguments]:
    return [
        (_scores(rng, (len(votes) + 1, votes.shape[1])), np.insert(votes, at, 0, axis=0))
        for _, votes in _feeders(rng)
        for at in [int(rng.integers(len(votes) + 1))]
    ]


def _lists_to_measure(rng: np.random.Generator) -> list[Arguments]:
    return [(_scores(rng, (int(size),)), rng.uniform(0.3, 1)) for size in rng.integers(1, 7, 3)]


def _tables_to_measure(rng: np.random.Generator) -> list[Arguments]:
    return [(_scores(rng, shape), rng.uniform(0.3, 1)) for shape in _shapes(rng)]


def _photos(rng: np.random.Generator) -> list[Arguments]:
    """Any confidence that the scores of a photo can have, from near 1/K to near 1."""
    sizes = rng.integers(2, 7, size=6)
    return [(_scores(rng, (int(k),)), (1 + (k - 1) * rng.uniform(0.1, 0.95)) / k) for k in sizes]


def _photos_of_large_scores(rng: np.random.Generator) -> list[Arguments]:
    return [(rng.uniform(1000, 5000) * scores, share) for scores, share in _photos(rng)]


def _walks(rng: np.random.Generator) -> list[Arguments]:
    return [
        (_scores(rng, shape), rng.dirichlet(np.ones(shape[-1]), shape[:-1]), rng.uniform(0.3, 2), s)
        for shape, s in zip([(4,), *_shapes(rng)], [1, 2, 3, 5, 8], strict=True)
    ]


def _long_walks(rng: np.random.Generator) -> list[Arguments]:
    return [(start, shares, 1.0, 100) for start, shares, *_ in _walks(rng)]


def _log_probabilities(scores: Floats, in_season: Bools) -> Floats:
    answer = np.full(scores.shape, -np.inf)
    answer[:, in_season] = special.log_softmax(scores[:, in_season], axis=-1)
    return answer


def _loss_per_vote(scores: Floats, votes: Votes) -> float:
    """Vote by vote: the mean cross-entropy of as many rows as there are votes."""
    rows, labels = np.nonzero(votes)
    times = votes[rows, labels]
    return float(softmax_cross_entropy(scores[rows.repeat(times)], labels.repeat(times)))


def _gradient(scores: Floats, votes: Votes) -> Floats:
    """Add up the gradients of the single votes, each in the row of its photo."""
    answer = np.zeros(scores.shape)
    for i, k in np.argwhere(votes):
        _, slopes = softmax_cross_entropy(scores[i], k, return_grad=True)
        answer[i] += votes[i, k] / votes.sum() * slopes
    return answer


def _measured_on_hill(at: Floats, h: float) -> Floats:
    """In closed form: exp((x + h)/2) - exp((x - h)/2) = 2 exp(x/2) sinh(h/2)."""
    weights = np.arange(1, at.size + 1).reshape(at.shape)
    return np.asarray(weights * np.exp(at / 2) * np.sinh(h / 2) / h)


def _temperature(scores: Floats, confidence: float) -> float:
    def excess(log_temperature: float) -> float:
        return float(special.softmax(scores / np.exp(log_temperature)).max()) - confidence

    return float(np.exp(optimize.brentq(excess, -20, 30, xtol=1e-13)))


def _descent(scores: Floats, shares: Floats, rate: float, steps: int) -> Any:
    for _ in range(steps):
        _, slopes = softmax_cross_entropy(scores, shares, reduction="none", return_grad=True)
        scores = scores - rate * slopes
    return scores


# What the first task asks to be written with NumPy alone.
SOFTMAX = ("softmax", "log_softmax", "logsumexp")

TESTS = [
    Hidden(
        "test-log-probabilities",
        "log_probabilities",
        1,
        _log_probabilities,
        "birds in and out of season, for tables of any shape",
        _seasons,
        without=SOFTMAX,
    ),
    Hidden(
        "test-log-probabilities",
        "log_probabilities",
        1,
        _log_probabilities,
        "scores in the thousands, of either sign, in one table",
        _seasons_of_large_scores,
        without=SOFTMAX,
    ),
    Hidden(
        "test-log-probabilities",
        "log_probabilities",
        1,
        _log_probabilities,
        "a bird out of season with by far the largest score",
        _large_scores_out_of_season,
        without=SOFTMAX,
    ),
    Hidden(
        "test-loss-per-vote",
        "loss_per_vote",
        1,
        _loss_per_vote,
        "photos with different numbers of votes",
        _feeders,
    ),
    Hidden(
        "test-loss-per-vote",
        "loss_per_vote",
        1,
        _loss_per_vote,
        "votes for birds whose probability rounds to 0",
        _feeders_of_large_scores,
    ),
    Hidden(
        "test-loss-per-vote",
        "loss_per_vote",
        1,
        _loss_per_vote,
        "a table with a photo that nobody voted on",
        _feeders_without_some_votes,
    ),
    Hidden(
        "test-gradient",
        "gradient",
        1,
        _gradient,
        "photos with different numbers of votes",
        _feeders,
    ),
    Hidden(
        "test-gradient",
        "gradient",
        1,
        _gradient,
        "a table with a photo that nobody voted on",
        _feeders_without_some_votes,
    ),
    Hidden(
        "test-measured-gradient",
        "measured_on_hill",
        1,
        _measured_on_hill,
        "central differences along a list, with large steps",
        _lists_to_measure,
    ),
    Hidden(
        "test-measured-gradient",
        "measured_on_hill",
        1,
        _measured_on_hill,
        "central differences in every entry of a table",
        _tables_to_measure,
    ),
    Hidden(
        "test-temperature",
        "temperature_for",
        1,
        _temperature,
        "the temperature for a confidence, above and below 1",
        _photos,
        rtol=2e-3,
    ),
    Hidden(
        "test-temperature",
        "temperature_for",
        1,
        _temperature,
        "the temperature for scores in the thousands",
        _photos_of_large_scores,
        rtol=2e-3,
    ),
    Hidden(
        "test-plateau",
        "steps_cross_entropy",
        1,
        4,
        "the steps of cross-entropy, read off the picture",
    ),
    Hidden(
        "test-plateau",
        "steps_squared_error",
        1,
        108,
        "the steps of squared error, read off the picture",
    ),
    Hidden(
        "test-descent",
        "descent",
        1,
        _descent,
        "where a few steps lead, for one photo and for tables",
        _walks,
    ),
    Hidden(
        "test-descent",
        "descent",
        1,
        _descent,
        "where many steps lead",
        _long_walks,
        rtol=1e-4,
    ),
]
