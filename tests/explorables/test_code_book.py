"""CodeBook in a browser, and its traits."""

from __future__ import annotations

import bisect
import itertools
import json
import math
import random
import re
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
import traitlets
from playwright.sync_api import Page

import crossentropy as ce
from crossentropy.coding import codewords, huffman_lengths, kraft_sum, shannon_lengths
from crossentropy.widgets import CodeBook
from crossentropy.widgets._modules import HERE, compose
from explorables.browser import (
    OpenPage,
    assert_agrees,
    described,
    grip,
    handle,
    open_drawer,
    read,
    settle,
    take_preset,
    value_of,
)

LENGTHS = {
    "Huffman": lambda state: huffman_lengths(state["q"]),
    "Shannon": lambda state: shannon_lengths(state["q"]),
    "by hand": lambda state: np.array(state["lengths"], dtype=float),
}


@cache
def uniforms(seed: int) -> list[float]:
    """10,000 numbers of mulberry32, one whole number of Python's after another."""
    numbers = []
    state, most = seed, 2**32
    for _ in range(10_000):
        state = (state + 0x6D2B79F5) % most
        t = ((state ^ (state >> 15)) * (state | 1)) % most
        t ^= (t + ((t ^ (t >> 7)) * (t | 61)) % most) % most
        numbers.append((t ^ (t >> 14)) / most)
    return numbers


def message(state: dict[str, Any]) -> list[int]:
    ends = list(itertools.accumulate(state["p"]))
    last = max(k for k, pk in enumerate(state["p"]) if pk > 0)
    sent = uniforms(state["seed"])[: state["sent"]]
    return [min(bisect.bisect_right(ends, u), last) for u in sent]


def reference(state: dict[str, Any]) -> dict[str, Any]:
    p, q = state["p"], state["q"]
    n = LENGTHS[state["code"]](state)
    symbols = message(state)
    return {
        "expected_bits": sum(pk * nk for pk, nk in zip(p, n, strict=True) if pk > 0),
        "bits_per_symbol": np.mean([n[k] for k in symbols]) if symbols else np.nan,
        "cross_entropy": ce.cross_entropy(p, q, base=2),
        "entropy": ce.entropy(p, base=2),
        "kl_divergence": ce.kl_divergence(p, q, base=2),
        "kraft_sum": float(sum(Fraction(1, 2 ** int(nk)) for nk in n if math.isfinite(nk))),
        "lengths": n,
        "counts": np.bincount(symbols, minlength=len(p)) if symbols else np.zeros(len(p)),
    }


# ---- The same code, the same message ----


def models() -> list[list[float]]:
    """Distributions of two to eight classes: with ties, with zeros, and far from even."""
    rng = np.random.default_rng(3)
    found = [[1 / k] * k for k in range(2, 9)]
    found += [[1 / 3, 1 / 3, 1 / 6, 1 / 6], [0.1, 0.2, 0.3, 0.4], [0.3, 0.1, 0.2, 0.4]]
    found += [[0.0, 1.0, 0.0], [0.5, 0.5, 1e-17], [0.25, 0.75 - 1e-9, 1e-9], [1.0, 5e-324]]
    for _ in range(600):
        k = int(rng.integers(2, 9))
        ties = rng.integers(0, 4, k)
        ties[rng.integers(k)] += 1
        found += [list(ties / ties.sum()), list(rng.dirichlet(np.full(k, 0.3)))]
    return found


def test_the_browsers_codes_are_pythons(context: Any) -> None:
    page = context.new_page()
    page.evaluate(
        """async source => { window.coding = await import(
             URL.createObjectURL(new Blob([source], {type: 'text/javascript'}))); }""",
        compose(HERE / "lib" / "coding.js"),
    )
    text = page.evaluate(
        """models => JSON.stringify(models.map(q =>
             ['huffmanLengths', 'shannonLengths'].map(name => {
               const lengths = window.coding[name](q);
               return [lengths.map(n => n === Infinity ? 'inf' : n),
                       window.coding.codewords(lengths), window.coding.overspends(lengths)];
             })))""",
        models(),
    )
    for q, found in zip(models(), json.loads(text), strict=True):
        for lengths, (seen, words, over) in zip(
            (huffman_lengths(q), shannon_lengths(q)), found, strict=True
        ):
            assert [float(n) for n in seen] == lengths.tolist(), q
            assert words == codewords(lengths), q
            assert over is False
    assert page.evaluate("window.coding.overspends([1, 2, 3, 3])") is False
    assert page.evaluate("window.coding.overspends([1, 2, 3, 3, 1000])") is True


