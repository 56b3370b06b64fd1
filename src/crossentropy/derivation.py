"""Derivations that check themselves: every line has a number, and every line keeps its promise."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crossentropy._validation import as_array

__all__ = ["Derivation", "DerivationError"]

Value = NDArray[np.float64]


class DerivationError(AssertionError):
    """Two neighbouring lines of a derivation are not related as the second one claims."""


def _close(a: Value, b: Value, rtol: float) -> NDArray[np.bool_]:
    # The absolute part lets a sum that cancels to zero equal zero. Infinities equal themselves.
    return np.isclose(a, b, rtol=rtol, atol=rtol)


_HOLDS: dict[str, Callable[[Value, Value, float], NDArray[np.bool_]]] = {
    "=": _close,
    r"\le": lambda a, b, rtol: (a <= b) | _close(a, b, rtol),
    r"\ge": lambda a, b, rtol: (a >= b) | _close(a, b, rtol),
    "<": lambda a, b, rtol: a < b,
    ">": lambda a, b, rtol: a > b,
}
# A LaTeX command ends where its letters do, so that \le is not read into \left.
_LEADING_RELATION = re.compile(r"\s*(\\le|\\ge|<|>|=)(?![A-Za-z])")


def _as_real(name: str, value: ArrayLike) -> Value:
    array = as_array(name, value)
    try:
        if array.dtype.kind in "biufO":  # fractions and decimals are numbers, too
            return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError(f"{name} has dtype {array.dtype}; it must be real numbers")


class _Step(NamedTuple):
    latex: str
    value: Value
    because: str


class Derivation:
    r"""A chain of equations or inequalities, each line evaluated and held against the one above.

    The relation is read off the LaTeX of each line: a line that starts with ``=``, ``\le``,
    ``\ge``, ``<`` or ``>`` must stand in that relation to the line before it. A line that starts
    with anything else must equal it.

    Lines are checked as they are added, not when the table is drawn: Jupyter prints an exception
    raised while an object is displayed and carries on, so a broken derivation would otherwise
    not stop the notebook.

    Parameters
    ----------
    title : str
        The caption of the table.
    unit : str, optional
        The unit of the values, such as ``"nats"`` or ``"bits"``; shown in the table's head.
    rtol : float, optional
        How far two lines that claim to be equal may be apart, relative to the larger of the
        value and one. The default leaves room for rounding and for nothing else.

    Raises
    ------
    DerivationError
        From `step`, if the new line does not keep its promise, or is not a number.
    ValueError
        If `rtol` is not from 0 to below 1.

    Examples
    --------
    >>> Derivation("A square").step("(1 + 2)^2", 9).step("= 1 + 4 + 4", lambda: 1 + 4 + 4)
    A square
      (1 + 2)^2    9
      = 1 + 4 + 4  9
    >>> Derivation("A slip").step("9", 9).step("= 1 + 4", 1 + 4)
    Traceback (most recent call last):
        ...
    crossentropy.derivation.DerivationError: A slip, step 2: '= 1 + 4' is 5, but the line before
    it, '9', is 9
    """

    def __init__(self, title: str, *, unit: str | None = None, rtol: float = 1e-9) -> None:
        if not 0 <= rtol < 1:
            raise ValueError(f"rtol is {rtol!r}; it must be at least 0 and below 1")
        self.title = title
        self.unit = unit
        self.rtol = rtol
        self._steps: list[_Step] = []

    def step(
        self, latex: str, value: ArrayLike | Callable[[], ArrayLike], because: str = ""
    ) -> Self:
        r"""Add a line.

        Parameters
        ----------
        latex : str
            What the line says. Its leading relation decides how it is held against the line
            before it.
        value : array_like or callable
            The line's number (or vector, or matrix), or a function of nothing that computes it.
        because : str, optional
            Why the line follows from the one before; ``$...$`` is typeset.

        Returns
        -------
        Derivation
            The same object, so that steps chain.

        Raises
        ------
        DerivationError
            If the value is NaN, or not related to the line before as `latex` claims.
        ValueError
            If the value is no array of real numbers, is empty, or has masked entries.
        """
        step = f"{self.title}, step {len(self._steps) + 1}:"
        number = _as_real(f"{step} the value of {latex!r}", value() if callable(value) else value)
        where = f"{step} {latex!r} is {_text(number)}"
        if np.isnan(number).any():
            raise DerivationError(f"{where}, which is not a number")
        if self._steps:
            before = self._steps[-1]
            if before.value.shape != number.shape:
                raise DerivationError(
                    f"{where} of shape {number.shape}, but the line before it has shape "
                    f"{before.value.shape}"
                )
            if not _HOLDS[_relation(latex) or "="](before.value, number, self.rtol).all():
                raise DerivationError(
                    f"{where}, but the line before it, {before.latex!r}, is {_text(before.value)}"
                )
        self._steps.append(_Step(latex, number, because))
        return self

    @property
    def values(self) -> list[Value]:
        """The number of each line, in order."""
        return [step.value for step in self._steps]

    def __repr__(self) -> str:
        width = max((len(step.latex) for step in self._steps), default=0)
        lines = [
            f"  {step.latex:<{width}}  {_text(step.value)}"
            + (f"  ({step.because})" if step.because else "")
            for step in self._steps
        ]
        return "\n".join([self.title, *lines])

    def _repr_html_(self) -> str | None:
        if find_spec("math_core") is None:
            return None  # without the extra `notebook`, a front end shows the LaTeX or the text
        unit = f" ({html.escape(self.unit)})" if self.unit else ""
        rows = "".join(
            f'<tr><td class="line">{_line(step.latex)}</td>'
            f'<td class="because">{typeset(step.because)}</td>'
            f'<td class="value">{_unbroken(step.value)}</td></tr>'
            for step in self._steps
        )
        return (
            f'<table class="derivation"><caption>{typeset(self.title)}</caption>'
            '<thead><tr><th scope="col">Line</th><th scope="col">Because</th>'
            f'<th scope="col">Value{unit}</th></tr></thead><tbody>{rows}</tbody></table>'
        )

    def _repr_latex_(self) -> str:
        rows = [
            rf"{_aligned(step.latex)} && {_latex_text(step.because)} && {_latex(step.value)}"
            for step in self._steps
        ]
        return r"$$\begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}$$"


def _to_mathml(latex: str, *, display: bool = False) -> str:
    # The converter is in the extra `notebook`, and is loaded when a table is shown.
    from crossentropy._mathml import to_mathml

    return to_mathml(latex, display=display)


def _line(latex: str) -> str:
    # The formula is set as large as a displayed one, but not centred in its cell as that would be.
    return _to_mathml(latex, display=True).replace('display="block"', 'displaystyle="true"', 1)


def _relation(latex: str) -> str | None:
    match = _LEADING_RELATION.match(latex)
    return match[1] if match else None


def _aligned(latex: str) -> str:
    return f"&{latex}" if _relation(latex) else f"{latex} &"


def _scalar(number: float) -> str:
    """Show a number with as many digits as a reader compares: four after the point."""
    if not np.isfinite(number):
        return {np.inf: "∞", -np.inf: "−∞"}.get(number, "NaN")
    if number.is_integer() and abs(number) < 1e6:
        return str(int(number)).replace("-", "−")
    if not 1e-3 <= abs(number) < 1e6:
        mantissa, exponent = f"{number:.3e}".split("e")
        power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{mantissa} × 10{power}".replace("-", "−")
    return (f"{number:.4f}" if abs(number) >= 0.01 else f"{number:.4g}").replace("-", "−")


def _text(value: Value) -> str:
    if value.ndim == 0:
        return _scalar(float(value))
    return "(" + ", ".join(_text(part) for part in value) + ")"


def _unbroken(value: Value) -> str:
    # The browser may break a table's line after a number, not inside it, around its ×.
    return _text(value).replace(" × ", "\u00a0×\u00a0")


def _latex(value: Value) -> str:
    text = _text(value).replace("∞", r"\infty ").replace("−", "-").replace("×", r"\times ")
    powers = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda digits: f"^{{{digits[0].translate(powers)}}}", text)


def _latex_text(text: str) -> str:
    r"""Return a text as LaTeX within a formula; only what is no formula goes into \text."""
    return "".join(
        part if is_formula else rf"\text{{{part}}}" for part, is_formula in _parts(text) if part
    )


def typeset(text: str) -> str:
    """Return a text as markup, its formulas, which stand between dollar signs, as MathML."""
    return "".join(
        _to_mathml(part) if is_formula else html.escape(part, quote=False)
        for part, is_formula in _parts(text)
    )


def _parts(text: str) -> list[tuple[str, bool]]:
    """Return the parts of a text, and whether each is a formula."""
    return [(part, i % 2 == 1) for i, part in enumerate(re.split(r"\$(.+?)\$", text))]
