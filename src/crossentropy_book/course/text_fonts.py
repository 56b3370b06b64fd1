"""The fonts of text and code, cut down to what the pages of the course show."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from fontTools.ttLib import TTFont

from crossentropy.figures.style import TEXT_FONT
from crossentropy_book import fonts
from crossentropy_book._packages import package_folder

__all__ = ["FACES", "Face"]

# What text and code may contain; a test holds the built pages to it.
_TEXT = [
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xFF),  # Latin letters with accents, ° ± · × ½
    (0x300, 0x304),  # accents alone, as the hat of a name in code
    (0x391, 0x3C9),  # Greek
    (0x2009, 0x2009),
    (0x2010, 0x2027),  # dashes, quotation marks, …
    (0x202F, 0x2033),  # ‰ ′ ″
    (0x2044, 0x2044),
    (0x2070, 0x208E),  # superscripts and subscripts
    (0x2113, 0x2113),  # ℓ
    (0x2190, 0x2199),  # arrows
    (0x2200, 0x2248),  # the signs of mathematics that stand in a line of text
    (0x2260, 0x2265),
]

# What neither the serif nor the code font has: superscripts, ℓ in code, marks that a label names.
_SIGNS = [(ord(sign), ord(sign)) for sign in "ᵀ⁺⁻ℓ┆▲△■□●○◆◇∇∈"]


@dataclass(frozen=True)
class Face:
    """One face of the book: what a style sheet calls it, and the file it is cut from."""

    family: str
    file: Path
    weight: str = "400"
    style: str = "normal"
    alphabet: tuple[tuple[int, int], ...] = tuple(_TEXT)

    @property
    def name(self) -> str:
        """Return a name for a file, as "book-serif-400-normal"."""
        return f"{self.family} {self.weight.split()[0]} {self.style}".lower().replace(" ", "-")

    def cut(self, used: Set[int] | None = None) -> bytes:
        """Return the face, cut to what text contains, and of that to what is used, as WOFF2."""
        characters = fonts.all_of(self.alphabet)
        if used is not None:
            characters = [code for code in characters if code in used]
        # Kerning, and figures that are all as wide; ligatures would join the f and i of "fit".
        features = ["kern", "tnum", "mark", "ccmp"]
        return fonts.cut(TTFont(self.file), characters, features, self.family)


def _faces() -> list[Face]:
    serif = package_folder(TEXT_FONT) / "files"
    ttf = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return [
        Face("Book Serif", serif / "SourceSerifPro-Regular.ttf"),
        Face("Book Serif", serif / "SourceSerifPro-It.ttf", style="italic"),
        Face("Book Serif", serif / "SourceSerifPro-Semibold.ttf", "600 700"),
        Face("Book Mono", ttf / "DejaVuSansMono.ttf"),
        Face("Book Signs", ttf / "DejaVuSans.ttf", alphabet=tuple(_SIGNS)),
    ]


# Text, labels, pictures and paper are set in Source Serif, whose small letters are as high as those
# of STIX Two Math and which tells p from ρ and 1, l and I apart; code in DejaVu Sans Mono.
FACES = _faces()
