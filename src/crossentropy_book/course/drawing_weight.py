"""Drawings without what they need not carry: matplotlib writes each point from the corner."""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["lighter_drawings", "lighter_path"]

_DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_PATH = re.compile(r'(?<= d=")[MLHVz\d. -]+(?=")')
_HASHED = re.compile(r"(?<=[\"#])[a-z][0-9a-f]{10}(?=[\")])")
_OWN_FONT = re.compile(r"\s*font-family: [^;\"]*;")
# In a page SVG needs no name of its language, and the colours have names without a second choice.
_IN_XML = re.compile(r' (?:xmlns(?::xlink)?|version)="[^"]*"|(?<= )xlink:(?=href)')
_SECOND_CHOICE = re.compile(r"(var\(--ce-[\w-]+), #\w+\)")
# The look of a picture that is looked at alone, as in Jupyter; book.css says the same.
_FRAME = re.compile(r'(?<=<div class="ce-picture)("[^>]*?) style="background:[^"]*"')
_SIZE = re.compile(r'style="flex: [^;"]*; max-width: min\(100%, ([\d.]+px)\); height: auto"')

# An element that has no class, and what it is painted with.
_PAINTED = re.compile(r'(<\w+(?![^>]* class=)[^>]*?) style="((?:fill|stroke|font)[^"]*)"')

_TOKEN = re.compile(r"[MLHVz]|-?[\d.]+")
_LEAST = 0.2  # pixels: a point that lies so near the line of its neighbours is not missed

_Point = tuple[float, float]


def lighter_drawings(markup: str, prefix: str) -> str:
    """Return a page whose drawings have short ids and paths, and the look of its style sheets.

    Parameters
    ----------
    markup : str
        The page.
    prefix : str
        What the ids begin with: no other page may have it, since one edition holds all pages.

    Examples
    --------
    >>> lighter_drawings('<svg><path id="m0015fb01b9"/><use href="#m0015fb01b9"/></svg>', "g7")
    '<svg><path id="g7-0"/><use href="#g7-0"/></svg>'
    >>> lighter_drawings('<svg><g style="fill: red"/><b style="fill: red"/></svg>', "g7")
    '<svg><style>.g7-a{fill: red}</style><g class="g7-a"/><b class="g7-a"/></svg>'
    """
    names: dict[str, str] = {}

    def short(name: re.Match[str]) -> str:
        return names.setdefault(name[0], f"{prefix}-{len(names)}")

    def lighter(drawing: re.Match[str]) -> str:
        svg = _HASHED.sub(short, _OWN_FONT.sub("", drawing[0]))
        svg = _SECOND_CHOICE.sub(r"\1)", _IN_XML.sub("", svg))
        svg = _SIZE.sub(r'style="--wide:\1"', svg)
        return _PATH.sub(lambda path: lighter_path(path[0]), svg)

    return _FRAME.sub(r" panels\1", _with_classes(_DRAWING.sub(lighter, markup), prefix))


def _with_classes(markup: str, prefix: str) -> str:
    """Say once for all drawings of a page what several elements are painted with."""
    drawings = "".join(_DRAWING.findall(markup))
    counts = Counter(paint for _, paint in _PAINTED.findall(drawings))
    shared = [paint for paint, count in counts.most_common() if count > 1]
    names = {paint: f"{prefix}-{_letters(i)}" for i, paint in enumerate(shared)}
    if not names:
        return markup

    def named(element: re.Match[str]) -> str:
        start, paint = element.groups()
        return f'{start} class="{names[paint]}"' if paint in names else element[0]

    rules = "".join(f".{name}{{{paint}}}" for paint, name in names.items())
    markup = _DRAWING.sub(lambda drawing: _PAINTED.sub(named, drawing[0]), markup)
    return re.sub(r"<svg\b[^>]*>", rf"\g<0><style>{rules}</style>", markup, count=1)


def _letters(number: int) -> str:
    """Return a number by letters: a to z, ba to bz."""
    before = _letters(number // 26) if number > 25 else ""
    return before + "abcdefghijklmnopqrstuvwxyz"[number % 26]


def lighter_path(path: str) -> str:
    """Return a path of straight lines by the steps between its points, in tenths of a pixel.

    A step needs fewer digits than a place, and like steps are alike. Points between which the path
    runs straight on are left out.

    Examples
    --------
    >>> lighter_path("M10 20.5L11 20.5 12 20.5 12 30z")
    'M10 20.5h2v9.5z'
    """
    short = ""
    x = y = 0  # in tenths, so that steps add up to places
    for points, is_closed in _subpaths(path):
        before = ""
        start, *others = [(round(10 * a), round(10 * b)) for a, b in _without_needless(points)]
        for i, (across, down) in enumerate([start, *others]):
            if i == 0:
                letter, numbers = "M", [across, down]
            elif down == y:
                letter, numbers = "h", [across - x]
            elif across == x:
                letter, numbers = "v", [down - y]
            else:
                letter, numbers = "l", [across - x, down - y]
            short += "" if letter == before else letter
            for number in numbers:
                short += _apart(short, _written(number))
            before, x, y = letter, across, down
        if is_closed:
            short += "z"
            x, y = start
    return short


def _written(tenths: int) -> str:
    return re.sub(r"(?<!\d)0\.", ".", f"{tenths / 10:g}")


def _apart(before: str, number: str) -> str:
    """Return a number with a space where it would be read as part of the one before it."""
    last = re.search(r"[\d.]*$", before)
    is_read_on = last and last[0] and number[0] != "-" and (number[0] != "." or "." not in last[0])
    return f" {number}" if is_read_on else number


def _subpaths(path: str) -> list[tuple[list[_Point], bool]]:
    """Return the points of each part of a path, and whether the part is closed."""
    parts: list[tuple[list[_Point], bool]] = []
    tokens = _TOKEN.findall(path)
    letter, x, y = "", 0.0, 0.0
    while tokens:
        if tokens[0] in "MLHVz":
            letter = tokens.pop(0)
        if letter == "z":
            parts[-1] = parts[-1][0], True
            continue
        if letter in "MLH":
            x = float(tokens.pop(0))
        if letter in "MLV":
            y = float(tokens.pop(0))
        if letter == "M":
            parts.append(([], False))
            letter = "L"
        parts[-1][0].append((x, y))
    return parts


def _without_needless(points: list[_Point]) -> list[_Point]:
    """Return the points that a path cannot do without, after Douglas and Peucker."""
    kept = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        inner = range(first + 1, last)
        farthest = max(inner, key=lambda i: _off(points[i], points[first], points[last]), default=0)
        if farthest and _off(points[farthest], points[first], points[last]) > _LEAST:
            kept.add(farthest)
            spans += [(first, farthest), (farthest, last)]
    return [points[i] for i in sorted(kept)]


def _off(point: _Point, start: _Point, end: _Point) -> float:
    """Return how far a point lies from the line between two others."""
    (x, y), (left, top) = point, start
    right, down = end[0] - left, end[1] - top
    length = right * right + down * down
    share = ((x - left) * right + (y - top) * down) / length if length else 0
    share = min(max(share, 0), 1)
    return float(((x - left - share * right) ** 2 + (y - top - share * down) ** 2) ** 0.5)