def test_the_first_six_symbols_are_the_courses_photographs(explorable: OpenPage) -> None:
    page = explorable("CodeBook", q=[1 / 2, 1 / 4, 1 / 4])
    seen = read(page)
    assert message(seen["state"]) == [0, 0, 1, 0, 2, 1]
    assert seen["quantities"]["bits_per_symbol"] == 1.5  # nine bits
    assert stream(page) == ["0", "0", "10", "0", "11", "10"]


def test_the_length_is_named_only_where_it_is_not_the_cross_entropy(
    explorable: OpenPage,
) -> None:
    page = explorable("CodeBook")  # q is of halves: Huffman's words cost H(p, q)
    texts = page.locator(".stage text")
    assert "H(p, q) 1.83" in texts.all_text_contents()
    assert not [text for text in texts.all_text_contents() if text.startswith("length L")]
    assert "bits a symbol; mean of 6: 1.83" in texts.all_text_contents()
    take_preset(page, "A wrong code")
    settle(page)
    price = read(page)["quantities"]["expected_bits"]
    assert {"H(p, q) 3.13", f"length L {price:.2f}"} <= set(texts.all_text_contents())


def test_the_words_in_a_panel_of_means_stay_inside(explorable: OpenPage) -> None:
    page = explorable("CodeBook")
    page.add_style_tag(content="main { max-width: 624px }")  # as in the book
    settle(page)
    words = page.get_by_text("no prefix code is this short", exact=True).bounding_box()
    panel = page.locator('[data-mark="x-sent y-sent top=entropy"]').bounding_box()
    spilled = 4  # the band reaches out of the panel, which cuts it off
    assert panel["x"] + spilled <= words["x"]
    assert words["x"] + words["width"] <= panel["x"] + panel["width"] - spilled


def choose_code(page: Page, code: str) -> None:
    if not page.get_by_role("combobox").is_visible():
        open_drawer(page)
    page.get_by_role("combobox").select_option(code)
    settle(page)


def show(page: Page, view: str) -> None:
    page.locator(f'[data-view="{view}"]').click()
    settle(page)


def stream(page: Page) -> list[str]:
    """The words at the end of the message, as they are shown."""
    return page.evaluate(
        """() => [...document.querySelectorAll('rect.share[height="20"]')]
             .filter(rect => Number(rect.getAttribute('width')) > 0)
             .map(rect => rect.nextElementSibling.textContent)"""
    )


def test_python_draws_the_same_message(explorable: OpenPage) -> None:
    for seed in (0, 2129, 2**32 - 1):
        page = explorable("CodeBook", p=[0.0, 0.7, 0.3], sent=10_000, seed=seed)
        seen = read(page)
        assert_agrees(seen, reference)
        book = CodeBook(**seen["state"])
        mean = seen["quantities"]["bits_per_symbol"]
        assert f"cost {mean:.4f} bits" in described(book)


@pytest.mark.parametrize("code", ["Huffman", "Shannon", "by hand"])
def test_the_mean_of_many_symbols_is_near_the_price(code: str, explorable: OpenPage) -> None:
    page = explorable("CodeBook", q=[0.2, 0.7, 0.1], code=code, lengths=[1, 3, 4], sent=10_000)
    numbers = read(page)["quantities"]
    p, n = np.array([1 / 2, 1 / 3, 1 / 6]), np.array(numbers["lengths"])
    deviation = math.sqrt((p @ n**2 - (p @ n) ** 2) / 10_000)
    assert abs(numbers["bits_per_symbol"] - numbers["expected_bits"]) < 3 * deviation


# ---- What is promised, and what is not ----


def test_shannons_price_stays_within_the_band_whatever_is_dragged(explorable: OpenPage) -> None:
    page = explorable("CodeBook", code="Shannon")
    rng = random.Random(5)
    for _ in range(25):
        h = f"{rng.choice('pq')}:{rng.randrange(3)}"
        handle(page, h).press(rng.choice(["PageUp", "PageDown", "ArrowUp", "ArrowDown", "Home"]))
        settle(page)
        numbers = read(page)["quantities"]
        price, bits = (float(numbers[name]) for name in ("expected_bits", "cross_entropy"))
        assert price == bits if math.isinf(bits) else bits - 1e-12 <= price < bits + 1
        assert numbers["kraft_sum"] <= 1


