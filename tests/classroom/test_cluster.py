"""A Dask cluster in the place of this machine's cores: what dies takes nothing with it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from classroom import made
from classroom.bad_submissions import LIMITS, SEED, hand_in, needs_sandbox, put_broken, wait_until
from crossentropy_classroom import cluster
from crossentropy_classroom.assignments import load
from crossentropy_classroom.grade import Batch, grade
from crossentropy_classroom.result import Result

# Dask's own code gives warnings, which Dask has to mend: here they are no errors.
pytestmark = [needs_sandbox, pytest.mark.filterwarnings("default")]

STUDENTS = [f"student-{i}" for i in range(5)]

# A hidden test that writes down in which process it judges.
NOTED = """
import os

def noted(p):
    with open({log!r}, "a") as log:
        print(os.getpid(), file=log)
    return entropy(p)

TESTS[0] = Hidden("test-entropy", "entropy", 4, noted, "it", lambda rng: [(np.ones(4) / 4,)])
"""


class Cluster:
    """A scheduler and its workers, each in a process as on a machine of its own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--host=127.0.0.1", "--port=0")
        self.workers: list[subprocess.Popen[bytes]] = []
        wait_until(lambda: self.file.exists() and self.file.read_text("utf-8"))
        self.address = json.loads(self.file.read_text("utf-8"))["address"]

    def add_worker(self) -> None:
        self.workers.append(self._start("worker", "--nthreads=1", "--no-nanny"))

    def _start(self, role: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", role, f"--scheduler-file={self.file}"]
        return subprocess.Popen([*command, "--no-dashboard", *options], stderr=subprocess.DEVNULL)

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Cluster]:
    started = Cluster(tmp_path)
    yield started
    started.close()


def test_nobody_is_told_to_open_a_dashboard_to_the_world() -> None:
    """Whatever address a scheduler is bound to, its dashboard would be bound to all."""
    root = Path(__file__).parent.parent.parent
    for name in ("chapters/teach.md", "Makefile"):
        started = re.findall(r".*bin/dask.*|.*\(BIN\)/dask.*", (root / name).read_text("utf-8"))
        assert started, name
        assert all("--no-dashboard" in line for line in started), started


def test_what_dies_takes_nothing_with_it(
    machines: Cluster, tmp_path: Path, classroom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = made.assignment(tmp_path / "assignments").path.parent
    log = tmp_path / "judged"
    with (home / "hidden.py").open("a") as hidden:
        hidden.write(NOTED.format(log=str(log)))
    slow = made.solved()
    slow.cells.insert(1, made.cell("wait", "import time\ntime.sleep(0.7)"))
    folder = hand_in(tmp_path / "submissions", **dict.fromkeys(STUDENTS, slow))
    put_broken(folder / "eve")
    batch = Batch([load(home)], classroom, SEED, LIMITS, jobs=2, scheduler=machines.address)

    with monkeypatch.context() as impatient:
        impatient.setattr(cluster, "PATIENCE", 1)
        with pytest.raises(ValueError, match=f"scheduler '{machines.address}' has no worker"):
            grade(batch, folder)
        with pytest.raises(ValueError, match=r"scheduler 'tcp://127\.0\.0\.1:9' does not answer"):
            grade(replace(batch, scheduler="tcp://127.0.0.1:9"), folder)

    machines.add_worker()
    machines.add_worker()
    done: list[str] = []

    def kill_a_worker(number: int, total: int, result: Result) -> None:
        done.append(result.student)
        time.sleep(0.2)  # until the scheduler knows that this one is here
        pids = log.read_text("utf-8").split() if log.exists() else []
        alive = all(worker.poll() is None for worker in machines.workers)
        # No verdict is on its way, and the worker of the last one has begun with another.
        if alive and len(pids) == number - 1 > 1:
            os.kill(int(pids[-1]), signal.SIGKILL)

    grade(batch, folder, progress=kill_a_worker)
    assert sorted(done) == ["eve", *STUDENTS]
    judged = log.read_text("utf-8").split()
    assert len(judged) == len(STUDENTS)  # eve's is no notebook
    assert {int(pid) for pid in judged} == {worker.pid for worker in machines.workers}
    assert sorted(worker.poll() is None for worker in machines.workers) == [False, True]

    def kill_the_scheduler(number: int, total: int, result: Result) -> None:
        if number == 3:
            machines.scheduler.kill()

    broken_off = replace(batch, classroom=tmp_path / "broken-off")
    with pytest.raises(ValueError, match=r"is gone.*run it again to go on"):
        grade(broken_off, folder, progress=kill_the_scheduler)
    grade(replace(broken_off, scheduler=""), folder)
    here = log.read_text("utf-8").split().count(str(os.getpid()))
    assert here == len(STUDENTS) - 2
    reports = [each.classroom / "report.csv" for each in (batch, broken_off)]
    assert reports[0].read_bytes() == reports[1].read_bytes()
