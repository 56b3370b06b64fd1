"""What is said of a picture, and what its printed copy draws, are the state's own numbers.

Every number in an alt text must stand in a phrase that says what it is, and be that.
"""

from __future__ import annotations

import functools
import importlib
import math
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup

from crossentropy import widgets
from crossentropy.coding import codewords
from crossentropy.widgets._drawing import LAYOUTS, engine
from crossentropy.widgets._modules import snake_case
from explorables import (
    drawn,
    test_arithmetic_coder,
    test_decision_regions,
    test_next_letter,
)
from explorables.browser import EXPLORABLES, described

NUMBER = r"([+−]?(?:[\d,]*\.?\d+(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|e-\d+)?|∞))"
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")

# A phrase with a {} for each number, and one row of values for each time it is said.
Phrases = list[tuple[str, list[tuple[float, ...]]]]


def once(phrase: str, *values: float) -> tuple[str, list[tuple[float, ...]]]:
    return phrase, [values]


def each(labels: Iterable[str], phrase: str, *columns: Any) -> Phrases:
    """Say the same of each class."""
    rows = zip(labels, *columns, strict=True)
    return [once(rf"{re.escape(name)} {phrase}", *values) for name, *values in rows]


def arithmetic_coder(s: Any, n: Any) -> Phrases:
    return [
        once("{} letters? coded", len(test_arithmetic_coder.letters(s))),
        *each(s["labels"], "{}(?=[,)])", s["q"]),
        once("begins at {} and is {} wide", n["low"], n["width"]),
        once("The loss is {} bits", n["loss"]),
        once("the least for any q {}", n["least_loss"]),
        *([once("The file has {} bits?, [01]*, of which {} are fixed",
                n["file_bits"], n["bits_fixed"])] if n["width"] else []),
    ]  # fmt: skip


def divergence_bars(s: Any, n: Any) -> Phrases:
    return [
        *each(s["labels"], "{} and {}(?=[,.])", s["p"], s["q"]),
        once(r"H\(p, q\) is {}", n["cross_entropy"]),
        once(r"H\(p\), {}", n["entropy"]),
        once(r"KL\(p‖q\), {}", n["kl_divergence"]),
    ]


def entropy_bars(s: Any, n: Any) -> Phrases:
    return [
        *each(s["labels"], "{} contributes {}", s["p"], n["shares"]),
        once(r"H\(p\) is {}", n["entropy"]),
    ]


def surprisal_curve(s: Any, n: Any) -> Phrases:
    s_p, s_r, both = (n[f"surprisal_{name}"] for name in ("p", "r", "product"))
    return [
        once("from 0 to 1,"),
        once("(?<!·)p at {} and height {}", s["p"], s_p),
        once("(?<!·)r at {} and height {}", s["r"], s_r),
        once("p·r at {} and height {}", n["product"], both),
        once(r"s\(p\) = {}", s_p),
        once(r"s\(r\) = {}", s_r),
        once(r"s\(p·r\) = {}", both),
    ]


def gaussian_fit(s: Any, n: Any) -> Phrases:
    return [
        ("weight {}, mean {} h, width {} h", [tuple(hump) for hump in s["humps"]]),
        once("hump with mean {} h and width {} h", s["mean"], s["width"]),
        once(r"KL\(p‖q\) is {}", n["kl_divergence"]),
        once(r"KL\(q‖p\) {}", n["reverse_kl_divergence"]),
        once(r"H\(p\) {}", n["entropy"]),
    ]


def code_book(s: Any, n: Any) -> Phrases:
    words = codewords(n["lengths"])
    rows = zip(s["labels"], s["p"], s["q"], words, strict=True)
    return [
        *([once("log 1/q")] if s["view"] == "words" else []),
        *(once(rf"{label} {{}}, {{}}, {word or 'no word'}(?=[;.])", p, q)
          for label, p, q, word in rows),
        *([once("spend {} of Kraft's budget of 1", n["kraft_sum"])]
          if s["code"] == "by hand" else []),
        once("The {} symbols sent cost {} bits", s["sent"], n["bits_per_symbol"]),
        once("price of this code, {} bits", n["expected_bits"]),
        once(r"H\(p, q\) is {}", n["cross_entropy"]),
        once(r"H\(p\) is {}", n["entropy"]),
    ]  # fmt: skip


