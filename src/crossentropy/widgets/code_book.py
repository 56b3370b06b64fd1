"""A code built for q, messages that come from p, and what a symbol of them costs."""

from __future__ import annotations

from typing import Any

import traitlets

from crossentropy.coding import kraft_sum
from crossentropy.widgets._explorable import ANIMALS, Explorable
from crossentropy.widgets._traits import Choice, Distribution, Labels, ListOf, Whole

__all__ = ["CodeBook"]

_LONGEST = 10  # bits of a word by hand
_MOST = 10_000  # symbols
# With this seed the first six symbols of p = (1/2, 1/3, 1/6) are the course's six photographs.
_PHOTOGRAPHS = 2129
_GARDEN = [1 / 2, 1 / 3, 1 / 6]  # the course's p


class _Lengths(ListOf):
    """Lengths of words, in whole bits, that do not overspend Kraft's budget."""

    def checked(self, name: str, value: Any) -> Any:
        """Return the lengths as a tuple."""
        lengths = super().checked(name, value)
        spent = kraft_sum(lengths)
        if spent > 1:
            raise ValueError(
                f"{name} spend {spent} of Kraft's budget, the sum of 2^-n; it must be at most 1"
            )
        return lengths


class CodeBook(Explorable):
    """Drag q; a code is built for it, messages arrive from p, and their bits per symbol settle.

    One view has the message and the mean of its bits; the other, the words of the code.

    The code is Huffman's for `q`, Shannon's for `q`, or one with `lengths` set by hand, which `q`
    does not change. Shannon's lengths, ``ceil(-log2 q[k])``, cost from H(p, q) to less than
    H(p, q) + 1 bits a symbol whatever p is. Huffman's cost from H(q) to less than H(q) + 1 when
    the symbols come from `q`, less than any other prefix code; from another p they may cost more
    or less than H(p, q). Huffman merges the two lightest groups of classes; of groups of equal
    weight, the one whose smallest class index is smaller is merged first. Words are canonical:
    shorter ones first, of equally long ones that of the smaller class index, counting in binary.

    A class with ``q[k] == 0`` gets no word from Huffman and Shannon, and costs infinitely many
    bits as soon as p sends it. A class that q is certain of has the empty word, and costs nothing.

    While nothing has been sent, the picture does not show what it asks for: the price of the code
    and H(p, q).

    The i-th symbol, from 1, is the first class whose cumulative sum of `p` exceeds the i-th number
    of the generator mulberry32 started at `seed`, whatever the code is: when q or the code changes,
    the same message is encoded anew. "Run" sends on until 10,000 symbols have been sent; the next
    run begins another message, with the next seed. The quantity ``bits_per_symbol`` is the mean
    over the symbols sent, and null while there are none.

    Parameters
    ----------
    p, q : array_like of shape (K,)
        Where the symbols come from, and what the code is built for.
    labels : list of str
        The names of the K classes. Up to four fit the picture.
    code : {"Huffman", "Shannon", "by hand"}
        How the lengths of the words are found.
    lengths : array_like of int, shape (K,)
        The lengths by hand: from 1 to 10 bits, with ``sum(2**-n) <= 1``. By default the least that
        can be equal.
    sent : int
        How many symbols have been sent: 0 to 10,000.
    seed : int
        Where the generator starts: 0 to 2**32 - 1. The default begins with the course's six
        photographs: cat, cat, dog, cat, fox, dog.
    view : {"message", "words"}
        What is shown beside the bars of p and q.

    Raises
    ------
    traitlets.TraitError
        If `p` or `q` is no distribution; if a length, `sent` or `seed` is no whole number or out
        of range; if `lengths` overspend the budget; if there is no such `code` or `view`; if the
        numbers of classes differ.

    Examples
    --------
    >>> book = CodeBook(p=[0.5, 0.5], q=[0.9, 0.1], labels=["heads", "tails"])
    >>> book.code, book.lengths
    ('Huffman', (1, 1))
    """

    p = Distribution(_GARDEN, like="labels").tag(sync=True)
    q = Distribution([1 / 4, 1 / 4, 1 / 2], like="p").tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)
    code = Choice(["Huffman", "Shannon", "by hand"], "Huffman").tag(sync=True)
    lengths = _Lengths(Whole(least=1, most=_LONGEST), like="p").tag(sync=True)
    sent = Whole(6, most=_MOST).tag(sync=True)
    seed = Whole(_PHOTOGRAPHS, most=2**32 - 1).tag(sync=True)
    view = Choice(["message", "words"], "message").tag(sync=True)

    prompt = traitlets.Unicode("Drag q: its code sends p’s symbols. At what cost?").tag(sync=True)
    prompts = traitlets.Dict({"words": "Drag q: the rarer a class, the longer its word."}).tag(
        sync=True
    )
    stages = traitlets.List(traitlets.Int(), [360, 380]).tag(sync=True)
    presets = traitlets.Dict(
        {
            name: {
                "p": p,
                "q": q,
                "labels": ANIMALS,
                "code": code,
                "lengths": [2, 2, 2],
                "sent": sent,
                "seed": _PHOTOGRAPHS,
                "view": view,
            }
            for name, view, p, q, code, sent in [
                ("A wrong code", "message", _GARDEN, [0.05, 0.15, 0.8], "Shannon", _MOST),
                ("A code for p", "message", _GARDEN, _GARDEN, "Huffman", 6),
                ("By hand", "words", _GARDEN, _GARDEN, "by hand", 6),
                ("q = 0 for fox", "words", _GARDEN, [0.6, 0.4, 0.0], "Huffman", 4),
                ("Below H(p, q)", "message", [0.0, 0.0, 1.0], [0.5, 0.499, 0.001], "Huffman", 100),
                ("The course’s model", "words", _GARDEN, [1 / 2, 1 / 4, 1 / 4], "Huffman", 6),
            ]
        }
    ).tag(sync=True)

    @traitlets.default("lengths")
    def _equally_long(self) -> tuple[int, ...]:
        classes = len(self.labels)
        return (max((classes - 1).bit_length(), 1),) * classes
