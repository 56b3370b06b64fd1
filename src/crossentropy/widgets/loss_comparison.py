"""Two losses, one start: how hard each slope pushes, and how soon each ball arrives."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.special import expit

from crossentropy._validation import Floats
from crossentropy.figures.style import COLOURS, label, number, panel
from crossentropy.widgets._explorable import Explorable, Number, Whole

__all__ = ["LossComparison"]

_MOST = 10_000  # steps: nobody waits for more


@dataclass(frozen=True)
class _Loss:
    """A loss of one number, its slope, and where its name stands in either panel."""

    name: str
    loss: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    loss_label: tuple[float, float]
    slope_label: tuple[float, float]
    slope_name: str = ""
    kink: float | None = None


@dataclass(frozen=True)
class _Pair:
    """Two losses, and what they are compared over."""

    hero: _Loss
    rival: _Loss
    start: str  # the trait that both balls start from
    axis: str
    view: tuple[float, float]  # the part of the axis that is shown
    losses: tuple[float, float]  # the range of the first panel
    slopes: tuple[float, float]
    ticks: tuple[list[float], list[float], list[float]]  # along the axis, of losses, of slopes
    rate: float  # a step is x ← x - rate · slope
    far: float  # a ball beyond ±far has run away, for good


_CROSS_ENTROPY = _Loss(
    "cross-entropy",
    lambda z: np.logaddexp(0, -z),
    lambda z: -expit(-z),
    loss_label=(-4.5, 5.3),
    slope_label=(-6.6, -0.86),
)
_HALF_SQUARE = _Loss(
    "½u²",
    lambda u: u**2 / 2,
    lambda u: u,
    loss_label=(-2.6, 5.2),
    slope_label=(3.85, 3.5),
    slope_name="u",
)


def _errors(rival: _Loss, slopes: tuple[float, float] = (-4.5, 4.5)) -> _Pair:
    return _Pair(
        _HALF_SQUARE,
        rival,
        start="u",
        axis="error u = x − y",
        view=(-3.75, 3.75),
        losses=(0, 7),
        slopes=slopes,
        ticks=([-3, -2, -1, 0, 1, 2, 3], [0, 3, 6], [-4, 0, 4]),
        rate=1 / 16,
        far=10,
    )


_PAIRS = {
    "squared error": _Pair(
        _CROSS_ENTROPY,
        _Loss(
            "squared error",
            lambda z: expit(-z) ** 2,
            lambda z: -2 * expit(z) * expit(-z) ** 2,
            loss_label=(-6.6, 1.4),
            slope_label=(-7.9, -0.17),
        ),
        start="z",
        axis="lead z of the true class",
        view=(-8.5, 6.5),
        losses=(-0.2, 8.6),
        slopes=(-1.1, 0.08),
        ticks=([-8, -4, 0, 4], [0, 4, 8], [-1, -0.5, 0]),
        # Descent moves both scores by their own slope, one up and one down by as much: their
        # difference z moves twice as far, at a learning rate of 1.
        rate=2,
        far=math.inf,
    ),
    "fourth power": _errors(
        _Loss("u⁴", lambda u: u**4, lambda u: 4 * u**3, (1.7, 5.2), (1.15, 3.4), "4u³")
    ),
    "absolute value": _errors(
        _Loss("|u|", np.abs, np.sign, (2.3, 1.2), (0.3, 1.4), "sgn u", kink=0)
    ),
    "sines": _errors(
        _Loss(
            "sin² u + sin² πu",
            lambda u: np.sin(u) ** 2 + np.sin(np.pi * u) ** 2,
            lambda u: np.sin(2 * u) + np.pi * np.sin(2 * np.pi * u),
            (-1.5, 2.6),
            (-3.6, 5.1),
            "sin 2u + π sin 2πu",
        ),
        slopes=(-5, 6.4),
    ),
}


def _classes(z: float, steps: int) -> dict[str, Any]:
    return {"rival": "squared error", "z": z, "u": 3.2, "steps": steps}


def _error(rival: str, u: float) -> dict[str, Any]:
    return {"rival": rival, "z": -8.0, "u": u, "steps": 0}


class LossComparison(Explorable):
    """Drag the start and run; two balls descend, each pushed by the slope of its own loss.

    The rival "squared error" is that of two classes, ``S = (1 - σ(z))²``, against cross-entropy,
    ``-log σ(z)``, over the lead `z` of the true class's score. A step is one of gradient descent
    with learning rate 1 on both scores, which moves `z` by twice the slope. The other rivals are
    losses of an error `u`, against ``u²/2``, with a learning rate of 1/16: "fourth power" is
    ``u⁴``, "absolute value" ``|u|``, and "sines" ``sin² u + sin² πu``. An error beyond ±10 has run
    away and counts as infinite. The slope of ``|u|`` at its kink counts as 0.

    Parameters
    ----------
    rival : {"squared error", "fourth power", "absolute value", "sines"}
        The loss that is compared with cross-entropy, or with ``u²/2``.
    z : float
        The lead that both balls start from where the rival is "squared error"; from -40 to 40.
    u : float
        The error that both start from otherwise; from -3.5 to 3.5.
    steps : int
        How many steps both have taken; from 0 to 10,000.

    Raises
    ------
    traitlets.TraitError
        If `rival` is none of these, a start is out of range, or `steps` is no such whole number.

    Examples
    --------
    >>> race = LossComparison(rival="squared error", z=-8, steps=5)
    >>> race.z, race.steps
    (-8.0, 5)
    """

    rival = traitlets.Enum(list(_PAIRS), "squared error").tag(sync=True)
    z = Number(-8.0, least=-40, most=40).tag(sync=True)
    u = Number(3.2, least=-3.5, most=3.5).tag(sync=True)
    steps = Whole(0, most=_MOST).tag(sync=True)

    prompt = traitlets.Unicode(
        "How many steps does each ball need to the upright line? Guess, then press Run."
    ).tag(sync=True)
    heights = traitlets.List(traitlets.Int(), [700, 816]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [408, 392]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "Confidently wrong": _classes(-8.0, 0),
            "Still on the plateau": _classes(-8.0, 400),
            "Slightly wrong": _classes(-1.0, 0),
            "Already right": _classes(3.0, 0),
            "Fourth power, near": _error("fourth power", 2.5),
            "Fourth power, far": _error("fourth power", 3.0),
            "Absolute value": _error("absolute value", 3.2),
            "Sines: a trap": _error("sines", 3.3),
        }
    ).tag(sync=True)

    def draw(self) -> tuple[Figure | list[Figure], str]:
        """Return the two losses with their balls, and the two slopes."""
        pair = _PAIRS[self.rival]
        x = np.linspace(*pair.view, 751)
        loss_figure, losses = panel()
        slope_figure, slopes = panel()
        for axes in (losses, slopes):
            axes.set(xlim=pair.view, xlabel=pair.axis, xticks=pair.ticks[0])
            axes.axvline(0, color=COLOURS["rule"], linewidth=1, zorder=0)
        slopes.axhline(0, color=COLOURS["rule"], linewidth=1, zorder=0)
        taken = _plural(self.steps)
        losses.set(ylim=pair.losses, yticks=pair.ticks[1], ylabel="loss", title=f"after {taken}")
        slopes.set(ylim=pair.slopes, yticks=pair.ticks[2], ylabel="its slope")
        told = []
        for loss, role in ((pair.rival, "muted"), (pair.hero, "ink")):
            places = self._places(loss)
            style: dict[str, Any] = {
                "color": COLOURS[role],
                "linestyle": "-" if role == "ink" else "--",
                "linewidth": 2.25 if role == "ink" else 1.75,
            }
            losses.plot(x, loss.loss(x), **style)
            # No line is drawn across the jump of a slope.
            slopes.plot(x, np.where(x == loss.kink, np.nan, loss.slope(x)), **style)
            losses.plot(places, loss.loss(places), ".", color=COLOURS[role], markersize=4)
            place = float(places[-1])
            if math.isfinite(place):
                _ball(losses, place, float(loss.loss(place)), role)
                _ball(slopes, place, float(loss.slope(place)), role)
            label(losses, *loss.loss_label, loss.name, role)
            label(slopes, *loss.slope_label, loss.slope_name or loss.name, role)
            told.append(_told(pair, loss, place))
        return [loss_figure, slope_figure], (
            f"Two losses over the {pair.axis}, and their slopes. A ball on each has taken "
            f"{taken} of gradient descent from {pair.start} = "
            f"{number(getattr(self, pair.start), '.2f')}. {told[1]} {told[0]}"
        )

    def _places(self, loss: _Loss) -> Floats:
        """Return where the ball on `loss` starts, and where it is after each step."""
        pair = _PAIRS[self.rival]
        x = float(getattr(self, pair.start))
        places = [x]
        for _ in range(self.steps):
            x -= pair.rate * float(loss.slope(x))
            if abs(x) > pair.far:
                x = math.copysign(math.inf, x)
            places.append(x)
            if math.isinf(x):
                break
        return np.array(places)


def _ball(axes: Axes, x: float, y: float, role: str) -> None:
    """Draw a ball: a disc for the hero, a ring for the rival, a triangle if it is outside."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    inside = left <= x <= right and bottom <= y <= top
    marker = "o" if inside else "^" if y > top else "v" if y < bottom else ">" if x > right else "<"
    (ball,) = axes.plot(
        min(max(x, left), right),
        min(max(y, bottom), top),
        marker,
        color=COLOURS[role],
        markersize=7 if role == "ink" else 12,
        clip_on=False,
    )
    if role != "ink":
        ball.set(markerfacecolor=COLOURS["surface"], markeredgewidth=2)


def _told(pair: _Pair, loss: _Loss, place: float) -> str:
    """Say where a ball is, and what pushes it."""
    if math.isinf(place):
        return f"That of {loss.name} has run away."
    slope = "none, for it has a kink there"
    if place != loss.kink:
        slope = number(float(loss.slope(place)), ".6f")
    return (
        f"That of {loss.name} is at {pair.start} = {number(place)}, where the loss is "
        f"{number(float(loss.loss(place)))} and its slope {slope}."
    )


def _plural(steps: int) -> str:
    return f"{steps:,} {'step' if steps == 1 else 'steps'}"
