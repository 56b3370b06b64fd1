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
IGNORED_MAGIC = re.compile(r"^%(matplotlib|config)\b.*$", re.MULTILINE)


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
        return self.shell

    def run(self, position: int, source: str) -> dict[str, Any]:
        """Run one cell, and say what it printed, which error it ended with and how long it took."""
        start, error = time.monotonic(), ""
        try:
            with at_most(self.limits["cell"], "the cell"):
                error = self._execute(IGNORED_MAGIC.sub("pass", source), f"cell {position}")
        except BaseException as raised:
            error = describe(raised)
        seconds = time.monotonic() - start
        return {"output": self.output.take(), "error": error, "seconds": round(seconds, 3)}

    def _execute(self, source: str, name: str) -> str:
        try:
            tree = ast.parse(source, name)
        except SyntaxError:  # it may be a magic or a command of the shell, which IPython runs
            result = self.ipython().run_cell(source)
            raised = result.error_before_exec or result.error_in_exec
            return "" if raised is None else describe(raised)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), vars(self.module))
        if isinstance(last, ast.Expr):
            expression = compile(ast.Expression(last.value), name, "eval")
            value = eval(expression, vars(self.module))
            if value is not None and not source.rstrip().endswith(";"):
                print(repr(value))
        return ""

    def answer(self, name: str, arguments: tuple[Any, ...] | None) -> tuple[dict[str, Any], bytes]:
        """Return an answer as a header and its bytes."""
        import numpy as np

        try:
            with at_most(self.limits["answer"], "the answer"):
                value = getattr(self.module, name)
                array = np.asarray(value if arguments is None else value(*arguments))
                if array.dtype.kind not in "biuf":
                    return {"problem": f"is no array of numbers but of {array.dtype}"[:200]}, b""
                if array.dtype.itemsize > 8:
                    array = array.astype(np.float64)
                if array.nbytes > self.limits["reply"]:
                    return {"problem": f"is too large: {array.nbytes} bytes"}, b""
                return {"dtype": array.dtype.str, "shape": list(array.shape)}, array.tobytes()
        except BaseException as raised:
            return {"problem": describe(raised)}, b""


def display(*values: Any, **_: Any) -> None:
    """Print values: what is left of IPython's ``display`` where nobody looks."""
    print(*map(repr, values), sep="\n")


def describe(raised: BaseException) -> str:
    """Return the error's name and message, and the line of the cell it comes from."""
    try:
        frames = traceback.extract_tb(raised.__traceback__)
        places = [f"{frame.name}, line {frame.lineno}" for frame in frames if of_cell(frame)]
        text = "".join(traceback.format_exception_only(raised)).strip()[:1000]
        return f"{text} ({places[-1]})" if places else text
    except BaseException:  # the error's own __str__ raised
        return str(type.__getattribute__(type(raised), "__name__"))[:200]


def of_cell(frame: traceback.FrameSummary) -> bool:
    """Return whether a frame is of a cell."""
    return frame.filename.startswith("cell ")


@contextmanager
def at_most(seconds: float, what: str) -> Iterator[None]:
    """Interrupt what takes longer."""

    def interrupt(*_: object) -> None:
        raise TooSlow(f"{what} took longer than {seconds:g} s")

    signal.signal(signal.SIGALRM, interrupt)
    # The alarm rings every half second: a bare except in the cell would swallow a single TooSlow.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    try:
        yield
    finally:
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
