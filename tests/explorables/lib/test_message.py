"""A message drawn from p, what it costs, and the stops at which it is seen."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorables.lib.engine import call, run

MOST = 10_000


def message(p: list[float], numbers: list[float]) -> Any:
    return run(
        "message",
        f"const {{ symbols, counts }} = drawnFrom({json.dumps(p)}, {json.dumps(numbers)});"
        "return [[...symbols], counts.map((count) => [...count])];",
    )


def test_numbers_are_mulberry32s() -> None:
    # The first two from the seed 0.
    assert call("message", "uniforms", 0, 2) == pytest.approx([0.26642920868, 0.0003297457005])
    # One seed further is not one number further.
    first, second = (np.array(run("message", f"return [...uniforms({s}, 1000)];")) for s in (1, 2))
    assert not np.isin(first, second).any()
    assert 0 <= first.min() < 0.01 < 0.99 < first.max() < 1


def test_a_symbol_is_the_first_class_whose_sum_exceeds_the_number() -> None:
    symbols, counts = message([0.5, 0, 0.25, 0.25, 0], [0, 0.49, 0.5, 0.75, 1 - 1e-16])
    assert symbols == [0, 0, 2, 3, 3]  # a class that never comes does not come at the end either
    assert counts[0] == [0, 1, 2, 2, 2, 2]
    assert [each[-1] for each in counts] == [2, 0, 1, 2, 0]


def test_the_mean_counts_no_word_that_has_not_come() -> None:
    _, counts = message([0.5, 0.5], [0.1, 0.2, 0.6])
    for sent, mean in ((0, None), (2, 1), (3, np.inf)):
        assert call_mean(counts, sent) == mean


def call_mean(counts: Any, sent: int) -> Any:
    return run("message", f"return meanBits({json.dumps(counts)}, [1, Infinity], {sent});")


def test_stops_go_one_by_one_then_by_a_share_to_the_end() -> None:
    stops = run("message", f"return createStops({MOST}).stops;")
    assert stops[:20] == list(range(20))
    assert stops[-1] == MOST
    assert 1 <= np.diff(stops).min() <= np.diff(stops).max() <= 0.041 * MOST
    assert len(stops) < 200


@given(st.integers(0, MOST))
def test_a_level_leads_back_to_its_stop(sent: int) -> None:
    level, back = run(
        "message",
        f"const {{ toLevel, fromLevel }} = createStops({MOST}); const level = toLevel({sent});"
        "return [level, fromLevel(level)];",
    )
    assert back == sent
    assert level >= 0