def likelihood_explorer(s: Any, n: Any) -> Phrases:
    (zero, one), (zeros, ones) = s["labels"], s["counts"]
    said = [
        once(f"{{}} {zero} and {{}} {one}; ", zeros, ones),
        once(f"probability of {one}, is {{}}", s["theta"]),
        once("The log-likelihood is {} nats", n["log_likelihood"]),
        once("NLL/N {}", n["nll"]),
    ]
    if s["view"] == "curves":
        return [*said, once("at the same θ, {}", n["p_hat"])]
    return [
        *said,
        *(once(f"float{bits}, {{}}", n[f"product_float{bits}"]) for bits in (16, 32, 64)),
    ]


def log_sum_exp(s: Any, n: Any) -> Phrases:
    return [
        once("at temperature {}:", s["temperature"]),
        *each(s["labels"], "{} and {}(?=[;.])", s["logits"], n["q"]),
        once(r"T·LSE\(ℓ/T\) is {}", n["smooth_maximum"]),
        once("the maximum, {}", n["maximum"]),
        once("plus T log K, {}", n["upper_bound"]),
        once(r"(?<!·)LSE\(ℓ/T\) is {}", n["logsumexp"]),
        once("{} in float32 and {} in float64", n["naive_float32"], n["naive"]),
    ]


def softmax_gradient(s: Any, n: Any) -> Phrases:
    q, p = np.array(n["q"]), np.array(s["p"])
    columns = {"gradient": [p, p - q], "jacobian": [np.diag(n["jacobian"])], "softmax": []}
    more = columns[s["view"]]
    phrase = ", ".join(["{}"] * (2 + len(more)))
    loss = [once(r"H\(p, q\) is {}", n["loss"])] if s["view"] == "gradient" else []
    return [
        once("at temperature {},", s["temperature"]),
        *each(s["labels"], f"{phrase}(?=[;.])", s["logits"], q, *more),
        *loss,
    ]


def loss_comparison(s: Any, n: Any) -> Phrases:
    start = s["z" if s["rival"] == "squared error" else "u"]
    balls = [tuple(n[f"{ball}_{of}"] for of in ("place", "loss", "slope"))
             for ball in ("hero", "rival")]  # fmt: skip
    return [
        once("has taken {} steps? of gradient descent from [zu] = {}", s["steps"], start),
        ("is at [zu] = {}, where the loss is {} and its slope {}", balls),
    ]


def calibration(s: Any, n: Any) -> Phrases:
    if s["view"] == "losses":
        return [
            once("for {} examples", len(s["classes"])),
            once(r"minimum at T\* = {};", n["best_temperature"]),
            once("it is {} nats at T = {} and {} nats",
                 n["nll"], s["temperature"], n["best_nll"]),
            once("in {} bins, is jagged; it is {}", s["bins"], n["ece"]),
        ]  # fmt: skip
    bins = zip(n["bin_counts"], n["bin_confidence"], n["bin_accuracy"], strict=True)
    return [
        once("of {} examples at temperature {}, in {} bins",
             len(s["classes"]), s["temperature"], s["bins"]),
        ("{} at confidence {} with accuracy {}", [row for row in bins if row[0]]),
        once("mean confidence {}, accuracy {}", n["mean_confidence"], n["accuracy"]),
        once("over-confidence is {}, and ECE {}", n["overconfidence"], n["ece"]),
    ]  # fmt: skip


