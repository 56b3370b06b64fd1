"""Notebooks whose code is alike: planted pairs are found, people who worked alone are not."""

from __future__ import annotations

import argparse
import copy
import re
import stat
from collections.abc import Iterable
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from playwright.sync_api import Browser

from classroom.honest import HONEST
from classroom.made import cell
from crossentropy_classroom import likeness_page
from crossentropy_classroom.assignments import Assignment, load
from crossentropy_classroom.likeness import RUNS_ENOUGH, alike, runs
from crossentropy_classroom.likeness_page import marked
from crossentropy_classroom.notebooks import grade_id
from crossentropy_classroom.result import Result, home, keep

ROOT = Path(__file__).parent.parent.parent

# What a student chose to call something.
CHOSEN = re.findall(
    r"\w+",
    """
row total h n result h_before h_after everything p logs rows keep after ordered table shares
frame weights column series hits q spent joint a k ell s surprise split unsplit beginnings
nlogn prior posterior tree node letter word w probs terms mask H_kind H_rest first second
lengths asked kind given kraft clash u v i j b assumed mean bits_used good_rows
""",
)


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    return load(ROOT / "assignments" / "1-entropy")


def code(cells: Iterable[NotebookNode]) -> list[str]:
    return [each.source for each in cells if each.cell_type == "code"]


def students() -> dict[str, list[str]]:
    return {words.partition(":")[0]: list(cells.values()) for words, cells in HONEST.items()}


def disguised(cells: list[str]) -> list[str]:
    """Rename what can be renamed, turn the order round, and write other comments."""
    names = {name: f"my_{number}" for number, name in enumerate(CHOSEN)}
    pattern = re.compile(rf"(?<!\.)\b({'|'.join(CHOSEN)})\b(?!=)")
    hidden = []
    for source in reversed(cells):
        source = pattern.sub(lambda found: names[found[1]], re.sub(r"#.*", "", source))
        source = re.sub(r":\n", ":  # all my own work\n", source)
        source = re.sub(r"(def .*\n)", r"\1    '''What I thought of.'''\n\n", source)
        hidden.append(source)
    return hidden


@pytest.mark.parametrize("victim", sorted(students()))
def test_a_planted_pair_is_found_and_nobody_else(victim: str, assignment: Assignment) -> None:
    class_ = students()
    class_["thief"] = disguised(class_[victim])
    assert not {cell for cell in class_["thief"] if "def" in cell} & {*class_[victim]}
    given = code(assignment.master().cells)
    (pair,) = alike(class_, given)
    assert {pair.first, pair.second} == {victim, "thief"}
    assert 0.8 < pair.likeness <= 1
    class_["thief"] = class_["thief"][:3] + class_["hana" if victim != "hana" else "ana"][:3]
    pairs = alike(class_, given)
    assert {victim, "thief"} in [{pair.first, pair.second} for pair in pairs]


def test_who_worked_alone_is_not_listed(assignment: Assignment) -> None:
    given = code(assignment.master().cells)
    assert alike(students(), given) == []
    names = sorted(students())
    assert all(
        alike({a: students()[a], b: students()[b]}, given) == [] for a in names for b in names
    )


def test_what_the_master_or_most_of_the_class_has_is_no_likeness(assignment: Assignment) -> None:
    class_, master = students(), code(assignment.master().cells)
    class_["ida"] = class_["jan"] = master
    assert alike(class_, master) == []
    assert [{pair.first, pair.second} for pair in alike(class_, [])] == [{"ida", "jan"}]
    everybody = {name: [*cells, *students()["gus"]] for name, cells in students().items()}
    everybody["gus"] = ["pass"]
    assert alike(everybody, master) == []
    everybody["thief"] = everybody["ana"]
    (pair,) = alike(everybody, master)
    assert not pair.shared & {text for text, _ in runs(students()["gus"])}


