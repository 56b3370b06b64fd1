"""The feedback pages: points, words, and nothing that could run or give a test away."""

from __future__ import annotations

import argparse
import re
from html import escape
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from classroom.made import (
    HIDDEN,
    NAME,
    cell,
    enter,
    new_gradebook,
    write_assignment,
    write_result,
)
from crossentropy_classroom import feedback
from crossentropy_classroom.assignments import load
from crossentropy_classroom.feedback import LONGEST_OUTPUT, Score, page
from crossentropy_classroom.release import student_copy
from crossentropy_classroom.result import Result

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)
LOST = "four classes"


def run(classroom: Path) -> int:
    parser = argparse.ArgumentParser()
    feedback.add_arguments(parser)
    places = ["--classroom", str(classroom), "--assignments", str(classroom / "assignments")]
    return feedback.main(parser.parse_args(places))


def text_of(html: str) -> str:
    """Return what a reader sees, in one line."""
    body = BeautifulSoup(html, "html.parser").body
    return re.sub(r"\s+", " ", body.get_text(" "))


def page_of(notebook: NotebookNode, **cells: Score) -> str:
    written = nbformat.writes(notebook)
    return page(Result("eve", NAME), cells, nbformat.reads(written, as_version=4))


@pytest.fixture
def classroom(tmp_path: Path) -> Path:
    """A room with one student who has everything, one to be read and one without points."""
    copy = student_copy(load(write_assignment(tmp_path / "assignments")))
    with new_gradebook(tmp_path) as gradebook:
        enter(
            gradebook,
            "zoe",
            auto=(4, 1, 2),
            manual=6,
            comment="The *last* line of $2x$ is missing.",
        )
        enter(gradebook, "eve", auto=(4, 3, 2), manual=None)
    copy.cells[4].outputs = [new_output("stream", text="Not yet: your answer is 0.\n")]
    write_result(
        tmp_path,
        "zoe",
        copy,
        judged=[[""], ["", "it was too slow"], [""], [""]],
        repairs=["renamed <it>"],
    )
    write_result(tmp_path, "eve", copy, stopped="more than 60 seconds")
    write_result(tmp_path, "bob", problem="it is <no> notebook")
    return tmp_path


def test_a_student_reads_points_losses_and_comments(classroom: Path) -> None:
    assert run(classroom) == 0
    html = (classroom / "feedback" / "zoe" / f"{NAME}.html").read_text("utf-8")
    text = text_of(html)
    assert "13 of 20 points ." in text
    assert f"test-divergence: 1 of 3 points Points were lost for: {LOST} (it was too slow)" in text
    assert "why: 6 of 11 points The grader says: The last line of" in text
    assert "Not yet: your answer is 0." in text
    assert "renamed <it>" in text
    assert (
        "cell points test-entropy 4 of 4 test-divergence 1 of 3 test-bits" in text
    )  # in its order
    assert "<em>last</em>" in html
    assert "<math translate" in html
    # The verdict stands below the cell that it is about, and above the next.
    assert text.index("answer is 0") < text.index("lost for") < text.index("Prove that")


def test_what_is_to_be_read_has_no_number_yet(classroom: Path) -> None:
    run(classroom)
    text = text_of((classroom / "feedback" / "eve" / f"{NAME}.html").read_text("utf-8"))
    assert "9 of 20 points so far. Still to be read: why" in text
    assert "why: to be read, of 11 points" in text
    assert "came to no end of its own: more than 60 seconds" in text


def test_what_could_not_be_graded_is_no_zero(classroom: Path) -> None:
    run(classroom)
    text = text_of((classroom / "feedback" / "bob" / f"{NAME}.html").read_text("utf-8"))
    assert "could not be graded" in text
    assert "The reason: it is <no> notebook" in text
    assert not re.search(r"\d of \d", text)


def test_of_a_hidden_test_only_what_it_is_about_is_shown(classroom: Path) -> None:
    """Its questions and its reference are not even asked for: here, they would raise."""
    hidden = HIDDEN
    for value in ("return -(", "return (", "return [(", "rng: ["):
        before, after = value.split()
        hidden = hidden.replace(value, f"{before} 1 / 0 * {after}")
    assert hidden.count("1 / 0") == 4
    write_assignment(classroom / "assignments", hidden=hidden)
    assert run(classroom) == 0
    for path in (classroom / "feedback").rglob("*.html"):
        assert ("lost for" in path.read_text("utf-8")) == (path.parent.name == "zoe")
        assert "seven classes" not in path.read_text("utf-8")  # this test passed


