"""PostgreSQL's own programs, which copy a database whole and put it back: `pg_dump`, `pg_restore`, `psql`."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from patrol.errors import NotFound, PatrolError

_PACKAGED = Path("/usr/lib/postgresql")
"""Debian keeps each version's programs there."""
_LAST_LINES = 3


class ToolMissing(NotFound):
    """There is no such program here, or only one that is too old."""

    def __init__(self, name: str, version: int, found: int | None) -> None:
        have = f"the newest here is of version {found}" if found else "there is none here"
        super().__init__(
            f"`{name}` of PostgreSQL {version} or newer is needed.",
            why=f"The register is on a server of version {version}, which an older program does not copy: {have}.",
            do=f"Install it here, on Debian as postgresql-client-{version}, or run this where it is.",
        )


class ToolFailed(PatrolError):
    """A program ended badly."""

    def __init__(self, name: str, said: str, kept: str) -> None:
        super().__init__(
            f"`{name}` could not do it.",
            why=f"It says: {said or 'nothing'}",
            do=f"{kept} Mend that, then try again.",
        )


class Tool(NamedTuple):
    """A program, and its major version."""

    path: str
    version: int


def tool(name: str, least: int) -> Tool:
    """The newest one of this machine. Raises `ToolMissing` when that is older than `least`."""
    programs = [*_PACKAGED.glob(f"*/bin/{name}")]
    if on_path := shutil.which(name):
        programs.append(Path(on_path))
    found = [Tool(str(path), _version(path)) for path in programs]
    newest = max(found, key=lambda each: each.version, default=None)
    if newest is None or newest.version < least:
        raise ToolMissing(name, least, newest.version if newest else None)
    return newest


def _version(program: Path) -> int:
    """0 for one that cannot be run."""
    try:
        done = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"(\d+)(?:\.|beta|rc|devel)", done.stdout)
    return int(number[1]) if number else 0


def environment(password: str | None) -> dict[str, str]:
    """The password goes where no list of processes shows it; what they say comes in one language."""
    given = {"PGPASSWORD": password} if password else {}
    return {**os.environ, "LC_MESSAGES": "C", **given}


def last_words(said: bytes) -> str:
    """The end of what a program said: what went wrong, not the rows that it went wrong with."""
    lines = [
        line
        for line in said.decode(errors="replace").splitlines()
        if not line.startswith(("CONTEXT:", "DETAIL:", "LINE ", "Command was:"))
    ]
    return " ".join(" ".join(lines[-_LAST_LINES:]).split())[:500]
