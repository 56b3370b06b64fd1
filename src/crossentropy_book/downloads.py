"""What a reader may take along: the book as a zip, and notebooks that say what to install."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from nbformat.v4 import new_markdown_cell
from sphinx.application import Sphinx

__all__ = ["add_pdf", "setup"]

_FOLDER = "_downloads"
# Where the page about the book gets the link to a PDF, or has that to an earlier one.
_PDF = re.compile(r'<li class="pdf".*?</li>', re.DOTALL)
# Python in the page is as large as the rest ten times over, and does not start from a disk; nor
# does a JupyterLab.
_NEEDS_A_SERVER = ("_static/live", "lab")
# What a copy in the zip would link to in vain.
_LEFT_BEHIND = re.compile(r'<li class="(?:pdf|zip)".*?</li>', re.DOTALL)


def add_pdf(book: Path, pdf: Path) -> None:
    """Add a PDF to a built book, with a link on the page about it.

    Parameters
    ----------
    book : Path
        The folder of the built pages.
    pdf : Path
        The file; the book gets a copy of it.
    """
    folder = book / _FOLDER
    folder.mkdir(exist_ok=True)
    shutil.copy(pdf, folder)
    size = pdf.stat().st_size / 1e6
    page = book / "colophon.html"
    link = (
        f'<li class="pdf"><a href="{_FOLDER}/{pdf.name}">As a PDF</a>, {size:.1f} MB, for paper or '
        "a reader of books.</li>"
    )
    page.write_text(_PDF.sub(link, page.read_text("utf-8")), "utf-8")


def _name(app: Sphinx) -> str:
    """Return the name of the book as that of a file."""
    return nodes.make_id(app.config.html_title) or "book"


def _add_name(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    context["zip"] = f"{_FOLDER}/{_name(app)}.zip"


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    book = Path(app.outdir)
    if app.config.notebook_packages:
        for notebook in (book / "_sources").rglob("*.ipynb"):
            _say_what_to_install(app, notebook)
    folder = book / _FOLDER
    folder.mkdir(exist_ok=True)
    name = _name(app)
    with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(book.rglob("*")):
            inside = path.relative_to(book)
            if inside.name == "colophon.html":
                text = _LEFT_BEHIND.sub("", path.read_text("utf-8"))
                archive.writestr(f"{name}/{inside}", text)
            elif any(map(inside.is_relative_to, _NEEDS_A_SERVER)):
                continue
            elif path.is_file() and inside.parts[0] not in {_FOLDER, ".buildinfo", "reports"}:
                archive.write(path, f"{name}/{inside}")


def _say_what_to_install(app: Sphinx, path: Path) -> None:
    """Put a cell at the head of a notebook to download, if it is not there yet."""
    notebook = nbformat.read(path, as_version=4)
    packages = " ".join(f'"{package}"' for package in app.config.notebook_packages)
    cell = new_markdown_cell(
        f"> A notebook of *{app.config.html_title}*. What it imports may have to be installed "
        f"first, by this line in a cell of its own: `%pip install {packages}`. When you open it "
        "again later, run its cells: until then a front end may say that it finds no model for a "
        "widget.",
        id="install",
    )
    if notebook.nbformat_minor < 5:
        del cell["id"]
    if notebook.cells[0].source != cell.source:
        notebook.cells.insert(0, cell)
        path.write_text(nbformat.writes(notebook) + "\n", "utf-8")


def setup(app: Sphinx) -> None:
    """Write the files when the pages are there, with all that other listeners make of them."""
    app.add_config_value("notebook_packages", [], "html", list)
    app.connect("html-page-context", _add_name)
    app.connect("build-finished", _write, priority=900)