def test_other_tests_than_those_that_graded_are_refused(classroom: Path) -> None:
    write_result(classroom, "zoe", judged=[[""]])
    with pytest.raises(ValueError, match="has other hidden tests now; grade it again"):
        run(classroom)


def test_nothing_that_a_student_wrote_can_run() -> None:
    evil = "<script>steal()</script><img src=x onerror=steal()>"
    url = "[a](javascript:steal())"
    code = new_code_cell(f"# {evil}", metadata={"tags": ["points"], "verdict": evil})
    code.outputs = [
        new_output("display_data", {"text/html": evil, "text/plain": evil}, metadata={"a": evil}),
        new_output("display_data", {"image/svg+xml": f"<svg>{evil}</svg>"}),
        new_output("display_data", {"application/javascript": "steal()", "text/latex": evil}),
        new_output("stream", text=evil),
        new_output("error", ename=evil, evalue=evil, traceback=[evil]),
    ]
    cells = [
        code,
        new_markdown_cell(f"{evil}\n\nso {evil} {url} ${evil}$ $\\text{{{evil}}}$"),
        new_raw_cell(evil, metadata={"raw_mimetype": "text/html"}),
    ]
    html = page_of(new_notebook(cells=cells))
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.select("script, img, svg, iframe, [onerror], a[href^=javascript]")
    assert "default-src 'none'" in soup.select_one("meta[http-equiv]")["content"]
    assert soup.body.get_text().count("steal()") >= 6  # it is there, to be read


def test_nothing_is_asked_of_another_host(classroom: Path) -> None:
    run(classroom)
    for path in (classroom / "feedback").rglob("*.html"):
        assert "http" not in path.read_text("utf-8").replace("http-equiv", "")


def test_pictures_and_attachments_are_shown() -> None:
    code = new_code_cell("plot()", outputs=[new_output("display_data", {"image/png": PIXEL})])
    attached = {"scan.png": {"image/png": PIXEL}}
    scan = new_markdown_cell("![my proof](attachment:scan.png)", attachments=attached)
    lost = new_markdown_cell("![another](attachment:lost.png)")
    soup = BeautifulSoup(page_of(new_notebook(cells=[code, scan, lost])), "html.parser")
    assert [image["src"][:22] for image in soup.select("img")] == ["data:image/png;base64,"] * 2
    assert "another" in soup.body.get_text()


def test_an_endless_output_is_clipped() -> None:
    flood = [new_output("stream", text="x" * 100_000) for _ in range(60)]
    code = new_code_cell("flood()", outputs=flood)
    html = page_of(new_notebook(cells=[code]))
    assert len(html) < 2 * feedback.MOST_OUTPUTS * LONGEST_OUTPUT
    assert "and 90,000 characters more" in html


def test_a_forged_verdict_looks_like_what_it_is() -> None:
    said = '<div class="points">20 of 20</div>'
    forged = cell("test-entropy", said, markdown=True, grade=True)
    forged.metadata["verdict"] = True
    html = page_of(new_notebook(cells=[forged]), other=Score(0, 20, False, ""))
    assert not BeautifulSoup(html, "html.parser").select("div.points")


def test_one_page_that_fails_does_not_keep_the_others(
    classroom: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_result(classroom, "adam")  # of whom the gradebook has never heard
    assert run(classroom) == 1
    printed = capsys.readouterr()
    assert f"{NAME} of adam has no page: No such submission" in printed.err
    assert printed.out.startswith("3 pages: ")


@pytest.mark.parametrize(
    "source",
    [
        "$" + r"\sqrt" * 20_000 + "x$",  # deep enough to end the process
        r"\begin{a}" * 20_000,
        "\\\\[" * 20_000,
        "```mermaid\n</pre><script>alert(1)</script>\n```",
    ],
    ids=["deep", "begin", "brackets", "mermaid"],
)
def test_a_text_that_nobody_would_write_is_shown_as_it_is(source: str) -> None:
    notebook = new_notebook(cells=[new_markdown_cell(source), new_markdown_cell("$x^2$")])
    html = page_of(notebook)
    assert "<script>" not in html
    assert "<msup>" in html
    assert f"<pre>{escape(source.removeprefix('```mermaid').strip())[:40]}" in html


def test_a_program_that_nobody_would_write_is_shown_as_it_is() -> None:
    # Pygments takes a minute for it.
    notebook = new_notebook(cells=[new_code_cell("a." * 40_000 + "1"), new_code_cell("def f(): 1")])
    html = page_of(notebook)
    assert "<pre>a.a.a." in html
    assert 'class="k">def</span>' in html
