"""Cells of a table that somebody will open in a spreadsheet."""

from __future__ import annotations

__all__ = ["protected", "unprotected"]

# A spreadsheet takes a cell that begins with one of these for a formula, and runs it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def protected(cell: str) -> str:
    """Return a cell that a spreadsheet shows as text: with an apostrophe in front where needed."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def unprotected(cell: str) -> str:
    """Return the cell that was protected."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell
