"""The surprisal of two independent events, and of both together."""

from __future__ import annotations

from typing import Any

import traitlets

from crossentropy.widgets._explorable import Explorable
from crossentropy.widgets._traits import Number, Unit

__all__ = ["SurprisalCurve"]

# Zero, or large enough that the product of two such probabilities is still a float.
_PROBABILITY: dict[str, Any] = {
    "least": 1e-150,
    "most": 1,
    "zero": True,
    "reason": "so that p·r does not underflow",
}


class SurprisalCurve(Explorable):
    """Slide two independent events along −log p; p and r multiply, their surprisals add.

    The point of p·r follows on the same curve, and its height is always s(p) and s(r) on top of
    each other. Rungs divide that height into halvings, of log 2 each: "Halve p" adds one, wherever
    p stands.

    Parameters
    ----------
    p, r : float
        The probabilities of two independent events: 0, where the surprisal is infinite, or at
        least 1e-150, so that their product does not underflow.
    unit : {"nats", "bits"}
        The unit of every surprisal shown.

    Raises
    ------
    traitlets.TraitError
        If `p` or `r` is not from 0 to 1, or is above 0 and below 1e-150.

    Examples
    --------
    >>> pair = SurprisalCurve(p=1 / 2, r=1 / 8, unit="bits")
    >>> pair.p * pair.r
    0.0625
    """

    p = Number(1 / 2, **_PROBABILITY).tag(sync=True)
    r = Number(1 / 3, **_PROBABILITY).tag(sync=True)
    unit = Unit().tag(sync=True)

    prompt = traitlets.Unicode("Slide p and r. Can you make the two columns differ in height?").tag(
        sync=True
    )
    stages = traitlets.List(traitlets.Int(), [330, 350]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "A cat, then a dog": {"p": 1 / 2, "r": 1 / 3, "unit": "nats"},
            "Two fair coins": {"p": 1 / 2, "r": 1 / 2, "unit": "bits"},
            "Half of a quarter": {"p": 1 / 4, "r": 1 / 2, "unit": "bits"},
            "One in a million": {"p": 1e-3, "r": 1e-3, "unit": "bits"},
            "Certain: adds 0": {"p": 1.0, "r": 1 / 3, "unit": "nats"},
            "Impossible: ∞": {"p": 1 / 2, "r": 0.0, "unit": "nats"},
        }
    ).tag(sync=True)
