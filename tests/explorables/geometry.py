"""Read a picture back: from the pixels of a mark, through the axis beside it, to a number.

A tick says which value it marks: ``data-tick="y-p 0.5"``. From the places of its ticks an axis is
worked out here, never from the widget's own scale, so that a shifted tick or a mirrored axis
disagrees with the marks. A mark says what it stands for::

    data-mark="x-p y-p x=2 bottom=0 height=p:2"

These are axes, and then what is read off: ``CHANNELS`` lists it. ``p:2`` is the third entry of the
trait or the quantity ``p``, or of what ``drawn.py`` says that the picture shows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Scale = Callable[[Any], Any]

LINE = 0.6  # pixels: a line's place is written to two decimals, or rounded to a pixel
WORD = 2.5  # pixels: how far the middle of a tick's text may stand from its value
ASIDE = 14  # the same where the text had to make way, and a stroke marks the value
# Texts of these axes have strokes of their own beside them.
MOVED_TEXTS = {"y-count", "y-ece", "y-relative_likelihood", "y-log_likelihood", "y-nll"}


def numbers(values: Any) -> np.ndarray:
    """Return numbers as an array; none at all is NaN, and JSON's "Infinity" is infinite."""
    return np.array(values, dtype=float)


def as_log(value: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.log10(value)


# ---- Axes ----


@dataclass
class Axis:
    """What the ticks of an axis say: a value is at ``start + slope * scale(value)``."""

    name: str
    scale: Scale
    start: float
    slope: float
    within: float  # pixels
    ends: tuple[float, float]  # the least and the largest value that is marked

    def at(self, value: Any) -> Any:
        if math.isnan(self.slope):
            return np.where(numbers(value) == self.ends[0], self.start, math.nan)
        with np.errstate(over="ignore", invalid="ignore"):
            return self.start + self.slope * self.scale(numbers(value))

    def read(self, pixel: Any) -> Any:
        """Return the value at a pixel, on the scale's own terms."""
        return (numbers(pixel) - self.start) / self.slope

    def is_beyond(self, value: float, pixel: float, inside: float = 0) -> bool:
        """Return whether a value outside the axis is drawn at its end, or further out.

        Or not further inside than so many pixels.
        """
        shown = float(self.read(pixel))
        slack = (self.within + 1 + inside) / abs(self.slope)
        low, high = (float(self.scale(numbers(end))) for end in self.ends)
        wanted = float(self.scale(numbers(value)))
        return (wanted > high and high - slack <= shown < wanted) or (
            wanted < low and low + slack >= shown > wanted
        )


def solve(rows: list[list[float]], places: list[float], within: float) -> np.ndarray:
    solution, *_ = np.linalg.lstsq(np.array(rows), np.array(places), rcond=None)
    away = np.abs(np.array(rows) @ solution - places)
    assert np.all(away <= within), f"ticks {away.round(2)} pixels off a straight line"
    return solution


def axis_of(name: str, ticks: list[dict[str, Any]], scale: Scale) -> Axis:
    """Work out an axis from its ticks; with one of them alone, it has no scale."""
    lines = [(float(scale(t["value"])), t["at"]) for t in ticks if t["text"] is None]
    texts = [(float(scale(t["value"])), t["at"]) for t in ticks if t["text"] is not None]
    values = [t["value"] for t in ticks]
    distinct = [len({value for value, _ in each}) for each in (lines, texts)]
    within = LINE
    if distinct[0] >= 2:
        start, slope = solve([[1, v] for v, _ in lines], [at for _, at in lines], LINE)
        moved = ASIDE if name in MOVED_TEXTS else WORD
        away = [abs(start + slope * v - at) for v, at in texts]
        assert max(away, default=0) <= moved, f"a text of {name} is {max(away):.1f} px off"
    elif distinct == [1, 2] or (distinct[0] == 1 and distinct[1] > 2):
        # A text's middle is not quite at its value, for all of them by as much.
        rows = [[1, v, 0] for v, _ in lines] + [[1, v, 1] for v, _ in texts]
        start, slope, lift = solve(rows, [at for _, at in lines + texts], LINE)
        assert abs(lift) <= WORD, f"the texts of {name} are {lift:.1f} px off"
    elif len(set(values)) >= 2:
        start, slope = solve([[1, v] for v, _ in lines + texts],
                             [at for _, at in lines + texts], WORD if lines else 1)  # fmt: skip
        within = WORD
    else:
        start, slope, within = ticks[0]["at"], math.nan, WORD
    assert slope, name
    if re.match(r"x-(class|[pq]$)", name):
        assert slope > 0, f"{name} counts backwards"
    return Axis(name, scale, start, slope, within, (min(values), max(values)))


UNITS = r"( nats| bits| steps| h)?$"


def number_in(text: str) -> float | None:
    """Return the number that a tick's text says; None if it says a name."""
    text = re.sub(r"^[xy] = ", "", re.sub(UNITS, "", text)).replace("−", "-").replace(",", "")
    if text.startswith("log "):
        return math.log(float(text[4:]))
    if re.fullmatch(r"\d/\d", text):
        top, bottom = text.split("/")
        return int(top) / int(bottom)
    return float(text) if re.fullmatch(r"-?[\d.]+", text) else None


def assert_says(tick: dict[str, Any], labels: list[str]) -> None:
    """The text of a tick says its value, or the name of its class."""
    text, value = tick["text"].strip(), tick["value"]
    axis = tick["axis"]
    if axis in ("x-p", "x-q") and text in ("p", "q"):
        assert axis == f"x-{text}"
    elif "class" in axis or axis in ("x-p", "x-q"):
        label = labels[int(value)]
        shown = re.sub(r"^[ℓq] ", "", text).rstrip("…")
        assert label.startswith(shown), f"{text!r} stands for class {label!r}"
    elif axis == "x-bits":
        assert text in ("no word", "the empty word")
    elif text.startswith("max "):
        assert value == 1, text
    else:
        said = number_in(text)
        assert said is not None, f"{text!r} is no number"
        decimals = len(text.partition(".")[2])
        assert abs(said - value) <= 0.5 * 10**-decimals + 1e-9, f"{text!r} marks {value}"


# ---- Marks ----


@dataclass
class Picture:
    """One state of an explorable: what is drawn, and the numbers behind it."""

    seen: dict[str, Any]
    shown: dict[str, Any]  # what drawn.py says of this state
    scales: dict[str, Scale]
    axes: dict[str, Axis] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)  # the names of what was compared
    read: set[str] = field(default_factory=set)  # the marks that were
    arrows: dict[str, list[tuple[float, float, bool]]] = field(default_factory=dict)
    ink: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    regions: list[tuple[str, np.ndarray]] = field(default_factory=list)
    slots: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        by_axis: dict[str, list[dict[str, Any]]] = {}
        labels = self.seen["state"].get("labels", [])
        for tick in self.seen["ticks"]:
            by_axis.setdefault(tick["axis"], []).append(tick)
            if tick["text"] is not None:
                assert_says(tick, labels)
        for name, ticks in by_axis.items():
            usual = as_log if "-log-" in name else (lambda value: value)
            self.axes[name] = axis_of(name, ticks, self.scales.get(name, usual))

    def value(self, term: str) -> Any:
        """Return what a term of a mark stands for: 0.5, entropy, p:2, -gradient:0."""
        if term.startswith("-"):
            value = self.value(term[1:])
            return None if value is None else -numbers(value)
        if re.fullmatch(r"[\d.]+", term):
            return float(term)
        name, *indices = term.split(":")
        self.used |= {name, *indices}
        for source in (self.shown, self.seen["quantities"], self.seen["state"]):
            if name in source:
                value = source[name]
                break
        else:
            raise KeyError(f"nothing is called {name}")
        for index in indices:
            if value is None:
                return None
            if isinstance(value, dict):
                value = value[index]
            else:
                value = value[int(index)] if int(index) < len(value) else None
        return float(value) if isinstance(value, str) else value  # "Infinity" is one

    def axis(self, name: str) -> Axis:
        assert name in self.axes, f"no tick is on the axis {name}"
        return self.axes[name]


