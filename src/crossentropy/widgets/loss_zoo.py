"""Seven losses side by side: two are lowest where the report is the truth."""

from __future__ import annotations

from typing import Any

import traitlets

from crossentropy.widgets._explorable import Explorable
from crossentropy.widgets._traits import Number

__all__ = ["LossZoo"]


def _both(truth: float, report: float, **settings: float) -> dict[str, Any]:
    return {"truth": truth, "report": report, **settings}


class LossZoo(Explorable):
    """Drag a report onto the truth; a proper loss is lowest there, and pushes no more.

    Of two classes the second comes with probability ``p``, the `truth`, and the `report` gives it
    ``q``. A lane for each loss shows what it is expected to charge for q. With ``u`` for what the
    report gave to the class that came:

    - log loss: ``-log u``, in nats;
    - squared error: ``2 (1 - u)**2``, the squared distance from the one-hot label;
    - weighted: log loss, times `weight` where the second class came;
    - smoothed: log loss of labels that are mixed with the uniform distribution;
    - focal: ``-(1 - u)**gamma log u``;
    - generalised cross-entropy: ``(1 - u**r) / r``, and log loss for r = 0;
    - absolute error: ``2 (1 - u)``, which is ``|q - h|`` summed over both classes.

    The ground of each lane is the loss's lowest point. Its push is how fast the expected loss falls
    as the logit ``log(q / (1 - q))`` rises: for log loss that is ``p - q``.

    Parameters
    ----------
    truth : float
        The probability p of the second class.
    report : float
        What the report gives to it, q.
    weight : float
        What an example of the second class counts in the weighted loss, where one of the first
        counts 1; above 0, at most 20.
    epsilon : float
        The uniform distribution's share in smoothed labels; from 0 to 0.9.
    gamma : float
        Focal loss's exponent, from 0 to 10.
    r : float
        Generalised cross-entropy's exponent, from 0 to 0.95.
    reply : str
        What stands in the place of the prompt while q is p; empty for the prompt itself.

    Raises
    ------
    traitlets.TraitError
        If a number is out of its range.

    Examples
    --------
    >>> zoo = LossZoo(truth=0.8, report=0.8, gamma=5)
    >>> zoo.report, zoo.r
    (0.8, 0.7)
    """

    truth = Number(0.7, least=0, most=1).tag(sync=True)
    report = Number(0.3, least=0, most=1).tag(sync=True)
    weight = Number(3.0, above=0, most=20).tag(sync=True)
    epsilon = Number(0.2, least=0, most=0.9).tag(sync=True)
    gamma = Number(2.0, least=0, most=10).tag(sync=True)
    r = Number(0.7, least=0, most=0.95).tag(sync=True)

    prompt = traitlets.Unicode(
        "A long arrow pushes q hard. Drag q onto p: which losses still push?"
    ).tag(sync=True)
    reply = traitlets.Unicode("A loss that still pushes here is not proper.").tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [372, 404]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "Honest": _both(0.7, 0.7),
            "Sure and wrong": _both(0.95, 0.02),
            "Noisy labels": _both(0.62, 0.62),
            "A coin": _both(0.5, 0.5),
            "Little change": _both(0.7, 0.7, weight=1.5, epsilon=0.05, gamma=0.5, r=0.2),
            "No change": _both(0.7, 0.7, weight=1, epsilon=0, gamma=0, r=0),
        }
    ).tag(sync=True)
