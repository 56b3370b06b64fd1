"""A control group bounds the memory of a submission where systemd makes one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from classroom import made
from classroom.bad_submissions import LIMITS, MB, SEED, hand_in, needs_sandbox
from crossentropy_classroom import memory
from crossentropy_classroom.grade import Batch, grade

# Does as systemd does where the kernel keeps the bound: says it when asked, and runs the command.
SYSTEMD = """#!/bin/sh
echo "$DBUS_SESSION_BUS_ADDRESS $@" >> {log}
for word; do
    case "$word" in --property=MemoryMax=*) size=${{word##*=}};; esac
    shift
    [ "$word" = -- ] && break
done
case "$*" in *memory.max*) {answer};; *) exec "$@";; esac
"""


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    memory._works.cache_clear()
    yield
    memory._works.cache_clear()


@pytest.fixture
def batch(tmp_path: Path, classroom: Path) -> Batch:
    assignment = made.assignment(tmp_path / "assignments")
    return Batch([assignment], classroom, SEED, LIMITS, jobs=1)


def put_systemd(folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str) -> Path:
    program, log = folder / "bin" / "systemd-run", folder / "log"
    program.parent.mkdir()
    program.write_text(SYSTEMD.format(log=log, answer=answer), "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:abc")
    return log


@needs_sandbox
def test_each_submission_has_a_group_of_its_own(
    batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = put_systemd(tmp_path, monkeypatch, 'echo "$size"')
    look = "import os\nprint(dict(os.environ))"
    folder = hand_in(tmp_path / "submissions", ann=made.solved(bits=f"bits = 2\n{look}"))
    (ann,) = grade(batch, folder)
    assert (ann.status, ann.points["test-bits"]) == ("graded", 2)
    asked, run = log.read_text("utf-8").splitlines()
    assert run.startswith("unix:abc ")
    assert f"--property=MemoryMax={1008 * MB}" in run  # a quarter more, and the disk
    assert "--property=MemorySwapMax=0" in run
    assert "memory.max" in asked
    said = "".join(cell["output"] for cell in ann.cells)
    assert "'HOME': '/submission'" in said
    assert "unix:abc" not in said
    assert "by a control group" in memory.in_words()


@needs_sandbox
@pytest.mark.parametrize("answer", ["echo max", "exit 1", "sleep 9"])
def test_where_there_is_none_it_grades_all_the_same(
    batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    log = put_systemd(tmp_path, monkeypatch, answer)
    monkeypatch.setattr(memory, "PATIENCE", 1)
    (ann,) = grade(batch, hand_in(tmp_path / "submissions", ann=made.solved()))
    assert ann.points["test-bits"] == 2
    assert len(log.read_text("utf-8").splitlines()) == 1
    assert "no control group" in memory.in_words()
