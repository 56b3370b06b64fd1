"""A picture as one stop of the Tab key."""

from __future__ import annotations

from typing import Any

import pytest

from explorables.lib.engine import run

# A picture of two handles and a lock, with what shows how Tab would go through it.
PICTURE = """
    const [stage, picture] = ["div", "svg"].map((tag) => document.createElement(tag));
    stage.append(picture);
    const make = (role) => {
      const node = document.createElement("g");
      node.setAttribute("role", role);
      node.setAttribute("tabindex", "0");
      picture.append(node);
      return node;
    };
    const [p, q, lock] = ["slider", "slider", "button"].map(make);
    const roving = createRoving(stage, picture);
    roving.update();
    const stops = () =>
      picture.querySelectorAll("[tabindex]").map((node) => node.getAttribute("tabindex"));
"""


def picture(body: str) -> Any:
    return run("roving", f"{PICTURE}\n{body}")


def test_the_first_handle_is_the_stop() -> None:
    assert picture("return stops();") == ["0", "-1", "-1"]


def test_the_handle_that_was_used_last_becomes_it() -> None:
    assert picture("q.focus(); return stops();") == ["-1", "0", "-1"]


def test_enter_opens_the_picture_and_escape_closes_it() -> None:
    opened, closed, prevented = picture(
        'const enter = key(p, "Enter"); const opened = stops(); q.focus();'
        'const escape = key(q, "Escape");'
        "return [opened, stops(), [enter.prevented, escape.prevented]];"
    )
    assert opened == ["0", "0", "0"]
    assert closed == ["-1", "0", "-1"]
    assert prevented == [True, True]


@pytest.mark.parametrize(("where", "stops"), [("q", "000"), ("null", "0--")])
def test_it_closes_when_it_is_left(where: str, stops: str) -> None:
    seen = picture(
        'p.focus(); key(p, "Enter");'
        f'p.dispatchEvent({{ type: "focusout", relatedTarget: {where} }}); return stops();'
    )
    assert seen == ["0" if stop == "0" else "-1" for stop in stops]


def test_escape_in_a_closed_picture_is_let_through() -> None:
    assert picture('return key(p, "Escape").prevented;') is False


def test_another_handle_is_the_stop_when_the_last_one_is_gone() -> None:
    assert picture("q.focus(); q.remove(); roving.update(); return stops();") == ["0", "-1"]


def test_a_picture_with_one_handle_needs_no_hint() -> None:
    hidden = picture(
        'const hint = stage.querySelector(".keys"); const before = hint.hasAttribute("hidden");'
        "q.remove(); lock.remove(); roving.update();"
        'return [before, hint.hasAttribute("hidden"), p.hasAttribute("aria-describedby")];'
    )
    assert hidden == [False, True, False]
