"""The engine that draws without a browser: modules, elements, the measures of a label."""

from __future__ import annotations

import pytest

from crossentropy import widgets
from crossentropy.widgets._drawing import engine
from crossentropy.widgets._modules import HERE, compose
from explorables.browser import EXPLORABLES


def test_an_expression_names_what_a_module_exports() -> None:
    source = compose(HERE / "lib" / "format.js")
    assert engine().evaluate(source, "[format(-0.00001), whole(-12345.5)]") == [
        "0.0000",
        "−12,345.5",
    ]


@pytest.mark.parametrize(
    ("module", "value"),
    [
        ("export const one = 1, two = 2;", 1),
        ("const two = 2;\nexport { two as one };", 2),
        ("export function one() {}\nexport default one;", None),
        ("export class one {}", None),
    ],
)
def test_a_module_exports_what_it_says(module: str, value: float | None) -> None:
    assert engine().evaluate(module, "one") == value


def test_a_module_without_a_page_fetches_nothing() -> None:
    with pytest.raises(ValueError, match=r"imports 'https://cdn\.example/d3\.js'"):
        engine().evaluate('import * as d3 from "https://cdn.example/d3.js";', "1")


def test_a_module_passes_on_what_others_export() -> None:
    source = compose(HERE / "lib" / "kit.js")
    assert engine().evaluate(source, "[format(0.5), clamp(7, 0, 1)]") == ["0.5000", 1]


@pytest.mark.parametrize("width", [720, 344])
@pytest.mark.parametrize("name", EXPLORABLES)
def test_every_explorable_draws_itself(name: str, width: int) -> None:
    widget = getattr(widgets, name)()
    drawn = engine().draw(str(widget._esm), widget._state(), width)
    assert f'viewBox="0 0 {width} ' in drawn
    assert 'data-mark="' in drawn
    for odd in ("NaN", "undefined", "Infinity"):
        assert odd not in drawn
