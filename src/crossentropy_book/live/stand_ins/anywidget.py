"""The part of `anywidget` that the course uses, on traitlets alone: the page has the other half.

The real one brings ipywidgets, IPython and comm along, which need seconds to import and a kernel to
talk to.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import traitlets

__all__ = ["AnyWidget", "receive", "tell"]

_numbers = itertools.count(1)
_widgets: dict[str, AnyWidget] = {}
_listeners: list[Callable[[dict[str, Any]], None]] = []


class AnyWidget(traitlets.HasTraits):
    """An object whose traits follow a picture in the page, and the picture the traits."""

    _esm = ""
    _css = ""

    def __init__(self, **state: Any) -> None:
        super().__init__(**state)
        self._model_id = f"model-{next(_numbers)}"
        self._from_page: set[str] = set()
        _widgets[self._model_id] = self
        self.observe(self._tell_page)

    def page_state(self) -> dict[str, Any]:
        """Return the traits that the page has, too."""
        names = [name for name in sorted(self.trait_names(sync=True)) if name[0] != "_"]
        return {name: getattr(self, name) for name in names}

    def _tell_page(self, change: Any) -> None:
        # What comes from the page is there already: an echo would fight with the next drag.
        if change.name in self.page_state() and change.name not in self._from_page:
            news = {"type": "model", "model": self._model_id}
            for listener in _listeners:
                listener({**news, "name": change.name, "value": change.new})

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, str]]:
        return {"text/plain": repr(self)}, {}


def tell(listener: Callable[[dict[str, Any]], None]) -> None:
    """Let a function know of each trait that a cell changes."""
    _listeners[:] = [listener]


def receive(model: str, changes: Mapping[str, Any]) -> str:
    """Take over what a reader dragged; return what is wrong with it, or nothing."""
    widget = _widgets[model]
    widget._from_page = set(changes)
    try:
        with widget.hold_trait_notifications():
            for name, value in changes.items():
                if not widget.traits()[name].read_only:
                    setattr(widget, name, value)
    except traitlets.TraitError as problem:
        return str(problem)
    finally:
        widget._from_page = set()
    return ""
