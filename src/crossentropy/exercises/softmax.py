"""The exercises of chapter 4, *Softmax and the simplest gradient*."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossentropy._validation import Floats
from crossentropy.exercises._exercise import Exercise
from crossentropy.likelihood import one_hot
from crossentropy.softmax import logsumexp, softmax, softmax_cross_entropy, softmax_jacobian

__all__ = ["EXERCISES"]


def _scores(*scores: float) -> Floats:
    return np.array(scores, dtype=np.float64)


def _typed_softmax(logits: Floats) -> Floats:
    return np.asarray(np.exp(logits) / np.exp(logits).sum())


def _logit_gradient(logits: Floats, label: int) -> Floats:
    return np.asarray(softmax(logits) - one_hot(label, len(logits)))


_dog = Exercise(
    _logit_gradient,
    {
        "leave out the label": lambda logits, label: softmax(logits),
        "swap what was said and what was true": lambda logits, label: (
            one_hot(label, len(logits)) - softmax(logits)
        ),
        "take the slope in q": lambda logits, label: -one_hot(label, len(logits)) / softmax(logits),
        "subtract from the raw scores": lambda logits, label: logits - one_hot(label, len(logits)),
        "count the labels from one": lambda logits, label: (
            softmax(logits) - np.eye(len(logits))[label - 1]
        ),
        "take every photograph for a dog's": lambda logits, label: softmax(logits) - one_hot(1, 3),
        "let an exponential overflow": lambda logits, label: (
            _typed_softmax(logits) - one_hot(label, len(logits))
        ),
        "clip the scores, for fear of an overflow": lambda logits, label: _logit_gradient(
            np.clip(logits, -500, 500), label
        ),
        "apply softmax twice": lambda logits, label: _logit_gradient(softmax(logits), label),
    },
    [
        (_scores(2, 0, -1), 1),
        (_scores(2, 0, -1), 2),
        (_scores(0, 0), 0),
        (_scores(1000, -1000, 5, 1000), 2),
        (_scores(3), 0),
        (_scores(1000, 999, -1000), 1),  # a clip would make a tie of the first two
        (_scores(-np.inf, -1, 4, 0.5, -2), 3),
    ],
)


def _signed_loss(y: NDArray[np.int64], z: Floats) -> Floats:
    scores = np.stack([z, np.zeros(len(z))], axis=-1)  # class +1 first
    rows = (y == -1).astype(int)
    bills, slopes = softmax_cross_entropy(scores, rows, reduction="none", return_grad=True)
    return np.array([bills, slopes[:, 0]])


def _typed_loss(y: NDArray[np.int64], z: Floats) -> Floats:
    return np.asarray(np.log(1 + np.exp(-y * z)))


def _typed_slope(y: NDArray[np.int64], z: Floats) -> Floats:
    return np.asarray(-y * np.exp(-y * z) / (1 + np.exp(-y * z)))


_signed = Exercise(
    _signed_loss,
    {
        "take +1 for the other class": lambda y, z: _signed_loss(-y, z),
        "leave the label out": lambda y, z: _signed_loss(np.ones_like(y), z),
        "leave the sign of the label out of the slope": lambda y, z: (
            _signed_loss(y, z) * [np.ones(len(y)), y]
        ),
        "give the slope the opposite sign": lambda y, z: _signed_loss(y, z) * [[1], [-1]],
        "take the slope in the score times the label": lambda y, z: (
            _signed_loss(y, z) * [np.ones(len(y)), -y]
        ),
        "let an exponential overflow": lambda y, z: [_typed_loss(y, z), _signed_loss(y, z)[1]],
        "let an exponential overflow, in the slope too": lambda y, z: [
            _typed_loss(y, z),
            _typed_slope(y, z),
        ],
        "let an exponential overflow, in the slope only": lambda y, z: [
            _signed_loss(y, z)[0],
            _typed_slope(y, z),
        ],
        "lift a probability to a tiny number": lambda y, z: [
            np.minimum(_signed_loss(y, z)[0], -np.log(1e-12)),
            _signed_loss(y, z)[1],
        ],
    },
    [
        (np.array([1, -1, 1, -1]), _scores(-1000, -2, 0.5, 3)),
        (np.array([-1, 1, 1]), _scores(1000, 1000, -7)),
        (np.array([1]), _scores(0)),
        (np.array([-1, -1]), _scores(-1000, 0.25)),
    ],
)


def _with_subtracted(scores: Floats, number: Any) -> Floats:
    return np.asarray(number[:, 0] + np.log(np.exp(scores - number).sum(axis=-1)))


def _batch_maximum(scores: Floats) -> Floats:
    return np.asarray(scores.max() + np.log(np.exp(scores - scores.max()).sum(axis=-1)))


def _without_the_axis(scores: Floats) -> Floats:
    largest = scores.max(axis=-1)
    return np.asarray(largest + np.log(np.exp(scores - largest).sum(axis=-1)))


def _maximum_of_columns(scores: Floats) -> Floats:
    largest = scores.max(axis=0)
    return np.asarray(largest + np.log(np.exp(scores - largest).sum(axis=0)))


_maximum = Exercise(
    lambda scores: logsumexp(scores),
    {
        "subtract one maximum from the whole batch": _batch_maximum,
        "subtract no maximum": lambda scores: np.log(np.exp(scores).sum(axis=-1)),
        "forget to add the maximum back": lambda scores: (
            logsumexp(scores) - np.max(scores, axis=-1)
        ),
        "subtract the smallest score of each row": lambda scores: _with_subtracted(
            scores, scores.min(axis=-1, keepdims=True)
        ),
        "subtract the mean of each row": lambda scores: _with_subtracted(
            scores, scores.mean(axis=-1, keepdims=True)
        ),
        "subtract the first score of each row": lambda scores: _with_subtracted(
            scores, scores[:, :1]
        ),
        "subtract the largest size, whatever its sign": lambda scores: _with_subtracted(
            scores, np.abs(scores).max(axis=-1, keepdims=True)
        ),
        "do not keep the axis": _without_the_axis,
        "take the columns for the rows": _maximum_of_columns,
        "return the maximum itself": lambda scores: np.max(scores, axis=-1),
        "sum over the whole batch": lambda scores: logsumexp(scores.ravel()),
    },
    [
        (np.array([[1000.0, 999.0], [-1000.0, -1001.0]]),),
        (np.array([[1000.0, -1000.0], [-2000.0, 0.0]]),),
        (np.array([[2.0, 0.0, -1.0], [0.5, 0.5, 0.5], [-1500.0, 0.0, 1500.0]]),),
        (np.array([[-800.0], [800.0], [3.0]]),),
        (np.array([[-1000.0, 0.0, 10.0], [-10.0, 20.0, 0.0]]),),
        (np.array([[-np.inf, 0.0, 1.0, 900.0], [-np.inf, -np.inf, 7.0, 7.0]]),),
        (np.array([[-900.0, -901.0, -900.0, -2000.0, 1.0]]),),
    ],
)


def _said_minus_true(scores: Floats, p: Floats) -> Floats:
    return softmax(scores) - p


_jacobian = Exercise(
    _said_minus_true,
    {
        "keep only the diagonal of the Jacobian": lambda scores, p: -p * (1 - softmax(scores)),
        "leave out the slope of softmax": lambda scores, p: -p / softmax(scores),
        "leave out the slope in q": lambda scores, p: -p @ softmax_jacobian(scores),
        "swap what was said and what was true": lambda scores, p: p - softmax(scores),
        "take the likeliest class for the label": lambda scores, p: (
            softmax(scores) - one_hot(int(np.argmax(p)), len(p))
        ),
        "add a tiny number to every probability": lambda scores, p: (
            softmax_jacobian(scores) @ (-p / (softmax(scores) + 1e-12))
        ),
    },
    [
        (_scores(2, 0, -1), _scores(0, 1, 0)),
        (_scores(2, 0, -1), _scores(1 / 2, 1 / 3, 1 / 6)),
        (_scores(0, 0), _scores(1, 0)),
        (_scores(-12, 9, 0, 9), _scores(0.1, 0.2, 0.3, 0.4)),
        (_scores(5), _scores(1)),
        (_scores(1, 3, 2, -1, 0), _scores(0, 0, 0.25, 0, 0.75)),
    ],
)

EXERCISES = {
    "ex-sm-1": _dog,
    "ex-sm-3": _maximum,
    "ex-sm-4": _signed,
    "ex-sm-6": _jacobian,
}
