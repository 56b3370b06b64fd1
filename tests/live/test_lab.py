"""JupyterLab in the browser: what a book adds to it, and where it has been built, that it runs.

``make test`` builds none. The last test needs what `make live` makes, and `make book` after it.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import re
import tomllib
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ROOT, served
from packaging.requirements import Requirement
from playwright.sync_api import BrowserContext, Page

from crossentropy_book.live import lab

LISTED = {
    "info": {"python": "3.14.2"},
    "packages": {"numpy": {"file_name": "numpy.whl"}, "traitlets": {"file_name": "traitlets.whl"}},
}


@pytest.fixture
def app(tmp_path: Path) -> Any:
    """A book of two notebooks and a page, with an interpreter and a lab in small."""
    for page in ("chapters/one", "two"):
        path = tmp_path / f"{page}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'{{"cells": [], "metadata": {{"of": "{page}"}}}}')
    runtime, site = tmp_path / "runtime", tmp_path / "lab" / "site"
    runtime.mkdir()
    (runtime / "pyodide-lock.json").write_text(json.dumps(LISTED))
    (runtime / lab.live.PURIFIER).write_text("")
    site.mkdir(parents=True)
    plugin = {"@jupyterlite/pyodide-kernel-extension:kernel": {"pipliteUrls": ["./pypi"]}}
    config = {"jupyter-config-data": {"litePluginSettings": plugin}}
    (site / "jupyter-lite.json").write_text(json.dumps(config))
    piplite = {"name": "piplite", "file_name": "wheels/piplite.whl", "depends": []}
    (site.parent / "pyodide-lock.json").write_text(json.dumps({"piplite": piplite}))
    app = SimpleNamespace(
        srcdir=tmp_path,
        outdir=tmp_path / "html",
        builder=SimpleNamespace(format="html"),
        config=SimpleNamespace(
            html_title="A book",
            live_python="abc",
            live_runtime="runtime",
            live_lab="lab",
            live_packages=["crossentropy", "latex2mathml"],
            live_distribution=["numpy"],
            live_later=[],
        ),
        env=SimpleNamespace(
            found_docs={"two", "chapters/one", "prose", "three", "four"},
            metadata={
                "two": {},
                "chapters/one": {},
                "three": {"live_python": False},
                "four": {"live_lab": False},
            },
            doc2path=lambda page, base=True: (
                f"{tmp_path}/{page}.ipynb"
                if base
                else f"{page}.{'md' if page[0] == 'p' else 'ipynb'}"
            ),
        ),
    )
    python = app.outdir / "_static" / "live" / lab.live.interpreter(app)
    python.mkdir(parents=True)
    (python / "pyodide-lock.json").write_text(json.dumps(LISTED))
    return app


def test_a_book_puts_its_packages_and_notebooks_beside_the_interpreter_of_its_pages(app) -> None:
    built = (app.srcdir / "lab" / "site" / "jupyter-lite.json").read_text()
    lab._add(app, None)
    there = app.outdir / "lab"
    config = json.loads((there / "jupyter-lite.json").read_text())["jupyter-config-data"]
    (kernel,) = config["litePluginSettings"].values()
    # Where it is served from is not known: every address is relative, and of this site.
    python = (there / kernel["pyodideUrl"]).parent.resolve()
    assert python == app.outdir / "_static" / "live" / lab.live.interpreter(app)
    assert kernel["disablePyPIFallback"]
    listed = there / kernel["loadPyodideOptions"]["lockFileURL"]
    packages = json.loads(listed.read_text())["packages"]
    assert {*packages} == {"numpy", "traitlets", "piplite", "crossentropy", "latex2mathml"}
    assert packages["crossentropy"]["depends"] == [
        "latex2mathml",
        "math-core",
        "anywidget",
        "numpy",
    ]
    for name in ("crossentropy", "latex2mathml"):
        wheel = listed.parent / packages[name]["file_name"]
        assert hashlib.sha256(wheel.read_bytes()).hexdigest() == packages[name]["sha256"]
        files = zipfile.ZipFile(wheel).namelist()
        assert f"{name}/__init__.py" in files
        assert packages[name]["imports"] == [name]
        assert sum(file.endswith(".dist-info/METADATA") for file in files) == 1
    # Widgets have their modules, which the pages do not need in Python.
    wheel = listed.parent / packages["crossentropy"]["file_name"]
    assert any(file.endswith(".js") for file in zipfile.ZipFile(wheel).namelist())

    # Notebooks lie as in the book, and each folder has its list.
    assert config["contentsAllJsonFile"] == "all.json"
    for folder, names in {"": {"chapters", "two.ipynb"}, "chapters": {"one.ipynb"}}.items():
        content = json.loads((there / "api" / "contents" / folder / "all.json").read_text())
        assert {entry["name"] for entry in content["content"]} == names
    copy = there / "files" / "chapters" / "one.ipynb"
    assert copy.read_text() == (app.srcdir / "chapters" / "one.ipynb").read_text()

    # What was built is as it was, and the next build begins with it again.
    assert (app.srcdir / "lab" / "site" / "jupyter-lite.json").read_text() == built
    lab._add(app, None)
    assert len([*python.glob("lab-*.json")]) == 1


def test_a_notebook_is_opened_from_its_page_where_there_is_a_lab(app) -> None:
    def menu(page: str, doctree: object = object()) -> list[str]:
        group = {"label": "download-buttons", "buttons": [{"url": "one.ipynb"}]}
        context = {"header_buttons": [group], "pathto": lambda path, _: f"../{path}"}
        lab._offer(app, page, "page.html", context, doctree)
        return [button["url"] for button in group["buttons"]]

    expected = "../lab/lab/index.html?path=chapters/one.ipynb"
    assert menu("chapters/one") == [expected, "one.ipynb"]
    # A page without code, one that its author leaves to Jupyter, and one to Jupyter or its page.
    for page in ("prose", "three", "four"):
        assert menu(page) == ["one.ipynb"]
    app.config.live_lab = "nowhere"
    assert menu("chapters/one") == ["one.ipynb"]
    lab._add(app, None)
    assert not (app.outdir / "lab").exists()


def test_a_kernel_needs_what_is_needed_in_a_browser() -> None:
    needed = lab._needed("ipython", "3.14.2")
    assert {"jedi", "traitlets", "pygments"} <= {*needed}
    assert not {"pexpect", "colorama", "psutil", "ipykernel", "typing-extensions"} & {*needed}
    assert "widgetsnbextension" not in lab._needed("ipywidgets", "3.14.2")


def test_a_wheel_is_the_same_each_time_and_holds_nothing_compiled(tmp_path: Path) -> None:
    one, other = (
        lab._entry("psygnal", "1", lab._files("psygnal"), [], tmp_path / folder)
        for folder in ("a", "b")
    )
    assert one["sha256"] == other["sha256"]
    (wheel,) = (tmp_path / "a").rglob("*.whl")
    assert one["file_name"] == wheel.relative_to(tmp_path).as_posix()
    assert one["imports"] == ["psygnal"]
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".so")]


def test_a_line_that_would_install_says_that_nothing_is_installed(monkeypatch, capsys) -> None:
    monkeypatch.syspath_prepend(Path(lab.__file__).parent / "stand_ins")
    cli = importlib.import_module("piplite.cli")
    with pytest.raises(StopIteration) as done:  # as a loop runs a coroutine that waits for nothing
        cli.get_transformed_code(["install", "numpy"]).send(None)
    exec(done.value.value, {})
    assert capsys.readouterr().out.startswith("This site has what its notebooks import.")
    with pytest.raises(RuntimeError, match="asks no other host"):
        importlib.import_module("piplite").install("numpy").send(None)


def test_make_live_installs_what_the_extra_names_as_locked() -> None:
    (line,) = re.findall(r"^PACKAGES_lite := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    project = tomllib.loads((ROOT / "src/crossentropy_book/pyproject.toml").read_text())
    extra = project["project"]["optional-dependencies"]["lite"]
    assert {Requirement(each).name for each in extra} <= {*line.split()}
    locked = re.findall(r"^([\w-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert {*line.split()} <= {*locked}


LAB = ROOT / "_build" / "html" / "lab"
FIRST = 5  # so many cells
# The chapter gives it no name.
CURVE = (
    "import gc\n"
    "curve = next(each for each in gc.get_objects() if type(each).__name__ == 'SurprisalCurve')"
)
PATIENCE = 300_000  # milliseconds


@pytest.mark.skipif(not LAB.exists(), reason="no lab; `make live` and `make book` build one")
def test_a_chapter_runs_there_and_its_pictures_are_live(
    context: BrowserContext, book: Path, tmp_path: Path
) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    (tmp_path / "a book").symlink_to(book)
    with served(tmp_path) as address:
        page.goto(f"{address}a%20book/lab/lab/index.html?path=chapters/01-entropy.ipynb")
        ready(page)
        page.locator(".jp-Notebook .jp-Cell").first.click()
        for _ in range(FIRST):
            page.keyboard.press("Shift+Enter")
        page.wait_for_function(
            "document.querySelector('.jp-OutputArea [data-live=true]')", timeout=PATIENCE
        )
        ready(page)
        # What is dragged is there for the next cell, and the picture follows the one after it.
        figure = page.locator(".jp-OutputArea [data-explorable=SurprisalCurve]")
        figure.evaluate("figure => { figure.explorable.set('p', 0.125); }")
        run(page, f"{CURVE}\nprint('p is', curve.p)")
        page.get_by_text("p is 0.125", exact=True).wait_for(timeout=PATIENCE)
        run(page, "curve.p = 0.25")
        page.wait_for_function(
            "document.querySelector('.jp-OutputArea [data-explorable=SurprisalCurve]')"
            ".explorable.get('p') === 0.25"
        )
        assert page.locator('[data-mime-type="application/vnd.jupyter.error"]').count() == 0
        assert {url for url in asked if not url.startswith((address, "blob:", "data:"))} == set()


def run(page: Page, source: str) -> None:
    """Run a cell of the reader's own."""
    for key in ("b", "Enter"):
        page.keyboard.press(key)
    page.keyboard.insert_text(source)
    page.keyboard.press("Shift+Enter")


def ready(page: Page) -> None:
    page.wait_for_function(
        "document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'",
        timeout=PATIENCE,
    )
    # So is a session that has no kernel yet.
    page.get_by_text("Python (Pyodide) | Idle").wait_for(timeout=PATIENCE)
