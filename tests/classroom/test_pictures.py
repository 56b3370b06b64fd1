"""Pictures that are answers: seen by who grades and by the student, and drawn anew in a sandbox."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib

import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from PIL import Image

from classroom import made
from classroom.bad_submissions import LIMITS, needs_sandbox, photo, text
from crossentropy_classroom import pictures, redraw
from crossentropy_classroom.feedback import page
from crossentropy_classroom.notebooks import parse
from crossentropy_classroom.result import Result

pytestmark = needs_sandbox


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def shown(*cells: NotebookNode, **beside: bytes) -> tuple[list[Image.Image], list[str]]:
    """Return the pictures on a student's page, and what could not be shown."""
    notebook = made.solved()
    for number, cell in enumerate(cells):
        notebook.cells.append(cell)
        cell.id = f"own-{number}"
    notebook = parse(json.dumps(notebook).encode())
    files = [(name.replace("_", "."), data) for name, data in beside.items()]
    faults = pictures.show(notebook, files, None, LIMITS, True)
    html = page(Result("eve", made.NAME), {}, notebook)
    sources = [image["src"] for image in BeautifulSoup(html, "html.parser").select("img")]
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    data = [base64.b64decode(source.partition(",")[2]) for source in sources]
    assert all(map(pictures.is_picture, data))
    return [Image.open(io.BytesIO(each)) for each in data], faults


def test_a_picture_is_shown_wherever_it_is() -> None:
    jpeg, png, bitmap = encoded(photo()), encoded(photo("PNG")), photo("BMP", (300, 200))
    long = text("word " * 3000 + "![](attachment:a.png)", a=png)
    found, faults = shown(
        text("![my proof](attachment:a%20b.png)", **{"a b": jpeg}),
        text("nothing shows it", a=png),
        text(f"as Colab has it: ![](data:image/png;base64,{png}) and"),
        text(f'or <img width="9" src="data:image/jpeg;base64,{jpeg}"/>'),
        long,
        scan_bmp=bitmap,
    )
    assert faults == []
    assert [each.size for each in found] == [(600, 800)] * 5 + [(300, 200)]


def test_a_pdf_is_shown_page_by_page() -> None:
    file = io.BytesIO()
    sheet = Image.new("RGB", (210, 297), "white")
    sheet.save(file, "PDF", save_all=True, append_images=[sheet] * 9)
    found, faults = shown(proof_pdf=file.getvalue())
    assert len(found) == redraw.PAGES
    assert max(found[0].size) == pytest.approx(4 * 297, abs=9)
    assert faults == [f"cell 10: the file proof.pdf has more than {redraw.PAGES} pages"]


def test_a_large_photograph_becomes_a_small_one_the_right_way_up() -> None:
    image = Image.effect_noise((4000, 3000), 60).convert("RGB")
    image.getexif()[0x0112] = 6  # a telephone that was held upright
    file = io.BytesIO()
    image.save(file, "JPEG", exif=image.getexif())
    (found,), faults = shown(IMG_jpg=file.getvalue())
    assert faults == []
    assert found.height > found.width
    assert found.height <= redraw.WIDEST * redraw.HIGHEST


def bomb() -> bytes:
    """Return a PNG of a few kilobytes that would take gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1 << 20))
    end = chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + end


def test_what_is_no_picture_is_said_and_keeps_no_other_back() -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>steal()</script></svg>"
    found, faults = shown(
        text("", a=encoded(svg)),
        text("![](data:image/svg+xml;base64," + encoded(svg) + ")"),
        bomb_png=bomb(),
        IMG_heic=b"\0\0\0\x18ftypheic",
        page_pdf=b"%PDF-1.7 broken",
        too_jpg=b"",
        good_jpg=photo(),
    )
    assert len(found) == 1
    names = ("a.png", "picture", "bomb.png", "IMG.heic", "page.pdf", "too.jpg")
    assert [line.partition(": ")[2] for line in faults] == [
        f"the file {name} cannot be shown" for name in names
    ]


def test_bytes_that_are_no_plain_picture_are_not_taken() -> None:
    good = redraw.drawn(Image.new("RGB", (20, 20)))
    assert pictures.is_picture(good)
    assert not pictures.is_picture(good + b"<script>")
    assert not pictures.is_picture(good[:-1])
    assert not pictures.is_picture(photo())
    assert not pictures.is_picture(bomb())
    assert not pictures.is_picture(b"")
    note = b"tEXt" + b"a\0<script>"
    inside = struct.pack(">I", len(note) - 4) + note + struct.pack(">I", zlib.crc32(note))
    assert not pictures.is_picture(good[:-12] + inside + good[-12:])


def test_no_picture_is_fetched_from_anywhere() -> None:
    found, _ = shown(text("![a](http://example.com/a.png) ![b](b.png) <img src='c.png'>"))
    assert found == []


def test_only_a_picture_that_nobody_handed_in_is_elsewhere() -> None:
    beside = [("b 1.png", photo("PNG"))]
    here = ("attachment:a.png", "<attachment:a.png>", "attachment:picture-0123456789abcdef.png")
    for address in (*here, "img/b 1.png", "b%201.PNG", r"C:\\Users\\ann\\b 1.png"):
        assert pictures.elsewhere(text(f"![proof]({address})", a="AA=="), beside) == "", address
    for address in ("a.png", "my proof.png", "/var/a.png", "attachment:other.png"):
        for source in (f"![proof]({address})", f"![](<{address}>)", f'<img src="{address}">'):
            assert pictures.elsewhere(text(source), beside) == address, source
