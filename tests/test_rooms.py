"""The rooms of the house: who may import whom, in which direction, and from where else."""

from __future__ import annotations

import ast
import functools
import graphlib
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import NamedTuple

import pytest
from test_project import PROJECTS

SRC = Path(__file__).parent.parent / "src"

# What each room of `crossentropy` may import of the others. Arrows point down only.
HELPER = "information likelihood softmax classifier coding derivation _validation"
BELOW = {
    "_extras": "",
    "_mathml": "",
    "_threads": "",
    "_validation": "",
    "information": "_validation",
    "likelihood": "information _validation",
    "softmax": "information _validation _threads",
    "classifier": "softmax information _validation",
    "coding": "information _validation",
    "arithmetic": "_validation",
    "data": "",
    "derivation": "_mathml _validation",
    "exercises": HELPER,
    "figures": f"{HELPER} _extras",
    "widgets": f"{HELPER} _extras _mathml data",
    "rehearsal": "",
    "__main__": "rehearsal _extras",
    "__init__": f"{HELPER} exercises",
}
# Rooms that a bare install has no packages for.
EXTRA = {"_mathml", "figures", "rehearsal", "widgets"}
BARE = {"numpy", "scipy"}


class Import(NamedTuple):
    """`module` imports `imported`, when it is itself imported or only `inside` a function."""

    module: str
    imported: str
    inside: bool

    @property
    def arrow(self) -> str:
        return f"{self.module} -> {self.imported}"


@functools.cache
def sources() -> dict[str, str]:
    """The text of each module, by its name; that of a package ends in `.__init__`."""
    return {
        ".".join(path.relative_to(SRC).with_suffix("").parts): path.read_text("utf-8")
        for path in SRC.rglob("*.py")
    }


def package(module: str) -> str:
    return module.partition(".")[0]


def room(module: str) -> str:
    return module.split(".")[1]


def imports(texts: dict[str, str]) -> list[Import]:
    """Every import, inside functions too; of a module of ours, by its name in `texts`."""
    return [
        Import(module, name, inside)
        for module, text in texts.items()
        for node, inside in _statements(text)
        for name in _names(node, module, texts)
    ]


@functools.cache
def _statements(text: str) -> list[tuple[ast.AST, bool]]:
    """The import statements of a module, and whether each is inside a function."""

    def below(node: ast.AST, inside: bool) -> Iterator[tuple[ast.AST, bool]]:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, inside
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                yield from below(child, inside)

    return list(below(ast.parse(text), False))


def _names(node: ast.AST, module: str, texts: dict[str, str]) -> Iterator[str]:
    def ours(name: str) -> str:
        # In a page each stand-in has the name of what it stands in for.
        beside = f"{module.rpartition('.')[0]}.{name}"
        if ".stand_ins." in module and beside in texts:
            return beside
        return f"{name}.__init__" if f"{name}.__init__" in texts else name

    if isinstance(node, ast.Import):
        for alias in node.names:
            yield ours(alias.name)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{module} has a relative import"
        for alias in node.names:
            part = ours(f"{node.module}.{alias.name}")
            yield part if part in texts else ours(str(node.module))


# --- the rules: each returns the arrows that break it -------------------------------------------


def between_packages(texts: dict[str, str]) -> list[str]:
    """The book's extension and the grader stand on the helper, and not on each other."""
    return [
        i.arrow
        for i in imports(texts)
        if package(i.imported) in PROJECTS
        and package(i.imported) not in {package(i.module), "crossentropy"}
    ]


def from_the_course(texts: dict[str, str]) -> list[str]:
    """What any book may switch on needs nothing of this one: of the helper, only its formulas."""
    return [
        i.arrow
        for i in imports(texts)
        if package(i.module) == "crossentropy_book"
        and room(i.module) != "course"
        and package(i.imported) in PROJECTS
        and (
            room(i.imported) == "course"
            if package(i.imported) == "crossentropy_book"
            else i.imported != "crossentropy._mathml"
        )
    ]


def upwards(texts: dict[str, str]) -> list[str]:
    """Within `crossentropy` arrows point down."""
    return [
        i.arrow
        for i in imports(texts)
        if package(i.module) == package(i.imported) == "crossentropy"
        and room(i.imported) not in {room(i.module), *BELOW[room(i.module)].split()}
    ]


