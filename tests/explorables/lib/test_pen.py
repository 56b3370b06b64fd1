"""Marks are made when they are first drawn, and changed from then on."""

from __future__ import annotations

from typing import Any

from explorables.lib.engine import run


def pen(body: str) -> Any:
    return run(
        "pen",
        f"""
        const parent = document.createElement("g");
        const pen = createPen(parent);
        const said = (name) => parent.children.map((child) => child.getAttribute(name));
        {body}
        """,
    )


def test_a_mark_is_made_once_and_changed_after() -> None:
    same, tags, places = pen(
        """
        const first = pen("rect", "bar", { class: "bar", x: 1 });
        const again = pen("rect", "bar", { class: "bar", x: 2 });
        return [first === again, parent.children.map((child) => child.localName), said("x")];
        """
    )
    assert (same, tags, places) == (True, ["rect"], ["2"])


def test_each_key_is_a_mark_and_each_pen_has_its_own() -> None:
    texts, others = pen(
        """
        const other = document.createElement("g");
        createPen(other)("text", "a", { text: "other" });
        for (const text of ["a", "b"]) pen("text", text, { text });
        return [parent, other].map(({ children }) => children.map((child) => child.textContent));
        """
    )
    assert (texts, others) == (["a", "b"], ["other"])


def test_what_is_drawn_later_lies_above_however_often_it_is_drawn() -> None:
    order = pen(
        """
        for (const name of ["low", "high", "low"]) pen("path", name, { class: name });
        return said("class");
        """
    )
    assert order == ["low", "high"]


def test_what_was_made_elsewhere_has_its_place_and_keeps_it() -> None:
    order, back = pen(
        """
        const made = document.createElement("g");
        made.className = "made";
        const draw = () => {
          pen("path", "low", { class: "low" });
          pen.place(made);
          pen("path", "high", { class: "high" });
        };
        draw();
        draw();
        const order = said("class");
        made.remove();
        draw();
        return [order, said("class")];
        """
    )
    assert order == ["low", "made", "high"]
    assert back == ["low", "high", "made"]


def test_a_number_is_rounded_to_a_hundredth_and_a_text_is_exact() -> None:
    place, width, zero, exact = pen(
        """
        const mark = pen("rect", "bar",
          { x: 1 / 3, width: 40, y: -0.001, "fill-opacity": "0.125" });
        return ["x", "width", "y", "fill-opacity"].map((name) => mark.getAttribute(name));
        """
    )
    assert (place, width, zero, exact) == ("0.33", "40", "0", "0.125")


def test_nothing_is_written_when_a_mark_is_drawn_as_it_was() -> None:
    written = pen(
        """
        const written = [];
        const draw = (x) => pen("rect", "bar", { x, class: "bar" });
        draw(1).setAttribute = (name, value) => written.push([name, value]);
        for (const x of [1, 1.001, 2.5]) draw(x);
        return written;
        """
    )
    assert written == [["x", 2.5]]


def test_a_path_rounds_its_numbers_and_takes_texts_as_they_are() -> None:
    d = pen("return path`M${1 / 3},${-0.001} ${path`l${2.5},${1e-9}`} V${-40.126} Z`;")
    assert d == "M0.33,0 l2.5,0 V-40.13 Z"


def test_words_that_are_not_alike_are_parts_of_one_text() -> None:
    look, place, words = pen(
        """
        const draw = (value) =>
          pen.words("title", "label", 3, 5, [["KL = "], [value, "role-kl"], ["", "role-p"]]);
        draw("0.1");
        draw("0.2");
        const text = parent.querySelector("text");
        return [text.getAttribute("class"), [text.getAttribute("x"), text.getAttribute("y")],
          text.children.map((part) => [part.textContent, part.getAttribute("class")])];
        """
    )
    assert (look, place) == ("label", ["3", "5"])
    assert words == [["KL = ", None], ["0.2", "role-kl"], ["", "role-p"]]
