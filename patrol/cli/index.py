"""`patrol index`: the index behind search and counting."""

import typer

from patrol.cli.common import Home, Json, data, opened, told
from patrol.errors import Exit

app = typer.Typer(help="The index behind search and counting. The register holds everything.")

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
    from patrol.actions import indexing
    from patrol.actions.desk import Desk
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
def status(home: Home = None, as_json: Json = False) -> None:
    """Where the index is, what it holds, what waits for it, and what it refused and why. Exit 75 while it is away."""
    settings = opened()
    from patrol.actions import indexing
    from patrol.actions.desk import Desk

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
        for letter in found.dead[:_SHOWN]:
            typer.echo(f"refused  {letter.id}: {letter.reason}")
        if len(found.dead) > _SHOWN:
            typer.echo(f"refused  and {len(found.dead) - _SHOWN:,} more; --json tells all")
    if found.away:
        raise typer.Exit(Exit.TRY_LATER)
