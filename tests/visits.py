"""A reader's visit to the built book."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page

__all__ = ["Visit", "wait_until_live"]


def wait_until_live(page: Page) -> None:
    """Come near every explorable of a page, wait until it is there, and return to where one was.

    Each is mounted when a reader is a screen away from it.
    """
    page.evaluate(
        """async () => {
          const place = scrollY;
          const figures = [...document.querySelectorAll('figure[data-explorable]')];
          for (const figure of figures) {
            if (figure.dataset.live !== 'true') {
              figure.scrollIntoView({ behavior: 'instant', block: 'center' });
            }
            while (figure.dataset.live !== 'true') await new Promise(done => setTimeout(done, 20));
          }
          if (scrollY !== place) scrollTo({ top: place, behavior: 'instant' });
        }"""
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
