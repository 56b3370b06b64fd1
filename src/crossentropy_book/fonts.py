"""Fonts out of installed packages, cut down to what the pages show."""

from __future__ import annotations

import base64
import io
import re
import zlib
from collections.abc import Callable, Iterable, Set
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.otlLib.builder import buildLigatureSubstSubtable, buildLookup
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import _g_l_y_f as _glyf

from crossentropy_book._packages import package_folder

__all__ = [
    "ICON_FONT",
    "all_of",
    "cut",
    "face_rule",
    "icon_font",
    "kept",
    "let_glyphs_have_their_own_widths",
    "math_font",
]

# Where the theme's style sheet looks for it.
ICON_FONT = "vendor/fontawesome/webfonts/fa-solid-900.woff2"

# What a formula may contain, as first and last code points.
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

_P_HOLE = 45  # thousandths of an em


def math_font(used: Set[int] | None = None) -> bytes:
    """Return STIX Two Math, out of ziamath, cut to the characters of formulas, as WOFF2.

    Parameters
    ----------
    used : set of int, optional
        The code points of what the font is for; all that a formula may contain by default.
    """
    font = TTFont(package_folder("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf")
    # A subscript of p or q hangs from the foot of the letter, and not a third of a line below it.
    font["MATH"].table.MathConstants.SubscriptBaselineDropMin.Value = 0
    _unshrink_primes(font)
    _close_hole_before_p(font)
    _thicken_theta(font)
    _join_hats(font)
    # Dotless letters, flat accents, hats; the optical sizes of scripts would double the weight.
    characters = all_of(_ALPHABET)
    if used is not None:
        characters = [code for code in characters if code in used or _upright(code) in used]
    return cut(font, characters, ["dtls", "flac", "ccmp"])


def _upright(code: int) -> int:
    """Return the letter that a browser paints as this one where it is a variable."""
    for painted, letter, count in ((0x1D434, "A", 26), (0x1D44E, "a", 26), (0x1D6FC, "α", 25)):
        if painted <= code < painted + count:
            return ord(letter) + code - painted
    others = {0x210E: "h", **dict(zip(range(0x1D715, 0x1D71C), "∂ϵϑϰϕϱϖ", strict=True))}
    return ord(others.get(code, chr(code)))


def _unshrink_primes(font: TTFont) -> None:
    """Let a prime be large: it is made small as a superscript is."""
    names = font.getBestCmap()
    large = {code: f"{names[code]}.ssty" for code in (0x2032, 0x2033)}
    prime = large[0x2032]
    step = font["hmtx"][large[0x2033]][0] - font["hmtx"][prime][0]
    triple = "triple.ssty"  # the font has none
    _compose(font, triple, [(prime, step * i, 0) for i in range(3)])
    font["hmtx"][triple] = (font["hmtx"][prime][0] + 2 * step, font["hmtx"][prime][1])
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.update(large | {0x2034: triple})


def _close_hole_before_p(font: TTFont) -> None:
    """Move the italic p to the left, and the place of its accent with it."""
    p = font.getBestCmap()[0x1D45D]
    width, left = font["hmtx"][p]
    font["glyf"][p].coordinates.translate((-_P_HOLE, 0))
    font["glyf"][p].recalcBounds(font["glyf"])
    font["hmtx"][p] = (width - _P_HOLE, left - _P_HOLE)
    _places_of_accents(font)[p].Value -= _P_HOLE


def _places_of_accents(font: TTFont) -> dict[str, Any]:
    """Return how far to the right the accent of each letter stands."""
    accents = font["MATH"].table.MathGlyphInfo.MathTopAccentAttachment
    return dict(zip(accents.TopAccentCoverage.glyphs, accents.TopAccentAttachment, strict=True))


def _thicken_theta(font: TTFont) -> None:
    """Let the bar of the italic theta be a whole pixel and a half where the letter has 18.

    It is half as wide as the rest of the letter. A theta without its bar looks like one with a hat.
    """
    theta = font["glyf"][font.getBestCmap()[0x1D703]]
    moved = {391: 409, 405: 419, 338: 320, 319: 308}  # its upper edge, and its lower one
    points = theta.coordinates
    inner = range(theta.endPtsOfContours[0] + 1, len(points))
    for i in inner:
        x, y = points[i]
        points[i] = (x, moved.get(y, y))


def _compose(font: TTFont, name: str, parts: list[tuple[str, int, int]]) -> None:
    """Add a glyph made of others, each moved by so much; it is as wide as the first of them."""
    pen = TTGlyphPen(font.getGlyphSet())
    for part, dx, dy in parts:
        pen.addComponent(part, (1, 0, 0, 1, dx, dy))
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = pen.glyph()
    font["hmtx"][name] = font["hmtx"][parts[0][0]]


def _join_hats(font: TTFont) -> None:
    """Let a letter and a combining hat be one glyph, its hat where the font places accents.

    Anchors would do for most browsers; WebKitGTK lifts no mark over a tall letter.
    """
    names, glyphs, places = font.getBestCmap(), font["glyf"], _places_of_accents(font)
    height = font["MATH"].table.MathConstants.AccentBaseHeight.Value
    hat, dotless = names[0x302], {0x1D456: 0x1D6A4, 0x1D457: 0x1D6A5}
    middle = (glyphs[hat].xMin + glyphs[hat].xMax) // 2
    joined = {}
    for code in (0x210E, *range(0x1D434, 0x1D468), *range(0x1D6FC, 0x1D71C)):
        letter = names.get(code)
        if letter in places:
            base = names[dotless.get(code, code)]
            rise = max(0, glyphs[base].yMax - height)
            joined[letter, hat] = f"{letter}.hat"
            right = places[base].Value - middle
            _compose(font, f"{letter}.hat", [(base, 0, 0), (hat, right, rise)])
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "ccmp":  # every browser composes characters
            record.Feature.LookupListIndex = [table.LookupList.LookupCount]
    table.LookupList.Lookup.append(buildLookup([buildLigatureSubstSubtable(joined)]))
    table.LookupList.LookupCount += 1


def icon_font() -> bytes:
    """Return the theme's icon font, cut to the icons that its style sheets draw, as WOFF2."""
    static = package_folder("pydata_sphinx_theme") / "theme" / "pydata_sphinx_theme" / "static"
    # The sheets write an icon as its character in the private use area. The theme's own is drawn
    # through variables; its sheet also holds all of Font Awesome's classes, which pages do not use.
    theme = (static / "styles" / "pydata-sphinx-theme.css").read_text("utf-8")
    drawn = "".join(re.findall(r'--pst-icon-[\w-]+:"([^"]+)"', theme))
    for sheet in package_folder("sphinx_book_theme").rglob("*.css"):
        drawn += "".join(re.findall("[\ue000-\uf8ff]", sheet.read_text("utf-8")))
    return cut(TTFont(static / ICON_FONT), map(ord, drawn), [])


def kept(cache: Path, name: str, make: Callable[[], bytes], *recipe: bytes) -> bytes:
    """Return a font from the cache, or make it and keep it there: cutting one takes a second.

    A font is made anew when this module changes, or its recipe: what else decides how it is made.
    """
    key = zlib.crc32(b"".join([Path(__file__).read_bytes(), *recipe]))
    file = cache / f"{name}-{key:08x}.woff2"
    if not file.exists():
        file.write_bytes(make())
    return file.read_bytes()


def face_rule(family: str, font: bytes, weight: str = "400", style: str = "normal") -> str:
    """Return the rule that brings a font, font and all.

    A style sheet is there before the first paint; a font in a file of its own would come after it,
    and the text would move.
    """
    data = base64.b64encode(font).decode()
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style}; '
        f'src: url("data:font/woff2;base64,{data}") format("woff2"); }}\n'
    )


