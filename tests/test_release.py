"""The release: its own shell is run, and the wheel is tried where nothing else is installed."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
import yaml
from test_project import PROJECTS, ROOT, WORKFLOWS, tracked

VERSION = PROJECTS["crossentropy"]["version"]
ADDRESS = "https://example.org/who/why"
WORKFLOW = yaml.safe_load((WORKFLOWS / "release.yml").read_text("utf-8"))
STEPS = {step["name"]: step for step in WORKFLOW["jobs"]["build"]["steps"] if "run" in step}
HELPER = "information likelihood softmax classifier coding derivation exercises exercises._exercise"

DOCTESTS = """
import doctest, importlib, sys
for name in sys.argv[1:]:
    module = importlib.import_module(f"crossentropy.{name}")
    failed, tried = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    print(name, failed, tried > 0 or name.endswith("_exercise"))
"""
REFUSALS = """
for line in (
    "from crossentropy import widgets",
    "from crossentropy import figures; figures.text",
    "from crossentropy.widgets import entropy_bars",
):
    try:
        exec(line)
    except ImportError as problem:
        print(problem)
from crossentropy import Derivation
print(Derivation("A square").step("1 + 1", 2)._repr_html_())
"""


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a program of the environment that the tests run in, and nothing of this checkout."""
    scripts = sysconfig.get_path("scripts")
    options["env"] = {
        name: value for name, value in os.environ.items() if name not in {"PYTHONPATH"}
    } | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", **options.get("env", {})}
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def built_or_offline(done: subprocess.CompletedProcess[str]) -> None:
    """Without a network nothing can be built or installed, and nothing is said of the wheels."""
    if done.returncode and not os.environ.get("CI"):
        offline = re.search("dns error|[Ff]ailed to fetch|error sending request", done.stderr)
        if offline:
            pytest.skip(f"OFFLINE, so the wheels were not tried: {offline[0]}")
    assert done.returncode == 0, done.stdout + done.stderr


def step(name: str, folder: Path, tag: str = f"v{VERSION}") -> subprocess.CompletedProcess[str]:
    env = {"TAG": tag, "ADDRESS": ADDRESS, "NO_COLOR": "1"}
    return run("bash", "-e", "-o", "pipefail", "-c", STEPS[name]["run"], cwd=folder, env=env)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is committed."""
    copy = tmp_path_factory.mktemp("release")
    for path in tracked():
        if path.is_relative_to(ROOT / "src") or path.parent == ROOT:
            target = copy / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return copy


@pytest.fixture(scope="module")
def dist(tree: Path) -> Path:
    """The three sdists and wheels, made by the workflow's steps in their order."""
    for name in STEPS:
        if not name.startswith("Install"):
            built_or_offline(step(name, tree))
    return tree / "dist"


