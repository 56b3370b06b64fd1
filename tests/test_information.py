import math

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given
from strategies import distributions, exactly, quick, weights

from crossentropy import cross_entropy, entropy, kl_divergence, perplexity, surprisal

DTYPES = [np.float16, np.float32, np.float64]
OF_TWO = [cross_entropy, kl_divergence]
RNG = np.random.default_rng(0)
P, Q = RNG.dirichlet(np.ones(5), size=(2, 20))
SPARSE = np.array([0.5, 0.0, 0.5])


# --- values -------------------------------------------------------------------------------------


def test_entropy_agrees_with_scipy():
    np.testing.assert_allclose(entropy(P), scipy.stats.entropy(P, axis=-1), rtol=1e-14)


def test_kl_divergence_agrees_with_scipy():
    np.testing.assert_allclose(kl_divergence(P, Q), scipy.stats.entropy(P, Q, axis=-1), rtol=1e-13)


NEARLY_CERTAIN = [np.array([1 - tiny, tiny]) for tiny in [0.1, 1e-8, 1e-300, 5e-324]]


@pytest.mark.parametrize(
    ("p", "q"),
    [
        *zip(P, Q, strict=True),
        *((p, np.array([0.5, 0.5])) for p in NEARLY_CERTAIN),
        *((np.array([0.5, 0.5]), q) for q in NEARLY_CERTAIN),
    ],
)
def test_sums_agree_with_fifty_digits(p, q):
    pairs = list(zip(exactly(p), exactly(q), strict=True))
    h = -mpmath.fsum(x * mpmath.log(x) for x, _ in pairs)
    ce = -mpmath.fsum(x * mpmath.log(y) for x, y in pairs)
    kl = mpmath.fsum(x * mpmath.log(x / y) for x, y in pairs)
    assert entropy(p) == pytest.approx(float(h), rel=1e-14)
    assert cross_entropy(p, q) == pytest.approx(float(ce), rel=1e-14)
    assert kl_divergence(p, q) == pytest.approx(float(kl), rel=1e-14, abs=1e-15)


def test_surprisal_agrees_with_fifty_digits_for_any_shape_and_any_sum():
    p = RNG.random((2, 3, 4)) ** 9
    exact = np.reshape([float(-mpmath.log(x)) for x in exactly(p.ravel())], p.shape)
    np.testing.assert_allclose(surprisal(p), exact, rtol=1e-15)
    assert surprisal(0.25, base=2) == 2


@pytest.mark.parametrize("n", [1, 2, 7, 100_000])
def test_uniform_has_entropy_log_k_and_perplexity_k(n):
    assert entropy(np.full(n, 1 / n)) == pytest.approx(math.log(n), rel=1e-13)
    assert perplexity(np.full(n, 1 / n)) == pytest.approx(n, rel=1e-12)


def test_perplexity_of_two_is_a_geometric_mean():
    # Of 8 and 2, equally often; and of as many choices, whatever the base counts in.
    assert perplexity([0.5, 0.5, 0], [1 / 8, 1 / 2, 3 / 8]) == pytest.approx(4, rel=1e-15)
    np.testing.assert_allclose(perplexity(P, Q), np.prod(Q**-P, axis=-1), rtol=1e-13)
    assert perplexity([0.5, 0.5], [1, 0]) == np.inf


# --- edges --------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", [None, 2, 0.5])
@pytest.mark.parametrize(
    "zero",
    [
        lambda base: surprisal(1.0, base=base),
        lambda base: entropy([1.0], base=base),
        lambda base: entropy([0, 1, 0], base=base),
        lambda base: cross_entropy([0, 1, 0], [0, 1, 0], base=base),
        lambda base: cross_entropy([1], [1], base=base),
        lambda base: kl_divergence(SPARSE, SPARSE, base=base),
        lambda base: kl_divergence([1], [1], base=base),
    ],
)
def test_certainty_is_plus_zero(zero, base):
    value = zero(base)
    assert value == 0
    assert not np.signbit(value)


@pytest.mark.parametrize(
    ("function", "p", "q", "value"),
    [
        (cross_entropy, [0.5, 0.5, 0], SPARSE, np.inf),
        (kl_divergence, [0.5, 0.5, 0], SPARSE, np.inf),
        (cross_entropy, SPARSE, [0.25, 0.5, 0.25], math.log(4)),
        (kl_divergence, SPARSE, [0.25, 0.5, 0.25], math.log(2)),
        (cross_entropy, SPARSE, SPARSE, math.log(2)),
        (cross_entropy, [5e-324, 1], [0, 1], np.inf),
        (kl_divergence, [5e-324, 1], [0, 1], np.inf),
    ],
)
def test_zeros_in_either_argument(function, p, q, value):
    assert function(p, q) == pytest.approx(value, rel=1e-15)


