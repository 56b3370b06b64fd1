"""The student's command: ``crossentropy check NOTEBOOK``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from crossentropy._extras import notebook_extra

__all__ = ["main"]


def main(given: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit code."""
    parser = argparse.ArgumentParser(prog="crossentropy", description="The course's own command.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    about = "check a notebook before it is handed in"
    check = commands.add_parser("check", help=about, description=f"{about.capitalize()}.")
    try:
        with notebook_extra("crossentropy check"):
            from crossentropy import rehearsal
    except ImportError as problem:
        parser.error(str(problem))
    rehearsal.add_arguments(check)
    arguments = parser.parse_args(given)
    try:
        return rehearsal.main(arguments)
    except KeyboardInterrupt:
        return 130
    except ValueError as problem:
        print(f"check: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
