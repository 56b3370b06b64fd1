"""The base of every explorable: an ipywidget that is alive without a kernel too."""

from __future__ import annotations

import html
import inspect
import json
import math
import operator
import re
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import anywidget
import numpy as np
import traitlets

from crossentropy._validation import as_distributions, as_floats, reject
from crossentropy.widgets._modules import HERE, compose

__all__ = [
    "ANIMALS",
    "TOGETHER",
    "Checked",
    "Distribution",
    "Explorable",
    "Labels",
    "Live",
    "Number",
    "Numbers",
    "Unit",
    "Whole",
    "as_whole",
]

# The classes of the course's running example.
ANIMALS = ["cat", "dog", "fox"]
TOGETHER = "to change both, set them under 'with widget.hold_trait_notifications():'"

Kept = TypeVar("Kept")


class Number(traitlets.Float[float, Any]):
    """A finite number from `least` to `most`, or above `above`."""

    def __init__(
        self,
        default: float,
        least: float = -math.inf,
        most: float = math.inf,
        above: float = -math.inf,
    ) -> None:
        super().__init__(default)
        self._ends = least, most, above

    def validate(self, obj: Any, value: Any) -> float:
        """Return the number, or say what is wrong with it."""
        number: float = super().validate(obj, value)
        least, most, above = self._ends
        if not (math.isfinite(number) and least <= number <= most and number > above):
            asked = [f"at least {least:g}"] * (least > -math.inf)
            asked += [f"above {above:g}"] * (above > -math.inf)
            asked += [f"at most {most:g}"] * (most < math.inf)
            raise traitlets.TraitError(
                f"{type(obj).__name__}: {self.name} is {number}; "
                f"it must be {' and '.join(asked) or 'finite'}"
            )
        return number


class Checked(traitlets.TraitType[Kept, Any], Generic[Kept]):
    """A trait that `_checked` turns into what is kept, or refuses with a ValueError."""

    def validate(self, obj: traitlets.HasTraits, value: Any) -> Kept:
        """Return what is kept, or say whose value is wrong and why."""
        try:
            return self._checked(value)
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(f"{type(obj).__name__}: {error}") from None

    def _checked(self, value: Any) -> Kept:
        raise NotImplementedError


class Whole(Checked[int]):
    """A whole number from `least` to `most`."""

    def __init__(self, default: int, most: int, least: int = 0) -> None:
        super().__init__(default)
        self._ends = least, most

    def _checked(self, value: Any) -> int:
        return as_whole(str(self.name), value, *self._ends)


def as_whole(name: str, value: Any, least: int, most: int) -> int:
    """Return a whole number from `least` to `most` as an int; a bool is none."""
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if not least <= number <= most:
        raise ValueError(
            f"{name} is {value!r}; it must be a whole number from {least:,} to {most:,}"
        )
    return number


class Numbers(Checked[tuple[float, ...]]):
    """A vector of finite numbers, kept as a tuple: a change in place would reach no browser."""

    info_text = "a vector of finite numbers"

    def _checked(self, value: Any) -> tuple[float, ...]:
        name = str(self.name)
        array = as_floats(name, value)
        if array.ndim != 1:
            raise ValueError(f"{name} has shape {array.shape}; it must be a vector")
        finite = np.isfinite(array)
        if not finite.all():
            reject(name, array, ~finite, "it must be finite")
        if len(array) < 2:
            raise ValueError(f"{name} has {len(array)} entries; two are the least")
        return tuple(array.astype(float).tolist())


class Distribution(Numbers):
    """A distribution: a vector of numbers that are not negative and sum to 1."""

    info_text = "a distribution over two or more classes"

    def _checked(self, value: Any) -> tuple[float, ...]:
        as_distributions(str(self.name), value)
        return super()._checked(value)


class Labels(traitlets.List[str]):
    """The names of the classes."""

    def __init__(self, default: list[str]) -> None:
        super().__init__(traitlets.Unicode(), default, minlen=2)


class Unit(traitlets.Enum[str]):
    """Nats or bits."""

    def __init__(self) -> None:
        super().__init__(["nats", "bits"], "nats")


