"""Firefox and WebKit, driven by the W3C's protocols, where they are installed.

Playwright drives Chromium, but a Firefox or a WebKit only of its own making. Those of a Linux
distribution are what people have, and each speaks a standard: Firefox WebDriver BiDi, over a web
socket, and WebKitGTK WebDriver, over HTTP. Little of them is needed here, so here it is.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from matplotlib.image import imread
from playwright.sync_api import Browser
from websocket import create_connection

WIDTH, HEIGHT = 1200, 900


class MissingEngineError(Exception):
    """A browser is not installed."""


class Engine(Protocol):
    """What a test asks of a browser."""

    def open(self, url: str) -> None:
        """Go to a page and wait until it is loaded."""

    def evaluate(self, expression: str) -> Any:
        """Return what JavaScript makes of an expression; a promise is waited for."""

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press at a point of the window, and let go at another one."""

    def press(self, key: str) -> None:
        """Press a key where the focus is: its character, or its name."""

    def picture(self) -> np.ndarray:
        """Return what the window shows: rows, columns, and red, green and blue from 0 to 1."""


class Chromium:
    """Chromium, by way of Playwright."""

    def __init__(self, browser: Browser) -> None:
        self.page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})

    def open(self, url: str) -> None:
        self.page.goto(url)

    def evaluate(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=4)
        self.page.mouse.up()

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def picture(self) -> np.ndarray:
        return _pixels(self.page.screenshot())


# The private characters that the standard gives the keys without one of their own.
_KEYS = {"PageUp": "\ue00e", "PageDown": "\ue00f", "ArrowUp": "\ue013", "ArrowRight": "\ue014"}


class _Driven:
    """What both protocols have in common: the form of a gesture."""

    def _perform(self, actions: list[dict[str, Any]]) -> None:
        raise NotImplementedError

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        def move(to: tuple[float, float], duration: int) -> dict[str, Any]:
            x, y = map(round, to)
            return {"type": "pointerMove", "x": x, "y": y, "duration": duration}

        down, up = ({"type": f"pointer{way}", "button": 0} for way in ("Down", "Up"))
        actions = [move(start, 0), down, move(end, 100), up]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        self._perform([{**mouse, "actions": actions}])

    def press(self, key: str) -> None:
        value = _KEYS.get(key, key)
        actions = [{"type": f"key{way}", "value": value} for way in ("Down", "Up")]
        self._perform([{"type": "key", "id": "keyboard", "actions": actions}])


class Firefox(_Driven):
    """Firefox, by WebDriver BiDi."""

    def __init__(self, address: str) -> None:
        self._socket = create_connection(f"{address}/session", timeout=60, suppress_origin=True)
        self._sent = 0
        self._call("session.new", capabilities={})
        [tab] = self._call("browsingContext.getTree")["contexts"]
        self._tab = tab["context"]
        viewport = {"width": WIDTH, "height": HEIGHT}
        self._here("browsingContext.setViewport", viewport=viewport, devicePixelRatio=1)

    def close(self) -> None:
        self._socket.close()

    def _call(self, method: str, **params: Any) -> Any:
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while (answer := json.loads(self._socket.recv())).get("id") != self._sent:
            pass  # an event
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return answer["result"]

    def _here(self, method: str, **params: Any) -> Any:
        return self._call(method, context=self._tab, **params)

    def open(self, url: str) -> None:
        self._here("browsingContext.navigate", url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        answer = self._call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self._tab},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def _perform(self, actions: list[dict[str, Any]]) -> None:
        self._here("input.performActions", actions=actions)

    def picture(self) -> np.ndarray:
        return _pixels(base64.b64decode(self._here("browsingContext.captureScreenshot")["data"]))


class WebKit(_Driven):
    """WebKitGTK's own small browser, by WebDriver."""

    def __init__(self, address: str) -> None:
        self._base = address
        session = self._call("POST", "", {"capabilities": {}})
        self._base += f"/{session['sessionId']}"
        self._call("POST", "/window/rect", {"width": WIDTH, "height": HEIGHT})
        self._call("POST", "/timeouts", {"script": 60_000})

    def close(self) -> None:
        self._call("DELETE", "")

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode()}") from error

    def open(self, url: str) -> None:
        self._call("POST", "/url", {"url": url})

    def evaluate(self, expression: str) -> Any:
        script = (
            f"(async () => JSON.stringify((await ({expression})) ?? null))()"
            ".then(arguments[0], error => arguments[0](JSON.stringify({ thrown: String(error) })))"
        )
        answer = json.loads(self._call("POST", "/execute/async", {"script": script, "args": []}))
        if isinstance(answer, dict) and "thrown" in answer:
            raise RuntimeError(answer["thrown"])
        return answer

    def _perform(self, actions: list[dict[str, Any]]) -> None:
        self._call("POST", "/actions", {"actions": actions})

    def picture(self) -> np.ndarray:
        return _pixels(base64.b64decode(self._call("GET", "/screenshot")))


def _pixels(png: bytes) -> np.ndarray:
    pixels: np.ndarray = imread(io.BytesIO(png), "png")[..., :3]
    return pixels


@contextlib.contextmanager
def firefox() -> Iterator[Firefox]:
    """Run the Firefox that FIREFOX names, or the one on the path, with a profile of its own."""
    program = _found("FIREFOX", "firefox-esr", "firefox")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, "--headless", "--no-remote", "--remote-debugging-port=0"]
        with _running([*command, "--profile", profile], HOME=profile):
            file = Path(profile, "WebDriverBiDiServer.json")
            told = _awaited(lambda: json.loads(file.read_text("utf-8")))
            address = f"ws://{told['ws_host']}:{told['ws_port']}"
            with contextlib.closing(Firefox(address)) as browser:
                yield browser


@contextlib.contextmanager
def webkit() -> Iterator[WebKit]:
    """Run the WebKit of the driver that WEBKIT_DRIVER names, or of the one on the path."""
    program = _found("WEBKIT_DRIVER", "WebKitWebDriver")
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        screen = [
            _found("XVFB", "Xvfb"),
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1400x1200x24",
            "-nolisten",
            "tcp",
        ]
        display = stack.enter_context(_running(screen)).stdout.readline().decode().strip()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        stack.enter_context(_running([program, f"--port={port}"], HOME=home, DISPLAY=f":{display}"))
        address = f"http://127.0.0.1:{port}"
        _awaited(lambda: urllib.request.urlopen(f"{address}/status").close())
        yield stack.enter_context(contextlib.closing(WebKit(f"{address}/session")))


def _found(variable: str, *names: str) -> str:
    """Return the program that a variable names, or the first of these on the path."""
    for program in (os.environ.get(variable), *map(shutil.which, names)):
        if program:
            return program
    raise MissingEngineError(
        f"no {names[0]} here, and {variable} names none: see tests/install_engines.sh"
    )


@contextlib.contextmanager
def _running(command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program, and end it with all that it started."""
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def _awaited(ask: Callable[[], Any]) -> Any:
    """Return the answer as soon as there is one."""
    until = time.monotonic() + 60
    while True:
        try:
            return ask()
        except (OSError, ValueError):
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
