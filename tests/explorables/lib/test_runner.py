"""Run and Pause: a step a frame while the figure is seen, until something stops it."""

from __future__ import annotations

from typing import Any

import pytest

from explorables.lib.engine import run

# A run of at most LEFT steps; it notes them, and how many they were when it stopped.
RUN = """
    page.still = STILL;
    page.frames.clear();
    const frame = frameOf({});
    const other = document.createElement("g");
    frame.figure.append(other);
    let left = LEFT;
    const [steps, stops] = [[], []];
    const runner = createRunner({ atOnce: 100,
      step: (_, count) => { if (left-- <= 0) return false; steps.push(count); },
      stopped: (_, count) => stops.push(count), ...OPTIONS });
    const { button } = frame;
    button.textContent = runner.label;
    let now = 0;
    const frames = (count, ms = 100) => {
      for (let i = 0; i < count; i += 1) runFrames(now += ms);
    };
    const press = () => runner.run(frame, button);
    press();
"""


def runner(body: str, *, left: int = 1000, still: bool = False, options: str = "{}") -> Any:
    start = RUN.replace("LEFT", str(left)).replace("STILL", str(still).lower())
    return run("runner", start.replace("OPTIONS", options) + body)


def test_a_run_takes_a_step_a_frame_until_nothing_is_left() -> None:
    steps, stops, text, waiting = runner(
        "frames(5); return [steps, stops, button.textContent, page.frames.size];", left=3
    )
    assert (steps, stops, text, waiting) == ([1, 2, 3], [3], "Run", 0)


def test_the_button_pauses_and_runs_on() -> None:
    said = runner(
        """
        const said = [button.textContent];
        frames(2);
        press();
        said.push(button.textContent, steps.length);
        frames(2);
        said.push(steps.length);
        press();
        frames(2);
        return [...said, button.textContent, steps];
        """
    )
    # The second run counts its own steps.
    assert said == ["Pause", "Run", 2, 2, "Pause", [1, 2, 1, 2]]


def test_the_first_steps_are_slow_enough_to_watch() -> None:
    slow, steps = runner(
        "frames(60, 10); const slow = steps.length; frames(540, 10); return [slow, steps];"
    )
    assert slow == 10  # one in 60 ms
    assert len(steps) == 40 + 600 - (1 + 39 * 6)  # after 40 of them, one a frame
    assert steps == list(range(1, len(steps) + 1))


def test_nothing_runs_off_screen() -> None:
    counts = runner(
        """
        const counts = [];
        frames(2);
        scroll(false);
        frames(1);
        counts.push(steps.length);
        frames(5);
        counts.push(steps.length, page.frames.size);
        scroll(true);
        frames(2);
        return [...counts, steps.length, button.textContent];
        """
    )
    before, hidden, waiting, after, text = counts
    assert hidden == before  # and no frame is asked for
    assert waiting == 0
    assert (after, text) == (before + 2, "Pause")


def test_a_figure_that_is_seen_twice_steps_once_a_frame() -> None:
    assert runner("scroll(true); scroll(true); frames(3); return steps;") == [1, 2, 3]


@pytest.mark.parametrize("event", ["pointerdown", "keydown", "change", "click"])
def test_a_hand_elsewhere_in_the_figure_stops_it(event: str) -> None:
    steps, text = runner(
        f'frames(2); other.dispatchEvent({{ type: "{event}" }}); frames(3);'
        "return [steps, button.textContent];"
    )
    assert (steps, text) == ([1, 2], "Run")


@pytest.mark.parametrize(
    "touch",
    [
        'button.dispatchEvent({ type: "pointerdown" })',
        'other.dispatchEvent({ type: "keydown", key: "Tab" })',
    ],
)
def test_its_own_button_and_a_tab_do_not(touch: str) -> None:
    assert runner(f"frames(2); {touch}; frames(1); return steps;") == [1, 2, 3]


def test_a_run_that_does_not_yield_goes_on() -> None:
    steps = runner(
        'frames(1); other.dispatchEvent({ type: "pointerdown" }); frames(1); return steps;',
        options="{ yields: false }",
    )
    assert steps == [1, 2]


@pytest.mark.parametrize("yields", ["true", "false"])
@pytest.mark.parametrize(
    "end",
    [
        'document.dispatchEvent({ type: "visibilitychange" })',
        'frame.signal.dispatchEvent({ type: "abort" })',
    ],
)
def test_it_stops_with_its_page_and_leaves_nothing_behind(end: str, yields: str) -> None:
    steps, stops, waiting, watching, heard = runner(
        f"""
        frames(2);
        {end};
        frames(2);
        {end}; // nobody listens any more
        return [steps, stops, page.frames.size, reader.watching.size, (other.heard ?? []).length];
        """,
        options=f"{{ yields: {yields} }}",
    )
    assert (steps, stops, waiting, watching, heard) == ([1, 2], [2], 0, 0, 0)


def test_who_asked_for_less_motion_gets_the_end_at_once() -> None:
    steps, stops, text, waiting = runner(
        "return [steps.length, stops, button.textContent, page.frames.size];", still=True
    )
    assert (steps, stops, text, waiting) == (100, [100], "Run", 0)
    assert runner("return [steps, stops];", still=True, left=3) == [[1, 2, 3], [3]]


def test_two_figures_run_by_themselves() -> None:
    paused = runner(
        """
        const second = frameOf({});
        runner.run(second, second.button);
        frames(1);
        press();
        return [button.textContent, second.button.textContent];
        """
    )
    assert paused == ["Run", "Pause"]
