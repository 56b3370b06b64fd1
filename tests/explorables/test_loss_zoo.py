"""LossZoo: expected losses by another route, where each is lowest, and where it pushes."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets
from scipy.optimize import brentq
from scipy.special import expit, logit, xlogy

import crossentropy as ce
from crossentropy.widgets import LossZoo
from explorables.browser import (
    OpenPage,
    agrees,
    assert_agrees,
    described,
    read,
    settle,
    take_preset,
)

LOSSES = ["log", "squared", "weighted", "smoothed", "focal", "gce", "absolute"]
SETTINGS = {"weight": 3.0, "epsilon": 0.2, "gamma": 2.0, "r": 0.7}
TRUTHS = np.random.default_rng(8).uniform(0.05, 0.95, 5)


def two(second: float) -> np.ndarray:
    return np.array([1 - second, second])


def smoothed(s: dict[str, Any]) -> np.ndarray:
    return (1 - s["epsilon"]) * two(s["truth"]) + s["epsilon"] / 2


# Losses as chapter 8 writes them: of a report over both classes and the class that came.


def squared(q: np.ndarray, y: int, s: dict[str, Any]) -> float:
    return float(np.sum((q - np.eye(2)[y]) ** 2))


def absolute(q: np.ndarray, y: int, s: dict[str, Any]) -> float:
    return float(np.sum(np.abs(q - np.eye(2)[y])))


def focal(q: np.ndarray, y: int, s: dict[str, Any]) -> float:
    return 0.0 if q[y] == 1 else float((1 - q[y]) ** s["gamma"] * ce.surprisal(q[y]))


def gce(q: np.ndarray, y: int, s: dict[str, Any]) -> float:
    r = s["r"]
    return float((1 - q[y] ** r) / r if r else ce.surprisal(q[y]))


def expected(name: str, s: dict[str, Any], report: float) -> float:
    """Return what the report is expected to cost: by the package's own functions, where they do."""
    p, q = two(s["truth"]), two(report)
    if name == "log":
        return float(ce.cross_entropy(p, q))
    if name == "smoothed":
        return float(ce.cross_entropy(smoothed(s), q))
    if name == "weighted":  # W H(p^w, q)
        w = np.array([1, s["weight"]])
        return float((w @ p) * ce.cross_entropy(w * p / (w @ p), q))
    loss = {"squared": squared, "absolute": absolute, "focal": focal, "gce": gce}[name]
    return math.fsum(p[y] * loss(q, y, s) for y in range(2) if p[y] > 0)


def best_report(name: str, s: dict[str, Any]) -> float:
    """Return the report at which the expected loss is lowest: chapter 8 proves these."""
    p = s["truth"]
    if name in ("log", "squared"):
        return float(p)
    if name == "weighted":  # in logits, log w is added
        return float(expit(logit(p) + math.log(s["weight"])))
    if name == "smoothed":
        return float(smoothed(s)[1])
    if name == "gce":  # a temperature of 1 - r
        return float(expit(logit(p) / (1 - s["r"])))
    if name == "absolute":  # all on the favourite
        return math.nan if p == 0.5 else float(p > 0.5)
    return refocused(p, s["gamma"])


def refocused(p: float, gamma: float) -> float:
    """Return focal loss's best report: the formula that undoes it, solved for q."""

    def undone(q: float) -> float:
        slopes = np.array([gamma * (1 - u) ** (gamma - 1) * np.log(u) - (1 - u) ** gamma / u
                           for u in (q, 1 - q)])  # fmt: skip
        return float((1 / slopes)[0] / (1 / slopes).sum()) - p

    if p in (0, 1):
        return p
    return float(brentq(undone, 1e-12, 1 - 1e-12, xtol=1e-15, rtol=1e-15))


def push(name: str, s: dict[str, Any]) -> float:
    """Return minus the slope over the logit of q, as chapter 8 has each: seen minus said."""
    p, q = s["truth"], s["report"]
    error = 1 - q, -q  # h - q at the second class, where that came and where the first did
    if name == "log":
        return float(p - q)
    if name == "smoothed":
        return float(smoothed(s)[1] - q)
    hit, miss = {
        "weighted": (s["weight"], 1),
        "squared": (4 * q * (1 - q), 4 * q * (1 - q)),  # through softmax's Jacobian
        "gce": (q ** s["r"], (1 - q) ** s["r"]),
        "absolute": (2 * q, 2 * (1 - q)),
        "focal": (muffled(q, s["gamma"]), muffled(1 - q, s["gamma"])),
    }[name]
    return float(p * hit * error[0] + (1 - p) * miss * error[1])


def muffled(u: float, gamma: float) -> float:
    """Return what focal loss multiplies the error of one example by: -u f'(u)."""
    if u == 1:
        return 1.0 if gamma == 0 else 0.0
    return float((1 - u) ** gamma - gamma * (1 - u) ** (gamma - 1) * xlogy(u, u))


