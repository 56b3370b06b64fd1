"""The static picture of a widget, drawn by the widget's own module in an engine without a browser.

The engine comes in a wheel (quickjs-ng), and `document.js` is as much of a page as a picture needs.
Labels are measured in the book's font, so that they stand where a browser puts them.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossentropy.widgets._modules import HERE

__all__ = ["LAYOUTS", "Engine", "Still", "as_svg", "engine"]

# How wide a picture is drawn, in pixels: in the book's column of text, and on a phone.
LAYOUTS = {"wide": 590, "narrow": 344}

_IMPORT = re.compile(
    r'^import\s+(?:(?:\*\s*as\s+)?(\w+)|(\{[^}]*\}))\s*from\s*"([^"]+)";?', re.MULTILINE
)
_PASSED_ON = re.compile(r'^export\s*\*\s*from\s*"([^"]+)";?', re.MULTILINE)
_RENAMED = re.compile(r"\s+as\s+")
_EXPORTED = re.compile(r"^export\s+(?=(?:async\s+)?(?:const|let|function\*?|class)\s+(\w+))", re.M)
_EXPORTS = re.compile(r"^export\s*\{([^}]*)\};?", re.MULTILINE)
_DEFAULT = re.compile(r"^export\s+default\s+", re.MULTILINE)

# Rules of the style sheet for labels: the class that they are for, or all, and what they say.
_LABEL = re.compile(r"^\.explorable svg text(?:\.([\w-]+))? \{([^}]*)\}", re.MULTILINE)


@dataclass(frozen=True)
class Still:
    """A picture as SVG: its classes, as "wide later", its width and height, and itself."""

    look: str
    size: tuple[str, str]
    markup: str


class Engine:
    """JavaScript modules, and values and pictures made by them."""

    def __init__(self) -> None:
        import quickjs  # where nothing is drawn it need not be installed

        self._context = quickjs.Context()
        self._context.add_callable("advance", _advance)
        self._context.eval(f"const LOOKS = {json.dumps(_looks())}; const MODULES = {{}};")
        self._context.eval((HERE / "document.js").read_text("utf-8"))

    def evaluate(self, source: str, expression: str) -> Any:
        """Return the value of an expression that may name all that a module exports.

        Parameters
        ----------
        source : str
            The module as one text, as `compose` returns it.
        expression : str
            JavaScript. Its value comes back through JSON, so that infinity is None, as NaN is.
        """
        names = self._load(source)
        exports = f"MODULES[{json.dumps(_key(source))}]"
        text = self._context.eval(
            f"(({{ {', '.join(names)} }}) => JSON.stringify({expression}))({exports})"
        )
        return None if text is None else json.loads(text)

    def draw(self, source: str, state: dict[str, Any], width: int) -> str:
        """Return all that a widget's module puts into its figure, on a page so many pixels wide."""
        return str(self._call(source, "drawn(module.render, state, width).innerHTML", state, width))

    def stills(
        self, source: str, state: dict[str, Any], layout: str, name: str, *, later: bool = True
    ) -> list[Still]:
        """Return the pictures of a state that stand still: now, and later if the module says how.

        Parameters
        ----------
        source : str
            The widget's module as one text.
        state : dict
            The traits that the module reads.
        layout : str
            One of `LAYOUTS`.
        name : str
            What the ids within the pictures begin with.
        later : bool
            Whether what comes later is drawn too: it may take hundreds of steps.
        """
        module = "module" if later else "{ render: module.render }"
        expression = f"stills({module}, state, width, '{layout}', '{name}')"
        return [Still(**each) for each in self._call(source, expression, state, LAYOUTS[layout])]

    def room(self, source: str, state: dict[str, Any]) -> str:
        """Return what stands in a figure until its module arrives: what it is laid out by."""
        return str(self._call(source, "room(module.render, state)", state))

    def describe(self, source: str, state: dict[str, Any]) -> str:
        """Return in words what the picture of a state shows."""
        return str(self._call(source, "module.describe(state)", state))

    def _call(self, source: str, expression: str, state: dict[str, Any], width: int = 0) -> Any:
        self._load(source)
        said = self._context.eval(
            f"((module, state, width) => JSON.stringify({expression}))"
            f"(MODULES[{json.dumps(_key(source))}].default, {json.dumps(state)}, {width})"
        )
        return json.loads(said)

    def _load(self, source: str) -> list[str]:
        """Run a module and all that it imports, each once; return the names that it exports."""
        key = json.dumps(_key(source))

        def taken(found: re.Match[str]) -> str:
            name, listed, url = found.groups()
            imported = _decoded(url)
            self._load(imported)
            from_there = f"MODULES[{json.dumps(_key(imported))}]"
            if listed:
                return f"const {_RENAMED.sub(': ', listed)} = {from_there};"
            return f"const {name} = {from_there}{'' if '*' in found[0] else '.default'};"

        others = [_decoded(url) for url in _PASSED_ON.findall(source)]
        names = [name for other in others for name in self._load(other)]
        if not self._context.eval(f"{key} in MODULES"):
            body = _EXPORTED.sub("", _IMPORT.sub(taken, source))
            body = _DEFAULT.sub("const its_default = ", _EXPORTS.sub("", _PASSED_ON.sub("", body)))
            exports = ", ".join(
                [f"...MODULES[{json.dumps(_key(other))}]" for other in others]
                + [f"{name}: {own}" for name, own in _exports(source).items()]
            )
            self._context.eval(
                f'MODULES[{key}] = (() => {{ "use strict";\n{body}\nreturn {{ {exports} }}; }})();'
            )
        return [*names, *(name for name in _exports(source) if name != "default")]


