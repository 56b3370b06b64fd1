"""ProperScoring: the same scores by another route, and what makes each rule what it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import traitlets
from scipy.optimize import minimize_scalar
from scipy.special import rel_entr

import crossentropy as ce
from crossentropy.widgets import ProperScoring
from explorables.browser import (
    OpenPage,
    assert_agrees,
    described,
    read,
    settle,
    take_preset,
)

Vector = np.ndarray
BELIEFS = np.random.default_rng(6).uniform(0.02, 0.98, 8)
STRICT = ["log", "brier", "spherical"]


# Scores as a textbook writes them: of a report over all classes and the class that happened.


def log_score(q: Vector, y: int) -> float:
    return float(-ce.surprisal(q[y]))


def brier_score(q: Vector, y: int) -> float:
    return -float(np.sum((q - np.eye(len(q))[y]) ** 2))


def spherical_score(q: Vector, y: int) -> float:
    return float(q[y] / np.linalg.norm(q))


def linear_score(q: Vector, y: int) -> float:
    return float(q[y])


def zero_one_score(q: Vector, y: int) -> float:
    return 1.0 if q[y] > 1 / 2 else 0.5 if q[y] == 1 / 2 else 0.0


SCORES: dict[str, Callable[[Vector, int], float]] = {
    "log": log_score,
    "brier": brier_score,
    "spherical": spherical_score,
    "linear": linear_score,
    "zero_one": zero_one_score,
}


def expected(name: str, belief: float, report: float) -> float:
    p, q = np.array([1 - belief, belief]), np.array([1 - report, report])
    return math.fsum(p[y] * SCORES[name](q, y) for y in range(2) if p[y] > 0)


def best_reports(name: str, belief: float) -> tuple[float, float]:
    """Return the ends of the best reports, found among all that could be the best."""
    reports = [0.0, 0.5 - 1e-13, 0.5, 0.5 + 1e-13, 1.0, belief]
    scores = [expected(name, belief, report) for report in reports]
    best = [q for q, score in zip(reports, scores, strict=True) if score > max(scores) - 1e-12]
    return min(best), max(best)


def reference(state: dict[str, Any]) -> dict[str, Any]:
    belief, report = state["belief"], state["report"]
    p, q = np.array([1 - belief, belief]), np.array([1 - report, report])
    numbers: dict[str, Any] = {
        "entropy": ce.entropy(p),
        "cross_entropy": ce.cross_entropy(p, q),
        "kl_divergence": ce.kl_divergence(p, q),
    }
    # What a lie costs, each by a formula of its own.
    numbers["regret_log"] = rel_entr(p, q).sum()
    numbers["regret_brier"] = np.sum((p - q) ** 2)
    numbers["regret_spherical"] = np.linalg.norm(p) - p @ q / np.linalg.norm(q)
    numbers["regret_linear"] = (2 * belief - 1) * (belief - report)
    sides = np.sign(belief - 0.5), np.sign(report - 0.5)
    numbers["regret_zero_one"] = (2 * belief - 1) * (sides[0] - sides[1]) / 2
    for name in SCORES:
        numbers[f"expected_{name}"] = expected(name, belief, report)
        numbers[f"honest_{name}"] = expected(name, belief, belief)
        numbers[f"best_{name}"] = best_reports(name, belief)
    return numbers


def at(page: Any, belief: float, report: float) -> dict[str, Any]:
    """Return the browser's numbers of a belief and a report."""
    page.evaluate(
        "state => document.querySelector('figure').explorable.adopt(state)",
        {"belief": belief, "report": report},
    )
    settle(page)
    return read(page)


# The browser's expected scores over many reports, without a redraw between them.
CURVES = """([belief, reports]) => {
  const { explorable } = document.querySelector('figure');
  explorable.set('belief', belief);
  return reports.map(report => {
    explorable.set('report', report);
    const numbers = explorable.quantities;
    return ['log', 'brier', 'spherical', 'linear', 'zero_one'].map(
      name => numbers[`expected_${name}`]);
  });
}"""


def curves(page: Any, belief: float, reports: Vector) -> dict[str, Vector]:
    rows = page.evaluate(CURVES, [float(belief), np.asarray(reports).tolist()])
    return dict(zip(SCORES, np.array(rows, dtype=float).T, strict=True))


