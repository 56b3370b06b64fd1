"""GaussianFit: its traits, its two divergences, and the way down each of them."""

from __future__ import annotations

import itertools
from typing import Any

import mpmath
import numpy as np
import pytest
import traitlets
from numpy.typing import ArrayLike
from playwright.sync_api import BrowserContext, Page
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp, rel_entr
from scipy.stats import norm

import crossentropy as ce
from crossentropy.widgets import GaussianFit
from crossentropy.widgets._modules import HERE, compose
from crossentropy.widgets._traits import schemas_of
from explorables.browser import OpenPage, assert_agrees, described, handle, read, settle

X = np.arange(0, 24.25, 0.25)
TWO_HUMPS = [[0.6, 9.0, 0.75], [0.4, 15.0, 0.75]]
# Reverse KL comes to rest in three places.
LEFT, RIGHT, ACROSS = (9.000243, 0.750491), (14.999633, 0.750725), (11.519748, 2.560907)
ROUNDING = 2e-14  # two sums of the same terms in another order may differ by so much
FORWARD = 11.399289, 3.03565
EXTREMES = [(0, 0.3), (0, 8), (24, 0.3), (24, 8), (12, 0.3), (12.04, 0.3), (12, 8), (11.9, 0.5)]


# ---- The numbers ----


def log_gaussian(mean: ArrayLike, width: ArrayLike) -> np.ndarray:
    mean, width = np.asarray(mean)[..., None], np.asarray(width)[..., None]
    return log_softmax(norm.logpdf(X, mean, width), axis=-1)


def log_mixture(humps: list[list[float]]) -> np.ndarray:
    weight, mean, width = np.array(humps).T
    return logsumexp(log_gaussian(mean, width), axis=0, b=weight[:, None])


def kl_terms(log_p: np.ndarray, log_q: np.ndarray) -> np.ndarray:
    return np.exp(log_p) * (log_p - log_q)


def divergences(humps: list[list[float]], mean: ArrayLike, width: ArrayLike) -> dict[str, Any]:
    log_p, log_q = log_mixture(humps), log_gaussian(mean, width)
    return {
        "forward": kl_terms(log_p, log_q).sum(axis=-1),
        "reverse": kl_terms(log_q, log_p).sum(axis=-1),
    }


def reference(state: dict[str, Any]) -> dict[str, Any]:
    mean, width, humps = state["mean"], state["width"], state["humps"]
    log_p, log_q = log_mixture(humps), log_gaussian(mean, width)
    p, q = np.exp(log_p), np.exp(log_q)
    entropy, cross_entropy = -(p @ log_p), -(p @ log_q)
    forward, reverse = kl_terms(log_p, log_q), kl_terms(log_q, log_p)
    theta = np.array([mean, -1 / 2]) / width**2
    return {
        "entropy": entropy,
        "cross_entropy": cross_entropy,
        # By way of the entropies: not the sum of the terms that the browser draws.
        "kl_divergence": cross_entropy - entropy,
        "reverse_kl_divergence": -(q @ log_p) + q @ log_q,
        "kl_above": forward.clip(0).sum(),
        "kl_below": -forward.clip(max=0).sum(),
        "reverse_kl_above": reverse.clip(0).sum(),
        "reverse_kl_below": -reverse.clip(max=0).sum(),
        "theta": theta,
        "log_partition": logsumexp(theta @ [X, X**2]),
        "p_moments": [X @ p, X**2 @ p],
        "q_moments": [X @ q, X**2 @ q],
    }


def adopt(page: Page, state: dict[str, Any]) -> str | None:
    """Change the state on the page; return what the page has against it."""
    refusal: str | None = page.evaluate(
        """state => { try { document.querySelector('figure').explorable.adopt(state); }
                      catch (error) { return error.message; } }""",
        state,
    )
    settle(page)
    return refusal


