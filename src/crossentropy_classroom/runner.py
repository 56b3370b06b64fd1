"""The program inside the sandbox: it runs a notebook's cells, then answers questions about them.

It is given the cells and the limits, runs the cells in order, says what happened in each, and only
then is handed the questions: calls of the notebook's functions, or names of its variables. Each
answer goes out as plain bytes. Everything here is in the student's hands once the first cell runs,
so nothing here decides anything: who reads the answers judges them.

A message is the length of its header (four bytes, the highest first), a header in JSON, and as many
bytes as the header's ``bytes`` says.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import io
import json
import os
import pickle
import re
import resource
import signal
import sys
import time
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# Magics that do nothing here: there is no front end to draw in.
IGNORED_MAGIC = re.compile(r"^([ \t]*)%(?:matplotlib|config)\b.*$", re.MULTILINE)

# Commands that install packages, with the lines that they go on for. There is no network, and they
# would try it for minutes.
INSTALL = re.compile(
    r"""^([ \t]*)
        (?: [%!]+[ \t]*(?:sudo[ ]+)?(?:(?:\{sys\.executable\}|\S*python[\d.]*)[ ]+-m[ ]+)?(?:\S*/)?
            (pip[\d.]*|conda|mamba|micromamba|uv|apt|apt-get)\b
          | (pip|conda)[ ]+install\b )
        (?:.*\\\n)*.*$""",
    re.MULTILINE | re.VERBOSE,
)


class TooSlow(BaseException):
    """A cell or an answer took longer than it may. No ``except Exception`` swallows it."""


class Tail(io.TextIOBase):
    """A stream that keeps the last characters written to it, however many there were."""

    def __init__(self, size: int) -> None:
        self.size, self.text, self.cut = size, "", False

    def writable(self) -> bool:
        """Return True: it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Take the text, and forget what came too long before it."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.text += text[-self.size :]
        if len(self.text) > 2 * self.size or len(text) > self.size:
            self.text, self.cut = self.text[-self.size :], True
        return len(text)

    def take(self) -> str:
        """Return what was kept, and begin anew."""
        cut = self.cut or len(self.text) > self.size
        text, self.text, self.cut = self.text[-self.size :], "", False
        return f"[...] {text}" if cut else text


class Notebook:
    """The namespace that the cells share, and how a cell runs in it."""

    def __init__(self, limits: dict[str, Any], output: Tail) -> None:
        self.limits, self.output = limits, output
        self.module = types.ModuleType("__main__")
        sys.modules["__main__"] = self.module
        self.shell: Any = None
        vars(builtins)["get_ipython"] = self.ipython
        vars(builtins)["display"] = display

    def ipython(self) -> Any:
        """Return IPython's shell over the same namespace. Few notebooks need it; it is slow."""
        if self.shell is None:
            from IPython.core.interactiveshell import InteractiveShell
            from traitlets.config import Config

            quiet = Config(
                HistoryManager={"enabled": False}, InteractiveShell={"colors": "nocolor"}
            )
            self.shell = InteractiveShell.instance(
                config=quiet, user_module=self.module, user_ns=vars(self.module)
            )
            # Its tracebacks show where the teacher keeps things; `describe` says what was raised.
            self.shell._showtraceback = lambda *_: None
        return self.shell

    def run(self, position: int, source: str) -> dict[str, Any]:
        """Run one cell, and say what it printed, which error it ended with and how long it took."""
        start, before = time.monotonic(), set(sys.modules)
        raised: BaseException | None = None
        try:
            with at_most(self.limits["cell"], "the cell"):
                raised = self._execute(without_installs(source), f"cell {position}")
        except BaseException as problem:
            raised = problem
        if raised is not None and not isinstance(raised, Exception):
            forget_half_imported(raised, before)
        return {
            "output": self.output.take(),
            "error": "" if raised is None else describe(raised),
            "seconds": round(time.monotonic() - start, 3),
        }

    def _execute(self, source: str, name: str) -> BaseException | None:
        """Run a source; return what IPython has caught, for it catches everything."""
        try:
            tree = ast.parse(source, name)
        except SyntaxError:
            tree = None
        if tree is None:  # it may be a magic or a command of the shell, which IPython runs
            result = self.ipython().run_cell(source)
            caught: BaseException | None = result.error_before_exec or result.error_in_exec
            return caught
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), vars(self.module))
        if isinstance(last, ast.Expr):
            expression = compile(ast.Expression(last.value), name, "eval")
            value = eval(expression, vars(self.module))
            if value is not None and not source.rstrip().endswith(";"):
                print(repr(value))
        return None

    def answer(
        self, name: str, arguments: tuple[Any, ...] | None, without: tuple[str, ...] = ()
    ) -> tuple[dict[str, Any], bytes]:
        """Return an answer as a header and its bytes."""
        try:
            with at_most(self.limits["answer"], "the answer"):
                if not hasattr(self.module, name):
                    return {"problem": "missing"}, b""
                array, problem = answered(getattr(self.module, name), arguments, without)
                if array is None or array.nbytes > self.limits["reply"]:
                    return problem or {"problem": "large"}, b""
                return {"dtype": array.dtype.str, "shape": list(array.shape)}, array.tobytes()
        except TooSlow:
            return {"problem": "slow"}, b""
        except BaseException as raised:
            return {"problem": "raised", "name": type(raised).__name__}, b""


