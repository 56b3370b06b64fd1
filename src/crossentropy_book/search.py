"""Search by section: what a reader types leads to the section that answers it.

The index holds the words of each section, the terms of the glossary, and the phrases that the file
named by ``search_phrases`` gives to a label. It is a script, which a browser loads from a disk too;
a page loads it when the reader is about to type.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.util import logging

from crossentropy_book.assets import copy_script, drop_files, static_folder

__all__ = ["page_title", "setup"]

_LOGGER = logging.getLogger(__name__)

_INDEX = "search-index.js"
_WORD = re.compile(r"[^\W_]{2,}")
_LEAD = 100  # characters of a section that stand below its title
# Other than prose: a reader searches for what a page says.
_NO_PROSE = (
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.raw,
    nodes.comment,
    nodes.image,
    nodes.system_message,
    addnodes.desc,
    addnodes.index,
)
# The text of these references is not there yet: it is a label.
_UNRESOLVED = {"ref", "numref", "eq"}


@dataclass
class Section:
    """What a reader can be led to: a section of a page, or a term of its glossary."""

    anchor: str
    title: str
    ids: list[str] = field(default_factory=list)  # all that lies within
    text: str = ""
    lead: str = ""
    terms: list[str] = field(default_factory=list)
    leads_to: list[str] = field(default_factory=list)  # where a term is defined


class _Collector(EnvironmentCollector):
    """Keeps the sections of each page in the environment, as the page is read."""

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        _kept(env).pop(docname, None)

    def merge_other(
        self, app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment
    ) -> None:
        _kept(env).update({name: _kept(other)[name] for name in docnames if name in _kept(other)})

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        _kept(app.env)[app.env.docname] = [*_sections(doctree)]


def _kept(env: BuildEnvironment) -> dict[str, list[Section]]:
    if not hasattr(env, "book_sections"):
        env.book_sections = {}  # type: ignore[attr-defined]
    kept: dict[str, list[Section]] = env.book_sections  # type: ignore[attr-defined]
    return kept


def _sections(doctree: nodes.document) -> Iterator[Section]:
    for section in filter(_has_title, doctree.findall(nodes.section)):
        title = section.children[0]
        # The last is the author's own label, if there is one: it outlives a change of the title.
        own = Section(section["ids"][-1], title.astext(), [*section["ids"]])
        prose: list[str] = []
        for child in section.children[1:]:
            if _has_title(child) or isinstance(child, addnodes.glossary):
                continue
            own.ids += [name for node in child.findall(nodes.Element) for name in node["ids"]]
            prose += _prose(child)
        own.text = " ".join(prose)
        own.lead = _lead(next(filter(_is_paragraph, section.children), None))
        yield own
    for item in doctree.findall(nodes.definition_list_item):
        if isinstance(item.parent.parent, addnodes.glossary):
            yield _term(item)


def _has_title(node: nodes.Node) -> bool:
    """Tell a section of the page from the inside of a theorem, which is one for docutils, too."""
    return isinstance(node, nodes.section) and isinstance(node.next_node(), nodes.title)


def _term(item: nodes.definition_list_item) -> Section:
    terms = [node for node in item.children if isinstance(node, nodes.term)]
    definition = item.next_node(nodes.definition)
    text = " ".join(_prose(definition)) if definition else ""
    targets = definition.findall(addnodes.pending_xref) if definition else ()
    return Section(
        terms[0]["ids"][0],
        ", ".join(term.astext() for term in terms),
        [name for term in terms for name in term["ids"]],
        text,
        _lead(definition.next_node(nodes.paragraph)) if definition else "",
        [term.astext() for term in terms],
        [node["reftarget"] for node in targets if node["reftype"] != "term"][-1:],
    )


def _prose(node: nodes.Node) -> Iterator[str]:
    """Yield the text of a node that a reader reads as prose."""
    if isinstance(node, nodes.Text):
        yield str(node)
    elif not (isinstance(node, _NO_PROSE) or _is_output(node) or _is_label(node)):
        for child in node.children:
            yield from _prose(child)


def _is_output(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and "cell" in node["classes"]


def _is_label(node: nodes.Node) -> bool:
    if not isinstance(node, addnodes.pending_xref) or node.get("refexplicit"):
        return False
    return node["reftype"] in _UNRESOLVED or node.get("refdomain") in {"prf", "cite"}


def _is_paragraph(node: nodes.Node) -> bool:
    return isinstance(node, nodes.paragraph)


def _lead(paragraph: nodes.Node | None) -> str:
    """Return the beginning of a paragraph that can be read without its formulas, or nothing."""
    if paragraph is None or any(
        isinstance(each, nodes.math) or _is_label(each) for each in paragraph.findall()
    ):
        return ""
    text = " ".join(paragraph.astext().split())
    return text if len(text) <= _LEAD else f"{text[:_LEAD].rsplit(' ', 1)[0]} …"


def page_title(app: Sphinx, page: str) -> str:
    """Return the title of a page, after its number where it has one."""
    title: str = app.env.titles[page].astext()
    return _number(app, page, "") + title


def words(text: str) -> set[str]:
    """Return the words of a text, as the search compares them.

    Examples
    --------
    >>> sorted(words("Kraft's log-sum, naïvely"))
    ['kraft', 'log', 'naively', 'sum']
    """
    plain = unicodedata.normalize("NFKD", text).lower()
    return {*_WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))}


def _index(app: Sphinx) -> dict[str, Any]:
    """Return what the script of the search reads."""
    kept = _kept(app.env)
    pages = [name for name in app.env.collect_relations() if name in kept]
    sections = [(page, section) for page in pages for section in kept[page]]
    place = {name: number for number, (_, section) in enumerate(sections) for name in section.ids}
    phrases: dict[str, list[int]] = {}
    for number, (_, section) in enumerate(sections):
        for term in section.terms:
            defined = [
                place[name]
                for label in section.leads_to
                for name in (label, f"equation-{label}")
                if name in place
            ]
            phrases[term] = [*defined, number]
    for label, said in _phrases(app).items():
        if label not in place:
            _LOGGER.warning("%s: there is no %s", app.config.search_phrases, label)
            continue
        for phrase in said:
            phrases[str(phrase)] = [place[label], *phrases.get(str(phrase), [])]
    found: dict[str, list[int]] = {}
    for number, (_, section) in enumerate(sections):
        for word in words(section.text):
            found.setdefault(word, []).append(number)
    vocabulary = sorted(found)
    return {
        "pages": [[app.builder.get_target_uri(page), page_title(app, page)] for page in pages],
        "sections": [
            [pages.index(page), *_shown(app, page, section)] for page, section in sections
        ],
        "phrases": [*phrases.items()],
        "words": " ".join(vocabulary),
        # Numbers that rise, each as a letter: how far it lies from the one before.
        "places": " ".join(
            "".join(chr(35 + b - a) for a, b in itertools.pairwise([0, *found[word]]))
            for word in vocabulary
        ),
    }


def _shown(app: Sphinx, page: str, section: Section) -> tuple[str, str, str, int]:
    """Return a section's anchor, none at the top of its page; its title, lead, and kind."""
    top = section.title == app.env.titles[page].astext()
    anchor = "" if top else section.anchor
    title = _number(app, page, f"#{section.ids[0]}" if anchor else "") + section.title
    return anchor, title, section.lead, int(bool(section.terms))


