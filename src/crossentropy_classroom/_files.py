"""Folders that a command is given, and files that it writes."""

from __future__ import annotations

import argparse
import csv
import io
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["MOST_SAID", "add_folder", "as_csv", "few", "printable", "read_seed", "write_whole"]

# How many faults, files or repairs of a submission are listed.
MOST_SAID = 8

# A spreadsheet takes a cell that begins with one of these for a formula, and runs it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def add_folder(parser: argparse.ArgumentParser, name: str, about: str) -> None:
    """Add the option ``--NAME DIR``, for another folder than the one that is called NAME."""
    parser.add_argument(
        f"--{name}",
        type=Path,
        default=Path(name),
        metavar="DIR",
        help=f"{about} (default: %(default)s)",
    )


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all: a run that is broken off leaves no half of one."""
    half = path.with_name(f".{path.name}.half")
    half.write_text(text, "utf-8", newline="")
    half.replace(path)


def read_seed(classroom: Path) -> int:
    """Return the teacher's seed; make one at random if there is none yet."""
    path = classroom / "seed"
    if not path.exists():
        classroom.mkdir(parents=True, exist_ok=True)
        write_whole(path, f"{secrets.randbits(63)}\n")
        path.chmod(0o600)
    try:
        return int(path.read_text("utf-8"))
    except ValueError:
        raise ValueError(f"{path}: it should hold one whole number") from None


def as_csv(rows: Iterable[Sequence[str]], *, line_end: str = "\r\n") -> str:
    r"""Return rows as RFC 4180 has them: with commas, and quoted where needed.

    Parameters
    ----------
    rows : iterable of sequence of str
        The rows. A cell that a spreadsheet would run as a formula gets an apostrophe in front.
    line_end : str, optional
        What ends a row.

    Examples
    --------
    >>> as_csv([["student", "note"], ["=1+1", 'said "no", twice']])
    'student,note\r\n\'=1+1,"said ""no"", twice"\r\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return text.getvalue()


def few(texts: Sequence[str], between: str) -> str:
    """Join the first of some texts: a student may have sent thousands."""
    more = [f"and {len(texts) - MOST_SAID} more"] if len(texts) > MOST_SAID else []
    return between.join([*texts[:MOST_SAID], *more])


def printable(name: str) -> str:
    """Return a name with what cannot be shown of it spelled out."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)
