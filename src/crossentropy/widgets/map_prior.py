"""A Gaussian prior on the weights: from maximum likelihood to the prior alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.polynomial.legendre import legval, legvander
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from crossentropy._validation import Floats, reject
from crossentropy.figures.style import COLOURS, label, panel
from crossentropy.widgets._explorable import TOGETHER, Explorable, Number, Numbers

__all__ = ["MapPrior"]

_MOST = 200  # labels in a data set
_DEGREE = 9
_WIDTHS = 0.01, 100.0
_HIGHEST, _LARGEST = 1.5, 9.0  # where a loss, and a weight, leave their panels


class _Within(Numbers):
    """A vector of numbers from -size to size, at most `most` of them."""

    def __init__(self, default: Any, size: float, most: int, empty: bool = False) -> None:
        super().__init__(default)
        self._size, self._most, self._empty = size, most, empty

    def _checked(self, value: Any) -> tuple[float, ...]:
        if self._empty and isinstance(value, (list, tuple)) and not value:
            return ()
        numbers = super()._checked(value)
        if len(numbers) > self._most:
            raise ValueError(f"{self.name} has {len(numbers)} entries; {self._most} are the most")
        array = np.array(numbers)
        wrong = np.abs(array) > self._size
        if wrong.any():
            reject(str(self.name), array, wrong, f"it must be from {-self._size} to {self._size}")
        return numbers


class _Binary(traitlets.TraitType[tuple[int, ...], Any]):
    """Labels 0 and 1."""

    info_text = "a vector of labels 0 and 1"

    def validate(self, obj: traitlets.HasTraits, value: Any) -> tuple[int, ...]:
        """Return the labels as a tuple of int, or say what is wrong with them."""
        try:
            labels = tuple(value)
        except TypeError:
            self.error(obj, value)
        for k, one in enumerate(labels):
            if np.ndim(one) or one not in (0, 1):
                raise traitlets.TraitError(
                    f"{type(obj).__name__}: {self.name}[{k}] is {one!r}; it must be 0 or 1"
                )
        return tuple(int(one) for one in labels)


# The truth's log-odds are 2 P_1(x) - 3 P_3(x).
_TRUTH = 0.0, 2.0, 0.0, -3.0


def _drawn() -> tuple[list[float], list[int]]:
    """Draw points uniformly and labels from the truth: 64 to train on, then 40 held out."""
    # With this seed no polynomial of degree 6 separates the first 16 labels, so that maximum
    # likelihood has finite weights to go to.
    rng = np.random.default_rng(2269)
    x = np.round(2 * rng.random(104) - 1, 2) + 0.0
    y = rng.random(104) < expit(legval(x, _TRUTH))
    return x.tolist(), y.astype(int).tolist()


_X, _Y = _drawn()
_FEW: dict[str, Any] = {"x": _X[:16], "y": _Y[:16]}
_MANY: dict[str, Any] = {"x": _X[:64], "y": _Y[:64]}
_REST: dict[str, Any] = {
    "x_held_out": _X[64:],
    "y_held_out": _Y[64:],
    "truth": list(_TRUTH),
}


class MapPrior(Explorable):
    r"""Slide the prior's width; the weights shrink, the fit calms down, held-out loss has a valley.

    The model is logistic regression on Legendre polynomials: the log-odds of label 1 at x are
    :math:`\sum_{k=0}^d w_k P_k(x)`. Every weight, the constant's too, is N(0, `width`\ ²) under
    the prior g. Shown is the maximum of the posterior (MAP): the weights that minimise

    .. math:: -\tfrac1N \log P(\text{data} \mid w) - \tfrac1N \log g(w)
        = \text{NLL}/N + \lambda \lVert w \rVert^2 + \text{constant},
        \qquad \lambda = \frac{1}{2 N \sigma^2}.

    Parameters
    ----------
    x, y : array_like of shape (N,)
        Points from -1 to 1 and their labels, 0 or 1, to train on; from 2 to 200 of them.
    x_held_out, y_held_out : array_like
        The same for the labels that the model never sees; their number may differ from N.
    truth : array_like of shape (0,) or (K,)
        Legendre coefficients of the log-odds of the distribution that the labels come from: from
        two to ten numbers from -100 to 100, or none where it is not known.
    degree : int
        The highest degree d of a polynomial, from 1 to 9.
    width : float
        σ, the standard deviation of the prior of each weight, from 0.01 to 100.

    Raises
    ------
    traitlets.TraitError
        If a point is outside of -1 to 1, a label is not 0 or 1, points and their labels differ in
        number, or `truth`, `degree` or `width` is out of its range.

    Examples
    --------
    >>> prior = MapPrior(x=[-0.5, 0.1, 0.6], y=[0, 1, 1], degree=1, truth=[])
    >>> prior.y, prior.width
    ((0, 1, 1), 30.0)
    """

    x = _Within(_FEW["x"], 1, _MOST).tag(sync=True)
    y = _Binary(tuple(_FEW["y"])).tag(sync=True)
    x_held_out = _Within(_REST["x_held_out"], 1, _MOST).tag(sync=True)
    y_held_out = _Binary(tuple(_REST["y_held_out"])).tag(sync=True)
    truth = _Within(_REST["truth"], 100, _DEGREE + 1, empty=True).tag(sync=True)
    degree = traitlets.Int(6, min=1, max=_DEGREE).tag(sync=True)
    width = Number(30.0, least=_WIDTHS[0], most=_WIDTHS[1]).tag(sync=True)

    prompt = traitlets.Unicode(
        "Slide σ to the left. Where is the model best on labels it has not seen?"
    ).tag(sync=True)
    heights = traitlets.List(traitlets.Int(), [684, 900]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [432, 512]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "Hardly any prior": {**_FEW, **_REST, "degree": 6, "width": 100.0},
            "About right": {**_FEW, **_REST, "degree": 6, "width": 2.75},
            "A stubborn prior": {**_FEW, **_REST, "degree": 6, "width": 0.05},
            "A straight line": {**_FEW, **_REST, "degree": 1, "width": 100.0},
            "More data": {**_MANY, **_REST, "degree": 6, "width": 100.0},
        }
    ).tag(sync=True)

    @traitlets.validate("x", "y", "x_held_out", "y_held_out")
    def _validate_pairs(self, proposal: dict[str, Any]) -> Any:
        name = proposal["trait"].name
        other = {"x": "y", "y": "x"}[name[0]] + name[1:]
        length, wanted = len(proposal["value"]), len(getattr(self, other))
        if length != wanted:
            raise traitlets.TraitError(
                f"{type(self).__name__}: {name} has {length} entries and {other} has {wanted}; "
                f"{TOGETHER}"
            )
        return proposal["value"]

    def draw(self) -> tuple[Figure | list[Figure], str]:
        """Return the fit among the labels, the losses over σ, and the weights."""
        weights = self._weights(self.width)
        norm = float(np.linalg.norm(weights))
        training, held_out = self._losses(weights)
        penalty = norm**2 / (2 * len(self.x) * self.width**2)
        panels = [self._draw_fit(weights), self._draw_losses(), self._draw_weights(weights)]
        return panels, (
            f"{len(self.x)} training labels and {len(self.x_held_out)} held-out labels over x, "
            "with the fitted curve q"
            + (" and the truth p" if self.truth else "")
            + f"; the model is a polynomial of degree {self.degree} in the log-odds. At prior "
            f"width σ = {self.width:g} the training loss is {training:.4f} nats per label, the "
            f"held-out loss {held_out:.4f}, the penalty λ‖w‖² {penalty:.4f} and the norm of the "
            f"weights {norm:.3f}. Beside it both losses over σ from 0.01 to 100, starting at "
            "log 2 = 0.6931: " + self._course() + " The weights are drawn as stems, in the "
            "prior's band from −σ to σ."
        )

    def _weights(self, width: float, start: Floats | None = None) -> Floats:
        """Return the MAP weights."""
        features, y = legvander(self.x, self.degree), np.array(self.y)
        precision = 1 / width**2

        def loss(w: Floats) -> float:
            likelihood = float(log_expit((2 * y - 1) * (features @ w)).sum())
            return -likelihood + precision * float(w @ w) / 2

        def gradient(w: Floats) -> Floats:
            return np.asarray(features.T @ (expit(features @ w) - y) + precision * w)

        def hessian(w: Floats) -> Floats:
            q = expit(features @ w)
            return np.asarray((features.T * (q * (1 - q))) @ features + precision * np.eye(len(w)))

        start = np.zeros(self.degree + 1) if start is None else start
        found = minimize(
            loss, start, jac=gradient, hess=hessian, method="trust-exact", options={"gtol": 1e-8}
        )
        return np.asarray(found.x)

    def _losses(self, weights: Floats) -> tuple[float, float]:
        """Return NLL/N on the training labels and on the held-out labels, in nats."""

        def loss(x: Any, y: Any) -> float:
            return -float(log_expit((2 * np.array(y) - 1) * legval(x, weights)).mean())

        return loss(np.array(self.x), self.y), loss(np.array(self.x_held_out), self.y_held_out)

    def _course(self) -> str:
        """Return in words how the losses run over σ."""
        widths, losses = self._curves()
        lowest = int(losses[:, 1].argmin())
        return (
            f"the training loss falls to {losses[-1, 0]:.2f}; the held-out loss is lowest, "
            f"{losses[lowest, 1]:.2f}, near σ = {float(f'{widths[lowest]:.2g}'):g} and ends at "
            f"{losses[-1, 1]:.2f}."
        )

    def _curves(self) -> tuple[Floats, Floats]:
        """Return 41 widths, and the training and held-out loss at each."""
        widths = np.geomspace(*_WIDTHS, 41)
        losses, weights = [], None
        for width in widths:
            weights = self._weights(float(width), weights)
            losses.append(self._losses(weights))
        return widths, np.array(losses)

    def _draw_fit(self, weights: Floats) -> Figure:
        figure, axes = panel()
        x = np.linspace(-1, 1, 201)
        curves = [(weights, "q, model", "--", "q")]
        if self.truth:
            curves.append((np.array(self.truth), "p, truth", "-", "p"))
        ends = [float(expit(legval(1, one))) for one, *_ in curves]
        # Where the curves meet, their names stand above each other.
        apart = max(0.13 - (max(ends) - min(ends)), 0) / 2 if self.truth else 0
        for k, (one, name, style, role) in enumerate(curves):
            axes.plot(x, expit(legval(x, one)), style, color=COLOURS[role], clip_on=False)
            level = ends[k] + (apart if k == np.argmax(ends) else -apart)
            axes.annotate(
                name, (1, level), (6, 0), textcoords="offset points", va="center", fontsize=14,
                color=COLOURS["q-text" if role == "q" else role],
            )  # fmt: skip
        training, held_out = np.array(self.y), np.array(self.y_held_out)
        dots: dict[str, Any] = {"color": COLOURS["p"], "linestyle": "none", "clip_on": False}
        axes.plot(self.x, training, "o", markersize=7, **dots)
        rings = {**dots, "markerfacecolor": COLOURS["surface"], "markersize": 5.5}
        axes.plot(self.x_held_out, 1.28 * held_out - 0.14, "o", **rings)
        label(axes, -1, 1.24, "● training, ○ held-out labels", "p")
        axes.set(xlim=(-1, 1), ylim=(-0.2, 1.32), xlabel=f"x; σ = {self.width:g}")
        axes.set_xticks([-1, 0, 1])
        axes.set_yticks([0, 0.5, 1], ["y = 0", "1/2", "y = 1"])
        return figure

    def _draw_losses(self) -> Figure:
        figure, axes = panel()
        widths, losses = self._curves()
        axes.axhline(math.log(2), color=COLOURS["rule"], linewidth=1, linestyle=":")
        axes.axvline(self.width, color=COLOURS["muted"], linewidth=1.5)
        here = self._losses(self._weights(self.width))
        last = np.minimum(losses[-1], _HIGHEST)
        middle, apart = last.mean(), max(abs(last[1] - last[0]), 0.13) / 2
        lower = 0 if last[0] <= last[1] else 1
        for k, (name, style) in enumerate((("training", "-"), ("held out", ":"))):
            axes.plot(widths, losses[:, k], style, color=COLOURS["ink"])
            axes.plot(
                self.width, min(here[k], _HIGHEST), "o", color=COLOURS["ink"], clip_on=False,
                markerfacecolor=COLOURS["surface"] if k else COLOURS["ink"],
            )  # fmt: skip
            level = float(middle + (-apart if k == lower else apart))
            label(axes, 130, level, name, va="center", clip_on=False)
        axes.set(title="loss in nats per label", xscale="log", xlim=_WIDTHS, ylim=(0, _HIGHEST))
        axes.minorticks_off()
        axes.set_xticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
        axes.set_yticks([0, math.log(2), 1, 1.5], ["0", "log 2", "1", "1.5"])
        axes.set_xlabel("prior alone    ←    prior width σ    →    MLE")
        return figure

    def _draw_weights(self, weights: Floats) -> Figure:
        figure, axes = panel()
        axes.axhspan(-self.width, self.width, color=COLOURS["muted"], alpha=0.12, linewidth=0)
        axes.axhline(0, color=COLOURS["rule"], linewidth=1)
        for k, weight in enumerate(weights):
            level = min(max(weight, -_LARGEST), _LARGEST)
            marker = "o" if level == weight else "^" if weight > 0 else "v"
            axes.plot([k, k], [0, level], color=COLOURS["q"])
            axes.plot(k, level, marker, color=COLOURS["q"], clip_on=False)
        known = self.truth[: len(weights)]
        axes.plot(range(len(known)), known, "_", color=COLOURS["p"], markersize=12, mew=2.5)
        _, top = axes.set_ylim(-_LARGEST, _LARGEST)
        label(axes, 9.6, min(self.width, top), "+σ", "muted", va="center", clip_on=False)
        title = "weights: q's ●" + (", the truth's –" if known else "")
        axes.set(title=title, xlim=(-0.5, 9.5), xlabel="k of the Legendre polynomial")
        axes.set_xticks(range(_DEGREE + 1))
        axes.set_yticks([-5, 0, 5], ["−5", "0", "5"])
        return figure
