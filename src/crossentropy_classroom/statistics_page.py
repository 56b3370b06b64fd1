"""``statistics``: a page on what the class made of each question, for the teacher alone."""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from statistics import mean, median

from crossentropy_classroom._files import add_folder, write_whole
from crossentropy_classroom.assignments import Assignment, all_assignments
from crossentropy_classroom.feedback import losses
from crossentropy_classroom.gradebook import Graded, existing, graded
from crossentropy_classroom.items import Item, Mistake, Summary, summary
from crossentropy_classroom.notebooks import grade_id
from crossentropy_classroom.pages import page
from crossentropy_classroom.result import Result, home, read_results
from crossentropy_classroom.written import own_cells

__all__ = ["add_arguments", "main", "of_class", "render"]

# What a visible test says of a mistake that it knows.
NAMED = re.compile(r"what you get if you (.{1,120}?)\.(?:\s|$)")

# Mistakes of a question that are listed.
MOST_MISTAKES = 12

STYLE = """
.bar { display: flex; height: 1.5rem; margin: 0.5rem 0 0.25rem; border: 1px solid var(--text); }
.bar span { display: block; }
.full, .columns span { background: var(--blue); }
.part { background: repeating-linear-gradient(45deg, var(--blue) 0 3px, var(--page) 3px 7px); }
.zero { background: var(--red); }
.blank { background: repeating-linear-gradient(90deg, var(--red) 0 1px, var(--page) 1px 6px); }
.pending { background: var(--page); }
.key { display: flex; flex-wrap: wrap; gap: 0 1rem; margin: 0; padding: 0; list-style: none; }
.key i { display: inline-block; width: 0.85rem; height: 0.85rem; margin-right: 0.35rem;
  border: 1px solid var(--text); vertical-align: -0.1rem; }
figure { margin: 1rem 0; }
figcaption { color: var(--quiet); }
.columns { display: flex; align-items: flex-end; gap: 2px; height: 7rem;
  border-bottom: 1px solid var(--text); }
.columns span { flex: 1; min-height: 1px; }
.scale { display: flex; justify-content: space-between; }
.quarters { display: flex; flex-wrap: wrap; gap: 0 1.5rem; align-items: center; }
.quarters div:first-child { width: 15rem; }
.quarters figcaption { flex: 1 12rem; }
.quarters .columns { height: 5rem; gap: 0.5rem; }
.quarters .scale span { flex: 1; text-align: center; }
.item { border-top: 1px solid var(--line); padding-top: 0.25rem; }
.mistakes { padding: 0; list-style: none; }
.mistakes li { margin: 0.5rem 0; overflow-wrap: anywhere; }
.mistakes b { display: block; height: 0.5rem; background: var(--red); }
"""


def of_class(
    assignment: Assignment,
    questions: Iterable[Graded],
    results: Iterable[Result],
    classroom: Path,
) -> Summary:
    """Return what the class made of an assignment.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    questions : iterable of Graded
        What stands in the gradebook.
    results : iterable of Result
        What came of each submission.
    classroom : Path
        Where the graded notebooks are.
    """
    worth = {mark["grade_id"]: float(mark["points"]) for mark in assignment.graded_cells()}
    own: dict[str, dict[str, float | None]] = defaultdict(dict)
    for each in questions:
        if each.assignment == assignment.name and each.cell in worth:
            own[each.student][each.cell] = None if each.pending else each.points
    whole = [
        result
        for result in results
        if result.assignment == assignment.name
        and not result.problem
        and own.get(result.student, {}).keys() == worth.keys()
    ]
    solutions = _solutions(assignment)
    return summary(
        assignment.name,
        worth,
        [own[result.student] for result in whole],
        [{c for c in worth if solutions[c] and solutions[c] <= {*r.blank}} for r in whole],
        [_named(result, assignment, classroom) for result in whole],
    )


def _solutions(assignment: Assignment) -> dict[str, set[str]]:
    """Return the cells that a student works on, by question."""
    released = assignment.released
    return {
        grade_id(cell): {grade_id(each) for each in own_cells(released, place)} - {""}
        for place, cell in enumerate(released.cells)
        if cell.metadata.get("nbgrader", {}).get("grade")
    }


