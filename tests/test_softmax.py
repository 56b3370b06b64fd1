import math
import tracemalloc

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss
from strategies import exact_logsumexp, exactly, logits, quick, weights

from crossentropy import (
    cross_entropy,
    empirical_distribution,
    entropy,
    log_softmax,
    logsumexp,
    negative_log_likelihood,
    one_hot,
    softmax,
    softmax_cross_entropy,
    softmax_jacobian,
)

DTYPES = [np.float16, np.float32, np.float64]
OF_LOGITS = [softmax, log_softmax, logsumexp, softmax_jacobian]
RNG = np.random.default_rng(2)
LOGITS = 5 * RNG.normal(size=(20, 4))
LABELS = RNG.integers(4, size=20)
TARGETS = RNG.dirichlet(np.ones(4), size=20)
INF = np.inf


def complex_step(function, x, step=1e-30):
    """The gradient of an analytic function, exact to rounding: no difference is taken."""
    return np.array([function(x + 1j * step * e).imag / step for e in np.eye(len(x))])


def by_scipy(rows, targets):
    """Losses and gradients of `softmax_cross_entropy`, composed the long way."""
    p = one_hot(targets, rows.shape[-1]) if targets.ndim < rows.ndim else targets
    losses = scipy.special.logsumexp(rows, axis=-1) - (p * rows).sum(axis=-1)
    return losses, scipy.special.softmax(rows, axis=-1) - p


@st.composite
def targeted(draw, n=1):
    """`n` rows of logits and one target distribution over the same classes."""
    rows = draw(logits(n + 1))
    return rows[:n], softmax(rows[n])


# --- softmax and log-sum-exp: values ------------------------------------------------------------


@pytest.mark.parametrize("function", [softmax, log_softmax, logsumexp])
def test_each_row_stands_for_itself_in_any_leading_shape(function):
    for shape in [(4,), (1, 4), (20, 4), (2, 5, 2, 4)]:
        rows = LOGITS.ravel()[: math.prod(shape)].reshape(shape)
        together = function(rows)
        for index in np.ndindex(shape[:-1]):
            np.testing.assert_allclose(together[index], function(rows[index]), rtol=1e-14)


@pytest.mark.parametrize(
    "row",
    [[0, 0], [1, 2, 3], [1e4, -1e4, 0], [1e4, 1e4 - 1, 3], [-1e4, -1e4], [0, -700], [5], [0, -30]],
)
def test_agrees_with_fifty_digits(row):
    lse = exact_logsumexp(row)
    logs = [x - lse for x in exactly(row)]
    assert logsumexp(row) == pytest.approx(float(lse), rel=1e-15)
    np.testing.assert_allclose(log_softmax(row), [float(x) for x in logs], rtol=1e-13, atol=1e-12)
    np.testing.assert_allclose(softmax(row), [float(mpmath.exp(x)) for x in logs], rtol=1e-13)


@quick
@given(logits(), st.floats(-1e4, 1e4))
def test_a_shift_changes_nothing(rows, shift):
    np.testing.assert_allclose(softmax(rows + shift), softmax(rows), rtol=1e-10)
    np.testing.assert_allclose(log_softmax(rows + shift), log_softmax(rows), atol=1e-10)
    np.testing.assert_allclose(logsumexp(rows + shift), logsumexp(rows) + shift, atol=1e-10)


@quick
@given(logits())
def test_softmax_is_a_distribution_whose_logarithm_is_log_softmax(rows):
    q = softmax(rows)
    assert q.min() >= 0
    np.testing.assert_allclose(q.sum(axis=-1), 1, rtol=1e-15)
    np.testing.assert_allclose(np.exp(log_softmax(rows)), q, rtol=1e-13)
    np.testing.assert_allclose(rows - logsumexp(rows)[:, np.newaxis], log_softmax(rows), atol=1e-13)


@quick
@given(logits())
def test_logsumexp_is_a_smooth_maximum(rows):
    largest = rows.max(axis=-1)
    assert (largest <= logsumexp(rows)).all()
    assert (logsumexp(rows) <= largest + math.log(rows.shape[1]) + 1e-13).all()


# --- softmax and log-sum-exp: edges -------------------------------------------------------------


