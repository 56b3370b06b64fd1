"""The part of `math_core` that the course uses, by latex2mathml, which is Python alone."""

from __future__ import annotations

from latex2mathml.converter import convert

__all__ = ["LatexError", "LatexToMathML"]


class LatexError(ValueError):
    """A formula that cannot be read."""


class LatexToMathML:
    """A converter of formulas."""

    def __init__(self, **_: object) -> None: ...

    def convert_with_local_state(self, latex: str, *, displaystyle: bool) -> str:
        """Return a formula as MathML."""
        try:
            return str(convert(latex, display="block" if displaystyle else "inline"))
        except Exception as problem:  # it has many kinds of its own
            raise LatexError(f"{latex!r}: {type(problem).__name__} {problem}") from problem
