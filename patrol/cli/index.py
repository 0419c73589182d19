"""`patrol index`: the index behind search and counting."""

import typer

from patrol.cli.common import Home, Json, data, opened, told

app = typer.Typer(help="The index behind search and counting. The register holds everything.")


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
