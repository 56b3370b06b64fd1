"""JavaScript modules without a bundler: what they import, and how they are joined."""

from __future__ import annotations

import base64
import re
from pathlib import Path

__all__ = ["HERE", "IMPORT", "compose", "in_order", "snake_case"]

HERE = Path(__file__).parent
IMPORT = re.compile(r'(\bfrom\s*)"(\.[^"]+)"')


def _imports(path: Path) -> list[Path]:
    return [
        (path.parent / match[2]).resolve() for match in IMPORT.finditer(path.read_text("utf-8"))
    ]


def in_order(paths: list[Path]) -> list[Path]:
    """Return the modules and all that they import, each after what it imports itself."""
    ordered: list[Path] = []

    def visit(path: Path) -> None:
        if path not in ordered:
            for imported in _imports(path):
                visit(imported)
            ordered.append(path)

    for path in paths:
        visit(path.resolve())
    return ordered


def compose(path: Path) -> str:
    """Return a module as one self-contained text, its relative imports turned into data URLs.

    Equal URLs are one module instance, so what two modules share is shared in the browser too.
    """
    composed: dict[Path, str] = {}
    for module in in_order([path]):
        composed[module] = IMPORT.sub(
            lambda match, module=module: (  # type: ignore[misc]
                f'{match[1]}"{_data_url(composed[(module.parent / match[2]).resolve()])}"'
            ),
            module.read_text("utf-8"),
        )
    return composed[path.resolve()]


def snake_case(name: str) -> str:
    """Return the name of a class's files: ``entropy_bars`` for ``EntropyBars``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _data_url(source: str) -> str:
    return "data:text/javascript;base64," + base64.b64encode(source.encode()).decode()
