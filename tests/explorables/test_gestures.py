"""Random gestures leave every explorable whole, right, and no heavier.

Four hundred for each, so that the tests stay short; GESTURES=10000 asks for more, and the
workflow does.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page

from explorables.browser import EXPLORABLES, READ, OpenPage, agrees, script

GESTURES = int(os.environ.get("GESTURES", "400"))
SCRIPT = script("gestures")


def counters(page: Page, session: CDPSession) -> dict[str, int]:
    """Count what a leak would add to: event listeners and nodes that something still holds."""
    page.evaluate("settleDown()")
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    counted = session.send("Memory.getDOMCounters")
    return {name: counted[name] for name in ("jsEventListeners", "nodes")}


@pytest.mark.parametrize("name", EXPLORABLES)
def test_gestures_leave_it_whole(name: str, context: BrowserContext, explorable: OpenPage) -> None:
    context.add_init_script(SCRIPT)
    context.add_init_script(f"window.readExplorable = {READ}")
    page = explorable(name)
    session = context.new_cdp_session(page)
    result: dict[str, Any] = page.evaluate("gesture(1, 300)")
    before = counters(page, session)
    more = page.evaluate("count => gesture(2, count)", GESTURES - 300)
    after = counters(page, session)
    assert result["faults"] + more["faults"] == []
    for seen in result["seen"] + more["seen"]:
        agrees(name, seen)
    # The first gestures have built all that is built once.
    assert after["jsEventListeners"] <= before["jsEventListeners"]
    assert after["nodes"] <= before["nodes"] * 1.05
