"""The smooth maximum of some logits, and two ways to compute it of which one overflows."""

from __future__ import annotations

import traitlets

from crossentropy.widgets._explorable import ANIMALS, Explorable
from crossentropy.widgets._traits import Labels, ListOf, Number

__all__ = ["LogSumExp"]

_LARGEST = 1e6  # of a logit and of a temperature: beyond, four decimals would be noise


class LogSumExp(Explorable):
    """Cool the logits: T·LSE(ℓ/T) is squeezed onto their maximum, and softmax turns one-hot.

    The smooth maximum lies from ``max(logits)`` to ``max(logits) + T log K``, in nats. LSE is also
    computed as it is written, in float32 and in float64, and after the maximum is subtracted: the
    three are shown where one of the first two is wrong by 0.005 or more, because ``exp`` overflows
    or underflows in it.

    Parameters
    ----------
    logits : array_like of shape (K,)
        The scores, from -1e6 to 1e6; those outside of -5 to 5 are drawn at the edge, torn off.
    labels : list of str
        The names of the K classes.
    temperature : float
        What the logits are divided by: from 1e-6 to 1e6.

    Raises
    ------
    traitlets.TraitError
        If a logit or the temperature is not finite or out of range, or the lengths of `logits` and
        `labels` differ.

    Examples
    --------
    >>> scores = LogSumExp(logits=[1000, 1000], labels=["heads", "tails"], temperature=0.5)
    >>> scores.logits, scores.temperature
    ((1000.0, 1000.0), 0.5)
    """

    logits = ListOf(
        Number(least=-_LARGEST, most=_LARGEST, reason="so that four decimals stay exact"),
        [2.0, 0.0, -1.0],
        like="labels",
    ).tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)
    temperature = Number(1.0, least=1 / _LARGEST, most=_LARGEST).tag(sync=True)

    prompt = traitlets.Unicode(
        "Lower temperature T. How near is the smooth maximum to the largest logit?"
    ).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [372, 406]).tag(sync=True)
    presets = traitlets.Dict(
        {
            name: {"logits": logits, "labels": labels, "temperature": temperature}
            for name, logits, labels, temperature in [
                ("The running scores", [2.0, 0.0, -1.0], ANIMALS, 1.0),
                ("Cold: T = 0.01", [2.0, 0.0, -1.0], ANIMALS, 0.01),
                ("Hot: T = 5", [2.0, 0.0, -1.0], ANIMALS, 5.0),
                ("A tie, cold", [2.0, 2.0, -1.0], ANIMALS, 0.01),
                ("Six equal logits", [0.0] * 6, ["1", "2", "3", "4", "5", "6"], 1.0),
                ("Overflow at 1000", [1000.0, 1000.0], ["cat", "dog"], 1.0),
                ("Underflow at −1000", [-1000.0, -1001.0], ["cat", "dog"], 1.0),
            ]
        }
    ).tag(sync=True)
