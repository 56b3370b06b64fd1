"""The book as a site: where it begins, what a wrong address shows, and what search engines read.

The address that a reader types is the start page itself, and asks for no second step. What needs
the address of the book, ``html_baseurl``, is left out where that is empty: none is invented.
"""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from sphinx.application import Sphinx

from crossentropy_book.assets import static_folder
from crossentropy_book.search import page_title

__all__ = ["address_of", "described", "moved", "setup"]

_RELATIVE = re.compile(
    r'(?<=\s)(href|src|action|data-content_root)="(?![a-z][a-z\d+.-]*:|[#/])([^"]*)"', re.IGNORECASE
)
# What a search engine need not list: a form, and a page that is shown for another.
_UNLISTED = ("404", "search")


def moved(markup: str, folder: str) -> str:
    """Return a page that lies elsewhere, its addresses leading to where they led.

    Parameters
    ----------
    markup : str
        The page.
    folder : str
        The folder that its addresses are relative to, as seen from where the page lies now; with a
        slash at its end.

    Examples
    --------
    >>> moved('<a href="01.html#a"><img src="../_static/a.svg"><a href="#b">', "chapters/")
    '<a href="chapters/01.html#a"><img src="_static/a.svg"><a href="#b">'
    """
    return _RELATIVE.sub(lambda found: f'{found[1]}="{urljoin(folder, found[2]) or "./"}"', markup)


def address_of(app: Sphinx) -> str:
    """Return the address of the book, with a slash at its end, or nothing."""
    address = app.config.html_baseurl
    return f"{address.rstrip('/')}/" if address else ""


def described(app: Sphinx, page: str) -> str:
    """Return the line that a page has of itself: `description` in its front matter or metadata."""
    return str(app.env.metadata.get(page, {}).get("description", ""))


def _written(app: Sphinx) -> list[str]:
    """Return the pages of the table of contents, in its order."""
    return [page for page in app.env.collect_relations() if page in app.env.found_docs]


def _page(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    contents = [
        {"page": page, "title": page_title(app, page), "description": described(app, page)}
        for page in _written(app)
    ]
    return [("404", {"title": "There is no such page", "contents": contents}, "404.html")]


def _add_to_head(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    tags = ""
    if description := described(app, page):
        tags += f'<meta name="description" content="{html.escape(description)}">\n'
    if page in _UNLISTED:
        tags += '<meta name="robots" content="noindex">\n'
        context["pageurl"] = None
    elif page == app.config.root_doc and address_of(app):
        context["pageurl"] = address_of(app)  # of the start page, which is its twin
    context["metatags"] = context.get("metatags", "") + tags
    context["touch_icon"] = Path(app.config.touch_icon).name


def _copy_icon(app: Sphinx) -> None:
    if app.config.touch_icon and app.builder.format == "html":
        shutil.copy(Path(app.confdir) / app.config.touch_icon, static_folder(app, "book-icon"))


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    book, address = Path(app.outdir), address_of(app)
    root = app.builder.get_target_uri(app.config.root_doc)
    if root != "index.html":
        start = moved((book / root).read_text("utf-8"), f"{root.rpartition('/')[0]}/".lstrip("/"))
        (book / "index.html").write_text(start, "utf-8")
    if not address:
        return
    # A server shows this page in the place of any other, at any depth.
    lost = book / "404.html"
    lost.write_text(moved(lost.read_text("utf-8"), urlsplit(address).path), "utf-8")
    pages = [
        address if page == app.config.root_doc else address + app.builder.get_target_uri(page)
        for page in _written(app)
    ]
    (book / "sitemap.xml").write_text(_site_map(pages), "utf-8")
    (book / "robots.txt").write_text(
        f"User-agent: *\nAllow: /\n\nSitemap: {address}sitemap.xml\n", "utf-8"
    )


def _site_map(pages: list[str]) -> str:
    urls = "".join(f"  <url><loc>{html.escape(page)}</loc></url>\n" for page in pages)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )


def setup(app: Sphinx) -> None:
    """Add to the heads of the pages, and write what is beside them."""
    app.add_config_value("touch_icon", "", "html", str)
    app.connect("builder-inited", _copy_icon)
    app.connect("html-collect-pages", _page)
    app.connect("html-page-context", _add_to_head)
    # Before the table of contents leads to the first page by a script-less refresh, and before
    # style sheets lose what no page uses.
    app.connect("build-finished", _write, priority=300)
