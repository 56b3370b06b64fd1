"""The look of every static picture: one palette, one type size, and alt text always.

A picture is drawn by matplotlib in the light palette. As SVG its colours become CSS variables, so
that the built page can restyle it for the dark theme; where no style sheet defines the variables
(in Jupyter) the light palette stays.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import font_source_serif_pro
import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from matplotlib.text import Text
from numpy.typing import ArrayLike

__all__ = [
    "COLOURS",
    "TEXT_FONT",
    "Picture",
    "bars",
    "in_house_style",
    "label",
    "number",
    "panel",
    "surface",
]

# The package that brings the book's text font; matplotlib measures labels with it too.
TEXT_FONT = "font_source_serif_pro"
for _face in ("Regular", "It", "Semibold"):
    font_manager.fontManager.addfont(
        Path(font_source_serif_pro.font_directory) / f"SourceSerifPro-{_face}.ttf"
    )

# One colour for one idea, the same in every chapter and every explorable. Okabe-Ito hues; every
# one reaches 3:1 on the page, and the *-text shades 4.5:1.
COLOURS = {
    "p": "#0072b2",
    "q": "#d55e00",
    "q-text": "#b34700",
    "kl": "#aa4499",
    "entropy": "#99c7e0",
    # Classes: apart from each other for the colour-blind, and none of them p's, q's or KL's.
    "class-0": "#018571",
    "class-1": "#a6611a",
    "class-2": "#5b6b7b",
    "ink": "#1f2328",
    "muted": "#57606a",
    "rule": "#8a929b",
    "surface": "#fffffe",  # not plain white, so that the ground is found again in the SVG
}

# Fill, edge and hatch carry the meaning in a grey print too.
_BARS: dict[str, dict[str, Any]] = {
    "p": {"facecolor": COLOURS["p"], "edgecolor": COLOURS["p"]},
    "q": {"facecolor": COLOURS["surface"], "edgecolor": COLOURS["q"], "hatch": "////"},
    "kl": {"facecolor": COLOURS["surface"], "edgecolor": COLOURS["kl"], "hatch": "xxxx"},
    "entropy": {"facecolor": COLOURS["entropy"], "edgecolor": COLOURS["p"]},
    "muted": {"facecolor": COLOURS["surface"], "edgecolor": COLOURS["muted"]},
}

_RC: Any = {  # matplotlib's stubs admit only a literal type of keys
    "axes.edgecolor": COLOURS["rule"],
    "axes.facecolor": "none",
    "axes.labelcolor": COLOURS["ink"],
    "axes.linewidth": 1.0,
    "axes.prop_cycle": cycler(color=[COLOURS["ink"]]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 14,
    "axes.unicode_minus": True,
    "figure.dpi": 72,  # so that a point is a CSS pixel
    "figure.facecolor": "none",
    "font.family": ["Source Serif Pro", "DejaVu Sans"],  # DejaVu for signs that Source Serif lacks
    "font.size": 14,
    "hatch.linewidth": 1.2,
    "svg.fonttype": "none",  # text stays text: selectable, and in the page's own font
    "svg.hashsalt": "crossentropy",
    "text.color": COLOURS["ink"],
    "xtick.color": COLOURS["muted"],
    "ytick.color": COLOURS["muted"],
}

# A reader's own settings, for LaTeX or a grid, are for the reader's own pictures.
in_house_style = mpl.rc_context(
    {**{key: value for key, value in mpl.rcParamsDefault.items() if key != "backend"}, **_RC}
)


@in_house_style
def panel(width: int = 344, height: int = 248) -> tuple[Figure, Axes]:
    """Return a figure of one set of axes, sized in CSS pixels.

    The default fits a phone at full size; two of them stand side by side on a wide page. The
    figure belongs to no window, so displaying a `Picture` never shows it twice.
    """
    figure = Figure(figsize=(width / 72, height / 72), dpi=72, layout="constrained")
    axes = figure.add_subplot()
    axes.tick_params(length=3)
    return figure, axes


@in_house_style
def bars(axes: Axes, x: ArrayLike, height: ArrayLike, role: str, **kwargs: Any) -> None:
    """Draw bars in the fill, outline and hatch of a role: p, q, kl, entropy or muted."""
    axes.bar(np.asarray(x), np.asarray(height), linewidth=1.5, **{**_BARS[role], **kwargs})


def surface(width: int = 344, height: int = 300) -> tuple[Figure, Axes]:
    """Return a panel for a heat map or a contour plot: no spines, equal aspect."""
    figure, axes = panel(width, height)
    axes.set_aspect("equal")
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure, axes


@in_house_style
def label(axes: Axes, x: float, y: float, text: str, role: str = "ink", **kwargs: Any) -> None:
    """Write a direct label beside a mark, in the colour of its role."""
    colour = COLOURS.get(f"{role}-text", COLOURS[role])
    axes.text(x, y, text, color=colour, fontsize=14, **kwargs)


def number(value: float, spec: str = ".4f") -> str:
    """Return a number with a true minus sign, or ∞; one that rounds to zero has no sign."""
    return f"{value:z{spec}}".replace("inf", "∞").replace("-", "−")


class Picture:
    """One or more panels with a text that says what they show.

    Parameters
    ----------
    panels : Figure or sequence of Figure
        Panels stand side by side where the page is wide enough and stack where it is not.
    alt : str
        What the picture shows, for whoever does not see it. Required.
    """

    def __init__(self, panels: Figure | Sequence[Figure], alt: str) -> None:
        if not alt.strip():
            raise ValueError("alt is empty; say what the picture shows")
        self.panels = [panels] if isinstance(panels, Figure) else list(panels)
        self.alt = alt

    def __repr__(self) -> str:
        return f"[Picture: {self.alt}]"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.to_html(), "text/plain": repr(self)}

    def to_html(self) -> str:
        """Return the panels as inline SVG that follows the page's theme."""
        panels = "".join(_themed_svg(figure) for figure in self.panels)
        # The first of several would move aside when the next one arrives, were they centred.
        where = "center" if len(self.panels) == 1 else "start"
        return (
            f'<div class="ce-picture" role="img" aria-label="{html.escape(self.alt)}" '
            'style="background: var(--ce-surface, #fff); color: var(--ce-ink, #1f2328); '
            "display: flex; flex-wrap: wrap; gap: 8px 16px; "
            f'justify-content: {where}">'
            f"{panels}</div>"
        )