def reference(state: dict[str, Any]) -> dict[str, Any]:
    numbers: dict[str, Any] = {}
    for name in LOSSES:
        numbers[f"loss_{name}"] = expected(name, state, state["report"])
        numbers[f"best_{name}"] = best_report(name, state)
        numbers[f"push_{name}"] = push(name, state)
    return numbers


def adopt(page: Any, **state: float) -> dict[str, Any]:
    page.evaluate("state => document.querySelector('figure').explorable.adopt(state)", state)
    settle(page)
    return read(page)


# All losses over many reports, without a redraw between them.
CURVES = """reports => reports.map(report => {
  const { explorable } = document.querySelector('figure');
  explorable.set('report', report);
  return Object.entries(explorable.quantities)
    .filter(([name]) => name.startsWith('loss_')).map(([, loss]) => loss);
})"""


def curves(page: Any, reports: np.ndarray) -> dict[str, np.ndarray]:
    rows = page.evaluate(CURVES, reports.tolist())
    return dict(zip(LOSSES, np.array(rows, dtype=float).T, strict=True))


def test_the_best_report_is_where_the_curve_is_lowest(explorable: OpenPage) -> None:
    page = explorable("LossZoo")
    grid = np.linspace(0, 1, 201)
    for truth in TRUTHS:
        seen = adopt(page, truth=float(truth))["quantities"]
        for name, losses in curves(page, grid).items():
            assert abs(seen[f"best_{name}"] - grid[losses.argmin()]) <= 1 / 200, name


def test_the_push_is_minus_the_slope_over_the_logit(explorable: OpenPage) -> None:
    page = explorable("LossZoo")
    step = 1e-5
    for truth, report in zip(TRUTHS, TRUTHS[::-1], strict=True):
        seen = adopt(page, truth=float(truth), report=float(report))["quantities"]
        around = expit(logit(report) + np.array([step, -step]))
        for name, (up, down) in curves(page, around).items():
            assert seen[f"push_{name}"] == pytest.approx((down - up) / (2 * step), abs=1e-8), name


def test_two_of_the_seven_are_proper(explorable: OpenPage) -> None:
    """Where q is p these do not push; the others do, at any truth but 0, 1/2 and 1."""
    page = explorable("LossZoo")
    for truth in TRUTHS:
        seen = adopt(page, truth=float(truth), report=float(truth))["quantities"]
        for name in LOSSES:
            is_proper = name in ("log", "squared")
            assert (abs(seen[f"push_{name}"]) < 1e-15) == is_proper, name
            assert (abs(seen[f"best_{name}"] - truth) < 1e-12) == is_proper, name
    marks = page.locator(".lowest").evaluate_all("all => all.map(m => m.classList.contains('off'))")
    assert marks == [False, False, True, True, True, True, True]
    assert page.locator(".prompt").text_content() == LossZoo().reply
    assert len(set(read(page)["ledger"])) == 1


def test_ends_ties_and_settings_agree_with_python(explorable: OpenPage) -> None:
    page = explorable("LossZoo")
    for truth in (0.0, 0.3, 0.5, 1.0):
        for report in (0.0, 0.5, 1.0):
            for setting in ({}, {"weight": 0.1, "epsilon": 0, "gamma": 0, "r": 0},
                            {"weight": 20, "epsilon": 0.9, "gamma": 0.5, "r": 0.95}):  # fmt: skip
                seen = adopt(page, truth=truth, report=report, **{**SETTINGS, **setting})
                assert_agrees(seen, reference)
                assert "NaN" not in seen["text"]
                assert len(set(seen["ledger"])) == 1


def test_without_a_change_all_but_absolute_error_are_log_loss_or_proper(
    explorable: OpenPage,
) -> None:
    page = explorable("LossZoo")
    take_preset(page, "No change")
    seen = read(page)
    agrees("LossZoo", seen)
    for name in ("weighted", "smoothed", "focal", "gce"):
        for what in ("loss", "push", "best"):
            assert seen["quantities"][f"{what}_{name}"] == pytest.approx(
                seen["quantities"][f"{what}_log"], abs=1e-15
            )
    assert page.locator(".lowest.off").count() == 1


def test_what_the_reader_sees_and_hears_of_a_push(explorable: OpenPage) -> None:
    page = explorable("LossZoo")
    svg = page.locator(".stage svg").first
    assert "→ push on q" in svg.text_content()
    # That of log loss is p - q, and ends at p; that of the weighted loss is cut, and has two heads.
    shafts = page.locator(".push").evaluate_all("all => all.map(m => m.getAttribute('d'))")
    joint = page.locator(".joint").get_attribute("d").split(",")[0][1:]
    assert shafts[0].split(" H")[1].split()[0] == joint
    assert [d.count("M") for d in shafts] == [2, 2, 3, 2, 2, 2, 2]
    handle = page.locator('[data-handle="report"]')
    handle.focus()
    said = page.locator(".visually-hidden[aria-live]")
    page.keyboard.press("ArrowUp")
    said.filter(has_text="q 0.31, pushed by all").wait_for(state="attached")
    page.keyboard.press("ArrowDown")
    for _ in range(4):
        page.keyboard.press("PageUp")
    said.filter(has_text="q 0.70, not pushed by log loss, squared error").wait_for(state="attached")


