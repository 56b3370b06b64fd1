"""The Python side of the explorables: traits, refusals, and what they show without a script."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import traitlets
from bs4 import BeautifulSoup
from explorables.browser import EXPLORABLES, described
from IPython.core.interactiveshell import InteractiveShell
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output

from crossentropy import widgets
from crossentropy.widgets import DivergenceBars, EntropyBars, _drawing
from crossentropy.widgets._drawing import LAYOUTS, engine
from crossentropy.widgets._modules import HERE, compose, in_order
from crossentropy_book.course import explorables

each = pytest.mark.parametrize(
    "explorable", [getattr(widgets, name) for name in EXPLORABLES], ids=EXPLORABLES
)


def test_a_trait_is_what_was_set() -> None:
    bars = DivergenceBars(p=np.array([0.5, 0.5]), q=[1, 0], labels=["a", "b"])
    assert (bars.p, bars.q) == ((0.5, 0.5), (1.0, 0.0))


def test_a_change_is_observed() -> None:
    bars = DivergenceBars()
    seen: list[Any] = []
    bars.observe(lambda change: seen.append(change["new"]), "q")
    bars.q = [0.2, 0.3, 0.5]
    assert seen == [(0.2, 0.3, 0.5)]


def test_what_a_framework_rounded_is_taken_as_entropy_takes_it_and_again() -> None:
    p = np.float32([0.3, 0.3, 0.4])
    for given in (p, list(p), np.float16(p)):
        bars = EntropyBars(p=given)
        eps = float(np.finfo(given[0].dtype).eps)
        assert bars.p == pytest.approx(np.array(given, float), rel=eps)
        assert sum(bars.p) == pytest.approx(1, abs=1e-15)
        bars.to_html()
        bars.p = bars.p
    with pytest.raises(traitlets.TraitError, match=r"p sums to 1\.01"):
        EntropyBars(p=np.float32([0.31, 0.3, 0.4]))


def test_every_view_is_told_the_state_that_it_was_made_with() -> None:
    bars = DivergenceBars(q=[0.5, 0.25, 0.25])
    assert bars._made == {}
    bars.q = [0.1, 0.1, 0.8]
    bars.q = [0.2, 0.2, 0.6]
    bars.unit = "bits"
    assert bars._made == {"q": (0.5, 0.25, 0.25), "unit": "nats"}


def test_a_mount_point_has_the_name_that_a_notebook_gave() -> None:
    shell = InteractiveShell.instance()
    shell.run_cell("from crossentropy.widgets import EntropyBars\nbars = EntropyBars(); _ = bars")
    shell.run_cell("named, unnamed = bars.to_html(), EntropyBars().to_html()")
    InteractiveShell.clear_instance()
    figures = [
        BeautifulSoup(shell.user_ns[name], "html.parser").figure for name in ("named", "unnamed")
    ]
    assert [figure.get("data-name") for figure in figures] == ["bars", None]


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"q": [0.5, 0.6, 0.0]}, "q sums to 1.1, not 1"),
        ({"q": [0.5, -0.1, 0.6]}, r"q\[1\] is -0.1"),
        ({"q": [0.5, np.nan, 0.5]}, r"q\[1\] is nan"),
        ({"q": [0.5, 0.5]}, "q has 2 entries and p has 3"),
        ({"q": [[0.5], [0.5], [0.0]]}, r"q\[0\] is \[0.5\]; it must be a number"),
        ({"p": [1.0], "q": [1.0], "labels": ["only"]}, "p has 1 entries; two are the least"),
        ({"p": "abc"}, "p is 'abc'; it must be a list"),
        ({"unit": "hartleys"}, "unit is 'hartleys'; it must be 'nats' or 'bits'"),
    ],
)
def test_a_bad_state_is_refused_with_the_reason(state: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=message):
        DivergenceBars(**state)


def test_a_refused_change_leaves_the_state() -> None:
    bars = EntropyBars(p=[0.5, 0.3, 0.2])
    with pytest.raises(traitlets.TraitError):
        bars.p = [0.5, 0.3, 0.3]
    assert bars.p == (0.5, 0.3, 0.2)


def test_the_number_of_classes_changes_all_at_once() -> None:
    bars = EntropyBars()
    with bars.hold_trait_notifications():
        bars.p = [0.5, 0.5]
        bars.labels = ["heads", "tails"]
    assert len(bars.p) == len(bars.labels) == 2


@each
def test_it_shows_the_live_widget_and_a_mount_point(explorable: Any) -> None:
    data, _ = explorable()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    figure = BeautifulSoup(data["text/html"], "html.parser").figure
    assert figure["data-explorable"] == explorable.__name__
    state = json.loads(figure.script.string)
    assert state["prompt"] == figure.figcaption.string
    assert state["presets"]


@each
def test_where_nothing_is_live_its_output_holds_the_picture(explorable: Any) -> None:
    shown = explorable()
    data, _ = shown._repr_mimebundle_()
    (still,) = BeautifulSoup(data["text/html"], "html.parser").select("figure > .still")
    assert still.img["alt"] == engine().describe(str(shown._esm), shown._state())
    kind, _, encoded = still.img["src"].partition(",")
    assert kind == "data:image/svg+xml;base64"
    picture = ElementTree.fromstring(base64.b64decode(encoded))
    assert picture.get("viewBox") == f"0 0 {still.img['width']} {still.img['height']}"
    assert len([*picture.iter("{http://www.w3.org/2000/svg}text")]) > 1
    assert "Run the cell in Jupyter" in still.get_text()
    assert 'class="still"' not in shown.to_html()  # which is the built book's


def test_a_notebook_exported_to_html_shows_the_picture_without_a_network() -> None:
    data, metadata = EntropyBars()._repr_mimebundle_()
    output = new_output("display_data", data, metadata=metadata)
    page, _ = HTMLExporter().from_notebook_node(
        new_notebook(cells=[new_code_cell("EntropyBars()", outputs=[output])])
    )
    (figure,) = BeautifulSoup(page, "html.parser").select("figure.explorable")
    assert figure.img["src"].startswith("data:image/svg+xml")
    assert figure.img["alt"]


def test_a_picture_that_cannot_be_drawn_takes_no_widget_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_engine() -> None:
        raise ImportError("quickjs")

    monkeypatch.setattr(_drawing, "engine", no_engine)
    data, _ = EntropyBars()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert 'class="still"' not in data["text/html"]


@each
def test_it_asks_what_its_author_wants(explorable: Any) -> None:
    assert explorable(prompt="What do you expect?").prompt == "What do you expect?"


@each
def test_its_presets_are_states_that_python_accepts(explorable: Any) -> None:
    for state in explorable().presets.values():
        explorable(**state)


@each
def test_its_static_picture_says_its_numbers(explorable: Any) -> None:
    for state in [{}, *explorable().presets.values()]:
        widget = explorable(**state)
        assert re.search(r"\d\.\d", described(widget))
        for layout in LAYOUTS:
            for still in engine().stills(str(widget._esm), widget._state(), layout, "still"):
                assert still.markup.startswith("<svg")
                assert "nan" not in still.markup.lower().replace("nans", "")


@each
def test_its_module_imports_nothing_from_outside(explorable: Any) -> None:
    for source in unpacked(str(explorable._esm)):
        imports = re.findall(r'\bfrom\s*"([^"]{0,5})', source)
        assert set(imports) <= {"data:"}
        assert "http" not in source.replace("http://www.w3.org/2000/svg", "")


def unpacked(source: str) -> list[str]:
    """Return a composed module and all the modules inside it."""
    found = [source]
    for data in re.findall(r'"data:text/javascript;base64,([^"]+)"', source):
        found += unpacked(base64.b64decode(data).decode())
    return found


def test_a_module_comes_after_what_it_imports() -> None:
    order = [path.name for path in in_order([HERE / "divergence_bars.js"])]
    assert order.index("information.js") < order.index("divergence_bars.js")
    assert order.index("dom.js") < order.index("explorable.js") < order.index("divergence_bars.js")
    assert len(order) == len(set(order))


def test_what_two_modules_share_is_one_instance() -> None:
    sources = unpacked(compose(HERE / "divergence_bars.js"))
    assert len({source for source in sources if "const written = new WeakMap" in source}) == 1


def test_the_script_of_the_pages_holds_each_module_once() -> None:
    script = explorables._modules_script()
    for path in (HERE / "lib").glob("*.js"):
        assert len(re.findall(rf"""['"]lib/{re.escape(path.name)}['"]: ?\[""", script)) == 1
    for name in widgets.__all__:
        assert len(re.findall(rf"""(?<![\w.]){name}['"]?: ?\[""", script)) == 1


def test_markup_in_a_state_cannot_end_its_script() -> None:
    markup = EntropyBars(p=[0.5, 0.5], labels=["</script><b>", "b"]).to_html()
    figure = BeautifulSoup(markup, "html.parser").figure
    assert json.loads(figure.script.string)["labels"][0] == "</script><b>"
    assert figure.find("b") is None
