"""Static pictures: alt text, theme, and nothing that leaks into the page."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from crossentropy import figures, kl_divergence
from crossentropy.figures import beyond, classifier, likelihood, softmax, style, variations
from crossentropy.figures.style import COLOURS, Picture, bars, label, number, panel

ROOT = Path(__file__).parent.parent


def picture() -> Picture:
    figure, axes = panel()
    bars(axes, [0, 1], [0.3, 0.7], "q")
    label(axes, 0, 0.4, "0.30", "q")
    return Picture(figure, alt="Two bars, 0.30 and 0.70.")


PICTURES = [
    function
    for name in figures.__all__
    if inspect.ismodule(room := getattr(figures, name))
    for function in vars(room).values()
    if inspect.isfunction(function) and function.__annotations__.get("return") == "Picture"
]
# A reader's own settings; there is no LaTeX on this machine, or it would take seconds.
HOSTILE = {
    "text.usetex": True,
    "axes.grid": True,
    "font.size": 30,
    "lines.linewidth": 9,
    "savefig.facecolor": "red",
}


def of_nothing(function: Callable[..., Picture]) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return all(parameter.default is not parameter.empty for parameter in parameters)


@pytest.mark.parametrize(
    "draw", [*filter(of_nothing, PICTURES)], ids=lambda draw: draw.__qualname__
)
def test_a_readers_settings_change_no_picture(draw: Callable[[], Picture]) -> None:
    ours = draw().to_html()
    with mpl.rc_context(HOSTILE):
        assert draw().to_html() == ours


@pytest.mark.parametrize("draw", PICTURES, ids=lambda draw: draw.__qualname__)
def test_a_picture_is_drawn_in_the_house_style(draw: Callable[..., Picture]) -> None:
    assert hasattr(draw, "__wrapped__"), "it lacks @in_house_style"


def test_alt_text_is_required() -> None:
    figure, _ = panel()
    with pytest.raises(ValueError, match="alt is empty"):
        Picture(figure, alt=" ")


def test_it_is_an_image_with_its_alt_text() -> None:
    assert 'role="img" aria-label="Two bars, 0.30 and 0.70."' in picture().to_html()


def test_every_colour_follows_the_theme() -> None:
    # What is left of plain colours stands inside var(--ce-…, fallback).
    for colour in re.findall(r"#[0-9a-f]{6}\b", picture().to_html().split(">", 1)[1]):
        assert colour in COLOURS.values()
    assert not re.search(r'(fill|stroke)="#', picture().to_html())
    assert not re.search(r"(fill|stroke): #", picture().to_html())


def test_two_pictures_share_no_ids_but_equal_definitions() -> None:
    ids = re.findall(r' id="([^"]+)"', picture().to_html())
    assert all(re.fullmatch(r"[a-z][0-9a-f]{10}", name) for name in ids), ids


def test_its_styles_stay_inside() -> None:
    assert "<style" not in picture().to_html()


def test_text_stays_text() -> None:
    assert ">0.30</text>" in picture().to_html()


def test_the_digits_of_a_label_stay() -> None:
    figure, axes = panel()
    label(axes, 0.123456, 0.5, "0.3466 nats")
    assert "0.3466 nats" in Picture(figure, alt="A number.").to_html()


def test_a_number_has_a_true_minus_sign_and_none_at_zero() -> None:
    texts = [number(value, ".2f") for value in (-1.5, -0.004, -0.0, float("inf"), -float("inf"))]
    assert texts == ["−1.50", "0.00", "0.00", "∞", "−∞"]


NOON_AND_DUSK = np.array([[0.60, 0.35, 0.05], [0.40, 0.15, 0.45]]) / 2


def test_two_families_close_in_on_two_limits_from_both_sides() -> None:
    shown = likelihood.fitted_families(NOON_AND_DUSK)
    (axes,) = shown.panels[0].axes
    floor = -np.sum(NOON_AND_DUSK * np.log(2 * NOON_AND_DUSK))
    best = 1.5 * np.log(2)  # of the mean row, 1/2, 1/4 and 1/4
    (bar,) = axes.patches
    np.testing.assert_allclose([bar.get_y(), bar.get_y() + bar.get_height()], [floor, best])
    limits = [line for line in axes.lines if len(line.get_xdata()) == 2]
    np.testing.assert_allclose([line.get_ydata()[0] for line in limits], [floor, best])
    curves = [line for line in axes.lines if len(line.get_xdata()) > 2]
    for limit, true, training in zip([best, floor], curves[::2], curves[1::2], strict=True):
        assert (true.get_linestyle(), training.get_linestyle()) == ("--", "-")
        assert true.get_ydata()[0] - limit > 0.05
        assert limit - training.get_ydata()[0] > 0.05
        for curve in (true, training):
            gaps = np.abs(curve.get_ydata() - limit)
            assert gaps[-1] < 1e-3
            assert gaps[0] > gaps[9] > gaps[-1]
    for value in (floor, best, best - floor):
        assert f"{value:.4f} nats" in shown.alt


def test_the_bounded_fit_is_the_likeliest_of_its_family() -> None:
    rng = np.random.default_rng(0)
    rivals = 0.05 + 0.85 * rng.dirichlet(np.ones(3) / 2, size=20_000)
    for counts in ([5, 5, 90], [0, 0, 7], [3, 40, 57], [0, 6, 94], [100, 0, 6]):
        fit = likelihood._most_likely(np.array(counts), 0.05)
        assert np.isclose(fit.sum(), 1)
        assert fit.min() >= 0.05 - 1e-12
        assert np.log(fit) @ counts >= (np.log(rivals) @ counts).max() - 1e-9


@pytest.mark.parametrize("belief", [0.2, 0.6, 0.9])
def test_no_regret_is_drawn_above_what_the_theorem_allows(belief: float) -> None:
    shown = beyond.regret(belief)
    bet, many = (figure.axes[0] for figure in shown.panels)
    allowed, low, high, _ = (np.array(line.get_data()) for line in bet.lines)
    truth = kl_divergence([1 - belief, belief], np.stack([1 - allowed[0], allowed[0]], -1))
    np.testing.assert_allclose(allowed[1], np.sqrt(2 * truth))
    for reports, right in ((low, belief < 0.5), (high, belief > 0.5)):
        np.testing.assert_allclose(reports[1], 0 if right else abs(2 * belief - 1))
        assert np.all(np.interp(reports[0], *allowed) >= reports[1])
    allowed, dots = (np.array(line.get_data()) for line in many.lines)
    np.testing.assert_allclose(allowed[1], np.sqrt(2 * allowed[0]))
    assert dots.shape == (2, 60)
    assert np.all((dots[1] > 0) & (dots[1] <= np.sqrt(2 * dots[0])))
    assert f"reaches {(dots[1] / np.sqrt(2 * dots[0])).max():.0%} of its height" in shown.alt
    assert f"{low[1, 0]:.1f} for reports below one half and {high[1, 0]:.1f} above" in shown.alt


def test_training_runs_are_drawn_as_they_went_and_told_in_words() -> None:
    steps = np.arange(1001)
    hero, rival = 1 - 0.9 * 0.99**steps, 1 - 0.9 * 0.999**steps
    shown = softmax.training_runs(
        {"cross-entropy": hero, "squared error": rival},
        {"cross-entropy": hero / 2, "squared error": rival / 2},
    )
    for figure, factor in zip(shown.panels, (1, 1 / 2), strict=True):
        first, second = figure.axes[0].lines
        assert np.array_equal(first.get_ydata(), factor * hero)
        assert np.array_equal(second.get_ydata(), factor * rival)
        assert (first.get_linestyle(), second.get_linestyle()) == ("-", "--")
    words = f"squared error is at {rival[50]:.3f} after 50 steps and at {rival[-1]:.3f} at the end."
    assert words in shown.alt


def test_the_floor_of_a_double_softmax_is_a_line_under_its_loss() -> None:
    steps = np.arange(1001)
    once = np.stack([1 - 0.9**steps, 2.3 * 0.99**steps], axis=1)
    twice = np.stack([1 - 0.99**steps, 1.46 + 0.8 * 0.99**steps], axis=1)
    shown = softmax.double_softmax(once, twice, floor=1.4612)
    for column, figure in enumerate(shown.panels):
        *others, first, second = figure.axes[0].lines
        assert np.array_equal(first.get_ydata(), once[:, column])
        assert np.array_equal(second.get_ydata(), twice[:, column])
        assert [line.get_ydata()[0] for line in others] == [1.4612] * column
    assert f"Second, the loss in nats: once is at {once[50, 1]:.3f}" in shown.alt


def test_the_best_steps_are_marked_where_they_are() -> None:
    axes = softmax.finite_differences().panels[0].axes[0]
    *_, forward, central = (line.get_xdata()[0] for line in axes.lines)
    assert (f"{forward:.1e}", f"{central:.1e}") == ("7.0e-08", "1.9e-05")
    assert {"7.0·10⁻⁸", "1.9·10⁻⁵"} <= {text.get_text() for text in axes.texts}


def test_surrogates_are_drawn_above_the_mistakes() -> None:
    axes = classifier.margin_losses().panels[0].axes[0]
    mistakes, rest, _, _, hinge, in_bits = (np.array(line.get_data()) for line in axes.lines)
    assert (mistakes[1] == 1).all()
    assert mistakes[0].max() == rest[0].min() == 0
    assert (rest[1] == 0).all()
    np.testing.assert_allclose(in_bits[1], np.log2(1 + np.exp(-in_bits[0])))
    np.testing.assert_allclose(hinge[1], np.maximum(0, 1 - hinge[0]))


def test_the_lowest_validation_loss_is_marked_and_told() -> None:
    validation = np.array([0.4, 0.2, 0.11, 0.15])
    shown = classifier.penalty_path([0.1, 1, 10, 100], [0.3, 0.1, 0.02, 0.001], validation)
    axes = shown.panels[0].axes[0]
    curve, training, dot = (np.array(line.get_data()) for line in axes.lines)
    assert np.array_equal(curve, [[0.1, 1, 10, 100], validation])
    assert np.array_equal(training, [[0.1, 1, 10, 100], [0.3, 0.1, 0.02, 0.001]])
    assert dot.ravel().tolist() == [10, 0.11]
    assert "falls from 0.40 to 0.11 at C = 10 and rises to 0.15 again" in shown.alt
    assert "from 0.30 to 0.001" in shown.alt


def test_a_reliability_diagram_stands_on_the_bins() -> None:
    # Says 0.6 twice and is right once, 0.75 three times and is right, 0.95 four times and twice.
    confidence = np.repeat([0.6, 0.75, 0.95], [2, 3, 4])
    labels = np.array([0, 1, 0, 0, 0, 0, 0, 1, 1])
    shown = classifier.reliability({"some": np.stack([confidence, 1 - confidence], -1)}, labels)
    diagonal, stems, *dots = shown.panels[0].axes[0].lines
    assert np.array_equal(*diagonal.get_data())
    places = [(float(*dot.get_xdata()), float(*dot.get_ydata())) for dot in dots]
    np.testing.assert_allclose(places, [(0.6, 0.5), (0.75, 1), (0.95, 0.5)])
    sizes = [dot.get_markersize() for dot in dots]
    assert sizes[0] < sizes[1] < sizes[2]
    x, y = (np.reshape(data, (-1, 3)) for data in stems.get_data())
    np.testing.assert_allclose(x[:, 0], y[:, 0])  # from the diagonal
    np.testing.assert_allclose(np.stack([x[:, 1], y[:, 1]], -1), places)  # to the dot
    assert "1 of 3 dots lie above the diagonal" in shown.alt
    assert "2 below it, the farthest 0.45 away" in shown.alt
    assert "mean confidence 0.81, accuracy 0.67" in shown.alt


@pytest.mark.parametrize("signed", [False, True])
def test_an_image_is_drawn_pixel_by_pixel(signed: bool) -> None:
    images = np.random.default_rng(0).uniform(-1 if signed else 0, 1, size=(10, 64))
    picture = classifier.weights(images) if signed else classifier.digits(images, np.arange(10))
    drawn = np.zeros((10, 8, 8))
    for panel_number, figure in enumerate(picture.panels):
        axes = figure.axes[0]
        frames = [patch for patch in axes.patches if patch.get_linewidth() == 1]
        lefts = [frame.get_path().vertices[:, 0].min() for frame in frames]
        for patch in set(axes.patches) - {*frames}:
            side = patch.get_linewidth()
            red, green, _, shade = patch.get_edgecolor()
            sign = -1 if red > green else 1  # brown
            for start, end in patch.get_path().vertices.reshape(-1, 2, 2):
                image = int(np.searchsorted(lefts, start[0], side="right")) - 1
                columns = ((np.array([start[0], end[0]]) - lefts[image]) / side).astype(int)
                row = 5 * panel_number + image, int(start[1] // side), slice(*columns)
                assert not drawn[row].any()
                drawn[row] = sign * shade
    scaled = images.reshape(10, 8, 8) / np.abs(images).max()
    wanted = np.sign(scaled) * np.sqrt(np.abs(scaled)) if signed else scaled
    np.testing.assert_allclose(drawn, np.round(wanted * 6) / 6, atol=1e-12)


def test_a_path_in_fewer_letters_is_the_same_path() -> None:
    def points(path: str) -> list[tuple[float, float]]:
        found, x, y, op = [], 0.0, 0.0, ""
        words = iter(re.findall(r"[MLHVz]|-?[\d.]+", path))
        for word in words:
            if word.isalpha():
                op = word
                word = "" if op == "z" else next(words)
            if op == "z":
                found.append((np.inf, np.inf))
                continue
            x = x if op == "V" else float(word)
            y = float(word) if op == "V" else y if op == "H" else float(next(words))
            found.append((x, y))
        return found

    rng = np.random.default_rng(0)
    for _ in range(100):
        corners = rng.integers(-2, 3, size=(12, 2)) / 2
        long = " ".join(f"{'L' if i else 'M'} {x:g} {y:g}" for i, (x, y) in enumerate(corners))
        short = style._shortened(re.fullmatch(".*", f"{long} z {long} "))
        assert points(short) == points(f"{long} z {long} ")
        assert len(short) < len(f"{long} z {long} ")


def test_a_calibrated_models_dots_lie_on_their_bars() -> None:
    rng, on_bars = np.random.default_rng(0), []
    for _ in range(15):
        q = rng.dirichlet([2, 1, 1], size=2000)
        labels = (rng.random((2000, 1)) > q.cumsum(axis=1)).sum(axis=1)
        boast = q**2 / np.sum(q**2, axis=1, keepdims=True)
        shown = classifier.reliability({"a": q, "b": boast}, labels, chance=True)
        for figure in shown.panels:
            _, bars, _, *dots = figure.axes[0].lines
            (x, low), (_, high) = bars.get_xydata()[::3].T, bars.get_xydata()[1::3].T
            at = np.array([dot.get_xydata()[0] for dot in dots])
            np.testing.assert_allclose(at[:, 0], x)
            assert np.all((low <= x) & (x <= high))
            on_bars.append(np.mean((low <= at[:, 1]) & (at[:, 1] <= high)))
    assert np.mean(on_bars[::2]) > 0.93
    assert np.mean(on_bars[1::2]) < 0.3
    plain = classifier.reliability({"a": q}, labels)
    assert "grey" not in plain.alt
    assert len(plain.panels[0].axes[0].lines) == len(shown.panels[0].axes[0].lines) - 1


def test_a_bin_of_one_image_has_no_bar() -> None:
    q = np.array([[0.75, 0.25], *([[0.95, 0.05]] * 20)])
    shown = classifier.reliability({"a": q}, np.zeros(21, dtype=int), chance=True)
    bars = shown.panels[0].axes[0].lines[1].get_xydata()
    assert np.isnan(bars[:2, 1]).all()
    assert np.isfinite(bars[3:5, 1]).all()


def test_no_words_place_one_panel_to_the_left_of_another() -> None:
    # On a phone the panels stand below each other.
    for path in [*(ROOT / "chapters").iterdir(), *(ROOT / "src/crossentropy/figures").iterdir()]:
        if path.suffix in {".ipynb", ".md", ".py"}:
            found = re.search(r"On the (left|right)\b|\b(Left|Right)[,:] ", path.read_text("utf-8"))
            assert not found, f"{path.name}: {found}"


def test_what_is_true_and_what_is_said_stand_where_they_are() -> None:
    true, model = [0.01, 0.31, 0.5], [0.09, 0.31, 0.2]
    shown = variations.said(["a", "b", "c"], true, model, "fox", line=0.1)
    axes = shown.panels[0].axes[0]
    for marker, values in (("o", true), ("s", model)):
        marks = [line for line in axes.lines if line.get_marker() == marker]
        assert [float(mark.get_xdata()[0]) for mark in marks] == values
    assert axes.lines[0].get_xdata().tolist() == [0.1, 0.1]
    assert "c: true 0.50, said 0.20. A dotted line marks 0.1." in shown.alt


def test_noise_moves_the_lowest_point_of_cross_entropy_alone() -> None:
    losses = {"cross-entropy": lambda u: -np.log(u), "absolute error": lambda u: 2 * (1 - u)}
    shown = variations.noisy(losses, p=0.8, rho=0.3)
    lowest = [
        [float(line.get_xdata()[0]) for line in panel.axes[0].lines if line.get_marker() == "o"]
        for panel in shown.panels
    ]
    np.testing.assert_allclose(lowest, [[0.8, 0.62], [1, 1]], atol=0.003)
    assert "cross-entropy, noisy labels: lowest at 0.62" in shown.alt


def test_a_walk_through_the_triangle_keeps_its_ends_and_is_named_there() -> None:
    start, goal = np.array([0.05, 0.94, 0.01]), np.array([0.4, 0.29, 0.31])
    straight = start + np.linspace(0, 1, 5001)[:, np.newaxis] * (goal - start)
    shown = variations.paths(goal, {"straight": straight}, ["cat", "dog", "fox"])
    _, walk, *_ = shown.panels[0].axes[0].lines
    at = np.array(walk.get_data()).T
    assert len(at) == 60
    corners = np.array([[0, 0], [1, 0], [0.5, np.sqrt(3) / 2]])
    np.testing.assert_allclose(at[[0, -1]], np.stack([start, goal]) @ corners, atol=1e-3)
    assert "half way there it is at 0.23, 0.61, 0.16" in shown.alt
