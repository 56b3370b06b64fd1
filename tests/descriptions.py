"""Descriptions in files, which a change of what they describe is held against."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path


def changes(
    path: Path, now: str, variable: str, alike: Callable[[str, str], bool] = operator.eq
) -> list[str]:
    """Return what differs, line by line; renew the file first if the variable says ``renew``."""
    if os.environ.get(variable) == "renew":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(now, "utf-8")
    return [
        f"{before or 'nothing'}  ->  {after or 'nothing'}"
        for before, after in zip_longest(path.read_text("utf-8").splitlines(), now.splitlines())
        if before is None or after is None or not alike(before, after)
    ]
