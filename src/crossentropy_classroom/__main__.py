"""The classroom's commands: ``python -m crossentropy_classroom COMMAND``."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from crossentropy_classroom.sandbox import SandboxError

__all__ = ["main"]

# The module of each command, and what it does.
COMMANDS = {
    "release": ("release", "make the copies that students get, and a zip of them"),
    "grade": ("grade", "grade a folder of submissions"),
    "feedback": ("feedback", "write what each student gets back"),
    "grades": ("export", "write a table of grades for a learning management system"),
    "regrade": ("regrade", "show questions about grades by their codes, and change points"),
    "graders": ("graders", "say who reads which written answers"),
    "statistics": ("statistics_page", "write a page on what the class made of each question"),
    "likeness": ("likeness_page", "write a page on the notebooks whose code is alike"),
    "record": ("record", "leave what the visible tests hold for right in the package, as numbers"),
}


def main(given: Sequence[str] | None = None) -> int:
    """Run a command, and return its exit code."""
    words = list(sys.argv[1:] if given is None else given)
    parser = argparse.ArgumentParser(
        prog="crossentropy-classroom", description="The course's classroom."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    # Only the module of the command that is asked for is imported: nbgrader takes a second.
    for name, (module, about) in COMMANDS.items():
        subparser = commands.add_parser(name, help=about, description=f"{about.capitalize()}.")
        if name in words[:1]:
            try:
                command = importlib.import_module(f"crossentropy_classroom.{module}")
            except ModuleNotFoundError as problem:
                parser.error(f"{name!r} needs the module {problem.name}, which is not installed")
            command.add_arguments(subparser)
    arguments = parser.parse_args(words)
    try:
        return int(command.main(arguments))
    except KeyboardInterrupt:
        print(f"{arguments.command}: broken off; run it again to go on", file=sys.stderr)
        return 130
    except (ValueError, SandboxError) as problem:
        print(f"{arguments.command}: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
