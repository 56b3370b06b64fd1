"""The course as one PDF: the built pages, joined, and printed by Chromium.

The pages are those of ``make book``, so that every number of an equation, a theorem and a chapter
is the one that a reader of the web edition sees, and nothing is executed again. What asks for a
click is opened, and what only a script can do is left out; `print.css` does the rest.
"""

from __future__ import annotations

import html
import os
import re
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from itertools import count, groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as raw
import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, sync_playwright

from crossentropy_book.downloads import add_pdf

__all__ = ["chromium_options", "join_pages", "print_pdf"]

# What a page has for a mouse, a script or a screen.
_NOT_PRINTED = (
    "script, button, .toolbar, .headerlink, .toctree-wrapper, .how-far, .exercise > .done, "
    ".tag_hide-input > .fold"
)


def chromium_options() -> dict[str, Any]:
    """Return how Chromium is launched: the one that CHROMIUM names, one on the path, Playwright's.

    It runs where a sandbox cannot, as in a container, and asks no other host for anything.
    """
    return {
        "executable_path": os.environ.get("CHROMIUM") or shutil.which("chromium"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@dataclass
class _Chapter:
    """A page of the book, on its way into the PDF."""

    path: Path
    name: str
    part: str
    body: Tag

    @property
    def title(self) -> str:
        return " ".join(_one(self.body, "h1").get_text().split())


def join_pages(book: Path, config: dict[str, Any]) -> str:
    """Return the pages of a built book as one, in the order of its side bar.

    Parameters
    ----------
    book : Path
        The folder that `make book` fills.
    config : dict
        What ``_config.yml`` says: the title, the author, the year of the copyright.

    Returns
    -------
    str
        An HTML document without scripts. The id of an element is that of its page, two hyphens,
        and its own.
    """
    kept = _Kept()
    chapters = _chapters(book, kept)
    names = {chapter.path: chapter.name for chapter in chapters}
    numbers = count(1)
    for chapter in chapters:
        for unwanted in chapter.body.select(_NOT_PRINTED):
            unwanted.decompose()
        for fold in chapter.body.select(".fold"):
            fold.unwrap()
        _move_answers(chapter.body, numbers)
        _join(chapter, names)
    text = "".join(
        f'<section class="chapter" id="{chapter.name}" style="page: {chapter.name}">'
        f"{chapter.body.decode_contents()}</section>"
        for chapter in chapters
    )
    return kept.restore(
        f'<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{html.escape(config['title'])}</title>{_style(book, chapters)}</head>"
        f"<body>{_cover(config)}{_contents(chapters)}{text}</body></html>"
    )


def print_pdf(text: str, folder: Path, browser: Browser) -> Path:
    """Print joined pages, with an outline of their headings and tags for a screen reader.

    Chromium does not know the page of a link's target (``target-counter`` of CSS). So the book is
    printed once to see where everything falls, and then with the numbers. Hatches become lines, and
    the objects of the file are packed: without that it would be five times as large.
    """
    page, draft, pdf = (folder / name for name in ("book.html", "draft.pdf", "book.pdf"))
    hatch = (Path(__file__).parent / "hatch.js").read_text("utf-8")
    tab = browser.new_page()

    def write(path: Path, text: str, *, final: bool) -> None:
        page.write_text(text, "utf-8")
        tab.goto(page.as_uri())
        tab.evaluate(hatch)
        tab.pdf(
            path=path,
            prefer_css_page_size=True,
            print_background=True,
            outline=final,
            tagged=final,
        )

    write(draft, text, final=False)
    write(pdf, _with_page_numbers(text, draft), final=True)
    tab.close()
    # A screen reader's tree has an object for every word of every formula, and Chromium packs none.
    with pikepdf.open(pdf, allow_overwriting_input=True) as printed:
        printed.save(object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return pdf


def _with_page_numbers(text: str, draft: Path) -> str:
    """Give links that ask for it the number of the page that they lead to."""
    with pdfium.PdfDocument(draft) as document:

        def numbered(link: re.Match[str]) -> str:
            target = raw.FPDF_GetNamedDestByName(document, link[1].encode())
            page = raw.FPDFDest_GetDestPageIndex(document, target) + 1
            return f'{link[0]} data-page="{page}"'

        return re.sub(r'<a class="on-page" href="#([^"]+)"', numbered, text)


def _chapters(book: Path, kept: _Kept) -> list[_Chapter]:
    """Return the pages that the side bar lists, each with the part of the book it is in."""
    # The start page is a twin of the first, which is the one that the others link to.
    start = re.search(r'<script [^>]*data-page="(.+?)"', (book / "index.html").read_text("utf-8"))
    if not start:
        raise ValueError(f"{book} is no built book")
    root = (book / f"{start[1]}.html").resolve()
    chapters, part = [], ""
    for item in _one(kept.parse(root), "nav.bd-links").select(".caption, a[href]"):
        if item.name == "a":
            path = _target(root, item)[0]
            name = path.relative_to(book.resolve()).with_suffix("").as_posix().replace("/", "-")
            chapters.append(_Chapter(path, name, part, _one(kept.parse(path), "article")))
        else:
            part = item.get_text(strip=True)
    return chapters


def _move_answers(body: Tag, numbers: count[int]) -> None:
    """Give the questions of a chapter numbers, and put answers and solutions at its end."""
    answers = []
    for question in body.select("figure.predict"):
        asked, answer = _question_and_answer(question, next(numbers))
        question.replace_with(BeautifulSoup(asked, "html.parser"))
        answers.append(answer)
    solutions = [_taken_from_its_exercise(solution, body) for solution in body.select(".solution")]
    for name, title, parts in (
        ("answers", "Answers to the questions", answers),
        ("solutions", "Solutions of the exercises", solutions),
    ):
        if parts:
            section = f'<section id="{name}"><h2>{title}</h2>{"".join(parts)}</section>'
            body.append(BeautifulSoup(section, "html.parser"))


def _taken_from_its_exercise(solution: Tag, body: Tag) -> str:
    """Take a solution out of a page, and leave at its exercise where it is."""
    exercise = body.find(id=str(_one(solution, ".admonition-title a")["href"]).removeprefix("#"))
    if isinstance(exercise, Tag):
        link = f'<a class="on-page" href="#{solution["id"]}">Solution: page</a>'
        exercise.append(BeautifulSoup(f'<p class="see">{link}</p>', "html.parser"))
    return str(solution.extract())


def _question_and_answer(figure: Tag, number: int) -> tuple[str, str]:
    ask = _one(figure, "legend")
    _one(ask, ".ask").decompose()
    choices = [span.decode_contents() for span in figure.select("label > span")]
    letters = [f"({letter})" for letter in "abcdefghij"[: len(choices)]]
    said = letters or ["Too low:", "", "Too high:"]
    right, wrong = "", ""
    for name, reply in zip(said, figure.select(".replies p"), strict=True):
        verdict = _one(reply, "b").extract().decode_contents().removeprefix("Yes: ")
        if "data-right" in reply.attrs:
            right = f"<b>{name} {verdict}</b> {reply.decode_contents()}"
        else:
            wrong += f" <i>{name}</i> {reply.decode_contents()}"
    asked = (
        f'<div class="question" id="question-{number}"><p><b>Question {number}.</b> '
        f"{ask.decode_contents()}</p>{_room(figure, choices)}"
        f'<p class="see"><a class="on-page" href="#answer-{number}">Answer: page</a></p></div>'
    )
    answer = (
        f'<p id="answer-{number}"><a href="#question-{number}">Question {number}.</a> {right}</p>'
        f"<p>{wrong}</p>"
    )
    return asked, answer


def _room(figure: Tag, choices: list[str]) -> str:
    """Return the choices of a question, or a line to write a number on."""
    if choices:
        return f"<ol>{''.join(f'<li>{choice}</li>' for choice in choices)}</ol>"
    slider = _one(figure, "input[type=range]")
    ends = f"From {slider['min']} to {slider['max']} {slider['data-unit']}"
    return f'<p>{ends}: <span class="room"></span></p>'


def _join(chapter: _Chapter, names: dict[Path, str]) -> None:
    """Give ids the name of their page, and lead links to them."""
    for tag in chapter.body.select("[id]"):
        tag["id"] = f"{chapter.name}--{tag['id']}"
    for link in chapter.body.select("a[href]"):
        if _is_external(link):
            continue
        path, fragment = _target(chapter.path, link)
        if path in names:
            link["href"] = f"#{names[path]}" + (f"--{fragment}" if fragment else "")
        else:  # a page of the web edition alone
            link.unwrap()
    for link in chapter.body.select(".indextable a[href]"):
        link["class"] = "on-page"
    for image in chapter.body.select("img[src]"):
        image["src"] = (chapter.path.parent / str(image["src"])).resolve().as_uri()


def _is_external(link: Tag) -> bool:
    return "external" in link.get_attribute_list("class")


def _target(page: Path, link: Tag) -> tuple[Path, str]:
    """Return the file that a link on a page leads to, and where in it."""
    path, fragment = urldefrag(str(link["href"]))
    return (page.parent / unquote(path)).resolve() if path else page, unquote(fragment)


def _style(book: Path, chapters: list[_Chapter]) -> str:
    names = ("pygments.css", "crossentropy-book.css", "crossentropy.css")
    sheets = [book / "_static" / name for name in names]
    links = "".join(f'<link rel="stylesheet" href="{sheet.as_uri()}">' for sheet in sheets)
    own = (Path(__file__).parent / "print.css").read_text("utf-8")
    feet = "".join(
        f"@page {chapter.name} {{ @bottom-left {{ content: {_quoted(chapter.title)}; }} }}\n"
        for chapter in chapters
    )
    return f"{links}<style>{own}{feet}</style>"


def _quoted(text: str) -> str:
    """Return a text as a string of CSS."""
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'


def _cover(config: dict[str, Any]) -> str:
    lines = {
        "title": config["title"],
        "subtitle": "One question, all the way down: why is cross-entropy the loss for "
        "classification?",
        "author": config["author"],
        "version": f"Version {version('crossentropy')}, {config['copyright']}",
        "licence": "Prose and pictures are under the Creative Commons Attribution 4.0 "
        "International License (CC BY 4.0), code under the BSD 3-Clause License.",
        "edition": "In the web edition and in Jupyter you drag the framed pictures. Here each "
        "stands as it opens there.",
    }
    text = "".join(f'<p class="{name}">{html.escape(line)}</p>' for name, line in lines.items())
    return f'<header class="cover">{text}</header>'


def _contents(chapters: list[_Chapter]) -> str:
    """Return the list of chapters and their sections, part by part."""
    parts = "".join(
        (f'<p class="part">{html.escape(part)}</p>' if part else "")
        + f"<ul>{''.join(map(_entry, group))}</ul>"
        for part, group in groupby(chapters, key=lambda chapter: chapter.part)
    )
    return f'<nav class="contents"><h1>Contents</h1>{parts}</nav>'


def _entry(chapter: _Chapter) -> str:
    sections = "".join(
        f"<li>{_row(str(section['id']), _one(section, 'h2'))}</li>"
        for section in chapter.body.select("section[id]:has(> h2)")
    )
    title = _row(chapter.name, _one(chapter.body, "h1"))
    return f"<li>{title}<ul>{sections}</ul></li>"


def _row(target: str, heading: Tag) -> str:
    title = heading.decode_contents()
    return f'<a class="on-page" href="#{target}"><span>{title}</span></a>'


class _Kept:
    """Formulas and pictures, kept aside while the text around them is parsed.

    They are most of a page, and nothing in them changes.
    """

    def __init__(self) -> None:
        self._elements: list[str] = []

    def parse(self, path: Path) -> BeautifulSoup:
        """Return a page with a mark in the place of each formula and picture."""

        def picture(image: re.Match[str]) -> str:
            file = (path.parent / image[1]).read_text("utf-8")
            return file[file.index('<g class="ce-picture">') + 22 : -len("</g></svg>")]

        # In the page itself, the pictures of explorables are set in its fonts. Paper is wide.
        text = re.sub(r'<img [^>]*src="[^"]*-narrow[-\d]*\.svg">', "", path.read_text("utf-8"))
        text = re.sub(r'<img [^>]*src="([^"]*/pictures/[^"]*)">', picture, text)
        # Such a picture has drawings inside of its drawing.
        kept = r'<div class="ce-picture".*?</div>|<(svg|math)\b.*?</\1>'
        text = re.sub(kept, self._keep, text, flags=re.DOTALL)
        return BeautifulSoup(text, "html.parser")

    def _keep(self, element: re.Match[str]) -> str:
        self._elements.append(element[0])
        return f'<i data-kept="{len(self._elements) - 1}"></i>'

    def restore(self, text: str) -> str:
        """Return a text with the formulas and pictures in their places."""
        return re.sub(r'<i data-kept="(\d+)"></i>', lambda m: self._elements[int(m[1])], text)


def _one(tag: Tag, selector: str) -> Tag:
    """Return the first element that a selector finds; there is one, or the page has changed."""
    found = tag.select_one(selector)
    if found is None:
        raise LookupError(f"a built page has no {selector}")
    return found


def main(root: Path) -> None:
    """Write the PDF of the book that is built below a folder."""
    config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    folder = root / "_build" / "pdf"
    folder.mkdir(exist_ok=True)
    text = join_pages(root / "_build" / "html", config)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium_options())
        printed = print_pdf(text, folder, browser)
        browser.close()
    pdf = printed.replace(root / "_build" / "why-cross-entropy.pdf")
    add_pdf(root / "_build" / "html", pdf)
    print(f"The book: {pdf}")


if __name__ == "__main__":
    main(Path.cwd())
