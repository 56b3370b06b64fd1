"""``record``: leave what the visible tests hold for right in the package, as numbers."""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path

from crossentropy.exercises import Exercise
from crossentropy.exercises._recorded import RECORDINGS, recording

__all__ = ["add_arguments", "main", "visible"]


def visible(folder: Path) -> dict[str, Exercise]:
    """Return the visible tests of the assignment in a folder: ``VISIBLE`` of its ``visible.py``."""
    tests: dict[str, Exercise] = runpy.run_path(str(folder / "visible.py"))["VISIBLE"]
    return tests


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "assignments",
        type=Path,
        nargs="?",
        default=Path("assignments"),
        help="the folder of the masters (default: %(default)s)",
    )


def main(arguments: argparse.Namespace) -> int:
    """Record every assignment that has visible tests."""
    for path in sorted(arguments.assignments.glob("*/visible.py")):
        text = recording(visible(path.parent))
        (RECORDINGS / f"{path.parent.name}.json").write_text(text, "utf-8")
        print(f"recorded {path.parent.name}")
    return 0
