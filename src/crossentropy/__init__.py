"""Cross-entropy, derived and executed: the helper package of *Why Cross-Entropy?*.

Arrays hold classes on their last axis, ``(..., K)``. Information is measured in nats unless
``base=2`` asks for bits. Input is checked, never mended: what is not a distribution is refused.

It serves who computes with it, and who reads the course and does its exercises. A bare install
needs NumPy and SciPy, and what is imported here needs no more. What notebooks show, `widgets` and
`figures`, and what checks one, `rehearsal`, need the extra ``notebook``, and say so where it is
missing. Arrows point down: `classifier` may import `softmax`, and that `information`; `widgets` may
import these, and none of these `widgets`. The book's extension and the grader, `crossentropy_book`
and `crossentropy_classroom`, import this package. It knows neither.
"""

from crossentropy.classifier import SoftmaxRegression
from crossentropy.derivation import Derivation
from crossentropy.exercises import check
from crossentropy.information import (
    cross_entropy,
    entropy,
    kl_divergence,
    perplexity,
    surprisal,
)
from crossentropy.likelihood import (
    empirical_distribution,
    likelihood,
    log_likelihood,
    negative_log_likelihood,
    one_hot,
)
from crossentropy.softmax import (
    log_softmax,
    logsumexp,
    softmax,
    softmax_cross_entropy,
    softmax_jacobian,
)

__all__ = [
    "Derivation",
    "SoftmaxRegression",
    "check",
    "cross_entropy",
    "empirical_distribution",
    "entropy",
    "kl_divergence",
    "likelihood",
    "log_likelihood",
    "log_softmax",
    "logsumexp",
    "negative_log_likelihood",
    "one_hot",
    "perplexity",
    "softmax",
    "softmax_cross_entropy",
    "softmax_jacobian",
    "surprisal",
]