def test_the_band_is_drawn_for_shannon_alone(explorable: OpenPage) -> None:
    page = explorable("CodeBook", code="Shannon")
    assert float(page.locator(".band").get_attribute("height")) > 0
    assert "H(p, q) + 1" in read(page)["text"]
    choose_code(page, "Huffman")
    assert page.locator(".band").get_attribute("height") == "0"
    assert "H(p, q) + 1" not in read(page)["text"]


def test_huffman_may_miss_the_cross_entropy_and_says_so(explorable: OpenPage) -> None:
    page = explorable("CodeBook", p=[0.0, 0.0, 1.0], q=[0.5, 0.499, 0.001])
    seen = read(page)
    assert seen["quantities"]["expected_bits"] == 2
    assert "9.9658 − 7.9658" in seen["text"]  # H(p, q), and what rounding saves
    assert seen["ledger"] == ["2.0000"] * 3


def test_a_class_without_a_word_costs_infinitely_many_bits(explorable: OpenPage) -> None:
    page = explorable("CodeBook", q=[0.6, 0.4, 0.0], sent=4)
    seen = read(page)
    assert seen["quantities"]["lengths"] == [1, 1, "Infinity"]
    assert seen["quantities"]["bits_per_symbol"] == 1  # no fox yet
    assert seen["ledger"] == ["∞"] * 3
    handle(page, "sent").press("ArrowUp")  # the fox
    settle(page)
    seen = read(page)
    assert seen["quantities"]["bits_per_symbol"] == "Infinity"
    assert page.locator('[data-quantity="bits_per_symbol"]').inner_text() == "∞"
    assert stream(page)[-1] == "∞"
    show(page, "words")
    assert "no word" in read(page)["text"]


def test_a_class_that_never_comes_costs_nothing(explorable: OpenPage) -> None:
    page = explorable("CodeBook", p=[0.5, 0.5, 0.0], q=[0.5, 0.5, 0.0])
    assert read(page)["ledger"] == ["1.0000"] * 3


def test_what_is_certain_need_not_be_said(explorable: OpenPage) -> None:
    page = explorable("CodeBook", p=[0.0, 1.0, 0.0], q=[0.0, 1.0, 0.0], view="words")
    seen = read(page)
    assert seen["quantities"]["kraft_sum"] == 1
    assert seen["ledger"] == ["0.0000"] * 3
    assert "the empty word" in seen["text"]


def test_before_the_first_symbol_there_is_no_mean(explorable: OpenPage) -> None:
    page = explorable("CodeBook", sent=0)
    assert page.locator('[data-quantity="bits_per_symbol"]').inner_text() == "–"
    assert read(page)["quantities"]["bits_per_symbol"] is None
    assert "nothing sent yet" in read(page)["text"]
    handle(page, "q:0").press("PageUp")  # whatever the code is
    settle(page)
    assert prices(page) == ["–"] * 5
    assert page.locator(".price").get_attribute("d") == ""
    assert page.locator(".curve.role-q").get_attribute("d") == ""
    assert not re.search(r"\bL \d|H\(p, q\) \d", read(page)["text"])
    handle(page, "sent").press("ArrowUp")
    settle(page)
    assert read(page)["state"]["sent"] == 1
    assert_agrees(read(page), reference)
    numbers = read(page)["quantities"]
    price, bits = (f"{numbers[name]:.4f}" for name in ("expected_bits", "cross_entropy"))
    assert prices(page) == [price, bits, price, price, price]
    assert page.locator(".price").get_attribute("d") != ""
    assert page.locator(".curve.role-q").get_attribute("d") != ""


def prices(page: Page) -> list[str]:
    """What the picture answers to its own question: two readouts, and the lines of the ledger."""
    shown = [
        page.locator(f'[data-quantity="{name}"]').inner_text()
        for name in ("expected_bits", "cross_entropy")
    ]
    return shown + read(page)["ledger"]


def test_the_static_picture_keeps_the_answer_to_itself_too() -> None:
    before, after = (described(CodeBook(sent=sent)) for sent in (0, 1))
    assert "1.8333" not in before  # what this code costs
    assert "1.8333" in after


