"""The part of `ipywidgets` that the course uses: `interact`, with one slider.

As in Jupyter, the slider asks Python for each picture, and gets an image.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

__all__ = ["interact"]

# While a picture is on its way no other one is asked for: a hand is faster than what draws.
_MODULE = """
function render({ model, el }) {
  const [least, most, step] = model.get("slides");
  const name = model.get("argument");
  const input = Object.assign(document.createElement("input"),
    { type: "range", min: least, max: most, step, value: model.get("value") });
  const label = Object.assign(document.createElement("label"), { textContent: `${name} ` });
  const output = document.createElement("output");
  const image = document.createElement("img");
  label.append(input);
  el.append(label, " ", output, document.createElement("br"), image);
  let asked = input.valueAsNumber;
  let isWaiting = false;
  function ask() {
    if (isWaiting || asked === input.valueAsNumber) return;
    isWaiting = true;
    asked = input.valueAsNumber;
    model.set("value", asked);
    model.save_changes();
  }
  function redraw() {
    isWaiting = false;
    image.src = model.get("image");
    image.alt = `${name} = ${model.get("value")}`;
    ask();
  }
  function follow() {
    const value = model.get("value");
    if (!isWaiting) asked = input.value = value;
    output.textContent = input.ariaValueText = String(value);
  }
  input.oninput = ask;
  input.onchange = () => { isWaiting = false; ask(); };
  model.on("change:value", follow);
  model.on("change:image", redraw);
  follow();
  redraw();
}
export default { render };
"""
_calls = itertools.count(1)


class _Slider(anywidget.AnyWidget):
    """A number, and the picture of a function at it."""

    value = traitlets.Float().tag(sync=True)
    image = traitlets.Unicode(read_only=True).tag(sync=True)
    argument = traitlets.Unicode().tag(sync=True)
    slides: Any = traitlets.List().tag(sync=True)

    def __init__(self, draw: Callable[[float], str], **state: Any) -> None:
        self._draw = draw
        self.set_trait("image", draw(state["value"]))  # before the page is told of changes
        super().__init__(**state)
        # What stands in the page may be of another function: each call has a picture of its own.
        self._esm = f"{_MODULE}// call {next(_calls)}"
        self.observe(self._redraw)  # of all traits: so the page hears of the value first

    @property
    def children(self) -> list[_Slider]:
        """What Jupyter has in a box."""
        return [self]

    def _redraw(self, change: Any) -> None:
        if change.name == "value":
            self.set_trait("image", self._draw(self.value))

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, str]]:
        parts = [json.dumps(part).replace("</", "<\\/") for part in (self.page_state(), self._esm)]
        scripts = "".join(f'<script type="application/json">{part}</script>' for part in parts)
        figure = f'<figure data-explorable="Slider">{scripts}</figure>'
        return {"text/html": figure, "text/plain": "interact"}, {}


def interact(function: Callable[..., Any], **arguments: Any) -> Callable[..., Any]:
    """Show a function of a number with a slider: ``interact(chart, w=(0.0, 1.0, 0.01))``.

    The function gets an attribute `widget`, as that of ipywidgets does.
    """
    match [*arguments.items()]:
        case [(name, (least, most, *steps))] if len(steps) < 2:
            slides = [least, most, *(steps or [0.1])]
        case _:
            raise TypeError(
                "In this page, interact has one slider: name=(least, largest, step). Jupyter has "
                "the others."
            )
    shell = sys._getframe(1).f_globals["__shell__"]

    def draw(value: float) -> str:
        data = shell.bundle(function(**{name: value}))
        if "image/png" not in data:
            raise TypeError("In this page, interact shows a function that returns a figure.")
        return f"data:image/png;base64,{data['image/png']}"

    slider = _Slider(draw, value=(least + most) / 2, argument=name, slides=slides)
    function.widget = slider  # type: ignore[attr-defined]
    shell.display(slider)
    return function
