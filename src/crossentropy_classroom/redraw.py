"""The program inside the sandbox that decodes pictures of students, and draws them anew as PNG.

A decoder of pictures is a large program that is fed by strangers, so it runs where it can do no
harm. It is told all pictures in one message, in JSON; it says each page of each in a message of the
form that `runner` describes, as a PNG of bounded size or as the reason why there is none.
"""

from __future__ import annotations

import base64
import io
import json
import sys
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageOps

# The kinds that are decoded, beside PDF.
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")

# The widest picture in pixels, how many times as high it may be, and its bytes. Handwriting is read
# well in 64 colours.
WIDEST, HIGHEST, LARGEST, COLOURS = 1600, 2, 700_000, 64

# How many pages of a PDF are drawn.
PAGES = 8

# A picture of more pixels than twice this is refused before it takes any memory.
Image.MAX_IMAGE_PIXELS = 60_000_000


def pages(data: bytes) -> Iterator[Image.Image]:
    """Yield a picture, or each page of a PDF."""
    if b"%PDF-" in data[:1024]:
        import pypdfium2

        document = pypdfium2.PdfDocument(data)
        for number in range(len(document)):
            page = document[number]
            yield page.render(scale=min(4.0, WIDEST / max(page.get_size()))).to_pil()
        return
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        image.draft("RGB", (2 * WIDEST, 2 * WIDEST))  # a large JPEG is decoded to less
        yield ImageOps.exif_transpose(image)  # telephones write down which way is up


def drawn(image: Image.Image) -> bytes:
    """Return a picture as PNG, small enough for a page."""
    image.thumbnail((WIDEST, HIGHEST * WIDEST))
    ink = image.convert("RGBA")
    paper = Image.new("RGB", ink.size, "white")
    paper.paste(ink, mask=ink.getchannel("A"))
    while True:
        file = io.BytesIO()
        paper.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG")
        if file.tell() <= LARGEST:
            return file.getvalue()
        paper = paper.reduce(2)


def say(header: dict[str, Any], payload: bytes = b"") -> None:
    """Write a message."""
    head = json.dumps({**header, "bytes": len(payload)}).encode()
    sys.stdout.buffer.write(len(head).to_bytes(4, "big") + head + payload)
    sys.stdout.buffer.flush()


def main() -> None:
    """Draw all pictures."""
    size = int.from_bytes(sys.stdin.buffer.read(4), "big")
    for number, text in enumerate(json.loads(sys.stdin.buffer.read(size))):
        try:
            for page, image in enumerate(pages(base64.b64decode(text))):
                if page == PAGES:
                    say({"picture": number, "problem": f"has more than {PAGES} pages"})
                    break
                say({"picture": number}, drawn(image))
        except Exception:  # of any kind: the other pictures are drawn
            say({"picture": number, "problem": "cannot be shown"})


if __name__ == "__main__":
    main()
