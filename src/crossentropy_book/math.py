"""Mathematics as MathML Core, made while the book is built: no script, no reflow."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from crossentropy._mathml import LatexError, to_mathml

__all__ = ["setup"]


class KeepPunctuation(SphinxPostTransform):
    """Tie what follows a formula without a space to it; a browser would start a line with it."""

    default_priority = 700
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Put a formula and the characters that cling to it into one box."""
        for formula in list(self.document.findall(nodes.math)):
            parent, text = formula.parent, formula.next_node(descend=False, siblings=True)
            if not isinstance(text, nodes.Text):
                continue
            clinging = re.match(r"[.,;:!?)–’-]\S*", text)
            if parent is not None and clinging:
                # The text is replaced by its index: `parent.replace(text, …)` would find the
                # first text with equal words, and a paragraph may say the same after two formulas.
                parent[parent.index(formula) + 1] = nodes.Text(text[clinging.end() :])
                box = nodes.inline("", "", classes=["nowrap"])
                parent.replace(formula, box)
                box += [formula, nodes.Text(clinging[0])]


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
        body.append("</span>")
    body.append("</div>")
    raise nodes.SkipNode


def _choose(app: Sphinx, config: Config) -> None:
    config.html_math_renderer = "mathml"


def setup(app: Sphinx) -> None:
    """Register the renderer, and choose it."""
    app.connect("config-inited", _choose)
    app.add_post_transform(KeepPunctuation)
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
