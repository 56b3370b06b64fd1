"""LaTeX to MathML Core, the one converter that derivations and the built book share.

What the converter writes is mended where browsers disagree about it. WebKit puts a hat its own
height too high, the room around a sum within the sum, and room around a star or a prime that is a
superscript.
"""

import re

from math_core import LatexError, LatexToMathML

__all__ = ["LatexError", "to_mathml"]

_CONVERTER = LatexToMathML(fancy_error=False)

_HAT = re.compile(
    '<mover accent="true"><mi>(.)</mi><mo stretchy="false">'
    "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}</mo></mover>"
)
# A sum, a product or an integral with its limits, and the room that the converter takes from it.
_SUM = re.compile(
    r"<(?P<tag>munder|munderover|msub|msup|msubsup)>"
    r'<mo(?P<tight_left> lspace="0")?(?P<tight_right> rspace="0")?>(?P<sign>[∑∏∫])</mo>'
    r"(?P<limits>(?:(?!</?(?P=tag)>).)*)</(?P=tag)>"
)
_ROOM = '<mspace width="0.1667em"/>'
_MARKED = re.compile(r"<mo>([∗†′″‴])</mo>(?=</m(?:sup|sub|subsup)>)")

# A fraction of two numbers or letters, between signs that bind less than a slash does.
_ATOM = "(<m[in]>[^<]+</m[in]>|<msub><mi>[^<]+</mi><m[in]>[^<]+</m[in]></msub>)"
_FRACTION = re.compile(f"<mfrac>{_ATOM}{_ATOM}</mfrac>")
_LOOSE = "[-−+±⋅=≈≠≤≥≪→∈∣,;]|&[lg]t;"
_BEFORE = re.compile(f"(?:<math>|<mrow>|<mo[^>]*>(?:{_LOOSE}|[([{{])</mo>)$")
_AFTER = re.compile(f"</math>|</mrow>|<mo[^>]*>(?:{_LOOSE}|[)\\]}}])</mo>")


def to_mathml(latex: str, *, display: bool = False) -> str:
    """Return a ``<math>`` element; an unknown command raises ``LatexError``."""
    markup = _CONVERTER.convert_with_local_state(latex, displaystyle=display)
    markup = _HAT.sub(_with_hat, markup)
    markup = _SUM.sub(_with_room, markup)
    markup = _MARKED.sub(r'<mo lspace="0" rspace="0">\1</mo>', markup)
    if not display:
        markup = _with_slashes(markup)
    # A browser's translator would take a formula apart, to translate its letters.
    return markup.replace("<math", '<math translate="no"', 1)


def _with_hat(match: re.Match[str]) -> str:
    """Return a letter with a hat as one character and its mark."""
    letter = match[1]
    for first, last, italic in (("a", "z", 0x1D44E), ("A", "Z", 0x1D434), ("α", "ω", 0x1D6FC)):
        if letter == "h":
            letter = "ℎ"  # the one italic letter that Unicode has elsewhere
        elif first <= letter <= last:
            letter = chr(italic + ord(letter) - ord(first))
    return f"<mtext>{letter}\N{COMBINING CIRCUMFLEX ACCENT}</mtext>"


def _with_room(match: re.Match[str]) -> str:
    """Return a sum with the room around it beside it."""
    left, right = ("" if match[side] else _ROOM for side in ("tight_left", "tight_right"))
    tag, sign, limits = match["tag"], match["sign"], match["limits"]
    return f'{left}<{tag}><mo lspace="0" rspace="0">{sign}</mo>{limits}</{tag}>{right}'


def _with_slashes(markup: str) -> str:
    """Return a formula with its fractions as one writes them in a line of text, if all can be."""
    sloped = _FRACTION.sub(_with_slash, markup)
    return markup if "<mfrac>" in sloped else sloped


def _with_slash(match: re.Match[str]) -> str:
    markup = match.string
    if _BEFORE.search(markup, 0, match.start()) and _AFTER.match(markup, match.end()):
        return f'{match[1]}<mo lspace="0" rspace="0">/</mo>{match[2]}'
    return match[0]
