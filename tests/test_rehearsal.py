"""``crossentropy check``: what it says of a notebook, and what its exit code says."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from classroom.made import NAME, TESTED, write_assignment
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from crossentropy import rehearsal
from crossentropy_classroom.assignments import load
from crossentropy_classroom.release import student_copy

Change = Callable[[NotebookNode], object]
SILENT = "said neither that something is correct nor what is not."


@pytest.fixture
def copy(tmp_path: Path) -> NotebookNode:
    return student_copy(load(write_assignment(tmp_path / "assignments")))


def check_file(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Return the exit code, and what was printed."""
    parser = argparse.ArgumentParser()
    rehearsal.add_arguments(parser)
    code = rehearsal.main(parser.parse_args([str(path)]))
    return code, capsys.readouterr().out.splitlines()


def hand_in(notebook: NotebookNode, folder: Path, name: str = NAME) -> Path:
    path = folder / f"{name}.ipynb"
    path.write_text(nbformat.writes(notebook) + "\n", "utf-8")
    return path


def pretend(*outputs: NotebookNode) -> Callable[..., NotebookNode]:
    """Stand in for `execute`: the last test has these outputs, and the others are correct."""

    def executed(notebook: NotebookNode, folder: Path, timeout: float) -> NotebookNode:
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") in TESTED:
                cell.outputs = list(outputs) if cell.id == "test-bits" else [CORRECT]
        return notebook

    return executed


CORRECT = new_output("stream", text="Correct.\n")


