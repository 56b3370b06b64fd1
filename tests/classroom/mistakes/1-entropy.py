"""What goes wrong in the first assignment, and what it costs."""

from classroom.assignment_tools import Mistake

MISTAKES = [
    Mistake(
        "bits for nats",
        "row-entropies",
        """
def row_entropies(counts):
    shares = counts / counts.sum(axis=1, keepdims=True)
    return -(shares * np.log(np.where(shares > 0, shares, 1))).sum(axis=1)
""",
        {"test-row-entropies": 3},
        "use natural logarithms",
    ),
    Mistake(
        "zero times infinity",
        "row-entropies",
        """
def row_entropies(counts):
    shares = counts / counts.sum(axis=1, keepdims=True)
    return -(shares * np.log2(shares)).sum(axis=1)
""",
        {"test-row-entropies": 1},
        "leave 0 log 0 to NumPy",
    ),
    Mistake(
        "hard-coded result",
        "row-entropies",
        """
def row_entropies(counts):
    return np.array([1.875, 2.0, 0.0, 2.17095])
""",
        {"test-row-entropies": 3},
    ),
    Mistake(
        "the course's entropy, where the sum was asked for",
        "row-entropies",
        """
import crossentropy as ce

def row_entropies(counts):
    return ce.entropy(counts / counts.sum(axis=1, keepdims=True), base=2)
""",
        {"test-row-entropies": 3},
        "your function calls `entropy`",
    ),
    Mistake(
        "SciPy's entropy, by another name",
        "row-entropies",
        """
from scipy.stats import entropy as h

def row_entropies(counts):
    return h(counts, axis=1, base=2)
""",
        {"test-row-entropies": 3},
        "your function calls `entropy`, and the task asks you to do without",
    ),
    Mistake(
        "answers not weighed",
        "information-gain",
        """
def information_gain(counts):
    given = counts[counts.sum(axis=1) > 0]
    after = entropy(given / given.sum(axis=1)[:, np.newaxis], base=2)
    return entropy(given.sum(axis=0) / given.sum(), base=2) - after.mean()
""",
        {"test-information-gain": 4},
        "weigh all answers alike",
    ),
    Mistake(
        "a row of zeros divided by its sum",
        "information-gain",
        """
def information_gain(counts):
    totals = counts.sum(axis=1)
    shares = counts / totals[:, np.newaxis]
    after = -(shares * np.log2(np.where(shares == 0, 1, shares))).sum(axis=1)
    before = entropy(counts.sum(axis=0) / counts.sum(), base=2)
    return before - np.average(after, weights=totals)
""",
        {"test-information-gain": 1},
        "divide a row of zeros by its sum",
    ),
    Mistake(
        "missing minus",
        "information-gain",
        """
def information_gain(counts):
    given = counts[counts.sum(axis=1) > 0]
    totals = given.sum(axis=1)
    return -np.average(entropy(given / totals[:, np.newaxis], base=2), weights=totals)
""",
        {"test-information-gain": 4},
        "forget what was known before the question",
    ),
    Mistake(
        "the wrong one of two places",
        "bars-answer",
        "umbrella_share = 0.0",
        {"test-bars": 2},
        "take the place without umbrellas",
    ),
    Mistake(
        "only an earlier word may begin a later one",
        "is-prefix-code",
        """
def is_prefix_code(words):
    return not any(
        later.startswith(word) for i, word in enumerate(words) for later in words[i + 1 :]
    )
""",
        {"test-is-prefix-code": 1},
        "ask only whether an earlier word begins a later one",
    ),
    Mistake(
        "mean of words for mean of finds",
        "wasted-bits",
        """
def wasted_bits(counts, words):
    return np.mean([len(word) for word in words]) - entropy(counts / counts.sum(), base=2)
""",
        {"test-wasted-bits": 2},
        "weigh all words alike",
    ),
    Mistake(
        "wrong axis",
        "effective-kinds",
        """
def effective_kinds(counts):
    shares = counts / counts.sum(axis=0)
    bits = -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1)
    return 2**bits
""",
        {"test-effective-kinds": 2},
        "divide by the totals of the columns",
    ),
    Mistake(
        "e to a number of bits",
        "effective-kinds",
        """
def effective_kinds(counts):
    shares = counts / counts.sum(axis=1, keepdims=True)
    bits = -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1)
    return np.exp(bits)
""",
        {"test-effective-kinds": 2},
        "raise e to a number of bits",
    ),
]