def test_two_who_have_little_are_not_alike() -> None:
    little = "answer = sum(n * len(w) for n, w in zip(counts, words)) / sum(counts)"
    class_ = {**students(), "kim": [little], "lea": [little]}
    assert 0 < len({text for text, _ in runs([little])}) < RUNS_ENOUGH
    assert alike(class_, []) == []


def test_what_is_no_python_is_compared_as_far_as_it_goes() -> None:
    whole = (
        "%matplotlib inline\n!pip install x\n" + HONEST["ben: numpy with where"]["row-entropies"]
    )
    broken = whole + "\nif (:\n   '''\n  x"
    assert {text for text, _ in runs([whole])} <= {text for text, _ in runs([broken])}
    assert list(runs(["(" * 5000, "\0", "", "€ = ?", "'''"])) != []
    assert list(runs(["x = [" + "1, " * 10**6])) != []


def test_the_shared_stretches_are_marked_and_nothing_else() -> None:
    source = "a = 1\nfor k in range(3):\n    t = f(k) + g(k) < 5\nprint(a)"
    lines = source.split("\n")
    other = "\n".join(["z = '<b>'", *lines[1:3], "print(z, z)"])
    shared = frozenset(text for text, _ in runs([source])) & {text for text, _ in runs([other])}
    for text, last in ((source, "print(a"), (other, "print(z")):
        (html,) = marked(["b = 2", text], shared)
        found = BeautifulSoup(html, "html.parser")
        assert found.get_text() == text
        (mark,) = found.select("mark")
        assert mark.get_text().split("\n") == [*lines[1:3], last]


@pytest.fixture
def classroom(tmp_path: Path, assignment: Assignment) -> Path:
    people = {words.partition(":")[0]: dict(cells) for words, cells in HONEST.items()}
    changed = disguised(list(people["eva"].values()))
    people["thief & <co>"] = dict(zip(reversed(people["eva"]), changed, strict=True))
    for student, cells in people.items():
        notebook = copy.deepcopy(assignment.released)
        for each in notebook.cells:
            each.source = cells.get(grade_id(each), each.source)
        notebook.cells.append(cell("mine", "print('\u202e<script>')"))
        keep(tmp_path, Result(student, assignment.name))
        file = home(tmp_path, student, assignment.name) / f"{assignment.name}.ipynb"
        file.write_text(nbformat.writes(notebook), "utf-8")
    keep(tmp_path, Result("zoe", assignment.name, problem="it is no notebook"))
    return tmp_path


def run(classroom: Path) -> str:
    parser = argparse.ArgumentParser()
    likeness_page.add_arguments(parser)
    places = ["--classroom", str(classroom), "--assignments", str(ROOT / "assignments")]
    assert likeness_page.main(parser.parse_args(places)) == 0
    return (classroom / "likeness.html").read_text("utf-8")


def test_the_page_shows_the_pair_side_by_side_and_is_no_verdict(
    classroom: Path, browser: Browser
) -> None:
    html = run(classroom)
    page = BeautifulSoup(html, "html.parser")
    assert "This is a list to look at, and no verdict." in page.get_text()
    (pair,) = page.select("section.pair")
    assert [each.get_text() for each in pair.select("h3, h4")] == [
        *("eva and thief & <co>", "eva", "thief & <co>"),
    ]
    assert all(side.select("pre mark") for side in pair.select(".sides > div"))
    assert "Notebooks: 9. Pairs that are alike: 1." in page.get_text()
    assert not page.select("script")
    assert run(classroom) == html
    modes = [stat.S_IMODE((classroom / name).stat().st_mode) for name in ("likeness.html",)]
    (classroom / "other").write_text("", "utf-8")
    assert modes == [stat.S_IMODE((classroom / "other").stat().st_mode)]
    for width, scheme in ((390, "dark"), (1366, "light")):
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        tab = context.new_page()
        tab.goto((classroom / "likeness.html").as_uri())
        assert Axe().run(tab).response["violations"] == []
        assert tab.evaluate("document.documentElement.scrollWidth") == width
        context.close()


def test_where_nothing_was_graded_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no results; grade submissions first"):
        run(tmp_path)
