"""A question to answer before the picture answers it."""

from __future__ import annotations

import html
import json
import math
import zlib
from typing import Any

import traitlets

from crossentropy.derivation import typeset
from crossentropy.widgets._live import Live

__all__ = ["Predict"]


class Predict(Live):
    """Answer a question before you read on; each wrong answer is met where it went astray.

    The reader chooses, or sets a slider, and is told only then. In the built book the answer is
    there on the next visit, as long as the question and its choices stay as they are.

    Parameters
    ----------
    question : str
        What to predict. Formulas stand between dollar signs, here and in every reply.
    choices : dict of str to str
        Each choice and its reply: the misconception behind a wrong one, the reason for the right
        one. Leave it out to ask for a number.
    answer : str or float
        The right choice, or the number.
    ends : tuple of float
        The ends of the slider, where a number is asked for.
    within : float
        How far from `answer` a number still counts as right.
    unit : str
        The unit of the number.
    replies : dict
        The replies to a number that is ``"low"``, ``"right"`` or ``"high"``.

    Raises
    ------
    traitlets.TraitError
        If `answer` is none of the choices, lies outside of `ends`, or a reply is missing.

    Examples
    --------
    >>> Predict(
    ...     "Half of the cats leave. What happens to the surprise of a cat?",
    ...     choices={
    ...         "It doubles.": "Surprise adds where probabilities multiply.",
    ...         "It grows by one bit.": "Half as likely is one bit more surprising.",
    ...     },
    ...     answer="It grows by one bit.",
    ... )
    Predict('Half of the cats leave. What happens to the surprise of a cat?')
    """

    question = traitlets.Unicode()
    choices = traitlets.Dict(traitlets.Unicode(), key_trait=traitlets.Unicode())
    answer = traitlets.Union([traitlets.Float(), traitlets.Unicode()])
    ends = traitlets.Tuple(traitlets.Float(), traitlets.Float(), default_value=(0.0, 1.0))
    within = traitlets.Float(0.05)
    unit = traitlets.Unicode()
    replies = traitlets.Dict(traitlets.Unicode(), key_trait=traitlets.Unicode())
    # Jupyter's front end shows what the built page shows.
    _markup = traitlets.Unicode().tag(sync=True)

    def __init__(self, question: str, **kwargs: Any) -> None:
        super().__init__(question=question, **kwargs)
        self._check()
        self._markup = self._form()

    def __repr__(self) -> str:
        return f"Predict({self.question!r})"

    def to_html(self) -> str:
        """Return the question as a form; without a script, the answers are below it."""
        asked = json.dumps([self.question, *self.choices, *self.ends, self.unit])
        return (
            '<figure class="explorable predict" data-explorable="Predict" '
            f'data-question="{zlib.crc32(asked.encode()):08x}">{self._form()}</figure>'
        )

    def _still(self) -> str:
        return ""  # a question has no picture

    def _check(self) -> None:
        if not self.question.strip():
            raise traitlets.TraitError("Predict: question is empty")
        if self.choices:
            if self.answer not in self.choices:
                raise traitlets.TraitError(
                    f"Predict: answer is {self.answer!r}; it must be one of the choices, "
                    + ", ".join(map(repr, self.choices))
                )
            missing = [choice for choice, reply in self.choices.items() if not reply.strip()]
            if missing:
                raise traitlets.TraitError(f"Predict: the choice {missing[0]!r} has no reply")
            return
        least, most = self.ends
        if not (-math.inf < least < most < math.inf):
            raise traitlets.TraitError(f"Predict: ends are {least} and {most}; they must increase")
        if not isinstance(self.answer, float) or not least <= self.answer <= most:
            raise traitlets.TraitError(
                f"Predict: answer is {self.answer!r}; it must be a number from {least} to {most}"
            )
        if not 0 < self.within < math.inf:
            raise traitlets.TraitError(f"Predict: within is {self.within}; it must be positive")
        for kind in ("low", "right", "high"):
            if not self.replies.get(kind, "").strip():
                raise traitlets.TraitError(f"Predict: replies has no {kind!r}")

    def _form(self) -> str:
        asked, replies = self._choice_fields() if self.choices else self._slider()
        # Without the attribute, JupyterLab would take the arrow keys of sliders and choices.
        return (
            '<form autocomplete="off" data-lm-suppress-shortcuts><fieldset>'
            f'<legend><b class="ask">Predict.</b> {typeset(self.question)}</legend>'
            f"{asked}</fieldset>"
            '<div class="toolbar"><button type="submit">Check</button>'
            '<button type="button" class="reveal" disabled>Show the answer</button></div>'
            f'<div class="replies" role="status">{replies}</div></form>'
        )

    def _choice_fields(self) -> tuple[str, str]:
        fields = "".join(
            f'<label><input type="radio" name="choice" value="{i}"><span>{typeset(choice)}</span>'
            "</label>"
            for i, choice in enumerate(self.choices)
        )
        replies = "".join(
            _reply(str(i), choice == self.answer, reply, said=choice)
            for i, (choice, reply) in enumerate(self.choices.items())
        )
        return fields, replies

    def _slider(self) -> tuple[str, str]:
        least, most = self.ends
        middle = (least + most) / 2
        unit = html.escape(self.unit)
        field = (
            f'<label class="number"><input type="range" min="{least:g}" max="{most:g}" '
            f'step="any" value="{middle:g}" '
            f'data-answer="{self.answer!r}" data-within="{self.within!r}" data-unit="{unit}" '
            f'aria-label="Your prediction">'
            f"<output>{middle:.2f}</output> {unit}</label>"
            f'<span class="scale"><span>{least:g}</span><span>{most:g} {unit}</span></span>'
        )
        said = f"{self.answer:g} {self.unit}".strip()
        replies = "".join(
            _reply(kind, kind == "right", self.replies[kind], said=said)
            for kind in ("low", "right", "high")
        )
        return field, replies


def _reply(key: str, right: bool, reply: str, *, said: str) -> str:
    verdict = f"Yes: {typeset(said)}" if right else "Not quite."
    mark = " data-right" if right else ""
    return f'<p data-reply="{key}"{mark}><b>{verdict}</b> {typeset(reply)}</p>'
