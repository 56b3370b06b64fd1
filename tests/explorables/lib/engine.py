"""Modules of `lib/` by themselves, without a browser: a test takes milliseconds."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from crossentropy.widgets import DecisionRegions, EntropyBars, GaussianFit, LossComparison
from crossentropy.widgets._drawing import Engine
from crossentropy.widgets._modules import HERE, compose
from crossentropy.widgets._traits import Choice, schemas_of

# Of the classes whose states a module of lib/ works with, and of those that the tests make.
SCHEMAS = {
    "DecisionRegions": schemas_of(DecisionRegions),
    "GaussianFit": schemas_of(GaussianFit),
    "LossComparison": schemas_of(LossComparison),
    "Tiny": schemas_of(EntropyBars),
    "Staged": {**schemas_of(EntropyBars), "view": Choice(["near", "far"], "near").schema},
}


class Reader(Engine):
    """The engine that draws, with somebody in front of it who touches what is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._context.eval((Path(__file__).parent / "reader.js").read_text("utf-8"))
        # What is drawn by itself needs a pen to be drawn with.
        self.evaluate(source("pen"), "Object.assign(globalThis, { createPen }) && null")


reader = functools.cache(Reader)


@functools.cache
def source(module: str) -> str:
    return compose(HERE / "lib" / f"{module}.js", SCHEMAS)


def run(module: str, body: str) -> Any:
    """Run statements that may name what a module of `lib/` exports, and what reader.js offers."""
    return as_python(reader().evaluate(source(module), f"kept((() => {{ {body} }})())"))


def call(module: str, function: str, *arguments: Any) -> Any:
    """Call a function that a module of `lib/` exports."""
    # Python writes NaN and Infinity as JavaScript does.
    return run(module, f"return {function}({', '.join(map(json.dumps, arguments))});")


def as_python(value: Any) -> Any:
    """Return what reader.js kept of a value: JSON has no infinity, and no zero with a sign."""
    if isinstance(value, list):
        return [as_python(each) for each in value]
    if isinstance(value, dict):
        if set(value) == {"number"}:
            return float(value["number"])
        return {name: as_python(each) for name, each in value.items()}
    return value
