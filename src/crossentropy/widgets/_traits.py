"""What the state of an explorable may be, declared once, for Python and for the browser.

Each trait holds a schema: a dictionary that says what its value must be, in numbers and in words.
`fault` refuses by it what is set from Python. The front ends get the schemas too, and refuse by
them what comes in a link, in the same words (``lib/schema.js``).
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np
import traitlets

from crossentropy._validation import as_distributions

__all__ = [
    "Choice",
    "Declared",
    "Distribution",
    "Labels",
    "ListOf",
    "Number",
    "Record",
    "Schema",
    "Text",
    "Unit",
    "Whole",
    "fault",
    "mismatch",
    "schemas_of",
]

Schema = dict[str, Any]

_TOGETHER = "to change both, set them under 'with widget.hold_trait_notifications():'"
_NUMBERS = ["none", "one", "two", "three"]
_ROUNDING = math.sqrt(np.finfo(np.float64).eps)  # of a sum: as crossentropy.entropy allows it


class Declared(traitlets.TraitType[Any, Any]):
    """A part of a state, which its schema describes."""

    def __init__(self, default: Any, schema: Schema) -> None:
        super().__init__(default)
        self.schema = schema

    def validate(self, obj: traitlets.HasTraits, value: Any) -> Any:
        """Return what is kept of a value, or say what is wrong with it."""
        try:
            return self.checked(str(self.name), value)
        except ValueError as error:
            raise traitlets.TraitError(f"{type(obj).__name__}: {error}") from None

    def checked(self, name: str, value: Any) -> Any:
        """Return what is kept of a value, or raise a ValueError."""
        value = _plain(value)
        wrong = fault(name, self.schema, value)
        if wrong:
            raise ValueError(wrong)
        return _kept(self.schema, value)

    def _cross_validate(self, obj: Any, value: Any) -> Any:
        # What one trait says of another is looked at once all that change at once have changed.
        value = super()._cross_validate(obj, value)
        schemas = schemas_of(type(obj))
        state = {name: getattr(obj, name) for name in schemas} | {str(self.name): value}
        faults = (mismatch(name, schema, state[name], state) for name, schema in schemas.items())
        for wrong in filter(None, faults):
            raise traitlets.TraitError(f"{type(obj).__name__}: {wrong}; {_TOGETHER}")
        return value


class Number(Declared):
    """A finite number: at least `least`, above `above`, at most `most`, or `zero` all the same."""

    def __init__(
        self,
        default: float = 0.0,
        least: float | None = None,
        most: float | None = None,
        *,
        above: float | None = None,
        zero: bool = False,
        reason: str = "",
    ) -> None:
        words = {"at least": least, "above": above, "at most": most}
        asked = [f"{word} {end:,.10g}" for word, end in words.items() if end is not None]
        must = " and ".join(asked) or "finite"
        if zero:
            must = f"0, or {must}"
        if reason:
            must = f"{must}, {reason}"
        rules = {"least": least, "most": most, "above": above, "zero": zero or None}
        super().__init__(default, {"kind": "number", **_given(rules), "must": must})


class Whole(Declared):
    """A whole number from `least` to `most`, and below the length of the trait named `below`."""

    def __init__(
        self, default: int = 0, *, least: int = 0, most: int | None = None, below: str | None = None
    ) -> None:
        if most is None:
            must = f"a whole number, at least {least:,}"
        elif most - least > 2:
            must = f"a whole number from {least:,} to {most:,}"
        else:
            must = _any_of(map(str, range(least, most + 1)))
        rules = {"least": least, "most": most, "below": below}
        super().__init__(default, {"kind": "whole", **_given(rules), "must": must})


class Choice(Declared):
    """One of some names."""

    def __init__(self, among: list[str], default: str) -> None:
        must = _any_of(map(repr, among))
        super().__init__(default, {"kind": "choice", "among": among, "must": must})


class Unit(Choice):
    """Nats or bits."""

    def __init__(self) -> None:
        super().__init__(["nats", "bits"], "nats")


class Text(Declared):
    """A text, of any kind or as a regular expression has it; `must` says that in words."""

    def __init__(self, *, pattern: str | None = None, must: str | None = None) -> None:
        super().__init__("", {"kind": "text", **_given({"pattern": pattern, "must": must})})


class Record(Declared):
    """A list of as many entries as there are fields, one for each."""

    def __init__(self, **fields: Declared) -> None:
        schemas = {name: field.schema for name, field in fields.items()}
        super().__init__((), {"kind": "record", "fields": schemas})


class ListOf(Declared):
    """A list of entries of one kind, kept as a tuple: a change in place would reach no browser.

    It has from `fewest` to `most` entries, as many as the trait named `like`; or none, if `empty`.
    """

    def __init__(
        self,
        of: Declared,
        default: Any = traitlets.Undefined,
        *,
        fewest: int = 2,
        most: int | None = None,
        like: str | None = None,
        empty: bool = False,
        **more: Any,
    ) -> None:
        rules = {"fewest": fewest, "most": most, "like": like, "empty": empty or None, **more}
        super().__init__(default, {"kind": "list", "of": of.schema, **_given(rules)})


class Distribution(ListOf):
    """A distribution: numbers that are not negative and sum to 1."""

    def __init__(
        self, default: Any = traitlets.Undefined, *, fewest: int = 2, like: str | None = None
    ) -> None:
        sums = {"least": 1 - _ROUNDING, "most": 1 + _ROUNDING, "must": "1"}
        super().__init__(Number(least=0, most=1), default, fewest=fewest, like=like, sum=sums)

    def checked(self, name: str, value: Any) -> Any:
        """Return the distribution, if its sum misses 1 by no more than its precision allows.

        What a framework rounded to float32 sums to 1 in float64 once it is kept: the browser counts
        in float64, and takes a state back as it was given.
        """
        if _is_shorter(value):
            array = as_distributions(name, value)
            value = array / array.sum(dtype=np.float64)
        kept = super().checked(name, value)
        as_distributions(name, value)
        return kept


class Labels(ListOf):
    """The names of the classes, kept as a list."""

    def __init__(self, default: list[str], *, classes: int | None = None) -> None:
        super().__init__(Text(), default, fewest=classes or 2, most=classes)

    def checked(self, name: str, value: Any) -> Any:
        """Return the names."""
        return list(super().checked(name, value))


def _any_of(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}"


def _given(rules: Schema) -> Schema:
    """Return the rules that there are: what a schema does not say costs no page a byte."""
    return {name: rule for name, rule in rules.items() if rule is not None}


def schemas_of(cls: type) -> dict[str, Schema]:
    """Return the schemas of the traits that make up a class's state, in order."""
    return {
        name: trait.schema
        for base in reversed(cls.__mro__)
        for name, trait in vars(base).items()
        if isinstance(trait, Declared)
    }


