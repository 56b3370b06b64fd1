"""The same value is the same answer to a visible test and to a hidden one; a wrong one says why."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crossentropy.exercises import Exercise
from crossentropy_classroom import runner
from crossentropy_classroom.answers import FAULTS, NAMED
from crossentropy_classroom.hidden import Hidden, judge

ROWS = np.array([[1.0, 3.0], [2.0, 2.0], [0.5, 0.25]])


def means(table: np.ndarray) -> np.ndarray:
    return table.mean(axis=1)


def both(function: Callable[..., Any]) -> tuple[str, str]:
    """Return what a visible test and a hidden one say of a function of a table."""
    said = Exercise(means, {}, [(ROWS,)]).judge(function)
    test = Hidden("cell", "means", 1, means, "means", lambda rng: [(ROWS,)])
    array, _ = runner.answered(function, (ROWS,))
    return said, judge([test], 0, [[FAULTS["type"] if array is None else array]])[0][0]


FORMS: dict[str, Callable[[np.ndarray], Any]] = {
    "list": lambda t: means(t).tolist(),
    "tuple": lambda t: tuple(means(t)),
    "generator": lambda t: (row.mean() for row in t),
    "map": lambda t: map(np.mean, t),
    "values of a dictionary": lambda t: {i: row.mean() for i, row in enumerate(t)}.values(),
    "fractions": lambda t: [Fraction(float(m)) for m in means(t)],
    "decimals": lambda t: np.array([Decimal(float(m)) for m in means(t)]),
    "objects": lambda t: means(t).astype(object),
    "single precision": lambda t: means(t).astype(np.float32) * np.float32(1 + 3e-6),
    "half precision": lambda t: means(t).astype(np.float16),
    "strings": lambda t: [str(m) for m in means(t)],
    "complex": lambda t: means(t) + 0j,
    "a column": lambda t: means(t)[:, None],
    "ragged": lambda t: [[1.0], [1.0, 2.0]],
    "none": lambda t: None,
    "a set": lambda t: set(means(t)),
    "too many": lambda t: [*means(t), 1.0],
    "a long integer": lambda t: [2, 2, 10**30],
    "an endless integer": lambda t: [2, 2, 10**400],
}


@pytest.mark.parametrize("form", FORMS)
def test_visible_and_hidden_tests_agree(form: str) -> None:
    visible, fault = both(FORMS[form])
    assert (visible == "Correct.") == (fault == ""), (visible, fault)


def test_what_is_right_in_another_form_is_right() -> None:
    assert [form for form in FORMS if both(FORMS[form])[1]] == [*FORMS][9:]


def fault(answer: Any, reference: Any = 0.5) -> str:
    return judge([Hidden("cell", "x", 1, reference, "x")], 0, [[answer]])[0][0]


def test_a_wrong_answer_says_of_which_kind_it_is_and_no_value() -> None:
    assert fault(np.array(0.5)) == fault(np.array([[0.5]])) == ""
    assert fault(np.array(0.7)) == "it was another value"
    assert fault(np.array(np.nan)) == "it was nan, which is not a number"
    assert fault(np.array([0.5, 0.5])) == "it had another shape"
    assert fault(np.array([0.5]), [0.5, 0.5]) == "it had another shape"
    assert fault("it was too slow") == "it was too slow"


class Silent(Exception):
    pass


def crash(table: np.ndarray) -> None:
    raise Silent


def test_the_program_in_the_sandbox_says_why_there_is_no_number() -> None:
    notebook = runner.Notebook({"answer": 0.2, "reply": 100}, runner.Tail(100))
    vars(notebook.module).update(
        crash=crash,
        divide=lambda t: 1 / 0,
        words=lambda t: "0.5",
        large=lambda t: np.zeros(100),
        slow=endless,
    )
    said = {
        name: notebook.answer(name, (ROWS,))[0]
        for name in ("crash", "divide", "words", "large", "slow", "nowhere")
    }
    assert said == {
        "crash": {"problem": "raised", "name": "Silent"},
        "divide": {"problem": "raised", "name": "ZeroDivisionError"},
        "words": {"problem": "type"},
        "large": {"problem": "large"},
        "slow": {"problem": "slow"},
        "nowhere": {"problem": "missing"},
    }
    assert "Silent" not in NAMED  # a name of the student's own could tell of the question


def endless(table: np.ndarray) -> None:
    while True:
        pass


def test_an_answer_that_waits_for_a_processor_is_not_called_slow() -> None:
    notebook = runner.Notebook({"answer": 1, "reply": 100}, runner.Tail(100))
    vars(notebook.module).update(waits=lambda t: time.sleep(1.2) or t[0])
    assert "problem" not in notebook.answer("waits", (ROWS,))[0]


def test_what_was_half_imported_is_imported_afresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "halfway"
    package.mkdir()
    (package / "__init__.py").write_text("from halfway import registry, slow")
    (package / "registry.py").write_text("seen = []")
    (package / "slow.py").write_text(
        "import time\nfrom halfway.registry import seen\nseen.append(1)\n"
        "if len(seen) > 1:\n    raise KeyError(seen)\n"
        f"import pathlib\nstop = pathlib.Path({str(tmp_path / 'stop')!r})\n"
        "if stop.exists():\n    time.sleep(60)\n"
    )
    (tmp_path / "stop").touch()
    monkeypatch.syspath_prepend(tmp_path)
    notebook = runner.Notebook({"cell": 0.3}, runner.Tail(1000))
    monkeypatch.setattr(sys, "stdout", notebook.output)
    assert "TooSlow: the cell took longer" in notebook.run(0, "import halfway")["error"]
    (tmp_path / "stop").unlink()
    assert notebook.run(1, "import halfway")["error"] == ""


def test_an_error_is_said_without_the_paths_of_who_grades() -> None:
    notebook = runner.Notebook({"cell": 20}, runner.Tail(4000))
    for source in ("%timeit no_such_name", "%nothing\n1 / 0", "Let $a$ be\n1", "def f(:"):
        said = notebook.run(0, source)
        assert said["error"], source
        assert "/" not in said["error"].replace("1 / 0", ""), said
        assert "Traceback" not in said["output"], said
