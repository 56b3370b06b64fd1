"""A declared picture: parts in rows and columns of lengths and shares."""

from __future__ import annotations

from typing import Any

from explorables.lib.engine import run

Area = dict[str, float]


def areas(layout: str, width: float, height: float) -> dict[str, Area]:
    found: dict[str, Area] = run("picture", f"return areas({layout}, {width}, {height});")
    return found


def test_lengths_stay_and_names_share_the_rest() -> None:
    found = areas(
        '{ columns: [10, ["a", 1], 20, ["b", 3], 30], rows: [5, "a b", 15] }', width=460, height=120
    )
    assert found == {
        "a": {"left": 10, "right": 110, "top": 5, "bottom": 105, "width": 100, "height": 100},
        "b": {"left": 130, "right": 430, "top": 5, "bottom": 105, "width": 300, "height": 100},
    }


def test_a_part_that_is_named_twice_reaches_from_the_first_to_the_last() -> None:
    found = areas(
        '{ columns: ["a b", 8, ["b", 0], 2], rows: ["a", 4, "b"] }', width=110, height=104
    )
    assert [found["a"]["right"], found["b"]["left"], found["b"]["right"]] == [100, 0, 108]
    assert [found["a"]["bottom"], found["b"]["top"], found["b"]["bottom"]] == [50, 54, 104]


def test_a_part_may_have_a_length_of_its_own() -> None:
    found = areas('{ columns: ["a b"], rows: [10, "a", 6, { b: 30 }, 4] }', width=50, height=100)
    assert [found[name][end] for name in "ab" for end in ("top", "bottom")] == [10, 60, 66, 96]


def test_parts_end_at_whole_pixels_however_many_share_the_room() -> None:
    found = areas('{ columns: ["a", "b", "c"], rows: ["a b c"] }', width=100, height=10)
    assert [found[name]["right"] for name in "abc"] == [33, 67, 100]
    assert [found[name]["width"] for name in "abc"] == [33, 34, 33]


def test_without_room_nothing_is_turned_inside_out() -> None:
    found = areas('{ columns: [40, "a", 40], rows: [30, "a", 30] }', width=0, height=0)
    assert found["a"]["width"] > 0
    assert found["a"]["height"] > 0


def test_each_part_is_made_once_and_drawn_in_its_area() -> None:
    calls: Any = run(
        "picture",
        """
        const calls = [];
        const part = (name) => () => {
          calls.push(`made ${name}`);
          return (state, numbers, { width }, { narrow, areas }) =>
            calls.push([name, state, numbers, width, narrow, areas.b.right]);
        };
        const { draw } = picture({ a: part("a"), b: part("b") }, {
          wide: { columns: ["a", "b"], rows: ["a b"] },
          narrow: { columns: ["a b"], rows: ["a", "b"] },
        })({ svg: document.createElement("svg") });
        draw("state", "numbers", 600, 100);
        draw("later", "numbers", 400, 100);
        return calls;
        """,
    )
    assert calls == [
        "made a",
        "made b",
        ["a", "state", "numbers", 300, False, 600],
        ["b", "state", "numbers", 300, False, 600],
        ["a", "later", "numbers", 400, True, 400],
        ["b", "later", "numbers", 400, True, 400],
    ]
