"""The book as a site: its start page, a wrong address, and what search engines read."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import nbformat
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import QuietHandler, served
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageColor
from playwright.sync_api import Browser, Page
from test_book import PAGES, ROOT, WRITTEN, assert_no_violations, both_themes, in_order, soup
from visits import Visit

from crossentropy.figures.style import COLOURS
from crossentropy_book import social
from crossentropy_book.course import card as course
from crossentropy_book.downloads import add_pdf
from crossentropy_book.servers import server_links

ADDRESS = "https://books.example/little/"
CONFIG = f"""
title: A little book
author: Its authors
html:
  baseurl: {ADDRESS.rstrip("/")}
repository:
  url: https://github.com/someone/little
  path_to_book: text/book
  branch: trunk
sphinx:
  extra_extensions: [crossentropy_book]
  config:
    notebook_packages: [numpy>=2, "scipy"]
    notebook_servers: {{Binder: "https://binder.example/", Colab: "https://colab.example"}}
"""
CITATION = """
title: "Bits? A little book"
version: 1.2.3
date-released: 2025-03-04
authors:
  - given-names: Ada
    family-names: Byron
  - name: The others
license: CC-BY-4.0
"""
FILES = {
    "CITATION.cff": CITATION,
    "_config.yml": CONFIG,
    "_toc.yml": "format: jb-book\nroot: pages/start\nchapters:\n"
    "  - file: pages/more\n  - file: pages/old\n",
    "pages/start.md": '---\ndescription: What "this" is & why\n---\n# The start\n',
    "pages/old.ipynb": nbformat.writes(
        nbformat.from_dict(
            {
                "cells": [{"cell_type": "markdown", "metadata": {}, "source": "# An old one"}],
                "metadata": {"kernelspec": {"name": "python3", "display_name": ""}},
                "nbformat": 4,
                "nbformat_minor": 4,
            }
        )
    ),
    "pages/more.md": "# More of it\n\n## Why it lies deeper\n\nA word & more.\n",
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A little book that says where it will be."""
    folder = tmp_path_factory.mktemp("published")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    command = [f"{sysconfig.get_path('scripts')}/jupyter-book", "build", "-W", "-n", "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return folder / "_build" / "html"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


class LostHandler(QuietHandler):
    """Shows 404.html for what is not there, as a host of pages does; the book is in /little/."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/little"))

    def send_error(self, code: int, *args: Any, **options: Any) -> None:
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def host(published: Path) -> Iterator[str]:
    with served(published, LostHandler) as address:
        yield address


def head(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text("utf-8").partition("</head>")[0], "html.parser")


# --- the start page -----------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["http", "file"])
def test_the_start_page_is_the_first_page_itself(
    base: str, browser: Browser, book: Path, book_url: str
) -> None:
    visit = Visit(browser, book_url if base == "http" else f"{book.as_uri()}/")
    page = visit.open("index.html")
    assert page.title() == "Why Cross-Entropy?"
    assert page.url == f"{visit.base}index.html"
    assert page.locator("h1").first.inner_text().startswith("Why cross-entropy?")
    assert page.locator("figure[data-live=true]").count() > 0
    page.locator(".right-next").click()
    page.wait_for_url("**/chapters/01-entropy.html")
    visit.assert_clean()
    visit.context.close()


def test_the_start_page_differs_from_the_first_in_its_addresses_alone(book: Path) -> None:
    start, first = (soup(book / name).get_text() for name in ("index.html", "chapters/intro.html"))
    assert start == first


# --- a wrong address ----------------------------------------------------------------------------


@pytest.mark.parametrize("lost", ["nowhere.html", "little/pages/deeper/whyy-it-lies_deep.html"])
def test_a_wrong_address_leads_to_a_page_that_helps(lost: str, browser: Browser, host: str) -> None:
    page = browser.new_page()
    failed: list[str] = []
    page.on("response", lambda r: failed.append(r.url) if r.status >= 400 else None)
    page.goto(host + lost)
    assert failed == [host + lost]
    assert "There is no such page" in page.title()
    if "lies" in lost:  # the address itself is searched for
        hit = page.locator("main .search-hits a").first
        assert hit.get_attribute("href") == f"{host}little/pages/more.html#why-it-lies-deeper"
    links = page.locator("main li a").filter(has_text="The start")
    links.first.click()
    page.wait_for_url(f"{host}little/pages/start.html")
    page.close()


@pytest.mark.parametrize("width", [1200, 390])
def test_the_page_for_a_wrong_address_is_whole(width: int, browser: Browser, book_url: str) -> None:
    visit = Visit(browser, book_url, viewport={"width": width, "height": 900})
    page = visit.open("404.html")
    assert page.locator("main input").input_value() == ""
    assert page.locator("article li a").count() == len(in_order())
    assert page.evaluate("document.documentElement.scrollWidth") == width
    visit.assert_clean()
    for _ in both_themes(page):
        assert_no_violations(Axe().run(page, options={"preload": False}))
    visit.context.close()


# --- what a search engine reads -----------------------------------------------------------------


def test_each_page_says_where_it_is(published: Path) -> None:
    said = {
        path.relative_to(published).as_posix(): [
            link["href"] for link in head(path).select("link[rel=canonical]")
        ]
        for path in [*published.glob("*.html"), *published.glob("pages/*.html")]
    }
    assert said == {
        "index.html": [ADDRESS],
        "pages/start.html": [ADDRESS],
        "pages/more.html": [f"{ADDRESS}pages/more.html"],
        "pages/old.html": [f"{ADDRESS}pages/old.html"],
        "genindex.html": [f"{ADDRESS}genindex.html"],
        "search.html": [],
        "colophon.html": [f"{ADDRESS}colophon.html"],
        "404.html": [],
    }


def test_the_site_map_lists_each_page_once(published: Path) -> None:
    site_map = ElementTree.parse(published / "sitemap.xml").getroot()
    assert [url.text for url in site_map.iter() if url.tag.endswith("loc")] == [
        ADDRESS,
        f"{ADDRESS}pages/more.html",
        f"{ADDRESS}pages/old.html",
    ]
    robots = (published / "robots.txt").read_text("utf-8")
    assert f"Sitemap: {ADDRESS}sitemap.xml" in robots.splitlines()


def test_a_description_keeps_its_quotation_marks(published: Path) -> None:
    (tag,) = head(published / "index.html").select("meta[name=description]")
    assert tag["content"] == 'What "this" is & why'


def test_a_book_without_an_address_invents_none(book: Path) -> None:
    for name in PAGES:
        assert not head(book / name).select("link[rel=canonical]"), name
    assert not (book / "sitemap.xml").exists()
    assert not (book / "robots.txt").exists()


def test_a_search_engine_lists_pages_and_no_forms(book: Path) -> None:
    hidden = {name for name in [*PAGES, "404.html"] if head(book / name).select("[name=robots]")}
    assert hidden == {"search.html", "404.html"}


@pytest.mark.parametrize("name", [*PAGES, "index.html", "404.html"])
def test_the_head_of_a_page_says_each_thing_once(name: str, book: Path) -> None:
    page = head(book / name)
    assert len(page.select("meta[name=viewport]")) == 1
    assert len(page.select("title")) == 1
    (icon,) = page.select("link[rel=apple-touch-icon]")
    assert ((book / name).parent / re.sub(r"\?.*", "", icon["href"])).exists()


def test_the_icon_on_a_phone_is_that_of_the_tab(page: Page) -> None:
    static = ROOT / "chapters" / "_static"
    page.set_viewport_size({"width": 180, "height": 180})
    page.set_content(
        "<style>body { margin: 0 } svg { display: block; width: 180px }</style>"
        + (static / "favicon.svg").read_text("utf-8")
    )
    drawn = Image.open(io.BytesIO(page.screenshot())).convert("L")
    kept = Image.open(static / "touch-icon.png").convert("L")
    assert kept.size == (180, 180)
    differs = ImageChops.difference(drawn, kept).point(lambda value: 255 * (value > 40))
    assert differs.histogram()[255] < 100


# --- a shared link ------------------------------------------------------------------------------


def shared(page: Path) -> dict[str, str]:
    return {tag["property"]: tag["content"] for tag in head(page).select("meta[property^='og:']")}


def test_a_shared_link_shows_title_line_and_card(published: Path) -> None:
    said = shared(published / "pages/start.html")
    image = said.pop("og:image")
    assert said == {
        "og:type": "website",
        "og:site_name": "A little book",
        "og:title": "A little book",
        "og:description": 'What "this" is & why',
        "og:url": ADDRESS,
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": 'The start: What "this" is & why',
    }
    assert shared(published / "index.html")["og:image"] == image  # as an address, not a path
    other = shared(published / "pages/more.html")
    assert other["og:image"] != image
    assert (other["og:type"], other["og:title"]) == ("article", "More of it")
    for url in (image, other["og:image"]):
        card = Image.open(published / url.removeprefix(ADDRESS))
        assert card.size == (1200, 630)
        assert len(card.getcolors(64)) > 2, "there is no text on it"


def test_a_card_of_the_course_has_its_picture_and_all_of_its_text() -> None:
    app = SimpleNamespace(config=SimpleNamespace(html_title="Why Cross-Entropy?"))
    course._set_fonts(app, app.config)
    app.emit = lambda event, image: course._add_picture(app, image)
    image = social.card(app, "6  What the loss promises, and what it doesn’t", "A line. " * 20)
    text = image.convert("L").crop((0, 0, 690, 630)).point(lambda value: 255 * (value < 200))
    left, top, right, bottom = text.getbbox()
    assert 70 <= left < right <= 680
    assert 80 <= top < bottom <= 580
    colours = {colour for _, colour in image.getcolors(1 << 20)}
    for name in ("p", "q", "kl", "entropy"):
        assert ImageColor.getrgb(COLOURS[name]) in colours


def test_the_signs_of_a_card_are_as_wide_as_its_font_says() -> None:
    config = SimpleNamespace()
    course._set_fonts(SimpleNamespace(), config)
    for file in config.card_fonts:
        font, whole = social._font(file, 1000), TTFont(file)
        for sign in "%½“”…70":
            said = whole["hmtx"][whole.getBestCmap()[ord(sign)]][0]
            assert font.getlength(sign) == pytest.approx(said, abs=2), sign


def test_what_is_shared_of_the_course_says_what_each_page_is_about(book: Path) -> None:
    for name in WRITTEN:
        said = shared(book / name)
        (description,) = head(book / name).select("meta[name=description]")
        assert said["og:description"] == description["content"]
        assert said["og:title"]
        assert "og:image" not in said  # which needs the address of the book


# --- the foot of a page -------------------------------------------------------------------------


def links(page: Path) -> dict[str, str]:
    return {link.get_text(): link["href"] for link in soup(page).select(".book-foot a")}


def test_the_foot_says_which_book_this_is(published: Path) -> None:
    foot = " ".join(soup(published / "pages/more.html").select_one(".book-foot p").text.split())
    assert re.fullmatch(
        r"Bits\? A little book, version 1\.2\.3, \d{1,2} [A-Z]\w+ 20\d\d\. "
        r"By Ada Byron, The others\. Licence: CC-BY-4\.0\.",
        foot,
    )


def test_the_foot_leads_to_the_source_of_the_page(published: Path) -> None:
    source = "https://github.com/someone/little"
    here = links(published / "pages/more.html")
    report = urlsplit(here.pop("Report a mistake"))
    assert here == {
        "How to cite": "../colophon.html#cite",
        "Download": "../colophon.html#download",
        "Source": source,
        "Suggest an edit": f"{source}/edit/trunk/text/book/pages/more.md",
    }
    assert report._replace(query="").geturl() == f"{source}/issues/new"
    said = parse_qs(report.query)
    assert said["title"] == ["Mistake in “More of it”"]
    assert said["body"][0].splitlines()[:3] == [
        f"Page: More of it, {ADDRESS}pages/more.html",
        "Section: ",
        "Version: 1.2.3",
    ]
    assert "Suggest an edit" not in links(published / "search.html")  # which nobody wrote


def test_a_report_says_the_section_and_what_is_selected(host: str, page: Page) -> None:
    page.route("https://github.com/**", lambda route: route.fulfill(body="a form"))
    page.goto(f"{host}little/pages/more.html")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('section section p'))")
    page.locator(".report-mistake").click()
    page.wait_for_url("https://github.com/**")
    (body,) = parse_qs(urlsplit(page.url).query)["body"]
    assert "\nSection: Why it lies deeper, #why-it-lies-deeper\n" in body
    assert "\nWhat is wrong: “A word & more.” \n" in body


def rest(page: Page) -> None:
    """Let a reader's time go by, once the browser has noted what is to be seen."""
    for _ in range(5):
        page.wait_for_timeout(40)  # of the machine's time
        page.clock.run_for(3000)


def test_a_report_says_the_section_that_was_read_last(host: str, page: Page) -> None:
    page.route("https://github.com/**", lambda route: route.fulfill(body="a form"))
    page.clock.install()
    page.goto(f"{host}little/pages/more.html")
    page.add_style_tag(content="section section { min-height: 3000px }")
    page.evaluate("scrollTo({ top: 1500, behavior: 'instant' })")
    page.wait_for_function("() => scrollY === 1500")
    rest(page)
    page.evaluate("scrollTo({ top: 9999, behavior: 'instant' })")
    rest(page)
    page.locator(".report-mistake").click()
    page.wait_for_url("https://github.com/**")
    (body,) = parse_qs(urlsplit(page.url).query)["body"]
    assert "\nSection: Why it lies deeper, #why-it-lies-deeper\n" in body


def test_a_book_without_a_repository_links_to_none(book: Path) -> None:
    for name in WRITTEN:
        assert {*links(book / name)} == {"How to cite", "Download"}
        assert "report.js" not in (book / name).read_text("utf-8")


def test_the_book_says_how_to_cite_it(published: Path, book: Path) -> None:
    cited = soup(published / "colophon.html").select_one("#cite")
    assert cited.pre.text == (
        "@misc{bits,\n  title = {{Bits? A little book}},\n"
        "  author = {Ada Byron and {The others}},\n  year = {2025},\n"
        "  note = {Version 1.2.3},\n  url = {https://books.example/little/}\n}"
    )
    ours = soup(book / "colophon.html").get_text()
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["title"] in ours
    assert f"ersion {citation['version']}" in ours


@pytest.mark.parametrize("width", [1200, 390])
def test_the_page_about_the_book_is_whole(width: int, browser: Browser, book_url: str) -> None:
    visit = Visit(browser, book_url, viewport={"width": width, "height": 900})
    page = visit.open("colophon.html")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    visit.assert_clean()
    options = {"preload": False, "rules": {"target-size": {"enabled": True}}}
    for _ in both_themes(page):
        assert_no_violations(Axe().run(page, options=options))
    visit.context.close()


# --- to take along ------------------------------------------------------------------------------


def test_the_zip_holds_the_whole_book(published: Path, browser: Browser, tmp_path: Path) -> None:
    (link,) = soup(published / "colophon.html").select("#download a")
    assert link["href"] == "_downloads/a-little-book.zip"
    with zipfile.ZipFile(published / link["href"]) as archive:
        archive.extractall(tmp_path)
    inside = {path.relative_to(tmp_path / "a-little-book") for path in tmp_path.rglob("*.html")}
    assert inside == {path.relative_to(published) for path in published.rglob("*.html")}
    assert not soup(tmp_path / "a-little-book" / "colophon.html").select("[href*=_downloads]")
    visit = Visit(browser, f"{(tmp_path / 'a-little-book').as_uri()}/")
    page = visit.open("index.html")
    page.locator(".right-next").click()
    page.wait_for_url("**/a-little-book/pages/more.html")
    visit.assert_clean()
    visit.context.close()


def test_a_notebook_says_what_to_install(published: Path, book: Path) -> None:
    for path, packages in (
        (published / "_sources/pages/old.ipynb", '"numpy>=2" "scipy"'),
        *((path, '"crossentropy[notebook]"') for path in book.glob("_sources/chapters/*.ipynb")),
    ):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        said = [f"`%pip install {packages}`" in cell.source for cell in notebook.cells]
        assert said == [True] + [False] * (len(said) - 1), path.name


def test_a_notebook_opens_on_a_server_where_it_is_in_a_repository(
    published: Path, book: Path
) -> None:
    def menu(page: Path) -> dict[str, str]:
        entries = soup(page).select(".dropdown-download-buttons a")
        return {entry.get_text(strip=True): entry["href"] for entry in entries}

    there = menu(published / "pages/old.html")
    assert there["Binder"] == (
        "https://binder.example/v2/gh/someone/little/trunk"
        "?urlpath=lab/tree/text/book/pages/old.ipynb"
    )
    assert there["Colab"] == (
        "https://colab.example/github/someone/little/blob/trunk/text/book/pages/old.ipynb"
    )
    assert not {"Binder", "Colab"} & menu(published / "pages/more.html").keys()
    (tip,) = (
        entry["title"]
        for entry in soup(published / "pages/old.html").select("[href^='https://colab']")
    )
    assert tip.endswith('%pip install "numpy>=2" "scipy"')
    # The course names its servers, and no repository yet.
    servers = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]
    assert servers["notebook_servers"].keys() == {"Binder", "Colab"}
    for name in WRITTEN:
        assert not {"Binder", "Colab"} & menu(book / name).keys()


