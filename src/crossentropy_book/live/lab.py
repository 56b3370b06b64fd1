"""JupyterLab in the reader's browser, beside the book: ``make live`` builds it, a book fills it.

It is JupyterLite, with the front ends of widgets and of MyST, and a kernel that runs on the same
interpreter as the pages do. What a kernel imports besides comes as wheels, made of what is
installed here, and stands in a list of its own: nothing is fetched from another host, and nothing
is left for a reader to install. The build of a book adds its packages, its notebooks, and to the
page of each notebook the link that opens it there.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sphinx.application import Sphinx

from crossentropy_book import live
from crossentropy_book._packages import package_folder

__all__ = ["build", "main", "setup"]

_HERE = Path(__file__).parent
_PREFIX = Path(sys.prefix)
_LIST = "pyodide-lock.json"
_KERNEL = "@jupyterlite/pyodide-kernel-extension"
_EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "anywidget", "jupyterlab-myst", _KERNEL)
# What is Python alone, of what a kernel imports and what widgets do.
_ROOTS = ("ipython", "comm", "jedi", "ipywidgets", "anywidget")
# What a kernel has before its first cell. It would ask for micropip, for the sake of piplite alone.
_FIRST = ["micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython"]
# What stands for packages that a browser, or a book, cannot have, and what that needs.
_STAND_INS = {
    "math-core": ("math_core.py", ["latex2mathml"]),
    "piplite": ("piplite", []),
    "micropip": ("piplite", []),
}
# What these name, and only a server needs.
_NEEDLESS = {"jupyterlab-widgets", "widgetsnbextension"}
_UNREAD = ("__pycache__", ".so", ".pyd", ".otf", ".woff", "django-stubs", "typeshed/stubs")

Entry = dict[str, Any]
Files = list[tuple[str, bytes]]


# ---- Wheels of what is installed ----


def _files(name: str) -> Files:
    """Return the files of an installed package; of one in development, those of its folder."""
    there = distribution(name)
    paths = [(file.as_posix(), Path(str(file.locate()))) for file in there.files or ()]
    if not any(path.endswith(".py") for path, _ in paths):
        folder = package_folder(name)
        paths = [
            (path.relative_to(folder.parent).as_posix(), path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ]
    files = [
        (path, file.read_bytes())
        for path, file in paths
        if path[0] != "." and ".dist-info/" not in path and not any(w in path for w in _UNREAD)
    ]
    about = f"{canonicalize_name(name).replace('-', '_')}-{there.version}.dist-info"
    return [*files, (f"{about}/METADATA", (there.read_text("METADATA") or "").encode())]


def _entry(name: str, version: str, files: Files, depends: list[str], folder: Path) -> Entry:
    """Write a wheel; return what the list of an interpreter says of it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, content in files:
            archive.writestr(zipfile.ZipInfo(path), content, 8, 9)
    wheel = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    # A browser that has an older one under its address would refuse it.
    digest = hashlib.sha256(packed.getvalue()).hexdigest()
    target = folder / digest[:12] / wheel
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(packed.getvalue())
    tops = {path.partition("/")[0] for path, _ in files if path.endswith(".py")}
    return {
        "name": name,
        "version": version,
        "file_name": f"{folder.name}/{digest[:12]}/{wheel}",
        "sha256": digest,
        "install_dir": "site",
        "package_type": "package",
        "imports": sorted(top.removesuffix(".py") for top in tops),
        "depends": depends,
    }


def _needed(name: str, python: str) -> list[str]:
    """Return what an installed package needs where Python runs in a browser."""
    there = {
        "sys_platform": "emscripten",
        "platform_system": "Emscripten",
        "python_version": ".".join(python.split(".")[:2]),
        "python_full_version": python,
        "extra": "",
    }
    asked = [Requirement(line) for line in distribution(name).requires or ()]
    names = [
        canonicalize_name(one.name) for one in asked if not one.marker or one.marker.evaluate(there)
    ]
    return [other for other in names if other not in _NEEDLESS]


def _pure(listed: Entry, folder: Path) -> Iterator[Entry]:
    """Make a wheel of each package that a kernel imports, and the interpreter's list lacks."""
    left, made = list(_ROOTS), set(listed["packages"])
    while left:
        name = left.pop()
        if name not in made:
            made.add(name)
            depends = _needed(name, listed["info"]["python"])
            left += depends
            yield _entry(name, distribution(name).version, _files(name), depends, folder)


