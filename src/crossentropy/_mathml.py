"""LaTeX to MathML Core, the one converter that derivations and the built book share."""

import re

from math_core import LatexError, LatexToMathML

__all__ = ["LatexError", "to_mathml"]

_HAT = re.compile(
    '<mover accent="true"><mi>(.)</mi><mo stretchy="false">'
    "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}</mo></mover>"
)

_CONVERTER = LatexToMathML(fancy_error=False)


def to_mathml(latex: str, *, display: bool = False) -> str:
    """Return a ``<math>`` element; an unknown command raises ``LatexError``."""
    markup = _CONVERTER.convert_with_local_state(latex, displaystyle=display)
    return _HAT.sub(_with_hat, markup)


def _with_hat(match: re.Match[str]) -> str:
    """Return a letter with a hat as one character and its mark.

    As an accent over a letter, WebKit puts the hat its own height too high.
    """
    letter = match[1]
    for first, last, italic in (("a", "z", 0x1D44E), ("A", "Z", 0x1D434), ("α", "ω", 0x1D6FC)):
        if letter == "h":
            letter = "ℎ"  # the one italic letter that Unicode has elsewhere
        elif first <= letter <= last:
            letter = chr(italic + ord(letter) - ord(first))
    return f"<mtext>{letter}\N{COMBINING CIRCUMFLEX ACCENT}</mtext>"
