"""Two distributions, and the nats that it costs to take one for the other."""

from __future__ import annotations

import traitlets
from matplotlib.figure import Figure

from crossentropy.figures.style import bars, label, lengths, panel
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
    presets = traitlets.Dict(
        {
            "The running model": {
                "p": [1 / 2, 1 / 3, 1 / 6],
                "q": [1 / 2, 1 / 4, 1 / 4],
                "labels": ANIMALS,
            },
            "Confident and wrong": {
                "p": [0.9, 0.05, 0.05],
                "q": [0.02, 0.08, 0.9],
                "labels": ANIMALS,
            },
            "q misses a class": {
                "p": [0.5, 0.3, 0.2],
                "q": [0.6, 0.4, 0.0],
                "labels": ANIMALS,
            },
            "p has no such class": {
                "p": [0.6, 0.4, 0.0],
                "q": [0.5, 0.3, 0.2],
                "labels": ANIMALS,
            },
            "One-hot label": {
                "p": [0.0, 1.0, 0.0],
                "q": [0.2, 0.7, 0.1],
                "labels": ANIMALS,
            },
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
        for k in range(len(self.labels)):
            bars(axes, k - 0.2, self.p[k], "p", width=0.36)
            bars(axes, k + 0.2, self.q[k], "q", width=0.36)
            label(axes, k - 0.2, self.p[k] + 0.02, f"{self.p[k]:.2f}", "p", ha="center")
            label(axes, k + 0.2, self.q[k] + 0.02, f"{self.q[k]:.2f}", "q", ha="center")
        axes.set(ylim=(0, 1.1), yticks=[0, 0.5, 1])
        axes.set_xticks(range(len(self.labels)), self.labels)
        sums, _ = lengths(
            {
                f"H(p, q) = {ce:.4f} {self.unit}": [(ce, "q")],
                f"H(p) + KL(p‖q) = {h:.4f} + {kl:.4f}": [(h, "entropy"), (kl, "kl")],
            }
        )
        pairs = ", ".join(
            f"{name} {pk:.2f} and {qk:.2f}"
            for name, pk, qk in zip(self.labels, self.p, self.q, strict=True)
        )
        return [figure, sums], (
            f"Bars of p and q: {pairs}. Below, H(p, q) is {ce:.4f} {self.unit}, as long as "
            f"H(p), {h:.4f}, and KL(p‖q), {kl:.4f}, end to end."
        )
