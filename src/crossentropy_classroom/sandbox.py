"""A place where a stranger's program can do no harm, and a conversation with it.

The program runs in a bubblewrap sandbox: no network, no process but its own, an empty environment,
one small directory in memory to write to, and a read-only view of Python and of what notebooks
import (`view`). What it may use up is limited before it starts: the program sets its own resource
limits as its first act, and a watchdog outside measures what they do not bound, which is the sum
over its processes and the number of its files. Memory that belongs to no process cannot be asked
for.
"""

from __future__ import annotations

import contextlib
import errno
import json
import mmap
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from crossentropy_classroom import view
from crossentropy_classroom.memory import group

__all__ = ["Limits", "Outcome", "SandboxError", "converse", "end_all", "prepare", "refuse_visible"]

MEGABYTE = 1 << 20

# The program's own folder inside the sandbox: a directory in memory, empty at its start.
HOME = "/submission"

# The user and group that the program runs as. Where the teacher is root this matters: no limit on
# the number of processes binds root.
NOBODY = "65534"

# System calls that fail with ENOSYS, as if the kernel did not have them: they take memory that
# belongs to no process, which no limit counts, or open ways into the kernel that no notebook needs.
FORBIDDEN = (
    "memfd_create",
    "shmget",
    "msgget",
    "add_key",
    "keyctl",
    "bpf",
    "io_uring_setup",
    "perf_event_open",
    "userfaultfd",
)

# statmount and listmount tell where what is mounted comes from. They have these numbers everywhere,
# and libseccomp does not know their names yet.
MOUNTS = (457, 458)

# Seconds between two looks of the watchdog.
WATCH = 0.2


_running: set[subprocess.Popen[bytes]] = set()


