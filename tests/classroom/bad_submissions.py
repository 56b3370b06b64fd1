"""What students hand in that is not right, with what is expected of each."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from PIL import Image, ImageDraw

from classroom.made import NAME as ASSIGNMENT
from classroom.made import WRITTEN, cell, master, solved
from crossentropy_classroom import sandbox
from crossentropy_classroom.sandbox import Limits

# The teacher's; a test has its own.
SEED = 20_240_607

needs_sandbox = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap")

NAME = f"{ASSIGNMENT}.ipynb"
# The written answer as it is handed out, and a proof.
WHY = WRITTEN[: WRITTEN.index("###")] + "*Your answer here.*"
PROOF = r"Let $a$ and $b$ be positive; then $\log ab = \log a + \log b$ by definition."
MB = sandbox.MEGABYTE

# Small, so that what never ends does so soon.
LIMITS = Limits(
    wall=12,
    cpu=6,
    cell=4,
    answer=1,
    memory=800 * MB,
    disk=8 * MB,
    files=2000,
    processes=16,
    output=2000,
)


@dataclass(frozen=True)
class Bad:
    """A submission: what was done, how it is made, and what is expected.

    `why` is a regular expression for the reason, `seen` one for what the cells printed or raised.
    `read` says whether a person reads the written answer.
    """

    what: str
    make: Callable[[Path], object]
    status: str
    why: str = "^$"
    points: float | None = 9
    seen: str = ""
    read: bool = True


def put(notebook: NotebookNode, name: str = NAME) -> Callable[[Path], object]:
    """Hand in a notebook."""
    return lambda folder: (folder / name).write_text(json.dumps(notebook), "utf-8")


def put_broken(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / NAME).write_text('{"nbformat": 4, "cells": [', "utf-8")


def hand_in(folder: Path, **students: nbformat.NotebookNode) -> Path:
    for student, notebook in students.items():
        (folder / student).mkdir(parents=True)
        put(notebook)(folder / student)
    return folder


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def put_bytes(data: bytes, name: str = NAME) -> Callable[[Path], object]:
    """Hand in a file as it is."""
    return lambda folder: (folder / name).write_bytes(data)


def edited(change: Callable[[NotebookNode], object]) -> NotebookNode:
    """Return a good notebook that something was done to."""
    notebook = solved()
    change(notebook)
    return notebook


def with_cell(source: str, at: int = 1, **sources: str) -> Callable[[Path], object]:
    """Hand in a good notebook with one more cell."""
    notebook = solved(**sources)
    notebook.cells.insert(at, cell("mine", source))
    return put(notebook)


def at(notebook: NotebookNode, name: str) -> int:
    """Return where a cell is."""
    return next(i for i, one in enumerate(notebook.cells) if one.id == name)


def aged(put: Callable[[Path], object], name: str, days: float) -> Callable[[Path], object]:
    """Hand in a file that was last changed some days ago."""

    def make(folder: Path) -> None:
        put(folder)
        then = time.time() - days * 86_400
        os.utime(folder / name, (then, then))

    return make


def beside(*makes: Callable[[Path], object]) -> Callable[[Path], object]:
    """Hand in several files."""
    return lambda folder: [make(folder) for make in makes]


def below(make: Callable[[Path], object], *folders: str) -> Callable[[Path], object]:
    """Hand in something deep in folders."""

    def deep(folder: Path) -> None:
        folder.joinpath(*folders).mkdir(parents=True)
        make(folder.joinpath(*folders))

    return deep


def unanswered(
    *cells: NotebookNode, at: int | None = None, why: str = WHY, **sources: str
) -> NotebookNode:
    """Return a good notebook whose written answer is not in its cell, with more cells."""
    notebook = solved(why=why, **sources)
    where = len(notebook.cells) if at is None else at
    notebook.cells[where:where] = cells
    return notebook


def text(source: str, **attached: str) -> NotebookNode:
    """Return a text of the student's own, with pictures in base64."""
    made = cell("mine", source, markdown=True)
    if attached:
        made.attachments = {f"{name}.png": {"image/png": data} for name, data in attached.items()}
    return made


