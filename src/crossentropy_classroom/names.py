"""What learning management systems and browsers do to names, undone.

================== ===========================================================
Canvas             ``smithjohn_12345_67890_1-entropy.ipynb``, all in one folder; what was typed
                   there, ``smithjohn_12345_text.html``; of students without names,
                   ``anon_Kx9Qz_67890_1-entropy.ipynb``
Moodle             ``Ann Lee_123_assignsubmission_file/1-entropy.ipynb``, or in one folder
                   ``Ann Lee_123_assignsubmission_file_1-entropy.ipynb``
Google Forms       ``1-entropy - Ann Lee.ipynb``, all in one folder
a second copy      ``1-entropy-1.ipynb``, ``1-entropy (1).ipynb``, ``1-entropy-Copy1.ipynb``,
                   ``Copy of 1-entropy.ipynb``
================== ===========================================================
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

__all__ = ["Sender", "copy_number", "sender"]

CANVAS = re.compile(
    r"(?P<student>.+?)_(?:LATE_)?(?P<number>\d+)_(?:\d+_|(?=(?:text|link)\.html$))(?P<rest>.+)",
    re.IGNORECASE,
)
ANONYMOUS = re.compile(
    r"(?:LATE_)?(?P<student>anon_[a-z0-9]+)(?P<number>)_(?:LATE_)?\d+_(?P<rest>.+)", re.IGNORECASE
)
MOODLE = re.compile(
    r"(?P<student>.+)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)"
)
GOOGLE = re.compile(r"(?P<rest>.+) - (?P<student>[^-]+)\.(?P<ending>\w+)")

COPY = r"(?:copy of )*{name}(?:[ _-]*(?:copy)?[ _]*\(?(?P<number>\d*)\)?)"


class Sender(NamedTuple):
    """Who sent a file or a folder, by what a system made of its name.

    Two of one name are told apart by the number.
    """

    student: str
    number: str
    rest: str


def sender(name: str, assignments: Collection[str]) -> Sender | None:
    """Return who sent a file or a folder of this name, or None if no system named it.

    Examples
    --------
    >>> sender("smithjohn_LATE_12345_67890_1-entropy-2.ipynb", ["1-entropy"])
    Sender(student='smithjohn', number='12345', rest='1-entropy-2.ipynb')
    >>> sender("Ann Lee_123_assignsubmission_file", ["1-entropy"])
    Sender(student='Ann Lee', number='123', rest='')
    >>> sender("1-entropy - Ann Lee.ipynb", ["1-entropy"])
    Sender(student='Ann Lee', number='', rest='1-entropy.ipynb')
    >>> sender("o_connorsean_123_678_1-entropy.ipynb", ["1-entropy"]).student
    'o_connorsean'
    >>> sender("smithjohn_123_text.html", ["1-entropy"])
    Sender(student='smithjohn', number='123', rest='text.html')
    >>> sender("anon_Kx9Qz_LATE_678_1-entropy.ipynb", ["1-entropy"])
    Sender(student='anon_Kx9Qz', number='', rest='1-entropy.ipynb')
    >>> sender("1-entropy.ipynb", ["1-entropy"])
    """
    for pattern in (ANONYMOUS, MOODLE, CANVAS):
        if found := pattern.fullmatch(name):
            return Sender(found["student"].strip(), found["number"], found["rest"])
    found = GOOGLE.fullmatch(name)
    if found and any(copy_number(found["rest"], known) is not None for known in assignments):
        return Sender(found["student"].strip(), "", f"{found['rest']}.{found['ending']}")
    return None


def copy_number(stem: str, name: str) -> int | None:
    """Return which copy of a file of this name another is by its own name, or None if it is none.

    Examples
    --------
    >>> [copy_number(f"1-entropy{end}", "1-entropy") for end in ("", "-1", " (2)", "-Copy3", "s")]
    [0, 1, 2, 3, None]
    >>> copy_number("Copy of 1-entropy", "1-entropy")
    1
    """
    found = re.fullmatch(COPY.format(name=re.escape(name)), stem, re.IGNORECASE)
    if found is None:
        return None
    return int(found["number"][:9] or stem.lower() != name.lower())
