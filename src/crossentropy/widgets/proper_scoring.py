"""A belief, a report, and what five scoring rules pay for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from crossentropy._validation import Floats
from crossentropy.figures.style import COLOURS, label, lengths, number, panel
from crossentropy.information import cross_entropy, entropy, kl_divergence
from crossentropy.widgets._explorable import Explorable, Number

__all__ = ["ProperScoring"]


Interval = tuple[float, float]


def _honest(belief: float) -> Interval:
    return belief, belief


def _nearest_end(belief: float) -> Interval:
    return (0, 1) if belief == 0.5 else (1, 1) if belief > 0.5 else (0, 0)


def _side(belief: float) -> Interval:
    return (0, 1) if belief == 0.5 else (0.5, 1) if belief > 0.5 else (0, 0.5)


class _Rule(NamedTuple):
    verdict: str
    reward: Callable[[Floats], Floats]  # of the probability reported of what happened
    best: Callable[[float], Interval]  # the reports that earn the most, of the belief
    room: Interval  # for scores in the picture: how far below and above what honesty earns


_RULES = {
    "log": _Rule("proper", np.log, _honest, (0.8, 0.08)),
    "Brier": _Rule("proper", lambda hit: -2 * (1 - hit) ** 2, _honest, (0.6, 0.06)),
    "spherical": _Rule("proper", lambda hit: hit / np.hypot(hit, 1 - hit), _honest, (0.4, 0.04)),
    "linear": _Rule("improper", lambda hit: hit, _nearest_end, (0.4, 0.16)),
    # 1/2 itself is a tie, and among the best only for a coin.
    "0-1": _Rule(
        "proper, not strictly", lambda hit: np.heaviside(hit - 0.5, 0.5), _side, (1.06, 0.1)
    ),
}


class ProperScoring(Explorable):
    """Drag a belief and a report; under a proper score no lie earns more than honesty.

    A forecaster believes that it rains with probability `belief` and reports `report`. Five rules
    score the report once the outcome y is known; a larger score is better. With ``q_y`` for what
    the report gave to what happened:

    - log: ``log q_y``, in nats; minus infinity for what was called impossible;
    - Brier: ``-sum_k (q_k - h_k)**2``, where h is one-hot at y;
    - spherical: ``q_y / ||q||``, the Euclidean norm;
    - linear: ``q_y``;
    - 0-1: 1 if ``q_y > 1/2``, 0 if ``q_y < 1/2``, and 1/2 on a tie.

    The picture shows the score that the forecaster expects. Log, Brier and spherical are strictly
    proper: their one best report is the belief. The 0-1 score is proper, not strictly: every report
    on the belief's side of 1/2 is as good. The linear score is improper: its best report is 0 or 1,
    or, for a coin, any.

    Parameters
    ----------
    belief : float
        The probability of rain that the forecaster believes.
    report : float
        The probability of rain that the forecaster reports.

    Raises
    ------
    traitlets.TraitError
        If `belief` or `report` is no probability.

    Examples
    --------
    >>> scoring = ProperScoring(belief=0.7, report=1)
    >>> scoring.report
    1.0
    """

    belief = Number(0.7, least=0, most=1).tag(sync=True)
    report = Number(0.3, least=0, most=1).tag(sync=True)

    prompt = traitlets.Unicode(
        "You believe rain has probability p. Which report q earns most? Drag both."
    ).tag(sync=True)
    heights = traitlets.List(traitlets.Int(), [700, 856]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [448, 468]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "Honest": {"belief": 0.7, "report": 0.7},
            "A cautious report": {"belief": 0.9, "report": 0.6},
            "Exaggerate": {"belief": 0.7, "report": 0.95},
            "Certain and wrong": {"belief": 0.7, "report": 0.0},
            "A coin": {"belief": 0.5, "report": 0.8},
        }
    ).tag(sync=True)

    def draw(self) -> tuple[Figure | list[Figure], str]:
        """Return the five curves, and the log score lost as a length."""
        p, q = [1 - self.belief, self.belief], [1 - self.report, self.report]
        h, ce, kl = (float(x) for x in (entropy(p), cross_entropy(p, q), kl_divergence(p, q)))
        figure, _ = lengths(
            {
                f"H(p, q) = {number(ce)} nats": [(ce, "q")],
                f"H(p) + KL(p‖q) = {number(h)} + {number(kl)}": [(h, "entropy"), (kl, "kl")],
            },
            height=170,
        )
        each = "; ".join(
            f"{name}, {rule.verdict}: best {self._best(rule)}, {self._loss(rule)}"
            for name, rule in _RULES.items()
        )
        return [*(self._draw_rule(name) for name in _RULES), figure], (
            "Five curves of the expected score over the report, for a forecaster who believes in "
            f"rain with probability {self.belief:.3f} and reports {self.report:.3f}. For each rule "
            f"the best report, and what this report loses against honesty: {each}. The log score "
            f"lost, {number(kl)} nats, is KL(p‖q): H(p, q), {number(ce)}, less H(p), "
            f"{number(h)}."
        )

    def _expected(self, rule: _Rule, report: ArrayLike) -> Floats:
        """Return the scores expected of reports."""
        rain = np.asarray(report, dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            wet, dry = self.belief * rule.reward(rain), (1 - self.belief) * rule.reward(1 - rain)
        # What is believed to be impossible counts for nothing, even where its score is −∞.
        return np.where(self.belief == 0, 0, wet) + np.where(self.belief == 1, 0, dry)

    def _best(self, rule: _Rule) -> str:
        """Return the best reports in words."""
        least, most = rule.best(self.belief)
        if least == most:
            return f"{least:.3f}"
        return "any" + " above 0.5" * (least > 0) + " below 0.5" * (most < 1)

    def _loss(self, rule: _Rule) -> str:
        """Return in words what the report loses against honesty, or gains by lying."""
        honest = self._expected(rule, self.belief)
        loss = float(honest - self._expected(rule, self.report))
        return f"gained {-loss:.4f} by lying" if loss < -5e-5 else f"lost {number(abs(loss))}"

    def _draw_rule(self, name: str) -> Figure:
        """Return one curve, its best reports, and the belief and the report across it."""
        rule = _RULES[name]
        honest, earned = self._expected(rule, [self.belief, self.report])
        floor, ceiling = honest - rule.room[0], honest + rule.room[1]
        figure, axes = panel(height=170)
        # At fixed places, so that the axes of all panels stand in line.
        figure.set_layout_engine("none")
        axes.set_position((0.17, 0.15, 0.79, 0.59))
        axes.axhline(honest, color=COLOURS["rule"], linestyle=":", linewidth=1, zorder=0)
        axes.axvline(self.belief, color=COLOURS["p"], linewidth=1.75, zorder=0)
        axes.axvline(self.report, color=COLOURS["q"], linestyle="--", zorder=0)
        # Where p and q are close, their names stand to either side.
        sides = ["right", "left"] if self.belief <= self.report else ["left", "right"]
        for value, role, side in zip((self.belief, self.report), "pq", sides, strict=True):
            label(axes, value, ceiling, role, role, ha=side, va="bottom", style="italic")
        # Closer together at the ends, where the logarithm is steep; none at a tie.
        report = (1 - np.cos(np.linspace(0, np.pi, 200))) / 2
        score = np.maximum(self._expected(rule, report), floor - 9)
        for piece in (report < 0.5, report > 0.5) if name == "0-1" else (report >= 0,):
            axes.plot(report[piece], score[piece], color=COLOURS["ink"])
        least, most = rule.best(self.belief)
        top = self._expected(rule, most if least > 0 else least)
        (best,) = axes.plot([least, most], [top, top], color=COLOURS["ink"], linewidth=6)
        best.set(marker="o" if least == most else "", markersize=7, clip_on=False)
        (dot,) = axes.plot(self.report, max(earned, floor), "o" if earned >= floor else "v")
        dot.set(color=COLOURS["q"], markersize=9, markeredgewidth=2, clip_on=False)
        dot.set(markerfacecolor="none")
        axes.set_title(
            f"{name}, {rule.verdict}: {self._loss(rule)}", loc="left", pad=19, fontsize=14
        )
        axes.set(xlim=(-0.02, 1.02), ylim=(floor, ceiling))
        axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        axes.set_yticks([honest], [number(honest, ".2f")])
        return figure
