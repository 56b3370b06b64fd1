"""One Gaussian hump and a target of two: forward and reverse KL choose differently."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.special import entr, log_softmax, logsumexp

from crossentropy._validation import as_distributions, as_floats
from crossentropy.figures.style import COLOURS, label, number, panel
from crossentropy.widgets._explorable import Checked, Explorable, Number

__all__ = ["GaussianFit"]

Vector = NDArray[np.float64]

_HOURS = np.arange(97) / 4
_MEANS = 0.0, 24.0
# From about the grid's step, below which q is a single quarter hour, to a third of the day.
_WIDTHS = 0.3, 8.0
_PEAK, _TERM = 0.16, 0.2  # what the panels have room for

_TWO_HUMPS = [[0.6, 9.0, 0.75], [0.4, 15.0, 0.75]]


class Humps(Checked[tuple[tuple[float, ...], ...]]):
    """A mixture of Gaussian humps: triples of weight, mean and width; the weights sum to 1."""

    info_text = "triples of weight, mean and width"

    def _checked(self, value: Any) -> tuple[tuple[float, ...], ...]:
        array = as_floats("humps", value)
        if array.ndim != 2 or array.shape[1] != 3:
            raise ValueError(
                f"humps has shape {array.shape}; each hump is a weight, a mean and a width"
            )
        for k, hump in enumerate(array):
            _require(f"the weight of humps[{k}]", hump[0], np.nextafter(0, 1), 1, "above 0")
            _require(f"the mean of humps[{k}]", hump[1], *_MEANS)
            _require(f"the width of humps[{k}]", hump[2], *_WIDTHS)
        as_distributions("humps[:, 0]", array[:, 0])
        return tuple(tuple(hump) for hump in array.tolist())


def _require(what: str, value: float, least: float, most: float, rule: str = "") -> None:
    if not least <= value <= most:
        raise ValueError(
            f"{what} is {value:g}; it must be {rule or f'at least {least:g}'} and at most {most:g}"
        )


class GaussianFit(Explorable):
    """Drag a hump q onto a target p, or let it descend KL(p‖q) or KL(q‖p): each wants another q.

    Both are distributions over the 97 quarter hours of a day. The terms of the two divergences
    stand below them as areas, above and below zero. "Descend" moves the mean and the logarithm of
    the width downhill, by Newton's method where the divergence curves upwards and by the natural
    gradient elsewhere, until its slope is below 1e-10, an edge of the range holds it, or something
    is touched.

    Parameters
    ----------
    mean : float
        The mean of q, an hour from 0 to 24.
    width : float
        The standard deviation of q in hours, from 0.3 to 8. The tails of q end with the day.
    humps : array_like of shape (K, 3)
        The target p, a mixture of K humps: weight, mean and width of each. Weights are positive
        and sum to 1; means and widths have the ranges of `mean` and `width`.

    Raises
    ------
    traitlets.TraitError
        If a mean or a width is out of its range, or the humps' weights are no distribution.

    Examples
    --------
    >>> fit = GaussianFit(mean=12, width=2, humps=[[0.5, 8, 1], [0.5, 16, 1]])
    >>> fit.mean, fit.width
    (12.0, 2.0)
    """

    mean = Number(11.0, *_MEANS).tag(sync=True)
    width = Number(1.0, *_WIDTHS).tag(sync=True)
    humps = Humps(_TWO_HUMPS).tag(sync=True)

    prompt = traitlets.Unicode(
        "Where will each direction's best q stand? Guess, then let it descend."
    ).tag(sync=True)
    heights = traitlets.List(traitlets.Int(), [700, 800]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [408, 396]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "Morning and afternoon": {"mean": 11.0, "width": 1.0, "humps": _TWO_HUMPS},
            "Start on the left hump": {"mean": 8.0, "width": 1.0, "humps": _TWO_HUMPS},
            "Start on the right hump": {"mean": 16.0, "width": 1.0, "humps": _TWO_HUMPS},
            "Start wide: a third dip": {"mean": 12.0, "width": 5.0, "humps": _TWO_HUMPS},
            "One hump": {"mean": 5.0, "width": 1.0, "humps": [[1.0, 12.0, 1.5]]},
            "Equal humps, close": {
                "mean": 7.0,
                "width": 1.0,
                "humps": [[0.5, 10.5, 1.0], [0.5, 13.5, 1.0]],
            },
        }
    ).tag(sync=True)

    def draw(self) -> tuple[Figure | list[Figure], str]:
        """Return p and q, and the terms of the two divergences as areas."""
        log_q = _log_gaussian(self.mean, self.width)
        log_p = logsumexp(
            [np.log(weight) + _log_gaussian(mean, width) for weight, mean, width in self.humps],
            axis=0,
        )
        p, q = np.exp(log_p), np.exp(log_q)
        # In logarithms: where q underflows to 0, p log(p/q) is finite all the same.
        forward, reverse = p * (log_p - log_q), q * (log_q - log_p)
        kls = float(forward.sum()), float(reverse.sum())
        humps = "; ".join(
            f"weight {weight:.2f}, mean {mean:.2f} h, width {width:.2f} h"
            for weight, mean, width in self.humps
        )
        figures = [
            _distributions(p, q),
            _areas(forward, f"p log(p/q): KL(p‖q) = {number(kls[0])} nats"),
            _areas(reverse, f"q log(q/p): KL(q‖p) = {number(kls[1])} nats"),
        ]
        return figures, (
            f"Over the hours of a day, the target p in blue with its humps ({humps}), and the "
            f"model q, a dashed vermilion hump with mean {self.mean:.2f} h and width "
            f"{self.width:.2f} h. Beside them the terms of the two divergences as purple areas, "
            f"hatched above zero, plain below, and cut off where they are tall: KL(p‖q) is "
            f"{number(kls[0])} nats, KL(q‖p) {number(kls[1])}, "
            f"and H(p) {entr(p).sum():.4f}."
        )


def _log_gaussian(mean: float, width: float) -> Vector:
    return np.asarray(log_softmax(-(((_HOURS - mean) / width) ** 2) / 2))


def _day(height: tuple[float, float], title: str) -> tuple[Figure, Any]:
    figure, axes = panel()
    axes.set_xticks([0, 6, 12, 18, 24])
    axes.set_yticks([0, 0.1], ["0", "0.1"])
    axes.set(xlim=_MEANS, ylim=height, title=title, xlabel="hour of the day")
    return figure, axes


def _distributions(p: Vector, q: Vector) -> Figure:
    figure, axes = _day((0, _PEAK), "probability of each quarter hour")
    axes.fill_between(_HOURS, 0, p, color=COLOURS["entropy"], linewidth=0)
    axes.plot(_HOURS, p, color=COLOURS["p"])
    axes.plot(_HOURS, q, "--", color=COLOURS["q"])
    top = int(p.argmax())
    label(axes, _HOURS[top] - 0.4, min(p[top] + 0.005, 0.95 * _PEAK), "p", "p", ha="right")
    top = int(q.argmax())
    label(axes, _HOURS[top] + 0.4, min(q[top] + 0.005, 0.95 * _PEAK), "q", "q", ha="left")
    return figure


def _areas(terms: Vector, title: str) -> Figure:
    figure, axes = _day((-0.3 * _TERM, _TERM), title)
    shown = np.clip(terms, -_TERM, 2 * _TERM)  # cut off at the panel
    with mpl.rc_context({"hatch.linewidth": 1.2}):
        axes.fill_between(
            _HOURS, 0, shown.clip(0), facecolor="none", edgecolor=COLOURS["kl"], hatch="xxxx", lw=0
        )
    axes.fill_between(_HOURS, shown.clip(max=0), 0, color=COLOURS["kl"], alpha=0.35, linewidth=0)
    axes.plot(_HOURS, shown, color=COLOURS["kl"], lw=1.5)
    axes.axhline(0, color=COLOURS["rule"], lw=1)
    return figure
