"""What goes wrong in the third assignment, and what it costs."""

from classroom.assignment_tools import Mistake

MISTAKES = [
    Mistake(
        "a product that underflows",
        "log-likelihood",
        """
def log_likelihood(calls, rate):
    return np.log(np.prod(stats.poisson.pmf(calls, rate)))
""",
        {"test-log-likelihood": 1},
        "multiply before you take the logarithm",
    ),
    Mistake(
        "a factorial that overflows",
        "log-likelihood",
        """
def log_likelihood(calls, rate):
    factorials = np.cumprod(np.r_[1.0, 1 : calls.max() + 1])
    return np.sum(calls * np.log(rate) - rate - np.log(factorials[calls]))
""",
        {"test-log-likelihood": 1},
    ),
    Mistake(
        "missing minus",
        "log-likelihood",
        """
def log_likelihood(calls, rate):
    return -stats.poisson.logpmf(calls, rate).sum()
""",
        {"test-log-likelihood": 4},
        "turn all signs round",
    ),
    Mistake(
        "mean for sum",
        "log-likelihood",
        """
def log_likelihood(calls, rate):
    return stats.poisson.logpmf(calls, rate).mean()
""",
        {"test-log-likelihood": 4},
        "take the mean over the hours and not the sum",
    ),
    Mistake(
        "mean of the evenings' rates",
        "best-rate",
        """
def best_rate(calls, hours):
    return np.mean(calls / hours)
""",
        {"test-best-rate": 2},
        "average the rates of the evenings",
    ),
    Mistake(
        "bits for nats",
        "two-parts",
        """
def two_parts(calls, rate):
    values, times = np.unique(calls, return_counts=True)
    shares = times / len(calls)
    floor = -np.sum(shares * np.log2(shares))
    bill = -np.sum(shares * stats.poisson.logpmf(values, rate)) / np.log(2)
    return np.array([floor, bill - floor])
""",
        {"test-two-parts": 2},
        "use log base 2",
    ),
    Mistake(
        "a silent normaliser",
        "two-parts",
        """
def two_parts(calls, rate):
    values, times = np.unique(calls, return_counts=True)
    q = stats.poisson.pmf(values, rate)
    return np.array([stats.entropy(times), stats.entropy(times, q)])
""",
        {"test-two-parts": 2},
        "rescale q so that it sums to 1",
    ),
    Mistake(
        "the impossible skipped",
        "held-out-nll",
        """
def held_out_nll(train, test):
    given = (test[:, np.newaxis] == train).mean(axis=1)
    poisson = -stats.poisson.logpmf(test, train.mean()).mean()
    return np.array([poisson, -np.log(given[given > 0]).mean()])
""",
        {"test-held-out-nll": 1},
        "skip the hour that the shares rule out",
    ),
    Mistake(
        "fitted on what they are tried on",
        "held-out-nll",
        """
def held_out_nll(train, test):
    given = (test[:, np.newaxis] == test).mean(axis=1)
    poisson = -stats.poisson.logpmf(test, test.mean()).mean()
    return np.array([poisson, -np.log(given).mean()])
""",
        {"test-held-out-nll": 3},
        "fit the models on the hours that they are tried on",
    ),
    Mistake(
        "hard-coded result",
        "held-out-nll",
        """
def held_out_nll(train, test):
    return np.array([1.63795, np.inf if 7 in test else 1.60375])
""",
        {"test-held-out-nll": 3},
    ),
    Mistake(
        "a bit for a nat, on one side",
        "plausible-answer",
        """
theta_low = 0.638
theta_high = 0.859
""",
        {"test-plausible": 1},
    ),
    Mistake(
        "the clip left in",
        "display-nll",
        """
def display_nll(shown, rate, top):
    at_top = stats.poisson.sf(top - 1, rate)
    given = np.where(shown < top, stats.poisson.pmf(shown, rate), at_top)
    return -np.log(np.clip(given, 1e-6, 1)).mean()
""",
        {"test-display-nll": 2},
        "leave the clip in",
    ),
    Mistake(
        "one minus nearly one",
        "display-nll",
        """
def display_nll(shown, rate, top):
    at_top = 1 - stats.poisson.cdf(top - 1, rate)
    given = np.where(shown < top, stats.poisson.pmf(shown, rate), at_top)
    return -np.log(given).mean()
""",
        {"test-display-nll": 1},
        "subtract from 1 what is nearly 1",
    ),
    Mistake(
        "the top for an exact count",
        "display-nll",
        """
def display_nll(shown, rate, top):
    return -stats.poisson.logpmf(shown, rate).mean()
""",
        {"test-display-nll": 2},
        "take `top` for an exact count",
    ),
]
