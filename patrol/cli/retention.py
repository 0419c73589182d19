"""`patrol retention`: what is over, forgetting it, and the certificates of that."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from patrol.cli.common import Home, Json, data, opened, say, told

if TYPE_CHECKING:
    from patrol.actions.keeping.overdue import Preview

app = typer.Typer(help="Retention: what is over, and forgetting it.", no_args_is_help=True)
_HEAD = ("class", "month", "leads", "cases", "posts", "captures", "keys", "held")


@app.command()
@told
def preview(home: Home = None, json: Json = False) -> None:
    """Say exactly what `run` would forget now, by class and month, and what is passed over because it is held."""
    settings = opened()
    from patrol.actions.desk import Desk
    from patrol.actions.keeping.overdue import look

    found = look(Desk.command_line(), settings)
    if json:
        data(_document(found))
        return
    _print(found)


@app.command()
@told
def run(home: Home = None, json: Json = False) -> None:
    """Count what is over, forget it, and sign a certificate. What was begun and killed is ended first."""
    settings = opened()
    from patrol.actions.desk import Desk
    from patrol.actions.keeping import retention
    from patrol.actions.keeping.overdue import look
    from patrol.schedule.projecting import drain

    desk = Desk.command_line()
    found = look(desk, settings)
    if not json:
        _print(found)
    ended = retention.run(desk, settings, tell=lambda: drain(settings))
    if json:
        data({"preview": _document(found), "certificates": [one.number for one in ended]})
        return
    for one in ended:
        units = sum(counts["units"] for counts in one.done.values())
        say(f"Certificate {one.number}: {units:,} keys destroyed, record {one.record}.")
    if not ended:
        say("Nothing is over.")


@app.command()
@told
def certificates(
    home: Home = None,
    json: Json = False,
    show: Annotated[int | None, typer.Option(help="Print the signed note of that number.")] = None,
) -> None:
    """List certificates, the newest first, each with whether the log's key signed it. Exit 5 when one does not hold."""
    opened()
    from patrol.actions.desk import Desk
    from patrol.actions.keeping import certificates as kept
    from patrol.errors import Exit
    from patrol.models import Permission, Verb

    desk = Desk.command_line()
    desk.require(Permission.SYSTEM_OPERATE, Verb.RETENTION_VIEWED)
    found = kept.listed(limit=1_000)
    desk.record(Verb.RETENTION_VIEWED, count=len(found), details={"of": "certificates"})
    if json:
        data([{**vars(one), "backups": [vars(copy) for copy in one.backups]} for one in found])
    elif show is not None:
        typer.echo("".join(one.note for one in found if one.number == show), nl=False)
    else:
        for one in found:
            _tell(one.number, one.ended_at, one.units, one.record, holds=one.holds)
            for copy in one.backups:
                typer.echo(f"    still in {copy.name} until {copy.kept_until:%Y-%m-%d}")
    if not all(one.holds for one in found):
        raise typer.Exit(Exit.TAMPERED)


def _tell(number: int, at: datetime, units: int, record: int, *, holds: bool) -> None:
    verdict = "signed" if holds else "NOT signed by this log's key"
    typer.echo(f"{number:6}  {at:%Y-%m-%d %H:%M}  {units:8,} keys  record {record}  {verdict}")


def _document(found: "Preview") -> dict[str, object]:
    return {
        "as_of": found.as_of,
        "days": found.periods._asdict(),
        "lines": [
            {"class": line.kept, "month": line.month, **line.counts()} for line in found.lines
        ],
        "total": found.total.counts(),
        "kept": found.kept,
    }


def _print(found: "Preview") -> None:
    """A table: a row for each class and month, and the sums."""
    typer.echo(_row(*_HEAD))
    for line in found.lines:
        typer.echo(_row(line.kept.value, line.month, *map(_number, line.counts().values())))
    typer.echo(_row("all", "", *map(_number, found.total.counts().values())))
    days = ", ".join(f"{name} {days}" for name, days in found.periods._asdict().items())
    say(f"As of {found.as_of:%Y-%m-%d %H:%M} UTC; days: {days}. held: {found.total.held}.")


def _row(kept: str, month: str, *cells: str) -> str:
    return f"{kept:10} {month:8}" + "".join(f"{cell:>10}" for cell in cells)


def _number(count: int) -> str:
    return f"{count:,}"