# ---- What is wrong with a value. lib/schema.js says the same of what comes from outside ----


def fault(name: str, schema: Schema, value: Any) -> str | None:
    """Return what is wrong with a value by itself, or None."""
    return _FAULTS[schema["kind"]](name, schema, value)


def _refused(name: str, value: Any, must: str) -> str:
    return f"{name} is {value!r}; it must be {must}"


def _fault_of_number(name: str, schema: Schema, value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _refused(name, value, "a number")
    if not abs(value) <= sys.float_info.max:
        return _refused(name, value, "finite")
    fits = (
        schema.get("least", -math.inf) <= value <= schema.get("most", math.inf)
        and value > schema.get("above", -math.inf)
    ) or (schema.get("zero", False) and value == 0)
    return None if fits else _refused(name, value, schema["must"])


def _fault_of_whole(name: str, schema: Schema, value: Any) -> str | None:
    # 2.0 is whole too: in JSON it is not to be told from 2.
    whole = isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0
    if whole and schema["least"] <= value <= schema.get("most", math.inf):
        return None
    return _refused(name, value, schema["must"])


def _fault_of_choice(name: str, schema: Schema, value: Any) -> str | None:
    chosen = isinstance(value, str) and value in schema["among"]
    return None if chosen else _refused(name, value, schema["must"])


def _fault_of_text(name: str, schema: Schema, value: Any) -> str | None:
    if not isinstance(value, str):
        return _refused(name, value, "a text")
    fits = "pattern" not in schema or re.fullmatch(schema["pattern"], value, re.DOTALL)
    return None if fits else _refused(name, value, schema["must"])


def _fault_of_record(name: str, schema: Schema, value: Any) -> str | None:
    fields = schema["fields"]
    if not isinstance(value, list):
        return _refused(name, value, "a list")
    if len(value) != len(fields):
        return f"{name} has {len(value)} entries; it must have {len(fields)}: {', '.join(fields)}"
    faults = (
        fault(f"the {field} of {name}", fields[field], entry)
        for field, entry in zip(fields, value, strict=True)
    )
    return next(filter(None, faults), None)


def _fault_of_list(name: str, schema: Schema, value: Any) -> str | None:
    if not isinstance(value, list):
        return _refused(name, value, "a list")
    size, fewest, most = len(value), schema["fewest"], schema.get("most", math.inf)
    if size == 0:
        return None if schema.get("empty") else f"{name} is empty"
    if fewest == most != size:
        return f"{name} has {size} entries; it must have {most}"
    if size < fewest:
        return f"{name} has {size} entries; {_NUMBERS[fewest]} are the least"
    if size > most:
        return f"{name} has {size} entries; {most} are the most"
    faults = (fault(f"{name}[{i}]", schema["of"], entry) for i, entry in enumerate(value))
    return next(filter(None, faults), None)


_FAULTS = {
    "number": _fault_of_number,
    "whole": _fault_of_whole,
    "choice": _fault_of_choice,
    "text": _fault_of_text,
    "record": _fault_of_record,
    "list": _fault_of_list,
}


def mismatch(name: str, schema: Schema, value: Any, state: dict[str, Any]) -> str | None:
    """Return what is wrong with a value beside the other traits of a state, or None."""
    like, below, of = schema.get("like"), schema.get("below"), schema.get("of", {})
    if like and len(value) != len(state[like]):
        return f"{name} has {len(value)} entries and {like} has {len(state[like])}"
    if below and value >= len(state[below]):
        count = len(state[below])
        return f"{name} is {value}; with {count} {below} it must be {count - 1} at most"
    if not ("like" in of or "below" in of):
        return None
    faults = (mismatch(f"{name}[{i}]", of, entry, state) for i, entry in enumerate(value))
    return next(filter(None, faults), None)


# ---- What people set, as plain numbers and lists, and what is kept of it ----


def _plain(value: Any) -> Any:
    """Return arrays, tuples and ranges as lists, and NumPy's numbers as Python's."""
    if hasattr(value, "__array__"):
        array = np.asanyarray(value)  # what is masked becomes None, and is refused
        if array.ndim == 0:
            return array.item()
        value = (array.astype(int) if array.dtype == bool else array).tolist()
    if isinstance(value, list | tuple | range):
        return [_plain(entry) for entry in value]
    return value


def _is_shorter(value: Any) -> bool:
    """Return whether numbers are of float32 or float16."""
    numbers = value if isinstance(value, list | tuple) else [value]
    array = [hasattr(number, "__array__") and np.asarray(number).dtype for number in numbers]
    return bool(array) and all(dtype in (np.float16, np.float32) for dtype in array)


def _kept(schema: Schema, value: Any) -> Any:
    if schema["kind"] == "number":
        return float(value)
    if schema["kind"] == "whole":
        return int(value)
    if schema["kind"] == "list":
        return tuple(_kept(schema["of"], entry) for entry in value)
    if schema["kind"] == "record":
        fields = zip(schema["fields"].values(), value, strict=True)
        return tuple(_kept(field, entry) for field, entry in fields)
    return value
