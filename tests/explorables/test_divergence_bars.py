"""DivergenceBars in a browser."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import crossentropy as ce
from explorables.browser import (
    BASE,
    OpenPage,
    assert_agrees,
    handle,
    open_drawer,
    read,
    settle,
)


def reference(state: dict[str, Any]) -> dict[str, Any]:
    p, q, base = state["p"], state["q"], BASE[state["unit"]]
    return {
        "entropy": ce.entropy(p, base=base),
        "kl_divergence": ce.kl_divergence(p, q, base=base),
        "cross_entropy": ce.cross_entropy(p, q, base=base),
        "reverse_kl_divergence": ce.kl_divergence(q, p, base=base),
    }


def test_a_locked_bar_keeps_its_height(explorable: OpenPage) -> None:
    page = explorable("DivergenceBars", p=[0.5, 0.3, 0.2], q=[0.2, 0.3, 0.5])
    lock = page.locator('[data-lock="q:1"]')
    lock.click()
    settle(page)
    assert lock.get_attribute("aria-pressed") == "true"
    handle(page, "q:0").press("End")
    settle(page)
    np.testing.assert_allclose(read(page)["state"]["q"], [0.7, 0.3, 0.0], rtol=1e-12)
    handle(page, "q:1").press("PageUp")
    settle(page)
    assert read(page)["state"]["q"][1] == pytest.approx(0.3, rel=1e-12)
    assert "locked" in handle(page, "q:1").get_attribute("aria-valuetext")
    handle(page, "q:1").press("l")
    settle(page)
    assert lock.get_attribute("aria-pressed") == "false"
    # JupyterLab must not hear it: there the key counts a cell's lines.
    page.evaluate("document.addEventListener('keydown', () => { window.heard = true; })")
    handle(page, "q:1").press("L")
    settle(page)
    assert page.evaluate("window.heard") is None
    assert lock.get_attribute("aria-pressed") == "true"
    lock.press("Enter")
    settle(page)
    assert lock.get_attribute("aria-pressed") == "false"


def test_a_bar_can_reach_zero_and_infinity_is_shown_as_such(explorable: OpenPage) -> None:
    page = explorable("DivergenceBars", p=[0.5, 0.3, 0.2], q=[0.2, 0.3, 0.5])
    handle(page, "q:2").press("Home")
    settle(page)
    seen = read(page)
    assert seen["state"]["q"][2] == 0
    assert seen["quantities"]["kl_divergence"] == "Infinity"
    assert page.locator('[data-quantity="cross_entropy"]').inner_text() == "∞"
    assert seen["ledger"] == ["∞", "∞", "∞"]


@pytest.mark.parametrize("unit", ["nats", "bits"])
def test_the_unit_is_shown_beside_every_number(unit: str, explorable: OpenPage) -> None:
    page = explorable("DivergenceBars")
    open_drawer(page)
    page.get_by_label("Unit").select_option(unit)
    settle(page)
    assert set(page.locator(".readout .unit").all_inner_texts()) == {unit}
    assert_agrees(read(page), reference)


def test_a_script_is_told_what_is_wrong_with_a_state(explorable: OpenPage) -> None:
    page = explorable("DivergenceBars")
    message = page.evaluate(
        """() => { try { document.querySelector('figure').explorable.set('q', [0.5, 0.6, 0]); }
                   catch (error) { return error.message; } }"""
    )
    assert message == "q sums to 1.1, not 1"
    assert_agrees(read(page), reference)
    assert read(page)["state"]["q"] == [0.1, 0.3, 0.6]


def test_at_q_equal_to_p_the_purple_is_gone(explorable: OpenPage) -> None:
    page = explorable("DivergenceBars", p=[0.5, 0.3, 0.2], q=[0.5, 0.3, 0.2])
    purple = page.locator(".length.role-kl")
    assert purple.count() == 2
    assert {path.get_attribute("d") for path in purple.all()} == {""}


def test_what_is_taken_off_is_taken_off_with_one_sign(explorable: OpenPage) -> None:
    page = explorable("DivergenceBars", q=[0.1, 0.3, 0.6], unit="nats")
    text = page.locator(".ledger").inner_text()
    assert "0.17·(1.79 − 1.28)" in text
    assert "+ −" not in text