def near(axis: Axis, pixel: float, value: Any, mark: dict[str, Any]) -> None:
    """A value is drawn where the axis has it, or past its end if it lies beyond."""
    wanted = float(axis.at(value))
    if abs(pixel - wanted) <= axis.within:
        return
    read = axis.read(pixel)
    arrow = mark["pointing"]
    if arrow is not None:
        assert arrow[axis.name[0] == "y"] * (wanted - pixel) > 0, f"{mark['mark']} points away"
    assert axis.is_beyond(float(value), pixel, 20 if arrow else 0), (
        f"{mark['mark']}: {float(value):.6g} is drawn at {pixel:.2f} px, not at {wanted:.2f} px; "
        f"on the axis that reads {read:.6g}"
    )


def looks_beyond(axis: Axis, pixel: float, value: float, mark: dict[str, Any]) -> None:
    """What could not be drawn to its end has a torn edge, or is a triangle; nothing else has."""
    if mark["paths"] and re.search(r"\b(dot|ring|point|length|lost|bar)\b", mark["class"]):
        if abs(pixel - float(axis.at(value))) > axis.within:
            assert mark["outline"] == "beyond", f"{mark['mark']} hides that it goes on"
        elif mark["outline"] == "beyond":
            ends = np.abs(axis.at(axis.ends) - pixel)
            assert ends.min() <= 1.5, f"{mark['mark']} looks as if it went on"


