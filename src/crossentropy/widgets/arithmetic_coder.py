"""A text as an interval that narrows, and the file that names it."""

from __future__ import annotations

import traitlets

from crossentropy.widgets._explorable import ANIMALS, Explorable
from crossentropy.widgets._traits import Distribution, Labels, ListOf, Whole

__all__ = ["ArithmeticCoder"]

_MOST = 6  # letters
_PHOTOGRAPHS = [0, 0, 1, 0, 2, 1]  # the course's six


class ArithmeticCoder(Explorable):
    """Drag the cuts of q; the text's interval narrows letter by letter, and its file is as long.

    Each letter cuts the interval that is left in the ratio of q, in the order of the classes, and
    keeps its part. What is left after the last letter is as wide as the text is probable. The file
    is the shortest word of bits whose own interval, of all numbers that begin with these bits, lies
    within. It has at least -log2 of the width in bits, and less than two more. Bits are fixed when
    all numbers of the interval begin with them: no later letter can change them.

    A letter with ``q[k] == 0`` leaves nothing of the interval, and no file is long enough.

    Parameters
    ----------
    q : array_like of shape (K,)
        What the model says before each letter.
    labels : list of str
        The names of the K letters. Up to four fit the picture.
    text : array_like of int
        The text: one to six letters, from 0 to K - 1.
    coded : int
        How many of its letters have been coded: 0 to 6, where more than there are means all.
    reply : str
        What stands in the place of the prompt while no q has a loss that is smaller by 0.05 bits;
        empty for the prompt itself.

    Raises
    ------
    traitlets.TraitError
        If `q` is no distribution, its length is not that of `labels`, a letter of `text` is none of
        them, or `coded` is out of range.

    Examples
    --------
    >>> ArithmeticCoder(q=[0.5, 0.5], labels=["a", "b"], text=[0, 1, 1]).text
    (0, 1, 1)
    """

    q = Distribution([0.2, 0.3, 0.5], like="labels").tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)
    text = ListOf(Whole(below="labels"), _PHOTOGRAPHS, fewest=1, most=_MOST).tag(sync=True)
    coded = Whole(_MOST, most=_MOST).tag(sync=True)

    prompt = traitlets.Unicode("Drag the cuts until the loss is at its least.").tag(sync=True)
    reply = traitlets.Unicode("The least: q is the text’s own shares.").tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [374, 410]).tag(sync=True)
    presets = traitlets.Dict(
        {
            name: {"q": q, "labels": ANIMALS, "text": text, "coded": _MOST}
            for name, q, text in [
                ("The text’s shares", [1 / 2, 1 / 3, 1 / 6], _PHOTOGRAPHS),
                ("Whole bits", [1 / 2, 1 / 4, 1 / 4], _PHOTOGRAPHS),
                ("Sure and right", [0.9, 0.05, 0.05], [0, 0, 0, 0, 0, 0]),
                ("Sure and wrong", [0.05, 0.05, 0.9], _PHOTOGRAPHS),
                ("No fox", [0.6, 0.4, 0.0], _PHOTOGRAPHS),
            ]
        }
    ).tag(sync=True)
