"""Answers to the exercises of chapter 5."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
from sklearn.linear_model import LogisticRegression

from crossentropy import SoftmaxRegression, negative_log_likelihood, one_hot, softmax_cross_entropy


def on_the_whole(choose):
    """Report a loss as the museum's colleague does, with another way to choose."""

    def reported(noise, coins):
        kept = noise[:, choose(noise, coins)]
        machine = SoftmaxRegression(l2=0.05).fit(kept[:50], coins[:50])
        return negative_log_likelihood(coins[50:], machine.predict_proba(kept[50:]))

    return reported


def gaps(noise, coins):
    return np.abs(noise[coins == 1].mean(axis=0) - noise[coins == 0].mean(axis=0))


def tell_apart_repaired(noise, coins):
    noise, coins = noise[:50], coins[:50]
    return gaps(noise, coins).argsort()[-10:]


def tell_apart_masked(noise, coins):
    seen = np.arange(100) < 50
    return gaps(noise[seen], coins[seen]).argsort()[-10:]


def judged(X, y, strengths, blocks, share):
    found = []
    for C in strengths:
        bills = []
        for block in blocks:
            rest = np.array([i for i in range(len(y)) if i not in set(block)])
            l2 = 1 / (2 * C * (len(rest) if share else len(y)))
            q = SoftmaxRegression(l2=l2, tol=1e-8).fit(X[rest], y[rest]).predict_proba(X[block])
            bills += [-math.log(q[i, y[row]]) for i, row in enumerate(block)]
        found.append(sum(bills) / len(bills))
    return found


def thirds(y):
    return np.array_split(np.arange(len(y)), 3)


def by_scikit_learn(X, y, strengths):
    found = []
    for C in strengths:
        bills = np.empty(len(y))
        for block in thirds(y):
            rest = np.setdiff1d(np.arange(len(y)), block)
            machine = LogisticRegression(C=C, tol=1e-9, max_iter=10_000)
            q = machine.fit(X[rest], y[rest]).predict_proba(X[block])
            if q.shape[1] == 2:  # its two classes have one row of weights, and half the penalty
                machine = SoftmaxRegression(l2=1 / (2 * C * len(rest)), tol=1e-8)
                q = machine.fit(X[rest], y[rest]).predict_proba(X[block])
            bills[block] = -np.log(q[np.arange(len(block)), y[block]])
        found.append(bills.mean())
    return np.array(found)


def pixel_by_pixel(model, image, answer, truth):
    return [
        float(image[j]) * float(model.coef_[answer, j] - model.coef_[truth, j]) for j in range(64)
    ]


def row_2_only(model, image, answer, truth):
    nats = np.zeros(64)
    nats[16:24] = ((model.coef_[answer] - model.coef_[truth]) * image)[16:24]
    return nats


