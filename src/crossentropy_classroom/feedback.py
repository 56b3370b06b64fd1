"""``feedback``: a page for each student and assignment: points, and what they were lost for.

A page is made of the student's own executed notebook, of nbgrader's gradebook, and of the `about`
of the hidden tests that failed. Nothing else of a hidden test comes here, so none of its data and
none of its values can appear. What students wrote is as untrusted on a page as it is in a kernel:
HTML of theirs is shown as text, pictures are those that hold no code, and the page forbids its
browser every script and every request.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import pass_context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook, MissingEntry
from pygments.formatters import HtmlFormatter

from crossentropy._mathml import LatexError, to_mathml
from crossentropy_classroom._files import add_folder, read_seed
from crossentropy_classroom.assignments import Assignment, all_assignments
from crossentropy_classroom.changes import latest
from crossentropy_classroom.codes import code_of
from crossentropy_classroom.gradebook import existing
from crossentropy_classroom.hidden import Hidden
from crossentropy_classroom.result import Result, home, read_results

__all__ = [
    "Score",
    "add_arguments",
    "losses",
    "main",
    "markdown_cell",
    "page",
    "scores",
    "unchanged",
]

# The kinds of output that are shown: text, and pictures in which no code can hide.
SHOWN = ("text/plain", "image/png", "image/jpeg")
LONGEST_OUTPUT, MOST_OUTPUTS = 10_000, 30
LONGEST_PICTURE = 2_000_000
# How many kinds of faults are named of a hidden test: a program could tell of its cases by them.
MOST_KINDS = 3
# A longer formula, cell or notebook is shown as plain text: no person wrote it, and to typeset it
# may take minutes.
LONGEST_FORMULA, LONGEST_SOURCE, LONGEST_NOTEBOOK = 2_000, 8_000, 200_000
# The metadata key of the cells that this module adds, whose source is HTML already. It is taken off
# every cell of a student.
VERDICT = "verdict"

HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'">
<title>{title}</title>
<style>
{highlighting}
body {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif;
  color: #1a1a1a; background: #fff; }}
pre {{ overflow-x: auto; padding: 0.5rem; background: #f6f6f6; font-size: 0.875rem; }}
.output pre {{ white-space: pre-wrap; }}
img {{ max-width: 100%; height: auto; }}
math[display="block"] {{ overflow-x: auto; padding: 0.25rem 0; }}
table {{ border-collapse: collapse; }}
th, td {{ padding: 0.25rem 1rem 0.25rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid #ccc; }}
.points {{ margin: 0.5rem 0 2rem; padding: 0.5rem 1rem; border-left: 4px solid #0072b2;
  background: #eef5fa; }}
.points p, .points ul {{ margin: 0.25rem 0; }}
.prompt {{ display: none; }}
</style>
</head>
<body>
"""


@dataclass(frozen=True)
class Score:
    """What the gradebook says of one graded cell, how it is asked about, and why it was changed."""

    points: float
    max: float
    to_be_read: bool
    comment: str
    code: str = ""
    reason: str = ""


class _Renderer(IPythonRenderer):
    """Markdown that a student or a grader wrote: math as MathML, and HTML as text."""

    def inline_math(self, body: str) -> str:
        return _math(body, display=False)

    def block_math(self, body: str) -> str:
        return _math(body, display=True)

    def latex_environment(self, name: str, body: str) -> str:
        return _math(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)

    def block_mermaidjs(self, code: str) -> str:
        return _as_it_is(code)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        if not url.startswith("attachment:"):  # nothing is fetched, in the formgrader neither
            return escape(f"[{text or 'picture'}: {url[:60]}]")
        try:
            return str(super().image(text, url, title))
        except InvalidNotebook:  # the notebook has lost the attachment
            return escape(text)


def _as_it_is(source: str) -> str:
    return f"<pre>{escape(source)}</pre>"


def _math(latex: str, *, display: bool) -> str:
    if len(latex) > LONGEST_FORMULA:  # a deeply nested formula would exhaust the stack
        return f"<code>{escape(latex)}</code>"
    try:
        return to_mathml(latex, display=display)
    except LatexError:
        return f"<code>{escape(latex)}</code>"


