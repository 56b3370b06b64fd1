"""The check: never an exception, always a reason, and every form of a right answer."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossentropy import check
from crossentropy.exercises import Exercise

# The logarithm of each entry, of a list of any length; the mistakes are two bases and an epsilon.
LOGARITHMS = Exercise(
    lambda numbers: np.log(numbers),
    {
        "use log base 2": lambda numbers: np.log2(numbers),
        "use log base 10": lambda numbers: np.log10(numbers),
        "add an epsilon": lambda numbers: np.log(np.add(numbers, 1e-9)),
    },
    [([1.0, 2.0],), ([0.5, 0.0, 3.0],), ([1e-300],)],
)
BY_HAND = Exercise(lambda: math.pi, {"halve it": lambda: math.pi / 2}, digits=2)


@pytest.mark.parametrize(
    "answer",
    [
        np.log,
        lambda numbers: [math.log(x) if x else -math.inf for x in numbers],
        lambda numbers: tuple(float(np.log(x)) for x in numbers),
        lambda numbers: (np.log(x) for x in numbers),
        lambda numbers: np.log(numbers).astype(object),
        lambda numbers: np.log(numbers).astype(np.float32),
        lambda x: math.log(x) if x else -math.inf,  # one number at a time
        lambda x: [Decimal(math.log(x)) if x else Decimal("-Infinity")][0],
    ],
)
def test_a_right_answer_is_right_in_whatever_form_it_comes(answer) -> None:
    assert LOGARITHMS.judge(answer) == "Correct."


@pytest.mark.parametrize("answer", [3.14, 3.141, math.pi, Fraction(22, 7), Decimal("3.14"), [3.14]])
def test_an_answer_by_hand_is_compared_to_the_digits_that_are_asked_for(answer) -> None:
    assert BY_HAND.judge(answer) == "Correct."
    assert BY_HAND.judge(lambda: answer) == "Correct."


def test_a_rounded_answer_is_told_that_digits_are_missing() -> None:
    said = BY_HAND.judge(3.1)
    assert said.startswith("Not yet")
    assert "2 digits after the point" in said
    assert "digits" not in BY_HAND.judge(3.3)


def test_the_first_mistake_that_agrees_on_all_inputs_is_named() -> None:
    assert "if you use log base 2" in LOGARITHMS.judge(np.log2)
    assert "if you add an epsilon" in LOGARITHMS.judge(lambda x: np.log(np.add(x, 1e-9)))
    assert "if you halve it. Your answer is 1.571." in BY_HAND.judge(1.5707963267948966)


def test_else_the_input_is_named_and_what_came_of_it() -> None:
    said = LOGARITHMS.judge(lambda numbers: np.log(np.maximum(numbers, 1e-20)))
    assert "for numbers = [0.5, 0, 3] your function returns [-0.6931, -46.05, 1.099]" in said
    assert "right for 1 of 3 inputs" in said


def test_a_question_has_no_full_stop_after_it() -> None:
    assert BY_HAND.judge(lambda: None).endswith("is a `return` missing?")


@pytest.mark.parametrize(
    ("returned", "verdict"),
    [(0.0, "Correct."), (-0.0, "Not yet: your answer is -0."), (math.nan, "Not")],
)
def test_a_minus_before_a_zero_is_wrong_where_the_sign_counts(returned, verdict) -> None:
    nothing = Exercise(lambda: 0.0, {"do nothing": lambda: 1.0}, signed_zero=True)
    assert nothing.judge(lambda: returned).startswith(verdict)


def test_what_was_raised_is_said_with_its_line() -> None:
    def answer(numbers):
        return 1 / 0

    said = LOGARITHMS.judge(answer)
    assert "raised ZeroDivisionError: division by zero, in the line `return 1 / 0`" in said


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "is a `return` missing?"),
        ("many", "no number"),
        (1j, "no number"),
        ([None, None], "no number"),
        ({}, "no number"),
        (np.ma.masked_array([0.0, 1.0], [True, False]), "masked"),
        ([1.0, 2.0, 3.0], "shape (3,); it should have shape (2,)"),
        ([[1.0, 2.0]], "shape (1, 2)"),
        (math.nan, "shape ()"),
    ],
)
def test_what_came_in_place_of_a_number_is_said(returned, words) -> None:
    said = LOGARITHMS.judge(lambda numbers: returned)
    assert said.startswith("Not yet")
    assert words in said


def test_enough_digits_are_shown_to_see_the_difference() -> None:
    exact = Exercise(lambda: 2.16096, {})
    assert "your answer is 2.161." in exact.judge(2.161)
    assert "your answer is 2.16097." in exact.judge(2.16097)


def test_where_something_else_is_compared_the_answer_itself_is_shown() -> None:
    clipped = Exercise(
        lambda: 0.5,
        {"take a quarter": lambda: 0.25},
        compared=lambda share: np.array([max(min(float(share), 1.0), 0.0), 0.0]),
    )
    assert clipped.judge(0.5) == "Correct."
    for answer, shown in [
        ((0, 773), "[0, 773]"),
        ([77.3, 1.0, 2.0], "[77.3, 1, 2]"),
        (77.3, "77.3"),
        (math.nan, "nan"),
        (math.inf, "inf"),
    ]:
        assert clipped.judge(answer) == f"Not yet: your answer is {shown}."
    assert clipped.judge(0.25).endswith("if you take a quarter. Your answer is 0.25.")


def test_half_precision_is_too_coarse_to_be_right() -> None:
    said = LOGARITHMS.judge(lambda numbers: np.log(numbers).astype(np.float16))
    assert "returns numbers in float16, which holds three digits of them" in said


def test_what_is_right_is_not_printed() -> None:
    assert "3.14" not in BY_HAND.judge(0.0)


def test_a_value_in_place_of_a_function_is_told_so() -> None:
    assert "without parentheses" in LOGARITHMS.judge([0.0, 0.69])


def test_an_answer_may_write_to_what_it_is_given() -> None:
    def answer(numbers):
        numbers[0] = np.log(numbers[0])
        numbers[1:] = [np.log(x) for x in numbers[1:]]
        return numbers

    assert LOGARITHMS.judge(answer) == "Correct."
    assert LOGARITHMS.judge(answer) == "Correct."


def test_an_answer_for_one_number_at_a_time_may_write_too() -> None:
    roots = Exercise(lambda numbers, notes: np.sqrt(numbers), {}, [([1.0, 4.0], {}), ([9.0], {})])

    def answer(number, notes):
        notes["seen"] = number
        return math.sqrt(number)

    assert roots.judge(answer) == "Correct."
    assert roots.inputs == [([1.0, 4.0], {}), ([9.0], {})]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.complex_numbers() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    )
)
def test_whatever_is_handed_in_gets_an_answer(value) -> None:
    for exercise in (LOGARITHMS, BY_HAND):
        assert exercise.judge(value)
        assert exercise.judge(lambda *_: value)


class Spiteful:
    def __array__(self, *_, **__):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("never")


@pytest.mark.parametrize(
    "answer", [lambda: exit(), lambda *_: 1 / 0, int, Spiteful(), lambda *_: Spiteful(), "text"]
)
def test_nothing_stops_the_notebook(answer) -> None:
    for exercise in (LOGARITHMS, BY_HAND):
        assert exercise.judge(answer).startswith("Not yet")


def test_a_name_that_is_none_is_told_the_nearest() -> None:
    assert "Did you mean 'ex-ent-1'?" in check("ex-ent1", 0.0)
    assert "Did you mean '1-entropy/row-entropies'?" in check("row-entropies", 0.0)
    assert check(["ex-ent-1"], 0.0).startswith("Not yet")


def test_a_notebook_shows_a_verdict_without_quotation_marks() -> None:
    assert repr(check("ex-ent-1", 2.161)) == "Correct."


PAIRS = Exercise(
    lambda numbers: (np.sum(numbers), np.cumsum(numbers)),
    {"forget the last": lambda numbers: (np.sum(numbers[:-1]), np.cumsum(numbers[:-1]))},
    [(np.array([1.0, 2.0]),), (np.array([[3.0]]),)],
)


@pytest.mark.parametrize(
    "answer",
    [
        lambda numbers: 3.0,  # a number in place of a pair
        lambda numbers: [],
        lambda numbers: np.sum(numbers),
        lambda numbers: (np.sum(numbers), (1, 2), 3),
    ],
)
def test_an_answer_of_another_form_than_a_pair_is_refused(answer) -> None:
    assert PAIRS.judge(answer).startswith("Not yet")


def test_an_answer_that_makes_too_much_of_each_number_is_refused() -> None:
    doubles = Exercise(lambda x: 2 * x, {"halve": lambda x: x / 2}, [(np.array([1.0, 2.0, 3.0]),)])

    def three_of_each(x):
        if np.ndim(x) > 0:
            raise ValueError("one at a time")
        return [x, x, x]

    assert doubles.judge(three_of_each).startswith("Not yet")


def test_arguments_may_be_lists_of_unequal_arrays() -> None:
    lengths = Exercise(
        lambda parts: sum(len(part) for part in parts),
        {"count the parts": len},
        [([np.zeros(2), np.zeros(3)],), ([np.zeros(1)],)],
    )
    assert lengths.judge(lambda parts: len(np.concatenate(parts))) == "Correct."
    assert lengths.judge(lambda parts: parts.size).startswith("Not yet")
