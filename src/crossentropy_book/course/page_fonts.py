"""The fonts of the book, cut to the characters that its pages and scripts hold.

Half of a first visit is fonts, and which characters a book has is known when its pages are there.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx

from crossentropy_book.course import text_fonts
from crossentropy_book.course.page_weight import loaded_files
from crossentropy_book.course.text_fonts import FACES
from crossentropy_book.fonts import face_rule, kept, math_font

__all__ = ["characters_of", "setup"]

_ESCAPE = re.compile(r"\\u\{?([0-9a-fA-F]{4,5})\b")
# As it is written here, and as `style_sheets` leaves it for a build that finds nothing to do.
_FACE = re.compile(r'@font-face ?\{ ?font-family: "(?:Book|STIX)[^}]*\}\s*')

# Numbers and words that a reader's own state may hold.
_ALWAYS = range(0x20, 0x7F)


def characters_of(texts: Iterable[str]) -> set[int]:
    r"""Return the code points of pages and scripts, those that are escaped among them.

    Examples
    --------
    >>> sorted(characters_of(["&minus;", r"\u{1d45d}"]) - set(range(0x7F)))
    [8722, 119901]
    """
    characters = set(_ALWAYS)
    for text in texts:
        characters.update(map(ord, html.unescape(text)))
        characters.update(int(code, 16) for code in _ESCAPE.findall(text))
    return characters


def _cut_fonts(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    book, cache = Path(app.outdir), Path(app.doctreedir)
    used = characters_of(path.read_text("utf-8") for path in loaded_files(book))
    recipe = repr(sorted(used)).encode()
    module = Path(text_fonts.__file__ or "").read_bytes()
    _bring(
        book / "_static" / "crossentropy-book.css",
        face_rule("STIX Two Math", kept(cache, "stix-two-math", lambda: math_font(used), recipe)),
    )
    rules = ""
    for face in FACES:
        font = kept(cache, face.name, functools.partial(face.cut, used), recipe, module)
        rules += face_rule(face.family, font, face.weight, face.style)
    _bring(book / "_static" / "crossentropy.css", rules)


def _bring(sheet: Path, faces: str) -> None:
    """Put fonts at the head of a style sheet, in the place of those that it has."""
    sheet.write_text(faces + _FACE.sub("", sheet.read_text("utf-8")), "utf-8")


def setup(app: Sphinx) -> None:
    """Cut the fonts when the pages are there."""
    app.connect("build-finished", _cut_fonts, priority=480)
