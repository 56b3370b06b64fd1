"""Pictures of the chapter on softmax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy.special import softmax, xlogy

from crossentropy.figures.style import COLOURS, Picture, in_house_style, label, number, panel

__all__ = [
    "double_softmax",
    "finite_differences",
    "regression_losses",
    "training_runs",
]

Floats = NDArray[np.float64]


@in_house_style
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
        alt="Four losses over the error u from −2.5 to 2.5, and their slopes. First: all four touch"
        " zero at u = 0 only; the parabola ½u², the flatter and then steeper u⁴, the V of |u|, "
        "and the sum of squared sines, which rises and falls several times. Second: the slope "
        "of ½u² is a straight line through the origin. That of u⁴ is flat near zero and then "
        "steep, that of |u| jumps from −1 to 1, that of the sines swings across zero again and "
        "again.",
    )


def _rivals(axes: Axes, u: Floats, squared: Floats, others: list[Floats]) -> None:
    for other, style in zip(others, ("--", ":", "-"), strict=True):
        axes.plot(u, other, style, color=COLOURS["muted"], linewidth=1.5)
    axes.plot(u, squared, color=COLOURS["ink"], linewidth=2.25)
    axes.set(xlabel="error u = x − y", xlim=(-2.5, 2.5), xticks=[-2, -1, 0, 1, 2])


@in_house_style
def finite_differences() -> Picture:
    """Show the error of forward and central differences over the step size."""
    logits, p = np.array([np.log(2), 0, 0]), np.array([1 / 2, 1 / 3, 1 / 6])
    steps = np.logspace(-14, 0, 85)
    shift = steps[:, np.newaxis] * np.array([0, 1, 0])

    def loss(logits: Floats) -> Floats:
        return -np.asarray(xlogy(p, softmax(logits, axis=-1)).sum(axis=-1))

    said = softmax(logits)[1]
    exact = said - p[1]
    forward = (loss(logits + shift) - loss(logits)) / steps - exact
    central = (loss(logits + shift) - loss(logits - shift)) / (2 * steps) - exact
    figure, axes = panel(400, 280)
    axes.loglog(steps, np.abs(forward), "--", color=COLOURS["muted"], linewidth=1.75)
    axes.loglog(steps, np.abs(central), color=COLOURS["ink"], linewidth=1.75)
    label(axes, 1e-5, 1e-4, "forward", "muted", ha="center")
    label(axes, 5e-3, 3e-8, "central")
    label(axes, 3e-12, 1e-3, "rounding", "muted")
    label(axes, 3e-2, 3e-2, "truncation", "muted", ha="right")
    # The best steps make truncation and rounding together least; the second and third derivatives
    # are those of cross-entropy.
    second, third = said * (1 - said), said * (1 - said) * (1 - 2 * said)
    noise = float(np.finfo(np.float64).eps * loss(logits))
    best = 2 * (noise / second) ** (1 / 2), (3 * noise / third) ** (1 / 3)
    for step, name, side in zip(best, ("7.0·10⁻⁸", "1.9·10⁻⁵"), ("right", "left"), strict=True):
        axes.plot([step] * 2, [1e-15, 1e-14], color=COLOURS["ink"], linewidth=1)
        label(axes, step, 1.6e-14, name, ha=side)
    axes.set(xlabel="step t", ylabel="error of the slope", xlim=(1e-14, 1), ylim=(1e-15, 1))
    axes.minorticks_off()
    axes.set_xticks([1e-12, 1e-8, 1e-4, 1], ["10⁻¹²", "10⁻⁸", "10⁻⁴", "1"])
    axes.set_yticks([1e-12, 1e-8, 1e-4, 1], ["10⁻¹²", "10⁻⁸", "10⁻⁴", "1"])
    return Picture(
        figure,
        alt="The error of a numerical slope over the step t, both on logarithmic axes. Each curve "
        "is a V. To the right, truncation: the forward difference rises in proportion to t, the "
        "central one to t². To the left, rounding: a ragged line that rises as t shrinks, the same "
        "for both. Two marks below show where their sum is smallest: 7.0·10⁻⁸ for the forward "
        "difference, whose error there is near 10⁻⁸, and 1.9·10⁻⁵ for the central one, whose error "
        "there is near 10⁻¹¹.",
    )


@in_house_style
def training_runs(from_zero: Mapping[str, Floats], from_mistake: Mapping[str, Floats]) -> Picture:
    """Show the share of right answers, step by step, of cross-entropy and squared error."""
    figures, told = [], []
    for start, runs, places in (
        ("weights of zero", from_zero, [(230, 1.01), (330, 0.83)]),
        ("a confident mistake", from_mistake, [(230, 1.01), (480, 0.22)]),
    ):
        figure, axes = panel()
        _curves(axes, runs, places)
        axes.set(ylim=(0, 1.08), yticks=[0, 0.5, 1], ylabel="right", xlabel=f"steps from {start}")
        figures.append(figure)
        told.append(f"From {start}: " + _told(runs, ".3f"))
    return Picture(
        figures,
        alt="Curves of the share of the examples that a model gets right, over 1,000 steps of "
        f"gradient descent. {' '.join(told)}",
    )


@in_house_style
def double_softmax(once: Floats, twice: Floats, *, floor: float) -> Picture:
    """Show what one softmax and two make of the same training: right answers, and the loss.

    Each run has a row for each step: the share that is right, and the loss in nats.
    """
    right = {"once": once[:, 0], "twice": twice[:, 0]}
    losses = {"once": once[:, 1], "twice": twice[:, 1]}
    right_figure, right_axes = panel()
    _curves(right_axes, right, [(90, 1.01), (330, 0.84)])
    right_axes.set(ylim=(0, 1.08), yticks=[0, 0.5, 1], ylabel="right")
    loss_figure, loss_axes = panel()
    loss_axes.axhline(floor, color=COLOURS["rule"], linewidth=1, zorder=0)
    _curves(loss_axes, losses, [(420, 0.25), (420, 1.68)])
    label(loss_axes, 1000, floor - 0.06, f"floor {floor:.3f}", "muted", ha="right", va="top")
    loss_axes.set(ylim=(0, 2.5), yticks=[0, 1, 2], ylabel="loss in nats")
    return Picture(
        [right_figure, loss_figure],
        alt="Training with one softmax and with two, over 1,000 steps. First, the share of the "
        f"examples that is right: {_told(right, '.3f')} Second, the loss in nats: "
        f"{_told(losses, '.3f')} A line marks the floor of the loss with two, {floor:.3f}.",
    )


def _curves(axes: Axes, runs: Mapping[str, Floats], places: Sequence[tuple[float, float]]) -> None:
    """Draw two runs over their steps: the first in ink, the second dashed."""
    for (name, run), role, style, place in zip(
        runs.items(), ("ink", "muted"), ("-", "--"), places, strict=True
    ):
        axes.plot(run, style, color=COLOURS[role], linewidth=2)
        label(axes, *place, name, role)
    axes.set(xlabel="steps", xlim=(0, 1000), xticks=[0, 500, 1000])


def _told(runs: Mapping[str, Floats], spec: str) -> str:
    """Say where each run stands after 50 steps and at its end."""
    ends = {name: run[[50, -1]] for name, run in runs.items()}
    told = (
        f"{name} is at {number(early, spec)} after 50 steps and at {number(late, spec)} at the end"
        for name, (early, late) in ends.items()
    )
    return "; ".join(told) + "."
