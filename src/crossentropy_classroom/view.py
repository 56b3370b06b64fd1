"""What a program in the sandbox can read, and what that is called there.

Nothing is called inside as it is outside, for a path may name the teacher and says where the course
lies. ``/environment`` is a virtual environment whose packages are in ``/packages``, behind the
course's own in ``/course``; ``/python`` is the interpreter, if it is not the system's. What remains
are the bytes of compiled files: Python corrects what they say of their place when it reads them.
"""

from __future__ import annotations

import os
import re
import site
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import crossentropy

__all__ = [
    "EXTRA",
    "INTERPRETER",
    "PACKAGE",
    "Shown",
    "inside_of",
    "interpreter",
    "neutral_files",
    "shown",
]

# The package that submissions import. The grader's own package cannot be read inside.
PACKAGE = Path(crossentropy.__file__).resolve().parent

# Where programs find Python, the course's package, and the packages that a teacher has added.
INTERPRETER = "/environment/bin/python"
COURSE, EXTRA = "/course", "/extra"

# What of /usr and of /usr/local programs need. Not all of it: in a container, a course may lie in
# /usr/src.
SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libexec", "share")

# What a program may ask of the machine. There is no more of /proc: it tells where what is mounted
# comes from.
ASKED = tuple(f"/proc/{name}" for name in ("cpuinfo", "meminfo", "stat", "uptime", "loadavg"))

# A file in which an installer has noted where an editable package lies.
NOTED = ("*.pth", "__editable__*", "*.dist-info/direct_url.json")
PLACE = re.compile(r"^/|\bfile:|MAPPING", re.MULTILINE)


class Shown(NamedTuple):
    """A folder or a file that can be read inside, and its path there."""

    source: Path
    inside: str


@cache
def shown() -> tuple[Shown, ...]:
    """Return what can be read inside; nothing of it lies in another of it."""
    system = [Path(top, part) for top in ("/usr", "/usr/local") for part in SYSTEM]
    system += [Path(p) for p in ("/etc/ld.so.cache", "/etc/alternatives", *ASKED)]
    system += [Path(name) for name in ("/lib", "/lib64") if not os.path.islink(name)]
    found: list[Shown] = []
    for path in system:
        _show(found, path, str(path))
    if sys.base_prefix not in ("/usr", "/usr/local"):
        _show(found, Path(sys.base_prefix), "/python")
    for number, folder in enumerate(_package_folders()):
        _show(found, folder, f"/packages/{number}")
    _show(found, PACKAGE, f"{COURSE}/{PACKAGE.name}")
    return tuple(found)


def _show(found: list[Shown], path: Path, inside: str) -> None:
    """Show a path, if there is such a one and it is not shown yet."""
    if path.exists() and not any(path.resolve().is_relative_to(one.source) for one in found):
        found.append(Shown(path.resolve(), inside))


def _package_folders() -> list[Path]:
    """Return the folders of installed packages, in the order in which they are looked in.

    Those of a second environment that this one is told of are among them; no other folder of
    ``sys.path`` is.
    """
    named = [*sys.path, *site.getsitepackages()]
    folders = [Path(path) for path in dict.fromkeys(named) if path.endswith("-packages")]
    return [folder for folder in folders if folder.is_dir()]


def inside_of(path: Path) -> str:
    """Return what a path is called inside."""
    for source, inside in shown():
        if path.resolve().is_relative_to(source):
            return str(Path(inside, path.resolve().relative_to(source)))
    raise ValueError(f"{path} cannot be read inside the sandbox")


def interpreter() -> str:
    """Return the interpreter that the environment's own is a link to."""
    return inside_of(Path(sys.executable))


@cache
def neutral_files() -> dict[str, bytes]:
    """Return the files that make the environment, or stand for those that name the teacher."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folders = [COURSE, *map(inside_of, _package_folders()), EXTRA]
    home = f"home = {os.path.dirname(interpreter())}"
    settings = [home, "include-system-site-packages = false", f"version = {version}"]
    add = "import os, site; os.path.isdir({0!r}) and site.addsitedir({0!r})\n"
    told = "".join(map(add.format, folders))
    return {
        "/environment/pyvenv.cfg": "\n".join(settings).encode(),
        f"/environment/lib/python{version}/site-packages/folders.pth": told.encode(),
        **dict(_masks()),
    }


def _masks() -> Iterator[tuple[str, bytes]]:
    for folder in _package_folders():
        for path in (path for pattern in NOTED for path in folder.glob(pattern)):
            if path.is_file() and PLACE.search(path.read_text("utf-8", "replace")):
                yield inside_of(path), b""
    if any(one.inside == "/python" for one in shown()):
        # Python notes with which options, and where, it was built.
        for path in Path(sysconfig.get_path("stdlib")).glob("_sysconfigdata_*.py"):
            text = path.read_text("utf-8")
            for prefix in {sys.base_prefix, os.path.realpath(sys.base_prefix)}:
                text = text.replace(prefix, "/python")
            yield inside_of(path), text.encode()