def _markdown(source: str, attachments: Mapping[str, Any] | None = None) -> str:
    if len(source) > LONGEST_SOURCE:
        pictures = _pictures(attachments)
        return _as_it_is(source) + (_markdown(pictures, attachments) if pictures else "")
    renderer = _Renderer(
        escape=True,
        allow_harmful_protocols=False,
        exclude_anchor_links=True,
        attachments=dict(attachments or {}),
    )
    return str(MarkdownWithMath(renderer=renderer).render(source))


def _pictures(attachments: Mapping[str, Any] | None) -> str:
    """Return a text that shows what is attached to a cell, and nothing else."""
    return "\n\n".join(f"![{name}](attachment:{name})" for name in attachments or ())[
        :LONGEST_SOURCE
    ]


@pass_context
def markdown_cell(context: Any, source: str) -> str:
    """Return the source of a Markdown cell as HTML, in the place of nbconvert's own filter."""
    cell = context["cell"]
    return source if VERDICT in cell.metadata else _markdown(source, cell.get("attachments"))


def unchanged(html: str) -> str:
    """Return what is given, in the place of a filter of nbconvert that is not needed here."""
    return html


def scores(gradebook: Gradebook, student: str, assignment: str, seed: int) -> dict[str, Score]:
    """Return the graded cells of a submission, and what a person said of each.

    Parameters
    ----------
    gradebook : Gradebook
        Where the points are.
    student, assignment : str
        Whose submission it is, and of what.
    seed : int
        What the codes of the questions are made from.

    Raises
    ------
    ValueError
        If the gradebook does not know the submission.
    """
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry as error:
        raise ValueError(f"{error}; grade it again") from error
    found = {}
    changed = latest(gradebook)
    for notebook in submission.notebooks:
        # What nbgrader says by itself of a blank answer is no word of the grader's.
        comments = {each.name: each.manual_comment or "" for each in notebook.comments}
        for grade in notebook.grades:
            change = changed.get((student, assignment, grade.name))
            stands = change is not None and change.points == grade.manual_score
            found[grade.name] = Score(
                points=grade.score,
                max=grade.max_score,
                to_be_read=grade.needs_manual_grade,
                comment=comments.get(grade.name, ""),
                code=code_of(seed, student, assignment, grade.name),
                reason=change.reason if change is not None and stands else "",
            )
        # A person may have commented on a solution cell that has no points of its own.
        for name in sorted({name for name, text in comments.items() if text} - set(found)):
            found[name] = Score(points=0.0, max=0.0, to_be_read=False, comment=comments[name])
    return dict(sorted(found.items()))


def losses(result: Result, assignment: Assignment) -> dict[str, list[str]]:
    """Return what each hidden test that a submission failed was about, and why, by test cell.

    Raises
    ------
    ValueError
        If hidden tests were added or taken away since the submission was graded.
    """
    if result.problem:
        return {}
    if len(assignment.tests) != len(result.judged):
        name = assignment.name
        raise ValueError(f"{name} of {result.student} has other hidden tests now; grade it again")
    found: dict[str, list[str]] = {}
    for test, faults in zip(assignment.tests, result.judged, strict=True):
        if any(faults):
            found.setdefault(test.cell, []).append(f"{test.about} ({_kinds(test, faults)})")
    return found


def _kinds(test: Hidden, faults: Sequence[str]) -> str:
    """Say of which kinds the faults are, in an order that tells nothing of the cases."""
    kinds = sorted({fault for fault in faults if fault})[:MOST_KINDS]
    right = sum(not fault for fault in faults)
    passed = [f"{right} of {len(faults)} cases passed"] if test.parts else []
    return "; ".join([*passed, *kinds])