@pytest.fixture(scope="module")
def bare(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the bare wheel, and what it asks for."""
    venv = tmp_path_factory.mktemp("bare") / "venv"
    python = venv / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    built_or_offline(run("uv", "venv", "--quiet", "--python", sys.executable, venv))
    wheel = next(dist.glob("crossentropy-*.whl"))
    lock = ROOT / "requirements.txt"
    built_or_offline(run("uv", "pip", "install", "--python", python, "-c", lock, wheel))
    return python


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
        return message_from_bytes(archive.read(name))


def test_it_publishes_a_tagged_version_by_one_job_without_a_password() -> None:
    assert WORKFLOW[True] == {"push": {"tags": ["v*"]}}  # YAML reads "on" as true
    build, publish = WORKFLOW["jobs"]["build"], WORKFLOW["jobs"]["publish"]
    assert "permissions" not in build
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["environment"] == "pypi"
    assert publish["needs"] == "build"
    assert "secrets." not in (WORKFLOWS / "release.yml").read_text("utf-8")


@pytest.mark.parametrize("tag", ["v9.9.9", VERSION, f"v{VERSION}.1", "v"])
def test_a_tag_that_is_not_the_version_is_refused(tree: Path, tag: str) -> None:
    done = step("Refuse a tag that is not the version", tree, tag)
    assert done.returncode == 1
    assert f"::error::The tag is {tag}, but . is of version {VERSION}" in done.stdout


def test_six_files_are_made_and_each_says_where_it_is_from(dist: Path) -> None:
    names = ["crossentropy", "crossentropy_book", "crossentropy_classroom"]
    ends = ["-py3-none-any.whl", ".tar.gz"]
    made = {path.name for path in dist.iterdir() if path.suffix in {".whl", ".gz"}}
    assert made == {f"{name}-{VERSION}{end}" for name in names for end in ends}
    for name in names:
        about = metadata(dist / f"{name}-{VERSION}{ends[0]}")
        assert about.get_all("Project-URL") == [
            f"Repository, {ADDRESS}",
            f"Changelog, {ADDRESS}/blob/v{VERSION}/CHANGELOG.md",
        ]
        # A page on PyPI has no folder that a relative link could lead into.
        assert not re.search(r"\]\((?!https://)", about.get_payload())


def test_no_address_is_made_up_and_the_changelog_knows_the_version() -> None:
    assert not any("urls" in project for project in PROJECTS.values())
    assert f"\n## {VERSION}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_wheel_of_students_holds_no_grader_and_no_book(dist: Path) -> None:
    with zipfile.ZipFile(next(dist.glob("crossentropy-*.whl"))) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {
        "crossentropy",
        f"crossentropy-{VERSION}.dist-info",
    }
    kept = {name.split("/")[1] for name in names if name.startswith("crossentropy/")}
    here = {
        path.relative_to(ROOT / "src/crossentropy").parts[0]
        for path in tracked()
        if path.is_relative_to(ROOT / "src/crossentropy")
    }
    assert kept == here - {"README.md"}
    assert not [name for name in names if name.endswith((".ipynb", ".toml", ".csv"))]
    assert "crossentropy/py.typed" in names


def test_what_check_needs_comes_with_the_notebook_extra(dist: Path) -> None:
    wanted = metadata(next(dist.glob("crossentropy-*.whl"))).get_all("Requires-Dist")
    extra = {re.match(r"[\w-]+", line)[0] for line in wanted if "extra == 'notebook'" in line}
    bare = {re.match(r"[\w-]+", line)[0] for line in wanted if "extra" not in line}
    assert bare == {"numpy", "scipy"}
    text = (ROOT / "src/crossentropy/rehearsal.py").read_text("utf-8")
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    needed = imported - set(sys.stdlib_module_names)
    assert needed == {"nbclient", "nbformat"}
    assert {*needed, "ipykernel"} <= extra


def test_a_bare_install_brings_numpy_and_scipy_and_nothing_else(bare: Path) -> None:
    done = run("uv", "pip", "list", "--python", bare, "--format", "json")
    assert {entry["name"] for entry in json.loads(done.stdout)} == {
        "crossentropy",
        "numpy",
        "scipy",
    }


def test_the_helper_s_examples_run_in_a_bare_install(bare: Path, tmp_path: Path) -> None:
    done = run(bare, "-I", "-W", "error", "-c", DOCTESTS, *HELPER.split(), cwd=tmp_path)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [f"{name} 0 True" for name in HELPER.split()]


def test_a_bare_install_names_the_extra_that_is_missing(bare: Path, tmp_path: Path) -> None:
    done = run(bare, "-I", "-c", REFUSALS, cwd=tmp_path)
    *refusals, html = done.stdout.splitlines()
    assert len(refusals) == 3, done.stderr
    for asker, refusal in zip(["widgets", "figures", "widgets"], refusals, strict=True):
        assert re.fullmatch(
            rf"crossentropy\.{asker} needs \w+, which is not installed: "
            r"pip install 'crossentropy\[notebook\]'",
            refusal,
        )
    assert html == "None"
    command = run(bare.parent / "crossentropy", "check", "x.ipynb", cwd=tmp_path)
    assert command.returncode == 2
    assert "crossentropy check needs nbformat, which is not installed: pip" in command.stderr
