"""What every explorable draws, as text: at the start and in each preset, on wide and narrow pages.

`tests/explorables/snapshots` holds a line for each mark, so that a change of a picture is seen in a
diff, and said. When one is meant, renew them: ``SNAPSHOTS=renew pytest tests/explorables``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from descriptions import changes

from crossentropy import widgets
from crossentropy.widgets._drawing import LAYOUTS, engine
from crossentropy.widgets._explorable import Explorable
from explorables.browser import EXPLORABLES, described

SNAPSHOTS = Path(__file__).parent / "snapshots"
MOST_POINTS = 12  # of a curve; the others between them go with it

TAG = re.compile(r'<(/?)(\w+)((?: [\w-]+="[^"]*")*)>([^<]*)')
ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')
# What says nothing of the picture, and what is the same in all.
UNSAID = re.compile(r"tabindex|role|aria-.*|data-(handle|holds|lock)")
HATCHES = re.compile(r"<defs>.*?</defs>")
FOR_HANDS = re.compile(r'class="(target|reach|padlock|lock)"')


def marks(drawn: str) -> list[str]:
    """Return a line for each element of a drawing, as deep as it is nested."""
    drawn = HATCHES.sub("", drawn[drawn.index("<svg") :])
    drawn = re.sub(r"#([a-z-]+)-\d+", r"#\1", drawn)  # they are counted through all pictures
    lines, depth = [], 0
    for closes, tag, attributes, text in TAG.findall(drawn.partition('<p class="keys"')[0]):
        depth -= bool(closes)
        if not closes and tag != "title" and not FOR_HANDS.search(attributes):
            said = [
                f"{name}={short(value)}"
                for name, value in ATTRIBUTE.findall(attributes)
                if value and not UNSAID.fullmatch(name)
            ]
            lines.append("  " * depth + " ".join([tag, *said, *([repr(text)] if text else [])]))
        depth += not closes
    return lines


def short(value: str) -> str:
    """Return an attribute to a tenth of a pixel, and a curve with some of its points."""
    value = re.sub(r"-?\d+\.\d+", lambda text: f"{round(float(text[0]), 1) + 0:g}", value)
    points = value.split(" L")
    every = -(-len(points) // MOST_POINTS)
    return " L".join([*points[::every], *points[-1:]]) if every > 1 else value


def states(name: str) -> Iterator[tuple[str, Explorable]]:
    explorable = getattr(widgets, name)
    yield "at the start", explorable()
    for preset, state in explorable().presets.items():
        yield preset, explorable(**state)


def snapshot(name: str) -> str:
    """Return all that an explorable draws; of a preset, what is not drawn at the start."""
    text = []
    for layout, width in LAYOUTS.items():
        start: list[str] = []
        for preset, explorable in states(name):
            module, state = str(explorable._esm), explorable._state()
            lines = marks(engine().draw(module, state, width))
            text += [f"{layout}, {preset}", *(line for line in lines if line not in set(start))]
            if layout == "wide":
                text += [described(explorable)]
            if not start:  # what it looks ahead to, if it does
                _, *later = engine().stills(module, state, layout, "still")
                text += [line for still in later for line in ["later", *marks(still.markup)]]
            start = start or lines
            text.append("")
    return "\n".join(text)


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_picture_is_drawn_as_it_was(name: str) -> None:
    assert changes(SNAPSHOTS / f"{name}.txt", snapshot(name), "SNAPSHOTS") == []


def test_there_is_a_snapshot_of_each_explorable_and_of_nothing_else() -> None:
    assert sorted(path.stem for path in SNAPSHOTS.iterdir()) == sorted(EXPLORABLES)
