"""The picture of how five articles arrive at one loss."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray

from crossentropy.figures.style import COLOURS, Picture, bars, in_house_style, label, panel

__all__ = ["meeting"]

# Which ideas the line of each article passes, in the order of the course.
_LINES = {
    "M": ("likelihood", "logarithm", "data as p"),
    "G": ("softmax", "gradient"),
    "V": ("entropy", "KL", "likelihood", "logarithm", "data as p", "softmax"),
    "E": ("entropy", "KL", "data as p"),
    "L": ("entropy", "KL", "likelihood", "logarithm", "data as p"),
}
_IDEAS = ("entropy", "KL", "likelihood", "logarithm", "data as p", "softmax", "gradient")


@in_house_style
def meeting(labels: ArrayLike, logits: ArrayLike) -> Picture:
    """Draw the ideas that each article passes, and the five ways to cut the same length.

    Parameters
    ----------
    labels : array_like of int, shape (N,)
        The labels, whose shares are the truth.
    logits : array_like, shape (K,)
        The scores of one model for all examples.
    """
    labels, logits = np.asarray(labels), np.asarray(logits, dtype=float)
    price = np.log(np.exp(logits).sum()) - logits
    return Picture(
        [_ideas(), _lengths(labels, logits, price)],
        alt="First: five vertical lines, one an article, pass the ideas that it uses and run "
        "together at the cross-entropy of p and q. "
        + " ".join(f"{name}: {', '.join(ideas)}." for name, ideas in _LINES.items())
        + f" Second: five bars end at the same place, {price[labels].mean():.4f} nats. M is cut "
        f"into {len(labels)} labels, G is log-sum-exp with a piece taken off again, V is cut into "
        f"{len(logits)} classes, E into the entropy and a KL divergence, and L is one expectation.",
    )


def _ideas() -> Figure:
    figure, axes = panel(344, 360)
    rows = {idea: -row for row, idea in enumerate(_IDEAS)}
    end = -len(_IDEAS) - 1.2
    middle = 1 + (len(_LINES) - 1) / 2
    for idea, y in rows.items():
        label(axes, 0.35, y, idea, "muted", ha="right", va="center")
        axes.plot([0.5, len(_LINES) + 0.3], [y, y], color=COLOURS["rule"], lw=0.5, zorder=0)
    for x, (name, ideas) in enumerate(_LINES.items(), start=1):
        label(axes, x, 1.1, name, ha="center", va="center")
        first = rows[ideas[0]]
        axes.plot([x, x], [0.65, first], ":", color=COLOURS["muted"], lw=1.5)
        axes.plot([x, x], [first, rows["gradient"] - 0.4], color=COLOURS["ink"], lw=2)
        axes.plot([x] * len(ideas), [rows[idea] for idea in ideas], "o", color=COLOURS["ink"])
        _bend(axes, x, rows["gradient"] - 0.4, middle, end + 0.45)
    label(axes, middle, end, "H(p, q)", ha="center", va="center")
    axes.set(xlim=(-2.4, len(_LINES) + 0.5), ylim=(end - 0.4, 1.5))
    axes.axis("off")
    return figure


def _bend(axes: Axes, x: float, top: float, to: float, bottom: float) -> None:
    half = (top + bottom) / 2
    codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    path = Path([(x, top), (x, half), (to, half), (to, bottom)], codes)
    axes.add_patch(
        mpl.patches.PathPatch(path, facecolor="none", edgecolor=COLOURS["ink"], linewidth=2)
    )


def _lengths(
    labels: NDArray[np.int_], logits: NDArray[np.float64], price: NDArray[np.float64]
) -> Figure:
    p = np.bincount(labels, minlength=len(logits)) / len(labels)
    total_score = float(price[0] + logits[0])  # log-sum-exp
    loss = float(p @ price)
    excess = loss + np.sum(p * np.log(p))
    cuts = {
        "M: label by label": [(s, "muted") for s in price[labels] / len(labels)],
        "G: log-sum-exp, less a piece": [(loss, "muted")],
        "V: class by class": [(s, "muted") for s in p * price],
        "E: a constant, and a divergence": [(loss - excess, "entropy"), (excess, "kl")],
        "L: one expectation": [(loss, "q")],
    }
    figure, axes = panel(344, 360)
    for row, (title, pieces) in enumerate(cuts.items()):
        label(axes, 0, -row - 0.42, title, va="bottom")
        start = 0.0
        for size, role in pieces:
            _piece(axes, row, start, size, role)
            start += size
    _piece(axes, 1, loss, total_score - loss, "muted", linestyle=":")
    axes.plot([loss, loss], [-5.1, -0.4], color=COLOURS["ink"], lw=1.5)
    label(axes, loss, -5.2, f"H(p̂, q) = {loss:.4f} nats", ha="center", va="top")
    axes.set(xlim=(0, 1.03 * total_score), ylim=(-5.6, 0))
    axes.axis("off")
    return figure


def _piece(axes: Axes, row: int, left: float, size: float, role: str, **kwargs: object) -> None:
    bars(axes, [left + size / 2], [0.4], role, width=size, bottom=-row - 0.85, **kwargs)