WRONG = {
    "ex-clf-1": {
        "two digits": [-0.21, 0.03, 0.18],
        "the other sign": [0.206, -0.028, -0.178],
        "one of them": -0.206,
        "foxes first": [0.178, 0.028, -0.206],
        "zeros": np.zeros(3),
        "nothing": None,
    },
    "ex-clf-2": {
        "ten zeros": lambda q, labels: np.zeros(10),
        "zeros": lambda q, labels: np.zeros(q.shape[1]),
        "the shares minus the shares": lambda q, labels: 0 * one_hot(labels, q.shape[1]).mean(0),
        "what the rows lack": lambda q, labels: (q.sum(axis=1) - 1)[:10],
        "the first ten images": lambda q, labels: (q - one_hot(labels, q.shape[1])).mean(1)[:10],
        "without its sign": lambda q, labels: np.abs(
            q.mean(axis=0) - one_hot(labels, q.shape[1]).mean(axis=0)
        ),
    },
    "ex-clf-3": {
        "the next animal of four": lambda labels, table: (
            -np.log(np.hstack([table, table[:, :1]])[np.arange(len(labels)), labels]).mean()
        ),
        "labels moved the wrong way": lambda labels, table: (
            -np.sum((labels[:, np.newaxis] + 1 == np.arange(3)) * np.log(table)) / len(labels)
        ),
        "the mean over the cells": lambda labels, table: (
            -np.mean((labels[:, np.newaxis] == np.arange(1, 4)) * np.log(table))
        ),
        "in bits": lambda labels, table: -np.log2(table[np.arange(len(labels)), labels - 1]).mean(),
    },
    "ex-clf-4": {
        "one row of pixels": row_2_only,
        "a scalar": lambda model, image, answer, truth: 3.5,
        "nothing": lambda model, image, answer, truth: None,
        "a picture": lambda model, image, answer, truth: (
            (model.coef_[answer] - model.coef_[truth]) * image
        ).reshape(8, 8),
        "always 5 over 9": lambda model, image, answer, truth: (
            (model.coef_[5] - model.coef_[9]) * image
        ),
        "the lead over the mean": lambda model, image, answer, truth: (
            (model.coef_[answer] - model.coef_.mean(axis=0)) * image
        ),
    },
    "ex-clf-5": {
        "the number of the text": lambda X: 0.25,
        "the root of the mean square": lambda X: 4 / np.sqrt(np.mean(np.sum(X**2, axis=1) + 1)),
        "upside down": lambda X: np.mean(np.sum(X**2, axis=1) + 1) / 4,
        "a bound with 2 in place of 4": lambda X: 2 / np.mean(np.sum(X**2, axis=1)),
    },
    "ex-clf-6": {
        "as she has it": on_the_whole(lambda noise, coins: gaps(noise, coins).argsort()[-10:]),
        "the ten that tell least": on_the_whole(
            lambda noise, coins: gaps(noise[:50], coins[:50]).argsort()[:10]
        ),
        "the first ten": on_the_whole(lambda noise, coins: np.arange(10)),
        "the number of the text": lambda noise, coins: 1.0,
        "a coin": lambda noise, coins: np.log(2),
    },
    "ex-clf-7": {
        "always the page's bound": lambda loss, m: 0.2157,
        "the exact price of three": lambda loss, m: min(1, loss / np.log(4)),
        "never below": lambda loss, m: max(1, loss / np.log(m + 1)),
        "with m classes more": lambda loss, m: min(1, loss / np.log(m + 2)),
    },
    "ex-clf-8": {
        "two blocks": lambda X, y, strengths: judged(
            X, y, strengths, np.array_split(np.arange(len(y)), 2), True
        ),
        "every third image": lambda X, y, strengths: judged(
            X, y, strengths, [np.arange(i, len(y), 3) for i in range(3)], True
        ),
        "the share of mistakes": lambda X, y, strengths: [0.25 for _ in strengths],
        "the lowest only": lambda X, y, strengths: min(judged(X, y, strengths, thirds(y), True)),
        "the best C": lambda X, y, strengths: strengths[0],
    },
}
RIGHT = {
    "ex-clf-1": {
        "the solution's own numbers": [-0.206, 0.028, 0.178],
        "more digits": (-0.2055556, 0.0277778, 0.1777778),
        "decimals": [Decimal("-0.206"), Decimal("0.028"), Decimal("0.178")],
        "fractions": [Fraction(-37, 180), Fraction(1, 36), Fraction(8, 45)],
        "float32": np.array([-0.206, 0.028, 0.178], dtype=np.float32),
        "the library's gradient": lambda: (
            np.array([0.9, 0.8, 0.4, 0.7, 0.1, 0.6])
            @ softmax_cross_entropy(np.zeros((6, 3)), [0, 0, 1, 0, 2, 1], return_grad=True)[1]
        ),
    },
    "ex-clf-2": {
        "class by class": lambda q, labels: [
            float(q[:, k].mean() - np.mean(labels == k)) for k in range(q.shape[1])
        ],
        "the mean error": lambda q, labels: np.mean(q - one_hot(labels, q.shape[1]), axis=0),
        "counts": lambda q, labels: (
            (q.sum(axis=0) - np.bincount(labels, minlength=q.shape[1])) / len(labels)
        ),
    },
    "ex-clf-3": {
        "labels moved first": lambda labels, table: negative_log_likelihood(labels - 1, table),
        "a loop": lambda labels, table: (
            -sum(math.log(row[k - 1]) for row, k in zip(table, labels, strict=True)) / len(labels)
        ),
    },
    "ex-clf-4": {
        "a list, pixel by pixel": pixel_by_pixel,
        "two scores, subtracted": lambda model, image, answer, truth: (
            model.coef_[answer] * image - model.coef_[truth] * image
        ),
    },
    "ex-clf-5": {
        "a 1 written below": lambda X: (
            4 / np.mean(np.sum(np.column_stack([X, np.ones(len(X))]) ** 2, axis=1))
        ),
        "lengths squared": lambda X: 4 / (np.mean(np.linalg.norm(X, axis=1) ** 2) + 1),
        "a loop": lambda X: 4 * len(X) / sum(sum(v * v for v in row) + 1 for row in X.tolist()),
    },
    "ex-clf-6": {
        "repaired where it chooses": on_the_whole(tell_apart_repaired),
        "repaired with a mask": on_the_whole(tell_apart_masked),
    },
    "ex-clf-7": {
        "base m + 1": lambda loss, m: min(1.0, math.log(math.e, m + 1) * loss),
        "log1p": lambda loss, m: np.clip(loss / np.log1p(m), 0, 1),
        "if": lambda loss, m: 1 if loss > math.log(m + 1) else loss / math.log(m + 1),
    },
    "ex-clf-8": {
        "one by one": lambda X, y, strengths: judged(X, y, strengths, thirds(y), True),
        "scikit-learn": by_scikit_learn,
    },
}
STILL_RIGHT = {
    "ex-clf-7": {"min(loss / np.log(m + 1), 1)": "the smaller of two, in either order"},
}
