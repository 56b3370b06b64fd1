"""What each explorable's picture shows beside its traits and quantities: functions, lists, places.

Each is worked out from the state by another route than the browser's, as `reference` is in the
explorable's own tests.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from matplotlib.path import Path
from numpy.polynomial.legendre import legval
from scipy.special import expit, log_softmax, xlogy

import crossentropy as ce
from explorables import (
    test_arithmetic_coder,
    test_calibration,
    test_code_book,
    test_gaussian_fit,
    test_loss_zoo,
    test_map_prior,
    test_next_letter,
    test_proper_scoring,
)
from explorables.browser import BASE
from explorables.geometry import Picture, numbers

State = dict[str, Any]
Shown = dict[str, Any]

# Numbers that are shown as text alone.
AS_TEXT: dict[str, set[str]] = {
    "ArithmeticCoder": {"low", "high", "width"},
    "Calibration": {
        "mean_logsumexp",
        "mean_gap",
        "surprise_of_right",
        "surprise_of_wrong",
        "overconfidence",
        "worst_mistake",
    },
    "CodeBook": {"kl_divergence", "kraft_sum", "counts"},
    "DecisionRegions": {
        "accuracy",
        "gradient",
        "gradient_norm",
        "logit_gradient",
        "mean_logsumexp",
        "mean_own_logit",
        "shares",
        "class_losses",
    },
    "DivergenceBars": {"reverse_kl_divergence"},
    "EntropyBars": {"perplexity"},
    "GaussianFit": {"entropy", "cross_entropy", "theta", "log_partition", "p_moments", "q_moments"},
    "LikelihoodExplorer": {
        "likelihood",
        "cross_entropy",
        "entropy",
        "kl_divergence",
        "product_float16",
        "product_float32",
        "product_float64",
    },
    "LogSumExp": {"logsumexp", "naive", "naive_float32"},
    "LossComparison": {"steps", "hero_arrival", "rival_arrival", "factor"},
    "MapPrior": {"lambda", "penalty", "objective", "norm", "log_likelihood", "log_prior",
                 "log_prior_at_zero"},
    # A regret is the bar between what honesty earns and what the report does.
    # A surprise is the height of a bar, which is read back with the others in its window.
    "NextLetter": {"surprise", "bits_per_letter", "guessed", "right", "your_mean", "model_mean"},
    "ProperScoring": {"entropy", "cross_entropy", "kl_divergence",
                      *(f"regret_{name}" for name in test_proper_scoring.SCORES)},
    "SoftmaxGradient": {"loss", "entropy", "kl_divergence", "logsumexp", "gradient_norm"},
}  # fmt: skip


def arithmetic_coder(state: State, seen: Shown) -> Shown:
    symbols, q = test_arithmetic_coder.letters(state), state["q"]
    ends = [float(end) for end in test_arithmetic_coder.edges(q)]
    low, width = test_arithmetic_coder.interval(q, symbols)
    rows = [(ends[k], ends[k + 1]) for k in symbols]
    # After a letter that is ruled out nothing is drawn.
    rows = rows[: next((t + 1 for t, (a, b) in enumerate(rows) if a == b), None)]
    word = None
    if symbols and width:
        bits, number = test_arithmetic_coder.shortest(low, width)
        word = [float((Fraction(number, 2**bits) - low) / width), float(1 / (2**bits * width))]
    return {
        "letters": len(symbols),
        "cuts": ends[1:-1],
        "kept": [(a, b - a) for a, b in rows],
        "zoom": [(a, b) if a < b else None for a, b in rows],
        "word": word,
    }


def divergence_bars(state: State, seen: Shown) -> Shown:
    return {}


def entropy_bars(state: State, seen: Shown) -> Shown:
    return {"cumulative": list(np.cumsum(numbers(seen["shares"])))}


def surprisal_curve(state: State, seen: Shown) -> Shown:
    base = BASE[state["unit"]]
    half = float(ce.surprisal(0.5, base=base))
    return {
        "surprisal": lambda x: ce.surprisal(np.clip(x, 1e-300, 1), base=base),
        "rungs": (half, float(seen["surprisal_product"])),
    }


def costly(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Mark a function of which every fifth point is enough."""
    shown = functools.partial(function)
    shown.costly = 5  # type: ignore[attr-defined]
    return shown


