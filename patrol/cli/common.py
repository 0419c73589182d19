"""What every command has: its data directory, its output, its errors."""

import json
import os
import re
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import typer

from patrol.errors import NotFound, PatrolError
from patrol.places import visible
from patrol.register.database import database
from patrol.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


_STEERS = re.compile(r"[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""Characters that JSON leaves as they are, and that a terminal acts on or does not show."""


def _home(path: Path | None) -> Path | None:
    if path is not None:
        os.environ["PATROL_HOME"] = str(path)
    return path


Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        envvar="PATROL_HOME",
        help="Data directory.",
        callback=_home,
        is_eager=True,
        show_default="~/.patrol",
    ),
]
"""Every command takes one. It is set before anything reads `Settings`."""

Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


def say(text: str) -> None:
    """A message for people, on standard error: standard output is for data."""
    typer.echo(_visible(text), err=True)


def write(text: str) -> None:
    """A line for people, on standard output. What would steer a terminal or turn letters around is written out."""
    typer.echo(_visible(text))


def _visible(text: str) -> str:
    if text.isascii() and (
        text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable()
    ):
        return text
    return visible(text)


def data(document: Any) -> None:
    """One JSON document on standard output; what would steer a terminal is escaped, and means the same."""
    spelled = json.dumps(document, ensure_ascii=False, default=str)
    sys.stdout.write(_STEERS.sub(lambda found: json.dumps(found[0])[1:-1], spelled) + "\n")
    sys.stdout.flush()


def told(command: Callable[P, R]) -> Callable[P, R]:
    """A command whose `PatrolError` becomes its sentence and its exit code, never a traceback."""

    @wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except PatrolError as error:
            say(str(error))
            raise typer.Exit(error.exit_code) from error

    return wrapper


class NoRegister(NotFound):
    def __init__(self, home: Path) -> None:
        super().__init__(
            f"There is no register in {home}.",
            why="A data directory is made once, with its keys, rules and first administrator.",
            do="Run `patrol init`, or name another directory with --home or PATROL_HOME.",
        )


def opened(*, web: bool = False, signs: bool = True) -> Settings:
    """Open the register of this data directory. Raises `NoRegister` when there is none."""
    settings = Settings()
    if not database(settings).exists():
        raise NoRegister(settings.home)
    from patrol.register.start import start

    start(web=web)
    from patrol.actions.maintaining import setup

    setup.require(signs=signs)
    return settings
