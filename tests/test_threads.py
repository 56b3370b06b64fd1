"""The loss in threads: the same bits however many, and nothing left of them."""

import itertools
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from crossentropy import softmax, softmax_cross_entropy
from crossentropy._threads import n_threads, share

RNG = np.random.default_rng(5)
# What is shared by four threads at least: 2**17 logits make a block, and two blocks a thread.
MANY = (110_001, 10)


@pytest.fixture
def threads(monkeypatch):
    """Set how many threads there may be, on a machine with 16 cores."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    return lambda n: monkeypatch.setenv("OMP_NUM_THREADS", str(n))


@pytest.fixture
def started(monkeypatch):
    """Count the threads that are started."""
    seen = []
    start = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda self: (seen.append(self), start(self)))
    return seen


def bits(result):
    return [np.asarray(part).tobytes() for part in result]


# --- the same bits ------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ["labels", "distributions"])
@pytest.mark.parametrize(
    "shape",
    [
        MANY,
        (52_428, 10),  # four blocks to the row
        (52_429, 10),  # and one row more
        (4 * 2**17 + 1, 1),
        (20_001, 30),
        (20_001, 31),
        (601, 1000),
        (6, 100_000),
        (3, 7, 30, 1000),
    ],
)
def test_the_number_of_threads_changes_no_bit(threads, started, shape, kind, dtype):
    rows = (3 * RNG.normal(size=shape)).astype(dtype)
    rows.reshape(-1)[:: 13 * shape[-1]] = -np.inf if shape[-1] > 1 else 0
    if kind == "labels":
        targets = RNG.integers(shape[-1], size=shape[:-1])
    else:
        targets = np.zeros(shape, dtype)
        targets[..., 0], targets[..., -1] = 0.25, 0.75 if shape[-1] > 1 else 1
    for reduction, return_grad in [("mean", True), ("none", True), ("sum", False)]:
        results = []
        for n in (1, 2, 3, 16):
            threads(n)
            got = softmax_cross_entropy(rows, targets, reduction=reduction, return_grad=return_grad)
            results.append(bits(got if return_grad else [got]))
        assert all(result == results[0] for result in results)
    assert started


@pytest.mark.parametrize("n_classes", [2, 8, 10, 25, 30])
def test_a_row_of_few_classes_is_the_same_alone_as_among_others(n_classes):
    rows = RNG.normal(size=(50, n_classes))
    labels = RNG.integers(n_classes, size=50)
    losses, gradient = softmax_cross_entropy(rows, labels, reduction="none", return_grad=True)
    for i in range(50):
        alone = softmax_cross_entropy(rows[i], labels[i], reduction="none", return_grad=True)
        assert bits(alone) == bits([losses[i], gradient[i]])


# --- how many -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "most", "expected"),
    [
        (None, 99, 16),
        ("", 99, 16),
        ("many", 99, 16),
        ("1", 99, 1),
        ("3", 99, 3),
        ("64", 99, 16),
        ("4,2", 99, 4),
        (" 2 ", 99, 2),
        ("0", 99, 1),
        ("-1", 99, 16),
        ("8", 5, 5),
        ("8", 0, 1),
    ],
)
def test_cores_and_omp_num_threads_say_how_many(threads, monkeypatch, wanted, most, expected):
    threads(wanted)
    if wanted is None:
        monkeypatch.delenv("OMP_NUM_THREADS")
    assert n_threads(most) == expected


def test_a_process_that_may_use_one_core_starts_none(threads, monkeypatch, started):
    threads(8)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    softmax_cross_entropy(np.zeros(MANY), np.zeros(MANY[0], int))
    assert not started


def test_without_an_affinity_every_core_counts(threads, monkeypatch):
    threads(8)
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert n_threads(99) == 5
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert n_threads(99) == 1


@pytest.mark.parametrize(
    ("n_rows", "n"), [(1, 0), (1000, 0), (30_000, 0), (52_428, 1), (MANY[0], 3)]
)
def test_few_logits_start_no_thread(threads, started, n_rows, n):
    threads(4)
    softmax_cross_entropy(np.zeros((n_rows, 10)), np.zeros(n_rows, int), return_grad=True)
    assert len(started) == n


def test_a_caller_with_threads_of_its_own_gets_no_more(threads, started):
    threads(4)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(softmax_cross_entropy, np.zeros(MANY), np.zeros(MANY[0], int)).result()
    assert len(started) == 1  # the pool's


# --- what fails ---------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 4])
@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ({(109_999, 3): np.nan}, "logits[109999, 3] is nan; logits must be finite"),
        ({(109_999, 3): np.nan, (40_000, 1): np.inf}, "logits[40000, 1] is inf; logits must be"),
        ({110_000: -np.inf}, "logits[110000] is -inf throughout; some class must be possible"),
    ],
)
def test_the_first_fault_is_named_whichever_thread_meets_one(threads, n, faults, message):
    threads(n)
    rows = np.zeros(MANY)
    for where, value in faults.items():
        rows[where] = value
    before = threading.active_count()
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        softmax_cross_entropy(rows, np.zeros(MANY[0], int), return_grad=True)
    assert str(refusal.value).startswith(message)
    assert refusal.value.__context__ is None
    assert threading.active_count() == before


@pytest.mark.parametrize("n", [1, 4])
def test_threads_know_the_caller_s_errstate(threads, n):
    threads(n)
    rows = np.zeros(MANY)
    rows[:, 0] = -800  # its exponential is 0
    assert softmax_cross_entropy(rows, np.ones(MANY[0], int)) == pytest.approx(np.log(9))
    with np.errstate(under="raise"), pytest.raises(FloatingPointError, match="underflow"):
        softmax_cross_entropy(rows, np.ones(MANY[0], int))


def test_a_failure_stops_the_others_and_is_raised():
    begun = []

    def work(items):
        for item in items:
            begun.append(item)
            if item == 1:
                raise KeyboardInterrupt(item)
            time.sleep(0.01)

    with pytest.raises(KeyboardInterrupt, match="1"):
        share(work, range(1000), 3)
    assert len(begun) < 20


def test_each_item_is_taken_once():
    taken = []
    share(taken.extend, range(10_000), 4)
    assert sorted(taken) == list(range(10_000))


@pytest.mark.parametrize("possible", [0, 1])
def test_where_no_thread_can_be_had_the_work_is_done_all_the_same(threads, monkeypatch, possible):
    rows, labels = RNG.normal(size=MANY), RNG.integers(10, size=MANY[0])
    threads(1)
    expected = softmax_cross_entropy(rows, labels, return_grad=True)
    threads(4)
    start, tries = threading.Thread.start, itertools.count()

    def refuse(thread):
        if next(tries) >= possible:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert bits(softmax_cross_entropy(rows, labels, return_grad=True)) == bits(expected)
    assert next(tries) == possible + 1


# --- what is left -------------------------------------------------------------------------------


def test_no_thread_outlives_the_call(threads, started):
    threads(4)
    before = threading.enumerate()
    softmax_cross_entropy(softmax(np.zeros(MANY)), np.zeros(MANY[0], int), return_grad=True)
    assert len(started) == 3
    assert threading.enumerate() == before


PROGRAM = """
import atexit, os, numpy as np
from crossentropy import softmax_cross_entropy

os.sched_getaffinity = lambda _: {0, 1, 2, 3}

def loss():
    return softmax_cross_entropy(np.eye(10)[np.arange(110_001) % 10], np.zeros(110_001, int))

expected = loss()
if hasattr(os, "fork"):
    child = os.fork()
    if child == 0:
        os._exit(int(loss() != expected))
    assert os.waitpid(child, 0)[1] == 0
atexit.register(lambda: print(loss() == expected))
"""


def test_it_works_in_a_fork_and_at_the_end_of_the_process(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("True\n", "", 0)
