"""Repairs of the museum's exhibits, wrong ones and right ones in other forms."""

import numpy as np
from scipy import special

from crossentropy import (
    cross_entropy,
    empirical_distribution,
    entropy,
    kl_divergence,
    log_softmax,
    one_hot,
    softmax,
    softmax_cross_entropy,
)


def defined(source, name):
    """Return a function as a notebook's cell defines it: among its own globals."""
    namespace = {}
    exec(f"import numpy as np\n{source}", namespace)
    return namespace[name]


def groups_of(labels, answers):
    return [labels[answers == answer] for answer in (True, False)]


def bits_of(labels):
    return entropy(empirical_distribution(labels, 3), base=2)


def kl_div(log_q, p):
    return np.sum(p * (np.log(p) - log_q))


REWRITTEN_LIBRARY = """
def kl_div(log_p, q):
    return np.sum(np.exp(log_p) * (log_p - np.log(q)))

def imitation_loss(teacher, student):
    return kl_div(np.log(teacher), student)
"""
BROKEN_LIBRARY = """
def kl_div(p):
    return 0

def imitation_loss(teacher, student):
    return np.sum(teacher * (np.log(teacher) - np.log(student)))
"""


def drift_by_formula(now, before):
    p = np.array(list(now.values()))
    q = np.array([before.get(name, 0.0) for name in now])
    return np.sum(p * np.log(p / q))


def drift_by_hand(now, before):
    total = 0.0
    for name, share in now.items():
        if share > 0:
            known = before.get(name, 0.0)
            total += share * np.log(share / known) if known > 0 else np.inf
    return total


