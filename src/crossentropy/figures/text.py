"""Pictures of the chapter on predicting text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from crossentropy.figures.style import COLOURS, Picture, bars, in_house_style, label, panel

__all__ = ["data_and_loss", "sizes", "typical"]

Floats = NDArray[np.float64]


@in_house_style
def sizes(of: Mapping[str, int], ours: Collection[str]) -> Picture:
    """Show the sizes of files, in bytes: of models, and of programs that compress."""
    figure, axes = panel(height=28 * len(of) + 48)
    for row, (name, size) in enumerate(of.items()):
        role = "q" if name in ours else "muted"
        axes.barh(
            -row,
            size,
            0.66,
            facecolor=COLOURS["surface"],
            edgecolor=COLOURS[role],
            hatch="////" if role == "q" else None,
            lw=1.5,
        )
        label(axes, size + 90, -row, f"{size:,}", "ink", va="center")
    axes.set_yticks(-np.arange(len(of)), list(of))
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=(0, 1.16 * max(of.values())), ylim=(0.6 - len(of), 0.6), xlabel="bytes")
    axes.set_xticks([0, 2000, 4000, 6000, 8000])
    said = ", ".join(f"{name} {size:,}" for name, size in of.items())
    return Picture(
        figure,
        alt=f"Bars, as long as the file that each makes of the same text, in bytes: {said}. Those "
        f"of the models, {', '.join(name for name in of if name in ours)}, are hatched.",
    )


@in_house_style
def data_and_loss(
    letters: ArrayLike,
    loss: ArrayLike,
    curves: Mapping[str, tuple[Callable[[Floats], Floats], float]],
) -> Picture:
    """Show loss over data, and curves that were fitted to it, each with the floor that it has."""
    x, y = np.asarray(letters, dtype=np.float64), np.asarray(loss, dtype=np.float64)
    figure, axes = panel(height=272)
    grid = np.geomspace(x[0], 30 * x[-1], 200)
    said = []
    styles = (("-", "bottom"), ("--", "top"))
    for (name, (curve, floor)), (style, side) in zip(curves.items(), styles, strict=True):
        axes.plot(grid, curve(grid), style, color=COLOURS["ink"], lw=1.5)
        end = float(curve(grid[-1:])[0])
        gap = 0.14 if side == "bottom" else -0.05
        label(axes, grid[-1], end + gap, name, "ink", ha="right", va=side)
        said.append(f"{name}, with a floor of {floor:.2f} bits, is at {end:.2f} at the right end")
    axes.plot(x, y, "o", color=COLOURS["q"], markersize=7, zorder=4)
    axes.set_xscale("log")
    axes.set(xlim=(x[0] / 1.3, grid[-1]), ylim=(1.8, 4.2), yticks=[2, 3, 4])
    axes.minorticks_off()
    axes.set_xticks([1e4, 1e5, 1e6], ["10,000", "100,000", "1,000,000"])
    axes.set(xlabel="letters to learn from", ylabel="bits a letter, held out")
    dots = ", ".join(f"{n:,.0f} letters {bits:.2f}" for n, bits in zip(x, y, strict=True))
    return Picture(
        figure,
        alt=f"Held-out loss over the letters learned from, on a logarithmic axis: {dots}. Two "
        f"curves run close to the dots and part beyond them: {'; '.join(said)}.",
    )


@in_house_style
def typical(p: ArrayLike, n: int = 100, margin: float = 0.1) -> Picture:
    """Show how the mean surprise of n draws is spread, in bits a draw, for three outcomes."""
    shares = np.asarray(p, dtype=np.float64)
    first, second = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    keep = first + second <= n
    counts = np.stack([first[keep], second[keep], n - first[keep] - second[keep]], axis=1)
    ways = gammaln(n + 1) - gammaln(counts + 1).sum(axis=1)
    probability = np.exp(ways + counts @ np.log(shares))
    mean = counts @ -np.log2(shares) / n
    entropy = float(shares @ -np.log2(shares))
    step = 0.05
    edges = entropy - margin + step * np.arange(-12, 20)
    heights, _ = np.histogram(mean, edges, weights=probability)
    middle = (edges[:-1] + edges[1:]) / 2
    inside = np.abs(middle - entropy) < margin
    figure, axes = panel(height=248)
    bars(axes, middle[inside], heights[inside], "p", width=step)
    bars(axes, middle[~inside], heights[~inside], "muted", width=step)
    share = float(probability[np.abs(mean - entropy) <= margin].sum())
    top = float(heights.max())
    lowest = float(-np.log2(shares.max()))
    axes.plot([entropy, entropy], [0, 1.08 * top], ":", color=COLOURS["ink"], lw=1.5)
    label(axes, entropy, 1.1 * top, f"H = {entropy:.4f}", ha="center")
    (dot,) = axes.plot(lowest, 0, "o", color=COLOURS["q"], markersize=8)
    dot.set(zorder=4, clip_on=False)
    label(axes, lowest, 0.07 * top, "all cats", "q", ha="center")
    axes.set(xlim=(0.9, 2.0), ylim=(0, 1.25 * top), yticks=[], xticks=[1, 1.25, 1.5, 1.75, 2])
    axes.spines["left"].set_visible(False)
    axes.set(xlabel="bits a photograph")
    return Picture(
        figure,
        alt=f"How the mean surprise of {n} photographs is spread: a hill over the entropy, "
        f"{entropy:.4f} bits. The blue bars, within {margin:g} bits of it, hold {share:.1%} of the "
        f"probability. The likeliest sequence, all cats, has {lowest:g} bits a photograph and lies "
        "far to the left of the hill.",
    )
