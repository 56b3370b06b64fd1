"""What a page of the book may run: its own files, and nothing that got into it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from visits import Visit

from crossentropy_book.course.page_weight import pages_of
from crossentropy_book.course.policy import POLICY

pytestmark = pytest.mark.browser

# Ways in which a fault lets a script, or a frame, into a page.
INJECTED = """async () => {
  const refused = [];
  document.addEventListener("securitypolicyviolation",
    ({ effectiveDirective }) => refused.push(effectiveDirective));
  const add = (name, properties) =>
    document.body.append(Object.assign(document.createElement(name), properties));
  add("script", { textContent: "window.acted = 'text'" });
  add("script", { src: "data:text/javascript,window.acted='data'" });
  add("script", { src: "https://example.org/x.js" });
  add("div", { innerHTML: `<img src="missing:" onerror="window.acted = 'handler'">` });
  add("a", { href: "javascript:window.acted='link'", id: "lead" });
  add("iframe", { srcdoc: "<script>parent.acted = 'frame'</scr" + "ipt>" });
  add("img", { src: "https://example.org/seen.png" });
  document.getElementById("lead").click();
  await fetch("https://example.org/told").catch(() => {});
  // A browser compiles the handler of a picture when the picture has failed: that takes a moment.
  for (let i = 0; i < 250 && !refused.includes("script-src-attr"); i += 1) {
    await new Promise(done => setTimeout(done, 20));
  }
  return [window.acted ?? null, refused.sort()];
}"""


def test_each_page_says_first_what_it_may_run_and_has_no_script_in_its_text(book: Path) -> None:
    for path in pages_of(book):
        text = path.read_text("utf-8")
        governed = re.search(r"<(script|link|style)\b", text)
        assert f' content="{POLICY}"' in text[: governed.start()], path
        inline = [tag for tag in re.findall(r"<script\b[^>]*>", text) if " src=" not in tag]
        assert all('type="application/json"' in tag for tag in inline), path
        assert not re.search(r'<[a-z][^<>]*\son[a-z]+="', text), path


def test_what_gets_into_a_page_does_not_run_and_the_page_s_own_buttons_do(reader: Visit) -> None:
    page = reader.open("chapters/01-entropy.html", live=False)
    acted, refused = page.evaluate(INJECTED)
    assert acted is None
    assert {"script-src-elem", "script-src-attr", "img-src", "connect-src"} <= set(refused)
    called = page.evaluate(
        """() => {
          const called = [];
          window.print = () => called.push("print");
          window.toggleFullScreen = () => called.push("full screen");
          for (const button of document.querySelectorAll("[data-call]")) button.click();
          return called;
        }"""
    )
    assert sorted(called) == ["full screen", "print"]
    reader.errors.clear()
    page.close()
