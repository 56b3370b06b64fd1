"""The style sheets of the book, without what no page uses: most of a first visit was that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from sphinx.application import Sphinx

from crossentropy_book.course.page_weight import loaded_files

__all__ = ["setup", "without_unused_rules", "without_unused_variables"]

# The sheet whose classes the explorables compose, as `role-` and `p`: only its spaces go.
_WHOLE = "crossentropy.css"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
_BRACE = re.compile(rf"{_QUOTED}|[{{}};]")
_COMMA = re.compile(rf"{_QUOTED}|[()\[\],]")
# What a selector says besides names: what is inside of parentheses may or may not be there.
_CONDITION = re.compile(r"::?[\w-]+\([^()]*\)|::?[\w-]+(?![\w(-])")
_VALUE = re.compile(rf"[*^$|~]?=\s*(?:{_QUOTED}|[^\]\s]+)\s*[is]?\s*\]")
_NAME = re.compile(r"(?:[.#[]|(?<![\w\\-]))((?:[A-Za-z_-]|\\.)(?:[\w-]|\\.)*)")

_IN_BRACKETS = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
_DECLARED = re.compile(
    rf"(?<![\w-])(--[\w-]+)\s*:((?:{_QUOTED}|{_IN_BRACKETS}|[^;{{}}\"'()])*)(?:;|(?=\}}))"
)
_READ = re.compile(r"--[\w-]+(?![\w-]|\s*:)")

_TAG = re.compile(r"""<([a-z](?:"[^"]*"|'[^']*'|[^>"'])*)>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w:-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_INLINE = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)


def without_unused_rules(sheet: str, names: Set[str] | None) -> str:
    """Return a style sheet without the rules for what no page has and no script names.

    Parameters
    ----------
    sheet : str
        The style sheet.
    names : set of str, or None
        The classes, ids, elements and attributes of the pages, and the words of their scripts. With
        None every rule stays.
    """
    return "".join(_used(_COMMENT.sub("", sheet), names))


def _used(sheet: str, names: Set[str] | None) -> Iterator[str]:
    for head, body in _rules(sheet):
        selector = " ".join(head.split())
        if body is None:
            yield f"{selector};"
        elif selector.startswith(("@container", "@media", "@supports")):
            inner = "".join(_used(body, names))
            if inner:
                yield f"{selector}{{{inner}}}"
        elif selector.startswith("@"):
            yield f"{selector}{{{_tight(body)}}}"
        else:
            kept = [each for each in _alternatives(selector) if _may_match(each, names)]
            if kept:
                yield f"{','.join(kept)}{{{_tight(body)}}}"


def _tight(body: str) -> str:
    return " ".join(body.split()).rstrip(";")


def _rules(sheet: str) -> Iterator[tuple[str, str | None]]:
    """Yield what stands before a rule's braces, and what in them; None where there are none."""
    start, opened, depth = 0, 0, 0
    for token in _BRACE.finditer(sheet):
        if token[0] == "{":
            opened = opened if depth else token.start()
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if not depth:
                yield sheet[start:opened], sheet[opened + 1 : token.start()]
                start = token.end()
        elif token[0] == ";" and not depth:
            yield sheet[start : token.start()], None
            start = token.end()


def _alternatives(selectors: str) -> Iterator[str]:
    """Yield the selectors of a list."""
    start, depth = 0, 0
    for token in _COMMA.finditer(selectors):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token[0], 0)
        if token[0] == "," and not depth:
            yield selectors[start : token.start()].strip()
            start = token.end()
    yield selectors[start:].strip()


def _may_match(selector: str, names: Set[str] | None) -> bool:
    if names is None:
        return True
    conditions = 1
    while conditions:
        selector, conditions = _CONDITION.subn("", selector)
    asked = _NAME.findall(_VALUE.sub("]", selector))
    return all(name.replace("\\", "") in names for name in asked)


def without_unused_variables(sheets: dict[Path, str], others: Iterable[str]) -> dict[Path, str]:
    """Return style sheets without the variables that none of them reads, and nothing else does.

    Parameters
    ----------
    sheets : dict of Path to str
        All style sheets of the book.
    others : iterable of str
        What else may read a variable: pages and scripts.
    """
    read_elsewhere = {name for text in others for name in _READ.findall(text)}
    while True:
        read = read_elsewhere.union(*map(_READ.findall, sheets.values()))
        lean = {path: _without_unread(sheet, read) for path, sheet in sheets.items()}
        if lean == sheets:
            return sheets
        sheets = lean  # what only such a variable read is read no more


def _without_unread(sheet: str, read: Set[str]) -> str:
    return _DECLARED.sub(lambda said: said[0] if said[1] in read else "", sheet)


def _names(pages: Iterable[str], scripts: Iterable[str]) -> set[str]:
    """Return what a selector may name: what pages have, and every word of a script."""
    names: set[str] = set()
    for tag in {tag for page in pages for tag in _TAG.findall(page)}:
        element, *attributes = _ATTRIBUTE.findall(tag)
        names.add(element[0])
        for name, value in attributes:
            names.add(name)
            if name in ("class", "id"):
                names.update(value.strip("\"'").split())
    for word in {word for script in scripts for word in re.findall(r"[\w-]{3,}", script)}:
        # Shorter ones are a script's own variables. It may say `dataset.bsPopper` where a
        # selector says `[data-bs-popper]`.
        names |= {word, "data-" + re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", word)}
    return names


def _drop_unused(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    texts = {path: path.read_text("utf-8") for path in loaded_files(Path(app.outdir))}
    pages = [text for path, text in texts.items() if path.suffix == ".html"]
    scripts = [text for path, text in texts.items() if path.suffix == ".js"]
    names = _names(
        pages, [*scripts, *(script for page in pages for script in _INLINE.findall(page))]
    )
    sheets = {
        path: without_unused_rules(text, None if path.name == _WHOLE else names)
        for path, text in texts.items()
        if path.suffix == ".css"
    }
    for path, sheet in without_unused_variables(sheets, [*pages, *scripts]).items():
        path.write_text(sheet, "utf-8")


def setup(app: Sphinx) -> None:
    """Drop unused rules when the pages are there, and the theme's sheet for code is."""
    app.connect("build-finished", _drop_unused, priority=600)
