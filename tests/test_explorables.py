"""Every explorable in a real browser: what can be dragged, what is shown, and that it is right."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

import crossentropy as ce
from crossentropy import widgets

OpenPage = Callable[..., Page]
EXPLORABLES = widgets.__all__
BASE = {"nats": None, "bits": 2}


def of_entropy_bars(state: dict[str, Any]) -> dict[str, Any]:
    base = BASE[state["unit"]]
    p = np.array(state["p"])
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(p > 0, p * ce.surprisal(p, base=base), 0)
    return {
        "entropy": ce.entropy(p, base=base),
        "shares": shares,
        "maximum": ce.entropy(np.full(len(p), 1 / len(p)), base=base),
        "perplexity": ce.perplexity(p),
    }


def of_divergence_bars(state: dict[str, Any]) -> dict[str, Any]:
    p, q, base = state["p"], state["q"], BASE[state["unit"]]
    return {
        "entropy": ce.entropy(p, base=base),
        "kl_divergence": ce.kl_divergence(p, q, base=base),
        "cross_entropy": ce.cross_entropy(p, q, base=base),
        "reverse_kl_divergence": ce.kl_divergence(q, p, base=base),
    }


def of_likelihood_explorer(state: dict[str, Any]) -> dict[str, Any]:
    counts, theta = np.array(state["counts"]), state["theta"]
    p_hat, q = counts / counts.sum(), np.array([1 - theta, theta])
    # Label 1 first, one factor after another, as the explorable says.
    factors = np.repeat([theta, 1 - theta], counts[::-1])
    products = {
        f"product_float{bits}": np.multiply.accumulate(factors.astype(f"float{bits}"))[-1]
        for bits in (16, 32, 64)
    }
    loss = ce.cross_entropy(p_hat, q)
    return {
        **products,
        "likelihood": products["product_float64"],
        "log_likelihood": -loss * counts.sum(),
        "nll": loss,
        "p_hat": p_hat[1],
        "entropy": ce.entropy(p_hat),
        "kl_divergence": ce.kl_divergence(p_hat, q),
        "cross_entropy": loss,
    }


def of_softmax_gradient(state: dict[str, Any]) -> dict[str, Any]:
    p, temperature = np.array(state["p"]), state["temperature"]
    logits = np.array(state["logits"]) / temperature
    loss, gradient = ce.softmax_cross_entropy(logits, p, return_grad=True)
    return {
        "loss": loss,
        "entropy": ce.entropy(p),
        "kl_divergence": loss - ce.entropy(p),
        "logsumexp": ce.logsumexp(logits),
        "gradient_norm": np.linalg.norm(gradient) / temperature,
        "q": ce.softmax(logits),
        "gradient": gradient / temperature,
        "jacobian": ce.softmax_jacobian(logits) / temperature,
    }


REFERENCE = {
    "DivergenceBars": of_divergence_bars,
    "EntropyBars": of_entropy_bars,
    "LikelihoodExplorer": of_likelihood_explorer,
    "SoftmaxGradient": of_softmax_gradient,
}

READ = """() => {
  const figure = document.querySelector('figure.explorable');
  const get = trait => figure.explorable.get(trait);
  // JSON has no infinity.
  const keep = value => Array.isArray(value) ? value.map(keep)
    : typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  const quantities = figure.explorable.quantities;
  return {
    state: Object.fromEntries(figure.explorable.traits.map(t => [t, get(t)])),
    quantities: Object.fromEntries(Object.entries(quantities).map(([n, v]) => [n, keep(v)])),
    text: figure.innerText,
    ledger: [...figure.querySelectorAll('.ledger td.value')].map(cell => cell.innerText),
  };
}"""


def read(page: Page) -> dict[str, Any]:
    return page.evaluate(READ)


def settle(page: Page) -> None:
    """Wait until the redraw that a change asked for has happened."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def as_numbers(value: Any) -> np.ndarray:
    return np.array(value, dtype=float)  # "Infinity" is a float to NumPy too


def assert_agrees(name: str, seen: dict[str, Any]) -> None:
    for quantity, expected in REFERENCE[name](seen["state"]).items():
        np.testing.assert_allclose(
            as_numbers(seen["quantities"][quantity]),
            expected,
            rtol=1e-12,
            atol=1e-12,
            err_msg=f"{quantity} at {seen['state']}",
        )


def handles(page: Page) -> list[str]:
    return page.eval_on_selector_all("[data-handle]", "all => all.map(h => h.dataset.handle)")


