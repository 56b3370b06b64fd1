"""Grade on other machines: a Dask cluster in the place of this machine's cores.

Dask carries a submission to a worker, and to another one if that dies. A result is kept as soon as
it arrives, so what is lost with a scheduler is what was running.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from distributed import Client, Worker, WorkerPlugin

from crossentropy_classroom import sandbox
from crossentropy_classroom.assignments import Assignment, load
from crossentropy_classroom.marking import Submit, Task, mark
from crossentropy_classroom.result import Result

__all__ = ["connected"]

# How many seconds the scheduler has to answer, and then its first worker to be there.
PATIENCE = 20


class _Prepared(WorkerPlugin):
    """Readies a worker, now or when it joins, as `grade` readies its own machine."""

    def __init__(self, contained: bool) -> None:
        self.contained = contained

    def setup(self, worker: Worker) -> None:
        """Compile and cache what submissions import, and see that the sandbox works."""
        sandbox.prepare(self.contained)


@dataclass(frozen=True)
class Packed:
    """The files of an assignment, to be sent: functions, as its hidden tests are, cannot be."""

    name: str
    notebook: bytes = field(repr=False)
    program: bytes = field(repr=False)
    variations: bytes = field(repr=False)


@cache
def _unpacked(packed: Packed) -> Assignment:
    """Return the assignment that was packed."""
    with TemporaryDirectory() as folder:
        home = Path(folder) / packed.name
        home.mkdir()
        (home / f"{packed.name}.ipynb").write_bytes(packed.notebook)
        (home / "hidden.py").write_bytes(packed.program)
        if packed.variations:
            (home / "variants.py").write_bytes(packed.variations)
        return load(home)


def _mark(packed: Packed, task: Task) -> tuple[Result, str]:
    return mark(_unpacked(packed), task)


@contextmanager
def connected(scheduler: str, contained: bool) -> Iterator[tuple[Submit, int]]:
    """Yield what has a submission marked on a worker, and how many are marked at a time.

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
        pool = client.get_executor(pure=False)

        def submit(assignment: Assignment, task: Task) -> Future[tuple[Result, str]]:
            files = assignment.notebook, assignment.program, assignment.variations
            packed = Packed(assignment.name, *files)
            future: Future[tuple[Result, str]] = pool.submit(_mark, packed, task)
            return future

        yield submit, sum(client.nthreads().values())
