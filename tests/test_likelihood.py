import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss
from strategies import distributions, exactly, quick

from crossentropy import (
    cross_entropy,
    empirical_distribution,
    entropy,
    kl_divergence,
    likelihood,
    log_likelihood,
    negative_log_likelihood,
    one_hot,
)

DTYPES = [np.float16, np.float32, np.float64]
OF_PROBS = [likelihood, log_likelihood, negative_log_likelihood]
RNG = np.random.default_rng(1)
PROBS = RNG.dirichlet(np.ones(4), size=50)
LABELS = RNG.integers(4, size=50)


@st.composite
def labelled(draw):
    """One distribution, and some labels of its classes."""
    q = draw(distributions(1, positive=True))[0]
    return draw(st.lists(st.integers(0, len(q) - 1), min_size=1, max_size=20)), q


# --- labels as distributions --------------------------------------------------------------------


def test_one_hot_is_certain_of_the_label():
    np.testing.assert_array_equal(one_hot(LABELS, 4), np.eye(4)[LABELS])
    assert one_hot(LABELS, 4).dtype == np.float64


@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (2, 1, 3)])
def test_one_hot_of_any_shape(shape):
    labels = RNG.integers(5, size=shape)
    np.testing.assert_array_equal(one_hot(labels, 5), np.eye(5)[labels])


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint64, ">i4"])
def test_labels_of_any_integer_dtype(dtype):
    np.testing.assert_array_equal(one_hot(np.array([0, 2], dtype), np.int8(3)), np.eye(3)[[0, 2]])
    assert one_hot(np.array([255], np.uint8), 1000)[0, 255] == 1


@quick
@given(labelled())
def test_empirical_distribution_is_the_mean_one_hot(labels_and_q):
    labels, q = labels_and_q
    expected = one_hot(labels, len(q)).mean(axis=0)
    np.testing.assert_allclose(empirical_distribution(labels, len(q)), expected, rtol=1e-15)


def test_a_class_that_does_not_occur_has_share_zero():
    np.testing.assert_array_equal(empirical_distribution([0, 0, 2, 0], 5), [0.75, 0, 0.25, 0, 0])
    np.testing.assert_array_equal(empirical_distribution([0], 1), [1])


# --- values -------------------------------------------------------------------------------------


def test_mean_agrees_with_scikit_learn():
    expected = log_loss(LABELS, PROBS, labels=range(4))
    assert negative_log_likelihood(LABELS, PROBS) == pytest.approx(expected, rel=1e-14)


def test_all_agree_with_fifty_digits():
    factors = exactly(PROBS[np.arange(50), LABELS])
    product, total = mpmath.fprod(factors), mpmath.fsum(map(mpmath.log, factors))
    assert likelihood(LABELS, PROBS) == pytest.approx(float(product), rel=1e-13, abs=0)
    assert log_likelihood(LABELS, PROBS) == pytest.approx(float(total), rel=1e-14)
    nll = negative_log_likelihood(LABELS, PROBS, reduction="sum")
    assert nll == pytest.approx(float(-total), rel=1e-14)


def test_reductions():
    each = negative_log_likelihood(LABELS, PROBS, reduction="none")
    np.testing.assert_array_equal(each, -np.log(PROBS[np.arange(50), LABELS]))
    assert negative_log_likelihood(LABELS, PROBS, reduction="sum") == each.sum()
    assert negative_log_likelihood(LABELS, PROBS, reduction="mean") == each.mean()


def test_a_shared_distribution_serves_every_label():
    q = PROBS[0]
    for function in OF_PROBS:
        assert function(LABELS, q) == function(LABELS, np.tile(q, (50, 1)))


@pytest.mark.parametrize("shape", [(1,), (50,), (5, 10), (5, 2, 5)])
def test_any_leading_shape(shape):
    labels, probs = LABELS[: math.prod(shape)], PROBS[: math.prod(shape)]
    shaped = labels.reshape(shape), probs.reshape(*shape, 4)
    for function in OF_PROBS:
        assert function(*shaped) == pytest.approx(function(labels, probs), rel=1e-14, abs=0)
    assert negative_log_likelihood(*shaped, reduction="none").shape == shape


