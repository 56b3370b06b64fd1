"""The text that the course learns to predict."""

from __future__ import annotations

from importlib import resources

__all__ = ["load_alice"]


def load_alice() -> str:
    r"""Return *Alice's Adventures in Wonderland*, by Lewis Carroll.

    The book is of 1865 [1]_ and in the public domain. The text is that of the file ``alice29.txt``
    of the Canterbury corpus [2]_, on which compressors have been compared since 1997; it came to
    the corpus from Project Gutenberg. Three things were left out: the title page, the rows of
    asterisks, and an editor's remark on a poem with its brackets. Each paragraph and each verse is
    on one line, and blanks in a row are one.

    Returns
    -------
    str
        142,151 characters of ASCII, of 67 kinds: one byte each in UTF-8. A chapter begins with a
        line ``CHAPTER`` and its number in Roman digits, from I to XII.

    References
    ----------
    .. [1] L. Carroll, *Alice's Adventures in Wonderland*, Macmillan, London, 1865.
    .. [2] R. Arnold and T. Bell, "A corpus for the evaluation of lossless compression algorithms",
       Proceedings of the Data Compression Conference, 201-210, 1997.

    Examples
    --------
    >>> text = load_alice()
    >>> print(text[:34])
    CHAPTER I
    Down the Rabbit-Hole
    Ali
    >>> len(text), len(set(text)), text.isascii()
    (142151, 67, True)
    """
    return resources.files("crossentropy.data").joinpath("alice.txt").read_text("ascii")
