"""`patrol log`: the access log, proven."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from patrol.cli.common import Home, Json, data, say, told
from patrol.errors import Exit, NotFound, PatrolError
from patrol.register.watch import Watch
from patrol.settings import Settings

app = typer.Typer(help="The access log: verify it.", no_args_is_help=True)

KEEP_ELSEWHERE = (
    "Remembered in {}. Who can change this machine can change that file too: "
    "give --remember a file kept elsewhere."
)


@app.callback()
def _log() -> None:
    """A group, also while it has one command."""


@app.command()
@told
def verify(
    home: Home = None,
    remember: Annotated[
        Path | None,
        typer.Option(
            help="What was seen last time; updated when the log holds. Better on another machine.",
            show_default="HOME/checkpoints/remembered",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Verify every record and every checkpoint. Exit 5 names the first record that does not hold."""
    settings = Settings()
    if not settings.database_path.is_file():
        raise NotFound(
            f"There is no register in {settings.home}.",
            why="The access log is part of the register, and register.sqlite3 is not there.",
            do="Give the data directory with --home, or make one with `patrol init`.",
        )
    watch = Watch(remember)
    found = watch.look()
    if found.ok:
        _record(found.records)
        _remember(watch, remember)
    if json:
        data(
            {
                "ok": found.ok,
                "records": found.records,
                "checkpoints": found.checkpoints,
                "first_bad": found.first_bad,
                "kind": found.kind,
                "sentence": found.sentence,
            }
        )
    else:
        typer.echo(found.sentence)
    for remark in found.remarks:
        say(remark)
    if not found.ok:
        raise typer.Exit(Exit.TAMPERED if found.judged else Exit.FAILURE)


def _record(records: int) -> None:
    """Verifying is an act like any other. A log that can only be read is verified all the same, and that is said."""
    from patrol.models import Actor, Record, Verb

    actor = Actor(account="cli", origin=f"cli:{getpass.getuser()}")
    record = Record(verb=Verb.LOG_VERIFIED, actor=actor, count=records, details={"ok": True})
    try:
        from patrol.register.start import start

        start()
        from patrol.register import log

        with log.durably():
            log.append(record)
    except (PatrolError, OSError) as error:
        say(f"This verification is not on record.\n{error}")


def _remember(watch: Watch, given: Path | None) -> None:
    """Keep what was seen, and say what that is worth."""
    try:
        watch.remember()
    except OSError as error:
        say(f"What was seen is not remembered: {error.filename}: {error.strerror}.")
        return
    if given is None:
        say(KEEP_ELSEWHERE.format(Settings().home / "checkpoints" / "remembered"))
