"""EntropyBars in a browser."""

from __future__ import annotations

from typing import Any

import numpy as np

import crossentropy as ce
from explorables.browser import BASE, OpenPage, grip, handle, read, settle


def reference(state: dict[str, Any]) -> dict[str, Any]:
    base = BASE[state["unit"]]
    p = np.array(state["p"])
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(p > 0, p * ce.surprisal(p, base=base), 0)
    return {
        "entropy": ce.entropy(p, base=base),
        "shares": shares,
        "maximum": ce.entropy(np.full(len(p), 1 / len(p)), base=base),
        "perplexity": ce.perplexity(p),
    }


def test_a_bar_takes_from_the_others_in_proportion(explorable: OpenPage) -> None:
    page = explorable("EntropyBars", p=[0.5, 0.3, 0.2])
    handle(page, "p:0").press("PageUp")
    settle(page)
    np.testing.assert_allclose(read(page)["state"]["p"], [0.6, 0.24, 0.16], rtol=1e-12)


def test_a_drag_to_the_top_and_back_forgets_no_proportions(explorable: OpenPage) -> None:
    page = explorable("EntropyBars", p=[0.5, 0.3, 0.2])
    x, y = grip(page, "p:0")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, 0, steps=3)
    settle(page)
    assert read(page)["state"]["p"] == [1, 0, 0]
    page.mouse.move(x, y, steps=3)
    page.mouse.up()
    np.testing.assert_allclose(read(page)["state"]["p"], [0.5, 0.3, 0.2], rtol=1e-12)
