"""Pictures that students hand in as answers: attached, written into a text, or in a file beside.

All become attachments of the notebook that is graded, as PNG that a sandbox has drawn (`redraw`):
the grader in nbgrader's formgrader and the student on the page of feedback see the same picture,
and no byte of what was handed in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, unquote

from nbformat import NotebookNode

from crossentropy_classroom import redraw, sandbox
from crossentropy_classroom._files import few
from crossentropy_classroom.answers import framed, messages
from crossentropy_classroom.notebooks import free_id
from crossentropy_classroom.sandbox import Limits

__all__ = ["Beside", "elsewhere", "show"]

# Pictures beside a notebook: the name of each file and what is in it.
Beside = Sequence[tuple[str, bytes]]

# How many pictures of a submission are drawn, and how many pages of them are read.
MOST_PICTURES, MOST_PAGES = 24, 64

# A picture in the text of a cell, as Colab writes it, or in HTML. No part goes on where another
# picture may begin: a text of a million beginnings is gone through once.
IN_TEXT = re.compile(
    r"""!\[(?P<alt>[^][]*)\]\(\s*<?(?P<url>data:image/[^()\s>]*)[^()]*\)"""
    r"""|<img\b[^<>]*?\bsrc\s*=\s*["'](?P<source>(?:data:image/|attachment:)[^<"']*)["'][^<>]*>""",
    re.IGNORECASE,
)

# The same where a text names its pictures, and says at its end what they are.
NAMED = re.compile(
    r"^[ ]{0,3}\[(?P<alt>[^][]+)\]:\s*<?(?P<url>data:image/[^()\s>]*).*$", re.MULTILINE
)

# A picture that a text points to.
POINTED_AT = re.compile(r"!\[[^][]*\]\(\s*<?([^)>]+)|<img\b[^<>]*?\bsrc\s*=\s*[\"']([^\"']+)")

# What a picture is attached as.
KEY = re.compile(r"picture-[0-9a-f]{16}(-\d+)?\.png")

# The chunks of a PNG that holds a picture and nothing else.
CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


@dataclass(frozen=True)
class _Picture:
    """A picture: the cell that it is in, what it is called, and its bytes."""

    cell: NotebookNode
    name: str
    data: bytes

    @cached_property
    def key(self) -> str:
        """What it is attached as: the text of its cell is another one if the picture is."""
        return f"picture-{hashlib.sha256(self.data).hexdigest()[:16]}.png"


def show(
    notebook: NotebookNode,
    beside: Beside,
    after: int | None,
    limits: Limits,
    contained: bool,
) -> list[str]:
    """Attach all pictures of a submission to its notebook, drawn anew.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook to grade; it is changed.
    beside : sequence of (str, bytes)
        The pictures in files beside it.
    after : int, optional
        How many cells stand before those; without it, all.
    limits, contained
        As a submission's program runs.

    Returns
    -------
    list of str
        What of the pictures cannot be shown.
    """
    pictures = [each for cell in notebook.cells for each in _of_cell(cell)]
    position = len(notebook.cells) if after is None else after
    for number, (name, data) in enumerate(beside):
        cell = _new_cell(notebook, f"beside-{number + 1}", name)
        notebook.cells.insert(position + number, cell)
        pictures.append(_Picture(cell, name, data))
        cell.source += f"\n\n![{_label(name)}](attachment:{pictures[-1].key})"
    if not pictures:
        return []
    pages, problems = _drawn([each.data for each in pictures[:MOST_PICTURES]], limits, contained)
    numbers = {id(cell): number for number, cell in enumerate(notebook.cells, 1)}
    faults = []
    for number, picture in enumerate(pictures):
        _attach(picture, pages.get(number, []))
        if number in problems or number not in pages:
            problem = problems.get(number, "cannot be shown")
            faults.append(f"cell {numbers[id(picture.cell)]}: the file {picture.name} {problem}")
    return [few(faults, "; ")] if len(faults) > MOST_PICTURES else faults


def elsewhere(cell: NotebookNode, beside: Beside) -> str:
    """Return where a picture is that a cell points to and nobody handed in, or ""."""
    names = {_file_name(name) for name, _ in beside}
    for found in POINTED_AT.finditer(cell.source):
        address = (found[1] or found[2]).strip()
        if address.startswith("attachment:"):
            name = unquote(address.removeprefix("attachment:"))
            # What was handed in has its key by now, be it drawn or not.
            if name not in cell.get("attachments", {}) and not KEY.fullmatch(name):
                return address[:60]
        elif _file_name(address) not in names:
            return address[:60]
    return ""


def _file_name(address: str) -> str:
    """Return the name of the file that is meant, as every system would find it."""
    return unquote(address).replace("\\", "/").rpartition("/")[2].casefold()


def _of_cell(cell: NotebookNode) -> Iterator[_Picture]:
    """Yield the pictures of a cell; its text refers to each by its key."""
    if cell.cell_type != "markdown":
        return
    attached, cell.attachments = cell.get("attachments", {}), NotebookNode()
    found: list[_Picture] = []

    def taken(match: re.Match[str]) -> str:
        groups = match.groupdict()
        address = groups["url"] or groups["source"]
        alt = _label(groups["alt"] or "picture")
        if address.startswith("attachment:"):
            return f"![{alt}]({address})"
        found.append(_Picture(cell, alt, _decoded(address.partition(",")[2])))
        return f"![{alt}](attachment:{found[-1].key})"

    cell.source = NAMED.sub(taken, IN_TEXT.sub(taken, cell.source))
    for name, bundle in attached.items():
        picture = _Picture(cell, _label(name), _decoded(next(iter(bundle.values()))))
        found.append(picture)
        before = cell.source
        for spelling in {name, quote(name), quote(name, safe="()!'*;,:@&=+$")}:
            cell.source = cell.source.replace(
                f"attachment:{spelling})", f"attachment:{picture.key})"
            )
        if cell.source == before:  # nothing in the text shows it
            cell.source += f"\n\n![{picture.name}](attachment:{picture.key})"
    yield from found


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=False)
    except (binascii.Error, ValueError):
        return b""


def _label(name: str) -> str:
    """Return a name that is no Markdown, and not too long."""
    return re.sub(r"[^\w .-]", " ", name)[:60].strip() or "picture"


def _new_cell(notebook: NotebookNode, identity: str, name: str) -> NotebookNode:
    source = f"*Handed in beside the notebook:* {_label(name)}"
    return NotebookNode(
        cell_type="markdown",
        id=free_id(identity, notebook),
        metadata=NotebookNode(),
        source=source,
        attachments=NotebookNode(),
    )


def _attach(picture: _Picture, pages: Sequence[bytes]) -> None:
    """Put into a cell what was drawn of a picture: one page, or several, or none."""
    for number, page in enumerate(pages):
        key = picture.key if number == 0 else f"{picture.key.removesuffix('.png')}-{number + 1}.png"
        picture.cell.attachments[key] = {"image/png": base64.b64encode(page).decode()}
        if number:
            picture.cell.source += f"\n\n![{picture.name}](attachment:{key})"


def _drawn(
    data: Sequence[bytes], limits: Limits, contained: bool
) -> tuple[dict[int, list[bytes]], dict[int, str]]:
    """Return the pages of each picture that could be drawn, and what there is to say of others."""
    told = framed(json.dumps([base64.b64encode(each).decode() for each in data]).encode())
    outcome = sandbox.converse(Path(redraw.__file__), told, lambda said: None, limits, contained)
    pages: dict[int, list[bytes]] = {}
    problems: dict[int, str] = {}
    try:
        for _, header, payload in messages(outcome.data, MOST_PAGES):
            number = header["picture"]
            if type(number) is not int or not 0 <= number < len(data):
                break
            if "problem" in header:
                problems[number] = str(header["problem"])[:60]
            elif is_picture(payload):
                pages.setdefault(number, []).append(payload)
    except (ValueError, TypeError, KeyError, RecursionError):
        pass  # a picture took over the program that drew it: what it said before stands
    return pages, problems


def is_picture(data: bytes) -> bool:
    """Return whether bytes are a PNG of moderate size, with a picture in it and nothing else."""
    if data[:8] != b"\x89PNG\r\n\x1a\n" or len(data) > redraw.LARGEST:
        return False
    if max(struct.unpack(">II", data[16:24].ljust(8, b"\xff"))) > redraw.WIDEST * redraw.HIGHEST:
        return False
    at, kinds = 8, []
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if kind not in CHUNKS or data[end - 4 : end] != struct.pack(
            ">I", zlib.crc32(data[at + 4 : end - 4])
        ):
            return False
        kinds.append(kind)
        at = end
    return at == len(data) and kinds[:1] == [b"IHDR"] and kinds[-1:] == [b"IEND"]