def edge(mark: dict[str, Any], channel: str) -> float:
    box = mark["box"]
    if channel in ("left", "right", "top", "bottom"):
        return float(box[channel])
    if mark["origin"] is not None:
        return float(mark["origin"][channel == "y"])
    ends = ("left", "right") if channel == "x" else ("top", "bottom")
    return float(box[ends[0]] + box[ends[1]]) / 2


def centres(mark: dict[str, Any]) -> np.ndarray:
    boxes = [(np.min(points, axis=0), np.max(points, axis=0)) for points in mark["paths"]]
    return np.array([(low + high) / 2 for low, high in boxes]).reshape(-1, 2)


DIMENSION = {"left": "x", "right": "x", "x": "x", "width": "x", "top": "y", "bottom": "y",
             "y": "y", "height": "y"}  # fmt: skip


class Reading:
    """One mark of a picture, read channel by channel."""

    def __init__(self, picture: Picture, mark: dict[str, Any]) -> None:
        self.picture, self.mark = picture, mark
        self.names: dict[str, str] = {}
        self.latest = ""
        self.channels: dict[str, str] = {}
        self.axis_of: dict[str, str] = {}  # the axis that a start or an end is read through
        for token in mark["mark"].split():
            channel, equals, term = token.partition("=")
            if not equals:
                self.names[token[0]] = self.latest = token
                continue
            assert channel in CHANNELS, f"no test reads {channel} of {mark['mark']}"
            self.channels[channel] = term
            self.axis_of[channel] = self.latest

    def __call__(self) -> None:
        values = {c: self.picture.value(term) for c, term in self.channels.items()
                  if c in SIMPLE}  # fmt: skip
        if not self.mark["visible"] and not {"shown", "cells", "slot"} & self.channels.keys():
            self.may_be_absent(values)
            return
        for channel, term in self.channels.items():
            CHANNELS[channel](self, channel, term)
        self.picture.read.add(self.mark["mark"])

    def axis(self, channel: str) -> Axis:
        dimension = DIMENSION.get(channel)
        return self.picture.axis(self.names[dimension] if dimension else self.axis_of[channel])

    def both(self) -> tuple[Axis, Axis]:
        return self.picture.axis(self.names["x"]), self.picture.axis(self.names["y"])

    def may_be_absent(self, values: dict[str, Any]) -> None:
        """Nothing is drawn where there is nothing, or less than a pixel of it."""
        mark = self.mark["mark"]
        for channel, term in self.channels.items():
            if channel in ("polygon", "rungs", "descent"):
                return  # whether there should be one, another test asks
            if channel in EMPTY:
                assert EMPTY[channel](self.picture.value(term)), f"{mark} is not drawn"
                self.picture.read.add(mark)
                return
        if any(value is None for value in values.values()):
            self.picture.read.add(mark)
            return
        if not np.all(np.isfinite(numbers(list(values.values())))):
            self.picture.read.add(mark)
            return
        small = [
            abs(self.axis(channel).slope * float(value)) <= 1.1
            for channel, value in values.items()
            if channel in ("width", "height", "y", "top", "arrow")
            if channel != "arrow"
        ]
        if "between" in self.channels:
            low, high = (self.picture.value(t) for t in self.channels["between"].split(","))
            small.append(abs(self.axis("y").slope * (low - high)) <= 1.1)
        if "arrow" in self.channels:
            small.append(abs(float(values["arrow"])) < 0.05)
        assert any(small), f"{mark} is not drawn, and should be: {values}"
        self.picture.read.add(mark)

    # ---- One method a kind of channel ----

    def place(self, channel: str, term: str) -> None:
        value = self.picture.value(term)
        assert value is not None, f"{self.mark['mark']} is drawn of nothing"
        axis, pixel = self.axis(channel), edge(self.mark, channel)
        box = self.mark["box"]
        if math.isnan(value) and box["bottom"] - box["top"] < 0.1:
            return  # no number, and no length
        near(axis, pixel, value, self.mark)
        if channel == "y" or (channel == "top" and "height" not in self.channels):
            looks_beyond(axis, pixel, float(value), self.mark)

    def size(self, channel: str, term: str) -> None:
        """The far edge, from a near edge that is read too."""
        base, far = {"width": ("left", "right"), "height": ("bottom", "top")}[channel]
        start = self.picture.value(self.channels[base])
        value = numbers(start) + numbers(self.picture.value(term))
        axis, pixel = self.axis(base), edge(self.mark, far)
        near(axis, pixel, value, self.mark)
        looks_beyond(axis, pixel, float(value), self.mark)

    def end(self, channel: str, term: str) -> None:
        axis = self.axis(channel)
        points = self.mark["paths"][0]
        point = points[0] if channel == "start" else points[-1]
        value = self.picture.value(term)
        assert value is not None, f"{self.mark['mark']} is drawn of nothing"
        near(axis, point[axis.name[0] == "y"], value, self.mark)

    def path(self, channel: str, term: str) -> None:
        function = self.picture.value(term)
        assert function is not None, f"{self.mark['mark']} is drawn of nothing"
        points = np.concatenate(self.mark["paths"])
        x, y = self.both()
        if channel == "area":
            points, closing = points[:-2], points[-2:]
            assert np.all(np.abs(closing[:, 1] - y.at(0)) <= y.within), "an area's floor is not 0"
        if hasattr(function, "costly"):
            points = points[:: function.costly]
        # A pixel has a width: on a steep curve that is a range of heights.
        around = [function(unscaled(x, points[:, 0] + shift)) for shift in (-0.05, 0, 0.05)]
        heights = y.at(np.array(around, dtype=float))
        low, high = np.nanmin(heights, axis=0), np.nanmax(heights, axis=0)
        clip = self.mark["clip"] or {"top": -math.inf, "bottom": math.inf}
        drawn = points[:, 1]
        fits = (drawn >= low - y.within) & (drawn <= high + y.within)
        above = (drawn < clip["top"] - 1) & (low < clip["top"] - 1)
        under = (drawn > clip["bottom"] + 1) & (high > clip["bottom"] + 1)
        wrong = ~(fits | above | under)
        assert not wrong.any(), (
            f"{self.mark['mark']} is wrong at {unscaled(x, points[wrong][:3, 0])}: drawn at "
            f"{drawn[wrong][:3].round(1)} px, not at {heights[1][wrong][:3].round(1)} px"
        )

    def sum(self, channel: str, term: str) -> None:
        (points,) = self.mark["paths"]
        heights = np.array(points)[: -2 if "area" in self.channels else None, 1]
        clip, (_, y) = self.mark["clip"], self.both()
        if np.any((heights < clip["top"] - 1) | (heights > clip["bottom"] + 1)):
            return  # some of it is cut off
        total = float(y.read(heights).sum())
        slack = 0.03 * len(heights) / abs(y.slope)
        away = abs(total - float(self.picture.value(term)))
        assert away <= slack, f"{self.mark['mark']}: {total}"

    def points(self, channel: str, term: str) -> None:
        wanted = np.array(self.picture.value(term), dtype=float).reshape(-1, 2)
        found = centres(self.mark)
        assert len(found) == len(wanted), f"{self.mark['mark']}: {len(found)} points"
        for axis, column in zip(self.both(), (0, 1), strict=True):
            away = np.abs(axis.at(wanted[:, column]) - found[:, column])
            # A triangle's middle is not its centre.
            assert np.all(away <= axis.within + 1), f"{self.mark['mark']}: {away.max():.1f} px off"

    def areas(self, channel: str, term: str) -> None:
        """Discs whose area is in proportion; the least ones have a least size."""
        values = np.sqrt(numbers(self.picture.value(term)))
        widths = np.array([np.ptp(np.array(points)[:, 0]) for points in self.mark["paths"]])
        wanted = np.maximum(values * (widths / values).min(), widths.min())
        assert np.allclose(wanted, widths, atol=0.1), f"{self.mark['mark']}: {widths}"

    def boxes(self, channel: str, term: str) -> None:
        wanted = np.array(self.picture.value(term), dtype=float).reshape(-1, 3)
        assert len(self.mark["paths"]) == len(wanted), f"{self.mark['mark']}"
        x, y = self.both()
        for points, (middle, low, high) in zip(self.mark["paths"], wanted, strict=True):
            (left, top), (right, bottom) = np.min(points, axis=0), np.max(points, axis=0)
            assert abs((left + right) / 2 - x.at(middle)) <= x.within + 0.5, self.mark["mark"]
            ends = sorted([float(y.at(low)), float(y.at(high))])
            assert np.allclose(ends, [top, bottom], atol=y.within), self.mark["mark"]

    def levels(self, channel: str, term: str) -> None:
        wanted = self.picture.value(term)
        assert wanted is not None, f"{self.mark['mark']} is drawn of nothing"
        _, found = centres(self.mark).T
        assert np.allclose(self.axis_y().at(wanted), found, atol=self.axis_y().within), found

    def axis_y(self) -> Axis:
        return self.picture.axis(self.names["y"])

    def rungs(self, channel: str, term: str) -> None:
        """A rung at every halving, as far as the mark that they divide."""
        y = self.axis_y()
        found = centres(self.mark)[:, 1]
        step, top = (float(value) for value in self.picture.value("rungs"))
        self.picture.used.add(term)
        top = min(top, y.ends[1])
        wanted = y.at(step * np.arange(1, len(found) + 1))
        assert np.allclose(found, wanted, atol=y.within), f"rungs at {found}"
        assert abs(y.slope * (top - step * len(found))) <= abs(y.slope * step) + 1.6, "rungs"

    def between(self, channel: str, term: str) -> None:
        y = self.axis_y()
        first, second = (float(self.picture.value(each)) for each in term.split(","))
        near(y, self.mark["paths"][0][0][1], first, self.mark | {"outline": "within"})
        box = self.mark["box"]
        pixel = box["bottom"] if y.at(second) > y.at(first) else box["top"]
        if self.mark["outline"] == "beyond":
            assert y.is_beyond(second, self.mark["paths"][0][2][1]), self.mark["mark"]
        else:
            near(y, pixel, second, self.mark)

    def beside(self, channel: str, term: str) -> None:
        axis = self.axis(channel)
        gap = edge(self.mark, "x") - float(axis.at(self.picture.value(term)))
        assert 0 < gap < 12, f"{self.mark['mark']}: {gap:.1f} px"

    def rounded(self, channel: str, term: str) -> None:
        axis, n = self.axis(channel), float(self.picture.value(term))
        low, high = axis.at(max(n - 0.5, 0.9)), axis.at(n + 0.5)
        assert low - 1 <= edge(self.mark, "x") <= high + 1, self.mark["mark"]

    def cells(self, channel: str, term: str) -> None:
        n = float(self.picture.value(term))
        drawn = 0 if math.isinf(n) else min(n, 10)
        assert len(self.mark["paths"]) == drawn, f"{self.mark['mark']}: {n}"
        assert (self.mark["outline"] == "beyond") == (10 < n < math.inf), self.mark["mark"]

    def slot(self, channel: str, term: str) -> None:
        if self.mark["visible"]:
            self.picture.slots.append((int(term), self.mark))

    def shown(self, channel: str, term: str) -> None:
        wanted = bool(self.picture.value(term))
        assert self.mark["visible"] == wanted, f"{self.mark['mark']} is not {wanted}"

    def collect_ink(self, channel: str, term: str) -> None:
        self.picture.ink.append((float(self.picture.value(term)), self.mark))

    def collect_arrow(self, channel: str, term: str) -> None:
        axis = self.axis(channel)
        shaft, *heads = self.mark["paths"]
        (start, tip), (wing, point, _) = shaft, heads[0]
        assert point == tip, f"the head of {self.mark['mark']} is not at its tip"
        assert (tip[1] - wing[1]) * (tip[1] - start[1]) > 0, f"{self.mark['mark']} has its head on"
        length = (tip[1] - start[1]) / axis.slope
        arrows = self.picture.arrows.setdefault(axis.name, [])
        arrows.append((length, float(self.picture.value(term)), len(heads) > 1))

    def polygon(self, channel: str, term: str) -> None:
        x, y = self.both()
        for points in self.mark["paths"]:
            corners = np.array(points)
            values = np.column_stack([x.read(corners[:, 0]), y.read(corners[:, 1])])
            self.picture.regions.append((term + self.mark["class"], values))
        self.picture.used.add(term)

    def history(self, channel: str, term: str) -> None:
        """Where the state has come from is not in it; where it is now must be the path's end."""
        x, y = self.both()
        end = self.mark["paths"][-1][-1]
        near(x, end[0], self.picture.value("steps"), self.mark)
        near(y, end[1], self.picture.value(term), self.mark)

    def descent(self, channel: str, term: str) -> None:
        """Where a descent began and arrived: the test below that starts one reads it."""


