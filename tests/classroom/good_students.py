"""Good students of the first assignment, and what a fair teacher gives each.

They do what students do: they load other libraries, paste photographs, write below the cell, hand
in twice, come from Colab. What is right in their work is not to be lost without a word.
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from classroom.bad_submissions import at, below, beside, photo, put, put_bytes, strip
from classroom.made import cell
from crossentropy_classroom.assignments import load
from crossentropy_classroom.release import student_copy

ROOT = Path(__file__).parent.parent.parent
NAME = "1-entropy"
FILE = f"{NAME}.ipynb"
PROOF = (
    r"Let $a$ be the answer of kind $k$: then $p(k \mid a) = p_k / P_a$, and "
    r"$\log 1/p_k = \log 1/P_a + \log P_a/p_k$. Summed with $p_k$, group by group, it is the claim."
)


@dataclass(frozen=True)
class Student:
    """Somebody's work: what is special about it, and what is fair.

    `points` are those of the machine, of 16; `read` says whether a person reads the derivation, and
    `says` is a regular expression for what the report says of it.
    """

    what: str
    make: Callable[[Path], object]
    points: float
    read: bool = True
    status: str = "graded"
    says: str = "^$"


@cache
def _copy() -> str:
    return nbformat.writes(student_copy(load(ROOT / "assignments" / NAME)))


def handed_in(derivation: str = PROOF, **bodies: str) -> NotebookNode:
    """Return a student copy with answers: lines for functions, sources for what is none."""
    notebook = nbformat.reads(_copy(), as_version=4)
    for name, body in bodies.items():
        one = notebook.cells[at(notebook, name.replace("_", "-"))]
        head, stub, _ = one.source.partition("    # YOUR CODE HERE\n")
        one.source = f"{head}{body}\n    return answer" if stub else body
    answer = notebook.cells[at(notebook, "derivation")]
    answer.source = answer.source.replace("Your answer here.", derivation)
    return notebook


# ---- Answers: as somebody writes them who has NumPy, and as others do ----

NUMPY = {
    "row_entropies": """\
    shares = counts / counts.sum(axis=1, keepdims=True)
    bits = np.log2(shares, where=shares > 0, out=np.zeros_like(shares))
    answer = -(shares * bits).sum(axis=1)""",
    "information_gain": """\
    rows = counts.sum(axis=1)
    kept = rows > 0
    before = entropy(counts.sum(axis=0) / counts.sum(), base=2)
    answer = before - rows[kept] @ row_entropies(counts[kept]) / rows.sum()""",
    "bars_answer": "umbrella_share = 0.77",
    "is_prefix_code": """\
    others = [(a, b) for i, a in enumerate(words) for j, b in enumerate(words) if i != j]
    answer = all(not b.startswith(a) for a, b in others)""",
    "wasted_bits": """\
    shares = counts / counts.sum()
    answer = sum(s * len(w) for s, w in zip(shares, words)) - entropy(shares, base=2)""",
    "effective_kinds": "    answer = 2.0 ** row_entropies(counts)",
}

LOOPS = {
    "row_entropies": """\
    answer = []
    for row in counts.tolist():
        total = sum(row)
        answer.append(sum(n / total * np.log2(total / n) for n in row if n))""",
    "information_gain": """\
    table = counts.tolist()
    n = sum(map(sum, table))
    answer = 0.0
    for row in table:
        for k, count in enumerate(row):
            if count:
                kind = sum(other[k] for other in table)
                answer += count / n * np.log2(count * n / (sum(row) * kind))""",
    "bars_answer": "umbrella_share = 0.773",
    "is_prefix_code": """\
    trie, answer = {}, True
    for word in sorted(words, key=len):
        node = trie
        for letter in word:
            answer = answer and "end" not in node
            node = node.setdefault(letter, {})
        answer = answer and not node
        node["end"] = True""",
    "wasted_bits": """\
    n = int(sum(counts))
    answer = 0.0
    for count, word in zip(counts.tolist(), words):
        if count:
            answer += count / n * (len(word) - np.log2(n / count))""",
    "effective_kinds": "    answer = [2**h for h in row_entropies(counts)]",
}

SINGLE = {
    **NUMPY,
    "row_entropies": """\
    shares = (counts / counts.sum(axis=1, keepdims=True)).astype(np.float32)
    answer = -(shares * np.log2(np.maximum(shares, np.float32(1e-38)))).sum(axis=1)""",
    "is_prefix_code": """\
    pairs = [(a, b) for i, a in enumerate(words) for j, b in enumerate(words) if i != j]
    answer = np.bool_(not any(b.startswith(a) for a, b in pairs))""",
}

PANDAS = {
    **NUMPY,
    "row_entropies": """\
    import pandas as pd
    table = pd.DataFrame(counts)
    shares = table.div(table.sum(axis=1), axis=0)
    answer = -(shares * np.log2(shares.where(shares > 0, 1))).sum(axis=1)""",
}


# ---- What else they do ----


def with_cell(
    notebook: NotebookNode, source: str, where: int = 1, **attached: bytes
) -> NotebookNode:
    """Return the notebook with a cell of the student's own."""
    own = cell("own", source, markdown=bool(attached))
    if attached:
        own.attachments = {
            f"{name}.jpg": {"image/jpeg": base64.b64encode(data).decode()}
            for name, data in attached.items()
        }
    notebook.cells.insert(where, own)
    return notebook


