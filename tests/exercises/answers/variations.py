"""Answers to the exercises of chapter 8."""

import math

import numpy as np
from scipy.special import expit, log_expit, log_softmax, softmax


def binary_by_hand(logits, tags):
    total = 0.0
    for z, t in zip(logits.ravel().tolist(), tags.ravel().tolist(), strict=True):
        signed = z if t else -z
        total += math.log1p(math.exp(-abs(signed))) + max(-signed, 0.0)
    return total / logits.size


def refocus_by_hand(q, gamma):
    weights = []
    for u in q.tolist():
        loss = math.log(u) * gamma * (1 - u) ** (gamma - 1)
        weights.append(-1 / (loss - (1 - u) ** gamma / u))
    return [weight / sum(weights) for weight in weights]


def contrastive_by_hand(scores):
    total = 0.0
    for i, row in enumerate(scores.tolist()):
        total += math.log(sum(math.exp(s - row[i]) for s in row))
    return total / len(scores)


WRONG = {
    "ex-var-1": {
        "the balanced yard": lambda q, old, new: q / old / (q / old).sum(),
        "half way": lambda q, old, new: (q + q * new / old / (q * new / old).sum()) / 2,
        "a root of the weights": lambda q, old, new: (
            q * np.sqrt(new / old) / (q * np.sqrt(new / old)).sum()
        ),
        "the text's own answer": lambda q, old, new: 0.81,
        "softmax of probabilities": lambda q, old, new: softmax(q * new / old),
    },
    "ex-var-2": {
        "logits as probabilities": lambda logits, tags: np.mean(np.abs(logits - tags)),
        "the Brier score": lambda logits, tags: np.mean((expit(logits) - tags) ** 2),
        "clipped": lambda logits, tags: np.mean(
            np.minimum(np.logaddexp(0, logits) - tags * logits, 16.0)
        ),
        "one number a photograph": lambda logits, tags: (
            np.logaddexp(0, logits) - tags * logits
        ).mean(axis=1),
    },
    "ex-var-3": {
        "smoothing undone": lambda q, gamma: (q - 0.1 / len(q)) / 0.9,
        "always gamma 2": lambda q, gamma: refocus_by_hand(q, 2),
        "a slope without gamma": lambda q, gamma: (
            1
            / ((1 - q) ** (gamma - 1) * np.log(q) - (1 - q) ** gamma / q)
            / np.sum(1 / ((1 - q) ** (gamma - 1) * np.log(q) - (1 - q) ** gamma / q))
        ),
        "rounded": lambda q, gamma: np.round(refocus_by_hand(q, gamma), 2),
    },
    "ex-var-4": {
        "the wrong label": lambda q, M, y: -np.log(q @ M)[y - 1],
        "all labels": lambda q, M, y: -np.log(q @ M),
        "the diagonal alone": lambda q, M, y: -np.log(q[y] * M[y, y]),
        "a mean": lambda q, M, y: -np.log(q @ M).mean(),
    },
    "ex-var-5": {
        "the loss": lambda student, teacher, T: (
            -(T**2) * softmax(teacher / T) @ log_softmax(student / T)
        ),
        "one number": lambda student, teacher, T: np.linalg.norm(student - teacher),
        "reverse": lambda student, teacher, T: (
            T * (softmax(student / T) - softmax(teacher / T))[::-1]
        ),
        "divided by the classes": lambda student, teacher, T: (
            T * (softmax(student / T) - softmax(teacher / T)) / len(student)
        ),
    },
    "ex-var-6": {
        "rounded": lambda scores: round(contrastive_by_hand(scores), 2),
        "the first alone": lambda scores: -log_softmax(scores[0])[0],
        "the likeliest caption": lambda scores: -log_softmax(scores, axis=1).max(axis=1).mean(),
        "one caption fewer": lambda scores: contrastive_by_hand(scores) - math.log(len(scores)),
    },
}
RIGHT = {
    "ex-var-1": {
        "a loop": lambda q, old, new: [
            a * c / b / sum(x * z / y for x, y, z in zip(q, old, new, strict=True))
            for a, b, c in zip(q, old, new, strict=True)
        ],
        "an average": lambda q, old, new: q * (new / old) / np.dot(q, new / old),
    },
    "ex-var-2": {
        "Python's own": binary_by_hand,
        "log_expit": lambda logits, tags: (
            -np.mean(tags * log_expit(logits) + (1 - tags) * log_expit(-logits))
        ),
        "a sign": lambda logits, tags: np.logaddexp(0, (1 - 2 * tags) * logits).mean(),
    },
    "ex-var-3": {
        "Python's own": refocus_by_hand,
        "another form of the slope": lambda q, gamma: (
            (w := q / (1 - q) ** (gamma - 1) / (1 - q - gamma * q * np.log(q))) / w.sum()
        ),
    },
    "ex-var-4": {
        "transposed": lambda q, M, y: -np.log(M.T @ q)[y],
        "one column": lambda q, M, y: -math.log(q @ M[:, y]),
        "a loop": lambda q, M, y: -math.log(sum(q[j] * M[j, y] for j in range(len(q)))),
    },
    "ex-var-5": {
        "scipy": lambda student, teacher, T: T * (softmax(student / T) - softmax(teacher / T)),
        "two factors": lambda student, teacher, T: (
            T**2 * (softmax(student / T) - softmax(teacher / T)) / T
        ),
        "a list": lambda student, teacher, T: (
            T * (softmax(student / T) - softmax(teacher / T))
        ).tolist(),
    },
    "ex-var-6": {
        "Python's own": contrastive_by_hand,
        "log_softmax": lambda scores: -np.diag(log_softmax(scores, axis=1)).mean(),
        "a trace": lambda scores: -np.trace(log_softmax(scores, axis=-1)) / len(scores),
    },
}
STILL_RIGHT = {
    "ex-var-2": {"np.logaddexp(logits, 0)": "a sum does not mind the order"},
    "ex-var-3": {
        "slope = (1 - q) ** gamma / q - gamma": "the common sign goes when the numbers are shared"
    },
}
