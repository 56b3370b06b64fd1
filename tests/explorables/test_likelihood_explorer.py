"""LikelihoodExplorer in a browser."""

from __future__ import annotations

from typing import Any

import numpy as np

import crossentropy as ce


def reference(state: dict[str, Any]) -> dict[str, Any]:
    counts, theta = np.array(state["counts"]), state["theta"]
    p_hat, q = counts / counts.sum(), np.array([1 - theta, theta])
    # Label 1 first, one factor after another, as the explorable says.
    factors = np.repeat([theta, 1 - theta], counts[::-1])
    products = {
        f"product_float{bits}": np.multiply.accumulate(factors.astype(f"float{bits}"))[-1]
        for bits in (16, 32, 64)
    }
    loss = ce.cross_entropy(p_hat, q)
    return {
        **products,
        "likelihood": products["product_float64"],
        "log_likelihood": -loss * counts.sum(),
        "nll": loss,
        "p_hat": p_hat[1],
        "entropy": ce.entropy(p_hat),
        "kl_divergence": ce.kl_divergence(p_hat, q),
        "cross_entropy": loss,
    }
