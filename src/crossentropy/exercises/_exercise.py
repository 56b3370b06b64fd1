"""An exercise: a reference, inputs, and the mistakes that people make.

A verdict never compares two formulas. It calls the reader's function, the reference and every
mistake on the same inputs, and compares what they return.
"""

from __future__ import annotations

import copy
import inspect
import linecache
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, ValuesView
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Case", "Exercise", "Judge", "Outcome", "Value", "Verdict", "called"]

Arguments = tuple[Any, ...]
_NO_ARGUMENTS: Sequence[Arguments] = ((),)


class Verdict(str):
    """What a check says; a notebook shows it without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the text as it is."""
        return str(self)


@dataclass(frozen=True)
class Case:
    """One input of an exercise, and what the reference and the mistakes make of it.

    Parameters
    ----------
    arguments : tuple
        What the function is called with.
    right : Outcome
        What it should return.
    mistakes : mapping of str to Outcome
        What each mistake returns.
    """

    arguments: Arguments
    right: Outcome
    mistakes: Mapping[str, Outcome]


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Whatever an answer can be held against: cases, and what counts as equal.

    Parameters
    ----------
    digits : int, optional
        How many digits after the point the text asks for, where the answer is worked out by hand.
    rtol : float, optional
        How far an answer may be off, relative to the right value; a thousandth of it, relative to
        the largest value of the same array, if that is more. An answer in float32 may be off by
        what float32 rounds away.
    compared : callable, optional
        What is compared, if it is not what the function returns: it is called with the numbers
        that the function returned, as arrays, and then with the arguments.
    pure : bool, optional
        Whether a function that changes its arguments is wrong.
    signed_zero : bool, optional
        Whether -0.0 is wrong where 0.0 is right.
    without : tuple of str, optional
        The functions, of the course or of SciPy, that an answer may not call: it is asked to do
        itself what they do.
    """

    digits: int | None = None
    rtol: float = 1e-9
    compared: Callable[..., Any] | None = None
    pure: bool = False
    signed_zero: bool = False
    without: tuple[str, ...] = ()

    def names(self) -> list[str]:
        """Return the names of the arguments."""
        raise NotImplementedError

    def cases(self) -> Sequence[Case]:
        """Return every input with what is right and what the mistakes give."""
        raise NotImplementedError

    def judge(self, answer: Any) -> Verdict:
        """Say whether an answer is right; see `crossentropy.check`."""
        cases = self.cases()
        if not callable(answer):
            if cases[0].arguments:
                return Verdict(
                    "Not yet: hand in the function itself, by its name and without parentheses."
                )
            value, answer = answer, lambda: value
        with called(self.without) as forbidden:
            given = [self.outcome(answer, case.arguments, like=case.right.value) for case in cases]
        if forbidden:
            named = " and ".join(f"`{name}`" for name in sorted(forbidden))
            said = f"your function calls {named}, and the task asks you to do without"
            return Verdict(f"Not yet: {said}.")
        wrong = [
            i for i, case in enumerate(cases) if not self._agree(given[i], case.right, case.right)
        ]
        if not wrong:
            return Verdict("Correct.")
        for words in cases[0].mistakes:
            if all(
                self._agree(outcome, case.mistakes[words], case.right)
                for outcome, case in zip(given, cases, strict=True)
            ):
                shown = f" Your answer is {_shown(given[0], cases[0])}." * (not cases[0].arguments)
                return Verdict(f"Not yet: that is what you get if you {words}.{shown}")
        return Verdict(self._difference(given, cases, wrong))

    def outcome(
        self, function: Callable[..., Any], arguments: Arguments, like: Value | None = None
    ) -> Outcome:
        """Call a function on an input; returns what came of it.

        A function that takes one number at a time is called for each entry, if `like` says that
        the answer has one for each.
        """
        outcome = self._called(function, arguments)
        read = [_read(argument).value for argument in arguments]
        arrays = [i for i, value in enumerate(read) if isinstance(value, np.ndarray) and value.ndim]
        if outcome.raised and len(arrays) == 1 and isinstance(like, np.ndarray):
            (at,) = arrays
            entries = np.asarray(arguments[at])
            if entries.shape == like.shape:
                one_by_one = self._called(
                    lambda *own: [
                        function(*own[:at], entry, *own[at + 1 :])
                        for entry in entries.ravel().tolist()
                    ],
                    arguments,
                )
                if isinstance(one_by_one.value, np.ndarray) and one_by_one.value.size == like.size:
                    value = one_by_one.value.reshape(like.shape)
                    return Outcome(value, eps=one_by_one.eps)
        return outcome

    def _called(self, function: Callable[..., Any], arguments: Arguments) -> Outcome:
        # An answer may write to what it is given, and print a warning for each zero.
        own = copy.deepcopy(arguments)
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                returned = function(*own)
                if self.pure and (changed := self._changed(own, arguments)):
                    return Outcome(fault=f"a value, but has changed `{changed}`")
                if returned is None:
                    return Outcome(fault="nothing (None): is a `return` missing?")
                if isinstance(returned, ValuesView) or (
                    isinstance(returned, Iterable) and not hasattr(returned, "__len__")
                ):
                    returned = list(returned)
                outcome = _read(returned)
                if self.compared is None or outcome.value is None:
                    return outcome
                compared = _compared(self.compared, outcome.value, arguments)
                return replace(compared, eps=outcome.eps, own=outcome.value)
        except (Exception, SystemExit) as error:
            return Outcome(raised=type(error).__name__, fault=_where(error, function))

    def _changed(self, own: Arguments, arguments: Arguments) -> str | None:
        pairs = zip(self.names(), own, arguments, strict=False)
        return next((name for name, is_now, was in pairs if not _same(is_now, was)), None)

    def _agree(self, given: Outcome, wanted: Outcome, right: Outcome) -> bool:
        if given.value is None or wanted.value is None:
            return given.raised == wanted.raised and given.value is None and wanted.value is None
        if not _close(given.value, wanted.value, right.value, self._tolerance(given)):
            return False
        return not self.signed_zero or _same_zeros(given.value, wanted.value)

    def _tolerance(self, given: Outcome) -> Callable[[NDArray[Any], float], NDArray[Any] | float]:
        digits = self.digits
        if digits is not None:
            # Half of the last digit, and a little for a half that floating point cannot hold.
            return lambda wanted, scale: 0.5 * 10.0**-digits * (1 + 1e-6)
        rtol, atol = max(self.rtol, 64 * given.eps), max(1e-3 * self.rtol, 8 * given.eps)
        return lambda wanted, scale: np.maximum(rtol * np.abs(wanted), atol * scale)

    def _difference(
        self, given: Sequence[Outcome], cases: Sequence[Case], wrong: Sequence[int]
    ) -> str:
        first = wrong[0]
        outcome, case = given[first], cases[first]
        if not case.arguments:
            if outcome.raised:
                return _stopped(f"Not yet: it raised {outcome.fault}")
            text = _stopped(f"Not yet: your answer is {_shown(outcome, case)}")
            return text + self._too_few_digits(outcome, case.right)
        place = f"for {_called_with(self.names(), case.arguments)}"
        does = "raised" if outcome.raised else "returns"
        score = ""
        if len(wrong) < len(cases):
            score = f" It is right for {len(cases) - len(wrong)} of {len(cases)} inputs."
        said = f"Not yet: {place} your function {does} {_shown(outcome, case)}"
        return f"{_stopped(said)}{score}"

    def _too_few_digits(self, given: Outcome, right: Outcome) -> str:
        if self.digits is None or given.value is None or right.value is None:
            return ""
        for digits in range(1, self.digits):
            coarse = 0.5 * 10.0**-digits * (1 + 1e-6)
            if _close(given.value, right.value, right.value, lambda *_, unit=coarse: unit):
                return (
                    f" That is right as far as it goes; give {self.digits} digits after the point."
                )
        return ""


@dataclass(frozen=True)
class Exercise(Judge):
    """What an answer is held against: a reference, mistakes and inputs.

    Parameters
    ----------
    reference : callable
        Returns what is right: a number, an array, or a tuple of them.
    mistakes : mapping of str to callable
        Functions like the reference, each wrong in a way that people are. The key completes the
        sentence "that is what you get if you ...". The first one that agrees with an answer on all
        inputs is named.
    inputs : sequence of tuples, optional
        The arguments of each call. An exercise without them asks for a number, or for a function
        that takes nothing.
    digits, rtol, compared, pure, signed_zero, without
        See `Judge`.
    """

    reference: Callable[..., Any]
    mistakes: Mapping[str, Callable[..., Any]]
    inputs: Sequence[Arguments] = field(default=_NO_ARGUMENTS)

    def names(self) -> list[str]:
        """Return the names of the arguments, those of the reference."""
        return [*inspect.signature(self.reference).parameters]

    def cases(self) -> list[Case]:
        """Return every input with what is right and what the mistakes give."""
        return [
            Case(
                arguments,
                self.outcome(self.reference, arguments),
                {words: self.outcome(wrong, arguments) for words, wrong in self.mistakes.items()},
            )
            for arguments in self.inputs
        ]


Value = NDArray[Any] | tuple[Any, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of a call: a value, or what stood in its place.

    `value` is an array of float64, or a tuple of values; `eps` is what the coarsest floating-point
    type in it rounds away; `fault` says what came in place of a number, and `raised` names the
    exception; `own` is what was returned, where something else is compared.
    """

    value: Value | None = None
    fault: str = ""
    raised: str = ""
    eps: float = float(np.finfo(np.float64).eps)
    own: Value | None = None