def answered(
    value: Any, arguments: tuple[Any, ...] | None, without: tuple[str, ...] = ()
) -> tuple[Any, dict[str, Any]]:
    """Return an answer as an array of numbers, read as `crossentropy.check` reads it.

    Where there is none, the second says why, as the header of a message does. There is none where
    one of the functions was called that `without` names. An answer in single precision stays in it:
    it is held against what is right as such.
    """
    import numpy as np

    from crossentropy.exercises._exercise import Judge, called

    function = value if callable(value) else lambda *_: value
    own = arguments or ()
    arrays = [each for each in own if isinstance(each, np.ndarray) and each.ndim]
    like = arrays[0] if len(arrays) == 1 and arrays[0].dtype.kind in "biuf" else None
    with called(without) as forbidden:
        outcome = Judge().outcome(function, own, like)
    if forbidden:
        return None, {"problem": "forbidden"}
    if outcome.raised:
        return None, {"problem": "raised", "name": outcome.raised}
    if not isinstance(outcome.value, np.ndarray):
        return None, {"problem": "type"}
    single = outcome.eps >= np.finfo(np.float32).eps
    return outcome.value.astype(np.float32) if single else outcome.value, {}


def without_installs(source: str) -> str:
    """Return a source whose commands that install packages only say that they did nothing."""
    source = IGNORED_MAGIC.sub(r"\1pass", source)

    def said(found: re.Match[str]) -> str:
        name = found[2] or found[3]
        words = f"{name} did nothing: where this is graded, no package can be installed."
        return f"{found[1]}print({words!r})"

    return INSTALL.sub(said, source)


def forget_half_imported(raised: BaseException, before: set[str]) -> None:
    """Forget the packages whose import was broken off, so that they are imported afresh.

    Python forgets the module that it was executing. What that had imported of its own package
    stays, and meets itself when the package is imported again.
    """
    trace, broken = raised.__traceback__, set()
    while trace is not None:
        frame = trace.tb_frame
        name = frame.f_globals.get("__name__")
        if frame.f_code.co_name == "<module>" and isinstance(name, str) and name != "__main__":
            broken.add(name.partition(".")[0])
        trace = trace.tb_next
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in broken:
            del sys.modules[name]


def display(*values: Any, **_: Any) -> None:
    """Print values: what is left of IPython's ``display`` where nobody looks."""
    print(*map(repr, values), sep="\n")


