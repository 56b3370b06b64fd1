"""What a link to a page shows where it is shared: its title, its line, and a card with both.

The card is drawn while the book is built. A service asks for it by its address, so there is one
only where the book has an address, ``html_baseurl``.
"""

from __future__ import annotations

import functools
import html
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
from docutils import nodes
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont
from sphinx.application import Sphinx

from crossentropy_book.fonts import let_glyphs_have_their_own_widths
from crossentropy_book.search import page_title
from crossentropy_book.site import address_of, described

__all__ = ["card", "setup"]

SIZE = (1200, 630)  # what the services ask for
_LEFT, _TOP, _WIDTH = 72, 84, 600
_INK, _MUTED = "#1f2328", "#57606a"
_FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"


def card(app: Sphinx, title: str, description: str) -> Image.Image:
    """Return the picture of a page, with what a listener of ``social-card-drawn`` adds to it."""
    regular, bold = app.config.card_fonts
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    y = float(_TOP)
    for text, file, size, colour, most in (
        (app.config.html_title, regular, 30, _MUTED, 1),
        (title, bold, 60, _INK, 3),
        (description, regular, 32, _INK, 5),
    ):
        font = _font(file, size)
        for line in _lines(text, font, most):
            draw.text((_LEFT, y), line, colour, font)
            y += 1.25 * size
        y += 24
    app.emit("social-card-drawn", image)
    return image


def _font(file: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(_mended(file)), size)


@functools.cache
def _mended(file: str) -> bytes:
    """Return a font whose glyphs have their own widths."""
    buffer = io.BytesIO()
    with TTFont(file) as font:
        if "glyf" in font:
            let_glyphs_have_their_own_widths(font)
        font.save(buffer)
    return buffer.getvalue()


def _lines(text: str, font: ImageFont.FreeTypeFont, most: int) -> Iterator[str]:
    """Yield the lines of a text, so many of them; the last says whether there were more."""
    words, number = text.split(), 1
    while words:
        count = len(words)
        while count > 1 and font.getlength(" ".join(words[:count])) > _WIDTH:
            count -= 1
        line, words = " ".join(words[:count]), words[count:]
        if number == most and words:
            yield f"{line} …"
            return
        yield line
        number += 1


def _add_tags(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if page not in app.env.found_docs:
        return
    root = page == app.config.root_doc
    title = app.env.titles[page].astext()
    tags = {
        "og:type": "website" if root else "article",
        "og:site_name": app.config.html_title,
        "og:title": app.config.html_title if root else title,
        "og:description": described(app, page),
    }
    if address := address_of(app):
        name = _draw(app, page)
        tags |= {
            "og:url": context["pageurl"],
            "og:image": f"{address}_static/{name}",
            "og:image:width": str(SIZE[0]),
            "og:image:height": str(SIZE[1]),
            "og:image:alt": f"{title}: {described(app, page)}".rstrip(": "),
        }
        context["metatags"] += '<meta name="twitter:card" content="summary_large_image">\n'
    context["metatags"] += "".join(
        f'<meta property="{name}" content="{html.escape(said)}">\n'
        for name, said in tags.items()
        if said
    )


def _draw(app: Sphinx, page: str) -> str:
    """Draw the card of a page; return its name, which changes with what it says."""
    said = page_title(app, page), described(app, page)
    key = zlib.crc32("\0".join([app.config.html_title, *said]).encode())
    name = f"cards/{page.replace('/', '-')}-{key:08x}.png"
    path = Path(app.outdir) / "_static" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    card(app, *said).quantize(64).save(path, optimize=True)
    return name


def setup(app: Sphinx) -> None:
    """Add the tags to the heads of pages, after their addresses are known."""
    fonts = [str(_FONTS / "DejaVuSans.ttf"), str(_FONTS / "DejaVuSans-Bold.ttf")]
    app.add_config_value("card_fonts", fonts, "html", list)
    app.add_event("social-card-drawn")
    app.connect("html-page-context", _add_tags, priority=600)