def exact_divergences(mean: float, width: float) -> tuple[float, float]:
    """Return KL(p‖q) and KL(q‖p) of the two humps from their definitions, to forty digits."""
    with mpmath.workdps(40):
        x = [mpmath.mpf(i) / 4 for i in range(97)]

        def gaussian(mean: float, width: float) -> list[mpmath.mpf]:
            weights = [mpmath.exp(-((xi - mean) ** 2) / (2 * mpmath.mpf(width) ** 2)) for xi in x]
            return [weight / mpmath.fsum(weights) for weight in weights]

        humps = [[weight * qi for qi in gaussian(*hump)] for weight, *hump in TWO_HUMPS]
        p, q = [mpmath.fsum(pair) for pair in zip(*humps, strict=True)], gaussian(mean, width)

        def kl(p: list[mpmath.mpf], q: list[mpmath.mpf]) -> float:
            pairs = zip(p, q, strict=True)
            return float(mpmath.fsum(pi * mpmath.log(pi / qi) for pi, qi in pairs))

        return kl(p, q), kl(q, p)


def test_the_divergences_are_exact_where_q_is_smaller_than_any_float(
    explorable: OpenPage,
) -> None:
    page = explorable("GaussianFit")
    p = np.exp(log_mixture(TWO_HUMPS))
    for mean, width in [*EXTREMES, (11, 1)]:
        adopt(page, {"mean": mean, "width": width})
        seen = read(page)["quantities"]
        exact = exact_divergences(mean, width)
        np.testing.assert_allclose(
            [seen["kl_divergence"], seen["reverse_kl_divergence"]], exact, rtol=1e-12
        )
        # What is shown is the exact value, not the ∞ that the underflowing probabilities give.
        assert np.isinf(rel_entr(p, np.exp(log_gaussian(mean, width))).sum()) == (width == 0.3)
        shown = page.locator('[data-quantity="kl_divergence"]').inner_text()
        assert shown == f"{exact[0]:.4f}"


def test_the_chapters_own_gaussians_give_the_same_numbers(explorable: OpenPage) -> None:
    def gaussian(mean: float, std: float) -> np.ndarray:
        weights = np.exp(-((X - mean) ** 2) / (2 * std**2))
        return weights / weights.sum()

    p, q = 0.6 * gaussian(9, 0.75) + 0.4 * gaussian(15, 0.75), gaussian(11, 1)
    seen = read(explorable("GaussianFit"))["quantities"]
    assert seen["kl_divergence"] == pytest.approx(float(ce.kl_divergence(p, q)), rel=1e-12)
    assert seen["reverse_kl_divergence"] == pytest.approx(float(ce.kl_divergence(q, p)), rel=1e-12)
    assert seen["cross_entropy"] == pytest.approx(float(ce.cross_entropy(p, q)), rel=1e-12)


# ---- The way down ----

DESCEND = """([humps, direction, starts]) => starts.map(([mean, width]) => {
  const path = [{ mean, width }];
  for (let next = path[0]; next && path.length < 1000;) {
    next = window.gaussian.descend(direction, humps, next);
    if (next) path.push(next);
  }
  return { path: path.map(({ mean, width }) => [mean, width]),
    arrived: window.gaussian.hasArrived(direction, humps, path.at(-1)) };
})"""


@pytest.fixture
def module(context: BrowserContext) -> Page:
    page = context.new_page()
    page.evaluate(
        """async source => { window.gaussian = await import(
             URL.createObjectURL(new Blob([source], {type: 'text/javascript'}))); }""",
        compose(HERE / "lib" / "gaussian.js", {"GaussianFit": schemas_of(GaussianFit)}),
    )
    return page


def descend(
    module: Page, direction: str, starts: Any, humps: list[list[float]] = TWO_HUMPS
) -> list[np.ndarray]:
    """Return the path from each start, of rows (mean, width); each must have arrived."""
    found = module.evaluate(DESCEND, [humps, direction, list(starts)])
    assert all(one["arrived"] for one in found)
    return [np.array(one["path"]) for one in found]


