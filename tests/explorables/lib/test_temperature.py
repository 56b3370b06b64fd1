"""What a temperature does to a classifier's losses: against Python's, and against itself."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

import crossentropy as ce
from explorables.lib.engine import run

RNG = np.random.default_rng(5)
LOGITS = (3 * RNG.standard_normal((60, 4))).round(2)
CLASSES = (LOGITS / 3 + RNG.gumbel(size=LOGITS.shape)).argmax(axis=1)


def numbers(body: str, logits: Any = LOGITS, classes: Any = CLASSES, **state: Any) -> Any:
    given = {"logits": np.asarray(logits).tolist(), "classes": np.asarray(classes).tolist()}
    whole = {"temperature": 1, "bins": 10, **given, **state}
    return run("temperature", f"const state = {json.dumps(whole)}; {body}")


@pytest.mark.parametrize("temperature", [0.1, 1, 2.5, 40])
def test_the_loss_is_pythons(temperature: float) -> None:
    found = numbers("return calibration(state);", temperature=temperature)
    assert found["nll"] == pytest.approx(ce.softmax_cross_entropy(LOGITS / temperature, CLASSES))
    right = LOGITS.argmax(axis=1) == CLASSES
    assert found["accuracy"] == right.mean()
    mixed = found["accuracy"] * found["surprise_of_right"]
    mixed += (1 - found["accuracy"]) * found["surprise_of_wrong"]
    assert found["nll"] == pytest.approx(mixed)
    assert sum(found["bin_counts"]) == len(CLASSES)


def test_no_temperature_is_better_than_the_best() -> None:
    best = numbers("const { temperature, nll } = examples(state).best; return [temperature, nll];")
    losses = [
        ce.softmax_cross_entropy(LOGITS / (best[0] * factor), CLASSES)
        for factor in (0.5, 0.99, 1, 1.01, 2)
    ]
    assert losses[2] == pytest.approx(best[1]) == min(losses)


def test_without_a_valley_the_best_is_an_end() -> None:
    rows = [[2, 0], [0, 1]]
    body = "return examples(state).best.temperature;"
    assert numbers(body, rows, [0, 1]) == 0
    assert numbers(body, rows, [1, 0]) == math.inf


def test_over_temperatures_it_is_what_it_is_at_each() -> None:
    temperatures = [0.2, 1, 5]
    body = f"return overTemperatures({{ ...state, bins: BINS }}, {temperatures});"
    for bins in (4, 15, 4):  # the second number of bins leaves the first as it was
        found = numbers(body.replace("BINS", str(bins)))
        for i, temperature in enumerate(temperatures):
            alone = numbers("return calibration(state);", temperature=temperature, bins=bins)
            assert found["nll"][i] == pytest.approx(alone["nll"])
            assert found["ece"][i] == pytest.approx(alone["ece"])
