"""What the built pages leave out, and what they say that the theme does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from crossentropy.widgets._explorable import Explorable
from crossentropy_book.icons import without_icon_script

__all__ = ["setup"]


def _is_wanted(script: Any) -> bool:
    attributes = script.attributes
    source = str(script.filename or attributes.get("body", ""))
    # thebe needs a server, and its script fails twice over; the widgets' state repeats what their
    # mount points hold, with the source of every module.
    return (
        "thebe" not in source.lower()
        and attributes.get("type") != "application/vnd.jupyter.widget-state+json"
    )


def _drop_scripts(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Take off the page what a book without a kernel has no use for."""
    context["script_files"] = list(filter(_is_wanted, context["script_files"]))


def _describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Hand the templates the description of the page, and those of its neighbours.

    A page has its own as `description` in its front matter, a notebook in its metadata.
    """
    _, previous, following = app.builder.relations.get(page, [None, None, None])  # type: ignore[attr-defined]
    pages = {"page": page, "previous": previous, "next": following}
    context["descriptions"] = {
        place: app.env.metadata.get(name or "", {}).get("description")
        for place, name in pages.items()
    }


def _mend_roles(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Take off the roles that docutils gives citations: they are deprecated, and nest wrongly."""
    if "body" in context:
        body = context["body"].replace(' role="doc-biblioentry"', "")
        context["body"] = body.replace('<div role="list" class="citation-list">', "<div>")


def _as_landmark(markup: str) -> str:
    """Make the theme's side bar a landmark: a screen reader skips to it, or past it."""
    return markup.replace(
        '<div id="pst-primary-sidebar"',
        '<div id="pst-primary-sidebar" role="complementary" aria-label="Book"',
    )


def _name_traits(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, signature: str, returned: str
) -> tuple[str, None] | None:
    """Give an explorable the signature that a reader calls: the names of its traits."""
    if not (isinstance(thing, type) and issubclass(thing, Explorable)):
        return None
    shared = Explorable.class_trait_names()
    own = [trait for trait in thing.class_trait_names(sync=True) if trait not in shared]
    return f"({', '.join(sorted(own, key=list(vars(thing)).index))})", None


def _add_filters(app: Sphinx) -> None:
    if app.builder.format == "html":
        filters = app.builder.templates.environment.filters
        filters["without_icon_script"] = without_icon_script
        filters["as_landmark"] = _as_landmark


def setup(app: Sphinx) -> None:
    """Connect to the pages as they are written, after the extensions that add to them."""
    app.config.templates_path.append(str(Path(__file__).parent / "templates"))
    app.connect("builder-inited", _add_filters)
    app.connect("html-page-context", _drop_scripts, priority=900)
    app.connect("html-page-context", _describe)
    app.connect("html-page-context", _mend_roles)
    app.connect("autodoc-process-signature", _name_traits)
