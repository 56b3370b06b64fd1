"""The Sphinx extension of the built book: MathML, live explorables, and nothing fetched.

What a page needs besides its text comes out of installed packages while the book is built: the
mathematical font, the icons, the explorables' modules. A built page asks no other host.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from crossentropy_book import argument_map, assets, drawings, execute, lean, math, pages, sheets

__all__ = ["setup"]


def _configure(app: Sphinx, config: Config) -> None:
    config.html_math_renderer = "mathml"
    # An explorable offers the live widget to Jupyter and its mount point to the page.
    config.nb_mime_priority_overrides = [("html", "text/html", 0)]
    # Without this, myst-nb loads require.js and the widget manager from a CDN.
    config.nb_ipywidgets_js = {}
    # What a loop prints is one output, however its lines arrived.
    config.nb_merge_streams = True
    # The theme reads this, and complains in the console where it is missing.
    config.html_context.setdefault("default_mode", "auto")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("config-inited", _configure)
    math.setup(app)
    assets.setup(app)
    drawings.setup(app)
    execute.setup(app)
    pages.setup(app)
    argument_map.setup(app)
    lean.setup(app)
    sheets.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