def test_a_server_is_asked_for_what_it_can_open() -> None:
    both = {"Binder": "https://b.org", "Colab": "https://c.org"}
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        file = f"chapters/{path.name}"
        links = server_links("https://github.com/ann/book/", "main", file, both)
        assert links == {
            "Binder": f"https://b.org/v2/gh/ann/book/main?urlpath=lab/tree/{file}",
            "Colab": f"https://c.org/github/ann/book/blob/main/{file}",
        }
    # Colab knows nothing of GitLab, and a branch may have a slash in its name.
    elsewhere = server_links("https://gitlab.com/ann/a/book.git", "new/one", "a b.ipynb", both)
    assert elsewhere == {
        "Binder": "https://b.org/v2/gl/ann%2Fa%2Fbook/new%2Fone?urlpath=lab/tree/a%20b.ipynb"
    }
    assert server_links("", "main", "one.ipynb", both) == {}


def test_binder_installs_what_the_lock_says() -> None:
    lines = (ROOT / "binder" / "requirements.txt").read_text("utf-8").splitlines()
    kept, installed = (line for line in lines if not line.startswith("#"))
    assert (ROOT / "binder" / kept.removeprefix("-c ")).resolve() == ROOT / "requirements.txt"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert re.fullmatch(r"\.\[(\w+)\]", installed)[1] in project["optional-dependencies"]
    python = (ROOT / "binder" / "runtime.txt").read_text("utf-8").strip()
    workflow = (ROOT / ".github" / "workflows" / "book.yml").read_text("utf-8")
    assert f'"{python.removeprefix("python-")}"' in workflow


def test_a_pdf_is_linked_where_it_was_printed(published: Path, tmp_path: Path) -> None:
    (tmp_path / "colophon.html").write_bytes((published / "colophon.html").read_bytes())
    pdf = tmp_path / "little.pdf"
    for size in (5, 2_345_678):  # the second takes the place of the first
        pdf.write_bytes(b"%PDF-" + bytes(size))
        add_pdf(tmp_path, pdf)
    page = BeautifulSoup((tmp_path / "colophon.html").read_text("utf-8"), "html.parser")
    (link,) = page.select("#download a[href$=pdf]")
    assert (tmp_path / link["href"]).read_bytes() == pdf.read_bytes()
    assert "2.3 MB" in link.parent.text
