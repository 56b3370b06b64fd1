"""The exercises of the chapter on what people change about the loss."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit

from crossentropy.exercises._exercise import Exercise
from crossentropy.softmax import softmax, softmax_cross_entropy


def _shared(a: Any) -> Any:
    return a / np.sum(a)


_yard = Exercise(
    lambda q, old, new: _shared(q * new / old),
    {
        "return what it said before": lambda q, old, new: q,
        "forget to normalise": lambda q, old, new: q * new / old,
        "exchange the old shares and the new": lambda q, old, new: _shared(
            q * old / np.maximum(new, 1e-9)
        ),
        "forget the old shares": lambda q, old, new: _shared(q * new),
        "only divide by the old shares": lambda q, old, new: _shared(q / old),
        "return the new shares": lambda q, old, new: new,
        "add the difference of the shares": lambda q, old, new: q + new - old,
    },
    [
        (np.array([0.4, 0.29, 0.31]), np.array([0.55, 0.4, 0.05]), np.array([0.2, 0.3, 0.5])),
        (np.array([0.25, 0.75]), np.array([0.9, 0.1]), np.array([0.5, 0.5])),
        (np.array([0.1, 0.2, 0.3, 0.4]), np.full(4, 0.25), np.array([0.4, 0.0, 0.35, 0.25])),
        (np.array([0.0, 0.7, 0.3]), np.array([0.2, 0.2, 0.6]), np.array([0.6, 0.3, 0.1])),
    ],
)


def _binary(logits: Any, tags: Any) -> Any:
    return np.mean(np.logaddexp(0, logits) - tags * logits)


def _binary_by_sigmoid(logits: Any, tags: Any) -> Any:
    s = expit(logits)
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.mean(tags * np.log(s) + (1 - tags) * np.log(1 - s))


def _by_softmax(logits: Any, tags: Any) -> Any:
    return -np.mean(np.sum(tags * np.log(np.maximum(softmax(logits), 1e-300)), axis=-1))


_tags = Exercise(
    _binary,
    {
        "take the logarithm of a sigmoid, which overflows": _binary_by_sigmoid,
        "charge only for the tags that are there": lambda logits, tags: np.mean(
            tags * np.logaddexp(0, -logits)
        ),
        "charge only for the tags that are not there": lambda logits, tags: np.mean(
            (1 - tags) * np.logaddexp(0, logits)
        ),
        "add up in place of a mean": lambda logits, tags: np.sum(
            np.logaddexp(0, logits) - tags * logits
        ),
        "add up over the tags of a photograph": lambda logits, tags: np.mean(
            np.sum(np.logaddexp(0, logits) - tags * logits, axis=-1)
        ),
        "use bits": lambda logits, tags: _binary(logits, tags) / np.log(2),
        "use a softmax": _by_softmax,
        "exchange 0 and 1": lambda logits, tags: _binary(logits, 1 - tags),
    },
    [
        (np.array([[2.0, -1.0, 0.5], [0.3, 1.5, -2.0]]), np.array([[1, 0, 1], [1, 1, 0]])),
        (np.array([[0.0, -3.0]]), np.array([[0, 0]])),  # no tag at all
        (np.array([[1000.0, -1000.0, 3.0]]), np.array([[1, 0, 0]])),
        (np.array([[-1000.0, 1.0], [2.0, 1000.0]]), np.array([[1, 1], [0, 0]])),
        (np.array([[0.7], [-0.2], [1.1], [-4.0]]), np.array([[1], [0], [1], [1]])),
    ],
)


def _slope(q: Any, gamma: float) -> Any:
    return gamma * (1 - q) ** (gamma - 1) * np.log(q) - (1 - q) ** gamma / q


_focal = Exercise(
    lambda q, gamma: _shared(1 / _slope(q, gamma)),
    {
        "return what it said": lambda q, gamma: q,
        "forget to normalise": lambda q, gamma: 1 / _slope(q, gamma),
        "normalise the slopes in place of one over them": lambda q, gamma: _shared(
            _slope(q, gamma)
        ),
        "forget the first term of the slope": lambda q, gamma: _shared(q / (1 - q) ** gamma),
        "forget the second term of the slope": lambda q, gamma: _shared(
            1 / (gamma * (1 - q) ** (gamma - 1) * np.log(q) - 1e-300)
        ),
        "take the wrong sign of the first term": lambda q, gamma: _shared(
            1 / (_slope(q, gamma) - 2 * gamma * (1 - q) ** (gamma - 1) * np.log(q))
        ),
        "use the loss in place of its slope": lambda q, gamma: _shared(
            1 / ((1 - q) ** gamma * np.log(q))
        ),
        "use a temperature": lambda q, gamma: _shared(q ** (1 + gamma)),
    },
    [
        (np.array([0.371, 0.308, 0.321]), 2),
        (np.array([0.7, 0.3]), 2),
        (np.array([0.1, 0.6, 0.25, 0.05]), 0),
        (np.array([0.05, 0.9, 0.05]), 0.5),
        (np.array([0.2, 0.15, 0.3, 0.35]), 5),
        (np.array([0.45, 0.55]), 1),
    ],
)

_TIRED = np.array([[0.7, 0.2, 0.1], [0.05, 0.9, 0.05], [0.3, 0.1, 0.6]])

_forward = Exercise(
    lambda q, M, y: -np.log(q @ M)[y],
    {
        "forget the noise": lambda q, M, y: -np.log(q)[y],
        "multiply from the wrong side": lambda q, M, y: -np.log(M @ q)[y],
        "forget the minus sign": lambda q, M, y: np.log(q @ M)[y],
        "stop at the probability": lambda q, M, y: (q @ M)[y],
        "use bits": lambda q, M, y: -np.log2(q @ M)[y],
        "average logarithms in place of probabilities": lambda q, M, y: (-np.log(q) @ M)[y],
        "average what each true class would cost": lambda q, M, y: M[y] @ -np.log(q),
        "invert the matrix": lambda q, M, y: -np.log(np.abs(q @ np.linalg.inv(M)))[y],
    },
    [
        (np.array([0.2, 0.3, 0.5]), _TIRED, 0),
        (np.array([0.2, 0.3, 0.5]), _TIRED, 2),
        (np.array([0.6, 0.3, 0.1]), np.full((3, 3), 0.15) + 0.55 * np.eye(3), 1),
        (np.array([0.8, 0.2]), np.array([[0.9, 0.1], [0.0, 1.0]]), 1),
        (np.array([0.1, 0.2, 0.3, 0.4]), np.eye(4), 3),
    ],
)


def _student(student: Any, teacher: Any, T: float) -> Any:
    return T * (softmax(student / T) - softmax(teacher / T))


_distilled = Exercise(
    _student,
    {
        "forget the factor T²": lambda student, teacher, T: _student(student, teacher, T) / T**2,
        "leave T² where the chain rule takes one T": lambda student, teacher, T: (
            T * _student(student, teacher, T)
        ),
        "forget the factor that is left": lambda student, teacher, T: (
            _student(student, teacher, T) / T
        ),
        "exchange student and teacher": lambda student, teacher, T: _student(teacher, student, T),
        "forget the temperature": lambda student, teacher, T: softmax(student) - softmax(teacher),
        "heat the teacher alone": lambda student, teacher, T: (
            T * (softmax(student) - softmax(teacher / T))
        ),
        "multiply by T in place of dividing": lambda student, teacher, T: (
            T * (softmax(student * T) - softmax(teacher * T))
        ),
        "subtract logits": lambda student, teacher, T: (student - teacher) / T,
        "return the limit for a large T": lambda student, teacher, T: (
            (student - student.mean() - teacher + teacher.mean()) / len(student)
        ),
    },
    [
        (np.array([0.5, -1.0, 2.0]), np.array([3.0, 0.0, -1.0]), 2.0),
        (np.array([0.0, 0.0]), np.array([1.0, 4.0]), 1.0),
        (np.array([1.0, 2.0, -1.0, 0.3]), np.array([0.2, 0.1, 2.0, 1.0]), 5.0),
        (np.array([-2.0, 0.4, 1.0]), np.array([0.0, 1.5, 0.5]), 0.5),
    ],
)


def _own(scores: Any) -> Any:
    return softmax_cross_entropy(scores, np.arange(len(scores)))


_contrastive = Exercise(
    _own,
    {
        "let all pairs of the batch compete": lambda scores: (
            np.log(np.exp(scores).sum()) - np.mean(np.diag(scores))
        ),
        "let photographs compete for a caption": lambda scores: _own(scores.T),
        "take the mean of both directions": lambda scores: (_own(scores) + _own(scores.T)) / 2,
        "leave the right caption out of the rivals": lambda scores: np.mean(
            np.log(np.exp(scores).sum(axis=1) - np.exp(np.diag(scores)) + 1e-300) - np.diag(scores)
        ),
        "add up in place of a mean": lambda scores: len(scores) * _own(scores),
        "forget the minus sign": lambda scores: -_own(scores),
        "use bits": lambda scores: _own(scores) / np.log(2),
        "take the logarithm last": lambda scores: -np.log(np.mean(np.diag(softmax(scores)))),
    },
    [
        (np.array([[2.0, -1.0, 0.0], [0.5, 1.0, 3.0], [-0.3, 0.2, 0.1]]),),
        (np.zeros((4, 4)),),
        (np.array([[5.0, 1.0], [-2.0, -4.0]]),),
        (np.array([[0.7]]),),  # nobody competes
        (np.array([[-1.0, 0.3, 2.0, 0.0], [1.0, 1.5, 0.2, -3.0], [0, 0, 2, 1], [4, 1, 1, 3]]),),
    ],
)

EXERCISES = {
    "ex-var-1": _yard,
    "ex-var-2": _tags,
    "ex-var-3": _focal,
    "ex-var-4": _forward,
    "ex-var-5": _distilled,
    "ex-var-6": _contrastive,
}
