"""Pictures of the chapter on entropy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import entr

from crossentropy.figures.style import COLOURS, Picture, in_house_style, label, panel

__all__ = ["bernoulli", "intervals", "share"]

_ANIMALS = {"cat": 1 / 2, "dog": 1 / 3, "fox": 1 / 6}


@in_house_style
def share() -> Picture:
    """Show an outcome's share of the entropy, −p log p, which peaks at p = 1/e."""
    figure, axes = panel()
    p = np.linspace(0, 1, 401)
    axes.plot(p, entr(p), color=COLOURS["p"])
    peak = 1 / np.e
    axes.plot([peak, peak], [peak, 0.42], ":", color=COLOURS["muted"], lw=1.5)
    label(axes, peak + 0.02, 0.405, "peak at p = 1/e", "muted", va="center")
    offsets = {"cat": (0.03, 0.005), "dog": (-0.03, 0.012), "fox": (0.03, -0.012)}
    for animal, p_k in _ANIMALS.items():
        dx, dy = offsets[animal]
        axes.plot(p_k, entr(p_k), "o", color=COLOURS["p"], markersize=8)
        text = f"{animal} {entr(p_k):.3f}"
        label(axes, p_k + dx, entr(p_k) + dy, text, ha="left" if dx > 0 else "right")
    axes.set(xlim=(0, 1), ylim=(0, 0.43), xlabel="probability p", ylabel="share −p log p, nats")
    axes.set_xticks([0, 1 / 2, 1], ["0", "1/2", "1"])
    axes.set_yticks([0, 0.2, 0.4])
    return Picture(
        figure,
        alt="The share −p log p over p: 0 at both ends, with its peak at p = 1/e. Dog, at p = 1/3, "
        "sits beside the peak with 0.366 nats; cat has 0.347 and fox 0.299.",
    )


@in_house_style
def bernoulli() -> Picture:
    """Entropy of a coin over its chance of heads."""
    figure, axes = panel()
    theta = np.linspace(0, 1, 401)
    heights = entr(theta) + entr(1 - theta)
    axes.fill_between(theta, 0, heights, color=COLOURS["entropy"], linewidth=0)
    axes.plot(theta, heights, color=COLOURS["p"])
    axes.plot(0.5, np.log(2), "o", color=COLOURS["p"], markersize=8)
    label(axes, 0.5, 0.74, "log 2 nats = 1 bit", ha="center")
    loaded = entr(0.99) + entr(0.01)
    axes.plot(0.99, loaded, "o", color=COLOURS["p"], markersize=8, clip_on=False)
    label(axes, 0.93, loaded, f"θ = 0.99: {loaded:.3f}", ha="right", va="center")
    axes.set(xlim=(0, 1), ylim=(0, 0.84), xlabel="θ, the chance of heads", ylabel="entropy, nats")
    axes.set_xticks([0, 1 / 2, 1], ["0", "1/2", "1"])
    axes.set_yticks([0, 0.35, 0.7])
    return Picture(
        figure,
        alt="The entropy of a coin over its chance of heads θ: an arch that is 0 at θ = 0 and "
        "θ = 1, symmetric, with its top of log 2 nats, 1 bit, at θ = 1/2. At θ = 0.99 it is 0.056.",
    )


@in_house_style
def intervals() -> Picture:
    """Draw code words as intervals: p above, then a code that fills all, then one that does not."""
    figure, axes = panel(height=236)
    rows: dict[str, Sequence[tuple[str, float]]] = {
        "how often each animal comes": list(_ANIMALS.items()),
        "your questions: cat? dog?": [("0", 1 / 2), ("10", 1 / 4), ("11", 1 / 4)],
        "another code, with room to spare": [("0", 1 / 2), ("10", 1 / 4), ("110", 1 / 8)],
    }
    for i, (title, row) in enumerate(rows.items()):
        label(axes, 0, -i + 0.28, title, "muted", va="bottom")
        start = 0.0
        for text, width in row:
            # Blue for the distribution, an outline for a code that only imitates it.
            fill, ink = (COLOURS["p"], "surface") if i == 0 else ("none", "ink")
            edge = COLOURS["surface"] if i == 0 else COLOURS["muted"]
            axes.barh(-i, width, 0.5, start, align="center", color=fill, edgecolor=edge, lw=1.5)
            label(axes, start + width / 2, -i, text, ink, ha="center", va="center")
            start += width
        if i == 2:
            label(axes, (1 + start) / 2, -i, "free", "muted", ha="center", va="center")
    axes.set(xlim=(0, 1.005), ylim=(-2.45, 0.7), yticks=[])
    axes.set_xticks([0, 1 / 2, 3 / 4, 7 / 8, 1], ["0", "1/2", "3/4", "7/8", "1"])
    axes.spines["left"].set_visible(False)
    return Picture(
        figure,
        alt="Three rows that cut the interval from 0 to 1. First: cat 1/2, dog 1/3, fox 1/6. Then "
        "the words 0, 10 and 11 own 1/2, 1/4 and 1/4, all of it. Last, the words 0, 10 and 110 "
        "own 1/2, 1/4 and 1/8, and the last 1/8 is free.",
    )
