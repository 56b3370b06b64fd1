"""Unpack what a learning management system downloads: a zip, which is not trusted.

Nothing is written before every entry has been looked at, and nothing is written outside of the
folder that is given. An archive that is refused is refused whole.
"""

from __future__ import annotations

import lzma
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from datetime import datetime, tzinfo
from pathlib import Path, PurePosixPath, PureWindowsPath

from crossentropy_classroom._files import printable

__all__ = ["unpack"]

# How much is unpacked at most. Three hundred notebooks with pictures are a tenth of it.
MOST_FILES = 20_000
MOST_BYTES = 4 << 30

CHUNK = 1 << 20

# What is raised where an archive is damaged, or packed in a way that is not known here.
BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, NotImplementedError, RuntimeError, ValueError),
)

# The extra field in which Unix programs write a time in seconds, in no time zone's need.
UNIX_TIME = 0x5455


def unpack(archive: Path, folder: Path, zone: tzinfo | None = None) -> Path:
    """Unpack a zip into a folder, whose content is replaced; return the folder.

    Parameters
    ----------
    archive : Path
        The zip.
    folder : Path
        Where its files go.
    zone : tzinfo, optional
        The time zone of its time stamps, of which a zip says nothing; this machine's, if left out.

    Raises
    ------
    ValueError
        If it is no zip, cannot be unpacked, or would do harm.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
            problem = _problem(entries)
            if not problem:
                _empty(folder)
                for entry in entries:
                    _write(opened, entry, folder, zone)
    except OSError as error:
        raise ValueError(f"{archive} cannot be unpacked: {error}") from None
    except BROKEN as error:
        raise ValueError(f"{archive} is no zip that can be unpacked: {error}") from None
    if problem:
        raise ValueError(f"{archive} is refused: {problem}. Nothing was unpacked")
    return folder


def _problem(entries: Iterable[zipfile.ZipInfo]) -> str:
    """Return why an archive is not unpacked, or ""."""
    files, size, seen = 0, 0, set()
    for entry in entries:
        shown = printable(entry.filename)[:100]
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if _leaves(entry.orig_filename):
            return f"{shown!r} would be written outside of its folder"
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            return f"{shown!r} is {'a symbolic link' if kind == stat.S_IFLNK else 'no file'}"
        if entry.flag_bits & 1:
            return f"{shown!r} is encrypted"
        path = PurePosixPath(entry.filename)
        if path in seen and not entry.is_dir():
            return f"{shown!r} is in it twice"
        seen.add(path)
        files, size = files + 1, size + entry.file_size
        if files > MOST_FILES:
            return f"it holds more than {MOST_FILES:,} files"
        if size > MOST_BYTES:
            return f"unpacked, it has more than {MOST_BYTES >> 30} GB"
    return ""


def _leaves(name: str) -> bool:
    """Return whether an entry of this name may be written outside of its folder."""
    parts = name.removesuffix("/").split("/")
    windows = PureWindowsPath(name)
    return (
        not set(parts).isdisjoint({"", ".", ".."})
        or bool(windows.drive or windows.root)
        or bool(set(name) & {"\\", "\0"})
    )


def _empty(folder: Path) -> None:
    """Make a folder that is empty, in the place of what is there."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)


def _write(
    opened: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, zone: tzinfo | None
) -> None:
    path = folder / entry.filename
    if entry.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # A new file, always: what is there already is neither followed nor overwritten.
    with opened.open(entry) as source, path.open("xb") as target:
        shutil.copyfileobj(source, target, CHUNK)
    then = _time(entry, zone)
    os.utime(path, (then, then))


def _time(entry: zipfile.ZipInfo, zone: tzinfo | None) -> float:
    """Return when an entry was last changed, as its time stamp says."""
    extra = entry.extra
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == UNIX_TIME and length >= 5 and len(extra) >= 9 and extra[4] & 1:
            return float(struct.unpack_from("<i", extra, 5)[0])
        extra = extra[4 + length :]
    try:
        return datetime(*entry.date_time, tzinfo=zone).timestamp()
    except (ValueError, OverflowError):  # month 0, as some programs write it
        return 0.0
