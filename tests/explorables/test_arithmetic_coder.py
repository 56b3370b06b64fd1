"""ArithmeticCoder in a browser, and its traits."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction
from typing import Any

import pytest
import traitlets

import crossentropy as ce
from crossentropy.arithmetic import arithmetic_encode
from crossentropy.widgets import ArithmeticCoder
from crossentropy.widgets._drawing import engine
from crossentropy.widgets._modules import HERE, compose
from explorables.browser import OpenPage, grip, handle, read, settle

State = dict[str, Any]


def edges(q: Any) -> list[Fraction]:
    """Where the parts of [0, 1) begin and end, exactly."""
    last = max(k for k, qk in enumerate(q) if qk > 0)
    inner = [min(Fraction(end), Fraction(1)) for end in itertools.accumulate(q)][:last]
    return [Fraction(0), *inner, *[Fraction(1)] * (len(q) - last)]


def letters(state: State) -> list[int]:
    return list(state["text"])[: state["coded"]]


def interval(q: Any, symbols: list[int]) -> tuple[Fraction, Fraction]:
    """The lower end and the width of what some symbols leave of [0, 1), exactly."""
    ends, low, width = edges(q), Fraction(0), Fraction(1)
    for k in symbols:
        low, width = low + width * ends[k], width * (ends[k + 1] - ends[k])
    return low, width


def shortest(low: Fraction, width: Fraction) -> tuple[int, int]:
    """The bits of the shortest word whose interval lies within, and what they spell."""
    for bits in itertools.count():
        number = math.ceil(low * 2**bits)
        if Fraction(number + 1, 2**bits) <= low + width:
            return bits, number
    raise AssertionError


def fixed(low: Fraction, width: Fraction) -> int:
    """How many bits all numbers of an interval begin with."""
    return max(
        bits
        for bits in range(math.ceil(-math.log2(width)) + 1)
        if math.floor(low * 2**bits) + 1 >= (low + width) * 2**bits
    )


def reference(state: State) -> State:
    symbols = letters(state)
    low, width = interval(state["q"], symbols)
    shares = [symbols.count(k) / max(len(symbols), 1) for k in range(len(state["q"]))]
    return {
        "low": float(low),
        "high": float(low + width),
        "width": float(width),
        "loss": -math.log2(width) if width else math.inf,
        "least_loss": len(symbols) * ce.entropy(shares, base=2) if symbols else 0,
        "bits_fixed": fixed(low, width) if width else math.nan,
        "file_bits": shortest(low, width)[0] if width else math.inf,
    }


# ---- The same file as the course's coder ----


def states(count: int) -> list[State]:
    rng = random.Random(5)
    found = []
    for _ in range(count):
        size = rng.randint(2, 4)
        cuts = sorted(rng.choice([rng.random(), rng.randrange(17) / 16]) for _ in range(size - 1))
        q = [b - a for a, b in itertools.pairwise([0, *cuts, 1])]
        text = [rng.choice([k for k in range(size) if q[k]]) for _ in range(rng.randint(1, 6))]
        found.append({"q": q, "text": text, "coded": rng.randint(0, 6)})
    return found


def test_the_browsers_files_are_as_short_as_can_be() -> None:
    many = states(300)
    source = compose(HERE / "lib" / "arithmetic.js")
    asked = f"""{[[s["q"], letters(s)] for s in many]}.map(([q, symbols]) => {{
        const {{ word, fixed }} = coding(edgesOf(q), symbols);
        return [word, fixed];
    }})"""
    for state, (word, count) in zip(many, engine().evaluate(source, asked), strict=True):
        low, width = interval(state["q"], letters(state))
        bits, number = shortest(low, width)
        assert word == (f"{number:0{bits}b}" if bits else ""), state
        assert count == fixed(low, width), state
        assert -math.log2(width) - 1e-9 <= bits < -math.log2(width) + 2, "the theorem of chapter 7"


@pytest.mark.parametrize("preset", ArithmeticCoder().presets)
def test_the_file_is_what_the_coder_of_the_course_writes(preset: str) -> None:
    state = ArithmeticCoder().presets[preset]
    symbols, q = letters(state), state["q"]
    if any(q[k] == 0 for k in symbols):
        with pytest.raises(ValueError, match="no file is long enough"):
            arithmetic_encode(symbols, lambda before: q)
    else:
        code = arithmetic_encode(symbols, lambda before: q)
        assert code.bits == reference(state)["file_bits"]


# ---- Cuts ----


def test_a_cut_pushes_the_others_along_and_a_drag_back_forgets_nothing(
    explorable: OpenPage,
) -> None:
    page = explorable("ArithmeticCoder", q=[0.2, 0.3, 0.5])
    handle(page, "cut:0").press("End")
    settle(page)
    assert read(page)["state"]["q"] == [1, 0, 0]
    handle(page, "cut:1").press("Home")
    settle(page)
    seen = read(page)
    assert seen["state"]["q"] == [0, 0, 1]
    assert seen["quantities"]["file_bits"] == "Infinity"
    assert "nothing is left" in seen["text"]
    assert seen["ledger"] == ["∞", "∞", "∞"]
    page.get_by_role("button", name="Reset").click()
    settle(page)
    x, y = grip(page, "cut:0")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(2000, y, steps=3)
    settle(page)
    assert read(page)["state"]["q"] == [1, 0, 0]
    page.mouse.move(x, y, steps=3)
    page.mouse.up()
    settle(page)
    assert read(page)["state"]["q"] == [0.2, 0.3, 0.5]


def test_the_prompt_answers_when_q_is_the_texts_shares(explorable: OpenPage) -> None:
    page = explorable("ArithmeticCoder", q=[0.5, 0.3, 0.2])
    handle(page, "cut:1").press("PageDown")
    settle(page)
    assert page.locator(".prompt").inner_text() == ArithmeticCoder().prompt
    for key in ("PageUp", "ArrowUp", "ArrowUp", "ArrowUp"):
        handle(page, "cut:1").press(key)
    settle(page)
    assert page.locator(".prompt").inner_text() == ArithmeticCoder().reply


def test_letters_are_coded_one_after_another(explorable: OpenPage) -> None:
    page = explorable("ArithmeticCoder", q=[0.5, 0.25, 0.25], coded=0)
    found = []
    for _ in range(6):
        handle(page, "coded").press("ArrowRight")
        settle(page)
        found.append(read(page)["quantities"]["file_bits"])
    assert found == [1, 2, 4, 5, 7, 9]  # whole bits, as a prefix code has them
    handle(page, "coded").press("ArrowRight")
    settle(page)
    assert read(page)["state"]["coded"] == 6


# ---- Bad states ----

BAD: dict[str, tuple[State, str]] = {
    "letter": ({"text": [0, 3]}, r"text\[1\] is 3; with 3 labels it must be 2 at most"),
    "no letters": ({"text": []}, "text is empty"),
    "too many letters": ({"text": [0] * 7}, "text has 7 entries; 6 are the most"),
    "coded": ({"coded": 7}, "coded is 7; it must be a whole number from 0 to 6"),
    "labels": ({"labels": ["a", "b"]}, "q has 3 entries and labels has 2"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_state_that_makes_no_sense_is_refused(case: str) -> None:
    state, complaint = BAD[case]
    with pytest.raises(traitlets.TraitError, match=complaint):
        ArithmeticCoder(**state)
