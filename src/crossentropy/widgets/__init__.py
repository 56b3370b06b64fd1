"""The explorables: pictures to drag, alive in Jupyter and in the built book alike."""

from crossentropy.widgets.divergence_bars import DivergenceBars
from crossentropy.widgets.entropy_bars import EntropyBars
from crossentropy.widgets.likelihood_explorer import LikelihoodExplorer
from crossentropy.widgets.loss_comparison import LossComparison
from crossentropy.widgets.predict import Predict
from crossentropy.widgets.proper_scoring import ProperScoring
from crossentropy.widgets.softmax_gradient import SoftmaxGradient

__all__ = [
    "DivergenceBars",
    "EntropyBars",
    "LikelihoodExplorer",
    "LossComparison",
    "Predict",
    "ProperScoring",
    "SoftmaxGradient",
]
