"""Two distributions, and the nats that it costs to take one for the other."""

from __future__ import annotations

import traitlets

from crossentropy.widgets._explorable import ANIMALS, Explorable
from crossentropy.widgets._traits import Distribution, Labels, Unit

__all__ = ["DivergenceBars"]


class DivergenceBars(Explorable):
    """Drag p and q; H(p) and KL(p‖q) add up to H(p, q) at every moment.

    Parameters
    ----------
    p, q : array_like of shape (K,)
        The truth and the model.
    labels : list of str
        The names of the K classes.
    unit : {"nats", "bits"}
        The unit of every number shown.
    reply : str
        What stands in the place of the prompt while KL(p‖q) is 0.00; empty for the prompt itself.

    Raises
    ------
    traitlets.TraitError
        If `p` or `q` is no distribution, or the lengths of `p`, `q` and `labels` differ.

    Examples
    --------
    >>> bars = DivergenceBars(p=[0.5, 0.5], q=[0.9, 0.1], labels=["heads", "tails"])
    >>> bars.q
    (0.9, 0.1)
    """

    p = Distribution([1 / 2, 1 / 3, 1 / 6], like="labels").tag(sync=True)
    q = Distribution([0.1, 0.3, 0.6], like="p").tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)
    unit = Unit().tag(sync=True)

    prompt = traitlets.Unicode("Drag q until the purple is gone.").tag(sync=True)
    reply = traitlets.Unicode("Gone. That is what training does.").tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [364, 404]).tag(sync=True)
    presets = traitlets.Dict(
        {
            name: {"p": p, "q": q, "labels": ANIMALS}
            for name, p, q in [
                ("The running model", [1 / 2, 1 / 3, 1 / 6], [1 / 2, 1 / 4, 1 / 4]),
                ("Confident and wrong", [0.9, 0.05, 0.05], [0.02, 0.08, 0.9]),
                ("q misses a class", [0.5, 0.3, 0.2], [0.6, 0.4, 0.0]),
                ("p has no such class", [0.6, 0.4, 0.0], [0.5, 0.3, 0.2]),
                ("One-hot label", [0.0, 1.0, 0.0], [0.2, 0.7, 0.1]),
            ]
        }
    ).tag(sync=True)
