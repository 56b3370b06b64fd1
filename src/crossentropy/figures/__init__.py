"""The static pictures of the course, one function each, by chapter.

A chapter shows a picture by naming it, ``figures.bernoulli_entropy()``; how it is drawn is here.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from crossentropy._extras import notebook_extra

if TYPE_CHECKING:
    from crossentropy.figures import (
        beyond,
        classifier,
        divergence,
        entropy,
        likelihood,
        softmax,
        sources,
        text,
        variations,
    )
    from crossentropy.figures.style import COLOURS, Picture

__all__ = [
    "COLOURS",
    "Picture",
    "beyond",
    "classifier",
    "divergence",
    "entropy",
    "likelihood",
    "softmax",
    "sources",
    "text",
    "variations",
]


def __getattr__(name: str) -> Any:
    """Import what draws when it is named: a chapter that runs in a page waits for no Matplotlib."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    is_style = name in ("COLOURS", "Picture")
    with notebook_extra(__name__):
        module = importlib.import_module(f"{__name__}.{'style' if is_style else name}")
    return getattr(module, name) if is_style else module


def __dir__() -> list[str]:
    return __all__
