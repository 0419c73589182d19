"""`patrol run`: read one source now."""

from typing import TYPE_CHECKING, Annotated

import typer

from patrol.cli.common import Home, Json, data, opened, say, told

if TYPE_CHECKING:
    from patrol.models import Outcome
    from patrol.register.tables import RunRow

app = typer.Typer()


@app.command()
@told
def run(
    source: Annotated[str, typer.Argument(help="Name of the source.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read one source now, in this process, under its authorization. Exit 0 when the outcome is green, 4 when it is not authorized, else 1."""
    settings = opened()
    from patrol.actions.collecting import runs, sources
    from patrol.actions.collecting.outcomes import SENTENCES
    from patrol.actions.desk import Desk
    from patrol.errors import Exit, TryLater
    from patrol.models import Outcome
    from patrol.schedule.carry import carry_out
    from patrol.schedule.projecting import drain

    desk = Desk.command_line()
    runs.end_silent(desk)
    if runs.busy(source):
        raise TryLater(
            f"`{source}` is being read by another run.",
            why="One run at a time reads a source.",
            do="Wait for its end, or stop it on the source's page.",
        )
    row = sources.run_now(desk, source)
    carry_out(row.pk)
    drain(settings)
    row.refresh_from_db()
    outcome = Outcome(row.outcome or Outcome.CRASHED)
    _tell(row, outcome, *SENTENCES[outcome], as_json=as_json)
    if not outcome.green:
        refused = outcome is Outcome.AUTHORIZATION_ENDED
        raise typer.Exit(Exit.REFUSED if refused else Exit.FAILURE)


def _tell(row: "RunRow", outcome: "Outcome", what: str, remedy: str, *, as_json: bool) -> None:
    if as_json:
        counts = ("pages", "posts", "posts_new", "sightings", "leads", "requests")
        found = {name: getattr(row, name) for name in (*counts, "requests_refused", "media_cut")}
        head = {"source": row.source.name, "run": row.pk, "outcome": outcome}
        data({**head, "sentence": what, "detail": row.detail, "do": remedy, **found})
        return
    typer.echo(f"{outcome}: {what} {row.detail}".rstrip())
    typer.echo(
        f"{row.pages} pages, {row.posts} posts, {row.posts_new} new, "
        f"{row.sightings} flagged, {row.leads} new leads"
    )
    if remedy:
        say(f"do: {remedy}")
