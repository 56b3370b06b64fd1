"""What goes wrong in the fifth assignment, and what it costs."""

from classroom.assignment_tools import Mistake

MISTAKES = [
    Mistake(
        "bits for nats",
        "objective",
        """
def objective(table, X, y, l2, old):
    log_q = log_softmax(X @ table[:, :-1].T + table[:, -1]) / np.log(2)
    loss = -np.mean(log_q[np.arange(len(y)), y])
    return loss + l2 * np.sum((table - old)[:, :-1] ** 2)
""",
        {"test-objective": 3},
        "use the logarithm to base 2",
    ),
    Mistake(
        "unstable softmax",
        "objective",
        """
def objective(table, X, y, l2, old):
    q = softmax(X @ table[:, :-1].T + table[:, -1])
    loss = -np.mean(np.log(q[np.arange(len(y)), y]))
    return loss + l2 * np.sum((table - old)[:, :-1] ** 2)
""",
        {"test-objective": 1},
        "take the logarithm of a probability that has rounded to 0",
    ),
    Mistake(
        "biases charged",
        "objective",
        """
def objective(table, X, y, l2, old):
    log_q = log_softmax(X @ table[:, :-1].T + table[:, -1])
    return -np.mean(log_q[np.arange(len(y)), y]) + l2 * np.sum((table - old) ** 2)
""",
        {"test-objective": 1},
        "charge the biases too",
    ),
    Mistake(
        "hard-coded result",
        "at-zero",
        """
def value_at_zero(l2, old):
    return np.log(3) + 0.05 * 11.5
""",
        {"test-at-zero": 1},
    ),
    Mistake(
        "wrong axis",
        "gradient",
        """
def gradient(table, X, y, l2, old):
    exps = np.exp(X @ table[:, :-1].T + table[:, -1])
    errors = exps / exps.sum(axis=0) - one_hot(y, len(table))
    slopes = np.column_stack([errors.T @ X / len(X), errors.mean(axis=0)])
    slopes[:, :-1] += 2 * l2 * (table - old)[:, :-1]
    return slopes
""",
        {"test-gradient": 3},
        "normalise over the days, not over the classes",
    ),
    Mistake(
        "sum for mean",
        "gradient",
        """
def gradient(table, X, y, l2, old):
    errors = softmax(X @ table[:, :-1].T + table[:, -1]) - one_hot(y, len(table))
    slopes = np.column_stack([errors.T @ X, errors.sum(axis=0)])
    slopes[:, :-1] += 2 * l2 * (table - old)[:, :-1]
    return slopes
""",
        {"test-gradient": 2},
        "sum over the days",
    ),
    Mistake(
        "missing minus",
        "descend",
        """
def descend(value, slope, start, rate, steps):
    end, curve = start, [value(start)]
    for _ in range(steps):
        end = end + rate * slope(end)
        curve.append(value(end))
    return end, np.array(curve)
""",
        {"test-descend": 2},
        "step uphill",
    ),
    Mistake(
        "the start changed in place",
        "descend",
        """
def descend(value, slope, start, rate, steps):
    curve = [value(start)]
    for _ in range(steps):
        start -= rate * slope(start)
        curve.append(value(start))
    return start, np.array(curve)
""",
        {"test-descend": 1},
        "has changed `start`",
    ),
    Mistake(
        "accuracy read too early",
        "watch-answer",
        """
steps_to_half = 18
accuracy_in_the_end = 95.8
""",
        {"test-watch": 1},
        "read it where the loss is 0.5",
    ),
    Mistake(
        "the least surprising days",
        "surprise-share",
        """
def surprise_share(table, X, y, m):
    log_q = log_softmax(X @ table[:, :-1].T + table[:, -1])
    surprises = np.sort(-log_q[np.arange(len(y)), y])
    return surprises[:m].sum() / surprises.sum()
""",
        {"test-surprise-share": 2},
        "take the days that surprise least",
    ),
    Mistake(
        "labels off by one",
        "mean-surprisal",
        """
def mean_surprisal(scores, codes):
    shifted = scores - scores.max(axis=0)
    log_q = shifted - np.log(np.exp(shifted).sum(axis=0))
    return -np.mean(log_q[codes - 2, np.arange(len(codes))])
""",
        {"test-mean-surprisal": 2},
        "take one off the codes twice",
    ),
]
