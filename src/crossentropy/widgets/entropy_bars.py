"""One distribution, and what each outcome contributes to its entropy."""

from __future__ import annotations

import traitlets

from crossentropy.widgets._explorable import ANIMALS, Explorable
from crossentropy.widgets._traits import Distribution, Labels, Unit

__all__ = ["EntropyBars"]


class EntropyBars(Explorable):
    """Drag the bars of p; each outcome's share of H(p) hangs below it.

    Parameters
    ----------
    p : array_like of shape (K,)
        The distribution.
    labels : list of str
        The names of the K outcomes.
    unit : {"nats", "bits"}
        The unit of every number shown.

    Raises
    ------
    traitlets.TraitError
        If `p` is no distribution, or its length is not that of `labels`.

    Examples
    --------
    >>> EntropyBars(p=[0.99, 0.01], labels=["heads", "tails"]).p
    (0.99, 0.01)
    """

    p = Distribution([1 / 2, 1 / 3, 1 / 6], like="labels").tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)
    unit = Unit().tag(sync=True)

    prompt = traitlets.Unicode(
        "Drag the bars. Where is the entropy largest, and where is it zero?"
    ).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [362, 380]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "The six photographs": {"p": [1 / 2, 1 / 3, 1 / 6], "labels": ANIMALS},
            "Uniform": {"p": [1 / 3, 1 / 3, 1 / 3], "labels": ANIMALS},
            "Certain": {"p": [0.0, 1.0, 0.0], "labels": ANIMALS},
            "99 heads in 100": {"p": [0.99, 0.01], "labels": ["heads", "tails"]},
            "A fair coin": {"p": [0.5, 0.5], "labels": ["heads", "tails"]},
            "Halves of halves": {
                "p": [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 16],
                "labels": ["a", "b", "c", "d", "e"],
            },
        }
    ).tag(sync=True)
