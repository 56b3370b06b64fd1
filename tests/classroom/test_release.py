"""The student copies: no solution and no hidden test in them, and a master checked first."""

from __future__ import annotations

import argparse
import io
import re
import warnings
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.server_extensions.formgrader import handlers
from nbgrader.utils import compute_checksum
from traitlets.config import PyFileConfigLoader

from classroom.made import ENTROPY, HIDDEN, NAME, TESTED, master, write_assignment
from crossentropy_classroom import release
from crossentropy_classroom.assignments import load
from crossentropy_classroom.release import refuse_stub_that_raises, student_copy, zipped


def copy_of(folder: Path, notebook: NotebookNode, hidden: str = HIDDEN) -> NotebookNode:
    return student_copy(load(write_assignment(folder, notebook, hidden)))


@pytest.fixture
def copy(tmp_path: Path) -> NotebookNode:
    return copy_of(tmp_path, master())


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    (found,) = (cell for cell in notebook.cells if cell.id == name)
    return found


def test_solutions_are_gone_and_all_else_stays(copy: NotebookNode) -> None:
    assert cell(copy, "entropy").source == (
        "def entropy(p):\n    value = 0.0\n    # YOUR CODE HERE\n    return value"
    )
    assert cell(copy, "why").source == (
        "Prove that $\\log$ adds up.\n\n"
        "**Rubric.** 11 points: 4 for the definition, 7 for the last line.\n\n*Your answer here.*"
    )
    for name in ("heading", "test-entropy"):
        assert cell(copy, name).source == cell(master(), name).source
    assert [cell.id for cell in copy.cells] == [cell.id for cell in master().cells]


def test_tests_are_locked_and_signed_as_nbgrader_does(copy: NotebookNode) -> None:
    test = cell(copy, "test-entropy")
    assert (test.metadata.deletable, test.metadata.editable) == (False, False)
    assert test.metadata.nbgrader.checksum == compute_checksum(test)
    assert "editable" not in cell(copy, "entropy").metadata


def test_the_copy_has_a_kernel_and_knows_its_own_name(copy: NotebookNode) -> None:
    nbformat.validate(copy)
    assert copy.metadata.kernelspec.name == "python3"
    assert copy.metadata.crossentropy.assignment == NAME
    assert set(copy.metadata.crossentropy.locked) == {"setup", *TESTED}
    assert set(copy.metadata.crossentropy.written) == {"why"}


def test_the_copy_says_what_its_grader_has_beside_the_usual(tmp_path: Path) -> None:
    folder = write_assignment(tmp_path)
    assert student_copy(load(folder)).metadata.crossentropy.packages == []
    (folder / "packages.txt").write_text("seaborn>=0.13  # for pictures\nscikit-learn\n", "utf-8")
    assert student_copy(load(folder)).metadata.crossentropy.packages == ["scikit-learn", "seaborn"]


def test_outputs_of_the_master_are_left_behind(tmp_path: Path) -> None:
    notebook = master()
    cell(notebook, "test-entropy").execution_count = 3
    cell(notebook, "test-entropy").outputs = [nbformat.v4.new_output("stream", text="Correct.")]
    tested = cell(copy_of(tmp_path, notebook), "test-entropy")
    assert (tested.outputs, tested.execution_count) == ([], None)


def test_a_line_of_a_solution_is_found_wherever_it_went(tmp_path: Path) -> None:
    notebook = master()
    secret = f"value = {ENTROPY}"
    cell(notebook, "entropy").metadata["note"] = secret
    with pytest.raises(ValueError, match=re.escape(f"holds the line {secret!r}")):
        copy_of(tmp_path, notebook)
    notebook = master()
    cell(notebook, "heading").source += f"\n\n{secret}"  # here every student may read it
    assert secret in cell(copy_of(tmp_path, notebook), "heading").source


@pytest.mark.parametrize(
    ("name", "metadata_or_source", "message"),
    [
        ("why", {"points": 10}, "its points sum to 19, not to 20"),
        ("why", {"grade": False}, "it has no written answer"),
        ("entropy", "def entropy(p):\n    return 0.0", "solution cell 'entropy' has no '### BEGIN"),
        ("heading", "Ask yourself about four probabilities.", "holds what a hidden test is about"),
        ("heading", "### BEGIN SOLUTION\n1\n### END SOLUTION", "ClearSolutions: Solution region"),
        ("entropy", "### BEGIN SOLUTION\n1", "ClearSolutions: no end solution"),
        ("why", {"grade_id": "entropy"}, "CheckCellMetadata: "),
        ("heading", {"note": "### BEGIN HIDDEN TESTS"}, "holds 'BEGIN HIDDEN TESTS'"),
    ],
)
def test_a_master_that_is_not_fit_is_refused(
    name: str, metadata_or_source: dict[str, object] | str, message: str, tmp_path: Path
) -> None:
    notebook = master()
    if isinstance(metadata_or_source, str):
        cell(notebook, name).source = metadata_or_source
    else:
        marked = cell(notebook, name).metadata
        marked.get("nbgrader", marked).update(metadata_or_source)
    with pytest.raises(ValueError, match=message) as refused:
        copy_of(tmp_path, notebook)
    assert f"{NAME}.ipynb: " in str(refused.value)


