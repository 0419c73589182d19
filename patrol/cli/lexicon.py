"""`patrol lexicon`: word lists from elsewhere, and who answers for them."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from patrol.cli.common import Home, Json, data, opened, say, told

app = typer.Typer(help="Word lists that rules use.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name of the word list.")]
As = Annotated[str, typer.Option("--as", help="Account of the person for whom you act.")]


@app.command(name="list")
@told
def list_(home: Home = None, as_json: Json = False) -> None:
    """Word lists that rules use, and those that wait for a second person."""
    opened()
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import wordlists

    rows = wordlists.listed(Desk.command_line())
    if as_json:
        data(rows)
        return
    for row in rows:
        typer.echo(
            f"{row['name']:<32} {row['status']:<8} v{row['version']:<3} {row['words']:>6} words"
        )


@app.command(name="import")
@told
def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV with a column `word`, or a word a line; UTF-8.")
    ],
    owner: Annotated[str, typer.Option(help="Who answers for the words.")],
    origin: Annotated[str, typer.Option(help="Where they come from.")],
    meaning: Annotated[str, typer.Option(help="What they mean, where a line says nothing else.")],
    expires: Annotated[
        datetime, typer.Option(help="Their last day, within a year.", formats=["%Y-%m-%d"])
    ],
    as_account: As,
    home: Home = None,
    title: Annotated[str | None, typer.Option(help="Title; the file's name.")] = None,
) -> None:
    """Import a word list as a draft: no rule uses it until another person approves it."""
    opened()
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import wordlists
    from patrol.actions.staffing import people
    from patrol.cli.flag import NoFile

    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NoFile(str(file), str(error)) from error
    governance = wordlists.Governance(
        title={"en": title or file.stem},
        owner=owner,
        origin=origin,
        meaning=meaning,
        expires=expires.date(),
    )
    desk = Desk.command_line(people.find(as_account))
    made = wordlists.propose(desk, file.stem, text, governance)
    for remark in made.remarks:
        say(remark)
    say(
        f"{made.words:,} words wait as version {made.row.version} of `{made.row.name}`. `patrol lexicon approve {made.row.name} --as ...`"
    )


@app.command()
@told
def approve(name: Name, as_account: As, home: Home = None) -> None:
    """Let rules use the newest draft, as another person than who imported it."""
    opened()
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import wordlists
    from patrol.actions.staffing import people

    row = wordlists.approve(Desk.command_line(people.find(as_account)), name)
    say(f"Version {row.version} of `{name}` is used from the next run on.")


@app.command()
@told
def discard(
    name: Name,
    as_account: As,
    reason: Annotated[str, typer.Option(help="Why.")],
    home: Home = None,
) -> None:
    """Leave a draft out."""
    opened()
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import wordlists
    from patrol.actions.staffing import people

    row = wordlists.discard(Desk.command_line(people.find(as_account)), name, reason)
    say(f"Version {row.version} of `{name}` is left out.")
