"""Pictures of the chapter on likelihood."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from crossentropy.figures.style import COLOURS, Picture, label, panel
from crossentropy.information import cross_entropy, entropy, kl_divergence

__all__ = ["fitted_model", "law_of_large_numbers", "transformed_likelihood", "underflow"]

Floats = NDArray[np.float64]


def transformed_likelihood(successes: int = 7, trials: int = 10, peak: float = 1e-3) -> Picture:
    """Show that the logarithm keeps the likelihood's peak and a concave function loses it."""
    theta = np.linspace(0.02, 0.98, 481)
    likelihood = theta**successes * (1 - theta) ** (trials - successes)
    best = successes / trials
    kept, axes = panel()
    _scaled(axes, theta, likelihood, "ink")
    _scaled(axes, theta, np.log(likelihood), "muted")
    label(axes, 0.5, 0.2, "L(θ)", ha="left")
    label(axes, 0.14, 0.86, "log L(θ)", "muted", ha="left")
    lost, beside = panel()
    _scaled(beside, theta, -((likelihood - peak) ** 2), "ink")
    label(beside, 0.02, 1.14, f"−(L(θ) − {peak:g})²", ha="left")
    for one in (axes, beside):
        one.axvline(best, ymax=0.88, color=COLOURS["p"], linewidth=1.5)
        label(one, best, 1.14, f"θ = {best:g}", "p", ha="center")
        one.set(xlabel="θ", xlim=(0, 1), xticks=[0, 0.5, 1], ylim=(-0.05, 1.25), yticks=[])
    return Picture(
        [kept, lost],
        alt=f"Left: the likelihood and its logarithm, each scaled to its own height, over theta; "
        f"both peak at {best:g}. Right: the concave function −(L − {peak:g})² of the same "
        f"likelihood has two peaks, on either side of {best:g}, and a dip at {best:g} itself.",
    )


def underflow(q: ArrayLike, labels: ArrayLike) -> Picture:
    """Show the bits a product of probabilities needs, and where each float type runs out."""
    bits_per_label = -np.log2(np.asarray(q)[np.asarray(labels)]).mean()
    n = np.geomspace(3, 10_000, 200)
    figure, axes = panel(396, 290)
    axes.loglog(n, bits_per_label * n, color=COLOURS["ink"])
    ends = []
    for dtype in (np.float16, np.float32, np.float64):
        floor = -np.log2(float(np.finfo(dtype).smallest_subnormal))
        stop = floor / bits_per_label
        axes.plot([3, stop], [floor, floor], color=COLOURS["muted"], linewidth=1, linestyle=":")
        axes.plot(stop, floor, "o", color=COLOURS["ink"], markersize=7)
        label(axes, stop * 1.25, floor, f"{dtype.__name__}: {floor:,.0f} bits", va="top")
        ends.append(f"{dtype.__name__} at {floor:,.0f} bits and {stop:.0f} photographs")
    label(axes, 5_500, 11_000, "−log₂ L", ha="right")
    axes.set(xlabel="photographs N", ylabel="bits", xlim=(3, 10_000), ylim=(4, 20_000))
    axes.minorticks_off()
    axes.set_xticks([10, 100, 1_000, 10_000], ["10", "100", "1,000", "10,000"])
    axes.set_yticks([10, 100, 1_000, 10_000], ["10", "100", "1,000", "10,000"])
    return Picture(
        figure,
        alt="The negative base-2 logarithm of the likelihood is a straight line over the number of "
        f"photographs, up to 10,000. It passes the smallest number of {', of '.join(ends)}, and "
        "carries on beyond all three.",
    )


def law_of_large_numbers(truth: ArrayLike, q: ArrayLike, *, seed: int = 0) -> Picture:
    """Show the cross-entropy of growing samples settling on that of the truth."""
    truth, q = np.asarray(truth), np.asarray(q)
    labels = np.random.default_rng(seed).choice(truth.size, size=(8, 10_000), p=truth)
    n = np.arange(1, 10_001)
    average = np.cumsum(-np.log(q[labels]), axis=1) / n
    limit = float(cross_entropy(truth, q))
    spread = np.sqrt(truth @ (-np.log(q) - limit) ** 2 / n)
    figure, axes = panel(396, 290)
    shown = np.unique(np.geomspace(1, n.size, 400).astype(int)) - 1  # more would only be weight
    n, average, spread = n[shown], average[:, shown], spread[shown]
    axes.fill_between(n, limit - 2 * spread, limit + 2 * spread, color=COLOURS["rule"], alpha=0.25)
    axes.plot(n, average.T, color=COLOURS["muted"], linewidth=1)
    axes.axhline(limit, color=COLOURS["q"], linestyle="--")
    label(axes, 10_000, limit + 0.02, "H(p, q)", "q", ha="right")
    label(axes, 60, limit - 0.18, "two standard errors")
    axes.set(xscale="log", xlim=(4, 10_000), ylim=(limit - 0.3, limit + 0.3))
    axes.set(xlabel="photographs N", ylabel="H(p̂, q) in nats")
    axes.minorticks_off()
    axes.set_xticks([10, 100, 1_000, 10_000], ["10", "100", "1,000", "10,000"])
    return Picture(
        figure,
        alt="Eight running averages of surprise against the number of photographs, from 4 to "
        f"10,000. All of them close in on a dashed line at {limit:.4f} nats, the cross-entropy of "
        "the truth, mostly inside a band of two standard errors that narrows like one over the "
        "square root of N.",
    )


def fitted_model(truth: ArrayLike, *, seed: int = 0) -> Picture:
    """Show the loss of the best-fitting model on its own data and on the truth."""
    truth = np.asarray(truth)
    n = np.geomspace(10, 1_000, 13).astype(int)
    rng = np.random.default_rng(seed)
    p_hat = rng.multinomial(n, truth, size=(2_000, n.size)) / n[:, np.newaxis]
    training = np.mean(entropy(p_hat), axis=0)
    floor = float(entropy(truth))
    future = floor + np.median(kl_divergence(truth, p_hat), axis=0)
    figure, axes = panel(396, 290)
    axes.fill_between(n, floor, future, facecolor="none", edgecolor=COLOURS["kl"], hatch="xxxx")
    axes.plot(n, future, color=COLOURS["q"], linestyle="--")
    axes.plot(n, training, color=COLOURS["ink"])
    axes.axhline(floor, color=COLOURS["p"])
    label(axes, 17, future[2] + 0.03, "H(p, p̂): on new photographs", "q")
    label(axes, 17, training[1] - 0.04, "H(p̂): on its own data")
    label(axes, 1_000, floor + 0.008, "H(p)", "p", ha="right")
    axes.set(xscale="log", xlim=(10, 1_000), ylim=(floor - 0.16, floor + 0.16))
    axes.set(xlabel="photographs N", ylabel="nats per photograph")
    axes.minorticks_off()
    axes.set_xticks([10, 100, 1_000], ["10", "100", "1,000"])
    return Picture(
        figure,
        alt="The model that fits N photographs best, its loss against N. On its own data the loss "
        "lies below the entropy of the truth, on new photographs above it by a median KL "
        "divergence, and both gaps close as N grows from 10 to 1,000.",
    )


def _scaled(axes: Axes, x: Floats, y: Floats, role: str) -> None:
    """Draw a curve from 0 at its lowest to 1 at its highest: only where it peaks matters."""
    axes.plot(x, (y - y.min()) / np.ptp(y), color=COLOURS[role])
