"""Parts that several pictures share: where their columns stand, and who may drag what."""

from __future__ import annotations

from typing import Any

from explorables.lib.engine import run

PART = """
    const root = document.createElement("svg");
    const state = { p: [0.5, 0.5], q: [0.75, 0.25], logits: [1, -9], labels: ["cat", "dog"] };
    const schema = { p: { of: { least: 0, most: 1 } } };
    const frame = frameOf(state, { svg: root, schema });
    const area = { left: 30, right: 330, top: 20, bottom: 120, width: 300, height: 100 };
    const draw = (part) => part(frame, createPen(root))(state, { q: state.q }, area, {});
    const handles = () =>
      root.querySelectorAll(".handle").map((node) => node.getAttribute("data-handle"));
    const texts = (look) => root.querySelectorAll(look).map((node) =>
      [node.textContent, Number(node.getAttribute("x"))]);
"""


def part(module: str, body: str) -> Any:
    return run(module, f"{PART}\n{body}")


def test_bars_of_q_that_nobody_drags_say_their_values() -> None:
    handles, values = part(
        "bars",
        """
        draw(pair({ ticks: [0, 1], drags: ["p"], widest: 40 }));
        return [handles(), texts(".halo").map(([text]) => text)];
        """,
    )
    assert handles == ["p:0", "p:1"]
    assert values == ["0.75", "0.25"]


def test_a_spare_column_takes_its_share_of_the_room() -> None:
    with_spare, without = part(
        "bars",
        """
        draw(softmaxBars({ spare: 1 }));
        const before = texts(".label");
        root.replaceChildren();
        draw(softmaxBars());
        return [before, texts(".label")];
        """,
    )
    assert with_spare == [["cat", 80], ["dog", 180]]
    assert without == [["cat", 105], ["dog", 255]]


def test_what_lies_below_the_handles_of_logits_has_their_scale() -> None:
    order, places = part(
        "logits",
        """
        const places = [];
        const below = (frame, pen, scale) => () => {
          places.push(scale.x(0), scale.x(2), scale.y(5), scale.y(-5));
          pen("path", "below", { class: "below" });
        };
        draw(logits({ title: "logits", spare: 1, below }));
        const order = root.querySelectorAll(".stem, .below, .handle");
        return [order.map((node) => node.getAttribute("class").split(" ")[0]), places];
        """,
    )
    assert order == ["stem", "stem", "below", "handle", "handle"]
    assert places == [80, 280, 20, 120]
