"""The foot of each page, and the page that says how to cite the book and where to get it.

What they say of the book is in its ``CITATION.cff``. A link to the source, to suggest an edit or to
report a mistake is there where ``repository: url:`` in ``_config.yml`` says where that is.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from crossentropy_book.assets import copy_script, static_folder
from crossentropy_book.site import address_of

__all__ = ["bibtex", "setup"]

_SCRIPT = "report.js"


def bibtex(citation: dict[str, Any], year: str, url: str) -> str:
    """Return the entry of a book for a bibliography.

    Parameters
    ----------
    citation : dict
        What its ``CITATION.cff`` says.
    year : str
        The year, where the file does not say when the version was released.
    url : str
        Where the book is, or nothing.

    Examples
    --------
    >>> ada = {"given-names": "Ada", "family-names": "Byron"}
    >>> book = {"title": "Bits", "version": "1.2", "authors": [ada]}
    >>> print(bibtex(book, "2026", ""))
    @misc{bits,
      title = {{Bits}},
      author = {Ada Byron},
      year = {2026},
      note = {Version 1.2}
    }
    """
    fields = {
        "title": f"{{{citation['title']}}}",
        "author": " and ".join(_names(citation, "{{{}}}")),
        "year": _year(citation, year),
        "note": f"Version {citation['version']}" if "version" in citation else "",
        "doi": citation.get("doi", ""),
        "url": url,
    }
    key = re.sub(r"[^a-z]+", "-", citation["title"].partition("?")[0].lower()).strip("-")
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", ",\n".join(lines), "}"])


def _names(citation: dict[str, Any], whole: str = "{}") -> list[str]:
    """Return the authors; one with a single name, as a group's, in the form for what is whole."""
    return [
        whole.format(author["name"])
        if "name" in author
        else f"{author.get('given-names', '')} {author['family-names']}".strip()
        for author in citation.get("authors", [])
    ]


def _year(citation: dict[str, Any], year: str) -> str:
    return str(citation.get("date-released", year))[:4]


def _citation(app: Sphinx) -> dict[str, Any]:
    path = Path(app.confdir) / "CITATION.cff"
    if path.exists():
        read: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
        return read
    return {"title": app.config.html_title, "authors": [{"name": app.config.author}]}


def _links(app: Sphinx, page: str, title: str, version: str) -> dict[str, str]:
    """Return the addresses in the repository: itself, an editor, and a form for mistakes."""
    options = app.config.html_theme_options
    repository = (options.get("repository_url") or "").rstrip("/")
    if not repository:
        return {}
    links = {"source": repository}
    gitlab = options.get("repository_provider") == "gitlab" or "gitlab" in repository
    between = "/-" if gitlab else ""
    if page in app.env.found_docs and "made" not in app.env.metadata[page]:
        folder = (options.get("path_to_docs") or "").strip("./")
        path = "/".join(filter(None, [folder, str(app.env.doc2path(page, base=False))]))
        branch = options.get("repository_branch") or "main"
        links["edit"] = f"{repository}{between}/edit/{branch}/{quote(path)}"
    where = address_of(app) + app.builder.get_target_uri(page)
    said = {
        "title": f"Mistake in “{title}”",
        "body": f"Page: {title}, {where}\nSection: \nVersion: {version}\n\nWhat is wrong: \n\n"
        "What should be there: \n",
    }
    if gitlab:
        said = {"issue[title]": said["title"], "issue[description]": said["body"]}
    links["report"] = f"{repository}{between}/issues/new?{urlencode(said, quote_via=quote)}"
    return links


def _add_foot(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    citation = _citation(app)
    version, where = citation.get("version", ""), _where(app, citation)
    title = re.sub(r"<[^>]+>", "", context.get("title", ""))
    context["book"] = {
        "title": citation["title"],
        "version": version,
        "authors": ", ".join(_names(citation)),
        "year": _year(citation, app.config.copyright),
        "licence": app.config.book_licence or citation.get("license", ""),
        "address": where,
        "bibtex": bibtex(citation, app.config.copyright, where),
        "links": _links(app, page, title, version),
    }


def _where(app: Sphinx, citation: dict[str, Any]) -> str:
    return str(address_of(app) or citation.get("url") or citation.get("repository-code", ""))


def _page(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    return [("colophon", {"title": "About this book"}, "colophon.html")]


def _configure(app: Sphinx, config: Config) -> None:
    config.html_theme_options.setdefault(
        "footer_content_items", ["book-foot.html", "extra-footer.html"]
    )
    if not config.html_last_updated_fmt:
        config.html_last_updated_fmt = "%-d %B %Y"


def _add_script(app: Sphinx) -> None:
    if app.builder.format == "html" and app.config.html_theme_options.get("repository_url"):
        copy_script(Path(__file__).parent / _SCRIPT, static_folder(app, "book-report"))
        app.add_js_file(_SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> None:
    """Add the foot to each page, and the page about the book."""
    app.add_config_value("book_licence", "", "html", str)
    app.connect("config-inited", _configure)
    app.connect("builder-inited", _add_script)
    app.connect("html-collect-pages", _page)
    app.connect("html-page-context", _add_foot)