VIEW = 5  # logits beyond it stand at the edge, torn off


def torn_logits(logits: list[float]) -> Shown:
    return {
        "in_view": list(np.clip(logits, -VIEW, VIEW)),
        "torn": [abs(logit) > VIEW for logit in logits],
    }


def log_sum_exp(state: State, seen: Shown) -> Shown:
    largest = max(state["logits"])
    base = float(np.clip(largest, -VIEW, VIEW))
    levels = ("maximum", "smooth_maximum", "upper_bound")
    return {
        **torn_logits(state["logits"]),
        # The largest stands in view; the others are as far above it as they are.
        "level_of": {name: base + float(seen[name]) - largest for name in levels},
    }


def softmax_gradient(state: State, seen: Shown) -> Shown:
    mean = math.fsum(state["logits"]) / len(state["logits"])
    return {**torn_logits(state["logits"]), "mean_in_view": float(np.clip(mean, -VIEW, VIEW))}


def likelihood_explorer(state: State, seen: Shown) -> Shown:
    zeros, ones = state["counts"]
    n = zeros + ones

    def log_likelihood(theta: Any) -> Any:
        theta = np.clip(theta, 0, 1)
        return xlogy(ones, theta) + xlogy(zeros, 1 - theta)

    highest = float(log_likelihood(ones / n))
    functions: dict[str, Callable[[Any], Any]] = {
        "relative_likelihood": lambda theta: np.exp(log_likelihood(theta) - highest),
        "log_likelihood": log_likelihood,
        "nll": lambda theta: -log_likelihood(theta) / n,
    }
    zeros_after_the_point = -float(log_likelihood(state["theta"])) / math.log(10)
    return {
        "size": n,
        "zeros": zeros_after_the_point,
        # Of the smallest number above zero in each precision.
        "reach": [-math.log10(np.finfo(f"float{bits}").smallest_subnormal)
                  for bits in (16, 32, 64)],
        "peak_of": {name: float(f(ones / n)) for name, f in functions.items()},
        **{f"{name}_at": f for name, f in functions.items()},
        "relative_likelihood": float(functions["relative_likelihood"](state["theta"])),
    }  # fmt: skip


def code_book(state: State, seen: Shown) -> Shown:
    lengths = numbers(seen["lengths"])
    cost = 2.0**-lengths
    order = sorted(range(len(lengths)), key=lambda k: (lengths[k], k))
    before = dict(zip(order, np.cumsum([0, *cost[order]])[:-1], strict=True))
    cross_entropy = float(seen["cross_entropy"])
    price = float(seen["expected_bits"])
    is_near = price == cross_entropy or abs(price - cross_entropy) < 0.005
    promised = state["sent"] > 0 and state["code"] == "Shannon" and math.isfinite(cross_entropy)
    counts = np.cumsum(np.eye(len(lengths))[test_code_book.message(state)], axis=0)

    @np.errstate(invalid="ignore")
    def mean_after(sent: Any) -> Any:
        sent = np.clip(np.round(sent).astype(int), 1, max(len(counts), 1))
        return np.nansum(np.where(counts[sent - 1] > 0, counts[sent - 1] * lengths, 0), -1) / sent

    mean = seen["bits_per_symbol"]
    return {
        "bits_per_symbol": math.nan if mean is None else mean,
        # Where the mean will settle, the picture does not say before something is sent.
        "expected_bits": seen["expected_bits"] if state["sent"] else None,
        "cross_entropy": cross_entropy if state["sent"] else None,
        "surprisals": [min(s, 1e9) if s <= 10 else None
                       for s in ce.surprisal(state["q"], base=2)],
        "cost": list(cost),
        "spent_before": [before[k] for k in range(len(lengths))],
        # It has a name of its own only where it is not H(p, q).
        "length_apart": None if not state["sent"] or is_near else seen["expected_bits"],
        "promise": [cross_entropy, cross_entropy + 1] if promised else None,
        "mean_after": mean_after if len(counts) else None,
    }  # fmt: skip


