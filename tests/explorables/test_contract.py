"""The contract that holds for every explorable."""

from __future__ import annotations

import importlib
import random
from typing import Any

import pytest

from crossentropy import widgets
from crossentropy.widgets._modules import snake_case
from explorables.browser import (
    OpenPage,
    assert_agrees,
    grip,
    handle,
    handles,
    read,
    settle,
    value_of,
)

EXPLORABLES = widgets.__all__


def agrees(name: str, seen: dict[str, Any]) -> None:
    """Compare with the reference beside the explorable's own tests."""
    module = importlib.import_module(f"explorables.test_{snake_case(name)}")
    assert_agrees(seen, module.reference)


@pytest.mark.parametrize("name", EXPLORABLES)
def test_it_is_live_and_agrees_with_python_from_the_start(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    agrees(name, read(page))


@pytest.mark.parametrize("name", EXPLORABLES)
def test_every_preset_agrees_with_python(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    presets = getattr(widgets, name)().presets
    assert len(presets) >= 3
    for preset, state in presets.items():
        page.get_by_label("Preset").select_option(preset)
        settle(page)
        seen = read(page)
        for trait, value in state.items():
            assert seen["state"][trait] == value, f"{preset}: {trait}"
        agrees(name, seen)
        assert "NaN" not in seen["text"]


@pytest.mark.parametrize("name", EXPLORABLES)
def test_handles_are_sliders_that_say_what_they_are(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    found = handles(page)
    assert found
    for h in found:
        node = handle(page, h)
        assert node.get_attribute("role") == "slider"
        assert node.get_attribute("tabindex") == "0"
        assert node.get_attribute("aria-label")
        assert node.get_attribute("aria-valuetext")
        low, now, high = (
            float(node.get_attribute(f"aria-value{end}")) for end in ("min", "now", "max")
        )
        assert low <= now <= high
        box = node.locator(".target").bounding_box()
        assert min(box["width"], box["height"]) >= 24


@pytest.mark.parametrize("name", EXPLORABLES)
def test_keys_move_every_handle(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    for h in handles(page):
        handle(page, h).focus()
        page.keyboard.press("Home")
        low = value_of(page, h)
        moved = [low]
        for key in ("ArrowUp", "ArrowRight", "Shift+ArrowUp", "PageUp", "End"):
            page.keyboard.press(key)
            moved.append(value_of(page, h))
        assert moved == sorted(moved), h
        assert moved[1] > moved[0], h
        assert moved[-1] == float(handle(page, h).get_attribute("aria-valuemax")), h
        for key in ("PageDown", "ArrowDown", "ArrowLeft", "Shift+ArrowDown"):
            page.keyboard.press(key)
            assert value_of(page, h) <= moved[-1], h
        assert value_of(page, h) < moved[-1], h
        page.get_by_role("button", name="Reset").click()
    agrees(name, read(page))


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_pointer_drags_every_handle(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    for h in handles(page):
        page.get_by_role("button", name="Reset").click()
        before = value_of(page, h)
        x, y = grip(page, h)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 23, y - 23, steps=3)
        page.mouse.up()
        after = value_of(page, h)
        if after == before:  # it stood at its upper end
            page.mouse.move(*grip(page, h))
            page.mouse.down()
            page.mouse.move(x - 23, y + 23, steps=3)
            page.mouse.up()
            after = value_of(page, h)
        assert after != before, h
        agrees(name, read(page))


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_finger_drags_a_handle_and_the_page_stays(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    page.add_style_tag(content="main { padding-bottom: 2000px }")  # something to scroll to
    touch = page.context.new_cdp_session(page)

    def finger(kind: str, *points: tuple[float, float]) -> None:
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    h = handles(page)[0]
    before = value_of(page, h)
    x, y = grip(page, h)
    finger("touchStart", (x, y))
    for step in range(1, 6):
        finger("touchMove", (x + 10 * step, y - 10 * step))
    finger("touchEnd")
    assert value_of(page, h) > before
    assert page.evaluate("scrollY") == 0
    agrees(name, read(page))


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_thousand_random_drags_leave_it_right(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    rng = random.Random(20)
    seen = []
    for step in range(1000):
        h = rng.choice(handles(page)) if step % 10 == 0 else h  # noqa: F821
        x, y = grip(page, h)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + rng.gauss(0, 80), y + rng.gauss(0, 80))
        page.mouse.up()
        if step % 5 == 0:
            settle(page)
            seen.append(read(page))
    for one in seen:
        agrees(name, one)
        assert "NaN" not in one["text"]
        assert len(set(one["ledger"])) == 1, one["ledger"]


@pytest.mark.parametrize("name", EXPLORABLES)
def test_reset_returns_to_the_start(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    start = read(page)["state"]
    for h in handles(page):
        handle(page, h).focus()
        page.keyboard.press("PageUp")
        page.keyboard.press("PageDown")
        page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Reset").click()
    settle(page)
    assert read(page)["state"] == start


@pytest.mark.parametrize("name", EXPLORABLES)
def test_the_copied_python_recreates_the_state(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    handle(page, handles(page)[0]).press("PageDown")
    settle(page)
    state = read(page)["state"]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy Python").click()
    page.get_by_text("Python copied").wait_for()
    line = page.evaluate("navigator.clipboard.readText()")
    widget = eval(line, vars(widgets))
    for trait, value in state.items():
        recreated = getattr(widget, trait)
        assert (list(recreated) if isinstance(value, list) else recreated) == value, trait


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_copied_link_opens_at_the_state(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    handle(page, handles(page)[0]).press("PageDown")
    settle(page)
    state = read(page)["state"]
    page.get_by_role("button", name="Copy link").click()
    link = page.evaluate("location.href")
    assert f"#{name}-1=" in link
    again = page.context.new_page()
    again.goto(link)
    again.wait_for_selector("[data-live=true]")
    assert read(again)["state"] == state


@pytest.mark.parametrize("state", ["{}}", '{"nonsense":1}', "null", "%E0%A4%A"])
@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_broken_link_says_so_and_leaves_the_state(
    name: str, state: str, explorable: OpenPage
) -> None:
    page = explorable(name, f"#{name}-1={state}")
    assert "link's state is not valid" in page.locator(".status").inner_text()
    agrees(name, read(page))
