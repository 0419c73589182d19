"""`patrol log`: the access log, proven."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from patrol.cli.common import Home, Json, data, opened, say, told
from patrol.errors import Exit, NotFound, PatrolError, Tampered
from patrol.ledger import verifier
from patrol.register.database import database
from patrol.register.watch import LogVerdict, Watch
from patrol.settings import Settings

app = typer.Typer(help="The access log: verify it, prove what is in it.", no_args_is_help=True)

KEEP_ELSEWHERE = (
    "Remembered in {}. Who can change this machine can change that file too: "
    "give --remember a file kept elsewhere."
)


EXIT_OF = {
    verifier.OK: Exit.OK,
    verifier.TAMPERED: Exit.TAMPERED,
    verifier.INCOMPLETE: Exit.INCOMPLETE,
    verifier.CANNOT_JUDGE: Exit.FAILURE,
}
"""The auditor's tool exits 0, 1, 2, 3; here its words are those of every command, where 2 and 3 mean other things."""


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
    """Verify every record and every checkpoint.

    Exit 0: all holds. 5: tampered, and the first record that does not hold is named. 6: incomplete,
    the public key or what was remembered is missing. 1: nothing can be said.
    """
    settings = Settings()
    if not database(settings).exists():
        raise NotFound(
            f"There is no register in {settings.home}.",
            why="The access log is part of the register, and that is not there.",
            do="Give the data directory with --home, or make one with `patrol init`.",
        )
    watch = Watch(remember)
    found = watch.look()
    if found.kind:
        _stop_exports(found)
    if found.ok:
        _record(found.records)
        _remember(watch, remember)
    if json:
        data(
            {
                "ok": found.ok,
                "status": found.status,
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
        raise typer.Exit(EXIT_OF[found.status])


@app.command()
@told
def prove(
    seq: Annotated[int, typer.Argument(help="The record's number.")],
    home: Home = None,
    out: Annotated[Path | None, typer.Option(help="record-SEQ.tlog-proof unless given.")] = None,
) -> None:
    """Write the proof that one record is in the log. The verifier reads it anywhere, with the public key alone."""
    opened()
    from patrol.actions.auditing import logbook
    from patrol.actions.desk import Desk

    proof = logbook.prove(Desk.command_line(), seq)
    path = out or Path(proof.name)
    _write(path, proof.text.encode())
    typer.echo(str(path))


@app.command()
@told
def export(
    file: Annotated[Path, typer.Argument(help="A new file, one record a line.")],
    home: Home = None,
) -> None:
    """Write all records into a file that the verifier reads, whatever database keeps the register."""
    opened()
    from patrol.actions.auditing import logbook
    from patrol.actions.desk import Desk

    count = logbook.export(Desk.command_line(), file)
    say(f"{count:,} records are in {file}. Verify them with checkpoints/notes and keys/log.pub.")


@app.command()
@told
def prune(
    as_account: Annotated[
        str, typer.Option("--as", help="Account of the person for whom you act.")
    ],
    reason: Annotated[str, typer.Option(help="Why, in a sentence; kept beside the log.")],
    home: Home = None,
    before: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Ask for all before that day.")
    ] = None,
    approve: Annotated[int | None, typer.Option(help="Approve the request of that number.")] = None,
) -> None:
    """Remove old records: asked for with --before by one person, approved by another of another role."""
    if (before is None) == (approve is None):
        raise typer.BadParameter("give either --before or --approve")
    settings = opened()
    from patrol.actions.auditing import pruning
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    desk = Desk.command_line(people.find(as_account))
    if before is not None:
        asked = pruning.ask(desk, before.replace(tzinfo=UTC), reason, settings)
        say(f"Record {asked.seq} asks for the removal of {asked.through:,} records.")
        say(f"Another person approves it: patrol log prune --approve {asked.seq} --as OTHER")
        return
    assert approve is not None  # noqa: S101  (one of the two is given)
    done = pruning.approve(desk, approve, reason, settings)
    say(f"{done.through:,} records are removed, as record {done.seq} says.")


@app.command()
@told
def rotate(
    reason: Annotated[str, typer.Option(help="Why, in a sentence; kept beside the log.")],
    home: Home = None,
) -> None:
    """Change the key that signs checkpoints. Old and new key sign the change, and the log records it."""
    opened()
    from patrol.actions.auditing import logbook
    from patrol.actions.desk import Desk

    key = logbook.change_key(Desk.command_line(), reason)
    typer.echo(str(key))
    say("Give this line to the auditor. Who has the old one can go on with it: the log leads on.")


def _record(records: int) -> None:
    """Verifying is an act like any other. A log that can only be read is verified all the same, and that is said."""
    from patrol.models import Actor, Record, Verb

    try:
        from patrol.register.start import start

        start()
        from patrol.actions.desk import Desk
        from patrol.register import disputes, log

        actor = Actor(account="cli", origin=Desk.command_line().actor.origin)
        record = Record(verb=Verb.LOG_VERIFIED, actor=actor, count=records, details={"ok": True})
        with log.durably():
            log.append(record)
        disputes.settle(disputes.VERIFIER)
    except (PatrolError, OSError) as error:
        say(f"This verification is not on record.\n{error}")


def _stop_exports(found: LogVerdict) -> None:
    """Nothing is added to a log that does not hold; beside it is kept that nothing shall leave."""
    try:
        from patrol.register.start import start

        start()
        from patrol.register import disputes

        disputes.dispute(
            disputes.VERIFIER,
            Tampered(found.sentence, why="`patrol log verify` says so.", do="Tell the auditor."),
        )
    except (PatrolError, OSError) as error:
        say(f"Exports go on: what was found cannot be kept.\n{error}")


def _remember(watch: Watch, given: Path | None) -> None:
    """Keep what was seen, and say what that is worth."""
    try:
        watch.remember()
    except OSError as error:
        say(f"What was seen is not remembered: {error.filename}: {error.strerror}.")
        return
    if given is None:
        say(KEEP_ELSEWHERE.format(Settings().home / "checkpoints" / "remembered"))


def _write(path: Path, content: bytes) -> None:
    from patrol.actions.auditing.logbook import CannotWrite

    try:
        path.write_bytes(content)
    except OSError as error:
        raise CannotWrite(path, error) from error
