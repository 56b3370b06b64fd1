"""A widget that is alive in Jupyter, and in the built book without a kernel."""

from __future__ import annotations

import base64
import html
import inspect
import json
import os
import re
from pathlib import Path
from typing import Any

import anywidget

from crossentropy.widgets._modules import HERE, compose
from crossentropy.widgets._traits import schemas_of

__all__ = ["STILL", "Live", "as_script"]

# A picture that stands still, in the output of a cell.
STILL = re.compile(r'<div class="still">.*?</div>', re.DOTALL)


class Live(anywidget.AnyWidget):
    """A widget that is alive in Jupyter, and in the built book without a kernel.

    A subclass ``Name`` in ``name.py`` has its front end in ``name.js`` beside it; one in a
    notebook has it in ``_esm``, as every anywidget may. The same module runs in Jupyter, where the
    traits follow the page and the page the traits, and in the built book, where there is no kernel
    and the page holds the state. It draws the static picture too, for print and for pages without
    scripts: besides ``render`` it exports ``describe``, which says in words what the picture of a
    state shows.
    """

    _css = (HERE / "explorable.css").read_text("utf-8")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # add_traits makes a subclass of the instance's own, which brings its module along.
        # A class made in a notebook has no file, and its module with it.
        if "_esm" not in vars(cls) and cls.__module__ != "__main__":
            front_end = Path(inspect.getfile(cls)).with_suffix(".js")
            if front_end.exists():
                cls._esm = compose(front_end, {cls.__name__: schemas_of(cls)})
        super().__init_subclass__(**kwargs)

    def to_html(self) -> str:
        """Return the mount point of the built book: a figure that holds the state and the module.

        Nothing else would bring the page a module that was written in a notebook. The book's
        extension adds the static picture.
        """
        if not re.search(r"\bdescribe\b", str(self._esm)):
            # Not a NotImplementedError: IPython takes that for "no such display", and says nothing.
            raise TypeError(
                f"{type(self).__name__} does not describe its picture: the module of a Live widget "
                "exports describe(state), for whoever does not see it. anywidget.AnyWidget does "
                "without."
            )
        return (
            f'<figure class="explorable" data-explorable="{type(self).__name__}">'
            f"{as_script(self._state())}{as_script(str(self._esm))}</figure>"
        )

    def _state(self) -> dict[str, Any]:
        """Return the traits that the front end reads."""
        own = set(anywidget.AnyWidget.class_trait_names())
        return {
            name: getattr(self, name)
            for name in sorted(self.trait_names(sync=True))
            if name not in own and not name.startswith("_")
        }

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:  # ipywidgets is not to be displayed here
            return None
        data, metadata = bundle
        # The built book prefers text/html; Jupyter prefers the live widget.
        markup = self.to_html().removesuffix("</figure>")
        return {**data, "text/html": f"{markup}{self._still()}</figure>"}, metadata

    def _still(self) -> str:
        """Return the picture of this moment, for who reads the output where nothing is live.

        That is a notebook exported to HTML, or shown without widgets. The built book draws its own.
        """
        if os.environ.get("CROSSENTROPY_STILLS") == "0":
            return ""
        kind, source, state = type(self).__name__, str(self._esm), self._state()
        try:
            from crossentropy.widgets._drawing import as_svg, engine

            picture, *_ = engine().stills(source, state, "wide", kind, later=False)
            alt = html.escape(engine().describe(source, state))
        except Exception:  # whatever it is: the live widget is shown all the same
            return ""
        data = base64.b64encode(as_svg(picture, kind).encode()).decode()
        width, height = picture.size
        return (
            f'<div class="still"><img alt="{alt}" width="{width}" height="{height}" '
            f'src="data:image/svg+xml;base64,{data}">'
            "<p><small>As it stood when this cell was run. Run the cell in Jupyter, and you can "
            "drag it.</small></p></div>"
        )


def as_script(value: Any) -> str:
    """Return data for a page's scripts; "</" would end the element early."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return f'<script type="application/json">{text}</script>'
