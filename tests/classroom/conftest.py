"""What several tests of the classroom start from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crossentropy_classroom import gradebook


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """To make its tables once is enough."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with gradebook.opened(path):
        return path


@pytest.fixture
def classroom(tmp_path: Path, empty_gradebook: Path) -> Path:
    folder = tmp_path / "classroom"
    folder.mkdir()
    shutil.copy(empty_gradebook, folder)
    return folder
