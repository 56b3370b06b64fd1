"""What a submission can find out about the machine that it runs on."""

from __future__ import annotations

import os
import pwd
import sys
from pathlib import Path

import pytest

from classroom import made
from classroom.bad_submissions import LIMITS, MB, SEED, hand_in, needs_sandbox
from crossentropy_classroom import view
from crossentropy_classroom.grade import Batch, grade
from crossentropy_classroom.sandbox import Limits

ROOT = Path(__file__).parent.parent.parent

# Searches all that a program sees for some texts, and prints where they are.
NOSY = """
import ctypes, gc, importlib.metadata, os, site, sys, sysconfig, traceback, types, warnings
import crossentropy.widgets, numpy, pandas
WANTED = {wanted!r}

def found(where, text):
    for wanted in WANTED:
        if wanted in str(text):
            at = str(text).index(wanted)
            print("SAW", where, ":", str(text)[max(0, at - 80):at + 80])

def read(path):
    try:
        with open(path, errors="replace") as file:
            found(path, file.read())
    except OSError:
        pass

for process in ("self", "1", "2", "3"):
    for name in ("cmdline", "environ", "mountinfo", "mounts", "mountstats", "maps", "smaps"):
        read(f"/proc/{{process}}/{{name}}")
    for name in ("exe", "cwd", "root"):
        try:
            found(name, os.readlink(f"/proc/{{process}}/{{name}}"))
        except OSError:
            pass
for name in ("mounts", "swaps", "keys", "self/mountinfo", "thread-self/mountinfo"):
    read(f"/proc/{{name}}")
found("environment", dict(os.environ))
found("sys", {{name: value for name, value in vars(sys).items() if name != "modules"}})
for module in list(sys.modules.values()):
    found("module", [getattr(module, name, "") for name in ("__file__", "__cached__", "__path__")])
found("sysconfig", [sysconfig.get_config_vars(), sysconfig.get_paths()])
found("site", [site.PREFIXES, site.getsitepackages(), site.getusersitepackages()])
functions = [one for one in gc.get_objects() if isinstance(one, types.FunctionType)]
found("functions", {{function.__code__.co_filename for function in functions}})
for one in importlib.metadata.distributions():
    found(one.name, [one._path, *map(one.read_text, ("direct_url.json", "RECORD"))])
for top in ("/", *sys.path):
    for name in os.listdir(top) if os.path.isdir(top) else ():
        found(top, name)
        if not name.endswith((".zip", ".so")):
            read(os.path.join(top, name))
for raising in (lambda: numpy.ones(2).reshape(3), lambda: pandas.read_csv("no"), lambda: 1 / 0):
    try:
        raising()
    except Exception:
        found("traceback", traceback.format_exc())
found("stack", traceback.format_stack())
found("fonts", [open(name).read() for name in os.listdir(".") if name.endswith(".json")])
for number in (457, 458):  # statmount and listmount
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 38:
        print("SAW the mounts")
print("looked")
"""

LINES = [
    "%run nothing.py",
    "!cat /proc/self/mountinfo /proc/self/maps /proc/1/cmdline; env; pwd; exit 3",
    "%timeit -n1 -r1 import nothing_at_all",
    "%%python\nimport traceback, sys\nprint(sys.path)\nimport nothing_at_all",
    "try:\n    get_ipython().run_line_magic('run', 'nothing.py')\nfinally:\n    1 / 0",
    "import warnings\nwarnings.warn('look')",
    "import subprocess, sys\n"
    "print(subprocess.run([sys.executable, '-v', '-c', '1 / 0'],"
    " stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True).stdout)",
]


def telling() -> list[str]:
    """Return what names the teacher, or says where the course is."""
    person = pwd.getpwuid(os.getuid()).pw_name
    named = [str(ROOT), f"{Path.home()}/", os.path.dirname(view.PACKAGE)]
    if sys.prefix != sys.base_prefix:  # the environment is in the course's folder
        named.append(f"{Path(sys.prefix).parent}/")
    if not sys.base_prefix.startswith("/usr"):
        named.append(sys.base_prefix)
    # A course that lies where the sandbox shows every course is found there, of course.
    named = [name for name in named if name.rstrip("/") != view.COURSE]
    # Of root there is talk everywhere.
    return named if person == "root" else [*named, person]


@needs_sandbox
def test_a_submission_finds_out_neither_whose_course_it_is_nor_where(
    tmp_path: Path, classroom: Path
) -> None:
    assignment = made.assignment(tmp_path / "assignments")
    wanted = [*telling(), str(tmp_path)]
    notebook = made.solved()
    for source in [NOSY.format(wanted=wanted), *LINES]:
        notebook.cells.insert(1, made.cell("mine", source))
    limits = Limits(cell=60, answer=LIMITS.answer, memory=2048 * MB, output=100_000)
    batch = Batch([assignment], classroom, SEED, limits, jobs=1)
    (ann,) = grade(batch, hand_in(tmp_path / "submissions", ann=notebook))
    said = "\n".join(cell["output"] + cell["error"] for cell in ann.cells)
    nosy = next(cell for cell in ann.cells if "looked" in cell["output"])
    assert "SAW" not in nosy["output"], nosy["output"]
    assert [text for text in wanted if text in said] == [], said
    assert "During handling of" not in said
    assert said.count("nothing_at_all") >= 2
    assert ann.points["test-bits"] == 2


def test_what_is_shown_lies_nowhere_else() -> None:
    for source, inside in view.shown():
        assert inside.startswith(("/usr", "/etc", "/lib", "/proc")) == (str(source) == inside)
    with pytest.raises(ValueError, match="cannot be read inside"):
        view.inside_of(ROOT / "assignments")
