"""Labels make room for each other, in whatever font they are measured."""

from __future__ import annotations

import json
from typing import Any

import pytest

from explorables.lib.engine import run

WIDTH, HEIGHT = 400, 200


def fitted(*labels: dict[str, Any]) -> list[dict[str, Any]]:
    """Lay labels out, each letter ten pixels wide; return where each is and whether it is shown."""
    placed: list[dict[str, Any]] = run(
        "labels",
        f"""
        const root = document.createElement("svg");
        for (const {{ text, hidden, group, ...attributes }} of {json.dumps(labels)}) {{
          const node = document.createElement("text");
          for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
          node.textContent = text;
          node.getComputedTextLength = () =>
            text.length * 10 * (parseFloat(node.style.fontSize ?? "") / 15 || 1);
          const around = document.createElement("g");
          if (group) around.setAttribute("transform", group);
          if (hidden) around.setAttribute("visibility", "hidden");
          around.append(node);
          root.append(around);
        }}
        forgetSizes();
        const labels = createLabels(root);
        labels.noteFont();
        labels.fit({WIDTH}, {HEIGHT});
        return root.querySelectorAll("text").map((node) => {{
          const [dx = 0, dy = 0] = (node.style.translate || "").split(" ").map(parseFloat)
            .map((each) => each || 0);
          const shown = !node.classList.contains("no-room");
          return {{ dx, dy, shown, size: node.style.fontSize ?? "" }};
        }});
        """,
    )
    return placed


def label(text: str, x: float, y: float, kind: str = "label start", **more: Any) -> dict[str, Any]:
    return {"text": text, "x": x, "y": y, "class": kind, **more}


STAYS = {"dx": 0, "dy": 0, "shown": True, "size": ""}


def test_labels_that_are_apart_stay() -> None:
    assert fitted(label("left", 10, 50), label("right", 200, 50)) == [STAYS, STAYS]


def test_the_less_important_label_makes_room() -> None:
    other, name = fitted(label("other", 100, 52, "plain start"), label("name", 100, 50))
    assert name == STAYS
    assert other["shown"]
    assert other["dy"] != 0
    assert abs(2 + other["dy"]) > 0.9 * 15  # a line of text lies between them


def test_a_tick_never_moves_and_is_left_out_where_it_has_no_room() -> None:
    ticks = fitted(
        label("0.5", 100, 50, "tick start", **{"data-tick": "x 0.5"}),
        label("0.6", 110, 50, "tick start", **{"data-tick": "x 0.6"}),
    )
    assert ticks == [STAYS, {**STAYS, "shown": False}]


def test_a_label_that_sticks_out_is_drawn_back() -> None:
    left, right = fitted(label("left", -15, 50), label("right", 390, 50))
    assert (left["dx"], left["shown"]) == (15, True)
    assert (right["dx"], right["shown"]) == (-40, True)


@pytest.mark.parametrize(("anchor", "x"), [("middle", 100), ("end", 140)])
def test_an_anchor_says_to_which_side_a_label_runs(anchor: str, x: float) -> None:
    # Four letters: from 80 to 120, or from 100 to 140.
    placed = fitted(label("here", x, 50, f"label {anchor}"), label("beside", 144, 50))
    assert placed == [STAYS, STAYS]


def test_a_label_in_a_group_is_where_the_group_is() -> None:
    there = fitted(
        label("one", 0, 0, group="translate(100,50)"), label("two", 100, 50, "plain start")
    )
    assert there[0] == STAYS
    assert there[1]["dy"] != 0
    apart = fitted(
        label("one", 100, 50, group="translate(0,80)"), label("two", 100, 50, "plain start")
    )
    assert apart == [STAYS, STAYS]


@pytest.mark.parametrize("nowhere", [{"hidden": True}, {"group": "rotate(-90)"}, {"text": ""}])
def test_what_is_hidden_aslant_or_empty_takes_no_room(nowhere: dict[str, Any]) -> None:
    placed = fitted({**label("one", 100, 50), **nowhere}, label("two", 100, 50, "plain start"))
    assert placed[1] == STAYS


def test_a_sentence_wider_than_the_picture_is_set_smaller() -> None:
    (sentence,) = fitted(label("x" * 50, 0, 50))
    assert sentence == {**STAYS, "size": "12.00px"}  # 400 of 500 pixels, of 15


def test_where_everything_is_taken_a_label_is_left_out() -> None:
    crowd = [label("xxxxxxxxxx", 100, y, "grip-value start") for y in range(20, 200, 12)]
    *_, last = fitted(*crowd, label("xxxxxxxxxx", 100, 100, "plain start"))
    assert not last["shown"]