def _brought(site: Path) -> Iterator[Entry]:
    """Yield what the kernel's extension brings, which stands in for packages of a server."""
    folder = site / "extensions" / _KERNEL / "static" / "pypi"
    for wheel in sorted(folder.glob("*.whl")):  # of two versions the newer counts, which is last
        name, version, _ = wheel.name.split("-", 2)
        with zipfile.ZipFile(wheel) as archive:
            tops = {path.partition("/")[0] for path in archive.namelist() if path.endswith(".py")}
        yield {
            "name": canonicalize_name(name),
            "version": version,
            "file_name": wheel.relative_to(site).as_posix(),
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "install_dir": "site",
            "package_type": "package",
            "imports": sorted(tops),
            "depends": [],
        }


def _stand_ins(folder: Path) -> Iterator[Entry]:
    """Make a wheel of each stand-in."""
    for name, (file, depends) in _STAND_INS.items():
        path = _HERE / "stand_ins" / file
        paths = sorted(path.glob("*.py")) if path.is_dir() else [path]
        files = [(one.relative_to(path.parent).as_posix(), one.read_bytes()) for one in paths]
        about = f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n".encode()
        files.append((f"{name.replace('-', '_')}-0.dist-info/METADATA", about))
        yield _entry(name, "0", files, depends, folder)


# ---- ``make live`` ----


def build(runtime: Path, target: Path, tools: Path) -> int:
    """Build the lab without the book's own part; return its size in bytes.

    Parameters
    ----------
    runtime : Path
        The folder with the interpreter that it will run on.
    target : Path
        It is written anew, and is there when all of it is.
    tools : Path
        The folder with JupyterLite, and with extensions that are not installed here.
    """
    listed = json.loads((runtime / _LIST).read_text("utf-8"))
    new = target.with_name(f"{target.name}.new")
    for old in (new, target):
        shutil.rmtree(old, ignore_errors=True)
    new.mkdir(parents=True)
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--apps=lab"]
    command += ["--ignore-sys-prefix", "--no-sourcemaps", "--no-unused-shared-packages"]
    command += [f"--lite-dir={new}", f"--output-dir={new / 'site'}"]
    for name in _EXTENSIONS:
        places = [root / "share" / "jupyter" / "labextensions" / name for root in (tools, _PREFIX)]
        command.append(
            f"--LiteBuildConfig.federated_extensions={next(filter(Path.exists, places))}"
        )
    environment = os.environ | {"PYTHONPATH": str(tools)}
    done = subprocess.run(command, cwd=new, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"JupyterLite could not be built:\n{done.stdout}\n{done.stderr}")
    site = new / "site"
    for needless in (*site.glob("rspack*"), *site.glob("icon-512*")):
        needless.unlink()
    entries = [*_brought(site), *_pure(listed, site / "wheels"), *_stand_ins(site / "wheels")]
    (new / _LIST).write_text(json.dumps({entry["name"]: entry for entry in entries}), "utf-8")
    new.rename(target)
    return sum(path.stat().st_size for path in target.rglob("*") if path.is_file())


def main(arguments: list[str] | None = None) -> None:
    """Build it, and say what came of it."""
    parser = argparse.ArgumentParser(prog="make live", description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=Path("_build/live"))
    parser.add_argument("--tools", type=Path, required=True, help="a folder with JupyterLite")
    options = parser.parse_args(arguments)
    folder = options.to.resolve()
    size = build(folder / "runtime", folder / "lab", options.tools.resolve())
    print(f"JupyterLab for the browser: {size / 1e6:.1f} MB. Now `make book`.")


# ---- The part of a book ----


def _source(app: Sphinx) -> Path | None:
    """Return the folder of the built lab, if there is one and an interpreter."""
    folder = Path(app.srcdir) / app.config.live_lab
    there = app.builder.format == "html" and app.config.live_python and folder.exists()
    return folder if there else None


def _course(app: Sphinx, folder: Path) -> list[Entry]:
    """Make wheels of the packages that the notebooks import; the first one needs all else."""
    first, *others = [canonicalize_name(name) for name in app.config.live_packages]
    packages = [*app.config.live_distribution, *app.config.live_later]
    depends = {first: [*others, "math-core", "anywidget", *packages]}
    return [
        _entry(name, distribution(name).version, _files(name), depends.get(name, []), folder)
        for name in (first, *others)
    ]


