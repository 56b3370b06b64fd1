"""Answers to the exercises of this room."""

WRONG = {}
RIGHT = {}
STILL_RIGHT = {}