def test_a_class_that_is_ruled_out():
    row = [1.0, -INF, 1.0]
    np.testing.assert_array_equal(softmax(row), [0.5, 0, 0.5])
    np.testing.assert_array_equal(log_softmax(row), [-math.log(2), -INF, -math.log(2)])
    assert logsumexp(row) == pytest.approx(1 + math.log(2), rel=1e-15)
    np.testing.assert_allclose(softmax_jacobian(row)[1], 0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_logits_as_far_apart_as_the_dtype_reaches(dtype):
    largest = np.finfo(dtype).max
    row = np.array([largest, -largest])
    np.testing.assert_array_equal(softmax(row), [1, 0])
    np.testing.assert_array_equal(log_softmax(row)[0], 0)
    assert logsumexp(row) == largest


@pytest.mark.parametrize("dtype", DTYPES)
def test_many_classes(dtype):
    rows = np.zeros((2, 100_000), dtype)
    rtol = 2 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(logsumexp(rows), math.log(100_000), rtol=rtol)
    np.testing.assert_allclose(softmax(rows), dtype(1e-5), rtol=rtol)
    loss, gradient = softmax_cross_entropy(rows, [7, 99_999], return_grad=True)
    np.testing.assert_allclose(loss, math.log(100_000), rtol=rtol)
    assert gradient[1, 99_999] == pytest.approx(-0.5, rel=1e-3)


def test_one_class():
    assert softmax([3.0]) == [1]
    assert log_softmax([3.0]) == [0]
    assert logsumexp([3.0]) == 3
    assert softmax_jacobian([3.0]) == [[0]]
    loss, gradient = softmax_cross_entropy([3.0], 0, return_grad=True)
    assert [loss, *gradient] == [0, 0]
    assert not np.signbit(loss)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", OF_LOGITS)
def test_dtype_is_kept(function, dtype):
    assert function(LOGITS.astype(dtype)).dtype == dtype
    assert function(LOGITS[0].astype(dtype)).dtype == dtype
    assert function([1, 2, 3]).dtype == np.float64


def test_one_row_gives_a_scalar():
    assert type(logsumexp([1.0, 2.0])) is np.float64
    assert type(softmax_cross_entropy([1.0, 2.0], 1, reduction="none")) is np.float64


# --- the Jacobian -------------------------------------------------------------------------------


def test_jacobian_agrees_with_the_complex_step():
    for row, jacobian in zip(LOGITS, softmax_jacobian(LOGITS), strict=True):
        for k in range(4):
            gradient = complex_step(lambda z, k=k: np.exp(z[k]) / np.exp(z).sum(), row)
            np.testing.assert_allclose(jacobian[k], gradient, rtol=1e-12, atol=1e-16)


def test_jacobian_of_any_leading_shape():
    shaped = softmax_jacobian(LOGITS.reshape(2, 5, 2, 4))
    np.testing.assert_array_equal(shaped.reshape(20, 4, 4), softmax_jacobian(LOGITS))


@quick
@given(logits())
def test_jacobian_is_symmetric_positive_semidefinite_and_its_rows_sum_to_zero(rows):
    (jacobian,) = softmax_jacobian(rows)
    np.testing.assert_array_equal(jacobian, jacobian.T)
    np.testing.assert_allclose(jacobian.sum(axis=-1), 0, atol=1e-15)
    assert np.linalg.eigvalsh(jacobian).min() >= -1e-15


def test_jacobian_has_no_negative_zeros():
    jacobian = softmax_jacobian([1.0, -INF, -INF])
    assert not np.signbit(jacobian).any()


# --- softmax cross-entropy: values --------------------------------------------------------------


@pytest.mark.parametrize("targets", [LABELS, TARGETS, one_hot(LABELS, 4).astype(int)])
def test_loss_and_gradient_agree_with_scipy(targets):
    losses, gradients = by_scipy(LOGITS, targets)
    for reduction, loss, scale in [
        ("none", losses, 1),
        ("sum", losses.sum(), 1),
        ("mean", losses.mean(), 20),
    ]:
        value, gradient = softmax_cross_entropy(
            LOGITS, targets, reduction=reduction, return_grad=True
        )
        np.testing.assert_allclose(value, loss, rtol=1e-14, atol=1e-15)
        np.testing.assert_allclose(gradient, gradients / scale, rtol=1e-12, atol=1e-16)
        alone = softmax_cross_entropy(LOGITS, targets, reduction=reduction)
        np.testing.assert_array_equal(alone, value)


def test_mean_is_the_default():
    expected = softmax_cross_entropy(LOGITS, LABELS, reduction="mean")
    assert softmax_cross_entropy(LOGITS, LABELS) == expected


def test_loss_agrees_with_scikit_learn():
    expected = log_loss(LABELS, softmax(LOGITS), labels=range(4))
    assert softmax_cross_entropy(LOGITS, LABELS) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(
    "row", [[0, 0, 0], [1, 2, 3], [1e4, -1e4, 0], [-1e4, 1e4, 0], [0, -1e4, 9999.5]]
)
def test_loss_and_gradient_agree_with_fifty_digits(row):
    for target in [[1, 0, 0], [0, 1, 0], [0.25, 0.5, 0.25]]:
        p, ls, lse = exactly(target), exactly(row), exact_logsumexp(row)
        expected = lse - mpmath.fsum(x * y for x, y in zip(p, ls, strict=True))
        loss, gradient = softmax_cross_entropy(row, target, return_grad=True)
        assert loss == pytest.approx(float(expected), rel=1e-14, abs=1e-15)
        q_minus_p = [float(mpmath.exp(y - lse) - x) for x, y in zip(p, ls, strict=True)]
        np.testing.assert_allclose(gradient, q_minus_p, rtol=1e-14, atol=1e-15)


def test_gradient_agrees_with_the_complex_step():
    for row, p in zip(LOGITS, TARGETS, strict=True):
        expected = complex_step(lambda z, p=p: np.log(np.exp(z).sum()) - (p * z).sum(), row)
        _, gradient = softmax_cross_entropy(row, p, return_grad=True)
        np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-15)


