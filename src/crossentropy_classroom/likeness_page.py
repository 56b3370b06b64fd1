"""``likeness``: a page with the pairs of notebooks whose code is alike, for the teacher alone."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from crossentropy_classroom._files import add_folder, write_whole
from crossentropy_classroom.assignments import Assignment, all_assignments
from crossentropy_classroom.likeness import Pair, alike, runs
from crossentropy_classroom.pages import page
from crossentropy_classroom.result import Result, home, read_results

__all__ = ["add_arguments", "main", "marked", "programs", "render"]

# Pairs of an assignment that are shown, the most alike first.
MOST_PAIRS = 40

ABOUT = """<p><strong>This is a list to look at, and no verdict.</strong> Two who solve a task by
themselves may write the same; two who learned together may, too. The page holds names: keep it on
your machine.</p>
<p>Each pair has stretches of code in common that most of the class does not have, and the master
does not have either. They are marked. Names, comments, docstrings, line breaks and the order of
cells count for nothing. <em>Likeness</em> is the share of the shorter notebook that is in both;
what few others have counts for more. At 100 % all of it is in these two and in no other.</p>"""

STYLE = """
.pair { border-top: 1px solid var(--line); }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr));
  gap: 0 1.5rem; }
pre { padding: 0.5rem; background: var(--well); font-size: 0.875rem; white-space: pre-wrap;
  overflow-wrap: anywhere; }
mark { background: var(--mark); color: inherit; }
"""


def programs(
    assignment: Assignment, results: Sequence[Result], classroom: Path
) -> dict[str, list[str]]:
    """Return the code cells of each student of an assignment, without those that are locked."""
    found = {}
    for result in results:
        if result.assignment == assignment.name and not result.problem:
            file = home(classroom, result.student, assignment.name) / f"{assignment.name}.ipynb"
            cells = json.loads(file.read_text("utf-8"))["cells"]
            found[result.student] = [_source(cell) for cell in cells if _is_own(cell)]
    return found


def _is_own(cell: Mapping[str, object]) -> bool:
    metadata = cell["metadata"]
    mark = metadata.get("nbgrader", {}) if isinstance(metadata, dict) else {}
    return cell["cell_type"] == "code" and (not mark or bool(mark.get("solution")))


def _source(cell: Mapping[str, object]) -> str:
    source = cell["source"]
    return "".join(source) if isinstance(source, list) else str(source)


def marked(cells: Sequence[str], shared: frozenset[str]) -> list[str]:
    """Return the cells that hold something of what is shared, as HTML in which that is marked."""
    spots: dict[int, list[tuple[int, int]]] = {}
    for text, run in runs(cells):
        if text in shared:
            lines = [len(line) + 1 for line in cells[run.cell].split("\n")]
            start, end = (sum(lines[: row - 1]) + column for row, column in (run.start, run.end))
            own = spots.setdefault(run.cell, [])
            if own and start <= own[-1][1]:  # runs come in the order of their first tokens
                start = own.pop()[0]
            own.append((start, end))
    return [_with_marks(cells[number], own) for number, own in spots.items()]


def _with_marks(source: str, spots: Sequence[tuple[int, int]]) -> str:
    at, parts = 0, []
    for start, end in spots:
        parts += [escape(source[at:start]), "<mark>", escape(source[start:end]), "</mark>"]
        at = end
    return "".join([*parts, escape(source[at:])])


def render(found: Mapping[str, tuple[Mapping[str, Sequence[str]], Sequence[Pair]]]) -> str:
    """Return the page: of each assignment everybody's code cells, and the pairs that are alike."""
    body = [ABOUT]
    for name, (code, pairs) in found.items():
        body.append(f"<h2>{escape(name)}</h2>")
        more = f" The {MOST_PAIRS} most alike are shown." if len(pairs) > MOST_PAIRS else ""
        body.append(f"<p>Notebooks: {len(code)}. Pairs that are alike: {len(pairs)}.{more}</p>")
        for pair in pairs[:MOST_PAIRS]:
            body += _pair(pair, code)
    return page("Notebooks whose code is alike", STYLE, "\n".join(body), width="80rem")


def _pair(pair: Pair, code: Mapping[str, Sequence[str]]) -> Iterator[str]:
    title = f"{escape(pair.first)} and {escape(pair.second)}"
    yield f'<section class="pair"><h3>{title}</h3><p>Likeness {100 * pair.likeness:.0f} %</p>'
    yield '<div class="sides">'
    for student in (pair.first, pair.second):
        cells = "".join(f"<pre>{cell}</pre>" for cell in marked(code[student], pair.shared))
        yield f"<div><h4>{escape(student)}</h4>{cells}</div>"
    yield '</div><p class="quiet">Cells in which nothing is shared are left out.</p></section>'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_folder(parser, "assignments", "where the masters are")
    add_folder(parser, "classroom", "where the results are and likeness.html will be")


def main(arguments: argparse.Namespace) -> int:
    """Write ``likeness.html``."""
    results = read_results(arguments.classroom)
    if not results:
        raise ValueError(f"{arguments.classroom} holds no results; grade submissions first")
    found = {}
    for assignment in all_assignments(arguments.assignments):
        if code := programs(assignment, results, arguments.classroom):
            masters = [*assignment.master().cells, *assignment.released.cells]
            given = [_source(cell) for cell in masters if cell["cell_type"] == "code"]
            found[assignment.name] = code, alike(code, given)
    path = arguments.classroom / "likeness.html"
    write_whole(path, render(found))
    for name, (_, pairs) in found.items():
        print(f"{name}: {len(pairs)} pairs to look at")
    print(f"The list, which is no verdict: {path.resolve()}")
    return 0
