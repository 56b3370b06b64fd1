"""The files that pages load: style sheets, fonts and scripts, all made from packages."""

from __future__ import annotations

import base64
import functools
import json
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rjsmin
from docutils import nodes
from sphinx.application import Sphinx

from crossentropy import widgets
from crossentropy.widgets._live import Live
from crossentropy.widgets._modules import HERE, IMPORT, in_order, snake_case, source_of
from crossentropy.widgets._traits import schemas_of
from crossentropy_book import fonts
from crossentropy_book.fonts import FACES, ICON_FONT, icon_font, math_font
from crossentropy_book.icons import icon_style_sheet

__all__ = ["explorable_page", "setup"]

_PAGE_SCRIPTS = ["scrollable.js", "print.js"]

# The fonts are here with the style sheet, but a browser unpacks them while it lays out the text.
# For these few milliseconds nothing is shown, or it would be shown twice, and move. So would what
# has a border, which the theme draws when it knows whether a reader prefers the dark.
_BEFORE_PAINT = """{
  const { style, dataset } = document.documentElement;
  dataset.scripts = "";
  if (dataset.theme === "auto") {
    dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  const fonts = [...document.fonts].filter(({ family }) => /Book|STIX/.test(family));
  style.visibility = "hidden";
  Promise.allSettled(fonts.map((font) => font.load())).then(() => { style.visibility = ""; });
}"""


def explorable_page(explorable: Live) -> str:
    """Return a page of one explorable alone, mounted as the book mounts it, in the book's font."""
    style = (HERE / "explorable.css").read_text("utf-8")
    return (
        '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">'
        f"<title>{type(explorable).__name__}</title>"
        f"<style>{text_faces()} body {{ max-width: 720px; "
        f'font-family: "Book Serif", "Book Signs" }} {style}</style>'
        f"<script>{_BEFORE_PAINT}</script><main>{explorable.to_html()}</main>"
        f'<script type="module">{_mount_script()}</script></html>'
    )


@functools.cache
def text_faces() -> str:
    """Return the rules that bring the fonts of text and code."""
    return "".join(_face_rule(face.family, face.weight, face.style, face.cut()) for face in FACES)


@functools.cache
def _mount_script() -> str:
    """Return the script that holds all explorables and mounts those of a page.

    It is one file, and large: but it is fetched once, and no later page adds to it.
    """
    fronts = {(HERE / f"{snake_case(name)}.js").resolve(): name for name in widgets.__all__}
    schemas = {name: schemas_of(getattr(widgets, name)) for name in widgets.__all__}
    modules = {
        fronts.get(path, _key(path)): _parts(path, source_of(path, schemas))
        for path in in_order([*fronts])
    }
    text = json.dumps(modules, ensure_ascii=False)
    mount: str = rjsmin.jsmin((Path(__file__).parent / "mount.js").read_text("utf-8"))
    return mount.replace("MODULES={}", f"MODULES={text}", 1)


def _parts(path: Path, text: str) -> list[str]:
    """Return a module cut at its imports: source, then what it imports, by turns."""
    # split gives: source, `from `, path, source, …; a path becomes the key it stands for.
    source, *rest = IMPORT.split(rjsmin.jsmin(text))
    parts = [source]
    for before, imported, after in zip(rest[0::3], rest[1::3], rest[2::3], strict=True):
        parts[-1] += f'{before}"'
        parts += [_key((path.parent / imported).resolve()), f'"{after}']
    return parts


def _key(path: Path) -> str:
    return path.relative_to(HERE).as_posix()


def font_faces(cache: Path) -> str:
    """Return the rules that bring the fonts of text, code and formulas, fonts and all.

    A style sheet is there before the first paint; a font in a file of its own would come after it,
    and the text would move.
    """
    rules = _face_rule("STIX Two Math", "400", "normal", _kept(cache, "stix-two-math", math_font))
    for face in FACES:
        rules += _face_rule(face.family, face.weight, face.style, _kept(cache, face.name, face.cut))
    return rules


def _kept(cache: Path, name: str, cut: Callable[[], bytes]) -> bytes:
    """Return a font, from the cache if it is there: cutting one takes a second."""
    alphabet = zlib.crc32(Path(fonts.__file__).read_bytes())
    kept = cache / f"{name}-{alphabet:08x}.woff2"
    if not kept.exists():
        kept.write_bytes(cut())
    return kept.read_bytes()


def _face_rule(family: str, weight: str, style: str, font: bytes) -> str:
    data = base64.b64encode(font).decode()
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style}; '
        f'src: url("data:font/woff2;base64,{data}") format("woff2"); }}\n'
    )


def _write(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    folder = Path(app.doctreedir) / "crossentropy-static"
    folder.mkdir(parents=True, exist_ok=True)
    here = Path(__file__).parent
    style = font_faces(folder.parent) + icon_style_sheet()
    style += (HERE / "explorable.css").read_text("utf-8") + (here / "book.css").read_text("utf-8")
    (folder / "crossentropy.css").write_text(style, "utf-8")
    (folder / "explorables.js").write_text(_mount_script(), "utf-8")
    for script in _PAGE_SCRIPTS:
        shutil.copy(here / script, folder)
    icons = folder / ICON_FONT
    icons.parent.mkdir(parents=True, exist_ok=True)
    icons.write_bytes(icon_font())
    # Added here and not in _config.yml: Jupyter Book loads every script of a path named there on
    # every page.
    app.config.html_static_path.append(str(folder))


def _load_explorables(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if "data-explorable=" in context.get("body", ""):
        app.add_js_file("explorables.js", loading_method="defer", priority=900)


def setup(app: Sphinx) -> None:
    """Make the files and load them."""
    app.add_css_file("crossentropy.css")
    app.add_js_file(None, body=_BEFORE_PAINT, priority=0)
    for script in _PAGE_SCRIPTS:
        app.add_js_file(script, loading_method="defer")
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _load_explorables)
