"""Pages without what they need not carry, so that the next one is there at once, on a phone too."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES, Operator, Text
from sphinx.application import Sphinx

from crossentropy_book.assets import drop_files
from crossentropy_book.course.drawing_weight import lighter_drawings

__all__ = [
    "lighter_citations",
    "lighter_code",
    "lighter_page",
    "loaded_files",
    "setup",
]

# The styles that the theme gives code, in light and in dark.
_STYLES = [
    get_style_by_name(name) for name in ("a11y-high-contrast-light", "a11y-high-contrast-dark")
]
_CODE = re.compile(r"<pre>.*?</pre>", re.DOTALL)
_WORD = re.compile(r'<span class="(\w+)">([^<]*)</span>')
_ALIKE = re.compile(r'<span class="(\w+)">[^<]*</span>(?:\s*<span class="\1">[^<]*</span>)+')

_CITED = re.compile(r'(<a class="reference internal" href="[^"]*#(id\d+)" title=)"[^"]*"')

# What some scripts of Sphinx and its extensions are for; a page without it does without them.
_SERVED = {
    "design-tabs.js": re.compile(r'class="[^"]*\bsd-tab-'),
    "doctools.js": re.compile(r'class="[^"]*\btoggler\b'),
}

_LOADED = re.compile(r"""<(?:link|script)\b[^>]*?\s(?:href|src)="([^"?:#]+\.(?:css|js))""")

# Where spaces are text.
_AS_IT_IS = re.compile(r"(<(pre|script|style|textarea)\b.*?</\2>)", re.DOTALL)
_SPACE = re.compile(r"\s*\n\s*")


def _pages(book: Path) -> set[Path]:
    return {path for path in book.rglob("*.html") if "_static" not in path.parts}


def loaded_files(book: Path) -> set[Path]:
    """Return the pages of a built book, and the scripts and style sheets that they load."""
    pages = _pages(book)
    return pages | {
        file
        for page in pages
        for name in _LOADED.findall(page.read_text("utf-8"))
        if (file := (page.parent / name).resolve()).exists()
    }


@functools.cache
def _looks() -> dict[str, str]:
    """Return for each kind of word in code the shortest kind with its colours; none for plain.

    A dot or an equals sign is plain too: one in two of all marks would be for them.
    """
    kinds: dict[str, list[str]] = {}
    for token, kind in STANDARD_TYPES.items():
        shown_as = Text if token is Operator else token
        colours = str([style.style_for_token(shown_as) for style in _STYLES])
        kinds.setdefault(colours, []).append(kind)
    return {
        kind: min(alike, key=lambda name: (len(name), name))
        for alike in kinds.values()
        for kind in alike
    }


def lighter_code(markup: str) -> str:
    """Return code with one mark for words of one look that stand side by side.

    What most of a program is needs no mark: names, punctuation and spaces have the text's colour.

    Examples
    --------
    >>> lighter_code('<pre><span class="o">=</span> <span class="mi">1</span></pre>')
    '<pre>= <span class="l">1</span></pre>'
    """
    looks = _looks()

    def renamed(word: re.Match[str]) -> str:
        look = looks.get(word[1], word[1])
        return f'<span class="{look}">{word[2]}</span>' if look else word[2]

    def joined(words: re.Match[str]) -> str:
        return f'<span class="{words[1]}">{re.sub("<[^>]*>", "", words[0])}</span>'

    return _CODE.sub(lambda code: _ALIKE.sub(joined, _WORD.sub(renamed, code[0])), markup)


def lighter_page(page: str) -> str:
    """Return a page without indentation."""
    parts = _AS_IT_IS.split(page)
    # Of three parts one is between, one is as it is, and one its element's name.
    return "".join(
        _SPACE.sub("\n", part) if i % 3 == 0 else part for i, part in enumerate(parts) if i % 3 < 2
    )


def lighter_citations(markup: str, titles: Mapping[str, str]) -> str:
    """Return a page whose citations tell the title of the work; all else is where they lead.

    Parameters
    ----------
    markup : str
        The page.
    titles : Mapping of str to str
        The titles, by the names of the places where the works are listed.

    Examples
    --------
    >>> link = '<a class="reference internal" href="notation.html#id7" title="I. J. Good. 1952.">'
    >>> lighter_citations(link, {"id7": "Rational decisions"})
    '<a class="reference internal" href="notation.html#id7" title="Rational decisions">'
    """

    def told(link: re.Match[str]) -> str:
        title = titles.get(link[2])
        return f'{link[1]}"{html.escape(title)}"' if title else link[0]

    return _CITED.sub(told, markup)


def _titles(app: Sphinx) -> dict[str, str]:
    """Return the titles of the works that the book cites, by where it lists them."""
    cited: Any = app.env.domains["cite"]
    return {
        each.citation_id: re.sub(r"[{}]", "", each.entry.fields["title"])
        for each in cited.citations
    }


def _lighten(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    # The contents that the theme has for paper; this book prints none.
    context["without_print_contents"] = True
    if "body" not in context:
        return
    number = sorted(app.env.found_docs).index(page) if page in app.env.found_docs else "x"
    body = lighter_citations(lighter_code(context["body"]), _titles(app))
    body = lighter_drawings(body, f"g{number}")
    context["body"] = body
    drop_files(
        context,
        "script_files",
        lambda script: any(
            name in script and not served.search(body) for name, served in _SERVED.items()
        ),
    )


def _lighten_pages(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        for path in _pages(Path(app.outdir)):
            page = path.read_text("utf-8")
            lighter = lighter_page(page)
            if lighter != page:
                path.write_text(lighter, "utf-8")


def setup(app: Sphinx) -> None:
    """Lighten every page before it is written, and what the theme made of it after."""
    app.connect("html-page-context", _lighten, priority=900)
    app.connect("build-finished", _lighten_pages, priority=450)
