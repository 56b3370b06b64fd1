"""Answers to the exercises of chapter 6."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
from scipy.optimize import minimize
from scipy.special import entr, log_softmax, rel_entr, softmax


def mixture_by_hand(a, b):
    total = 0.0
    for one, other in zip(a, b, strict=True):
        mean = (float(one) + float(other)) / 2
        total += -math.log(mean) if mean else math.inf
    return total / len(a)


def regret_by_hand(costs, p, q):
    expected = [sum(x * c for x, c in zip(p, row, strict=True)) for row in costs]
    said = [sum(x * c for x, c in zip(q, row, strict=True)) for row in costs]
    return expected[said.index(min(said))] - min(expected)


def js_by_hand(p, q):
    def half(a, b):
        return sum(x * math.log(2 * x / (x + y)) for x, y in zip(a, b, strict=True) if x > 0)

    return (half(p, q) + half(q, p)) / 2


def tempered_rows(table, T):
    rows = []
    for row in table.tolist():
        powers = [share ** (1 / T) for share in row]
        rows.append([power / sum(powers) for power in powers])
    return rows


def map_with(strength):
    def answer(labels, sigma):
        def penalised(w):
            return -log_softmax(w)[labels].mean() + strength(len(labels), sigma) * w @ w

        return softmax(minimize(penalised, np.zeros(3), tol=1e-8).x)

    return answer


def map_by_sums(labels, sigma):
    def total(w):
        return -log_softmax(w)[labels].sum() + w @ w / (2 * sigma**2)

    return softmax(minimize(total, np.zeros(3), tol=1e-9).x)


WRONG = {
    "ex-bey-1": {
        "the text's own answers": lambda perplexity, tokens, words: (
            49.1 if perplexity == 20 else 48.4
        ),
        "rounded": lambda perplexity, tokens, words: round(perplexity ** (tokens / words), 1),
        "the perplexity of the whole text": lambda perplexity, tokens, words: perplexity**tokens,
        "a number": 49.1,
    },
    "ex-bey-3": {
        "the root, whatever T": lambda table, T: (
            np.sqrt(table) / np.sqrt(table).sum(axis=1, keepdims=True)
        ),
        "1 - 1/T": lambda table, T: (
            table ** (1 - 1 / T) / (table ** (1 - 1 / T)).sum(axis=1, keepdims=True)
        ),
        "T / 4": lambda table, T: table ** (T / 4) / (table ** (T / 4)).sum(axis=1, keepdims=True),
        "the first row, repeated": lambda table, T: tempered_rows(table[:1], T) * len(table),
        "an epsilon in the logarithm": lambda table, T: softmax(np.log(table + 1e-6) / T, axis=1),
        "softmax over the whole table": lambda table, T: softmax(np.log(table) / T),
    },
    "ex-bey-4": {
        "rounded": lambda a, b: round(mixture_by_hand(a, b), 2),
        "0.6974": 0.6974,
        "clipped at 1e-12": lambda a, b: -np.log(np.clip((a + b) / 2, 1e-12, 1)).mean(),
        "an epsilon": lambda a, b: -np.log((a + b) / 2 + 1e-12).mean(),
        "nothing is returned": lambda a, b: print(end=""),
    },
    "ex-bey-5": {
        "zero": lambda said, came, shares: 0.0,
        "one number a group": lambda said, came, shares: rel_entr(came, said).sum(axis=1),
        "the mean over the entries": lambda said, came, shares: (
            shares @ rel_entr(came, said).mean(axis=1)
        ),
        "squares": lambda said, came, shares: shares @ np.sum((came - said) ** 2, axis=1),
        "a clip": lambda said, came, shares: (
            shares @ (came * np.log(np.clip(came, 1e-9, 1) / np.clip(said, 1e-9, 1))).sum(axis=1)
        ),
    },
    "ex-bey-6": {
        "the width left out": map_with(lambda n, sigma: 1 / (2 * n)),
        "the width not squared": map_with(lambda n, sigma: 1 / (2 * n * sigma)),
        "upside down": map_with(lambda n, sigma: sigma**2 / (2 * n)),
        "the shares": lambda labels, sigma: np.bincount(labels, minlength=3) / len(labels),
        "a third each": lambda labels, sigma: [1 / 3, 1 / 3, 1 / 3],
        "the first label only": lambda labels, sigma: map_by_sums(labels[:1], sigma),
    },
    "ex-bey-7": {
        "the cost of the first act": lambda costs, p, q: costs[0] @ p - min(costs @ p),
        "1, the calm night's": lambda costs, p, q: 1.0,
        "the difference under q": lambda costs, p, q: (
            (costs @ q)[np.argmin(costs @ p)] - min(costs @ q)
        ),
        "by columns": lambda costs, p, q: costs.T @ p,
    },
    "ex-bey-8": {
        "an epsilon": lambda p, q: js_by_hand(np.add(p, 1e-9), np.add(q, 1e-9)),
        "a tiny epsilon in each logarithm": lambda p, q: (
            (
                p @ np.log((p + 1e-12) / ((p + q) / 2 + 1e-12))
                + q @ np.log((q + 1e-12) / ((p + q) / 2 + 1e-12))
            )
            / 2
        ),
        "the terms, not their sum": lambda p, q: (
            (rel_entr(p, (p + q) / 2) + rel_entr(q, (p + q) / 2)) / 2
        ),
        "total variation": lambda p, q: np.abs(p - q).sum() / 2,
        "no halving of m": lambda p, q: (rel_entr(p, p + q) + rel_entr(q, p + q)).sum() / 2,
        "zeros ignored where either is zero": lambda p, q: js_by_hand(
            np.where(q > 0, p, 0), np.where(p > 0, q, 0)
        ),
    },
}
RIGHT = {
    "ex-bey-1": {
        "through nats": lambda perplexity, tokens, words: math.exp(
            tokens * math.log(perplexity) / words
        ),
        "through bits": lambda perplexity, tokens, words: (
            2 ** (tokens / words * np.log2(perplexity))
        ),
        "an array of one": lambda perplexity, tokens, words: np.array(
            [perplexity ** (tokens / words)]
        ),
        "a decimal": lambda perplexity, tokens, words: Decimal(
            float(perplexity) ** (tokens / words)
        ),
    },
    "ex-bey-3": {
        "a list of lists": tempered_rows,
        "through the logits": lambda table, T: softmax(np.log(table) / T, axis=-1),
        "float32": lambda table, T: np.float32(tempered_rows(table, T)),
        "transposed twice": lambda table, T: (
            ((table ** (1 / T)).T / (table ** (1 / T)).sum(axis=1)).T
        ),
    },
    "ex-bey-4": {
        "a loop of Python": mixture_by_hand,
        "logaddexp": lambda a, b: np.mean(np.log(2) - np.logaddexp(np.log(a), np.log(b))),
        "a Python number": lambda a, b: float(mixture_by_hand(a, b)),
    },
    "ex-bey-5": {
        "a loop of Python": lambda said, came, shares: (
            sum(
                w * f * math.log(f / q)
                for w, row, given in zip(shares, came, said, strict=True)
                for f, q in zip(row.tolist(), given.tolist(), strict=True)
                if f and q
            )
            + (math.inf if np.any((said == 0) & (came > 0)) else 0)
        ),
        "rel_entr": lambda said, came, shares: np.sum(shares[:, np.newaxis] * rel_entr(came, said)),
        "float32": lambda said, came, shares: np.float32(shares @ rel_entr(came, said).sum(axis=1)),
    },
    "ex-bey-6": {
        "sums in place of means": map_by_sums,
        "a list": lambda labels, sigma: map_by_sums(labels, sigma).tolist(),
    },
    "ex-bey-7": {
        "Python's own": regret_by_hand,
        "fractions": lambda costs, p, q: Fraction(float(regret_by_hand(costs, p, q))),
        "the best act first": lambda costs, p, q: max(
            (costs[np.argmin(costs @ q)] - act) @ p for act in costs
        ),
    },
    "ex-bey-8": {
        "Python's own": js_by_hand,
        "rel_entr": lambda p, q: (
            (rel_entr(p, (p + q) / 2).sum() + rel_entr(q, (p + q) / 2).sum()) / 2
        ),
        "float32": lambda p, q: np.float32(js_by_hand(p, q)),
        "entropies": lambda p, q: entr((p + q) / 2).sum() - (entr(p).sum() + entr(q).sum()) / 2,
    },
}
STILL_RIGHT = {
    "ex-bey-6": {
        "np.ones(3)": "the valley has one bottom, from wherever the walk begins",
        "tol=-0.99": "a minimiser that is asked for too much gives what it has",
    },
}
