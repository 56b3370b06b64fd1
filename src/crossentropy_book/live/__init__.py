"""Python in the page: each cell of a notebook can be run, and changed, where it is read.

That needs the interpreter in a folder, `live_runtime`, which ``make live`` fetches (`fetch`). Where
it is not, a page is as it would be without this part. Where it is, each cell of code gets a button,
and its page a script; all else waits for a click: the sources of the cells, in a file a page; the
interpreter; and what `live_packages` names, zipped, with the session that runs cells (`session`)
and what stands for packages that a browser cannot have (`stand_ins`). A cell is changed in an
editor, which is fetched into `live_editor` and comes with the first change.

What is heavy comes when it is needed. A package of `live_later` is loaded when a cell says a word
that its pattern finds; and of the cells above the one that a reader runs, those that show a picture
by a call of `live_shown`, and do nothing else, are passed over.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import io
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform

from crossentropy_book._packages import package_folder
from crossentropy_book.assets import copy_script, copy_sheet_with_buttons, static_folder
from crossentropy_book.hand_in import is_place
from crossentropy_book.reading import kind_of

__all__ = [
    "PURIFIER",
    "bar",
    "cells",
    "copy_editor",
    "course",
    "has_python",
    "interpreter",
    "setup",
]

# What a cell shows passes through this before it is in the page.
PURIFIER = "purify.min.js"

_HERE = Path(__file__).parent
_LIST = "pyodide-lock.json"
# What comes with the first click.
_SCRIPTS = ("page.js", "page.css", "worker.js", "editor.js")
# The label in the call of a check.
_ASKED = re.compile(r"\w+\(\"([\w-]+)\"")
# What a package has that no page reads.
_UNREAD = re.compile(r"__pycache__|\.(otf|woff2?|js|md)$|^font_source_serif_pro/.*Black|Light")


def bar(cell: str, check: str | None = None, kind: str = "solution", *, fixed: bool = False) -> str:
    """Return the place of the buttons of a cell.

    Parameters
    ----------
    cell : str
        The cell's name in the page.
    check : str, optional
        What another cell checks of it, by its label: the answer of an exercise, or a repair.
    kind : {"solution", "repair"}
        Which of the two; `progress.js` keeps it by these words.
    fixed : bool
        Whether it can be run, and its text is not changed by these buttons.
    """
    asked = f' data-question="{check}" data-kind="{kind}"' if check else ""
    asked += " data-fixed" if fixed else ""
    return f'<div class="live-bar" data-cell="{cell}"{asked}></div>'


class _AddButtons(SphinxPostTransform):
    """Give each cell whose code is there a bar with buttons, below the code and folded with it."""

    default_priority = 198  # after cells are folded, which is of this priority and comes before
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        if not has_python(self.app, self.env.docname):
            return
        there = cells(self.app, self.env.docname)
        fixed = is_place(self.app, self.env.docname)
        for container in list(self.document.findall(_is_cell)):
            cell = there.get(container["cell_index"])
            sources = list(container.findall(_is_source))
            if cell is not None and sources:
                kind = "solution" if _follows_an_exercise(container) else "repair"
                asked = None if fixed else cell.get("asked")
                markup = bar(cell["id"], asked, kind, fixed=fixed)
                sources[0].append(nodes.raw("", markup, format="html"))


def _is_cell(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _follows_an_exercise(container: nodes.Element) -> bool:
    before = container.previous_sibling()
    return isinstance(before, nodes.Element) and "exercise" in before.get("classes", [])


def _is_source(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code_source"


def cells(app: Sphinx, page: str) -> dict[int, dict[str, Any]]:
    """Return the cells of code of a notebook by their places: source, and what checks it.

    A check is the next cell of code; between the two may stand what makes one look for a mistake.
    Of one that shows a picture and does nothing else, no cell below it needs that it has run.
    """
    notebook = nbformat.read(app.env.doc2path(page), as_version=4)
    calls = app.config.reading_folded_calls
    code = [(i, cell) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    found: dict[int, dict[str, Any]] = {
        i: {"id": f"{i}", "source": cell.source} for i, cell in code
    }
    for i, cell in code:
        if _only_shows(cell.source, app.config.live_shown):
            found[i]["shows"] = True
    for (i, _), (j, after) in pairwise(code):
        asked = _ASKED.match(after.source)
        if asked and kind_of(after.source, calls) == "check":
            found[i] |= {"check": f"{j}", "asked": asked[1]}
    return found


def _only_shows(source: str, names: list[str]) -> bool:
    """Return whether a cell is one call of something that shows a picture."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # IPython's own, or a slip on show
        return False
    match statements:
        case [ast.Expr(ast.Call(ast.Attribute() as called))]:
            while isinstance(called, ast.Attribute):
                called = called.value  # type: ignore[assignment]
            return isinstance(called, ast.Name) and called.id in names
    return False


