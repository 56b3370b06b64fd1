"""What stands, in a page, for packages that a browser cannot have."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
import traitlets

from crossentropy_book.live.session import Session
from crossentropy_book.live.stand_ins import IPython, anywidget, math_core


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


@pytest.fixture
def interact(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module, on the stand-in for anywidget, as a page has both."""
    name = "crossentropy_book.live.stand_ins.ipywidgets"
    monkeypatch.setitem(sys.modules, "anywidget", anywidget)
    monkeypatch.delitem(sys.modules, name, raising=False)  # what stands on the real one
    yield importlib.import_module(name)
    del sys.modules[name]


def session_of(sent: list[dict[str, Any]], **names: Any) -> Session:
    session = Session(sent.append)
    session.namespace |= names
    anywidget.tell(session.tell)
    return session


def test_a_slider_gets_an_image_for_each_value(interact) -> None:
    sent: list[dict[str, Any]] = []
    session = session_of(sent, interact=interact.interact)
    assert session.run("from matplotlib.figure import Figure\ndrawn = []")
    assert session.run("def chart(w):\n    drawn.append(w)\n    return Figure((w + 1, 1))")
    assert session.run("interact(chart, w=(0.0, 1.0, 0.01));"), sent
    (shown,) = sent
    assert shown["state"]["value"] == 0.5
    assert shown["state"]["slides"] == [0.0, 1.0, 0.01]
    assert shown["state"]["image"].startswith("data:image/png;base64,")
    assert session.run("chart.widget.children[0].value = 0.25")
    assert [(each["type"], each["name"]) for each in sent[1:]] == [
        ("model", "value"),
        ("model", "image"),
    ]
    # What comes from the page is a place of the slider, and no image.
    assert anywidget.receive(shown["model"], {"value": 0.75, "image": "mine"}) == ""
    assert session.namespace["drawn"] == [0.5, 0.25, 0.75]
    assert sent[-1]["value"] not in ("mine", shown["state"]["image"])


@pytest.mark.parametrize("call", ["interact(abs)", "interact(max, x=(0, 1), y=(0, 1))"])
def test_what_one_slider_cannot_show_is_refused(interact, call) -> None:
    sent: list[dict[str, Any]] = []
    assert not session_of(sent, interact=interact.interact).run(call)
    assert "In this page, interact has one slider" in sent[0]["text"]
    assert not session_of(sent, interact=interact.interact).run("interact(dict, x=(0, 1))")
    assert "a function that returns a figure" in sent[1]["text"]


def test_a_cell_has_a_shell_and_a_package_has_none() -> None:
    sent: list[dict[str, Any]] = []
    session = session_of(sent, get_ipython=IPython.get_ipython, bars=Bars())
    assert session.run("'first'\nget_ipython().user_ns['In']")
    assert "first" in sent[0]["data"]["text/plain"]
    assert IPython.get_ipython() is None
    # What a picture is told passes through a function that a cell can put another one for.
    assert session.run(
        "wire, sizes = get_ipython().kernel.session, []\n"
        "serialize = wire.serialize\n"
        "wire.serialize = lambda message: sizes.extend(map(len, serialize(message)))\n"
        "bars.q = [0.25, 0.75]\n"
        "print(len(sizes), sizes[0] > 20)"
    )
    assert sent[-1]["text"] == "1 True\n"
    assert sent[-2]["value"] == [0.25, 0.75]
