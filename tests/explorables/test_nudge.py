"""A picture that shows by itself, once, what can be dragged; and a prompt that answers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from explorables.browser import OpenPage, handle, read, settle

START = [0.7, 0.2, 0.1]
GOAL = [0.525, 0.4, 0.075]

# Heights of the dog's bar, and what a script is told meanwhile, until the picture stands again.
WATCH = """() => new Promise(done => {
  const figure = document.querySelector('figure');
  const bar = figure.querySelector('[data-mark*="height=q:1"]');
  const seen = { heights: [], states: new Set(), values: new Set(), moved: 0 };
  let begun = false;
  const started = performance.now();
  const look = now => {
    const isOn = figure.dataset.nudged === 'true';
    begun ||= isOn;
    seen.heights.push(bar.height.baseVal.value);
    seen.states.add(String(figure.explorable.get('q')));
    seen.states.add(String(figure.explorable.quantities.surprisal));
    seen.values.add(figure.querySelector('[data-handle="q:1"]').getAttribute('aria-valuenow'));
    seen.moved += isOn;
    if ((begun && !isOn) || now - started > 4000) {
      done({ begun, heights: seen.heights, states: seen.states.size, values: seen.values.size,
        ringed: figure.querySelectorAll('.nudged').length });
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


@pytest.fixture
def page(explorable: OpenPage) -> Page:
    return explorable("ThreeLosses", q=START, nudge={"q": GOAL})


def test_a_bar_moves_by_itself_and_the_state_does_not(page: Page) -> None:
    seen = page.evaluate(WATCH)
    first, *_, last = seen["heights"]
    assert seen["begun"]
    assert max(seen["heights"]) > 1.7 * first
    assert last == first
    # q and its surprise, one value each; a screen reader hears one, too.
    assert (seen["states"], seen["values"]) == (2, 1)
    assert seen["ringed"] == 0
    assert read(page)["state"]["q"] == START
    assert not page.evaluate("location.hash")


@pytest.mark.parametrize("act", ["press", "key", "script"])
def test_whatever_the_reader_does_ends_it_at_once(act: str, page: Page) -> None:
    page.wait_for_selector("figure[data-nudged]")
    if act == "press":
        page.mouse.click(5, 400)
    elif act == "key":
        handle(page, "q:0").press("ArrowUp")
    else:
        page.evaluate("document.querySelector('figure').explorable.set('q', [0.2, 0.3, 0.5])")
    settle(page)
    assert page.locator("figure[data-nudged], .nudged").count() == 0
    shown = page.locator('[data-handle="q:1"] .grip-value').text_content()
    assert shown == f"{read(page)['state']['q'][1]:.2f}"
    page.wait_for_timeout(900)
    assert page.locator("figure[data-nudged]").count() == 0


def test_who_asks_for_less_motion_sees_none(explorable: OpenPage, tab: Page) -> None:
    tab.emulate_media(reduced_motion="reduce")
    page = explorable("ThreeLosses", q=START, nudge={"q": GOAL})
    page.wait_for_timeout(1000)
    assert page.locator("figure[data-nudged]").count() == 0


def test_a_prompt_says_so_when_the_purple_is_gone(explorable: OpenPage) -> None:
    page = explorable("DivergenceBars", p=[0.5, 0.5, 0], q=[0.45, 0.5, 0.05], reply="Gone.")
    prompt = page.locator(".prompt")
    assert prompt.inner_text() == "Drag q until the purple is gone."
    handle(page, "q:2").press("Home")
    settle(page)
    assert prompt.inner_text() == "Gone."
    page.wait_for_function("document.querySelector('[aria-live=polite]').textContent")
    assert page.locator("[aria-live=polite]").inner_text().endswith(". Gone.")
    handle(page, "q:2").press("PageUp")
    settle(page)
    assert prompt.inner_text() == "Drag q until the purple is gone."
