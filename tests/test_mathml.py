"""Formulas as MathML, and the font they are set in."""

from __future__ import annotations

import io
import re

import pytest
from fontTools.ttLib import TTFont

from crossentropy._mathml import to_mathml
from crossentropy_book.fonts import math_font


def content(latex: str, *, display: bool = False) -> str:
    """Return what is in the element of a formula."""
    [inside] = re.findall(r"^<math[^>]*>(.*)</math>$", to_mathml(latex, display=display))
    return inside


def words(latex: str) -> str:
    """Return the characters of a formula, in the order in which a screen reader comes to them."""
    return re.sub("<[^>]*>", "", content(latex))


def test_no_translator_takes_a_formula_apart() -> None:
    for display in (False, True):
        assert to_mathml("p", display=display).startswith('<math translate="no"')


@pytest.mark.parametrize(
    ("latex", "character"),
    [(r"\hat p", "𝑝"), (r"\hat R", "𝑅"), (r"\hat h", "ℎ"), (r"\hat\theta", "𝜃")],
)
def test_a_letter_and_its_hat_are_one_character_and_its_mark(latex: str, character: str) -> None:
    hatted = f"<mtext>{character}\N{COMBINING CIRCUMFLEX ACCENT}</mtext>"
    assert content(latex) == hatted
    assert content(f"{latex}_k") == f"<msub>{hatted}<mi>k</mi></msub>"


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\frac{m}{n}", "m/n"),
        (r"t = \frac{1}{2}", "t=1/2"),
        (r"(\frac12, \frac14)", "(1/2,1/4)"),
        (r"-1, -\frac12", "−1,−1/2"),
        (r"1 - \frac{p_i}{q_i} < 1", "1−pi/qi&lt;1"),
        (r"e^{-\frac12}", "e−1/2"),
    ],
)
def test_a_fraction_in_a_line_is_written_with_a_slash(latex: str, shown: str) -> None:
    assert words(latex) == shown
    assert content(latex, display=True).count("<mfrac>") == latex.count(r"\frac")


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac12 a",
        r"a \frac12",
        r"\frac12 (a + b)",
        r"(a + b) \frac12",
        r"\log \frac1p",
        r"\frac12^2",
        r"\frac12!",
        r"\sqrt{\frac12}",
        r"\frac{m+1}{n}",
        r"\frac{m}{n} < \frac{m+1}{n}",
    ],
)
def test_a_fraction_keeps_its_bar_where_a_slash_would_mislead(latex: str) -> None:
    assert content(latex).count("<mfrac>") == latex.count(r"\frac")


@pytest.mark.parametrize(
    ("latex", "rooms"),
    [(r"-\sum_k p_k", 2), (r"= \sum_k p_k", 1), (r"a \prod_{k=1}^K p", 2), (r"\int_0^1 f", 1)],
)
def test_the_room_around_a_sum_is_beside_it(latex: str, rooms: int) -> None:
    markup = content(latex)
    assert markup.count('<mspace width="0.1667em"/>') == rooms
    assert re.search(r'<mo lspace="0" rspace="0">[∑∏∫]</mo>', markup)
    assert re.search(r'</m(under|underover|subsup)><mspace width="0.1667em"/>', markup)


@pytest.mark.parametrize("latex", ["q^*", "q_*", "q'", "q''_k", "f'''"])
def test_a_star_or_a_prime_stands_close_to_its_letter(latex: str) -> None:
    assert content(latex).count('<mo lspace="0" rspace="0">') == 1


def test_the_font_joins_each_letter_with_a_hat() -> None:
    font = TTFont(io.BytesIO(math_font()))
    names, glyphs = font.getBestCmap(), font["glyf"]
    [lookup] = [
        font["GSUB"].table.LookupList.Lookup[record.Feature.LookupListIndex[0]]
        for record in font["GSUB"].table.FeatureList.FeatureRecord
        if record.FeatureTag == "ccmp"
    ]
    joined = {
        first: ligature.LigGlyph
        for table in lookup.SubTable
        for first, [ligature] in table.ligatures.items()
    }
    for letter in "𝑎𝑝𝑞𝑦𝑧𝐴𝑅𝑍ℎ𝛼𝜃𝜇𝜔":
        name = names[ord(letter)]
        with_hat, alone = glyphs[joined[name]], glyphs[name]
        # The hat begins above the letter, and ends less than its own height above that.
        [_, hat] = with_hat.components
        foot = glyphs[hat.glyphName].yMin + hat.y
        assert 0 < foot - alone.yMax < 120, letter
        middle = (glyphs[hat.glyphName].xMin + glyphs[hat.glyphName].xMax) / 2 + hat.x
        assert alone.xMin < middle < alone.xMax, letter


def test_a_prime_is_not_small_twice() -> None:
    font = TTFont(io.BytesIO(math_font()))
    names, glyphs = font.getBestCmap(), font["glyf"]
    prime, triple = (glyphs[names[code]] for code in (0x2032, 0x2034))
    assert prime.yMax - prime.yMin > 400
    assert triple.yMax - triple.yMin == prime.yMax - prime.yMin
