"""Packages of Python made lighter for a page: without tests, sample data and headers."""

from __future__ import annotations

import io
import re
import zipfile

__all__ = ["trimmed"]

_UNREAD = re.compile(
    r"(^|/)tests?/"
    r"|^scipy/misc/|^scipy/datasets/"
    r"|^matplotlib/mpl-data/(sample_data|images|plot_directive|fonts/(afm|pdfcorefonts))/"
    r"|^matplotlib/backends/web_backend/"
    r"|^sklearn/datasets/(images|data/(?!digits))"
    r"|\.(pyi|pxd|pyx|h|c|hpp|cpp|exe)$"
)


def trimmed(archive: bytes) -> bytes:
    """Return a wheel without the files that no page reads, and with the rest packed well."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for entry in source.infolist():
            if not entry.is_dir() and not _UNREAD.search(entry.filename):
                # A date of its own would make each build another.
                target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry), 8, 9)
    return packed.getvalue()
