"""What ``crossentropy check`` says of a notebook before it is handed in.

It executes the notebook as a grader's machine would, from a fresh kernel and from top to bottom,
and says what the visible tests say. It knows no hidden test, needs no nbgrader, and changes no
file.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.warnings import DuplicateCellId

__all__ = [
    "PACKAGES",
    "Finding",
    "add_arguments",
    "digest",
    "execute",
    "findings",
    "main",
    "released_cells",
]

# What the machine that grades has beside Python's own library, by the name that is imported.
PACKAGES = {
    "numpy": "NumPy",
    "scipy": "SciPy",
    "pandas": "pandas",
    "matplotlib": "Matplotlib",
    "crossentropy": "crossentropy",
}

# What comes with those.
ALONG = {"IPython", "ipywidgets", "mpl_toolkits", "pylab"}

# A line for IPython, which is no Python.
MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """One sentence about a notebook, and whether it speaks against handing it in."""

    text: str
    good: bool


def digest(source: str) -> str:
    """Return a number for the text of a cell, whatever ends its lines."""
    text = "\n".join(line.rstrip() for line in source.strip().splitlines())
    return hashlib.sha256(text.encode()).hexdigest()


def released_cells(notebook: NotebookNode) -> dict[str, Any]:
    """Return the digests of the locked cells and of the empty written answers of a student copy.

    ``release`` leaves them in the notebook's metadata, for `findings` to compare with.
    """
    found: dict[str, dict[str, str]] = {"locked": {}, "written": {}}
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("solution"):
            if mark.get("grade"):
                found["written"][mark["grade_id"]] = digest(cell.source)
        elif mark.get("grade") or mark.get("locked"):
            found["locked"][mark["grade_id"]] = digest(cell.source)
    return found


def execute(notebook: NotebookNode, folder: Path, timeout: float) -> NotebookNode:
    """Return an executed copy of a notebook; a cell that raises stops nothing.

    Parameters
    ----------
    notebook : NotebookNode
        What to execute. It stays as it is.
    folder : Path
        Where its code runs.
    timeout : float
        Seconds for a cell. One that takes longer is interrupted.

    Raises
    ------
    ValueError
        If the kernel dies, or a cell cannot be interrupted.
    """
    executed = deepcopy(notebook)
    for cell in executed.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    client = NotebookClient(
        executed,
        timeout=timeout,
        kernel_name="python3",
        allow_errors=True,
        interrupt_on_timeout=True,
        extra_arguments=["--log-level=ERROR"],  # a kernel's own warnings are not the student's
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except (DeadKernelError, CellTimeoutError) as error:
        begun = [i for i, cell in enumerate(executed.cells, 1) if cell.get("execution_count")]
        place = f"cell {begun[-1]}" if begun else "the first cell"
        raise ValueError(f"Python stopped at {place}, or soon after it") from error
    return executed


def findings(path: Path, timeout: float) -> Iterator[Finding]:
    """Yield what there is to say about a notebook, in the order of its cells.

    Parameters
    ----------
    path : Path
        The notebook.
    timeout : float
        Seconds for a cell.

    Raises
    ------
    ValueError
        If it is no notebook, or could not be executed to its end.
    """
    notebook = _read(path)
    yield from _about_the_copy(notebook, path)
    more = notebook.metadata.get("crossentropy", {}).get("packages", [])
    for number, cell in enumerate(execute(notebook, path.parent, timeout).cells, start=1):
        if cell.cell_type == "code":
            yield from _about_imports(cell, number, path.parent, more)
            yield from _about_code(cell, number)


def _read(path: Path) -> NotebookNode:
    try:
        with warnings.catch_warnings():
            # nbformat gives a copied cell a new id; its warning is of no use to a student.
            warnings.simplefilter("ignore", DuplicateCellId)
            notebook: NotebookNode = nbformat.read(path, as_version=4)
            nbformat.validate(notebook)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise ValueError(f"{path} is no notebook that Jupyter can open: {first[:100]}") from error
    return notebook


def _about_the_copy(notebook: NotebookNode, path: Path) -> Iterator[Finding]:
    """Compare a notebook with what was handed out, as its metadata remembers it."""
    released = notebook.metadata.get("crossentropy")
    if released is None:
        yield Finding(
            "It does not say which assignment it is: its metadata is lost. Copy your answers into "
            "a fresh copy of the assignment.",
            False,
        )
        return
    name = f"{released['assignment']}.ipynb"
    if path.name != name:
        yield Finding(f"It is called {path.name}. Rename it to {name}.", False)
    marked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    now = {cell.metadata.nbgrader.get("grade_id"): digest(cell.source) for cell in marked}
    copies = Counter(cell.metadata.nbgrader.get("grade_id") for cell in marked)
    for copied, count in copies.items():
        if count > 1:
            yield Finding(
                f"The cell {copied} is there {count} times. Keep one: the last that you worked on "
                "is graded.",
                False,
            )
    for locked, was in released["locked"].items():
        if now.get(locked) != was:
            done = "was changed" if locked in now else "is missing"
            yield Finding(
                f"The cell {locked} {done}. Grading puts the original back; so should you: copy "
                "it from a fresh copy of the assignment.",
                False,
            )
    for answer, was in released["written"].items():
        if answer not in now:
            yield Finding(f"The written answer {answer} is missing.", False)
        elif now[answer] == was:
            # An empty written answer is no reason to fail: no program here can judge a written one.
            yield Finding(f"The written answer {answer} is still empty.", True)


def _about_imports(
    cell: NotebookNode, number: int, folder: Path, more: Sequence[str]
) -> Iterator[Finding]:
    """Name what a cell imports and the machine that grades lacks."""
    try:
        tree = ast.parse(MAGIC.sub(r"\1pass", cell.source))
    except SyntaxError:  # which is said where the cell is executed
        return
    there = {*PACKAGES, *ALONG, *sys.stdlib_module_names, *_modules_of(more)}
    names = (name.partition(".")[0] for name in _imported(tree))
    for name in dict.fromkeys(name for name in names if name not in there):
        if (folder / f"{name}.py").is_file() or (folder / name).is_dir():
            yield Finding(
                f"Cell {number} imports {name}, which lies beside this notebook. The notebook is "
                "graded alone: copy what you need of it into a cell.",
                False,
            )
        else:
            *most, last = [*PACKAGES.values(), *more]
            yield Finding(
                f"Cell {number} imports {name}. The machine that grades has {', '.join(most)} and "
                f"{last}, and nothing is installed there: what needs {name} earns nothing.",
                False,
            )


def _modules_of(packages: Sequence[str]) -> set[str]:
    """Return what is imported of packages: scikit-learn's module is sklearn, if it is here."""
    asked = {name.casefold().replace("-", "_") for name in packages}
    by_module = metadata.packages_distributions() if packages else {}
    return asked | {
        module
        for module, names in by_module.items()
        if asked.intersection(name.casefold().replace("-", "_") for name in names)
    }


