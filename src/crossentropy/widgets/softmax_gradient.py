"""Logits, their softmax, and the gradient that pulls it to a target."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from crossentropy.figures.style import COLOURS, bars, label, panel, surface
from crossentropy.softmax import softmax, softmax_cross_entropy, softmax_jacobian
from crossentropy.widgets._explorable import ANIMALS, Distribution, Explorable, Labels, Numbers

__all__ = ["SoftmaxGradient"]

# The ends of a diverging scale: apart for the colour-blind too, and neither is p's, q's or KL's.
_POSITIVE, _NEGATIVE = "#018571", "#a6611a"


class _Temperature(traitlets.Float[float, Any]):
    """A positive number."""

    def validate(self, obj: Any, value: Any) -> float:
        """Return the temperature, or say what is wrong with it."""
        number: float = super().validate(obj, value)
        if not 0 < number < math.inf:
            raise traitlets.TraitError(
                f"{type(obj).__name__}: {self.name} is {number}; it must be positive and finite"
            )
        return number


class SoftmaxGradient(Explorable):
    """Drag the logits and the target; the arrows are the gradient's, and vanish where q = p.

    The model is ``q = softmax(logits / temperature)`` and the loss H(p, q), in nats. Its gradient
    in the logits is ``(q - p) / temperature``. "Step" takes one step of gradient descent with
    learning rate 1, so that the logits become ``logits - (q - p) / temperature``; "Run" repeats it
    until the gradient's norm is below 0.001, until it is paused, or until something is touched.
    Where the temperature is low, that step may be too long to settle.

    Parameters
    ----------
    logits : array_like of shape (K,)
        The model's scores. Finite; those outside of -5 to 5 are drawn at the edge, torn off.
    p : array_like of shape (K,)
        The target: a distribution.
    labels : list of str
        The names of the K classes.
    temperature : float
        What the logits are divided by. Positive.

    Raises
    ------
    traitlets.TraitError
        If a logit is not finite, `p` is no distribution, `temperature` is not positive, or the
        lengths of `logits`, `p` and `labels` differ.

    Examples
    --------
    >>> pull = SoftmaxGradient(logits=[0, 0], p=[0, 1], labels=["heads", "tails"])
    >>> pull.logits, pull.temperature
    ((0.0, 0.0), 1.0)
    """

    logits = Numbers([2.0, 0.5, -1.0]).tag(sync=True)
    p = Distribution([0.0, 0.0, 1.0]).tag(sync=True)
    labels = Labels(ANIMALS).tag(sync=True)
    temperature = _Temperature(1.0).tag(sync=True)

    prompt = traitlets.Unicode("Drag a logit against its arrow. When do all arrows vanish?").tag(
        sync=True
    )
    heights = traitlets.List(traitlets.Int(), [716, 984]).tag(sync=True)
    presets = traitlets.Dict(
        {
            "Confidently wrong": {
                "logits": [4.0, 0.0, -4.0],
                "p": [0.0, 0.0, 1.0],
                "labels": ANIMALS,
                "temperature": 1.0,
            },
            "A soft target": {
                "logits": [2.0, 0.5, -1.0],
                "p": [0.2, 0.3, 0.5],
                "labels": ANIMALS,
                "temperature": 1.0,
            },
            "Already right": {
                "logits": [math.log(3), math.log(2), 0.0],
                "p": [1 / 2, 1 / 3, 1 / 6],
                "labels": ANIMALS,
                "temperature": 1.0,
            },
            "All logits equal": {
                "logits": [0.0, 0.0, 0.0],
                "p": [0.0, 0.0, 1.0],
                "labels": ANIMALS,
                "temperature": 1.0,
            },
            "Cold: T = 0.2": {
                "logits": [2.0, 0.5, -1.0],
                "p": [0.0, 0.0, 1.0],
                "labels": ANIMALS,
                "temperature": 0.2,
            },
            "Hot: T = 5": {
                "logits": [2.0, 0.5, -1.0],
                "p": [0.0, 0.0, 1.0],
                "labels": ANIMALS,
                "temperature": 5.0,
            },
        }
    ).tag(sync=True)

    _per_class = ("logits", "p", "labels")

    def draw(self) -> tuple[Figure | list[Figure], str]:
        """Return the logits with their arrows, the bars of p and q, and the Jacobian."""
        scaled = np.array(self.logits) / self.temperature
        q = softmax(scaled)
        loss = softmax_cross_entropy(scaled, self.p)
        each = "; ".join(
            f"{name} {logit:.2f}, {qk:.2f}, {pk:.2f}, {qk - pk:+.2f}"
            for name, logit, qk, pk in zip(self.labels, self.logits, q, self.p, strict=True)
        )
        return [self._draw_logits(q), self._draw_distributions(q), self._draw_jacobian(scaled)], (
            f"Logits at temperature {self.temperature:g}, with arrows along the descent direction "
            f"(p − q)/T; bars of q, their softmax, and of the target p; and the Jacobian of "
            f"softmax. For each class the logit, q, p and q − p: {each}. The loss H(p, q) is "
            f"{loss:.4f} nats."
        )

    def _draw_logits(self, q: np.ndarray[Any, Any]) -> Figure:
        figure, axes = panel()
        limit = max(5.0, 1.1 * max(map(abs, self.logits)))
        descent = (np.array(self.p) - q) / self.temperature
        axes.axhline(0, color=COLOURS["rule"], linewidth=1)
        for k, logit in enumerate(self.logits):
            axes.plot([k, k], [0, logit], color=COLOURS["q"])
            axes.plot(k, logit, "o", color=COLOURS["surface"], markeredgecolor=COLOURS["ink"])
            label(axes, k - 0.1, logit, f"{logit:.2f}", ha="right", va="center")
            # Longer than the step itself, to be seen, and kept inside the panel.
            tip = np.clip(logit + descent[k] * limit / 2.5, -1.2 * limit, 1.2 * limit)
            if abs(tip - logit) > 0.02 * limit:
                arrow = {"arrowstyle": "->", "color": COLOURS["ink"], "lw": 2}
                axes.annotate(
                    "", (k + 0.15, tip), (k + 0.15, logit), arrowprops={**arrow, "shrinkA": 0}
                )
            label(axes, k + 0.22, logit, f"{q[k] - self.p[k]:+.2f}", "muted", va="center")
        axes.set(
            title="Logits, arrows along −∇, and q − p",
            xlim=(-0.5, len(self.logits) - 0.3),
            ylim=(-1.25 * limit, 1.25 * limit),
            yticks=[-limit, 0, limit],
        )
        axes.set_xticks(range(len(self.labels)), self.labels)
        return figure

    def _draw_distributions(self, q: np.ndarray[Any, Any]) -> Figure:
        figure, axes = panel()
        for k, (pk, qk) in enumerate(zip(self.p, q, strict=True)):
            for x, value, role in ((k - 0.2, pk, "p"), (k + 0.2, qk, "q")):
                bars(axes, x, value, role, width=0.36)
                label(axes, x, value + 0.02, f"{role} {value:.2f}", role, ha="center")
        axes.set(title=f"p, and q = softmax(ℓ/{self.temperature:g})", ylim=(0, 1.15))
        axes.set_yticks([0, 0.5, 1])
        axes.set_xticks(range(len(self.labels)), self.labels)
        return figure

    def _draw_jacobian(self, scaled: np.ndarray[Any, Any]) -> Figure:
        figure, axes = surface(height=248)
        jacobian = softmax_jacobian(scaled) / self.temperature
        for (i, j), entry in np.ndenumerate(jacobian):
            colour = _NEGATIVE if entry < 0 else _POSITIVE
            shade = 0.6 * math.sqrt(min(abs(entry) / 0.25, 1))
            axes.add_patch(Rectangle((j - 0.48, i - 0.48), 0.96, 0.96, color=colour, alpha=shade))
            label(axes, j, i, f"{entry:+.2f}", ha="center", va="center")
        size = len(self.labels)
        axes.set(title="∂q/∂ℓ: row q, column ℓ", xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5))
        axes.set_aspect("auto")
        axes.set_xticks(range(size), self.labels)
        axes.set_yticks(range(size), self.labels)
        return figure
