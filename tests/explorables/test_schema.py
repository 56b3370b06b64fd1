"""What a state may be: Python and the browser refuse the same values, in the same words."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
import traitlets

from crossentropy import widgets
from crossentropy.widgets._drawing import engine
from crossentropy.widgets._traits import Schema, schemas_of
from explorables.browser import EXPLORABLES, OpenPage, read

each = pytest.mark.parametrize("name", EXPLORABLES)

# Of no kind that any trait has, or of another one than its own.
ODD: list[Any] = [None, True, False, "", "0.5", "toString", [], {}, {"0": 1}, [None], [[]]]
ODD += [math.nan, math.inf, -math.inf]
NUMBERS: list[Any] = [-1e308, -1, -0.5, 0, 5e-324, 0.5, 1, 2, 1e308]


def base(name: str) -> dict[str, Any]:
    """Return a state that both accept, as JSON has it."""
    widget = getattr(widgets, name)()
    state = {trait: getattr(widget, trait) for trait in schemas_of(type(widget))}
    as_json: dict[str, Any] = json.loads(json.dumps(state))
    return as_json


def python_says(name: str, state: dict[str, Any]) -> str | None:
    """Return what Python has against a state."""
    try:
        getattr(widgets, name)(**state)
    except traitlets.TraitError as error:
        return str(error).removeprefix(f"{name}: ")
    return None


def browser_says(name: str, states: list[dict[str, Any]]) -> list[str | None]:
    """Return what the front end has against each state."""
    source = str(getattr(widgets, name)._esm)
    source = source.replace(
        "export default defineExplorable", "export const its = defineExplorable"
    )
    said: list[str | None] = engine().evaluate(source, f"{json.dumps(states)}.map(its.faultOf)")
    return said


def in_one_spelling(text: str) -> str:
    """Return a refusal with its values spelled as JavaScript does."""
    names = {"None": "null", "True": "true", "False": "false", "nan": "NaN", "inf": "Infinity"}
    text = re.sub(r"\b(None|True|False|nan|inf)\b", lambda name: names[name[0]], text)
    text = re.sub(r"\d+(\.\d+)?(e[+-]?\d+)?", lambda found: f"{float(found[0]):.12g}", text)
    text = re.sub(r"\\(['\"])", r"\1", text)  # which quotes are marked is theirs to choose
    return text.replace('"', "'").replace(" ", "")


def values(schema: Schema, good: Any, state: dict[str, Any]) -> Iterator[Any]:
    """Yield values at, just inside and just outside of each limit, and of other kinds."""
    if "below" in schema:
        size = len(state[schema["below"]])
        yield from (size - 1, size, size + 1)
    yield from (*ODD, *NUMBERS, [good], "a" * len(good) if isinstance(good, list) else str(good))
    for rule in ("least", "most", "above"):
        if rule in schema:
            end = schema[rule]
            yield from (end, end - 1, end + 1)
            yield from (math.nextafter(end, -math.inf), math.nextafter(end, math.inf))
    yield from schema.get("among", [])
    if isinstance(good, list):
        yield from lists(schema, good, state)


def lists(schema: Schema, good: list[Any], state: dict[str, Any]) -> Iterator[Any]:
    """Yield lists of other lengths, and lists in which one entry is another."""
    lengths = {0, 1, 2, 3, 4, len(good) - 1, len(good) + 1}
    lengths |= {schema.get("fewest", 2) - 1, schema.get("most", 2), schema.get("most", 2) + 1}
    for length in sorted(lengths):
        yield (good * (length // len(good) + 1))[:length]
    fields = list(schema.get("fields", {}).values())
    for i in {0, len(good) // 2, len(good) - 1}:
        for other in values(fields[i] if fields else schema["of"], good[i], state):
            yield [*good[:i], other, *good[i + 1 :]]
    if "sum" in schema or "weights" in schema:
        yield from sums(good)


def sums(good: list[Any]) -> Iterator[Any]:
    """Yield lists whose sum is a little, or far, from what it was."""
    for by in (1e-9, 1.4e-8, 1.6e-8, 1e-3, 0.1):
        for way in (1 - by, 1 + by):
            yield [[x[0] * way, *x[1:]] if isinstance(x, list) else x * way for x in good]
    yield [0 for _ in good]


@each
def test_python_and_the_browser_refuse_the_same_values(name: str) -> None:
    state = base(name)
    cases = [
        (trait, value)
        for trait, schema in schemas_of(getattr(widgets, name)).items()
        for value in values(schema, state[trait], state)
    ]
    told = browser_says(name, [{**state, trait: value} for trait, value in cases])
    refused = 0
    for case, browser in zip(cases, told, strict=True):
        trait, value = case
        python = python_says(name, {**state, trait: value})
        assert (python is None) == (browser is None), (case, python, browser)
        if python is not None and browser is not None:
            assert in_one_spelling(python).startswith(in_one_spelling(browser)), case
            refused += 1
    assert 20 < refused < len(cases)


@each
def test_a_page_refuses_in_these_words_and_keeps_its_state(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    state = read(page)["state"]
    for trait in state:
        said = page.evaluate(
            """trait => {
              try { document.querySelector('figure').explorable.adopt({ [trait]: null }); }
              catch (error) { return error.message; }
            }""",
            trait,
        )
        assert [said] == browser_says(name, [{**state, trait: None}])
        assert said.startswith(f"{trait} is null; it must be ")
    assert read(page)["state"] == state