def test_one_label_of_one_distribution():
    q = [0.25, 0.75]
    assert likelihood(1, q) == 0.75
    for reduction in ["mean", "sum", "none"]:
        value = negative_log_likelihood(1, q, reduction=reduction)
        assert type(value) is np.float64
        assert value == -math.log(0.75)


# --- the chain to cross-entropy -----------------------------------------------------------------


def test_each_term_is_the_cross_entropy_of_the_one_hot():
    each = negative_log_likelihood(LABELS, PROBS, reduction="none")
    one_hots = one_hot(LABELS, 4)
    np.testing.assert_allclose(cross_entropy(one_hots, PROBS), each, rtol=1e-14)
    np.testing.assert_allclose(kl_divergence(one_hots, PROBS), each, rtol=1e-14)
    np.testing.assert_array_equal(entropy(one_hots), np.zeros(50))


@quick
@given(labelled())
def test_mean_is_the_cross_entropy_of_the_empirical_distribution(labels_and_q):
    labels, q = labels_and_q
    expected = cross_entropy(empirical_distribution(labels, len(q)), q)
    assert negative_log_likelihood(labels, q) == pytest.approx(expected, rel=1e-13, abs=1e-15)


@quick
@given(labelled())
def test_no_model_is_likelier_than_the_empirical_distribution(labels_and_q):
    labels, q = labels_and_q
    best = log_likelihood(labels, empirical_distribution(labels, len(q)))
    assert log_likelihood(labels, q) <= best + 1e-12


@quick
@given(labelled())
def test_log_likelihood_is_the_log_of_the_likelihood(labels_and_q):
    labels, q = labels_and_q
    assert log_likelihood(labels, q) == pytest.approx(math.log(likelihood(labels, q)), abs=1e-12)


# --- edges --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "survives"), [(np.float16, 24), (np.float32, 149), (np.float64, 1074)]
)
def test_the_product_underflows_where_its_dtype_ends(dtype, survives):
    fair = np.array([0.5, 0.5], dtype)
    assert likelihood(np.zeros(survives, int), fair) == dtype(2.0**-survives) > 0
    assert likelihood(np.zeros(survives + 1, int), fair) == 0
    assert log_likelihood(np.zeros(10_000, int), fair) == pytest.approx(
        -10_000 * math.log(2), rel=2 * float(np.finfo(dtype).eps)
    )


def test_a_label_that_is_ruled_out():
    assert likelihood([0, 1], [1, 0]) == 0
    assert log_likelihood([0, 1], [1, 0]) == -np.inf
    assert negative_log_likelihood([0, 1], [1, 0]) == np.inf
    each = negative_log_likelihood([0, 1], [1, 0], reduction="none")
    np.testing.assert_array_equal(each, [0, np.inf])


@pytest.mark.parametrize("probs", [[1.0], [1.0, 0.0]])
def test_certainty_is_plus_zero(probs):
    values = [
        log_likelihood([0, 0], probs),
        negative_log_likelihood([0, 0], probs),
        *negative_log_likelihood([0, 0], probs, reduction="none"),
    ]
    assert values == [0, 0, 0, 0]
    assert not np.signbit(values).any()


def test_many_classes():
    labels, uniform = RNG.integers(100_000, size=7), np.full(100_000, 1e-5)
    assert negative_log_likelihood(labels, uniform) == pytest.approx(math.log(100_000), rel=1e-14)
    assert one_hot(labels, 100_000).sum() == 7
    assert empirical_distribution(labels, 100_000).sum() == pytest.approx(1, rel=1e-14)


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtype_is_that_of_probs(dtype):
    probs = np.array([[0.5, 0.5], [0.25, 0.75]], dtype)
    values = [function([0, 1], probs) for function in OF_PROBS]
    values += [negative_log_likelihood([0, 1], probs, reduction=r) for r in ("sum", "none")]
    assert {value.dtype for value in values} == {np.dtype(dtype)}
    assert likelihood([0, 1], [[1, 0], [0, 1]]).dtype == np.float64


def test_arguments_are_not_modified():
    labels, probs = LABELS.copy(), PROBS.copy()
    labels.setflags(write=False)
    probs.setflags(write=False)
    for function in OF_PROBS:
        function(labels, probs)
    one_hot(labels, 4)[:] = 7
    empirical_distribution(labels, 4)[:] = 7
    np.testing.assert_array_equal(labels, LABELS)
    np.testing.assert_array_equal(probs, PROBS)