def best(direction: str, start: tuple[float, float]) -> tuple[float, float]:
    def objective(v: np.ndarray) -> float:
        return divergences(TWO_HUMPS, v[0], np.exp(v[1]))[direction]

    near = minimize(objective, [start[0], np.log(start[1])], method="BFGS", tol=1e-6)
    tight = {"xatol": 1e-9, "fatol": 1e-14, "maxiter": 2000}
    fit = minimize(objective, near.x, method="Nelder-Mead", options=tight)
    assert fit.success
    return fit.x[0], float(np.exp(fit.x[1]))


GRID = list(itertools.product(range(0, 25, 3), [0.3, 0.75, 2, 4, 8]))


@pytest.mark.parametrize("direction", ["forward", "reverse"])
def test_a_descent_never_raises_its_divergence_and_never_leaps(
    direction: str, module: Page
) -> None:
    for path in descend(module, direction, [*GRID, *EXTREMES]):
        levels = divergences(TWO_HUMPS, *path.T)[direction]
        assert (np.diff(levels) <= ROUNDING * (1 + levels[:-1])).all(), path[0]
        assert np.abs(np.diff(path[:, 0])).max() <= 0.25 + 1e-12
        assert np.abs(np.diff(np.log(path[:, 1]))).max() <= 0.08 + 1e-12
        assert len(path) <= 160
        assert (path >= [0, 0.3]).all()
        assert (path <= [24, 8]).all()


def test_a_step_that_would_raise_the_divergence_is_shortened(module: Page) -> None:
    # Two humps so narrow and far apart that the slope turns around within one stride.
    humps = [[0.3, 17.5, 0.34], [0.7, 5.5, 0.3]]
    for path in descend(module, "reverse", [(7.8, 7.5), (14, 3)], humps):
        levels = divergences(humps, *path.T)["reverse"]
        assert (np.diff(levels) <= ROUNDING * (1 + levels[:-1])).all(), path[0]


@pytest.mark.parametrize("direction", ["forward", "reverse"])
def test_slope_and_curvature_are_those_of_the_divergence(direction: str, module: Page) -> None:
    def level(v: np.ndarray) -> np.ndarray:
        return divergences(TWO_HUMPS, v[..., 0], np.exp(v[..., 1]))[direction]

    h = 1e-4
    step = h * np.eye(2)
    for mean, width in [(11, 1), (12, 5), (22, 3), (2, 7)]:  # the last two, cut off by midnight
        v = np.array([mean, np.log(width)])
        seen = module.evaluate(
            """([humps, direction, state]) => window.gaussian.slopes(
                 direction, window.gaussian.mixture(humps), state)""",
            [TWO_HUMPS, direction, {"mean": mean, "width": width}],
        )
        slope = (level(v + step) - level(v - step)) / (2 * h)
        np.testing.assert_allclose(seen["gradient"], slope, rtol=1e-6, atol=1e-6)
        a, c = (level(v + step) - 2 * level(v) + level(v - step)) / h**2
        both, apart = step[0] + step[1], step[0] - step[1]
        b = (level(v + both) + level(v - both) - level(v + apart) - level(v - apart)) / (4 * h**2)
        np.testing.assert_allclose(seen["curvature"], [a, b, c], rtol=1e-5, atol=1e-5)


def test_forward_ends_at_the_targets_moments_from_wherever_it_starts(module: Page) -> None:
    p = np.exp(log_mixture(TWO_HUMPS))
    variance = X**2 @ p - (X @ p) ** 2
    for path in descend(module, "forward", [*GRID, *EXTREMES]):
        q = np.exp(log_gaussian(*path[-1]))
        assert X @ q == pytest.approx(X @ p, rel=1e-10)
        assert X**2 @ q - (X @ q) ** 2 == pytest.approx(variance, rel=1e-9)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((8, 1.5), LEFT),
        ((10, 1), LEFT),
        ((11, 1), LEFT),
        ((14, 1), RIGHT),
        ((16, 1.5), RIGHT),
        ((0, 0.3), LEFT),
        ((24, 0.3), RIGHT),
        # Neither hump: a start from which both look equally far stays across the valley.
        ((12, 1.5), ACROSS),
        ((12, 0.3), ACROSS),
        ((12, 5), ACROSS),
        ((9, 8), ACROSS),
        ((15, 8), ACROSS),
    ],
)
def test_reverse_ends_where_its_start_leads(
    start: tuple[float, float], end: tuple[float, float], module: Page
) -> None:
    (path,) = descend(module, "reverse", [start])
    np.testing.assert_allclose(path[-1], end, atol=1e-6)


