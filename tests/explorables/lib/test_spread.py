"""Labels beside marks that may lie close together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorables.lib.engine import call


@given(st.lists(st.floats(0, 200), min_size=1, max_size=5))
def test_labels_keep_their_gap_their_order_and_their_room(wanted: list[float]) -> None:
    placed = np.array(call("spread", "spread", wanted, 17, 0, 200))
    order = np.argsort(wanted, kind="stable")
    assert np.all(np.diff(placed[order]) >= 17 - 1e-9)
    assert placed.min() >= -1e-9
    assert placed.max() <= 200 + 1e-9


def test_labels_that_are_apart_stay() -> None:
    assert call("spread", "spread", [100, 20, 60], 17, 0, 200) == [100, 20, 60]
