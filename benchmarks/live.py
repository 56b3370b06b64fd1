"""Python in the page, beside JupyterLite and thebe-lite: what comes, and how soon it runs.

From the click, on a page or on its link to the notebook, to the first output and to the end of the
chapter: on a first visit, and on the next one, of which the browser has kept what it likes. Both
come from the same server in this process; a reader adds the time that the megabytes need. Of
thebe-lite, which has its own Pyodide and cannot import the course, a cell that imports NumPy and
SciPy stands in for the first one.
``make live`` fetches the interpreter; without it there is nothing to measure.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks import thebe
from crossentropy_book.course.pdf import chromium_options

BOOK = Path(__file__).parent.parent / "_build" / "html"
CHAPTER = "01-entropy"
PATIENCE = 900_000  # milliseconds

BARS = re.compile(r'<div class="live-bar"[^>]*></div>')
DONE = "() => document.querySelector('.live-line').hidden"
IDLE = "document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'"


class Took(NamedTuple):
    """Megabytes that the server sent, and seconds, to the first output and to the end."""

    first_mb: float
    first: float
    all_mb: float
    all: float


class Server:
    """Serves the book on this machine, and counts what it sends."""

    def __init__(self) -> None:
        self.sent = 0
        counted = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_: object) -> None: ...

            def copyfile(self, source: Any, outputfile: Any) -> None:
                content = source.read()
                counted.sent += len(content)
                outputfile.write(content)

        handler = functools.partial(Handler, directory=str(BOOK))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def clock(server: Server) -> Iterator[Any]:
    """Give a function that says how many megabytes and seconds it has been."""
    sent, start = server.sent, time.perf_counter()
    yield lambda: ((server.sent - sent) / 1e6, time.perf_counter() - start)


def before() -> float:
    """Return the kilobytes, as a server sends them, by which a page is heavier before the click."""
    page = (BOOK / "chapters" / f"{CHAPTER}.html").read_text("utf-8")
    more = len(gzip.compress(page.encode())) - len(gzip.compress(BARS.sub("", page).encode()))
    files = [(BOOK / "_static" / name).read_bytes() for name in ("live.js", "live.css")]
    return (more + sum(len(gzip.compress(file)) for file in files)) / 1000


def in_page(context: BrowserContext, server: Server) -> Took:
    """Run the first cell of a chapter in its page, then the last one and all above it."""
    page = context.new_page()
    page.goto(f"{server.address}chapters/{CHAPTER}.html", wait_until="load")
    cells = page.evaluate("[...document.querySelectorAll('.live-bar')].map(b => b.dataset.cell)")
    with clock(server) as so_far:
        first = press(page, cells[0]) or so_far()
        last = press(page, cells[-1]) or so_far()
    finish(page, ".live-error")
    return Took(*first, *last)


def finish(page: Page, errors: str) -> None:
    """Close a page whose cells have all come to their end."""
    if page.locator(errors).count():
        raise RuntimeError(page.locator(errors).first.inner_text())
    page.close()


def press(page: Page, cell: str) -> None:
    """Run a cell, and wait for it."""
    page.evaluate("cell => document.querySelector(`[data-cell='${cell}'] .live-run`).click()", cell)
    page.wait_for_function("() => document.querySelector('.live-line:not([hidden])')", polling=10)
    page.wait_for_function(DONE, polling=10, timeout=PATIENCE)


def in_lab(context: BrowserContext, server: Server) -> Took:
    """Open the chapter as a notebook, and run all of its cells."""
    page = context.new_page()
    with clock(server) as so_far:
        page.goto(f"{server.address}lab/lab/index.html?path=chapters/{CHAPTER}.ipynb")
        page.wait_for_function(IDLE, timeout=PATIENCE)
        page.locator(".lm-MenuBar-itemLabel", has_text="Run").click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        page.wait_for_selector(".jp-OutputArea-output", timeout=PATIENCE)
        first = so_far()
        # The cells wait in a row; the last has its number when all of them have.
        page.wait_for_function(IDLE, timeout=PATIENCE)
        last = so_far()
    finish(page, '[data-mime-type="application/vnd.jupyter.error"]')
    return Took(*first, *last)


def run() -> None:
    """Print the table."""
    if not (BOOK / "_static" / "live").exists():
        print("no Python in the pages: `make live` and `make book` put it there")
        return
    print(f"{CHAPTER}; before the click a page is {before():.1f} kB heavier (gzip)")
    print(f"{'':26}{'first output':>22}{'chapter done':>22}{'first / page':>14}{'done / page':>13}")
    ways = {"in the page": in_page}
    if (BOOK / "lab").exists():
        ways["JupyterLite"] = in_lab
    server = Server()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium_options())
        ours: dict[str, Took] = {}
        for name, way in ways.items():
            context = browser.new_context(viewport={"width": 1366, "height": 900})
            for visit in ("first visit", "next visit"):
                took = way(context, server)
                mine = ours.setdefault(visit, took)
                print(
                    f"{name + ', ' + visit:26}{took.first_mb:10.1f} MB{took.first:7.1f} s"
                    f"{took.all_mb:10.1f} MB{took.all:7.1f} s"
                    f"{took.first / mine.first:13.1f}×{took.all / mine.all:12.1f}×",
                    flush=True,
                )
            context.close()
        if seen := thebe.first_output(browser):
            mb, seconds = seen
            ratio = seconds / ours["first visit"].first
            print(
                f"{'thebe-lite, first visit':26}{mb:10.1f} MB{seconds:7.1f} s{'':22}{ratio:13.1f}×"
            )
        else:
            print("thebe-lite: what it asks other hosts for is out of reach")
        browser.close()
    server.close()


if __name__ == "__main__":
    run()