def test_gradient_of_each_reduction_agrees_with_central_differences():
    def nudged(index, step, reduction):
        moved = LOGITS.copy()
        moved[index] += step
        return np.sum(softmax_cross_entropy(moved, LABELS, reduction=reduction))

    for reduction in ["mean", "sum", "none"]:
        _, gradient = softmax_cross_entropy(LOGITS, LABELS, reduction=reduction, return_grad=True)
        for index in [(0, 0), (3, LABELS[3]), (19, 2)]:
            slope = nudged(index, 1e-5, reduction) - nudged(index, -1e-5, reduction)
            assert gradient[index] == pytest.approx(slope / 2e-5, abs=1e-9)


@pytest.mark.parametrize("return_grad", [False, True])
@pytest.mark.parametrize(
    "shape", [(200, 1000), (132_000, 1), (50_000, 3), (40, 30), (40, 31), (3, 70_000), (1, 5)]
)
def test_rows_are_right_on_both_sides_of_every_block(shape, return_grad):
    rows = RNG.normal(size=shape)
    labels = RNG.integers(shape[1], size=shape[0])
    distributions = softmax(RNG.normal(size=shape))
    for targets in [labels, distributions]:
        losses, gradients = by_scipy(rows, targets)
        got = softmax_cross_entropy(rows, targets, reduction="none", return_grad=return_grad)
        loss, gradient = got if return_grad else (got, gradients)
        np.testing.assert_allclose(loss, losses, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(gradient, gradients, rtol=1e-11, atol=1e-14)


# --- softmax cross-entropy: properties ----------------------------------------------------------


def test_chain_from_logits_to_likelihood_to_cross_entropy():
    q = softmax(LOGITS)
    each = softmax_cross_entropy(LOGITS, LABELS, reduction="none")
    nll = negative_log_likelihood(LABELS, q, reduction="none")
    np.testing.assert_allclose(each, nll, rtol=1e-12)
    np.testing.assert_allclose(each, cross_entropy(one_hot(LABELS, 4), q), rtol=1e-12)
    p = empirical_distribution(LABELS, 4)
    shared = softmax_cross_entropy(np.tile(LOGITS[0], (20, 1)), LABELS)
    assert shared == pytest.approx(softmax_cross_entropy(LOGITS[0], p), rel=1e-13)


@quick
@given(targeted())
def test_loss_is_cross_entropy_of_the_softmax_and_at_least_the_entropy(case):
    (row,), p = case
    loss = softmax_cross_entropy(row, p)
    assert loss == pytest.approx(cross_entropy(p, softmax(row)), rel=1e-12, abs=1e-13)
    assert loss >= entropy(p) - 1e-13


@quick
@given(targeted(2), weights)
def test_loss_is_convex_in_the_logits(case, t):
    (a, b), p = case
    mixed = softmax_cross_entropy(t * a + (1 - t) * b, p)
    ends = t * softmax_cross_entropy(a, p) + (1 - t) * softmax_cross_entropy(b, p)
    assert mixed <= ends + 1e-12


@quick
@given(targeted(), st.floats(-1e3, 1e3))
def test_loss_and_gradient_do_not_change_with_a_shift(case, shift):
    (row,), p = case
    before = softmax_cross_entropy(row, p, return_grad=True)
    after = softmax_cross_entropy(row + shift, p, return_grad=True)
    assert after[0] == pytest.approx(before[0], abs=1e-11)
    np.testing.assert_allclose(after[1], before[1], atol=1e-11)


@quick
@given(targeted())
def test_gradient_sums_to_zero_and_order_of_the_classes_does_not_matter(case):
    (row,), p = case
    loss, gradient = softmax_cross_entropy(row, p, return_grad=True)
    assert gradient.sum() == pytest.approx(0, abs=1e-14)
    backward = softmax_cross_entropy(row[::-1], p[::-1], return_grad=True)
    assert backward[0] == pytest.approx(loss, abs=1e-13)
    np.testing.assert_allclose(backward[1], gradient[::-1], atol=1e-14)


def test_gradient_vanishes_where_softmax_is_the_target():
    _, gradient = softmax_cross_entropy(np.log(TARGETS), TARGETS, return_grad=True)
    np.testing.assert_allclose(gradient, 0, atol=1e-16)


# --- softmax cross-entropy: edges ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "loss", "gradient"),
    [
        (0, math.log(2), [-0.5, 0, 0.5, 0]),
        (1, INF, [0.5, -1, 0.5, 0]),
        ([0.5, 0, 0.5, 0], math.log(2), [0, 0, 0, 0]),
        ([0.5, 0.5, 0, 0], INF, [0, -0.5, 0.5, 0]),
        ([0.5, 0.25, 0, 0.25], INF, [0, -0.25, 0.5, -0.25]),
    ],
)
def test_a_ruled_out_class_costs_nothing_or_everything(target, loss, gradient):
    # Beside a row without −∞, which must not be disturbed.
    rows = [[1.0, -INF, 1.0, -INF], [0.0, 0.0, 0.0, 0.0]]
    got = softmax_cross_entropy(rows, [target] * 2, reduction="none", return_grad=True)
    np.testing.assert_allclose(got[0], [loss, math.log(4)], rtol=1e-15)
    np.testing.assert_allclose(got[1][0], gradient, rtol=1e-15)