class SandboxError(RuntimeError):
    """There is no sandbox here, or it does not work."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use up.

    Parameters
    ----------
    wall, cpu : float
        Seconds in all, by the clock and by the processors. The clock has more, so that on a busy
        machine the same program is stopped for the same reason.
    cell, answer : float
        Seconds of a processor for one cell and for one answer; by the clock, twice as many. What
        takes longer is interrupted, and the rest goes on.
    memory : int
        Bytes of address space of one process, and of resident memory of all of them together.
    disk : int
        Bytes in the directory that can be written to.
    files : int
        Files in that directory, empty ones too.
    processes : int
        Processes and threads at a time.
    output : int
        Characters of a cell's output that are kept.
    reply : int
        Bytes of one answer. All that comes back may be 32 times as long.
    """

    wall: float = 120
    cpu: float = 60
    cell: float = 20
    answer: float = 5
    memory: int = 2048 * MEGABYTE
    disk: int = 64 * MEGABYTE
    files: int = 10_000
    processes: int = 32
    output: int = 4000
    reply: int = MEGABYTE

    def as_json(self) -> str:
        """Return the limits as the program is told them."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Outcome:
    """What came back.

    Parameters
    ----------
    data : bytes
        What the program said.
    stopped : str
        Why it was stopped, or "" if it ended by itself.
    before : int
        How much of it was said before the program was told the second thing.
    """

    data: bytes
    stopped: str
    before: int


def prepare(sandbox: bool = True) -> None:
    """Compile and cache once what every submission imports, and see that the sandbox works.

    Raises
    ------
    SandboxError
        If there is no bubblewrap, or it can make no sandbox here.
    """
    _fonts()
    if not sandbox:
        return
    if sys.platform != "linux" or shutil.which("bwrap") is None:
        raise SandboxError(
            "Submissions run in a sandbox, and there is none here: install bubblewrap (on Debian "
            "and Ubuntu, 'apt-get install bubblewrap'), or, only for submissions whose authors you "
            "trust with this machine, say --no-sandbox."
        )
    with _bubblewrap(MEGABYTE) as (inside, descriptors):
        trial = subprocess.run(
            [*inside, view.INTERPRETER, "-P", "-c", "import numpy, crossentropy"],
            capture_output=True,
            text=True,
            env=_environment(HOME),
            pass_fds=descriptors,
        )
    if trial.returncode:
        raise SandboxError(
            "Submissions run in a sandbox, and bubblewrap (0.8 or newer) cannot make one here: "
            f"{trial.stderr.strip() or f'exit code {trial.returncode}'}. Only for submissions "
            "whose authors you trust with this machine, say --no-sandbox."
        )


def converse(
    program: Path,
    first: bytes,
    then: Callable[[bytearray], bytes | None],
    limits: Limits,
    sandbox: bool = True,
    extra: Path | None = None,
) -> Outcome:
    """Run a Python program and talk to it through its standard input and output.

    Parameters
    ----------
    program : Path
        The program: a file of this package.
    first : bytes
        What it is told at its start.
    then : callable
        From what it has said so far to what it is told next, once, or None to wait for more.
    limits : Limits
        What it may use up.
    sandbox : bool, optional
        False runs it with no more than its own limits.
    extra : Path, optional
        A folder of packages that it can import, beside those that are installed here.

    Returns
    -------
    Outcome
        What it said. Nothing in it can be trusted.
    """
    with contextlib.ExitStack() as opened:
        home = HOME
        descriptors: list[int] = []
        if sandbox:
            inside, descriptors = opened.enter_context(_bubblewrap(limits.disk, program, extra))
            # systemd finds its way by variables that no submission is to see.
            kept = [f"{name}={value}" for name, value in _environment(HOME).items()]
            if bounded := group(limits.memory + limits.memory // 4 + limits.disk):
                inside = [*bounded, "env", "--ignore-environment", *kept, *inside]
            command = [*inside, view.INTERPRETER, "-P", f"/{program.name}"]
            environment = dict(os.environ) if bounded else _environment(HOME)
        else:
            home = opened.enter_context(tempfile.TemporaryDirectory())
            Path(home, _fonts().name).write_bytes(_fonts().content)
            command = [sys.executable, "-P", str(program)]
            environment = _environment(home) | _own_paths(extra)
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/" if sandbox else home,
            env=environment,
            start_new_session=True,
            pass_fds=descriptors,
        )
        _running.add(process)
        try:
            return _Conversation(process, first, then, limits).run()
        finally:
            _end(process)
            _running.discard(process)
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def end_all() -> None:
    """End every program that runs, whatever it has said so far."""
    for process in list(_running):
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    # When bubblewrap ends, everything inside the sandbox ends. Without a sandbox, the process group
    # is what ends.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class _Conversation:
    """One program's standard streams and its watchdog, in one loop and bounded memory."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        first: bytes,
        then: Callable[[bytearray], bytes | None],
        limits: Limits,
    ) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process, self.limits = process, limits
        self.stdin, self.stdout = process.stdin.fileno(), process.stdout.fileno()
        self.pending: memoryview = memoryview(first)
        self.then: Callable[[bytearray], bytes | None] | None = then
        self.said = bytearray()
        self.before: int | None = None

    def run(self) -> Outcome:
        """Talk until the program has closed its output or must be stopped."""
        os.set_blocking(self.stdin, False)
        start = seen = time.monotonic()
        with selectors.DefaultSelector() as self.selector:
            self.selector.register(self.stdout, selectors.EVENT_READ)
            self.selector.register(self.stdin, selectors.EVENT_WRITE)
            while True:
                now = time.monotonic()
                if now - start > self.limits.wall:
                    return self._stop(f"used more than {self.limits.wall:g} s")
                if now - seen > WATCH:
                    seen = now
                    if excess := self._excess():
                        return self._stop(excess)
                for key, _ in self.selector.select(WATCH):
                    if key.fd == self.stdin:
                        self._write()
                    elif not self._read():
                        return self._end()
                if len(self.said) > 32 * self.limits.reply:
                    return self._stop("sent back too much")

    def _write(self) -> None:
        try:
            self.pending = self.pending[os.write(self.stdin, self.pending) :]
        except BrokenPipeError:
            self.pending = memoryview(b"")
        if not self.pending:
            self.selector.unregister(self.stdin)

    def _read(self) -> bool:
        data = os.read(self.stdout, 1 << 16)
        self.said += data
        if self.then is not None and (more := self.then(self.said)) is not None:
            self.then, self.before = None, len(self.said)
            if not self.pending:
                self.selector.register(self.stdin, selectors.EVENT_WRITE)
            self.pending = memoryview(bytes(self.pending) + more)
        return bool(data)

    def _stop(self, why: str) -> Outcome:
        before = len(self.said) if self.before is None else self.before
        return Outcome(bytes(self.said), why, before)

    def _end(self) -> Outcome:
        """Say why a program ended that closed its output."""
        try:
            code = self.process.wait(1)
        except subprocess.TimeoutExpired:
            return self._stop("stopped answering")
        # bubblewrap's exit code is 128 + the signal that ended the program; without bubblewrap,
        # subprocess gives minus the signal.
        number = -code if code < 0 else code - 128
        if number == signal.SIGXCPU:
            return self._stop(f"used more than {self.limits.cpu:g} s of processor time")
        if self.before is not None:
            # By its exit code the program could tell the student something of the questions.
            return self._stop("")
        if number > 0:
            return self._stop(f"was ended by signal {number}")
        # A program that ends well says so in its last message, which the caller reads.
        return self._stop(f"ended itself with exit code {code}" if code else "")

    def _excess(self) -> str:
        """Return what all its processes together have used too much of, or ""."""
        seconds, resident, number, files = 0.0, 0, 0, 0
        for pid, cpu, memory in _descendants(self.process.pid):
            seconds, resident, number = seconds + cpu, resident + memory, number + 1
            files = max(files, _files(pid))
        if seconds > self.limits.cpu:
            return f"used more than {self.limits.cpu:g} s of processor time"
        if resident > self.limits.memory:
            return f"used more than {self.limits.memory / MEGABYTE:g} MB of memory"
        if files > self.limits.files:
            return f"made more than {self.limits.files} files"
        # Some of the processes are bubblewrap's, so there is room for 8 more. RLIMIT_NPROC, which
        # the program sets itself, is exact.
        if number > self.limits.processes + 8:
            return f"started more than {self.limits.processes} processes"
        return ""


