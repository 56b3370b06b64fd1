"""Answers that people give, one module a room: wrong ones by their label, and right ones.

``WRONG`` and ``RIGHT`` map a label to answers, each with a few words that say what it is.
``STILL_RIGHT`` maps a label to small breaks of its solution that are right all the same: a part of
the broken line, and the reason.
"""
