"""The explorables of the course in its pages: their modules, their looks, and the book's fonts."""

from __future__ import annotations

import functools
import re
import zlib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

import crossentropy_book
from crossentropy import widgets
from crossentropy.widgets._live import Live
from crossentropy.widgets._modules import HERE, IMPORT, in_order, snake_case, source_of
from crossentropy.widgets._traits import schemas_of
from crossentropy_book.assets import copy_script, minified, static_folder
from crossentropy_book.course.drawings import mount_point
from crossentropy_book.course.text_fonts import FACES
from crossentropy_book.fonts import face_rule

__all__ = ["explorable_page", "setup"]

_HERE = Path(__file__).parent

# The data of an explorable, and how many characters of it a page holds at most.
_STATE = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)
_LONG = 3000


def explorable_page(*explorables: Live) -> str:
    """Return a page of explorables alone, mounted as the book mounts them, in the book's font."""
    style = (HERE / "explorable.css").read_text("utf-8")
    places = "".join(map(mount_point, explorables))
    return (
        '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">'
        f"<title>{type(explorables[0]).__name__}</title>"
        f"<style>{_faces_cut()} body {{ max-width: 720px; "
        f'font-family: "Book Serif", "Book Signs" }} {style}</style>'
        f"<script>{_script('before_paint.js')}</script><main>{places}</main>"
        f'<script type="module">{_script("mount.js")};{_modules_script()}</script></html>'
    )


@functools.cache
def _faces_cut() -> str:
    """Return the rules that bring the fonts of text and code."""
    return "".join(face_rule(face.family, face.cut(), face.weight, face.style) for face in FACES)


def _script(name: str) -> str:
    """Return a script of any book's pages, as that which mounts widgets."""
    return minified((Path(crossentropy_book.__file__).parent / name).read_text("utf-8"))


@functools.cache
def _modules_script() -> str:
    """Return the script that holds all explorables and mounts those of a page.

    It is one file, and large: but it is fetched once, and no later page adds to it.
    """
    fronts = {(HERE / f"{snake_case(name)}.js").resolve(): name for name in widgets.__all__}
    schemas = {name: schemas_of(getattr(widgets, name)) for name in widgets.__all__}
    modules = {
        fronts.get(path, _key(path)): _parts(path, source_of(path, schemas))
        for path in in_order([*fronts])
    }
    text = ",".join(
        f"{_literal(name)}:[{','.join(map(_literal, parts))}]" for name, parts in modules.items()
    )
    script = (_HERE / "explorables.js").read_text("utf-8")
    return minified(script.replace("MODULES = {}", f"MODULES = {{{text}}}", 1))


def _literal(text: str) -> str:
    """Return a text as JavaScript; the modules have many double quotes, and few single ones."""
    text = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{text}'"


def _parts(path: Path, source: str) -> list[str]:
    """Return a module cut at its imports: source, then the key of what it imports, by turns."""
    text = minified(source)
    parts, end = [], 0
    for imported in IMPORT.finditer(text):
        start, after = imported.span("path")
        parts += [text[end:start], _key((path.parent / imported["path"]).resolve())]
        end = after
    return [*parts, text[end:]]


def _key(path: Path) -> str:
    return path.relative_to(HERE).as_posix()


def _write(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    folder = static_folder(app, "crossentropy-course")
    style = (HERE / "explorable.css").read_text("utf-8") + (_HERE / "book.css").read_text("utf-8")
    (folder / "crossentropy.css").write_text(style, "utf-8")
    (folder / "explorables.js").write_text(_modules_script(), "utf-8")
    copy_script(_HERE / "print.js", folder)


def _with_states_elsewhere(body: str, page: str, book: Path) -> str:
    """Return a page's body with its long states in files, which wait for a reader to come near."""
    folder = book / "_static" / "states"

    def moved(script: re.Match[str]) -> str:
        text = script[1]
        if len(text) < _LONG:
            return script[0]
        key = f"{zlib.crc32(text.encode()):08x}"
        folder.mkdir(parents=True, exist_ok=True)
        source = f'(anywidgets.states ??= {{}})["{key}"] = {text};\n'
        (folder / f"{key}.js").write_text(source, "utf-8")
        src = f"{'../' * page.count('/')}_static/states/{key}.js"
        return f'<script type="application/json" data-key="{key}" data-src="{src}"></script>'

    return _STATE.sub(moved, body)


def _move_states(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if "body" in context:
        context["body"] = _with_states_elsewhere(context["body"], page, Path(app.outdir))


def _load_explorables(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if "data-explorable=" in context.get("body", ""):
        app.add_js_file("mount.js", loading_method="defer", priority=890)
        app.add_js_file("explorables.js", loading_method="defer", priority=900)


def setup(app: Sphinx) -> None:
    """Make the files and load them."""
    app.add_css_file("crossentropy.css")
    app.add_js_file("print.js", loading_method="defer")
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _load_explorables)
    # After the pictures are drawn.
    app.connect("html-page-context", _move_states, priority=700)
