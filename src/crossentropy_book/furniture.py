"""What a page of the theme does by script, in a few lines, where a book asks for no more.

Bootstrap, two scripts that copy code and one that folds boxes weigh as much as half a chapter. A
page asks them for menus, tips, the mark in the contents, copies, and boxes that fold. A book that
uses more of Bootstrap keeps it: `lean_theme` is off unless it says so.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from crossentropy_book.assets import copy_script, drop_files, static_folder

__all__ = ["setup"]

_BOOTSTRAP = re.compile(r"<(?:script|link)\b[^>]*/bootstrap\.js[^>]*>(?:</script>)?\s*")
_REPLACED = re.compile("clipboard|copybutton|togglebutton|toggleHint|toggleOpenOnPrint")


def _prepare(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    lean = app.config.lean_theme
    filters = app.builder.templates.environment.filters
    filters["without_bootstrap"] = lambda head: _BOOTSTRAP.sub("", head) if lean else head
    if lean:
        copy_script(Path(__file__).with_suffix(".js"), static_folder(app, "crossentropy-furniture"))
        app.add_js_file("furniture.js", loading_method="defer")


def _drop_replaced(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if app.config.lean_theme:
        drop_files(context, "script_files", _REPLACED.search)


def setup(app: Sphinx) -> None:
    """Connect to the pages, and add what a book may say of them."""
    app.add_config_value("lean_theme", False, "html", [bool])
    app.connect("builder-inited", _prepare)
    app.connect("html-page-context", _drop_replaced, priority=900)