def has_python(app: Sphinx, page: str) -> bool:
    """Return whether the cells of a page can be run; a notebook's metadata may forbid it."""
    return bool(
        app.config.live_python
        and app.env.doc2path(page, base=False).endswith(".ipynb")
        and str(app.env.metadata[page].get("live_python", True)) != "False"
    )


def _load(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Write the sources of a page's cells, and load the script that knows where all is."""
    if doctree is None or not has_python(app, page):
        return
    there = [*cells(app, page).values()]
    text = json.dumps(there, ensure_ascii=False)
    name = f"live/cells/{page}-{zlib.crc32(text.encode()):08x}.json"
    path = Path(app.outdir) / "_static" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    static = f"{'../' * page.count('/')}_static"
    book = nodes.make_id(app.config.html_title) or "book"
    names: dict[str, Any] = {
        "data-cells": f"{static}/{name}",
        "data-live": f"{static}/live/{app.config.live_python}",
        "data-key": f"code/{book}/{page}",
        "data-needs": " ".join(needed := _needed(app, there)),
        "data-size": f"{_size(app, [*app.config.live_distribution, *needed])}",
    }
    app.add_css_file("live.css")
    app.add_js_file("live.js", loading_method="defer", priority=910, **names)


def _files(package: str) -> Iterator[tuple[str, Path]]:
    """Yield the files of an installed package that a page may need, and their names in it."""
    folder = package_folder(package)
    about = folder.parent.glob(f"{package}-*.dist-info/METADATA")  # some ask for their version
    for path in (*about, *sorted(folder.rglob("*"))):
        name = path.relative_to(folder.parent).as_posix()
        if path.is_file() and not _UNREAD.search(name):
            yield name, path


@functools.cache
def course(*packages: str) -> bytes:
    """Return a zip of packages, and of what runs the cells."""
    files = [(path.name, path) for path in (_HERE / "session.py", *_stand_ins())]
    for package in packages:
        files += _files(package)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in files:
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes(), 8, 9)
    return packed.getvalue()


def _stand_ins() -> list[Path]:
    return [path for path in sorted((_HERE / "stand_ins").glob("*.py")) if path.stem[0] != "_"]


def _write(app: Sphinx) -> None:
    """Put the interpreter, the packages and the scripts where the book has its static files."""
    if app.builder.format != "html" or not app.config.live_python:
        return
    folder = static_folder(app, "crossentropy-live")
    shutil.rmtree(folder / "live", ignore_errors=True)
    copy_script(_HERE / "live.js", folder)
    copy_sheet_with_buttons(_HERE / "live.css", folder)
    runtime = Path(app.srcdir) / app.config.live_runtime
    python = folder / "live" / interpreter(app)
    python.mkdir(parents=True)
    for path in runtime.iterdir():
        (python / path.name).hardlink_to(path)
    there = folder / "live" / app.config.live_python
    there.mkdir()
    for script in ("page.js", "worker.js"):
        copy_script(_HERE / script, there)
    shutil.copy(_HERE / "page.css", there)
    copy_editor(Path(app.srcdir) / app.config.live_editor, there)
    (there / "course.zip").write_bytes(course(*app.config.live_packages))
    start = {
        "python": f"../{python.name}/",
        "packages": app.config.live_distribution,
        "later": {
            name: {"pattern": pattern, "size": _more(app, name)}
            for name, pattern in app.config.live_later.items()
        },
    }
    (there / "start.json").write_text(json.dumps(start), "utf-8")


