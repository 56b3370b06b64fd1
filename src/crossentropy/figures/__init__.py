"""The static pictures of the course, one function each, by chapter.

A chapter shows a picture by naming it, ``figures.bernoulli_entropy()``; how it is drawn is here.
"""

from crossentropy._extras import notebook_extra

with notebook_extra("crossentropy.figures"):
    from crossentropy.figures import (
        beyond,
        classifier,
        divergence,
        entropy,
        likelihood,
        softmax,
        sources,
        text,
        variations,
    )
    from crossentropy.figures.style import COLOURS, Picture

__all__ = [
    "COLOURS",
    "Picture",
    "beyond",
    "classifier",
    "divergence",
    "entropy",
    "likelihood",
    "softmax",
    "sources",
    "text",
    "variations",
]
