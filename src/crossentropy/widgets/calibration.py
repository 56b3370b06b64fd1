"""A temperature on a trained model's logits: the confidence moves, the accuracy stands still."""

from __future__ import annotations

import functools
import math

import numpy as np
import traitlets
from scipy.optimize import brentq, minimize

from crossentropy._validation import Floats
from crossentropy._validation import Labels as ClassIndices
from crossentropy.softmax import softmax_cross_entropy
from crossentropy.widgets._explorable import ANIMALS, Explorable
from crossentropy.widgets._traits import Choice, Labels, ListOf, Number, Whole

__all__ = ["Calibration"]

_MOST = 5_000  # examples: the page holds all of their logits
_LARGEST = 1e6  # logit, either way
_TRACK = (0.1, 10.0)  # the temperatures that are drawn


class Calibration(Explorable):
    """Slide the temperature; the dots swing about the diagonal, and the accuracy stands still.

    One view has a dot for each bin, its accuracy over its mean confidence; the other, what two
    losses make of the temperature.

    The model is ``q = softmax(logits / temperature)``, held against the true classes of examples
    that it was not trained on. Its confidence in an example is the largest q; where two logits tie,
    the first is its answer. The confidences are sorted into bins of equal width, each closed on
    the right; one within 1e-12 above an edge counts as at the edge. The expected calibration
    error (ECE) is the mean over all examples of the distance between accuracy and mean confidence
    in their bin. "Fit T" finds the temperature of the least negative log-likelihood (NLL) on these
    same examples; what it achieves is to be measured on others.

    Parameters
    ----------
    logits : array_like of shape (N, K)
        The model's scores for N examples, 5,000 at most. Without them, those of a softmax
        regression that was trained on too few examples for its 20 features.
    classes : array_like of int, shape (N,)
        The true class of each example, from 0 to K - 1.
    labels : list of str
        The names of the K classes.
    temperature : float
        What the logits are divided by. Positive.
    bins : int
        How many bins share the confidences from 0 to 1: from 2 to 20.
    view : {"reliability", "losses"}
        What is shown: the reliability diagram, or NLL and ECE over the temperature.

    Raises
    ------
    traitlets.TraitError
        If a logit is not finite or beyond a million, a class is no whole number from 0 to K - 1,
        the lengths do not fit, `temperature` is not positive, `bins` is not from 2 to 20, or there
        is no such `view`.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks",
    ICML 2017.

    Examples
    --------
    >>> coin = Calibration(logits=[[2, 0], [0, 1]], classes=[0, 0], labels=["heads", "tails"])
    >>> coin.logits, coin.temperature
    (((2.0, 0.0), (0.0, 1.0)), 1.0)
    """

    logits = ListOf(
        ListOf(Number(least=-_LARGEST, most=_LARGEST), like="labels"), fewest=1, most=_MOST
    ).tag(sync=True)
    classes = ListOf(Whole(below="labels"), fewest=1, like="logits").tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)
    temperature = Number(1.0, above=0).tag(sync=True)
    bins = Whole(10, least=2, most=20).tag(sync=True)
    view = Choice(["reliability", "losses"], "reliability").tag(sync=True)

    prompt = traitlets.Unicode("Slide temperature T: bring the dots to the diagonal.").tag(
        sync=True
    )
    prompts = traitlets.Dict({"losses": "Slide T to the bottom of the valley."}).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [350, 310]).tag(sync=True)
    presets = traitlets.Dict().tag(sync=True)

    @traitlets.default("logits")
    def _default_logits(self) -> list[list[float]]:
        rows: list[list[float]] = _overfitted()[0].tolist()
        return rows

    @traitlets.default("classes")
    def _default_classes(self) -> tuple[int, ...]:
        return tuple(_overfitted()[1].tolist())

    @traitlets.default("labels")
    def _default_labels(self) -> list[str]:
        if np.array_equal(self.logits, _overfitted()[0]):
            return ANIMALS
        return [f"class {k}" for k in range(len(self.logits[0]))]

    @traitlets.default("presets")
    def _default_presets(self) -> dict[str, dict[str, float | str]]:
        # They share the data, and say only what is done with them.
        best = _best_temperature(np.array(self.logits), np.array(self.classes))
        fitted = float(f"{_drawn(best):.3g}")
        states = [
            ("As trained", 1.0, 10, "reliability"),
            ("Fitted", fitted, 10, "reliability"),
            ("Too hot", 5.0, 10, "reliability"),
            ("Too cold", 0.3, 10, "reliability"),
            ("Fitted, 20 bins", fitted, 20, "losses"),
        ]
        return {
            name: {"temperature": temperature, "bins": bins, "view": view}
            for name, temperature, bins, view in states
        }


def _shifted(logits: Floats) -> Floats:
    """Return the logits with 0 as the largest of each row: softmax is the same, and stable."""
    shifted: Floats = logits - logits.max(axis=1, keepdims=True)
    return shifted


def _best_temperature(logits: Floats, classes: ClassIndices) -> float:
    """Return the temperature of the least NLL.

    The NLL is convex in 1/T, so its slope there has one root. It is 0 where every answer is right,
    and infinity where guessing is better than any temperature.
    """
    shifted = _shifted(logits)
    scale = -shifted.min()
    if scale == 0:
        return math.inf
    shifted = shifted / scale

    def slope(beta: float) -> float:
        _, gradient = softmax_cross_entropy(beta * shifted, classes, return_grad=True)
        return float((gradient * shifted).sum())

    if slope(0) >= 0:
        return math.inf
    if not shifted[np.arange(len(shifted)), classes].any():
        return 0.0
    high = 1.0
    while slope(high) < 0:
        high *= 2
    return float(scale / brentq(slope, 0, high, xtol=1e-14))


def _drawn(temperature: float) -> float:
    """Return a temperature, or the end of the track that is next to it."""
    return min(max(temperature, _TRACK[0]), _TRACK[1])


@functools.cache
def _overfitted() -> tuple[Floats, ClassIndices]:
    """Return held-out logits and true classes of a model that learned the noise of its examples.

    Three classes whose first two features differ on average; the other 18 are noise. A softmax
    regression with hardly any penalty learns all of its 60 examples by heart.
    """
    # One of 48 tries with other seeds and penalties, picked because none of its bins is nearly
    # empty. Every one of them was over-confident: T* lay between 1.5 and 3.8.
    rng = np.random.default_rng(2)
    directions = np.array([[0, 1], [math.sqrt(3) / 2, -1 / 2], [-math.sqrt(3) / 2, -1 / 2]])

    def sample(n: int) -> tuple[Floats, ClassIndices]:
        classes = rng.integers(3, size=n)
        features = rng.standard_normal((n, 20))
        features[:, :2] += 1.5 * directions[classes]
        return features, classes

    features, classes = sample(60)

    def penalised(weights: Floats) -> tuple[float, Floats]:
        weights = weights.reshape(20, 3)
        loss, gradient = softmax_cross_entropy(features @ weights, classes, return_grad=True)
        penalty = 0.004 * float((weights**2).sum())
        return float(loss) + penalty, (features.T @ gradient + 0.008 * weights).ravel()

    options = {"gtol": 1e-9, "ftol": 1e-15}
    weights = minimize(penalised, np.zeros(60), jac=True, method="L-BFGS-B", options=options).x
    held_out, truth = sample(300)
    # To two decimals, so that every platform arrives at the same numbers: they are right to 2e-6,
    # and none is within 3e-5 of where rounding turns.
    return (held_out @ weights.reshape(20, 3)).round(2), truth
