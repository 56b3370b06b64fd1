"""What a kernel of JupyterLite asks for more packages: here are none but those it has.

The real one asks another host for them. It also belongs to one version of Pyodide, and this to any.
"""

from __future__ import annotations

__all__ = ["install"]

TOLD = (
    "This site has what its notebooks import. It has no other packages, and asks no other host for "
    "them."
)


async def install(*_: object, **__: object) -> None:
    """Say that nothing is installed."""
    raise RuntimeError(TOLD)
