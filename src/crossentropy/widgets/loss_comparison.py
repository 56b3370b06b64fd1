"""Two losses, one start: how hard each slope pushes, and how soon each ball arrives."""

from __future__ import annotations

from typing import Any

import traitlets

from crossentropy.widgets._explorable import Explorable
from crossentropy.widgets._traits import Choice, Number, Whole

__all__ = ["LossComparison"]

_MOST = 10_000  # steps: nobody waits for more


_RIVALS = ["squared error", "fourth power", "absolute value", "sines"]


def _classes(z: float, steps: int) -> dict[str, Any]:
    return {"rival": "squared error", "z": z, "u": 3.2, "steps": steps}


def _error(rival: str, u: float) -> dict[str, Any]:
    return {"rival": rival, "z": -8.0, "u": u, "steps": 0}


class LossComparison(Explorable):
    """Drag the start and run; two balls descend, each pushed by the slope of its own loss.

    The rival "squared error" is that of two classes, ``S = (1 - σ(z))²``, against cross-entropy,
    ``-log σ(z)``, over the lead `z` of the true class's score. A step is one of gradient descent
    with learning rate 1 on both scores, which moves `z` by twice the slope. The other rivals are
    losses of an error `u`, against ``u²/2``, with a learning rate of 1/16: "fourth power" is
    ``u⁴``, "absolute value" ``|u|``, and "sines" ``sin² u + sin² πu``. An error beyond ±10 has run
    away and counts as infinite. The slope of ``|u|`` at its kink counts as 0.

    Parameters
    ----------
    rival : {"squared error", "fourth power", "absolute value", "sines"}
        The loss that is compared with cross-entropy, or with ``u²/2``.
    z : float
        The lead that both balls start from where the rival is "squared error"; from -40 to 40.
    u : float
        The error that both start from otherwise; from -3.5 to 3.5.
    steps : int
        How many steps both have taken; from 0 to 10,000.
    view : {"loss", "slope"}
        Which function of each loss is shown.

    Raises
    ------
    traitlets.TraitError
        If `rival` or `view` is none of these, a start is out of range, or `steps` is no such whole
        number.

    Examples
    --------
    >>> race = LossComparison(rival="squared error", z=-8, steps=5)
    >>> race.z, race.steps
    (-8.0, 5)
    """

    rival = Choice(_RIVALS, "squared error").tag(sync=True)
    z = Number(-8.0, least=-40, most=40).tag(sync=True)
    u = Number(3.2, least=-3.5, most=3.5).tag(sync=True)
    steps = Whole(0, most=_MOST).tag(sync=True)
    view = Choice(["loss", "slope"], "loss").tag(sync=True)

    prompt = traitlets.Unicode("Which ball reaches the goal first? Guess, then run.").tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [340, 364]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "Confidently wrong": _classes(-8.0, 0),
            "Still on the plateau": _classes(-8.0, 400),
            "Slightly wrong": _classes(-1.0, 0),
            "Already right": _classes(3.0, 0),
            "Fourth power, near": _error("fourth power", 2.5),
            "Fourth power, far": _error("fourth power", 3.0),
            "Absolute value": _error("absolute value", 3.2),
            "Sines: a trap": _error("sines", 3.3),
        }
    ).tag(sync=True)
