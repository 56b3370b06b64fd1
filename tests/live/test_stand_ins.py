"""What stands, in a page, for packages that a browser cannot have."""

from __future__ import annotations

import re
from typing import Any

import pytest
import traitlets

from crossentropy_book.live.session import Session
from crossentropy_book.live.stand_ins import anywidget, math_core


class Bars(anywidget.AnyWidget):
    q = traitlets.List([0.5, 0.5]).tag(sync=True)
    name = traitlets.Unicode()  # the page has no part in it

    @traitlets.validate("q")
    def _sums_to_one(self, proposal: Any) -> Any:
        if sum(proposal.value) != 1:
            raise traitlets.TraitError("q does not sum to 1")
        return proposal.value

    def _repr_mimebundle_(self, **_: object) -> Any:
        return {"text/html": "<figure></figure>", "text/plain": "Bars()"}, {}


@pytest.fixture
def heard() -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    anywidget.tell(messages.append)
    return messages


def test_a_cell_changes_a_trait_and_the_page_hears_of_it(heard) -> None:
    bars = Bars()
    bars.q, bars.name = [0.25, 0.75], "mine"
    assert [(each["name"], each["value"]) for each in heard] == [("q", [0.25, 0.75])]
    assert heard[0]["model"] == bars._model_id


def test_what_is_dragged_reaches_python_without_an_echo(heard) -> None:
    bars = Bars()
    seen = []
    bars.observe(lambda change: seen.append(change.new), "q")
    assert anywidget.receive(bars._model_id, {"q": [1.0, 0.0]}) == ""
    assert bars.q == [1.0, 0.0]
    assert seen == [[1.0, 0.0]]
    assert heard == []


def test_a_state_that_python_refuses_is_refused_with_its_reason(heard) -> None:
    bars = Bars()
    assert anywidget.receive(bars._model_id, {"q": [1.0, 1.0]}) == "q does not sum to 1"
    assert bars.q == [0.5, 0.5]


def test_a_widget_is_shown_with_its_model_and_its_state() -> None:
    sent: list[dict[str, Any]] = []
    session = Session(sent.append)
    session.namespace["Bars"] = Bars
    assert session.run("Bars(q=[0, 1])")
    (message,) = sent
    assert message["type"] == "widget"
    assert message["state"] == {"q": [0, 1]}
    assert message["model"].startswith("model-")


@pytest.mark.parametrize("latex", [r"\frac{a}{b}", r"-\sum_x p(x) \log q(x)", r"\hat{p} \le q"])
def test_formulas_are_converted(latex) -> None:
    inline, block = (
        math_core.LatexToMathML().convert_with_local_state(latex, displaystyle=displaystyle)
        for displaystyle in (False, True)
    )
    assert inline.startswith("<math")
    # What a derivation looks for in the formula of a line.
    assert 'display="block"' in block
    assert not re.search(r'display="block"', inline)


def test_a_formula_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(math_core.LatexError, match="left"):
        math_core.LatexToMathML().convert_with_local_state(r"\left( a", displaystyle=False)
