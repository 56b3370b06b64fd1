"""Notebooks executed side by side before the build reads them: a kernel a core, and not one in all.

The build finds the outputs in its cache. A notebook that fails is left to it: it is executed once
more there, and the build reports it.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

__all__ = ["setup"]

_FORMATS = {".ipynb": "nbformat", ".md": "myst_nb_md"}


def _execute(app: Sphinx, env: BuildEnvironment, names: list[str]) -> None:
    """Execute the pages that will be read and hold code, unless their outputs are known."""
    notebooks = [path for path in map(Path, map(env.doc2path, names)) if _holds_code(path)]
    if app.config.nb_execution_mode != "cache" or not notebooks:
        return
    # The cache in which myst-nb will look for outputs.
    cache = get_cache(env.mystnb_config.execution_cache_path)  # type: ignore[attr-defined]
    for path in notebooks:
        cache.add_nb_to_project(
            str(path), read_data={"name": _FORMATS[path.suffix], "type": "plugin"}
        )
    logger = logging.getLogger(__name__)
    logger.setLevel(logging.ERROR)  # the build reports a notebook that fails
    executor = load_executor("local-parallel", cache, logger)
    executor.run_and_cache(
        filter_uris=[str(path) for path in notebooks], timeout=app.config.nb_execution_timeout
    )


def _holds_code(path: Path) -> bool:
    return path.suffix == ".ipynb" or "{code-cell}" in path.read_text("utf-8")


def setup(app: Sphinx) -> None:
    """Execute between the decision what to read and the reading."""
    # Pages draw their pictures themselves; the kernels of a build need not.
    os.environ.setdefault("CROSSENTROPY_STILLS", "0")
    app.connect("env-before-read-docs", _execute)
