"""Grade on other machines: a Dask cluster in the place of this machine's cores.

Dask carries a submission to a worker, and to another one if that dies. A result is kept as soon as
it arrives, so what is lost with a scheduler is what was running.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from distributed import Client, Worker, WorkerPlugin

from crossentropy_classroom import sandbox

__all__ = ["connected"]

# Seconds to find the scheduler, and then a worker.
PATIENCE = 20


class _Prepared(WorkerPlugin):
    """Readies a worker, now or when it joins, as `grade` readies its own machine."""

    def __init__(self, contained: bool) -> None:
        self.contained = contained

    def setup(self, worker: Worker) -> None:
        """Compile and cache what submissions import, and see that the sandbox works."""
        sandbox.prepare(self.contained)


@contextmanager
def connected(scheduler: str, contained: bool) -> Iterator[tuple[Executor, int]]:
    """Yield a cluster as a pool, and how many submissions it can grade at a time.

    Parameters
    ----------
    scheduler : str
        The address of the scheduler, such as ``"tcp://10.0.0.2:8786"``.
    contained : bool
        Whether the workers need a sandbox.

    Raises
    ------
    ValueError
        If no scheduler answers there, or it has no worker.
    SandboxError
        If a worker can make no sandbox.
    """
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise ValueError(f"scheduler {scheduler!r} does not answer: {problem}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise ValueError(f"scheduler {scheduler!r} has no worker") from None
        client.register_plugin(_Prepared(contained))
        yield client.get_executor(pure=False), sum(client.nthreads().values())
