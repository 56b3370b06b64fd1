"""Fonts out of installed packages, cut down to what the pages show."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from crossentropy.book._packages import package_folder

__all__ = ["ICON_FONT", "icon_font", "math_font"]

# Where the theme's style sheet looks for it.
ICON_FONT = "vendor/fontawesome/webfonts/fa-solid-900.woff2"

# What a formula of the course may contain, as first and last code points. A test holds the built
# pages against the font, so a character that is missing here is noticed.
_ALPHABET = [
    (0x20, 0x7E),  # ASCII
    *((c, c) for c in (0xA0, 0xAC, 0xAF, 0xB0, 0xB1, 0xB4, 0xB7, 0xD7, 0xF7)),  # ¬ ± · ×
    (0x2C6, 0x2DC),  # hat, bar, tilde
    (0x300, 0x308),  # the same, combining
    (0x391, 0x3A9),  # Greek capitals
    (0x3B1, 0x3C9),  # Greek
    (0x2009, 0x2009),  # the thin space of arg max
    (0x2013, 0x2044),  # dashes ‖ … ′
    (0x2061, 0x2064),  # invisible operators
    *(
        (c, c) for c in (0x2102, 0x210B, 0x210E, 0x2112, 0x2113, 0x2115, 0x2119, 0x211D, 0x2124)
    ),  # ℎ ℒ ℓ ℝ
    (0x2190, 0x2194),  # arrows
    (0x21A6, 0x21A6),
    (0x21D0, 0x21D4),
    (0x2200, 0x223C),  # quantifiers, ∇, ∑, −, √, ∞
    (0x2243, 0x2254),  # ≈ ≔
    (0x2260, 0x226B),  # ≠ ≡ ≤ ≥ ≪
    (0x227A, 0x2287),  # ⊂ ⊆
    (0x2295, 0x2299),
    (0x22A4, 0x22A5),  # ⊤ ⊥
    (0x22C5, 0x22C5),
    (0x22EE, 0x22F1),
    (0x2308, 0x230B),  # ceiling and floor
    (0x23DE, 0x23DF),  # braces over and under
    (0x25A1, 0x25A1),  # end of proof
    (0x27E8, 0x27E9),  # angle brackets
    (0x27F5, 0x27FA),  # long arrows
    (0xFE00, 0xFE00),  # the selector for calligraphic letters
    (0x1D400, 0x1D433),  # bold
    (0x1D434, 0x1D467),  # italic
    (0x1D49C, 0x1D4B5),  # script capitals
    (0x1D538, 0x1D551),  # double-struck capitals
    (0x1D6FC, 0x1D71B),  # italic Greek
    (0x1D736, 0x1D755),  # bold italic Greek
    (0x1D7CE, 0x1D7E1),  # bold and double-struck digits
]


def math_font() -> bytes:
    """Return STIX Two Math, out of ziamath, cut to the course's alphabet, as WOFF2."""
    # Dotless letters and flat accents; the optical sizes of scripts would double the weight.
    return _cut(
        package_folder("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf",
        [c for first, last in _ALPHABET for c in range(first, last + 1)],
        ["dtls", "flac"],
    )


def icon_font() -> bytes:
    """Return the theme's icon font, cut to the icons that its style sheets draw, as WOFF2."""
    static = package_folder("pydata_sphinx_theme") / "theme" / "pydata_sphinx_theme" / "static"
    # The sheets write an icon as its character in the private use area. The theme's own is drawn
    # through variables; its sheet also holds all of Font Awesome's classes, which pages do not use.
    theme = (static / "styles" / "pydata-sphinx-theme.css").read_text("utf-8")
    drawn = "".join(re.findall(r'--pst-icon-[\w-]+:"([^"]+)"', theme))
    for sheet in package_folder("sphinx_book_theme").rglob("*.css"):
        drawn += "".join(re.findall("[\ue000-\uf8ff]", sheet.read_text("utf-8")))
    return _cut(static / ICON_FONT, map(ord, drawn), [])


def _cut(path: Path, characters: Iterable[int], features: list[str]) -> bytes:
    font = TTFont(path)
    options = subset.Options(layout_features=features, notdef_outline=True, hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.flavor = "woff2"
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()
