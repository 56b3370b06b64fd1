"""Notebooks opened on a server, for those who prefer one: Binder, and Colab.

A book that names its servers in ``notebook_servers``, and its repository, has them in the menu of
each notebook's page that downloads it. Binder installs what the repository's own ``binder/`` says.
Colab installs nothing: the tip of its entry says what to install there.
"""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import quote, urlparse

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["server_links", "setup"]

_LOGOS = {"Binder": "logo_binder.svg", "Colab": "logo_colab.png"}


def server_links(
    repository: str, branch: str, path: str, servers: dict[str, str]
) -> dict[str, str]:
    """Return the addresses that open a notebook of a repository, by the name of the server.

    Parameters
    ----------
    repository : str
        The address of the repository, on GitHub or GitLab; where it is empty there are none.
    branch : str
        Its branch.
    path : str
        The notebook in it.
    servers : dict of str to str
        The addresses of ``Binder`` and ``Colab``. Colab opens what is on GitHub.

    Examples
    --------
    >>> server_links("https://github.com/ann/book", "main", "one.ipynb", {"Binder": "https://b.org"})
    {'Binder': 'https://b.org/v2/gh/ann/book/main?urlpath=lab/tree/one.ipynb'}
    >>> server_links("", "main", "one.ipynb", {"Binder": "https://b.org"})
    {}
    """
    where = urlparse(repository.rstrip("/").removesuffix(".git"))
    name, path, branch = where.path.strip("/"), quote(path), quote(branch, safe="")
    if not name:
        return {}
    is_github = where.netloc == "github.com"
    place = f"gh/{name}" if is_github else f"gl/{quote(name, safe='')}"
    links = {}
    if server := servers.get("Binder"):
        links["Binder"] = f"{server.rstrip('/')}/v2/{place}/{branch}?urlpath=lab/tree/{path}"
    if is_github and (server := servers.get("Colab")):
        links["Colab"] = f"{server.rstrip('/')}/github/{name}/blob/{branch}/{path}"
    return links


def _offer(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put the servers into the menu that downloads a page."""
    file = str(app.env.doc2path(page, base=False)) if doctree is not None else ""
    # What is made while the book is built is in no repository.
    if not file.endswith(".ipynb") or "made" in app.env.metadata[page]:
        return
    options = app.config.html_theme_options
    repository = (options.get("repository_url") or "").rstrip("/")
    folder = (options.get("path_to_docs") or "").strip("./")
    path = "/".join(filter(None, [folder, file]))
    branch = options.get("repository_branch") or "main"
    links = server_links(repository, branch, path, app.config.notebook_servers)
    packages = " ".join(f'"{package}"' for package in app.config.notebook_packages)
    tips = {
        "Binder": "Open on Binder, which takes some minutes to start",
        "Colab": f"Open in Colab; run there first: %pip install {packages}",
    }
    for button in context.get("header_buttons", []):
        if button.get("label") == "download-buttons":
            button["buttons"] += [
                {
                    "type": "link",
                    "url": url,
                    "text": name,
                    "tooltip": html.escape(tips[name]),  # the theme takes it as it is
                    "icon": f"_static/images/{_LOGOS[name]}",  # the theme's
                }
                for name, url in links.items()
            ]


def setup(app: Sphinx) -> None:
    """Add what a book may say of its servers, and connect to the pages when they have menus."""
    app.add_config_value("notebook_servers", {}, "html", [dict])
    app.connect("html-page-context", _offer, priority=600)