def test_surprisal_of_the_impossible_is_infinite():
    np.testing.assert_array_equal(surprisal([1.0, 0.0]), [0, np.inf])


def test_perplexity_beyond_the_largest_float_warns():
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert perplexity([1, 0], [5e-324, 1]) == np.inf


@pytest.mark.parametrize("dtype", DTYPES)
def test_many_classes_sum_to_one_within_the_tolerance(dtype):
    p = RNG.dirichlet(np.ones(100_000)).astype(dtype)
    q = np.full(100_000, 1e-5, dtype=dtype)
    wide = p.astype(np.float64)
    rtol = 20 * float(np.finfo(dtype).eps)
    assert entropy(p) == pytest.approx(math.fsum(scipy.special.entr(wide)), rel=rtol)
    expected = math.fsum(-scipy.special.xlogy(wide, q.astype(np.float64)))
    assert cross_entropy(p, q) == pytest.approx(expected, rel=rtol)


def test_many_classes_in_any_memory_order():
    q = np.full((100_000, 3), 1e-5, np.float32).T
    for value in [entropy(q), cross_entropy(q, q), kl_divergence(q, q) + math.log(100_000)]:
        np.testing.assert_allclose(value, math.log(100_000), rtol=1e-6)


# --- shapes and dtypes --------------------------------------------------------------------------


@pytest.mark.parametrize("function", OF_TWO)
def test_leading_axes_broadcast(function):
    p, q = P.reshape(4, 1, 5, 5), Q[:3].reshape(3, 1, 5)
    values = function(p, q)
    assert values.shape == (4, 3, 5)
    assert values[2, 1, 4] == pytest.approx(function(p[2, 0, 4], q[1, 0]), rel=1e-15)


def test_one_distribution_gives_a_scalar():
    for value in [surprisal(0.5), entropy(P[0]), kl_divergence(P[0], Q[0]), perplexity(P[0])]:
        assert type(value) is np.float64


def test_any_leading_shape():
    assert entropy(P.reshape(2, 5, 2, 5)).shape == (2, 5, 2)
    np.testing.assert_allclose(entropy(P.T.copy().T), entropy(P), rtol=1e-15)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("base", [None, 2])
def test_dtype_is_kept(dtype, base):
    p = np.array([[0.5, 0.5], [0.25, 0.75]], dtype=dtype)
    values = [f(p, base=base) for f in (surprisal, entropy)] + [f(p, p, base=base) for f in OF_TWO]
    scalars = [surprisal(p[0, 0], base=base), entropy(p[0], base=base), perplexity(p[0])]
    assert {value.dtype for value in [*values, *scalars, perplexity(p)]} == {np.dtype(dtype)}


@pytest.mark.parametrize("function", OF_TWO)
def test_dtypes_are_promoted_and_integers_count_as_float64(function):
    half, single = np.array([0.5, 0.5], np.float16), np.array([0.5, 0.5], np.float32)
    assert function(half, single).dtype == np.float32
    assert function(single, [0.5, 0.5]).dtype == np.float64
    assert function([1, 0], single).dtype == np.float64
    assert entropy([True, False]).dtype == np.float64


def test_arguments_are_not_modified():
    p, q = P.copy(), Q.copy()
    p.setflags(write=False)
    q.setflags(write=False)
    surprisal(p), entropy(p), perplexity(p, q), cross_entropy(p, q), kl_divergence(p, q)
    np.testing.assert_array_equal(p, P)
    assert not np.shares_memory(surprisal(p), p)


# --- units --------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", [2, 10, math.e, 0.5])
def test_base_divides_by_its_logarithm(base):
    log = math.log(base)
    np.testing.assert_allclose(surprisal(P, base=base) * log, surprisal(P), rtol=1e-14)
    np.testing.assert_allclose(entropy(P, base=base) * log, entropy(P), rtol=1e-14)
    for function in OF_TWO:
        np.testing.assert_allclose(function(P, Q, base=base) * log, function(P, Q), rtol=1e-14)


