"""A reader's visit to the built book."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page

__all__ = ["Visit", "wait_until_live"]


def wait_until_live(page: Page) -> None:
    """Wait until every explorable of a page is there."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('figure[data-explorable]')]"
        ".every(figure => figure.dataset.live === 'true')"
    )


class Visit:
    """One reader's visit to a page, and all that went wrong on it."""

    def __init__(self, browser: Browser, base: str, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.base = base
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.failed: list[str] = []
        self.bodies: dict[str, bytes] = {}
        self.context.route(lambda url: not url.startswith((base, "data:", "blob:")), self._refuse)

    def _refuse(self, route: Any) -> None:
        self.outside.append(route.request.url)
        route.abort()

    def open(self, name: str) -> Page:
        page = self.context.new_page()
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("response", self._keep)
        page.goto(self.base + name, wait_until="load")
        wait_until_live(page)
        return page

    def _keep(self, response: Any) -> None:
        if response.status >= 400:
            self.failed.append(response.url)
        elif response.url.startswith(self.base):
            self.bodies[response.url] = response.body()

    def assert_clean(self) -> None:
        assert (self.errors, self.outside, self.failed) == ([], [], [])
