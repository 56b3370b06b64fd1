"""Pictures of the chapter on the classifier."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray

from crossentropy.figures.style import COLOURS, Picture, label, panel, surface

__all__ = ["digits", "learning_curves", "surprising_images", "weights"]

Floats = NDArray[np.float64]

_SIDE = 8  # pixels, of an image
_GAP = 1.4  # pixels, between images
_LEVELS = 16  # shades, on either side of zero


def digits(images: ArrayLike, labels: ArrayLike) -> Picture:
    """Show ten images, with their labels below."""
    shown = np.asarray(images, dtype=np.float64).reshape(-1, _SIDE, _SIDE)[:10]
    names = [str(name) for name in np.asarray(labels)[:10]]
    return Picture(
        _in_rows(shown / shown.max(), names, in_a_row=5),
        alt="Ten handwritten digits of 8 by 8 pixels, dark ink on a light ground, coarse and yet "
        f"readable, with the labels {', '.join(names)}.",
    )


def learning_curves(descent: ArrayLike, lbfgs: ArrayLike) -> Picture:
    """Show the training and the held-out loss of two solvers over the iterations.

    Each argument has a row for each point: iterations, training loss, held-out loss.
    """
    panels, ends = [], []
    for solver, points in (("Gradient descent", descent), ("L-BFGS", lbfgs)):
        iterations, training, held_out = np.asarray(points, dtype=np.float64).T
        figure, axes = _loss_panel(solver)
        axes.plot(iterations, held_out, "--", color=COLOURS["muted"])
        axes.plot(iterations, training, color=COLOURS["ink"])
        lowest = int(held_out.argmin())
        panels.append(figure)
        ends.append(
            f"{solver}: after {iterations[-1]:.0f} iterations the training loss is "
            f"{training[-1]:.1g} and the held-out loss {held_out[-1]:.2f}, whose lowest value was "
            f"{held_out[lowest]:.2f} at iteration {iterations[lowest]:.0f}"
        )
        label(axes, 60, 0.5, "held-out", "muted")
        label(axes, 0.7 * np.interp(-0.1, -training, iterations), 0.06, "training", ha="right")
    return Picture(
        panels,
        alt="Training and held-out loss in nats over the iterations, both on logarithmic axes, "
        "from log 10 = 2.30 on. " + ". ".join(ends) + ".",
    )


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


def weights(coef: ArrayLike) -> Picture:
    """Draw the weights of each class as an image: teal where ink speaks for it, brown against."""
    table = np.asarray(coef, dtype=np.float64).reshape(-1, _SIDE, _SIDE)
    names = [str(k) for k in range(len(table))]
    # The root lifts small weights above the ground.
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
    lines = 1 + captions[0].count("\n")
    span = in_a_row * (_SIDE + _GAP)
    height = 344 / span * (_SIDE + 1) + 18 * lines
    figure, axes = surface(344, round(height))
    for i, (image, caption) in enumerate(zip(images, captions, strict=True)):
        left = i * (_SIDE + _GAP) + _GAP / 2
        _draw_image(axes, image, left)
        label(axes, left + _SIDE / 2, -0.6, caption, ha="center", va="top", linespacing=1.2)
    axes.set(xlim=(0, span), ylim=(-18 * lines * span / 344 - 0.5, _SIDE + 0.5))
    axes.set(xticks=[], yticks=[])
    return figure


def _draw_image(axes: Axes, image: Floats, left: float) -> None:
    """Draw an image on the page's own ground, one path for each shade."""
    shades = np.round(image * _LEVELS).astype(int)
    signed = bool((shades < 0).any())
    for shade in np.unique(shades[shades != 0]):
        squares = [_square(left + x, _SIDE - 1 - y) for y, x in np.argwhere(shades == shade)]
        role = ("class-0" if shade > 0 else "class-1") if signed else "ink"
        face = to_rgba(COLOURS[role], abs(shade) / _LEVELS)
        axes.add_patch(PathPatch(Path.make_compound_path(*squares), facecolor=face, linewidth=0))
    frame = _square(left, 0, _SIDE)
    axes.add_patch(PathPatch(frame, fill=False, edgecolor=COLOURS["rule"], linewidth=1))


def _square(x: float, y: float, side: float = 1.0) -> Path:
    corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
    return Path(corners, closed=True)