def page(
    result: Result,
    graded: Mapping[str, Score],
    notebook: NotebookNode | None = None,
    lost: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Return the page of one submission.

    Parameters
    ----------
    result : Result
        What came of it.
    graded : mapping of str to Score
        Its graded cells; none if it could not be graded.
    notebook : NotebookNode, optional
        The notebook as it was graded, if it could be.
    lost : mapping of str to sequence of str, optional
        By test cell, what the points were lost for.
    """
    title = f"{result.assignment}: feedback for {result.student}"
    highlighting = HtmlFormatter().get_style_defs(".highlight")
    parts = [HEAD.format(title=escape(title), highlighting=highlighting)]
    parts.append(f"<h1>{escape(title)}</h1>")
    if notebook is None:
        parts += _summary(result, graded)
    else:
        names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
        in_order = {name: graded[name] for name in names if name in graded}
        parts += _summary(result, {**in_order, **graded})
        parts.append(
            _body(new_notebook(cells=list(_cells(notebook, graded, lost or {}, result.blank))))
        )
    return "\n".join([*parts, "</body>", "</html>", ""])


def _summary(result: Result, graded: Mapping[str, Score]) -> Iterator[str]:
    if result.problem:
        yield "<p><strong>This notebook could not be graded.</strong> It has no points yet, which"
        yield f"is not the same as 0 points. The reason: {escape(result.problem)}</p>"
        return
    points = sum(score.points for score in graded.values())
    most = sum(score.max for score in graded.values())
    waiting = [name for name, score in graded.items() if score.to_be_read]
    so_far = f" so far. Still to be read: {escape(', '.join(waiting))}" if waiting else ""
    yield f"<p><strong>{points:g} of {most:g} points</strong>{so_far}.</p>"
    late = result.late
    if late.penalty:
        left = max(0.0, points - late.penalty)
        yield f"<p><strong>{left:g} of {most:g} points</strong> with what being late costs:"
    if late.said and late.known:
        yield f"{'' if late.penalty else '<p>'}{escape(late.said)}.</p>"
    if result.stopped:
        yield f"<p>Your program came to no end of its own: {escape(result.stopped)}</p>"
    if result.attention:
        yield "<p>A person was told of this:</p><ul>"
        yield from (f"<li>{escape(line)}</li>" for line in result.attention)
        yield "</ul>"
    if result.repairs:
        yield "<p>Before it was graded, this was repaired in a copy of your notebook:</p><ul>"
        yield from (f"<li>{escape(repair)}</li>" for repair in result.repairs)
        yield "</ul>"
    yield "<table><tr><th>cell</th><th>points</th></tr>"
    for name, score in graded.items():
        if score.max:
            yield f"<tr><td>{escape(name)}</td><td>{_points(score)}</td></tr>"
    yield "</table>"
    yield "<p>Each question has a code. Do you think that its points are wrong? Send your teacher"
    yield "the code, and say why.</p>"


def _points(score: Score) -> str:
    return (
        f"to be read, of {score.max:g}"
        if score.to_be_read
        else f"{score.points:g} of {score.max:g}"
    )


def _cells(
    notebook: NotebookNode,
    graded: Mapping[str, Score],
    lost: Mapping[str, Sequence[str]],
    blank: Sequence[str],
) -> Iterator[NotebookNode]:
    """Yield the cells of a notebook, and after each graded one what became of it."""
    large = sum(len(cell.source) for cell in notebook.cells) > LONGEST_NOTEBOOK
    for cell in notebook.cells:
        if cell.cell_type == "raw":
            continue  # a raw cell is not graded, and an exporter may take its text for HTML
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        # The exporter would obey the student's metadata, and so would `markdown_cell`.
        cell.metadata = NotebookNode()
        if cell.cell_type == "code":
            outputs = map(_harmless, cell.outputs[:MOST_OUTPUTS])
            cell.outputs = [output for output in outputs if output.get("data") != {}]
        if large or len(cell.source) > LONGEST_SOURCE:
            yield _added(f"{cell.id}-source", _as_it_is(cell.source))
            # The cell itself is yielded too, for its outputs and its pictures.
            cell.source = _pictures(cell.get("attachments"))
        yield cell
        if name in graded:
            verdict = "\n".join(_verdict(name, graded[name], lost.get(name, []), name in blank))
            yield _added(f"{cell.id}-verdict", verdict)


def _added(identity: str, html: str) -> NotebookNode:
    # nbformat's own ids are random, and stand on the page: the same grades are the same bytes.
    cell: NotebookNode = new_markdown_cell(html, id=identity, metadata={VERDICT: True})
    return cell


def _harmless(output: NotebookNode) -> NotebookNode:
    """Return an output with what can be shown of it, and no more of that than can be read."""
    if "data" in output:
        output.data = NotebookNode(
            {
                kind: _clipped(content) if kind == "text/plain" else content
                for kind, content in output.data.items()
                if kind in SHOWN and len(content) <= LONGEST_PICTURE
            }
        )
        output.metadata = NotebookNode()
    if "text" in output:
        output.text = _clipped(output.text)
    if "traceback" in output:
        output.traceback = [_clipped("\n".join(output.traceback))]
    return output


def _clipped(text: str) -> str:
    rest = len(text) - LONGEST_OUTPUT
    return text if rest <= 0 else f"{text[:LONGEST_OUTPUT]}\n... and {rest:,} characters more"


def _verdict(name: str, score: Score, lost: Sequence[str], blank: bool) -> Iterator[str]:
    yield f'<div class="points" id="{score.code}">' if score.code else '<div class="points">'
    if score.max:
        yield f"<p><strong>{escape(name)}: {_points(score)} points</strong></p>"
    if blank:
        yield "<p>This answer is as it was handed out.</p>"
    if lost:
        yield "<p>Points were lost for:</p><ul>"
        yield from (f"<li>{escape(about)}</li>" for about in lost)
        yield "</ul>"
    if score.comment and not score.to_be_read:  # the comment was about an earlier text
        yield f"<p>The grader says:</p>{_markdown(score.comment)}"
    if score.reason and not score.to_be_read:  # the reason, too
        yield f"<p>The points were changed by hand:</p>{_markdown(score.reason)}"
    if score.code:
        yield f"<p>The code of this question: <code>{score.code}</code></p>"
    yield "</div>"


def _body(notebook: NotebookNode) -> str:
    body, _ = _exporter().from_notebook_node(notebook)
    return str(body)


@cache
def _exporter() -> HTMLExporter:
    """Return the one exporter: its templates take longer to load than a page to write."""
    exporter = HTMLExporter(template_name="basic")
    exporter.register_filter("markdown2html", markdown_cell)
    # This filter looks for links as they were ten years ago; for many brackets it takes minutes.
    exporter.register_filter("strip_files_prefix", unchanged)
    # This filter cleans HTML, which takes most of a page's time. Pygments and `_Renderer` have
    # escaped all of it already.
    exporter.register_filter("clean_html", unchanged)
    return exporter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_folder(parser, "assignments", "where it is said what each test is about")
    add_folder(parser, "classroom", "where the results are and feedback/ will be")


def main(arguments: argparse.Namespace) -> int:
    """Write ``feedback/STUDENT/ASSIGNMENT.html`` for each submission."""
    classroom, written, failed = arguments.classroom, 0, 0
    known = {each.name: each for each in all_assignments(arguments.assignments)}
    # All results are compared with the hidden tests before the first page is written.
    found = [
        (result, losses(result, known[result.assignment]) if result.assignment in known else {})
        for result in read_results(classroom)
    ]
    seed = read_seed(classroom)
    with existing(classroom) as gradebook:
        for result, lost in found:
            try:
                _write(classroom, result, gradebook, lost, seed)
                written += 1
            # Any exception: whatever one notebook does to the exporter, the others get their pages.
            except Exception as error:
                failed += 1
                place = f"{result.assignment} of {result.student}"
                print(f"{place} has no page: {error}", file=sys.stderr)
    print(f"{written} pages: {(classroom / 'feedback').resolve()}")
    return 1 if failed else 0


def _write(
    classroom: Path,
    result: Result,
    gradebook: Gradebook,
    lost: Mapping[str, Sequence[str]],
    seed: int,
) -> None:
    student, name = result.student, result.assignment
    graded, notebook = {}, None
    if not result.problem:
        graded = scores(gradebook, student, name, seed)
        marked = home(classroom, student, name) / f"{name}.ipynb"
        notebook = nbformat.read(marked, as_version=4)
    path = classroom / "feedback" / student / f"{name}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(result, graded, notebook, lost), "utf-8")
