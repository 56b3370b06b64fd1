"""Softmax cross-entropy with its gradient, beside the straightforward composition in SciPy."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.special import log_softmax
from scipy.special import softmax as scipy_softmax

from crossentropy import softmax_cross_entropy

SHAPES = [(100_000, 10), (10_000, 1_000)]


def composed(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean loss and its gradient, written the way one would first write them."""
    rows = np.arange(len(labels))
    loss = -log_softmax(logits, axis=1)[rows, labels].mean()
    gradient = scipy_softmax(logits, axis=1)
    gradient[rows, labels] -= 1
    return loss, gradient / len(labels)


def ours(logits: np.ndarray, labels: np.ndarray) -> object:
    """Return the mean loss and its gradient in one pass."""
    return softmax_cross_entropy(logits, labels, return_grad=True)


def milliseconds(function: Callable[[], object]) -> float:
    """Return the time of one call."""
    start = time.perf_counter()
    function()
    return 1000 * (time.perf_counter() - start)


def peak_megabytes(function: Callable[[], object]) -> float:
    """Return the most memory that a call holds at once."""
    tracemalloc.start()
    function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def compare(n: int, k: int) -> str:
    """Return a row of the table; the two are called in turn, and each ratio is of neighbours."""
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(n, k)), rng.integers(k, size=n)
    one_pass, composition = (partial(f, logits, labels) for f in (ours, composed))
    pairs = [(milliseconds(one_pass), milliseconds(composition)) for _ in range(12)][2:]
    fast, slow = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    memory = f"{peak_megabytes(one_pass):8.0f} {peak_megabytes(composition):9.0f}"
    return f"{n:9,} × {k:<5,}{fast:9.1f} {slow:9.1f} {ratio:5.1f}× {memory}"


def run() -> None:
    """Print the table."""
    print(
        f"{'shape':>16}{'ours ms':>9} {'SciPy ms':>9} {'ratio':>6} {'ours MB':>8} {'SciPy MB':>9}"
    )
    for n, k in SHAPES:
        print(compare(n, k))
