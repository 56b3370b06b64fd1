"""Logits, their softmax, and the gradient that pulls it to a target."""

from __future__ import annotations

import math

import numpy as np
import traitlets
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from crossentropy._validation import Floats
from crossentropy.figures.style import COLOURS, label, pairs, panel, signed, surface
from crossentropy.softmax import softmax, softmax_cross_entropy, softmax_jacobian
from crossentropy.widgets._explorable import (
    ANIMALS,
    Distribution,
    Explorable,
    Labels,
    Number,
    Numbers,
)

__all__ = ["SoftmaxGradient"]

# The ends of a diverging scale: apart for the colour-blind too, and neither is p's, q's or KL's.
_POSITIVE, _NEGATIVE = "#018571", "#a6611a"
_VIEW = 5  # logits from −5 to 5 have their place; others are drawn at the edge


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
    temperature = Number(1.0, above=0).tag(sync=True)

    prompt = traitlets.Unicode("Drag each logit along its arrow. When do all arrows vanish?").tag(
        sync=True
    )
    heights = traitlets.List(traitlets.Int(), [716, 984]).tag(sync=True)
    stages = traitlets.List(traitlets.Int(), [456, 596]).tag(sync=True)
    presets = traitlets.Dict(
        {
            name: {"logits": logits, "p": p, "labels": ANIMALS, "temperature": temperature}
            for name, logits, p, temperature in [
                ("Confidently wrong", [4.0, 0.0, -4.0], [0.0, 0.0, 1.0], 1.0),
                ("A soft target", [2.0, 0.5, -1.0], [0.2, 0.3, 0.5], 1.0),
                ("Already right", [math.log(3), math.log(2), 0.0], [1 / 2, 1 / 3, 1 / 6], 1.0),
                ("All logits equal", [0.0, 0.0, 0.0], [0.0, 0.0, 1.0], 1.0),
                ("Cold: T = 0.2", [2.0, 0.5, -1.0], [0.0, 0.0, 1.0], 0.2),
                ("Hot: T = 5", [2.0, 0.5, -1.0], [0.0, 0.0, 1.0], 5.0),
            ]
        }
    ).tag(sync=True)

    _per_class = ("logits", "p", "labels")

    @np.errstate(over="ignore")
    def draw(self) -> tuple[Figure | list[Figure], str]:
        """Return the logits with their arrows, the bars of p and q, and the Jacobian."""
        # ℓ/T up to a constant, which changes neither q nor the loss; −∞ where it overflows.
        scaled = (np.array(self.logits) - max(self.logits)) / self.temperature
        q = softmax(scaled)
        loss = softmax_cross_entropy(scaled, self.p)
        each = "; ".join(
            f"{name} {signed(logit, '.2f')}, {qk:.2f}, {pk:.2f}, {signed(qk - pk)}"
            for name, logit, qk, pk in zip(self.labels, self.logits, q, self.p, strict=True)
        )
        return [self._draw_logits(q), self._draw_distributions(q), self._draw_jacobian(scaled)], (
            f"Logits at temperature {self.temperature:g}, with arrows along the descent direction "
            f"(p − q)/T; bars of q, their softmax, and of the target p; and the Jacobian of "
            f"softmax. For each class the logit, q, p and q − p: {each}. The loss H(p, q) is "
            f"{signed(float(loss), '.4f')} nats."
        )

    def _draw_logits(self, q: Floats) -> Figure:
        figure, axes = panel()
        axes.axhline(0, color=COLOURS["rule"], linewidth=1)
        for k, (logit, difference) in enumerate(zip(self.logits, q - self.p, strict=True)):
            level = min(max(logit, -_VIEW), _VIEW)
            marker = "o" if level == logit else "^" if logit > 0 else "v"
            axes.plot([k, k], [0, level], color=COLOURS["q"])
            axes.plot(k, level, marker, color=COLOURS["surface"], markeredgecolor=COLOURS["ink"])
            # Text stands beside the logit, and clear of the zero line.
            y, align = (0.1, "bottom") if abs(level) < 0.6 else (level, "center")
            label(axes, k - 0.1, y, signed(logit, ".2f"), ha="right", va=align)
            label(axes, k + 0.22, y, signed(difference), "muted", va=align)
            # Twice as long as a step, to be seen, and kept inside the panel.
            tip = min(max(level - 2 * difference / self.temperature, -_VIEW - 1), _VIEW + 1)
            if abs(tip - level) > 0.1:
                style = {"arrowstyle": "->", "color": COLOURS["ink"], "lw": 2, "shrinkA": 0}
                axes.annotate("", (k + 0.15, tip), (k + 0.15, level), arrowprops=style)
        axes.set(
            title="Logits, arrows along −∇, and q − p",
            xlim=(-0.5, len(self.logits) - 0.3),
            ylim=(-_VIEW - 1.25, _VIEW + 1.25),
            yticks=[-_VIEW, 0, _VIEW],
        )
        axes.set_xticks(range(len(self.labels)), self.labels)
        return figure

    def _draw_distributions(self, q: Floats) -> Figure:
        figure, axes = panel()
        pairs(axes, self.p, q, named=True)
        axes.set(title=f"p, and q = softmax(ℓ/T) with T = {self.temperature:g}", ylim=(0, 1.15))
        axes.set_yticks([0, 0.5, 1])
        axes.set_xticks(range(len(self.labels)), self.labels)
        return figure

    def _draw_jacobian(self, scaled: Floats) -> Figure:
        figure, axes = surface(height=248)
        jacobian = softmax_jacobian(scaled) / self.temperature
        for (i, j), entry in np.ndenumerate(jacobian):
            colour = _NEGATIVE if entry < 0 else _POSITIVE
            shade = 0.6 * math.sqrt(min(abs(entry) / 0.25, 1))
            face, edge = to_rgba(colour, shade), COLOURS["rule"]
            corner = (j - 0.48, i - 0.48)
            axes.add_patch(Rectangle(corner, 0.96, 0.96, facecolor=face, edgecolor=edge))
            label(axes, j, i, signed(entry), ha="center", va="center")
        size = len(self.labels)
        axes.set(title="∂q/∂ℓ: row q, column ℓ", xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5))
        axes.set_aspect("auto")
        axes.set_xticks(range(size), self.labels)
        axes.set_yticks(range(size), self.labels)
        return figure
