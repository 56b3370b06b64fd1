"""What a reader does is there on the next visit, in this browser alone; a button forgets it.

A page gets a place for the line that says how far its reader is, each exercise of sphinx-exercise a
box to tick, and `progress.js` the names that it keeps things by.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from crossentropy_book.assets import copy_script, static_folder

__all__ = ["setup"]

_SCRIPT = "progress.js"
_EXERCISE = re.compile(
    r'(<div class="exercise[^"]*" id="[^"]*">)(?=\s*<p class="admonition-title">(.*?)</p>)',
    re.DOTALL,
)


def _with_ticks(body: str) -> str:
    """Return the body of a page with a box to tick at each exercise."""

    def tick(exercise: re.Match[str]) -> str:
        title = html.escape(" ".join(re.sub(r"<[^>]+>", "", exercise[2]).split()))
        return (
            f'{exercise[1]}<label class="done"><input type="checkbox" autocomplete="off" '
            f'aria-label="Done: {title}">Done</label>'
        )

    return _EXERCISE.sub(tick, body)


def _remember(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if not app.config.remember_progress:
        return
    context["remembers"] = True
    book = nodes.make_id(app.config.html_title) or "book"
    is_start = page == app.config.root_doc
    if page in app.env.found_docs:
        body = _with_ticks(context.get("body", ""))
        line = '</h1><p class="how-far"><span></span> <span></span></p>'
        context["body"] = body.replace("</h1>", line, 1)
        # The line has room before anything is painted.
        known = f"book/{book}/" if is_start else f"book/{book}/{page}"
        context.setdefault("before_paint", {})["data-known"] = known
    names: dict[str, Any] = {"data-book": book, "data-page": page}
    names["data-start"] = "start" if is_start else ""
    app.add_js_file(_SCRIPT, loading_method="defer", **names)


def _write(app: Sphinx) -> None:
    if app.builder.format == "html":
        copy_script(Path(__file__).parent / _SCRIPT, static_folder(app, "book-progress"))


def setup(app: Sphinx) -> None:
    """Connect to the pages as they are written."""
    app.add_config_value("remember_progress", True, "html", [bool])
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _remember)