def interpreter(app: Sphinx) -> str:
    """Return the name of the folder with the interpreter, which says which one it is."""
    runtime = Path(app.srcdir) / app.config.live_runtime
    content = b"".join((runtime / name).read_bytes() for name in (_LIST, PURIFIER))
    return f"python-{_hash(content)}"


def copy_editor(source: Path, folder: Path) -> None:
    """Put the editor, where `make live` has fetched it, beside the script that opens it."""
    if not source.exists():
        return
    copy_script(_HERE / "editor.js", folder)
    for path in source.rglob("*.*"):
        place = folder / "editor" / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".js":
            copy_script(path, place.parent)
        else:
            shutil.copy(path, place)
    shutil.copy(source / "LICENSE", folder / "editor")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _listed(app: Sphinx) -> dict[str, Any]:
    text = (Path(app.srcdir) / app.config.live_runtime / _LIST).read_text("utf-8")
    return dict(json.loads(text)["packages"])


def _needed(app: Sphinx, there: list[dict[str, Any]]) -> list[str]:
    """Return what the cells of a page import beside what all pages load with the first click."""
    source = "\n".join(cell["source"] for cell in there)
    imported = set(re.findall(r"^(?:from|import) (\w+)", source, re.MULTILINE))
    listed = _listed(app)
    more = {name for name, package in listed.items() if imported & {*package["imports"]}}
    return sorted(more - {*app.config.live_distribution})


def _files_of(app: Sphinx, packages: list[str]) -> set[str]:
    """Return the names of the files of packages, and of what these need."""
    listed, left, found = _listed(app), list(packages), set[str]()
    while left:
        package = listed[left.pop()]
        if package["file_name"] not in found:
            found.add(package["file_name"])
            left += package["depends"]
    return found


def _size(app: Sphinx, packages: list[str]) -> int:
    """Return how many bytes a page loads: the interpreter, the course, and these packages."""
    others = {each["file_name"] for each in _listed(app).values()} - _files_of(app, packages)
    runtime = {path.name: path for path in (Path(app.srcdir) / app.config.live_runtime).iterdir()}
    others |= {name for name in runtime if f"{name}.zlib" in runtime}  # a page takes that one
    files: int = sum(path.stat().st_size for name, path in runtime.items() if name not in others)
    return files + len(course(*app.config.live_packages))


def _more(app: Sphinx, package: str) -> int:
    """Return how many bytes a package adds to what the first click loads."""
    first = list(app.config.live_distribution)
    return _size(app, [*first, package]) - _size(app, first)


def _configure(app: Sphinx, config: Config) -> None:
    """Say which Python it is, by all that runs with it; a browser keeps no older one."""
    runtime = Path(app.srcdir) / config.live_runtime
    if (runtime / PURIFIER).exists():
        files = [runtime / _LIST, runtime / PURIFIER, *(_HERE / name for name in _SCRIPTS)]
        files += sorted((Path(app.srcdir) / config.live_editor).rglob("*.js"))
        contents = [path.read_bytes() for path in files]
        config.live_python = _hash(b"".join([*contents, course(*config.live_packages)]))


def setup(app: Sphinx) -> None:
    """Connect to the pages, and add what a book may say of its Python."""
    app.add_config_value("live_runtime", "_build/live/runtime", "", [str])
    app.add_config_value("live_editor", "_build/live/editor", "", [str])
    app.add_config_value("live_packages", [], "", [list])
    app.add_config_value("live_distribution", [], "", [list])
    app.add_config_value("live_later", {}, "", [dict])
    app.add_config_value("live_shown", [], "", [list])
    # Which Python it is: found, not set. With another one, each page is written anew.
    app.add_config_value("live_python", "", "html", [str])
    app.add_post_transform(_AddButtons)
    app.connect("config-inited", _configure)
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _load)