@functools.cache
def engine() -> Engine:
    """Return the engine that draws everything."""
    return Engine()


def _key(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def _decoded(url: str) -> str:
    """Return the module in a data URL."""
    head, _, data = url.partition(",")
    if head != "data:text/javascript;base64":
        raise ValueError(f"a module imports {url!r}; without a page there is nothing to fetch it")
    return base64.b64decode(data).decode()


def _exports(source: str) -> dict[str, str]:
    """Return what a module exports: each name, and what that is inside of it."""
    names = {name: name for name in _EXPORTED.findall(source)}
    for listed in _EXPORTS.findall(source):
        for own, _, name in re.findall(r"(\w+)(\s+as\s+(\w+))?", listed):
            names[name or own] = own
    if _DEFAULT.search(source):
        names["default"] = "its_default"
    return names


# ---- A picture by itself ----


def _readers_own(look: str) -> str:
    return ":root { font-family: serif } "


def as_svg(still: Still, kind: str, fonts: Callable[[str], str] = _readers_own) -> str:
    """Return a picture as a file with its look in it.

    Parameters
    ----------
    still : Still
        The picture.
    kind : str
        The name of its class.
    fonts : callable
        The rules that bring the fonts which a look asks for.
    """
    width, height = still.size
    classes = " ".join(re.findall(r'class="([^"]*)"', still.markup)).split()
    look = _look(frozenset(classes), kind)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="explorable" '
        f'data-explorable="{kind}" viewBox="0 0 {width} {height}">'
        f"<style>{_palette()}{look}{fonts(look)}</style>"
        f'<g class="ce-picture">{still.markup}</g></svg>'
    )


@functools.cache
def _rules() -> list[tuple[str, str]]:
    """Return the style sheet's rules outside of queries: selectors, and what they say."""
    sheet = re.sub(r"/\*.*?\*/", "", (HERE / "explorable.css").read_text("utf-8"), flags=re.DOTALL)
    sheet = re.sub(r"@(?:media|container)[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", sheet)
    return [
        (selectors.strip(), " ".join(said.split()))
        for selectors, said in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet)
    ]


@functools.cache
def _palette() -> str:
    """Return the colours: an image knows the theme of the page around it as a preference."""
    light = next(said for selectors, said in _rules() if selectors == ":root")
    dark = next(said for selectors, said in _rules() if 'data-theme="dark"' in selectors)
    return (
        f":root {{ {light} background: var(--ce-surface) }} "
        f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}"
    )


@functools.cache
def _look(classes: frozenset[str], kind: str) -> str:
    """Return the rules for what is in a picture."""
    known = classes | {"explorable", "ce-picture"}

    def is_met(selector: str) -> bool:
        return (
            " " in selector
            and set(re.findall(r"\.([\w-]+)", selector)) <= known
            and set(re.findall(r'data-explorable="(\w+)"', selector)) <= {kind}
            # Not what is there for a hand, outside of the picture, or a list of its own.
            and not re.search(r":(hover|focus)|html|[()>]| b$", selector)
        )

    look = ""
    for selectors, said in _rules():
        met = [one.strip() for one in selectors.split(",") if is_met(one.strip())]
        look += f"{', '.join(met)} {{ {said} }} " if met else ""
    return look


# ---- The measures of a label ----


def _looks() -> list[tuple[str, dict[str, str]]]:
    """Return what the style sheet says of labels that has to do with how long they are."""
    sheet = (HERE / "explorable.css").read_text("utf-8")
    looks = []
    for name, rules in _LABEL.findall(sheet):
        said = dict(re.findall(r"([\w-]+):\s*([^;]+);", rules))
        look = {"fontSize": said.get("font-size"), "textAnchor": said.get("text-anchor")}
        bold, slanted = said.get("font-weight"), said.get("font-style")
        look["face"] = "Semibold" if bold else "It" if slanted else None
        looks.append((name, {rule: value for rule, value in look.items() if value}))
    return looks


def _advance(text: str, face: str) -> float:
    """Return how long a text is, in ems."""
    widths, others = _widths(face), _widths("")
    return sum(widths.get(ord(sign)) or others.get(ord(sign), 0.6) for sign in text)


@functools.cache
def _widths(face: str) -> dict[int, float]:
    """Return the widths of a face's characters, in ems; of the signs that no face has, for ""."""
    from fontTools.ttLib import TTFont

    with TTFont(_font_file(face), lazy=True) as font:
        widths, units = font["hmtx"], font["head"].unitsPerEm
        return {code: widths[name][0] / units for code, name in font.getBestCmap().items()}


def _font_file(face: str) -> Path:
    import font_source_serif_pro
    import matplotlib as mpl

    if face:
        return Path(font_source_serif_pro.font_directory) / f"SourceSerifPro-{face}.ttf"
    return Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
