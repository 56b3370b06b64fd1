"""A belief, a report, and what the log score and a rival pay for it."""

from __future__ import annotations

import traitlets

from crossentropy.widgets._explorable import Explorable
from crossentropy.widgets._traits import Choice, Number

__all__ = ["ProperScoring"]


class ProperScoring(Explorable):
    """Drag a belief and a report; under a proper score no lie earns more than honesty.

    A forecaster believes that it rains with probability `belief` and reports `report`. The log
    score, and one of four others beside it, pay for the report once the outcome y is known; a
    larger score is better. With ``q_y`` for what the report gave to what happened:

    - log: ``log q_y``, in nats; minus infinity for what was called impossible;
    - Brier: ``-sum_k (q_k - h_k)**2``, where h is one-hot at y;
    - spherical: ``q_y / ||q||``, the Euclidean norm;
    - linear: ``q_y``;
    - 0-1: 1 if ``q_y > 1/2``, 0 if ``q_y < 1/2``, and 1/2 on a tie.

    The picture shows the score that the forecaster expects for each report, and names the best one
    once a lie as great has been told. Log, Brier and spherical are strictly proper: their one best
    report is the belief. The 0-1 score is proper, not strictly: every report on the belief's side
    of 1/2 is as good. The linear score is improper: its best report is 0 or 1, or, for a coin, any.

    Parameters
    ----------
    belief : float
        The probability of rain that the forecaster believes.
    report : float
        The probability of rain that the forecaster reports.
    view : str
        The score beside the log score: "linear", "brier", "spherical" or "zero_one".

    Raises
    ------
    traitlets.TraitError
        If `belief` or `report` is no probability, or there is no such score.

    Examples
    --------
    >>> scoring = ProperScoring(belief=0.7, report=1)
    >>> scoring.report
    1.0
    """

    belief = Number(0.7, least=0, most=1).tag(sync=True)
    report = Number(0.7, least=0, most=1).tag(sync=True)
    view = Choice(["linear", "brier", "spherical", "zero_one"], "linear").tag(sync=True)

    prompt = traitlets.Unicode("Drag your report. Which score rewards a lie?").tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [350, 376]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "Honest": {"belief": 0.7, "report": 0.7},
            "Exaggerate": {"belief": 0.7, "report": 0.95},
            "No rain": {"belief": 0.7, "report": 0.0},
            "A coin": {"belief": 0.5, "report": 0.8},
            "Accuracy": {"belief": 0.7, "report": 0.51, "view": "zero_one"},
        }
    ).tag(sync=True)
