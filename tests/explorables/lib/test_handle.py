"""What is dragged: handles, tracks, bars with locks, and levels of logits."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorables.lib.engine import run

# A handle for a value from 0 to 1, of which one is 200 pixels up; it keeps where it was moved to.
HANDLE = """
    let now = 0.5;
    const moves = [];
    let released = 0;
    const picture = document.createElement("g");
    const { node, draw, hold, guide } = createHandle(createPen(picture), {
      id: "p:0", name: "p of cat", axis: AXIS, mark: "x=0",
      range: () => [0, 1], value: () => now,
      words: (value) => `${value} of it`, at: (value) => 300 + SCALE * value,
      grab: () => "grabbed",
      move: (value, grabbed) => { now = value; moves.push([value, grabbed]); },
      release: () => { released += 1; } });
"""


def test_a_handle_of_a_whole_number_moves_by_whole_steps() -> None:
    moves = run(
        "handle",
        """
        const moves = [];
        const frame = { schema: { bins: { least: 2, most: 20 } }, model: { get: () => 5 },
          set: (changes) => moves.push(changes.bins) };
        const { node } = createTraitHandle(frame, createPen(document.createElement("g")), {
          trait: "bins", name: "bins", decimals: 0, words: String, at: (value) => value });
        key(node, "ArrowRight");
        key(node, "ArrowLeft", { shiftKey: true });
        key(node, "PageUp");
        return moves;
        """,
    )
    assert moves == [6, 4, 15]


def handle(body: str, axis: str = "y") -> Any:
    scale = "-200" if axis == "y" else "200"
    start = HANDLE.replace("AXIS", f'"{axis}"').replace("SCALE", scale)
    return run("handle", f"{start}\n{body}")


def test_a_handle_of_a_trait_moves_it_between_its_ends_to_its_decimals() -> None:
    moves, ends = run(
        "handle",
        """
        const moves = [];
        const frame = { schema: { width: { least: 0.3, most: 8 } }, model: { get: () => 5 },
          set: (changes) => moves.push(changes) };
        const handle = createTraitHandle(frame, createPen(document.createElement("g")), {
          trait: "width", name: "width of q", decimals: 1, step: 0.123, page: 1, fine: 0.01,
          words: String, at: (value) => 10 * value });
        handle.draw(50, 0, "5");
        for (const name of ["ArrowUp", "Home", "End"]) key(handle.node, name);
        return [moves, ["valuemin", "valuemax", "valuenow"]
          .map((name) => handle.node.getAttribute(`aria-${name}`))];
        """,
    )
    assert moves == [{"width": 5.1}, {"width": 0.3}, {"width": 8}]
    assert ends == ["0.3", "8", "5"]


KEYS = {
    "ArrowUp": 0.51,
    "ArrowRight": 0.51,
    "ArrowDown": 0.49,
    "ArrowLeft": 0.49,
    "PageUp": 0.6,
    "PageDown": 0.4,
    "Home": 0,
    "End": 1,
}


@pytest.mark.parametrize(("key", "value"), KEYS.items())
def test_a_key_moves_a_handle_and_goes_no_further(key: str, value: float) -> None:
    moves, prevented, stopped = handle(
        f'const event = key(node, "{key}"); return [moves, event.prevented, event.stopped];'
    )
    assert moves == [[pytest.approx(value), "grabbed"]]
    assert (prevented, stopped) == (True, True)


def test_shift_makes_a_step_fine() -> None:
    assert handle('key(node, "ArrowUp", { shiftKey: true }); return now;') == pytest.approx(0.501)


@pytest.mark.parametrize("held", ["ctrlKey", "metaKey", "altKey"])
def test_a_shortcut_of_the_browser_stays_its_own(held: str) -> None:
    moves, prevented = handle(
        f'const event = key(node, "Home", {{ {held}: true }}); return [moves, event.prevented];'
    )
    assert (moves, prevented) == ([], False)


def test_other_keys_are_let_through() -> None:
    prevented, stopped = handle(
        'const event = key(node, "Tab"); return [event.prevented, event.stopped];'
    )
    assert (prevented, stopped) == (False, False)


@pytest.mark.parametrize(
    ("axis", "x", "y", "value"),
    [
        ("y", 0, -20, 0.6),  # up makes it larger
        ("y", 30, 0, 0.5),
        ("y", 0, 500, 0),
        ("x", 20, 0, 0.6),  # so does right
        ("x", 0, 30, 0.5),
        ("x", 500, 0, 1),
    ],
)
def test_a_drag_moves_by_as_many_pixels(axis: str, x: int, y: int, value: float) -> None:
    moved = handle(
        f'point(node, "down", 100, 100);point(node, "move", {100 + x}, {100 + y}); return moves;',
        axis,
    )
    assert moved == [[pytest.approx(value), "grabbed"]]


def test_a_picture_that_grew_with_the_text_is_dragged_by_its_own_pixels() -> None:
    value = handle(
        'reader.zoom = 2; point(node, "down", 0, 100); reader.zoom = 1;'
        'point(node, "move", 0, 60); return now;'
    )
    assert value == pytest.approx(0.6)


def test_a_drag_is_measured_from_where_it_began() -> None:
    values = handle(
        'point(node, "down", 0, 100);'
        'for (const y of [90, 400, 90]) point(node, "move", 0, y);'
        "return moves.map(([value]) => value);"
    )
    assert values == [pytest.approx(0.55), 0, pytest.approx(0.55)]


@pytest.mark.parametrize("end", ["up", "cancel"])
def test_a_drag_ends_when_the_pointer_is_lifted(end: str) -> None:
    moves, active = handle(
        'point(node, "down", 0, 100); const active = [node.classList.contains("active")];'
        f'point(node, "{end}", 0, 100); point(node, "move", 0, 0);'
        'active.push(node.classList.contains("active")); return [moves, active];'
    )
    assert (moves, active) == ([], [True, False])


@pytest.mark.parametrize("end", ["up", "cancel"])
def test_a_handle_is_released_once_after_a_drag_and_after_a_key(end: str) -> None:
    counted = handle(
        "const counted = []; const count = () => counted.push(released);"
        'point(node, "down", 0, 100); point(node, "move", 0, 60); count();'
        f'point(node, "{end}", 0, 60); count();'
        'node.dispatchEvent({ type: "lostpointercapture", pointerId: 1 }); count();'
        'key(node, "ArrowUp"); count(); return counted;'
    )
    assert counted == [0, 1, 1, 2]


@pytest.mark.parametrize("button", [1, 2])
def test_only_the_first_button_drags(button: int) -> None:
    moves = handle(
        f'point(node, "down", 0, 100, {{ button: {button} }});'
        'point(node, "move", 0, 0); return moves;'
    )
    assert moves == []


def test_a_second_finger_neither_moves_a_handle_nor_lets_it_go() -> None:
    values = handle(
        'point(node, "down", 0, 100);'
        'point(node, "down", 0, 300, { pointerId: 2 });'
        'point(node, "move", 0, 0, { pointerId: 2 });'
        'point(node, "up", 0, 0, { pointerId: 2 });'
        'point(node, "move", 0, 80); return moves.map(([value]) => value);'
    )
    assert values == [pytest.approx(0.6)]


# A mark that the handle holds, and a groove that guides it; the handle stands at its value.
HELD = """
    const mark = document.createElement("rect");
    const draws = () => draw(now * 200 + 300, 300, "");
    draws(); hold(mark); hold(mark); guide(300, 500, 300);
    const groove = picture.querySelector("rect.target[data-holds]");
