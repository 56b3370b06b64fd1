"""Pictures of the chapter on likelihood."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from crossentropy.figures.style import COLOURS, Picture, bars, in_house_style, label, number, panel
from crossentropy.information import cross_entropy, entropy

__all__ = ["fitted_families", "law_of_large_numbers", "transformed_likelihood", "underflow"]

Floats = NDArray[np.float64]


@in_house_style
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
        alt=f"First: the likelihood and its logarithm, each scaled to its own height, over theta; "
        f"both peak at {best:g}. Second: the concave function −(L − {peak:g})² of the same "
        f"likelihood has two peaks, on either side of {best:g}, and a dip at {best:g} itself.",
    )


@in_house_style
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


@in_house_style
def law_of_large_numbers(truth: ArrayLike, q: ArrayLike, *, seed: int = 0) -> Picture:
    """Show the cross-entropy of growing samples settling on that of the truth."""
    truth, q = np.asarray(truth), np.asarray(q)
    labels = np.random.default_rng(seed).choice(truth.size, size=(8, 10_000), p=truth)
    n = np.arange(1, 10_001)
    average = np.cumsum(-np.log(q[labels]), axis=1) / n
    limit = float(cross_entropy(truth, q))
    spread = np.sqrt(truth @ (-np.log(q) - limit) ** 2 / n)
    figure, axes = panel(396, 290)
    # A point every second pixel: more would only make the SVG heavier.
    shown = np.unique(np.geomspace(3, n.size, 180).astype(int)) - 1
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


@in_house_style
def fitted_families(joint: ArrayLike, *, least: float = 0.01, seed: int = 0) -> Picture:
    """Show the loss of two fitted families, on their own data and on the truth.

    `joint` holds the probability of each pair, one row a kind of photograph, one column a class.
    One family has a distribution for each row, the other a single one for all of them. Every
    model gives each class `least` or more.
    """
    joint = np.asarray(joint)
    n = np.geomspace(20, 10_000, 19).astype(int)
    counts = np.random.default_rng(seed).multinomial(n, joint.ravel(), size=(2_000, n.size))
    counts = counts.reshape(2_000, n.size, *joint.shape)
    floor = float(-np.sum(joint * np.log(joint / joint.sum(axis=1, keepdims=True))))
    best = float(entropy(joint.sum(axis=0)))  # the loss of the mean row
    figure, axes = panel(396, 330)
    end = n[-1]
    bars(axes, 1.6 * end, best - floor, "kl", bottom=floor, width=0.6 * end)
    for limit in (floor, best):
        axes.plot([n[0], 1.3 * end], [limit, limit], color=COLOURS["p"], linewidth=1)
        label(axes, end, limit + 0.007, number(limit), "p", ha="right")
    for seen in (counts.sum(axis=2, keepdims=True), counts):
        cost = -np.log(_most_likely(seen, least))
        training = np.sum(counts * cost, axis=(2, 3)) / n
        true = np.sum(joint * cost, axis=(2, 3))
        axes.plot(n, true.mean(axis=0), color=COLOURS["q"], linestyle="--")
        axes.plot(n, training.mean(axis=0), color=COLOURS["ink"])
    label(axes, 50, best + 0.035, "on new photographs", "q")
    label(axes, 110, best - 0.03, "one q for all, on its own data")
    label(axes, 110, floor + 0.035, "on new photographs", "q")
    label(axes, 110, floor - 0.045, "a q for each kind, on its own data")
    label(axes, 1.15 * end, (floor + best) / 2, f"KL {number(best - floor)}", "kl", ha="right")
    axes.set(xscale="log", xlim=(n[0], 2 * end), ylim=(floor - 0.12, best + 0.08))
    axes.set(xlabel="photographs N", ylabel="nats per photograph")
    axes.minorticks_off()
    axes.set_xticks([100, 1_000, 10_000], ["100", "1,000", "10,000"])
    return Picture(
        figure,
        alt="The mean loss of two families, each fitted to N photographs, against N. For both, the "
        "loss on their own data lies below a limit and the loss on new photographs above it, and "
        "both close in on that limit as N grows from 20 to 10,000. The family with a distribution "
        f"for each kind of photograph tends to {number(floor)} nats, the entropy of the truth. The "
        f"family with a single one tends to {number(best)} nats: a KL divergence of "
        f"{number(best - floor)} nats stays.",
    )


def _most_likely(counts: NDArray[np.int64], least: float) -> Floats:
    """Return the distributions with the largest likelihood among those of `least` or more.

    Who would get less is raised to `least`; the others share what is left, in proportion.
    """
    raised = np.zeros(counts.shape, dtype=bool)
    for _ in range(counts.shape[-1]):  # each round may raise the count of one class more
        left = np.where(raised, 0, counts)
        rest = 1 - least * raised.sum(axis=-1, keepdims=True)
        probs = np.where(raised, least, rest * left / left.sum(axis=-1, keepdims=True))
        raised |= probs < least
    return probs


def _scaled(axes: Axes, x: Floats, y: Floats, role: str) -> None:
    """Draw a curve from 0 at its lowest to 1 at its highest: only where it peaks matters."""
    axes.plot(x, (y - y.min()) / np.ptp(y), color=COLOURS[role])
