"""The browser's formulas against Python's, edge cases included."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

import crossentropy as ce
from explorables.browser import as_numbers

GOLDEN_DISTRIBUTIONS = [
    ([1.0, 0.0], [1.0, 0.0]),
    ([1.0, 0.0], [0.5, 0.5]),
    ([0.5, 0.5], [1.0, 0.0]),
    ([0.0, 0.0, 1.0], [0.0, 1.0, 0.0]),
    ([1 / 3, 1 / 3, 1 / 3], [1e-300, 0.5, 0.5]),
    ([1e-300, 1 - 1e-15, 1e-15], [0.2, 0.3, 0.5]),
    ([0.9999, 0.0001], [1.0, 5e-324]),
    ([0.5, 0.25, 0.125, 0.125], [0.25, 0.25, 0.25, 0.25]),
]
GOLDEN_LOGITS = [
    [0.0, 0.0],
    [1000.0, 0.0, -1000.0],
    [-1e4, -1e4 + 1],
    [1e-9, -1e-9, 0.0],
    [3.0, 1.0, -2.0, 0.5],
]


def test_the_browsers_formulas_are_pythons(context: Any) -> None:
    from crossentropy.widgets._modules import HERE, compose

    page = context.new_page()
    source = compose(HERE / "lib" / "information.js")
    page.evaluate(
        """async source => { window.information = await import(
             URL.createObjectURL(new Blob([source], {type: 'text/javascript'}))); }""",
        source,
    )

    def browser(function: str, *arguments: Any) -> np.ndarray:
        text = page.evaluate(
            """([name, args]) => JSON.stringify(window.information[name](...args),
                 (_, v) => typeof v === 'number' && !Number.isFinite(v) ? String(v) : v)""",
            [function, list(arguments)],
        )
        return as_numbers(json.loads(text))

    for p, q in GOLDEN_DISTRIBUTIONS:
        np.testing.assert_allclose(browser("entropy", p), ce.entropy(p), rtol=1e-14)
        np.testing.assert_allclose(
            browser("crossEntropy", p, q), ce.cross_entropy(p, q), rtol=1e-14
        )
        np.testing.assert_allclose(
            browser("klDivergence", p, q), ce.kl_divergence(p, q), rtol=1e-13, atol=1e-15
        )
        np.testing.assert_allclose(
            [browser("surprisal", pk) for pk in p], ce.surprisal(p), rtol=1e-15
        )
    for logits in GOLDEN_LOGITS:
        target = np.full(len(logits), 1 / len(logits))
        np.testing.assert_allclose(browser("softmax", logits), ce.softmax(logits), rtol=1e-14)
        np.testing.assert_allclose(browser("logsumexp", logits), ce.logsumexp(logits), rtol=1e-14)
        np.testing.assert_allclose(
            browser("softmaxJacobian", logits), ce.softmax_jacobian(logits), rtol=1e-13, atol=1e-16
        )
        np.testing.assert_allclose(
            browser("softmaxCrossEntropy", logits, target.tolist()),
            ce.softmax_cross_entropy(logits, target),
            rtol=1e-14,
            # The loss is a difference of numbers as large as the logits.
            atol=1e-15 * np.abs(logits).max(),
        )
    # A certain outcome has no surprise, and no minus sign.
    assert not np.signbit(browser("entropy", [1.0, 0.0]))
