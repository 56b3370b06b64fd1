"""The contract that holds for every explorable."""

from __future__ import annotations

import json
import random
import re

import pytest
from playwright.sync_api import BrowserContext, Page

from crossentropy import widgets
from explorables.browser import (
    EXPLORABLES,
    OpenPage,
    agrees,
    each_view,
    grip,
    handle,
    handles,
    open_drawer,
    read,
    reset,
    settle,
    take_preset,
    value_of,
)


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
        take_preset(page, preset)
        settle(page)
        seen = read(page)
        for trait, value in state.items():
            assert seen["state"][trait] == value, f"{preset}: {trait}"
        agrees(name, seen)
        assert "NaN" not in seen["text"]
        page.emulate_media(reduced_motion="reduce")  # one way is seen; the others are there at once


@pytest.mark.parametrize("name", EXPLORABLES)
def test_handles_are_sliders_that_say_what_they_are(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    for _ in each_view(page):
        found = handles(page)
        assert found
        for h in found:
            node = handle(page, h)
            assert node.get_attribute("role") == "slider"
            assert node.get_attribute("tabindex") in ("0", "-1")
            assert node.get_attribute("aria-label")
            assert node.get_attribute("aria-valuetext")
            low, now, high = (
                float(node.get_attribute(f"aria-value{end}")) for end in ("min", "now", "max")
            )
            assert low <= now <= high
            box = node.locator(".target").bounding_box()
            assert min(box["width"], box["height"]) >= 24


# Labels that are no part of a handle, a button or a message, and are read nevertheless.
READ_ALOUD = """() => [...document.querySelectorAll('.stage text')].filter(label =>
  label.closest('[role]').matches('.stage > svg') && label.ariaHidden !== 'true'
).map(label => label.outerHTML)"""


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_screen_reader_is_spared_the_labels(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    page.emulate_media(reduced_motion="reduce")  # a preset is there at once
    assert page.locator(".stage text").count() > 5
    for _ in each_view(page):
        assert page.evaluate(READ_ALOUD) == []
    for preset in getattr(widgets, name)().presets:
        take_preset(page, preset)
        assert page.evaluate(READ_ALOUD) == [], preset
    handle(page, handles(page)[0]).press("PageDown")
    settle(page)
    assert page.evaluate(READ_ALOUD) == []


@pytest.mark.parametrize("name", EXPLORABLES)
def test_keys_move_every_handle(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    for _ in each_view(page):
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
            reset(page)
    agrees(name, read(page))


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_pointer_drags_every_handle(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    for _ in each_view(page):
        for h in handles(page):
            reset(page)
            before = value_of(page, h)
            x, y = grip(page, h)
            drag(page, (x, y), (23, -23))
            if value_of(page, h) == before:  # it stood at its upper end
                drag(page, grip(page, h), (-23, 23))
            assert value_of(page, h) != before, h
            agrees(name, read(page))


def drag(page: Page, start: tuple[float, float], by: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + by[0], start[1] + by[1], steps=3)
    page.mouse.up()
    settle(page)


# A place inside of a mark where nothing lies above it, or null.
INSIDE = """mark => {
  const { x, y, width, height } = mark.getBoundingClientRect();
  for (let i = 1; i < 20; i += 1) for (let j = 1; j < 20; j += 1) {
    const [a, b] = [x + i * width / 20, y + j * height / 20];
    if (document.elementFromPoint(a, b) === mark) return [a, b];
  }
  return null;
}"""


@pytest.mark.parametrize("name", EXPLORABLES)
def test_what_shows_a_value_is_dragged_as_its_handle_is(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    tried = 0
    held = page.locator("[data-holds]")
    for _ in each_view(page):
        for i in range(held.count()):
            reset(page)
            mark = held.nth(i)
            start = mark.evaluate(INSIDE)
            if start is None:
                continue
            tried += 1
            states = [read(page)["state"]]
            across = mark.get_attribute("data-holds") == "x"
            for by in (25, -25):  # it may stand at one of its ends
                drag(page, start, (by, 0) if across else (0, by))
                states.append(read(page)["state"])
            assert states != states[:1] * 3, mark.get_attribute("data-mark")
            agrees(name, read(page))
    assert tried >= 1


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_track_that_is_pressed_calls_its_handle(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    for _ in each_view(page):
        for groove in page.locator("rect.target[data-holds=x]").all():
            box = groove.bounding_box()
            (h,) = [
                h for h in handles(page)
                if abs(grip(page, h)[1] - box["y"] - box["height"] / 2) < 2
                and box["x"] <= grip(page, h)[0] <= box["x"] + box["width"]
            ]  # fmt: skip
            for share in (0.3, 0.72):
                x = box["x"] + share * box["width"]
                page.mouse.click(x, box["y"] + box["height"] / 2)
                settle(page)
                assert grip(page, h)[0] == pytest.approx(x, abs=0.06 * box["width"]), h
            agrees(name, read(page))


# What the prompt asks for, where that is not the first handle.
ASKED_FOR = {
    "ThreeLosses": "q:1",
    "DivergenceBars": "q:0",
    "CodeBook": "q:0",
    "SoftmaxGradient": "logits:0",
    "LogSumExp": "temperature",
    "ProperScoring": "report",
    "LossZoo": "report",
}


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_picture_is_one_stop_of_the_tab_key_and_opens(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    stops = page.locator(".stage [tabindex]")
    reached = page.locator(".stage [tabindex='0']")
    for _ in each_view(page):
        assert reached.count() == 1
        reached.focus()
        first = page.evaluate("document.activeElement.dataset.handle")
        assert first == ASKED_FOR.get(name, handles(page)[0])
        page.keyboard.press("Enter")
        assert reached.count() == stops.count()
        stops.first.focus()
        for _ in range(stops.count() - 1):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.closest('.stage') !== null")
        last = page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.outerHTML").startswith(last[:12])
        assert reached.count() == 1
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.stage') === null")


@pytest.mark.parametrize("name", EXPLORABLES)
def test_nothing_lies_above_a_handle(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    for _ in each_view(page):
        for h in handles(page):
            there = "([x, y]) => document.elementFromPoint(x, y).closest('[data-handle]')"
            assert page.evaluate(f"{there}?.dataset.handle", [*grip(page, h)]) == h


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


def test_one_row_of_presets_is_there_and_a_button_shows_the_others(explorable: OpenPage) -> None:
    page = explorable("LogSumExp")
    row = page.locator(".presets").evaluate("row => row.getBoundingClientRect().bottom")
    chips = page.locator(".chip")
    below = sum(chip.bounding_box()["y"] >= row for chip in chips.all())
    assert below > 0
    more = page.get_by_role("button", name=f"Show {below} more")
    assert more.inner_text() == f"{below} more"
    more.click()
    row = page.locator(".presets").evaluate("row => row.getBoundingClientRect().bottom")
    assert all(chip.bounding_box()["y"] < row for chip in chips.all())
    page.get_by_role("button", name="Show fewer").click()
    assert more.get_attribute("aria-expanded") == "false"
    page.set_viewport_size({"width": 390, "height": 900})
    settle(page)
    assert not page.locator(".more").is_visible()  # a thumb pushes them aside


def test_presets_are_one_stop_of_the_tab_key(explorable: OpenPage) -> None:
    page = explorable("LogSumExp")
    chips = page.locator(".presets button:not([inert])")
    names = chips.all_inner_texts()
    assert len(names) < page.locator(".chip").count()
    focused = "document.activeElement.textContent"
    assert page.locator(".presets [tabindex='0']").all_inner_texts() == names[:1]
    page.locator(".stage [tabindex='0']").focus()
    page.keyboard.press("Tab")
    reached = []
    for _ in names:
        reached.append(page.evaluate(focused))
        page.keyboard.press("ArrowRight")
    assert reached == names
    assert page.evaluate(focused) == names[0]
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused) == names[-1]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "more"
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(focused) == names[-1]  # where it was
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) not in names
    page.locator(".more").click()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(focused) == names[0]


def test_the_button_of_a_view_stands_where_that_of_another_stood(explorable: OpenPage) -> None:
    page = explorable("GaussianFit")
    places = []
    for _ in each_view(page):
        places.append(page.locator(".primary:not(.elsewhere)").bounding_box())
    assert places[0] == places[1]


def test_in_colours_of_a_readers_own_what_is_chosen_is_told_apart(explorable: OpenPage) -> None:
    page = explorable("GaussianFit")
    page.emulate_media(forced_colors="active")
    ground = "node => getComputedStyle(node).backgroundColor"
    for chosen, other in (
        (".view[aria-checked=true]", ".view[aria-checked=false]"),
        (".chip[aria-pressed=true]", ".chip[aria-pressed=false]"),
    ):
        grounds = [page.locator(one).first.evaluate(ground) for one in (chosen, other)]
        assert grounds[0] != grounds[1]
    icon = "node => getComputedStyle(node, '::before').backgroundColor"
    reset = page.locator(".reset")
    assert reset.evaluate(icon) != reset.evaluate(ground)
    page.emulate_media(forced_colors="none")


# Buttons that are missed so many pixels above or below their middle.
MISSED = """reach => [...document.querySelectorAll('figure button')].filter(button => {
  const { x, y, width, height } = button.getBoundingClientRect();
  const middle = [x + width / 2, y + height / 2];
  if (!button.contains(document.elementFromPoint(...middle))) return false; // pushed aside
  return [-reach, reach].some(down =>
    !button.contains(document.elementFromPoint(middle[0], middle[1] + down)));
}).map(button => button.textContent)"""


@pytest.mark.parametrize("name", ["EntropyBars", "SoftmaxGradient"])
@pytest.mark.parametrize(("width", "reach"), [(390, 21), (1366, 13)])
def test_buttons_are_as_high_as_a_thumb(
    name: str, width: int, reach: int, explorable: OpenPage, context: BrowserContext
) -> None:
    """They look smaller. Where two rows of them share a wide page, none covers another."""
    page = explorable(name)
    page.set_viewport_size({"width": width, "height": 900})
    touch = context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.add_style_tag(content="main { padding: 24px 0; width: auto; max-width: 624px }")
    settle(page)
    assert page.evaluate("matchMedia('(any-pointer: coarse)').matches")
    assert page.evaluate(MISSED, reach) == []


@pytest.mark.parametrize("name", EXPLORABLES)
def test_random_drags_of_a_real_pointer_leave_it_right(name: str, explorable: OpenPage) -> None:
    """A few by the browser's own pointer; test_gestures.py has thousands, made in the page."""
    page = explorable(name)
    rng = random.Random(20)
    for _ in range(15):
        x, y = grip(page, rng.choice(handles(page)))
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + rng.gauss(0, 80), y + rng.gauss(0, 80))
        page.mouse.up()
        settle(page)
        seen = read(page)
        agrees(name, seen)
        assert "NaN" not in seen["text"]
        assert len(set(seen["ledger"])) == 1, seen["ledger"]


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
    open_drawer(page)
    page.get_by_role("button", name="Copy Python").click()
    page.get_by_text("Python copied").wait_for()
    line = page.evaluate("navigator.clipboard.readText()")
    widget = eval(line, vars(widgets))
    for trait, value in state.items():
        recreated = json.loads(json.dumps(getattr(widget, trait)))  # tuples become lists
        assert recreated == value, trait


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_copied_link_opens_at_the_state(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    handle(page, handles(page)[0]).press("PageDown")
    settle(page)
    state = read(page)["state"]
    open_drawer(page)
    page.get_by_role("button", name="Copy link").click()
    link = page.evaluate("location.href")
    assert f"#{name}=" in link
    again = page.context.new_page()
    again.goto(link)
    again.wait_for_selector("[data-live=true]")
    assert read(again)["state"] == state
    again.close()
    # Reset, the address says nothing of it, and the same link leads there again.
    page.locator(".reset").click()
    settle(page)
    assert "#" not in page.evaluate("location.href")
    page.evaluate("link => { location.href = link; }", link)
    settle(page)
    assert read(page)["state"] == state


@pytest.mark.parametrize("name", EXPLORABLES)
def test_it_says_what_a_change_did_once_and_has_a_name(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    figure = page.locator("figure")
    assert figure.get_attribute("aria-label") == getattr(widgets, name)().prompt
    spoken = figure.locator("[aria-live=polite]")
    assert spoken.inner_text() == ""
    for key in ("PageDown", "PageDown", "ArrowUp"):
        handle(page, handles(page)[0]).press(key)
    page.wait_for_function(
        "() => document.querySelector('[aria-live=polite]').textContent.length > 0"
    )
    said = spoken.inner_text()
    assert re.search(r"\d", said)
    assert len(said) < 100, said
    assert not re.search(r"NaN|undefined|null", said)


def test_a_second_link_is_followed_in_the_open_page(explorable: OpenPage) -> None:
    page = explorable("DivergenceBars")
    start = read(page)["state"]
    for state, q in [
        ("q:.25,.75,0", [0.25, 0.75, 0]),
        ("q:.6,.3,.1", [0.6, 0.3, 0.1]),
        ("p:1,0,0&utm_source=mail", start["q"]),  # what a link does not name is as at the start
        ("", start["q"]),
    ]:
        page.evaluate(f"location.hash = 'DivergenceBars={state}'")
        settle(page)
        assert read(page)["state"]["q"] == q
        assert page.locator(".status").inner_text() == ""
    assert read(page)["state"] == start


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_broken_link_says_so_and_leaves_the_state(name: str, explorable: OpenPage) -> None:
    opens_in_spite_of(explorable(name), name, "nonsense:1")


@pytest.mark.parametrize("state", ["{}}", "null", "%E0%A4%A", "p:1", "p:%E0%A4%A", "unit:bans"])
def test_a_link_that_holds_no_state_says_so(state: str, explorable: OpenPage) -> None:
    opens_in_spite_of(explorable("EntropyBars"), "EntropyBars", state)


def opens_in_spite_of(page: Page, name: str, state: str) -> None:
    url = page.url
    page.goto("about:blank")
    page.goto(f"{url}#{name}={state}")
    page.wait_for_selector("[data-live=true]")
    assert "link's state is not valid" in page.locator(".status").inner_text()
    agrees(name, read(page))
