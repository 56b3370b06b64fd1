"""The directive ``argument-map``: results as a drawing of links, with arrows to what uses them.

Its body is a drawing of rows, its cells parted by ``|`` and a lone ``.`` where there is none, then
an empty line, and then a line for each cell: its label, its short name, and what it uses.

.. code-block:: text

    def-kl    | .
    thm-gibbs | .

    def-kl: KL divergence < def-surprisal
    thm-gibbs: Gibbs' inequality < def-kl, sec-ent-zero

A result that stands in the row above is joined by an arrow. One from further up, or from an
earlier map of the page, is named and linked to. Every link is a reference of Sphinx, so that a
label that does not exist stops a strict build.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

__all__ = ["setup"]

_LINE = re.compile(r"(?P<label>[\w-]+): (?P<name>[^<]+?)(?: < (?P<uses>[\w, -]+))?")
_GAP = 44  # CSS pixels between two rows


@dataclass(frozen=True)
class Result:
    """A definition or a theorem: where it stands in the drawing, and what it uses."""

    label: str
    name: str
    uses: tuple[str, ...]
    row: int
    column: int

    @property
    def anchor(self) -> str:
        """The id of its cell, which is not the id of the theorem itself."""
        return f"map-{self.label}"


def read_map(lines: list[str]) -> list[Result]:
    """Return the results of a drawing, row by row.

    Raises
    ------
    ValueError
        If a line cannot be read, or the drawing and the lines do not name the same results.
    """
    blank = lines.index("") if "" in lines else len(lines)
    places = {
        cell.strip(): (row, column)
        for row, line in enumerate(lines[:blank])
        for column, cell in enumerate(line.split("|"))
        if cell.strip() != "."
    }
    results = []
    for line in filter(None, lines[blank:]):
        match = _LINE.fullmatch(line)
        if not match:
            raise ValueError(f"cannot read {line!r}; write 'label: name < label, label'")
        if match["label"] not in places:
            raise ValueError(f"{match['label']} is not in the drawing, or is described twice")
        uses = tuple(label.strip() for label in (match["uses"] or "").split(",") if label.strip())
        results.append(Result(match["label"], match["name"], uses, *places.pop(match["label"])))
    if places:
        raise ValueError(f"in the drawing, but not described: {', '.join(places)}")
    return sorted(results, key=lambda result: (result.row, result.column))


class argument_map(nodes.General, nodes.Element):  # type: ignore[misc]
    """A drawing. Its attribute ``results`` holds what to draw the arrows from."""


class map_cell(nodes.General, nodes.Element):  # type: ignore[misc]
    """One result of a drawing."""


class ArgumentMap(SphinxDirective):
    """Read a map and write a cell for each of its results."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the map; what is wrong with it is a warning at its line."""
        known: dict[str, Result] = self.env.temp_data.setdefault("argument-map", {})
        try:
            results = read_map([line.strip() for line in self.content])
            drawing = argument_map(results=results)
            for result in results:
                drawing += self._cell(result, results, known)
                known[result.label] = result
        except ValueError as error:
            raise self.error(str(error)) from error
        return [drawing]

    def _cell(
        self, result: Result, results: list[Result], known: dict[str, Result]
    ) -> nodes.Element:
        cell = map_cell(result=result, arrows=False)
        name = nodes.paragraph("", "", self._link(result), classes=["name"])
        cell += name
        uses = nodes.paragraph("", "", nodes.inline("", "Uses "), classes=["uses"])
        for label in result.uses:
            if label not in known:
                raise ValueError(f"{result.label} uses {label}, which no earlier row holds")
            used = known[label]
            if used in results and used.row == result.row - 1:
                cell["arrows"] = True
                uses += nodes.inline("", f"{used.name}. ")
            else:
                uses += nodes.reference("", used.name, refid=used.anchor, internal=True)
                uses += nodes.Text(" ")
        if result.uses:
            cell += uses
        return cell

    def _link(self, result: Result) -> pending_xref:
        is_section = result.label.startswith("sec-")
        link = pending_xref(
            "",
            nodes.inline("", result.name),
            refdomain="std" if is_section else "prf",
            reftype="ref",
            reftarget=result.label,
            refexplicit=True,
            refwarn=True,
            refdoc=self.env.docname,
        )
        self.set_source_info(link)
        return link


def _path(start: int, end: int) -> str:
    """Return a curve that leaves downwards and comes straight down onto its head."""
    return f"M{start} 0C{start} 16 {end} 18 {end} {_GAP - 10}V{_GAP}"


def _arrows(results: list[Result], row: int, columns: int) -> str:
    """Return the arrows from one row to the next; their heads are drawn with the cells."""
    above = {result.label: result for result in results if result.row == row}
    paths = [
        _path(100 * above[label].column + 50, 100 * result.column + 50)
        for result in results
        if result.row == row + 1
        for label in result.uses
        if label in above
    ]
    return (
        f'<svg aria-hidden="true" viewBox="0 0 {100 * columns} {_GAP}" height="{_GAP}" '
        f'preserveAspectRatio="none" style="grid-row: {2 * row + 2}">'
        f'<path d="{"".join(paths)}"/></svg>'
    )


def visit_map(translator: HTML5Translator, node: nodes.Element) -> None:
    """Write the arrows, and begin the list of cells."""
    results = node["results"]
    columns = 1 + max(result.column for result in results)
    rows = 1 + max(result.row for result in results)
    arrows = "".join(_arrows(results, row, columns) for row in range(rows - 1))
    translator.body.append(
        f'<div class="argument-map" style="--columns: {columns}">{arrows}<ul role="list">'
    )


def depart_map(translator: HTML5Translator, node: nodes.Element) -> None:
    """End the list."""
    translator.body.append("</ul></div>")


def visit_cell(translator: HTML5Translator, node: nodes.Element) -> None:
    """Begin a cell at its place."""
    result = node["result"]
    kind = "definition" if result.label.startswith("def-") else "theorem"
    classes = f"{kind} arrows" if node["arrows"] else kind
    translator.body.append(
        f'<li id="{html.escape(result.anchor)}" class="{classes}" '
        f'style="grid-area: {2 * result.row + 1} / {result.column + 1}">'
    )


def depart_cell(translator: HTML5Translator, node: nodes.Element) -> None:
    """End a cell."""
    translator.body.append("</li>")


def _as_paragraphs(translator: object, node: nodes.Element) -> None:
    """Leave the links as paragraphs, where there is nothing to draw with."""


def setup(app: Sphinx) -> None:
    """Register the directive."""
    plain = (_as_paragraphs, _as_paragraphs)
    app.add_node(argument_map, html=(visit_map, depart_map), latex=plain, text=plain)
    app.add_node(map_cell, html=(visit_cell, depart_cell), latex=plain, text=plain)
    app.add_directive("argument-map", ArgumentMap)
