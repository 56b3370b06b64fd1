"""What a bare install says when it is asked for what only the extra `notebook` brings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["notebook_extra"]


@contextmanager
def notebook_extra(asker: str) -> Iterator[None]:
    """Around imports: where a package is missing, raise an error that names the extra."""
    try:
        yield
    except ModuleNotFoundError as problem:
        if str(problem.name).startswith("crossentropy"):
            raise  # a slip in this package, which no extra would mend
        raise ImportError(
            f"{asker} needs {problem.name}, which is not installed: "
            "pip install 'crossentropy[notebook]'",
            name=problem.name,
        ) from problem