def test_the_strictly_proper_scores_peak_at_the_belief_and_only_there(
    explorable: OpenPage,
) -> None:
    page = explorable("ProperScoring")
    for belief in BELIEFS:
        for name in STRICT:
            peak = minimize_scalar(
                lambda q, belief=belief, name=name: -curves(page, belief, np.array([q]))[name][0],
                bounds=(1e-9, 1 - 1e-9),
                method="bounded",
                options={"xatol": 1e-9},
            )
            # Near its peak a curve is flat: rounding hides the last half of the digits.
            assert peak.x == pytest.approx(belief, abs=1e-6), name
            np.testing.assert_allclose(
                at(page, belief, 0.5)["quantities"][f"best_{name}"], peak.x, atol=1e-6
            )


def test_log_and_brier_are_concave_and_no_strictly_proper_score_has_a_second_peak(
    explorable: OpenPage,
) -> None:
    page = explorable("ProperScoring")
    grid = np.linspace(0.005, 0.995, 199)
    for belief in BELIEFS:
        scores = curves(page, belief, grid)
        for name in ("log", "brier"):
            assert np.all(np.diff(scores[name], 2) < 0), name
        # The spherical score is not concave throughout, but it has no second peak.
        for name in STRICT:
            rises = np.diff(scores[name]) > 0
            assert np.all(rises[grid[1:] <= belief]), name
            assert not np.any(rises[grid[:-1] >= belief]), name


def test_the_linear_score_pays_for_exaggeration(explorable: OpenPage) -> None:
    page = explorable("ProperScoring")
    grid = np.linspace(0, 1, 101)
    for belief in BELIEFS:
        scores = curves(page, belief, grid)["linear"]
        end = grid[np.argmax(scores)]
        assert end == round(belief)
        seen = at(page, belief, end)["quantities"]
        assert seen["best_linear"] == [end, end]
        assert seen["regret_linear"] < 0
    flat = curves(page, 0.5, grid)["linear"]
    np.testing.assert_allclose(flat, 0.5, rtol=1e-15)
    assert at(page, 0.5, 0.3)["quantities"]["best_linear"] == [0, 1]


def test_the_zero_one_score_is_proper_but_not_strictly(explorable: OpenPage) -> None:
    page = explorable("ProperScoring")
    grid = np.linspace(0, 1, 101)
    for belief in BELIEFS:
        scores = curves(page, belief, grid)["zero_one"]
        side = grid > 0.5 if belief > 0.5 else grid < 0.5
        np.testing.assert_array_equal(scores[side], max(belief, 1 - belief))
        np.testing.assert_allclose(
            scores[~side & (grid != 0.5)], min(belief, 1 - belief), rtol=1e-15
        )
        assert scores[50] == 0.5
        assert at(page, belief, 0.5)["quantities"]["regret_zero_one"] == pytest.approx(
            abs(belief - 0.5), abs=1e-15
        )
        # Honesty is among the best, and not alone.
        least, most = at(page, belief, 0.5)["quantities"]["best_zero_one"]
        assert least <= belief <= most
        assert most - least == 0.5


def test_no_proper_score_pays_more_than_honesty(explorable: OpenPage) -> None:
    page = explorable("ProperScoring")
    rng = np.random.default_rng(7)
    for belief, report in rng.uniform(size=(40, 2)):
        seen = at(page, belief, report)["quantities"]
        for name in ("log", "brier", "spherical", "zero_one"):
            assert seen[f"regret_{name}"] >= 0, name
        assert seen["regret_log"] == pytest.approx(seen["kl_divergence"], abs=1e-12)
        assert seen["regret_brier"] == pytest.approx(2 * (belief - report) ** 2, abs=1e-12)


def test_ends_and_ties_agree_with_python(explorable: OpenPage) -> None:
    page = explorable("ProperScoring")
    for belief in (0.0, 0.5, 0.7, 1.0):
        for report in (0.0, 0.5, 1.0):
            seen = at(page, belief, report)
            assert_agrees(seen, reference)
            assert "NaN" not in seen["text"]
            assert len(set(seen["ledger"])) == 1


def test_a_certain_mistake_costs_infinity_under_log_alone(explorable: OpenPage) -> None:
    page = explorable("ProperScoring", view="brier")
    take_preset(page, "No rain")
    seen = read(page)
    assert seen["quantities"]["expected_log"] == "-Infinity"
    assert seen["ledger"] == ["∞", "∞", "∞"]
    assert page.locator('[data-quantity="expected_log"]').text_content() == "−∞"
    svg = page.locator(".stage svg").first.text_content()
    assert "lost ∞ nats = KL(p‖q)" in svg
    assert "lost 0.98 = 2(p − q)²" in svg
    # The loss runs off its row: a bar with a torn edge, and a triangle in place of the dot.
    assert "l-4.5,-5" in page.locator(".stage .length.role-kl").get_attribute("d")


