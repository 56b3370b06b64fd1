"""The part of `IPython` that a cell asks for: the shell in which it runs."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["get_ipython"]


def get_ipython() -> Any:
    """Return the session of the cell that asks.

    A package that asks, as Matplotlib does, gets None: it would want the events and the loops of a
    terminal.
    """
    return sys._getframe(1).f_globals.get("__shell__")
