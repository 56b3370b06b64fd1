"""Functions that the recorded visible tests of the assignments name.

Some say what is compared of an answer, where several are right or it is read off a picture. Some
are arguments. Students have all of them: none may know what is right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from crossentropy.information import entropy, kl_divergence

__all__ = ["NAMED"]


def bits_of_umbrellas(share: Any) -> tuple[Any, Any]:
    """Return the bits of a line on which two more kinds share the rest, and which side it is on."""
    share = float(np.clip(share, 0, 1))
    return entropy([share, (1 - share) / 2, (1 - share) / 2], base=2), share > 1 / 3


def gap_of_directions(q: Any, p: Any) -> tuple[Any, Any]:
    """Return by how much the two directions of the divergence differ, and whether q is not p."""
    return kl_divergence(p, q) - kl_divergence(q, p), not np.allclose(p, q)


def nats_lost(theta: Any) -> tuple[Any, Any]:
    """Return by how much log L of 18 answered callers in 24 is below its top, and on which side."""
    best, theta = 18 / 24, float(np.clip(theta, 0, 1))
    return 24 * kl_divergence([best, 1 - best], [theta, 1 - theta]), theta > best


def bowl(x: Any) -> Any:
    """Return half the square of the first entry, plus twice that of the second, and so on."""
    return np.sum(x * slope_of_bowl(x)) / 2


def slope_of_bowl(x: Any) -> Any:
    """Return once the first entry, twice the second, and so on."""
    return np.arange(1, x.size + 1).reshape(x.shape) * x


def hill(x: Any) -> Any:
    """Return exp(x/2) of the first entry, plus twice that of the second, and so on."""
    return np.sum(np.arange(1, x.size + 1) * np.exp(np.ravel(x) / 2))


def valley(x: Any) -> Any:
    """Return the sum of the fourth powers."""
    return np.sum(np.asarray(x) ** 4)


def slope_of_valley(x: Any) -> Any:
    """Return four times the third powers."""
    return 4 * np.asarray(x) ** 3


NAMED: dict[str | None, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        bits_of_umbrellas,
        bowl,
        gap_of_directions,
        hill,
        nats_lost,
        slope_of_bowl,
        slope_of_valley,
        valley,
    )
}
