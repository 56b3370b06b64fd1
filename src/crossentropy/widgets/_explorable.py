"""The base of every explorable: an interactive picture with presets."""

from __future__ import annotations

import html
import sys
from typing import Any

import traitlets

from crossentropy.widgets._live import Live, as_script
from crossentropy.widgets._traits import schemas_of

__all__ = ["ANIMALS", "Explorable"]

# The classes of the course's running example.
ANIMALS = ["cat", "dog", "fox"]


class Explorable(Live):
    """An interactive picture whose front end does its own arithmetic.

    Attributes
    ----------
    prompt : str
        The line above the picture: what to do.
    prompts : dict
        The same in each view that is not the first, where `view` says which of several is shown.
    presets : dict
        Named states to choose from.
    stages : list of int
        Height of the picture in pixels, on a wide and on a narrow page, for text of the usual
        size: it grows with a reader's. The room is there before the picture is. How much room the
        words around it need, each browser finds for itself: in the built book they are there too.
    nudge : dict
        A part of a state. The drawing goes there and comes back, once, when a page shows it: that
        says what can be dragged. The state stays as it is.
    """

    prompt = traitlets.Unicode().tag(sync=True)
    prompts = traitlets.Dict().tag(sync=True)
    presets = traitlets.Dict().tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [280, 320]).tag(sync=True)
    nudge = traitlets.Dict().tag(sync=True)

    # What each trait that has changed since was when the widget was made: every view's Reset goes
    # there, also one that is opened later.
    _made = traitlets.Dict().tag(sync=True)

    def __init__(self, **state: Any) -> None:
        super().__init__(**state)
        traits = list(schemas_of(type(self)))
        made = {name: getattr(self, name) for name in traits}

        def remember(change: Any) -> None:
            if change.name not in self._made:
                self._made = {**self._made, change.name: made[change.name]}

        self.observe(remember, traits)

    def to_html(self) -> str:
        """Return the mount point of the built book, with the state in it."""
        wide, narrow = (height / 16 for height in self.stages)
        prompt = self.prompts.get(getattr(self, "view", ""), self.prompt)
        name = _name_in_notebook(self)
        named = f' data-name="{name}"' if name else ""
        return (
            f'<figure class="explorable" data-explorable="{type(self).__name__}"{named}>'
            f'<figcaption class="prompt">{html.escape(prompt)}</figcaption>'
            f'<div class="stage" style="--wide:{wide:g}em;--narrow:{narrow:g}em"></div>'
            f"{as_script(self._state())}</figure>"
        )


def _name_in_notebook(widget: Explorable) -> str | None:
    """Return what a notebook calls a widget: the first of its names, or None where it has none."""
    if "IPython" not in sys.modules:
        return None
    shell = sys.modules["IPython"].get_ipython()
    named = shell.user_ns.items() if shell else ()
    names = (name for name, value in named if value is widget and not name.startswith("_"))
    return next(names, None)