def test_executed_for_real_it_says_what_is_right_and_what_raises_and_changes_no_file(
    copy: NotebookNode, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy.cells[5].source = "bits = 2"
    # An output of last week says nothing, and an error stops nothing.
    copy.cells.insert(1, new_code_cell("1 / 0", outputs=[CORRECT], execution_count=1))
    path = hand_in(copy, tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    code, lines = check_file(path, capsys)
    assert lines == [
        "The written answer why is still empty.",
        "Cell 2 raised ZeroDivisionError: division by zero",
        "test-entropy (cell 4): try entropy",
        f"test-entropy (cell 4) {SILENT}",
        "test-divergence (cell 6): try divergence",
        f"test-divergence (cell 6) {SILENT}",
        "test-bits (cell 8): Correct.",
        "Not ready yet.",
    ]
    assert code == 1
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def test_all_that_is_correct_is_ready(
    copy: NotebookNode,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(rehearsal, "execute", pretend(CORRECT))
    copy.cells[-1].source += " Once and once more."
    assert check_file(hand_in(copy, tmp_path), capsys) == (
        0,
        [
            "test-entropy (cell 3): Correct.",
            "test-divergence (cell 5): Correct.",
            "test-bits (cell 7): Correct.",
            "Everything that a machine can check here is correct.",
        ],
    )


@pytest.mark.parametrize(
    ("outputs", "line"),
    [
        ([], f"test-bits (cell 7) {SILENT}"),
        ([new_output("stream", text="Well.\n")], f"test-bits (cell 7) {SILENT}"),
        ([new_output("error", ename="E", evalue="no")], "test-bits (cell 7) raised E: no"),
        (
            [new_output("stream", text="a: Correct.\nb: Not yet: your answer is 1.\n")],
            "test-bits (cell 7): b: Not yet: your answer is 1.",
        ),
    ],
)
def test_whatever_a_test_says_but_correct_fails(
    outputs: list[NotebookNode],
    line: str,
    copy: NotebookNode,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(rehearsal, "execute", pretend(*outputs))
    code, lines = check_file(hand_in(copy, tmp_path), capsys)
    assert line in lines
    assert (code, lines[-1]) == (1, "Not ready yet.")


LACKS = (
    "The machine that grades has NumPy, SciPy, pandas, Matplotlib and crossentropy, and nothing is "
    "installed there: what needs {name} earns nothing."
)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import seaborn as sns", ["seaborn"]),
        ("%matplotlib inline\nfrom torch.nn import functional", ["torch"]),
        ("def entropy(p):\n    import sympy, numpy\n    return sympy.log(2)", ["sympy"]),
        ("if True:\n    import a.b\n    import a.c", ["a"]),
        ("try:\n    import seaborn\nexcept ImportError:\n    import polars", ["polars"]),
        ("try:\n    import seaborn\nexcept ValueError:\n    pass", ["seaborn"]),
        ("try:\n    import seaborn\nexcept (OSError, ModuleNotFoundError):\n    pass", []),
        ("try:\n    import seaborn\nexcept:\n    pass\nelse:\n    import torch", ["torch"]),
        ("from __future__ import annotations\nimport os.path, math, tomllib", []),
        ("import pandas, scipy.stats, matplotlib.pyplot as plt, crossentropy as ce", []),
        ("from IPython.display import Markdown\nfrom mpl_toolkits import mplot3d", []),
        ("from . import seaborn\n# import seaborn\n'import seaborn'", []),
        ("import seaborn (", []),
    ],
)
def test_an_import_that_the_grader_lacks_is_named(
    source: str,
    names: list[str],
    copy: NotebookNode,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(rehearsal, "execute", pretend(CORRECT))
    copy.cells[1].source = source
    code, lines = check_file(hand_in(copy, tmp_path), capsys)
    found = [line for line in lines if " imports " in line]
    assert found == [f"Cell 2 imports {name}. {LACKS.format(name=name)}" for name in names]
    assert code == bool(names)


def test_what_was_added_for_an_assignment_is_there_and_a_file_of_ones_own_is_not(
    copy: NotebookNode,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(rehearsal, "execute", pretend(CORRECT))
    copy.metadata.crossentropy["packages"] = ["seaborn", "scikit-learn"]
    copy.cells[1].source = "import seaborn, helper, sklearn"
    (tmp_path / "helper.py").touch()
    code, lines = check_file(hand_in(copy, tmp_path), capsys)
    assert [line for line in lines if " imports " in line] == [
        "Cell 2 imports helper, which lies beside this notebook. The notebook is graded alone: "
        "copy what you need of it into a cell."
    ]
    assert code == 1


PUT_BACK = (
    "Grading puts the original back; so should you: copy it from a fresh copy of the assignment."
)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            lambda copy: copy.cells[6].update(source="print('Correct.')"),
            f"The cell test-bits was changed. {PUT_BACK}",
        ),
        (
            lambda copy: copy.cells.pop(6),
            f"The cell test-bits is missing. {PUT_BACK}",
        ),
        (lambda copy: copy.cells.pop(), "The written answer why is missing."),
        (
            lambda copy: copy.metadata.pop("crossentropy"),
            "It does not say which assignment it is: its metadata is lost. Copy your answers into "
            "a fresh copy of the assignment.",
        ),
        (
            lambda copy: copy.cells.append(NotebookNode({**copy.cells[1], "id": "twin"})),
            "The cell entropy is there 2 times. Keep one: the last that you worked on is graded.",
        ),
        (
            lambda copy: copy.cells[6].metadata.pop("nbgrader"),
            f"The cell test-bits is missing. {PUT_BACK}",
        ),
    ],
)
def test_a_copy_that_was_tampered_with_is_told_so(
    change: Change,
    line: str,
    copy: NotebookNode,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(rehearsal, "execute", pretend(CORRECT))
    change(copy)
    code, lines = check_file(hand_in(copy, tmp_path), capsys)
    assert line in lines
    assert code == 1


def test_a_file_under_another_name_is_to_be_renamed(
    copy: NotebookNode,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(rehearsal, "execute", pretend(CORRECT))
    code, lines = check_file(hand_in(copy, tmp_path, f"{NAME} (1)"), capsys)
    assert f"It is called {NAME} (1).ipynb. Rename it to {NAME}.ipynb." in lines
    assert code == 1


def test_line_ends_of_another_system_change_no_test(copy: NotebookNode) -> None:
    test = copy.cells[6].source
    assert rehearsal.digest(test.replace("\n", "\r\n") + "\n") == rehearsal.digest(test)
    assert rehearsal.digest(test.replace("2", "3")) != rehearsal.digest(test)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b"{}", b"[]", b'{"nbformat": 4, "nbformat_minor": 5}']
)
def test_what_is_no_notebook_is_said_to_be_none(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"{NAME}.ipynb"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"{NAME}\.ipynb is no notebook that Jupyter can open"):
        check_file(path, capsys)


def test_a_file_that_is_not_there_is_said_to_be_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match=rf"{NAME}\.ipynb: No such file or directory"):
        check_file(tmp_path / f"{NAME}.ipynb", capsys)
