"""Pictures of the chapter on softmax."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy.special import softmax, xlogy

from crossentropy.figures.style import COLOURS, Picture, label, panel

__all__ = [
    "finite_differences",
    "regression_losses",
]

Floats = NDArray[np.float64]


def regression_losses() -> Picture:
    """Four losses that are zero only where the error is, and the slope of each."""
    u = np.linspace(-2.5, 2.5, 1001)
    sines, quartic, kink = np.sin(u) ** 2 + np.sin(np.pi * u) ** 2, u**4, np.abs(u)
    loss_figure, loss = panel()
    _rivals(loss, u, u**2 / 2, [quartic, kink, sines])
    loss.set(ylim=(0, 3), ylabel="loss", yticks=[0, 1, 2, 3])
    label(loss, 1.36, 2.72, "u⁴", "muted")
    label(loss, -2.2, 2.65, "½u²")
    label(loss, 2.48, 1.8, "|u|", "muted", ha="right")
    label(loss, 0, 1.55, "sin² u + sin² πu", "muted", ha="center")

    # No slope at the kink, and no line drawn across the jump.
    sign = np.where(u == 0, np.nan, np.sign(u))
    slope_figure, slope = panel()
    _rivals(slope, u, u, [4 * u**3, sign, np.sin(2 * u) + np.pi * np.sin(2 * np.pi * u)])
    slope.set(ylim=(-5, 5), ylabel="its slope", yticks=[-4, 0, 4])
    slope.axhline(0, color=COLOURS["rule"], linewidth=1, zorder=0)
    return Picture(
        [loss_figure, slope_figure],
        alt="Four losses over the error u from −2.5 to 2.5, and their slopes. Left: all four touch "
        "zero at u = 0 only; the parabola ½u², the flatter and then steeper u⁴, the V of |u|, and "
        "the sum of squared sines, which rises and falls several times. Right: the slope of ½u² "
        "is a straight line through the origin. That of u⁴ is flat near zero and then steep, that "
        "of |u| jumps from −1 to 1, that of the sines swings across zero again and again.",
    )


def _rivals(axes: Axes, u: Floats, squared: Floats, others: list[Floats]) -> None:
    for other, style in zip(others, ("--", ":", "-"), strict=True):
        axes.plot(u, other, style, color=COLOURS["muted"], linewidth=1.5)
    axes.plot(u, squared, color=COLOURS["ink"], linewidth=2.25)
    axes.set(xlabel="error u = x − y", xlim=(-2.5, 2.5), xticks=[-2, -1, 0, 1, 2])


def finite_differences() -> Picture:
    """Show the error of forward and central differences over the step size."""
    logits, p = np.array([np.log(2), 0, 0]), np.array([1 / 2, 1 / 3, 1 / 6])
    steps = np.logspace(-14, 0, 85)
    shift = steps[:, np.newaxis] * np.array([0, 1, 0])

    def loss(logits: Floats) -> Floats:
        return -np.asarray(xlogy(p, softmax(logits, axis=-1)).sum(axis=-1))

    exact = (softmax(logits) - p)[1]
    forward = (loss(logits + shift) - loss(logits)) / steps - exact
    central = (loss(logits + shift) - loss(logits - shift)) / (2 * steps) - exact
    figure, axes = panel(400, 280)
    axes.loglog(steps, np.abs(forward), "--", color=COLOURS["muted"], linewidth=1.75)
    axes.loglog(steps, np.abs(central), color=COLOURS["ink"], linewidth=1.75)
    label(axes, 1e-5, 1e-4, "forward", "muted", ha="center")
    label(axes, 5e-3, 3e-8, "central")
    label(axes, 3e-12, 1e-3, "rounding", "muted")
    label(axes, 3e-2, 3e-2, "truncation", "muted", ha="right")
    epsilon = np.finfo(np.float64).eps
    for power, name in ((1 / 2, "√ε"), (1 / 3, "³√ε")):
        axes.plot([epsilon**power] * 2, [1e-15, 1e-14], color=COLOURS["ink"], linewidth=1)
        label(axes, epsilon**power, 1.6e-14, name, ha="center")
    axes.set(xlabel="step h", ylabel="error of the slope", xlim=(1e-14, 1), ylim=(1e-15, 1))
    axes.minorticks_off()
    axes.set_xticks([1e-12, 1e-8, 1e-4, 1], ["10⁻¹²", "10⁻⁸", "10⁻⁴", "1"])
    axes.set_yticks([1e-12, 1e-8, 1e-4, 1], ["10⁻¹²", "10⁻⁸", "10⁻⁴", "1"])
    return Picture(
        figure,
        alt="The error of a numerical slope over the step h, both on logarithmic axes. Each curve "
        "is a V. To the right, truncation: the forward difference rises in proportion to h, the "
        "central one to h². To the left, rounding: a ragged line that rises as h shrinks, the same "
        "for both. The forward difference is best near h = 10⁻⁸ with an error near 10⁻⁸, the "
        "central one near 10⁻⁵ with an error near 10⁻¹¹.",
    )
