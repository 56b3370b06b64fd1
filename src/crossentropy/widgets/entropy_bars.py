"""One distribution, and what each outcome contributes to its entropy."""

from __future__ import annotations

import numpy as np
import traitlets
from matplotlib.figure import Figure

from crossentropy.figures.style import bars, label, number, panel
from crossentropy.information import entropy
from crossentropy.widgets._explorable import ANIMALS, Distribution, Explorable, Labels, Unit

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

    p = Distribution([1 / 2, 1 / 3, 1 / 6]).tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)
    unit = Unit().tag(sync=True)

    prompt = traitlets.Unicode(
        "Drag the bars. Where is the entropy largest, and where is it zero?"
    ).tag(sync=True)
    heights = traitlets.List(traitlets.Int(), [640, 740]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [372, 376]).tag(sync=True)
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

    _per_class = ("p", "labels")

    def draw(self) -> tuple[Figure | list[Figure], str]:
        """Return the bars of p and the bars of their shares of the entropy."""
        base = {"nats": None, "bits": 2}[self.unit]
        p = np.array(self.p)
        scale = 1 if base is None else np.log(base)
        shares = -np.log(p, where=p > 0, out=np.zeros_like(p)) * p / scale
        h = float(entropy(p, base=base))
        panels = []
        for values, role, title in (
            (p, "p", "probability"),
            (shares, "entropy", f"share of H(p) = {h:.4f} {self.unit}"),
        ):
            figure, axes = panel()
            bars(axes, range(len(p)), values, role, width=0.6)
            for k, value in enumerate(values):
                label(axes, k, value + 0.02, number(value, ".3f"), ha="center")
            axes.set(ylim=(0, 1.1), yticks=[0, 0.5, 1])
            axes.set_title(title, loc="left")
            axes.set_xticks(range(len(p)), self.labels)
            panels.append(figure)
        parts = ", ".join(
            f"{name} {pk:.3f} contributes {number(share, '.3f')}"
            for name, pk, share in zip(self.labels, p, shares, strict=True)
        )
        return panels, (
            f"Bars of p and of each outcome's share of its entropy: {parts}. "
            f"H(p) is {h:.4f} {self.unit}."
        )
