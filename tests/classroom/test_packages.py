"""Packages that the grader lacks: had from a folder of wheels, as there may be no network."""

from __future__ import annotations

import csv
import io
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classroom import made
from classroom.bad_submissions import LIMITS, SEED, hand_in, needs_sandbox
from crossentropy_classroom import __main__ as command_line
from crossentropy_classroom import packages, sandbox
from crossentropy_classroom.grade import Batch, grade

# A function that needs the package `bits_and_more`, which is nowhere but here.
IMPORTING = "from bits_and_more import two\nbits = two"


def wheel(
    folder: Path, name: str, version: str, source: str = "", needs: Sequence[str] = ()
) -> None:
    """Write a wheel of one module."""
    folder.mkdir(exist_ok=True)
    about = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {one}" for one in needs)]
    kind = ["Wheel-Version: 1.0", "Root-Is-Purelib: true", "Tag: py3-none-any"]
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as file:
        file.writestr(f"{name}.py", source)
        info = f"{name}-{version}.dist-info"
        file.writestr(f"{info}/METADATA", "\n".join(["Metadata-Version: 2.1", *about]))
        file.writestr(f"{info}/WHEEL", "\n".join(kind))
        file.writestr(f"{info}/RECORD", "")


def source_only(folder: Path, name: str, built: Path) -> None:
    """Write a package that has to be built; who builds it leaves a file."""
    backend = '[build-system]\nrequires = []\nbuild-backend = "build_it"\nbackend-path = ["."]\n'
    files = {
        "build_it.py": f"open({str(built)!r}, 'w')\n",
        "pyproject.toml": backend,
        "PKG-INFO": f"Metadata-Version: 1.0\nName: {name}\nVersion: 1.0\n",
    }
    with tarfile.open(folder / f"{name}-1.0.tar.gz", "w:gz") as archive:
        for file, content in files.items():
            entry = tarfile.TarInfo(f"{name}-1.0/{file}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content.encode()))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder that packages come from."""
    folder = tmp_path / "wheels"
    wheel(folder, "bits_and_more", "1.0", "import more\ntwo = more.one + 1", ["more", "numpy"])
    wheel(folder, "more", "1.0", "one = 1")
    # What is installed stays: of this one uv reads which it is, and nothing more.
    wheel(folder, "numpy", np.__version__, "raise ImportError('not this one')")
    wheel(folder, "numpy", "99", "raise ImportError('not this one')")
    for name, value in (("NO_INDEX", "1"), ("OFFLINE", "1"), ("FIND_LINKS", str(folder))):
        monkeypatch.setenv(f"UV_{name}", value)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def batch(tmp_path: Path, classroom: Path) -> Batch:
    assignment = made.assignment(tmp_path / "assignments")
    return Batch([assignment], classroom, SEED, LIMITS, jobs=1, packages=("bits_and_more",))


@needs_sandbox
def test_a_package_is_added_and_stays_the_same(
    index: Path, batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = hand_in(tmp_path / "submissions", ann=made.solved(bits=IMPORTING))
    (without,) = grade(replace(batch, packages=()), folder)
    assert "the package bits_and_more is not installed here" in without.why
    (ann,) = grade(batch, folder)
    assert (ann.status, ann.points["test-bits"]) == ("graded", 2)
    with (batch.classroom / "report.csv").open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    assert (first["status"], first["why"]) == ("packages", "bits-and-more 1.0, more 1.0")
    lock = (batch.classroom / "packages" / "synthetic.txt").read_text("utf-8")
    assert "--hash=sha256:" in lock

    # Later there is a newer version, and another cell to grade: everything is as it was.
    before = {p.name: p.read_bytes() for p in batch.classroom.glob("*.csv")}
    wheel(index, "more", "2.0", "one = 7")
    monkeypatch.setattr(packages, "_uv", None)
    (again,) = grade(replace(batch, again=True), folder)
    assert again.points == ann.points
    assert {p.name: p.read_bytes() for p in batch.classroom.glob("*.csv")} == before

    run, calls = sandbox.converse, []
    monkeypatch.setattr(sandbox, "converse", lambda *given: calls.append(1) or run(*given))
    grade(batch, folder)
    assert not calls
    monkeypatch.undo()
    (batch.classroom / "packages" / "synthetic.txt").unlink()
    monkeypatch.setenv("UV_FIND_LINKS", str(index))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    (newer,) = grade(batch, folder)
    assert newer.points["test-bits"] == 0


@needs_sandbox
def test_an_assignment_names_its_own_packages(
    index: Path, batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = batch.assignments[0].path.parent / packages.FILE
    named.write_text("# One a line:\nbits-and-more  # for bits\n", "utf-8")
    folder = hand_in(tmp_path / "submissions", ann=made.solved(bits=IMPORTING))
    (ann,) = grade(replace(batch, packages=()), folder)
    assert ann.points["test-bits"] == 2
    with pytest.raises(ValueError, match=r"more 1\.0: packages are added on this machine alone"):
        grade(replace(batch, packages=(), scheduler="tcp://127.0.0.1:9"), folder)
    named.write_text("--index-url https://example.org\n", "utf-8")
    with pytest.raises(ValueError, match=r"index-url.* names no package"):
        grade(replace(batch, packages=()), folder)


def test_what_is_installed_stays_and_is_not_added(index: Path, tmp_path: Path) -> None:
    assert packages.locked(tmp_path, "one", ["numpy"]) is None
    with pytest.raises(ValueError, match=r"the packages cannot be had: .*numpy"):
        packages.locked(tmp_path, "two", ["numpy>98"])
    wheel(index, "greedy", "1.0", needs=["numpy>98"])
    with pytest.raises(ValueError, match=r"greedy"):
        packages.locked(tmp_path, "two", ["greedy"])
    assert not (tmp_path / "packages" / "two.txt").exists()


def test_what_cannot_be_had_is_said_before_anything_is_graded(
    index: Path, batch: Batch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = tmp_path / "built"
    source_only(index, "sourceonly", built)
    folder = hand_in(tmp_path / "submissions", ann=made.solved())
    options = [f"--assignments={tmp_path / 'assignments'}", f"--classroom={batch.classroom}"]
    for name in ("nosuchpackage", "sourceonly"):
        assert command_line.main(["grade", str(folder), "--with", name, *options]) == 2
        said = capsys.readouterr().err
        assert "the packages cannot be had" in said
        assert name in said
    assert not built.exists()
    assert not (batch.classroom / "work").exists()


def test_a_file_that_is_not_what_was_locked_is_refused(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = packages.locked(tmp_path, "one", ["more"])
    assert extra is not None
    wheel(index, "more", "1.0", "one = 'another'")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "another cache"))
    with pytest.raises(ValueError, match=r"the packages cannot be had: .*[Hh]ash"):
        extra.install()
    assert not extra.folder.exists()
    assert [path.name for path in extra.folder.parent.iterdir()] == ["one.txt"]
