"""Pictures of the chapter on the classifier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom

from crossentropy.figures.style import COLOURS, Picture, in_house_style, label, panel, surface

__all__ = [
    "digits",
    "learning_curves",
    "margin_losses",
    "penalty_path",
    "reliability",
    "surprising_images",
    "weights",
]

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]

_SIDE = 8  # pixels, of an image
_WIDTH = 344  # CSS pixels, of a row of images
_LEVELS = 6  # shades on either side of zero: more make the SVG heavier, and show no more


@in_house_style
def digits(images: ArrayLike, labels: ArrayLike) -> Picture:
    """Show ten images, with their labels below."""
    shown = np.asarray(images, dtype=np.float64).reshape(-1, _SIDE, _SIDE)[:10]
    names = [str(name) for name in np.asarray(labels)[:10]]
    return Picture(
        _in_rows(shown / shown.max(), names, in_a_row=5),
        alt="Ten handwritten digits of 8 by 8 pixels, dark ink on a light ground, coarse and yet "
        f"readable, with the labels {', '.join(names)}.",
    )


@in_house_style
def learning_curves(descent: ArrayLike, lbfgs: ArrayLike) -> Picture:
    """Show the training and the held-out loss of two solvers over the iterations.

    Each argument has a row for each point: iterations, training loss, held-out loss.
    """
    panels, ends = [], []
    for solver, points in (("Gradient descent", descent), ("L-BFGS", lbfgs)):
        table = np.asarray(points, dtype=np.float64)
        # Points as dense as anyone sees on a logarithmic axis.
        drawn = np.unique(np.geomspace(1, len(table), 30).astype(int)) - 1
        iterations, training, held_out = table[drawn].T
        figure, axes = _loss_panel(solver)
        axes.plot(iterations, held_out, "--", color=COLOURS["muted"])
        axes.plot(iterations, training, color=COLOURS["ink"])
        lowest = int(held_out.argmin())
        panels.append(figure)
        ends.append(
            f"{solver}: after {iterations[-1]:.0f} iterations the training loss is "
            f"{training[-1]:.1g} and the held-out loss {held_out[-1]:.2f}, of whose points "
            f"the lowest is {held_out[lowest]:.2f} at iteration {iterations[lowest]:.0f}"
        )
        label(axes, 60, 0.5, "held-out", "muted")
        label(axes, 0.7 * np.interp(-0.1, -training, iterations), 0.06, "training", ha="right")
    return Picture(
        panels,
        alt="Training and held-out loss in nats over the iterations, both on logarithmic axes, "
        "from log 10 = 2.30 on. " + ". ".join(ends) + ".",
    )


@in_house_style
def margin_losses() -> Picture:
    """Draw the 0-1 loss and two surrogates over the margin of two classes."""
    z = np.linspace(-3, 3, 31)
    in_bits, hinge = np.logaddexp(0, -z) / np.log(2), np.maximum(0, 1 - z)
    figure, axes = panel(400, 280)
    axes.plot([-3, 0], [1, 1], color=COLOURS["muted"])
    axes.plot([0, 3], [0, 0], color=COLOURS["muted"])
    axes.plot([0, 0], [0, 1], ":", color=COLOURS["muted"], linewidth=1.5)
    axes.plot(0, 1, "o", color=COLOURS["muted"], markersize=7)
    axes.plot(z, hinge, "--", color=COLOURS["muted"], linewidth=1.75)
    axes.plot(z, in_bits, color=COLOURS["ink"])
    label(axes, -2.9, 0.92, "0-1 loss: mistakes", "muted", va="top")
    label(axes, 2.9, -0.08, "0-1 loss: the rest", "muted", ha="right", va="top")
    label(axes, -1.95, 3.15, "cross-entropy in bits", va="bottom")
    label(axes, -2.1, 2.45, "hinge", "muted", ha="right", va="center")
    axes.set(xlim=(-3, 3), ylim=(-0.6, 4.5), yticks=[0, 1, 2, 3, 4])
    axes.set_xticks([-2, 0, 2], ["−2", "0", "2"])
    axes.set(xlabel="margin z, the lead of the true class", ylabel="loss")
    return Picture(
        figure,
        alt="Three losses over the margin z of two classes, from −3 to 3. The 0-1 loss is a step: "
        "1 up to z = 0, the mistakes, and 0 beyond. Cross-entropy in bits falls smoothly from "
        f"{in_bits[0]:.2f} through 1 at z = 0 to {in_bits[-1]:.2f}, and is nowhere below the step. "
        f"The hinge loss is a straight line from {hinge[0]:.0f} through 1 at z = 0 down to 0 at "
        "z = 1, and 0 from there on. It is not below the step either.",
    )


@in_house_style
def penalty_path(strengths: ArrayLike, training: ArrayLike, validation: ArrayLike) -> Picture:
    """Show the training and the validation loss over C, the weakness of the penalty."""
    C = np.asarray(strengths, dtype=np.float64)
    on_training, on_validation = (np.asarray(x, dtype=np.float64) for x in (training, validation))
    best = int(on_validation.argmin())
    figure, axes = panel(400, 280)
    axes.set_xscale("log")
    axes.plot(C, on_validation, "--", color=COLOURS["muted"])
    axes.plot(C, on_training, color=COLOURS["ink"])
    axes.plot(C[best], on_validation[best], "o", color=COLOURS["ink"], markersize=7)
    lowest = f"lowest at C = {C[best]:g}"
    label(axes, C[best], on_validation[best] + 0.025, lowest, ha="center", va="bottom")
    label(axes, C[-1], on_validation[-1] + 0.015, "validation", "muted", ha="right", va="bottom")
    label(axes, C[-1], on_training[-1] + 0.015, "training", ha="right", va="bottom")
    axes.set(xlim=(C[0], C[-1]), ylim=(0, 0.5), xlabel="C = 1/(2λN)", ylabel="loss in nats")
    axes.minorticks_off()
    decades = 10.0 ** np.arange(np.ceil(np.log10(C[0])), np.floor(np.log10(C[-1])) + 1)
    axes.set_xticks(decades, [f"{decade:g}" for decade in decades])
    return Picture(
        figure,
        alt="Training and validation loss in nats over C, on a logarithmic axis: the penalty is "
        f"strong on the left, at C = {C[0]:g}, and weak on the right, at C = {C[-1]:g}. The "
        f"training loss falls all the way, from {on_training[0]:.2f} to {on_training[-1]:.3f}. The "
        f"validation loss falls from {on_validation[0]:.2f} to {on_validation[best]:.2f} at "
        f"C = {C[best]:g} and rises to {on_validation[-1]:.2f} again.",
    )


@in_house_style
def reliability(
    models: Mapping[str, ArrayLike], labels: ArrayLike, chance: bool = False
) -> Picture:
    """Show accuracy over confidence in ten bins, a panel for each model's distributions.

    With `chance`, a bar at each bin shows where the dot of a calibrated model would lie, nineteen
    times in twenty or more; a bin where that is anywhere has none.
    """
    y = np.asarray(labels, dtype=np.intp)
    drawn = [
        _reliability(name, np.asarray(q, dtype=float), y, chance) for name, q in models.items()
    ]
    return Picture(
        [figure for figure, _ in drawn],
        alt=f"Reliability diagrams of {len(y):,} images: accuracy over confidence in ten bins, "
        "with dots as large as the bins are full. " + " ".join(text for _, text in drawn),
    )


def _reliability(name: str, q: Floats, labels: Labels, chance: bool) -> tuple[Figure, str]:
    confidence, right = q.max(axis=1), q.argmax(axis=1) == labels
    index = np.ceil(10 * confidence - 1e-12).astype(int) - 1
    counts = np.bincount(index, minlength=10)
    filled = counts > 0
    size = np.maximum(counts, 1)
    means = (np.bincount(index, confidence, 10) / size)[filled]
    accuracies = (np.bincount(index, right, 10) / size)[filled]
    figure, axes = panel(height=300)
    axes.plot([0, 1], [0, 1], color=COLOURS["rule"], linewidth=1.5, linestyle=(0, (2, 3)))
    # One line with gaps for all bars, and few sizes of dots, make the SVG lighter.
    gaps = np.full_like(means, np.nan)
    likely = np.array(binom.interval(0.95, counts[filled], means)) / counts[filled]
    if chance:
        # A bar from 0 to 1 says nothing.
        shown = np.where(np.ptp(likely, axis=0) < 1, likely, np.nan)
        bars = np.column_stack([*shown, gaps]).ravel()
        (bar,) = axes.plot(np.repeat(means, 3), bars, color=COLOURS["rule"], linewidth=9)
        bar.set(alpha=0.5, solid_capstyle="butt")
    stems = np.column_stack([means, accuracies, gaps]).ravel()
    axes.plot(np.repeat(means, 3), stems, color=COLOURS["muted"], linewidth=1.5)
    sizes = np.maximum(6, 4 * np.round(9 * np.sqrt(counts[filled] / len(labels))))
    for x, y, size in zip(means, accuracies, sizes, strict=True):
        (dot,) = axes.plot(x, y, "o", color=COLOURS["p"], markersize=size, clip_on=False)
        dot.set(markeredgecolor=COLOURS["surface"], zorder=3)
    label(axes, 0.02, 0.95, name, va="top")
    label(axes, 0.02, 0.87, "under-confident", "muted", va="top")
    label(axes, 0.98, 0.03, "over-confident", "muted", ha="right")
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    axes.set(xlabel="mean confidence in the bin", ylabel="accuracy", box_aspect=1)
    above, below = int((accuracies > means).sum()), int((accuracies < means).sum())
    gap = float(np.abs(accuracies - means).max())
    off = int(((accuracies < likely[0]) | (accuracies > likely[1])).sum())
    off_the_bars = (
        f" {off} of {len(means)} dots lie off their grey bars, where those of a calibrated model "
        "would lie nineteen times in twenty."
    )
    return figure, (
        f"{name}: {above} of {len(means)} dots lie above the diagonal, where a model is "
        f"under-confident, and {below} below it, the farthest {gap:.2f} away; mean confidence "
        f"{confidence.mean():.2f}, accuracy {right.mean():.2f}.{off_the_bars if chance else ''}"
    )


@in_house_style
def surprising_images(
    images: ArrayLike, labels: ArrayLike, said: ArrayLike, surprisals: ArrayLike
) -> Picture:
    """Show images with what they are, what the model said, and its surprisal in nats and bits."""
    shown = np.asarray(images, dtype=np.float64).reshape(-1, _SIDE, _SIDE)
    nats = np.asarray(surprisals, dtype=np.float64)
    rows = list(zip(np.asarray(labels), np.asarray(said), nats, nats / np.log(2), strict=True))
    captions = [f"true {t}\nsaid {s}\n{n:.2f} nats\n{b:.2f} bits" for t, s, n, b in rows]
    listed = "; ".join(f"{t} read as {s}, {n:.2f} nats or {b:.2f} bits" for t, s, n, b in rows)
    return Picture(
        _in_rows(shown / shown.max(), captions, in_a_row=4),
        alt=f"The {len(shown)} held-out digits that surprise the model most, blurred to "
        f"8 by 8 pixels: {listed}.",
    )


@in_house_style
def weights(coef: ArrayLike) -> Picture:
    """Draw the weights of each class as an image: teal where ink speaks for it, brown against."""
    table = np.asarray(coef, dtype=np.float64).reshape(-1, _SIDE, _SIDE)
    names = [str(k) for k in range(len(table))]
    # The square root lets small weights be seen beside large ones.
    shades = np.sign(table) * np.sqrt(np.abs(table) / np.abs(table).max())
    return Picture(
        _in_rows(shades, names, in_a_row=5),
        alt="The weights of each digit as an image of 8 by 8 pixels, stronger weights in stronger "
        "colour. Teal, where ink speaks for the digit, lies in patches on its strokes; brown, "
        "where ink speaks against it, lies where its rivals have ink. The 0 is brown in the "
        "middle, inside its ring.",
    )


def _loss_panel(title: str) -> tuple[Figure, Axes]:
    figure, axes = panel()
    axes.set_xscale("symlog", linthresh=1, linscale=0.4)
    axes.set_yscale("log")
    axes.axhline(np.log(10), color=COLOURS["rule"], linewidth=1, linestyle="--")
    label(axes, 450, 1.1 * np.log(10), "log 10", "muted", ha="right", va="bottom")
    axes.set(title=title, xlabel="iterations", ylabel="loss in nats")
    axes.set(xlim=(0, 500), ylim=(0.01, 5))
    axes.minorticks_off()
    axes.set_xticks([0, 1, 10, 100], ["0", "1", "10", "100"])
    axes.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    return figure, axes


def _in_rows(images: Floats, captions: Sequence[str], in_a_row: int) -> list[Figure]:
    """Return a panel for each row of images, whose entries are from -1 to 1."""
    starts = range(0, len(images), in_a_row)
    return [_row(images[i : i + in_a_row], captions[i : i + in_a_row], in_a_row) for i in starts]


def _row(images: Floats, captions: Sequence[str], in_a_row: int) -> Figure:
    """Draw a row in whole CSS pixels: its many coordinates are short, and its edges are sharp."""
    lines = 1 + captions[0].count("\n")
    side = _WIDTH // (in_a_row * (_SIDE + 1))  # of one pixel of an image
    step, square = _WIDTH // in_a_row, _SIDE * side
    lefts = [i * step + (step - square) // 2 for i in range(len(images))]
    figure, axes = surface(_WIDTH, square + 18 * lines + 6)
    figure.set_layout_engine("none")
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, _WIDTH), ylim=(square + 18 * lines + 5, -1), xticks=[], yticks=[])
    _draw_images(axes, images, lefts, side)
    for left, caption in zip(lefts, captions, strict=True):
        x = left + square / 2
        label(axes, x, square + 5, caption, ha="center", va="top", linespacing=1.2)
        frame = _rectangle(left, 0, square, square)
        axes.add_patch(PathPatch(frame, fill=False, edgecolor=COLOURS["rule"], linewidth=1))
    return figure


def _draw_images(axes: Axes, images: Floats, lefts: Sequence[int], side: int) -> None:
    """Draw images side by side on the page's own ground, one path for each shade.

    A run of equal pixels is one stroke, as wide as a pixel is high.
    """
    shades = np.round(images * _LEVELS).astype(int)
    signed = bool((shades < 0).any())
    for shade in np.unique(shades[shades != 0]):
        strokes = [
            (left + side * end, side * (y + 0.5))
            for left, image in zip(lefts, shades == shade, strict=True)
            for y, row in enumerate(image)
            for run in _runs(row)
            for end in run
        ]
        role = ("class-0" if shade > 0 else "class-1") if signed else "ink"
        face = to_rgba(COLOURS[role], abs(shade) / _LEVELS)
        path = Path(strokes, [Path.MOVETO, Path.LINETO] * (len(strokes) // 2))
        axes.add_patch(PathPatch(path, fill=False, edgecolor=face, linewidth=side, capstyle="butt"))


def _runs(row: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield where each run of neighbours begins, and where it has ended."""
    edges = np.flatnonzero(np.diff(row, prepend=False, append=False)).tolist()
    return zip(edges[::2], edges[1::2], strict=True)


def _rectangle(x: float, y: float, width: float, height: float) -> Path:
    right, below = x + width, y + height
    corners = [(x, y), (right, y), (right, below), (x, below), (x, y)]
    return Path(corners, closed=True)
