"""A Gaussian prior on the weights: from maximum likelihood to the prior alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets
from numpy.polynomial.legendre import legval
from scipy.special import expit

from crossentropy.widgets._explorable import Explorable
from crossentropy.widgets._traits import Choice, ListOf, Number, Whole

__all__ = ["MapPrior"]

_MOST = 200  # labels in a data set
_DEGREE = 9
_WIDTHS = 0.01, 100.0
_POINT, _LABEL = Number(least=-1, most=1), Whole(most=1)


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

    Both losses are drawn from `width` on to the right: the picture asks where the valley is.

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
    view : str
        What stands beside the two losses: "fit" or "weights".

    Raises
    ------
    traitlets.TraitError
        If a point is outside of -1 to 1, a label is not 0 or 1, points and their labels differ in
        number, or `truth`, `degree`, `width` or `view` is out of its range.

    Examples
    --------
    >>> prior = MapPrior(x=[-0.5, 0.1, 0.6], y=[0, 1, 1], degree=1, truth=[])
    >>> prior.y, prior.width
    ((0, 1, 1), 30.0)
    """

    x = ListOf(_POINT, _FEW["x"], most=_MOST).tag(sync=True)
    y = ListOf(_LABEL, _FEW["y"], most=_MOST, like="x").tag(sync=True)
    x_held_out = ListOf(_POINT, _REST["x_held_out"], most=_MOST).tag(sync=True)
    y_held_out = ListOf(_LABEL, _REST["y_held_out"], most=_MOST, like="x_held_out").tag(sync=True)
    truth = ListOf(Number(least=-100, most=100), _REST["truth"], most=_DEGREE + 1, empty=True).tag(
        sync=True
    )
    degree = Whole(6, least=1, most=_DEGREE).tag(sync=True)
    width = Number(30.0, least=_WIDTHS[0], most=_WIDTHS[1]).tag(sync=True)

    view = Choice(["fit", "weights"], "fit").tag(sync=True)

    prompt = traitlets.Unicode("Lower σ, the prior’s width. Where is held-out loss least?").tag(
        sync=True
    )
    prompts = traitlets.Dict(
        {"weights": "Lower σ, the prior’s width. What does it do to the weights?"}
    ).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [372, 412]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "Hardly any prior": {**_FEW, **_REST, "degree": 6, "width": 100.0},
            "About right": {**_FEW, **_REST, "degree": 6, "width": 2.75},
            "A stubborn prior": {**_FEW, **_REST, "degree": 6, "width": 0.05},
            "A straight line": {**_FEW, **_REST, "degree": 1, "width": 100.0},
            "More data": {**_MANY, **_REST, "degree": 6, "width": 100.0},
        }
    ).tag(sync=True)
