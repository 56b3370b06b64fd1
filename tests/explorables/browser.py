"""What a test does with an explorable on a page."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page

from crossentropy import widgets
from crossentropy.widgets._drawing import engine
from crossentropy.widgets._explorable import Explorable
from crossentropy.widgets._modules import snake_case

OpenPage = Callable[..., Page]
# Predict has no picture, and a test file of its own.
EXPLORABLES = [name for name in widgets.__all__ if name != "Predict"]
BASE = {"nats": None, "bits": 2}

READ = """() => {
  const figure = document.querySelector('figure.explorable');
  const get = trait => figure.explorable.get(trait);
  // JSON has no infinity.
  const keep = value => Array.isArray(value) ? value.map(keep)
    : typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  const quantities = figure.explorable.quantities;
  return {
    state: Object.fromEntries(figure.explorable.traits.map(t => [t, get(t)])),
    quantities: Object.fromEntries(Object.entries(quantities).map(([n, v]) => [n, keep(v)])),
    text: figure.textContent,
    ledger: [...figure.querySelectorAll('.ledger td.value')].map(cell => cell.innerText),
  };
}"""


def described(explorable: Explorable) -> str:
    """Return what is said of an explorable's picture."""
    return engine().describe(str(explorable._esm), explorable._state())


def script(name: str) -> str:
    """Return a script of the tests', and the random numbers that its walks take."""
    here = Path(__file__).parent
    return "".join((here / f"{part}.js").read_text("utf-8") for part in ("random", name))


def read(page: Page) -> dict[str, Any]:
    return page.evaluate(READ)


def settle(page: Page) -> None:
    """Wait until the redraw that a change asked for has happened."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def as_numbers(value: Any) -> np.ndarray:
    return np.array(value, dtype=float)  # "Infinity" is a float to NumPy too


def assert_agrees(seen: dict[str, Any], reference: Callable[[dict[str, Any]], Any]) -> None:
    """Compare what the browser computed with what Python computes from the same state."""
    for quantity, expected in reference(seen["state"]).items():
        np.testing.assert_allclose(
            as_numbers(seen["quantities"][quantity]),
            expected,
            rtol=1e-12,
            atol=1e-12,
            err_msg=f"{quantity} at {seen['state']}",
        )


def agrees(name: str, seen: dict[str, Any]) -> None:
    """Compare with the reference beside the explorable's own tests."""
    module = importlib.import_module(f"explorables.test_{snake_case(name)}")
    assert_agrees(seen, module.reference)


def bring_into_sight(page: Page, name: str) -> bool:
    """Open the row of presets, if a button of this name is below it; say whether it was."""
    below = page.locator(".presets [inert]").filter(has_text=re.compile(f"^{re.escape(name)}$"))
    if not below.count():
        return False
    page.locator(".more").click()
    return True


def take_preset(page: Page, name: str) -> None:
    """Press a preset, and wait until the picture has gone there."""
    was_out_of_sight = bring_into_sight(page, name)
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_function("document.querySelector('figure[data-live]:not([data-moving])')")
    if was_out_of_sight:
        page.locator(".more").click()
    settle(page)


def each_view(page: Page) -> Iterator[None]:
    """Show one view after another; where there is nothing to choose, what there is."""
    views = page.locator(".view").all()
    for view in views:
        view.click()
        settle(page)
        yield
    if not views:
        yield


def reset(page: Page) -> None:
    """Go back to the start, and stay in the view."""
    view = page.locator(".view[aria-checked=true]")
    shown = view.inner_text() if view.count() else None
    page.get_by_role("button", name="Reset").click()
    settle(page)
    if shown:
        page.get_by_role("radio", name=shown).click()
        settle(page)


def open_drawer(page: Page) -> None:
    page.get_by_role("button", name="Numbers").click()


def handles(page: Page) -> list[str]:
    return page.eval_on_selector_all("[data-handle]", "all => all.map(h => h.dataset.handle)")


def handle(page: Page, name: str) -> Locator:
    return page.locator(f'[data-handle="{name}"]')


def value_of(page: Page, name: str) -> float:
    settle(page)
    return float(handle(page, name).get_attribute("aria-valuenow"))


CENTRE = """handle => {
  const box = handle.querySelector('.grip').getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def grip(page: Page, name: str) -> tuple[float, float]:
    x, y = handle(page, name).evaluate(CENTRE)
    return x, y
