"""`patrol serve`: the workbench, the clock and the projector."""

from typing import Annotated

import typer

from patrol.cli.common import Home, opened, say, told

app = typer.Typer()


@app.command()
@told
def serve(
    home: Home = None,
    bind: Annotated[
        str | None, typer.Option(envvar="PATROL_BIND", help="Address and port of the workbench.")
    ] = None,
    projector: Annotated[
        bool, typer.Option(help="Feed the index here; without, `patrol projector` does it.")
    ] = True,
    clock: Annotated[
        bool, typer.Option(help="Find here what is due; without, `patrol scheduler` does it.")
    ] = True,
) -> None:
    """Serve the workbench, read sources when they are due, feed the index. Ctrl-C stops all of it."""
    import os

    if bind:
        os.environ["PATROL_BIND"] = bind
    settings = opened(web=True)
    from patrol.actions.desk import Desk
    from patrol.actions.maintaining import setup
    from patrol.schedule.serve import serve as run

    setup.begin_serving(settings, Desk.command_line())
    run(
        settings,
        projects=projector,
        ticks=clock,
        ready=lambda: say(f"The workbench is at {settings.origin}/"),
    )
