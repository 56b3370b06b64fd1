"""The explorables: pictures to drag, alive in Jupyter and in the built book alike."""

from crossentropy._extras import notebook_extra

with notebook_extra("crossentropy.widgets"):
    # A base for your own, not one of them.
    from crossentropy.widgets._live import Live as Live
    from crossentropy.widgets.arithmetic_coder import ArithmeticCoder
    from crossentropy.widgets.calibration import Calibration
    from crossentropy.widgets.code_book import CodeBook
    from crossentropy.widgets.decision_regions import DecisionRegions
    from crossentropy.widgets.divergence_bars import DivergenceBars
    from crossentropy.widgets.entropy_bars import EntropyBars
    from crossentropy.widgets.gaussian_fit import GaussianFit
    from crossentropy.widgets.likelihood_explorer import LikelihoodExplorer
    from crossentropy.widgets.log_sum_exp import LogSumExp
    from crossentropy.widgets.loss_comparison import LossComparison
    from crossentropy.widgets.loss_zoo import LossZoo
    from crossentropy.widgets.map_prior import MapPrior
    from crossentropy.widgets.next_letter import NextLetter
    from crossentropy.widgets.predict import Predict
    from crossentropy.widgets.proper_scoring import ProperScoring
    from crossentropy.widgets.softmax_gradient import SoftmaxGradient
    from crossentropy.widgets.surprisal_curve import SurprisalCurve
    from crossentropy.widgets.three_losses import ThreeLosses

__all__ = [
    "ArithmeticCoder",
    "Calibration",
    "CodeBook",
    "DecisionRegions",
    "DivergenceBars",
    "EntropyBars",
    "GaussianFit",
    "LikelihoodExplorer",
    "LogSumExp",
    "LossComparison",
    "LossZoo",
    "MapPrior",
    "NextLetter",
    "Predict",
    "ProperScoring",
    "SoftmaxGradient",
    "SurprisalCurve",
    "ThreeLosses",
]
