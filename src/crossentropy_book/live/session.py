"""The cells of one page, run one after the other, and what each of them shows.

It runs in the page's worker, where there is no Jupyter, and in a test as well: it needs the
standard library alone. What a cell shows goes to `send` as plain dictionaries, in the order in
which it was shown; `live.js` puts them into the page.
"""

from __future__ import annotations

import ast
import base64
import builtins
import io
import json
import linecache
import re
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from types import SimpleNamespace
from typing import Any

__all__ = ["Session"]

Message = dict[str, Any]

# What an object may say of itself, the best for a page first.
_METHODS = {
    "_repr_html_": "text/html",
    "_repr_svg_": "image/svg+xml",
    "_repr_png_": "image/png",
    "_repr_latex_": "text/latex",
}

_PAUSE = 0.1  # seconds between two parts of what a cell prints
_MOST = 100_000  # characters that a cell may print; a page with more of them is slow


class _Printed(io.TextIOBase):
    """A stream that hands on what a cell prints, some lines at a time."""

    def __init__(self, name: str, send: Callable[[Message], None]) -> None:
        self._name, self._send = name, send
        self._parts: list[str] = []
        self._left, self._sent_at = _MOST, time.monotonic()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._left > 0:
            self._parts.append(text[: self._left])
            self._left -= len(text)
            if self._left <= 0:
                self._parts.append("\n... and more, which this page leaves out.\n")
            if "\n" in text and time.monotonic() - self._sent_at > _PAUSE:
                self.flush()
        return len(text)

    def flush(self) -> None:
        if self._parts:
            text = "".join(self._parts)
            self._send({"type": "stream", "name": self._name, "text": text})
            self._parts = []
            self._sent_at = time.monotonic()


class Session:
    """One namespace, as a notebook has it.

    Parameters
    ----------
    send : callable
        Gets each message: ``stream`` (what was printed), ``display`` (a bundle of what an object
        shows), ``widget`` (one with a state) or ``error`` (the cell's own lines).

    Examples
    --------
    >>> sent = []
    >>> session = Session(sent.append)
    >>> session.run("x = 6"), session.run("x * 7")
    (True, True)
    >>> sent
    [{'type': 'display', 'data': {'text/plain': '42'}}]
    """

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self._count = 0
        self._streams: list[_Printed] = []
        self.namespace: dict[str, Any] = {
            "__name__": "__main__",
            "__builtins__": builtins,
            "display": self.display,
            "In": [""],  # all that was run, as text
        }
        # What a cell gets for IPython's shell (stand_ins/IPython.py), by the names that are there.
        wire = SimpleNamespace(serialize=lambda message: [json.dumps(message).encode()])
        self.shell = self.namespace["__shell__"] = SimpleNamespace(
            user_ns=self.namespace,
            kernel=SimpleNamespace(session=wire),
            display=self.display,
            bundle=_bundle,
        )

    def tell(self, message: Message) -> None:
        """Hand on what a trait has become, by way of a function that a cell may count."""
        self.shell.kernel.session.serialize(message)
        self._send(message)

    def display(self, *values: object) -> None:
        """Show objects, as IPython's function of this name does."""
        for stream in self._streams:
            stream.flush()
        for value in values:
            self._send(_shown(value))

    def run(self, source: str) -> bool:
        """Run a cell; return whether it came to its end.

        Parameters
        ----------
        source : str
            Its code. The value of a last line that is an expression is shown, unless the line
            ends in a semicolon.
        """
        self._count += 1
        self.namespace["In"].append(source)
        name = f"<cell {self._count}>"
        # Where a traceback finds the lines of the cell.
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        printed, warned = (_Printed(stream, self._send) for stream in ("stdout", "stderr"))
        self._streams = [printed, warned]
        error: Message | None = None
        try:
            with redirect_stdout(printed), redirect_stderr(warned):
                self._execute(source, name)
                self._show_figures()
        except BaseException as problem:  # SystemExit, too: it ends a cell and not the page
            error = {"type": "error", "name": type(problem).__name__, "text": _told(problem, name)}
        for stream in self._streams:
            stream.flush()
        if error:
            self._send(error)
        return error is None

    def _execute(self, source: str, name: str) -> None:
        tree = ast.parse(source, name)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr) and not _is_silent(source):
            last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
        exec(compile(tree, name, "exec"), self.namespace)
        if last is not None:
            value = eval(compile(last, name, "eval"), self.namespace)
            if value is not None:
                self.namespace["_"] = value
                self.display(value)

    def _show_figures(self) -> None:
        """Show what matplotlib's pyplot holds open, as Jupyter does at the end of a cell."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot:
            for number in pyplot.get_fignums():
                self.display(pyplot.figure(number))
            pyplot.close("all")


def _is_silent(source: str) -> bool:
    return source.rstrip().endswith(";")


def _shown(value: object) -> Message:
    """Return the message that shows an object; one with a state says which model it is."""
    data = _bundle(value)
    model = getattr(value, "_model_id", None)
    if model and "text/html" in data:
        return {"type": "widget", "model": model, "state": value.page_state(), "data": data}  # type: ignore[attr-defined]
    return {"type": "display", "data": data}


def _bundle(value: object) -> dict[str, str]:
    """Return what an object shows, by its MIME type."""
    data: dict[str, str] = {}
    kind = type(value)
    if hasattr(kind, "_repr_mimebundle_"):
        made = value._repr_mimebundle_(include=None, exclude=None)  # type: ignore[attr-defined]
        data.update((made[0] if isinstance(made, tuple) else made) or {})
    for method, mime in _METHODS.items():
        if mime not in data and hasattr(kind, method):
            shown = getattr(value, method)()
            if shown is not None:
                data[mime] = _text(shown)
    figure = getattr(sys.modules.get("matplotlib.figure"), "Figure", None)
    if not data and figure and isinstance(value, figure):
        buffer = io.BytesIO()
        value.savefig(buffer, format="png", dpi=96, bbox_inches="tight")
        data["image/png"] = _text(buffer.getvalue())
    data.setdefault("text/plain", repr(value))
    return data


def _text(shown: str | bytes) -> str:
    return base64.b64encode(shown).decode() if isinstance(shown, bytes) else shown


def _told(problem: BaseException, name: str) -> str:
    """Return an error with the lines of cells alone, and none of the machinery below them."""
    frames = [
        frame
        for frame in traceback.extract_tb(problem.__traceback__)
        if frame.filename.startswith("<cell ")
    ]
    lines = traceback.format_list(frames) + traceback.format_exception_only(problem)
    text = "".join(lines).replace(f'File "{name}"', "This cell").replace(", in <module>", "")
    return re.sub(r'File "<cell \d+>"', "Another cell", text).rstrip()
