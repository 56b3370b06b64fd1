"""The files that pages load: one style sheet, one script, one font, all made from packages."""

from __future__ import annotations

import io
import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

from docutils import nodes
from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

from crossentropy import widgets
from crossentropy.book.icons import icon_style_sheet
from crossentropy.widgets._modules import HERE, IMPORT, in_order

__all__ = ["setup"]

FONT = "stix-two-math.woff2"

# What a formula of the course may contain, as first and last code points. A test holds the built
# pages against the font, so a character that is missing here is noticed.
_ALPHABET = [
    (0x20, 0x7E),  # ASCII
    *((c, c) for c in (0xA0, 0xAC, 0xAF, 0xB0, 0xB1, 0xB4, 0xB7, 0xD7, 0xF7)),  # ¬ ± · ×
    (0x2C6, 0x2DC),  # hat, bar, tilde
    (0x300, 0x308),  # the same, combining
    (0x391, 0x3A9),  # Greek capitals
    (0x3B1, 0x3C9),  # Greek
    (0x2013, 0x2044),  # dashes ‖ … ′
    (0x2061, 0x2064),  # invisible operators
    *((c, c) for c in (0x2102, 0x210B, 0x2112, 0x2113, 0x2115, 0x2119, 0x211D, 0x2124)),  # ℋ ℒ ℓ ℝ
    (0x2190, 0x2194),  # arrows
    (0x21A6, 0x21A6),
    (0x21D0, 0x21D4),
    (0x2200, 0x223C),  # quantifiers, ∇, ∑, −, √, ∞
    (0x2243, 0x2254),  # ≈ ≔
    (0x2260, 0x226B),  # ≠ ≡ ≤ ≥ ≪
    (0x227A, 0x2287),  # ⊂ ⊆
    (0x2295, 0x2299),
    (0x22A4, 0x22A5),  # ⊤ ⊥
    (0x22C5, 0x22C5),
    (0x22EE, 0x22F1),
    (0x2308, 0x230B),  # ceiling and floor
    (0x23DE, 0x23DF),  # braces over and under
    (0x25A1, 0x25A1),  # end of proof
    (0x27E8, 0x27E9),  # angle brackets
    (0x27F5, 0x27FA),  # long arrows
    (0xFE00, 0xFE00),  # the selector for calligraphic letters
    (0x1D400, 0x1D433),  # bold
    (0x1D434, 0x1D467),  # italic
    (0x1D49C, 0x1D4B5),  # script capitals
    (0x1D538, 0x1D551),  # double-struck capitals
    (0x1D6FC, 0x1D71B),  # italic Greek
    (0x1D736, 0x1D755),  # bold italic Greek
    (0x1D7CE, 0x1D7E1),  # bold and double-struck digits
]


def math_font() -> bytes:
    """Return STIX Two Math, out of ziamath, cut to the course's alphabet, as WOFF2."""
    source = resources.files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf"
    font = TTFont(io.BytesIO(source.read_bytes()))
    # Dotless letters and flat accents; the optical sizes of scripts would double the weight.
    options = subset.Options(layout_features=["dtls", "flac"], notdef_outline=True, hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[c for first, last in _ALPHABET for c in range(first, last + 1)])
    subsetter.subset(font)
    font.flavor = "woff2"
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def explorables_script() -> str:
    """Return the script that holds every explorable's module and mounts them on a page."""
    files = {name: (HERE / f"{_snake(name)}.js").resolve() for name in widgets.__all__}
    names = {path: name for name, path in files.items()}
    modules: dict[str, list[str]] = {}
    for path in in_order(list(files.values())):
        parts = IMPORT.split(path.read_text("utf-8"))
        # split gives: source, `from `, path, source, …; a path becomes the key it stands for.
        pieces = [parts[0]]
        for before, imported, after in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            pieces[-1] += f'{before}"'
            pieces += [_key((path.parent / imported).resolve(), names), f'"{after}']
        modules[_key(path, names)] = pieces
    mount = (Path(__file__).parent / "mount.js").read_text("utf-8")
    text = json.dumps(modules, ensure_ascii=False)
    return re.sub(r"\{\}; /\* the build fills this in \*/", lambda _: f"{text};", mount, count=1)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _key(path: Path, names: dict[Path, str]) -> str:
    return names.get(path) or path.relative_to(HERE).as_posix()


def _write(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    folder = Path(app.doctreedir) / "crossentropy-static"
    folder.mkdir(parents=True, exist_ok=True)
    here = Path(__file__).parent
    style = (
        icon_style_sheet()
        + (HERE / "explorable.css").read_text("utf-8")
        + (here / "book.css").read_text("utf-8")
    )
    (folder / "crossentropy.css").write_text(style, "utf-8")
    (folder / "explorables.js").write_text(explorables_script(), "utf-8")
    font = folder / FONT
    if not font.exists():  # cutting it takes a second; `make clean` makes it anew
        font.write_bytes(math_font())
    # Added here and not in _config.yml: Jupyter Book loads every script of a path named there on
    # every page.
    app.config.html_static_path.append(str(folder))
    app.add_css_file("crossentropy.css")


def _load_explorables(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if 'class="explorable"' in context.get("body", ""):
        app.add_js_file("explorables.js", loading_method="defer")


def setup(app: Sphinx) -> None:
    """Make the files and load them."""
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _load_explorables)