def _files(pid: int) -> int:
    """Return how many files there are in the directory in memory that a process sees."""
    try:
        home = os.statvfs(f"/proc/{pid}/root{HOME}")
    except OSError:  # the process has ended, or runs outside the sandbox
        return 0
    return home.f_files - home.f_ffree


def _descendants(pid: int) -> Iterator[tuple[int, float, int]]:
    """Yield a process and all below it: number, processor seconds, resident bytes."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        threads = Path(f"/proc/{pid}/task").glob("*/children")
        children = [child for thread in threads for child in thread.read_text().split()]
    except OSError:  # the process has ended, or this system has no /proc
        return
    # The time of the process, and of those of its children that have ended.
    ticks = sum(int(field) for field in fields[11:15])
    yield pid, ticks / os.sysconf("SC_CLK_TCK"), int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    for child in children:
        yield from _descendants(int(child))


@cache
def _syscalls() -> bytes:
    """Return the filter that says which calls of the kernel are allowed."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError):
        raise SandboxError(
            "The sandbox needs libseccomp: on Debian and Ubuntu, 'apt-get install libseccomp2'."
        ) from None
    allowed = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    missing = pyseccomp.ERRNO(errno.ENOSYS)
    for call in (*FORBIDDEN, *MOUNTS):
        allowed.add_rule(missing, call)
    # A shared mapping keeps all its pages while any process maps one of them: those that no process
    # maps any more are memory that no limit counts.
    shared = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS
    allowed.add_rule(missing, "mmap", pyseccomp.Arg(3, pyseccomp.MASKED_EQ, shared, shared))
    # In a virtual machine these sockets reach its host, whatever network namespace they are in.
    unknown, family = pyseccomp.ERRNO(errno.EAFNOSUPPORT), socket.AF_VSOCK
    allowed.add_rule(unknown, "socket", pyseccomp.Arg(0, pyseccomp.EQ, family))
    with tempfile.TemporaryFile() as file:
        allowed.export_bpf(file)
        file.seek(0)
        return file.read()


@contextlib.contextmanager
def _bubblewrap(
    disk: int, program: Path | None = None, extra: Path | None = None
) -> Iterator[tuple[list[str], list[int]]]:
    """Yield the command that runs another inside the sandbox, and the files that it inherits.

    A program is shown inside as ``/NAME``, whatever folder it comes from.
    """
    fonts = _fonts()
    inside = {f"{HOME}/{fonts.name}": fonts.content, **view.neutral_files()}
    if program is not None:
        inside[f"/{program.name}"] = program.read_bytes()
    shown = [*view.shown(), *([view.Shown(extra, view.EXTRA)] if extra else [])]
    with contextlib.ExitStack() as opened:

        def inherited(content: bytes) -> int:
            # The file has no name, so that a grader that is killed leaves nothing behind.
            file = opened.enter_context(tempfile.TemporaryFile())
            file.write(content)
            file.seek(0)
            return file.fileno()

        allowed = inherited(_syscalls())
        files = {path: inherited(content) for path, content in inside.items()}
        yield _command(disk, allowed, files, shown), [allowed, *files.values()]