def _imported(node: ast.AST) -> Iterator[str]:
    """Yield what is imported below a node, and not in a ``try`` that is ready for it to fail."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.Import):
            yield from (alias.name for alias in part.names)
        elif isinstance(part, ast.ImportFrom) and not part.level:
            yield part.module or ""
        elif isinstance(part, ast.Try) and any(map(_expects_it, part.handlers)):
            rest = ast.Module([*part.orelse, *part.finalbody], [])
            yield from (name for other in (*part.handlers, rest) for name in _imported(other))
        else:
            yield from _imported(part)


def _expects_it(handler: ast.ExceptHandler) -> bool:
    caught = [] if handler.type is None else ast.walk(handler.type)
    names = {node.id for node in caught if isinstance(node, ast.Name)}
    return not names or bool(names & {"ImportError", "ModuleNotFoundError", "Exception"})


def _about_code(cell: NotebookNode, number: int) -> Iterator[Finding]:
    mark = cell.metadata.get("nbgrader", {})
    is_test = mark.get("grade", False) and not mark.get("solution", False)
    place = f"{mark.get('grade_id')} (cell {number})" if is_test else f"Cell {number}"
    for output in cell.outputs:
        if output.output_type == "error":
            error = f"{output.ename}: {output.evalue}".rstrip(": ")
            yield Finding(f"{place} raised {error}", False)
    if is_test:
        text = "".join(out.text for out in cell.outputs if out.output_type == "stream")
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        for line in lines:
            yield Finding(f"{place}: {line}", "Not yet" not in line)
        if not any(line.endswith("Correct.") or "Not yet" in line for line in lines):
            yield Finding(f"{place} said neither that something is correct nor what is not.", False)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("notebook", type=Path, help="the notebook, for example 1-entropy.ipynb")
    parser.add_argument(
        "--timeout",
        type=float,
        default=120.0,
        metavar="SECONDS",
        help="how long a cell may take (default: %(default)g)",
    )


def main(arguments: argparse.Namespace) -> int:
    """Say what the visible tests say; return 0 only if all of it is good."""
    good = True
    for finding in findings(arguments.notebook, arguments.timeout):
        print(finding.text, flush=True)
        good &= finding.good
    print("Everything that a machine can check here is correct." if good else "Not ready yet.")
    return 0 if good else 1
