"""What the pages of the book may load and run, said in the head of each: no more than they need.

Scripts come from files beside the page, and, as the modules of explorables do, from blobs that
these scripts make. A script that stands in the text of a page does not run: so what gets into it by
a fault, or out of what a cell shows, cannot act. No page needs another host, so none is allowed.
Python in a page needs no word of its own: its worker is a file beside it, too.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from crossentropy_book.assets import copy_script, static_folder
from crossentropy_book.course.page_weight import pages_of

__all__ = ["POLICY", "setup"]

# From a disk, where each file is an origin of its own, `file:` is what `'self'` is on a server.
POLICY = (
    "default-src 'self' file: data: 'unsafe-inline';script-src 'self' file: blob:;"
    "frame-src 'none';object-src 'none';base-uri 'none';form-action 'self' file:"
)

# What the theme's buttons do, written into them.
_CALL = re.compile(r'onclick="(?:window\.)?(\w+)\(\)"')

# What folds an index of a domain, which no script here does.
_FOLDED = re.compile(r"<script[^>]*>\s*DOCUMENTATION_OPTIONS\.COLLAPSE_INDEX[^<]*</script>\s*")


def _say(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    context["metatags"] = meta + context.get("metatags", "")


def _write(app: Sphinx) -> None:
    if app.builder.format == "html":
        copy_script(Path(__file__).with_suffix(".js"), static_folder(app, "crossentropy-policy"))


def _take_scripts_out(app: Sphinx, exception: Exception | None) -> None:
    """Let a button say what it calls, which `policy.js` does, and drop what is for nothing."""
    if exception is None and app.builder.format == "html":
        for path in pages_of(Path(app.outdir)):
            page = path.read_text("utf-8")
            without = _FOLDED.sub("", _CALL.sub(r'data-call="\1"', page))
            if without != page:
                path.write_text(without, "utf-8")


def setup(app: Sphinx) -> None:
    """Say it last of all that is in a head, so that it comes first there."""
    app.add_js_file("policy.js", loading_method="defer")
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _say, priority=950)
    app.connect("build-finished", _take_scripts_out, priority=445)
