"""Packages that the grader lacks, for notebooks that import them.

uv finds the newest versions that go with what is installed here, and writes them, with the hashes
of their files, into a lock. As long as the same packages are asked for, the lock holds: grading
again runs the same code. They are installed into a folder of their own, which is named after the
lock and which the sandbox shows behind the grader's own packages. Of a package that is not built
yet nothing is taken: building it would run its code with the teacher's rights.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from uv import find_uv_bin

from crossentropy_classroom import view
from crossentropy_classroom._files import write_whole

__all__ = ["FILE", "Extra", "locked", "wanted"]

# The file in an assignment's folder that names packages, one a line.
FILE = "packages.txt"

PINNED = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)

# No sources are built. uv asks its own settings, and its variables of the environment, for indexes.
BUILT = ("--quiet", "--only-binary", ":all:", "--python", sys.executable)


@dataclass(frozen=True)
class Extra:
    """Packages beside those that are installed here.

    Parameters
    ----------
    lock : str
        Each with its version and the hashes of its files.
    folder : Path
        Where they are, once they are installed.
    """

    lock: str = field(repr=False)
    folder: Path

    def __str__(self) -> str:
        """Name them, with their versions."""
        return ", ".join(f"{name} {version}" for name, version in PINNED.findall(self.lock))

    def install(self) -> None:
        """Install them, unless they are.

        Raises
        ------
        ValueError
            If a file cannot be had, or is not what was locked.
        """
        if self.folder.is_dir():
            return
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".half-", dir=self.folder.parent) as half:
            new = Path(half, "packages")
            where = ("--target", str(new), "--link-mode", "copy", "--no-deps", "--require-hashes")
            _uv("install", *where, "--requirements", "-", told=self.lock)
            # Compiled here, for nothing can be written inside; with the path that they have there.
            paths = ("-s", str(new), "-p", view.EXTRA)
            subprocess.run(
                [sys.executable, "-m", "compileall", "-q", *paths, str(new)], check=False
            )
            for path in (new, *new.rglob("*")):  # inside, nobody reads them
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            with contextlib.suppress(OSError):  # another grader was faster
                new.rename(self.folder)


def wanted(folder: Path, given: Iterable[str]) -> tuple[str, ...]:
    """Return the packages that an assignment needs, as requirements.

    Parameters
    ----------
    folder : Path
        The assignment's folder. Its `FILE` names packages, one a line.
    given : iterable of str
        More packages; several may be in one text.

    Raises
    ------
    ValueError
        If a line is no requirement, such as an option of an installer.
    """
    file = folder / FILE
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    named = [*(line.partition("#")[0].strip() for line in lines), *" ".join(given).split()]
    for name in filter(None, named):
        if not re.match(r"[A-Za-z0-9]", name):
            raise ValueError(f"{name!r} names no package: seaborn does, or seaborn>=0.13")
    return tuple(sorted(set(filter(None, named))))


def locked(classroom: Path, assignment: str, names: Sequence[str]) -> Extra | None:
    """Return the packages, locked, or None if all that are asked for are installed here.

    Parameters
    ----------
    classroom : Path
        The folder that ``packages/ASSIGNMENT.txt``, the lock, is written below.
    assignment : str
        The assignment's name.
    names : sequence of str
        What is asked for, as `wanted` returns it.

    Raises
    ------
    ValueError
        If there is no such package, none that is built for this Python and goes with what is
        installed, or no network.
    """
    if not names:
        return None
    path = classroom / "packages" / f"{assignment}.txt"
    head = f"# Made by grading {assignment} with {' '.join(names)}; without this file, anew.\n"
    lock = path.read_text("utf-8") if path.exists() else ""
    if not lock.startswith(head):
        lock = head + _resolved(names)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lock)
    if not PINNED.search(lock):
        return None
    digest = hashlib.sha256(repr((lock, sys.version)).encode()).hexdigest()[:16]
    return Extra(lock, path.parent / digest)


def _resolved(names: Sequence[str]) -> str:
    """Return the lock of packages and of what they need, but for what is installed here."""
    here = {one.metadata["Name"]: one.version for one in importlib.metadata.distributions()}
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as stay:
        stay.write("".join(f"{name}=={version}\n" for name, version in sorted(here.items())))
        stay.flush()
        own = [f"--no-emit-package={name}" for name in here]
        options = ("--generate-hashes", "--no-header", "--no-annotate", "--constraints", stay.name)
        return _uv("compile", *options, *own, "-", told="\n".join(names))


def _uv(command: str, *options: str, told: str) -> str:
    """Run uv's ``pip COMMAND``, and return what it says."""
    words = [find_uv_bin(), "pip", command, *BUILT, *options]
    done = subprocess.run(words, input=told, capture_output=True, text=True)
    if done.returncode:
        said = " ".join(done.stderr.split()).removeprefix("error: ")
        raise ValueError(f"the packages cannot be had: {said[:800]}")
    return done.stdout