class Stops:
    """The scale of the symbols sent: one by one at first, then four per cent at a time."""

    def __init__(self) -> None:
        stops = [0]
        while stops[-1] < 10_000:
            stops.append(min(max(stops[-1] + 1, math.floor(stops[-1] * 1.04 + 0.5)), 10_000))
        self.stops = stops

    def __call__(self, sent: Any) -> Any:
        return np.interp(sent, self.stops, range(len(self.stops)))

    def inverse(self, level: Any) -> Any:
        return np.interp(level, range(len(self.stops)), self.stops)


def gaussian_fit(state: State, seen: Shown) -> Shown:
    hours = test_gaussian_fit.X
    log_p = test_gaussian_fit.log_mixture(state["humps"])
    log_q = test_gaussian_fit.log_gaussian(state["mean"], state["width"])
    terms = {
        "kl": test_gaussian_fit.kl_terms(log_p, log_q),
        "reverse_kl": test_gaussian_fit.kl_terms(log_q, log_p),
    }

    def over_hours(values: Any) -> Callable[[Any], Any]:
        # A point's own hour: between two hours nothing is drawn.
        return lambda x: values[np.clip(np.round(4 * x).astype(int), 0, len(hours) - 1)]

    # q's peak if its mean were an hour of the grid.
    peak = 1 / np.exp(-((hours - state["mean"]) ** 2) / (2 * state["width"] ** 2)).sum()
    return {
        "p": over_hours(np.exp(log_p)),
        "q": over_hours(np.exp(log_q)),
        "peak": float(peak),
        "q_torn": np.exp(log_q).max() > 0.16,
        "width_end": state["mean"] + (-1 if state["mean"] > 14 else 1) * state["width"],
        **{f"{name}_terms": over_hours(values) for name, values in terms.items()},
        **{f"{name}_terms_above": over_hours(np.maximum(v, 0)) for name, v in terms.items()},
        **{f"{name}_terms_below": over_hours(np.minimum(v, 0)) for name, v in terms.items()},
        **{f"{name}_torn": v.max() > 0.2 or v.min() < -0.06 for name, v in terms.items()},
    }


@functools.cache
def examples(logits: Any, classes: Any) -> tuple[np.ndarray, np.ndarray]:
    return np.array(logits, dtype=float), np.array(classes)


def calibration(state: State, seen: Shown) -> Shown:
    key = tuple(map(tuple, state["logits"])), tuple(state["classes"])
    logits, _ = examples(*key)
    counts = numbers(seen["bin_counts"])
    heights, means = numbers(seen["bin_accuracy"]), numbers(seen["bin_confidence"])
    full = counts > 0

    def gaps(which: np.ndarray) -> list[list[float]]:
        rows = np.column_stack([means, heights, means])[full & which]
        return [list(row) for row in rows]

    return {
        "identity": lambda x: x,
        "guessing": math.log(logits.shape[1]),
        "bin_places": np.column_stack([means, heights])[full],
        "bin_shares": (counts / counts.sum())[full],
        "gaps_over": gaps(heights < means),
        "gaps_under": gaps(heights >= means),
        "nll_at": costly(functools.partial(loss_at, key)),
        "ece_at": costly(functools.partial(calibration_error_at, key, state["bins"])),
    }


