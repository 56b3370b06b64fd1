"""Pictures of the chapter on what the loss promises."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy.special import entr

from crossentropy.figures.style import COLOURS, Picture, bars, in_house_style, label, panel
from crossentropy.information import kl_divergence

__all__ = ["regret", "smoothing", "tangents"]

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]


@in_house_style
def tangents(belief: float = 0.7, report: float = 0.3) -> Picture:
    """Show what the honest expect, and the tangent that a report earns, for two scores."""
    p = np.linspace(0, 1, 401)
    log_figure, log_axes = panel(height=264)
    honest = -(entr(p) + entr(1 - p))
    dry, wet = float(np.log(1 - report)), float(np.log(report))
    lost = _tangent(log_axes, p, honest, (dry, wet), belief, report)
    label(log_axes, 0.03, dry - 0.3, f"log {1 - report:.1f}", "q")
    label(log_axes, 0.97, wet - 0.13, f"log {report:.1f}", "q", ha="right")
    label(log_axes, belief + 0.05, -0.8, f"KL = {lost:.4f}", "kl", va="center")
    label(log_axes, 0.5, 0.05, "log: G = −H", ha="center")
    log_axes.set(ylim=(-1.4, 0.2), yticks=[-1, -0.5, 0], ylabel="expected score")

    side_figure, side = panel(height=264)
    corner = _tangent(side, p, np.maximum(p, 1 - p), (1.0, 0.0), belief, report)
    label(side, belief + 0.05, 0.5, f"lost {corner:.1f}", "muted", va="center")
    label(side, 0.5, 1.06, "0-1: G = max(p, 1 − p)", ha="center")
    side.set(ylim=(-0.06, 1.2), yticks=[0, 0.5, 1])
    return Picture(
        [log_figure, side_figure],
        alt="The expected score over the belief p that it rains. First, the log score: what the "
        f"honest expect, −H(p), hangs like a chain from 0 to 0. The tangent at the report "
        f"{report:.1f} is a straight line below it, from log {1 - report:.1f} at p = 0 to log "
        f"{report:.1f} at p = 1. At the belief {belief:.1f} the gap between them is the KL "
        f"divergence, {lost:.4f} nats. Second, the 0-1 score: the honest expect a V with its "
        "corner at one half. The line of the report lies on the whole left arm of the V, and at "
        f"the belief {belief:.1f} it is {corner:.1f} below the right arm.",
    )


def _tangent(
    axes: Axes, p: Floats, honest: Floats, ends: tuple[float, float], belief: float, report: float
) -> float:
    """Draw a convex function and the line from its score of no rain to that of rain."""
    line = ends[0] + (ends[1] - ends[0]) * p
    at_belief, at_report = np.interp(belief, p, honest), np.interp(report, p, honest)
    earned = ends[0] + (ends[1] - ends[0]) * belief
    axes.plot(p, honest, color=COLOURS["ink"])
    axes.plot(p, line, "--", color=COLOURS["q"], linewidth=1.75)
    role = "kl" if ends[1] < 0 else "muted"
    bars(axes, [belief], [at_belief - earned], role, bottom=earned, width=0.05)
    (dot,) = axes.plot(report, at_report, "o", color=COLOURS["q"], markersize=7)
    dot.set(zorder=4)
    (dot,) = axes.plot(belief, at_belief, "o", color=COLOURS["p"], markersize=7)
    dot.set(zorder=4)
    axes.set(xlim=(0, 1), xlabel="belief p")
    axes.set_xticks([0, report, belief, 1], ["0", f"q = {report:.1f}", f"p = {belief:.1f}", "1"])
    return float(at_belief - earned)


@in_house_style
def regret(belief: float = 0.6, worlds: int = 60) -> Picture:
    """Show what trusting a report costs beside what the theorem allows: one bet, many worlds."""
    report = np.linspace(0.005, 0.995, 199)
    p = np.full_like(report, belief)
    allowed = _allowed(np.stack([1 - p, p], -1), np.stack([1 - report, report], -1))
    step = abs(2 * belief - 1)  # what the wrong bet costs more, on average
    left, right = (step, 0) if belief > 0.5 else (0, step)
    bet, axes = panel(height=264)
    axes.plot(report, allowed, color=COLOURS["kl"])
    axes.plot([0, 0.5], [left, left], color=COLOURS["ink"], linewidth=3)
    axes.plot([0.5, 1], [right, right], color=COLOURS["ink"], linewidth=3, clip_on=False)
    (dot,) = axes.plot(belief, 0, "o", color=COLOURS["p"], markersize=7)
    dot.set(zorder=4, clip_on=False)
    label(axes, 0.03, left + 0.03, f"regret {left:.1f}")
    label(axes, 0.98, right + 0.03, f"regret {right:.1f}", ha="right")
    label(axes, belief, 0.4, f"p = {belief:g}", "p", ha="center")
    label(axes, 0.27, 0.88, "M √(2 KL)", "kl")
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    axes.set(xlabel="report q", ylabel="regret, for M = 1")

    divergence, paid = _wrong_acts(worlds)
    share = paid / np.sqrt(2 * divergence)
    many, cloud = panel(height=264)
    root = np.linspace(0, 1, 101)
    cloud.plot(root**2, root * np.sqrt(2), color=COLOURS["kl"])
    (dots,) = cloud.plot(divergence, paid, "o", color=COLOURS["ink"], markersize=4)
    dots.set(markeredgewidth=0, alpha=0.7)
    label(cloud, 0.42, 1.02, "M √(2 KL)", "kl", ha="right")
    cloud.set(xlim=(0, 1), ylim=(0, 1.5))
    cloud.set(xlabel="KL divergence in nats", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    return Picture(
        [bet, many],
        alt="Regret beside what the theorem allows, for costs in a range M = 1. First, a bet on "
        f"one of two classes, over the report q, while p = {belief:g}: the regret is a staircase, "
        f"{left:.1f} for reports below one half and {right:.1f} above. The curve M √(2 KL) is a "
        "valley above it that comes down to 0 at q = p; at q = 0.5 it is "
        f"{np.interp(0.5, report, allowed):.4f} high. Second, {worlds} random worlds of three "
        "classes and four acts in which the report led to another act than the truth, as dots "
        "over their KL divergence, up to 1 nat. All lie under the same curve; the one that comes "
        f"nearest reaches {share.max():.0%} of its height.",
    )


def _allowed(p: Floats, q: Floats) -> Floats:
    """Return the largest regret that the theorem allows, for costs in a range of 1."""
    divergence: Floats = np.asarray(kl_divergence(p, q))
    return np.sqrt(2 * divergence)


def _wrong_acts(n: int) -> tuple[Floats, Floats]:
    """Return divergences below 1 nat and the regrets of reports that lead to a wrong act."""
    rng, draws = np.random.default_rng(0), 10 * n
    p, noise = rng.dirichlet(np.ones(3), size=(2, draws))
    wrong = rng.random((draws, 1))
    q = (1 - wrong) * p + wrong * noise
    cost = rng.random((draws, 4, 3))
    # The costs of each problem reach over a range of 1.
    cost /= np.ptp(cost, axis=1).max(axis=1)[:, np.newaxis, np.newaxis]
    expected, said = np.einsum("nak,nk->na", cost, p), np.einsum("nak,nk->na", cost, q)
    regret = expected[np.arange(draws), said.argmin(axis=1)] - expected.min(axis=1)
    divergence: Floats = np.asarray(kl_divergence(p, q))
    found = np.flatnonzero((regret > 0) & (divergence < 1))[:n]
    return divergence[found], regret[found]


@in_house_style
def smoothing(epsilon: float = 0.1, n_classes: int = 3) -> Picture:
    """Show the loss over the lead of the true class, for a one-hot and for a smoothed label."""
    z = np.linspace(-2, 10, 401)
    total = np.log(np.exp(z) + n_classes - 1)  # log-sum-exp of the logits (z, 0, ..., 0)
    true = 1 - epsilon + epsilon / n_classes
    best = float(np.log(true / (epsilon / n_classes)))
    floor = float(np.log(np.exp(best) + n_classes - 1) - true * best)
    figure, axes = panel(400, 264)
    axes.plot(z, total - z, color=COLOURS["muted"], linestyle=":", linewidth=2.25)
    axes.plot(z, total - true * z, color=COLOURS["ink"])
    axes.plot([best, best], [0, floor], color=COLOURS["ink"], linewidth=1)
    axes.plot(best, floor, "o", color=COLOURS["ink"], markersize=7)
    label(axes, 9.9, 0.1, "one-hot, ε = 0", "muted", ha="right")
    label(axes, 9.9, 0.95, f"smoothed, ε = {epsilon:g}", ha="right")
    label(axes, best + 0.2, floor + 0.2, f"floor {floor:.4f}")
    axes.set(xlim=(-2, 10), ylim=(0, 3), yticks=[0, 1, 2, 3])
    axes.set(xlabel="lead z of the true class", ylabel="loss in nats")
    axes.set_xticks([-2, 0, best, 6, 10], ["−2", "0", f"{best:.2f}", "6", "10"])
    return Picture(
        figure,
        alt=f"The loss of one label over the lead z of the true class among {n_classes}, from −2 "
        "to 10. With a one-hot label it falls towards 0 for ever. With a label smoothed by "
        f"{epsilon:g} it falls to {floor:.4f} nats at z = {best:.2f} and rises again, ever "
        "more nearly in a straight line.",
    )