@in_house_style
def _themed_svg(figure: Figure) -> str:
    buffer = io.StringIO()
    for text in figure.findobj(Text):  # labels too that a caller added later
        text.set_fontfamily(_RC["font.family"])
    figure.savefig(buffer, format="svg", metadata={"Date": None}, transparent=True)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    # matplotlib numbers its groups from one in every figure; two pictures would share ids.
    svg = re.sub(r' id="[a-zA-Z]+[\w.]*_\d+"', "", svg)
    # A style element inside an inline SVG would restyle the whole page.
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg [^>]*?)width="([\d.]+)pt" height="([\d.]+)pt"', _sized, svg, count=1)
    # A tenth of a pixel is as much as anyone sees; further digits make the SVG heavier. Only those
    # within tags are cut: the digits of a label stay.
    svg = re.sub(r"<[^>]*>", lambda tag: re.sub(r"\d+\.\d\d+", _rounded, tag[0]), svg)
    # Elements that draw nothing, and the group around everything that is drawn, only add weight.
    svg = re.sub(r' transform="rotate\(-0 [^"]*"|<path d="[^"]*" style="fill: none"/>', "", svg)
    svg = re.sub(r"\s*\n\s*", " ", svg)
    svg = re.sub(r'(?<= d=")[MLz\d. -]+', _shortened, svg)
    left = -1
    while left:
        svg, left = re.subn(r"<g> ((?:(?!</?g\b).)*)</g> |<defs> </defs> ", r"\1", svg)
    for role, colour in COLOURS.items():
        themed = f"var(--ce-{role}, {colour})"
        svg = svg.replace(f": {colour}", f": {themed}")
        svg = svg.replace(f'fill="{colour}"', f'style="fill: {themed}"')
    return svg.replace("<svg ", '<svg aria-hidden="true" ', 1)


def _rounded(match: re.Match[str]) -> str:
    return f"{float(match[0]):.1f}".removesuffix(".0")


def _shortened(match: re.Match[str]) -> str:
    """Write a path of straight lines in fewer letters: across and down need one number each."""
    short, letter, x, y = "", "", "", ""
    for op, right, down in re.findall(r"([MLz]) ?([-\d.]*) ?([-\d.]*)", match[0]):
        if op == "L" and down == y:
            letter, text = "H", f"H{right}"
        elif op == "L" and right == x:
            letter, text = "V", f"V{down}"
        else:  # a path's command letter holds until the next one
            text = f"{' ' if op == letter == 'L' else op}{right} {down}".rstrip()
            letter = op
        short, x, y = short + text, right, down
    return short


def _sized(match: re.Match[str]) -> str:
    # matplotlib writes sizes in points; here a point is a pixel. Two panels shrink a little rather
    # than stack.
    width = float(match[2])
    return (
        f'{match[1]}style="flex: 1 1 {0.87 * width:.0f}px; max-width: min(100%, {width:g}px); '
        'height: auto"'
    )