def test_each_view_says_what_its_score_pays_for_the_lie(explorable: OpenPage) -> None:
    page = explorable("ProperScoring", belief=0.7, report=0.95)
    said = {}
    for view in ("linear", "Brier", "spherical", "0-1"):
        page.get_by_role("radio", name=view).click()
        settle(page)
        svg = page.locator(".stage svg").first.text_content()
        assert "lost 0.32 nats = KL(p‖q)" in svg
        said[view] = [text.text_content() for text in page.locator(".stage text.halo").all()]
    assert "gained 0.10 by lying" in said["linear"]
    assert "lost 0.13 = 2(p − q)²" in said["Brier"]
    assert "lost 0.05" in said["spherical"]
    assert "lost 0.00" in said["0-1"]
    assert {"proper, not strictly", "best"} <= set(said["0-1"])


def test_an_honest_report_gives_no_answer_away(explorable: OpenPage) -> None:
    page = explorable("ProperScoring", belief=0.62, report=0.62)
    # What the linear score pays is drawn from end to end, as what honesty earns is.
    level, curve = (
        page.locator(f".stage {kind}").last for kind in (".guide", ".curve:not(.role-q)")
    )
    ends = [level.bounding_box(), curve.bounding_box()]
    assert ends[1]["x"] == pytest.approx(ends[0]["x"], abs=2)
    assert ends[1]["width"] == pytest.approx(ends[0]["width"], abs=4)
    assert (
        page.locator(".peak").evaluate_all("all => all.map(m => m.getAttribute('d'))") == [""] * 2
    )
    assert not {"best", "not proper", "strictly proper"} & set(
        page.locator(".stage text").all_text_contents()
    )
    # Nothing is lost, and nothing purple is drawn.
    assert page.locator(".stage .length.role-kl").get_attribute("d") == ""
    assert read(page)["ledger"] == ["0.0000"] * 3


def test_a_lie_names_the_best_report_of_lies_no_larger(explorable: OpenPage) -> None:
    page = explorable("ProperScoring", belief=0.62, report=0.5)
    joint = float(page.locator(".stage svg .joint").get_attribute("d").split(",")[0][1:])
    log, linear = page.locator(".peak").evaluate_all("all => all.map(m => m.getAttribute('d'))")
    assert log.split(",")[0] == f"M{joint:g}"
    assert linear == ""  # its best report is a larger lie
    take_preset(page, "No rain")
    assert "best" in page.locator(".stage text").all_text_contents()


def test_the_linear_score_is_called_improper_once_a_lie_has_paid(explorable: OpenPage) -> None:
    page = explorable("ProperScoring", belief=0.7, report=0.4)
    texts = page.locator(".stage text")
    assert {"strictly proper", "lost 0.18 nats = KL(p‖q)", "lost 0.12"} <= set(
        texts.all_text_contents()
    )
    assert "not proper" not in texts.all_text_contents()
    at(page, 0.7, 0.8)
    assert {"gained 0.04 by lying", "not proper"} <= set(texts.all_text_contents())


def test_the_line_of_the_report_ends_above_its_text(explorable: OpenPage) -> None:
    page = explorable("ProperScoring", belief=0.7, report=0.5)
    (text,) = page.get_by_text("you report q = 0.50", exact=True).all()
    line = page.locator(".stage .curve.role-q")
    ends = [each.bounding_box() for each in (line, text)]
    assert ends[0]["y"] + ends[0]["height"] <= ends[1]["y"] + 5  # its letters begin lower


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"belief": 1.5}, "ProperScoring: belief is 1.5; it must be at least 0 and at most 1"),
        ({"report": -0.1}, "ProperScoring: report is -0.1"),
        ({"report": math.nan}, "report is nan"),
        ({"report": "0.5"}, "report"),
    ],
)
def test_python_says_what_is_wrong_with_a_state(state: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=message):
        ProperScoring(**state)


def test_the_static_picture_says_who_gains() -> None:
    alt = described(ProperScoring(belief=0.7, report=0.95))
    assert "log, strictly proper: best 0.700, lost 0.3238" in alt
    assert "linear, not proper: best 1.000, gained 0.1000" in alt
    alt = described(ProperScoring(belief=0.7, report=0.95, view="zero_one"))
    assert "0-1, proper, not strictly: best any above 0.5, lost 0.0000" in alt
    assert "lost ∞" in described(ProperScoring(report=0))
    assert "linear, not proper: best any, lost 0.0000" in described(ProperScoring(belief=0.5))
