"""The exercises of this room."""

from crossentropy.exercises._exercise import Exercise

EXERCISES: dict[str, Exercise] = {}