def describe(raised: BaseException) -> str:
    """Return the error's name and message, and the line of the cell it comes from."""
    try:
        text = "".join(traceback.format_exception_only(raised)).strip()[:1000]
        if isinstance(raised, SyntaxError):  # its text begins with the line, and not with its name
            return f"{type(raised).__name__}: {raised.msg} (line {raised.lineno})"[:1000]
        # A recursion without end has a million frames.
        trace, place = raised.__traceback__, ""
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_filename.startswith("cell "):
                place = f" ({code.co_name}, line {trace.tb_lineno})"
            trace = trace.tb_next
        return text + place
    except BaseException:  # the error's own __str__ raised
        return str(type.__getattribute__(type(raised), "__name__"))[:200]


@contextmanager
def at_most(seconds: float, what: str) -> Iterator[None]:
    """Interrupt what takes longer by the processor, or twice as long by the clock.

    On a busy machine the same answer is interrupted for the same reason.
    """

    def interrupt(*_: object) -> None:
        raise TooSlow(f"{what} took longer than {seconds:g} s")

    signal.signal(signal.SIGPROF, interrupt)
    signal.signal(signal.SIGALRM, interrupt)
    # They ring every half second: a bare except in the cell would swallow a single TooSlow.
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.5)
    signal.setitimer(signal.ITIMER_REAL, 2 * seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def limit(limits: dict[str, Any]) -> None:
    """Take on the limits. None of them can be raised again."""
    cpu = int(limits["cpu"]) or 1
    for name, amount in {
        "RLIMIT_CPU": cpu,
        "RLIMIT_AS": limits["memory"],
        "RLIMIT_FSIZE": limits["disk"],
        "RLIMIT_NPROC": limits["processes"],
        "RLIMIT_NOFILE": 128,
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
    }.items():
        kind = getattr(resource, name)
        most = resource.getrlimit(kind)[1]
        # At the soft limit of processor time SIGXCPU ends the process, and the grader sees why; one
        # second later, at the hard limit, SIGKILL does.
        hard = amount + 1 if name == "RLIMIT_CPU" else amount
        if most != resource.RLIM_INFINITY:
            hard = min(hard, most)
        resource.setrlimit(kind, (min(amount, hard), hard))


def channel() -> tuple[Callable[[], bytes], Callable[..., None]]:
    """Return how to hear and how to say; the standard streams lead nowhere from now on."""
    questions, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    owner = os.getpid()

    def hear() -> bytes:
        data = b""
        size = 4
        while len(data) < size:
            data += os.read(questions, size - len(data)) or sys.exit("nobody asks any more")
            if size == len(data) == 4:
                size += int.from_bytes(data, "big")
        return data[4:]

    def say(header: dict[str, Any], payload: bytes = b"") -> None:
        if os.getpid() != owner:  # a cell forked, and this process is the child
            os._exit(0)
        head = json.dumps({**header, "bytes": len(payload)}).encode()
        data = memoryview(len(head).to_bytes(4, "big") + head + payload)
        while data:
            data = data[os.write(answers, data) :]

    return hear, say


def main() -> None:
    """Run the cells, then answer the questions."""
    hear, say = channel()
    owner = os.getpid()
    task = json.loads(hear())
    limit(task["limits"])
    # plt.show() warns that no figure is shown here, which is no fault of the student's.
    warnings.filterwarnings("ignore", message=".*non-interactive.*")
    # What reads the answers is imported whole before a cell can be stopped amid its import.
    importlib.import_module("crossentropy.exercises")
    output = Tail(task["limits"]["output"])
    sys.stdout = sys.stderr = output
    notebook = Notebook(task["limits"], output)
    cells = []
    for position, source in enumerate(task["cells"]):
        cells.append(notebook.run(position, source))
        if os.getpid() != owner:
            os._exit(0)
    say({"cells": cells})
    for position, question in enumerate(pickle.loads(hear())):
        # Each question is unpickled by itself: a function may change its own copy of the arguments.
        header, payload = notebook.answer(*pickle.loads(question))
        say({"answer": position, **header}, payload)
    say({"done": True})
    # sys.exit would wait for the threads that the student's code has started.
    os._exit(0)


if __name__ == "__main__":
    main()
