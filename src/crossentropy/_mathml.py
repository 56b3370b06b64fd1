"""LaTeX to MathML Core, the one converter that derivations and the built book share."""

from math_core import LatexError, LatexToMathML

__all__ = ["LatexError", "to_mathml"]

_CONVERTER = LatexToMathML(fancy_error=False)


def to_mathml(latex: str, *, display: bool = False) -> str:
    """Return a ``<math>`` element; an unknown command raises ``LatexError``."""
    return _CONVERTER.convert_with_local_state(latex, displaystyle=display)
