"""What the built pages leave out, and what they say that the theme does not."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["setup"]


def _drop_thebe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Take thebe off the page: the book runs without a kernel, and its script fails twice over."""
    context["script_files"] = [
        script
        for script in context["script_files"]
        if "thebe" not in str(script.filename or script.attributes.get("body", "")).lower()
    ]


def setup(app: Sphinx) -> None:
    """Connect to the pages as they are written, after the extensions that add to them."""
    app.connect("html-page-context", _drop_thebe, priority=900)
