"""A Sphinx extension: the assignments are pages of the book, as students get them.

While a book is built, the copy that ``release`` would hand out is made of each master, and written
where the book has its pages: `handed_out_pages`, which git ignores. No master is ever a page. The
pages stand in no table of contents: a link leads to them. What makes them pages that one writes
into is part of `crossentropy_book`, where a book uses that.

``python -m crossentropy_classroom.book``, run in the book's folder, writes them without a build.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from sphinx.application import Sphinx
from sphinx.config import Config

from crossentropy_classroom import assignments, release

__all__ = ["setup", "write_pages"]

MASTERS, PAGES = "assignments", "chapters/assignments"


def write_pages(masters: Path, pages: Path) -> None:
    """Write the student copy of each assignment, unless none has changed.

    Parameters
    ----------
    masters : Path
        The folder of the assignments.
    pages : Path
        Where ``NAME.ipynb`` goes; what else is there is removed.

    Raises
    ------
    ValueError
        If a master is not fit to be handed out.
    """
    names = {f"{path.parent.name}.ipynb" for path in masters.glob("*/hidden.py")}
    there = {path.name: path for path in pages.glob("*.ipynb")}
    made_of = [*masters.rglob("*.*"), *map(Path, (assignments.__file__, release.__file__))]
    newest = max(path.stat().st_mtime for path in made_of)
    if there.keys() == names and all(path.stat().st_mtime > newest for path in there.values()):
        return  # to import nbgrader alone takes seconds
    pages.mkdir(parents=True, exist_ok=True)
    for name in there.keys() - names:
        there[name].unlink()
    for assignment in assignments.all_assignments(masters):
        copy = release.student_copy(assignment)
        (pages / f"{assignment.name}.ipynb").write_text(f"{nbformat.writes(copy)}\n", "utf-8")


def _prepare(app: Sphinx, config: Config) -> None:
    """Write the pages, and keep them in the book: its contents do not list them."""
    masters = Path(app.srcdir) / config.handed_out_masters
    if masters.is_dir():  # an edition of the book may have the pages alone
        write_pages(masters, Path(app.srcdir) / config.handed_out_pages)
    config.exclude_patterns = [
        pattern
        for pattern in config.exclude_patterns
        if not pattern.startswith(f"{config.handed_out_pages}/")
    ]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_config_value("handed_out_masters", MASTERS, "", [str])
    app.add_config_value("handed_out_pages", PAGES, "", [str])
    app.connect("config-inited", _prepare, priority=900)  # the contents have been read
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    write_pages(Path(MASTERS), Path(PAGES))
