"""Codes of questions: how a student names a question to the teacher.

A code stands for one graded cell of one student, such as ``K7MQ4-R9TX6``. It is made from the
teacher's seed, so it is the same whenever it is made, and tells nobody whose it is. No vowel and no
two signs that look alike are in it, and its last sign finds every wrong sign and every two that
changed places.
"""

from __future__ import annotations

import hashlib
import hmac

__all__ = ["code_of", "read_code"]

# 23 of them, a prime number: that is what makes the last sign find so much.
SIGNS = "346789BCDFGHJKMPQRTVWXY"
LENGTH = 10


def code_of(seed: int, student: str, assignment: str, cell: str) -> str:
    """Return the code of a graded cell of a student.

    Parameters
    ----------
    seed : int
        The teacher's seed.
    student, assignment, cell : str
        Whose it is, of what, and its ``grade_id``.

    Examples
    --------
    >>> code_of(1, "ann", "1-entropy", "test-bars")
    'DGXPG-MMB9Q'
    """
    about = "\0".join((student, assignment, cell)).encode()
    number = int.from_bytes(hmac.digest(str(seed).encode(), about, hashlib.sha256))
    signs = ""
    for _ in range(LENGTH - 1):
        number, sign = divmod(number, len(SIGNS))
        signs += SIGNS[sign]
    signs += _check(signs)
    return f"{signs[: LENGTH // 2]}-{signs[LENGTH // 2 :]}"


def read_code(typed: str) -> str:
    """Return a code as `code_of` writes it, however somebody typed it.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> read_code("dgxpgmmb9q")
    'DGXPG-MMB9Q'
    """
    signs = typed.upper().replace("-", "")
    if len(signs) != LENGTH or not set(signs) <= set(SIGNS) or _check(signs[:-1]) != signs[-1]:
        raise ValueError(f"{typed!r} is no code of a question; it was mistyped")
    return f"{signs[: LENGTH // 2]}-{signs[LENGTH // 2 :]}"


def _check(signs: str) -> str:
    """Return the last sign, as the ISBN of ten digits has it: a sum with other weights each."""
    total = sum(weight * SIGNS.index(sign) for weight, sign in enumerate(signs, 1))
    return SIGNS[total % len(SIGNS)]
