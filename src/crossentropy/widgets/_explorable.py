"""The base of every explorable: an interactive picture with presets."""

from __future__ import annotations

import html

import traitlets

from crossentropy.widgets._live import Live, as_script

__all__ = ["ANIMALS", "Explorable"]

# The classes of the course's running example.
ANIMALS = ["cat", "dog", "fox"]


class Explorable(Live):
    """An interactive picture whose front end does its own arithmetic.

    Attributes
    ----------
    prompt : str
        The line above the picture: what to do.
    presets : dict
        Named states to choose from.
    heights : list of int
        Height in pixels on a wide and on a narrow page, there before the picture is, so that
        nothing moves when it arrives.
    stages : list of int
        The same for the picture alone, which the words around it never take from. Both are for
        text of the usual size, and grow with a reader's.
    """

    prompt = traitlets.Unicode().tag(sync=True)
    presets = traitlets.Dict().tag(sync=True)
    heights = traitlets.List(traitlets.Int(), [560, 680]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [280, 320]).tag(sync=True)

    def to_html(self) -> str:
        """Return the mount point of the built book, with the state in it."""
        wide, narrow = (height / 16 for height in self.heights)
        return (
            f'<figure class="explorable" data-explorable="{type(self).__name__}" '
            f'style="--ce-height:{wide:g}rem;--ce-height-narrow:{narrow:g}rem">'
            f'<figcaption class="prompt">{html.escape(self.prompt)}</figcaption>'
            f"{as_script(self._state())}</figure>"
        )