def test_a_test_cell_without_hidden_tests_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"its hidden tests \{\}"):
        copy_of(tmp_path, master(), "TESTS = []")


def test_two_cells_with_one_id_are_refused(tmp_path: Path) -> None:
    notebook = master()
    text = nbformat.writes(notebook).replace('"id": "heading"', '"id": "why"')
    folder = write_assignment(tmp_path, notebook)
    (folder / f"{NAME}.ipynb").write_text(text, "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of `load`, which mends the ids
        assignment = load(folder)
    with pytest.raises(ValueError, match=rf"{NAME}.ipynb: Non-unique cell id 'why'"):
        student_copy(assignment)


def test_a_zip_is_the_same_bytes_each_time() -> None:
    one = zipped({"b.ipynb": b"2", "a.ipynb": b"1"})
    assert one == zipped({"a.ipynb": b"1", "b.ipynb": b"2"})
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert archive.namelist() == ["a.ipynb", "b.ipynb"]
        assert archive.read("b.ipynb") == b"2"
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def release_in(folder: Path) -> int:
    parser = argparse.ArgumentParser()
    release.add_arguments(parser)
    places = ["--assignments", str(folder / "assignments"), "--classroom", str(folder / "room")]
    return release.main(parser.parse_args(places))


def test_the_command_writes_copies_and_archives_and_nothing_else(tmp_path: Path) -> None:
    write_assignment(tmp_path / "assignments", master())
    assert release_in(tmp_path) == 0
    room = tmp_path / "room"
    files = {str(path.relative_to(room)) for path in room.rglob("*") if path.is_file()}
    copy = f"release/{NAME}/{NAME}.ipynb"
    archives = {f"release/{NAME}.zip", "release/all.zip"}
    assert files == {copy, *archives, "nbgrader_config.py"}
    text = (room / copy).read_text("utf-8")
    assert text == nbformat.writes(nbformat.reads(text, as_version=4)) + "\n"
    with zipfile.ZipFile(room / "release" / "all.zip") as archive:
        assert archive.namelist() == [f"{NAME}.ipynb"]
        assert archive.read(f"{NAME}.ipynb").decode() == text


def test_nbgraders_formgrader_finds_the_masters(tmp_path: Path) -> None:
    write_assignment(tmp_path / "assignments", master())
    release_in(tmp_path)
    config = PyFileConfigLoader("nbgrader_config.py", path=str(tmp_path / "room")).load_config()
    course = CourseDirectory(config=config, root=str(tmp_path / "room"))
    assert NbGraderAPI(course, config=config).get_source_assignments() == {NAME}
    # As the formgrader makes its exporter.
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    evil = "<script>alert(1)</script>"
    texts = (f"${{x^2}}$ {evil}", f"```mermaid\n</pre>{evil}\n```")
    cells = [*map(nbformat.v4.new_markdown_cell, texts), nbformat.v4.new_raw_cell(evil)]
    names = (
        "base_url",
        "notebook_path",
        "assignment_id",
        "notebook_id",
        "submission_id",
        "student",
    )
    page, _ = HTMLExporter(config=config).from_notebook_node(
        nbformat.v4.new_notebook(cells=cells),
        resources=dict.fromkeys(names, "") | {"index": 0, "total": 1},
    )
    assert "<msup>" in page
    assert "alert(1)" in page
    assert evil not in page


def test_a_refused_master_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no assignment in"):
        release_in(tmp_path)
    notebook = master()
    notebook.cells.pop()
    write_assignment(tmp_path / "assignments", notebook)
    with pytest.raises(ValueError, match="its points sum to 9, not to 20"):
        release_in(tmp_path)
    assert not (tmp_path / "room").exists()


def test_a_stub_that_raises_is_refused(
    tmp_path: Path, copy: NotebookNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a kernel: `test_check` shows what executing leaves in the cells."""
    error = nbformat.v4.new_output("error", ename="NameError", evalue="entropy", traceback=[])
    cell(copy, "test-entropy").outputs = [error]
    monkeypatch.setattr(release, "execute", lambda notebook, folder, timeout: notebook)
    with pytest.raises(ValueError, match="'test-entropy' of the student copy raises NameError"):
        refuse_stub_that_raises(load(write_assignment(tmp_path, master())), copy)