def _command(
    disk: int, allowed: int, files: Mapping[str, int], shown: Sequence[view.Shown]
) -> list[str]:
    # Where the grader is root there are two sandboxes. In the outer one root gathers the same view,
    # which may lie where only root can read, and becomes nobody, who makes the inner one. The outer
    # one has process numbers of its own: when the grader is killed, all in it ends.
    root = os.getuid() == 0
    # Each line holds options with their values.
    alone = [
        *("bwrap", "--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL"),
        *("--seccomp", str(allowed)),
        *("--uid", NOBODY, "--gid", NOBODY, "--hostname", "sandbox"),
        *("--die-with-parent", "--new-session"),
        *(_binds([one._replace(source=Path(one.inside)) for one in shown] if root else shown)),
        *_links(),
        *("--dev", "/dev"),
        # /dev/zero is /dev/null inside: a shared mapping of /dev/zero, too, would be memory that
        # belongs to no process.
        *("--dev-bind", "/dev/null", "/dev/zero", "--remount-ro", "/dev"),
        *("--size", str(disk), "--perms", "0700", "--tmpfs", HOME),
        *(word for path, file in files.items() for word in _put(path, file)),
        *("--remount-ro", "/", "--chdir", HOME, "--"),
    ]
    if not root:
        return alone
    return [
        *("bwrap", "--unshare-pid", "--die-with-parent", *_binds(shown), *_links()),
        *("--dir", "/tmp"),  # the inner bubblewrap mounts what it builds there
        *("--dev-bind", "/proc", "/proc", "--dev", "/dev", "--"),
        *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
        *("--bounding-set=-all", "--inh-caps=-all", "--", *alone),
    ]


@cache
def _links() -> tuple[str, ...]:
    """Return the options that make the system's links, and the environment's interpreter."""
    links = {n: os.readlink(n) for n in ("/bin", "/lib", "/lib32", "/lib64", "/sbin") if _link(n)}
    links[view.INTERPRETER] = links[f"{view.INTERPRETER}3"] = view.interpreter()
    return tuple(word for link, to in links.items() for word in ("--symlink", to, link))


def _link(name: str) -> bool:
    return os.path.islink(name)


def _binds(shown: Iterable[view.Shown]) -> list[str]:
    return [
        word
        for source, inside in shown
        for word in (*_way(inside), "--ro-bind", str(source), inside)
    ]


def _put(path: str, file: int) -> list[str]:
    return [*_way(path), "--ro-bind-data", str(file), path]


def _way(path: str) -> list[str]:
    # Parent folders that bubblewrap makes are for the owner alone, unless --perms comes before.
    above = reversed(Path(path).parents[:-1])
    return [word for up in above for word in ("--perms", "0755", "--dir", str(up))]


def refuse_visible(*folders: Path) -> None:
    """Raise SandboxError if a program in the sandbox could read one of these folders."""
    for folder in folders:
        for path, _ in view.shown():
            if folder.resolve().is_relative_to(path):
                raise SandboxError(
                    f"{folder.resolve()} lies in {path}, which submissions can read. Move the "
                    "course and the submissions to a folder of their own."
                )


def _environment(home: str) -> dict[str, str]:
    """Return the whole environment of the program."""
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {
        "HOME": home,
        "USER": "student",
        "PATH": os.pathsep.join([os.path.dirname(view.INTERPRETER), "/usr/bin", "/bin"]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": home,
        **dict.fromkeys(threads, "1"),
    }


def _own_paths(extra: Path | None = None) -> dict[str, str]:
    """Return where a program outside of the sandbox finds programs and packages."""
    folders = [view.PACKAGE.parent, *([extra] if extra else [])]
    return {
        "PATH": os.pathsep.join([str(Path(sys.prefix, "bin")), "/usr/bin", "/bin"]),
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
    }


class _Fonts(NamedTuple):
    """matplotlib's list of fonts: the name of its file, and what is in it."""

    name: str
    content: bytes


@cache
def _fonts() -> _Fonts:
    """Return matplotlib's list of fonts, after a process that imports what notebooks import.

    Where matplotlib finds no list, it looks at every font of the system, which takes seconds. What
    has never been imported outside is compiled anew by every submission: pandas takes seconds, too.
    """
    named = ("matplotlib.pyplot", "crossentropy.widgets", "IPython.core.interactiveshell")
    imports = f"import {', '.join((*named, 'pandas', 'scipy.stats'))}"
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(folder) | _own_paths()
        del environment["PYTHONDONTWRITEBYTECODE"]
        subprocess.run([sys.executable, "-P", "-c", imports], env=environment, check=True)
        path = next(Path(folder).glob("fontlist-*.json"))
        return _Fonts(path.name, path.read_bytes())
