"""A picture says each of its numbers once, as exactly as it can be seen."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup, Tag

from crossentropy import widgets
from crossentropy.widgets._drawing import LAYOUTS, engine
from crossentropy.widgets._explorable import Explorable
from explorables.browser import EXPLORABLES

# Not yet: who mends one takes its name out, and a name too many is an error.
TOO_EXACT: set[str] = set()
TWICE: set[str] = set()


def states(name: str) -> Iterator[tuple[Explorable, int]]:
    """Return an explorable at the start and in every preset, in all views, and how wide it is."""
    explorable = getattr(widgets, name)
    views = explorable.view.schema["among"] if hasattr(explorable, "view") else [None]
    for state in [{}, *explorable().presets.values()]:
        for view in views:
            for width in LAYOUTS.values() if not state else [LAYOUTS["wide"]]:
                yield explorable(**(state | ({"view": view} if view else {}))), width


@functools.cache
def pictures(name: str) -> list[BeautifulSoup]:
    return [
        BeautifulSoup(engine().draw(str(each._esm), each._state(), width), "html.parser")
        for each, width in states(name)
    ]


def labels(picture: BeautifulSoup) -> list[Tag]:
    """Return the labels that are seen."""
    return [
        text
        for text in picture.select("svg text")
        if "no-room" not in text.get("class", []) and not text.find_parent(visibility="hidden")
        and text.get("visibility") != "hidden"
    ]  # fmt: skip


NUMBER = re.compile(r"[+−]?\d[\d,]*\.(\d+)(?! × 10)")


def too_exact(label: Tag) -> list[str]:
    """Return the numbers of a label with more than two decimals.

    A number below a hundredth has three digits, and so has the value at a grip that slides over
    decades; one below a tenth may have two, where factors are multiplied. What a tick marks is as
    exact as it must be.
    """
    if label.has_attr("data-tick"):
        return []
    found = []
    for number in NUMBER.finditer(label.get_text()):
        digits = len(re.sub(r"\D", "", number[0]).lstrip("0"))
        small = digits <= 3 and (
            re.match(r"[+−]?0\.00", number[0])
            or "grip-value" in label.get("class", [])
            or (digits <= 2 and number[0].startswith("0.0"))
        )
        if len(number[1]) > 2 and not small:
            found.append(label.get_text())
    return found


@pytest.mark.parametrize("name", EXPLORABLES)
def test_numbers_in_a_picture_have_two_decimals(name: str) -> None:
    found = [text for picture in pictures(name) for each in labels(picture)
             for text in too_exact(each)]  # fmt: skip
    assert bool(found) == (name in TOO_EXACT), sorted(set(found))


def brief(number: str) -> str:
    """Return a number of the drawer as a picture writes it, where it is no smaller than 0.01."""
    return re.sub(r"(\d+\.\d+)", lambda found: f"{float(found[1]):.2f}", number)


@pytest.mark.parametrize("name", EXPLORABLES)
def test_no_number_of_the_drawer_is_twice_in_sight(name: str) -> None:
    """Where two numbers happen to be equal, they are not so in every preset."""
    least: dict[str, int] = {}
    for picture in pictures(name):
        seen = [
            each.get_text(" ")
            for each in labels(picture)
            if "grip-value" not in each.get("class", []) and not each.has_attr("data-tick")
        ]
        seen += [each.get_text() for each in picture.select(".foot .readout:not(.elsewhere)")]
        written = Counter(re.findall(r"[−\d]*\d\.\d+|∞", " ".join(seen)))
        for output in picture.select("output"):
            number = re.search(r"−?\d+\.\d+|∞", output.get_text())
            if number:
                quantity = output["data-quantity"]
                least[quantity] = min(least.get(quantity, 9), written[brief(number[0])])
    twice = {quantity for quantity, count in least.items() if count > 1}
    assert bool(twice) == (name in TWICE), twice
