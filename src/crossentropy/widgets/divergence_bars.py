"""Two distributions, and the nats that it costs to take one for the other."""

from __future__ import annotations

import traitlets
from matplotlib.figure import Figure

from crossentropy.figures.style import lengths, number, pairs, panel
from crossentropy.information import cross_entropy, entropy, kl_divergence
from crossentropy.widgets._explorable import ANIMALS, Distribution, Explorable, Labels, Unit

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

    p = Distribution([1 / 2, 1 / 3, 1 / 6]).tag(sync=True)
    q = Distribution([0.1, 0.3, 0.6]).tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)
    unit = Unit().tag(sync=True)

    prompt = traitlets.Unicode("Drag q until the purple is gone.").tag(sync=True)
    heights = traitlets.List(traitlets.Int(), [680, 800]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [368, 436]).tag(sync=True)
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

    _per_class = ("p", "q", "labels")

    def draw(self) -> tuple[Figure | list[Figure], str]:
        """Return the bars of p and q, and the lengths that add up."""
        base = {"nats": None, "bits": 2}[self.unit]
        h = float(entropy(self.p, base=base))
        kl = float(kl_divergence(self.p, self.q, base=base))
        ce = float(cross_entropy(self.p, self.q, base=base))
        figure, axes = panel()
        pairs(axes, self.p, self.q)
        axes.set(ylim=(0, 1.1), yticks=[0, 0.5, 1])
        axes.set_xticks(range(len(self.labels)), self.labels)
        sums, _ = lengths(
            {
                f"H(p, q) = {number(ce)} {self.unit}": [(ce, "q")],
                f"H(p) + KL(p‖q) = {number(h)} + {number(kl)}": [(h, "entropy"), (kl, "kl")],
            }
        )
        each = ", ".join(
            f"{name} {pk:.2f} and {qk:.2f}"
            for name, pk, qk in zip(self.labels, self.p, self.q, strict=True)
        )
        return [figure, sums], (
            f"Bars of p and q: {each}. Below, H(p, q) is {number(ce)} {self.unit}, as long "
            f"as H(p), {number(h)}, and KL(p‖q), {number(kl)}, end to end."
        )
