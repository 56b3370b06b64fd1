"""The weight of each page, in kilobytes as a server sends them (gzip), and how long it blocks.

On a first visit; and as the next page, of what the first one has not brought already. A page blocks
while its tasks are longer than 50 ms: what they are longer is added up, on a processor that is
slowed down four times, as a phone's is.
"""

from __future__ import annotations

import gzip
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from crossentropy_book.course.pdf import chromium_options

BOOK = Path(__file__).parent.parent / "_build" / "html"
# The same kind of page with the stock widget stack and MathJax from a CDN, measured once.
STOCK = 2400

SLOWER = 4
LIVE = """[...document.querySelectorAll('figure[data-explorable]')]
  .every(figure => figure.dataset.live === 'true')"""
WATCH_TASKS = """window.blocked = 0;
new PerformanceObserver(list => {
  for (const { duration } of list.getEntries()) window.blocked += Math.max(0, duration - 50);
}).observe({ type: 'longtask', buffered: true });"""


def run() -> None:
    """Print the table."""
    print(
        f"{'page':28} {'first, kB':>9} {'next, kB':>9} {'stock / first':>14} {'blocking, ms':>13}"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium_options())
        there = _weights(browser, BOOK / "chapters" / "intro.html").keys()
        for path in sorted((BOOK / "chapters").glob("*.html")):
            files = _weights(browser, path)
            first = sum(files.values()) / 1000
            new = sum(files[name] for name in files.keys() - there) / 1000
            blocked = _blocking(browser, path)
            print(f"{path.name:28} {first:9.0f} {new:9.0f} {STOCK / first:13.1f}× {blocked:13.0f}")
        browser.close()


def _blocking(browser: Browser, path: Path) -> float:
    """Return the total blocking time of a page, in milliseconds."""
    page = browser.new_page()
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(WATCH_TASKS)
    page.goto(path.as_uri(), wait_until="load")
    page.wait_for_function(LIVE)
    page.wait_for_timeout(1000)
    blocked: float = page.evaluate("window.blocked")
    page.close()
    return blocked


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
