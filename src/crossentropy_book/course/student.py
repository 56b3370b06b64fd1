"""The student edition: the book's sources without the solutions of its exercises.

``python -m crossentropy_book.course.student``, run in the book's folder, writes them into
``_build/student``. A book built there holds no solution in its pages, in the notebooks that the
pages offer, or in its search index; and the notebooks in it are what a teacher gives away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import copy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from sphinx_external_toc.parsing import parse_toc_yaml

__all__ = ["without_solutions", "write_student_edition"]

# A gate has its cell to itself, or begins the solution's first cell and ends its last one.
_START = re.compile(r"\s*[:`]{3,}\{solution-start\}")
_END = re.compile(r"[:`]{3,}\{solution-end\}\s*[:`]{3,}\s*\Z")
_DIRECTIVE = re.compile(r"\{solution(-start|-end)?\}")
_LABEL = re.compile(
    r"^:(?:label|name):\s*(\S+)|^\((\S+)\)=|\$\$\s*\((\S+)\)\s*$",  # directive, target, equation
    re.MULTILINE,
)


def without_solutions(notebook: NotebookNode) -> NotebookNode:
    r"""Return a copy of a notebook without its solutions, from gate to gate.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook whose solutions begin with a ``solution-start`` and end with a ``solution-end``
        directive, as sphinx-exercise defines them.

    Returns
    -------
    NotebookNode
        The other cells, unchanged.

    Raises
    ------
    ValueError
        If a solution is left open, is not gated, or shares a cell with what is none.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
    >>> start = new_markdown_cell(":::{solution-start} ex-sum\n:::")
    >>> end = new_markdown_cell(":::{solution-end}\n:::")
    >>> stub, solved = new_code_cell("answer = 0"), new_code_cell("answer = 1 + 1")
    >>> notebook = new_notebook(cells=[stub, start, solved, end])
    >>> [cell.source for cell in without_solutions(notebook).cells]
    ['answer = 0']
    """
    student = copy(notebook)
    student.cells = [cell for cell, is_solution in _marked(notebook) if not is_solution]
    return student


def _marked(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, bool]]:
    """Yield each cell, and whether it belongs to a solution."""
    opened = None
    for cell in notebook.cells:
        markdown = cell.source if cell.cell_type == "markdown" else ""
        starts, ends = bool(_START.match(markdown)), bool(_END.search(markdown))
        if len(_DIRECTIVE.findall(markdown)) != starts + ends:
            raise ValueError(f"cell {cell.id}: a solution must be gated by cells of its own")
        if starts and opened is not None:
            raise ValueError(f"cell {opened}: the solution that begins here has no end")
        if ends and opened is None and not starts:
            raise ValueError(f"cell {cell.id}: the solution that ends here has no beginning")
        opened = cell.id if starts else opened
        yield cell, opened is not None
        opened = None if ends else opened
    if opened is not None:
        raise ValueError(f"cell {opened}: the solution that begins here has no end")


def write_student_edition(book: Path) -> Path:
    """Write the sources of a book, without solutions, into its ``_build/student``.

    A file that would not change is not written again, so that the next build of the edition
    leaves its page as it is.

    Parameters
    ----------
    book : Path
        The folder of ``_config.yml`` and ``_toc.yml``.

    Returns
    -------
    Path
        The folder of the edition.

    Raises
    ------
    ValueError
        If a solution cannot be told from the rest, or a page refers to one.
    """
    edition = book / "_build" / "student"
    texts: dict[Path, str] = {}
    labels: set[str] = set()
    for path in _pages(book):
        texts[path], own = _student_page(book / path)
        labels |= own
    _refuse_dangling(texts, labels)
    wanted = {path: text.encode() for path, text in texts.items()}
    for path in _other_files(book, texts):
        wanted[path] = (book / path).read_bytes()
    for path, content in wanted.items():
        _write(edition / path, content)
    for path in _files(edition / "chapters"):
        if path.relative_to(edition) not in wanted:
            path.unlink()
    return edition


def _student_page(path: Path) -> tuple[str, set[str]]:
    """Return the text of a page without solutions, and the labels that went with them."""
    try:
        if path.suffix == ".ipynb":
            notebook = nbformat.read(path, as_version=4)
            solution = [cell.source for cell, is_solution in _marked(notebook) if is_solution]
            text = nbformat.writes(without_solutions(notebook)) + "\n"
            found = _LABEL.findall("\n".join(solution))
            return text, {label for groups in found for label in groups if label}
        text = path.read_text("utf-8")
        if _DIRECTIVE.search(text):
            raise ValueError("only a notebook may hold a solution")
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return text, set()


def _refuse_dangling(texts: Mapping[Path, str], labels: set[str]) -> None:
    for path, text in texts.items():
        for label in sorted(labels):
            if re.search(rf"(?<![\w-]){re.escape(label)}(?![\w-])", text):
                raise ValueError(f"{path} refers to {label!r}, which is part of a solution")


def _pages(book: Path) -> list[Path]:
    """Return the pages that the table of contents lists, relative to the book."""
    names = parse_toc_yaml(book / "_toc.yml")
    paths = [Path(f"{name}{suffix}") for name in names for suffix in (".ipynb", ".md")]
    # Pages that no table lists: the assignments, which hold no solution.
    handed_out = [path.relative_to(book) for path in sorted(book.glob("chapters/*/*.ipynb"))]
    return [path for path in [*paths, *handed_out] if (book / path).exists()]


def _other_files(book: Path, pages: Mapping[Path, str]) -> Iterator[Path]:
    """Yield what a build needs beside the pages. A notebook that is no page stays behind."""
    yield from (Path("_config.yml"), Path("_toc.yml"))
    for path in _files(book / "chapters"):
        if path.suffix != ".ipynb" and path.relative_to(book) not in pages:
            yield path.relative_to(book)


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _write(path: Path, content: bytes) -> None:
    if not (path.exists() and path.read_bytes() == content):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    write_student_edition(Path.cwd())