"""


def held(body: str) -> Any:
    return handle(f"{HELD}\n{body}", "x")


def test_a_mark_is_dragged_as_its_handle_is_and_once() -> None:
    moves, active = held(
        'point(mark, "down", 500, 7); point(mark, "move", 520, 300);'
        'const active = [node.classList.contains("active")]; point(mark, "up", 520, 300);'
        'point(mark, "move", 0, 0); active.push(node.classList.contains("active"));'
        "return [moves, active];"
    )
    assert moves == [[pytest.approx(0.6), "grabbed"]]
    assert active == [True, False]


def test_a_finger_on_a_mark_scrolls_the_page() -> None:
    moves = held(
        'const finger = { pointerType: "touch" }; point(mark, "down", 500, 7, finger);'
        'point(mark, "move", 520, 7, finger); return moves;'
    )
    assert moves == []


def test_a_handle_comes_to_where_its_groove_is_pressed_and_goes_on_from_there() -> None:
    values = held(
        'point(groove, "down", 340, 7); point(groove, "move", 360, 7);'
        "return moves.map(([value]) => value);"
    )
    assert values == [pytest.approx(0.2), pytest.approx(0.3)]


def test_a_finger_that_taps_a_groove_calls_its_handle_and_one_that_swipes_does_not() -> None:
    values = held(
        'const finger = { pointerType: "touch" }; point(groove, "down", 340, 7, finger);'
        'point(groove, "move", 400, 7, finger); const swiped = moves.length;'
        'groove.dispatchEvent({ type: "click", clientX: 340, clientY: 7 });'
        "return [swiped, moves.map(([value]) => value)];"
    )
    assert values == [0, [pytest.approx(0.2)]]


def test_a_click_of_a_mouse_moves_a_handle_no_second_time() -> None:
    values = held(
        'point(groove, "down", 340, 7, { pointerType: "mouse" }); point(groove, "up", 340, 7);'
        'groove.dispatchEvent({ type: "click", clientX: 340, clientY: 7 }); return moves.length;'
    )
    assert values == 1


def test_a_finger_on_a_handle_does_not_scroll() -> None:
    assert handle('return node.dispatchEvent({ type: "touchstart" }).prevented;')


def test_a_handle_says_what_it_is_and_where() -> None:
    said, label, place = handle(
        """
        draw(10, 20, "0.50");
        const said = ["role", "tabindex", "aria-label", "aria-orientation", "aria-valuemin",
          "aria-valuemax", "aria-valuenow", "aria-valuetext", "data-handle", "data-mark"]
          .map((name) => node.getAttribute(name));
        const label = node.querySelector(".grip-value").textContent;
        return [said, label, node.getAttribute("transform")];
        """
    )
    assert ",".join(said) == "slider,0,p of cat,vertical,0,1,0.5,0.5 of it,p:0,x=0"
    assert (label, place) == ("0.50", "translate(10,20)")


def test_a_handle_is_placed_when_it_is_first_drawn() -> None:
    there = handle(
        """
        const there = [];
        for (const change of [() => {}, () => draw(10, 20, ""), () => draw(1, 2, "")]) {
          change();
          there.push(picture.children.map((child) => child === node));
        }
        return there;
        """
    )
    assert there == [[], [True], [True]]


@pytest.mark.parametrize(("key", "presses"), [("Enter", 1), (" ", 1), ("a", 0)])
def test_a_button_in_a_picture_is_pressed_by_click_and_by_key(key: str, presses: int) -> None:
    pressed, prevented = run(
        "handle",
        f"""
        const node = document.createElement("g");
        let pressed = 0;
        onPress(node, () => (pressed += 1));
        click(node);
        const event = key(node, "{key}");
        return [pressed, event.prevented];
        """,
    )
    assert (pressed, prevented) == (1 + presses, presses == 1)


# ---- Tracks ----


def track(options: dict[str, Any], value: float, body: str) -> Any:
    """Draw a track of trait t from 20 to 420 pixels: its line is from 30 to 410."""
    return run(
        "track",
        f"""
        const frame = frameOf({{ t: {value!r} }}, {{ schema: {{ t: {{}} }} }});
        const parent = document.createElement("g");
        const track = createTrack(frame, createPen(parent), {{ trait: "t", name: "t",
          text: (value) => `t = ${{value}}`, ...{json.dumps(options)} }});
        const draw = () => track.draw(frame.model.get("t"), 20, 0, 420);
        draw();
        const grip = parent.querySelector(".handle");
        const at = () => Number(grip.getAttribute("transform").match(/[\\d.]+/)[0]);
        {body}
        """,
    )


@given(st.floats(-3, 3), st.integers(-3, 3))
def test_a_log_track_keeps_three_digits(level: float, steps: int) -> None:
    start = float(f"{10**level:.6g}")
    ends = [1e-4, 1e4]
    key = "ArrowRight" if steps > 0 else "ArrowLeft"
    moved = track(
        {"ends": ends, "scale": "log"},
        start,
        f'for (let i = 0; i < {abs(steps)}; i += 1) key(grip, "{key}"); return frame.changes;',
    )
    value = start
    for change in moved:
        wanted = value * 10 ** math.copysign(0.05, steps)
        value = change["t"]
        assert value == pytest.approx(wanted, rel=0.0051)
        assert value == float(f"{value:.3g}")
    assert len(moved) == abs(steps)


@pytest.mark.parametrize(
    ("options", "value", "pixels"),
    [
        ({"ends": [0, 10]}, 5, 220),
        ({"ends": [0, 10]}, 0, 30),
        ({"ends": [0, 10]}, 99, 410),  # set from outside, it stands at the end
        ({"ends": [0, 10]}, -5, 30),
        ({"ends": [0.01, 100], "scale": "log"}, 1, 220),
        ({"ends": [0.01, 100], "scale": "log"}, 10, 315),
    ],
)
def test_a_grip_stands_at_its_value(options: dict[str, Any], value: float, pixels: float) -> None:
    assert track(options, value, "return at();") == pytest.approx(pixels)


@pytest.mark.parametrize(
    ("scale", "right", "value"), [("linear", 3.8, 5.1), ("whole", 20, 6), ("whole", 3, 5)]
)
def test_a_drag_along_a_track_sets_its_trait(scale: str, right: float, value: float) -> None:
    changes = track(
        {"ends": [0, 10], "scale": scale},
        5,
        f'point(grip, "down", 0, 0); point(grip, "move", {right}, 0); return frame.changes;',
    )
    assert changes == [{"t": pytest.approx(value, abs=1e-12)}]


def test_a_value_on_a_linear_track_has_three_decimals() -> None:
    changes = track(
        {"ends": [0, 1]},
        0.5,
        'point(grip, "down", 0, 0); point(grip, "move", 1, 0); return frame.changes;',
    )
    assert changes == [{"t": round(0.5 + 1 / 380, 3)}]


def test_a_log_scale_says_that_it_is_one() -> None:
    name, ticks, words = track(
        {"ends": [0.01, 100], "ticks": [0.01, 1, 100], "scale": "log"},
        1,
        """return [grip.getAttribute("aria-label"),
          parent.querySelectorAll("text.tick").map((tick) => Number(tick.getAttribute("x"))),
          grip.getAttribute("aria-valuetext")];""",
    )
    assert name == "t, on a logarithmic scale"
    assert ticks == pytest.approx([30, 220, 410])
    assert words == "t = 1"


# ---- Bars ----

BARS = """
    const frame = frameOf({ p: [0.5, 0.3, 0.2], labels: ["cat", "dog", "bird"] },
      { schema: { p: { of: { least: 0, most: 1 } } } });
    const parent = document.createElement("g");
    const bars = createBars(frame, createPen(parent), "p");
    const draw = () => bars.draw(frame.model.get("p"),
      { x: (k) => 50 * k, width: 40, top: 0, bottom: 200, lockY: 220 });
    draw();
    const [grips, locks] = [".handle", ".lock"].map((each) => parent.querySelectorAll(each));
    const heights = () => parent.querySelectorAll("rect.bar")
      .map((bar) => bar.getAttribute("height"));
