"""Static pictures: alt text, theme, and nothing that leaks into the page."""

from __future__ import annotations

import re

import pytest

from crossentropy.figures.style import COLOURS, Picture, bars, label, number, panel


def picture() -> Picture:
    figure, axes = panel()
    bars(axes, [0, 1], [0.3, 0.7], "q")
    label(axes, 0, 0.4, "0.30", "q")
    return Picture(figure, alt="Two bars, 0.30 and 0.70.")


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