def map_prior(s: Any, n: Any) -> Phrases:
    widths = np.geomspace(0.01, 100, 41)
    widths = np.array([s["width"], *widths[widths > s["width"]]])
    shown = drawn.map_prior(s, n)
    training, held_out = (shown[f"{name}_at"](widths) for name in ("nll", "held_out"))
    lowest = int(np.argmin(held_out))
    return [
        once("for {} training labels and {} held-out labels", len(s["x"]), len(s["x_held_out"])),
        once("polynomial of degree {}", s["degree"]),
        once("At prior width σ = {} the training loss is {} nats per label, the held-out loss {}",
             s["width"], n["nll"], n["held_out"]),
        once("the penalty λ‖w‖² {}", n["penalty"]),
        once("norm of the weights {}", n["norm"]),
        once("drawn over σ from there to {}", 100),
        once("the training loss falls to {}", training[-1]),
        once("lowest, {}, near σ = {}", held_out[lowest], float(f"{widths[lowest]:.2g}")),
        once("ends at {}", held_out[-1]),
    ]  # fmt: skip


def next_letter(s: Any, n: Any) -> Phrases:
    said = test_next_letter.said(s)
    words = {" ": "blank", "\n": "new line"}
    names = [words.get(name, name) for name in test_next_letter.likely(s)]
    guesses = [
        once("{} of {} guesses were right", n["right"], n["guessed"]),
        once("with a stake of {} these letters cost {} bits each, and the model {}",
             s["sure"], n["your_mean"], n["model_mean"]),
        once("your bill is {} bits", n["your_bill"]),
    ]  # fmt: skip
    return [
        once("{} of {} letters;", s["place"] + 1, len(said)),
        once("cost {} bits\\.", n["surprise"]),
        *each(names, "{}(?=;)", n["q"][: len(names)]),
        *([once("others {}", n["q"][-1])] if len(n["q"]) else []),
        once(f"The bill of {s['model']} is {{}} bits, {{}} a letter",
             n["bill"], n["bits_per_letter"]),
        once("that of gzip {} bits", n["gzip_bits"]),
        *(guesses if n["guessed"] else []),
    ]  # fmt: skip


def proper_scoring(s: Any, n: Any) -> Phrases:
    phrases: Phrases = [
        once("with probability {} and reports {}", s["belief"], s["report"]),
        once("What the log score lost, {} nats", n["kl_divergence"]),
        once(r"H\(p, q\), {}", n["cross_entropy"]),
        once(r"less H\(p\), {}", n["entropy"]),
    ]
    names = {"log": "log", "brier": "Brier", "spherical": "spherical", "linear": "linear",
             "zero_one": "0-1"}  # fmt: skip
    for name in ("log", s["view"]):
        low, high = (round(end, 9) for end in n[f"best_{name}"])
        regret = n[f"regret_{name}"]
        change = "gained {}" if regret < -5e-5 else "lost {}"
        where = {(0, 0.5): " below 0.5", (0.5, 1): " above 0.5"}.get((low, high), "")
        best = "{}" if low == high else f"any{where}"
        values = ([low] if low == high else []) + [abs(regret)]
        phrases.append(once(rf"{names[name]}, [a-z, ]*: best {best}, {change}(?=[;.])", *values))
    return phrases


def loss_zoo(s: Any, n: Any) -> Phrases:
    names = {
        "log": "log loss", "squared": "squared error", "weighted": "weighted, w = {}",
        "smoothed": "smoothed, ε = {}", "focal": "focal, γ = {}",
        "gce": "generalised, r = {}", "absolute": "absolute error",
    }  # fmt: skip
    set_to = {"weighted": "weight", "smoothed": "epsilon", "focal": "gamma", "gce": "r"}
    phrases = [
        once("Curves of {} expected losses", len(names)),
        once("where p is true, p = {}", s["truth"]),
        once("At q = {},", s["report"]),
    ]
    for name, called in names.items():
        values = [s[set_to[name]]] if name in set_to else []
        best = n[f"best_{name}"]
        lowest = "level" if math.isnan(best) else "lowest at {}"
        phrases.append(once(
            f"{called}: costs {{}}, push {{}}, {lowest}(?=[;.])",
            *values, n[f"loss_{name}"], n[f"push_{name}"], *([] if math.isnan(best) else [best]),
        ))  # fmt: skip
    return phrases