@functools.cache
def at_temperature(key: Any, temperature: float) -> tuple[float, np.ndarray, np.ndarray]:
    logits, classes = examples(*key)
    log_q = log_softmax((logits - logits.max(axis=1, keepdims=True)) / temperature, axis=1)
    right = logits.argmax(axis=1) == classes
    return -float(log_q[np.arange(len(classes)), classes].mean()), np.exp(log_q.max(1)), right


def loss_at(key: Any, temperatures: np.ndarray) -> np.ndarray:
    return np.array([at_temperature(key, t)[0] for t in rounded_decades(temperatures)])


def calibration_error_at(key: Any, bins: int, temperatures: np.ndarray) -> np.ndarray:
    return np.array([calibration_error(key, bins, t) for t in rounded_decades(temperatures)])


@functools.cache
def calibration_error(key: Any, bins: int, temperature: float) -> float:
    _, confidences, right = at_temperature(key, temperature)
    return float(test_calibration.in_bins(confidences, right, bins)["ece"])


def rounded_decades(temperatures: np.ndarray) -> list[float]:
    """The temperatures of the curve's 161 points: it is jagged, and drawn at these alone."""
    return [float(10 ** (round(80 * t) / 80)) for t in np.log10(temperatures)]


def decision_regions(state: State, seen: Shown) -> Shown:
    points, classes, picked = np.array(state["points"]), state["classes"], state["picked"]
    weights = np.array(state["weights"])
    logits = [[x * a + y * b + c for a, b, c in weights] for x, y in points]
    wrong = [row[own] < max(row) for row, own in zip(logits, classes, strict=True)]
    listed: list[list[list[Any]]] = [[[], []] for _ in range(3)]
    for i, (point, own) in enumerate(zip(points, classes, strict=True)):
        if i != picked:
            listed[own][int(wrong[i])].append(point)
    return {
        "points": listed,
        "picked_x": points[picked][0],
        "picked_y": points[picked][1],
        "number": picked + 1,
    }


LOSSES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "cross-entropy": (lambda z: np.logaddexp(0, -z), lambda z: -expit(-z)),
    "squared error": (lambda z: expit(-z) ** 2, lambda z: -2 * expit(z) * expit(-z) ** 2),
    "half square": (lambda u: u**2 / 2, lambda u: u),
    "fourth power": (lambda u: u**4, lambda u: 4 * u**3),
    "absolute value": (np.abs, np.sign),
    "sines": (
        lambda u: np.sin(u) ** 2 + np.sin(np.pi * u) ** 2,
        lambda u: np.sin(2 * u) + np.pi * np.sin(2 * np.pi * u),
    ),
}


def assert_regions(picture: Picture) -> None:
    """Each place lies in the region of its largest logit, and in no other."""
    regions = [(name, corners) for name, corners in picture.regions if name.startswith("region")]
    borders = [corners for name, corners in picture.regions if name.startswith("borders")]
    assert all(
        np.array_equal(corners, border)
        for (_, corners), border in zip(regions, borders, strict=True)
    ), "the borders are not those of the regions"
    weights = np.array(picture.seen["state"]["weights"])
    for x, y in itertools.product(np.linspace(-0.97, 0.97, 9), repeat=2):
        logits = weights @ [x, y, 1]
        best = int(logits.argmax())
        # How far away the next region is; a hundredth is two pixels.
        slopes = np.linalg.norm((weights - weights[best])[:, :2], axis=1)
        rivals = [k for k in range(3) if not np.array_equal(weights[k], weights[best])]
        if any(logits[best] - logits[k] <= 0.02 * slopes[k] for k in rivals):
            continue
        found = [name for name, corners in regions if Path(corners).contains_point((x, y))]
        tied = len(rivals) < 2
        wanted = "regionregion" if tied else f"regionregion class-{best}"
        assert found == [wanted], f"({x:.2f}, {y:.2f}) lies in {found}"


