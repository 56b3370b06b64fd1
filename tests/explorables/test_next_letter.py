"""NextLetter in a browser: the models' guesses, the bills, Shannon's game, and its traits."""

from __future__ import annotations

import functools
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import traitlets
from playwright.sync_api import Page

from crossentropy.data import load_alice
from crossentropy.widgets import NextLetter, next_letter
from explorables.browser import OpenPage, agrees, handle, read, settle

MODELS = ["uniform", "letters", "pairs", "triples"]


@dataclass(frozen=True)
class Said:
    """What a model and a reader gave a letter, in bits."""

    paid: float
    yours: float
    guess: str | None


@functools.cache
def tables(key: Any) -> tuple[list[str], dict[str, np.ndarray]]:
    """Return all kinds of letters, and how often each followed each context, as arrays."""
    letters, contexts, followers = key
    known = dict(zip(contexts, map(counts_of, followers), strict=True))
    names = sorted({*letters, *known.get("", {})})
    return names, {
        context: np.array([times.get(name, 0) for name in names], dtype=float)
        for context, times in known.items()
    }


def counts_of(followers: str) -> dict[str, int]:
    """Return how often each letter came, read from left to right."""
    found, rest = {}, followers
    while rest:
        count, _, after = rest[1:].partition(";")
        found[rest[0]], rest = int(count), after
    return found


def guesses_of(key: Any, before: str, model: str) -> np.ndarray:
    """Return q after what was read, from the shortest memory to the longest."""
    names, found = tables(key)
    q = np.full(len(names), 1 / len(names))
    for memory in range(MODELS.index(model)):
        counts = found.get(before[len(before) - memory :])
        if memory <= len(before) and counts is not None and counts.sum():
            freed = 0.6 * np.count_nonzero(counts)
            q = (np.maximum(counts - 0.6, 0) + freed * q) / counts.sum()
    return q


def key_of(state: dict[str, Any]) -> Any:
    return state["letters"], tuple(state["contexts"]), tuple(state["followers"])


def said(state: dict[str, Any]) -> list[Said]:
    return list(all_said(key_of(state), state["model"], state["guesses"], state["sure"]))


@functools.lru_cache(maxsize=256)
def all_said(key: Any, model: str, guesses: str, sure: float) -> tuple[Said, ...]:
    letters, names = key[0], tables(key)[0]
    found = []
    for t, letter in enumerate(letters):
        q = dict(zip(names, guesses_of(key, letters[:t], model), strict=True))
        guess = guesses[t] if t < len(guesses) and guesses[t] != "·" else None
        share = q[letter]
        if guess == letter:
            share = sure
        elif guess is not None:
            share = (1 - sure) * share / (1 - q.get(guess, 0))
        found.append(Said(-math.log2(q[letter]), -math.log2(share), guess))
    return tuple(found)


def ranked(state: dict[str, Any]) -> list[tuple[float, str]]:
    """Return the likeliest five of what may come next."""
    key, place = key_of(state), state["place"]
    if place + 1 >= len(state["letters"]):
        return []
    q = guesses_of(key, state["letters"][: place + 1], state["model"])
    order = np.argsort(-q, kind="stable")[:5]
    return [(float(q[k]), tables(key)[0][k]) for k in order]


def likely(state: dict[str, Any]) -> list[str]:
    return [name for _, name in ranked(state)]


def reference(state: dict[str, Any]) -> dict[str, Any]:
    place = state["place"]
    so_far = said(state)[: place + 1]
    guessed = [each for each in so_far if each.guess is not None]
    bill = math.fsum(each.paid for each in so_far)
    q = [share for share, _ in ranked(state)]
    none = math.nan
    return {
        "surprise": so_far[-1].paid,
        "bill": bill,
        "bits_per_letter": bill / len(so_far),
        "gzip_bits": 8 * state["gzip"][place],
        "q": [*q, 1 - math.fsum(q)] if q else [],
        "your_bill": math.fsum(each.yours for each in so_far) if guessed else none,
        "guessed": len(guessed),
        "right": sum(each.guess == state["letters"][t] for t, each in enumerate(so_far)
                     if each.guess is not None),
        "your_mean": np.mean([each.yours for each in guessed]) if guessed else none,
        "model_mean": np.mean([each.paid for each in guessed]) if guessed else none,
    }  # fmt: skip


def game(page: Page) -> dict[str, Any]:
    settle(page)
    seen = read(page)
    agrees("NextLetter", seen)
    return seen


