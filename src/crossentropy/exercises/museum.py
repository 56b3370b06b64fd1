"""The exhibits of *The bug museum*: what each repair should return, and the bug that is on show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats

from crossentropy.exercises._exercise import Exercise, Verdict
from crossentropy.information import entropy, kl_divergence, surprisal
from crossentropy.likelihood import empirical_distribution, negative_log_likelihood, one_hot
from crossentropy.softmax import softmax, softmax_cross_entropy, softmax_jacobian

__all__ = ["EXERCISES"]

Array = np.ndarray[Any, np.dtype[Any]]

_LABELS = np.array([0, 0, 1, 0, 2, 1])  # the six photographs
_P_HAT = np.array([1 / 2, 1 / 3, 1 / 6])
_Q = np.array([1 / 2, 1 / 4, 1 / 4])


@dataclass(frozen=True, kw_only=True)
class _Demanding(Exercise):
    """An exercise that asks for more than right numbers: `objection` says what is wrong still."""

    objection: Callable[[Callable[..., Any]], str]

    def judge(self, answer: Any) -> Verdict:
        """Say whether an answer is right; see `crossentropy.check`."""
        verdict = super().judge(answer)
        objection = self.objection(answer) if verdict == "Correct." else ""
        return Verdict(f"Not yet: {objection}") if objection else verdict


# ---- Room 1: bugs of the logarithm ----


def _gain(labels: Array, answers: Array, before: float | None, after: float | None) -> float:
    """Return the information gain, with a base for the whole and one for the groups."""
    gain = entropy(empirical_distribution(labels, 3), base=before)
    for answer in (True, False):
        group = labels[answers == answer]
        part = entropy(empirical_distribution(group, 3), base=after)
        gain -= len(group) / len(labels) * part
    return float(gain)


def _gain_from(labels: Array, answers: Array, combine: Callable[[list[float]], float]) -> float:
    groups = [labels[answers == answer] for answer in (True, False)]
    parts = [float(entropy(empirical_distribution(group, 3), base=2)) for group in groups]
    return float(entropy(empirical_distribution(labels, 3), base=2)) - combine(parts)


_bits_nats = Exercise(
    lambda labels, answers: _gain(labels, answers, 2, 2),
    {
        "count the whole in bits and the groups in nats": lambda labels, answers: _gain(
            labels, answers, 2, None
        ),
        "count the whole in nats and the groups in bits": lambda labels, answers: _gain(
            labels, answers, None, 2
        ),
        "count both in nats": lambda labels, answers: _gain(labels, answers, None, None),
        "leave out how large each group is": lambda labels, answers: _gain_from(
            labels, answers, sum
        ),
        "give both groups the same weight": lambda labels, answers: _gain_from(
            labels, answers, lambda parts: sum(parts) / 2
        ),
    },
    [
        (np.tile(_LABELS, 2), np.arange(12) >= 6),  # is it mirrored?
        (np.tile(_LABELS, 2), np.tile(_LABELS, 2) == 0),  # is it a cat?
        (_LABELS, _LABELS == 2),
        (np.array([0, 1, 1, 2, 2, 2, 2]), np.array([1, 1, 0, 0, 0, 0, 1]) == 1),
    ],
)


def _mean_surprise(q_true: Any, epsilon: float = 0.0) -> Any:
    return -np.mean(np.log(np.add(q_true, epsilon)))


_negative_zero = Exercise(
    lambda q_true: surprisal(q_true).mean(),
    {
        "leave a minus on the zero": _mean_surprise,
        "drop the minus sign altogether": lambda q_true: np.mean(np.log(q_true)),
        "add a tiny number to every probability": lambda q_true: _mean_surprise(q_true, 1e-12),
        "add a small number to every probability": lambda q_true: _mean_surprise(q_true, 1e-7),
        "round what is printed": lambda q_true: np.round(_mean_surprise(q_true), 4) + 0.0,
    },
    [(np.ones(6),), (_Q[_LABELS],), (np.array([1.0, 0.0]),), (np.array([1 - 1e-7]),)],
    # A tiny number in place of a limit is off by that tiny number, and by no more.
    rtol=1e-13,
    # The sign of a zero is a part of the answer.
    signed_zero=True,
)


def _clipped(q_true: Any, floor: float) -> Any:
    return -np.mean(np.log(np.clip(q_true, floor, 1)))


_clipped_log = Exercise(
    lambda q_true: surprisal(q_true).mean(),
    {
        "clip at 1e-7": lambda q_true: _clipped(q_true, 1e-7),
        "move the clip to 1e-15": lambda q_true: _clipped(q_true, 1e-15),
        "move the clip to 1e-30": lambda q_true: _clipped(q_true, 1e-30),
        "leave out the photographs that were called impossible": lambda q_true: surprisal(
            q_true[q_true > 0]
        ).mean(),
        "take the logarithm of the mean": lambda q_true: surprisal(q_true.mean()),
    },
    [
        (np.full(1000, 0.85),),  # the steady model
        (np.append(np.full(999, 0.9), 0.0),),  # the bold one
        (np.array([0.5, 1e-40, 0.25]),),
        (np.array([0.2, 0.9]),),
    ],
)


def _logistic(z: Any) -> tuple[Any, Any]:
    return np.logaddexp(0, -z), -special.expit(-z)


def _overflowing(z: Any) -> tuple[Any, Any]:
    e = np.exp(-z)
    return np.log(1 + e), -e / (1 + e)


_exp_overflow = Exercise(
    _logistic,
    {
        "let the exponential overflow": _overflowing,
        "mend the loss and leave the slope": lambda z: (_logistic(z)[0], _overflowing(z)[1]),
        "mend the slope and leave the loss": lambda z: (_overflowing(z)[0], _logistic(z)[1]),
        "move the overflow to the other side": lambda z: (
            np.log(1 + np.exp(z)) - z,
            -1 / (1 + np.exp(z)),
        ),
        "clip z at 500": lambda z: _overflowing(np.clip(z, -500, 500)),
        "turn the slope round": lambda z: (_logistic(z)[0], -_logistic(z)[1]),
    },
    [
        (np.array([2.0, -800.0]),),
        (np.array([800.0, 0.0, -1.0]),),
        (np.array([-40.0, 30.0, 0.5, -3.0]),),
    ],
)


# ---- Room 2: bugs of what goes in ----


def _kl_div(log_q: Any, p: Any) -> Any:  # the order of the library
    return np.sum(p * (np.log(p) - log_q))


def _library_changed(answer: Callable[..., Any]) -> str:
    """Say so if what an answer calls is no longer what the library does."""
    library = getattr(answer, "__globals__", {}).get("kl_div", _kl_div)
    try:
        changed = not np.isclose(library(np.log(_Q), _P_HAT), _kl_div(np.log(_Q), _P_HAT))
    except Exception:
        changed = True
    return changed * (
        "the loss is right, but kl_div is the library's, and others call it. Repair the call."
    )


_swapped_kl = _Demanding(
    lambda teacher, student: kl_divergence(teacher, student),
    {
        "swap teacher and student": lambda teacher, student: kl_divergence(student, teacher),
        "pass probabilities where logarithms are due": lambda teacher, student: _kl_div(
            student, teacher
        ),
        "return the cross-entropy": lambda teacher, student: -np.sum(teacher * np.log(student)),
        "drop the sign": lambda teacher, student: -kl_divergence(teacher, student),
    },
    [
        (_P_HAT, np.array([1 / 3, 1 / 3, 1 / 3])),  # the even student
        (_P_HAT, np.array([0.56, 0.40, 0.04])),  # the one without foxes
        (np.array([0.9, 0.1]), np.array([0.2, 0.8])),
        (np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.1, 0.2, 0.3, 0.4])),
    ],
    objection=_library_changed,
)

Shares = Mapping[str, float]


def _shares(now: Shares, before: Shares, missing: float) -> tuple[Array, Array]:
    return np.array(list(now.values())), np.array([before.get(name, missing) for name in now])


def _by_formula(now: Shares, before: Shares, missing: float, total: Callable[..., Any]) -> Any:
    p, q = _shares(now, before, missing)
    return total(p * np.log(p / q))


def _drift(now: Shares, before: Shares) -> Any:
    return special.rel_entr(*_shares(now, before, 0.0)).sum()


_nansum = Exercise(
    _drift,
    {
        "step over the animal that is new": lambda now, before: _by_formula(
            now, before, np.nan, np.nansum
        ),
        "drop the sign and keep the gap": lambda now, before: abs(
            _by_formula(now, before, np.nan, np.nansum)
        ),
        "let one gap spoil the whole sum": lambda now, before: _by_formula(
            now, before, np.nan, np.sum
        ),
        "leave 0 log 0 to NumPy": lambda now, before: _by_formula(now, before, 0.0, np.sum),
        "call every change of the names infinite": lambda now, before: (
            _drift(now, before) if now.keys() == before.keys() else np.inf
        ),
        "give a new animal a tiny share": lambda now, before: special.rel_entr(
            *_shares(now, before, 1e-12)
        ).sum(),
    },
    [
        ({"cat": 0.3, "dog": 0.2, "fox": 0.5}, {"cat": 0.6, "dog": 0.4}),  # the foxes have come
        ({"cat": 0.6, "dog": 0.4}, {"cat": 0.5, "dog": 0.3, "fox": 0.2}),  # and have gone
        ({"cat": 0.5, "dog": 0.5, "fox": 0.0}, {"dog": 0.1, "fox": 0.2, "cat": 0.7}),
        ({"cat": 0.8, "fox": 0.0, "owl": 0.2}, {"cat": 0.4, "owl": 0.6}),
    ],
)

_HOURS = np.random.default_rng(0).integers(6, 22, size=200)
_EVENING = np.maximum(_HOURS, _HOURS[::-1])  # a camera with later visits


def _in_parts(hours: Any, length: int = 6) -> Any:
    return empirical_distribution(np.asarray(hours) // length, 24 // length)


_samples = Exercise(
    lambda hours_a, hours_b: kl_divergence(_in_parts(hours_a), _in_parts(hours_b)),
    {
        "pass the visits where shares are due": lambda hours_a, hours_b: stats.entropy(
            hours_a, hours_b
        ),
        "swap the two cameras": lambda hours_a, hours_b: kl_divergence(
            _in_parts(hours_b), _in_parts(hours_a)
        ),
        "count every hour by itself": lambda hours_a, hours_b: kl_divergence(
            _in_parts(hours_a, 1), _in_parts(hours_b, 1)
        ),
        "sort the visits in place of counting them": lambda hours_a, hours_b: stats.entropy(
            np.sort(hours_a), np.sort(hours_b)
        ),
    },
    [
        (_HOURS, np.random.default_rng(1).permutation(_HOURS)),
        (_HOURS, _EVENING),
        (_EVENING[:40], _HOURS[:70]),
        (np.array([0, 5, 7, 12]), np.array([3, 8, 11, 13, 23])),
        (np.array([9, 13, 20]), np.array([6, 12, 13, 14])),  # no evening at the second camera
    ],
)

_USUALLY = np.array([0.40, 0.30, 0.10, 0.20])  # cat, dog, fox, unknown
_HARDLY = np.array([0.04, 0.03, 0.01, 0.92])

_silent_normaliser = Exercise(
    lambda p, output: kl_divergence([*p, 0.0], output),
    {
        "rescale what is left until it sums to 1": lambda p, output: stats.entropy(p, output[:3]),
        "return the cross-entropy": lambda p, output: -np.sum(special.xlogy(p, output[:3])),
        "pass what is left, which is no distribution": lambda p, output: kl_divergence(
            p, output[:3]
        ),
        "share the unknown out among the three": lambda p, output: kl_divergence(
            p, output[:3] + output[3] / 3
        ),
    },
    [
        (_P_HAT, _USUALLY),
        (_P_HAT, _HARDLY),
        (np.array([0.2, 0.8, 0.0]), np.array([0.1, 0.3, 0.0, 0.6])),
        (np.array([0.3, 0.3, 0.4]), np.array([0.5, 0.0, 0.25, 0.25])),  # a dog was impossible
    ],
)

_wrong_axis = Exercise(
    lambda confusion: confusion / confusion.sum(axis=1, keepdims=True),
    {
        "divide column k by the total of row k": lambda confusion: (
            confusion / confusion.sum(axis=1)
        ),
        "divide by the totals of the columns": lambda confusion: confusion / confusion.sum(axis=0),
        "divide by the total of the whole table": lambda confusion: confusion / confusion.sum(),
        "divide by the largest of each row": lambda confusion: (
            confusion / confusion.max(axis=1, keepdims=True)
        ),
    },
    [
        (np.array([[45, 3, 2], [6, 30, 4], [6, 1, 3]]),),
        (np.array([[2, 6], [5, 0]]),),
        (np.array([[7, 1, 2], [0, 4, 0]]),),
    ],
)

_TABLE = np.array(
    [
        [0.8, 0.15, 0.05],
        [0.7, 0.2, 0.1],
        [0.2, 0.7, 0.1],
        [0.8, 0.1, 0.1],
        [0.05, 0.15, 0.8],
        [0.15, 0.8, 0.05],
    ]
)


def _looked_up(table: Array, columns: Array) -> Any:
    return -np.mean(np.log(table[np.arange(len(columns)), columns]))


def _takes_no_animal(answer: Callable[..., Any]) -> str:
    """Say so if an answer gives a loss to a label that the file cannot hold."""
    for label in (0, 4):
        try:
            answer(np.array([label, 1, 2]), _TABLE[:3])
        except Exception:
            continue
        return f"a label {label} is no animal, and your function charges it for one. Refuse it."
    return ""


_off_by_one = _Demanding(
    lambda file_labels, table: negative_log_likelihood(file_labels - 1, table),
    {
        "clip the labels into range": lambda file_labels, table: _looked_up(
            table, np.clip(file_labels, 0, 2)
        ),
        "wrap the labels round": lambda file_labels, table: _looked_up(table, file_labels % 3),
        "subtract 1 twice, so that a cat becomes -1, the last": lambda file_labels, table: (
            _looked_up(table, file_labels - 2)
        ),
        "count from the smallest label that happens to be there": lambda file_labels, table: (
            _looked_up(table, file_labels - file_labels.min())
        ),
        "add the losses up": lambda file_labels, table: negative_log_likelihood(
            file_labels - 1, table, reduction="sum"
        ),
    },
    [
        (_LABELS + 1, _TABLE),
        (np.array([2, 3, 3, 2]), np.array([[0.1, 0.3, 0.6]] * 4)),  # no cat
        (np.array([1, 3, 1]), np.array([[0.6, 0.3, 0.1], [0.2, 0.3, 0.5], [0.1, 0.2, 0.7]])),
    ],
    objection=_takes_no_animal,
)


# ---- Room 3: bugs of the training loop ----


def _loss_and_slope(scores: Any, targets: Any) -> tuple[Any, Any]:
    return softmax_cross_entropy(scores, targets, return_grad=True)


def _twice(scores: Any, labels: Any) -> tuple[Any, Any]:
    loss, slope = _loss_and_slope(softmax(scores), labels)
    return loss, _back(slope, scores)


def _back(slope: Any, scores: Any) -> Any:
    """Carry a slope back through a softmax layer."""
    return np.einsum("nj,njk->nk", slope, softmax_jacobian(scores))


_SCORES = np.array([[3.0, 1.0, 0.0, -2.0], [0.5, 2.5, -1.0, 2.0], [40.0, -10.0, 0.0, 1.0]])

_double_softmax = Exercise(
    lambda scores, labels: _loss_and_slope(scores, labels),
    {
        "apply softmax twice": _twice,
        "apply it once, and go back through two": lambda scores, labels: (
            _loss_and_slope(scores, labels)[0],
            _back(_loss_and_slope(scores, labels)[1], scores),
        ),
        "apply it twice, and go back through one": lambda scores, labels: _loss_and_slope(
            softmax(scores), labels
        ),
        "apply it nowhere": lambda scores, labels: (
            -np.mean(scores[np.arange(len(labels)), labels]),
            -one_hot(labels, scores.shape[1]) / len(labels),
        ),
    },
    [
        (np.array([[3.0, 1.0, 0.0]]), np.array([2])),
        (_SCORES, np.array([1, 3, 0])),
        (_SCORES[:, :2], np.array([0, 1, 1])),
    ],
)


def _held_out(labels: Any, probabilities: Any) -> Any:
    return negative_log_likelihood(labels, probabilities)


_PROBABILITIES = softmax(_SCORES[:, ::-1] / 4)

_probabilities_as_logits = Exercise(
    _held_out,
    {
        "pass probabilities as logits": lambda labels, probabilities: softmax_cross_entropy(
            probabilities, labels
        ),
        "use logarithms to base 2": lambda labels, probabilities: (
            _held_out(labels, probabilities) / np.log(2)
        ),
        "average before the logarithm": lambda labels, probabilities: (
            -np.log(probabilities[np.arange(len(labels)), labels].mean())
        ),
        "add the losses up": lambda labels, probabilities: negative_log_likelihood(
            labels, probabilities, reduction="sum"
        ),
        "look at the likeliest class in place of the true one": lambda labels, probabilities: (
            surprisal(probabilities.max(axis=1)).mean()
        ),
    },
    [
        (_LABELS, np.tile(_Q, (6, 1))),  # the running model's answer to the six photographs
        (np.array([3, 0, 1]), _PROBABILITIES),
        (np.array([1, 1, 0, 1]), np.array([[0.1, 0.9], [0.6, 0.4], [0.2, 0.8], [0.5, 0.5]])),
    ],
)

Parts = list[tuple[Array, Array]]


def _slopes(W: Array, parts: Parts) -> list[Any]:
    return [_loss_and_slope(images @ W.T, labels)[1].T @ images for images, labels in parts]


def _sizes(parts: Parts) -> list[int]:
    return [len(labels) for _, labels in parts]


_rng = np.random.default_rng(2)
_IMAGES, _DIGITS = _rng.uniform(size=(7, 4)), np.array([0, 2, 1, 0, 2, 2, 1])
_WEIGHTS = _rng.normal(size=(3, 4))


def _cut(*ends: int) -> Parts:
    pairs = zip(np.split(_IMAGES, ends), np.split(_DIGITS, ends), strict=True)
    return [(images, labels) for images, labels in pairs if len(labels)]


_sum_mean = Exercise(
    lambda W, parts: np.average(_slopes(W, parts), axis=0, weights=_sizes(parts)),
    {
        "add up the means of the parts": lambda W, parts: np.sum(_slopes(W, parts), axis=0),
        "average the means, though a part may be smaller": lambda W, parts: np.mean(
            _slopes(W, parts), axis=0
        ),
        "add up all images and divide by nothing": lambda W, parts: sum(
            n * slope for n, slope in zip(_sizes(parts), _slopes(W, parts), strict=True)
        ),
        "divide each part by its own size once more": lambda W, parts: sum(
            slope / n for n, slope in zip(_sizes(parts), _slopes(W, parts), strict=True)
        ),
    },
    [
        (np.zeros((3, 4)), _cut(3, 6)),  # parts of 3, 3 and 1
        (_WEIGHTS, _cut(2)),
        (2 * _WEIGHTS, _cut()),  # all in one part
        (_WEIGHTS[:, :2], [(_IMAGES[:4, :2], _DIGITS[:4]), (_IMAGES[4:6, :2], _DIGITS[4:6])]),
    ],
)


def _smooth(targets: Any, epsilon: float = 0.1, others: int = 0) -> Any:
    """Mix with the uniform distribution, over all classes or over the `others`."""
    if others:
        return (1 - epsilon) * targets + epsilon * (1 - targets) / others
    return (1 - epsilon) * targets + epsilon / targets.shape[-1]


def _with_targets(make: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda scores, labels: _loss_and_slope(scores, make(one_hot(labels, 10)))


_TEN = np.random.default_rng(3).normal(size=(5, 10))

_smoothing_twice = Exercise(
    lambda scores, labels: _loss_and_slope(scores, _smooth(one_hot(labels, 10))),
    {
        "smooth twice": _with_targets(lambda h: _smooth(_smooth(h))),
        "smooth nowhere": _with_targets(lambda h: h),
        "halve ε and smooth twice": _with_targets(lambda h: _smooth(_smooth(h, 0.05), 0.05)),
        "smooth once, with twice the ε": _with_targets(lambda h: _smooth(h, 0.2)),
        "share ε among the other nine digits": _with_targets(lambda h: _smooth(h, others=9)),
    },
    [
        (np.zeros((1, 10)), np.array([7])),
        (_TEN, np.array([3, 0, 9, 3, 5])),
        (20 * _TEN[:2], np.array([1, 8])),
    ],
)

# ---- Room 4: bugs of the next letter ----


def _windows(symbols: Any, n: int, ends: int, targets: int) -> tuple[Any, Any]:
    """Return windows but for the last `ends`, with targets that begin at letter `targets`."""
    windows = np.array([symbols[i : i + n] for i in range(len(symbols) - n + 1 - ends)])
    return windows, symbols[targets:]


_unshifted = Exercise(
    lambda symbols, n: _windows(symbols, n, 1, n),
    {
        "take the last letter of each window for its target": lambda symbols, n: _windows(
            symbols, n, 0, n - 1
        ),
        "take the letter after next for the target": lambda symbols, n: _windows(
            symbols, n, 2, n + 1
        ),
        "take the first letter of each window for its target": lambda symbols, n: (
            _windows(symbols, n, 1, n)[0],
            symbols[:-n],
        ),
        "leave out the first window and not the last": lambda symbols, n: (
            _windows(symbols, n, 0, n)[0][1:],
            symbols[n:],
        ),
        "leave a window without a target": lambda symbols, n: _windows(symbols, n, 0, n),
    },
    [
        (np.array([3, 0, 1, 4, 1, 5, 2, 6]), 2),
        (np.array([0, 0, 1, 0, 2, 1]), 1),
        (np.array([2, 1, 0, 3]), 3),  # one window
        (np.arange(11) % 4, 5),
    ],
)


def _named(counts: Any, symbols: Any, known: int, alike: float | None = None) -> Any:
    """Return the bits of each letter; an unknown one is one of so many that are alike."""
    shares = counts / counts.sum()
    sign = -np.log2(np.where(symbols < known, shares[symbols], shares[known:].sum()))
    alike = len(counts) - known if alike is None else alike
    return sign + np.where(symbols < known, 0, np.log2(alike))


_unknown_letters = Exercise(
    lambda counts, symbols, known: _named(counts, symbols, known).mean(),
    {
        "leave out which letter the sign stands for": lambda counts, symbols, known: _named(
            counts, symbols, known, 1
        ).mean(),
        "let the sign stand for any letter, the known ones too": lambda counts, symbols, known: (
            _named(counts, symbols, known, len(counts)).mean()
        ),
        "charge the known letters too": lambda counts, symbols, known: (
            _named(counts, symbols, known, 1).mean() + np.log2(len(counts) - known)
        ),
        "leave the unknown letters out of the mean": lambda counts, symbols, known: _named(
            counts, symbols, known
        )[symbols < known].mean(),
        "guess the unknown ones by their shares": lambda counts, symbols, known: (
            -np.log2(counts / counts.sum())[symbols].mean()
        ),
        "use natural logarithms": lambda counts, symbols, known: (
            _named(counts, symbols, known).mean() * np.log(2)
        ),
        "add the bits up": lambda counts, symbols, known: _named(counts, symbols, known).sum(),
    },
    [
        (np.array([9, 6, 4, 2, 1]), np.array([0, 3, 1, 2, 0, 4, 0]), 2),
        (np.array([7, 5, 2]), np.array([1, 0, 1, 1]), 1),
        (np.array([8, 4, 2, 1, 1]), np.array([0, 1, 3, 2]), 4),  # one letter is unknown: itself
        (np.array([5, 3, 2, 2, 1, 1]), np.array([2, 2, 5, 1, 3, 4]), 3),
    ],
)


def _undone(q: Any, weights: Any) -> Any:
    share = q / weights
    return np.sum(share[:, 1] / share.sum(axis=1))


_weights_unread = Exercise(
    _undone,
    {
        "read weighted probabilities as if they were not": lambda q, weights: q[:, 1].sum(),
        "divide by the weights and forget to normalise": lambda q, weights: (q / weights)[
            :, 1
        ].sum(),
        "multiply by the weights once more": lambda q, weights: _undone(q, 1 / weights),
        "count the photographs where a fox is likelier": lambda q, weights: np.sum(
            q[:, 1] > q[:, 0]
        ),
        "take the mean": lambda q, weights: _undone(q, weights) / len(q),
        "count what is no fox": lambda q, weights: len(q) - _undone(q, weights),
    },
    [
        (np.array([[0.7, 0.3], [0.2, 0.8], [0.45, 0.55]]), np.array([1.0, 19.0])),
        (np.array([[0.5, 0.5], [0.9, 0.1]]), np.array([0.5, 4.0])),
        (np.array([[1.0, 0.0], [0.0, 1.0], [0.3, 0.7], [0.6, 0.4]]), np.array([3.0, 2.0])),
    ],
)

EXERCISES: dict[str, Exercise] = {
    "mus-bits-nats": _bits_nats,
    "mus-negative-zero": _negative_zero,
    "mus-clipped-log": _clipped_log,
    "mus-exp-overflow": _exp_overflow,
    "mus-swapped-kl": _swapped_kl,
    "mus-nansum": _nansum,
    "mus-samples": _samples,
    "mus-silent-normaliser": _silent_normaliser,
    "mus-wrong-axis": _wrong_axis,
    "mus-off-by-one": _off_by_one,
    "mus-double-softmax": _double_softmax,
    "mus-probabilities-as-logits": _probabilities_as_logits,
    "mus-sum-mean": _sum_mean,
    "mus-smoothing-twice": _smoothing_twice,
    "mus-weights-unread": _weights_unread,
    "mus-unshifted": _unshifted,
    "mus-unknown-letters": _unknown_letters,
}
