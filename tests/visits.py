"""A reader's visit to the built book."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Page, Request, Response

__all__ = ["Visit", "both_themes", "finish_transitions", "wait_until_live"]

# Colours that change take a moment; one that is inherited may begin when another has ended.
FINISH_TRANSITIONS = """() => {
  const running = () => document.getAnimations()
    .filter(change => change instanceof CSSTransition && change.playState !== 'finished');
  for (let left = running(); left.length; left = running()) left.forEach(each => each.finish());
}"""


def finish_transitions(page: Page) -> None:
    page.evaluate(FINISH_TRANSITIONS)


def both_themes(page: Page) -> Iterator[str]:
    """Give a page the light theme, then the dark one."""
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        finish_transitions(page)
        yield theme


def wait_until_live(page: Page) -> None:
    """Come near every explorable of a page, wait until it is there, and return to where one was.

    Each is mounted when a reader is a screen away from it.
    """
    page.evaluate(
        """async () => {
          const place = scrollY;
          const figures = [...document.querySelectorAll('figure[data-explorable]')];
          for (const figure of figures) {
            while (figure.dataset.live !== 'true') {
              // Again and again: a page that was opened again may still go back to its place.
              figure.scrollIntoView({ behavior: 'instant', block: 'center' });
              await new Promise(done => setTimeout(done, 20));
            }
          }
          if (scrollY !== place) scrollTo({ top: place, behavior: 'instant' });
        }"""
    )


class Visit:
    """One reader's visit to the book, and all that went wrong on it.

    The browser of the tests finds no other host; what a page asks of one is noted.
    """

    def __init__(self, browser: Browser, base: str, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.base = base
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.failed: list[str] = []
        self.responses: list[Response] = []

    def open(self, name: str, *, live: bool = True) -> Page:
        """Open a page and, unless that is not asked for, wait until its explorables are there."""
        page = self.context.new_page()
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._note_request)
        page.on("response", self._note_response)
        page.goto(self.base + name, wait_until="load")
        if live:
            wait_until_live(page)
        return page

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.outside.append(request.url)

    def _note_response(self, response: Response) -> None:
        if response.status >= 400:
            self.failed.append(response.url)
        elif response.url.startswith(self.base):
            self.responses.append(response)

    def assert_clean(self) -> None:
        assert (self.errors, self.outside, self.failed) == ([], [], [])
