"""`patrol doctor`: what is wrong with this installation."""

import typer

from patrol.cli.common import Home, Json, data, told
from patrol.errors import Exit
from patrol.settings import Settings

app = typer.Typer()


@app.command()
@told
def doctor(home: Home = None, as_json: Json = False) -> None:
    """Look at everything this installation needs, and say what to do. Changes nothing; exit 1 when something is wrong."""
    settings = Settings()
    from patrol.actions.maintaining import machine

    checks = machine.look(settings)
    if machine.may_open(checks):
        from patrol.register.start import start

        start()
        from patrol.actions.maintaining import health

        checks += health.look(settings)
    well = all(check.ok for check in checks)
    if well:
        from patrol.actions.desk import Desk
        from patrol.models import Verb

        Desk.command_line().record(Verb.COMMAND_RUN, details={"command": "doctor"})
    if as_json:
        found = [check.model_dump() for check in checks]
        data({"ok": well, "home": settings.home, "checks": found})
    else:
        for check in checks:
            typer.echo(f"{'ok    ' if check.ok else 'FAILED'}  {check.name}: {check.sentence}")
            if check.do:
                typer.echo(f"        do: {check.do}")
    if not well:
        raise typer.Exit(Exit.FAILURE)
