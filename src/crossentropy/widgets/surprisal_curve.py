"""The surprisal of two independent events, and of both together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crossentropy.figures.style import COLOURS, bars, label, number, panel
from crossentropy.information import surprisal
from crossentropy.widgets._explorable import Explorable, Number, Unit

__all__ = ["SurprisalCurve"]

_LEAST = 1e-150  # above zero; the product of two such probabilities is still a float
_RULERS = [3.0 * 2**n for n in range(11)]  # one ends above every finite surprisal


class _Probability(Number):
    """A probability: 0, or large enough that the product of two of them does not underflow."""

    def __init__(self, default: float) -> None:
        super().__init__(default, least=0, most=1)

    def validate(self, obj: Any, value: Any) -> float:
        """Return the probability, or say what is wrong with it."""
        number = super().validate(obj, value)
        if 0 < number < _LEAST:
            raise traitlets.TraitError(
                f"{type(obj).__name__}: {self.name} is {number}; above 0 it must be at least "
                f"{_LEAST:g}, so that p·r does not underflow"
            )
        return number


class SurprisalCurve(Explorable):
    """Slide two independent events along −log p; p and r multiply, their surprisals add.

    The point of p·r follows on the same curve, and its height is always s(p) and s(r) on top of
    each other. Rungs divide that height into halvings, of log 2 each: "Halve p" adds one, wherever
    p stands.

    Parameters
    ----------
    p, r : float
        The probabilities of two independent events: 0, where the surprisal is infinite, or at
        least 1e-150, so that their product does not underflow.
    unit : {"nats", "bits"}
        The unit of every surprisal shown.

    Raises
    ------
    traitlets.TraitError
        If `p` or `r` is not from 0 to 1, or is above 0 and below 1e-150.

    Examples
    --------
    >>> pair = SurprisalCurve(p=1 / 2, r=1 / 8, unit="bits")
    >>> pair.p * pair.r
    0.0625
    """

    p = _Probability(1 / 2).tag(sync=True)
    r = _Probability(1 / 3).tag(sync=True)
    unit = Unit().tag(sync=True)

    prompt = traitlets.Unicode("Slide p and r. Can you make the two columns differ in height?").tag(
        sync=True
    )
    heights = traitlets.List(traitlets.Int(), [640, 760]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [372, 356]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "A cat, then a dog": {"p": 1 / 2, "r": 1 / 3, "unit": "nats"},
            "Two fair coins": {"p": 1 / 2, "r": 1 / 2, "unit": "bits"},
            "Half of a quarter": {"p": 1 / 4, "r": 1 / 2, "unit": "bits"},
            "One in a million": {"p": 1e-3, "r": 1e-3, "unit": "bits"},
            "Certain: adds 0": {"p": 1.0, "r": 1 / 3, "unit": "nats"},
            "Impossible: ∞": {"p": 1 / 2, "r": 0.0, "unit": "nats"},
        }
    ).tag(sync=True)

    def draw(self) -> tuple[Figure | list[Figure], str]:
        """Return the curve with its three points, and the three lengths beside each other."""
        product = self.p * self.r
        base = {"nats": None, "bits": 2}[self.unit]
        heights = [float(s) for s in np.atleast_1d(surprisal([self.p, self.r, product], base=base))]
        top = next(end for end in _RULERS if end >= max(filter(math.isfinite, heights), default=0))
        of_p, of_r, of_both = map(number, heights)
        return [self._draw_curve(heights, top), _draw_columns(heights, top)], (
            f"The curve −log p from 0 to 1, with three points: p at {self.p:.4g} and height "
            f"{of_p}, r at {self.r:.4g} and height {of_r}, p·r at {product:.4g} and height "
            f"{of_both} {self.unit}. Beside it, the heights s(p) = {of_p} and s(r) = {of_r}, one "
            f"on top of the other, reach as high as s(p·r) = {of_both} {self.unit}."
        )

    def _draw_curve(self, heights: list[float], top: float) -> Figure:
        figure, axes = panel()
        scale = 1 if self.unit == "nats" else math.log(2)
        # Close together at the left, where the curve is steep and leaves the panel.
        leaves = math.exp(-top * scale)
        x = np.maximum(np.linspace(0, 1, 101)[1:] ** 3, leaves)
        axes.plot([leaves, *x], [top, *(-np.log(x) / scale)], color=COLOURS["p"])
        probabilities = {"p": self.p, "r": self.r, "p·r": self.p * self.r}
        # Events that share a point share its label.
        names: dict[tuple[float, float], list[str]] = {}
        for (name, value), height in zip(probabilities.items(), heights, strict=True):
            names.setdefault((value, min(height, top)), []).append(name)
        for (value, height), together in names.items():
            style = ":" if "p" not in together else "-"
            axes.plot([value, value], [0, height], style, color=COLOURS["p"], linewidth=1.75)
            marker = "^" if value == 0 else "o"
            face = COLOURS["surface"] if together == ["r"] else COLOURS["p"]
            axes.plot(value, height, marker, color=COLOURS["p"], mfc=face, ms=8, clip_on=False)
            shown = ", ".join(together) + (" ∞" if value == 0 else "")
            side = "right" if value > 0.9 else "left"
            x_text = value + (0 if value > 0.9 else 0.03)
            label(axes, x_text, height + 0.04 * top, shown, ha=side)
        axes.set(xlim=(0, 1), ylim=(0, 1.15 * top), xlabel="probability")
        axes.set_title(f"surprisal s = −log probability, in {self.unit}", loc="left")
        axes.set_xticks([0, 1 / 2, 1], ["0", "1/2", "1"])
        axes.set_yticks([i * top / 3 for i in range(4)])
        return figure


def _draw_columns(heights: list[float], top: float) -> Figure:
    figure, axes = panel()
    of_p, of_r, of_both = heights
    _column(axes, 0, 0, of_p, top, COLOURS["p"])
    if math.isfinite(of_p):
        _column(axes, 0, of_p, of_r, top, COLOURS["surface"])
    _column(axes, 1, 0, of_both, top, COLOURS["p"])
    total = of_p + of_r
    for x, height in ((0, total), (1, of_both)):
        label(axes, x, min(height, top) + 0.03 * top, number(height), ha="center")
    axes.set(xlim=(-0.5, 1.5), ylim=(0, 1.15 * top))
    axes.set_title("s(r) on top of s(p), beside s(p·r)", loc="left")
    axes.set_xticks([0, 1], ["s(p) + s(r)", "s(p·r)"])
    axes.set_yticks([i * top / 3 for i in range(4)])
    return figure


def _column(axes: Axes, x: float, bottom: float, height: float, top: float, face: str) -> None:
    shown = min(height, top - bottom)
    if shown > 0:
        bars(axes, x, shown, "p", width=0.4, bottom=bottom, facecolor=face)