@contextmanager
def called(names: Sequence[str]) -> Iterator[set[str]]:
    """Yield a set, to which those of some functions of the course or of SciPy are added that run.

    What runs is looked at, so that it does not matter by which name it is called.
    """
    found: set[str] = set()
    if not names:
        yield found
        return

    def look(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_code.co_name
        if event == "call" and name in names:
            package = str(frame.f_globals.get("__name__")).partition(".")[0]
            if package in ("crossentropy", "scipy"):
                found.add(name)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(before)


def _compared(function: Callable[..., Any], value: Value, arguments: Arguments) -> Outcome:
    """Return what is compared of an answer: nothing, if it is not of the form that is asked for."""
    try:
        return _read(function(value, *copy.deepcopy(arguments)))
    except Exception:
        return Outcome()


def _read(returned: Any) -> Outcome:
    """Read what a function returned as numbers, in whatever form they come."""
    try:
        array = np.asarray(returned)
    except ValueError:  # rows of different lengths
        array = np.empty(0, dtype=object)
    plain = array.dtype.kind in "biuf"
    if array.dtype.kind == "O" and array.size:
        # Fractions and decimals are numbers; None would become nan, and text what it says.
        plain = not any(isinstance(entry, str | bytes) or entry is None for entry in array.flat)
    if np.ma.is_masked(returned):
        return Outcome(fault="an array with masked entries")
    if array.dtype == np.float16:
        return Outcome(fault="numbers in float16, which holds three digits of them")
    if plain:
        try:
            eps = np.finfo(array.dtype).eps if array.dtype.kind == "f" else 0.0
            return Outcome(array.astype(np.float64), eps=max(float(eps), Outcome.eps))
        except (TypeError, ValueError, OverflowError):
            pass
    if isinstance(returned, list | tuple) and returned:
        parts = [_read(part) for part in returned]
        if all(part.value is not None for part in parts):
            value = tuple(part.value for part in parts)
            return Outcome(value, eps=max(part.eps for part in parts))
    return Outcome(fault=f"{_short(repr(returned))}, which is no number")


def _close(
    given: Value,
    wanted: Value,
    right: Value | None,
    tolerance: Callable[[NDArray[Any], float], NDArray[Any] | float],
) -> bool:
    """Return whether two values are equal, up to a tolerance in the scale of what is right."""
    if isinstance(wanted, tuple):
        rights = right if isinstance(right, tuple) and len(right) == len(wanted) else wanted
        single = isinstance(given, np.ndarray) and given.ndim == 0
        parts = () if single else tuple(given)
        return len(parts) == len(wanted) and all(
            _close(one, other, third, tolerance)
            for one, other, third in zip(parts, wanted, rights, strict=True)
        )
    if isinstance(given, tuple):
        return False
    if wanted.ndim == 0 and given.size == 1:
        given = given.reshape(())
    if given.shape != wanted.shape:
        return False
    finite = np.abs(np.asarray(wanted if right is None or isinstance(right, tuple) else right))
    scale = max(1.0, float(np.max(finite, initial=0.0, where=np.isfinite(finite))))
    with np.errstate(invalid="ignore"):
        near = np.abs(given - wanted) <= tolerance(wanted, scale)
    same = (given == wanted) | (np.isnan(given) & np.isnan(wanted))
    return bool(np.all(same | (near & np.isfinite(wanted))))


def _same_zeros(given: Value, wanted: Value) -> bool:
    """Return whether equal numbers have the same sign where they are zero."""
    same = np.signbit(np.asarray(given)) == np.signbit(np.asarray(wanted))
    return bool(np.all(same | (np.asarray(wanted) != 0)))


def _where(error: BaseException, function: Callable[..., Any]) -> str:
    """Return what was raised, and the line of the answer in which it happened."""
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    code = getattr(function, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
    if not own:
        return _short(text)
    line = linecache.getline(own[-1].filename, own[-1].lineno or 0).strip()
    return f"{_short(text)}, in the line `{line}`" if line else _short(text)


def _shown(outcome: Outcome, case: Case) -> str:
    """Return an outcome in words, with enough digits to tell it from what is right."""
    value = outcome.value if outcome.own is None else outcome.own
    if value is None:
        return outcome.fault
    if isinstance(value, tuple):
        return _short(", ".join(str(part) for part in value))
    if outcome.own is not None:
        return _numbers(value, 6)
    right = case.right.value
    if isinstance(right, np.ndarray) and right.shape != value.shape:
        return f"an array of shape {value.shape}; it should have shape {right.shape}"
    for digits in range(4, 18):
        shown = _numbers(value, digits)
        if not isinstance(right, np.ndarray) or shown != _numbers(right, digits):
            break
    return shown


def _numbers(value: NDArray[Any], digits: int) -> str:
    if value.size > 24:
        return f"an array of shape {value.shape} that begins with {value.flat[0]:.{digits}g}"
    if value.ndim == 0:
        return f"{value:.{digits}g}"
    return "[" + ", ".join(_numbers(part, digits) for part in value) + "]"


def _same(one: Any, other: Any) -> bool:
    if isinstance(other, np.ndarray):
        return np.array_equal(one, other, equal_nan=other.dtype.kind == "f")
    return not isinstance(other, list | dict) or bool(one == other)


def _called_with(names: Sequence[str], arguments: Arguments) -> str:
    return ", ".join(
        f"{name} = {_argument(argument)}" for name, argument in zip(names, arguments, strict=False)
    )


def _argument(argument: Any) -> str:
    if callable(argument):
        return getattr(argument, "__name__", "a function")
    outcome = _read(argument)
    if isinstance(outcome.value, np.ndarray):
        return _numbers(outcome.value, 6)
    return _short(repr(argument))


def _stopped(text: str) -> str:
    return text if text.endswith(("?", ".")) else f"{text}."


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:77]}..."
