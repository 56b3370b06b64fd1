"""``make live``: fetch Python for the pages of the book, pinned by hashes, and make it lighter.

The interpreter is npm's package `pyodide`, of one version and one integrity. The list in it names
the packages of that version, each with its sha256, and these come from Pyodide's own address. What
has another hash is refused. Where that address is out of reach, or there is a distribution of
Pyodide on this machine already, ``--from`` takes it from a folder; its list says the hashes.

What takes scripts out of what a cell shows, and the editor of cells, come from npm, too, pinned in
the same way: of the editor, plain modules, those that are imported.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import posixpath
import re
import shutil
import sys
import tarfile
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crossentropy_book.live import PURIFIER
from crossentropy_book.live.trim import trimmed

__all__ = [
    "PACKAGES",
    "FetchError",
    "fetch_core",
    "fetch_editor",
    "fetch_purifier",
    "main",
    "make_runtime",
    "npm_package",
    "packed",
]

VERSION = "314.0.7"
_CORE = f"https://registry.npmjs.org/pyodide/-/pyodide-{VERSION}.tgz"
_INTEGRITY = (
    "0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A=="
)
_PURIFIER = "https://registry.npmjs.org/dompurify/-/dompurify-3.5.0.tgz"
_PURIFIER_INTEGRITY = (
    "LYC0ZkE8P1V42JsRYTwMdme/2ET8SpOc5AA2eOFjP/IadvRd2fwiT4TVz5vkfy0XUx12aS2UaRkTnfVPNOv9vw=="
)

_EDITOR = "https://registry.npmjs.org/prism-code-editor/-/prism-code-editor-5.4.0.tgz"
_EDITOR_INTEGRITY = (
    "8y4SdQxwHa/lnxIbFf2w8N2D1OwxcskDRw774ov4XEEa1e5alqqrAZk08YXgaxisc1RuJdFbCTI+4tU3Plljqw=="
)
# What `editor.js` imports, and the style sheet.
_EDITOR_FILES = (
    "index.js",
    "extensions/commands/index.js",
    "prism/languages/python.js",
    "languages/python.js",
    "layout.css",
)
_WHEELS = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"

# What the chapters import, of what a distribution has.
PACKAGES = ("numpy", "scipy", "matplotlib", "traitlets", "scikit-learn")
# What these name, and no page needs: fonts of a user's own, dates with time zones.
_NEEDLESS = {"fonttools", "pytz", "matplotlib-pyodide", "tzdata"}

# The interpreter itself; the second is named so up to version 0.29, the third since.
_INTERPRETER = (
    "pyodide.mjs",
    "pyodide.asm.js",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
)
_LIST = "pyodide-lock.json"
# The address in a line of a module that imports from, or exports, another one.
_IMPORTED = re.compile(r'^(?:import|export)\b[^"\n]*"(\.[^"]+)"', re.MULTILINE)

Fetch = Callable[[str], bytes]


class FetchError(Exception):
    """What is missing, or is not what it should be."""


def _download(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return bytes(answer.read())
    except OSError as problem:
        raise FetchError(f"{address} could not be fetched: {problem}") from problem


def npm_package(address: str, integrity: str, fetch: Fetch = _download) -> tarfile.TarFile:
    """Return a package of npm, if it is the one with this integrity."""
    archive = fetch(address)
    if base64.b64encode(hashlib.sha512(archive).digest()).decode() != integrity:
        raise FetchError(f"{address} is not the file that this course was tested with")
    return tarfile.open(fileobj=io.BytesIO(archive))


def _member(package: tarfile.TarFile, name: str) -> bytes:
    content = package.extractfile(f"package/{name}")
    assert content is not None
    return content.read()


def fetch_core(folder: Path, fetch: Fetch = _download) -> None:
    """Put the interpreter and its list of packages into a folder, if they are not there."""
    if (folder / _LIST).exists():
        return
    with npm_package(_CORE, _INTEGRITY, fetch) as files:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*_INTERPRETER, _LIST):  # the list comes last: it says that all are there
            if f"package/{name}" in files.getnames():
                (folder / name).write_bytes(_member(files, name))


def fetch_editor(folder: Path, fetch: Fetch = _download) -> None:
    """Put the modules of the editor, and its licence, into a folder, if they are not there."""
    if (folder / "LICENSE").exists():
        return
    with npm_package(_EDITOR, _EDITOR_INTEGRITY, fetch) as files:
        left, done = list(_EDITOR_FILES), set[str]()
        while left:
            name = left.pop()
            if name in done:
                continue
            done.add(name)
            content = _member(files, f"dist/{name}")
            for other in _IMPORTED.findall(content.decode()):
                left.append(posixpath.normpath(posixpath.join(posixpath.dirname(name), other)))
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        (folder / "LICENSE").write_bytes(_member(files, "LICENSE"))  # last: all are there


def fetch_purifier(folder: Path, fetch: Fetch = _download) -> None:
    """Put what cleans markup into a folder, if it is not there."""
    path = folder / PURIFIER
    if not path.exists():
        with npm_package(_PURIFIER, _PURIFIER_INTEGRITY, fetch) as files:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_member(files, f"dist/{PURIFIER}"))


def wanted(packages: dict[str, Any]) -> dict[str, Any]:
    """Return, of the list of a distribution, what the chapters need, and what that needs."""
    kept: dict[str, Any] = {}
    left = list(PACKAGES)
    while left:
        name = left.pop()
        if name in kept or name in _NEEDLESS:
            continue
        if name not in packages:
            raise FetchError(f"this Pyodide has no {name}")
        kept[name] = packages[name]
        depends = [re.sub("[-_.]+", "-", other).lower() for other in packages[name]["depends"]]
        packages[name]["depends"] = [other for other in depends if other not in _NEEDLESS]
        left += packages[name]["depends"]
    return kept


def _verified(package: dict[str, Any], folder: Path, fetch: Fetch | None) -> bytes:
    """Return the file of a package out of a folder, or fetch it there; refuse another hash."""
    path = folder / package["file_name"]
    if not path.exists():
        if fetch is None:
            raise FetchError(f"{path} is missing")
        path.write_bytes(fetch(_WHEELS + package["file_name"]))
    content: bytes = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != package["sha256"]:
        if fetch is not None:
            path.unlink()
        raise FetchError(f"{package['file_name']} is not the file that the list of Pyodide names")
    return content


def packed(name: str, content: bytes) -> dict[str, bytes]:
    """Return a file of the interpreter by its name, and the same in a third of the bytes.

    That is for machine code, which not every server packs. A page's worker asks for the name that
    ends so, and knows how much there is to come; others ask for the file itself.
    """
    if name.endswith(".wasm"):
        return {name: content, f"{name}.zlib": zlib.compress(content, 9)}
    return {name: content}


def make_runtime(
    source: Path, target: Path, fetch: Fetch | None = _download, *besides: Path
) -> int:
    """Make the folder that the book serves; return its size in bytes.

    Parameters
    ----------
    source : Path
        A folder with an interpreter, its list of packages, and those that are there already.
    target : Path
        It is written anew, and is there when all of it is.
    fetch : callable or None
        Gets what `source` lacks.
    *besides : Path
        Files that the folder has, too.

    Raises
    ------
    FetchError
        If something is missing, or has another hash.
    """
    listed = json.loads((source / _LIST).read_text("utf-8"))
    listed["packages"] = wanted(listed["packages"])
    missing = []
    made: dict[str, bytes] = {}
    for package in listed["packages"].values():
        try:
            content = trimmed(_verified(package, source, fetch))
        except FetchError as problem:
            missing.append(str(problem))
            if len(missing) == 3:  # the rest would be missing for the same reason
                break
            continue
        package["sha256"] = hashlib.sha256(content).hexdigest()
        made[package["file_name"]] = content
    if missing:
        raise FetchError("\n".join(missing))
    for name in _INTERPRETER:
        if (source / name).exists():
            made |= packed(name, (source / name).read_bytes())
    made |= {path.name: path.read_bytes() for path in besides}
    made[_LIST] = json.dumps(listed, sort_keys=True).encode()
    new = target.with_name(f"{target.name}.new")
    for old in (new, target):
        shutil.rmtree(old, ignore_errors=True)
    new.mkdir(parents=True)
    for name, content in made.items():
        (new / name).write_bytes(content)
    new.rename(target)
    return sum(map(len, made.values()))


def main(arguments: list[str] | None = None) -> None:
    """Fetch, trim, and say what came of it."""
    parser = argparse.ArgumentParser(prog="make live", description=__doc__.splitlines()[0])
    parser.add_argument("--from", dest="source", type=Path, help="a folder with a Pyodide")
    parser.add_argument("--to", type=Path, default=Path("_build/live"))
    options = parser.parse_args(arguments)
    core = options.source or options.to / "core"
    try:
        fetch_editor(options.to / "editor")
    except FetchError as problem:
        print(f"The editor is missing, and cells are changed in a plain area for text: {problem}")
    try:
        fetch_purifier(options.to)
        if options.source is None:
            fetch_core(core)
        elif not (core / _LIST).exists():
            raise FetchError(f"{core} has no {_LIST}: it is no distribution of Pyodide")
        fetch = None if options.source else _download
        size = make_runtime(core, options.to / "runtime", fetch, options.to / PURIFIER)
    except FetchError as problem:
        sys.exit(
            f"Python for the pages is not complete:\n{problem}\n"
            "The book is as before: without it, its pages have no Run buttons. `make live` goes on "
            "where it stopped;\n`make live PYODIDE=folder` takes a distribution of Pyodide from "
            "this machine."
        )
    print(f"Python for the pages: {size / 1e6:.1f} MB, all there. Now `make book`.")


if __name__ == "__main__":
    main()