def unscaled(x: Axis, pixels: np.ndarray) -> np.ndarray:
    values = x.read(pixels)
    if x.scale is as_log:
        return numbers(10**values)
    inverse = getattr(x.scale, "inverse", None)
    return numbers(inverse(values) if inverse else values)


# left, right, top, bottom   an edge of the mark is at this value
# x, y                       its middle is, or the place that it was moved to
# width, height              so far is it from its left or lower edge to the other
# start, end                 the first and the last point of its line, on the axis named last
# path, area                 its points lie on this function; an area's floor is 0
# sum                        its heights add up to this
# points, areas, boxes       each of its parts is at a place of this list; discs with these areas;
#                            boxes around a middle from a lower to an upper end
# levels, rungs              its lines are at these levels; one each halving
# between                    an upright bar from one value to another, whichever is higher
# arrow                      it points up where this is positive, and is as long
# ink                        its colour says the sign, its strength the size
# polygon                    the region of a class
# cells, slot, shown         so many cells; a symbol of the message; drawn at all
# beside, rounded            right beside this value; at what rounds to it
# history                    it ends at the steps so far, and this
# descent                    where a descent began, or arrived
CHANNELS: dict[str, Callable[[Reading, str, str], None]] = {
    **dict.fromkeys(("left", "right", "top", "bottom", "x", "y"), Reading.place),
    **dict.fromkeys(("width", "height"), Reading.size),
    **dict.fromkeys(("start", "end"), Reading.end),
    **dict.fromkeys(("path", "area"), Reading.path),
    "sum": Reading.sum,
    "points": Reading.points,
    "areas": Reading.areas,
    "boxes": Reading.boxes,
    "levels": Reading.levels,
    "rungs": Reading.rungs,
    "between": Reading.between,
    "arrow": Reading.collect_arrow,
    "ink": Reading.collect_ink,
    "polygon": Reading.polygon,
    "cells": Reading.cells,
    "slot": Reading.slot,
    "shown": Reading.shown,
    "beside": Reading.beside,
    "rounded": Reading.rounded,
    "history": Reading.history,
    "descent": Reading.descent,
}
SIMPLE = {"left", "right", "top", "bottom", "x", "y", "width", "height", "start", "end", "arrow"}