def decision_regions(s: Any, n: Any) -> Phrases:
    counts = np.bincount(s["classes"], minlength=3)
    weights = np.array(s["weights"], dtype=float)
    for _ in range(500):
        weights = weights - test_decision_regions.loss_and_gradient(s, weights)[1]
    after = test_decision_regions.reference({**s, "weights": weights.tolist()})
    labels = ", ".join(f"{{}} {label}" for label in s["labels"])
    return [
        once(rf"{{}} points in a square \({labels}\)", len(s["classes"]), *counts),
        once("After {} steps", s["steps"]),
        ("the loss is {}", [(n["loss"],), (after["loss"],)]),
        once("after 500 more {} %", 100 * after["accuracy"]),
        once(r"The picked point at \({}, {}\)", *s["points"][s["picked"]]),
        *each(s["labels"], "{} and {}(?=[;.])", n["q"], n["logit_gradient"]),
    ]


def three_losses(s: Any, n: Any) -> Phrases:
    return [
        *each(s["labels"], "{}(?=[,;])", s["q"]),
        once("charged {} mistakes?,", n["mistakes"]),
        once("a squared error of {},", n["squared_error"]),
        once("a surprise of {} nats", n["surprisal"]),
        once("at or below 2"),
        once("towards 0"),
    ]


SAID: dict[str, Callable[[Any, Any], Phrases]] = {
    name: globals()[snake_case(name)] for name in EXPLORABLES
}


def assert_is(text: str, value: float) -> None:
    """A text says a number, to its last digit."""
    plain = text.replace(",", "").replace("−", "-").replace("∞", "Infinity")
    # A decimal is smaller than any float where it has to be.
    said = Decimal(plain.replace(" × 10", "e").translate(SUPERSCRIPTS))
    if said.is_infinite():
        assert value == float(said), f"{text} stands for {value}"
        return
    digit = Decimal(1).scaleb(int(said.as_tuple().exponent))
    assert abs(said - Decimal(float(value))) <= Decimal("0.500001") * digit, f"{text}: {value}"


def assert_says(alt: str, phrases: Phrases) -> None:
    left = alt
    for phrase, rows in phrases:
        pattern = phrase.replace("{}", NUMBER)
        found = list(re.finditer(rf"(?<!\w){pattern}", alt))
        assert len(found) == len(rows), f"{phrase!r} is said {len(found)} times in: {alt}"
        for match, values in zip(found, rows, strict=True):
            for text, value in zip(match.groups(), values, strict=True):
                assert_is(text, value)
            left = left.replace(match[0], "", 1)
    assert not re.search(r"(?<!float)\d|∞|\binf\b", left), f"nobody has read: {left}"


@functools.cache
def printed(name: str, preset: str | None) -> tuple[Any, Any, BeautifulSoup, str]:
    widget = getattr(widgets, name)()
    widget = getattr(widgets, name)(**(widget.presets[preset] if preset else {}))
    drawn = engine().draw(str(widget._esm), widget._state(), LAYOUTS["wide"])
    names = [trait for trait in widget.trait_names(sync=True) if not trait.startswith("_")]
    state = {trait: getattr(widget, trait) for trait in names}
    module = importlib.import_module(f"explorables.test_{snake_case(name)}")
    return state, module.reference(state), BeautifulSoup(drawn, "html.parser"), described(widget)


# Its picture fits 41 models: two of its states are enough.
STATES = [
    (name, preset)
    for name in EXPLORABLES
    for preset in [None, *getattr(widgets, name)().presets]
    if name != "MapPrior" or preset in (None, "A stubborn prior")
]


@pytest.mark.parametrize(("name", "preset"), STATES)
def test_an_alt_text_says_the_numbers_of_its_state(name: str, preset: str | None) -> None:
    state, numbers, _, alt = printed(name, preset)
    assert_says(alt, SAID[name](state, numbers))


def test_an_exchange_in_an_alt_text_is_noticed() -> None:
    state, numbers, _, alt = printed("DivergenceBars", None)
    phrases = divergence_bars(state, numbers)
    exchanged = alt.replace("1.0114", "?").replace("0.6264", "1.0114").replace("?", "0.6264")
    for wrong in (exchanged, alt.replace("0.10", "0.11"), f"{alt} And 3 more."):
        with pytest.raises(AssertionError):
            assert_says(wrong, phrases)


