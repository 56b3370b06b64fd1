"""What pages say of themselves and of their neighbours, and explorables of their traits."""

from __future__ import annotations

import html
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from crossentropy.widgets._explorable import Explorable

__all__ = ["setup"]


def _describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Write what a page is about into its head, and hand the template what its neighbours are.

    A page has its own as `description` in its front matter, a notebook in its metadata.
    """
    _, previous, following = app.builder.relations.get(page, [None, None, None])  # type: ignore[attr-defined]
    pages = {"page": page, "previous": previous, "next": following}
    context["descriptions"] = {
        place: app.env.metadata.get(name or "", {}).get("description")
        for place, name in pages.items()
    }
    own = context["descriptions"]["page"]
    if own:
        description = f'<meta name="description" content="{html.escape(own)}">\n'
        context["metatags"] = context.get("metatags", "") + description


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
