"""A redraw writes what has changed, and nothing more."""

from __future__ import annotations

from explorables.lib.engine import run


def test_an_attribute_is_written_when_it_changes() -> None:
    written = run(
        "dom",
        """
        const node = svg("rect", { x: 1, class: "bar" });
        const written = [];
        node.setAttribute = (name, value) => written.push([name, value]);
        node.removeAttribute = (name) => written.push([name]);
        set(node, { x: 1 });
        set(node, { x: 2, class: "bar" });
        set(node, { x: 2 });
        set(node, { hidden: true, class: null });
        set(node, { hidden: true, class: null });
        set(node, { hidden: false });
        return written;
        """,
    )
    assert written == [["x", 2], ["hidden", ""], ["class"], ["hidden"]]


def test_text_is_content_and_no_attribute() -> None:
    node = run(
        "dom",
        """
        const node = html("b", { text: "<i>" });
        const first = node.innerHTML;
        set(node, { text: "2" });
        return [first, node.textContent, node.hasAttribute("text")];
        """,
    )
    assert node == ["&lt;i>", "2", False]


def test_children_stand_in_their_order_and_rich_text_has_parts() -> None:
    markup = run(
        "dom",
        """
        return [html("p", {}, "a ", html("b", { text: "c" }), " d").innerHTML,
          rich("p", { class: "x" }, "<i>H</i>(p)").querySelector("i").textContent];
        """,
    )
    assert markup == ["a <b>c</b> d", "H"]
