"""Numbers as text, against decimal arithmetic and against Python's own formats."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorables.lib.engine import call

finite = st.floats(-1e15, 1e15)


def minus(text: str) -> str:
    return text.replace("-", "−")


def rounded(value: float, decimals: int) -> str:
    """Return a number's exact binary value, rounded once; without a sign where that is zero."""
    decimal = Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return minus(f"{abs(decimal) if decimal == 0 else decimal:f}")


def in_powers(value: float, digits: int) -> str:
    """Return a number as mantissa and power of ten, rounded once from its exact value."""
    exact = Decimal(value)
    to_digit = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    mantissa, exponent = f"{exact.quantize(to_digit, rounding=ROUND_HALF_UP):.{digits - 1}e}".split(
        "e"
    )
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{minus(mantissa)} × 10{raised}"


@given(finite, st.integers(0, 6))
def test_a_number_is_rounded_once_and_zero_has_no_sign(value: float, decimals: int) -> None:
    assert call("format", "format", value, decimals) == rounded(value, decimals)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.0, "0.0000"),
        (-0.00004, "0.0000"),
        (-0.00006, "−0.0001"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_a_number_has_four_decimals_unless_told(value: float, text: str) -> None:
    assert call("format", "format", value) == text


@given(st.floats(1e-300, 1e300), st.booleans(), st.integers(2, 5))
def test_powers_of_ten_are_for_numbers_that_decimals_do_not_show(
    size: float, below_zero: bool, digits: int
) -> None:
    value = -size if below_zero else size
    shown = rounded(value, 4) if 1e-3 <= size < 1e5 else in_powers(value, digits)
    assert call("format", "scientific", value, digits) == shown


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (math.inf, "∞"), (-math.inf, "−∞")])
def test_no_power_of_ten_is_zero_or_infinite(value: float, text: str) -> None:
    assert call("format", "scientific", value) == text


@given(st.integers(-999, 999))
def test_an_exponent_is_read_back(exponent: int) -> None:
    raised = call("format", "raised", exponent)
    assert int(raised.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))) == exponent


@given(st.floats(1e-6, 1e6))
def test_three_digits_are_within_half_of_the_third(value: float) -> None:
    text = call("format", "threeDigits", value)
    third = 10.0 ** (math.floor(math.log10(value)) - 2)
    assert abs(float(text) - value) <= 0.5 * third * (1 + 1e-9)
    assert len(text.replace(".", "").strip("0")) <= 3


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_has_a_comma_at_each_thousand(value: int) -> None:
    assert call("format", "whole", value) == minus(f"{value:,}")


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 bits"), (1, "1 bit"), (2, "2 bits"), (1000, "1,000 bits")]
)
def test_one_is_no_plural(count: int, text: str) -> None:
    assert call("format", "plural", count, "bit") == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0.0000", "0.0000"),
        ("0.0001", "+0.0001"),
        ("12", "+12"),
        ("∞", "+∞"),
        ("−0.5", "−0.5"),
        ("−∞", "−∞"),
    ],
)
def test_a_sign_is_put_before_what_is_above_zero_as_it_is_shown(text: str, shown: str) -> None:
    assert call("format", "signed", text) == shown


def test_brackets_are_for_a_second_sign() -> None:
    assert call("format", "bracketed", "−0.5") == "(−0.5)"
    assert call("format", "bracketed", "0.5") == "0.5"


@given(st.text("abcdefgh", max_size=30), st.floats(0, 300))
def test_a_label_is_cut_to_its_room_and_shows_that_it_is(label: str, room: float) -> None:
    shown = call("format", "shorten", label, room)
    assert len(shown) <= max(1, room / 7.5)
    if shown != label:
        assert shown.endswith("…")
        assert label.startswith(shown[:-1])
        assert len(shown) + 1 > room / 7.5  # no more is cut than must be


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.00"),
        (1.0986, "1.10"),
        (-0.5, "−0.50"),
        (0.00996, "0.01"),
        (0.00994, "0.00994"),
        (-0.000670475, "−0.000670"),
        (2e-9, "2.00 × 10⁻⁹"),
        (-3e-17, "0.00"),  # what rounding leaves of zero
        (math.inf, "∞"),
    ],
)
def test_a_number_in_a_picture_is_short_and_never_zero_by_rounding(value: float, text: str) -> None:
    assert call("format", "brief", value) == text


@given(st.floats(-8000, 0))
def test_e_to_a_logarithm_is_written_however_small_it_is(log: float) -> None:
    text = call("format", "fromLog", log)
    plain = text.replace(" × 10", "e").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    assert float(Decimal(plain).ln()) == pytest.approx(log, abs=6e-3)


def test_nothing_is_e_to_minus_infinity() -> None:
    assert call("format", "fromLog", -math.inf) == "0"


def test_a_text_stays_between_two_edges_and_where_it_is_if_it_can() -> None:
    places = [call("format", "textWithin", 10, 110, x, "0123456789") for x in (0, 60, 65, 200)]
    assert places == [50, 60, 65, 70]
    assert call("format", "textWithin", 10, 50, 0, "0123456789") == 50  # no room: from the left on
