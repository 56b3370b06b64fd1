"""The files that every page loads: a style sheet with the fonts in it, and scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import rjsmin
from sphinx.application import Sphinx

from crossentropy_book.fonts import ICON_FONT, face_rule, icon_font, kept, math_font
from crossentropy_book.icons import icon_style_sheet

__all__ = ["BEFORE_PAINT", "copy_script", "drop_files", "minified", "setup", "static_folder"]

_HERE = Path(__file__).parent

# The fonts are here with the style sheet, but a browser unpacks them while it lays out the text.
# For these few milliseconds nothing is shown, or it would be shown twice, and move. So would what
# has a border, which the theme draws when it knows whether a reader prefers the dark.
# A page that has scripts leaves the place of a picture empty for them (`data-scripts`), but not for
# longer than they should take: one may be missing.
BEFORE_PAINT = """{
  const { style, dataset } = document.documentElement;
  dataset.scripts = "";
  addEventListener("load", () => setTimeout(() => { delete dataset.scripts; }, 2000));
  if (dataset.theme === "auto") {
    dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  const fonts = [...document.fonts].filter(({ family }) => /Book|STIX/.test(family));
  style.visibility = "hidden";
  Promise.allSettled(fonts.map((font) => font.load())).then(() => { style.visibility = ""; });
}"""


def minified(source: str) -> str:
    """Return a script without its comments, and without the spaces that it does without."""
    script: str = rjsmin.jsmin(source)
    return script


def static_folder(app: Sphinx, name: str) -> Path:
    """Return a new folder whose files the build copies into the book's ``_static``.

    It is named while the build runs and not in ``_config.yml``: Jupyter Book loads every script of
    a folder named there on every page.
    """
    folder = Path(app.doctreedir) / name
    folder.mkdir(parents=True, exist_ok=True)
    app.config.html_static_path.append(str(folder))
    return folder


def copy_script(script: Path, folder: Path) -> None:
    """Put a script into a folder, minified."""
    (folder / script.name).write_text(minified(script.read_text("utf-8")), "utf-8")


def drop_files(context: dict[str, Any], kind: str, is_unwanted: Callable[[str], object]) -> None:
    """Take scripts or style sheets off a page, by their names, or by what those without one say.

    Parameters
    ----------
    context : dict
        What a page is written from.
    kind : {"script_files", "css_files"}
        Which of its files.
    is_unwanted : callable
        Of a name, or of the text of a script, whether it goes.
    """
    context[kind] = [
        file
        for file in context[kind]
        if not is_unwanted(str(file.filename or file.attributes.get("body", "")))
    ]


def _write(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    folder = static_folder(app, "crossentropy-book")
    style = face_rule("STIX Two Math", kept(folder.parent, "stix-two-math", math_font))
    style += icon_style_sheet() + (_HERE / "page.css").read_text("utf-8")
    (folder / "crossentropy-book.css").write_text(style, "utf-8")
    for script in ("mount.js", "resting.js", "scrollable.js"):
        copy_script(_HERE / script, folder)
    icons = folder / ICON_FONT
    icons.parent.mkdir(parents=True, exist_ok=True)
    icons.write_bytes(icon_font())


def setup(app: Sphinx) -> None:
    """Make the files and load them."""
    app.add_css_file("crossentropy-book.css")
    app.add_js_file(None, body=BEFORE_PAINT, priority=0)
    app.add_js_file("scrollable.js", loading_method="defer")
    app.add_js_file("resting.js", loading_method="defer")
    app.connect("builder-inited", _write)
