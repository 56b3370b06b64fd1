"""The frame around every picture: its state, presets, reset, links, and what a redraw costs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from explorables.lib.engine import run

STATE = {"p": [0.5, 0.3, 0.2], "labels": ["cat", "dog", "50% #1"], "unit": "nats"}
PRESETS = {"even": {"p": [0.25, 0.25, 0.5]}, "odd": {"p": [2]}}

# The smallest explorable that has everything: bars with locks, a number, a choice, an action.
TINY = """
    let built = 0;
    const tiny = defineExplorable({
      name: "Tiny",
      rules: { labels: (labels) => (labels.includes("") ? "a label is empty" : null) },
      quantities: ({ p }) => ({ first: p[0], last: p[2] }),
      readouts: [
        { quantity: "first", label: "p_1", said: "first", stays: true },
        { quantity: "last", label: "last", unit: false, said: "last",
          show: (value) => `${value}!` },
      ],
      ledger: ({ p }) => [["sum", p.join(" + "), "1"]].concat(p[0] === 1 ? [["= 1", "", "1"]] : []),
      picture(frame) {
        built += 1;
        const lock = document.createElement("g");
        lock.className = "lock";
        lock.addEventListener("click", () => frame.locked.add("p:0"));
        frame.svg.append(lock, document.createElementNS("", "text"));
        return { draw: (state, numbers, width, height) =>
          lock.setAttribute("data-drawn", [width, height, ...frame.locked].join()) };
      },
      choices: { unit: "Unit" },
      actions: [{ label: "Certain", primary: true, run: (frame) => frame.set({ p: [1, 0, 0] }) }],
    });
    const model = STATE;
    const { figure, model: traits, close } = open(tiny, { ...model, prompt: "Drag",
      stages: [320, 400], presets: PRESETS });
    const script = figure.explorable;
    const button = (text) => called(figure, "button", text);
    const choose = (name, value) => {
      const control = called(figure, "label span", name).parentNode.querySelector("select");
      control.value = value;
      control.dispatchEvent({ type: "change" });
    };
    const lock = () => figure.querySelector(".lock");
    const drawn = () => lock().getAttribute("data-drawn");
    const status = () => figure.querySelector(".status").textContent;
