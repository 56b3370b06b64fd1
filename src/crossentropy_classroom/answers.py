"""What a student's process says, read with nothing in it taken on trust.

`runner` says what a message is made of, and in which order messages come.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossentropy_classroom.sandbox import Limits

__all__ = ["Answer", "Heard", "first_is_whole", "framed", "messages"]

# The longest header that is read of what a student's process sends.
HEADER = 4 << 20

# Numbers of up to eight bytes, in either byte order.
DTYPES = {np.dtype(order + kind).str for kind in "?bhiqBHIQefd" for order in "<>"}


Answer = NDArray[Any] | str

# Why a question has no answer in numbers.
UNANSWERED = "it was not answered"
FAULTS = {
    "missing": "there is nothing of this name",
    "slow": "it was too slow",
    "type": "it was no number, or no array of numbers",
    "large": "it was too large",
    "forbidden": "it called what the task forbids",
}

# The errors that are called by their name.
NAMED = {
    *("ArithmeticError", "AssertionError", "AttributeError", "EOFError", "FileNotFoundError"),
    *("FloatingPointError", "ImportError", "IndexError", "KeyError", "LinAlgError", "MemoryError"),
    *("ModuleNotFoundError", "NameError", "NotImplementedError", "OSError", "OverflowError"),
    *("RecursionError", "RuntimeError", "StopIteration", "SystemExit", "TypeError"),
    *("UnboundLocalError", "ValueError", "ZeroDivisionError"),
}


def framed(data: bytes) -> bytes:
    """Return what a student's process is told: its length in four bytes, and then itself."""
    return len(data).to_bytes(4, "big") + data


def first_is_whole(said: bytearray) -> bool:
    """Return whether the first message, which says that the cells have run, has all arrived."""
    return len(said) >= 4 and len(said) >= 4 + int.from_bytes(said[:4], "big")


class Heard:
    """What a student's process said: what its cells did, and what it answered.

    What the process says of its cells counts only if it was said before the questions were put: the
    student is shown what it said of its cells, and is not to be shown a question.

    Parameters
    ----------
    data : bytes
        All that the process said.
    questions : int
        How many questions were put.
    limits : Limits
        What the process may use up.
    before : int
        How many of the bytes were said before the questions were put.

    Attributes
    ----------
    cells : list of dict
        What happened in each code cell, as `crossentropy_classroom.result.Result` has it.
    answers : list of array or str
        The answer to each question, or in a few words why there is none in numbers.
    problem : str
        Why the process came to no end of its own, or "".
    """

    def __init__(self, data: bytes, questions: int, limits: Limits, before: int) -> None:
        self.cells: list[dict[str, Any]] = []
        self.answers: list[Answer] = [UNANSWERED] * questions
        self.problem = "ended before it had answered"
        try:
            for end, header, payload in messages(data, questions + 2):
                if "cells" in header and end <= before:
                    self.cells = self.cells or [_cell(c, limits) for c in _list(header["cells"])]
                elif "answer" in header:
                    position = header["answer"]
                    if type(position) is not int or not 0 <= position < questions:
                        raise ValueError(position)
                    self.answers[position] = _array(header, payload)
                elif "done" in header:
                    self.problem = ""
                    return
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
            self.problem = "sent back what cannot be read"


def messages(data: bytes, most: int) -> Iterator[tuple[int, dict[str, Any], bytes]]:
    """Yield each message: where it ends, its header and its bytes."""
    at = 0
    for _ in range(most):
        size = int.from_bytes(data[at : at + 4], "big")
        if size > HEADER:
            raise ValueError(size)
        if len(data) < at + 4 + size or not size:
            return  # the process was ended while it wrote this message
        header = json.loads(data[at + 4 : at + 4 + size])
        length = header["bytes"]
        if type(length) is not int or length < 0:
            raise ValueError(length)
        at += 4 + size + length
        if len(data) < at:
            return
        yield at, header, data[at - length : at]


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise TypeError("no list")
    return given


def _cell(given: Any, limits: Limits) -> dict[str, Any]:
    seconds = float(given["seconds"])
    return {
        "output": _text(given["output"], limits.output + 6),
        "error": _text(given["error"], 1200),
        "seconds": seconds if math.isfinite(seconds) else 0.0,
    }


def _text(given: Any, size: int) -> str:
    return str(given)[:size].encode(errors="replace").decode()


def _array(header: dict[str, Any], payload: bytes) -> Answer:
    """Return an answer as an array, or why there is none.

    The questions are known where this was said, and the student reads it. So it is one of a few.
    """
    if "problem" in header:
        if header["problem"] == "raised":
            name = header.get("name")
            return f"it raised {name}" if name in NAMED else "it raised an error"
        return FAULTS.get(header["problem"], UNANSWERED)
    dtype, shape = header["dtype"], _list(header["shape"])
    if dtype not in DTYPES or len(shape) > 32:
        raise ValueError(dtype)
    if any(type(length) is not int or length < 0 for length in shape):
        raise ValueError(shape)
    if math.prod(shape) * np.dtype(dtype).itemsize != len(payload):
        raise ValueError(shape)
    truth = dtype == "|b1"  # bytes: NumPy takes one that is neither 0 nor 1 for no truth value
    array: NDArray[Any] = np.frombuffer(payload, np.uint8 if truth else dtype).reshape(shape)
    return array.astype(bool) if truth else array
