"""The visible tests of the assignments: what is right as numbers, and no function that finds them.

A student has this package, and so has whatever runs a student's notebook. A reference that could
be called would be a solution. So the functions stay beside the masters, in
``assignments/NAME/visible.py``, and ``python -m crossentropy_classroom record`` leaves what they
return here.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crossentropy.exercises._exercise import Case, Exercise, Judge, Outcome, Value
from crossentropy.exercises.named import NAMED

__all__ = ["Recorded", "assignments", "recording"]

RECORDINGS = Path(__file__).parent / "recorded"


@dataclass(frozen=True)
class Recorded(Judge):
    """What an answer is held against, where the reference is not at hand.

    Parameters
    ----------
    arguments : sequence of str
        The names of the arguments.
    recorded : sequence of Case
        What was recorded.
    digits, rtol, compared, pure, without
        See `Judge`.
    """

    arguments: Sequence[str]
    recorded: Sequence[Case]

    def names(self) -> list[str]:
        """Return the names of the arguments."""
        return list(self.arguments)

    def cases(self) -> Sequence[Case]:
        """Return what was recorded."""
        return self.recorded


@functools.cache
def assignments() -> dict[str, Recorded]:
    """Return the visible tests of every assignment, as ``"1-entropy/row-entropies"``."""
    return {
        f"{path.stem}/{name}": _read(recorded)
        for path in sorted(RECORDINGS.glob("*.json"))
        for name, recorded in json.loads(path.read_text("utf-8")).items()
    }


def recording(exercises: Mapping[str, Exercise]) -> str:
    """Return what the objects of an assignment hold for right and for wrong, as JSON."""
    written = {name: _written(exercise) for name, exercise in exercises.items()}
    return json.dumps(written, indent=1, ensure_ascii=False) + "\n"


def _written(exercise: Exercise) -> dict[str, Any]:
    return {
        "arguments": exercise.names(),
        "rtol": exercise.rtol,
        "pure": exercise.pure,
        "without": list(exercise.without),
        "compared": exercise.compared and exercise.compared.__name__,
        "cases": [
            {
                "arguments": [_kept(argument) for argument in case.arguments],
                "right": _kept_outcome(case.right),
                "mistakes": {words: _kept_outcome(out) for words, out in case.mistakes.items()},
            }
            for case in exercise.cases()
        ],
    }


def _read(recorded: dict[str, Any]) -> Recorded:
    cases = [
        Case(
            tuple(_restored(argument) for argument in case["arguments"]),
            _restored_outcome(case["right"]),
            {words: _restored_outcome(out) for words, out in case["mistakes"].items()},
        )
        for case in recorded["cases"]
    ]
    return Recorded(
        recorded["arguments"],
        cases,
        rtol=recorded["rtol"],
        pure=recorded["pure"],
        without=tuple(recorded["without"]),
        compared=NAMED.get(recorded["compared"]),
    )


def _kept(argument: Any) -> Any:
    if isinstance(argument, np.ndarray):
        return {"array": argument.tolist(), "dtype": argument.dtype.name}
    if callable(argument):
        return {"function": argument.__name__}
    return argument


def _restored(argument: Any) -> Any:
    if isinstance(argument, dict) and "function" in argument:
        return NAMED[argument["function"]]
    if isinstance(argument, dict):
        return np.array(argument["array"], dtype=argument["dtype"])
    return argument


def _kept_outcome(outcome: Outcome) -> dict[str, Any]:
    if outcome.value is None:
        return {"raised": outcome.raised}
    return {"value": _kept_value(outcome.value)}


def _kept_value(value: Value) -> Any:
    if isinstance(value, tuple):
        return {"parts": [_kept_value(part) for part in value]}
    return value.tolist()


def _restored_outcome(kept: dict[str, Any]) -> Outcome:
    if "value" not in kept:
        return Outcome(raised=kept["raised"])
    return Outcome(_restored_value(kept["value"]))


def _restored_value(kept: Any) -> Value:
    if isinstance(kept, dict):
        return tuple(_restored_value(part) for part in kept["parts"])
    return np.array(kept, dtype=np.float64)
