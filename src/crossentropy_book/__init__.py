"""A Sphinx extension for any Jupyter Book: formulas and widgets that need no kernel and no network.

Whom it serves: who builds a book. One line of ``_config.yml`` switches it on, and README.md beside
this file says how. Formulas become MathML while the book is built; an anywidget, whoever wrote it,
is alive in the page; fonts and icons come out of installed packages, cut to what is used; the
search finds sections while one types; a link to a page shows what it is about; a built page asks no
other host for anything that this package or the theme brings.

What it may import: `crossentropy`, and nothing of `crossentropy_classroom`. What only the course
*Why Cross-Entropy?* wants of its pages is the extension `crossentropy_book.course`, which imports
this one, and never the other way round.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from crossentropy_book import (
    anywidgets,
    assets,
    colophon,
    downloads,
    furniture,
    hand_in,
    icons,
    long_lines,
    math,
    progress,
    reading,
    search,
    servers,
    site,
    social,
    theme_mends,
)

__all__ = ["setup"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    math.setup(app)
    assets.setup(app)
    anywidgets.setup(app)
    search.setup(app)
    icons.setup(app)
    site.setup(app)
    social.setup(app)
    colophon.setup(app)
    downloads.setup(app)
    furniture.setup(app)
    theme_mends.setup(app)
    reading.setup(app)
    long_lines.setup(app)
    progress.setup(app)
    hand_in.setup(app)
    servers.setup(app)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
