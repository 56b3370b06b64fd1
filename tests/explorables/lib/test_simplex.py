"""One component moves, and the whole still sums to one."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from explorables.lib.engine import run


@st.composite
def moves(draw: st.DrawFn) -> tuple[list[float], int, float, list[int]]:
    weights = draw(st.lists(st.floats(0, 1), min_size=2, max_size=7))
    assume(sum(weights) > 1e-6)
    p = (np.array(weights) / sum(weights)).tolist()
    k = draw(st.integers(0, len(p) - 1))
    locked = draw(st.sets(st.integers(0, len(p) - 1)))
    return p, k, draw(st.floats(-0.5, 1.5)), sorted(locked - {k})


def moved(p: list[float], k: int, value: float, locked: list[int]) -> Any:
    arguments = f"{json.dumps(p)}, {k}, {value!r}, (j) => {json.dumps(locked)}.includes(j)"
    return run("simplex", f"return moveComponent({arguments});")


@given(moves())
def test_a_move_keeps_the_sum_the_locks_and_the_others_proportions(
    move: tuple[list[float], int, float, list[int]],
) -> None:
    p, k, value, locked = move
    q = moved(*move)
    free = [j for j in range(len(p)) if j != k and j not in locked]
    if not free:
        assert q == p
        return
    fixed = sum(p[j] for j in locked)
    assert sum(q) == pytest.approx(1, abs=1e-12)
    assert min(q) >= 0
    assert q[k] == pytest.approx(min(max(value, 0), 1 - fixed), abs=1e-12)
    assert [q[j] for j in locked] == [p[j] for j in locked]
    before, after = sum(p[j] for j in free), sum(q[j] for j in free)
    for j in free:
        share = p[j] / before if before > 0 else 1 / len(free)
        assert q[j] == pytest.approx(share * after, abs=1e-12)


def test_what_nothing_was_left_of_comes_back_in_equal_parts() -> None:
    assert moved([1, 0, 0], 0, 0.5, []) == [0.5, 0.25, 0.25]
    assert moved([0.75, 0.25, 0, 0], 0, 0.25, [1]) == [0.25, 0.25, 0.25, 0.25]
