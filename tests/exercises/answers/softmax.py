"""Answers to the exercises of chapter 4."""

import math

import numpy as np
from scipy import special

import crossentropy as ce


def typed(logits):
    return np.exp(logits) / np.exp(logits).sum()


def shifted(scores, number):
    return number[:, 0] + np.log(np.exp(scores - number).sum(axis=1))


def loss_and_slope(y, z, loss, slope):
    return np.array([loss(-y * z), -y * slope(-y * z)])


def in_python(logits, label):
    largest = max(logits)
    exps = [math.exp(score - largest) for score in logits]
    gradient = [e / sum(exps) for e in exps]
    gradient[label] -= 1
    return gradient


def one_row_at_a_time(scores):
    sums = []
    for row in scores.tolist():
        largest = max(row)
        sums.append(largest + math.log(sum(math.exp(score - largest) for score in row)))
    return sums


def one_lead_at_a_time(y, z):
    losses, slopes = [], []
    for sign, lead in zip(y, z, strict=True):
        margin = sign * lead
        small = math.exp(-abs(margin))
        losses.append(max(-margin, 0) + math.log1p(small))
        slopes.append(-sign * (small if margin > 0 else 1) / (1 + small))
    return losses, slopes


def only_the_first_row(scores):
    sums = np.zeros(len(scores))
    sums[0] = ce.logsumexp(scores[0])
    return sums


