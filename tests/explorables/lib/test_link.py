"""The end of a link: short, and the same state again."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from crossentropy import widgets
from crossentropy.widgets._traits import schemas_of
from explorables.browser import EXPLORABLES
from explorables.lib.engine import call, run


def linked(schema: dict[str, Any], state: dict[str, Any], opening: dict[str, Any]) -> str:
    return str(call("link", "toLink", schema, state, opening))


@pytest.mark.parametrize("name", EXPLORABLES)
def test_every_preset_comes_back_from_its_link(name: str) -> None:
    widget = getattr(widgets, name)()
    schema = schemas_of(type(widget))
    opening = json.loads(json.dumps({trait: getattr(widget, trait) for trait in schema}))
    assert linked(schema, opening, opening) == ""
    for preset in widget.presets.values():
        state = {**opening, **json.loads(json.dumps(preset))}
        text = linked(schema, state, opening)
        assert not set(text) & set(
            " #\"<>[]{}()&='*!~"
        )  # mail and chat cut a link at some of these
        assert {**opening, **call("link", "fromLink", schema, text)} == state


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.25, ".25"), (-0.5, "-.5"), (1e-7, "1e-7"), (1e21, "1e21"), (0, "0"), (1 / 3, None)],
)
def test_numbers_are_as_short_as_they_can_be(value: float, text: str | None) -> None:
    schema = {"x": {"kind": "number"}}
    said = linked(schema, {"x": value}, {"x": 3})
    assert text is None or said == f"x:{text}"
    assert call("link", "fromLink", schema, said) == {"x": value}


def test_what_cannot_be_read_is_left_for_the_schema_to_refuse() -> None:
    schema = {"p": {"kind": "list", "of": {"kind": "number"}}, "k": {"kind": "whole"}}
    assert call("link", "fromLink", schema, "p:0x10,,1;k:one;toString:2") == {
        "p": ["0x10", "", 1],
        "k": "one",
        "toString": "2",
    }


STATE = "q:.25,.75,0;labels:a,b+c,d"


@pytest.mark.parametrize(
    "hash_",
    [
        f"#bars={STATE}",
        f"bars={STATE}&utm_source=mail",
        f"bars={STATE}).",
        f"bars={STATE}>,",
        f"bars={quote(STATE)}",
        quote(f"bars={STATE}"),
        quote(quote(f"bars={STATE}")),
    ],
)
def test_what_others_do_to_a_link_is_undone(hash_: str) -> None:
    assert call("link", "parted", hash_) == {"name": "bars", "state": STATE}


@pytest.mark.parametrize("hash_", ["", "#", "#kl-divergence", "#%E0%A4%A", "#a b=c"])
def test_an_address_that_names_no_state_is_none(hash_: str) -> None:
    assert run("link", f"return {{ link: parted({json.dumps(hash_)}) }};") == {"link": None}
