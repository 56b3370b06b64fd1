"""The smooth maximum of some logits, and two ways to compute it of which one overflows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from crossentropy._validation import Floats
from crossentropy.figures.style import COLOURS, bars, label, number, panel
from crossentropy.softmax import logsumexp, softmax
from crossentropy.widgets._explorable import ANIMALS, Explorable, Labels, Number, Numbers

__all__ = ["LogSumExp"]

_VIEW = 5.0  # logits from −5 to 5 have their place; others are drawn at the edge
_TOPS = [7.0, 12.0, 20.0, 40.0]  # where the axis may end, above the bounds
_LARGEST = 1e6  # of a logit and of a temperature: beyond, four decimals would be noise


class _Logits(Numbers):
    """Logits that keep four decimals through every formula."""

    def _checked(self, value: Any) -> tuple[float, ...]:
        logits = super()._checked(value)
        for k, logit in enumerate(logits):
            if abs(logit) > _LARGEST:
                raise ValueError(
                    f"{self.name}[{k}] is {logit:g}; it must be from −{_LARGEST:g} to "
                    f"{_LARGEST:g}, so that four decimals stay exact"
                )
        return logits


class LogSumExp(Explorable):
    """Cool the logits: T·LSE(ℓ/T) is squeezed onto their maximum, and softmax turns one-hot.

    The smooth maximum lies from ``max(logits)`` to ``max(logits) + T log K``, in nats. Below, LSE
    is computed as it is written, in float32 and in float64, and after the maximum is subtracted,
    until ``exp`` overflows or underflows in the first two.

    Parameters
    ----------
    logits : array_like of shape (K,)
        The scores, from -1e6 to 1e6; those outside of -5 to 5 are drawn at the edge, torn off.
    labels : list of str
        The names of the K classes.
    temperature : float
        What the logits are divided by: from 1e-6 to 1e6.

    Raises
    ------
    traitlets.TraitError
        If a logit or the temperature is not finite or out of range, or the lengths of `logits` and
        `labels` differ.

    Examples
    --------
    >>> scores = LogSumExp(logits=[1000, 1000], labels=["heads", "tails"], temperature=0.5)
    >>> scores.logits, scores.temperature
    ((1000.0, 1000.0), 0.5)
    """

    logits = _Logits([2.0, 0.0, -1.0]).tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)
    temperature = Number(1.0, least=1 / _LARGEST, most=_LARGEST).tag(sync=True)

    prompt = traitlets.Unicode(
        "Cool T towards 0. Where does T·LSE(ℓ/T) go, and which formula breaks first?"
    ).tag(sync=True)
    heights = traitlets.List(traitlets.Int(), [700, 880]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [472, 516]).tag(sync=True)
    presets = traitlets.Dict(
        {
            name: {"logits": logits, "labels": labels, "temperature": temperature}
            for name, logits, labels, temperature in [
                ("The running scores", [2.0, 0.0, -1.0], ANIMALS, 1.0),
                ("Cold: T = 0.01", [2.0, 0.0, -1.0], ANIMALS, 0.01),
                ("Hot: T = 5", [2.0, 0.0, -1.0], ANIMALS, 5.0),
                ("A tie, cold", [2.0, 2.0, -1.0], ANIMALS, 0.01),
                ("Six equal logits", [0.0] * 6, ["1", "2", "3", "4", "5", "6"], 1.0),
                ("Overflow at 1000", [1000.0, 1000.0], ["cat", "dog"], 1.0),
                ("Underflow at −1000", [-1000.0, -1001.0], ["cat", "dog"], 1.0),
            ]
        }
    ).tag(sync=True)

    _per_class = ("logits", "labels")

    def draw(self) -> tuple[Figure | list[Figure], str]:
        """Return the logits with the bounds and what lies between them, and their softmax."""
        logits, temperature = np.array(self.logits), self.temperature
        maximum = float(logits.max())
        # Shifted first: nothing overflows, and differences of large logits stay exact.
        shifted = (logits - maximum) / temperature
        smooth = maximum + temperature * float(logsumexp(shifted))
        upper = maximum + temperature * math.log(len(logits))
        q = softmax(shifted)
        each = "; ".join(
            f"{name} {number(logit, '.2f')} and {qk:.2f}"
            for name, logit, qk in zip(self.labels, self.logits, q, strict=True)
        )
        naive = {name: _naive(logits / temperature, name) for name in ("float32", "float64")}
        return [self._draw_logits(maximum, smooth, upper), self._draw_softmax(q)], (
            f"Logits and their softmax at temperature {temperature:g}: {each}. T·LSE(ℓ/T) is "
            f"{number(smooth)} nats, between the maximum, {number(maximum)}, and the maximum plus "
            f"T log K, {number(upper)}. LSE(ℓ/T) is {number(smooth / temperature)}; computed as "
            f"written, it is {naive['float32']} in float32 and {naive['float64']} in float64."
        )

    def _draw_logits(self, maximum: float, smooth: float, upper: float) -> Figure:
        figure, axes = panel()
        top = _top(self.temperature, len(self.logits))
        left = len(self.logits) - 0.4  # of the bounds
        axes.plot([-0.5, left - 0.2], [0, 0], color=COLOURS["rule"], linewidth=1)
        for k, logit in enumerate(self.logits):
            level = min(max(logit, -_VIEW), _VIEW)
            marker = "o" if level == logit else "^" if logit > 0 else "v"
            axes.plot([k, k], [0, level], color=COLOURS["q"])
            axes.plot(k, level, marker, color=COLOURS["surface"], markeredgecolor=COLOURS["ink"])
            below = level < 0
            y = level + (-0.05 if below else 0.05) * (top + _VIEW)
            align = "top" if below else "bottom"
            if len(self.logits) <= 4:  # more numbers than that have no room
                text = number(logit, ".2f" if abs(logit) < 100 else ".0f")
                label(axes, k, y, text, ha="center", va=align)
        # The bounds stand where the largest logit is drawn; from there on they are to scale.
        drawn = min(max(maximum, -_VIEW), _VIEW)
        names = {"M + T log K": upper, "T·LSE(ℓ/T)": smooth, "M": maximum}
        previous = math.inf
        for (name, value), width in zip(names.items(), (1, 2.5, 1), strict=True):
            y = min(drawn + value - maximum, top)
            axes.plot([left, left + 0.5], [y, y], color=COLOURS["ink"], linewidth=width)
            previous = min(y, previous - 0.09 * (top + _VIEW))
            label(axes, 1.03 * left + 0.5, previous, f"{name} {number(value, '.2f')}", va="center")
        axes.set(xlim=(-0.5, 2.2 * left + 0.5), ylim=(-_VIEW - 0.15 * (top + _VIEW), top))
        axes.set_title(f"logits ℓ, their maximum M; T = {self.temperature:g}", loc="left")
        axes.set_xticks(range(len(self.labels)), self.labels)
        axes.set_yticks([-_VIEW, 0, _VIEW])
        return figure

    def _draw_softmax(self, q: Floats) -> Figure:
        figure, axes = panel()
        bars(axes, range(len(q)), q, "q", width=0.6)
        for k, qk in enumerate(q):
            label(axes, k, qk + 0.02, f"{qk:.2f}", "q", ha="center")
        axes.set(ylim=(0, 1.15), yticks=[0, 0.5, 1])
        axes.set_title("q = softmax(ℓ/T)", loc="left")
        axes.set_xticks(range(len(self.labels)), self.labels)
        return figure


def _top(temperature: float, classes: int) -> float:
    """Return where the axis ends: above what T log K adds to a logit at the edge, if it can."""
    highest = _VIEW + temperature * math.log(classes)
    return next((top for top in _TOPS if top >= highest), _TOPS[-1])


def _naive(scaled: Floats, dtype: str) -> str:
    """Return LSE as it is written, in one precision, as text."""
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        value = np.log(np.exp(scaled.astype(dtype)).sum())
    return number(float(value))
