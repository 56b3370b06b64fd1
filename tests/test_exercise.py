"""Checks of exercises: never an exception, always a reason."""

import numpy as np
import pytest

from crossentropy import check

MISTAKES = {"used log base 2": 1.0}


def test_the_right_answer_is_correct() -> None:
    assert check(np.log(2), 0.6931471805599453, MISTAKES) == "Correct."


def test_a_known_mistake_is_named() -> None:
    assert "used log base 2" in check(1.0, np.log(2), MISTAKES)


def test_an_unknown_mistake_shows_the_answer() -> None:
    assert check(0.0, np.log(2), MISTAKES) == "Not yet: your answer is 0."


@pytest.mark.parametrize("answer", [None, "many", [1.0, 2.0], {}, np.nan, object(), [[1], [2, 3]]])
def test_whatever_is_handed_in_gets_an_answer(answer: object) -> None:
    assert check(answer, 1.0).startswith("Not yet")


def test_a_mistake_may_be_nan() -> None:
    assert "forgot 0 log 0" in check(np.nan, 0.0, {"forgot 0 log 0": np.nan})


def test_an_answer_of_the_wrong_shape_is_told_so_even_if_its_numbers_are_right() -> None:
    assert "shape (2,)" in check([1.0, 1.0], 1.0)
