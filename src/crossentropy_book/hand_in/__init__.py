"""Pages that are handed in: an assignment is written, checked and taken along where it is read.

A notebook of nbgrader's, as students get it, is such a page of itself: its metadata say which
``assignment`` it is. Each cell that a student may change becomes a place to write in. What is
written stays in the reader's browser, and leaves it as a notebook: the one that was handed out,
with other sources and nothing else. That needs no Python; where the book has Python in its pages,
the cells can be run as well.
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from crossentropy_book.assets import copy_script, copy_sheet_with_buttons, static_folder

__all__ = ["is_open", "is_place", "setup"]

_HERE = Path(__file__).parent
# What nbgrader leaves of a written answer, in the course's own words.
_STUB = "*Your answer here.*"

_HEAD = """\
<div class="hand-in" data-assignment="{name}" data-key="{key}">
<p>Write your answers on this page. What you type stays in this browser, on this machine, until
you hand it in. <span class="with-python">Run the cell below a task to check your answer.</span>
<span class="without-python">This copy of the book cannot run Python. To check your answers, take
them along and open them in Jupyter{install}.</span></p>
{buttons}
</div>"""

_BUTTONS = """\
<p class="hand-in-buttons"><button type="button" class="hand-in-download" disabled>Download what I
hand in</button> <button type="button" class="hand-in-open" disabled>Open what I handed in</button>
<a href="{copy}" download="{name}.ipynb">The empty notebook, for Jupyter</a></p>"""

_FOOT = """\
<div class="hand-in hand-in-end">
{buttons}
</div>
<script type="application/json" class="handed-out">{notebook}</script>"""


def is_open(cell: NotebookNode) -> bool:
    """Return whether a student may change a cell.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell
    >>> is_open(new_code_cell("x = 1"))
    True
    >>> is_open(new_code_cell(metadata={"nbgrader": {"grade": True, "solution": False}}))
    False
    """
    mark = cell.metadata.get("nbgrader", {})
    if cell.cell_type == "markdown":
        return bool(mark.get("solution"))
    return bool(mark.get("solution")) or not (mark.get("grade") or mark.get("locked"))


def is_place(app: Sphinx, page: str) -> bool:
    """Return whether a page is one that is handed in."""
    return "handed_in" in app.env.metadata.get(page, {})


def _place(cell: NotebookNode) -> str:
    """Return the place to write a cell's answer in; the script makes it one."""
    return f'<div class="answer" data-cell="{html.escape(cell.id)}"></div>'


def _assignment(notebook: NotebookNode) -> str:
    about = notebook.metadata.get("crossentropy", {})
    return str(about.get("assignment", "")) if isinstance(about, dict) else ""


def _prepare(app: Sphinx, page: str, texts: list[str]) -> None:
    """Put the head, the foot and the places of written answers into a page that is read."""
    if not app.env.doc2path(page, base=False).endswith(".ipynb"):
        return
    notebook = nbformat.reads(texts[0], as_version=4)
    if not (name := _assignment(notebook)):
        return
    book = nodes.make_id(app.config.html_title) or "book"
    up = "../" * page.count("/")
    buttons = _BUTTONS.format(name=name, copy=f"{up}_static/hand-in/{name}.ipynb")
    packages = html.escape(" ".join(f'"{each}"' for each in app.config.notebook_packages))
    install = f", after <code>pip install {packages}</code>" if packages else ""
    key = f"hand-in/{book}/{name}"
    head = _HEAD.format(name=name, key=key, install=install, buttons=buttons)
    # The text of a script ends where it says so.
    handed_out = json.dumps(json.loads(texts[0]), ensure_ascii=False).replace("<", r"\u003c")
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and is_open(cell):
            cell.source += _raw(_place(cell))
    title, _, text = notebook.cells[0].source.partition("\n")
    notebook.cells[0].source = f"{title}\n{_raw(head)}{text}"
    foot = _FOOT.format(buttons=buttons, notebook=handed_out)
    notebook.cells.append(new_markdown_cell(_raw(foot)))
    texts[0] = nbformat.writes(notebook)


def _raw(markup: str) -> str:
    return f"\n\n```{{raw}} html\n{markup}\n```\n"


def _describe(app: Sphinx, document: nodes.document) -> None:
    """Say of a page that it is handed in, that no table lists it, and that all its code is open."""
    page = app.env.docname
    path = Path(app.env.doc2path(page))
    if path.suffix != ".ipynb":
        return
    notebook = nbformat.read(path, as_version=4)
    if name := _assignment(notebook):
        title = notebook.cells[0].source.partition("\n")[0].strip("# ")
        app.env.metadata[page].update(
            handed_in=name,
            orphan=True,
            # It is made while the book is built: no repository has it.
            made=True,
            description=f"{title}. Write your answers into the page, check them, and take along "
            "the notebook that you hand in.",
            reading_open_lines=1000,
        )


class _AddPlaces(SphinxPostTransform):
    """Give each cell of code that a student may change a place to write in."""

    default_priority = 197  # before the cells get the buttons that run them, which come below
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        if not is_place(self.app, self.env.docname):
            return
        cells = nbformat.read(self.env.doc2path(self.env.docname), as_version=4).cells
        for container in list(self.document.findall(nodes.container)):
            if container.get("nb_element") == "cell_code":
                cell = cells[container["cell_index"]]
                sources = [
                    node
                    for node in container.findall(nodes.container)
                    if node.get("nb_element") == "cell_code_source"
                ]
                if sources and is_open(cell):
                    sources[0].append(nodes.raw("", _place(cell), format="html"))


def _load(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if doctree is not None and is_place(app, page):
        app.add_css_file("hand_in.css")
        stub: dict[str, Any] = {"data-stub": _STUB}
        app.add_js_file("hand_in.js", loading_method="defer", **stub)


def _write(app: Sphinx) -> None:
    if app.builder.format == "html":
        folder = static_folder(app, "crossentropy-hand-in")
        copy_script(_HERE / "hand_in.js", folder)
        copy_sheet_with_buttons(_HERE / "hand_in.css", folder)


def _copy(app: Sphinx, exception: Exception | None) -> None:
    """Offer each notebook as it was handed out."""
    if exception is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static" / "hand-in"
    for page in app.env.found_docs:
        if is_place(app, page):
            folder.mkdir(parents=True, exist_ok=True)
            content = Path(app.env.doc2path(page)).read_bytes()
            (folder / f"{app.env.metadata[page]['handed_in']}.ipynb").write_bytes(content)


def setup(app: Sphinx) -> None:
    """Connect to the pages as they are read and written."""
    app.connect("source-read", _prepare)
    app.connect("doctree-read", _describe, priority=600)  # when what the page says is known
    app.add_post_transform(_AddPlaces)
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _load)
    app.connect("build-finished", _copy, priority=800)  # before the book is packed