def circles(texts: dict[str, str]) -> list[str]:
    """No module needs itself in the end."""
    graph: dict[str, set[str]] = {module: set() for module in texts}
    for i in imports(texts):
        if i.imported in texts:
            graph[i.module].add(i.imported)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as circle:
        return [" <- ".join(circle.args[1])]
    return []


def undeclared(texts: dict[str, str]) -> list[str]:
    """What a package imports of others, it asks for by name."""
    of = packages_distributions()
    found = []
    for i in imports(texts):
        top = package(i.imported)
        if top in PROJECTS or top in sys.stdlib_module_names:
            continue
        if not {_normal(name) for name in of.get(top, [top])} & declared(package(i.module)):
            found.append(i.arrow)
    return found


def too_early(texts: dict[str, str]) -> list[str]:
    """A bare install imports the helper: NumPy, SciPy, and what Python has."""
    return [
        i.arrow
        for i in imports(texts)
        if package(i.module) == "crossentropy"
        and not i.inside
        and room(i.module) not in EXTRA
        and (
            room(i.imported) in EXTRA
            if package(i.imported) == "crossentropy"
            else package(i.imported) not in {*BARE, *sys.stdlib_module_names}
        )
    ]


@functools.cache
def declared(name: str) -> set[str]:
    """The distributions that a package asks for by name, with those of its own extras."""
    project = PROJECTS[name]
    extras = project["optional-dependencies"]
    if name == "crossentropy":
        wanted = [*project["dependencies"], *extras["notebook"]]
    else:
        wanted = [*project["dependencies"], *(w for extra in extras.values() for w in extra)]
    return {_normal(re.match(r"[\w.-]+", requirement)[0]) for requirement in wanted}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


RULES = [between_packages, from_the_course, upwards, circles, undeclared, too_early]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule) -> None:
    assert rule(sources()) == []


def test_every_room_is_in_the_plan_and_every_package_is_read() -> None:
    assert {room(module) for module in sources() if package(module) == "crossentropy"} == set(BELOW)
    assert {package(module) for module in sources()} == set(PROJECTS)
    assert set(BELOW) > EXTRA


@pytest.mark.parametrize(
    ("rule", "module", "line"),
    [
        (between_packages, "crossentropy.coding", "import crossentropy_book"),
        (between_packages, "crossentropy.coding", "from crossentropy_classroom import hidden"),
        (between_packages, "crossentropy_book.icons", "from crossentropy_classroom import hidden"),
        (between_packages, "crossentropy_classroom.hidden", "import crossentropy_book.icons"),
        (from_the_course, "crossentropy_book.assets", "import crossentropy_book.course.pdf"),
        (from_the_course, "crossentropy_book.math", "from crossentropy import widgets"),
        (upwards, "crossentropy.information", "from crossentropy.softmax import softmax"),
        (upwards, "crossentropy.information", "from crossentropy import softmax"),
        (upwards, "crossentropy.softmax", "import crossentropy.classifier"),
        (upwards, "crossentropy.likelihood", "def f():\n    from crossentropy import widgets"),
        (upwards, "crossentropy.widgets.predict", "from crossentropy.figures.style import label"),
        (upwards, "crossentropy.figures.style", "from crossentropy.widgets import Predict"),
        (upwards, "crossentropy.exercises.softmax", "import crossentropy"),
        (circles, "crossentropy.widgets._modules", "import crossentropy.widgets.predict"),
        (circles, "crossentropy._validation", "def f():\n    import crossentropy.information"),
        (undeclared, "crossentropy.coding", "def f():\n    import pytest"),
        (undeclared, "crossentropy_book.icons", "import nbgrader"),
        (undeclared, "crossentropy_classroom.hidden", "from docutils import nodes"),
        (too_early, "crossentropy.coding", "import matplotlib.pyplot as plt"),
        (too_early, "crossentropy.exercises.softmax", "from sklearn import metrics"),
        (too_early, "crossentropy.derivation", "from crossentropy._mathml import to_mathml"),
        (too_early, "crossentropy.coding", "try:\n    import anywidget\nexcept E:\n    pass"),
    ],
)
def test_a_broken_rule_is_seen(rule, module, line) -> None:
    text = sources()[module]
    assert rule({**sources(), module: f"{text}\n{line}\n"}) != rule(sources())
