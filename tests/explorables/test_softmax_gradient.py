"""SoftmaxGradient in a browser."""

from __future__ import annotations

from typing import Any

import numpy as np

import crossentropy as ce


def reference(state: dict[str, Any]) -> dict[str, Any]:
    p, temperature = np.array(state["p"]), state["temperature"]
    logits = np.array(state["logits"]) / temperature
    loss, gradient = ce.softmax_cross_entropy(logits, p, return_grad=True)
    return {
        "loss": loss,
        "entropy": ce.entropy(p),
        "kl_divergence": loss - ce.entropy(p),
        "logsumexp": ce.logsumexp(logits),
        "gradient_norm": np.linalg.norm(gradient) / temperature,
        "q": ce.softmax(logits),
        "gradient": gradient / temperature,
        "jacobian": ce.softmax_jacobian(logits) / temperature,
    }