def photo(kind: str = "JPEG", size: tuple[int, int] = (600, 800)) -> bytes:
    """Return a picture with some ink on it."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).line((50, 50, 500, 700), fill="navy", width=9)
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def swap(notebook: NotebookNode, one: str, other: str) -> None:
    """Exchange two cells."""
    i, j = at(notebook, one), at(notebook, other)
    notebook.cells[i], notebook.cells[j] = notebook.cells[j], notebook.cells[i]


def swap_sources(notebook: NotebookNode, one: str, other: str) -> None:
    """Exchange what stands in two cells."""
    a, b = notebook.cells[at(notebook, one)], notebook.cells[at(notebook, other)]
    a.source, b.source = b.source, a.source


def copied(notebook: NotebookNode, name: str, source: str | None = None) -> None:
    """Copy a cell below itself, its ids and all."""
    where = at(notebook, name)
    twin = nbformat.from_dict(json.loads(json.dumps(notebook.cells[where])))
    twin.source = twin.source if source is None else source
    notebook.cells.insert(where + 1, twin)


def pictured_copy() -> NotebookNode:
    """Return a notebook whose answer is a photograph in a copy of its cell."""
    notebook = unanswered()
    copied(notebook, "why")
    twin = notebook.cells[at(notebook, "why") + 1]
    twin.attachments = {"a.png": {"image/png": base64.b64encode(photo("PNG")).decode()}}
    return notebook


def wrong_first(notebook: NotebookNode) -> None:
    """Make the first of two copies of an answer a wrong one."""
    notebook.cells[at(notebook, "bits")].source = "bits = 3"


def strip(notebook: NotebookNode, ids: bool = False) -> None:
    """Take nbgrader's metadata away, and the cells' ids too."""
    for one in notebook.cells:
        one.metadata.clear()
        if ids:
            del one["id"]
    if ids:
        notebook.nbformat_minor = 4


def zipped(folder: Path) -> None:
    """Hand in an archive."""
    with zipfile.ZipFile(folder / "homework.zip", "w") as archive:
        archive.writestr(NAME, json.dumps(solved()))


def old(folder: Path) -> None:
    """Hand in a notebook as IPython 2 wrote it."""
    notebook = solved()
    worksheet = {
        "cells": [
            {"cell_type": "markdown", "metadata": c.metadata, "source": c.source}
            if c.cell_type == "markdown"
            else {
                "cell_type": "code",
                "metadata": c.metadata,
                "input": c.source,
                "outputs": [],
                "language": "python",
                "collapsed": False,
            }
            for c in notebook.cells
        ]
    }
    content = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [worksheet]}
    (folder / NAME).write_text(json.dumps(content), "utf-8")


STUBBED = {
    c.id: re.sub("### BEGIN.*### END SOLUTION", "# YOUR CODE HERE", c.source, flags=re.DOTALL)
    for c in master().cells
} | {"why": WHY}
STUB = "def entropy(p):\n    return 0.0"
STUBS = {"entropy": STUB, "divergence": "def divergence(p, q):\n    return 0.0", "bits": "bits = 0"}


def entropy(body: str) -> Callable[[Path], object]:
    """Hand in a notebook with another body of the first function."""
    return put(solved(entropy=f"def entropy(p):\n    {body}"))


def peek(*paths: object) -> str:
    """Return a cell that tries to read and to list, and says how it went."""
    return (
        f"import os\nfor path in {[str(path) for path in paths]!r}:\n"
        "    for look in (lambda p: open(p, 'rb').read(), os.listdir):\n"
        "        try:\n            print('SAW', look(path))\n"
        "        except OSError as problem:\n            print(type(problem).__name__)"
    )


DEAF = (
    "import signal\n"
    "for alarm in (signal.SIGALRM, signal.SIGPROF):\n"
    "    signal.signal(alarm, signal.SIG_IGN)\n"
)
FORK = (
    f"{DEAF}import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
)
CROWD = (
    "import os, time\nfor i in range(8):\n    if os.fork() == 0:\n"
    "        x = b'1' * 150_000_000\n        time.sleep(60)\ntime.sleep(60)"
)
FLOOD = (
    "import os, threading\ndef flood():\n    while True:\n        for fd in range(3, 12):\n"
    "            try:\n                os.write(fd, b'{\"answer\": 0}' * 1000)\n"
    "            except OSError:\n                pass\n"
    "threading.Thread(target=flood, daemon=True).start()"
)
PATCH = (
    "import sys\nframe = sys._getframe()\nwhile frame.f_back:\n    frame = frame.f_back\n"
    "say = lambda self, *question: ({'dtype': '<f8', 'shape': []}, bytes(8))\n"
    "frame.f_globals['Notebook'].answer = say"
)
EQUAL = (
    "class Equal:\n    __array_priority__ = 1e9\n"
    "    def __eq__(self, other):\n        return True\n"
    "    def __sub__(self, other):\n        return 0\n    __rsub__ = __sub__\n"
    "def entropy(p):\n    return Equal()"
)
SUBCLASS = (
    "class Array(np.ndarray):\n    def __eq__(self, other):\n        return True\n"
    "    def __array_finalize__(self, other):\n        self.dtype = float\n"
    "def entropy(p):\n    return np.array(-(p * np.log(p)).sum()).view(Array)"
)
ITSELF = (
    "class Itself:\n    def __array__(self, *_, **__):\n        return np.asarray(self)\n"
    "def entropy(p):\n    return Itself()"
)
DUMPS = (
    "import json\n"
    'json.dumps = lambda *_, **__: \'{"answer": 0, "dtype": "<f8", "shape": [], "bytes": 8}\''
)
LOOP = f"{DEAF}while True:\n    pass"
ENDLESS_FILE = (
    "with open('file', 'wb') as file:\n    while True:\n        file.write(bytes(1 << 20))"
)
EMPTY_FILES = f"{DEAF}i = 0\nwhile True:\n    i += 1\n    open(f'file{{i}}', 'w').close()"
NOBODYS_MEMORY = (
    "import ctypes, mmap, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
    "def shmget():\n"
    "    if libc.shmget(0, 2**31, 0o1600) < 0:\n"
    "        raise OSError(ctypes.get_errno(), 'no')\n"
    "def zero():\n"
    "    with open('/dev/zero', 'r+b') as file:\n        mmap.mmap(file.fileno(), 2**20)\n"
    "for take in (lambda: os.memfd_create('m'), shmget, lambda: mmap.mmap(-1, 2**20), zero):\n"
    "    try:\n        take()\n        print('GOT IT')\n"
    "    except (OSError, ValueError) as problem:\n        print(type(problem).__name__)\n"
    "mmap.mmap(-1, 2**20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)[0] = 1"
)
# Has the questions put before it says what its cells did: they printed the questions, it says.
EAVESDROP = """
import json, os, pickle, struct, sys
def pipes():
    frame = sys._getframe()
    while 'hear' not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals['hear'], frame.f_locals['say']