def is_nothing(value: Any) -> bool:
    return value is None or (not callable(value) and len(value) == 0)


EMPTY: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("path", "area", "points", "boxes", "levels"), is_nothing),
}


# ---- What holds for several marks together ----


def assert_arrows(picture: Picture) -> None:
    """Arrows point where what they stand for points, and are as long as it is large."""
    for name, arrows in picture.arrows.items():
        axis = picture.axis(name)
        assert all(length * value > 0 for length, value, _ in arrows), f"{name}: {arrows}"
        pixels = [(abs(length * axis.slope), abs(value), cut) for length, value, cut in arrows]
        scale = max(length / value for length, value, _ in pixels)
        for length, value, cut in pixels:
            assert length <= scale * value + 1
            assert cut or abs(length - scale * value) <= 1, f"{name}: {pixels}"


def assert_ink(picture: Picture) -> None:
    """Cells of one sign have one colour, and more of it where there is more."""
    if not picture.ink:
        return
    colours: dict[str, set[tuple[str, ...]]] = {"positive": set(), "negative": set()}
    for value, mark in picture.ink:
        colours["negative" if value < 0 else "positive"].add(tuple(mark["colours"]))
    assert colours["positive"] <= {("class-0",)}, colours
    assert colours["negative"] <= {("class-1",)}, colours
    # As the square root of the size, up to a quarter.
    for value, mark in picture.ink:
        wanted = 0.6 * math.sqrt(min(abs(value) / 0.25, 1))
        assert abs(mark["opacity"] - wanted) < 2e-3, f"{value} has ink {mark['opacity']}"