def test_the_third_rest_of_reverse_is_a_minimum() -> None:
    here = divergences(TWO_HUMPS, *ACROSS)["reverse"]
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    mean = ACROSS[0] + 0.05 * np.cos(angle)
    width = ACROSS[1] * np.exp(0.05 * np.sin(angle))
    around = divergences(TWO_HUMPS, mean, width)["reverse"]
    assert (around > here + 1e-5).all()


@pytest.mark.parametrize(
    ("direction", "start", "guess"),
    [
        ("forward", (11, 1), (12, 1)),
        ("forward", (12, 0.3), (9, 2)),
        ("forward", (24, 8), (15, 1)),
        ("reverse", (10, 1), (10, 1)),
        ("reverse", (16, 0.3), (14, 1)),
        ("reverse", (12, 5), (12, 1.5)),
    ],
)
def test_descents_end_at_scipys_minima(
    direction: str, start: tuple[float, float], guess: tuple[float, float], module: Page
) -> None:
    (path,) = descend(module, direction, [start])
    np.testing.assert_allclose(path[-1], best(direction, guess), atol=1e-6)


def test_one_hump_is_reached_exactly_in_both_directions(module: Page) -> None:
    humps = [[1.0, 12.0, 1.5]]
    for direction in ("forward", "reverse"):
        for path in descend(module, direction, [(5, 1), (20, 6), (12, 0.3)], humps):
            np.testing.assert_allclose(path[-1], [12, 1.5], atol=1e-9)


def test_a_best_q_outside_of_the_range_is_held_at_its_edge(module: Page) -> None:
    # No Gaussian on the grid is as spread out as two humps at the ends of the day.
    apart = [[0.5, 2.0, 0.5], [0.5, 22.0, 0.5]]
    for path in descend(module, "forward", [(12, 1), (5, 3), (0, 0.3), (24, 8)], apart):
        np.testing.assert_allclose(path[-1], [12, 8], atol=1e-8)
        assert path[-1][1] == 8
    corner = [[1.0, 0.0, 0.3]]
    for path in descend(module, "reverse", [(3, 2), (20, 0.5), (0, 8)], corner):
        np.testing.assert_allclose(path[-1], [0, 0.3], atol=1e-8)
    with_edge = [[1.0, 0.0, 4.0]]
    for path in descend(module, "forward", [(3, 2), (20, 0.5), (0, 8), (0, 0.3)], with_edge):
        np.testing.assert_allclose(path[-1], [0, 4], atol=1e-6)


# ---- The buttons ----


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def press_descend(page: Page, divergence: str) -> None:
    page.get_by_role("radio", name=divergence).click()
    settle(page)
    press(page, "Descend")


def status(page: Page) -> str:
    settle(page)
    return page.locator('.stage [role="status"]').inner_html()


WATCH = """() => {
  const figure = document.querySelector('figure').explorable;
  window.seen = [];
  const look = () => {
    window.seen.push([figure.quantities.kl_divergence, figure.get('mean'), figure.get('width')]);
    requestAnimationFrame(look);
  };
  look();
}"""


def test_a_descent_is_seen_and_arrives(explorable: OpenPage) -> None:
    page = explorable("GaussianFit")
    page.evaluate(WATCH)
    press_descend(page, "KL(p‖q)")
    page.get_by_role("button", name="Pause").wait_for()
    page.get_by_role("button", name="Descend").wait_for(timeout=20_000)
    seen = np.array(page.evaluate("window.seen"))
    assert (np.diff(seen[:, 0]) <= 1e-14).all()
    assert len(np.unique(seen[:, 1])) > 20
    assert status(page).startswith("KL(p‖q): arrived after ")
    assert_agrees(read(page), reference)
    state = read(page)["state"]
    np.testing.assert_allclose([state["mean"], state["width"]], FORWARD, atol=1e-6)
    arrivals = page.locator(".arrival:visible")
    assert arrivals.count() == 1
    # What is said of an arrival is said of it alone.
    handle(page, "mean").press("ArrowRight")
    assert "arrived" not in status(page)
    assert arrivals.count() == 1
    press(page, "Reset")
    settle(page)
    assert arrivals.count() == 0