# --- what is refused ----------------------------------------------------------------------------

RULE = "labels must be integers from 0 to 2"
UNIFORM = np.full(3, 1 / 3)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 2, 0, 7], f"labels[4] is 7; {RULE}"),
        ([0, 3], f"labels[1] is 3; {RULE}"),
        ([-1, 0], f"labels[0] is -1; {RULE}"),
        ([0.0, 1.0], f"labels[0] is 0.0; {RULE}"),
        ([0, 1.5], f"labels[1] is 1.5; {RULE}"),
        ([0, np.nan], f"labels[1] is nan; {RULE}"),
        ([0, np.inf], f"labels[0] is 0.0; {RULE}"),
        ([True, False], f"labels[0] is True; {RULE}"),
        (["cat"], f"labels[0] is 'cat'; {RULE}"),
        ([0, None], f"labels[0] is 0; {RULE}"),
        ([10**30], f"labels[0] is {10**30}; {RULE}"),
        ([], "labels is empty: its shape is (0,)"),
        ([[0], [1, 2]], "labels is ragged; its rows must be equally long"),
    ],
)
def test_what_is_no_label_is_refused(labels, message):
    for function in OF_PROBS:
        assert _refusal(function, labels, UNIFORM) == message
    for function in [one_hot, empirical_distribution]:
        assert _refusal(function, labels, 3) == message


def test_the_index_of_a_label_has_all_axes():
    assert _refusal(one_hot, [[0, 1], [2, 3]], 3) == f"labels[1, 1] is 3; {RULE}"
    assert _refusal(one_hot, 3, 3) == f"labels is 3; {RULE}"


@pytest.mark.parametrize(
    ("labels", "probs", "message"),
    [
        (
            [0, 1],
            [[0.5, 0.5], [0.5, 0.48]],
            "probs[1] sums to 0.98, not 1; divide by the sum if these are counts, apply softmax "
            "if these are logits",
        ),
        ([0], [1.5, -0.5], "probs[0] is 1.5; probabilities must be between 0 and 1"),
        ([0], [0.5, np.nan], "probs[1] is nan; probabilities must be between 0 and 1"),
        ([0], np.ones((0, 2)), "probs is empty: its shape is (0, 2)"),
        ([0], 1.0, "probs is 1.0, a scalar; its last axis must run over the classes"),
        (
            [0, 1, 0],
            [[0.5, 0.5], [0.5, 0.5]],
            "labels has shape (3,), but probs of shape (2, 2) needs labels of shape (2,)",
        ),
        (
            [[0, 1]],
            [[0.5, 0.5], [0.5, 0.5]],
            "labels has shape (1, 2), but probs of shape (2, 2) needs labels of shape (2,)",
        ),
    ],
)
@pytest.mark.parametrize("function", OF_PROBS)
def test_probs_that_do_not_fit_are_refused(function, labels, probs, message):
    assert _refusal(function, labels, probs) == message


@pytest.mark.parametrize("reduction", ["max", None, ["mean"]])
def test_unknown_reduction_is_refused(reduction):
    message = f"reduction is {reduction!r}; it must be 'mean', 'sum' or 'none'"
    assert _refusal(negative_log_likelihood, [0], [1.0], reduction=reduction) == message


@pytest.mark.parametrize("n_classes", [0, -1, 2.0, True, np.True_, "3", None])
@pytest.mark.parametrize("function", [one_hot, empirical_distribution])
def test_number_of_classes_must_be_a_positive_integer(function, n_classes):
    shown = "'3'" if n_classes == "3" else n_classes
    message = f"n_classes is {shown}; it must be a positive integer"
    assert _refusal(function, [0], n_classes) == message


def test_empirical_distribution_takes_one_axis_of_labels():
    message = "labels has shape (1, 2); it must have one axis, the examples"
    assert _refusal(empirical_distribution, [[0, 1]], 2) == message


def _refusal(function, *arguments, **options):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011, the caller compares the message
        function(*arguments, **options)
    return str(refusal.value)
