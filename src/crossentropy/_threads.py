"""Work shared by a few threads, which live no longer than the call that needs them."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextvars import copy_context
from typing import TypeVar

Item = TypeVar("Item")


def n_threads(most: int) -> int:
    """Return how many threads to work in: `most`, if there are cores, and nobody wants fewer.

    There is one for each core that this process may use, or as many as ``OMP_NUM_THREADS`` says
    if that is fewer, as in compiled numerical code. A caller that has threads of its own, as a
    pool's task does, has given the cores work already, and gets one.
    """
    if threading.current_thread() is not threading.main_thread():
        return 1
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    wanted = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    if wanted.isdecimal():
        cores = min(cores, int(wanted))
    return max(1, min(most, cores))


def share(work: Callable[[Iterator[Item]], None], items: Iterable[Item], threads: int) -> None:
    """Let `work` take items in this thread and in `threads` − 1 more, until none is left.

    Each of them knows the caller's context, to which `numpy.errstate` belongs. Where one fails,
    no item is begun after that, and the failure is raised when all have stopped. Where no thread
    can be had (in a browser, at the end of the process), those that there are do the work.
    """
    waiting = deque(items)
    failures: list[BaseException] = []

    def take() -> Iterator[Item]:
        while True:
            try:
                item = waiting.popleft()
            except IndexError:
                return
            yield item

    def run() -> None:
        try:
            work(take())
        except BaseException as failure:
            failures.append(failure)
            waiting.clear()

    # Threads of a pool would take twice as long to start, and outlive the call or a fork.
    helpers: list[threading.Thread] = []
    try:
        for _ in range(threads - 1):
            helper = threading.Thread(target=copy_context().run, args=(run,))
            helper.start()
            helpers.append(helper)
    except RuntimeError:
        pass
    run()
    for helper in helpers:
        helper.join()
    if failures:
        try:
            raise failures[0]
        finally:
            failures.clear()  # their frames hold this list, and large arrays
