"""Points of three classes in the plane, and softmax regression that learns to tell them apart."""

from __future__ import annotations

import math
import random
from statistics import NormalDist
from typing import Any

import traitlets

from crossentropy.widgets._explorable import ANIMALS, Explorable
from crossentropy.widgets._traits import Choice, Labels, ListOf, Number, Record, Whole

__all__ = ["DecisionRegions"]

_MOST_POINTS = 500
_MOST_STEPS = 1_000_000
_LARGEST = 1000.0  # weight


def _preset(groups: list[list[tuple[float, float]]], picked: int = 0) -> dict[str, Any]:
    """Return an untrained state with a group of points for each class."""
    return {
        "points": [[round(x, 2), round(y, 2)] for group in groups for x, y in group],
        "classes": [c for c, group in enumerate(groups) for _ in group],
        "labels": ANIMALS,
        "weights": [[0.0, 0.0, 0.0] for _ in groups],
        "steps": 0,
        "picked": picked,
    }


# Where the three clouds have their centres: cats above, dogs left, foxes right.
_CENTRES = ((0.0, 0.5), (-0.5, -0.4), (0.5, -0.4))


def _clouds(size: int, spread: float, seed: int) -> list[list[tuple[float, float]]]:
    # random() alone is promised to give the same numbers in every version of Python.
    rng = random.Random(seed)

    def near(centre: float) -> float:
        drawn = NormalDist(centre, spread).inv_cdf(rng.random())
        return drawn if abs(drawn) < 0.96 else near(centre)

    # The point closest to the middle, and so to a boundary, comes first.
    return [
        sorted([(near(x), near(y)) for _ in range(size)], key=lambda point: math.hypot(*point))
        for x, y in _CENTRES
    ]


def _rings(size: int, seed: int) -> list[list[tuple[float, float]]]:
    rng = random.Random(seed)
    turns = [[(i + rng.random()) / size * math.tau for i in range(size)] for _ in range(3)]
    return [
        [(radius * math.cos(turn), radius * math.sin(turn)) for turn in around]
        for radius, around in zip((0.2, 0.55, 0.9), turns, strict=True)
    ]


_THREE = _clouds(10, 0.19, seed=32)
_A_CAT_AMONG_FOXES = [[*_THREE[0], (0.6, -0.5)], _THREE[1], _THREE[2]]


class DecisionRegions(Explorable):
    """Drag, add and delete points while softmax regression trains; the regions follow.

    The logits of a point are ``weights @ (x, y, 1)``, the model is their softmax q, and the loss is
    the mean of -log q of each point's own class, in nats. "Step" takes one step of full-batch
    gradient descent with learning rate 1, at which the loss never rises; "Run" goes on, while
    points are dragged too, until it is paused, or for 6,000 steps. Where straight boundaries can
    separate the classes, the loss tends to 0 and the weights grow without end.

    One point is picked: its q and its label are drawn beside the square. Pick another with the
    pointer or the slider; relabel it with the buttons that bear the names of the classes; add a
    point beside it, or where you click; delete it.

    Parameters
    ----------
    points : array_like of shape (N, 2)
        The points, with x and y from -1 to 1. From 1 to 500 of them.
    classes : array_like of int, shape (N,)
        The class of each point: 0, 1 or 2.
    labels : list of str
        The names of the three classes.
    weights : array_like of shape (3, 3)
        A row for each class: the weights of x and of y, and the bias. From -1000 to 1000.
    steps : int
        How many steps of descent led to `weights`; from 0 to 1,000,000.
    picked : int
        The index of the picked point.
    view : {"point", "loss"}
        What is shown beside the square: the picked point, or the loss over the steps.

    Raises
    ------
    traitlets.TraitError
        If there are no points or more than 500, or a coordinate is not from -1 to 1; if a class is
        not 0, 1 or 2, or `points` and `classes` differ in length; if `weights` is not 3 × 3 or not
        from -1000 to 1000; if `steps`, `picked` or `view` is out of range; if there are not three
        labels.

    Examples
    --------
    >>> regions = DecisionRegions(points=[(0, 0.5), (-0.5, 0), (0.5, 0)], classes=[0, 1, 2])
    >>> regions.classes, regions.steps
    ((0, 1, 2), 0)
    """

    points = ListOf(
        Record(x=Number(least=-1, most=1), y=Number(least=-1, most=1)),
        _preset(_THREE)["points"],
        fewest=1,
        most=_MOST_POINTS,
    ).tag(sync=True)
    classes = ListOf(Whole(most=2), _preset(_THREE)["classes"], fewest=1, like="points").tag(
        sync=True
    )
    labels = Labels(ANIMALS, classes=3).tag(sync=True)
    weights = ListOf(
        ListOf(Number(least=-_LARGEST, most=_LARGEST), fewest=3, most=3),
        _preset(_THREE)["weights"],
        fewest=3,
        most=3,
    ).tag(sync=True)
    steps = Whole(0, most=_MOST_STEPS).tag(sync=True)
    picked = Whole(0, most=_MOST_POINTS - 1, below="points").tag(sync=True)
    view = Choice(["point", "loss"], "point").tag(sync=True)

    prompt = traitlets.Unicode("Press Run, then drag a point. Does the boundary follow?").tag(
        sync=True
    )
    stages = traitlets.List(traitlets.Int(), [334, 358]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "Three clouds": _preset(_THREE),
            "One mislabelled": _preset(_A_CAT_AMONG_FOXES, picked=10),
            "Overlapping clouds": _preset(_clouds(15, 0.38, seed=26), picked=12),
            "Rings": _preset(_rings(12, seed=3)),
            "One point each": _preset([[centre] for centre in _CENTRES]),
            "300 points": _preset(_clouds(100, 0.28, seed=1), picked=58),
        }
    ).tag(sync=True)