def handle(page: Page, name: str) -> Any:
    return page.locator(f'[data-handle="{name}"]')


def value_of(page: Page, name: str) -> float:
    settle(page)
    return float(handle(page, name).get_attribute("aria-valuenow"))


CENTRE = """handle => {
  const box = handle.querySelector('.grip').getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def grip(page: Page, name: str) -> tuple[float, float]:
    x, y = handle(page, name).evaluate(CENTRE)
    return x, y


def test_every_explorable_has_a_reference() -> None:
    assert set(REFERENCE) == set(EXPLORABLES)


@pytest.mark.parametrize("name", EXPLORABLES)
def test_it_is_live_and_agrees_with_python_from_the_start(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    assert_agrees(name, read(page))


@pytest.mark.parametrize("name", EXPLORABLES)
def test_every_preset_agrees_with_python(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    presets = getattr(widgets, name)().presets
    assert len(presets) >= 3
    for preset, state in presets.items():
        page.get_by_label("Preset").select_option(preset)
        settle(page)
        seen = read(page)
        for trait, value in state.items():
            assert seen["state"][trait] == value, f"{preset}: {trait}"
        assert_agrees(name, seen)
        assert "NaN" not in seen["text"]


@pytest.mark.parametrize("name", EXPLORABLES)
def test_handles_are_sliders_that_say_what_they_are(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    found = handles(page)
    assert found
    for h in found:
        node = handle(page, h)
        assert node.get_attribute("role") == "slider"
        assert node.get_attribute("tabindex") == "0"
        assert node.get_attribute("aria-label")
        assert node.get_attribute("aria-valuetext")
        low, now, high = (
            float(node.get_attribute(f"aria-value{end}")) for end in ("min", "now", "max")
        )
        assert low <= now <= high
        box = node.locator(".target").bounding_box()
        assert min(box["width"], box["height"]) >= 24


@pytest.mark.parametrize("name", EXPLORABLES)
def test_keys_move_every_handle(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    for h in handles(page):
        handle(page, h).focus()
        page.keyboard.press("Home")
        low = value_of(page, h)
        moved = [low]
        for key in ("ArrowUp", "ArrowRight", "Shift+ArrowUp", "PageUp", "End"):
            page.keyboard.press(key)
            moved.append(value_of(page, h))
        assert moved == sorted(moved), h
        assert moved[1] > moved[0], h
        assert moved[-1] == float(handle(page, h).get_attribute("aria-valuemax")), h
        for key in ("PageDown", "ArrowDown", "ArrowLeft", "Shift+ArrowDown"):
            page.keyboard.press(key)
            assert value_of(page, h) <= moved[-1], h
        assert value_of(page, h) < moved[-1], h
        page.get_by_role("button", name="Reset").click()
    assert_agrees(name, read(page))


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_pointer_drags_every_handle(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    for h in handles(page):
        page.get_by_role("button", name="Reset").click()
        before = value_of(page, h)
        x, y = grip(page, h)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 23, y - 23, steps=3)
        page.mouse.up()
        after = value_of(page, h)
        if after == before:  # it stood at its upper end
            page.mouse.move(*grip(page, h))
            page.mouse.down()
            page.mouse.move(x - 23, y + 23, steps=3)
            page.mouse.up()
            after = value_of(page, h)
        assert after != before, h
        assert_agrees(name, read(page))


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_finger_drags_a_handle_and_the_page_stays(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    page.add_style_tag(content="main { padding-bottom: 2000px }")  # something to scroll to
    touch = page.context.new_cdp_session(page)

    def finger(kind: str, *points: tuple[float, float]) -> None:
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    h = handles(page)[0]
    before = value_of(page, h)
    x, y = grip(page, h)
    finger("touchStart", (x, y))
    for step in range(1, 6):
        finger("touchMove", (x + 10 * step, y - 10 * step))
    finger("touchEnd")
    assert value_of(page, h) > before
    assert page.evaluate("scrollY") == 0
    assert_agrees(name, read(page))


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_thousand_random_drags_leave_it_right(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    rng = random.Random(20)
    seen = []
    for step in range(1000):
        h = rng.choice(handles(page)) if step % 10 == 0 else h  # noqa: F821
        x, y = grip(page, h)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + rng.gauss(0, 80), y + rng.gauss(0, 80))
        page.mouse.up()
        if step % 5 == 0:
            settle(page)
            seen.append(read(page))
    for one in seen:
        assert_agrees(name, one)
        assert "NaN" not in one["text"]
        assert len(set(one["ledger"])) == 1, one["ledger"]


@pytest.mark.parametrize("name", EXPLORABLES)
def test_reset_returns_to_the_start(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    start = read(page)["state"]
    for h in handles(page):
        handle(page, h).focus()
        page.keyboard.press("PageUp")
        page.keyboard.press("PageDown")
        page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Reset").click()
    settle(page)
    assert read(page)["state"] == start


@pytest.mark.parametrize("name", EXPLORABLES)
def test_the_copied_python_recreates_the_state(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    handle(page, handles(page)[0]).press("PageDown")
    settle(page)
    state = read(page)["state"]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy Python").click()
    page.get_by_text("Python copied").wait_for()
    line = page.evaluate("navigator.clipboard.readText()")
    widget = eval(line, vars(widgets))
    for trait, value in state.items():
        recreated = getattr(widget, trait)
        assert (list(recreated) if isinstance(value, list) else recreated) == value, trait


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_copied_link_opens_at_the_state(name: str, explorable: OpenPage) -> None:
    page = explorable(name)
    handle(page, handles(page)[0]).press("PageDown")
    settle(page)
    state = read(page)["state"]
    page.get_by_role("button", name="Copy link").click()
    link = page.evaluate("location.href")
    assert f"#{name}-1=" in link
    again = page.context.new_page()
    again.goto(link)
    again.wait_for_selector("[data-live=true]")
    assert read(again)["state"] == state


@pytest.mark.parametrize("state", ["{}}", '{"nonsense":1}', "null", "%E0%A4%A"])
@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_broken_link_says_so_and_leaves_the_state(
    name: str, state: str, explorable: OpenPage
) -> None:
    page = explorable(name, f"#{name}-1={state}")
    assert "link's state is not valid" in page.locator(".status").inner_text()
    assert_agrees(name, read(page))


def test_a_bar_takes_from_the_others_in_proportion(explorable: OpenPage) -> None:
    page = explorable("EntropyBars", p=[0.5, 0.3, 0.2])
    handle(page, "p:0").press("PageUp")
    settle(page)
    np.testing.assert_allclose(read(page)["state"]["p"], [0.6, 0.24, 0.16], rtol=1e-12)


def test_a_locked_bar_keeps_its_height(explorable: OpenPage) -> None:
    page = explorable("DivergenceBars", p=[0.5, 0.3, 0.2], q=[0.2, 0.3, 0.5])
    lock = page.locator('[data-lock="q:1"]')
    lock.click()
    settle(page)
    assert lock.get_attribute("aria-pressed") == "true"
    handle(page, "q:0").press("End")
    settle(page)
    np.testing.assert_allclose(read(page)["state"]["q"], [0.7, 0.3, 0.0], rtol=1e-12)
    handle(page, "q:1").press("PageUp")
    settle(page)
    assert read(page)["state"]["q"][1] == pytest.approx(0.3, rel=1e-12)
    assert "locked" in handle(page, "q:1").get_attribute("aria-valuetext")
    lock.press("Enter")
    settle(page)
    assert lock.get_attribute("aria-pressed") == "false"


def test_a_bar_can_reach_zero_and_infinity_is_shown_as_such(explorable: OpenPage) -> None:
    page = explorable("DivergenceBars", p=[0.5, 0.3, 0.2], q=[0.2, 0.3, 0.5])
    handle(page, "q:2").press("Home")
    settle(page)
    seen = read(page)
    assert seen["state"]["q"][2] == 0
    assert seen["quantities"]["kl_divergence"] == "Infinity"
    assert page.locator('[data-quantity="cross_entropy"]').inner_text() == "∞"
    assert seen["ledger"] == ["∞", "∞", "∞"]


def test_a_drag_to_the_top_and_back_forgets_no_proportions(explorable: OpenPage) -> None:
    page = explorable("EntropyBars", p=[0.5, 0.3, 0.2])
    x, y = grip(page, "p:0")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, 0, steps=3)
    settle(page)
    assert read(page)["state"]["p"] == [1, 0, 0]
    page.mouse.move(x, y, steps=3)
    page.mouse.up()
    np.testing.assert_allclose(read(page)["state"]["p"], [0.5, 0.3, 0.2], rtol=1e-12)


@pytest.mark.parametrize("unit", ["nats", "bits"])
def test_the_unit_is_shown_beside_every_number(unit: str, explorable: OpenPage) -> None:
    page = explorable("DivergenceBars")
    page.get_by_label("Unit").select_option(unit)
    settle(page)
    assert set(page.locator(".readout .unit").all_inner_texts()) == {unit}
    assert_agrees("DivergenceBars", read(page))


def test_a_script_is_told_what_is_wrong_with_a_state(explorable: OpenPage) -> None:
    page = explorable("DivergenceBars")
    message = page.evaluate(
        """() => { try { document.querySelector('figure').explorable.set('q', [0.5, 0.6, 0]); }
                   catch (error) { return error.message; } }"""
    )
    assert message == "q sums to 1.1, not to 1"
    assert_agrees("DivergenceBars", read(page))
    assert read(page)["state"]["q"] == [0.1, 0.3, 0.6]


GOLDEN_DISTRIBUTIONS = [
    ([1.0, 0.0], [1.0, 0.0]),
    ([1.0, 0.0], [0.5, 0.5]),
    ([0.5, 0.5], [1.0, 0.0]),
    ([0.0, 0.0, 1.0], [0.0, 1.0, 0.0]),
    ([1 / 3, 1 / 3, 1 / 3], [1e-300, 0.5, 0.5]),
    ([1e-300, 1 - 1e-15, 1e-15], [0.2, 0.3, 0.5]),
    ([0.9999, 0.0001], [1.0, 5e-324]),
    ([0.5, 0.25, 0.125, 0.125], [0.25, 0.25, 0.25, 0.25]),
]
GOLDEN_LOGITS = [
    [0.0, 0.0],
    [1000.0, 0.0, -1000.0],
    [-1e4, -1e4 + 1],
    [1e-9, -1e-9, 0.0],
    [3.0, 1.0, -2.0, 0.5],
]


def test_the_browsers_formulas_are_pythons(context: Any) -> None:
    from crossentropy.widgets._modules import HERE, compose

    page = context.new_page()
    source = compose(HERE / "lib" / "information.js")
    page.evaluate(
        """async source => { window.information = await import(
             URL.createObjectURL(new Blob([source], {type: 'text/javascript'}))); }""",
        source,
    )

    def browser(function: str, *arguments: Any) -> np.ndarray:
        text = page.evaluate(
            """([name, args]) => JSON.stringify(window.information[name](...args),
                 (_, v) => typeof v === 'number' && !Number.isFinite(v) ? String(v) : v)""",
            [function, list(arguments)],
        )
        return as_numbers(json.loads(text))

    for p, q in GOLDEN_DISTRIBUTIONS:
        np.testing.assert_allclose(browser("entropy", p), ce.entropy(p), rtol=1e-14)
        np.testing.assert_allclose(
            browser("crossEntropy", p, q), ce.cross_entropy(p, q), rtol=1e-14
        )
        np.testing.assert_allclose(
            browser("klDivergence", p, q), ce.kl_divergence(p, q), rtol=1e-13, atol=1e-15
        )
        np.testing.assert_allclose(
            [browser("surprisal", pk) for pk in p], ce.surprisal(p), rtol=1e-15
        )
    for logits in GOLDEN_LOGITS:
        target = np.full(len(logits), 1 / len(logits))
        np.testing.assert_allclose(browser("softmax", logits), ce.softmax(logits), rtol=1e-14)
        np.testing.assert_allclose(browser("logsumexp", logits), ce.logsumexp(logits), rtol=1e-14)
        np.testing.assert_allclose(
            browser("softmaxJacobian", logits), ce.softmax_jacobian(logits), rtol=1e-13, atol=1e-16
        )
        np.testing.assert_allclose(
            browser("softmaxCrossEntropy", logits, target.tolist()),
            ce.softmax_cross_entropy(logits, target),
            rtol=1e-14,
            # The loss is a difference of numbers as large as the logits.
            atol=1e-15 * np.abs(logits).max(),
        )
    # A certain outcome has no surprise, and no minus sign.
    assert not np.signbit(browser("entropy", [1.0, 0.0]))


def test_at_q_equal_to_p_the_purple_is_gone(explorable: OpenPage) -> None:
    page = explorable("DivergenceBars", p=[0.5, 0.3, 0.2], q=[0.5, 0.3, 0.2])
    purple = page.locator(".length.role-kl")
    assert purple.count() == 4
    assert {path.get_attribute("d") for path in purple.all()} == {""}
