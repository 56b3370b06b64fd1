"""Cells of a page, run by their buttons."""

from __future__ import annotations

from playwright.sync_api import Page

__all__ = ["listen", "run"]


def listen(page: Page) -> None:
    """Let the pages that are opened from now on count the cells that have come to their end."""
    page.add_init_script("window.ran = 0; addEventListener('ran', () => { window.ran += 1; });")


def run(page: Page, cell: str, timeout: float = 30_000) -> None:
    """Click a cell's first button, Run or Check, and wait until all that this starts is done."""
    before = page.evaluate("window.ran")
    page.evaluate("cell => document.querySelector(`[data-cell='${cell}'] .live-run`).click()", cell)
    page.wait_for_function("before => window.ran > before", arg=before, timeout=timeout)
