"""The static pictures of explorables: what a page shows before its scripts arrive, and on paper.

A notebook leaves the state of a picture in the page, and not the picture. That is drawn when the
page is written, by the module that a browser will run: a change of it executes no notebook again.
"""

from __future__ import annotations

import functools
import json
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from crossentropy.widgets._drawing import engine
from crossentropy.widgets._modules import HERE, compose, snake_case

__all__ = ["setup", "with_pictures"]

# A mount point: how it begins, the name of its class, its state, and its module if it has its own.
_SCRIPT = r'<script type="application/json">(.*?)</script>'
_FIGURE = re.compile(
    r'(<figure class="explorable" data-explorable="(\w+)"[^>]*>(?:<figcaption.*?</figcaption>)?)'
    rf"(?={_SCRIPT}(?:{_SCRIPT})?)",
    re.DOTALL,
)


def with_pictures(body: str) -> str:
    """Return a page's body with a static picture in each explorable."""
    count = 0

    def drawn(figure: re.Match[str]) -> str:
        nonlocal count
        count += 1
        start, name, state, own = figure.groups()
        source = json.loads(own) if own else _module(name)
        return start + engine().picture(source, json.loads(state), f"still-{count}")

    return _FIGURE.sub(drawn, body)


@functools.cache
def _module(name: str) -> str:
    return compose(HERE / f"{snake_case(name)}.js")


def _draw(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if "body" in context:
        context["body"] = with_pictures(context["body"])


def setup(app: Sphinx) -> None:
    """Draw when a page is written."""
    app.connect("html-page-context", _draw)