def test_a_fair_coin_has_one_bit():
    assert entropy([0.5, 0.5], base=2) == 1
    assert surprisal(0.125, base=2) == 3


# --- properties ---------------------------------------------------------------------------------


@quick
@given(distributions(2))
def test_gibbs_inequality(pq):
    p, q = pq
    assert kl_divergence(p, q) >= -1e-15
    assert cross_entropy(p, q) >= entropy(p) - 1e-15
    assert kl_divergence(p, p) == 0
    # Pinsker's inequality says how far apart they are, so equality only holds where they agree.
    assert kl_divergence(p, q) >= np.abs(p - q).sum() ** 2 / 2 - 1e-15


@quick
@given(distributions(2))
def test_cross_entropy_is_entropy_plus_divergence(pq):
    p, q = pq
    assert cross_entropy(p, q) == pytest.approx(entropy(p) + kl_divergence(p, q), abs=1e-14)


@quick
@given(distributions(1))
def test_entropy_lies_between_zero_and_log_k(p):
    assert 0 <= entropy(p[0]) <= math.log(p.shape[1]) + 1e-15


@quick
@given(distributions(4), weights)
def test_divergence_is_jointly_convex(rows, t):
    p0, p1, q0, q1 = rows
    mixed = kl_divergence(t * p0 + (1 - t) * p1, t * q0 + (1 - t) * q1)
    ends = [w * kl_divergence(p, q) for w, p, q in [(t, p0, q0), (1 - t, p1, q1)] if w]
    assert mixed <= sum(ends) + 1e-14


@quick
@given(distributions(3), weights)
def test_cross_entropy_is_convex_in_q(rows, t):
    p, q0, q1 = rows
    ends = [w * cross_entropy(p, q) for w, q in [(t, q0), (1 - t, q1)] if w]
    assert cross_entropy(p, t * q0 + (1 - t) * q1) <= sum(ends) + 1e-14


@quick
@given(distributions(3, positive=True), weights)
def test_cross_entropy_is_linear_in_p(rows, t):
    p0, p1, q = rows
    mixed = cross_entropy(t * p0 + (1 - t) * p1, q)
    ends = t * cross_entropy(p0, q) + (1 - t) * cross_entropy(p1, q)
    assert mixed == pytest.approx(ends, abs=1e-13)


@quick
@given(distributions(2))
def test_order_of_the_classes_does_not_matter(pq):
    p, q = pq
    assert entropy(p[::-1]) == pytest.approx(entropy(p), abs=1e-14)
    assert cross_entropy(p[::-1], q[::-1]) == pytest.approx(cross_entropy(p, q), abs=1e-14)
    assert kl_divergence(p[::-1], q[::-1]) == pytest.approx(kl_divergence(p, q), abs=1e-14)


def test_divergence_is_not_symmetric_and_has_no_triangle_inequality():
    a, b, c = [0.5, 0.5], [0.25, 0.75], [0.1, 0.9]
    assert kl_divergence(a, b) != pytest.approx(kl_divergence(b, a), rel=0.05)
    assert kl_divergence(a, c) > kl_divergence(a, b) + kl_divergence(b, c)


# --- what is refused ----------------------------------------------------------------------------

