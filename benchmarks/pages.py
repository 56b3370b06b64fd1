"""The weight of each page on a first visit, in kilobytes as a server sends them (gzip)."""

from __future__ import annotations

import gzip
from pathlib import Path

from playwright.sync_api import sync_playwright

from crossentropy.book.pdf import chromium_options

BOOK = Path(__file__).parent.parent / "_build" / "html"
# The same kind of page with the stock widget stack and MathJax from a CDN, measured once.
STOCK = 2400


def run() -> None:
    """Print the table."""
    print(f"{'page':28} {'kB':>6} {'stock / ours':>13}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium_options())
        for path in sorted((BOOK / "chapters").glob("*.html")):
            files: dict[str, int] = {}
            page = browser.new_page()
            page.on("request", lambda request, files=files: files.setdefault(request.url, 0))
            page.goto(path.as_uri(), wait_until="load")
            page.wait_for_timeout(300)
            total = sum(
                len(gzip.compress(Path(url.split("?")[0].removeprefix("file://")).read_bytes()))
                for url in {url.split("?")[0] for url in files if url.startswith("file:")}
            )
            print(f"{path.name:28} {total / 1000:6.0f} {1000 * STOCK / total:12.1f}×")
            page.close()
        browser.close()