def test_words_too_long_for_the_picture_are_cut_short(explorable: OpenPage) -> None:
    page = explorable("CodeBook", q=[1 - 1e-9, 1e-9 - 1e-17, 1e-17], code="Shannon")
    seen = read(page)
    assert_agrees(seen, reference)
    assert seen["quantities"]["lengths"] == [1, 30, 57]
    assert len(set(seen["ledger"])) == 1
    assert "100000000…" in seen["text"]


def averages(page: Page) -> list[str]:
    """What the words cost on average, and what q asks for."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.stage text')].map(text => text.textContent)
             .slice(-2)"""
    )


def test_the_words_cost_on_average_what_the_message_settles_at(explorable: OpenPage) -> None:
    page = explorable("CodeBook", q=[0.05, 0.15, 0.8], code="Shannon", view="words")
    assert averages(page) == ["3.67", "3.13"]
    page.evaluate("document.querySelector('figure').explorable.set('sent', 0)")
    settle(page)
    assert averages(page) == ["–", "–"]  # the message is about to ask


def test_the_views_share_the_bars_and_keep_the_state(explorable: OpenPage) -> None:
    page = explorable("CodeBook")
    handle(page, "q:0").press("PageUp")
    state = read(page)["state"]
    show(page, "words")
    assert read(page)["state"] == state | {"view": "words"}
    assert value_of(page, "q:0") == state["q"][0]
    assert page.get_by_role("button", name="Run").is_hidden()  # nothing arrives there
    handle(page, "q:0").press("PageUp")
    show(page, "message")
    assert value_of(page, "q:0") == pytest.approx(state["q"][0] + 0.1)


# ---- By hand ----


def test_the_grips_are_there_by_hand_alone(explorable: OpenPage) -> None:
    page = explorable("CodeBook", view="words")
    assert page.locator('[data-handle^="lengths"]').count() == 0
    choose_code(page, "by hand")
    assert page.locator('[data-handle^="lengths"]').count() == 3
    assert read(page)["quantities"]["lengths"] == [2, 2, 2]
    choose_code(page, "Shannon")
    assert page.locator('[data-handle^="lengths"]').count() == 0


def test_the_budget_cannot_be_overspent(explorable: OpenPage) -> None:
    page = explorable("CodeBook", code="by hand", view="words")
    rng = random.Random(9)
    seen = []
    for step in range(20):
        h = f"lengths:{rng.randrange(3)}"
        if step % 3:
            x, y = grip(page, h)
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + rng.gauss(0, 60), y, steps=2)
            page.mouse.up()
        else:
            handle(page, h).press(rng.choice(["Home", "End", "ArrowLeft", "PageDown", "ArrowUp"]))
        settle(page)
        seen.append(read(page))
    for one in seen:
        assert kraft_sum(one["state"]["lengths"]) <= 1
        assert_agrees(one, reference)
        assert len(set(one["ledger"])) == 1, one["ledger"]
    assert len({tuple(one["state"]["lengths"]) for one in seen}) > 10


def test_a_length_that_would_overspend_is_refused_and_the_handle_stops(
    explorable: OpenPage,
) -> None:
    page = explorable("CodeBook", code="by hand", lengths=[2, 2, 2], view="words")
    handle(page, "lengths:0").press("ArrowLeft")  # the last quarter of the budget
    assert value_of(page, "lengths:0") == 1
    assert "all of it is spent" in read(page)["text"]
    handle(page, "lengths:2").press("Home")
    assert value_of(page, "lengths:2") == 2
    assert "No: 1 bit for fox would cost 1/2, and 1/4 is left" in read(page)["text"]
    x, y = grip(page, "lengths:2")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 200, y, steps=4)
    assert value_of(page, "lengths:2") == 2
    page.mouse.move(x + 23, y, steps=4)
    page.mouse.up()
    assert value_of(page, "lengths:2") == 3
    text = read(page)["text"]
    assert "No:" not in text
    assert "1/8 is not spent" in text


