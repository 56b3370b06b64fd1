"""The weight of each page, in kilobytes as a server sends them (gzip), and how long it blocks.

On a first visit, before the reader goes further down; and as the next page, of what the first one
has not brought already. A page blocks while its tasks are longer than 50 ms: what they are longer
is added up, on this machine and on a processor that is four times as slow, as a phone's is. A task
is as long as it keeps a processor busy, so that other programs lengthen none.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from crossentropy_book.course.pdf import chromium_options

BOOK = Path(__file__).parent.parent / "_build" / "html"
# The same kind of page with the stock widget stack and MathJax from a CDN, measured once.
STOCK = 2400

SLOWER = 4
LONG = 50  # milliseconds
_TRACED = ["toplevel", "disabled-by-default-devtools.timeline"]


def run() -> None:
    """Print the table."""
    print(
        f"{'page':28} {'first, kB':>9} {'next, kB':>9} {'stock / first':>14} {'blocking, ms':>13}"
        f" {f'{SLOWER} × slower':>11}"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium_options())
        there = _weights(browser, BOOK / "chapters" / "intro.html").keys()
        for path in sorted((BOOK / "chapters").glob("*.html")):
            files = _weights(browser, path)
            first = sum(files.values()) / 1000
            new = sum(files[name] for name in files.keys() - there) / 1000
            tasks = _tasks(browser, path)
            here, slowly = (
                sum(max(0, slower * task - LONG) for task in tasks) for slower in (1, SLOWER)
            )
            print(
                f"{path.name:28} {first:9.0f} {new:9.0f} {STOCK / first:13.1f}× {here:13.0f}"
                f" {slowly:11.0f}"
            )
        browser.close()


def _tasks(browser: Browser, path: Path) -> list[float]:
    """Return the milliseconds of the processor that each task takes while a page is opened."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    browser.start_tracing(page=page, categories=_TRACED)
    page.goto(path.as_uri(), wait_until="load")
    page.wait_for_timeout(2500)  # the explorables that are near, and all else that waits
    events = json.loads(browser.stop_tracing())["traceEvents"]
    page.close()
    tasks: dict[tuple[int, int], list[float]] = {}
    for event in events:
        if event["name"] == "RunTask" and event["ph"] == "X":
            thread = (event["pid"], event["tid"])
            tasks.setdefault(thread, []).append(event.get("tdur", 0) / 1000)
    pages = [
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    ]
    # Of several, as of the empty page before, the one that has most to do.
    return max((tasks.get(thread, []) for thread in pages), key=sum)


def _weights(browser: Browser, path: Path) -> dict[str, int]:
    """Return the compressed size of each file that a page loads."""
    page = browser.new_page()
    loaded: set[str] = set()
    page.on("request", lambda request: loaded.add(request.url.partition("?")[0]))
    page.goto(path.as_uri(), wait_until="load")
    page.wait_for_timeout(300)
    page.close()
    names = {url.removeprefix("file://") for url in loaded if url.startswith("file:")}
    return {name: len(gzip.compress(Path(name).read_bytes())) for name in names}