ROLES = {
    "p": ("p", "entropy"),
    "q": ("q",),
    "entropy": ("entropy", "p"),
    "cross_entropy": ("q",),
    "kl_divergence": ("kl",),
    "reverse_kl_divergence": ("kl",),
}


def assert_colours(picture: Picture) -> None:
    """p, q and KL keep one colour each."""
    for mark in picture.seen["marks"]:
        name = re.search(r"(?:height|width|path|area|y|top)=([a-z_]+)", mark["mark"])
        if not mark["visible"] or name is None or name[1] not in ROLES:
            continue
        roles = set(mark["colours"]) & {"p", "q", "kl", "entropy"}
        assert roles <= set(ROLES[name[1]]), f"{mark['mark']} has the colour of {roles}"
        if re.search(r"\b(bar|length)\b", mark["class"]):
            assert roles, f"{mark['mark']} has no colour of its own"


def assert_true(picture: Picture) -> None:
    """Every mark of a picture says what is."""
    assert picture.seen["silent"] == [], "a handle does not say what its place means"
    moved = picture.seen["undeclared"]
    assert moved == [], f"what moves does not say what it stands for: {moved}"
    for mark in picture.seen["marks"]:
        Reading(picture, mark)()
    assert_arrows(picture)
    assert_ink(picture)
    assert_colours(picture)