"""


def bars(body: str) -> Any:
    return run("bars", f"{BARS}\n{body}")


def test_a_bar_is_as_high_as_its_component() -> None:
    assert bars("return heights().map(Number);") == [100, 60, 40]


def test_a_bar_takes_from_the_free_ones() -> None:
    change = bars('click(locks[1]); key(grips[0], "PageUp"); return frame.changes;')
    assert change == [{"p": pytest.approx([0.6, 0.3, 0.1])}]


def test_a_locked_bar_does_not_move_and_says_so() -> None:
    changes, said, pressed, redraws = bars(
        """
        click(locks[0]);
        draw();
        key(grips[0], "PageUp");
        return [frame.changes, grips[0].getAttribute("aria-valuetext"),
          locks.map((lock) => lock.getAttribute("aria-pressed")), frame.redraws];
        """
    )
    assert (changes, said, redraws) == ([], "0.500, locked", 1)
    assert pressed == ["true", "false", "false"]


def test_a_lock_opens_again() -> None:
    assert bars("click(locks[0]); click(locks[0]); return frame.locked.size;") == 0


def test_a_bar_goes_to_one_and_back_and_the_others_remember() -> None:
    p = bars(
        """
        point(grips[0], "down", 0, 100);
        for (const y of [-50, 100]) point(grips[0], "move", 0, y);
        return frame.changes.map(({ p }) => p);
        """
    )
    assert p == [[1, 0, 0], pytest.approx([0.5, 0.3, 0.2])]


# ---- Levels ----


def level(logits: list[float], body: str) -> Any:
    """Give the first of the logits a handle; ten pixels are one."""
    return run(
        "logits",
        f"""
        const frame = frameOf({{ logits: {json.dumps(logits)} }});
        const pen = createPen(document.createElement("g"));
        const handle = createLevel(frame, pen, (level) => 100 - 10 * level, {{
          id: "logits:0", name: "logit of cat", mark: "",
          value: () => frame.model.get("logits")[0],
          apply: (level, before) => [level, ...before.slice(1)] }});
        const grip = handle.node;
        {body}
        """,
    )


def test_a_logit_is_dragged_to_two_decimals() -> None:
    changes = level(
        [1, 2], 'point(grip, "down", 0, 0); point(grip, "move", 0, -1.234); return frame.changes;'
    )
    assert changes == [{"logits": [1.12, 2]}]


def test_a_logit_far_out_starts_from_the_edge_where_its_grip_is() -> None:
    changes = level(
        [1000, 2], 'point(grip, "down", 0, 0); point(grip, "move", 0, 20); return frame.changes;'
    )
    assert changes == [{"logits": [3, 2]}]


def test_a_press_without_a_move_changes_no_logit() -> None:
    changes = level(
        [1000, 2], 'point(grip, "down", 0, 0); point(grip, "move", 0, 0); return frame.changes;'
    )
    assert changes == []


def test_the_range_of_a_logit_stands_still_during_a_drag() -> None:
    ends = level(
        [20, 2],
        """
        const ends = () => {
          handle.draw(0, 0, "");
          return ["min", "max"].map((end) => Number(grip.getAttribute(`aria-value${end}`)));
        };
        point(grip, "down", 0, 0);
        point(grip, "move", 0, 20);
        const held = ends();
        grip.dispatchEvent({ type: "lostpointercapture", pointerId: 1 });
        return [held, ends()];
        """,
    )
    assert ends == [[-5, 20], [-5, 5]]