def test_a_code_by_hand_is_the_code_of_its_own_model(explorable: OpenPage) -> None:
    page = explorable("CodeBook", p=[0.2, 0.3, 0.5], code="by hand", lengths=[1, 3, 3])
    r = np.array([1 / 2, 1 / 8, 1 / 8]) / 0.75
    price = ce.cross_entropy([0.2, 0.3, 0.5], r, base=2) + math.log2(1 / 0.75)
    seen = read(page)
    assert seen["quantities"]["expected_bits"] == pytest.approx(price, rel=1e-12)
    assert seen["ledger"] == [f"{price:.4f}"] * 3
    # Its words do not hear of q: not even a class that q rules out loses its own.
    handle(page, "q:0").press("Home")
    settle(page)
    assert read(page)["quantities"]["expected_bits"] == seen["quantities"]["expected_bits"]
    assert read(page)["ledger"] == seen["ledger"]


# ---- Run ----


def test_run_sends_on_while_q_changes_until_it_is_paused(explorable: OpenPage) -> None:
    page = explorable("CodeBook", sent=0)
    page.get_by_role("button", name="Run").click()
    page.wait_for_function("document.querySelector('figure').explorable.get('sent') > 5")
    handle(page, "q:0").press("PageUp")
    page.wait_for_function("document.querySelector('figure').explorable.get('sent') > 10")
    page.get_by_role("button", name="Pause").click()
    settle(page)
    seen = read(page)
    assert seen["state"]["q"][0] == 0.35
    assert_agrees(seen, reference)
    page.wait_for_timeout(150)
    assert read(page)["state"]["sent"] == seen["state"]["sent"]


def test_run_sends_all_at_once_for_who_asks_for_less_motion(explorable: OpenPage) -> None:
    page = explorable("CodeBook")
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Run").click()
    settle(page)
    seen = read(page)
    assert (seen["state"]["sent"], seen["state"]["seed"]) == (10_000, 2129)
    assert_agrees(seen, reference)
    page.get_by_role("button", name="Run").click()
    settle(page)
    again = read(page)
    assert (again["state"]["sent"], again["state"]["seed"]) == (10_000, 2130)
    assert again["quantities"]["counts"] != seen["quantities"]["counts"]
    assert_agrees(again, reference)


# ---- What is refused ----


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"lengths": [1, 1, 1]}, "CodeBook: lengths spend 1.5 of Kraft's budget"),
        ({"lengths": [1, 2, 11]}, r"CodeBook: lengths\[2\] is 11; .* from 1 to 10"),
        ({"lengths": [0, 2, 2]}, r"CodeBook: lengths\[0\] is 0; .* from 1 to 10"),
        ({"lengths": [2, 2.5, 2]}, r"CodeBook: lengths\[1\] is 2.5; .* whole number"),
        ({"lengths": [2, "2", 2]}, r"CodeBook: lengths\[1\] is '2'"),
        ({"lengths": 2}, "CodeBook: lengths is 2; it must be a list"),
        ({"lengths": [1]}, "CodeBook: lengths has 1 entries; two are the least"),
        ({"lengths": [2, 2]}, "CodeBook: lengths has 2 entries and p has 3"),
        ({"sent": 10_001}, "CodeBook: sent is 10001; .* from 0 to 10,000"),
        ({"sent": -1}, "CodeBook: sent is -1"),
        ({"sent": 1.5}, "CodeBook: sent is 1.5"),
        ({"sent": True}, "CodeBook: sent is True"),
        ({"lengths": [True, 2, 2]}, r"CodeBook: lengths\[0\] is True"),
        ({"seed": 2**32}, "CodeBook: seed is 4294967296; .* from 0 to 4,294,967,295"),
        (
            {"code": "Morse"},
            "CodeBook: code is 'Morse'; it must be 'Huffman', 'Shannon' or",
        ),
        ({"q": [0.5, 0.6, 0.0]}, "CodeBook: q sums to 1.1, not 1"),
    ],
)
def test_a_bad_state_is_refused_with_the_reason(state: dict[str, Any], reason: str) -> None:
    with pytest.raises(traitlets.TraitError, match=re.compile(reason, re.DOTALL)):
        CodeBook(**state)


def test_the_lengths_by_hand_start_equal(explorable: OpenPage) -> None:
    for classes, bits in ((2, 1), (3, 2), (4, 2), (5, 3)):
        even = [1 / classes] * classes
        book = CodeBook(p=even, q=even, labels=list("abcde")[:classes])
        assert book.lengths == (bits,) * classes
