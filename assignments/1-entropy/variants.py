"""What differs from student to student in the first assignment: two tables and one number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from crossentropy.exercises.named import bits_of_umbrellas
from crossentropy_classroom.variants import Variant

# Bits at which the share of umbrellas, rounded to two decimals, is less than 0.003 off.
BITS = (1.06, 1.11, 1.16, 1.2, 1.25, 1.3, 1.34, 1.4)

FOUND = """        [8, 4, 2, 1, 1],  # line 1
        [4, 4, 4, 4, 0],  # line 2
        [0, 0, 6, 0, 0],  # line 3: a school line
        [3, 1, 1, 2, 3],  # line 4"""
POCKET = """        [0, 6, 4, 4, 0],  # yes, it fits into a pocket
        [8, 2, 0, 0, 0],  # no, it does not"""
SECOND_PLACE = (
    "(There is a second place where the entropy is one bit: no umbrellas at all. "
    "That is not the one you are asked for.)"
)


def share_of_umbrellas(bits: float) -> float:
    """Return the share at which the airport line has this entropy, the larger of the two."""
    return float(optimize.brentq(lambda share: bits_of_umbrellas(share)[0] - bits, 0.35, 0.99))


def finds(rng: np.random.Generator) -> NDArray[np.int64]:
    """Return four lines: any, four kinds alike, one kind only, and one with every kind."""
    table = np.zeros((4, 5), dtype=np.int64)
    table[0] = rng.permutation([*rng.integers(5, 15, size=2), *rng.integers(1, 5, size=3)])
    table[1] = rng.permutation([*np.repeat(rng.integers(3, 8), 4), 0])
    table[2, rng.integers(5)] = rng.integers(4, 10)
    table[3] = rng.integers(1, 7, size=5)
    return table


def wrong_kinds(found: NDArray[np.int64]) -> float:
    """Return what the program to repair says of the second line."""
    shares = found[1] / found.sum(axis=0)
    return float(np.exp(-(shares * np.log2(np.where(shares > 0, shares, 1))).sum()))


def vary(rng: np.random.Generator) -> Variant:
    """Return other finds, another table of the question, and another entropy to drag to."""
    found, bits = finds(rng), BITS[rng.integers(len(BITS))]
    share = share_of_umbrellas(bits)
    written = round(share, 2)
    rows = ["line 1", "line 2", "line 3: a school line", "line 4"]
    yes, no = rng.integers(2, 10, size=3).tolist(), rng.integers(2, 10, size=2).tolist()
    return Variant(
        texts={
            "data": {FOUND: table(found.tolist(), rows)},
            "gain-data": {
                POCKET: table(
                    [[0, *yes, 0], [*no, 0, 0, 0]],
                    ["yes, it fits into a pocket", "no, it does not"],
                )
            },
            "bars": {
                "## 4. One bit of surprise": f"## 4. {bits:g} bits of surprise",
                "bits: too much for one yes/no question.": "bits: as much as it can be.",
                "**exactly one bit**": f"**exactly {bits:g} bits**",
                SECOND_PLACE: (
                    "(There is a second place, where umbrellas are rarer than gloves. "
                    "That is not the one you are asked for.)"
                ),
            },
            "bars-answer": {
                "bars.p = [0.773, 0.1135, 0.1135]  # H(p) reads 0.9997 bits": (
                    f"bars.p = [{written:g}, {(1 - written) / 2:g}, {(1 - written) / 2:g}]"
                ),
                "umbrella_share = 0.773": f"umbrella_share = {written:g}",
            },
            "test-bars": {"1-entropy/umbrella-share": f"1-entropy/umbrella-share-{bits:g}"},
            "repair": {"as $7.5$ kinds": f"as ${wrong_kinds(found):.1f}$ kinds"},
        },
        references={"umbrella_share": share},
    )


def table(rows: list[list[int]], remarks: list[str]) -> str:
    """Return the lines of a table as they stand in the notebook."""
    pairs = zip(rows, remarks, strict=True)
    return "\n".join(f"        {row},  # {remark}" for row, remark in pairs)
