"""What a task forbids to call: named in a cell, though no call of it was seen.

Where a function calls what its task forbids, by whatever name, the program that answers sees it and
the answer is none. Here the cells are read, not run. Who names it and is not seen to call it may
have tried something else, or hides it: a person looks.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.hidden import Hidden, forbidden

__all__ = ["unseen_calls"]

# Characters of a notebook's programs that are read here: a syntax tree is large.
MOST_READ = 200_000


def unseen_calls(
    notebook: NotebookNode, assignment: Assignment, judged: Sequence[Sequence[str]]
) -> Iterator[str]:
    """Yield a line for each function that names what its task forbids, and was not seen to call it.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook as it was graded.
    assignment : Assignment
        What it is of.
    judged : sequence of sequences of str
        What was wrong with each answer to each hidden test.
    """
    # One test stands for all tests of its function.
    tests = {test.name: test for test in assignment.tests if test.without}
    pairs = zip(assignment.tests, judged, strict=True)
    seen = {test.name for test, faults in pairs if forbidden(test) in faults}
    unseen = [name for name in tests if name not in seen]
    programs = sum(len(cell.source) for cell in notebook.cells if cell.cell_type == "code")
    if unseen and programs > MOST_READ:
        yield "its programs are too long to be searched for what the task forbids"
        return
    trees = {at: _tree(cell) for at, cell in enumerate(notebook.cells, 1)} if unseen else {}
    for name in unseen:
        for at, function in _defined(name, trees):
            if found := sorted(_named(function, tests[name], trees)):
                yield (
                    f"cell {at}: {name} names {' and '.join(found)}, which the task forbids, and "
                    "no call of it was seen"
                )


def _tree(cell: NotebookNode) -> ast.Module:
    """Return a cell as a syntax tree; an empty one if it is no Python."""
    try:
        return ast.parse(cell.source if cell.cell_type == "code" else "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _defined(name: str, trees: dict[int, ast.Module]) -> list[tuple[int, ast.stmt]]:
    """Return the last statement that defines a name, and its cell."""
    found = [(at, part) for at, tree in trees.items() for part in tree.body if name in _makes(part)]
    return found[-1:]


def _makes(statement: ast.stmt) -> set[str]:
    """Return the names that a statement defines where it stands."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return {
        node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)
    }


def _named(statement: ast.stmt, test: Hidden, trees: dict[int, ast.Module]) -> set[str]:
    """Return which of the forbidden functions a statement names, by their own name or another."""
    statements = [part for tree in trees.values() for part in tree.body]
    own = {name for part in statements for name in _makes(part)}
    other = {
        alias.asname or alias.name: alias.name
        for part in [*statements, *ast.walk(statement)]
        if isinstance(part, ast.ImportFrom)
        for alias in part.names
        if alias.name in test.without
    }
    # What the student defines under the same name is the student's.
    other |= {name: name for name in test.without if name not in own}
    local = {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    } | {node.arg for node in ast.walk(statement) if isinstance(node, ast.arg)}
    found = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and node.id in other.keys() - local:
            found.add(other[node.id])
        elif isinstance(node, ast.Attribute) and node.attr in test.without:
            found.add(node.attr)
    return found