def test_a_reader_plays_by_keys_and_by_bars(explorable: OpenPage) -> None:
    page = explorable("NextLetter")
    score = page.locator(".foot .readout")
    assert score.inner_text().startswith("your score –")
    # Typed, once the picture has been pressed: right, then wrong, then a blank.
    page.get_by_role("button", name="Type the next letter").click()
    page.keyboard.type("d? ")
    seen = game(page)
    assert seen["state"]["guesses"] == "·" * 17 + "d? "
    assert seen["state"]["place"] == 19
    assert (seen["quantities"]["guessed"], seen["quantities"]["right"]) == (3, 1)
    assert score.inner_text() != "your score – bits a guess"
    # A blank on a handle is a guess too; on a bar it presses the bar.
    handle(page, "place").focus()
    page.keyboard.press("Space")
    assert game(page)["state"]["guesses"][20] == " "
    page.get_by_role("button", name="Guess t", exact=True).click()
    page.get_by_role("button", name="Guess h", exact=True).press("Space")
    seen = game(page)
    assert seen["state"]["guesses"][21:] == "th"
    assert seen["quantities"]["right"] == 4
    # Keys that write nothing, and those of the browser, are no guesses.
    for key in ("Control+k", "Shift", "F2", "Escape"):
        page.keyboard.press(key)
    assert game(page)["state"] == seen["state"]
    # A letter that is shown before it is guessed costs what it costs the model.
    page.get_by_role("button", name="Show it").click()
    now = game(page)
    assert now["state"]["place"] == 23
    paid = now["quantities"]["surprise"]
    assert now["quantities"]["your_bill"] - seen["quantities"]["your_bill"] == pytest.approx(paid)


def test_at_the_end_nothing_is_left_to_guess(explorable: OpenPage) -> None:
    page = explorable("NextLetter", place=76)
    handle(page, "place").focus()
    page.keyboard.type("xyz")
    assert game(page)["state"]["guesses"] == ""
    assert page.get_by_text("That was the last letter.", exact=True).is_visible()
    page.get_by_role("button", name="Show it").click()
    assert game(page)["state"]["place"] == 0


@pytest.mark.parametrize("model", MODELS)
def test_the_browser_agrees_on_any_text_and_model(model: str, explorable: OpenPage) -> None:
    """Of letters that the book lacks, and in contexts that it lacks."""
    page = explorable("NextLetter", letters="Zäh\nQQ", place=4, model=model, guesses="Zx-\nQ")
    game(page)


def test_what_is_stored_is_what_is_counted_and_packed() -> None:
    game = NextLetter()
    text = load_alice()
    read = text[: text.index("CHAPTER XI\n")]
    assert game.letters in text[len(read) :]
    times = Counter(read[i : i + size] for size in (1, 2, 3) for i in range(len(read) - size + 1))
    for context, followers in zip(game.contexts, game.followers, strict=True):
        counts = counts_of(followers)
        assert counts == {letter: times[context + letter] for letter in counts}
        assert not context or sum(counts.values()) in (times[context], times[context] - 1)
    packed = np.array(next_letter._deflated(game.letters))
    assert np.abs(packed - game.gzip).max() <= 2
    assert all(np.diff(game.gzip) >= 0)


def test_the_share_of_right_guesses_is_the_cheapest_stake() -> None:
    preset = NextLetter().presets["Ten guesses"]

    def cost(sure: float) -> float:
        state = NextLetter(**{**preset, "sure": sure})
        return float(reference({name: getattr(state, name) for name in state.trait_names()})
                     ["your_mean"])  # fmt: skip

    stakes = np.array([0.5, 0.55, 0.59, 0.6, 0.61, 0.65, 0.7])
    assert stakes[np.argmin([cost(sure) for sure in stakes])] == 0.6


def test_a_distribution_of_what_comes_next_sums_to_1() -> None:
    key = key_of({name: getattr(NextLetter(), name) for name in NextLetter().trait_names()})
    for model in MODELS:
        for before in ("", "Q", "th", "ea", "zq"):
            assert guesses_of(key, before, model).sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"place": 77}, "place is 77; with 77 letters it must be 76 at most"),
        ({"sure": 1}, "sure is 1; it must be at least 0.01 and at most 0.99"),
        ({"gzip": [3, 4]}, "gzip has 2 entries and letters has 77"),
        ({"followers": ["e1;"]}, "followers has 1 entries and contexts has 89"),
        ({"contexts": [""], "followers": ["e1"]}, r"followers\[0\] is 'e1'; it must be letters"),
        ({"model": "fours"}, "model is 'fours'"),
        ({"letters": 5}, "letters is 5; it must be a text"),
    ],
)
def test_python_says_what_is_wrong(state: dict[str, Any], message: str) -> None:
    with pytest.raises(traitlets.TraitError, match=message):
        NextLetter(**state)
