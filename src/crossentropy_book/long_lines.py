"""Long lines of code on a narrow screen: they wrap, hang below their indentation, and copy whole.

A telephone shows some forty characters of code at a size that one can read, so that no line length
that suits a notebook fits it. What is cut off, or waits for a finger to push it aside, is not read.
So each line that may wrap is an element of its own, which knows its indentation.
"""

from __future__ import annotations

import html
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["setup"]

_SHORT = 32  # characters, which a screen of 320 pixels shows in a line

# Code, and not what it printed.
_CODE = re.compile(
    r'(?P<output><div class="highlight-(?:myst-ansi|none)\b.*?</pre>)'
    r"|(?<=<pre>)(?P<code>.*?)(?=</pre>)",
    re.DOTALL,
)


def _with_hanging_lines(body: str) -> str:
    return _CODE.sub(
        lambda found: found["output"] or "\n".join(map(_hanging, found["code"].split("\n"))), body
    )


def _hanging(line: str) -> str:
    """Return a line of marked code as one element, if it is long."""
    text = html.unescape(re.sub(r"<[^>]*>", "", line))
    # Pygments ends its marks where a line ends; whatever does not is left alone.
    if len(text) <= _SHORT or line.count("<span") != line.count("</span"):
        return line
    indent = len(text) - len(text.lstrip())
    style = f' style="--indent: {indent}ch"' if indent else ""
    return f'<span class="code-line"{style}>{line}</span>'


def _hang(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if "body" in context:
        context["body"] = _with_hanging_lines(context["body"])


def setup(app: Sphinx) -> None:
    """Connect to the pages as they are written."""
    app.connect("html-page-context", _hang)
