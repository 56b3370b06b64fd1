"""One style sheet and one script in the place of those that every page loads.

Together they are packed better, once the fonts stand apart from the rules; and a page names two
files instead of twenty.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sphinx.application import Sphinx

from crossentropy_book.course.page_weight import IMPORTED, pages_of

__all__ = ["join_files", "joined_sheets", "setup"]

_FACE = re.compile(r"@font-face ?\{[^}]*\}\s*")


def joined_sheets(sheets: dict[Path, str]) -> str:
    """Return style sheets as one, with those that they import, and the fonts at its head.

    Parameters
    ----------
    sheets : dict of Path to str
        The style sheets and where they are, in their order.
    """

    def imported(path: Path, text: str) -> str:
        return IMPORTED.sub(lambda rule: (path.parent / rule[1]).read_text("utf-8"), text)

    text = "".join(imported(path, text) for path, text in sheets.items())
    return "".join(_FACE.findall(text)) + _FACE.sub("", text)


def _joined_scripts(scripts: dict[Path, str]) -> str:
    return ";\n".join(scripts.values())


@dataclass(frozen=True)
class _Kind:
    """How pages load files of a kind, the name of the one for all, and what it holds."""

    tag: re.Pattern[str]
    name: str
    join: Callable[[dict[Path, str]], str]


_KINDS = [
    _Kind(
        re.compile(
            r'<link\b(?=[^>]* rel="stylesheet")[^>]*? href="[^"]*?_static/([^"?]+)[^>]*>\n?'
        ),
        # Beside the theme's, which says from there where its icons are.
        "styles/book.css",
        joined_sheets,
    ),
    _Kind(
        re.compile(
            r'<script\b[^>]* defer\b[^>]*? src="[^"]*?_static/([\w-]+\.js)[^>]*></script>\n?'
        ),
        "book.js",
        _joined_scripts,
    ),
]


def join_files(app: Sphinx, exception: Exception | None) -> None:
    """Write the one file of each kind, and let each page of the book load it."""
    if exception is not None or app.builder.format != "html":
        return
    book = Path(app.outdir)
    pages = {path: path.read_text("utf-8") for path in pages_of(book)}
    for kind in _KINDS:
        # A page that this build has not written anew has the one file already; which files that is
        # of was found when all pages were written.
        new = {path: text for path, text in pages.items() if f"_static/{kind.name}" not in text}
        memory = Path(app.doctreedir) / f"{Path(kind.name).name}.json"
        if len(new) == len(pages):
            memory.write_text(json.dumps(_common_names(kind, list(new.values()))))
        names = json.loads(memory.read_text())
        files = {book / "_static" / name: "" for name in names}
        joined = kind.join({path: path.read_text("utf-8") for path in files})
        (book / "_static" / kind.name).write_text(joined, "utf-8")
        version = f"{zlib.crc32(joined.encode()):08x}"
        for path, text in pages.items():
            pages[path] = _with_one_file(kind, names, version, text)
            if pages[path] != text:
                path.write_text(pages[path], "utf-8")


def _common_names(kind: _Kind, pages: list[str]) -> list[str]:
    """Return the names of the files that each page loads, in their order."""
    first, *others = [kind.tag.findall(page) for page in pages]
    return [name for name in first if all(name in other for other in others)]


def _with_one_file(kind: _Kind, names: list[str], version: str, page: str) -> str:
    """Return a page that loads one file, as it is now, in the place of the last that it holds."""

    def replaced(tag: re.Match[str]) -> str:
        if tag[1] in (names[-1], kind.name):
            return re.sub(rf"{re.escape(tag[1])}[^\"]*", f"{kind.name}?v={version}", tag[0])
        return "" if tag[1] in names else tag[0]

    return kind.tag.sub(replaced, page)


def setup(app: Sphinx) -> None:
    """Join the files when they are as light as they get."""
    app.connect("build-finished", join_files, priority=650)
