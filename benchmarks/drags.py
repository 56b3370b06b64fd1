"""One change of a dragged picture: in the browser, and through a kernel that redraws it.

Ours is the script time of one pointer move: the handler, and the redraw it asks for. The other is
the time from a slider's new value to the end of the kernel's work for
``ipywidgets.interact`` around a matplotlib figure of the same picture, before the browser paints.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from jupyter_client.manager import start_new_kernel
from playwright.sync_api import Browser, Page, sync_playwright

from crossentropy import widgets
from crossentropy_book.course.explorables import explorable_page
from crossentropy_book.course.pdf import chromium_options

MOVES = 400
CHANGES = 40

# Times what runs in answer to each pointer move. A clock in a page ticks in tenths of a
# millisecond; the handler and the redraw are summed before they are compared.
WATCH = """() => {
  window.spent = [];
  const frame = window.requestAnimationFrame;
  window.requestAnimationFrame = redraw => frame(now => {
    const start = performance.now();
    redraw(now);
    window.spent[window.spent.length - 1] += performance.now() - start;
  });
  let start;
  window.addEventListener('pointermove', () => { start = performance.now(); }, true);
  window.addEventListener('pointermove', () => window.spent.push(performance.now() - start));
}"""

# The same picture the usual way, redrawn by the kernel at every change.
INTERACT = """
%matplotlib inline
import ipywidgets, matplotlib.pyplot as plt, numpy as np

slider = ipywidgets.FloatSlider(0.25, min=0.01, max=0.9)

def draw(value):
    p = np.array([1 / 2, 1 / 3, 1 / 6])
    q = np.array([value, (1 - value) / 2, (1 - value) / 2])
    figure, (bars, sums) = plt.subplots(1, 2, figsize=(8, 3))
    bars.bar(np.arange(3) - 0.2, p, 0.4)
    bars.bar(np.arange(3) + 0.2, q, 0.4)
    entropy, divergence = -(p * np.log(p)).sum(), (p * np.log(p / q)).sum()
    sums.barh(0, entropy)
    sums.barh(0, divergence, left=entropy)
    plt.show()

output = ipywidgets.interactive_output(draw, {"value": slider})
"""


def moves(page: Page) -> list[float]:
    """Drag each handle to and fro; return the milliseconds of script for each move."""
    page.evaluate(WATCH)
    handles = page.locator("[data-handle]").all()
    for handle in handles:
        box = handle.locator(".grip").bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(MOVES // len(handles)):
            offset = 40 - abs(step % 80 - 40)
            page.mouse.move(x + offset, y + offset - 20)
            page.evaluate("() => new Promise(done => requestAnimationFrame(() => done()))")
        page.mouse.up()
    return page.evaluate("window.spent")


def kernel_changes() -> list[float]:
    """Return the milliseconds of each change through ``interact``."""
    manager, client = start_new_kernel()
    try:
        client.execute_interactive(INTERACT, output_hook=lambda _: None)
        times = []
        for i in range(CHANGES):
            start = time.perf_counter()
            client.execute_interactive(
                f"slider.value = {0.1 + 0.8 * i / CHANGES}", output_hook=lambda _: None
            )
            times.append(1000 * (time.perf_counter() - start))
        return times[5:]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run() -> None:
    """Print the table."""
    kernel = statistics.median(kernel_changes())
    print(f"{'explorable':32} {'median ms':>10} {'p99 ms':>8} {'interact / ours':>16}")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(**chromium_options())
        for name in widgets.__all__:
            if name == "Predict":  # nothing to drag
                continue
            page = open_page(browser, Path(folder), name)
            report(name, moves(page), kernel)
            page.close()
        page = open_page(browser, Path(folder), "DecisionRegions")
        page.get_by_role("button", name="300 points").click()
        page.get_by_role("button", name="Run").click()
        report("DecisionRegions, 300, training", moves(page), kernel)
        browser.close()
    print(f"{'interact + matplotlib':32} {kernel:9.1f}")


def open_page(browser: Browser, folder: Path, name: str) -> Page:
    (folder / "page.html").write_text(explorable_page(getattr(widgets, name)()), "utf-8")
    page = browser.new_page(viewport={"width": 800, "height": 900})
    page.goto((folder / "page.html").as_uri())
    page.wait_for_selector("[data-live=true]")
    return page


def report(name: str, times: list[float], kernel: float) -> None:
    median, p99 = statistics.median(times), sorted(times)[int(0.99 * len(times))]
    print(f"{name:32} {median:10.2f} {p99:8.2f} {kernel / max(median, 0.05):15.0f}×")
