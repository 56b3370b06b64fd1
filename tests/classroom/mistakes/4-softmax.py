"""What goes wrong in the fourth assignment, and what it costs."""

from classroom.assignment_tools import Mistake

MISTAKES = [
    Mistake(
        "the course's log_softmax, where NumPy alone was asked for",
        "log-probabilities",
        """
def log_probabilities(scores, in_season):
    answer = np.full(scores.shape, -np.inf)
    answer[:, in_season] = log_softmax(scores[:, in_season])
    return answer
""",
        {"test-log-probabilities": 3},
        "your function calls `log_softmax`",
    ),
    Mistake(
        "bits for nats",
        "loss-per-vote",
        """
def loss_per_vote(scores, votes):
    return np.sum(votes * -log_softmax(scores)) / np.sum(votes) / np.log(2)
""",
        {"test-loss-per-vote": 3},
        "use the logarithm to base 2",
    ),
    Mistake(
        "missing minus",
        "loss-per-vote",
        """
def loss_per_vote(scores, votes):
    return np.sum(votes * log_softmax(scores)) / np.sum(votes)
""",
        {"test-loss-per-vote": 3},
        "leave out the minus",
    ),
    Mistake(
        "the log of a finished softmax",
        "loss-per-vote",
        """
def loss_per_vote(scores, votes):
    surprisals = -np.log(softmax(scores))
    return np.sum(votes[votes > 0] * surprisals[votes > 0]) / np.sum(votes)
""",
        {"test-loss-per-vote": 1},
        "take the logarithm of a probability that has rounded to 0",
    ),
    Mistake(
        "shares of no votes",
        "loss-per-vote",
        """
def loss_per_vote(scores, votes):
    votes_of_photo = votes.sum(axis=1, keepdims=True)
    losses = -np.sum(votes / votes_of_photo * log_softmax(scores), axis=1)
    return np.average(losses, weights=votes_of_photo[:, 0])
""",
        {"test-loss-per-vote": 1},
        "divide a row of zero votes by its sum",
    ),
    Mistake(
        "wrong axis",
        "log-probabilities",
        """
def log_probabilities(scores, in_season):
    kept = np.where(in_season, scores, -np.inf)
    shifted = kept - kept.max(axis=0)
    return shifted - np.log(np.exp(shifted).sum(axis=0))
""",
        {"test-log-probabilities": 3},
        "normalise over the photos, not over the birds",
    ),
    Mistake(
        "unstable softmax",
        "log-probabilities",
        """
def log_probabilities(scores, in_season):
    kept = np.where(in_season, scores, -np.inf)
    return kept - np.log(np.exp(kept).sum(axis=-1, keepdims=True))
""",
        {"test-log-probabilities": 1},
        "Not yet: for scores = [[3000, 2999, -5000]",
    ),
    Mistake(
        "the maximum of a bird that does not count",
        "log-probabilities",
        """
def log_probabilities(scores, in_season):
    shifted = scores - scores.max(axis=-1, keepdims=True)
    shifted = np.where(in_season, shifted, -np.inf)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
""",
        {"test-log-probabilities": 1},
        "subtract the score of a bird that is out of season",
    ),
    Mistake(
        "mean over the photos for the mean over the votes",
        "gradient",
        """
def gradient(scores, votes):
    votes_of_photo = votes.sum(axis=1, keepdims=True)
    return (votes_of_photo * softmax(scores) - votes) / len(scores)
""",
        {"test-gradient": 2},
        "divide by the number of photos",
    ),
    Mistake(
        "forward difference",
        "measured-gradient",
        """
def measured_gradient(f, at, h):
    slopes = np.zeros(at.shape)
    for place in np.ndindex(at.shape):
        nudge = np.zeros(at.shape)
        nudge[place] = h
        slopes[place] = (f(at + nudge) - f(at)) / h
    return slopes
""",
        {"test-measured-gradient": 2},
        "take the forward difference",
    ),
    Mistake(
        "hard-coded result",
        "temperature",
        """
def temperature_for(scores, confidence):
    return 2.2419 * scores.max() / 3
""",
        {"test-temperature": 2},
    ),
    Mistake(
        "one ball read twice",
        "plateau-answer",
        """
steps_cross_entropy = 4
steps_squared_error = 4
""",
        {"test-plateau": 1},
        "read the other ball",
    ),
]
