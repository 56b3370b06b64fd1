"""Mathematics as MathML Core, made while the book is built: no script, no reflow."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.locale import _
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from crossentropy._mathml import LatexError, to_mathml

__all__ = ["setup"]


def _convert(translator: HTML5Translator, node: nodes.Element, *, display: bool) -> str:
    latex = node.astext()
    try:
        return to_mathml(latex, display=display)
    except LatexError as error:
        page = translator.builder.current_docname
        raise ExtensionError(f"{page}: in the equation {latex!r}: {error}") from error


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula."""
    translator.body.append(_convert(translator, node, display=False))
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number if it has one."""
    body = translator.body
    identifier = f' id="{node["ids"][0]}"' if node.get("ids") else ""
    body.append(
        f'<div class="math-block" tabindex="0" role="group" aria-label="Equation"{identifier}>'
    )
    body.append(_convert(translator, node, display=True))
    if node.get("number"):
        number = get_node_equation_number(translator, node)
        body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        body.append("</span>")
    body.append("</div>")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
