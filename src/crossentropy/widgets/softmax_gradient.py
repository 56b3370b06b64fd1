"""Logits, their softmax, and the gradient that pulls it to a target."""

from __future__ import annotations

import math

import traitlets

from crossentropy.widgets._explorable import ANIMALS, Explorable
from crossentropy.widgets._traits import Choice, Distribution, Labels, ListOf, Number

__all__ = ["SoftmaxGradient"]


class SoftmaxGradient(Explorable):
    """Drag the logits and the target; the arrows are the gradient's, and vanish where q = p.

    The model is ``q = softmax(logits / temperature)`` and the loss H(p, q), in nats. Its gradient
    in the logits is ``(q - p) / temperature``. "Step" takes one step of gradient descent with
    learning rate 1, so that the logits become ``logits - (q - p) / temperature``; "Run" repeats it
    until the gradient's norm is below 0.001, until it is paused, or until something is touched.
    Where the temperature is low, that step may be too long to settle. Two other views show the
    Jacobian of softmax as a table, and what a shift of all logits and the temperature do.

    Parameters
    ----------
    logits : array_like of shape (K,)
        The model's scores. Finite; those outside of -5 to 5 are drawn at the edge, torn off.
    p : array_like of shape (K,)
        The target: a distribution.
    labels : list of str
        The names of the K classes.
    temperature : float
        What the logits are divided by. Positive.
    view : str
        What is shown: ``"gradient"``, ``"jacobian"`` or ``"softmax"``.

    Raises
    ------
    traitlets.TraitError
        If a logit is not finite, `p` is no distribution, `temperature` is not positive, or the
        lengths of `logits`, `p` and `labels` differ.

    Examples
    --------
    >>> pull = SoftmaxGradient(logits=[0, 0], p=[0, 1], labels=["heads", "tails"])
    >>> pull.logits, pull.temperature
    ((0.0, 0.0), 1.0)
    """

    logits = ListOf(Number(), [2.0, 0.5, -1.0], like="labels").tag(sync=True)
    p = Distribution([0.0, 0.0, 1.0], like="logits").tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)
    temperature = Number(1.0, above=0).tag(sync=True)
    view = Choice(["gradient", "jacobian", "softmax"], "gradient").tag(sync=True)

    prompt = traitlets.Unicode("Drag each logit along its arrow. When do all arrows vanish?").tag(
        sync=True
    )
    prompts = traitlets.Dict(
        {
            "jacobian": "Drag one logit. Which q rise, which fall?",
            "softmax": "Shift all logits, then cool T. What changes q?",
        }
    ).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [334, 352]).tag(sync=True)
    presets = traitlets.Dict(
        {
            name: {"logits": logits, "p": p, "labels": ANIMALS, "temperature": temperature}
            | ({"view": view} if view else {})
            for name, logits, p, temperature, view in [
                ("Confidently wrong", [4.0, 0.0, -4.0], [0.0, 0.0, 1.0], 1.0, ""),
                ("A soft target", [2.0, 0.5, -1.0], [0.2, 0.3, 0.5], 1.0, ""),
                ("Already right", [math.log(3), math.log(2), 0.0], [1 / 2, 1 / 3, 1 / 6], 1.0, ""),
                ("All logits equal", [0.0, 0.0, 0.0], [0.0, 0.0, 1.0], 1.0, ""),
                ("Sure: no q answers", [5.0, -1.0, -2.0], [0.0, 0.0, 1.0], 1.0, "jacobian"),
                ("Cold: T = 0.2", [2.0, 0.5, -1.0], [0.0, 0.0, 1.0], 0.2, "softmax"),
                ("Hot: T = 5", [2.0, 0.5, -1.0], [0.0, 0.0, 1.0], 5.0, "softmax"),
            ]
        }
    ).tag(sync=True)