@pytest.mark.parametrize("dtype", DTYPES)
def test_loss_of_logits_as_far_apart_as_the_dtype_reaches(dtype):
    largest = np.finfo(dtype).max
    rows = np.array([[largest, -largest]] * 2)
    options = {"reduction": "none", "return_grad": True}
    losses, gradient = softmax_cross_entropy(rows, [0, 1], **options)
    np.testing.assert_array_equal(losses, [0, INF])
    np.testing.assert_array_equal(gradient, [[0, 0], [1, -1]])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("shape", [(), (1,), (20,), (4, 5), (2, 5, 2)])
def test_any_leading_shape(shape, reduction):
    n = math.prod(shape)
    options = {"reduction": reduction, "return_grad": True}
    for targets in [LABELS[:n], TARGETS[:n]]:
        loss, gradient = softmax_cross_entropy(LOGITS[:n], targets, **options)
        shaped = targets.reshape((*shape, *targets.shape[1:]))
        got = softmax_cross_entropy(LOGITS[:n].reshape(*shape, 4), shaped, **options)
        np.testing.assert_array_equal(np.ravel(got[0]), np.ravel(loss))
        np.testing.assert_array_equal(got[1], gradient.reshape(*shape, 4))
        assert np.shape(got[0]) == (shape if reduction == "none" else ())


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_loss_and_gradient_keep_the_dtype(dtype, reduction):
    rows, p = LOGITS.astype(dtype), np.full((20, 4), 0.25, dtype)
    for targets in [LABELS, p]:
        got = softmax_cross_entropy(rows, targets, reduction=reduction, return_grad=True)
        assert [part.dtype for part in got] == [dtype, dtype]
        expected, _ = by_scipy(rows.astype(np.float64), targets)
        mean = np.mean(got[0]) / (20 if reduction == "sum" else 1)
        assert mean == pytest.approx(expected.mean(), rel=4 * float(np.finfo(dtype).eps))


def test_dtype_is_promoted_with_that_of_distributions():
    rows = LOGITS.astype(np.float32)
    got = softmax_cross_entropy(rows, TARGETS, return_grad=True)
    assert [part.dtype for part in got] == [np.float64, np.float64]
    expected = softmax_cross_entropy(rows.astype(np.float64), TARGETS)
    assert got[0] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("order", ["C", "F", "strided"])
