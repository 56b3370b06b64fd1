"""Softmax cross-entropy with its gradient, beside SciPy, scikit-learn and PyTorch on the CPU.

Each is called in turn with ours, and each ratio is of neighbours. Before each call is a pause:
OpenMP's threads, in which scikit-learn and PyTorch work, keep a core busy for some milliseconds
after a call, waiting for the next. Peak memory is what one call adds to a process of its own.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
from scipy.special import log_softmax
from scipy.special import softmax as scipy_softmax

from benchmarks import megabytes
from crossentropy import softmax_cross_entropy

PAUSE = 0.05  # seconds
SHAPES = [(100_000, 10), (10_000, 1_000), (1_000, 30_000)]
PAIRS = 12

# Each takes logits and labels and returns a call: it gives the mean loss and its gradient. What
# another library needs to have converted is converted before the clock runs.
Call = Callable[[], tuple[float, np.ndarray]]


def ours(logits: np.ndarray, labels: np.ndarray) -> Call:
    """One pass, in blocks, in as many threads as it likes."""
    return partial(softmax_cross_entropy, logits, labels, return_grad=True)


def scipy(logits: np.ndarray, labels: np.ndarray) -> Call:
    """Compose it the way one would first write it."""

    def call() -> tuple[float, np.ndarray]:
        rows = np.arange(len(labels))
        loss = -log_softmax(logits, axis=1)[rows, labels].mean()
        gradient = scipy_softmax(logits, axis=1)
        gradient[rows, labels] -= 1
        return loss, gradient / len(labels)

    return call


def scikit_learn(logits: np.ndarray, labels: np.ndarray) -> Call:
    """Call the compiled loss inside its LogisticRegression; the module is a private one."""
    from sklearn._loss import HalfMultinomialLoss

    loss = HalfMultinomialLoss(n_classes=logits.shape[1])
    targets, weights = labels.astype(float), np.full(len(labels), 1 / len(labels))

    def call() -> tuple[float, np.ndarray]:
        losses, gradient = loss.loss_gradient(
            targets, logits, sample_weight=weights, n_threads=os.cpu_count()
        )
        return losses.sum(), gradient

    return call


def pytorch(logits: np.ndarray, labels: np.ndarray) -> Call:
    """Run its cross_entropy forward, and backward to the logits, on as many threads as it likes."""
    import torch

    leaf, targets = torch.tensor(logits, requires_grad=True), torch.tensor(labels)

    def call() -> tuple[float, np.ndarray]:
        leaf.grad = None
        loss = torch.nn.functional.cross_entropy(leaf, targets)
        loss.backward()
        return loss.item(), leaf.grad.numpy()

    return call


RIVALS = {"SciPy, composed": scipy, "scikit-learn": scikit_learn, "PyTorch": pytorch}


def data(n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return logits and labels, the same for all."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, k)), rng.integers(k, size=n)


def milliseconds(call: Call) -> float:
    """Return the time of one call, after a pause."""
    time.sleep(PAUSE)
    start = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - start)


def times(n: int, k: int, rival: Callable[..., Call]) -> tuple[float, float, float]:
    """Return the median times of ours and of a rival, and the median ratio of neighbours."""
    arguments = data(n, k)
    one, other = ours(*arguments), rival(*arguments)
    # What is compared is the same loss and the same gradient.
    for mine, theirs in zip(one(), other(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-15)
    pairs = [(milliseconds(one), milliseconds(other)) for _ in range(PAIRS)][2:]
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    return mine, theirs, statistics.median(b / a for a, b in pairs)


def growth(prepare: Callable[..., Call], n: int, k: int) -> float:
    """Return by how many megabytes one call lifts the high-water mark of this process."""
    prepare(*data(50, 5))()  # loads what it needs
    call = prepare(*data(n, k))
    before = megabytes()
    call()
    return megabytes() - before


def peak_megabytes(prepare: Callable[..., Call], n: int, k: int) -> float:
    """Return the most memory that a call holds at once."""
    # Not "spawn": such a process starts from its parent's high-water mark.
    with ProcessPoolExecutor(1, mp_context=get_context("forkserver")) as process:
        return process.submit(growth, prepare, n, k).result()


def run() -> None:
    """Print the table."""
    print(f"{'':18}{'ms':>8}{'ours ms':>9}{'ratio':>8}{'peak MB':>10}{'ours MB':>9}")
    for n, k in SHAPES:
        print(f"{n:,} × {k:,}")
        memory = peak_megabytes(ours, n, k)
        for name, rival in RIVALS.items():
            if rival is pytorch and not importlib.util.find_spec("torch"):
                print(f"  {name:16}not installed here, so not compared")
                continue
            mine, theirs, ratio = times(n, k, rival)
            peak = peak_megabytes(rival, n, k)
            print(
                f"  {name:16}{theirs:8.1f}{mine:9.1f}{ratio:7.1f}×{peak:10.0f}{memory:9.0f}",
                flush=True,
            )
