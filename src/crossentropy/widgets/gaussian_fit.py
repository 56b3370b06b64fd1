"""One Gaussian hump and a target of two: forward and reverse KL choose differently."""

from __future__ import annotations

from typing import Any

import traitlets

from crossentropy.widgets._explorable import Explorable
from crossentropy.widgets._traits import Choice, Distribution, ListOf, Number, Record

__all__ = ["GaussianFit"]


_MEANS = 0.0, 24.0
# From about the grid's step, below which q is a single quarter hour, to a third of the day.
_WIDTHS = 0.3, 8.0

_TWO_HUMPS = [[0.6, 9.0, 0.75], [0.4, 15.0, 0.75]]


class _Humps(ListOf):
    """A mixture of Gaussian humps, whose weights sum to 1."""

    def checked(self, name: str, value: Any) -> Any:
        """Return the humps as a tuple."""
        humps = super().checked(name, value)
        Distribution(fewest=1).checked(f"{name}[:, 0]", [weight for weight, _, _ in humps])
        return humps


class GaussianFit(Explorable):
    """Drag a hump q onto a target p, or let it descend KL(p‖q) or KL(q‖p): each wants another q.

    Both are distributions over the 97 quarter hours of a day. The terms of one of the divergences
    stand below them as areas, above and below zero. "Descend" moves the mean and the logarithm of
    the width downhill, by Newton's method where the divergence curves upwards and by the natural
    gradient elsewhere, until its slope is below 1e-10, an edge of the range holds it, or something
    is touched.

    Parameters
    ----------
    mean : float
        The mean of q, an hour from 0 to 24.
    width : float
        The standard deviation of q in hours, from 0.3 to 8. The tails of q end with the day.
    humps : array_like of shape (K, 3)
        The target p, a mixture of K humps: weight, mean and width of each. Weights are positive
        and sum to 1; means and widths have the ranges of `mean` and `width`.
    view : {"forward", "reverse"}
        Which divergence is shown, and descended: KL(p‖q) or KL(q‖p).

    Raises
    ------
    traitlets.TraitError
        If a mean or a width is out of its range, or the humps' weights are no distribution.

    Examples
    --------
    >>> fit = GaussianFit(mean=12, width=2, humps=[[0.5, 8, 1], [0.5, 16, 1]])
    >>> fit.mean, fit.width
    (12.0, 2.0)
    """

    mean = Number(11.0, *_MEANS).tag(sync=True)
    width = Number(1.0, *_WIDTHS).tag(sync=True)
    humps = _Humps(
        Record(weight=Number(above=0, most=1), mean=Number(0, *_MEANS), width=Number(0, *_WIDTHS)),
        _TWO_HUMPS,
        fewest=1,
        weights=Distribution(fewest=1).schema,
    ).tag(sync=True)
    view = Choice(["forward", "reverse"], "forward").tag(sync=True)

    prompt = traitlets.Unicode("Where will q come to rest? Guess, then descend.").tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [350, 372]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "Morning and afternoon": {"mean": 11.0, "width": 1.0, "humps": _TWO_HUMPS},
            "Start on the left hump": {"mean": 8.0, "width": 1.0, "humps": _TWO_HUMPS},
            "Start on the right hump": {"mean": 16.0, "width": 1.0, "humps": _TWO_HUMPS},
            "Start wide: a third dip": {"mean": 12.0, "width": 5.0, "humps": _TWO_HUMPS},
            "One hump": {"mean": 5.0, "width": 1.0, "humps": [[1.0, 12.0, 1.5]]},
            "Equal humps, close": {
                "mean": 7.0,
                "width": 1.0,
                "humps": [[0.5, 10.5, 1.0], [0.5, 13.5, 1.0]],
            },
        }
    ).tag(sync=True)
