"""JavaScript modules without a bundler: what they import, and how they are joined."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

__all__ = ["HERE", "IMPORT", "compose", "in_order", "snake_case", "source_of"]

HERE = Path(__file__).resolve().parent
IMPORT = re.compile(r'(\bfrom\s*)"(?P<path>\.[^"]+)"')


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


def source_of(path: Path, schemas: dict[str, Any]) -> str:
    """Return a module's text; lib/schema.js gets the schemas of the classes that it is for."""
    text = path.read_text("utf-8")
    if path == HERE / "lib" / "schema.js":
        return text.replace("SCHEMAS = {}", f"SCHEMAS = {json.dumps(schemas)}")
    return text


def compose(path: Path, schemas: dict[str, Any] | None = None) -> str:
    """Return a module as one self-contained text, its relative imports turned into data URLs.

    Equal URLs are one module instance, so what two modules share is shared in the browser too.
    `schemas` are those of the classes whose front ends are in it.
    """
    composed: dict[Path, str] = {}
    for module in in_order([path]):
        composed[module] = IMPORT.sub(
            lambda match, module=module: (  # type: ignore[misc]
                f'{match[1]}"{_data_url(composed[(module.parent / match[2]).resolve()])}"'
            ),
            source_of(module, schemas or {}),
        )
    return composed[path.resolve()]


def snake_case(name: str) -> str:
    """Return the name of a class's files: ``entropy_bars`` for ``EntropyBars``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _data_url(source: str) -> str:
    return "data:text/javascript;base64," + base64.b64encode(source.encode()).decode()