def _model(path: str, kind: str, content: list[Entry] | None = None) -> Entry:
    """Return what Jupyter's contents say of a file or a folder."""
    when = "2026-01-01T00:00:00Z"
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "type": kind,
        "format": None if content is None else "json",
        "content": content,
        "created": when,
        "last_modified": when,
        "mimetype": None,
        "size": None,
        "writable": True,
    }


def _is_offered(app: Sphinx, page: str) -> bool:
    """Return whether a notebook is in the lab; its metadata may forbid that alone."""
    if not live.has_python(app, page):
        return False
    return str(app.env.metadata[page].get("live_lab", True)) != "False"


def _add_notebooks(app: Sphinx, lab: Path) -> None:
    """Put the notebooks into the lab, and the lists of its folders."""
    folders: dict[str, dict[str, Entry]] = {"": {}}
    for page in sorted(page for page in app.env.found_docs if _is_offered(app, page)):
        target = lab / "files" / f"{page}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(app.env.doc2path(page), target)
        path, kind = f"{page}.ipynb", "notebook"
        while path:
            folder = path.rpartition("/")[0]
            folders.setdefault(folder, {})[path] = _model(path, kind)
            path, kind = folder, "directory"
    for folder, content in folders.items():
        listed = lab / "api" / "contents" / folder / "all.json"
        listed.parent.mkdir(parents=True, exist_ok=True)
        listed.write_text(json.dumps(_model(folder, "directory", [*content.values()])), "utf-8")


def _add(app: Sphinx, exception: Exception | None) -> None:
    """Put the lab beside the pages, with the book's part, on the interpreter of the pages."""
    lab = Path(app.outdir) / "lab"
    shutil.rmtree(lab, ignore_errors=True)
    source = _source(app)
    if exception is not None or source is None:
        return
    shutil.copytree(source / "site", lab, copy_function=os.link)
    python = Path(app.outdir) / "_static" / "live" / live.interpreter(app)
    listed = json.loads((python / _LIST).read_text("utf-8"))
    own = json.loads((source / _LIST).read_text("utf-8"))
    own |= {entry["name"]: entry for entry in _course(app, lab / "wheels")}
    for entry in own.values():
        entry["file_name"] = f"../../../lab/{entry['file_name']}"
    listed["packages"] |= own
    text = json.dumps(listed, sort_keys=True)
    name = f"lab-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
    # An interpreter looks for packages from where their list is, and some from where it is itself.
    (python / name).write_text(text, "utf-8")
    _configure(lab, f"../_static/live/{python.name}", name, f"{app.config.html_title}")
    _add_notebooks(app, lab)


def _configure(lab: Path, python: str, listed: str, title: str) -> None:
    """Tell the lab where the interpreter is, and that no other host is asked."""
    path = lab / "jupyter-lite.json"
    config = json.loads(path.read_text("utf-8"))
    data = config["jupyter-config-data"]
    data |= {"appName": title, "contentsAllJsonFile": "all.json"}
    data["litePluginSettings"][f"{_KERNEL}:kernel"] |= {
        "pyodideUrl": f"./{python}/pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {
            "lockFileURL": f"{python}/{listed}",
            "packages": _FIRST,
            "env": {"CROSSENTROPY_STILLS": "0"},
        },
    }
    path.unlink()  # it is the same file as where it was built
    path.write_text(json.dumps(config), "utf-8")


def _offer(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Put the link into the menu in which the notebook can be downloaded."""
    if doctree is None or _source(app) is None or not _is_offered(app, page):
        return
    link = {
        "type": "link",
        "url": f"{context['pathto']('lab/lab/index.html', 1)}?path={page}.ipynb",
        "text": "Open as a notebook",
        "icon": "fas fa-rocket",
        "tooltip": "JupyterLab in this browser",
        "label": "lab-button",
    }
    for button in context["header_buttons"]:
        if button["label"] == "download-buttons":
            button["buttons"].insert(0, link)


def setup(app: Sphinx) -> None:
    """Connect to the pages, and add what a book may say of its lab."""
    app.add_config_value("live_lab", "_build/live/lab", "html", [str])
    app.connect("html-page-context", _offer, priority=800)
    # After what goes into the zip of the book: a lab does not start from a disk.
    app.connect("build-finished", _add, priority=950)


if __name__ == "__main__":
    main()
