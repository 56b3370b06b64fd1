"""Derivations: what passes, what is refused, and how they are shown."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from crossentropy import Derivation
from crossentropy.derivation import DerivationError


def chain(*steps: tuple[str, object]) -> Derivation:
    derivation = Derivation("A chain")
    for latex, value in steps:
        derivation.step(latex, value)
    return derivation


@pytest.mark.parametrize(
    ("relation", "value"),
    [
        ("=", 1.0),
        (r"\le", 1.0),
        (r"\le", 2.0),
        (r"\ge", 1.0),
        (r"\ge", 0.5),
        ("<", 1.1),
        (">", 0.9),
    ],
)
def test_a_relation_that_holds_passes(relation: str, value: float) -> None:
    assert chain(("x", 1.0), (f"{relation} y", value)).values[1] == value


@pytest.mark.parametrize(
    ("relation", "value"),
    [
        ("=", 1.001),
        (r"\le", 0.999),
        (r"\ge", 1.001),
        ("<", 1.0),
        (">", 1.0),
        ("", 2.0),
        (r"\left(y\right)", 2.0),
    ],
)
def test_a_relation_that_fails_is_refused_when_the_line_is_added(
    relation: str, value: float
) -> None:
    with pytest.raises(DerivationError, match="A chain, step 2"):
        chain(("x", 1.0), (f"{relation} y", value))


def test_the_message_names_both_lines_and_both_numbers() -> None:
    with pytest.raises(DerivationError) as failure:
        chain(("H(p)", 1.5), ("= 1", lambda: 1.0))
    for part in ("'= 1' is 1", "'H(p)', is 1.5000"):
        assert part in str(failure.value)


@pytest.mark.parametrize("relation", ["=", r"\le", r"\ge"])
def test_rounding_breaks_no_relation(relation: str) -> None:
    chain(("x", 0.1 + 0.2), (f"{relation} y", 0.3))
    chain(("x", 0.3), (f"{relation} y", 0.1 + 0.2))
    chain(("x", 0.1 + 0.2 - 0.3), (f"{relation} 0", 0.0))  # a sum that cancels


def test_a_reason_is_text_and_not_markup() -> None:
    html = (
        Derivation("<b>").step("x", 1, because="as <script>alert(1)</script> & $x$")._repr_html_()
    )
    assert not BeautifulSoup(html, "html.parser").select("script, b")
    assert "as <script>alert(1)</script> & " in BeautifulSoup(html, "html.parser").text


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(DerivationError, match="not a number"):
        chain(("0 \\log 0", np.nan))


def test_shapes_must_agree() -> None:
    with pytest.raises(DerivationError, match="shape"):
        chain(("x", [1.0, 2.0]), ("= y", 1.0))


def test_infinity_equals_itself_and_exceeds_the_rest() -> None:
    chain((r"D", np.inf), (r"= E", np.inf), (r"\ge 0", 0.0))


def test_one_wrong_component_is_enough() -> None:
    with pytest.raises(DerivationError):
        chain(("q - p", [0.1, -0.1, 0.0]), (r"= \nabla", [0.1, -0.1, 1e-6]))


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e-2))
def test_a_relative_error_above_the_tolerance_is_noticed(x: float, error: float) -> None:
    with pytest.raises(DerivationError):
        chain(("x", x), ("= y", x + error * max(abs(x), 1)))


def test_the_table_holds_each_line_with_its_reason_and_its_number() -> None:
    derivation = (
        Derivation("The $q - p$", unit="nats")
        .step("H(p, q)", 1.5)
        .step(r"\ge H(p)", 1.25, because="since $q < 1$ & so")
    )
    table = BeautifulSoup(derivation._repr_html_(), "html.parser")
    assert len(table.select("tbody tr")) == 2
    assert len(table.select(".line math")) == 2
    assert [cell.text for cell in table.select(".value")] == ["1.5000", "1.2500"]
    assert table.select_one(".because math")
    assert "& so" in table.select(".because")[1].text
    assert "Value (nats)" in table.thead.text


def test_latex_and_text_hold_the_same_lines() -> None:
    derivation = chain(("x", 1e-9), (r"\le y", [1e-9][0])).step(r"\le \infty", np.inf)
    latex = derivation._repr_latex_()
    assert r"1.000 \times  10^{-9}" in latex
    assert r"\infty" in latex
    assert latex.count(r"\\") == 2
    assert "1.000 × 10⁻⁹" in repr(derivation)
    assert "∞" in repr(derivation)


def test_without_a_converter_the_latex_and_the_text_are_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("crossentropy.derivation.find_spec", lambda name: None)
    derivation = chain(("x", 1), ("= y", 1))
    assert derivation._repr_html_() is None
    assert "x &" in derivation._repr_latex_()
    assert repr(derivation) == "A chain\n  x    1\n  = y  1"


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (np.ma.array([1.0, 2.0], mask=[False, True]), "has masked entries"),
        (1j, "has dtype complex128; it must be real numbers"),
        ("one", "has dtype <U3; it must be real numbers"),
        ([1, "one"], "has dtype <U21; it must be real numbers"),
        ([[1], [1, 2]], "is ragged"),
        ([], "is empty"),
        (object(), "has dtype object; it must be real numbers"),
    ],
)
def test_a_line_without_numbers_says_which_it_is(value: Any, problem: str) -> None:
    derivation = Derivation("A sum").step("1", 1)
    with pytest.raises(ValueError, match=re.escape(f"A sum, step 2: the value of 'a' {problem}")):
        derivation.step("a", value)
    assert len(derivation.values) == 1


def test_fractions_are_numbers() -> None:
    half = Derivation("").step("a", Fraction(1, 2)).step("= b", np.array(Decimal("0.5")))
    assert half.values == [0.5, 0.5]


@pytest.mark.parametrize("rtol", [-1, math.nan, 1])
def test_a_tolerance_that_is_none_is_refused(rtol: float) -> None:
    with pytest.raises(ValueError, match=f"rtol is {rtol}; it must be at least 0 and below 1"):
        Derivation("", rtol=rtol)