"""


def tiny(body: str, state: dict[str, Any] | None = None) -> Any:
    start = TINY.replace("STATE", json.dumps({**STATE, **(state or {})}))
    imports = start.replace("PRESETS", json.dumps(PRESETS))
    return run("explorable", imports + body)


def test_a_figure_is_live_with_its_numbers_at_once() -> None:
    live, texts, prompt = tiny(
        """
        return [figure.dataset.live,
          figure.querySelectorAll("output").map((node) => node.parentNode.textContent),
          figure.querySelector("figcaption").textContent];
        """
    )
    assert (live, prompt) == ("true", "Drag")
    assert texts == ["p1 0.5000 nats", "last 0.2! "]


def test_many_changes_are_one_redraw_and_one_message() -> None:
    saved, asked, text, after = tiny(
        """
        for (const value of [0.1, 0.2, 0.3]) script.adopt({ p: [value, 0.5, 0.5 - value] });
        script.adopt({ unit: "bits" });
        const asked = page.frames.size;
        const before = figure.querySelector("output").textContent;
        runFrames(0);
        runFrames(0);
        return [traits.saved.map(({ p, unit }) => [p[0], unit]), asked, before,
          figure.querySelector("output").parentNode.textContent];
        """
    )
    assert saved == [[0.3, "bits"]]
    assert (asked, text, after) == (1, "0.5000", "p1 0.3000 bits")


def test_a_redraw_that_changes_nothing_tells_python_nothing() -> None:
    assert tiny('traits.set("unit", "bits"); runFrames(0); return traits.saved;') == []


def test_reset_brings_back_the_start_and_opens_the_locks() -> None:
    locked, after, state, said = tiny(
        """
        click(lock());
        click(button("odd"));
        script.adopt({ p: [0.1, 0.1, 0.8], unit: "bits" });
        runFrames(0);
        const locked = drawn();
        click(button("Reset"));
        runFrames(0);
        return [locked, drawn(), script.traits.map((trait) => script.get(trait)), status()];
        """
    )
    assert locked == "720,320,p:0"
    assert after == "720,320"
    assert state == [STATE["p"], STATE["labels"], "nats"]
    assert said == ""


def test_other_classes_are_a_picture_of_their_own_without_locks() -> None:
    said = tiny(
        """
        click(lock());
        script.adopt({ p: [0.2, 0.2, 0.6] });
        runFrames(0);
        const same = [built, drawn()];
        script.adopt({ labels: ["a", "b", "c"] });
        runFrames(0);
        return [same, built, drawn(), figure.querySelectorAll(".lock").length];
        """
    )
    assert said == [[1, "720,320,p:0"], 2, "720,320", 1]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"p": [1]}, "p has 1 entries; two are the least"),
        ({"p": [0.5, 0.3, 0.2 + 1e-6]}, f"p sums to {0.5 + 0.3 + (0.2 + 1e-6)}, not 1"),
        ({"unit": "bans", "p": [1, 0, 0]}, "unit is \"bans\"; it must be 'nats' or 'bits'"),
        ({"labels": ["cat", "dog", ""]}, "a label is empty"),
        ({"q": [1]}, "q is not part of Tiny"),
        (None, "null is no state"),
        (3, "3 is no state"),
    ],
)
def test_a_state_from_outside_is_refused_as_a_whole(state: Any, reason: str) -> None:
    said, p = tiny(
        f"""
        try {{
          script.adopt({json.dumps(state)});
        }} catch (error) {{
          return [`${{error.name}}: ${{error.message}}`, script.get("p")];
        }}
        """
    )
    assert (said, p) == (f"RangeError: {reason}", STATE["p"])


def test_a_preset_is_taken_and_a_bad_one_says_why() -> None:
    said = tiny(
        """
        click(button("even"));
        const taken = [script.get("p"), status()];
        click(button("odd"));
        return [taken, script.get("p"), status()];
        """
    )
    assert said == [
        [[0.25, 0.25, 0.5], ""],
        [0.25, 0.25, 0.5],
        "p has 1 entries; two are the least",
    ]


def test_a_preset_is_reached_in_small_steps_and_python_hears_the_last() -> None:
    path, pressed, saved, moving = tiny(
        """
        page.still = false;
        click(button("even"));
        const path = [];
        for (const now of [0, 80, 160, 240, 400, 401]) {
          runFrames(now);
          path.push([...script.get("p"), figure.dataset.moving ?? null]);
        }
        page.still = true;
        return [path, button("even").getAttribute("aria-pressed"), traits.saved.map(({ p }) => p),
          "moving" in figure.dataset];
        """
    )
    firsts = [first for first, *_ in path]
    assert firsts == sorted(firsts, reverse=True)
    assert 0.25 < firsts[2] < 0.5
    assert all(sum(p) == pytest.approx(1) for *p, _ in path)
    assert path[-1] == [0.25, 0.25, 0.5, None]
    assert (pressed, saved, moving) == ("true", [[0.25, 0.25, 0.5]], False)


@pytest.mark.parametrize(
    ("touch", "python_hears"),
    [
        ("script.adopt({ p: [1, 0, 0] })", True),
        ('click(button("Reset"))', True),
        ('figure.dispatchEvent({ type: "pointerdown" })', True),
        ('figure.dispatchEvent({ type: "keydown", key: "ArrowUp" })', True),
        ('traits.set("p", [0, 1, 0])', False),
    ],
)
def test_on_the_way_to_a_preset_anything_else_goes_first(touch: str, python_hears: bool) -> None:
    before, after, saved = tiny(
        f"""
        page.still = false;
        click(button("even"));
        for (const now of [0, 100]) runFrames(now);
        {touch};
        const before = script.get("p");
        for (const now of [200, 400, 600]) runFrames(now);
        page.still = true;
        return [before, script.get("p"), traits.saved.map(({{ p }}) => p)];
        """
    )
    assert before == after != [0.25, 0.25, 0.5]
    assert saved == ([after] if python_hears else [])


def test_a_screen_reader_hears_one_sentence_when_all_stands_still() -> None:
    before, heard, again, named, hidden = tiny(
        """
        const due = () => [...page.timers.values()];
        const spoken = () => figure.querySelector("[aria-live=polite]").textContent;
        for (const p of [[0.5, 0.25, 0.25], [1, 0, 0]]) {
          script.adopt({ p });
          runFrames(0);
        }
        const before = [spoken(), due().map(({ wait }) => wait)];
        due()[0].callback();
        const heard = spoken();
        page.timers.clear();
        traits.set("unit", "nats");
        script.adopt({ labels: ["a", "b", "c"], unit: "bits" });
        runFrames(0);
        due()[0].callback();
        const again = spoken();
        return [before, heard, again, figure.getAttribute("aria-label"),
          figure.querySelectorAll("svg text").map((node) => node.getAttribute("aria-hidden"))];
        """
    )
    assert before == ["", [600]]
    assert (heard, again) == ("first 1.00 nats, last 0!", "first 1.00 bits, last 0!")
    assert (named, hidden) == ("Drag", ["true"])


def test_a_choice_sets_its_trait_and_shows_the_traits_value() -> None:
    said = tiny(
        """
        choose("Unit", "bits");
        const chosen = script.get("unit");
        script.adopt({ unit: "nats" });
        runFrames(0);
        return [chosen, figure.querySelector("select").value];
        """
    )
    assert said == ["bits", "nats"]


# Two things to see, each with a handle; one has something to do, and a number.
STAGED = """
    const built = [];
    const view = (name) => (frame) => {
      built.push(name);
      const handle = document.createElementNS("", "g");
      handle.setAttribute("tabindex", "0");
      handle.setAttribute("data-handle", name);
      frame.svg.append(handle);
      return { draw() {} };
    };
    const { figure, model: traits } = open(defineExplorable({
      name: "Staged",
      quantities: ({ p }) => ({ first: p[0] }),
      readouts: [{ quantity: "first", label: "first", stays: true, view: "near" }],
      ledger: () => [],
      views: { near: "Near", far: "Far" },
      picture: { near: view("near"), far: view("far") },
      actions: [{ label: "Run", primary: true, view: "near", run() {} }],
    }), { ...STATE, view: "near", prompt: "Look", prompts: { far: "Look up" },
      stages: [320, 400], presets: { "from afar": { view: "far" } } });
    const button = (text) => called(figure, "button", text);
    const now = () => ({
      handles: figure.querySelectorAll("[data-handle]").map((node) => node.dataset.handle),
      checked: figure.querySelectorAll("[role=radio]")
        .map((node) => [node.getAttribute("aria-checked"), node.getAttribute("tabindex")]),
      hidden: [button("Run"), figure.querySelector(".foot .readout")]
        .map((node) => node.classList.contains("elsewhere")),
      prompt: [figure.querySelector(".prompt").textContent, figure.getAttribute("aria-label")],
    });