RANGE = "probabilities must be between 0 and 1"
ROUNDED = "not 1; keep numbers from float32 in a float32 array, or divide by the sum"
COUNTS = "not 1; divide by the sum if these are counts, apply softmax if these are logits"
BASE = "a logarithm's base must be positive, finite and not 1"
MASKED = "p has masked entries; fill them or leave them out"
BETWEEN = "probabilities must be between 0 and 1"
REFUSED_P = [
    ([[0.5, 0.5], [1, 0], [1.1, -0.1]], f"p[2, 0] is 1.1; {RANGE}"),
    ([[0.5, 0.5], [1, 0], [0.5, -0.1]], f"p[2, 1] is -0.1; {RANGE}"),
    (np.array([0.5, -0.1], np.float32), f"p[1] is -0.1; {RANGE}"),
    ([0.5, np.nan], f"p[1] is nan; {RANGE}"),
    ([np.inf, -np.inf], f"p[0] is inf; {RANGE}"),
    ([1e308, 1.5e308], f"p[0] is 1e+308; {RANGE}"),
    ([3, 2], f"p[0] is 3.0; {RANGE}"),
    ([], "p is empty: its shape is (0,)"),
    (np.ones((0, 3)), "p is empty: its shape is (0, 3)"),
    (np.ones((2, 0)), "p is empty: its shape is (2, 0)"),
    ([[0.5, 0.5], [1.0]], "p is ragged; its rows must be equally long"),
    (["a", "b"], "p has dtype <U1; use float16, float32 or float64"),
    ([1j, 0], "p has dtype complex128; use float16, float32 or float64"),
    ([None, 1], "p has dtype object; use float16, float32 or float64"),
    (np.ma.array([0.5, 0.25, 0.25], mask=[0, 0, 1]), MASKED),
    ([np.ma.array([0.5, 0.5], mask=[0, 1]), [1.0, 0.0]], MASKED),
    # What rounding carries above 1 would have a surprise below 0.
    (np.array([1.0000000000000002, 0]), f"p[0] is 1.0000000000000002; {BETWEEN}"),
    (np.float32([1.0003, 0]), f"p[0] is 1.0003; {BETWEEN}"),
    (np.float16([1.02, 0]), f"p[0] is 1.02; {BETWEEN}"),
]
REFUSED_DISTRIBUTION = [
    ([0.5, 0.48], f"p sums to 0.98, {COUNTS}"),
    ([[0.5, 0.5], [0.5, 0.6]], f"p[1] sums to 1.1, {COUNTS}"),
    ([[[0.5, 0.5]], [[0.0, 0.0]]], f"p[1, 0] sums to 0, {COUNTS}"),
    ([0.5, 0.5 + 2e-8], f"p sums to 1.00000002, {ROUNDED}"),
    (np.float32([1 / 3, 1 / 3, 1 / 3]).tolist(), f"p sums to 1.00000002980232, {ROUNDED}"),
    ([0.5, 0.4995], f"p sums to 0.9995, {COUNTS}"),
    (np.array([0.5, 0.4995], np.float32), f"p sums to 0.9995, {COUNTS}"),
    (0.5, "p is 0.5, a scalar; its last axis must run over the classes"),
]


@pytest.mark.parametrize(("p", "message"), REFUSED_P)
@pytest.mark.parametrize("function", [surprisal, entropy, perplexity])
def test_what_is_no_probability_is_refused(function, p, message):
    assert _refusal(function, p) == message


@pytest.mark.parametrize(("p", "message"), REFUSED_DISTRIBUTION)
@pytest.mark.parametrize("function", [entropy, perplexity])
def test_what_is_no_distribution_is_refused(function, p, message):
    assert _refusal(function, p) == message


@pytest.mark.parametrize(
    ("p", "q", "message"),
    [
        ([0.5, 0.5], [0.5, 0.48], f"q sums to 0.98, {COUNTS}"),
        ([0.5, 0.48], [0.5, 0.5], f"p sums to 0.98, {COUNTS}"),
        ([1, 0], [[1, 0], [1.5, -0.5]], f"q[1, 0] is 1.5; {RANGE}"),
        (
            [1],
            [0.5, 0.5],
            "p has shape (1,) and q has shape (2,); their last axes, the classes, must be "
            "equally long",
        ),
        (
            np.full((2, 2), 0.5),
            np.full((3, 2), 0.5),
            "p has shape (2, 2) and q has shape (3, 2); all axes but the last must broadcast",
        ),
    ],
)
@pytest.mark.parametrize("function", [*OF_TWO, perplexity])
def test_the_wrong_one_of_two_is_named(function, p, q, message):
    assert _refusal(function, p, q) == message


@pytest.mark.parametrize("base", [0, 1, -2, math.inf, math.nan, True, "'2'", [2], 2j, {2: 3}])
@pytest.mark.parametrize("function", [surprisal, entropy, cross_entropy, kl_divergence])
def test_bases_without_a_logarithm_are_refused(function, base):
    arguments = ([1.0],) * (2 if function in OF_TWO else 1)
    given = base.strip("'") if isinstance(base, str) else base
    assert _refusal(function, *arguments, base=given) == f"base is {base}; {BASE}"


@pytest.mark.parametrize(("dtype", "off"), [(np.float64, 1e-8), (np.float32, 3e-4)])
def test_rounding_of_a_sum_is_accepted(dtype, off):
    entropy(np.array([0.5, 0.5 + off], dtype))
    entropy(np.array([1 - off, 0], dtype))


def _refusal(function, *arguments, **options):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011, the caller compares the message
        function(*arguments, **options)
    return str(refusal.value)