def written_below(text: str, **attached: bytes) -> NotebookNode:
    """Return a solved notebook whose derivation stands in a cell below its own, untouched."""
    notebook = handed_in("Your answer here.", **NUMPY)
    where = at(notebook, "derivation") + 1
    with_cell(notebook, text, where, **attached)
    notebook.cells[where].cell_type = "markdown"
    for code in ("outputs", "execution_count"):
        notebook.cells[where].pop(code, None)
    return notebook


def from_colab(notebook: NotebookNode, *, marks: bool) -> NotebookNode:
    """Return the notebook as Colab saves it: without cell ids, with cells of its own."""
    with_cell(notebook, "from google.colab import drive\ndrive.mount('/content/drive')")
    if not marks:
        strip(notebook, ids=True)
    for one in notebook.cells:
        one.pop("id", None)
        one.metadata["colab_type"] = "code"
    notebook.nbformat_minor = 0
    notebook.metadata["colab"] = {"provenance": []}
    return notebook


def from_vs_code(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook with VS Code's metadata, and libraries added to the locked first cell."""
    notebook.metadata["language_info"] = {"name": "python", "version": "3.12.1"}
    for one in notebook.cells:
        one.metadata["vscode"] = {"languageId": "python"}
    setup = notebook.cells[at(notebook, "setup")]
    setup.source += "\nimport pandas as pd\nimport seaborn as sns"
    return notebook


def _first_then_better(folder: Path) -> None:
    """Hand in a poor file, and a day later a good one, with the name that Canvas gives it."""
    put(handed_in(row_entropies=NUMPY["row_entropies"]), FILE)(folder)
    yesterday = time.time() - 86_400
    os.utime(folder / FILE, (yesterday, yesterday))
    put(handed_in(**NUMPY), f"{NAME}-1.ipynb")(folder)


PLOTS = (
    "%pip install seaborn\n%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])"
)
PHOTO = "![IMG_2041.jpg](attachment:IMG_2041.jpg)"

STUDENTS = {
    "ana": Student("loops, a trie, lists", put(handed_in(**LOOPS), FILE), 16),
    "ben": Student("all in float32, np.bool_", put(handed_in(**SINGLE), FILE), 16),
    "cleo": Student("pandas", put(handed_in(**PANDAS), FILE), 16),
    "dan": Student(
        "the zeros forgotten, one wrong repair",
        put(
            handed_in(
                **NUMPY
                | {
                    "row_entropies": """\
    shares = counts / counts.sum(axis=1, keepdims=True)
    answer = -(shares * np.log2(shares)).sum(axis=1)""",
                    "information_gain": "    answer = 0.0",
                    "effective_kinds": """\
    shares = counts / counts.sum(axis=1, keepdims=True)
    bits = -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1)
    answer = np.exp(bits)""",
                }
            ),
            FILE,
        ),
        2 + 0 + 2 + 2 + 2 + 1,
    ),
    "eva": Student(
        "called what the first task forbids",
        put(
            handed_in(
                **NUMPY
                | {
                    "row_entropies": """\
    answer = entropy(counts / counts.sum(axis=1, keepdims=True), base=2)""",
                    "effective_kinds": """\
    shares = counts / counts.sum(axis=1, keepdims=True)
    answer = np.exp2(entropy(shares, base=2))""",
                }
            ),
            FILE,
        ),
        16 - 3,
    ),
    "finn": Student(
        "Colab, marks kept",
        put(from_colab(handed_in(**NUMPY), marks=True), FILE),
        16,
        status="attention",
        says="google",
    ),
    "finn2": Student(
        "Colab, marks gone",
        put(from_colab(handed_in(**NUMPY), marks=False), FILE),
        16,
        status="attention",
        says="marks .* gone",
    ),
    "nic": Student(
        "VS Code, libraries added to the locked first cell",
        put(from_vs_code(handed_in(**NUMPY)), FILE),
        16,
        status="attention",
        says="seaborn",
    ),
    "gus": Student(
        "%pip, plots, a photograph in the answer",
        put(with_cell(written_below(PHOTO, IMG_2041=photo()), PLOTS), FILE),
        16,
        status="attention",
        says="may be in cell",
    ),
    "hana": Student("the written part only", put(handed_in(), FILE), 0),
    "ivy": Student(
        "the proof in a cell of its own",
        put(written_below(PROOF), FILE),
        16,
        status="attention",
        says=r"derivation.* may be in cell",
    ),
    "jon": Student(
        "handed in twice",
        _first_then_better,
        16,
        status="attention",
        says=rf"jon/{NAME}.ipynb was not graded",
    ),
    "kim": Student(
        "dragged, and read from the picture",
        put(handed_in(**NUMPY | {"bars_answer": "umbrella_share = bars.p[0]"}), FILE),
        14,
    ),
    "lea": Student(
        "(1,) for a number, a column for a row",
        put(
            handed_in(
                **NUMPY
                | {
                    "row_entropies": NUMPY["row_entropies"] + "[:, np.newaxis]",
                    "wasted_bits": NUMPY["wasted_bits"] + "\n    answer = np.array([answer])",
                    "information_gain": LOOPS["information_gain"],
                    "effective_kinds": """\
    shares = counts / counts.sum(axis=1, keepdims=True)
    answer = 2.0 ** -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1)""",
                }
            ),
            FILE,
        ),
        16 - 3,  # one number in an array is that number, for the visible test too
    ),
    "mia": Student(
        "Decimal, Fraction, generators",
        put(
            handed_in(
                **NUMPY
                | {
                    "bars_answer": 'from decimal import Decimal\numbrella_share = Decimal("0.77")',
                    "wasted_bits": LOOPS["wasted_bits"]
                    + "\n    from fractions import Fraction\n    answer = Fraction(answer)",
                    "effective_kinds": "    answer = (2.0**h for h in row_entropies(counts))",
                }
            ),
            FILE,
        ),
        16,
    ),
    "olga": Student(
        "a photograph beside the notebook",
        beside(put(handed_in("Your answer here.", **NUMPY), FILE), put_bytes(photo(), "IMG_7.jpg")),
        16,
        status="attention",
        says="IMG_7.jpg",
    ),
    "pia": Student(
        "Canvas's name, in a folder",
        below(put(handed_in(**NUMPY), f"piapan_4411_98123_{NAME}.ipynb"), "unzipped"),
        16,
        status="repaired",
        says="called piapan_4411",
    ),
}
