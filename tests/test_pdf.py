"""The course as one PDF: every chapter, formula, picture and link on paper."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest
import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import Browser

from crossentropy_book.course.pdf import join_pages, print_pdf

ROOT = Path(__file__).parent.parent
POINTS_PER_MM = 72 / 25.4


@pytest.fixture(scope="session")
def joined(book: Path) -> str:
    return join_pages(book, yaml.safe_load((ROOT / "_config.yml").read_text("utf-8")))


def listed(toc: Any) -> Iterator[str]:
    """Yield the pages that _toc.yml lists, in reading order."""
    if isinstance(toc, list):
        for item in toc:
            yield from listed(item)
    elif isinstance(toc, dict):
        for key, value in toc.items():
            if key in ("root", "file"):
                yield value
            else:
                yield from listed(value)


@pytest.fixture(scope="session")
def page(joined: str) -> BeautifulSoup:
    return BeautifulSoup(joined, "html.parser")


def test_joined_pages_are_all_there_and_their_links_lead_somewhere(page: BeautifulSoup) -> None:
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    chapters = [chapter["id"] for chapter in page.select(".chapter")]
    assert chapters == [name.replace("/", "-") for name in listed(toc)]
    targets = {tag["id"] for tag in page.select("[id]")}
    inside = [link["href"] for link in page.select("a[href]:not(.external)")]
    assert [href for href in inside if href[0] != "#" or href[1:] not in targets] == []
    assert not page.select("script, button, input, details")
    # Nothing that is asked is answered below itself.
    exercises = page.select(".exercise:has(.see)")
    assert len(exercises) == len(page.select(".solution")) > 0
    for exercise in exercises:
        solution = page.find(id=exercise.select_one(".see a")["href"][1:])
        assert solution.parent["id"].endswith("--solutions")
        assert solution.parent.parent.select_one(".exercise").find_parent(class_="chapter")
    assert len(page.select(".question")) == len(page.select('[id^="answer-"], [id*="--answer-"]'))


def test_the_pdf_is_whole(
    joined: str, page: BeautifulSoup, browser: Browser, tmp_path: Path
) -> None:
    printed = print_pdf(joined, tmp_path, browser)
    # No picture is dots, as patterns of Chromium's are, and all objects are packed.
    assert printed.stat().st_size < 6_000_000
    assert printed.read_bytes().count(b"/Subtype /Image") < 20
    with pdfium.PdfDocument(printed) as pdf:
        texts = [sheet.get_textpage().get_text_bounded() for sheet in pdf]
        numbered = (tmp_path / "book.html").read_text("utf-8")
        assert_chapters_begin_where_the_contents_say(pdf, page, numbered, texts)
        assert_type_is_as_large_and_as_wide_as_it_should(pdf)
        assert_pictures_are_painted(pdf, page, texts)
    titles = {squeezed(title.get_text()) for title in page.select("h1")}
    blank = [n for n, text in enumerate(texts, 1) if squeezed(text).removesuffix(str(n)) in titles]
    assert blank == []
    assert_no_raw_tex(page, texts)
    said = Counter(re.findall(r"\(\d+\.\d+\)", "".join(texts)))
    numbered = Counter(number.get_text(strip=True) for number in page.select(".eqno"))
    assert len(numbered) == numbered.total() > 30
    assert numbered <= said


def squeezed(text: str) -> str:
    """Return a text without spaces: lines break where the paper ends."""
    return "".join(text.split())


def assert_chapters_begin_where_the_contents_say(
    pdf: pdfium.PdfDocument, page: BeautifulSoup, numbered: str, texts: list[str]
) -> None:
    said = dict(re.findall(r'href="#([^"]+)" data-page="(\d+)"', numbered))
    titles = [squeezed(title.get_text()) for title in page.select("h1")]
    numbers = [2, *(int(said[chapter["id"]]) for chapter in page.select(".chapter"))]
    outline = [
        (mark.level, squeezed(mark.get_title()), mark.get_dest().get_index() + 1)
        for mark in pdf.get_toc()
    ]
    assert [entry[1:] for entry in outline if entry[0] == 0] == list(
        zip(titles, numbers, strict=True)
    )
    assert sum(level == 1 for level, *_ in outline) == len(page.select("h2"))
    for _, title, number in outline:
        assert title != 2 * title[: len(title) // 2]  # painted on two pages
        # The foot comes first: a chapter's title, and the number of the page.
        assert re.match(rf".+?{number}", squeezed(texts[number - 1]))
    for title, number in zip(titles, numbers, strict=True):
        assert squeezed(texts[number - 1]).startswith(f"{title}{number}{title}")


def assert_type_is_as_large_and_as_wide_as_it_should(pdf: pdfium.PdfDocument) -> None:
    # Chromium would shrink every page to hold one line that is too long.
    contents, matrix, sizes = pdf[1].get_textpage(), raw.FS_MATRIX(), []
    for i in range(contents.count_chars()):
        raw.FPDFText_GetMatrix(contents, i, matrix)
        sizes.append(abs(matrix.d) * raw.FPDFText_GetFontSize(contents, i))
    assert max(sizes) == pytest.approx(25, rel=0.005)
    left, right = 21 * POINTS_PER_MM, (210 - 21) * POINTS_PER_MM
    out = 2.2  # a fifth of an em: an italic f and a J reach out of the line that they begin
    for number, sheet in enumerate(pdf, 1):
        text = sheet.get_textpage()
        for rect in (text.get_rect(i) for i in range(text.count_rects())):
            assert left - out < rect[0] < rect[2] < right + 1, (
                number,
                text.get_text_bounded(*rect),
            )


def assert_pictures_are_painted(
    pdf: pdfium.PdfDocument, page: BeautifulSoup, texts: list[str]
) -> None:
    pages, number = [squeezed(text) for text in texts], 0
    for figure in page.select("figure.explorable"):
        shown = figure.select(".prompt, .ce-picture > .wide text")
        labels = {squeezed(text.get_text()) for text in shown}
        found = (n for n in range(number, len(pages)) if all(one in pages[n] for one in labels))
        number = next(found, None)
        assert number is not None, (figure["data-explorable"], labels)
        shapes = pdf[number].get_objects(filter=[raw.FPDF_PAGEOBJ_PATH])
        drawn = figure.select(".ce-picture > .wide :is(path, rect, circle, line, polyline)")
        assert sum(1 for _ in shapes) >= min(len(drawn), 11) > 0, number + 1


def assert_no_raw_tex(page: BeautifulSoup, texts: list[str]) -> None:
    raw_tex = re.compile(r"\\[a-zA-Z]|\$")
    parts = [squeezed(tag.get_text()) for tag in page.select("pre, code")]
    code = "".join(parts)
    words = [part for part in parts if raw_tex.search(part)]  # in the midst of a sentence
    for number, text in enumerate(texts, 1):
        for line in filter(raw_tex.search, text.splitlines()):
            left = squeezed(line)
            for word in words:
                left = left.replace(word, "")
            assert squeezed(line) in code or not raw_tex.search(left), (number, line)
