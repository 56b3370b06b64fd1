"""Pages without what they need not carry, so that the next one is there at once, on a phone too."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES, Operator, Text
from sphinx.application import Sphinx

from crossentropy_book.assets import drop_files, minified, minified_page
from crossentropy_book.course.drawing_weight import lighter_drawings

__all__ = [
    "IMPORTED",
    "lighter_citations",
    "lighter_code",
    "loaded_files",
    "pages_of",
    "setup",
]

# The styles that the theme gives code, in light and in dark.
_STYLES = [
    get_style_by_name(name) for name in ("a11y-high-contrast-light", "a11y-high-contrast-dark")
]
_CODE = re.compile(r"<pre>.*?</pre>", re.DOTALL)
_WORD = re.compile(r'<span class="(\w+)">([^<]*)</span>')
_NEXT = r'(?:,(?=\s*<span class="l"))?\s*<span class="\1">[^<]*</span>'
_ALIKE = re.compile(rf'<span class="(\w+)">[^<]*</span>(?:{_NEXT})+')
# Keywords, strings and literals are nine of ten words that have a colour. An element says that in
# fewer letters than a class, which all others have.
_ELEMENTS = {"k": "b", "s": "i", "l": "u"}
_COMMON = re.compile(rf'<span class="({"|".join(_ELEMENTS)})">([^<]*)</span>')
_RULE = re.compile(rf"(?<=\.highlight )\.({'|'.join(_ELEMENTS)})(?= )")

# Nothing is shown by the kind of thing that a link leads to, nor by a cell's language.
_LINKED = re.compile(r'<span class="(?:xref )?std std-\w+">([^<]*)</span>')
_UNSEEN = re.compile(r'(?<=<a )class="reference internal" |(?<=")highlight-ipython3 ')
_CITED = re.compile(r'(<a class="reference internal" href="[^"]*#id\d+") title="[^"]*"')
_TITLES = "citations.js"

# What some scripts of Sphinx and its extensions are for; a page without it does without them.
_SERVED = {
    "design-tabs.js": re.compile(r'class="[^"]*\bsd-tab-'),
    "doctools.js": re.compile(r'class="[^"]*\btoggler\b'),
}

_LOADED = re.compile(r"""<(?:link|script)\b[^>]*?\s(?:href|src)="([^"?:#]+\.(?:css|js))""")
IMPORTED = re.compile(r"""@import\s+["']([^"']+)["'];?""")


def pages_of(book: Path) -> set[Path]:
    """Return the pages of a built book."""
    pages = {path: path.relative_to(book).parts[0] for path in book.rglob("*.html")}
    return {path for path, folder in pages.items() if folder not in {"_static", "lab"}}


def loaded_files(book: Path) -> set[Path]:
    """Return the pages of a built book, and the scripts and style sheets that they load."""
    pages = pages_of(book)
    files = _named_in(pages, _LOADED)
    return pages | files | _named_in({file for file in files if file.suffix == ".css"}, IMPORTED)


def _named_in(texts: set[Path], reference: re.Pattern[str]) -> set[Path]:
    return {
        file
        for text in texts
        for name in reference.findall(text.read_text("utf-8"))
        if (file := (text.parent / name).resolve()).exists()
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
    A comma between two numbers has theirs.

    Examples
    --------
    >>> lighter_code('<pre><span class="o">=</span> <span class="mi">1</span> # one</pre>')
    '<pre>= <u>1</u> # one</pre>'
    """
    looks = _looks()

    def renamed(word: re.Match[str]) -> str:
        look = looks.get(word[1], word[1])
        return f'<span class="{look}">{word[2]}</span>' if look else word[2]

    def joined(words: re.Match[str]) -> str:
        return f'<span class="{words[1]}">{re.sub("<[^>]*>", "", words[0])}</span>'

    def short(word: re.Match[str]) -> str:
        name = _ELEMENTS[word[1]]
        return f"<{name}>{word[2]}</{name}>"

    def lighter(code: re.Match[str]) -> str:
        marked = _ALIKE.sub(joined, _WORD.sub(renamed, code[0].replace("<span></span>", "")))
        return _COMMON.sub(short, marked)

    return _CODE.sub(lighter, markup)


def lighter_citations(markup: str) -> str:
    """Return a page whose citations do not tell what they cite: a script for all pages does.

    Examples
    --------
    >>> link = '<a class="reference internal" href="notation.html#id7" title="I. J. Good. 1952.">'
    >>> lighter_citations(link)
    '<a class="reference internal" href="notation.html#id7">'
    """
    return _CITED.sub(r"\1", markup)


def _tell_titles(app: Sphinx, exception: Exception | None) -> None:
    """Write the script that tells the titles of the works that the book cites."""
    if exception is not None or app.builder.format != "html":
        return
    cited: Any = app.env.domains["cite"]
    titles = {
        each.citation_id: re.sub(r"[{}]", "", each.entry.fields["title"])
        for each in cited.citations
    }
    script = (Path(__file__).parent / _TITLES).read_text("utf-8")
    script = script.replace("TITLES = {}", f"TITLES = {json.dumps(titles, ensure_ascii=False)}")
    (Path(app.outdir) / "_static" / _TITLES).write_text(minified(script), "utf-8")


def _lighten(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    # The contents that the theme has for paper; this book prints none.
    context["without_print_contents"] = True
    if "body" not in context:
        return
    number = sorted(app.env.found_docs).index(page) if page in app.env.found_docs else "x"
    body = lighter_citations(lighter_code(_LINKED.sub(r"\1", context["body"])))
    body = lighter_drawings(_UNSEEN.sub("", body), f"g{number}")
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
        for path in pages_of(Path(app.outdir)):
            page = path.read_text("utf-8")
            lighter = minified_page(page)
            if lighter != page:
                path.write_text(lighter, "utf-8")


def _colour_elements(app: Sphinx, exception: Exception | None) -> None:
    """Give the elements of `lighter_code` the colours of the classes that they stand for."""
    if exception is None and app.builder.format == "html":
        sheet = Path(app.outdir) / "_static" / "pygments.css"
        rules = sheet.read_text("utf-8")
        sheet.write_text(_RULE.sub(lambda kind: _ELEMENTS[kind[1]], rules), "utf-8")


def setup(app: Sphinx) -> None:
    """Lighten every page before it is written, and what the theme made of it after."""
    app.connect("html-page-context", _lighten, priority=900)
    app.add_js_file(_TITLES, loading_method="defer")
    app.connect("build-finished", _tell_titles, priority=440)
    app.connect("build-finished", _lighten_pages, priority=450)
    # After the theme has written its colours.
    app.connect("build-finished", _colour_elements, priority=550)
