"""The exercises of chapter 6, *What the loss promises, and what it doesn't*."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from crossentropy._validation import Floats
from crossentropy.exercises._exercise import Exercise
from crossentropy.information import cross_entropy, entropy, kl_divergence
from crossentropy.likelihood import empirical_distribution
from crossentropy.softmax import softmax

__all__ = ["EXERCISES"]

Labels = NDArray[np.intp]

_perplexity_per_word = Exercise(
    lambda perplexity, tokens, words: perplexity ** (tokens / words),
    {
        "leave it per token": lambda perplexity, tokens, words: perplexity,
        "multiply the perplexity and not the nats": lambda perplexity, tokens, words: (
            perplexity * tokens / words
        ),
        "divide the tokens the wrong way round": lambda perplexity, tokens, words: (
            perplexity ** (words / tokens)
        ),
        "stop at nats per word": lambda perplexity, tokens, words: (
            np.log(perplexity) * tokens / words
        ),
        "take the nats for bits": lambda perplexity, tokens, words: (
            2 ** (np.log(perplexity) * tokens / words)
        ),
        "stop at the nats of the text": lambda perplexity, tokens, words: (
            np.log(perplexity) * tokens
        ),
    },
    [
        (20, 1300, 1000),
        (34, 1100, 1000),
        (1.0, 12, 7),  # never surprised
        (6.5, 90, 90),  # a token a word
        (50.0, 2_400_000, 2_000_000),  # a whole library
        (np.inf, 12, 10),  # a token came that was ruled out
    ],
)

_FIRST = np.array([0.9, 0.8, 0.9, 0.05, 0.1, 0.3])
_SECOND = np.array([0.1, 0.2, 0.05, 0.9, 0.8, 0.9])


def _mean_loss(given: Floats) -> Any:
    return -np.log(given).mean()


_mixture_loss = Exercise(
    lambda a, b: _mean_loss((a + b) / 2),
    {
        "average the two losses": lambda a, b: (_mean_loss(a) + _mean_loss(b)) / 2,
        "add and do not halve": lambda a, b: _mean_loss(a + b),
        "take the logarithm of the mean over photographs": lambda a, b: -np.log(np.mean(a + b) / 2),
        "use bits": lambda a, b: _mean_loss((a + b) / 2) / np.log(2),
        "return the perplexity": lambda a, b: np.exp(_mean_loss((a + b) / 2)),
        "take the better of the two losses": lambda a, b: min(_mean_loss(a), _mean_loss(b)),
        "take the better model on each photograph": lambda a, b: _mean_loss(np.maximum(a, b)),
        "add the losses up over the photographs": lambda a, b: -np.log((a + b) / 2).sum(),
        "multiply the two, and halve": lambda a, b: _mean_loss(a * b / 2),
    },
    [
        (_FIRST, _SECOND),
        (np.array([0.3, 0.5]), np.array([0.4, 0.2])),
        (np.array([1.0, 0.0, 0.6]), np.array([1.0, 0.5, 0.0])),  # each rules out what came, once
        (np.array([0.7]), np.array([0.1])),
        (np.array([0.5, 0.0, 0.2, 0.9]), np.array([0.3, 0.0, 0.8, 1.0])),  # both, the same one
    ],
)


def _zero_one(n: int) -> Floats:
    return 1 - np.eye(n)


def _regret_of(costs: Any, p: Any, q: Any) -> Any:
    expected = costs @ p
    return expected[np.argmin(costs @ q)] - expected.min()


def _allowed(costs: Any, p: Any, q: Any) -> Any:
    return np.ptp(costs, axis=0).max() * np.sqrt(2 * kl_divergence(p, q))


_regret = Exercise(
    _regret_of,
    {
        "exchange p and q": lambda costs, p, q: _regret_of(costs, q, p),
        "return the bill, and not what it is above the best": lambda costs, p, q: (costs @ p)[
            np.argmin(costs @ q)
        ],
        "compare with what you would have done in hindsight": lambda costs, p, q: (
            p @ (costs[np.argmin(costs @ q)] - costs.min(axis=0))
        ),
        "take the dearest act under q": lambda costs, p, q: (
            (costs @ p)[np.argmax(costs @ q)] - np.min(costs @ p)
        ),
        "compare with the best bill that q expects": lambda costs, p, q: (
            (costs @ p)[np.argmin(costs @ q)] - np.min(costs @ q)
        ),
        "return what the theorem allows": _allowed,
        "take the last of equally cheap acts": lambda costs, p, q: _regret_of(costs[::-1], p, q),
        "take the class that q calls likeliest for the act": lambda costs, p, q: (
            (costs @ p)[np.argmax(q) % len(costs)] - np.min(costs @ p)
        ),
        "turn the sign": lambda costs, p, q: -_regret_of(costs, p, q),
    },
    [
        (np.array([[0, 100], [1, 1]]), np.array([0.98, 0.02]), np.array([0.995, 0.005])),
        (_zero_one(3), np.array([0.2, 0.5, 0.3]), np.array([0.3, 0.3, 0.4])),
        (_zero_one(2), np.array([0.4, 0.6]), np.array([0.5, 0.5])),  # a tie: the first
        (_zero_one(4), np.array([0.1, 0.4, 0.2, 0.3]), np.array([0.1, 0.4, 0.2, 0.3])),  # honest
        (  # four acts, some of which pay, and a model that is certain
            np.array([[3.0, -2.0], [1.0, 1.5], [-4.0, 6.0], [0.0, 0.5]]),
            np.array([0.75, 0.25]),
            np.array([0.0, 1.0]),
        ),
        (
            np.array([[5.0, 0, 2, 9, 1], [1.0, 7, 3, 0, 2], [2.0, 2, 2, 2, 2.5]]),
            np.array([0.5, 0.0, 0.1, 0.3, 0.1]),
            np.array([0.1, 0.6, 0.1, 0.1, 0.1]),
        ),
    ],
)


def _kept(said: Any, came: Any, shares: Any) -> Any:
    return shares @ kl_divergence(came, said)


_miscalibration = Exercise(
    _kept,
    {
        "swap the arguments": lambda said, came, shares: _kept(came, said, shares),
        "forget the shares": lambda said, came, shares: kl_divergence(came, said).mean(),
        "average the answers first": lambda said, came, shares: kl_divergence(
            shares @ came, shares @ said
        ),
        "compute the resolution": lambda said, came, shares: (
            shares @ kl_divergence(came, shares @ came)
        ),
        "compute the whole loss": lambda said, came, shares: shares @ cross_entropy(came, said),
        "compute the uncertainty": lambda said, came, shares: entropy(shares @ came),
        "use bits": lambda said, came, shares: _kept(said, came, shares) / np.log(2),
    },
    [
        (
            np.array([[0.9, 0.1], [0.6, 0.4], [0.1, 0.9]]),
            np.array([[0.8, 0.2], [0.6, 0.4], [0.3, 0.7]]),
            np.array([0.3, 0.5, 0.2]),
        ),
        (  # a class that never came
            np.array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3]]),
            np.array([[0.7, 0.0, 0.3], [0.2, 0.5, 0.3]]),
            np.array([0.6, 0.4]),
        ),
        (np.array([[0.7, 0.3]]), np.array([[0.7, 0.3]]), np.array([1.0])),  # calibrated
        (  # certain, and wrong now and then
            np.array([[1.0, 0.0], [0.5, 0.5]]),
            np.array([[0.9, 0.1], [0.4, 0.6]]),
            np.array([0.2, 0.8]),
        ),
        (
            np.array([[0.25, 0.25, 0.4, 0.1], [0.1, 0.1, 0.1, 0.7], [0.4, 0.3, 0.2, 0.1]]),
            np.array([[0.1, 0.2, 0.3, 0.4], [0.0, 0.0, 0.0, 1.0], [0.7, 0.1, 0.1, 0.1]]),
            np.array([0.1, 0.2, 0.7]),
        ),
    ],
)


def _half_way(p: Any, q: Any) -> Any:
    return np.add(p, q) / 2


def _js(p: Any, q: Any) -> Any:
    m = _half_way(p, q)
    return (kl_divergence(p, m) + kl_divergence(q, m)) / 2


def _turned_js(p: Any, q: Any) -> Any:
    m = _half_way(p, q)
    return (kl_divergence(m, p) + kl_divergence(m, q)) / 2


_jensen_shannon = Exercise(
    _js,
    {
        "forget to halve the sum": lambda p, q: 2 * _js(p, q),
        "use bits": lambda p, q: _js(p, q) / np.log(2),
        "return the square root": lambda p, q: np.sqrt(_js(p, q)),
        "put m first": _turned_js,
        "take only the half of p": lambda p, q: kl_divergence(p, _half_way(p, q)),
        "take only the half of q": lambda p, q: kl_divergence(q, _half_way(p, q)),
        "leave out m": lambda p, q: (kl_divergence(p, q) + kl_divergence(q, p)) / 2,
        "stop at the entropy of m": lambda p, q: entropy(_half_way(p, q)),
    },
    [
        (np.array([0.5, 0.5]), np.array([0.99, 0.01])),
        (np.array([1 / 2, 1 / 3, 1 / 6]), np.array([1 / 2, 1 / 4, 1 / 4])),
        (np.array([0.0, 0.4, 0.6]), np.array([0.3, 0.0, 0.7])),
        (np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])),  # no class shared
        (np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.1, 0.2, 0.3, 0.4])),  # no difference
        (np.array([0.0, 0.1, 0.2, 0.3, 0.4]), np.array([0.0, 0.5, 0.5, 0.0, 0.0])),
    ],
    # A tiny number in place of a limit is off by that tiny number, and by no more.
    rtol=2e-13,
)


def _tempered(table: Any, T: float) -> Any:
    powers = table ** (1 / T)
    return powers / powers.sum(axis=1, keepdims=True)


_temperature = Exercise(
    _tempered,
    {
        "leave out the division by the sum": lambda table, T: table ** (1 / T),
        "divide by the sum of the whole table": lambda table, T: (
            table ** (1 / T) / np.sum(table ** (1 / T))
        ),
        "divide by the sums of the columns": lambda table, T: (
            table ** (1 / T) / np.sum(table ** (1 / T), axis=0)
        ),
        "multiply the logits by T": lambda table, T: _tempered(table, 1 / T),
        "divide the probabilities by T": lambda table, T: softmax(table / T),
        "divide by the largest entry of the row": lambda table, T: (
            table ** (1 / T) / np.max(table ** (1 / T), axis=1, keepdims=True)
        ),
        "ignore T": lambda table, T: table,
    },
    [
        (np.array([[0.8, 0.15, 0.05], [0.2, 0.7, 0.1]]), 2.0),
        (np.array([[0.4, 0.6], [0.9, 0.1], [0.5, 0.5]]), 3.0),
        (np.array([[0.1, 0.2, 0.3, 0.4]]), 0.5),
        (np.array([[0.0, 0.3, 0.7], [1.0, 0.0, 0.0], [0.2, 0.2, 0.6]]), 1.5),
        (np.array([[0.25, 0.75], [0.95, 0.05]]), 1.0),
    ],
)


def _map(labels: Labels, strength: float) -> Floats:
    """Return the distribution whose logits minimise NLL/N plus λ times their squares."""
    shares = empirical_distribution(labels, 3)

    def penalised(w: Floats) -> tuple[float, Floats]:
        q = softmax(w)
        loss = float(cross_entropy(shares, q)) + strength * float(w @ w)
        return loss, q - shares + 2 * strength * w

    return softmax(minimize(penalised, np.zeros(3), jac=True, tol=1e-10).x)


_outvoted = Exercise(
    lambda labels, sigma: _map(labels, 1 / (2 * len(labels) * sigma**2)),
    {
        "add the prior to every photograph": lambda labels, sigma: _map(labels, 1 / (2 * sigma**2)),
        "leave out the prior": lambda labels, sigma: empirical_distribution(labels, 3),
        "forget the 2 below the square": lambda labels, sigma: _map(
            labels, 1 / (len(labels) * sigma**2)
        ),
        "divide by 6 photographs, however many there are": lambda labels, sigma: _map(
            labels, 1 / (12 * sigma**2)
        ),
        "leave out the width": lambda labels, sigma: _map(labels, 1 / (2 * len(labels))),
        "do not square the width": lambda labels, sigma: _map(
            labels, 1 / (2 * len(labels) * sigma)
        ),
        "multiply by the variance and do not divide": lambda labels, sigma: _map(
            labels, sigma**2 / (2 * len(labels))
        ),
        "divide by N once more": lambda labels, sigma: _map(
            labels, 1 / (2 * len(labels) ** 2 * sigma**2)
        ),
    },
    [
        (np.array([0, 0, 1, 0, 2, 1]), 1.0),
        (np.tile([0, 0, 1, 0, 2, 1], 100), 1.0),
        (np.array([2, 2, 0, 1, 2, 0, 2, 1, 2, 2]), 2.0),
        (np.array([1]), 0.5),  # one photograph
        (np.array([2, 1, 1, 2, 2, 2, 1]), 3.0),  # no cat
    ],
    rtol=1e-4,  # a minimum that was found by numbers
)

EXERCISES = {
    "ex-bey-1": _perplexity_per_word,
    "ex-bey-3": _temperature,
    "ex-bey-4": _mixture_loss,
    "ex-bey-5": _miscalibration,
    "ex-bey-6": _outvoted,
    "ex-bey-7": _regret,
    "ex-bey-8": _jensen_shannon,
}
