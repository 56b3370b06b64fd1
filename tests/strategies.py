"""Hypothesis strategies and references that several test modules share."""

import mpmath
import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

mpmath.mp.dps = 50

# The same examples on every run and machine, however slow.
quick = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)

n_classes = st.integers(1, 6)
weights = st.floats(0, 1)  # between two distributions


def _normalised(counts):
    return counts / counts.sum(axis=-1, keepdims=True)


def _distributions(shape, smallest=0):
    counts = arrays(np.int64, shape, elements=st.integers(smallest, 1000))
    return counts.filter(lambda counts: counts.sum(axis=-1).all()).map(_normalised)


@st.composite
def distributions(draw, n=1, *, positive=False):
    """`n` distributions over the same classes, with zeros unless `positive`, as rows."""
    return draw(_distributions((n, draw(n_classes)), smallest=int(positive)))


@st.composite
def logits(draw, n=1, largest=50):
    """`n` rows of logits over the same classes."""
    return draw(arrays(np.float64, (n, draw(n_classes)), elements=st.floats(-largest, largest)))


def exactly(values):
    """Numbers as mpmath's, with 50 digits."""
    return [mpmath.mpf(float(value)) for value in values]


def exact_logsumexp(values):
    return mpmath.log(mpmath.fsum(mpmath.exp(value) for value in exactly(values)))
