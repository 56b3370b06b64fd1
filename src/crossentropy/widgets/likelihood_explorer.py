"""The likelihood of a coin's labels, its logarithm and its mean loss: three curves, one optimum."""

from __future__ import annotations

import operator
from typing import Any

import traitlets

from crossentropy.widgets._explorable import Checked, Explorable, Labels, Number

__all__ = ["LikelihoodExplorer"]

_MOST = 10_000


class _Counts(Checked[tuple[int, int]]):
    """How often each of two labels occurs."""

    info_text = "two counts"

    def _checked(self, value: Any) -> tuple[int, int]:
        try:
            zeros, ones = counts = tuple(operator.index(count) for count in value)
        except (TypeError, ValueError):
            raise ValueError(f"counts is {value!r}; it must be two integers") from None
        for k, count in enumerate(counts):
            if count < 0:
                raise ValueError(f"counts[{k}] is {count}; it must not be negative")
        if not 1 <= zeros + ones <= _MOST:
            raise ValueError(
                f"counts sum to {zeros + ones}; they must sum to 1 at least and {_MOST:,} at most"
            )
        return zeros, ones


class LikelihoodExplorer(Explorable):
    """Drag the counts and θ; likelihood, log-likelihood and loss turn at the same place.

    The product is also multiplied out in float16, float32 and float64: first ``counts[1]`` factors
    θ, then ``counts[0]`` factors 1 - θ, one after another. The factors, computed in float64, and
    every partial product are rounded to the precision.

    Parameters
    ----------
    counts : array_like of int, shape (2,)
        How often label 0 and label 1 occur; from 1 to 10,000 in all.
    theta : float
        The probability of label 1.
    labels : list of str
        The names of the two labels.

    Raises
    ------
    traitlets.TraitError
        If a count is negative or no integer, or there are none or more than 10,000; if `theta` is
        no probability; if there are not two labels.

    Examples
    --------
    >>> explorer = LikelihoodExplorer(counts=[3, 7], theta=0.4)
    >>> explorer.counts
    (3, 7)
    """

    counts = _Counts((3, 7)).tag(sync=True)
    theta = Number(0.4, least=0, most=1).tag(sync=True)
    labels = Labels(["tails", "heads"]).tag(sync=True)

    prompt = traitlets.Unicode(
        "Drag θ to the top of the likelihood. Which other curve turns there?"
    ).tag(sync=True)
    heights = traitlets.List(traitlets.Int(), [768, 936]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [536, 568]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "10 labels": {"counts": [3, 7], "theta": 0.4},
            "100 labels": {"counts": [30, 70], "theta": 0.4},
            "1,000 labels": {"counts": [300, 700], "theta": 0.4},
            "10,000 labels": {"counts": [3000, 7000], "theta": 0.4},
            "One label ruled out": {"counts": [1, 9], "theta": 1.0},
            "Stuck above zero": {"counts": [0, 10_000], "theta": 0.9},
        }
    ).tag(sync=True)

    _per_class = ("counts", "labels")
