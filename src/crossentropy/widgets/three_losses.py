"""One photograph, one model, and what three losses charge it."""

from __future__ import annotations

import traitlets

from crossentropy.widgets._explorable import ANIMALS, Explorable
from crossentropy.widgets._traits import Distribution, Labels, Whole

__all__ = ["ThreeLosses"]


class ThreeLosses(Explorable):
    """Drag what a model says of one photograph, and read what three losses charge for it.

    Parameters
    ----------
    q : array_like of shape (K,)
        The model's distribution for the photograph.
    y : int
        What the photograph shows, from 0 to K - 1.
    labels : list of str
        The names of the K classes.

    Raises
    ------
    traitlets.TraitError
        If `q` is no distribution, its length is not that of `labels`, or `y` is none of the
        classes.

    Notes
    -----
    The mistakes are 1 if the likeliest class (the first of several) is not `y`, else 0; the squared
    error is the sum of ``(q - one_hot(y, K)) ** 2``; the surprise is ``-log(q[y])``, in nats.

    Examples
    --------
    >>> ThreeLosses(q=[0.7, 0.2, 0.1], y=1).q
    (0.7, 0.2, 0.1)
    """

    q = Distribution([0.7, 0.2, 0.1], like="labels").tag(sync=True)
    y = Whole(1, most=99, below="labels").tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)

    prompt = traitlets.Unicode("The photograph shows a dog. Drag the dog’s bar.").tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [320, 300]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "A near miss": {"q": [0.46, 0.45, 0.09], "y": 1, "labels": ANIMALS},
            "Just right": {"q": [0.45, 0.46, 0.09], "y": 1, "labels": ANIMALS},
            "Sure, and right": {"q": [0.01, 0.98, 0.01], "y": 1, "labels": ANIMALS},
            "Sure, and wrong": {"q": [0.98, 0.01, 0.01], "y": 1, "labels": ANIMALS},
            "A dog is impossible": {"q": [0.7, 0.0, 0.3], "y": 1, "labels": ANIMALS},
        }
    ).tag(sync=True)
