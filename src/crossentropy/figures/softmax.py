"""Pictures of the chapter on softmax."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy.special import expit, logsumexp, softmax, xlogy

from crossentropy.figures.style import COLOURS, Picture, label, panel

__all__ = [
    "cross_entropy_and_squared_error",
    "finite_differences",
    "maximum_and_logsumexp",
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


def maximum_and_logsumexp() -> Picture:
    """Show the maximum of two scores and its slope, each with its smooth version."""
    x = np.linspace(-4, 4, 401)
    value_figure, value = panel()
    slope_figure, slope = panel()
    for temperature, width in ((2.0, 2.25), (0.5, 1.5)):
        scaled = np.stack([x, np.zeros_like(x)], axis=-1) / temperature
        smooth, share = temperature * logsumexp(scaled, axis=-1), softmax(scaled, axis=-1)[:, 0]
        value.plot(x, smooth, "--", color=COLOURS["q"], linewidth=width)
        slope.plot(x, share, "--", color=COLOURS["q"], linewidth=width)
    value.plot(x, np.maximum(x, 0), color=COLOURS["ink"], linewidth=2.25)
    for side in (x[x < 0], x[x > 0]):
        slope.plot(side, side > 0, color=COLOURS["ink"], linewidth=2.25)
    label(value, 2.3, 1.3, "max")
    label(value, -3.9, 3.95, "T · LSE(ℓ/T)", "q")
    label(value, -1.3, 1.3, "T = 2", "q", ha="right")
    label(value, -1.35, 0.16, "T = ½", "q", ha="right")
    label(slope, 3.9, 1.06, "arg max", ha="right")
    label(slope, -3.9, 1.06, "softmax(ℓ/T)", "q")
    label(slope, 2.1, 0.62, "T = 2", "q")
    label(slope, -1.35, 0.08, "T = ½", "q", ha="right")
    value.set(ylim=(-0.15, 4.4), yticks=[0, 2, 4], ylabel="value")
    slope.set(ylim=(-0.04, 1.18), yticks=[0, 0.5, 1], ylabel="its slope in x")
    for axes in (value, slope):
        axes.set(xlabel="score x; the other score is 0", xlim=(-4, 4), xticks=[-4, 0, 4])
    return Picture(
        [value_figure, slope_figure],
        alt="Two scores, x and 0, with x from −4 to 4. Left: their maximum has a corner at x = 0; "
        "the smooth T LSE(ℓ/T) lies above it, by most at the corner, and lower for T = 1/2 than "
        "for T = 2. Right: the slopes. That of the maximum jumps from 0 to 1, which is the arg "
        "max; that of the smooth version is softmax, an S through 1/2, steeper for T = 1/2.",
    )


def cross_entropy_and_squared_error() -> Picture:
    """Cross-entropy and squared error of two classes over the lead, and their slopes."""
    z = np.linspace(-8, 6, 401)
    s = expit(z)
    loss_figure, loss = panel()
    _two_losses(loss, z, np.logaddexp(0, -z), (1 - s) ** 2)
    label(loss, -4.2, 5.2, "cross-entropy")
    label(loss, -7.9, 1.35, "squared error", "muted")
    loss.set(ylim=(-0.2, 8.4), yticks=[0, 4, 8], ylabel="loss")

    slope_figure, slope = panel()
    _two_losses(slope, z, s - 1, -2 * s * (1 - s) ** 2)
    label(slope, -7.9, -0.94, "cross-entropy")
    label(slope, -7.9, -0.12, "squared error", "muted")
    slope.set(ylim=(-1.08, 0.06), yticks=[-1, -0.5, 0], ylabel="its slope in z")
    return Picture(
        [loss_figure, slope_figure],
        alt="Over the lead z of the true class, from −8 to 6. Left: cross-entropy falls in a "
        "straight line from 8 and bends towards 0; squared error is level at 1, falls between −3 "
        "and 2, and is level again near 0. Right: the slope of cross-entropy is −1 for a confident "
        "mistake and rises to 0 as the answer becomes right; that of squared error is near 0 at "
        "both ends and dips to −0.3 at z = −0.7.",
    )


def _two_losses(axes: Axes, z: Floats, cross_entropy: Floats, squared: Floats) -> None:
    axes.plot(z, squared, "--", color=COLOURS["muted"], linewidth=2.25)
    axes.plot(z, cross_entropy, color=COLOURS["ink"], linewidth=2.25)
    axes.set(xlabel="lead z of the true class", xlim=(-8, 6), xticks=[-8, -4, 0, 4])