def assert_message(picture: Picture) -> None:
    """The strip shows the newest symbols, from left to right."""
    if picture.seen["state"]["view"] != "message":
        return
    symbols = test_code_book.message(picture.seen["state"])
    slots = sorted(picture.slots)
    found = [re.search(r"class-(\d+)", mark["class"]) for _, mark in slots]
    shown = [int(each[1]) for each in found if each]
    assert bool(shown) == bool(symbols)
    assert shown == symbols[len(symbols) - len(shown) :], "the strip shows another message"
    places = [mark["box"]["left"] for _, mark in slots]
    assert places == sorted(places)


def assert_tall(picture: Picture) -> None:
    """The shares use the room that they have: they are to be compared."""
    assert abs(picture.axis("y-share").slope) >= 80


TOGETHER: dict[str, Callable[[Picture], None]] = {
    "EntropyBars": assert_tall,
    "CodeBook": assert_message,
    "DecisionRegions": assert_regions,
}


def loss_comparison(state: State, seen: Shown) -> Shown:
    classes = state["rival"] == "squared error"
    hero = LOSSES["cross-entropy" if classes else "half square"]
    rival = LOSSES[state["rival"]]
    start = state["z" if classes else "u"]
    return {
        "start": start,
        **{f"{role}_{of}_{when}": pair[i] if when == "at" or state["steps"] else None
           for role, pair in (("hero", hero), ("rival", rival))
           for i, of in enumerate(("loss", "slope")) for when in ("at", "after")},
    }  # fmt: skip


def loss_zoo(state: State, seen: Shown) -> Shown:
    names = test_loss_zoo.LOSSES
    reports = {name: test_loss_zoo.best_report(name, state) for name in names}
    best = {name: None if math.isnan(q) else q for name, q in reports.items()}

    def curve(name: str) -> Callable[[Any], Any]:
        expected = functools.partial(test_loss_zoo.expected, name, state)
        return costly(np.vectorize(lambda q: expected(min(max(q, 0), 1)), otypes=[float]))

    return {
        **{f"best_{name}": q for name, q in best.items()},
        "least": {name: None if q is None else test_loss_zoo.expected(name, state, q)
                  for name, q in best.items()},
        "pushed": {name: state["report"] + seen[f"push_{name}"] for name in names},
        **{f"{name}_at": curve(name) for name in names},
    }  # fmt: skip


def map_prior(state: State, seen: Shown) -> Shown:
    truth, width = state["truth"], state["width"]
    key = tuple(state["x"]), tuple(state["y"]), state["degree"]
    held_out = state["x_held_out"], state["y_held_out"]
    weights = numbers(seen["weights"])
    return {
        "truth_at": (lambda x: expit(legval(x, truth))) if truth else None,
        "model_at": lambda x: expit(legval(x, weights)),
        "training": np.column_stack([state["x"], state["y"]]),
        # In rows of their own, outside of the training labels.
        "held_out_labels": [[x, 1.16 if y else -0.16] for x, y in zip(*held_out, strict=True)],
        "nll_at": costly(lambda widths: losses_at(key, key[:2], widths)),
        "held_out_at": costly(lambda widths: losses_at(key, tuple(map(tuple, held_out)), widths)),
        "edges": [width, -width] if width < 9 else None,
        "true_weight": [w if abs(w) <= 9 else None for w in truth],
    }


def losses_at(key: Any, labels: Any, widths: np.ndarray) -> np.ndarray:
    decades = [round(w, 3) for w in np.log10(widths)]
    return np.array([loss_of_fit(key, labels, float(10**d)) for d in decades])


@functools.cache
def loss_of_fit(key: Any, labels: Any, width: float) -> float:
    return float(test_map_prior.model_loss(*labels, fitted(key, width)))


@functools.cache
def fitted(key: Any, width: float) -> np.ndarray:
    """The weights to what a pixel shows: the tests of MapPrior have them to the last digit."""
    return np.array(test_map_prior.scipy_optimum(*key, width).x)