def test_one_descent_stops_the_other(explorable: OpenPage) -> None:
    page = explorable("GaussianFit")
    press_descend(page, "KL(p‖q)")
    page.wait_for_timeout(150)
    press_descend(page, "KL(q‖p)")
    settle(page)
    assert page.locator(".actions button:visible").all_inner_texts() == ["Pause"]
    page.get_by_role("button", name="Descend").wait_for(timeout=20_000)
    assert status(page).startswith("KL(q‖p): arrived after ")


def test_both_directions_start_from_the_readers_guess(explorable: OpenPage) -> None:
    page = explorable("GaussianFit")
    page.emulate_media(reduced_motion="reduce")
    ends = []
    for name in ("KL(p‖q)", "KL(q‖p)", "KL(p‖q)"):
        press_descend(page, name)
        settle(page)
        ends.append([read(page)["state"][trait] for trait in ("mean", "width")])
    # From where forward KL ends, reverse KL would come to rest across the valley.
    np.testing.assert_allclose(ends, [FORWARD, LEFT, FORWARD], atol=1e-6)
    # A q that was moved is a new guess.
    adopt(page, {"width": 3})
    press_descend(page, "KL(q‖p)")
    settle(page)
    state = read(page)["state"]
    np.testing.assert_allclose([state["mean"], state["width"]], ACROSS, atol=1e-6)


def test_a_hand_on_q_pauses_the_descent(explorable: OpenPage) -> None:
    page = explorable("GaussianFit")
    press_descend(page, "KL(q‖p)")
    page.wait_for_timeout(150)
    handle(page, "mean").press("End")
    settle(page)
    page.wait_for_timeout(150)
    assert read(page)["state"]["mean"] == 24
    assert page.get_by_role("button", name="Pause").count() == 0


def test_less_motion_arrives_at_once(explorable: OpenPage) -> None:
    page = explorable("GaussianFit", mean=16, width=1.5)
    page.emulate_media(reduced_motion="reduce")
    press_descend(page, "KL(q‖p)")
    assert status(page).startswith("KL(q‖p): arrived after ")
    state = read(page)["state"]
    np.testing.assert_allclose([state["mean"], state["width"]], RIGHT, atol=1e-6)
    press_descend(page, "KL(q‖p)")
    assert status(page) == "KL(q‖p): arrived after 0 steps"
    assert page.locator(".arrival:visible").count() == 1


def test_an_edge_is_called_an_edge(explorable: OpenPage) -> None:
    page = explorable("GaussianFit", humps=[[0.5, 2, 0.5], [0.5, 22, 0.5]])
    page.emulate_media(reduced_motion="reduce")
    press_descend(page, "KL(p‖q)")
    assert "stopped at the edge of the range after" in status(page)


# ---- The picture ----

BOXES = """() => ({
  targets: ['mean', 'width'].map(name => {
    const { x, y, width, height } =
      document.querySelector(`[data-handle=${name}] .target`).getBoundingClientRect();
    return [x, y, x + width, y + height];
  }),
  stage: document.querySelector('.stage').getBoundingClientRect(),
  texts: [...document.querySelectorAll('.stage text')].filter(t => t.textContent &&
    getComputedStyle(t).visibility === 'visible').map(t => t.getBoundingClientRect()),
})"""