WRONG = {
    "ex-sm-1": {
        "clips the scores": lambda logits, label: (
            ce.softmax(np.clip(logits, -50, 50)) - np.eye(len(logits))[label]
        ),
        "always a dog of three": lambda logits, label: ce.softmax(logits) - ce.one_hot(1, 3),
        "always a dog": lambda logits, label: (
            ce.softmax(logits) - np.eye(len(logits))[1 % len(logits)]
        ),
        "the numbers of the text": lambda logits, label: [0.844, -0.886, 0.042],
        "called too early": ce.softmax([2, 0, -1]) - [0, 1, 0],
        "only the label's slope": lambda logits, label: (
            (ce.softmax(logits) - 1) * ce.one_hot(label, len(logits))
        ),
        "the likeliest class for the label": lambda logits, label: (
            ce.softmax(logits) - ce.one_hot(np.argmax(logits), len(logits))
        ),
        "a softmax that overflows": lambda logits, label: (
            typed(logits) - ce.one_hot(label, len(logits))
        ),
        "a softmax that overflows below": lambda logits, label: (
            typed(logits - logits.min()) - ce.one_hot(label, len(logits))
        ),
        "an epsilon in the sum": lambda logits, label: (
            np.exp(logits - logits.max()) / (np.exp(logits - logits.max()).sum() + 1e-8)
            - ce.one_hot(label, len(logits))
        ),
        "the sum in place of the gradient": lambda logits, label: 0.0,
    },
    "ex-sm-3": {
        "the row minimum": lambda scores: shifted(scores, scores.min(axis=1, keepdims=True)),
        "the row mean": lambda scores: shifted(scores, scores.mean(axis=1, keepdims=True)),
        "the first column": lambda scores: shifted(scores, scores[:, :1]),
        "the last column": lambda scores: shifted(scores, scores[:, -1:]),
        "the row median": lambda scores: shifted(scores, np.median(scores, axis=1, keepdims=True)),
        "no maximum": lambda scores: np.log(np.exp(scores).sum(axis=1)),
        "one maximum for all": lambda scores: (
            scores.max() + np.log(np.exp(scores - scores.max()).sum(axis=1))
        ),
        "the maximum": lambda scores: scores.max(axis=1),
        "a clip": lambda scores: np.log(np.exp(np.clip(scores, -700, 700)).sum(axis=1)),
        "an epsilon": lambda scores: (
            scores.max() + np.log(np.exp(scores - scores.max()).sum(axis=1) + 1e-300)
        ),
        "only the first row": only_the_first_row,
        "the text's rows typed in": lambda scores: (
            np.array([1000, -1000]) + math.log(1 + 1 / math.e)
        ),
        "the columns": lambda scores: special.logsumexp(scores, axis=0),
        "nothing returned": lambda scores: None,
    },
    "ex-sm-4": {
        "as it is typed": lambda y, z: loss_and_slope(
            y, z, lambda m: np.log(1 + np.exp(m)), lambda m: np.exp(m) / (1 + np.exp(m))
        ),
        "the overflow on the other side": lambda y, z: loss_and_slope(
            y, z, lambda m: m + np.log1p(np.exp(-m)), lambda m: 1 / (1 + np.exp(-m))
        ),
        "a clip at 700": lambda y, z: loss_and_slope(
            y, z, lambda m: np.log1p(np.exp(np.clip(m, -700, 700))), special.expit
        ),
        "an epsilon in the logarithm": lambda y, z: loss_and_slope(
            y, z, lambda m: -np.log(special.expit(-m) + 1e-12), special.expit
        ),
        "labels 0 and 1": lambda y, z: (np.logaddexp(0, -z) + (1 - y) * z, special.expit(z) - y),
        "no labels": lambda y, z: (np.logaddexp(0, -z), -special.expit(-z)),
        "the sign of the slope": lambda y, z: (np.logaddexp(0, -y * z), y * special.expit(-y * z)),
        "the slope of the lead times the label": lambda y, z: (
            np.logaddexp(0, -y * z),
            -special.expit(-y * z),
        ),
        "the losses alone": lambda y, z: np.logaddexp(0, -y * z),
        "the slopes first": lambda y, z: (-y * special.expit(-y * z), np.logaddexp(0, -y * z)),
        "base 2": lambda y, z: (np.logaddexp2(0, -y * z), -y * special.expit(-y * z)),
    },
    "ex-sm-6": {
        "half a Jacobian": lambda scores, p: -p * (1 - ce.softmax(scores)),
        "right for single labels only": lambda scores, p: ce.softmax(scores) - (p == p.max()),
        "the target ignored": lambda scores, p: ce.softmax(scores) - ce.one_hot(1 % len(p), len(p)),
        "the other sign": lambda scores, p: p - ce.softmax(scores),
        "the slope in q": lambda scores, p: -p / ce.softmax(scores),
        "a clip": lambda scores, p: (
            ce.softmax_jacobian(scores) @ (-p / np.clip(ce.softmax(scores), 1e-6, 1))
        ),
        "raw scores": lambda scores, p: scores - p,
    },
}
RIGHT = {
    "ex-sm-1": {
        "a loop of Python": in_python,
        "the package's own": lambda logits, label: ce.softmax_cross_entropy(
            logits, label, return_grad=True
        )[1],
        "a row of the identity": lambda logits, label: (
            special.softmax(logits) - np.eye(len(logits))[label]
        ),
        "by way of the logarithm": lambda logits, label: (
            np.exp(ce.log_softmax(logits)) - (np.arange(len(logits)) == label)
        ),
        "float32": lambda logits, label: np.float32(in_python(logits, label)),
    },
    "ex-sm-3": {
        "SciPy": lambda scores: special.logsumexp(scores, axis=1),
        "pairs": lambda scores: np.logaddexp.reduce(scores, axis=1),
        "one row at a time": one_row_at_a_time,
        "a row for the maximum": lambda scores: (
            scores.max(axis=1) + np.log(np.exp(scores.T - scores.max(axis=1)).sum(axis=0))
        ),
        "all but the maximum": lambda scores: [
            row.max() + np.log1p(np.exp(np.delete(row, row.argmax()) - row.max()).sum())
            for row in scores
        ],
    },
    "ex-sm-4": {
        "logaddexp": lambda y, z: (np.logaddexp(0, -y * z), -y * special.expit(-y * z)),
        "one lead at a time": one_lead_at_a_time,
        "log_expit": lambda y, z: [-special.log_expit(y * z), -y * special.expit(-y * z)],
        "softplus by its maximum": lambda y, z: np.stack(
            [
                np.maximum(-y * z, 0) + np.log1p(np.exp(-np.abs(z))),
                -y / (1 + np.exp(np.minimum(y * z, 709))),
            ]
        ),
    },
    "ex-sm-6": {
        "what you said, minus what was true": lambda scores, p: ce.softmax(scores) - p,
        "row by row": lambda scores, p: [
            sum(-p[j] * ((j == k) - ce.softmax(scores)[k]) for j in range(len(p)))
            for k in range(len(p))
        ],
        "the Jacobian transposed": lambda scores, p: (
            (-p / ce.softmax(scores)) @ ce.softmax_jacobian(scores)
        ),
        "the package's own": lambda scores, p: ce.softmax_cross_entropy(
            scores, p, return_grad=True
        )[1],
    },
}
STILL_RIGHT = {
    "ex-sm-3": {
        "scores.max(axis=1, keepdims=True)": "a batch has two axes, and the second is the last",
        ".sum(axis=1)": "a batch has two axes, and the second is the last",
        "largest[..., -1]": "the axis that was kept has one entry",
    },
    "ex-sm-4": {"axis=1": "of the two axes of a stack, the second is the last"},
    "ex-sm-6": {"in_q @ softmax_jacobian(scores)": "the Jacobian is symmetric"},
}