def next_letter(state: State, seen: Shown) -> Shown:
    place = state["place"]
    said = test_next_letter.said(state)
    last = min(place + 2, len(state["letters"]))
    shown = range(max(0, last - 18), place + 1)
    return {
        "paid": [[t, 0, said[t].paid] for t in shown],
        "yours": [[t, said[t].yours] for t in shown if said[t].guess is not None],
    }


def proper_scoring(state: State, seen: Shown) -> Shown:
    p, q = state["belief"], state["report"]
    best = {name: seen[f"best_{name}"] for name in test_proper_scoring.SCORES}
    # The best report is named once a lie as large has been told.
    tried = max(p - abs(q - p), 0), min(p + abs(q - p), 1)
    seen_best = {
        name: ends if abs(q - p) > 0.005 and tried[0] <= ends[0] and ends[1] <= tried[1] else None
        for name, ends in best.items()
    }
    single = {name: low == high for name, (low, high) in best.items()}
    one = {name: ends[0] if ends and single[name] else None for name, ends in seen_best.items()}
    at = {name: 0 if low == 0 else high for name, (low, high) in best.items()}

    def curve(name: str) -> Callable[[Any], Any]:
        expected = functools.partial(test_proper_scoring.expected, name, p)
        return np.vectorize(lambda q: expected(min(max(q, 0), 1)), otypes=[float])

    return {
        "one_best": one,
        "many_best": {name: None if single[name] else seen_best[name] for name in best},
        "highest": {name: test_proper_scoring.expected(name, p, at[name]) for name in best},
        "step": [1 - p, 0.5, p] if p != 0.5 else None,
        **{f"{name}_at": curve(name) for name in best},
    }


def three_losses(state: State, seen: Shown) -> Shown:
    q, y = numbers(state["q"]), state["y"]
    h = np.eye(len(q))[y]
    others = q * (1 - h)
    if others.sum() == 0:
        others = 1 - h
    others = others / others.sum()

    def with_truth(t: Any) -> np.ndarray:
        """The truth has probability t; the others keep their proportions."""
        t = np.clip(t, 0, 1)[:, np.newaxis]
        return t * h + (1 - t) * others

    return {
        "truth": 1.0,
        "q_of_truth": q[y],
        "surprisal_at": lambda t: ce.surprisal(np.clip(t, 0, 1)),
        "squared_error_at": lambda t: ((with_truth(t) - h) ** 2).sum(axis=1),
        "mistakes_at": lambda t: (with_truth(t).argmax(axis=1) != y).astype(float),
    }


SHOWN: dict[str, Callable[[State, Shown], Shown]] = {
    "ArithmeticCoder": arithmetic_coder,
    "Calibration": calibration,
    "CodeBook": code_book,
    "DecisionRegions": decision_regions,
    "DivergenceBars": divergence_bars,
    "EntropyBars": entropy_bars,
    "GaussianFit": gaussian_fit,
    "LikelihoodExplorer": likelihood_explorer,
    "LogSumExp": log_sum_exp,
    "LossComparison": loss_comparison,
    "LossZoo": loss_zoo,
    "MapPrior": map_prior,
    "NextLetter": next_letter,
    "ProperScoring": proper_scoring,
    "SoftmaxGradient": softmax_gradient,
    "SurprisalCurve": surprisal_curve,
    "ThreeLosses": three_losses,
}
SCALES: dict[str, dict[str, Callable[[Any], Any]]] = {"CodeBook": {"x-sent": Stops()}}


class Asked(dict[str, Any]):
    """Quantities that remember which of them were asked for."""

    def __init__(self, quantities: Shown) -> None:
        super().__init__(quantities)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)


def picture(name: str, seen: Shown) -> Picture:
    asked = Asked(seen["quantities"])
    shown = SHOWN[name](seen["state"], asked)
    return Picture(seen, shown, SCALES.get(name, {}), used=asked.names)
