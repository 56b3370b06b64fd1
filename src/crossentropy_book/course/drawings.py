"""What stands for an explorable: its room until scripts arrive, a picture where they do not.

A notebook leaves the state of a picture in the page, and not the picture. That is drawn when the
page is written, by the module that a browser will run: a change of it executes no notebook again.
Each picture is a file of its own, which brings its look and its font: few readers fetch it, and a
page that held five would be half again as large.
"""

from __future__ import annotations

import base64
import functools
import html
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from crossentropy import widgets
from crossentropy.widgets._drawing import LAYOUTS, Still, as_svg, engine
from crossentropy.widgets._live import STILL, Live
from crossentropy_book.course.text_fonts import FACES

__all__ = ["mount_point", "setup"]

# A mount point: how it begins, the name of its class, its state, and its module if it has its own.
_SCRIPT = r'<script type="application/json">(.*?)</script>'
_ROOM = r'<figcaption class="prompt">[^<]*</figcaption><div class="stage"[^>]*></div>'
_FIGURE = re.compile(
    rf'(<figure class="explorable" data-explorable="(\w+)"[^>]*>)({_ROOM})?'
    rf"(?={_SCRIPT}(?:{_SCRIPT})?)",
    re.DOTALL,
)

# What labels contain: ASCII, hats, Greek, dashes, raised and lowered figures, arrows, signs.
_LETTERS = [(0x20, 0x7E), (0x302, 0x302), (0x3B1, 0x3C9)]
_LABELS = [
    *_LETTERS,
    *((0xB7, 0xBD), (0x391, 0x3A9), (0x2013, 0x2026), (0x2070, 0x208E), (0x2113, 0x2113)),
    *((0x2190, 0x2193), (0x2202, 0x2265)),
]


def mount_point(explorable: Live) -> str:
    """Return the mount point of a widget, with the room that it will take."""
    source, state = str(explorable._esm), explorable._state()
    return re.sub(_ROOM, lambda _: engine().room(source, state), explorable.to_html())


def _with_pictures(body: str, page: str, book: Path) -> str:
    """Return a page's body with the static pictures of each explorable, and write their files."""
    folder = book / "_static" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    up = "../" * page.count("/")
    count = 0

    def image(still: Still, name: str, kind: str) -> str:
        (folder / f"{name}.svg").write_text(as_svg(still, kind, _fonts), "utf-8")
        width, height = still.size
        # The picture has colours for the dark theme, which need not dim it.
        return (
            f'<img alt="" class="{still.look} dark-light" loading="lazy" '
            f'width="{width}" height="{height}" src="{up}_static/pictures/{name}.svg">'
        )

    def drawn(figure: re.Match[str]) -> str:
        nonlocal count
        count += 1
        start, room, kind, data, own = figure.group(1, 3, 2, 4, 5)
        source = json.loads(own) if own else str(getattr(widgets, kind)._esm)
        state = json.loads(data)
        images = ""
        for layout in LAYOUTS:
            name = f"{page.replace('/', '-')}-{count}-{layout}"
            for i, still in enumerate(engine().stills(source, state, layout, name)):
                images += image(still, f"{name}-{i}" if i else name, kind)
        alt = html.escape(engine().describe(source, state))
        room = engine().room(source, state) if room else ""
        return f'{start}{room}<div class="ce-picture" role="img" aria-label="{alt}">{images}</div>'

    return _FIGURE.sub(drawn, STILL.sub("", body))


# ---- A picture's file ----


def _fonts(look: str) -> str:
    """Return the faces that a look asks for."""
    wanted = ["400 normal"]
    wanted += ["400 italic"] if "font-style: italic" in look else []
    wanted += ["600 normal"] if re.search(r"\{ font-weight: 600", look) else []
    return ":root { font-family: Labels, serif } " + "".join(_face(which) for which in wanted)


@functools.cache
def _face(which: str) -> str:
    face = next(face for face in FACES if f"{face.weight.split()[0]} {face.style}" == which)
    letters = _LABELS if which == "400 normal" else _LETTERS
    data = base64.b64encode(replace(face, alphabet=tuple(letters)).cut()).decode()
    return (
        f"@font-face {{ font-family: Labels; font-weight: {face.weight}; font-style: {face.style}; "
        f'src: url("data:font/woff2;base64,{data}") }} '
    )


def _draw(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if "body" in context:
        context["body"] = _with_pictures(context["body"], page, Path(app.outdir))


def setup(app: Sphinx) -> None:
    """Draw when a page is written."""
    app.connect("html-page-context", _draw)
