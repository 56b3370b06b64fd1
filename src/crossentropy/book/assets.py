"""The files that pages load: a style sheet, two scripts and two fonts, all made from packages."""

from __future__ import annotations

import base64
import functools
import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from crossentropy import widgets
from crossentropy.book.fonts import ICON_FONT, icon_font, math_font
from crossentropy.book.icons import icon_style_sheet
from crossentropy.widgets._explorable import Live
from crossentropy.widgets._modules import HERE, IMPORT, in_order, snake_case

__all__ = ["explorable_page", "setup"]

_PAGE_SCRIPTS = ["scrollable.js", "print.js"]

_LOAD_FONT = """document.fonts.load('1em "STIX Two Math"')"""


def explorable_page(explorable: Live) -> str:
    """Return a page of one explorable alone, mounted as the book mounts it."""
    name = type(explorable).__name__
    style = (HERE / "explorable.css").read_text("utf-8")
    return (
        '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">'
        f"<title>{name}</title><style>body {{ max-width: 720px }} {style}</style>"
        f"<main>{explorable.to_html()}</main>"
        f'<script type="module">{_module_script(name)}\n{_mount_script()}</script></html>'
    )


def _module_script(name: str) -> str:
    """Return the script that hands what one explorable alone uses to the one that mounts."""
    *own, front_end = (path for path in in_order([_front_end(name)]) if path not in _shared())
    modules = {_key(path): _parts(path) for path in own} | {name: _parts(front_end)}
    text = json.dumps(modules, ensure_ascii=False)
    return f"Object.assign((window.explorableModules ??= {{}}), {text});"


def _mount_script() -> str:
    """Return the script that holds what explorables share, and mounts those of a page."""
    text = json.dumps({_key(path): _parts(path) for path in _shared()}, ensure_ascii=False)
    mount = (Path(__file__).parent / "mount.js").read_text("utf-8")
    return re.sub(r"\{\}; /\* the build fills this in \*/", lambda _: f"{text};", mount, count=1)


def _parts(path: Path) -> list[str]:
    """Return a module cut at its imports: source, then what it imports, by turns."""
    # split gives: source, `from `, path, source, …; a path becomes the key it stands for.
    source, *rest = IMPORT.split(path.read_text("utf-8"))
    parts = [source]
    for before, imported, after in zip(rest[0::3], rest[1::3], rest[2::3], strict=True):
        parts[-1] += f'{before}"'
        parts += [_key((path.parent / imported).resolve()), f'"{after}']
    return parts


def _front_end(name: str) -> Path:
    return (HERE / f"{snake_case(name)}.js").resolve()


@functools.cache
def _shared() -> list[Path]:
    """Return the modules that several explorables use, each after what it imports itself."""
    users = Counter(path for name in widgets.__all__ for path in in_order([_front_end(name)]))
    return [path for path, count in users.items() if count > 1]


def _key(path: Path) -> str:
    return path.relative_to(HERE).as_posix()


def _font_face(cache: Path) -> str:
    """Return the rule that brings the mathematical font, font and all.

    A style sheet is there before the first paint; a font in a file of its own would come after it,
    and the formulas would move.
    """
    cut = cache / "stix-two-math.woff2"
    if not cut.exists():  # cutting it takes a second; `make clean` makes it anew
        cut.write_bytes(math_font())
    data = base64.b64encode(cut.read_bytes()).decode()
    return (
        '@font-face { font-family: "STIX Two Math"; '
        f'src: url("data:font/woff2;base64,{data}") format("woff2"); }}\n'
    )


def _write(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    folder = Path(app.doctreedir) / "crossentropy-static"
    folder.mkdir(parents=True, exist_ok=True)
    here = Path(__file__).parent
    style = _font_face(folder.parent) + icon_style_sheet()
    style += (HERE / "explorable.css").read_text("utf-8") + (here / "book.css").read_text("utf-8")
    (folder / "crossentropy.css").write_text(style, "utf-8")
    (folder / "explorables").mkdir(exist_ok=True)
    for name in widgets.__all__:
        (folder / "explorables" / f"{name}.js").write_text(_module_script(name), "utf-8")
    (folder / "explorables" / "mount.js").write_text(_mount_script(), "utf-8")
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
    # A page loads the modules of what it shows, and then what mounts them. What a notebook made
    # itself has brought its own.
    shown = set(re.findall(r'data-explorable="(\w+)"', context.get("body", "")))
    for name in sorted(shown & set(widgets.__all__)):
        app.add_js_file(f"explorables/{name}.js", loading_method="defer")
    if shown:
        app.add_js_file("explorables/mount.js", loading_method="defer", priority=900)


def setup(app: Sphinx) -> None:
    """Make the files and load them."""
    app.add_css_file("crossentropy.css")
    # Unpacked before the text is laid out, the font needs no second layout.
    app.add_js_file(None, body=_LOAD_FONT, priority=0)
    for script in _PAGE_SCRIPTS:
        app.add_js_file(script, loading_method="defer")
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _load_explorables)
