"""The five articles and the map: every argument has its proof, every result its box."""

from __future__ import annotations

import functools
import itertools
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag

from crossentropy_book.course.argument_map import Result, read_map

CHAPTERS = Path(__file__).parent.parent / "chapters"
NOTEBOOKS = sorted(CHAPTERS.glob("[0-9]*.ipynb"))
MAP = (CHAPTERS / "map.md").read_text("utf-8")

# How many arguments each article makes.
ARGUMENTS = {"M": 11, "G": 8, "V": 11, "E": 5, "L": 11}
ROWS = [f"{letter}{i}" for letter, count in ARGUMENTS.items() for i in range(1, count + 1)]


@functools.cache
def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


@functools.cache
def anchors(path: Path) -> set[str]:
    return set(re.findall(r'\bid="([^"]+)"', path.read_text("utf-8")))


def assert_it_leads_to_a_proof(part: Tag, page: Path) -> None:
    """Some link leads to a place within a chapter, and every link leads somewhere."""
    links = [urldefrag(link["href"]) for link in part.select("a[href]")]
    assert any(re.match(r"\d\d-[\w-]+\.html$", href) and anchor for href, anchor in links), part
    for href, anchor in links:
        target = page.parent / href if href else page
        assert target.exists(), href
        assert not anchor or unquote(anchor) in anchors(target), f"{href}#{anchor}"


@pytest.fixture(scope="module")
def sources(book: Path) -> Path:
    return book / "chapters" / "sources.html"


@pytest.fixture(scope="module")
def argument_map(book: Path) -> Path:
    return book / "chapters" / "map.html"


@functools.cache
def rows(page: Path) -> list[tuple[str, Tag]]:
    """Return the rows of the five tables: what each is called, and what it says."""
    found = soup(page).select("article table:not(.derivation) tbody tr")
    pairs = [row.find_all("td") for row in found]
    return [(name.get_text(strip=True), argument) for name, argument in pairs]


def test_every_argument_has_one_row_in_order(sources: Path) -> None:
    assert [name for name, _ in rows(sources)] == ROWS


@pytest.mark.parametrize("row", ROWS)
def test_a_row_leads_to_its_proof(row: str, sources: Path) -> None:
    (argument,) = [argument for name, argument in rows(sources) if name == row]
    assert_it_leads_to_a_proof(argument, sources)


def test_every_correction_leads_to_where_it_is_shown(sources: Path) -> None:
    corrections = soup(sources).select("article dd")
    assert len(corrections) == 17
    for correction in corrections:
        assert_it_leads_to_a_proof(correction, sources)


def test_every_article_is_cited_in_its_own_section(sources: Path) -> None:
    anchors = [soup(sources).find(id=f"sec-src-{letter.lower()}") for letter in ARGUMENTS]
    sections = [anchor.find_parent("section") for anchor in anchors]
    cited = {section.select_one("p a[href^='notation.html#']")["href"] for section in sections}
    assert len(cited) == len(ARGUMENTS)


def test_every_box_of_the_map_leads_to_its_result(argument_map: Path) -> None:
    boxes = soup(argument_map).select(".argument-map li")
    assert {box["id"] for box in boxes} == {f"map-{label}" for label in results()}
    for box in boxes:
        (link,) = box.select(".name a[href]")
        assert urldefrag(link["href"])[1] == box["id"].removeprefix("map-")
        assert_it_leads_to_a_proof(box, argument_map)


def test_every_use_is_an_arrow_that_is_said_or_a_link(argument_map: Path) -> None:
    uses = 0
    for drawing in soup(argument_map).select(".argument-map"):
        drawn = sum(path["d"].upper().count("M") for path in drawing.select("path"))
        said = [span for span in drawing.select(".uses > span") if span.get_text() != "Uses "]
        assert drawn == len(said)
        uses += drawn + len(drawing.select(".uses a"))
    assert uses == sum(len(result.uses) for result in results().values())


@functools.cache
def results() -> dict[str, Result]:
    bodies = re.findall(r"(?s):::\{argument-map\}\n(.*?)\n:::", MAP)
    return {result.label: result for body in bodies for result in read_map(body.split("\n"))}


def stands_on(label: str) -> set[str]:
    """Return everything that a result uses, and what that uses, and so on."""
    used = results()[label].uses
    return {*used, *itertools.chain.from_iterable(map(stands_on, used))}


@functools.cache
def prose(path: Path) -> str:
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_definition_and_theorem_is_on_the_map(path: Path) -> None:
    labels = re.findall(r":label: ((?:def|thm|lem|cor|prop)-[\w-]+)", prose(path))
    assert labels
    assert set(labels) <= set(results())


@functools.cache
def holders() -> dict[str, str]:
    """Return for each numbered equation the box that it belongs to."""
    held = {}
    for path in NOTEBOOKS:
        box = ""
        for label, section, equation in re.findall(
            r":label: ([\w-]+)|^\((sec-[\w-]+)\)=|\$\$ \((eq-[\w-]+)\)", prose(path), re.MULTILINE
        ):
            box = next((name for name in (label, section) if name in results()), box)
            held[equation] = box
    return held


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_map_knows_what_each_proof_refers_to(path: Path) -> None:
    held = holders()
    blocks = re.findall(r"(?ms)^:::\{prf:(\w+)\}[^\n]*\n(.*?)^:::$", prose(path))
    theorem, checked = "", 0
    for kind, body in blocks:
        if kind != "proof":
            theorem = re.search(r":label: (\S+)", body)[1]
            continue
        for reference in re.findall(r"\{(?:prf:ref|eq)\}`([\w-]+)`", body):
            used = held.get(reference, reference)
            assert used == theorem or used in stands_on(theorem), f"{theorem} uses {used}"
            checked += 1
    assert checked


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["thm-a", "", "no colon"], "cannot read 'no colon'"),
        (["thm-a", "", "thm-b: B"], "thm-b is not in the drawing"),
        (["thm-a", "", "thm-a: A", "thm-a: A"], "described twice"),
        (["thm-a | thm-b", "", "thm-a: A"], "not described: thm-b"),
    ],
)
def test_a_map_that_contradicts_itself_is_refused(lines: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_map(lines)


def test_a_map_is_read_row_by_row() -> None:
    lines = [". | thm-a", "def-b | .", "", "def-b: B < thm-a", "thm-a: A"]
    assert read_map(lines) == [
        Result("thm-a", "A", (), row=0, column=1),
        Result("def-b", "B", ("thm-a",), row=1, column=0),
    ]
