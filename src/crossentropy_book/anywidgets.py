"""Widgets that are alive in a built page: any anywidget, whoever wrote it, and no kernel.

An executed notebook keeps the state of its widgets, in the format in which Jupyter embeds them, and
a cell's output names the widget that it shows. Out of the two, each widget of a page gets a mount
point, the page gets the states, and each front end becomes a file that pages share; `mount.js`
brings them together.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

__all__ = ["setup"]

_STATE_TYPE = "application/vnd.jupyter.widget-state+json"
_VIEW = re.compile(
    r'<script type="application/vnd\.jupyter\.widget-view\+json">(.*?)</script>', re.DOTALL
)
# How a state names another widget: a trait of ipywidgets, and anywidget's own way.
_REFERENCE = re.compile(r"(?:IPY_MODEL_|anywidget:)(\w+)")
_ELSEWHERE = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](https?://[^"']+)""")

# What Jupyter asks of every widget, and no front end reads.
_OF_JUPYTER = {"_css", "_dom_classes", "_esm", "layout", "tabbable", "tooltip"}

_DRAWN = 1000  # colours of a drawing, most of them where an edge is smoothed

_LONGEST_SHOWN = 60  # characters of a value that a widget at rest shows

_logger = logging.getLogger(__name__)


def _as_script(value: Any) -> str:
    """Return a value as JSON for a page's scripts; "</" would end the element early."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).replace("</", "<\\/")


class _Page:
    """The widgets of one page, as they are written into it."""

    def __init__(self, name: str, states: dict[str, Any]) -> None:
        self.name = name
        self.states = states
        self.models: dict[str, Any] = {}
        self.modules: dict[str, str] = {}
        self.images: dict[str, bytes] = {}

    def show(self, view: re.Match[str]) -> str:
        """Return the mount point in the place of an output that shows a widget."""
        return self._mount_point(json.loads(view[1])["model_id"])

    def _mount_point(self, identifier: str) -> str:
        if identifier not in self.states:
            self._warn("the notebook shows a widget and holds no state of it; execute it anew")
            return _at_rest("A widget", {})
        widget = self.states[identifier]
        name = str(widget["model_name"]).removesuffix("Model")
        state = widget["state"]
        if "_esm" in state:
            name = str(state.get("_anywidget_id", name)).rpartition(".")[2]
            at_rest = _at_rest(name, state)
            if not self._add(identifier):
                return f'<figure class="anywidget">{at_rest}</figure>'
            return f'<figure class="anywidget" data-anywidget="{identifier}">{at_rest}</figure>'
        children = [child for text in state.get("children", []) for child in _named(text)]
        if children:  # a box has nothing of its own to show
            inside = "".join(map(self._mount_point, children))
            return f'<div class="anywidget-box">{inside}</div>'
        if "outputs" in state:  # what code drew for the values that its sliders have
            return "".join(map(self._drawn, state["outputs"]))
        shown = {state.get("description") or "value": state.get("value")}
        return f'<figure class="anywidget">{_at_rest(name, shown)}</figure>'

    def _drawn(self, output: dict[str, Any]) -> str:
        """Return an output that an ipywidget holds, as markup."""
        data = {kind: "".join(text) for kind, text in output.get("data", {}).items()}
        for kind in ("text/html", "image/svg+xml"):
            if kind in data:
                return data[kind]
        text = html.escape(data.get("text/plain", "".join(output.get("text", ""))))
        if "image/png" in data:
            return self._image(base64.b64decode(data["image/png"]), text)
        return f"<pre>{text}</pre>" if text else ""

    def _image(self, png: bytes, text: str) -> str:
        """Return an image as a file of its own, which few readers of a page come to."""
        png = _lighter(png)
        name = f"image-{zlib.crc32(png):08x}.png"
        self.images[name] = png
        width, height = struct.unpack(">II", png[16:24])  # the first thing in every PNG
        return (
            f'<img alt="{text}" loading="lazy" width="{width}" height="{height}" '
            f'src="{"../" * self.name.count("/")}_static/anywidgets/{name}">'
        )

    def _add(self, identifier: str) -> bool:
        """Add a widget to the models of the page, with all that its state names."""
        if identifier in self.models or identifier not in self.states:
            return True
        widget = self.states[identifier]
        state = {name: value for name, value in widget["state"].items() if _is_read(name)}
        try:
            text = _as_script(state)
        except ValueError:
            self._warn(f"{widget['model_name']}: its state holds NaN or an infinity, no JSON")
            return False
        model = {"state": state, "buffers": widget.get("buffers", [])}
        if "_esm" in widget["state"]:
            module = self._module(widget["state"])
            if module is None:
                return False
            model["module"] = module
        self.models[identifier] = model
        return all([self._add(other) for other in _named(text)])

    def _module(self, state: dict[str, Any]) -> str | None:
        """Return the name of a front end, whose file the page loads; None if it is elsewhere."""
        esm, css = str(state["_esm"]), str(state.get("_css") or "")
        label = str(state.get("_anywidget_id", "widget"))
        if esm.startswith(("http://", "https://")):
            self._warn(f"{label}: its module is at another host, {esm}")
            return None
        if css.startswith(("http://", "https://")):
            self._warn(f"{label}: its style sheet is at another host, {css}; it is left out")
            css = ""
        for url in sorted(set(_ELSEWHERE.findall(esm))):
            self._warn(f"{label}: its module imports {url}; without a network it stays at rest")
        name = f"{label.rpartition('.')[2]}-{zlib.crc32((esm + css).encode()):08x}"
        self.modules[name] = (
            "globalThis.anywidgets ??= { modules: {}, styles: {} };\n"
            f"anywidgets.modules[{json.dumps(name)}] = [{_as_script(esm)}];\n"
            f"anywidgets.styles[{json.dumps(name)}] = {_as_script(css)};\n"
        )
        return name

    def _warn(self, message: str) -> None:
        _logger.warning(message, location=self.name, type="anywidget")


def _lighter(png: bytes) -> bytes:
    """Return a drawing in a palette of 256 colours; a photograph has more, and stays as it is."""
    image = Image.open(io.BytesIO(png))
    if image.mode not in ("RGB", "RGBA") or not image.getcolors(_DRAWN):
        return png
    buffer = io.BytesIO()
    few = image.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _is_read(name: str) -> bool:
    return name not in _OF_JUPYTER and not name.startswith(("_model_", "_view_"))


def _named(text: str) -> Iterator[str]:
    """Yield the identifiers of the widgets that a state names."""
    for match in _REFERENCE.finditer(text):
        yield match[1]


def _at_rest(name: str, state: dict[str, Any]) -> str:
    """Return what stands for a widget until it is alive: what it is, and its shorter values."""
    values = []
    for trait, value in state.items():
        if _is_read(trait) and not trait.startswith("_") and value not in (None, "", [], {}):
            text = json.dumps(value, ensure_ascii=False)
            if len(text) <= _LONGEST_SHOWN and not _REFERENCE.search(text):
                values.append(f"{trait} = {text}")
    said = f": {', '.join(values)}" if values else ""
    return f'<p class="at-rest">{html.escape(f"{name}, a widget{said}")}</p>'


def _bring_to_life(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Replace the outputs that show a widget, and load what makes them live."""
    states = [script for script in context["script_files"] if _holds_states(script)]
    if _VIEW.search(context.get("body", "")):
        known = json.loads(states[0].attributes["body"])["state"] if states else {}
        page = _Page(name, known)
        body = _VIEW.sub(page.show, context["body"])
        models = _as_script(page.models)
        context["body"] = (
            f'{body}<script type="application/json" id="anywidget-models">{models}</script>'
        )
        folder = Path(app.outdir) / "_static" / "anywidgets"
        folder.mkdir(parents=True, exist_ok=True)
        for image, png in page.images.items():
            (folder / image).write_bytes(png)
        for module, source in page.modules.items():
            (folder / f"{module}.js").write_text(source, "utf-8")
            app.add_js_file(f"anywidgets/{module}.js", loading_method="defer", priority=880)
        app.add_js_file("mount.js", loading_method="defer", priority=890)
    # The states repeat what the page holds now, with the source of every module.
    context["script_files"] = [script for script in context["script_files"] if script not in states]


def _holds_states(script: Any) -> bool:
    return bool(script.attributes.get("type") == _STATE_TYPE)


def _configure(app: Sphinx, config: Config) -> None:
    # By default, myst-nb loads require.js and the widget manager from a CDN.
    config.nb_ipywidgets_js = {}


def setup(app: Sphinx) -> None:
    """Connect to the pages as they are written, after myst-nb has added the states to them."""
    app.connect("config-inited", _configure)
    app.connect("html-page-context", _bring_to_life, priority=800)
