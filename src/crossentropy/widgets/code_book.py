"""A code built for q, messages that come from p, and what a symbol of them costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from crossentropy._validation import Floats
from crossentropy.coding import codewords, huffman_lengths, kraft_sum, shannon_lengths
from crossentropy.figures.style import COLOURS, label, lengths, number, pairs, panel
from crossentropy.information import cross_entropy, entropy, surprisal
from crossentropy.widgets._explorable import (
    ANIMALS,
    Checked,
    Distribution,
    Explorable,
    Labels,
    Whole,
    as_whole,
)

__all__ = ["CodeBook"]

_LONGEST = 10  # bits of a word by hand
_MOST = 10_000  # symbols
# With this seed the first six symbols of p = (1/2, 1/3, 1/6) are the course's six photographs.
_PHOTOGRAPHS = 2129


class _Lengths(Checked[tuple[int, ...]]):
    """Lengths of words, in whole bits, that do not overspend Kraft's budget."""

    info_text = "lengths of words"

    def _checked(self, value: Any) -> tuple[int, ...]:
        try:
            entries = list(value)
        except TypeError:
            raise ValueError(f"{self.name} is {value!r}; it must be a vector") from None
        checked = tuple(
            as_whole(f"{self.name}[{k}]", n, 1, _LONGEST) for k, n in enumerate(entries)
        )
        if len(checked) < 2:
            raise ValueError(f"{self.name} has {len(checked)} entries; two are the least")
        if kraft_sum(checked) > 1:
            raise ValueError(
                f"{self.name} spend {kraft_sum(checked):g} of Kraft's budget, the sum of 2^-n; "
                "it must be at most 1"
            )
        return checked


class CodeBook(Explorable):
    """Drag q; a code is built for it, messages arrive from p, and their bits per symbol settle.

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

    Raises
    ------
    traitlets.TraitError
        If `p` or `q` is no distribution; if a length, `sent` or `seed` is no whole number or out
        of range; if `lengths` overspend the budget; if there is no such `code`; if the numbers of
        classes differ.

    Examples
    --------
    >>> book = CodeBook(p=[0.5, 0.5], q=[0.9, 0.1], labels=["heads", "tails"])
    >>> book.code, book.lengths
    ('Huffman', (1, 1))
    """

    p = Distribution([1 / 2, 1 / 3, 1 / 6]).tag(sync=True)
    q = Distribution([1 / 4, 1 / 4, 1 / 2]).tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)
    code = traitlets.Enum(["Huffman", "Shannon", "by hand"], "Huffman").tag(sync=True)
    lengths = _Lengths().tag(sync=True)
    sent = Whole(6, most=_MOST).tag(sync=True)
    seed = Whole(_PHOTOGRAPHS, most=2**32 - 1).tag(sync=True)

    prompt = traitlets.Unicode("A code for q, messages from p: where will the mean settle?").tag(
        sync=True
    )
    heights = traitlets.List(traitlets.Int(), [760, 1060]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [494, 656]).tag(sync=True)
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
            }
            for name, p, q, code, sent in [
                ("The course's model", [1 / 2, 1 / 3, 1 / 6], [1 / 2, 1 / 4, 1 / 4], "Huffman", 6),
                ("A code for p itself", [1 / 2, 1 / 3, 1 / 6], [1 / 2, 1 / 3, 1 / 6], "Huffman", 6),
                ("A wrong code", [1 / 2, 1 / 3, 1 / 6], [0.05, 0.15, 0.8], "Shannon", _MOST),
                ("Huffman misses H(p, q)", [0.0, 0.0, 1.0], [0.5, 0.499, 0.001], "Huffman", 100),
                ("q misses a class", [1 / 2, 1 / 3, 1 / 6], [0.6, 0.4, 0.0], "Huffman", 4),
                ("Spend it by hand", [1 / 2, 1 / 3, 1 / 6], [1 / 2, 1 / 3, 1 / 6], "by hand", 6),
            ]
        }
    ).tag(sync=True)

    _per_class = ("p", "q", "labels", "lengths")

    @traitlets.default("lengths")
    def _equally_long(self) -> tuple[int, ...]:
        classes = len(self.labels)
        return (max((classes - 1).bit_length(), 1),) * classes

    def _lengths_in_use(self) -> Floats:
        if self.code == "Huffman":
            return huffman_lengths(self.q)
        if self.code == "Shannon":
            return shannon_lengths(self.q)
        return np.array(self.lengths, dtype=float)

    def draw(self) -> tuple[Figure | list[Figure], str]:
        """Return the bars of p and q, the code, and the running mean of its bits."""
        n = self._lengths_in_use()
        price = _average(np.array(self.p), n)
        h = float(entropy(self.p, base=2))
        ce = float(cross_entropy(self.p, self.q, base=2))
        bits = n[_symbols(self.p, self.seed, self.sent)]
        means = np.cumsum(bits) / np.arange(1, self.sent + 1)
        words = "; ".join(
            f"{name} {pk:.2f}, {qk:.2f}, {_word(word)}"
            for name, pk, qk, word in zip(self.labels, self.p, self.q, codewords(n), strict=True)
        )
        # Until something has been sent, the price would answer the picture's own question.
        so_far = (
            f"The {self.sent:,} symbols sent cost {number(means[-1])} bits a symbol; the mean runs "
            f"towards the price of this code, {number(price)} bits. H(p, q) is {number(ce)} bits"
            if self.sent
            else "Nothing is sent yet. H(p, q) is not shown"
        )
        panels = [
            self._draw_distributions(),
            self._draw_words(n),
            _draw_means(means, price, ce, h),
        ]
        return panels, (
            f"Bars of p and q, the words of a prefix code ({self.code}), and the mean bits per "
            f"symbol as symbols arrive from p. For each class p, q and its word: {words}. The "
            f"words spend {kraft_sum(n):.4f} of Kraft's budget of 1. {so_far}, and H(p) is "
            f"{number(h)} bits."
        )

    def _draw_distributions(self) -> Figure:
        figure, axes = panel()
        pairs(axes, self.p, self.q)
        axes.set(title="messages from p, a code for q", ylim=(0, 1.15), yticks=[0, 0.5, 1])
        axes.set_xticks(range(len(self.labels)), self.labels)
        return figure

    def _draw_words(self, n: Floats) -> Figure:
        surprisals = np.asarray(surprisal(self.q, base=2))
        rows = {
            f"{name}: {_word(word)}, where log₂ 1/q is {number(bits, '.2f')}": [(length, "muted")]
            for name, word, bits, length in zip(
                self.labels, codewords(n), surprisals.tolist(), n.tolist(), strict=True
            )
        }
        figure, axes = lengths(rows, height=max(248, 44 * len(rows) + 40))
        axes.set(title=f"{self.code}: {kraft_sum(n):.4f} of the budget spent", xlabel="bits")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        return figure


