"""The style sheets of the themes, without what no page uses: most of a first visit was that."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from pathlib import Path

from sphinx.application import Sphinx

__all__ = ["setup", "without_unused_rules"]

# Sheets that are left whole: those of this package, and the few rules that colour code.
_WHOLE = {"crossentropy.css", "crossentropy-book.css", "pygments.css"}

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BRACE = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]""")
_COMMA = re.compile(r",(?![^(\[]*[)\]])")
_CLASS = re.compile(r"\.((?:[A-Za-z_-]|\\.)(?:[\w-]|\\.)*)")
_NEGATED = re.compile(r":not\([^)]*\)")


def without_unused_rules(sheet: str, names: Container[str]) -> str:
    """Return a style sheet without the rules for classes that no page bears and no script names."""
    return "".join(_used(_COMMENT.sub("", sheet), names))


def _used(sheet: str, names: Container[str]) -> Iterator[str]:
    for head, body in _rules(sheet):
        selector = head.strip()
        if body is None:
            yield f"{selector};"
        elif selector.startswith(("@media", "@supports")):
            inner = "".join(_used(body, names))
            if inner:
                yield f"{selector}{{{inner}}}"
        elif selector.startswith("@"):
            yield f"{selector}{{{body}}}"
        else:
            kept = [each for each in _COMMA.split(selector) if _may_match(each, names)]
            if kept:
                yield f"{','.join(kept)}{{{body}}}"


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


def _may_match(selector: str, names: Container[str]) -> bool:
    classes = _CLASS.findall(_NEGATED.sub("", selector))
    return all(name.replace("\\", "") in names for name in classes)


def _drop_unused(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    book = Path(app.outdir)
    names: set[str] = set()
    for page in book.rglob("*.html"):
        for classes in re.findall(r'class="([^"]*)"', page.read_text("utf-8")):
            names.update(classes.split())
    for script in book.rglob("*.js"):  # any word of a script may become a class
        names.update(re.findall(r"[\w-]+", script.read_text("utf-8")))
    for path in (book / "_static").rglob("*.css"):
        if path.name not in _WHOLE:
            path.write_text(without_unused_rules(path.read_text("utf-8"), names), "utf-8")


def setup(app: Sphinx) -> None:
    """Drop unused rules when the pages are there."""
    app.connect("build-finished", _drop_unused)
