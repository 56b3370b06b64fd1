"""Where installed packages lie."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

__all__ = ["package_folder"]


def package_folder(name: str) -> Path:
    """Return the folder of a package, found without importing it."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{name} is not installed; the book extra names it", name=name)
    return Path(spec.submodule_search_locations[0])
