"""The Sphinx extension of the course *Why Cross-Entropy?*: what only its pages want.

It comes after `crossentropy_book` in ``_config.yml``. It brings the explorables and questions, the
map of the argument, the book's look and its fonts, notebooks executed side by side, and pages
without what they need not carry. `student` and `pdf` are the course's other editions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from crossentropy import widgets
from crossentropy_book import live
from crossentropy_book.course import (
    argument_map,
    card,
    descriptions,
    drawings,
    execute,
    explorables,
    joined_files,
    page_fonts,
    page_weight,
    policy,
    style_sheets,
)
from crossentropy_book.live import lab

__all__ = ["setup"]


def _configure(app: Sphinx, config: Config) -> None:
    # An explorable offers the live widget to Jupyter and its mount point to the page.
    config.nb_mime_priority_overrides = [("html", "text/html", 0)]
    # What a loop prints is one output, however its lines arrived.
    config.nb_merge_streams = True
    # What is read as a picture, or as an answer's judge, and not as code.
    pictures = ("figures", "Picture", *widgets.__all__)
    # No page uses more of Bootstrap than the theme does.
    config.lean_theme = True
    # Between two paragraphs nobody reads more code than this; what it prints stays.
    config.reading_open_lines = 6
    # A proof is read by who wants it; the derivation below it is part of it.
    config.reading_folded_proofs = '<table class="derivation"'
    config.reading_folded_calls = {"check": "check", **dict.fromkeys(pictures, "picture")}
    # What the chapters import: of Python in the page, and beside it.
    config.live_packages = ["crossentropy", "font_source_serif_pro", "latex2mathml"]
    config.live_distribution = ["numpy", "scipy", "traitlets"]
    config.live_later = {"matplotlib": r"\bfigures\.|\.figures\b"}
    config.live_shown = ["figures"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("config-inited", _configure)
    app.config.templates_path.append(str(Path(__file__).parent / "templates"))
    live.setup(app)
    lab.setup(app)
    explorables.setup(app)
    drawings.setup(app)
    execute.setup(app)
    descriptions.setup(app)
    argument_map.setup(app)
    card.setup(app)
    page_weight.setup(app)
    page_fonts.setup(app)
    style_sheets.setup(app)
    policy.setup(app)
    joined_files.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
