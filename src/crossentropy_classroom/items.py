"""What a class made of each question: numbers of an item analysis.

The *rest* of a question is the sum of a student's points for the other questions of the assignment.
A question that goes with its rest tells those who know more from those who know less; one that does
not may be unclear, or tested wrongly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Item", "Mistake", "Summary", "summary"]

Floats = NDArray[np.float64]

# Students from whom on a correlation, or a class in four parts, is looked at.
FEWEST, FEWEST_IN_PARTS = 3, 12

# The share of answers yet to be read from which on a question is left out of the rest of others.
MOSTLY_UNREAD = 0.5


@dataclass(frozen=True)
class Mistake:
    """A mistake that was named, how often, and the mean rest with it and without it."""

    words: str
    count: int
    rest_with: float | None
    rest_without: float | None


@dataclass(frozen=True)
class Item:
    """What a class made of one question.

    Parameters
    ----------
    cell : str
        Its ``grade_id``.
    max : float
        What it is worth.
    full, part, zero, blank, pending : int
        How many have all points, some, none, did not work on it, are yet to be read. Who did not
        work on it is not among the zeros.
    mean : float or None
        The mean points of those that are no longer to be read; None if all are.
    correlation : float or None
        Of its points with the rest (the *corrected item-total correlation*), or None.
    why : str
        Why there is no correlation, or "".
    quarters : list of float
        The mean share of its points in each quarter of the class by the rest, the lowest first;
        none of a small class.
    mistakes : list of Mistake
        The most frequent first.
    """

    cell: str
    max: float
    full: int
    part: int
    zero: int
    blank: int
    pending: int
    mean: float | None
    correlation: float | None
    why: str
    quarters: list[float]
    mistakes: list[Mistake]


@dataclass(frozen=True)
class Summary:
    """What a class made of an assignment.

    Parameters
    ----------
    assignment : str
        Its name.
    max : float
        What it is worth.
    students : int
        How many handed in something that could be graded.
    totals : list of float
        The total of each of them of whom nothing is to be read.
    unread : list of str
        The questions that mostly wait for a person; they are in nobody's rest.
    items : list of Item
        Its questions, in their order.
    """

    assignment: str
    max: float
    students: int
    totals: list[float]
    unread: list[str]
    items: list[Item]


def summary(
    assignment: str,
    worth: Mapping[str, float],
    points: Sequence[Mapping[str, float | None]],
    blank: Sequence[set[str]],
    mistakes: Sequence[Mapping[str, Sequence[str]]],
) -> Summary:
    """Return what a class made of an assignment.

    Parameters
    ----------
    assignment : str
        Its name.
    worth : mapping of str to float
        What each question is worth, in the order of the questions.
    points : sequence of mapping of str to float or None
        Of each student the points of each question; None for one that is yet to be read.
    blank : sequence of set of str
        Of each student the questions that were not worked on.
    mistakes : sequence of mapping of str to sequence of str
        Of each student the mistakes that were named, by question.
    """
    table = np.array(
        [[np.nan if own[cell] is None else own[cell] for cell in worth] for own in points],
        dtype=np.float64,
    ).reshape(len(points), len(worth))
    unread = np.isnan(table).mean(axis=0) > MOSTLY_UNREAD if points else np.zeros(len(worth), bool)
    totals = table.sum(axis=1)
    items = []
    for number, (cell, most) in enumerate(worth.items()):
        others = ~unread
        others[number] = False
        rest = table[:, others].sum(axis=1)
        made = [set(own.get(cell, ())) for own in mistakes]
        not_done = np.array([cell in own for own in blank], dtype=bool)
        items.append(_item(cell, most, table[:, number], rest, not_done, made))
    return Summary(
        assignment,
        sum(worth.values()),
        len(points),
        sorted(totals[~np.isnan(totals)].tolist()),
        [cell for cell, is_unread in zip(worth, unread, strict=True) if is_unread],
        items,
    )


def _item(
    cell: str,
    most: float,
    own: Floats,
    rest: Floats,
    blank: NDArray[np.bool_],
    made: list[set[str]],
) -> Item:
    known = ~np.isnan(own)
    both = known & ~np.isnan(rest)
    correlation, why = _correlation(own[both], rest[both])
    counted = own[known & ~blank]
    return Item(
        cell,
        most,
        full=int((counted >= most).sum()),
        part=int(((counted > 0) & (counted < most)).sum()),
        zero=int((counted <= 0).sum()),
        blank=int((known & blank).sum()),
        pending=int((~known).sum()),
        mean=float(own[known].mean()) if known.any() else None,
        correlation=correlation,
        why=why,
        quarters=_quarters(own[both] / most, rest[both]) if most else [],
        mistakes=_mistakes(made, rest),
    )


def _correlation(own: Floats, rest: Floats) -> tuple[float | None, str]:
    """Return the correlation of points with the rest; or None, and why there is none."""
    if len(own) < FEWEST:
        return None, f"fewer than {FEWEST} students have all their points"
    if np.ptp(own) == 0:
        return None, "all have the same points for it"
    if np.ptp(rest) == 0:
        return None, "all have the same points for the rest"
    return float(np.corrcoef(own, rest)[0, 1]), ""


def _quarters(shares: Floats, rest: Floats) -> list[float]:
    if len(rest) < FEWEST_IN_PARTS:
        return []
    order = np.argsort(rest, kind="stable")
    return [float(part.mean()) for part in np.array_split(shares[order], 4)]


def _mistakes(made: list[set[str]], rest: Floats) -> list[Mistake]:
    found = []
    for words in sorted(set().union(*made)):
        who = np.array([words in own for own in made])
        found.append(Mistake(words, int(who.sum()), _mean(rest[who]), _mean(rest[~who])))
    return sorted(found, key=lambda mistake: -mistake.count)


def _mean(numbers: Floats) -> float | None:
    known = numbers[~np.isnan(numbers)]
    return float(known.mean()) if len(known) else None
