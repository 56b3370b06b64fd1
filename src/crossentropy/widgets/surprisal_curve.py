"""The surprisal of two independent events, and of both together."""

from __future__ import annotations

from typing import Any

import traitlets

from crossentropy.widgets._explorable import Explorable, Number, Unit

__all__ = ["SurprisalCurve"]

_LEAST = 1e-150  # above zero; the product of two such probabilities is still a float


class _Probability(Number):
    """A probability: 0, or large enough that the product of two of them does not underflow."""

    def __init__(self, default: float) -> None:
        super().__init__(default, least=0, most=1)

    def validate(self, obj: Any, value: Any) -> float:
        """Return the probability, or say what is wrong with it."""
        number = super().validate(obj, value)
        if 0 < number < _LEAST:
            raise traitlets.TraitError(
                f"{type(obj).__name__}: {self.name} is {number}; above 0 it must be at least "
                f"{_LEAST:g}, so that p·r does not underflow"
            )
        return number


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

    p = _Probability(1 / 2).tag(sync=True)
    r = _Probability(1 / 3).tag(sync=True)
    unit = Unit().tag(sync=True)

    prompt = traitlets.Unicode("Slide p and r. Can you make the two columns differ in height?").tag(
        sync=True
    )
    heights = traitlets.List(traitlets.Int(), [640, 760]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [372, 356]).tag(sync=True)
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
