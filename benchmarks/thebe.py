"""thebe with thebe-lite, as its own page shows it: one cell that imports what a chapter does.

Both come from npm, pinned. They ask other hosts for Pyodide and for packages; each answer is
fetched on a first visit, which is not timed, and given at once on the next one. Where Pyodide's
address is out of reach, ``make bench PYODIDE=folder`` takes a distribution of version 0.27 from
this machine.
"""

from __future__ import annotations

import os
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Route
from playwright.sync_api import TimeoutError as NotInTime

from crossentropy_book.live.fetch import FetchError, npm_package

_NPM = "https://registry.npmjs.org"
_PACKAGES = {
    "lib": (
        f"{_NPM}/thebe/-/thebe-0.9.3.tgz",
        "Rb/7kVhtlffXra3kIe7OuIGE7awsm2/fGWxw21DiNfnWLnUQiDl9AWqYdshPwZPG/5DzLpsJRPix2xtCPtJmQQ==",
    ),
    "dist/lib": (
        f"{_NPM}/thebe-lite/-/thebe-lite-0.5.0.tgz",
        "o+HhDbd/9cfYgCBdQ6BqJ5De+9JJobV5hUM/pPXTb5/1JlKILQcWUuRdhfIdYVCPUSBCMAbU3UwjkeRDJrG1HA==",
    ),
}
_BOOK = "http://127.0.0.1:9"  # an address that a browser trusts; nothing listens there
_PAGE = """<!doctype html><meta charset="utf-8"><title>A cell</title>
<script src="/dist/lib/thebe-lite.min.js"></script>
<script src="/lib/index.js"></script><link rel="stylesheet" href="/lib/thebe.css">
<pre data-executable="true" data-language="python">import numpy, scipy.special
print(scipy.special.entr(0.5), "nats")</pre>"""
_START = """() => {
  window.thebe.bootstrap({ useBinder: false, useJupyterLite: true, requestKernel: true })
    .then(({ notebook }) => notebook.executeAll());
}"""
# Where thebe-lite asks for what it brings along itself, if nothing else is configured.
_BESIDE = "https://unpkg.com/@jupyterlite/pyodide-kernel@0.4.7/pypi/"
_PATIENCE = 300_000  # milliseconds


class Hosts:
    """All hosts of the page: its own, out of the packages, and others, whose answers are kept."""

    def __init__(self) -> None:
        self.sent = 0
        self._answers = {f"{_BOOK}/": (_PAGE.encode(), "text/html")}
        kinds = {".js": "text/javascript", ".css": "text/css"}
        for folder, (address, integrity) in _PACKAGES.items():
            with npm_package(address, integrity) as files:
                for member in files:
                    name = member.name.removeprefix("package/")
                    if name.startswith(folder) and (content := files.extractfile(member)):
                        kind = kinds.get(Path(name).suffix, "application/octet-stream")
                        self._answers[f"{_BOOK}/{name}"] = content.read(), kind
        wheels = f"{_BOOK}/dist/lib/pypi/"
        for address in [each for each in self._answers if each.startswith(wheels)]:
            self._answers[_BESIDE + address.removeprefix(wheels)] = self._answers[address]

    def answer(self, route: Route) -> None:
        """Answer a request, and count what is sent."""
        address = route.request.url.partition("?")[0]
        if address not in self._answers and not address.startswith(_BOOK):
            with suppress(OSError):
                self._answers[address] = _asked(address, route.request.headers.get("accept", "*/*"))
        if address not in self._answers:
            route.fulfill(status=404)
            return
        content, kind = self._answers[address]
        self.sent += len(content)
        headers = {"Content-Type": kind, "Access-Control-Allow-Origin": "*"}
        route.fulfill(body=content, headers=headers)


def _asked(address: str, accepts: str) -> tuple[bytes, str]:
    """Return what another host answers, and of what kind it is."""
    parts = urlsplit(address)
    here = Path(os.environ.get("PYODIDE") or "nowhere") / Path(parts.path).name
    if "/pyodide/" in parts.path and here.is_file():
        kind = {".js": "text/javascript", ".wasm": "application/wasm"}.get(here.suffix, "")
        return here.read_bytes(), kind or "application/octet-stream"
    request = urllib.request.Request(address, headers={"Accept": accepts})
    with urllib.request.urlopen(request, timeout=60) as got:
        return got.read(), got.headers["Content-Type"]


def first_output(browser: Browser) -> tuple[float, float] | None:
    """Return megabytes and seconds from the click to the output; None where it does not come."""
    try:
        hosts = Hosts()
    except FetchError:
        return None
    for _ in range(2):
        context = browser.new_context(service_workers="block")
        context.route("**/*", hosts.answer)
        page = context.new_page()
        page.goto(f"{_BOOK}/", wait_until="load")
        hosts.sent, start = 0, time.perf_counter()
        try:
            page.evaluate(_START)
            page.locator(".jp-OutputArea-output", has_text="0.34").wait_for(timeout=_PATIENCE)
        except NotInTime:
            return None
        took = hosts.sent / 1e6, time.perf_counter() - start
        context.close()
    return took
