"""Pictures of the chapter on KL divergence and cross-entropy."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy.special import entr, rel_entr, xlogy

from crossentropy.figures.style import COLOURS, Picture, in_house_style, label, panel

__all__ = ["linear_and_convex", "two_valleys"]

Floats = NDArray[np.float64]


@in_house_style
def two_valleys() -> Picture:
    """Cross-entropy and KL divergence over one line of models: one shape, two floors."""
    p = np.array([1 / 2, 1 / 3, 1 / 6])
    dog = _to_both_ends(1 / 2)
    q = np.stack([np.full_like(dog, 1 / 2), dog, 1 / 2 - dog], axis=-1)
    floor = entr(p).sum()
    excess = rel_entr(p, q).sum(axis=-1)

    stacked, axes = panel()
    axes.fill_between(dog, 0, floor, color=COLOURS["entropy"], linewidth=0)
    _purple(axes, dog, np.full_like(dog, floor), floor + excess)
    label(axes, 0.17, floor / 2, "H(p) = 1.0114", ha="center", va="center")
    label(axes, 0.19, 1.55, "H(p, q) = H(p) + KL", "kl", ha="center")
    axes.set(ylabel="nats per photograph")

    alone, axes = panel()
    _purple(axes, dog, np.zeros_like(dog), excess)
    label(axes, 0.19, 0.55, "KL alone", "kl", ha="center")

    for figure in (stacked, alone):
        (axes,) = figure.axes
        axes.plot([1 / 3, 1 / 3], [0, 2], ":", color=COLOURS["muted"], lw=1.5)
        axes.set(xlim=(0, 0.5), ylim=(0, 2.1), xlabel="q of dog; q of cat stays 1/2")
        axes.set_yticks([0, 1, 2])
        axes.set_xticks([0, 1 / 3, 1 / 2], ["0", "1/3", "1/2"])
        _infinite_at_both_ends(axes, "kl")
    return Picture(
        [stacked, alone],
        alt="First: a blue block of constant height H(p) = 1.0114 nats with the purple KL "
        "divergence stacked on it, over the probability that q gives to dog; the top edge is the "
        "cross-entropy. Second: the purple part alone, the same valley with its floor at 0. Both "
        "are lowest where q of dog is 1/3, its share in p, and rise to infinity at either end, "
        "where q rules out dog or fox.",
    )


@in_house_style
def linear_and_convex() -> Picture:
    """Cross-entropy of two classes: a straight line over p, a bowl below its chords over q."""
    fixed = 3 / 4

    over_p, axes = panel()
    ends = np.array([0.0, 1.0])
    axes.plot(ends, _binary_cross_entropy(ends, fixed), color=COLOURS["p"])
    label(axes, 0.52, 0.95, "straight in p", "p", ha="left")
    axes.set(xlabel="p of cat; q of cat stays 3/4", ylabel="H(p, q), nats", ylim=(0, 1.5))
    axes.set_yticks([0, 0.5, 1, 1.5], ["0", "0.5", "1", "1.5"])

    over_q, axes = panel()
    t = _to_both_ends(1)
    axes.plot(t, _binary_cross_entropy(fixed, t), "--", color=COLOURS["q"])
    ends = np.array([0.1, 0.9])
    heights = _binary_cross_entropy(fixed, ends)
    axes.plot(ends, heights, "o-", color=COLOURS["muted"], lw=1.5, markersize=5)
    label(axes, 0.6, 1.65, "every chord lies above", "muted", ha="center")
    label(axes, 0.2, 0.55, "curved in q", "q", ha="left")
    axes.set(xlabel="q of cat; p of cat stays 3/4", ylim=(0, 3))
    axes.set_yticks([0, 1, 2, 3])
    _infinite_at_both_ends(axes, "q")

    for figure in (over_p, over_q):
        (axes,) = figure.axes
        axes.set(xlim=(0, 1))
        axes.set_xticks([0, 0.5, 1], ["0", "1/2", "1"])
    return Picture(
        [over_p, over_q],
        alt="First: cross-entropy over p for a fixed q is a straight line, falling from 1.39 to "
        "0.29 nats. Second: over q for a fixed p it is a bowl with its bottom at q = p, which "
        "rises to infinity where q is 0 or 1; a chord drawn between two of its points lies above "
        "the curve.",
    )


def _to_both_ends(end: float) -> Floats:
    """Return points of (0, end) that come so near to both ends that a logarithm leaves a panel."""
    near = end * np.geomspace(1e-9, 0.1, 60)
    return np.concatenate([near, np.linspace(0.1, 0.9, 160)[1:-1] * end, end - near[::-1]])


def _infinite_at_both_ends(axes: Axes, role: str) -> None:
    """Say where the curve goes that leaves the panel at its upper corners."""
    for end, side in ((0.02, "left"), (0.98, "right")):
        label(axes, end, 1.01, "∞", role, ha=side, va="bottom", transform=axes.transAxes)


def _binary_cross_entropy(p: Floats | float, q: Floats | float) -> Floats:
    return np.asarray(-xlogy(p, q) - xlogy(1 - np.asarray(p), 1 - np.asarray(q)))


def _purple(axes: Axes, x: Floats, bottom: Floats, top: Floats) -> None:
    axes.plot(x, top, color=COLOURS["kl"])
    with mpl.rc_context({"hatch.linewidth": 1.2}):
        axes.fill_between(
            x, bottom, top, facecolor="none", edgecolor=COLOURS["kl"], hatch="xxxx", linewidth=0
        )
