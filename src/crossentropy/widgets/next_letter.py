"""Shannon's game: guess the next letter, beside a model that has read ten chapters of the book."""

from __future__ import annotations

import functools
import zlib
from collections import Counter
from itertools import pairwise

import traitlets

from crossentropy.data import load_alice
from crossentropy.widgets._explorable import Explorable
from crossentropy.widgets._traits import Choice, ListOf, Number, Text, Whole

__all__ = ["NextLetter"]

_PASSAGE = "`Off with her head!' the Queen shouted at the top of her voice. Nobody moved."
# What zlib 1.3 makes of it. That of another version may differ by a byte or two.
# fmt: off
_BYTES = (
    3, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 6, 7, 7, 7, 8, 8, 8, 8, 8,
    8, 8, 9, 10, 11, 11, 11, 11, 11, 12, 13, 14, 14, 14, 14, 14, 15, 16, 17, 17, 17, 17, 17,
    18, 19, 19, 19, 20, 20, 20, 20, 20, 21, 22, 23, 23, 24, 25, 26, 26, 26, 26, 27, 28, 29,
    29, 30,
)
# fmt: on
_START = 16
_MEMORY = 2  # letters that a model looks back, at most
_WINDOW = 32_768  # letters that gzip does
_COUNTED = Text(pattern=r"(.[0-9]+;)*", must="letters with their counts, such as 'e12;a3;'")


class NextLetter(Explorable):
    """Guess the next letter; what the model gave it, and what you did, is what each pays.

    The models are those of the chapter: shares of letters in what they have read, by up to two
    letters before, which back off to a shorter memory with a discount of 0.6. At the beginning of
    the text they look back no further than it goes. A letter of the text that they never read is
    one more kind that they could have met. To guess, a reader gives a share `sure` to one letter,
    and the rest to the others as the model does: of all stakes, the share of guesses that were
    right costs least. A letter that is not guessed costs as much as it costs the model.

    Parameters
    ----------
    letters : str
        The text that is read, letter by letter.
    contexts : list of str
        What may stand before a letter: nothing, or one letter or two. Without them, those of
        `letters`, counted in chapters I to X of *Alice's Adventures in Wonderland*.
    followers : list of str
        For each context, the letters that followed it, each with how often it did and a
        semicolon: ``"e12;a3;"``. Those of the empty context are all that the models know.
    gzip : list of int
        The bytes that gzip's method makes of the text up to each letter, after it has read what
        the models have, as far as it can look back.
    model : {"uniform", "letters", "pairs", "triples"}
        How far the model looks: at nothing, at one letter, at two, at three.
    place : int
        The last letter that has been read, from 0.
    guesses : str
        A guess for each letter of the text, "·" where there is none.
    sure : float
        The share that a guess gets, from 0.01 to 0.99.

    Raises
    ------
    traitlets.TraitError
        If there is no letter at `place`, the lists are not of one length, there is no count after a
        letter, `sure` is not from 0.01 to 0.99, or there is no such `model`.

    References
    ----------
    C. E. Shannon, "Prediction and entropy of printed English", Bell System Technical Journal 30,
    50-64, 1951. He let people guess until they were right, and counted.

    Examples
    --------
    >>> game = NextLetter(letters="the cat", place=1, model="pairs")
    >>> game.contexts[:3], game.followers[-1][:17]  # after "th"
    (('', ' ', ' c'), 'e1685;i309;o120; ')
    """

    letters = Text().tag(sync=True)
    contexts = ListOf(Text(), fewest=1).tag(sync=True)
    followers = ListOf(_COUNTED, fewest=1, like="contexts").tag(sync=True)
    gzip = ListOf(Whole(), fewest=1, like="letters").tag(sync=True)
    model = Choice(["uniform", "letters", "pairs", "triples"], "triples").tag(sync=True)
    place = Whole(below="letters").tag(sync=True)
    guesses = Text().tag(sync=True)
    sure = Number(0.8, least=0.01, most=0.99).tag(sync=True)

    prompt = traitlets.Unicode("What letter comes next? Press its bar, or press ? and type.").tag(
        sync=True
    )
    stages = traitlets.List(traitlets.Int(), [300, 380]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "Off with her": {"place": _START, "model": "triples", "guesses": "", "sure": 0.8},
            "After Q": {"place": 25, "model": "triples", "guesses": ""},
            "All of it": {"place": 76, "model": "triples", "guesses": ""},
            "No memory": {"place": 76, "model": "letters", "guesses": ""},
            "Ten guesses": {
                "place": 26,
                "model": "triples",
                "guesses": "·" * 17 + "d.  the ce",
                "sure": 0.9,
            },
        }
    ).tag(sync=True)

    @traitlets.default("letters")
    def _default_letters(self) -> str:
        return _PASSAGE

    @traitlets.default("contexts")
    def _default_contexts(self) -> list[str]:
        return _contexts(self.letters)

    @traitlets.default("followers")
    def _default_followers(self) -> list[str]:
        return [
            "".join(f"{letter}{count};" for letter, count in _book()[context].items())
            for context in self.contexts
        ]

    @traitlets.default("gzip")
    def _default_gzip(self) -> tuple[int, ...]:
        return _BYTES if self.letters == _PASSAGE else _deflated(self.letters)

    @traitlets.default("place")
    def _default_place(self) -> int:
        return min(_START, max(len(self.letters) - 1, 0))


def _read() -> str:
    """Return what the models have read: chapters I to X."""
    text = load_alice()
    return text[: text.index("CHAPTER XI\n")]


@functools.cache
def _book() -> dict[str, Counter[str]]:
    """Return how often each letter follows each context in the book."""
    read = _read()
    found: dict[str, Counter[str]] = {"": Counter(dict.fromkeys(sorted(set(load_alice())), 0))}
    for memory in range(_MEMORY + 1):
        for i in range(memory, len(read)):
            found.setdefault(read[i - memory : i], Counter())[read[i]] += 1
    return found


def _contexts(letters: str) -> list[str]:
    """Return what the models meet in a text: all that has a letter before it, and has been read."""
    pairs = ("".join(pair) for pair in pairwise(letters))
    return sorted({"", *letters, *pairs} & _book().keys())


@functools.cache
def _deflated(letters: str) -> tuple[int, ...]:
    """Return the bytes of each beginning of a text, packed as gzip does after the same book."""
    seen = _read()[-_WINDOW:].encode()

    def size(text: str) -> int:
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zdict=seen)
        return len(packer.compress(text.encode()) + packer.flush())

    return tuple(size(letters[: i + 1]) for i in range(len(letters)))
