"""A page that is opened from a disk, where no browser starts a worker: it says what to do."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from crossentropy_book import live
from crossentropy_book.assets import minified


def test_a_page_from_a_disk_says_where_it_runs_and_offers_no_lab(tab: Page, tmp_path: Path) -> None:
    here = Path(live.__file__).parent
    (tmp_path / "live").mkdir()
    (tmp_path / "live.js").write_text(minified((here / "live.js").read_text()))
    (tmp_path / "live" / "page.js").write_text(minified((here / "page.js").read_text()))
    (tmp_path / "live" / "page.css").write_text((here / "page.css").read_text())
    (tmp_path / "page.html").write_text(
        '<!doctype html><meta charset="utf-8"><ul>'
        '<li><a class="btn btn-lab-button" href="lab">Open as a notebook</a></li>'
        '<li><a class="btn" href="one.ipynb">.ipynb</a></li></ul>'
        '<div class="cell"><div class="cell_input"><div class="highlight"><pre>1 + 1\n</pre></div>'
        f'{live.bar("0", False)}</div><div class="cell_output">built</div></div>'
        '<script defer src="live.js" data-cells="_" data-key="_" data-live="live"></script>'
    )
    tab.goto((tmp_path / "page.html").as_uri())
    assert tab.locator("li").all_inner_texts() == [".ipynb"]
    tab.get_by_role("button", name="Run").click()
    tab.wait_for_function("document.querySelector('.live-line:not([hidden])')", polling=10)
    line = tab.locator(".live-line")
    assert line.inner_text().strip() == (
        "A page from a disk may not start Python. Open it online, or through a server: make serve."
    )
    assert not line.locator("button, progress").filter(visible=True).count()
    assert tab.locator(".cell_output").inner_text() == "built"
