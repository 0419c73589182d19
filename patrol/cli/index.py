"""`patrol index`: the index behind search and counting."""

from typing import TYPE_CHECKING, Annotated

import typer

from patrol.cli.common import Home, Json, data, opened, told
from patrol.errors import Exit

app = typer.Typer(help="The index behind search and counting. The register holds everything.")

if TYPE_CHECKING:
    from patrol.search.reconcile import Reconciled

_SHOWN = 20
"""Dead letters that are told one by one."""


@app.callback()
def index() -> None:
    """Named, so that `rebuild` stays a word of its own."""


@app.command()
@told
def rebuild(home: Home = None, as_json: Json = False) -> None:
    """Build the index anew from the register. Exit 75 while `patrol serve` writes it."""
    settings = opened()
    from patrol.actions.desk import Desk
    from patrol.actions.maintaining import indexing
    from pipelines.fold import fold_all

    built = indexing.rebuild(Desk.command_line(), settings, fold_all)
    if as_json:
        data({"shelves": built.shelves, "documents": built.documents, "dead": built.dead})
        return
    typer.echo(
        f"{built.documents:,} documents of {built.shelves} months; {built.dead} could not be made."
    )


@app.command()
@told
def reconcile(home: Home = None, as_json: Json = False) -> None:
    """Compare the index with the register, day by day, and have told again what differs. Exit 75 while it is away.

    Whoever feeds the index tells it; with nobody doing so, this command does. The projector compares once a day by itself.
    """
    settings = opened()
    from patrol.actions.desk import Desk
    from patrol.actions.maintaining import indexing
    from patrol.schedule.projecting import drain
    from pipelines.fold import fold_all

    found = indexing.reconcile(Desk.command_line(), settings, fold_all)
    if found.differing:
        drain(settings)
    if as_json:
        data(found.model_dump(mode="json"))
    else:
        typer.echo(_compared(found))


@app.command()
@told
def status(home: Home = None, as_json: Json = False) -> None:
    """Where the index is, what it holds, what waits for it, and what it refused and why. Exit 75 while it is away."""
    settings = opened()
    from patrol.actions.desk import Desk
    from patrol.actions.maintaining import indexing

    found = indexing.status(Desk.command_line(), settings)
    if as_json:
        data(found.model_dump(mode="json"))
    else:
        typer.echo(found.where or f"{found.away} {found.why}")
        if found.documents is not None:
            typer.echo(f"{found.documents:,} documents of {len(found.months)} months.")
        if found.stale:
            typer.echo(f"To be purged: {', '.join(found.stale)}.")
        oldest = f", the oldest since {found.oldest:%Y-%m-%d %H:%M} UTC" if found.oldest else ""
        typer.echo(f"{found.waiting:,} rows wait{oldest}.")
        typer.echo(_compared(found.reconciled))
        for letter in found.dead[:_SHOWN]:
            typer.echo(f"refused  {letter.id}: {letter.reason}")
        if len(found.dead) > _SHOWN:
            typer.echo(f"refused  and {len(found.dead) - _SHOWN:,} more; --json tells all")
    if found.away:
        raise typer.Exit(Exit.TRY_LATER)


@app.command()
@told
def replay(
    document: Annotated[
        str | None, typer.Argument(help="One of them, such as `post:7`. Without, all.")
    ] = None,
    home: Home = None,
) -> None:
    """Tell the index again what it refused for good, one document or all, once the cause is mended."""
    settings = opened()
    from patrol.actions.desk import Desk
    from patrol.actions.maintaining import indexing
    from patrol.schedule.projecting import drain

    rows = indexing.replay(Desk.command_line(), document)
    drain(settings)
    typer.echo(f"{rows:,} rows are told again. `patrol index status` says what was refused anew.")


def _compared(found: "Reconciled | None") -> str:
    if found is None:
        return "Not compared with the register yet."
    return (
        f"Compared {found.ended_at:%Y-%m-%d %H:%M} UTC with {found.documents:,} documents of the register:"
        f" {found.lacking:,} were lacking, {found.different:,} different, {found.extra + found.foreign:,} too many."
    )
