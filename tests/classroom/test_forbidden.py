"""What a task forbids to call: seen when it is called, and named where it is not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from scipy import stats

import crossentropy
from classroom import made
from crossentropy.exercises import Exercise
from crossentropy.exercises._exercise import called
from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.forbidden import unseen_calls
from crossentropy_classroom.repair import repair

NAMES = ("entropy",)
EVEN = np.full(4, 0.25)


class Renamed:
    h = staticmethod(crossentropy.entropy)


def entropy(p: np.ndarray) -> Any:
    return -np.sum(p * np.log(p))


@pytest.mark.parametrize(
    "call",
    [
        crossentropy.entropy,
        Renamed.h,
        partial(crossentropy.entropy, base=2),
        stats.entropy,
        lambda p: [crossentropy.entropy(p) for _ in range(2)],
        lambda p: getattr(crossentropy, "ent" + "ropy")(p),
        crossentropy.perplexity,  # which asks for it
    ],
)
def test_a_call_is_seen_by_whatever_name(call: Callable[[np.ndarray], Any]) -> None:
    with called(NAMES) as found:
        call(EVEN)
    assert found == {"entropy"}


@pytest.mark.parametrize(
    "call", [entropy, crossentropy.surprisal, lambda p: crossentropy.kl_divergence(p, p)]
)
def test_what_is_the_students_own_or_is_allowed_is_not(
    call: Callable[[np.ndarray], Any],
) -> None:
    with called(NAMES) as found:
        call(EVEN)
    assert found == set()
    with called(()) as found:
        crossentropy.entropy(EVEN)
    assert found == set()


def test_the_visible_test_says_what_was_called() -> None:
    test = Exercise(entropy, {}, [(EVEN,)], without=NAMES)
    assert test.judge(entropy) == "Correct."
    assert test.judge(crossentropy.entropy) == (
        "Not yet: your function calls `entropy`, and the task asks you to do without."
    )


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return made.assignment(tmp_path_factory.mktemp("assignments"))


OWN = "    return (p * np.log(p / q)).sum()"
HEAD = "def divergence(p, q):\n"


@pytest.mark.parametrize(
    ("source", "named"),
    [
        (f"{HEAD}    kl_divergence\n{OWN}", True),
        (f"{HEAD}    ce.kl_divergence\n{OWN}", True),
        (f"{HEAD}    from crossentropy import kl_divergence as d\n    d(p, q)\n{OWN}", True),
        (f"from crossentropy import kl_divergence as d\n{HEAD}    d(p, q)\n{OWN}", True),
        ("divergence = ce.kl_divergence", True),
        (f"from crossentropy import kl_divergence\n{HEAD}{OWN}", False),  # and not named in it
        (f"def kl_divergence(p, q):\n{OWN}\n{HEAD}    return kl_divergence(p, q)", False),
        (f"{HEAD}    kl_divergence = 0\n    return kl_divergence", False),
        (f"{HEAD}    # kl_divergence\n{OWN}", False),
        (f"{HEAD}    return kl_divergence(p, q)\n{HEAD}{OWN}", False),  # the last is in force
        ("def f(:", False),
    ],
)
def test_what_is_named_and_not_called_is_for_a_person(
    source: str, named: bool, assignment: Assignment
) -> None:
    data = made.nbformat.writes(made.solved(divergence=source)).encode()
    notebook, _ = repair(data, assignment)
    lines = list(unseen_calls(notebook, assignment, [[""]] * 4))
    said = "names kl_divergence, which the task forbids, and no call of it was seen"
    assert lines == ([f"cell 4: divergence {said}"] if named else [])
    seen = [[""], ["it called kl_divergence, which the task forbids"], [""], [""]]
    assert list(unseen_calls(notebook, assignment, seen)) == []
