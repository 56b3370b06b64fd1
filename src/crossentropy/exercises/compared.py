"""What is compared of an answer, where several are right or it is read off a picture.

Students have these functions: none of them may know what is right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from crossentropy.information import entropy, kl_divergence

__all__ = ["COMPARED"]


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


COMPARED: dict[str | None, Callable[..., Any]] = {
    function.__name__: function for function in (bits_of_umbrellas, gap_of_directions, nats_lost)
}
