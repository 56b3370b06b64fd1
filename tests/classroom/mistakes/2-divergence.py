"""What goes wrong in the second assignment, and what it costs."""

from classroom.assignment_tools import Mistake

MISTAKES = [
    Mistake(
        "nats for bits",
        "excess-bits",
        """
def excess_bits(counts, q):
    total = counts.sum(axis=1)
    return total * rel_entr(counts / total[:, np.newaxis], q).sum(axis=1)
""",
        {"test-excess-bits": 4},
        "use natural logarithms",
    ),
    Mistake(
        "zero times infinity",
        "excess-bits",
        """
def excess_bits(counts, q):
    shares = counts / counts.sum(axis=1, keepdims=True)
    return np.sum(counts * np.log2(shares / q), axis=1)
""",
        {"test-excess-bits": 2},
        "leave 0 log 0 to NumPy",
    ),
    Mistake(
        "the impossible skipped",
        "excess-bits",
        """
def excess_bits(counts, q):
    shares = counts / counts.sum(axis=1, keepdims=True)
    counted = (counts > 0) & (q > 0)
    terms = counts * np.log2(np.where(counted, shares / q, 1))
    return np.sum(terms, axis=1)
""",
        {"test-excess-bits": 1},
        "skip the class that the forecast calls impossible",
    ),
    Mistake(
        "hard-coded result",
        "excess-bits",
        """
def excess_bits(counts, q):
    return np.array([0.20681, 11.83262, np.inf])
""",
        {"test-excess-bits": 4},
    ),
    Mistake(
        "missing minus",
        "mean-bills",
        """
def mean_bills(weather, forecasts):
    return np.log2(forecasts[:, np.arange(len(weather)), weather]).mean(axis=1)
""",
        {"test-mean-bills": 3},
        "forget the minus sign",
    ),
    Mistake(
        "sum for mean",
        "mean-bills",
        """
def mean_bills(weather, forecasts):
    return -np.log2(forecasts[:, np.arange(len(weather)), weather]).sum(axis=1)
""",
        {"test-mean-bills": 3},
        "add the days up and do not divide by their number",
    ),
    Mistake(
        "a clipped probability",
        "mean-bills",
        """
def mean_bills(weather, forecasts):
    given = forecasts[:, np.arange(len(weather)), weather]
    return -np.log2(np.clip(given, 1e-15, 1)).mean(axis=1)
""",
        {"test-mean-bills": 1},
    ),
    Mistake(
        "directions exchanged",
        "best-fit",
        """
def best_fit(p, family, direction):
    terms = rel_entr(p, family) if direction == "reverse" else rel_entr(family, p)
    return terms.sum(axis=1).argmin()
""",
        {"test-best-fit": 3},
        "exchange the two directions",
    ),
    Mistake(
        "an entropy that is not constant",
        "best-fit",
        """
def best_fit(p, family, direction):
    terms = -xlogy(p, family) if direction == "forward" else -xlogy(family, p)
    return terms.sum(axis=1).argmin()
""",
        {"test-best-fit": 2},
        "forget that H(q) changes",
    ),
    Mistake(
        "the other hump, in bits",
        "descend-answer",
        """
covering_mean = 12.5
seeking_nats = 1.737
""",
        {"test-descend": 2},
        "read the number in bits",
    ),
    Mistake(
        "a divergence against a cross-entropy",
        "saved-bits",
        """
def saved_bits(p, q, climate):
    return (rel_entr(p, climate) + xlogy(p, q)).sum(axis=1) / np.log(2)
""",
        {"test-saved-bits": 2},
        "hold a divergence against a cross-entropy",
    ),
    Mistake(
        "unit left unrepaired",
        "saved-bits",
        """
def saved_bits(p, q, climate):
    return -(xlogy(p, climate) / np.log(2)).sum(axis=1) + xlogy(p, q).sum(axis=1)
""",
        {"test-saved-bits": 3},
        "subtract nats from bits",
    ),
]
