"""The likelihood of a coin's labels, its logarithm and its mean loss: three curves, one optimum."""

from __future__ import annotations

from typing import Any

import traitlets

from crossentropy.widgets._explorable import Explorable
from crossentropy.widgets._traits import Choice, Labels, ListOf, Number, Whole

__all__ = ["LikelihoodExplorer"]

_MOST = 10_000


class _Counts(ListOf):
    """How often each of two labels occurs; there is at least one."""

    def checked(self, name: str, value: Any) -> Any:
        """Return the counts as a tuple."""
        counts = super().checked(name, value)
        if not 1 <= sum(counts) <= _MOST:
            raise ValueError(f"{name} sums to {sum(counts)}, not {self.schema['sum']['must']}")
        return counts


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
    view : str
        What is shown: "curves" or "underflow".

    Raises
    ------
    traitlets.TraitError
        If a count is negative or no integer, or there are none or more than 10,000; if `theta` is
        no probability; if there are not two labels, or no such view.

    Examples
    --------
    >>> explorer = LikelihoodExplorer(counts=[3, 7], theta=0.4)
    >>> explorer.counts
    (3, 7)
    """

    counts = _Counts(
        Whole(most=_MOST), [3, 7], most=2, like="labels", sum=Whole(least=1, most=_MOST).schema
    ).tag(sync=True)
    theta = Number(0.4, least=0, most=1).tag(sync=True)
    labels = Labels(["tails", "heads"], classes=2).tag(sync=True)

    view = Choice(["curves", "underflow"], "curves").tag(sync=True)

    prompt = traitlets.Unicode("Drag θ to the top of L(θ). What else turns there?").tag(sync=True)
    prompts = traitlets.Dict(
        {"underflow": "Drag N until a product is too small for its format."}
    ).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [366, 396]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "10 labels": {"counts": [3, 7], "theta": 0.4},
            "100 labels": {"counts": [30, 70], "theta": 0.4},
            "1,000 labels": {"counts": [300, 700], "theta": 0.4},
            "10,000 labels": {"counts": [3000, 7000], "theta": 0.4},
            "One label ruled out": {"counts": [1, 9], "theta": 1.0},
            "Stuck above zero": {"counts": [0, 10_000], "theta": 0.9, "view": "underflow"},
        }
    ).tag(sync=True)
