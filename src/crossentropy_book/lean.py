"""What a page need not carry: so that the next one is there at once, on a phone too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["setup"]

_FIGURE = re.compile(r'<figure class="explorable".*?</figure>', re.DOTALL)
_PICTURE = re.compile(r'<div class="ce-picture".*?</div>', re.DOTALL)
_PANEL = re.compile(
    r'<svg [^>]*?(style="[^"]*")[^>]* viewBox="0 0 ([\d.]+) ([\d.]+)".*?</svg>', re.DOTALL
)

# What the style sheet does to the pictures that stand in a page.
_LOOK = "<style>* { stroke-linejoin: round }</style>"

# What most of a program is needs no mark: names, punctuation and spaces have the text's colour.
_PLAIN = re.compile(r'<span class="(?:n|nn|p|w)">([^<]*)</span>')


def _make_lean(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if "body" in context:
        body = _PLAIN.sub(r"\1", context["body"])
        context["body"] = _with_pictures_apart(body, Path(app.outdir), page)


def _with_pictures_apart(body: str, book: Path, page: str) -> str:
    """Move the static pictures of explorables into files, which only a reader without scripts gets.

    Scripts replace them; a page with five would be half again as large.
    """
    folder = book / "_static" / "pictures"
    up = "../" * page.count("/")
    count = 0

    def image(panel: re.Match[str]) -> str:
        nonlocal count
        count += 1
        name = f"{page.replace('/', '-')}-{count}.svg"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(panel[0].replace(">", f">{_LOOK}", 1), "utf-8")
        src = f'src="{up}_static/pictures/{name}"'
        return f'<img alt="" {src} width="{panel[2]}" height="{panel[3]}" {panel[1]}>'

    def apart(picture: re.Match[str]) -> str:
        return f"<noscript>{_PANEL.sub(image, picture[0])}</noscript>"

    return _FIGURE.sub(lambda figure: _PICTURE.sub(apart, figure[0]), body)


def setup(app: Sphinx) -> None:
    """Make every page lean before it is written."""
    app.connect("html-page-context", _make_lean)