class Live(anywidget.AnyWidget):
    """A widget that is alive in Jupyter, and in the built book without a kernel.

    A subclass ``Name`` in ``name.py`` has its front end in ``name.js`` beside it; one in a
    notebook has it in ``_esm``, as every anywidget may. The same module runs in Jupyter, where the
    traits follow the page and the page the traits, and in the built book, where there is no kernel
    and the page holds the state. It draws the static picture too, for print and for pages without
    scripts: besides ``render`` it exports ``describe``, which says in words what the picture of a
    state shows.
    """

    _css = (HERE / "explorable.css").read_text("utf-8")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # add_traits makes a subclass of the instance's own, which brings its module along.
        # A class made in a notebook has no file, and its module with it.
        if "_esm" not in vars(cls) and cls.__module__ != "__main__":
            front_end = Path(inspect.getfile(cls)).with_suffix(".js")
            if front_end.exists():
                cls._esm = compose(front_end)
        super().__init_subclass__(**kwargs)

    def to_html(self) -> str:
        """Return the mount point of the built book: a figure that holds the state and the module.

        Nothing else would bring the page a module that was written in a notebook. The book's
        extension adds the static picture.
        """
        if not re.search(r"\bdescribe\b", str(self._esm)):
            # Not a NotImplementedError: IPython takes that for "no such display", and says nothing.
            raise TypeError(
                f"{type(self).__name__} does not describe its picture: the module of a Live widget "
                "exports describe(state), for whoever does not see it. anywidget.AnyWidget does "
                "without."
            )
        return (
            f'<figure class="explorable" data-explorable="{type(self).__name__}">'
            f"{_as_script(self._state())}{_as_script(str(self._esm))}</figure>"
        )

    def _state(self) -> dict[str, Any]:
        """Return the traits that the front end reads."""
        own = set(anywidget.AnyWidget.class_trait_names())
        return {
            name: getattr(self, name)
            for name in sorted(self.trait_names(sync=True))
            if name not in own and not name.startswith("_")
        }

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:  # ipywidgets is not to be displayed here
            return None
        data, metadata = bundle
        # The built book prefers text/html; Jupyter prefers the live widget.
        return {**data, "text/html": self.to_html()}, metadata


class Explorable(Live):
    """An interactive picture whose front end does its own arithmetic.

    Attributes
    ----------
    prompt : str
        The line above the picture: what to do.
    presets : dict
        Named states to choose from.
    heights : list of int
        Height in pixels on a wide and on a narrow page, there before the picture is, so that
        nothing moves when it arrives.
    stages : list of int
        The same for the picture alone, which the words around it never take from. Both are for
        text of the usual size, and grow with a reader's.
    """

    prompt = traitlets.Unicode().tag(sync=True)
    presets = traitlets.Dict().tag(sync=True)
    heights = traitlets.List(traitlets.Int(), [560, 680]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [280, 320]).tag(sync=True)

    # Names of the traits of one length: the classes of an explorable.
    _per_class: ClassVar[tuple[str, ...]] = ()

    @traitlets.validate("p", "q", "labels", "lengths", "logits")
    def _validate_lengths(self, proposal: dict[str, Any]) -> Any:
        name = proposal["trait"].name
        for other in self._per_class:
            length, wanted = len(proposal["value"]), len(getattr(self, other))
            if name in self._per_class and length != wanted:
                raise traitlets.TraitError(
                    f"{type(self).__name__}: {name} has {length} classes and {other} has "
                    f"{wanted}; {TOGETHER}"
                )
        return proposal["value"]

    def to_html(self) -> str:
        """Return the mount point of the built book, with the state in it."""
        wide, narrow = (height / 16 for height in self.heights)
        return (
            f'<figure class="explorable" data-explorable="{type(self).__name__}" '
            f'style="--ce-height:{wide:g}rem;--ce-height-narrow:{narrow:g}rem">'
            f'<figcaption class="prompt">{html.escape(self.prompt)}</figcaption>'
            f"{_as_script(self._state())}</figure>"
        )


def _as_script(value: Any) -> str:
    """Return data for a page's scripts; "</" would end the element early."""
    text = json.dumps(value, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/json">{text}</script>'