def _uniforms(seed: int, n: int) -> Floats:
    """Return the first `n` numbers in [0, 1) of the generator mulberry32."""
    # All in arithmetic modulo 2^32. The i-th number depends on seed + i times a constant alone.
    steps = np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x6D2B79F5) + np.uint64(seed)
    a = (steps & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    t = (a ^ (a >> 15)) * (a | 1)
    t ^= t + (t ^ (t >> 7)) * (t | 61)
    return np.asarray((t ^ (t >> 14)) / 2.0**32)


def _symbols(p: tuple[float, ...], seed: int, n: int) -> NDArray[np.intp]:
    """Return `n` symbols from p by inversion: the first class whose cumulative sum exceeds u."""
    found = np.searchsorted(np.cumsum(p), _uniforms(seed, n), side="right")
    # Rounding may leave the last sum a hair below 1.
    return np.asarray(np.minimum(found, np.flatnonzero(p)[-1]))


def _average(p: Floats, n: Floats) -> float:
    """Return the average length under p; a class that never comes costs nothing."""
    return float(np.sum(p[p > 0] * n[p > 0]))


def _word(word: str | None) -> str:
    if word is None:
        return "no word"
    return (word if len(word) <= _LONGEST else f"{word[:_LONGEST]}…") or "the empty word"


def _draw_means(means: Floats, price: float, ce: float, h: float) -> Figure:
    figure, axes = panel()
    levels = [value for value in (h, ce, price) if np.isfinite(value)]
    # Below an infinite level the whole panel is seen.
    low = max(np.floor(2 * (min(levels) - 0.1)) / 2, 0) if len(levels) == 3 else 0
    high = np.ceil(2 * (max(levels) + 0.1)) / 2
    axes.axhspan(0, h, facecolor=COLOURS["entropy"], edgecolor=COLOURS["p"])
    if len(means):
        axes.axhline(price, color=COLOURS["ink"], linewidth=1.25)
        axes.axhline(ce, color=COLOURS["q"], linestyle="--")
        # As many points as are seen. Infinitely many bits leave the panel, and look upright.
        at = np.unique(np.geomspace(1, len(means), 200).round().astype(int))
        shown = np.minimum(means[at - 1], 1000)
        axes.plot(at, shown, color=COLOURS["ink"])
        axes.plot(at[-1], min(shown[-1], high), "o", color=COLOURS["ink"], markersize=7)
    axes.set(title="bits per symbol so far", xscale="log", xlim=(1, _MOST), ylim=(low, high))
    axes.set(xlabel="symbols sent", yticks=[low, high])
    axes.set_xticks([1, 10, 100, 1000, _MOST], ["1", "10", "100", "1,000", "10,000"])
    axes.minorticks_off()
    wanted = [("L", price, "ink"), ("H(p, q)", ce, "q"), ("H(p)", h, "p")]
    wanted = wanted if len(means) else wanted[2:]
    y = 1.0
    # From the top down; a label keeps its distance from the one above.
    for name, value, role in sorted(wanted, key=lambda level: -level[1]):
        y = min((min(value, high) - low) / (high - low), y)
        text = f"{name} = ∞" if np.isinf(value) else name
        label(axes, 1.03, y, text, role, va="center", transform=axes.transAxes)
        y -= 0.12
    return figure
