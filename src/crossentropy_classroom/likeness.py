"""Which notebooks have code in common that others do not have.

Programs are compared as MOSS compares them [1]_, by the runs of tokens that two of them share. A
notebook is short, so all runs are kept, and not a sample. Comments, docstrings, line breaks and the
names that a student chose count for nothing, nor does the order of cells. What is like the master's
own code, with its solutions, is left out, and so is what more than half of the class has. The rest
counts by how rare it is: by the surprise, as the course has it.

Two who solve a task by themselves may still write the same. So this is a list to look at.

References
----------
.. [1] S. Schleimer, D. Wilkerson and A. Aiken, "Winnowing: Local algorithms for document
   fingerprinting", SIGMOD 2003.
"""

from __future__ import annotations

import builtins
import io
import keyword
import math
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

__all__ = ["Pair", "Run", "alike", "runs"]

# Tokens of a run: shorter ones are found in programs that have nothing to do with each other.
LENGTH = 12

# How alike two have to be to be listed, and how many runs they have in common at least.
LIKE_ENOUGH, RUNS_ENOUGH = 0.25, 25

# Characters of a cell that are compared: nobody writes a longer one by hand.
LONGEST = 20_000

# What is no Python, and only a notebook understands.
MAGIC = re.compile(r"^\s*[%!].*", re.MULTILINE)

KEPT = {*keyword.kwlist, *dir(builtins)}
LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}

Place = tuple[int, int]


@dataclass(frozen=True)
class Run:
    """A run of tokens: where it stands in its cell, from (row, column) to (row, column)."""

    cell: int
    start: Place
    end: Place


@dataclass(frozen=True)
class Pair:
    """Two notebooks that are alike.

    Parameters
    ----------
    first, second : str
        Whose they are.
    likeness : float
        From 0 to 1: how much of the shorter one they share, what is rarer counting for more; 1 if
        all of it is in these two and in no other.
    shared : frozenset of str
        The runs that they share, which are looked for in both.
    """

    first: str
    second: str
    likeness: float
    shared: frozenset[str]


def runs(cells: Iterable[str]) -> Iterator[tuple[str, Run]]:
    """Yield each run of tokens in some cells of code, and where it stands.

    Examples
    --------
    >>> a, b = "def f(x): return g(x) + 1 # one", "def h(y): return k( y )+1"
    >>> [run for run, _ in runs([a])] == [run for run, _ in runs([b])]
    True
    """
    for number, source in enumerate(cells):
        tokens = list(_tokens(source[:LONGEST]))
        for at in range(len(tokens) - LENGTH + 1):
            window = tokens[at : at + LENGTH]
            yield _text(window), Run(number, window[0].start, window[-1].end)


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    """Yield the tokens of a program, up to where it is none."""
    docstring = True  # a text where a statement could begin
    try:
        for token in tokenize.generate_tokens(io.StringIO(MAGIC.sub("", source)).readline):
            if token.type in LAYOUT:
                docstring |= token.type in (tokenize.NEWLINE, tokenize.INDENT)
            else:
                if not (docstring and token.type == tokenize.STRING):
                    yield token
                docstring = False
    except (tokenize.TokenError, SyntaxError):
        return


def _text(window: Sequence[tokenize.TokenInfo]) -> str:
    """Return a run as a text in which names are numbered, and so the same whatever they are."""
    numbers: dict[str, str] = {}
    words = []
    before = ""
    for token in window:
        word = token.string
        if token.type == tokenize.STRING:
            word = "''"
        elif token.type == tokenize.NAME and before != "." and word not in KEPT:
            word = numbers.setdefault(word, f"${len(numbers)}")
        words.append(word)
        before = token.string
    return " ".join(words)


def alike(programs: Mapping[str, Iterable[str]], master: Iterable[str]) -> list[Pair]:
    """Return the pairs of programs that are alike, the most alike first.

    Parameters
    ----------
    programs : mapping of str to iterable of str
        The code cells of each student.
    master : iterable of str
        The code cells of the master notebook, with its solutions.
    """
    theirs = {text for text, _ in runs(master)}
    own = {who: {text for text, _ in runs(cells)} - theirs for who, cells in programs.items()}
    owners = defaultdict(list)
    for who in sorted(own):
        for text in own[who]:
            owners[text].append(who)
    rare = {text for text, all_of in owners.items() if len(all_of) <= max(3, len(own) / 2)}
    surprise: defaultdict[tuple[str, str], float] = defaultdict(float)
    for text in sorted(rare):  # a sum of floats depends on the order
        worth = math.log((len(own) + 1) / len(owners[text]))
        for pair in combinations(owners[text], 2):
            surprise[pair] += worth
    most = math.log((len(own) + 1) / 2)
    found = []
    for (first, second), total in surprise.items():
        likeness = total / most / min(len(own[first]), len(own[second]))
        if likeness >= LIKE_ENOUGH:
            shared = own[first] & own[second] & rare
            found.append(Pair(first, second, likeness, frozenset(shared)))
    listed = [pair for pair in found if len(pair.shared) >= RUNS_ENOUGH]
    return sorted(listed, key=lambda pair: (-pair.likeness, pair.first, pair.second))
