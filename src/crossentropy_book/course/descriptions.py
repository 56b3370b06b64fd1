"""What pages say of their neighbours, and of the functions and explorables that they describe."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from crossentropy.widgets._explorable import Explorable
from crossentropy_book.site import described

__all__ = ["setup"]


def _describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Hand the template what the neighbours of a page are about."""
    _, previous, following = app.builder.relations.get(page, [None, None, None])  # type: ignore[attr-defined]
    context["descriptions"] = {
        "previous": described(app, previous or ""),
        "next": described(app, following or ""),
    }


def _name_traits(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, signature: str, returned: str
) -> tuple[str, None] | None:
    """Give an explorable the signature that a reader calls: the names of its traits."""
    if not (isinstance(thing, type) and issubclass(thing, Explorable)):
        return None
    shared = Explorable.class_trait_names()
    own = [trait for trait in thing.class_trait_names(sync=True) if trait not in shared]
    return f"({', '.join(sorted(own, key=list(vars(thing)).index))})", None


def _number_sources(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]
) -> None:
    """Keep a docstring's sources its own: as footnotes, they would share one [1] on a page."""
    text = re.sub(r"\[(\d)\]_", r"[\1]", "\n".join(lines))
    # The lines after the first of a source are indented no more.
    text = re.sub(r"^\.\. (\[\d\] .*(?:\n {3}.*)*)", _as_paragraph, text, flags=re.MULTILINE)
    lines[:] = text.split("\n")


def _as_paragraph(source: re.Match[str]) -> str:
    return f"{' '.join(source[1].split())}\n"


def setup(app: Sphinx) -> None:
    """Connect to the pages as they are written, and to the docstrings that they show."""
    app.connect("html-page-context", _describe)
    app.connect("autodoc-process-signature", _name_traits)
    app.connect("autodoc-process-docstring", _number_sources, priority=400)  # before napoleon