def _named(result: Result, assignment: Assignment, classroom: Path) -> dict[str, list[str]]:
    """Return the mistakes that the tests of a submission named, hidden ones and visible ones."""
    found = {
        cell: [f"Failed: {each}" for each in each]
        for cell, each in losses(result, assignment).items()
    }
    file = home(classroom, result.student, assignment.name) / f"{assignment.name}.ipynb"
    for cell in json.loads(file.read_text("utf-8"))["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        said = "".join("".join(output.get("text", "")) for output in cell.get("outputs", []))
        if mistake := NAMED.search(said):
            found.setdefault(name, []).append(f"Its visible test said: you {mistake[1]}")
    return found


def render(summaries: Sequence[Summary]) -> str:
    """Return the page."""
    body = [
        "<p>This page is for you. It names no student.</p>",
        "<p>The <em>rest</em> of a question is the sum of a student's points for the other "
        "questions of the assignment. <em>r</em> says how the points of a question go with the "
        "rest: near 1, who has more elsewhere has more here; near 0, this question has little to "
        "do with the others; below 0, look at the question, and at its tests.</p>",
    ]
    for each in summaries:
        body += _assignment(each)
    return page("What the class made of each question", STYLE, "\n".join(body))


def _assignment(found: Summary) -> Iterator[str]:
    yield f"<h2>{escape(found.assignment)}</h2>"
    yield f"<p>Handed in and graded: {found.students}."
    if to_come := found.students - len(found.totals):
        yield f"With points to come: {to_come}."
    if found.totals:
        yield (
            f"Of the {len(found.totals)} others, the mean is {mean(found.totals):.1f} of "
            f"{found.max:g} points, the median {median(found.totals):.1f}."
        )
    yield "</p>"
    if found.unread:
        yield (
            f"<p>Mostly to be read yet, and so in nobody's rest: {escape(', '.join(found.unread))}."
            "</p>"
        )
    if len(found.totals) > 1:
        yield _totals(found)
    for item in found.items:
        yield from _item(item)


def _totals(found: Summary) -> str:
    """Return a picture of how many students have how many points."""
    size = max(1, round(found.max))
    counts = [0] * (size + 1)
    for total in found.totals:
        counts[min(size, max(0, round(total)))] += 1
    words = (
        f"Totals from {found.totals[0]:g} to {found.totals[-1]:g}, "
        f"most often {counts.index(max(counts))}"
    )
    return (
        f'<figure><div role="img" aria-label="{words} points"><div class="columns">'
        f"{_columns([count / max(counts) for count in counts])}</div>"
        f'<div class="scale"><span>0</span><span>{size / 2:g}</span><span>{size}</span></div></div>'
        f"<figcaption>Students by their total, rounded to whole points. The highest column has "
        f"{max(counts)}.</figcaption></figure>"
    )


def _columns(heights: Iterable[float]) -> str:
    return "".join(f'<span style="height:{100 * height:.1f}%"></span>' for height in heights)


def _item(item: Item) -> Iterator[str]:
    yield f'<section class="item"><h3>{escape(item.cell)}</h3>'
    average = "nothing of it is read yet" if item.mean is None else f"mean {item.mean:.2f}"
    r = f"no r, for {item.why}" if item.correlation is None else f"r = {_signed(item.correlation)}"
    yield f"<p>{average} of {item.max:g} points; {r}</p>"
    yield _shares(item)
    if item.quarters:
        yield _quarters(item)
    if item.mistakes:
        count = item.full + item.part + item.zero + item.blank + item.pending
        yield '<h4>Mistakes that were named</h4><ul class="mistakes">'
        yield from (_mistake(each, count) for each in item.mistakes[:MOST_MISTAKES])
        yield "</ul>"
        if len(item.mistakes) > MOST_MISTAKES:
            more = len(item.mistakes) - MOST_MISTAKES
            yield f'<p class="quiet">And {more} kinds that are rarer.</p>'
    yield "</section>"


def _signed(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")


def _shares(item: Item) -> str:
    """Return a bar of how many have all points, some, none, and so on, with its numbers."""
    kinds = {
        "full": ("all points", item.full),
        "part": ("some", item.part),
        "zero": ("none", item.zero),
        "blank": ("not worked on", item.blank),
        "pending": ("to be read", item.pending),
    }
    there = {kind: (words, n) for kind, (words, n) in kinds.items() if n}
    bar = "".join(
        f'<span class="{kind}" style="flex:{n}"></span>' for kind, (_, n) in there.items()
    )
    count = sum(n for _, n in there.values())
    key = "".join(
        f'<li><i class="{kind}"></i>{words} {n} ({100 * n / count:.0f} %)</li>'
        for kind, (words, n) in there.items()
    )
    return f'<div class="bar" aria-hidden="true">{bar}</div><ul class="key">{key}</ul>'


def _quarters(item: Item) -> str:
    shares = [f"{100 * share:.0f} %" for share in item.quarters]
    return (
        f'<figure class="quarters"><div><div class="columns" aria-hidden="true">'
        f'{_columns(item.quarters)}</div><div class="scale">'
        f"{''.join(f'<span>{share}</span>' for share in shares)}</div></div>"
        "<figcaption>The share of its points that each quarter of the class has, from the lowest "
        "rest to the highest.</figcaption></figure>"
    )


def _mistake(mistake: Mistake, count: int) -> str:
    share = 100 * mistake.count / count
    students = "1 student" if mistake.count == 1 else f"{mistake.count} students"
    rest = ""
    if mistake.rest_with is not None and mistake.rest_without is not None:
        rest = (
            f"; the mean rest with it is {mistake.rest_with:.1f}, "
            f"without it {mistake.rest_without:.1f}"
        )
    return (
        f'<li>{escape(mistake.words)}<b style="width:{share:.1f}%"></b>'
        f'<span class="quiet">{students} ({share:.0f} %){rest}</span></li>'
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_folder(parser, "assignments", "where it is said what each test is about")
    add_folder(parser, "classroom", "where the results are and statistics.html will be")


def main(arguments: argparse.Namespace) -> int:
    """Write ``statistics.html``."""
    classroom = arguments.classroom
    results = read_results(classroom)
    with existing(classroom) as gradebook:
        questions = graded(gradebook)
    found = [
        of_class(assignment, questions, results, classroom)
        for assignment in all_assignments(arguments.assignments)
    ]
    path = classroom / "statistics.html"
    write_whole(path, render([each for each in found if each.students]))
    print(f"The statistics: {path.resolve()}")
    return 0
