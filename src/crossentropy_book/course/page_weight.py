"""Pages without what they need not carry, so that the next one is there at once, on a phone too."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["setup"]

# What most of a program is needs no mark: names, punctuation and spaces have the text's colour.
_PLAIN = re.compile(r'<span class="(?:n|nn|p|w)">([^<]*)</span>')


def _lighten(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if "body" in context:
        context["body"] = _PLAIN.sub(r"\1", context["body"])


def setup(app: Sphinx) -> None:
    """Lighten every page before it is written."""
    app.connect("html-page-context", _lighten)
