"""What becomes of a line that begins with ``%pip``."""

from __future__ import annotations

__all__ = ["get_transformed_code"]


async def get_transformed_code(_: list[str]) -> str:
    """Return the code that runs in place of such a line."""
    return "import piplite; print(piplite.TOLD)"
