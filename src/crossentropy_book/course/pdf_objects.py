"""A PDF whose objects are packed: Chromium writes each as text, and packs none.

A screen reader's tree has an object for every word of every formula; unpacked, they were a third
of the book's file.
"""

from __future__ import annotations

import re
import zlib

__all__ = ["packed"]

_TOGETHER = 500  # objects in a stream: a reader unpacks them all for one


def packed(pdf: bytes) -> bytes:
    """Return a PDF with its objects in object streams (ISO 32000-1, 7.5.7), each as it was.

    Parameters
    ----------
    pdf : bytes
        A PDF with one table of objects, as Chromium writes it.

    Raises
    ------
    ValueError
        If it has another form.
    """
    objects, trailer = _objects(pdf)
    body = bytearray(b"%PDF-1.5\n%\xd3\xeb\xe9\xe1\n")
    places = {0: (0, 0, 0xFFFF)}  # kind of place, where, and which one there
    loose = []
    for number, text in objects.items():
        if text.endswith(b"endstream"):  # a stream stands by itself
            places[number] = (1, len(body), 0)
            body += b"%d 0 obj\n%b\nendobj\n" % (number, text)
        else:
            loose.append(number)
    free = max(objects) + 1
    for start in range(0, len(loose), _TOGETHER):
        group = loose[start : start + _TOGETHER]
        places[free] = (1, len(body), 0)
        body += _together(free, [(number, objects[number]) for number in group])
        places |= {number: (2, free, index) for index, number in enumerate(group)}
        free += 1
    return bytes(body + _table(free, places, len(body), trailer))


def _objects(pdf: bytes) -> tuple[dict[int, bytes], bytes]:
    """Return the text of each object by its number, and what the trailer says."""
    found = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*$", pdf)
    start = int(found[1]) if found else 0
    table = re.match(rb"xref\n0 (\d+)\n", pdf[start : start + 40])
    trailer = re.search(rb"trailer\s*<<(.*?)>>\s*startxref", pdf[start:], re.DOTALL)
    if not found or not table or not trailer or b"/Prev" in trailer[1]:
        raise ValueError("a PDF with one table of objects is wanted, as Chromium writes it")
    first = start + table.end()
    rows = [pdf[first + 20 * i : first + 20 * (i + 1)] for i in range(int(table[1]))]
    places = sorted((int(row[:10]), i) for i, row in enumerate(rows) if row[17:18] == b"n")
    ends = [place for place, _ in places[1:]] + [start]
    objects = {}
    for (place, number), end in zip(places, ends, strict=True):
        head = b"%d 0 obj" % number
        text = pdf[place:end].strip()
        if not (text.startswith(head) and text.endswith(b"endobj")):
            raise ValueError(f"object {number} is not where the table says")
        objects[number] = text[len(head) : -len(b"endobj")].strip()
    return objects, trailer[1]


def _together(number: int, objects: list[tuple[int, bytes]]) -> bytes:
    """Return a stream of objects."""
    head, body = bytearray(), bytearray()
    for each, text in objects:
        head += b"%d %d " % (each, len(body))
        body += text + b"\n"
    said = b"/Type /ObjStm /N %d /First %d" % (len(objects), len(head))
    return _stream(number, said, head + body)


def _table(number: int, places: dict[int, tuple[int, int, int]], start: int, said: bytes) -> bytes:
    """Return the table of all objects, itself among them, and the end of the file."""
    places[number] = (1, start, 0)
    rows = b"".join(
        kind.to_bytes(1, "big") + where.to_bytes(4, "big") + which.to_bytes(2, "big")
        for kind, where, which in (places.get(i, places[0]) for i in range(number + 1))
    )
    rest = re.sub(rb"/Size \d+", b"/Size %d" % (number + 1), said)
    stream = _stream(number, b"/Type /XRef /W [1 4 2] " + rest, rows)
    return stream + b"startxref\n%d\n%%%%EOF\n" % start


def _stream(number: int, said: bytes, data: bytes | bytearray) -> bytes:
    text = zlib.compress(data, 9)
    return b"%d 0 obj\n<<%b /Filter /FlateDecode /Length %d>> stream\n%b\nendstream\nendobj\n" % (
        number,
        said,
        len(text),
        text,
    )
