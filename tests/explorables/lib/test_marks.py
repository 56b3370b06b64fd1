"""Lengths, and panels with axes: where pixels are, and what is beyond them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from explorables.lib.engine import run


def length(width: str, limit: int = 300) -> list[str]:
    """Draw a length from 20; return the outlines of what is behind it, and of itself."""
    drawn: list[str] = run(
        "marks",
        f"""
        const parent = document.createElement("g");
        drawLength(createPen(parent), "loss", {{ role: "q", mark: "",
          x: 20, y: 5, width: {width}, height: 12, limit: {limit} }});
        return parent.querySelectorAll(".length").map((path) => path.getAttribute("d"));
        """,
    )
    return drawn


def test_a_length_is_a_box_as_long_as_it_says() -> None:
    assert length("100") == ["M20,5 H120 v12 H20 Z"] * 2


def test_nothing_is_drawn_as_nothing() -> None:
    assert length("0") == ["", ""]
    assert length("0.04") == ["", ""]


@pytest.mark.parametrize("width", ["Infinity", "281"])
def test_what_is_longer_than_its_room_is_torn_off_at_the_edge(width: str) -> None:
    ground, fill = length(width)
    assert ground == fill
    teeth = [float(across) for across in re.findall(r"l(-?[\d.]+),2\b", fill)]
    assert fill.startswith("M20,5 H300 l")
    assert len(teeth) == 6
    assert sum(teeth) == 0


def test_each_picture_has_hatches_of_its_own() -> None:
    urls, ids = run(
        "marks",
        """
        const pictures = [0, 1].map(() => document.createElement("g"));
        pictures.forEach(defineHatches);
        return [
          pictures.map(({ style }) => [style["--hatch-q"], style["--hatch-kl"]]),
          pictures.map((picture) => picture.querySelectorAll("pattern").map(({ id }) => id)),
        ];
        """,
    )
    assert urls == [[f"url(#{name})" for name in of_picture] for of_picture in ids]
    assert len({name for of_picture in ids for name in of_picture}) == 4


def test_a_hatch_is_for_the_picture_that_defines_it() -> None:
    names, size, look, url = run(
        "marks",
        """
        const picture = document.createElement("g");
        definePatterns(picture, 5, (name) => `gap ${name}`, { over: "M0,0 L5,5", under: "M0,5" });
        const [over, under] = picture.querySelectorAll("pattern");
        return [[over, under].map(({ id }) => id.replace(/.*-/, "")), over.getAttribute("width"),
          under.querySelector("path").getAttribute("class"),
          picture.style["--hatch-over"] === `url(#${over.id})`];
        """,
    )
    assert (names, size, look, url) == (["over", "under"], "5", "gap under", True)


def test_a_tear_lies_on_a_ground_of_its_own() -> None:
    drawn = run(
        "marks",
        """
        const parent = document.createElement("g");
        const pen = createPen(parent);
        drawTear(pen, "a", { mark: "shown=torn", d: "M0,0 l4,4" });
        drawTear(pen, "b", { kind: "role-kl", mark: "", d: "" });
        return parent.children.map((path) =>
          ["class", "data-mark", "d"].map((name) => path.getAttribute(name)));
        """,
    )
    assert drawn == [
        ["tear ground", None, "M0,0 l4,4"],
        ["tear", "shown=torn", "M0,0 l4,4"],
        ["tear ground", None, ""],
        ["tear role-kl", "", ""],
    ]


def plane(body: str, box: str = "{}") -> Any:
    """Draw a panel of 100 by 50 pixels at (10, 20), for x from 0 to 10 and y from -1 to 1."""
    return run(
        "plane",
        f"""
        const parent = document.createElement("g");
        const plane = createPlane(createPen(parent),
          {{ id: "loss", xTicks: [0, 10], yTicks: [-1, 1] }});
        plane.draw({{ left: 10, top: 20, width: 100, height: 50, x: [0, 10], y: [-1, 1],
          ...{box} }});
        const ticks = (kind) => parent.querySelectorAll("text")
          .filter((node) => (node.getAttribute("data-tick") ?? "").startsWith(kind))
          .map((node) => [node.textContent, Number(node.getAttribute("x")),
            Number(node.getAttribute("y"))]);
        {body}
        """,
    )


def test_values_have_their_pixels() -> None:
    assert plane("return [0, 5, 10].map(plane.x);") == [10, 60, 110]
    assert plane("return [-1, 0, 1].map(plane.y);") == [70, 45, 20]  # up is more


def test_ticks_stand_at_their_values() -> None:
    assert plane('return ticks("x-loss");') == [["0", 10, 90], ["10", 110, 90]]
    assert plane('return ticks("y-loss");') == [["−1", 2, 75], ["1", 2, 25]]


def test_a_curve_that_leaves_the_panel_leaves_it_upright() -> None:
    line = plane("return plane.line([0, 5, 10], [0, Infinity, -1e9]);")
    assert line == "M10,45 L60,-1980 L110,2070"


def test_a_panel_without_room_is_a_pixel_and_turns_nothing_inside_out() -> None:
    assert plane("return plane.x(10) - plane.x(0);", "{ width: -30 }") == 1


def test_a_window_may_go_on_below_its_panel() -> None:
    body = """
        plane.pen("path", "curve", { d: "" });
        const window = parent.querySelector("svg");
        return [window.getAttribute("height"), window.getAttribute("viewBox"), plane.y(-1)];
    """
    assert plane(body) == ["50", "10 20 100 50", 70]
    assert plane(body, "{ below: 15 }") == ["65", "10 20 100 65", 70]
