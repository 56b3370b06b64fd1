"""The switch *Read | Code*: a page shows before it tells, and no code is lost.

A cell that only imports, asserts, shows a widget, or calls what the book names in
``reading_folded_calls``, is scaffolding for whoever reads. In the view *Read* it is a mark in the
margin, a button that opens this cell. So is the code of a cell with the tag ``hide-input``, and
that of one with more lines than ``reading_open_lines``, where a book sets it: what such a cell
prints stays in sight, as does what the next cell checks. A page about code has more of it open: it
sets ``reading_open_lines`` in its own metadata. A cell to begin an exercise with is a mark too: who
does the exercise is in the view *Code*, or in a notebook.

Where a book sets ``reading_folded_proofs``, a proof, with the outputs that carry it on, is a line
below its statement, and a press opens it. In the view *Code*, on paper, and without scripts, all
code and every proof is there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform

from crossentropy_book.assets import copy_script, static_folder

__all__ = ["kind_of", "setup"]

_HERE = Path(__file__).parent

# The kinds of scaffolding, the one that names a cell of several kinds first.
_KINDS = {
    "check": "a check of your answer",
    "picture": "this picture",
    "code": "this output",
    "start": "to begin with",
    "numbers": "a check of these numbers",
    "imports": "imports",
}

# The view is there before anything is painted.


def kind_of(
    source: str, calls: Mapping[str, str], *, prints: bool = False, shows_widget: bool = False
) -> str | None:
    r"""Return the kind of scaffolding that a cell is, or None where a reader should see it.

    Parameters
    ----------
    source : str
        The code of the cell.
    calls : Mapping of str to str
        Names whose calls are scaffolding, and its kind: ``picture`` or ``check``.
    prints : bool
        Whether the cell has text among its outputs.
    shows_widget : bool
        Whether the cell shows a widget: then every call in it is there for that.

    Examples
    --------
    >>> kind_of("import numpy as np", {})
    'imports'
    >>> kind_of("total = 1 + 1\nassert total == 2", {})
    'numbers'
    >>> kind_of("def double(x):\n    return 2 * x", {}) is None
    True
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # a magic command, or another language
        return None
    kinds = {_kind(statement, calls, shows_widget) for statement in statements}
    if not kinds or "" in kinds or (prints and "check" not in kinds):
        return None
    # What an assignment prepares, the rest of the cell is for; imports have nothing to prepare.
    if "assignment" in kinds and kinds <= {"assignment", "imports"}:
        return None
    return next(kind for kind in _KINDS if kind in kinds)


def _kind(statement: ast.stmt, calls: Mapping[str, str], shows_widget: bool) -> str:
    """Return what a statement is for, or nothing where it is to be read."""
    match statement:
        case ast.Import() | ast.ImportFrom():
            return "imports"
        case ast.Assert() | ast.Expr(ast.Call(ast.Attribute(attr="assert_allclose"))):
            return "numbers"
        case ast.For(body=body) | ast.With(body=body):
            return "numbers" if _only_asserts(body) else ""
        case ast.Assign(value=value) | ast.Expr(value):
            kind = calls.get(_called(value))
            if kind is None and shows_widget and isinstance(value, ast.Call):
                kind = "picture"
            if kind is None and isinstance(value, ast.Name) | isinstance(statement, ast.Assign):
                kind = "assignment"
            return kind or ""
    return ""


def _only_asserts(body: Iterable[ast.stmt]) -> bool:
    kinds = {_kind(statement, {}, False) for statement in body}
    return "numbers" in kinds <= {"numbers", "assignment"}


def _called(value: ast.expr) -> str:
    """Return the name that a call begins with: ``figures`` of ``figures.entropy.share()``."""
    while isinstance(value, ast.Call | ast.Attribute):
        value = value.func if isinstance(value, ast.Call) else value.value
    return value.id if isinstance(value, ast.Name) else ""


class _FoldCells(SphinxPostTransform):
    """Fold cells, after myst-nb has chosen an output for the page and before it hides any."""

    default_priority = 198
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        if not self.config.reading_views:
            return
        calls = self.config.reading_folded_calls
        own = self.env.metadata[self.env.docname]
        most = int(own.get("reading_open_lines", self.config.reading_open_lines))
        cells = list(self.document.findall(_is_cell))
        kinds = [_kind_of_cell(cell, calls) for cell in cells]
        before: tuple[nodes.Element | None, int] = (None, 0)
        for cell, (kind, next_kind) in zip(cells, pairwise([*kinds, None]), strict=True):
            if kind is None and next_kind == "check" and _is_exercise(_previous(cell)):
                kind = "start"
            if kind is None and next_kind != "check" and _lines(cell) > most > 0:
                kind = "long"
            if kind:
                # Marks of cells that take no room stand side by side.
                place = before[1] if before[0] is _previous(cell) else 0
                is_gone = _fold(cell, kind, place)
                before = (cell, place + 1) if is_gone else (None, 0)
        if self.config.reading_folded_proofs:
            for proof in list(self.document.findall(_is_proof)):
                _fold_proof(proof, self.config.reading_folded_proofs)


