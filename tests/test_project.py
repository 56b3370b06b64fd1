"""The project itself: its workflow, its lock, its README, and what may not be in it."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import pytest
import yaml

import crossentropy

ROOT = Path(__file__).parent.parent
WORKFLOWS = ROOT / ".github" / "workflows"
# What each package says of itself.
PROJECTS = {
    package: tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))["project"]
    for package, folder in {
        "crossentropy": ".",
        "crossentropy_book": "src/crossentropy_book",
        "crossentropy_classroom": "src/crossentropy_classroom",
    }.items()
}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def test_actionlint_finds_nothing_in_the_workflows() -> None:
    actionlint = Path(sysconfig.get_path("scripts")) / "actionlint"
    result = subprocess.run(
        [actionlint, *WORKFLOWS.glob("*.yml")], capture_output=True, text=True, check=False
    )
    assert (result.stdout + result.stderr, result.returncode) == ("", 0)


@pytest.mark.parametrize("path", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.stem)
def test_a_workflow_pins_its_actions_and_holds_few_permissions(path: Path) -> None:
    text = path.read_text("utf-8")
    for action in re.findall(r"uses: (\S+)", text):
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action), action
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}


def test_the_book_is_tested_on_every_python_and_what_a_browser_saw_is_published() -> None:
    text = (WORKFLOWS / "book.yml").read_text("utf-8")
    workflow = yaml.safe_load(text)
    assert set(workflow["jobs"]["deploy"]["permissions"]) == {"pages", "id-token"}
    pythons = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    numbers = [tuple(map(int, python.split("."))) for python in pythons]
    assert PROJECTS["crossentropy"]["requires-python"] == f">={pythons[0]}"
    assert numbers == [(3, minor) for minor in range(numbers[0][1], numbers[-1][1] + 1)]
    # One of them runs the browser's tests, and its book is the one that is published.
    (tested,) = re.findall(r"matrix\.python != '(.*?)' && '-m \"not browser\"'", text)
    only_there = re.findall(r"matrix\.python == '(.*?)'", text)
    assert {tested} == set(only_there) <= set(pythons)


def test_every_dependency_is_locked() -> None:
    wanted = []
    for project in PROJECTS.values():
        extras = project["optional-dependencies"].values()
        wanted += [*project["dependencies"], *itertools.chain.from_iterable(extras)]
    locked = re.findall(
        r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE
    )
    names = {
        re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-") for requirement in wanted
    }
    assert names - {"crossentropy"} <= set(locked)


def test_the_three_packages_are_of_one_version() -> None:
    (version,) = {project["version"] for project in PROJECTS.values()}
    for package in ("crossentropy_book", "crossentropy_classroom"):
        assert f"crossentropy[notebook]=={version}" in PROJECTS[package]["dependencies"]


def test_make_lists_every_target_that_the_readme_names() -> None:
    listing = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = set(re.findall(r"^make (\w+)", listing, re.MULTILINE))
    text = (ROOT / "README.md").read_text("utf-8") + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert set(re.findall(r"(?:`|^)make (\w+)", text, re.MULTILINE)) <= listed
    commands = (ROOT / "Makefile").read_text("utf-8")
    assert listed == set(re.search(r"^\.PHONY: (.*)", commands, re.MULTILINE)[1].split())


def test_links_of_the_readme_lead_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text("utf-8")):
            assert (ROOT / target).exists(), target


def test_public_names_are_documented_and_sorted() -> None:
    assert crossentropy.__all__ == sorted(crossentropy.__all__)
    for name in crossentropy.__all__:
        documentation = getattr(crossentropy, name).__doc__
        assert "Examples" in documentation, name


def test_every_script_is_linted_and_type_checked(tmp_path: Path) -> None:
    scripts = {path.relative_to(ROOT).as_posix() for path in tracked() if path.suffix == ".js"}
    commands = (ROOT / "Makefile").read_text("utf-8")
    lint, check = re.findall(r"^\t\$\(BIN\)/((?:oxlint|deno check) .*)", commands, re.MULTILINE)
    environment = {**os.environ, "DENO_DIR": str(tmp_path), "NO_COLOR": "1"}
    linted, checked = (
        subprocess.run(
            f"{sysconfig.get_path('scripts')}/{command}",
            shell=True,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        for command in (f"{lint} --debug=files", check.replace("--quiet", ""))
    )
    assert scripts <= set(re.findall(r"^\S+\.js", linted.stdout, re.MULTILINE))
    assert scripts <= set(re.findall(r"^Check (\S+)", checked.stderr, re.MULTILINE))


def test_no_script_is_excused() -> None:
    for path in tracked():
        if path.suffix == ".js":
            excuse = re.search(r"@ts-\w+|(?:ox|es)lint-disable", path.read_text("utf-8"))
            assert not excuse, f"{path}: {excuse}"


@pytest.mark.parametrize("kind", ["*.js", "*.css", "*.woff2", "*.ttf", "*.map"])
def test_no_bundle_and_no_font_of_others_is_committed(kind: str) -> None:
    src = ROOT / "src"
    ours = {src / "crossentropy" / "widgets", src / "crossentropy_book", ROOT / "tests"}
    for path in tracked():
        if path.match(kind):
            assert ours & set(path.parents), path
            assert path.stat().st_size < 40_000, path


def test_no_path_of_one_machine_is_committed() -> None:
    for path in tracked():
        if path.suffix in {".png"}:
            continue
        found = re.search(r"(?<![\w.])/(?:home|root|work|Users|tmp)/\w", path.read_text("utf-8"))
        assert not found, f"{path}: {found}"
