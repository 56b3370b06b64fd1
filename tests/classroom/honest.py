"""Eight people solve the first assignment, each by themselves: their cells, by name."""

from __future__ import annotations

HONEST = {
    "ana: loops and the math module": {
        "row-entropies": """
import math

def row_entropies(counts):
    result = []
    for row in counts:
        total = sum(row)
        h = 0
        for n in row:
            if n > 0:
                h = h - n / total * math.log2(n / total)
        result.append(h)
    return np.array(result)
""",
        "information-gain": """
def information_gain(counts):
    everything = counts.sum()
    h_before = row_entropies([counts.sum(axis=0)])[0]
    h_after = 0
    for row in counts:
        if sum(row) > 0:
            h_after += sum(row) / everything * row_entropies([row])[0]
    return h_before - h_after
""",
        "bars-answer": "umbrella_share = 0.773",
        "is-prefix-code": """
def is_prefix_code(words):
    for i in range(len(words)):
        for j in range(len(words)):
            if i != j and words[j].startswith(words[i]):
                return False
    return True
""",
        "wasted-bits": """
def wasted_bits(counts, words):
    total = sum(counts)
    mean = 0
    for n, word in zip(counts, words):
        mean += n * len(word) / total
    return mean - row_entropies([counts])[0]
""",
        "effective-kinds": """
def effective_kinds(counts):
    return np.array([2 ** h for h in row_entropies(counts)])
""",
    },
    "ben: numpy with where": {
        "row-entropies": """
def row_entropies(counts):
    p = counts / counts.sum(axis=1)[:, None]
    logs = np.log2(p, out=np.zeros_like(p), where=p > 0)
    return -np.sum(p * logs, axis=1)
""",
        "information-gain": """
def information_gain(counts):
    rows = counts.sum(axis=1)
    keep = rows > 0
    after = row_entropies(counts[keep]) @ rows[keep] / rows.sum()
    return row_entropies(counts.sum(axis=0)[None, :])[0] - after
""",
        "bars-answer": "umbrella_share = 0.77",
        "is-prefix-code": """
def is_prefix_code(words):
    ordered = sorted(words)
    return all(not b.startswith(a) for a, b in zip(ordered, ordered[1:]))
""",
        "wasted-bits": """
def wasted_bits(counts, words):
    lengths = np.array(list(map(len, words)))
    return counts @ lengths / counts.sum() - row_entropies(counts[None, :])[0]
""",
        "effective-kinds": """
def effective_kinds(counts):
    return np.exp2(row_entropies(counts))
""",
    },
    "cleo: pandas": {
        "row-entropies": """
import pandas as pd

def row_entropies(counts):
    table = pd.DataFrame(counts)
    shares = table.div(table.sum(axis=1), axis=0)
    return (-shares * np.log2(shares.where(shares > 0, 1))).sum(axis=1).to_numpy()
""",
        "information-gain": """
def information_gain(counts):
    frame = pd.DataFrame(counts)
    frame = frame[frame.sum(axis=1) > 0]
    weights = frame.sum(axis=1) / frame.to_numpy().sum()
    column = frame.sum().to_frame().T.to_numpy()
    return row_entropies(column)[0] - (weights * row_entropies(frame.to_numpy())).sum()
""",
        "bars-answer": "umbrella_share = 0.7732",
        "is-prefix-code": """
def is_prefix_code(words):
    series = pd.Series(words)
    hits = [series.str.startswith(word).sum() for word in words]
    return max(hits) == 1
""",
        "wasted-bits": """
def wasted_bits(counts, words):
    q = pd.Series(counts) / np.sum(counts)
    spent = (q * pd.Series(words).str.len()).sum()
    return spent - row_entropies(np.array([counts]))[0]
""",
        "effective-kinds": """
def effective_kinds(counts):
    return pd.Series(row_entropies(counts)).rpow(2).to_numpy()
""",
    },
    "dan: scipy": {
        "row-entropies": """
from scipy.special import entr
from scipy import stats

def row_entropies(counts):
    return entr(counts / counts.sum(axis=1, keepdims=True)).sum(axis=1) / np.log(2)
""",
        "information-gain": """
def information_gain(counts):
    joint = counts / counts.sum()
    a = stats.entropy(joint.sum(axis=1), base=2)
    k = stats.entropy(joint.sum(axis=0), base=2)
    return a + k - stats.entropy(joint.ravel(), base=2)
""",
        "bars-answer": "umbrella_share = 0.773",
        "is-prefix-code": """
def is_prefix_code(words):
    from itertools import permutations
    return not any(long.startswith(short) for short, long in permutations(words, 2))
""",
        "wasted-bits": """
def wasted_bits(counts, words):
    ell = [len(w) for w in words]
    return np.average(ell, weights=counts) - stats.entropy(counts, base=2)
""",
        "effective-kinds": """
def effective_kinds(counts):
    return np.exp(stats.entropy(counts, axis=1))
""",
    },
    "eva: helper functions and comprehensions": {
        "row-entropies": """
def surprise(share):
    return -np.log2(share)

def h(shares):
    return sum(s * surprise(s) for s in shares if s)

def row_entropies(counts):
    return np.array([h(row / row.sum()) for row in counts])
""",
        "information-gain": """
def information_gain(counts):
    n = counts.sum()
    unsplit = h(counts.sum(axis=0) / n)
    split = sum(row.sum() / n * h(row / row.sum()) for row in counts if row.any())
    return unsplit - split
""",
        "bars-answer": "umbrella_share = 0.775",
        "is-prefix-code": """
def is_prefix_code(words):
    if len(set(words)) < len(words):
        return False
    beginnings = {word[:k] for word in words for k in range(1, len(word))}
    return beginnings.isdisjoint(words)
""",
        "wasted-bits": """
def wasted_bits(counts, words):
    shares = counts / counts.sum()
    paid = sum(s * len(w) for s, w in zip(shares, words))
    return paid - h(shares)
""",
        "effective-kinds": """
def effective_kinds(counts):
    return 2 ** row_entropies(counts)
""",
    },
    "finn: log N minus a mean": {
        "row-entropies": """
def row_entropies(counts):
    counts = np.asarray(counts, dtype=float)
    N = counts.sum(axis=-1)
    nlogn = np.where(counts == 0, 0, counts * np.log2(np.maximum(counts, 1)))
    answer = np.log2(N) - nlogn.sum(axis=-1) / N
    return answer
""",
        "information-gain": """
def information_gain(counts):
    good_rows = counts[np.any(counts, axis=1)]
    prior = row_entropies(good_rows.sum(axis=0, keepdims=True)).item()
    posterior = np.average(row_entropies(good_rows), weights=good_rows.sum(axis=1))
    answer = prior - posterior
    return answer
""",
        "bars-answer": "bars.p = [0.773, 0.1135, 0.1135]\numbrella_share = 0.773",
        "is-prefix-code": """
def is_prefix_code(words):
    tree = {}
    for word in words:
        node = tree
        for letter in word:
            if node.get("end"):
                return False
            node = node.setdefault(letter, {})
        if node:
            return False
        node["end"] = True
    return True
""",
        "wasted-bits": """
def wasted_bits(counts, words):
    bits_used = 0.0
    for k, word in enumerate(words):
        bits_used += counts[k] * len(word)
    answer = bits_used / counts.sum() - row_entropies(counts.reshape(1, -1)).item()
    return answer
""",
        "effective-kinds": """
def effective_kinds(counts):
    shares = counts / counts.sum(axis=1, keepdims=True)
    bits = -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1)
    answer = np.power(2.0, bits)
    return answer
""",
    },
    "gus: the stub, filled in": {
        "row-entropies": """
def row_entropies(counts):
    answer = 0.0
    # YOUR CODE HERE
    probs = counts / np.sum(counts, axis=1, keepdims=True)
    terms = np.zeros(probs.shape)
    mask = probs != 0
    terms[mask] = -probs[mask] * np.log2(probs[mask])
    answer = terms.sum(axis=1)
    return answer
""",
        "information-gain": """
def information_gain(counts):
    answer = 0.0
    # YOUR CODE HERE
    total_per_answer = counts.sum(axis=1)
    total_per_kind = counts.sum(axis=0)
    H_kind = entropy(total_per_kind / total_per_kind.sum(), base=2)
    H_rest = 0.0
    for a in range(counts.shape[0]):
        if total_per_answer[a] == 0:
            continue
        H_rest += total_per_answer[a] * entropy(counts[a] / total_per_answer[a], base=2)
    answer = H_kind - H_rest / counts.sum()
    return answer
""",
        "bars-answer": "umbrella_share = 0.772",
        "is-prefix-code": """
def is_prefix_code(words):
    answer = True
    # YOUR CODE HERE
    for a, first in enumerate(words):
        for b, second in enumerate(words):
            if a == b:
                continue
            if first == second[:len(first)]:
                answer = False
    return answer
""",
        "wasted-bits": """
def wasted_bits(counts, words):
    answer = -1.0
    # YOUR CODE HERE
    lengths = np.array([len(word) for word in words])
    p = counts / counts.sum()
    H = entropy(p, base=2)
    answer = (p * lengths).sum() - H
    return answer
""",
        "effective-kinds": """
def effective_kinds(counts):
    shares = counts / counts.sum(axis=1, keepdims=True)
    bits = row_entropies(counts)
    answer = 2**bits
    return answer
""",
    },
    "hana: the course's own functions": {
        "row-entropies": """
def row_entropies(counts):
    q = counts / counts.sum(1, keepdims=True)
    return (q * -np.log2(q + (q == 0))).sum(1)
""",
        "information-gain": """
def information_gain(counts):
    asked = counts.sum(1)
    kind = counts.sum(0) / counts.sum()
    given = [entropy(row / n, base=2) if n else 0 for row, n in zip(counts, asked)]
    return entropy(kind, base=2) - np.dot(given, asked) / counts.sum()
""",
        "bars-answer": "umbrella_share = 0.77",
        "is-prefix-code": """
def is_prefix_code(words):
    kraft = sum(2.0 ** -len(w) for w in words)
    clash = [
        (u, v) for i, u in enumerate(words) for v in words[:i] + words[i + 1:] if v.find(u) == 0
    ]
    return kraft <= 1 and not clash
""",
        "wasted-bits": """
def wasted_bits(counts, words):
    p = np.array(counts) / np.sum(counts)
    assumed = np.array([0.5 ** len(w) for w in words])
    return float(-(p * np.log2(assumed)).sum() - entropy(p, base=2))
""",
        "effective-kinds": """
def effective_kinds(counts):
    return np.exp(entropy(counts / counts.sum(1, keepdims=True)))
""",
    },
}
