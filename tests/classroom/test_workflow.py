"""The workflow that grades on GitHub's machines: its own commands, run here, machine by machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from classroom import made
from classroom.bad_submissions import hand_in, needs_sandbox, put_broken
from crossentropy_classroom.grade import Batch, grade

ROOT = Path(__file__).parent.parent.parent
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "grade.yml").read_text("utf-8"))
SEED = "20240607"

# What stands in for GitHub's command line, and for make in a folder that has an environment.
GH = """#!/bin/bash
case "$1" in
  api) ls "$GITHUB_COM" ;;
  repo) git clone --quiet "file://$GITHUB_COM/${3#*/}" "$4" ;;
esac
"""
MAKE = """#!/bin/bash
exec {python} -m crossentropy_classroom "$1" --classroom classroom "${{2#SUBMISSIONS=}}"
"""


class Machines:
    """GitHub's machines: each job has a folder of its own, and what it hands on is an archive."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.add_program("gh", GH)
        self.add_program("make", MAKE.format(python=sys.executable))
        self.environment = os.environ | {
            "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_COM": str(folder / "github.com"),
        }

    def run(self, job: str, values: dict[str, Any], *archives: Path) -> Path:
        """Run the commands of a job, in order; return its folder."""
        self.count += 1
        home = self.folder / f"machine-{self.count}"
        shutil.copytree(self.folder / "assignments", home / "assignments")
        for archive in archives:
            shutil.copy(archive, home)
        for step in WORKFLOW["jobs"][job]["steps"]:
            if "run" not in step or "sudo" in step["run"] or "if" in step:
                continue
            own = {name: evaluated(text, values) for name, text in step.get("env", {}).items()}
            own |= {name: str(home / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
            script = step["run"].replace("-n 50", "-n 2")
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
            subprocess.run(command, cwd=home, env=self.environment | own, check=True)
        return home

    def add_program(self, name: str, text: str) -> None:
        (self.programs / name).write_text(text, "utf-8")
        (self.programs / name).chmod(0o755)


def commit(folder: Path) -> None:
    """Make a folder a repository, with what is in it."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(folder)]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "My answers"]):
        subprocess.run([*git, *words], check=True)


def evaluated(expression: str, values: dict[str, Any]) -> str:
    """Return what an expression of the workflow stands for."""
    return str(values[expression.removeprefix("${{ ").removesuffix(" }}")])


@needs_sandbox
def test_a_class_is_graded_on_several_machines_as_on_one(tmp_path: Path) -> None:
    assignment = made.assignment(tmp_path / "assignments")
    github = tmp_path / "github.com"
    (github / "hw-").mkdir(parents=True)  # the template
    (github / "hw-zoe").mkdir()  # nothing that could be cloned
    hand_in(github, **{"hw-ann": made.solved(), "hw-bob": made.solved(bits="bits = 3")})
    put_broken(github / "hw-eve")
    put_broken(github / "other-homework")
    for name in ("hw-ann", "hw-bob", "hw-eve"):
        commit(github / name)
    machines = Machines(tmp_path)
    values = {
        "secrets.CLASSROOM_TOKEN": "token",
        "secrets.CLASSROOM_SEED": SEED,
        "inputs.organization": "school",
        "inputs.prefix": "hw-",
    }
    output = (machines.run("find", values) / "GITHUB_OUTPUT").read_text("utf-8")
    batches = json.loads(output.removeprefix("batches="))
    assert batches == ["hw-ann hw-bob", "hw-eve hw-zoe"]

    parts = []
    for number, batch in enumerate(batches):
        each = {"matrix.repositories": batch, "strategy.job-index": number}
        parts.append(machines.run("grade", values | each) / f"part-{number}.tar.gz")
    # Whoever brings the results together has no sandbox: nothing is graded again.
    machines.add_program("bwrap", "#!/bin/bash\nexit 1\n")
    home = machines.run("collect", values, *parts)

    summary = (home / "GITHUB_STEP_SUMMARY").read_text("utf-8")
    assert "not graded: zoe synthetic: no notebook of it, only zoe/not-cloned" in summary
    assert "2 graded, 2 not graded" in summary
    teacher = tmp_path / "teacher"
    teacher.mkdir()
    subprocess.run(["tar", "-xf", home / "graded.tar.gz"], cwd=teacher, check=True)
    assert {path.name for path in (teacher / "classroom").iterdir()} == {"report.csv", "work"}
    # Which points stand in the teacher's gradebook, no other machine knows.
    assert not list(teacher.rglob("recorded"))
    report = teacher / "classroom" / "report.csv"
    there = report.read_bytes()
    shutil.rmtree(report.parent)
    grade(Batch([assignment], report.parent, int(SEED)), teacher / "submissions")
    assert report.read_bytes() == there
