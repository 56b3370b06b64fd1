"""One photograph, one model, and what three losses charge it."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from crossentropy._validation import Floats
from crossentropy.figures.style import COLOURS, bars, label, number, panel
from crossentropy.widgets._explorable import ANIMALS, Distribution, Explorable, Labels, Whole

__all__ = ["ThreeLosses"]

_HIGHEST = 3.5
_LINES: dict[str, dict[str, Any]] = {
    "surprise": {"color": COLOURS["q"], "lw": 2.5},
    "squared error": {"color": COLOURS["ink"], "lw": 1.75, "linestyle": "--"},
    "mistakes": {"color": COLOURS["muted"], "lw": 1.75, "linestyle": ":"},
}


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

    q = Distribution([0.7, 0.2, 0.1]).tag(sync=True)
    y = Whole(1, most=99).tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)

    prompt = traitlets.Unicode(
        "The photograph shows a dog. Drag the dog's bar, and watch what each loss charges."
    ).tag(sync=True)
    heights = traitlets.List(traitlets.Int(), [512, 780]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [280, 460]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "Cat 0.7, dog 0.2": {"q": [0.7, 0.2, 0.1], "y": 1, "labels": ANIMALS},
            "A near miss": {"q": [0.46, 0.45, 0.09], "y": 1, "labels": ANIMALS},
            "Just right": {"q": [0.45, 0.46, 0.09], "y": 1, "labels": ANIMALS},
            "Sure, and right": {"q": [0.01, 0.98, 0.01], "y": 1, "labels": ANIMALS},
            "Sure, and wrong": {"q": [0.98, 0.01, 0.01], "y": 1, "labels": ANIMALS},
            "A dog is impossible": {"q": [0.7, 0.0, 0.3], "y": 1, "labels": ANIMALS},
        }
    ).tag(sync=True)

    _per_class = ("q", "labels")

    @traitlets.validate("y")
    def _validate_class(self, proposal: dict[str, Any]) -> int:
        y: int = proposal["value"]
        if y >= len(self.labels):
            raise traitlets.TraitError(
                f"ThreeLosses: y is {y}; it must be one of the {len(self.labels)} classes, from 0"
            )
        return y

    def draw(self) -> tuple[Figure | list[Figure], str]:
        """Return the bars of q and the three losses over the probability of the truth."""
        q, y = np.array(self.q), self.y
        said, axes = panel()
        bars(axes, range(len(q)), q, "q", width=0.6)
        for k, value in enumerate(q):
            label(axes, k, value + 0.02, f"{value:.2f}", "q", ha="center")
        axes.set(ylim=(0, 1.1), yticks=[0, 0.5, 1])
        axes.set_title("what the model says", loc="left")
        names = [f"{name}\nthe truth" if k == y else name for k, name in enumerate(self.labels)]
        axes.set_xticks(range(len(q)), names)

        charged, axes = panel()
        t = np.linspace(0.001, 1, 400)
        over = _losses(_moved(q, y, t), y)
        now = {name: float(values[0]) for name, values in _losses(q[np.newaxis], y).items()}
        for i, (name, look) in enumerate(_LINES.items()):
            axes.plot(t, over[name], **look)
            shown = min(now[name], _HIGHEST)
            marker = "^" if now[name] > _HIGHEST else "o"
            axes.plot(q[y], shown, marker, color=look["color"], markersize=8, clip_on=False)
            axes.plot([0.56, 0.66], [3.2 - 0.4 * i] * 2, **look)
            label(axes, 0.69, 3.2 - 0.4 * i, name, va="center")
        axes.set(xlim=(0, 1), ylim=(0, _HIGHEST), xlabel="probability of the truth")
        axes.set_title("what each loss charges", loc="left")
        axes.set_xticks([0, 0.5, 1], ["0", "1/2", "1"])
        axes.set_yticks([0, 1, 2, 3])
        said_of = ", ".join(f"{name} {qk:.2f}" for name, qk in zip(self.labels, q, strict=True))
        return [said, charged], (
            f"A model says {said_of}; the photograph shows {self.labels[y]}. It is charged "
            f"{now['mistakes']:.0f} {'mistake' if now['mistakes'] == 1 else 'mistakes'}, a squared "
            f"error of {number(now['squared error'])}, and a surprise of "
            f"{number(now['surprise'])} nats. Over the probability of the truth, the mistakes are "
            "a step, the squared error a bowl that stays at or below 2, and the surprise a curve "
            "that rises without bound towards 0."
        )


def _moved(q: Floats, y: int, t: Floats) -> Floats:
    """Give class `y` the probabilities `t`; the others share the rest as they did before."""
    others = np.delete(np.arange(len(q)), y)
    rest = q[others].sum()
    shares = q[others] / rest if rest > 0 else np.full(len(others), 1 / len(others))
    table = np.empty((len(t), len(q)))
    table[:, y] = t
    table[:, others] = (1 - t)[:, np.newaxis] * shares
    return table


def _losses(q: Floats, y: int) -> dict[str, Floats]:
    """Return what each loss charges each row for a photograph of class `y`."""
    with np.errstate(divide="ignore"):
        surprise = -np.log(q[:, y]) + 0.0
    return {
        "surprise": surprise,
        "squared error": ((q - np.eye(q.shape[1])[y]) ** 2).sum(axis=1),
        "mistakes": (q.argmax(axis=1) != y).astype(float),
    }
