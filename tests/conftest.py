"""Fixtures: a browser, explorables on a page of their own, and the built book."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from visits import Visit

from crossentropy import widgets
from crossentropy_book.course.explorables import explorable_page
from crossentropy_book.course.pdf import chromium_options

ROOT = Path(__file__).parent.parent

# A property either holds or does not; how long a busy machine takes to say so is no part of it.
settings.register_profile("course", deadline=None)
settings.load_profile("course")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if {"browser", "context", "tab", "explorable"} & set(getattr(item, "fixturenames", [])):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser that finds this machine, and no other."""
    options = chromium_options()
    nobody = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**{**options, "args": [*options["args"], nobody]})
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    yield context
    context.close()


@pytest.fixture(scope="session")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for every test that leaves none of its own settings behind: a new one is slow."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def explorable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Open an explorable on a page of its own, mounted as the built book mounts it.

    A test that asks for `context` too has it in a tab of its own.
    """
    own = "context" in request.fixturenames
    page: Page = request.getfixturevalue("context").new_page() if own else _tidied(request)
    errors: list[str] = []
    listeners = _listen(page, errors)

    def open_page(name: str, **state: Any) -> Page:
        url = tmp_path / "page.html"
        url.write_text(_page(name, json.dumps(state, default=list)), "utf-8")
        page.goto(url.as_uri())
        # Not once a frame, as is usual: test_gestures.py has its own frames.
        page.wait_for_function("document.querySelector('[data-live=true]')", polling=10)
        page.evaluate("document.fonts.ready.then(() => null)")
        return page

    yield open_page
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    assert errors == []


def _tidied(request: pytest.FixtureRequest) -> Page:
    page: Page = request.getfixturevalue("tab")
    page.emulate_media(reduced_motion="no-preference")
    page.set_viewport_size({"width": 1200, "height": 900})
    return page


def _listen(page: Page, errors: list[str]) -> dict[str, Callable[..., None]]:
    """Note the errors of a page; returns what listens for them."""

    def note(error: Any) -> None:
        errors.append(str(error))

    def note_message(message: Any) -> None:
        if message.type == "error":
            errors.append(message.text)

    listeners = {"pageerror": note, "console": note_message}
    for event, listener in listeners.items():
        page.on(event, listener)
    return listeners


@functools.cache
def _page(name: str, state: str) -> str:
    return explorable_page(getattr(widgets, name)(**json.loads(state)))


@pytest.fixture(scope="session")
def book() -> Path:
    folder = ROOT / "_build" / "html"
    assert (folder / "index.html").exists(), "the book is not built; run `make book` first"
    return folder


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path, handler: type[QuietHandler] = QuietHandler) -> Iterator[str]:
    """Serve a folder; give the address of its root, with a slash at the end."""
    answer = functools.partial(handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def book_url(book: Path) -> Iterator[str]:
    with served(book) as address:
        yield address


@pytest.fixture(scope="module")
def reader(browser: Browser, book_url: str) -> Iterator[Visit]:
    """A reader at a laptop."""
    visit = Visit(browser, book_url, viewport={"width": 1366, "height": 768})
    yield visit
    visit.context.close()


@pytest.fixture
def page(request: pytest.FixtureRequest, reader: Visit) -> Iterator[Page]:
    """The CHAPTER of a module of tests, open before a reader of whom the browser knows nothing."""
    page = reader.open(request.module.CHAPTER)
    yield page
    page.evaluate("localStorage.clear()")
    page.close()
    reader.assert_clean()
