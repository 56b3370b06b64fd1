"""A bound on the memory of a submission that the kernel keeps, where systemd can set one.

A control group counts all that a submission takes, at once and whoever holds it. Without one there
are the limit of each process and the watchdog, which looks every fifth of a second and counts what
belongs to a process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

__all__ = ["group", "in_words"]

# Seconds that systemd has for its answer.
PATIENCE = 10

# Prints the bound of the control group that the shell is in.
ASK = "cat /sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/memory.max"


def group(size: int) -> list[str]:
    """Return the command that runs another in a control group, or nothing if there can be none.

    Parameters
    ----------
    size : int
        Bytes that all in it may take together.
    """
    return _bounded(size) if _works() else []


def in_words() -> str:
    """Say what bounds the memory of submissions here."""
    if _works():
        return "Memory is bounded by a control group for each submission."
    return "Memory is bounded by limits and a watchdog; no control group is to be had."


def _bounded(size: int) -> list[str]:
    user = [] if os.getuid() == 0 else ["--user"]
    options = ["--scope", "--quiet", "--collect", "--no-ask-password"]
    limits = [f"--property={limit}" for limit in (f"MemoryMax={size}", "MemorySwapMax=0")]
    return ["systemd-run", *user, *options, *limits, "--"]


@cache
def _works() -> bool:
    """Return whether systemd makes a control group here, and the kernel keeps its bound."""
    size = 64 << 20
    if shutil.which("systemd-run") is None:
        return False
    try:
        done = subprocess.run(
            [*_bounded(size), "sh", "-c", ASK],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.stdout.strip() == str(size)