def _is_proof(node: nodes.Node) -> bool:
    """Return whether a node is a proof of sphinx-proof by itself, and not part of a solution."""
    return type(node).__name__ == "proof_node" and isinstance(node.parent, nodes.section)


def _fold_proof(proof: nodes.Element, goes_on: str) -> None:
    """Fold a proof with the cells below it whose output has the markup that carries a proof on."""
    section = proof.parent
    start = end = section.index(proof)
    lines = 0
    while (end := end + 1) < len(section) and _is_cell(section[end]):
        shown = "".join(raw.astext() for raw in section[end].findall(nodes.raw))
        if goes_on not in shown:
            break
        lines += shown.count('<td class="line"')
    said = f"Proof<small>{lines} lines, each with its number</small>" if lines else "Proof"
    bar = (
        f'<button type="button" class="fold-bar" aria-expanded="false">{said}</button>'
        '<div class="fold" hidden="until-found">'
    )
    parts = section[start:end]
    folded = nodes.container("", classes=["folds", "folded-proof"])
    section[start:end] = [folded]
    folded.extend([_markup(bar), *parts, _markup("</div>")])


def _is_exercise(node: nodes.Node | None) -> bool:
    return isinstance(node, nodes.Element) and "exercise" in node.get("classes", [])


def _is_cell(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _lines(cell: nodes.Element) -> int:
    """Return how many lines of code a page shows of a cell; none where a reader opens it anyway."""
    ancestor = cell.parent
    while ancestor is not None:
        if "dropdown" in ancestor.get("classes", []):
            return 0
        ancestor = ancestor.parent
    source = cell.children[0]
    if source.get("nb_element") != "cell_code_source":
        return 0
    return len(source.astext().splitlines())


def _previous(cell: nodes.Element) -> nodes.Node | None:
    siblings = cell.parent.children
    index = siblings.index(cell)
    return siblings[index - 1] if index else None


def _kind_of_cell(cell: nodes.Element, calls: Mapping[str, str]) -> str | None:
    parts = {part.get("nb_element"): part for part in cell.children}
    if "cell_code_source" not in parts:
        return None
    if cell.get("hide_mode") == "input":
        return "code"
    output = parts.get("cell_code_output", nodes.container())
    widgets = [raw for raw in output.findall(nodes.raw) if "widget-view+json" in raw.astext()]
    source = parts["cell_code_source"].astext()
    prints = any(True for _ in output.findall(nodes.literal_block))
    return kind_of(source, calls, prints=prints, shows_widget=bool(widgets))


def _fold(cell: nodes.Element, kind: str, before: int) -> bool:
    """Fold the code of a cell, with what a check says; return whether nothing of it is left."""
    cell["hide_mode"] = None
    cell["classes"].append("folds")
    name = f"Code: {_KINDS.get(kind) or f'{_lines(cell)} lines'}"
    place = f' style="--before: {before}"' if before else ""
    # `until-found` lets the browser's search open it, in browsers that know the word.
    mark = (
        f'<button type="button" class="fold-mark" aria-expanded="false" aria-label="{name}"'
        f'{place}></button><div class="fold" hidden="until-found">'
    )
    count = len(cell.children) if kind == "check" else 1
    folded, rest = cell.children[:count], cell.children[count:]
    cell.children = []
    cell.extend([_markup(mark), *folded, _markup("</div>"), *rest])
    return not rest


def _markup(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


def _configure(app: Sphinx, config: Config) -> None:
    """Put the switch in the header of the theme, which shows it on pages with folded code."""
    if config.html_theme == "sphinx_book_theme":
        end = config.html_theme_options.get("article_header_end", ["article-header-buttons.html"])
        end = [end] if isinstance(end, str) else end
        config.html_theme_options["article_header_end"] = ["components/reading-switch.html", *end]


def _write(app: Sphinx) -> None:
    if app.builder.format == "html":
        copy_script(_HERE / "reading.js", static_folder(app, "crossentropy-reading"))


def _load(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if 'class="fold"' in context.get("body", ""):
        context.setdefault("before_paint", {})["data-reading"] = ""
    if app.config.reading_views:  # on each page: the next one has it then
        app.add_js_file("reading.js", loading_method="defer")


def setup(app: Sphinx) -> None:
    """Connect to the pages, and add what a book may say of them."""
    app.add_config_value("reading_views", True, "env", [bool])
    app.add_config_value("reading_folded_calls", {}, "env", [dict])
    app.add_config_value("reading_open_lines", 0, "env", [int])
    app.add_config_value("reading_folded_proofs", "", "env", [str])
    app.add_post_transform(_FoldCells)
    app.connect("config-inited", _configure)
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _load)