def send(header, payload=b''):
    head = json.dumps({**header, 'bytes': len(payload)}).encode()
    return struct.pack('>I', len(head)) + head + payload
hear, say = pipes()
answers = say.__closure__[say.__code__.co_freevars.index('answers')].cell_contents
first = send({'answer': 0, 'dtype': '<f8', 'shape': []}, bytes(8))
os.write(answers, first[:-8])
questions = repr([pickle.loads(q) for q in pickle.loads(hear())])
cells = [{'output': 'LEAK ' + questions, 'error': '', 'seconds': 0}]
os.write(answers, first[-8:] + send({'cells': cells}) + send({'done': True}))
os._exit(7)
"""
ENDLESS_FILES = (
    "for i in range(10**9):\n    with open(f'file{i}', 'wb') as file:\n"
    "        file.write(bytes(1 << 20))"
)
WRITE_OUTSIDE = (
    "for path in ('/x', '/usr/x', '/var/x', '/dev/x', '/dev/shm/x', np.__file__):\n    try:\n"
    "        open(path, 'a')\n        print('WROTE', path)\n"
    "    except OSError as problem:\n        print(type(problem).__name__)"
)
RAISE_LIMITS = (
    "import resource\nfor name in ('AS', 'NPROC', 'CPU', 'FSIZE'):\n    try:\n"
    "        kind = getattr(resource, 'RLIMIT_' + name)\n"
    "        resource.setrlimit(kind, (resource.RLIM_INFINITY,) * 2)\n"
    "        print('RAISED', name)\n"
    "    except (ValueError, OSError) as problem:\n        print(type(problem).__name__)"
)
KERNEL = "import subprocess\nprint(subprocess.run(['unshare', '-Ur', 'true']).returncode or 'ROOT')"


# Where each might go on to the end of the text, looking would take hours.
BEGINNINGS = "<img src='data:image/" * 200_000 + "<img " * 400_000 + "![](data:image/" * 20_000


def bad_submissions(host: Path, port: int, other: str) -> dict[str, Bad]:
    """Return them by student.

    `host` is a folder with a sibling's submission, a gradebook and hidden tests; on `port` a
    server listens; `other` is another assignment.
    """
    network = (
        f"import socket\nfor address in (('127.0.0.1', {port}), ('10.0.0.1', 80)):\n    try:\n"
        "        socket.create_connection(address, 1)\n        print('REACHED')\n"
        "    except OSError as problem:\n        print(type(problem).__name__)"
    )
    secrets = (host / "submissions" / "ann" / NAME, host / "submissions", host / "classroom")
    book, seed = host / "classroom" / "gradebook.db", host / "classroom" / "seed"
    hidden = host / "assignments" / "synthetic" / "hidden.py"
    return {
        # What arrives.
        "ann": Bad("a good one", put(solved()), "graded"),
        "renamed": Bad(
            "a renamed file", put(solved(), "final (2).ipynb"), "repaired", "called final"
        ),
        "corrupt": Bad(
            "corrupt JSON",
            put_bytes(json.dumps(solved()).encode()[:-40]),
            "not graded",
            "JSON is broken",
            None,
        ),
        "deep": Bad(
            "JSON nested without end",
            put_bytes(b"[" * 200_000),
            "not graded",
            "JSON is broken",
            None,
        ),
        "empty": Bad("an empty file", put_bytes(b""), "not graded", "is empty", None),
        "nothing": Bad("an empty folder", lambda folder: None, "not handed in", points=None),
        "pdf": Bad(
            "a PDF", put_bytes(b"%PDF-1.7", "essay.pdf"), "not graded", "only pdf/essay.pdf", None
        ),
        "list": Bad(
            "JSON that is no notebook", put_bytes(b"[1, 2]"), "not graded", "is no notebook", None
        ),
        "strange": Bad(
            "a cell that is none",
            put_bytes(b'{"nbformat": 4, "nbformat_minor": 5, "cells": [7]}'),
            "not graded",
            "its cell 0 is none",
            None,
        ),
        "latin": Bad(
            "a file that is not UTF-8",
            put_bytes(json.dumps(solved()).encode().replace(b"Because", b"Gr\xfc\xdfe")),
            "not graded",
            "not UTF-8",
            None,
        ),
        "large": Bad(
            "a notebook of 21 MB, none of it outputs",
            put_bytes(b'{"nbformat": 4, "x": "' + b" " * (21 * MB) + b'"}'),
            "not graded",
            "too large: 21 MB without its outputs",
            None,
        ),
        "values": Bad(
            "six million empty lists",
            put_bytes(b'{"nbformat": 4, "x": [' + b"[]," * 6_200_000 + b'0], "cells": []}'),
            "not graded",
            "^values/synthetic.ipynb is no notebook .* too many values$",
            None,
        ),
        "printed": Bad(
            "30 MB of saved outputs",
            put(edited(lambda n: n.cells[0].update(outputs=[{"x": ["x" * 1000] * 30_000}]))),
            "graded",
        ),
        "beginnings": Bad(
            "a million beginnings of pictures",
            put(edited(lambda n: n.cells.append(text(BEGINNINGS)))),
            "attention",
            "a picture that was not handed in",
        ),
        "link": Bad(
            "a symbolic link to another's work",
            lambda folder: (folder / NAME).symlink_to(host / "submissions" / "ann" / NAME),
            "not graded",
            "symbolic link",
            None,
        ),
        "pipe": Bad(
            "a pipe", lambda folder: os.mkfifo(folder / NAME), "not graded", "no file", None
        ),
        "zip": Bad("a zip inside", zipped, "not graded", "archive", None),
        "two": Bad(
            "two different notebooks of it",
            lambda folder: (
                put(solved(), "a.ipynb")(folder),
                put(solved(bits="bits = 2.0"), "b.ipynb")(folder),
            ),
            "not graded",
            "several notebooks",
            None,
        ),
        "foreign": Bad(
            "a notebook of another assignment",
            put(solved(other)),
            "not graded",
            f"a notebook of {other}",
            None,
        ),
        "unknown": Bad(
            "a notebook of nothing known",
            put(nbformat.v4.new_notebook(cells=[cell("x", "1")])),
            "not graded",
            "something else",
            None,
        ),
        "bom": Bad(
            "a byte order mark",
            put_bytes(b"\xef\xbb\xbf" + json.dumps(solved()).encode()),
            "repaired",
            "byte order mark",
        ),
        "windows": Bad(
            "Windows line ends",
            put_bytes(
                json.dumps(solved(), indent=1)
                .replace("\n", "\r\n")
                .replace(r"\n", r"\r\n")
                .encode()
            ),
            "repaired",
            "Windows line ends",
        ),
        "old": Bad("nbformat 3", old, "repaired", "nbformat 3"),
        "untouched-twin": Bad(
            "the original beside the copy that was worked on",
            beside(
                put(edited(lambda n: [c.update(source=STUBBED[c.id]) for c in n.cells])),
                put(solved(), "synthetic-Copy1.ipynb"),
            ),
            "repaired",
            "called synthetic-Copy1.*also there: untouched-twin/synthetic.ipynb, as it was handed",
        ),
        "second": Bad(
            "a second copy beside the first, by Canvas's name",
            beside(put(solved(**STUBS)), put(solved(), "synthetic-1.ipynb")),
            "attention",
            "second/synthetic.ipynb was not graded: second/synthetic-1.ipynb was taken for the new",
        ),
        "newer": Bad(
            "an older copy of a later number",
            beside(
                put(solved()),
                aged(put(solved(**STUBS), "synthetic-3.ipynb"), "synthetic-3.ipynb", 2),
            ),
            "attention",
            "newer/synthetic-3.ipynb was not graded",
        ),
        "broken-twin": Bad(
            "a broken notebook beside a whole one",
            beside(put(solved()), put_bytes(b"{", "synthetic-1.ipynb")),
            "attention",
            "broken-twin/synthetic-1.ipynb is no notebook",
        ),
        "helper": Bad(
            "a module beside it",
            beside(put(solved()), put_bytes(b"x = 1", "helper.py")),
            "graded",
            "^also there: helper/helper.py$",
        ),
        "folders": Bad(
            "a notebook six folders down",
            below(put(solved()), "homework", "week 1", "a", "b", "c", "d"),
            "graded",
        ),
        "digits": Bad(
            "an nbformat of 4000 digits",
            put_bytes(b'{"nbformat": ' + b"7" * 4000 + b', "cells": []}'),
            "not graded",
            "^digits/synthetic.ipynb is no notebook.{,80}$",
            None,
        ),
        "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627": Bad(
            "a name with a joiner", put(solved()), "graded"
        ),
        "Ann\u00a0Smith": Bad("a name with a no-break space", put(solved()), "graded"),
        **{
            name: Bad("a name that is more than a name", put(solved()), "graded")
            for name in ("-rf", "=1+1", "$(touch pwned)", "%2e%2e%2f", "x" * 255)
        },
        "__bob": Bad("a name that begins with underscores", put(solved()), "graded"),
        # Where the written answer stands.
        "blank": Bad("no written answer", put(unanswered()), "graded", read=False),
        "below": Bad(
            "the answer in a cell of its own below",
            put(unanswered(text(PROOF))),
            "attention",
            r"^cell 9 \(why\) is as it was handed out; .* in cell 10 \(\"Let \$a\$ and",
        ),
        "above": Bad(
            "the answer in a cell of its own far above",
            put(unanswered(text(PROOF), at=2)),
            "attention",
            "may be in cell 3",
        ),
        "typed-over": Bad(
            "the answer typed over a text of the assignment",
            put(unanswered(heading=PROOF)),
            "attention",
            "may be in cell 8",
        ),
        "new-code": Bad(
            "the answer in a cell of code",
            put(unanswered(cell("mine", PROOF))),
            "attention",
            "may be in cell 10",
            seen="SyntaxError",
        ),
        "other-cell": Bad(
            "the answer as remarks in another answer's cell",
            put(unanswered(bits="bits = 2\n" + f"# {PROOF}\n" * 3)),
            "attention",
            "may be in cell 6",
        ),
        "raw": Bad(
            "the answer in a raw cell",
            put(unanswered(nbformat.v4.new_raw_cell(PROOF, id="mine"))),
            "attention",
            "may be in cell 10",
        ),
        "attached": Bad(
            "a photograph in a cell of its own",
            put(unanswered(text("![](attachment:a.png)", a=base64.b64encode(photo()).decode()))),
            "attention",
            "may be in cell 10",
        ),
        "photo": Bad(
            "a photograph in a file",
            beside(put(unanswered()), put_bytes(photo(), "IMG 1.jpg")),
            "attention",
            r"may be in cell 10 \(.*beside the notebook:\* IMG 1.jpg",
        ),
        "document": Bad(
            "the answer in a document of another program",
            beside(put(unanswered()), put_bytes(b"PK\3\4", "Proof.docx")),
            "attention",
            r"may be in cell 10 \(.*beside the notebook:\* Proof.docx",
        ),
        "typed-online": Bad(
            "the answer typed into a learning management system",
            beside(put(unanswered()), put_bytes(PROOF.encode(), "onlinetext.html")),
            "attention",
            "cell 10: the file onlinetext.html cannot be shown",
        ),
        "printed-answer": Bad(
            "the answer in a PDF that a browser has named after the notebook",
            beside(put(unanswered()), put_bytes(photo("PDF"), f"{NAME} - Colab.pdf")),
            "attention",
            r"may be in cell 10 \(.*beside the notebook:\* synthetic.ipynb -",
        ),
        "shown-magic": Bad(
            "the answer in a cell of code that shows a text",
            put(unanswered(cell("mine", f"%%markdown\n{PROOF}"))),
            "attention",
            "may be in cell 10",
        ),
        "long-text": Bad(
            "the answer as a text of a program",
            put(unanswered(cell("mine", f'proof = "{PROOF} {PROOF} {PROOF}"'.replace("\\", "")))),
            "attention",
            "may be in cell 10",
        ),
        "renamed-display": Bad(
            "the answer shown by a function under another name",
            put(
                unanswered(cell("mine", "from IPython.display import Latex as L\nL('so $a + b$')"))
            ),
            "attention",
            "may be in cell 10",
        ),
        "named-picture": Bad(
            "a photograph that is named in the text, and written at its end",
            put(
                unanswered(
                    text(
                        "![my proof][1]\n\n[1]: data:image/png;base64,"
                        + base64.b64encode(photo("PNG")).decode()
                    )
                )
            ),
            "attention",
            r"may be in cell 10 \(\"!\[my proof\]\[1\] !\[1\]\(attachment:picture-",
        ),
        "lost-attachment": Bad(
            "a photograph whose attachment was lost",
            put(solved(why="![](attachment:IMG_1.jpg)")),
            "attention",
            "^cell 9 shows a picture that was not handed in: attachment:IMG_1.jpg$",
        ),
        "no-photo": Bad(
            "a photograph that was not handed in",
            put(solved(why="![](IMG_1.jpg)")),
            "attention",
            "^cell 9 shows a picture that was not handed in: IMG_1.jpg$",
        ),
        "bad-photo": Bad(
            "a file that is no picture",
            beside(put(solved()), put_bytes(b"GIF89a <script>", "IMG_1.gif")),
            "attention",
            "^cell 10: the file IMG_1.gif cannot be shown$",
        ),
        "twice": Bad(
            "an answer that was copied, and both edited",
            put(edited(lambda n: (copied(n, "bits", "bits = 2.0"), wrong_first(n)))),
            "repaired",
            "'bits' was there 2 times",
        ),
        "photo-in-copy": Bad(
            "a photograph in a copy of the answer's cell, which has the same text",
            put(pictured_copy()),
            "repaired",
            "'why' was there 2 times",
        ),
        # What became of its cells.
        "twin-id": Bad(
            "a duplicated cell id",
            put(edited(lambda n: n.cells.append(cell("entropy", "1 + 1")))),
            "repaired",
            "cell id 'entropy' was there twice",
        ),
        "twin-stub": Bad(
            "a copied cell, the copy left as the stub",
            put(
                edited(
                    lambda n: copied(n, "entropy", "# YOUR CODE HERE\nraise NotImplementedError()")
                )
            ),
            "repaired",
            "'entropy' was there 2 times",
        ),
        "twin-test": Bad(
            "a copied test cell",
            put(edited(lambda n: copied(n, "test-bits"))),
            "repaired",
            "'test-bits' was there 2 times",
        ),
        "stripped": Bad("stripped metadata", put(edited(strip)), "repaired", "marks .* gone"),
        "bare": Bad(
            "stripped metadata, cell ids too",
            put(edited(lambda n: strip(n, ids=True))),
            "repaired",
            "marks .* gone.*'why' was missing",
        ),
        "no-test": Bad(
            "a deleted test cell",
            put(edited(lambda n: n.cells.pop(2))),
            "repaired",
            "'test-entropy' was missing",
        ),
        "no-work": Bad(
            "a deleted solution", put(edited(lambda n: n.cells.pop(1))), "graded", points=5
        ),
        "no-text": Bad(
            "a deleted written answer",
            put(edited(lambda n: n.cells.pop())),
            "repaired",
            "'why' was missing",
        ),
        "edited": Bad(
            "an edited test",
            put(solved(test_entropy="assert True\n4")),
            "repaired",
            "'test-entropy' was edited",
        ),
        "swapped": Bad(
            "two swapped cells", put(edited(lambda n: swap(n, "entropy", "test-entropy"))), "graded"
        ),
        "pasted": Bad(
            "a solution in the test's cell, and the test in its",
            put(edited(lambda n: swap_sources(n, "entropy", "test-entropy"))),
            "repaired",
            "'test-entropy' was edited",
        ),
        "text": Bad(
            "a solution made a text",
            put(edited(lambda n: n.cells[1].update(cell_type="markdown"))),
            "repaired",
            "'entropy' was made markdown",
        ),
        # What its program does.
        "raises": Bad("a cell that raises", with_cell("1 / 0"), "graded", seen="ZeroDivisionError"),
        "syntax": Bad(
            "a cell that is no Python", with_cell("def f(:"), "graded", seen="SyntaxError"
        ),
        "magic": Bad(
            "magics and a command",
            with_cell("%matplotlib inline\n%pwd\n!echo hello"),
            "graded",
            seen="hello",
        ),
        "package": Bad(
            "an import of what is not installed",
            put(solved(entropy="import seaborn.axes\ndef entropy(p):\n    return 0.0")),
            "attention",
            r"^cell 2 \(entropy\): the package seaborn is not installed here; .* test-entropy$",
            points=5,
        ),
        "pip": Bad(
            "packages that it would install",
            with_cell(
                "import sys\n%pip install seaborn\nif True:\n"
                "    !{sys.executable} -m pip install \\\n        seaborn\n!conda install seaborn"
            ),
            "graded",
            seen="(?s)^pip did nothing.*pip did nothing.*conda did nothing: where this is graded",
        ),
        "exit": Bad("sys.exit()", with_cell("import sys\nsys.exit()"), "graded", seen="SystemExit"),
        "stdin": Bad("input()", with_cell("name = input()"), "graded", seen="EOFError"),
        "killed": Bad(
            "a killed kernel",
            with_cell("import os\nos.kill(os.getpid(), 9)"),
            "stopped",
            "ended by signal 9",
            0,
        ),
        "os-exit": Bad(
            "os._exit",
            with_cell("import os\nos._exit(0)"),
            "stopped",
            "ended before it had answered",
            0,
        ),
        "crash": Bad(
            "a crash of the interpreter",
            with_cell("import ctypes\nctypes.string_at(0)"),
            "stopped",
            "ended by signal 11",
            0,
        ),
        "loop": Bad(
            "an infinite loop in a cell",
            with_cell("while True:\n    pass"),
            "attention",
            "^cell 2 was stopped after 4 s$",
            seen="longer than 4 s",
        ),
        "loop-answer": Bad(
            "an infinite loop in a function", entropy("while True: pass"), "graded", points=5
        ),
        "deaf": Bad(
            "an infinite loop that cannot be interrupted",
            with_cell(LOOP),
            "stopped",
            "used more than (6|12) s",
            0,
        ),
        "forks": Bad(
            "processes started without end",
            with_cell(FORK),
            "stopped",
            "used more than (6|12) s",
            0,
        ),
        "crowd": Bad(
            "processes that take 150 MB each", with_cell(CROWD), "stopped", "800 MB of memory", 0
        ),
        "huge": Bad(
            "a 10 GB allocation",
            with_cell("x = np.ones(10 * 2**30 // 8)"),
            "graded",
            seen="MemoryError",
        ),
        "file": Bad(
            "a file written without end", with_cell(ENDLESS_FILE), "graded", seen="OSError"
        ),
        "files": Bad(
            "files written without end", with_cell(ENDLESS_FILES), "graded", seen="OSError"
        ),
        "empty-files": Bad(
            "empty files made without end",
            with_cell(EMPTY_FILES),
            "stopped",
            "more than 2000 files",
            0,
        ),
        "nobodys": Bad(
            "memory that belongs to no process",
            with_cell(NOBODYS_MEMORY),
            "graded",
            seen="^(OSError\\s){4}$",
        ),
        "eavesdrop": Bad(
            "a program that says it printed the questions",
            with_cell(EAVESDROP),
            "graded",
            points=0,
            seen="^$",
        ),
        "surrogate": Bad(
            "a cell id that no file can hold",
            put(edited(lambda n: n.cells[-1].update(id="\ud800"))),
            "graded",
        ),
        "ids": Bad(
            "three hundred cell ids, each twice",
            put(edited(lambda n: n.cells.extend(cell(f"twin{i // 2}", "") for i in range(600)))),
            "repaired",
            "and 292 more$",
        ),
        "cells": Bad(
            "fifty thousand cells",
            put(edited(lambda n: n.cells.extend(cell(f"c{i}", "") for i in range(50_000)))),
            "not graded",
            "has 50009 cells",
            None,
        ),
        "output": Bad(
            "a 100 MB output",
            with_cell("for i in range(100):\n    print('x' * 10**6)"),
            "graded",
            seen=r"\[\.\.\.\] x",
        ),
        "passwd": Bad(
            "reading /etc/passwd and the homes",
            with_cell(peek("/etc/passwd", "/etc/shadow", Path.home() / ".bashrc", "/var")),
            "graded",
            seen="^(FileNotFoundError\\s)+$",
        ),
        "sibling": Bad(
            "reading a sibling's folder",
            with_cell(peek(*secrets)),
            "graded",
            seen="^(FileNotFoundError\\s)+$",
        ),
        "gradebook": Bad(
            "reading the gradebook and the seed",
            with_cell(peek(book, seed)),
            "graded",
            seen="^(FileNotFoundError\\s)+$",
        ),
        "hidden": Bad(
            "reading the hidden tests",
            with_cell(peek(hidden)),
            "graded",
            seen="^(FileNotFoundError\\s)+$",
        ),
        "outside": Bad(
            "writing outside its folder",
            with_cell(WRITE_OUTSIDE),
            "graded",
            seen="^((OSError|PermissionError|FileNotFoundError)\\s)+$",
        ),
        "network": Bad("a network call", with_cell(network), "graded", seen="^(\\w+Error\\s)+$"),
        "vsock": Bad(
            "a socket to the host of a virtual machine",
            with_cell("import socket\nsocket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)"),
            "graded",
            seen="^OSError: .*family not supported",
        ),
        "limits": Bad(
            "raising its own limits", with_cell(RAISE_LIMITS), "graded", seen="^(ValueError\\s)+$"
        ),
        "usr": Bad(
            "looking where a course may lie in a container",
            with_cell("import os\nprint(os.path.exists('/usr/src'), os.listdir('/usr/local'))"),
            "graded",
            seen="^False (?!.*src)",
        ),
        "packet": Bad(
            "raw sockets",
            with_cell("import socket\nsocket.socket(socket.AF_PACKET, socket.SOCK_RAW)"),
            "graded",
            seen="^PermissionError",
        ),
        "threads": Bad(
            "threads that outlive the program",
            with_cell(
                "import threading, time\nfor _ in range(5):\n"
                "    threading.Thread(target=time.sleep, args=(300,)).start()"
            ),
            "graded",
        ),
        "atexit": Bad(
            "a program that sleeps at its end",
            with_cell("import atexit, time\natexit.register(time.sleep, 300)"),
            "graded",
        ),
        "child": Bad(
            "a child that sleeps",
            with_cell("import os, time\nif os.fork() == 0:\n    time.sleep(300)"),
            "graded",
        ),
        "unshare": Bad("becoming root in a namespace", with_cell(KERNEL), "graded", seen="^1\\s$"),
        # What it does to be given points.
        "allclose": Bad(
            "a patched np.allclose",
            with_cell("np.allclose = np.array_equal = lambda *a, **k: True", **STUBS),
            "graded",
            points=0,
        ),
        "equal": Bad(
            "an object that equals everything", put(solved(entropy=EQUAL)), "graded", points=5
        ),
        "score": Bad(
            "printing a score", with_cell("print('9/9')\n9.0", **STUBS), "graded", points=0
        ),
        "patch": Bad("patching the program that answers", with_cell(PATCH), "graded", points=0),
        "flood": Bad(
            "a thread that writes to the answers", with_cell(FLOOD), "stopped", "sent back", 0
        ),
        "array": Bad(
            "a function that returns 80 MB", entropy("return np.zeros(10**7)"), "graded", points=5
        ),
        "string": Bad(
            "a function that returns a string", entropy("return '1.0'"), "graded", points=5
        ),
        "dumps": Bad(
            "one answer to all questions, by a patched json",
            with_cell(DUMPS, **STUBS),
            "stopped",
            "sent back what cannot be read",
            0,
        ),
        "subclass": Bad(
            "an array of a class that equals everything", put(solved(entropy=SUBCLASS)), "graded"
        ),
        "itself": Bad(
            "an object that is an array of itself", put(solved(entropy=ITSELF)), "graded", points=5
        ),
        "lazy": Bad(
            "an array of 10^12 numbers that takes no memory",
            entropy("return np.broadcast_to(0.0, (10**6, 10**6))"),
            "graded",
            points=5,
        ),
        "structured": Bad(
            "an array of records",
            entropy("return np.zeros(1, [('a', float), ('b', object)])"),
            "graded",
            points=5,
        ),
        "message": Bad(
            "an error with a message of 100 MB",
            entropy("raise ValueError('x' * 10**8)"),
            "graded",
            points=5,
        ),
        "none": Bad("a function that returns None", entropy("pass"), "graded", points=5),
        "nan": Bad("a function that returns NaN", entropy("return np.nan"), "graded", points=5),
        "shape": Bad(
            "a function that returns another shape",
            entropy("return np.full((2, 1), -(p * np.log(p)).sum())"),
            "graded",
            points=5,
        ),
        "forms": Bad(
            "numbers that are no floats, and one in a list",
            put(
                solved(
                    entropy="def entropy(p):\n    from decimal import Decimal\n"
                    "    return (Decimal(float(h)) for h in [-(p * np.log(p)).sum()])",
                    divergence="def divergence(p, q):\n"
                    "    return {'kl': np.array((p * np.log(p / q)).sum(), object)}.values()",
                    bits="from fractions import Fraction\nbits = Fraction(4, 2)",
                )
            ),
            "graded",
        ),
        "picture": Bad(
            "a number read from a live picture, right where it was dragged",
            put(
                solved(
                    bits="from crossentropy.widgets import EntropyBars\n"
                    "bars = EntropyBars(p=[0.5, 0.5])\nbits = 2 * bars.p[0]"
                )
            ),
            "graded",
            points=7,
        ),
        "forbidden": Bad(
            "the function that the task asks to be written, by another name",
            put(
                solved(
                    divergence="import crossentropy\n"
                    "our = getattr(crossentropy, 'kl_' + 'divergence')\n"
                    "def divergence(p, q):\n    return our(p, q)"
                )
            ),
            "graded",
            points=6,
        ),
        "hides": Bad(
            "the same, hidden from what looks for it",
            put(
                solved(
                    divergence="import sys\nfrom crossentropy import kl_divergence as kl\n"
                    "def divergence(p, q):\n    sys.setprofile(None)\n    return kl(p, q)"
                )
            ),
            "attention",
            "^cell 4: divergence names kl_divergence, which the task forbids, and no call of it",
        ),
        "own-name": Bad(
            "a function of the student's own by the name of one that is forbidden",
            put(
                solved(
                    divergence="def kl_divergence(p, q):\n    return (p * np.log(p / q)).sum()\n"
                    "def divergence(p, q):\n    return kl_divergence(p, q)"
                )
            ),
            "graded",
        ),
        "mutates": Bad(
            "a function that changes its argument",
            entropy("h = -(p * np.log(p)).sum(); p[:] = 0; return h"),
            "graded",
        ),
    }
