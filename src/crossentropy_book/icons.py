"""The theme's icons as a small style sheet, in place of its script of all of Font Awesome.

The script weighs half a megabyte compressed, and replaces each icon after the page is there. The
paths of the few icons that the themes name are read out of it while the book is built.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx

from crossentropy_book._packages import package_folder

__all__ = ["icon_style_sheet", "setup", "without_icon_script"]

_SCRIPT = "theme/pydata_sphinx_theme/static/scripts/fontawesome.js"
_ICON = re.compile(r'"?([a-z0-9-]+)"?:\[(\d+),(\d+),\[[^\]]*\],"[0-9a-f]+","([^"]+)"\]')
_NAME = re.compile(r"\bfa-([a-z0-9-]+)\b")

_COMMON = """
.fa-solid, .fas, .fa-regular, .far, .fa-brands, .fab {
  display: inline-block;
  width: var(--icon-width, 1em);
  height: 1em;
  vertical-align: -0.125em;
  background: currentColor;
  -webkit-mask: var(--icon) center / contain no-repeat;
  mask: var(--icon) center / contain no-repeat;
}
.fa-lg { font-size: 1.25em; vertical-align: -0.2em; }
/* A reader's own colours would replace an icon's, which is its ground. */
@media (forced-colors: active) {
  .fa-solid, .fas, .fa-regular, .far, .fa-brands, .fab {
    forced-color-adjust: none;
    color: CanvasText;
  }
  button :is(.fa-solid, .fas, .fa-regular, .far, .fa-brands, .fab) { color: ButtonText; }
  a :is(.fa-solid, .fas, .fa-regular, .far, .fa-brands, .fab) { color: LinkText; }
}
"""


@functools.cache
def _named_icons() -> frozenset[str]:
    """Return the icons that the themes' templates and header buttons name."""
    names: set[str] = set()
    for package in ("pydata_sphinx_theme", "sphinx_book_theme"):
        for path in package_folder(package).rglob("*"):
            if path.suffix in {".html", ".py"}:
                names.update(_NAME.findall(path.read_text("utf-8")))
    return frozenset(names)


@functools.cache
def _rules() -> dict[str, str]:
    """Return the rule of every icon that the theme's script holds."""
    script = (package_folder("pydata_sphinx_theme") / _SCRIPT).read_text("utf-8")
    rules = {}
    for name, width, height, path in _ICON.findall(script):
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
            f'<path d="{path}"/></svg>'
        )
        url = "data:image/svg+xml," + quote(svg, safe=" =:/<>")
        rules[name] = (
            f".fa-{name} {{ --icon-width: {int(width) / int(height):.4g}em; "
            f'--icon: url("{url}"); }}\n'
        )
    if "bars" not in rules:
        raise RuntimeError(f"{_SCRIPT} has another form now; its icons were not found")
    return rules


def icon_style_sheet() -> str:
    """Return the rules for the icons that the themes use."""
    return _COMMON + _named(_named_icons())


def _named(names: Iterable[str]) -> str:
    return "".join(_rules()[name] for name in sorted(names) if name in _rules())


def _add_own(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add the icons that a page has of its own, or the settings of the theme name."""
    said = f"{context.get('body', '')} {app.config.html_theme_options}"
    own = _named(set(_NAME.findall(said)) - _named_icons())
    if own:
        context["metatags"] = f"{context.get('metatags', '')}<style>{own}</style>\n"


def without_icon_script(markup: str) -> str:
    """Return the head of a page without the theme's script of icons."""
    return re.sub(r"<script[^>]*fontawesome\.js[^>]*></script>", "", markup)


def setup(app: Sphinx) -> None:
    """Connect to the pages as they are written."""
    app.connect("html-page-context", _add_own)