def test_arguments_are_not_modified_whatever_their_layout(order):
    rows = np.repeat(LOGITS, 2, axis=1)[:, ::2] if order == "strided" else LOGITS.copy(order)
    labels, targets = LABELS.copy(), TARGETS.copy()
    for array in (rows, labels, targets):
        array.setflags(write=False)
    for function in OF_LOGITS:
        assert not np.shares_memory(function(rows), rows)
    for p in (labels, targets):
        _, gradient = softmax_cross_entropy(rows, p, return_grad=True)
        np.testing.assert_allclose(gradient, by_scipy(LOGITS, p)[1] / 20, atol=1e-16)
        gradient[:] = 7
    np.testing.assert_array_equal(rows, LOGITS)
    np.testing.assert_array_equal(labels, LABELS)
    np.testing.assert_array_equal(targets, TARGETS)


def test_the_gradient_is_the_only_large_array(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # each thread has a few blocks of its own
    rows, p = RNG.normal(size=(2000, 1000)), np.full((2000, 1000), 1e-3)
    for targets in [RNG.integers(1000, size=2000), p]:
        for return_grad, arrays in [(True, 1), (False, 0)]:
            tracemalloc.start()
            softmax_cross_entropy(rows, targets, return_grad=return_grad)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak < (arrays + 0.15) * rows.nbytes


# --- what is refused ----------------------------------------------------------------------------

RULE = "logits must be finite, or -inf to rule a class out"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[0, 1], [np.nan, 1]], f"logits[1, 0] is nan; {RULE}"),
        ([0, INF], f"logits[1] is inf; {RULE}"),
        ([[-INF, -INF], [-INF, INF]], f"logits[1, 1] is inf; {RULE}"),
        (
            [[[0, 1]], [[-INF, -INF]]],
            "logits[1, 0] is -inf throughout; some class must be possible",
        ),
        ([-INF], "logits is -inf throughout; some class must be possible"),
        (1.0, "logits is 1.0, a scalar; its last axis must run over the classes"),
        ([], "logits is empty: its shape is (0,)"),
        (np.ones((0, 3)), "logits is empty: its shape is (0, 3)"),
        (np.ones((3, 0)), "logits is empty: its shape is (3, 0)"),
        ([[1], [1, 2]], "logits is ragged; its rows must be equally long"),
        ([1j], "logits has dtype complex128; use float16, float32 or float64"),
    ],
)
def test_what_are_no_logits_is_refused(rows, message):
    for function in OF_LOGITS:
        assert _refusal(function, rows) == message
    assert _refusal(softmax_cross_entropy, rows, [0, 0]) == message


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([0, 3], "targets[1] is 3; labels must be integers from 0 to 2"),
        ([-1, 0], "targets[0] is -1; labels must be integers from 0 to 2"),
        ([0.0, 1.0], "targets[0] is 0.0; labels must be integers from 0 to 2"),
        ([True, False], "targets[0] is True; labels must be integers from 0 to 2"),
        ([[1, 0, 0], [2, -1, 0]], "targets[1, 0] is 2.0; probabilities must be between 0 and 1"),
        (
            [[1, 0, 0], [0.5, 0.25, 0]],
            "targets[1] sums to 0.75, not 1; divide by the sum if these are counts, apply softmax "
            "if these are logits",
        ),
        (
            [0, 1, 2],
            "targets has shape (3,), but logits of shape (2, 3) needs integer labels of shape (2,) "
            "or distributions of shape (2, 3)",
        ),
        (
            0,
            "targets has shape (), but logits of shape (2, 3) needs integer labels of shape (2,) "
            "or distributions of shape (2, 3)",
        ),
        ([], "targets is empty: its shape is (0,)"),
        ([[1], [1, 2]], "targets is ragged; its rows must be equally long"),
    ],
)
def test_targets_that_do_not_fit_are_refused(targets, message):
    assert _refusal(softmax_cross_entropy, np.zeros((2, 3)), targets) == message


def test_unknown_reduction_is_refused():
    message = "reduction is 'max'; it must be 'mean', 'sum' or 'none'"
    assert _refusal(softmax_cross_entropy, [0.0], 0, reduction="max") == message


def _refusal(function, *arguments, **options):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011, the caller compares the message
        function(*arguments, **options)
    return str(refusal.value)