""".replace("STATE", json.dumps(STATE))
NEAR = {
    "handles": ["near"],
    "checked": [["true", "0"], ["false", "-1"]],
    "hidden": [False, False],
    "prompt": ["Look", "Look"],
}
FAR = {
    "handles": ["far"],
    "checked": [["false", "-1"], ["true", "0"]],
    "hidden": [True, True],
    "prompt": ["Look up", "Look up"],
}


@pytest.mark.parametrize(
    "go",
    [
        'click(button("Far"))',
        'key(button("Near"), "ArrowRight")',
        'key(button("Near"), "ArrowUp")',
        'click(button("from afar"))',
        'figure.explorable.follow("#Tiny-1=view:far")',
    ],
)
def test_of_several_views_one_is_there_at_a_time(go: str) -> None:
    seen = run(
        "explorable",
        STAGED
        + f"""
        const seen = [now()];
        {go};
        runFrames(0);
        seen.push(now());
        key(button("Far"), "ArrowRight");
        runFrames(0);
        return {{ seen: [...seen, now()], built, saved: traits.saved.map(({{ view }}) => view) }};
        """,
    )
    assert seen["seen"] == [NEAR, FAR, NEAR]
    assert seen["built"] == ["near", "far", "near"]
    assert seen["saved"] == ["far", "near"]


def test_a_view_that_python_makes_is_the_one_that_opens() -> None:
    assert run("explorable", STAGED.replace('view: "near", prompt', 'view: "far", prompt')
               + "return now();") == FAR  # fmt: skip


def test_an_action_is_a_button_and_the_ledger_grows() -> None:
    rows = tiny(
        """
        const rows = () => figure.querySelectorAll(".ledger tr").map((row) => row.textContent);
        const before = rows();
        click(button("Certain"));
        runFrames(0);
        return [before, rows()];
        """
    )
    assert rows == [["sum0.5 + 0.3 + 0.21"], ["sum1 + 0 + 01", "=11"]]


def test_a_link_holds_what_differs_and_no_sign_that_would_break_it() -> None:
    before, href = tiny(
        """
        click(button("Copy link"));
        const before = location.href;
        script.adopt({ p: [0.25, 0.75, 0], labels: ["cat", "by hand", "50% #1"] });
        click(button("Copy link"));
        return [before, location.href];
        """
    )
    assert before == "https://book.example/page.html#Tiny-1="
    assert href.partition("#")[2] == "Tiny-1=p:.25,.75,0;labels:cat,by+hand,50%25+%231"


def test_a_link_goes_to_its_figure_alone_and_says_what_is_wrong_with_it() -> None:
    said = tiny(
        """
        script.adopt({ unit: "bits" });
        const go = (hash) => [script.follow(hash), script.get("p"), script.get("unit"), status()];
        return [go("#Tiny-2=p:1,0,0"), go("#tiny"), go(""), go("#Tiny-1=p:1,0,0"),
          go("#Tiny-1=p:1,0"), go("#Tiny-1=p"), go("#Tiny-1=q:1"), go("#Tiny-1=")];
        """
    )
    start, sure, wrong = STATE["p"], [1, 0, 0], "The link's state is not valid: "
    assert said == [
        *([[False, start, "bits", ""]] * 3),
        [True, sure, "nats", ""],
        [True, sure, "nats", wrong + "p has 2 entries and labels has 3"],
        [True, sure, "nats", wrong + "“p” has no value"],
        [True, sure, "nats", wrong + "q is not part of Tiny"],
        [True, start, "nats", ""],
    ]


def test_reset_of_a_later_view_goes_to_the_state_that_it_was_made_with() -> None:
    p = tiny('click(button("Reset")); return script.get("p");', {"_made": {"p": [0.25, 0.25, 0.5]}})
    assert p == [0.25, 0.25, 0.5]


def test_copied_python_makes_the_same_state() -> None:
    copied = tiny('click(button("Copy Python")); return reader.clipboard;')
    made = eval(copied, {"Tiny": dict})
    assert made == STATE


def test_the_drawer_opens_and_closes() -> None:
    assert tiny(
        """
        const toggle = called(figure, "button", "Numbers · Derivation · Share");
        const now = () => [toggle.getAttribute("aria-expanded"),
          figure.querySelector(".drawer").hasAttribute("hidden")];
        const seen = [now()];
        for (let i = 0; i < 2; i += 1) {
          click(toggle);
          seen.push(now());
        }
        return seen;
        """
    ) == [["false", True], ["true", False], ["false", True]]


def test_what_the_prompt_asks_for_stands_beside_it() -> None:
    above, below = tiny(
        """
        const texts = (place) => figure.querySelectorAll(`${place} button`)
          .map((node) => node.textContent);
        return [texts(".task"), texts(".below")];
        """
    )
    assert above == ["Certain"]
    assert below == ["even", "odd", "0 more", "Reset", "Numbers · Derivation · Share"]


def test_a_figure_that_goes_leaves_nothing_behind() -> None:
    before, after, frames = tiny(
        """
        script.adopt({ unit: "bits" });
        const before = traits.listening.length;
        close();
        return [before, traits.listening.length, page.frames.size];
        """
    )
    assert (before, after, frames) == (3, 0, 0)
