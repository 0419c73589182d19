"""`patrol user`: people and their sign-in links."""

import sys
from typing import Annotated

import typer

from patrol.cli.common import Home, Json, data, opened, say, told
from patrol.models import Role

app = typer.Typer(help="People and their sign-in links.", no_args_is_help=True)
Account = Annotated[str, typer.Argument(help="Account, in ASCII.")]
Why = Annotated[str, typer.Option("--reason", help="Why; kept with the record.")]


@app.command()
@told
def add(
    account: Account,
    role: Annotated[Role, typer.Option(help="What the person is here for.")],
    home: Home = None,
    unit: Annotated[str | None, typer.Option(help="Unit; the only one is the default.")] = None,
    language: Annotated[str, typer.Option(help="en or zh-hant.")] = "zh-hant",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read a password from standard input.")
    ] = False,
    same_as: Annotated[
        str | None,
        typer.Option("--same-person-as", help="Another account of the same human being."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Add a person and print a sign-in link that works once, within the hour."""
    settings = opened(web=True)
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    desk = Desk.command_line()
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    person = people.add(
        desk,
        account,
        role,
        people.unit_named(unit),
        password=password,
        language=language,
        same_as=same_as,
    )
    if not person.is_active and not as_json:
        say("It is let in when another auditor has vouched for it, on the page /people/vouching/.")
    token = people.issue_link(desk, account, minutes=60)
    link = f"{settings.origin}/enter/{token}"
    if as_json:
        data(
            {
                "account": person.account,
                "role": person.role,
                "waits": not person.is_active,
                "link": link,
            }
        )
        return
    say(f"`{account}` is added as {role}. Sign in once within the hour:")
    typer.echo(link)


@app.command()
@told
def link(
    account: Account,
    home: Home = None,
    minutes: Annotated[int, typer.Option(help="How long it works.", min=1, max=1440)] = 15,
    as_json: Json = False,
) -> None:
    """Print a sign-in link that works once."""
    settings = opened(web=True)
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    token = people.issue_link(Desk.command_line(), account, minutes=minutes)
    address = f"{settings.origin}/enter/{token}"
    if as_json:
        data({"account": account, "link": address})
    else:
        typer.echo(address)


@app.command(name="reset-factor")
@told
def reset_factor(
    account: Account,
    reason: Why,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Remove somebody's lost second factor; their sign-ins end, their tokens are revoked."""
    opened(web=True)
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people, vouching

    done = vouching.reset_factor(Desk.command_line(), people.find(account), reason)
    if as_json:
        data({"account": account, "reset": done})
    elif done:
        say(f"`{account}` sets up a new second factor at the next sign-in.")
    else:
        say("Another auditor must agree first, on the page /people/vouching/.")


@app.command()
@told
def close(account: Account, reason: Why, home: Home = None, as_json: Json = False) -> None:
    """Shut somebody out for good; what they did stays under their name."""
    opened(web=True)
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import accounts, people

    done = accounts.close(Desk.command_line(), people.find(account), reason)
    _tell(account, f"`{account}` is closed: nobody comes in by it.", done, as_json)


@app.command()
@told
def reopen(account: Account, reason: Why, home: Home = None, as_json: Json = False) -> None:
    """Let somebody in again whose account was closed."""
    opened(web=True)
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import accounts, people

    done = accounts.reopen(Desk.command_line(), people.find(account), reason)
    _tell(
        account,
        f"`{account}` is open again. Give a link: `patrol user link {account}`.",
        done,
        as_json,
    )


@app.command()
@told
def role(
    account: Account,
    role: Annotated[Role, typer.Argument(help="What the person is here for from now on.")],
    reason: Why,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Give somebody another role; their sign-ins end."""
    opened(web=True)
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import accounts, people

    done = accounts.give_role(Desk.command_line(), people.find(account), role, reason)
    _tell(account, f"`{account}` is {role} from now on.", done, as_json)


def _tell(account: str, said: str, done: bool, as_json: bool) -> None:
    if as_json:
        data({"account": account, "done": done})
    else:
        say(said if done else "Another auditor must agree first, on the page /people/vouching/.")


@app.command()
@told
def unlink(
    account: Account,
    reason: Why,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Unlink somebody's account at the organisation's provider; their sign-ins end."""
    opened(web=True)
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import organisation, people

    organisation.release(Desk.command_line(), people.find(account), reason)
    if as_json:
        data({"account": account, "linked": False})
    else:
        say(f"`{account}` signs in without the organisation's account from now on.")


@app.command(name="list")
@told
def list_(home: Home = None, as_json: Json = False) -> None:
    """Everybody, with unit and role."""
    opened(web=True)
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    everybody = people.listed(Desk.command_line())
    rows = [
        {
            "account": one.account,
            "unit": one.unit.name,
            "role": one.role,
            "active": one.is_active,
            "closed": one.closed_at is not None,
        }
        for one in everybody
    ]
    if as_json:
        data(rows)
        return
    for row in rows:
        closed = " (closed)" if row["closed"] else ""
        typer.echo(f"{row['account']:<20} {row['role']:<12} {row['unit']}{closed}")
