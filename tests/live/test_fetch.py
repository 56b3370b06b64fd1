"""The runtime of `make live`: pinned, complete or not there, and lighter than it came."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from crossentropy_book.live import PURIFIER, fetch
from crossentropy_book.live.trim import trimmed


def wheel(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


@pytest.fixture
def distribution(tmp_path: Path) -> Path:
    """A distribution of Pyodide in small: each package is a wheel, and one depends on another."""
    folder = tmp_path / "distribution"
    folder.mkdir()
    packages = {}
    for name in (*fetch.PACKAGES, "openblas", "pytz", "unwanted"):
        content = wheel(**{f"{name}__tests__test.py": "0" * 999, f"{name}__core.py": "x = 1"})
        (folder / f"{name}.whl").write_bytes(content)
        packages[name] = {
            "depends": ["openblas", "pytz"] if name == "scipy" else [],
            "file_name": f"{name}.whl",
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    for name in ("pyodide.mjs", "pyodide.asm.wasm"):
        (folder / name).write_text("the interpreter")
    (folder / "pyodide-lock.json").write_text(json.dumps({"packages": packages}))
    return folder


def test_a_runtime_has_what_chapters_need_and_a_list_that_tells_its_hashes(
    distribution: Path, tmp_path: Path
) -> None:
    target = tmp_path / "runtime"
    size = fetch.make_runtime(distribution, target, None)
    packages = json.loads((target / "pyodide-lock.json").read_text())["packages"]
    assert set(packages) == {*fetch.PACKAGES, "openblas"}
    for package in packages.values():
        content = (target / package["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == package["sha256"]
        assert not any("tests" in name for name in zipfile.ZipFile(io.BytesIO(content)).namelist())
    assert packages["scipy"]["depends"] == ["openblas"]
    assert size == sum(path.stat().st_size for path in target.iterdir())
    code = (target / "pyodide.asm.wasm.zlib").read_bytes()
    assert zlib.decompress(code) == b"the interpreter"


def test_what_is_not_there_is_fetched_from_where_this_version_lies(
    distribution: Path, tmp_path: Path
) -> None:
    content = (distribution / "numpy.whl").read_bytes()
    (distribution / "numpy.whl").unlink()
    asked: list[str] = []

    def answer(address: str) -> bytes:
        asked.append(address)
        return content

    fetch.make_runtime(distribution, tmp_path / "runtime", answer)
    assert [address.rpartition("/")[2] for address in asked] == ["numpy.whl"]
    assert f"/v{fetch.VERSION}/" in asked[0]


@pytest.mark.parametrize("fault", ["another file", "nothing"])
def test_an_incomplete_runtime_is_none(distribution: Path, tmp_path: Path, fault: str) -> None:
    (distribution / "numpy.whl").unlink()

    def answer(address: str) -> bytes:
        if fault == "nothing":
            raise fetch.FetchError(f"{address} could not be fetched")
        return wheel(numpy__core="another")

    target = tmp_path / "runtime"
    with pytest.raises(fetch.FetchError, match=r"numpy\.whl"):
        fetch.make_runtime(distribution, target, answer)
    assert not target.exists()
    # The next call asks again.
    assert not (distribution / "numpy.whl").exists()


def test_another_interpreter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(fetch.FetchError, match="is not the file"):
        fetch.fetch_core(tmp_path / "core", lambda address: b"another")
    assert not (tmp_path / "core").exists()


def package(**files: str) -> bytes:
    """A package of npm."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


def test_of_an_editor_what_is_imported_comes_and_another_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = {name: "" for name in (*fetch._EDITOR_FILES, "core.js", "deep/part.js", "unused.js")}
    modules["index.js"] = 'import { a } from "./core.js";\n'
    modules["languages/python.js"] = 'export { b } from "../deep/part.js";'
    files = {f"package/dist/{name}": text for name, text in modules.items()}
    content = package(**files, **{"package/LICENSE": "MIT"})
    target = tmp_path / "editor"
    with pytest.raises(fetch.FetchError, match="is not the file"):
        fetch.fetch_editor(target, lambda address: content)
    assert not target.exists()
    known = base64.b64encode(hashlib.sha512(content).digest()).decode()
    monkeypatch.setattr(fetch, "_EDITOR_INTEGRITY", known)
    for _ in range(2):  # the second time it is there
        fetch.fetch_editor(target, lambda address, rest=[content]: rest.pop())
    there = {path.relative_to(target).as_posix() for path in target.rglob("*.*")}
    assert there == {*modules} - {"unused.js"}


def test_another_purifier_is_refused(tmp_path: Path) -> None:
    with pytest.raises(fetch.FetchError, match="is not the file"):
        fetch.fetch_purifier(tmp_path / "live", lambda address: b"another")
    assert not (tmp_path / "live").exists()


def test_the_command_says_what_is_missing_and_how_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    (tmp_path / "live" / PURIFIER).touch()
    with pytest.raises(SystemExit, match=r"(?s)is no distribution.*The book is as before"):
        fetch.main(["--from", str(tmp_path), "--to", str(tmp_path / "live")])


def test_a_trimmed_wheel_is_the_same_each_time() -> None:
    content = wheel(numpy__core="x", numpy__tests__a="y", numpy__core__h="z")
    assert trimmed(content) == trimmed(content)
