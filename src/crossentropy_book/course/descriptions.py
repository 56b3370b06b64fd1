"""What pages say of their neighbours, and explorables of their traits."""

from __future__ import annotations

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


def setup(app: Sphinx) -> None:
    """Connect to the pages as they are written, and to the signatures of the gallery."""
    app.connect("html-page-context", _describe)
    app.connect("autodoc-process-signature", _name_traits)
