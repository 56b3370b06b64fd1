"""Make your own: the test that the page shows, and what `Live` asks of a widget."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Page

from crossentropy.widgets import Live

PAGE = Path(__file__).parent.parent / "chapters" / "make-your-own.ipynb"
CELLS = {cell.id: cell for cell in nbformat.read(PAGE, as_version=4).cells}
# What a reader saves as two_coins.py: the class, and the function that draws its picture.
MODULE = ["imports", "chart", "js-formulas", "js-render", "widget"]
(SHOWN,) = re.findall(r"```python\n(.*?)```", CELLS["one-test"].source, re.DOTALL)


@pytest.fixture
def two_coins(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    module = types.ModuleType("two_coins")
    monkeypatch.setitem(sys.modules, "two_coins", module)
    for name in MODULE:
        exec(CELLS[name].source, vars(module))
    return module


def run_the_test_that_is_shown(page: Page) -> None:
    """Run it as pytest would: once for each state of its mark."""
    namespace: dict[str, Any] = {}
    exec(SHOWN, namespace)
    test = namespace["test_the_browser_says_what_python_says"]
    (mark,) = test.pytestmark
    for share in mark.args[1]:
        test(page, share)


def test_the_test_that_is_shown_passes(two_coins: types.ModuleType, tab: Page) -> None:
    tab.goto("about:blank")
    run_the_test_that_is_shown(tab)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("-p * Math.log2(p)", "p * Math.log2(p)"),
        ("term(p) + term(1 - p)", "term(p) - term(1 - p)"),
        ("term(1 - p)", "term(1 + p)"),
        ("w * 0.1 + (1 - w) * 0.8;", "w * 0.1 + (1 - w) * 0.1;"),
        ("toFixed(3)", "toFixed(2)"),
    ],
)
def test_the_test_that_is_shown_finds_a_broken_copy(
    right: str, wrong: str, two_coins: types.ModuleType, tab: Page
) -> None:
    coins = two_coins.TwoCoins
    coins._esm = coins._esm.replace(right, wrong)
    tab.goto("about:blank")
    with pytest.raises(AssertionError):
        run_the_test_that_is_shown(tab)


def test_a_live_widget_that_describes_nothing_says_what_it_lacks() -> None:
    class Report(Live):
        _esm = "export default { render() {} };"

    # Not a NotImplementedError, which IPython keeps to itself.
    with pytest.raises(TypeError, match="Report does not describe its picture"):
        Report()._repr_mimebundle_()
