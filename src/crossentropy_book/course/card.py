"""The picture on the course's social cards: p beside q, and the bill that comes of it."""

from __future__ import annotations

import functools
import io

from matplotlib.figure import Figure
from PIL import Image
from sphinx.application import Sphinx
from sphinx.config import Config

from crossentropy import entropy, kl_divergence
from crossentropy.figures.style import COLOURS, TEXT_FONT, bars, in_house_style
from crossentropy_book._packages import package_folder

__all__ = ["setup"]

_P, _Q = [0.5, 0.33, 0.17], [0.1, 0.3, 0.6]


@functools.cache
@in_house_style
def _picture() -> Image.Image:
    figure = Figure(figsize=(4.2, 4.8), dpi=100)
    upper = figure.add_axes((0, 0.32, 1, 0.68))
    bars(upper, [0.0, 1.1, 2.2], _P, "p", width=0.4)
    bars(upper, [0.47, 1.57, 2.67], _Q, "q", width=0.4)
    upper.axhline(0, color=COLOURS["rule"])
    lower = figure.add_axes((0, 0.04, 1, 0.14))
    own, excess = entropy(_P), kl_divergence(_P, _Q)
    lower.barh(0, own, facecolor=COLOURS["entropy"], edgecolor=COLOURS["p"], linewidth=1.5)
    lower.barh(0, excess, left=own, fill=False, edgecolor=COLOURS["kl"], hatch="xxx", linewidth=1.5)
    for axes in (upper, lower):
        axes.set_axis_off()
        axes.margins(0.01)
    buffer = io.BytesIO()
    figure.savefig(buffer, transparent=True)
    return Image.open(buffer)


def _add_picture(app: Sphinx, image: Image.Image) -> None:
    picture = _picture()
    image.paste(picture, (image.width - picture.width - 60, 75), picture)


def _set_fonts(app: Sphinx, config: Config) -> None:
    folder = package_folder(TEXT_FONT) / "files"
    config.card_fonts = [
        str(folder / f"SourceSerifPro-{face}.ttf") for face in ("Regular", "Semibold")
    ]


def setup(app: Sphinx) -> None:
    """Set the cards in the course's font, and draw its picture on each."""
    app.connect("config-inited", _set_fonts)
    app.connect("social-card-drawn", _add_picture)
