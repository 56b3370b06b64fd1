"""What several of the classroom's commands take."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["add_folder"]


def add_folder(parser: argparse.ArgumentParser, name: str, about: str) -> None:
    """Let another folder be named than the one that is called so."""
    parser.add_argument(
        f"--{name}",
        type=Path,
        default=Path(name),
        metavar="DIR",
        help=f"{about} (default: %(default)s)",
    )