def all_of(ranges: Iterable[tuple[int, int]]) -> list[int]:
    """Return every code point of the ranges, each given by its first and its last."""
    return [code for first, last in ranges for code in range(first, last + 1)]


def let_glyphs_have_their_own_widths(font: TTFont) -> None:
    """Let no glyph made of others be as wide as one of them: FreeType heeds that, against `hmtx`.

    The % of Source Serif would be as wide as its stroke, and its figures not all alike.
    """
    glyphs = font["glyf"]
    for glyph in map(glyphs.__getitem__, font.getGlyphOrder()):
        for component in glyph.components if glyph.isComposite() else []:
            component.flags &= ~_glyf.USE_MY_METRICS


def cut(font: TTFont, characters: Iterable[int], features: list[str], name: str = "") -> bytes:
    """Return a font with these characters and OpenType features alone, as WOFF2."""
    options = subset.Options(
        layout_features=features,
        notdef_outline=True,
        hinting=False,
        name_IDs=[*range(7), 13, 14],  # the font's copyright, names and licence
        drop_tables=[*subset.Options().drop_tables, "FFTM"],
    )
    font["name"].names = [record for record in font["name"].names if record.platformID == 3]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    let_glyphs_have_their_own_widths(font)
    if name:  # a changed font may not bear the reserved name of the whole one
        for kind in (1, 3, 4, 6, 16):
            font["name"].removeNames(nameID=kind)
        for kind in (1, 4):
            font["name"].setName(name, kind, 3, 1, 0x409)
        font["name"].setName(name.replace(" ", ""), 6, 3, 1, 0x409)
    font.flavor = "woff2"
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()
