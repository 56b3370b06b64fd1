"""The files that every page loads: a style sheet with the fonts in it, and scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import minify
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from crossentropy_book.fonts import ICON_FONT, face_rule, icon_font, kept, math_font
from crossentropy_book.icons import icon_style_sheet

__all__ = [
    "copy_script",
    "copy_sheet_with_buttons",
    "drop_files",
    "minified",
    "minified_page",
    "setup",
    "static_folder",
]

_HERE = Path(__file__).parent

# A page stays one that any parser reads, and states keep every digit.
minify.config(
    {
        "html-keep-default-attr-vals": True,
        "html-keep-document-tags": True,
        "html-keep-end-tags": True,
        "html-keep-quotes": True,
        "json-keep-numbers": True,
    }
)


# Functions that the minifier would write in other ways, which differ: for -0, for 2**32, or by a
# rounding. By this name of theirs it leaves them alone.
_REWRITTEN = re.compile(r"\bMath\.(abs|pow|sqrt|trunc)\b")


def minified(script: str) -> str:
    """Return a script without comments and spaces, and with short names for what is its own.

    Examples
    --------
    >>> minified("export function half(number) { return number / 2; } // a comment")
    'export function half(e){return e/2}'
    >>> minified("export const size = (number) => Math.abs(number);")
    'export const size=e=>Math.abs(e)'
    """
    kept = _REWRITTEN.sub(r'Math["\1"]', script)
    short: str = minify.string("application/javascript", kept)
    return short


def minified_page(page: str) -> str:
    r"""Return a page without comments and indentation, its drawings and scripts in fewer letters.

    Examples
    --------
    >>> minified_page('<p>One\n  <b>two</b>\n</p>\n<svg><path d="M 90 90 L 95 95"/></svg>')
    '<p>One\n<b>two</b></p><svg><path d="M90 90l5 5"/></svg>'
    """
    short: str = minify.string("text/html", page)
    return short


def static_folder(app: Sphinx, name: str) -> Path:
    """Return a new folder whose files the build copies into the book's ``_static``.

    It is named while the build runs and not in ``_config.yml``: Jupyter Book loads every script of
    a folder named there on every page.
    """
    folder = Path(app.doctreedir) / name
    folder.mkdir(parents=True, exist_ok=True)
    app.config.html_static_path.append(str(folder))
    return folder


def copy_script(script: Path, folder: Path) -> None:
    """Put a script into a folder, minified."""
    (folder / script.name).write_text(minified(script.read_text("utf-8")), "utf-8")


def copy_sheet_with_buttons(sheet: Path, folder: Path) -> None:
    """Put a style sheet into a folder, with the look of the buttons of a page at its head."""
    buttons = (_HERE / "buttons.css").read_text("utf-8")
    (folder / sheet.name).write_text(buttons + sheet.read_text("utf-8"), "utf-8")


def drop_files(context: dict[str, Any], kind: str, is_unwanted: Callable[[str], object]) -> None:
    """Take scripts or style sheets off a page, by their names, or by what those without one say.

    Parameters
    ----------
    context : dict
        What a page is written from.
    kind : {"script_files", "css_files"}
        Which of its files.
    is_unwanted : callable
        Of a name, or of the text of a script, whether it goes.
    """
    context[kind] = [
        file
        for file in context[kind]
        if not is_unwanted(str(file.filename or file.attributes.get("body", "")))
    ]


def _write(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    folder = static_folder(app, "crossentropy-book")
    style = face_rule("STIX Two Math", kept(folder.parent, "stix-two-math", math_font))
    style += icon_style_sheet() + (_HERE / "page.css").read_text("utf-8")
    (folder / "crossentropy-book.css").write_text(style, "utf-8")
    for name in ("before_paint", "mount", "not_found", "resting", "scrollable", "storage"):
        copy_script(_HERE / f"{name}.js", folder)
    icons = folder / ICON_FONT
    icons.parent.mkdir(parents=True, exist_ok=True)
    icons.write_bytes(icon_font())


def _load_first(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load what comes before anything is painted, with what parts of the page ask of it."""
    app.add_js_file("before_paint.js", priority=0, **context.get("before_paint", {}))


def _write_a_page(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Let each build write a page: where none is out of date, Sphinx brings no files either."""
    return [app.config.root_doc]


def setup(app: Sphinx) -> None:
    """Make the files and load them."""
    app.connect("env-updated", _write_a_page)
    app.add_css_file("crossentropy-book.css")
    app.connect("html-page-context", _load_first, priority=800)
    app.add_js_file("scrollable.js", loading_method="defer")
    app.add_js_file("resting.js", loading_method="defer")
    app.connect("builder-inited", _write)
