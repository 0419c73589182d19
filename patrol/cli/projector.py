"""`patrol projector`: feeds the index, beside a `patrol serve --no-projector`."""

import typer

from patrol.cli.common import Home, opened, say, told

app = typer.Typer()


@app.command()
@told
def projector(home: Home = None) -> None:
    """Tell the index what the register has, and sign the log's checkpoints, until Ctrl-C or SIGTERM.

    One process at a time does it: a second one waits, says so, and takes over when the first ends.
    """
    settings = opened()
    from patrol.actions.desk import Desk
    from patrol.models import Verb
    from patrol.schedule.projecting import feed

    Desk.command_line().record(Verb.COMMAND_RUN, details={"command": "projector"})
    feed(
        settings,
        works=lambda: say("The projector feeds the index."),
        waits=lambda: say(
            "Another process feeds the index; this one waits and takes over when that one ends."
        ),
    )