@pytest.mark.parametrize("width", [390, 1200])
def test_grips_never_cover_each_other_and_text_is_never_cut_off(
    width: int, explorable: OpenPage
) -> None:
    page = explorable("GaussianFit")
    page.set_viewport_size({"width": width, "height": 900})
    for _ in range(3):  # the page is laid out, the picture hears of it, and is drawn again
        settle(page)
    for mean, spread in itertools.product([0, 4, 12, 14, 14.01, 19, 24], [0.3, 1, 2, 3.5, 8]):
        adopt(page, {"mean": mean, "width": spread})
        boxes = page.evaluate(BOXES)
        a, b = boxes["targets"]
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (mean, spread)
        stage = boxes["stage"]
        for text in boxes["texts"]:
            assert text["left"] >= stage["left"] - 0.5, (mean, spread, text)
            assert text["right"] <= stage["right"] + 0.5, (mean, spread, text)
            assert text["bottom"] <= stage["bottom"] + 0.5, (mean, spread, text)


def test_terms_above_and_below_zero_are_drawn_apart(explorable: OpenPage) -> None:
    page = explorable("GaussianFit", mean=12, width=1.5, humps=[[1.0, 12.0, 1.5]])
    for view in ("forward", "reverse"):
        adopt(page, {"view": view})
        (line,) = page.locator(".curve.role-kl").all()  # at q = p it is flat
        heights = {point.split(",")[1] for point in line.get_attribute("d")[1:].split(" L")}
        assert len(heights) == 1
    adopt(page, {"mean": 11, "width": 1.5, "humps": TWO_HUMPS})
    # What rises above the panel is torn off, and says so; here only terms of KL(q‖p) do.
    torn = page.locator(".tear.role-kl")
    assert torn.get_attribute("d")
    adopt(page, {"view": "forward"})
    assert torn.get_attribute("d") == ""


# ---- Refusals ----


REFUSED = [
    ({"mean": 24.5}, "GaussianFit: mean is 24.5; it must be at least 0"),
    ({"mean": "noon"}, "mean is 'noon'; it must be a number"),
    ({"width": 0}, "GaussianFit: width is 0; it must be at least 0.3"),
    ({"width": 9}, "width is 9; it must be .* at most 8"),
    ({"humps": []}, "GaussianFit: humps is empty"),
    ({"humps": "two"}, "humps is 'two'; it must be a list"),
    ({"humps": [[1, 12]]}, r"humps\[0\] has 2 entries; it must have 3: weight, mean, width"),
    ({"humps": [[1, 12, 1], 3]}, r"humps\[1\] is 3; it must be a list"),
    (
        {"humps": [[0.5, 9, 1], [0.6, 15, 1]]},
        r"GaussianFit: humps\[:, 0\] sums to 1.1, not 1",
    ),
    (
        {"humps": [[1, 9, 1], [0, 15, 1]]},
        r"the weight of humps\[1\] is 0; it must be above 0",
    ),
    (
        {"humps": [[1, -1, 1]]},
        r"the mean of humps\[0\] is -1; it must be at least 0 and at most 24",
    ),
    (
        {"humps": [[1, 9, 0.1]]},
        r"the width of humps\[0\] is 0.1; it must be at least 0.3 and at most 8",
    ),
]


@pytest.mark.parametrize(("state", "reason"), REFUSED)
def test_a_bad_state_is_refused_with_the_reason(state: dict[str, Any], reason: str) -> None:
    with pytest.raises(traitlets.TraitError, match=reason):
        GaussianFit(**state)


def test_not_a_number_is_refused() -> None:
    for state in ({"mean": np.nan}, {"width": np.inf}, {"humps": [[1, np.nan, 1]]}):
        with pytest.raises(traitlets.TraitError, match=r"nan|inf"):
            GaussianFit(**state)


def test_humps_are_kept_as_they_were_given() -> None:
    fit = GaussianFit(humps=np.array([[0.5, 8, 1], [0.5, 16, 1]]))
    assert fit.humps == ((0.5, 8.0, 1.0), (0.5, 16.0, 1.0))


def test_the_static_picture_says_the_exact_divergences() -> None:
    alt = described(GaussianFit(mean=24, width=0.3))
    forward, reverse = exact_divergences(24, 0.3)
    assert f"KL(p‖q) is {forward:.4f} nats, KL(q‖p) {reverse:.4f}" in alt
