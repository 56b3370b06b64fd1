"""A student's machine: a chapter in JupyterLab, where Python and the picture share a state."""

from __future__ import annotations

import ast
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from explorables.browser import EXPLORABLES
from explorables.test_predict import CHOICE
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator, Page, expect

ROOT = Path(__file__).parent.parent
CHAPTER = "02-divergence.ipynb"
OWN = "make-your-own.ipynb"
PLAIN = "plain.ipynb"  # the same, with anywidget alone

RUN_ALL = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  await window.jupyterapp.commands.execute('notebook:run-all-cells');
}"""

ERRORS = """() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap(cell =>
  (cell.model.sharedModel.outputs || []).filter(output => output.output_type === 'error')
    .map(output => output.evalue))"""

# Run a line in the notebook's own kernel; returns what it printed.
RUN_LINE = """async line => {
  const panel = window.jupyterapp.shell.currentWidget;
  const future = panel.sessionContext.session.kernel.requestExecute({ code: line });
  let printed = '';
  future.onIOPub = message => { printed += message.content.text ?? message.content.evalue ?? ''; };
  await future.done;
  return printed.trim();
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve JupyterLab on copies of two notebooks and on a notebook of all explorables."""
    folder = tmp_path_factory.mktemp("student")
    for name in (CHAPTER, OWN):
        shutil.copy(ROOT / "chapters" / name, folder)
    nbformat.write(as_the_page_says(nbformat.read(ROOT / "chapters" / OWN, 4)), folder / PLAIN)
    lines = [
        "from crossentropy import widgets",
        *(f"{n} = widgets.{n}(); {n}" for n in EXPLORABLES),
    ]
    cells = [*map(new_code_cell, lines), new_code_cell(f"widgets.Predict(**{CHOICE!r})")]
    # Without the name of a kernel, JupyterLab asks for one.
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), folder / "all.ipynb")
    # Render every cell at once, not only those in view, so that a test can reach them.
    settings = folder / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.open_browser": False,
        "ServerApp.root_dir": folder,
        "IdentityProvider.token": token,
        "LabApp.expose_app_in_browser": True,
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--allow-root"]
            + [f"--{name}={value}" for name, value in options.items()],
            # Neither the settings nor the open tabs of whoever runs this test.
            env=os.environ
            | {
                "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
                "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            },
            stdout=log,
            stderr=log,
        )
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for(f"{base}/api?token={token}", server, folder / "log")
        yield f"{base}/lab/tree/{{}}?reset&token={token}"
    finally:
        server.terminate()
        server.wait(20)


def as_the_page_says(notebook: NotebookNode) -> NotebookNode:
    """Do what the page says to do in a notebook of your own: anywidget for Live."""
    names = ["imports", "chart", "js-formulas", "js-render", "widget", "coins"]
    notebook.cells = [cell for cell in notebook.cells if cell.id in names]
    imports, _, _, render, widget, _ = notebook.cells
    for cell, old, new in [
        (imports, "Live, ", ""),
        (widget, "(Live)", "(anywidget.AnyWidget)"),
        (render, "{ render, describe }", "{ render }"),
    ]:
        assert cell.source.count(old) == 1, old
        cell.source = cell.source.replace(old, new)
    imports.source = f"import anywidget\n{imports.source}"
    return notebook


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(120):
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text())


def run_all(browser: Browser, address: str) -> Page:
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    page.goto(address)
    started = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session"
    page.wait_for_function(started, timeout=120_000)  # a busy machine is slow to start a kernel
    page.evaluate(RUN_ALL)
    assert page.evaluate(ERRORS) == []
    return page


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: str) -> Iterator[Page]:
    page = run_all(browser, lab.format(CHAPTER))
    page.wait_for_selector("figure[data-explorable=DivergenceBars][data-live=true]")
    yield page
    page.close()


def test_python_reads_what_was_dragged(notebook: Page) -> None:
    assert notebook.evaluate(RUN_LINE, "print(bars.q)") == "(0.1, 0.3, 0.6)"
    figure = notebook.locator("figure[data-explorable=DivergenceBars]").first
    grip = figure.locator('[data-handle="q:0"] .grip')
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    notebook.mouse.move(x, y)
    notebook.mouse.down()
    notebook.mouse.move(x, y - 30, steps=4)
    notebook.mouse.up()
    dragged = figure.evaluate("figure => figure.explorable.get('q')")
    assert dragged[0] > 0.15
    # The browser saves once a frame; the message is ahead of the next request to the kernel.
    notebook.wait_for_timeout(200)
    assert notebook.evaluate(RUN_LINE, "print(list(bars.q))") == str(dragged)


def test_the_picture_follows_python(notebook: Page) -> None:
    notebook.evaluate(RUN_LINE, "bars.q = [0.5, 0.25, 0.25]")
    figure = notebook.locator("figure[data-explorable=DivergenceBars]").first
    notebook.wait_for_function(
        "figure => figure.explorable.get('q')[2] === 0.25", arg=figure.element_handle()
    )
    handle = figure.locator('[data-handle="q:2"]')
    notebook.wait_for_function(
        "handle => handle.getAttribute('aria-valuenow') === '0.25'", arg=handle.element_handle()
    )


def test_a_bad_state_is_refused_with_the_reason(notebook: Page) -> None:
    printed = notebook.evaluate(RUN_LINE, "bars.q = [0.5, 0.6, 0.0]")
    assert "q sums to 1.1, not 1" in printed


def test_every_explorable_is_live_and_tells_python(browser: Browser, lab: str) -> None:
    page = run_all(browser, lab.format("all.ipynb"))
    for name in EXPLORABLES:
        figure = page.locator(f"figure[data-explorable={name}][data-live=true]")
        figure.locator("[data-handle]").first.press("PageDown")
        # The browser saves once a frame; the message is ahead of the next request to the kernel.
        page.wait_for_timeout(50)
        state = figure.evaluate(
            "({ explorable }) => Object.fromEntries("
            "explorable.traits.map(trait => [trait, explorable.get(trait)]))"
        )
        line = f"import json; print(json.dumps([getattr({name}, t) for t in {[*state]}]))"
        assert json.loads(page.evaluate(RUN_LINE, line)) == [*state.values()], name
    question = page.locator("figure.predict[data-live=true]")
    choices = question.get_by_role("radio")
    choices.first.check()
    choices.first.press("ArrowDown")
    assert choices.nth(1).is_checked()
    question.get_by_label(CHOICE["answer"]).check()
    question.get_by_role("button", name="Check").click()
    assert question.get_by_role("status").inner_text().startswith("Yes")
    page.close()


def assert_python_hears(page: Page, expression: str, expected: object) -> None:
    """Wait until Python has it: while it works on one change, the next ones wait in the browser."""
    for _ in range(50):
        heard = ast.literal_eval(page.evaluate(RUN_LINE, f"print(({expression}))"))
        if heard == expected:
            return
        page.wait_for_timeout(100)
    assert heard == expected


@pytest.fixture(scope="module")
def own(browser: Browser, lab: str) -> Iterator[Page]:
    page = run_all(browser, lab.format(OWN))
    yield page
    page.close()


def two_coins(page: Page) -> Locator:
    """Return the output that the widget of thirty lines fills."""
    slider = page.get_by_role("slider", name="Share w of kind A")
    return page.locator(".jp-OutputArea-output", has=slider)


def test_a_widget_made_in_a_notebook_talks_both_ways(own: Page) -> None:
    page, picture = own, two_coins(own)
    slider, numbers = picture.get_by_role("slider"), picture.locator("output")

    page.evaluate(RUN_LINE, "heard.clear()")
    slider.evaluate("slider => slider.scrollIntoView({ block: 'center' })")
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2, steps=4)
    # The picture follows the hand; Python hears of it once, when the hand lets go.
    dragged = float(slider.input_value())
    assert 0.75 < dragged < 0.85
    assert numbers.inner_text().startswith(f"w {dragged:.2f}: ")
    page.wait_for_timeout(200)
    assert page.evaluate(RUN_LINE, "print(heard)") == "[]"
    page.mouse.up()
    assert_python_hears(page, "coins.w, heard", (dragged, [dragged]))
    slider.press("ArrowLeft")
    assert_python_hears(page, "coins.w", pytest.approx(dragged - 0.01))
    assert_python_hears(page, "heard", pytest.approx([dragged, dragged - 0.01]))

    # Every number beside Python's own, the ends too, and the line from the average to the curve.
    for w in (0, 1, 0.25, 0.3, 0.99, 0.5):
        line = (
            f"coins.w = w = {w}\n"
            "m = w * 0.1 + (1 - w) * 0.8; average = w * bits(0.1) + (1 - w) * bits(0.8)\n"
            "print(f'w {w:.2f}: entropy H(m) {bits(m):.3f}, average {average:.3f} bits')\n"
            "print([30 + 290 * m, 200 - 180 * float(average), 200 - 180 * float(bits(m))])"
        )
        expected, ends = page.evaluate(RUN_LINE, line).splitlines()
        expect(numbers).to_have_text(expected)
        assert float(slider.input_value()) == w
        assert slider.get_attribute("aria-valuetext") == expected
        drawn = re.findall(r"[\d.]+", picture.locator("path").get_attribute("d"))
        assert [float(part) for part in drawn] == pytest.approx(ast.literal_eval(ends))
    assert "should not be greater than 1" in page.evaluate(RUN_LINE, "coins.w = 1.5")
    assert page.evaluate(RUN_LINE, "print(coins.w)") == "0.5"
    assert numbers.inner_text() == expected


# What each shape is painted with, the colour of the words, and that of the notebook's own text.
PAINT = """output => ({
  shapes: [...output.querySelectorAll('svg *')].map(shape => {
    const { fill, stroke, strokeWidth } = getComputedStyle(shape);
    const { width, height } = shape.getBBox();
    return [shape.localName, { fill, stroke, strokeWidth, size: Math.max(width, height) }];
  }),
  words: [...output.querySelectorAll('label, output')].map(el => getComputedStyle(el).color),
  text: getComputedStyle(output).color,
  ground: getComputedStyle(output.closest('.jp-Notebook')).backgroundColor,
})"""


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_with_anywidget_alone_every_line_is_drawn(theme: str, browser: Browser, lab: str) -> None:
    page = run_all(browser, lab.format(PLAIN))
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    light = "true" if theme.endswith("Light") else "false"
    page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")
    paint = two_coins(page).evaluate(PAINT)
    shapes = dict(paint["shapes"])
    assert [name for name, _ in paint["shapes"]] == ["polyline", "path"]
    for name, shape in shapes.items():
        assert shape["fill"] == "none", name
        assert shape["strokeWidth"] == "4px", name
        assert shape["size"] > 50, name
        # None of them is black on black: 3 to 1 is what WCAG asks of a graphic.
        low, high = sorted(luminance(colour) for colour in (shape["stroke"], paint["ground"]))
        assert (high + 0.05) / (low + 0.05) >= 3, (name, shape, paint["ground"])
    assert shapes["polyline"]["stroke"] != shapes["path"]["stroke"]
    # The words have the colour of the notebook's own text, light on dark.
    assert {*paint["words"]} == {paint["text"]}
    assert (luminance(paint["text"]) < luminance(paint["ground"])) == (light == "true")
    page.close()


def test_interact_redraws_through_the_kernel(own: Page) -> None:
    chart = own.locator(".widget-interact img")
    chart.wait_for()
    before = chart.get_attribute("src")
    own.locator(".widget-interact [role=slider]").press("ArrowRight")
    own.wait_for_function(
        "src => document.querySelector('.widget-interact img')?.src !== src", arg=before
    )
