"""Marks that are bound to what they say: a plane draws them where its axes have them."""

from __future__ import annotations

from typing import Any

import pytest

from explorables.lib.engine import run


def plane(body: str) -> Any:
    return run(
        "plane",
        f"""
        const parent = document.createElement("g");
        const plane = createPlane(createPen(parent), {{
          id: "p", axes: "x-n y-p", x: [0, 10], y: [-1, 1], xTicks: [0, 10], yTicks: [0] }});
        plane.draw({{ left: 100, top: 50, width: 200, height: 80 }});
        const all = (node) => [node, ...(node.children ?? []).flatMap(all)];
        const drawn = (says) =>
          all(parent).find((node) => node.getAttribute("data-mark")?.includes(says));
        {body}
        """,
    )


@pytest.mark.parametrize(
    ("value", "place", "looks"),
    [
        (0.5, "translate(200,70)", "M-6,0"),
        (7, "translate(200,50)", "M0,-7"),
        (-7, "translate(200,130)", "M0,7"),
    ],
)
def test_a_point_beyond_an_edge_is_a_triangle_there(value: float, place: str, looks: str) -> None:
    says, where, shape = plane(
        f"""
        plane.point("dot", "dot", ["n", "loss"], 5, {value});
        const dot = drawn("y=loss");
        return ["data-mark", "transform", "d"].map((name) => dot.getAttribute(name));
        """
    )
    assert (says, where) == ("x-n y-p x=n y=loss", place)
    assert shape.startswith(looks)


def test_a_curve_says_its_path_and_goes_through_its_points() -> None:
    says, d, nothing = plane(
        """
        plane.curve("c", "role-q", "loss_at", [0, 10], [-1, 1]);
        const curve = drawn("path=loss_at");
        const said = [curve.getAttribute("data-mark"), curve.getAttribute("d")];
        plane.curve("c", "role-q", "loss_at", [], []);
        return [...said, curve.getAttribute("d")];
        """
    )
    assert (says, d, nothing) == ("x-n y-p path=loss_at", "M100,130 L300,50", "")


def test_a_band_lies_across_the_window_from_one_value_to_another() -> None:
    inside, spilled = plane(
        """
        plane.band("b", "band", "bottom=low top=high", 0, 0.5);
        plane.band("f", "length", "top=low", -1, 0, 4);
        const box = (node) => ["x", "y", "width", "height"].map((side) => +node.getAttribute(side));
        return ["top=high", "top=low"].map((says) => box(drawn(says)));
        """
    )
    assert inside == [100, 70, 200, 20]
    assert spilled == [96, 90, 208, 44]


def test_a_curve_is_broken_where_it_has_no_value() -> None:
    line = plane("return plane.line([0, 5, 10, 10], [1, NaN, 0, -1]);")
    assert line == "M100,50 M300,90 L300,130"


def test_an_area_says_so_and_ends_at_the_level_0() -> None:
    says, look, d = plane(
        """
        plane.area("a", "filled", "loss_at", [0, 10], [-1, 1]);
        const area = drawn("area=loss_at");
        return ["data-mark", "class", "d"].map((name) => area.getAttribute(name));
        """
    )
    assert (says, look) == ("x-n y-p area=loss_at", "filled")
    assert d == "M100,130 L300,50 V90 H100 Z"


def test_ticks_of_y_may_change_as_a_plane_is_drawn() -> None:
    """An axis that grows keeps its elements."""
    ticks = plane(
        """
        const place = { left: 0, top: 0, width: 10, height: 100 };
        const ticks = () => all(parent).filter((node) => node.localName === "text")
          .filter((node) => node.getAttribute("data-tick")?.startsWith("y-p"));
        plane.draw({ ...place, y: [0, 4], yTicks: [0, 4] });
        const first = ticks();
        plane.draw({ ...place, y: [0, 8], yTicks: [0, 8] });
        const last = ticks();
        return [first.length, first.every((node, i) => node === last[i]),
          last.map((node) => [node.getAttribute("data-tick"), node.textContent])];
        """
    )
    assert ticks == [2, True, [["y-p 0", "0"], ["y-p 8", "8"]]]


def test_what_takes_long_is_drawn_again_when_a_key_or_the_place_changes() -> None:
    counts = plane(
        """
        let count = 0;
        const place = { left: 100, top: 50, width: 200, height: 80 };
        const after = (key) => {
          plane.keep("curve", [key], () => (count += 1));
          return count;
        };
        const counts = [after(1), after(1), after(2)];
        plane.draw(place);
        counts.push(after(2));
        plane.draw({ ...place, y: [-2, 2] });
        return [...counts, after(2)];
        """
    )
    assert counts == [1, 1, 2, 2, 3]
