"""Formulas of the ledger as MathML."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from crossentropy.widgets._modules import HERE
from explorables.lib.engine import call


def shown(markup: str) -> str:
    """Return a formula's elements, without their attributes and outside of `math`."""
    whole = str(call("formula", "formula", markup))
    ElementTree.fromstring(whole)  # it is well-formed
    inside = re.sub(r"</?math[^>]*>|<mspace[^>]*></mspace>", "", whole)
    return re.sub(r"<(\w+) [^>]*>", r"<\1>", inside)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("p_k", "<msub><mi>p</mi><mi>k</mi></msub>"),
        ("Nσ²", "<mi>N</mi><msup><mi>σ</mi><mn>2</mn></msup>"),
        ("log₂ 1/Z", "<msub><mi>log</mi><mn>2</mn></msub><mn>1</mn><mo>/</mo><mi>Z</mi>"),
        ("√u²", "<msqrt><msup><mi>u</mi><mn>2</mn></msup></msqrt>"),
        (
            "2^{−n_k}",
            "<msup><mn>2</mn><mrow><mo>−</mo><msub><mi>n</mi><mi>k</mi></msub></mrow></msup>",
        ),
        ("p̂", "<mtext>\U0001d45d̂</mtext>"),
        (
            "= number of N",
            "<mo>=</mo><mtext>\xa0number\xa0</mtext><mtext>of\xa0</mtext><mi>N</mi>",
        ),
    ],
)
def test_a_formula_is_marked_up_as_what_it_is(markup: str, expected: str) -> None:
    assert shown(markup) == expected


def test_p_q_and_the_divergence_have_their_colours() -> None:
    whole = str(call("formula", "formula", "KL(p‖q) + H(r)"))
    assert re.findall(r'class="([^"]+)">(\w+)<', whole) == [
        ("role-kl", "KL"),
        ("role-p", "p"),
        ("role-q", "q"),
    ]


@pytest.mark.parametrize(
    ("markup", "forms"),
    [
        ("x − y", ["infix"]),
        ("= −x", ["infix", "prefix"]),
        ("(x) − y", ["prefix", "postfix", "infix"]),
    ],
)
def test_a_minus_is_a_sign_or_a_difference(markup: str, forms: list[str]) -> None:
    assert re.findall(r'form="(\w+)"', str(call("formula", "formula", markup))) == forms


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("KL(p̂‖q_θ)", "KL(<i>p̂</i>‖<i>q<sub>θ</sub></i>)"),
        ("−log₂ w", "−log₂ <i>w</i>"),
        ("the model’s there, a letter", "the model’s there, a letter"),
    ],
)
def test_a_short_formula_stands_in_a_text(markup: str, expected: str) -> None:
    assert call("formula", "inText", markup) == expected


def test_no_module_marks_up_what_it_writes_as_a_formula() -> None:
    for module in HERE.glob("*.js"):
        assert not re.search(r"</?(i|sub|sup)>", module.read_text("utf-8")), module.name
