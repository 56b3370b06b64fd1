"""Cross-entropy, derived and executed: the helper package of *Why Cross-Entropy?*.

Arrays hold classes on their last axis, ``(..., K)``. Information is measured in nats unless
``base=2`` asks for bits. Input is checked, never mended: what is not a distribution is refused.
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