CHAPTERS = Path(__file__).parents[2] / "chapters"
OPENINGS = [
    {trait: float(value) for trait, value in re.findall(r"(\w+)=([\d.]+)", arguments)}
    for page in ("gallery.md", "08-variations.ipynb")
    for arguments in re.findall(r"\bLossZoo\((.*?)\)", (CHAPTERS / page).read_text("utf-8"))
]


# The names that the dashed line of the report crosses. In the upper fifth and the lower quarter
# of a text's box are no letters, but for their descenders.
CROSSED = """[...document.querySelectorAll('.stage .rule-name')].filter(name => {
  const { left, right, top, height } = name.getBoundingClientRect();
  const line = document.querySelector('.stage .reported');
  const { e, f } = line.getScreenCTM();
  const pieces = line.getAttribute('d').matchAll(/M([\\d.]+),([\\d.]+) V([\\d.]+)/g);
  return [...pieces].some(([, x, ...ends]) => left < e + Number(x) && e + Number(x) < right
    && f + Math.min(...ends) < top + 0.75 * height && top + 0.2 * height < f + Math.max(...ends));
}).map(name => name.textContent)"""


@pytest.mark.parametrize("opening", OPENINGS, ids=str)
def test_as_the_book_opens_it_no_point_is_beyond_its_lane_and_no_name_is_crossed(
    opening: dict[str, float], explorable: OpenPage
) -> None:
    page = explorable("LossZoo", **opening)
    page.set_viewport_size({"width": 390, "height": 900})
    settle(page)
    shapes = page.locator(".stage .dot").evaluate_all("all => all.map(m => m.getAttribute('d'))")
    assert len(set(shapes)) == 1  # a triangle is a point beyond its lane
    assert " a" in shapes[0]
    assert page.evaluate(CROSSED) == []
    # A dot reaches seven pixels from its middle, with its outline.
    dots = page.locator(".stage .dot").evaluate_all(
        """all => all.map(dot => dot.getBoundingClientRect())
        .map(({ x, y, width, height }) => [x + width / 2, y + height / 2])"""
    )
    for name in page.locator(".stage .rule-name").all():
        box = name.bounding_box()
        top, bottom = (box["y"] + share * box["height"] for share in (0.2, 0.75))
        right = box["x"] + box["width"]
        met = [[x, y] for x, y in dots if x - 7 < right and top - 7 < y < bottom + 7]
        assert met == [], name.text_content()


@pytest.mark.parametrize("report", [0, 0.1, 0.45, 0.95])
def test_the_line_of_the_report_crosses_no_name(report: float, explorable: OpenPage) -> None:
    page = explorable("LossZoo", report=report)
    page.set_viewport_size({"width": 390, "height": 900})
    settle(page)
    assert page.evaluate(CROSSED) == []


def test_as_the_book_opens_it_the_arrows_tell_the_losses_apart(explorable: OpenPage) -> None:
    """An arrow that ends at p by chance would say that its loss is best there."""
    for opening in OPENINGS:
        pushes = read(explorable("LossZoo", **opening))["quantities"]
        ends = [LossZoo(**opening).report + pushes[f"push_{name}"] for name in LOSSES]
        assert sum(abs(end - LossZoo(**opening).truth) < 0.03 for end in ends) == 1


def test_the_two_openings_of_the_book_are_found() -> None:
    assert len(OPENINGS) == 2


def test_the_line_of_the_report_ends_above_its_text(explorable: OpenPage) -> None:
    page = explorable("LossZoo", truth=0.7, report=0.5)
    line = page.locator(".stage .reported").bounding_box()
    text = page.get_by_text("report q = 0.50", exact=True).bounding_box()
    assert line["y"] + line["height"] <= text["y"] + 5  # its letters begin lower


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"truth": 1.5}, "LossZoo: truth is 1.5; it must be at least 0 and at most 1"),
        ({"report": math.nan}, "report is nan"),
        ({"weight": 0}, "weight is 0; it must be above 0 and at most 20"),
        ({"epsilon": 1}, "epsilon is 1"),
        ({"gamma": -1}, "gamma is -1"),
        ({"r": 1}, "r is 1"),
    ],
)
def test_python_says_what_is_wrong_with_a_state(state: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=message):
        LossZoo(**state)


def test_the_static_picture_says_where_each_is_lowest() -> None:
    alt = described(LossZoo(truth=0.8, report=0.8))
    assert "focal, γ = 2: costs 0.2131, push −0.1670, lowest at 0.6266" in alt
    assert "absolute error: costs 1.0000, push 0.0000, level" in described(
        LossZoo(truth=0.5, report=0.2)
    )