# ---- The printed copy: its bars and its lengths ----


def bars_of(drawn: BeautifulSoup, role: str) -> np.ndarray:
    """Return the heights of a role's bars, from left to right, beside the scale's."""
    at = {
        tick["data-tick"]: float(tick["y"])
        for tick in drawn.select("text[data-tick^='y-p '], text[data-tick^='y-share ']")
    }
    axis = "y-share" if role == "entropy" else "y-p"
    low, high = (next(tick for tick in ticks if tick in at)
                 for ticks in ([f"{axis} 0"], [f"{axis} 1", f"{axis} 0.5"]))  # fmt: skip
    one = abs(at[low] - at[high]) / float(high.split()[1])
    found = [(float(bar["x"]), float(bar["height"])) for bar in drawn.select(f".bar.role-{role}")]
    return np.array([height / one for _, height in sorted(found)])


BARS = {
    "CodeBook": {"p": "p", "q": "q"},
    "DivergenceBars": {"p": "p", "q": "q"},
    "EntropyBars": {"p": "p", "entropy": "shares"},
    "LogSumExp": {"q": "q"},
    "SoftmaxGradient": {"p": "p", "q": "q"},
    "ThreeLosses": {"q": "q"},
}


@pytest.mark.parametrize(
    ("name", "preset"), [(name, preset) for name, preset in STATES if name in BARS]
)
def test_printed_bars_are_as_high_as_what_they_stand_for(name: str, preset: str | None) -> None:
    state, numbers, drawn, _ = printed(name, preset)
    for role, quantity in BARS[name].items():
        if role == "p" and state.get("view", "gradient") != "gradient":
            continue  # it is not shown there
        wanted = numbers.get(quantity, state.get(quantity))
        np.testing.assert_allclose(bars_of(drawn, role), wanted, atol=2e-3)


def test_printed_p_stands_to_the_left_of_q() -> None:
    _, _, drawn, _ = printed("DivergenceBars", None)
    bars = sorted(drawn.select(".bar"), key=lambda bar: float(bar["x"]))
    assert [bar["class"][1] for bar in bars] == ["role-p", "role-q"] * 3


@pytest.mark.parametrize("preset", [None, *widgets.DivergenceBars().presets])
def test_printed_lengths_lie_end_to_end(preset: str | None) -> None:
    _, numbers, drawn, _ = printed("DivergenceBars", preset)
    left, right = (float(x) for x in re.findall(
        r"[MH]([\d.]+)", drawn.select_one("path[data-tick^='x-length 0 ']")["d"]))  # fmt: skip
    full = float(drawn.select_one("path[data-tick^='x-length 0 ']")["data-tick"].split()[2])
    rows: dict[str, tuple[float, float, bool]] = {}
    for length in drawn.select("path.length[data-mark]"):
        quantity = length["data-mark"].split("width=")[1]
        start, end = (re.findall(r"[MH]([\d.]+)", length["d"]) or [0, 0])[:2]
        rows[quantity] = float(start), float(end), " l" in length["d"]
    assert list(rows) == ["cross_entropy", "entropy", "kl_divergence"]
    assert rows["cross_entropy"][0] == left

    def end_of(value: float) -> Any:
        return pytest.approx(left + value / full * (right - left), abs=0.02)

    h, kl, ce = (rows[name] for name in ("entropy", "kl_divergence", "cross_entropy"))
    if numbers["entropy"]:
        assert h[:2] == (left, end_of(numbers["entropy"]))
    if numbers["kl_divergence"]:
        assert kl[0] == (h[1] if numbers["entropy"] else left)
    for row in (ce, kl) if numbers["kl_divergence"] else (ce, h):
        if np.isfinite(numbers["cross_entropy"]):
            assert row[1] == end_of(numbers["cross_entropy"])
        else:
            assert row[1] > right
            assert row[2], "what is infinite has no torn edge"