def part_counts(hours):
    return np.bincount(np.asarray(hours) // 6, minlength=4)


def looked_up(table, columns):
    return -np.mean(np.log(table[np.arange(len(columns)), columns]))


def checked_loss(file_labels, table):
    if not set(file_labels.tolist()) <= {1, 2, 3}:
        raise ValueError("a label is no animal")
    return looked_up(table, file_labels - 1)


def stable(z):
    e = np.exp(-np.abs(z))
    return np.maximum(-z, 0) + np.log1p(e), np.where(z > 0, -e / (1 + e), -1 / (1 + e))


def smooth(targets, epsilon=0.1):
    return (1 - epsilon) * targets + epsilon / targets.shape[-1]


def trained_on(targets):
    return lambda scores, labels: softmax_cross_entropy(scores, targets(labels), return_grad=True)


def slopes(W, parts):
    return [
        softmax_cross_entropy(images @ W.T, labels, return_grad=True)[1].T @ images
        for images, labels in parts
    ]


def all_at_once(W, parts):
    images = np.concatenate([images for images, _ in parts])
    labels = np.concatenate([labels for _, labels in parts])
    return slopes(W, [(images, labels)])[0]


def windows_of(symbols, n):
    return np.lib.stride_tricks.sliding_window_view(symbols, n)


def signs(counts, symbols, known):
    shares = np.append(counts[:known], counts[known:].sum()) / counts.sum()
    return -np.log2(shares[np.minimum(symbols, known)])


WRONG = {
    "mus-bits-nats": {
        "the share is dropped": lambda labels, answers: (
            bits_of(labels) - sum(bits_of(group) for group in groups_of(labels, answers))
        ),
        "half for each group": lambda labels, answers: (
            bits_of(labels) - sum(bits_of(group) for group in groups_of(labels, answers)) / 2
        ),
        "never below zero": lambda labels, answers: max(
            0, bits_of(labels) - sum(bits_of(group) for group in groups_of(labels, answers))
        ),
    },
    "mus-negative-zero": {
        "an epsilon": lambda q_true: -np.mean(np.log(q_true + 1e-12)),
        "an epsilon, and a zero": lambda q_true: -np.mean(np.log(q_true + 1e-7)) + 0.0,
        "an epsilon, and abs": lambda q_true: abs(np.mean(np.log(q_true + 1e-12))),
        "a clip": lambda q_true: -np.mean(np.log(np.clip(q_true, 1e-12, 1))) + 0.0,
        "a special case": lambda q_true: 0.0 if q_true.max() == 1 else -np.mean(np.log(q_true)),
        "text": lambda q_true: f"{-np.mean(np.log(q_true)) + 0.0:.4f}",
    },
    "mus-clipped-log": {
        "a smaller floor": lambda q_true: -np.mean(np.log(np.clip(q_true, 1e-300, 1))),
        "an epsilon": lambda q_true: -np.mean(np.log(q_true + 1e-15)),
        "the finite ones": lambda q_true: -np.mean(np.log(q_true[q_true > 0])),
        "nan for the impossible": lambda q_true: np.mean(
            np.where(q_true > 0, -np.log(q_true), np.nan)
        ),
    },
    "mus-exp-overflow": {
        "the overflow on the other side": lambda z: (
            np.log(1 + np.exp(z)) - z,
            -1 / (1 + np.exp(z)),
        ),
        "a clip": lambda z: (
            np.log(1 + np.exp(-np.clip(z, -700, 700))),
            -special.expit(-z),
        ),
        "nan becomes a number": lambda z: (
            np.log(1 + np.exp(-z)),
            np.nan_to_num(-np.exp(-z) / (1 + np.exp(-z)), nan=-1.0),
        ),
        "the loss alone": lambda z: np.logaddexp(0, -z),
        "rounded up to the lead": lambda z: (np.maximum(-z, 0), -special.expit(-z)),
    },
    "mus-swapped-kl": {
        "the library is rewritten": defined(REWRITTEN_LIBRARY, "imitation_loss"),
        "the library is broken": defined(BROKEN_LIBRARY, "imitation_loss"),
        "the model's probabilities": lambda teacher, student: kl_div(student, teacher),
        "the mean of both directions": lambda teacher, student: (
            (kl_divergence(teacher, student) + kl_divergence(student, teacher)) / 2
        ),
    },
    "mus-nansum": {
        "the formula, with zeros": drift_by_formula,
        "never below zero": lambda now, before: max(0, np.nansum(drift_by_formula(now, before))),
        "a floor": lambda now, before: sum(
            p * np.log(p / max(before.get(name, 0), 1e-12)) for name, p in now.items() if p
        ),
    },
    "mus-samples": {
        "sorted": lambda hours_a, hours_b: kl_divergence(
            np.sort(hours_a) / np.sum(hours_a), np.sort(hours_b) / np.sum(hours_b)
        ),
        "counts that are no shares": lambda hours_a, hours_b: special.rel_entr(
            part_counts(hours_a), part_counts(hours_b)
        ).sum(),
        "without the night": lambda hours_a, hours_b: kl_divergence(
            part_counts(hours_a)[1:] / part_counts(hours_a)[1:].sum(),
            part_counts(hours_b)[1:] / part_counts(hours_b)[1:].sum(),
        ),
        "always the same": lambda hours_a, hours_b: 0.0,
    },
    "mus-silent-normaliser": {
        "what is left, and no distribution": lambda p, output: kl_divergence(p, output[:3]),
        "all of the model, none of the fourth datum": lambda p, output: kl_divergence(p, output),
        "rescaled by hand": lambda p, output: kl_divergence(p, output[:3] / output[:3].sum()),
        "unknown counts for the data": lambda p, output: kl_divergence(
            [*(0.9 * np.asarray(p)), 0.1], output
        ),
    },
    "mus-wrong-axis": {
        "the transpose": lambda confusion: (confusion / confusion.sum(axis=1)).T,
        "the totals of the page": lambda confusion: confusion / np.array([[50], [40], [10]]),
        "a softmax": lambda confusion: softmax(np.asarray(confusion, dtype=float)),
    },
    "mus-off-by-one": {
        "clipped after the subtraction": lambda file_labels, table: looked_up(
            table, np.clip(file_labels - 1, 0, 2)
        ),
        "the smallest label is the first": lambda file_labels, table: looked_up(
            table, file_labels - file_labels.min()
        ),
        "-1 is the last column": lambda file_labels, table: looked_up(table, file_labels - 1),
        "wrapped": lambda file_labels, table: looked_up(table, (file_labels - 1) % 3),
    },
    "mus-double-softmax": {
        "logarithms of probabilities, slope in them": lambda scores, labels: softmax_cross_entropy(
            softmax(scores), labels, return_grad=True
        ),
        "a sum in place of a mean": lambda scores, labels: tuple(
            len(labels) * part for part in softmax_cross_entropy(scores, labels, return_grad=True)
        ),
        "the loss alone": lambda scores, labels: softmax_cross_entropy(scores, labels),
    },
    "mus-probabilities-as-logits": {
        "sharpened": lambda labels, probabilities: softmax_cross_entropy(
            10 * probabilities, labels
        ),
        "the likeliest class": lambda labels, probabilities: (
            -np.mean(np.log(probabilities.max(axis=1)))
        ),
        "an epsilon of a thousandth": lambda labels, probabilities: (
            -np.mean(np.log(probabilities[np.arange(len(labels)), labels] + 1e-3))
        ),
    },
    "mus-sum-mean": {
        "divided by the number of parts": lambda W, parts: sum(slopes(W, parts)) / len(parts),
        "the first part": lambda W, parts: slopes(W, parts)[0],
        "by the size of the first part": lambda W, parts: (
            len(parts[0][1]) * sum(slopes(W, parts)) / sum(len(labels) for _, labels in parts)
        ),
    },
    "mus-smoothing-twice": {
        "nowhere": trained_on(lambda labels: one_hot(labels, 10)),
        "a smaller ε, twice": trained_on(
            lambda labels: smooth(smooth(one_hot(labels, 10), 0.05), 0.05)
        ),
        "ε for the nine others": trained_on(
            lambda labels: np.where(one_hot(labels, 10) == 1, 0.9, 0.1 / 9)
        ),
        "as much as two of 0.1, once": trained_on(lambda labels: smooth(one_hot(labels, 10), 0.19)),
    },
    "mus-unshifted": {
        "as many windows, moved the other way": lambda symbols, n: (
            windows_of(symbols, n)[1:],
            symbols[: len(symbols) - n],
        ),
        "round the end to the beginning": lambda symbols, n: (
            windows_of(symbols, n),
            np.append(symbols[n:], symbols[0]),
        ),
        "targets as windows": lambda symbols, n: (
            windows_of(symbols, n)[:-1],
            windows_of(symbols, n)[1:],
        ),
    },
    "mus-unknown-letters": {
        "half of what the sign may stand for": lambda counts, symbols, known: (
            signs(counts, symbols, known) + (symbols >= known) * np.log2(len(counts) - known) / 2
        ).mean(),
        "a word of whole bits for the letter": lambda counts, symbols, known: (
            signs(counts, symbols, known)
            + (symbols >= known) * np.ceil(np.log2(len(counts) - known))
        ).mean(),
        "by how many unknown kinds came": lambda counts, symbols, known: (
            signs(counts, symbols, known)
            + (symbols >= known) * np.log2(len(set(symbols[symbols >= known].tolist())) or 1)
        ).mean(),
    },
    "mus-weights-unread": {
        "odds divided, not turned back": lambda q, weights: np.sum(
            np.divide(q[:, 1] * weights[0], np.maximum(q[:, 0], 1e-12) * weights[1])
        ),
        "shares of the whole": lambda q, weights: (
            len(q) * (q / weights)[:, 1].sum() / (q / weights).sum()
        ),
        "a number": 50.0,
    },
}
RIGHT = {
    "mus-bits-nats": {
        "nats, divided at the end": lambda labels, answers: (
            (
                entropy(empirical_distribution(labels, 3))
                - sum(
                    len(group) / len(labels) * entropy(empirical_distribution(group, 3))
                    for group in groups_of(labels, answers)
                )
            )
            / np.log(2)
        ),
    },
    "mus-negative-zero": {
        "abs": lambda q_true: abs(np.mean(np.log(q_true))),
        "the minus inside": lambda q_true: np.mean(np.log(1 / q_true)),
        "zero minus": lambda q_true: 0.0 - np.mean(np.log(q_true)),
        "max": lambda q_true: max(0.0, -np.mean(np.log(q_true))),
    },
    "mus-clipped-log": {
        "no clip": lambda q_true: -np.mean(np.log(q_true)),
    },
    "mus-exp-overflow": {
        "the larger is taken out": stable,
        "a list": lambda z: [np.logaddexp(0, -z), special.expit(z) - 1],
        "log_expit": lambda z: (-special.log_expit(z), -special.expit(-z)),
    },
    "mus-swapped-kl": {
        "in the library's order": lambda teacher, student: kl_div(np.log(student), teacher),
        "the bill less the entropy": lambda teacher, student: (
            cross_entropy(teacher, student) - entropy(teacher)
        ),
    },
    "mus-nansum": {
        "by hand": drift_by_hand,
    },
    "mus-samples": {
        "shares by bincount": lambda hours_a, hours_b: kl_divergence(
            part_counts(hours_a) / len(hours_a), part_counts(hours_b) / len(hours_b)
        ),
        "SciPy may normalise counts": lambda hours_a, hours_b: special.rel_entr(
            part_counts(hours_a) / len(hours_a), part_counts(hours_b) / len(hours_b)
        ).sum(),
    },
    "mus-silent-normaliser": {
        "three terms": lambda p, output: special.rel_entr(p, output[:3]).sum(),
        "append": lambda p, output: kl_divergence(np.append(p, 0), output),
    },
    "mus-wrong-axis": {
        "a new axis": lambda confusion: confusion / confusion.sum(axis=1)[:, np.newaxis],
        "transposed twice": lambda confusion: (confusion.T / confusion.sum(axis=1)).T,
        "row by row": lambda confusion: [[n / sum(row) for n in row] for row in confusion.tolist()],
    },
    "mus-off-by-one": {
        "checked by hand": checked_loss,
        "one-hot": lambda file_labels, table: cross_entropy(
            one_hot(file_labels - 1, 3), table
        ).mean(),
    },
    "mus-double-softmax": {
        "by hand": lambda scores, labels: (
            -log_softmax(scores)[np.arange(len(labels)), labels].mean(),
            (softmax(scores) - one_hot(labels, scores.shape[1])) / len(labels),
        ),
    },
    "mus-probabilities-as-logits": {
        "their logarithms": lambda labels, probabilities: softmax_cross_entropy(
            np.log(probabilities), labels
        ),
        "a look-up": lambda labels, probabilities: looked_up(probabilities, labels),
    },
    "mus-sum-mean": {
        "all at once": all_at_once,
    },
    "mus-smoothing-twice": {
        "smoothed in the loop, not by the loader": trained_on(
            lambda labels: smooth(one_hot(labels, 10))
        ),
        "by hand": lambda scores, labels: (
            cross_entropy(smooth(one_hot(labels, 10)), softmax(scores)).mean(),
            (softmax(scores) - smooth(one_hot(labels, 10))) / len(labels),
        ),
    },
    "mus-unshifted": {
        "a loop": lambda symbols, n: (
            [symbols[t - n : t] for t in range(n, len(symbols))],
            [symbols[t] for t in range(n, len(symbols))],
        ),
        "windows with their targets, cut once": lambda symbols, n: (
            windows_of(symbols, n + 1)[:, :-1],
            windows_of(symbols, n + 1)[:, -1],
        ),
    },
    "mus-unknown-letters": {
        "the sign's share, shared out": lambda counts, symbols, known: np.mean(
            -np.log2(
                np.append(
                    counts[:known],
                    np.full(len(counts) - known, counts[known:].mean()),
                )[symbols]
                / counts.sum()
            )
        ),
    },
    "mus-weights-unread": {
        "a loop": lambda q, weights: sum(
            row[1] / weights[1] / (row[0] / weights[0] + row[1] / weights[1]) for row in q
        ),
        "one weight": lambda q, weights: np.sum(
            q[:, 1] / (q[:, 1] + q[:, 0] * weights[1] / weights[0])
        ),
    },
}
STILL_RIGHT = {
    "mus-bits-nats": {
        "empirical_distribution(labels, 4)": "an animal that never comes adds nothing",
        "empirical_distribution(group, 4)": "an animal that never comes adds nothing",
        "answers != answer": "the two groups change places",
    },
    "mus-exp-overflow": {"np.logaddexp(-z, 0)": "it is symmetric"},
    "mus-samples": {"empirical_distribution(hours // 6, 5)": "a fifth part of the day is empty"},
    "mus-unknown-letters": {"np.minimum(known, symbols)": "the smaller of two has no order"},
}
