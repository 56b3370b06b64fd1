"""Cells of a page, run as its worker runs them; no browser is needed for that."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib import pyplot

from crossentropy_book.live.session import Session


@pytest.fixture
def sent() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def session(sent: list[dict[str, Any]]) -> Session:
    return Session(sent.append)


def test_what_a_cell_prints_and_its_last_value_are_shown_in_their_order(session, sent) -> None:
    assert session.run("x = 6\nprint('six')\ndisplay(x)\nprint('and')\nx * 7")
    assert [message["type"] for message in sent] == ["stream", "display", "stream", "display"]
    assert sent[0] == {"type": "stream", "name": "stdout", "text": "six\n"}
    assert sent[3]["data"] == {"text/plain": "42"}


@pytest.mark.parametrize("source", ["", "# nothing", "x = 1", "None", "1 + 1;"])
def test_a_cell_without_a_value_shows_nothing(session, sent, source) -> None:
    assert session.run(source)
    assert sent == []


def test_cells_share_their_names_and_stdout_is_given_back(session, sent, capsys) -> None:
    assert session.run("def twice(x):\n    return 2 * x")
    assert session.run("print(twice(21))")
    print("outside")
    assert [message["text"] for message in sent] == ["42\n"]
    assert capsys.readouterr().out == "outside\n"


def test_an_error_has_the_lines_of_cells_and_no_machinery(session, sent) -> None:
    session.run("def invert(x):\n    return 1 / x")
    assert not session.run("print('before')\ninvert(0)")
    assert sent[0]["text"] == "before\n"
    lines = sent[1]["text"].splitlines()
    assert lines[0].strip() == "This cell, line 2"
    assert lines[1].strip() == "invert(0)"
    assert lines[2].strip() == "Another cell, line 2, in invert"
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert "session" not in sent[1]["text"]


def test_an_error_inside_a_package_is_told_by_the_line_that_called_it(session, sent) -> None:
    session.run("import json\njson.loads('{')")
    assert "line 2" in sent[0]["text"]
    assert "decoder.py" not in sent[0]["text"]
    assert "JSONDecodeError" in sent[0]["text"]


@pytest.mark.parametrize("source", ["def f(:", "raise SystemExit(3)", "exit()", "1 +", "  x = 1"])
def test_no_cell_ends_the_session(session, sent, source) -> None:
    assert not session.run(source)
    assert sent[-1]["type"] == "error"
    assert session.run("1 + 1")


def test_a_cell_that_prints_without_end_does_not_drown_the_page(session, sent) -> None:
    session.run("for i in range(100_000):\n    print(i, 'is a number')")
    text = "".join(message["text"] for message in sent)
    assert len(text) < 101_000
    assert text.endswith("which this page leaves out.\n")


def test_lines_arrive_while_a_cell_runs(session, sent) -> None:
    session.run("import time\nprint('first')\ntime.sleep(0.11)\nprint('second')\nprint('last')")
    assert [message["text"] for message in sent] == ["first\nsecond\n", "last\n"]


def test_objects_show_their_best_side(session, sent) -> None:
    session.run("class Loud:\n    def _repr_html_(self):\n        return '<b>!</b>'")
    session.run("Loud()")
    assert sent[0]["data"]["text/html"] == "<b>!</b>"
    session.run("Loud")  # the class itself is no such object
    assert "text/html" not in sent[1]["data"]
    session.run("from crossentropy import Derivation\nDerivation('One').step('1', 1)")
    assert '<table class="derivation">' in sent[2]["data"]["text/html"]


def test_a_figure_of_pyplot_is_shown_once_and_closed(session, sent) -> None:
    assert session.run("from matplotlib import pyplot\npyplot.plot([1, 2]);")
    (message,) = sent
    assert message["data"]["image/png"].startswith("iVBOR")
    assert pyplot.get_fignums() == []
