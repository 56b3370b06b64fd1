"""A zip is unpacked where it should be, or not at all."""

from __future__ import annotations

import os
import random
import stat
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crossentropy_classroom import archive
from crossentropy_classroom.archive import unpack

Make = Callable[[zipfile.ZipFile], object]


def packed(folder: Path, make: Make) -> Path:
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("ann/good.ipynb", "{}")
        make(opened)
    return path


def entry(name: str, mode: int = 0, content: str = "x") -> Make:
    def make(opened: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo(name)
        info.filename = name  # a ZipInfo that is made cuts the name at a zero
        info.external_attr, info.compress_type = mode << 16, zipfile.ZIP_DEFLATED
        opened.writestr(info, content)

    return make


def twice(opened: zipfile.ZipFile) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr("ann/good.ipynb", "[]")


def test_what_it_holds_is_there_with_its_times(tmp_path: Path) -> None:
    def make(opened: zipfile.ZipFile) -> None:
        opened.writestr(zipfile.ZipInfo("bob/", (2026, 11, 6, 0, 0, 0)), "")
        opened.writestr(zipfile.ZipInfo("Zoë/a b.ipynb", (2026, 11, 6, 23, 59, 58)), "1")
        exact = zipfile.ZipInfo("Zoë/c.ipynb", (2000, 1, 1, 0, 0, 0))
        exact.extra = struct.pack("<HHBi", 0x5455, 5, 1, 1_794_000_001)
        opened.writestr(exact, "2")
        nothing = zipfile.ZipInfo("Zoë/d.ipynb")
        opened.writestr(nothing, "3")

    (tmp_path / "unpacked").mkdir()
    (tmp_path / "unpacked" / "old").write_text("of the last time", "utf-8")
    folder = unpack(packed(tmp_path, make), tmp_path / "unpacked", ZoneInfo("Europe/Berlin"))
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert files == {"ann/good.ipynb", "Zoë/a b.ipynb", "Zoë/c.ipynb", "Zoë/d.ipynb"}
    assert (folder / "bob").is_dir()
    then = datetime(2026, 11, 6, 22, 59, 58, tzinfo=UTC)
    assert (folder / "Zoë/a b.ipynb").stat().st_mtime == then.timestamp()
    assert (folder / "Zoë/c.ipynb").stat().st_mtime == 1_794_000_001


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (entry("../out"), "'../out' would be written outside"),
        (entry("ann/../../out"), "would be written outside"),
        (entry("/out"), "would be written outside"),
        (entry("ann//out"), "would be written outside"),
        (entry("./out"), "would be written outside"),
        (entry("..\\out"), "would be written outside"),
        (entry("C:out"), "would be written outside"),
        (entry("ann/link", stat.S_IFLNK | 0o777, "/etc/passwd"), "'ann/link' is a symbolic link"),
        (entry("ann/pipe", stat.S_IFIFO | 0o666), "'ann/pipe' is no file"),
        (twice, "'ann/good.ipynb' is in it twice"),
        (entry("ann/big", content="x" * 3_000), "more than 0 GB"),
        (lambda opened: [entry(f"ann/{i}")(opened) for i in range(30)], "more than 20 files"),
    ],
)
def test_what_would_do_harm_is_refused_whole(
    tmp_path: Path, make: Make, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_FILES", 20)
    monkeypatch.setattr(archive, "MOST_BYTES", 2_000)
    outside = tmp_path / "a" / "b"
    outside.mkdir(parents=True)
    path = packed(tmp_path, make)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match=f"all.zip is refused: .*{said}"):
        unpack(path, outside / "unpacked")
    assert sorted(tmp_path.rglob("*")) == before


def test_an_entry_that_says_too_little_of_its_size_writes_no_more(tmp_path: Path) -> None:
    path = packed(tmp_path, entry("ann/bomb", content="x" * 100_000))
    data = bytearray(path.read_bytes())
    size = struct.pack("<I", 100_000)
    for _ in range(2):  # beside the entry, and in the directory at the end
        at = data.index(size)
        data[at : at + 4] = struct.pack("<I", 10)
    path.write_bytes(data)
    with pytest.raises(ValueError, match="Bad CRC-32"):
        unpack(path, tmp_path / "unpacked")
    assert sum(p.stat().st_size for p in (tmp_path / "unpacked").rglob("bomb")) <= 10


@pytest.mark.parametrize(
    ("data", "said"), [(b"PK", "is not a zip file"), (b"", "is not a zip file")]
)
def test_what_is_no_zip_is_said(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=f"all.zip is no zip that can be unpacked: .*{said}"):
        unpack(path, tmp_path / "unpacked")


def test_an_encrypted_zip_and_a_file_below_a_file_are_said(tmp_path: Path) -> None:
    path = packed(tmp_path, entry("ann/good.ipynb/more"))
    with pytest.raises(ValueError, match="cannot be unpacked: "):
        unpack(path, tmp_path / "unpacked")
    data = bytearray(packed(tmp_path, entry("ann/secret")).read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match="'ann/secret' is encrypted"):
        unpack(path, tmp_path / "unpacked")


def test_a_link_in_the_place_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "kept").write_text("", "utf-8")
    os.symlink(tmp_path / "precious", tmp_path / "unpacked")
    unpack(packed(tmp_path, entry("bob/x")), tmp_path / "unpacked")
    assert [path.name for path in (tmp_path / "precious").iterdir()] == ["kept"]
    assert (tmp_path / "unpacked" / "bob" / "x").read_text("utf-8") == "x"


def test_a_damaged_zip_is_an_error_that_is_said(tmp_path: Path) -> None:
    """Whatever is damaged: each damage is met once."""
    whole = packed(tmp_path, entry("Zoë/x", content="a notebook " * 9)).read_bytes()
    chance, path = random.Random(1), tmp_path / "damaged.zip"
    said = []
    for _ in range(400):
        data = bytearray(whole[: chance.choice([len(whole), chance.randrange(1, len(whole))])])
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        try:
            unpack(path, tmp_path / "unpacked")
        except ValueError as problem:
            said.append(str(problem))
    assert len(said) > 200
    assert {text.partition(" ")[0] for text in said} == {str(path)}
    assert {each.name for each in tmp_path.iterdir()} <= {"all.zip", "damaged.zip", "unpacked"}