def _number(app: Sphinx, page: str, anchor: str) -> str:
    numbers = app.env.toc_secnumbers.get(page, {}).get(anchor, ())
    return ".".join(map(str, numbers)) + ("  " if numbers else "")


def _phrases(app: Sphinx) -> dict[str, list[str]]:
    if not app.config.search_phrases:
        return {}
    text = (Path(app.confdir) / app.config.search_phrases).read_text("utf-8")
    phrases: dict[str, list[str]] = yaml.safe_load(text)
    return phrases


def _prepare(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    app.builder.search = False  # type: ignore[attr-defined]  # ours takes its place
    here = Path(__file__).parent
    folder = static_folder(app, "book-search")
    copy_script(here / "search.js", folder)
    shutil.copy(here / "search.css", folder)


def _page(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    return [("search", {"title": "Search"}, "search.html")]


def _drop_highlighter(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Take off Sphinx's marking of words, which its own search asks for."""
    drop_files(context, "script_files", lambda script: "sphinx_highlight" in script)


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        text = json.dumps(_index(app), ensure_ascii=False, separators=(",", ":"))
        (Path(app.outdir) / "_static" / _INDEX).write_text(f"bookIndex={text}", "utf-8")


def setup(app: Sphinx) -> None:
    """Collect while pages are read, and write the index when they are there."""
    app.add_config_value("search_phrases", "", "env", str)
    app.add_env_collector(_Collector)
    app.add_css_file("search.css")
    app.add_js_file("search.js", loading_method="defer")
    app.connect("builder-inited", _prepare)
    app.connect("html-collect-pages", _page)
    app.connect("html-page-context", _drop_highlighter, priority=900)
    # Before the style sheets are made lean.
    app.connect("build-finished", _write, priority=400)
