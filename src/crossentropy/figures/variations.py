"""Pictures of the chapter on what people change about the loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crossentropy.figures.style import COLOURS, Picture, in_house_style, label, panel

__all__ = ["noisy", "paths", "pulls", "reports", "said"]

Floats = NDArray[np.float64]
# Curves are told apart by their dashes and by the label beside them; plain cross-entropy is q's.
_STYLES = ("-", "--", "-.", ":")


@in_house_style
def said(
    groups: Sequence[str],
    p: ArrayLike,
    q: ArrayLike,
    of: str,
    line: float | None = None,
    top: float = 1.0,
) -> Picture:
    """Show what is true and what a model says of one class, group by group."""
    true, model = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    figure, axes = panel(480, 46 * len(groups) + 72)
    if line is not None:
        axes.plot([line, line], [0.58, 0.4 - len(groups)], ":", color=COLOURS["ink"], lw=1.5)
        label(axes, line, 0.6, f"{line:g}", va="bottom", ha="center")
    ground = {"facecolor": COLOURS["surface"], "edgecolor": "none", "pad": 0.5}
    for row, (a, b) in enumerate(zip(true, model, strict=True)):
        axes.plot([a, b], [-row, -row], color=COLOURS["kl"], lw=1.75)
        axes.plot(b, -row, "s", mfc=COLOURS["surface"], mec=COLOURS["q"], mew=2, ms=10)
        axes.plot(a, -row, "o", color=COLOURS["p"], ms=7)
        sides = (
            [("p", a, "right"), ("q", b, "left")]
            if a <= b
            else [("q", b, "right"), ("p", a, "left")]
        )
        for role, value, side in sides:
            x = value + (0.006 if side == "left" else -0.006) * top
            label(axes, x, -row + 0.22, f"{value:.2f}", role, ha=side, va="bottom", bbox=ground)
    axes.set_yticks(-np.arange(len(groups)), groups)
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=(-0.08 * top, top), ylim=(0.4 - len(groups), 1.05))
    axes.set_xticks(np.linspace(0, top, 5))
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"probability of a {of}: ● true, □ said")
    told = "; ".join(
        f"{group}: true {a:.2f}, said {b:.2f}"
        for group, a, b in zip(groups, true, model, strict=True)
    )
    cut = "" if line is None else f" A dotted line marks {line:g}."
    return Picture(
        figure,
        alt=f"The probability of a {of} in each group, a blue dot for what is true and an orange "
        f"square for what the model says, joined by a purple line. {told}.{cut}",
    )


@in_house_style
def reports(
    losses: Mapping[str, tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]],
    names: Mapping[str, Sequence[tuple[float, float]]],
) -> Picture:
    """Show losses over the probability of what came, and the two-class reports they pay best.

    Each loss comes with its best report as a function of the truth; `names` says where its name
    stands in the two panels.
    """
    u = np.linspace(0.002, 1, 400)
    p = np.linspace(0.0005, 0.9995, 600)
    cost, left = panel(height=272)
    best, right = panel(height=272)
    told = []
    for (name, (loss, report)), style in zip(losses.items(), _STYLES, strict=False):
        role = "q" if style == "-" else "ink"
        left.plot(u, loss(u), style, color=COLOURS[role], lw=2)
        right.plot(p, report(p), style, color=COLOURS[role], lw=2)
        for axes, (x, y) in zip((left, right), names[name], strict=True):
            label(axes, x, y, name, role)
        costs, says = np.interp(0.1, u, loss(u)), np.interp(0.8, p, report(p))
        told.append(f"{name} costs {costs:.2f} at 0.1, and says {says:.2f} where p = 0.8")
    left.set(xlim=(0, 1), ylim=(0, 3.2), xticks=[0, 0.5, 1], yticks=[0, 1, 2, 3])
    left.set(xlabel="probability of what came", ylabel="loss")
    right.set(xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    right.set(xlabel="true probability p", ylabel="best report q")
    return Picture(
        [cost, best],
        alt="First, losses over the probability given to what came. Second, for two classes, the "
        f"report that each loss pays best, over the true probability. {'; '.join(told)}. "
        "Cross-entropy's reports are the diagonal.",
    )


@in_house_style
def noisy(losses: Mapping[str, Callable[[Floats], Floats]], p: float, rho: float) -> Picture:
    """Show what losses of two classes expect of a report, from clean labels and from noisy ones.

    A share `rho` of the labels is swapped. The lowest point of each curve is marked.
    """
    q = np.linspace(0.002, 0.998, 499)
    panels, told = [], []
    for name, loss in losses.items():
        figure, axes = panel(height=216)
        # Either name stands over its curve where that is the upper one: they cross at 1/2.
        for labels, style, seen, x, side in (
            ("clean", "-", p, 0.2, "left"),
            ("noisy", "--", p + rho * (1 - 2 * p), 0.88, "right"),
        ):
            risk = seen * loss(q) + (1 - seen) * loss(1 - q)
            best = int(risk.argmin())
            axes.plot(q, risk, style, color=COLOURS["q"], lw=2)
            axes.plot(q[best], risk[best], "o", color=COLOURS["q"], ms=8, clip_on=False)
            axes.plot([q[best], q[best]], [0, risk[best]], ":", color=COLOURS["rule"], lw=1.5)
            label(axes, x, np.interp(x, q, risk) + 0.08, labels, "q", ha=side)
            told.append(f"{name}, {labels} labels: lowest at {q[best]:.2f}")
        axes.set(xlim=(0, 1), ylim=(0, 2.4), xticks=[0, 0.5, 1], yticks=[0, 1, 2])
        axes.set(xlabel="report q", ylabel=f"expected {name}")
        panels.append(figure)
    return Picture(
        panels,
        alt="Expected losses over the report q, a panel each: solid for clean labels, dashed for "
        f"noisy ones, with a dot at the lowest point. {'; '.join(told)}.",
    )


@in_house_style
def pulls(temperatures: ArrayLike, plain: ArrayLike, scaled: ArrayLike, limit: float) -> Picture:
    """Show the length of a distilled gradient over the temperature, with and without T²."""
    T = np.asarray(temperatures, dtype=np.float64)
    bare, full = np.asarray(plain, dtype=np.float64), np.asarray(scaled, dtype=np.float64)
    figure, axes = panel(440, 264)
    axes.plot(T, bare, "--", color=COLOURS["ink"], lw=2)
    axes.plot(T, full, color=COLOURS["q"], lw=2.25)
    axes.plot(T[[0, -1]], [limit, limit], ":", color=COLOURS["muted"], lw=1.5)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_xticks([1, 2, 5, 10, 20], ["1", "2", "5", "10", "20"])
    axes.set_yticks([0.001, 0.01, 0.1, 1], ["0.001", "0.01", "0.1", "1"])
    axes.set(xlim=(T[0], T[-1]), ylim=(bare[-1] / 1.5, 4 * full.max()))
    axes.set(xlabel="temperature T", ylabel="length of the gradient")
    label(axes, T[-1] / 1.05, full[-1] * 1.25, "with T²", "q", ha="right", va="bottom")
    middle = len(T) // 2
    label(axes, T[middle] / 1.1, bare[middle] / 1.3, "without", ha="right", va="top")
    return Picture(
        figure,
        alt=f"Length of the gradient over the temperature, both axes logarithmic. Without the "
        f"factor it falls from {bare[0]:.3f} at T = {T[0]:g} to {bare[-1]:.5f} at T = {T[-1]:g}. "
        f"With T² it goes from {full[0]:.3f} to {full[-1]:.3f}, near the dotted limit "
        f"{limit:.3f}.",
    )


@in_house_style
def paths(p: ArrayLike, walks: Mapping[str, ArrayLike], names: Sequence[str]) -> Picture:
    """Show walks of a model through the triangle of three-class distributions, to the truth."""
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(3) / 2]])
    figure, axes = panel(400, 344)
    axes.plot(*corners[[0, 1, 2, 0]].T, color=COLOURS["rule"], lw=1)
    told = []
    for (name, walk), style in zip(walks.items(), _STYLES, strict=False):
        steps = np.asarray(walk, dtype=np.float64)
        left = np.linalg.norm(steps - steps[-1], axis=1)
        # Some sixty points, equally far from the goal each time, draw a walk of any length.
        shown = np.searchsorted(-left, -np.linspace(left[0], 0, 60))
        axes.plot(*(steps[shown] @ corners).T, style, color=COLOURS["q"], lw=2)
        middle = steps[np.searchsorted(-left, -left[0] / 2)]
        # The first name is on the right of its walk, the second between the two.
        (x, y), first = middle @ corners, style == "-"
        shift, side = (0.01, "left") if first else (0.015, "center")
        label(axes, x + shift, y + 0.02, name, "q", ha=side, va="bottom")
        told.append(f"{name}: half way there it is at {', '.join(f'{v:.2f}' for v in middle)}")
        start = steps[0] @ corners
    axes.plot(*start, "s", mfc=COLOURS["surface"], mec=COLOURS["q"], mew=2, ms=9)
    goal = np.asarray(p, dtype=np.float64) @ corners
    axes.plot(*goal, "o", color=COLOURS["p"], ms=9)
    label(axes, goal[0] - 0.035, goal[1], "p", "p", ha="right", va="center")
    label(axes, start[0] + 0.04, start[1] + 0.02, "start", "q", va="bottom")
    for (x, y), name, down in zip(corners, names, (1, 1, 0), strict=True):
        label(
            axes,
            x,
            y - 0.04 * down + 0.02 * (1 - down),
            name,
            "muted",
            ha="center",
            va="top" if down else "bottom",
        )
    axes.set_aspect("equal")
    axes.set(xlim=(-0.12, 1.12), ylim=(-0.12, 0.98), xticks=[], yticks=[])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    return Picture(
        figure,
        alt=f"The triangle of distributions over {', '.join(names)}, and the ways of a model to "
        f"the truth. {'; '.join(told)}. The first is solid, the second dashed.",
    )
