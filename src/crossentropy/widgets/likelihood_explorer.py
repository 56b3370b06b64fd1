"""The likelihood of a coin's labels, its logarithm and its mean loss: three curves, one optimum."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import DTypeLike

from crossentropy.figures.style import COLOURS, label, number, panel
from crossentropy.information import cross_entropy
from crossentropy.widgets._explorable import Checked, Explorable, Labels, Number

__all__ = ["LikelihoodExplorer"]

_MOST = 10_000
_DEEPEST = 1.5  # nats per label: where the logarithmic curves leave their panels


class _Counts(Checked[tuple[int, int]]):
    """How often each of two labels occurs."""

    info_text = "two counts"

    def _checked(self, value: Any) -> tuple[int, int]:
        try:
            zeros, ones = counts = tuple(operator.index(count) for count in value)
        except (TypeError, ValueError):
            raise ValueError(f"counts is {value!r}; it must be two integers") from None
        for k, count in enumerate(counts):
            if count < 0:
                raise ValueError(f"counts[{k}] is {count}; it must not be negative")
        if not 1 <= zeros + ones <= _MOST:
            raise ValueError(
                f"counts sum to {zeros + ones}; they must sum to 1 at least and {_MOST:,} at most"
            )
        return zeros, ones


class LikelihoodExplorer(Explorable):
    """Drag the counts and θ; likelihood, log-likelihood and loss turn at the same place.

    The product is also multiplied out in float16, float32 and float64: first ``counts[1]`` factors
    θ, then ``counts[0]`` factors 1 - θ, one after another. The factors, computed in float64, and
    every partial product are rounded to the precision.

    Parameters
    ----------
    counts : array_like of int, shape (2,)
        How often label 0 and label 1 occur; from 1 to 10,000 in all.
    theta : float
        The probability of label 1.
    labels : list of str
        The names of the two labels.

    Raises
    ------
    traitlets.TraitError
        If a count is negative or no integer, or there are none or more than 10,000; if `theta` is
        no probability; if there are not two labels.

    Examples
    --------
    >>> explorer = LikelihoodExplorer(counts=[3, 7], theta=0.4)
    >>> explorer.counts
    (3, 7)
    """

    counts = _Counts((3, 7)).tag(sync=True)
    theta = Number(0.4, least=0, most=1).tag(sync=True)
    labels = Labels(["tails", "heads"]).tag(sync=True)

    prompt = traitlets.Unicode(
        "Drag θ to the top of the likelihood. Which other curve turns there?"
    ).tag(sync=True)
    heights = traitlets.List(traitlets.Int(), [768, 936]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [536, 568]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "10 labels": {"counts": [3, 7], "theta": 0.4},
            "100 labels": {"counts": [30, 70], "theta": 0.4},
            "1,000 labels": {"counts": [300, 700], "theta": 0.4},
            "10,000 labels": {"counts": [3000, 7000], "theta": 0.4},
            "One label ruled out": {"counts": [1, 9], "theta": 1.0},
            "Stuck above zero": {"counts": [0, 10_000], "theta": 0.9},
        }
    ).tag(sync=True)

    _per_class = ("counts", "labels")

    def draw(self) -> tuple[Figure | list[Figure], str]:
        """Return the three curves, and the product in three precisions."""
        n = sum(self.counts)
        p_hat = np.array(self.counts) / n
        loss, best = self._loss(self.theta), self._loss(p_hat[1])
        # Half of the points around the peak, which is narrow when N is large.
        spread = math.sqrt(max(p_hat[0] * p_hat[1], 1 / n) / n)
        near = p_hat[1] + spread * np.linspace(-5, 5, 101)
        theta = np.sort(np.r_[near[(near >= 0) & (near <= 1)], np.linspace(0, 1, 101)])
        losses = np.array([self._loss(value) for value in theta])
        deepest = n * _DEEPEST
        floor = number(-deepest, ",.0f" if deepest > 100 or n % 2 == 0 else ",.1f")
        panels = [
            self._panel(
                f"L(θ) = {_power_of_ten(-n * loss)}", theta, np.exp(n * (best - losses)),
                math.exp(n * (best - loss)), {0: "0", 1: f"max {_power_of_ten(-n * best)}"},
            ),
            self._panel(
                f"log L(θ) = {number(-n * loss, ',.4f')} nats", theta, 1 - losses / _DEEPEST,
                1 - loss / _DEEPEST, {0: floor, 1: "0"},
            ),
            self._panel(
                f"NLL/N = {number(loss)} nats", theta, losses / _DEEPEST,
                loss / _DEEPEST, {0: "0", 1: f"{_DEEPEST}"},
            ),
        ]  # fmt: skip
        products = {
            dtype.__name__: self._product(dtype) for dtype in (np.float16, np.float32, np.float64)
        }
        shown = {name: self._shown(value, -n * loss) for name, value in products.items()}
        figure, axes = panel(height=140)
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(0, 5))
        label(axes, 0, 4.3, "L(θ), multiplied factor by factor in", "muted")
        for i, (name, text) in enumerate(
            [*shown.items(), ("sum of logs", f"log L = {number(-n * loss, ',.4f')} nats")]
        ):
            label(axes, 0, 3.3 - i, name)
            label(axes, 0.3, 3.3 - i, text)
        tails, heads = self.labels
        return [*panels, figure], (
            f"{self.counts[0]:,} {tails} and {self.counts[1]:,} {heads}; θ, the probability of "
            f"{heads}, is {self.theta:.3f}. Three curves over θ: the likelihood and the "
            f"log-likelihood have their maximum, and NLL/N its minimum, at the same θ, "
            f"{p_hat[1]:.3f}. At θ = {self.theta:.3f} the log-likelihood is "
            f"{number(-n * loss, ',.4f')} nats and NLL/N {number(loss)} nats. The likelihood, "
            "multiplied out: "
            + ", ".join(f"{text} in {name}" for name, text in shown.items())
            + "."
        )

    def _loss(self, theta: float) -> float:
        """Return NLL/N at `theta`, in nats."""
        p_hat = np.array(self.counts) / sum(self.counts)
        return float(cross_entropy(p_hat, [1 - theta, theta]))

    def _product(self, dtype: DTypeLike) -> float:
        """Return the product of all factors, multiplied one after another in `dtype`."""
        factors = np.repeat([self.theta, 1 - self.theta], self.counts[::-1]).astype(dtype)
        return float(np.multiply.accumulate(factors)[-1])

    def _shown(self, product: float, log_likelihood: float) -> str:
        """Return a product in words: underflown, or wrong, or as it is."""
        if product == 0:
            return "0" if log_likelihood == -math.inf else "0 (underflow)"
        error = abs(math.log(product) - log_likelihood)
        verdict = " (wrong)" if error > math.log(2) else " (digits lost)" if error > 0.01 else ""
        return _power_of_ten(math.log(product), 4) + verdict

    def _panel(
        self, title: str, theta: Any, levels: Any, level: float, ends: dict[int, str]
    ) -> Figure:
        """Return one curve, scaled to its panel, with the optimum and the present θ."""
        figure, axes = panel(height=170)
        # At fixed places, so that the axes of all panels stand one above the other.
        figure.set_layout_engine("none")
        axes.set_position((0.35, 0.27, 0.61, 0.49))
        # An endless curve leaves its panel far enough to look upright.
        axes.plot(theta, np.clip(levels, -40, 40), color=COLOURS["ink"])
        p_hat = self.counts[1] / sum(self.counts)
        axes.axvline(p_hat, color=COLOURS["p"], linewidth=1.75)
        axes.axvline(self.theta, color=COLOURS["q"], linestyle="--")
        _dot(axes, self.theta, level)
        label(axes, p_hat, 1.05, f"p̂ = {p_hat:.3f}", "p", ha="center")
        axes.set(xlim=(0, 1), ylim=(-0.03, 1.03), xlabel=f"θ = {self.theta:.3f}")
        axes.set_title(title, loc="left", pad=18, fontsize=14)
        axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        axes.set_yticks(list(ends), list(ends.values()))
        return figure


def _dot(axes: Axes, x: float, level: float) -> None:
    """Mark the present θ; beyond the panel, with a triangle that points to where it is."""
    marker = "^" if level > 1 + 1e-9 else "v" if level < 0 else "o"
    y = min(max(level, 0), 1)
    (dot,) = axes.plot(x, y, marker, color=COLOURS["q"], markersize=9, clip_on=False)
    dot.set(markerfacecolor=COLOURS["surface"], markeredgewidth=2)


def _power_of_ten(log: float, digits: int = 3) -> str:
    """Return e to the power `log`, which may be far too small for a float."""
    if log == -math.inf:
        return "0"
    if log > math.log(0.01):
        return f"{math.exp(log):#.{digits}g}"
    exponent = math.floor(log / math.log(10))
    mantissa = f"{math.exp(log - exponent * math.log(10)):.{digits - 1}f}"
    if mantissa.startswith("10"):
        mantissa, exponent = f"{1:.{digits - 1}f}", exponent + 1
    raised = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa} × 10{raised}"
