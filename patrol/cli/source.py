"""`patrol source`: what is read, and under which mandate."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from patrol.cli.common import Home, Json, data, opened, say, told, write
from patrol.errors import NotFound
from patrol.models import Category

if TYPE_CHECKING:
    from patrol.actions.collecting.sources_look import Look

_LONGEST = 200
"""Characters of a post that are shown."""
app = typer.Typer(help="Sources and their authorizations.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name of the source.")]
As = Annotated[str, typer.Option("--as", help="Account of the person for whom you act.")]


@app.command(name="list")
@told
def list_(home: Home = None, as_json: Json = False) -> None:
    """All sources with their authorization and their last outcome."""
    opened()
    from patrol.actions.collecting import sources
    from patrol.actions.desk import Desk

    rows = [
        {
            "name": sheet.name,
            "engine": sheet.engine,
            "authorization": sheet.authorization.state if sheet.authorization else "none",
            "valid_until": sheet.authorization.valid_until if sheet.authorization else None,
            "outcome": sheet.last_run.outcome if sheet.last_run else None,
            "sentence": sheet.last_run.sentence if sheet.last_run else None,
            "detail": sheet.last_run.detail if sheet.last_run else None,
            "do": sheet.last_run.remedy if sheet.last_run else None,
            "next_due_at": sheet.next_due_at,
        }
        for sheet in sources.listed(Desk.command_line())
    ]
    if as_json:
        data(rows)
        return
    for row in rows:
        outcome = row["outcome"] or "not read yet"
        write(f"{row['name']:<24} {row['authorization']:<10} {outcome}")
        if row["do"]:
            write(f"    {row['sentence']} {row['detail']}".rstrip())
            write(f"    do: {row['do']}")


@app.command()
@told
def show(name: Name, home: Home = None, as_json: Json = False) -> None:
    """One source: how often it is read and why, what is too little, its failures, and its last runs."""
    opened()
    from patrol.actions.collecting import sources
    from patrol.actions.desk import Desk

    page = sources.viewed(Desk.command_line(), name)
    facts = ("ended_at", "outcome", "detail", "pages", "posts_new", "overran", "lost_posts")
    runs = [{fact: getattr(run, fact) for fact in facts} for run in page.runs]
    if as_json:
        sheet = page.sheet
        told = {"every_minutes": sheet.every_minutes, "health": sheet.health, "open": sheet.open}
        data({"name": name, **told, "next_due_at": sheet.next_due_at, "runs": runs})
        return
    for sentence in page.sheet.health:
        write(sentence)
    for run in runs:
        if run["ended_at"]:
            lost = f"  about {run['lost_posts']} posts lost for good" if run["lost_posts"] else ""
            write(f"{_short(run['ended_at'])}  {run['outcome']:<18} {run['posts_new']} new{lost}")


@app.command()
@told
def add(
    what: Annotated[str, typer.Argument(help="An address, or a source's YAML file.")],
    home: Home = None,
    as_account: As = "",
    unit: Annotated[str | None, typer.Option(help="Unit that owns it.")] = None,
    name: Annotated[str, typer.Option(help="The source's name; made of the address.")] = "",
    dry: Annotated[bool, typer.Option("--dry", help="Look and say, and propose nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Propose a source. It is read only once an authorization is approved.

    An address is looked at first, if an authorization (a trial is enough) or a laboratory covers it; else nothing is asked of the site.
    """
    if what.lower().startswith(("http://", "https://")):
        _add_address(what, as_account, unit, name, dry=dry, as_json=as_json)
    else:
        _add_file(Path(what), as_account, unit, as_json=as_json)


def _add_address(
    address: str, as_account: str, unit: str | None, name: str, *, dry: bool, as_json: bool
) -> None:
    opened()
    from patrol.actions.collecting import sources, sources_look
    from patrol.actions.collecting.sources_told import document
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    desk = Desk.command_line(people.find(as_account) if as_account else None)
    seen = sources_look.look(desk, address)
    proposed = None
    if seen.source is None and not dry:
        source = seen.proposal.source.model_copy(update={"name": name} if name else {})
        proposed = sources.propose_new(desk, source, people.unit_named(unit)).name
    if as_json:
        data(document(seen) | {"proposed": proposed})
        return
    _print_look(seen)
    known = proposed or seen.source
    if proposed:
        say(f"`{proposed}` is proposed. Nothing is read before an authorization is approved.")
    elif known:
        say(f"`{known}` begins there already.")
    if known:
        hosts = " ".join(f"--host {host}" for host in seen.proposal.scope.hosts)
        paths = " ".join(f"--path {path}" for path in seen.proposal.scope.paths)
        trial = "" if seen.glance else " --trial"
        say(
            f"Next: `patrol source authorize {known} --as SUPERVISOR --basis ... --number ... {hosts} {paths}{trial}`"
        )


def _add_file(file: Path, as_account: str, unit: str | None, *, as_json: bool) -> None:
    if not file.is_file():
        raise NotFound(
            f"there is no file `{file}`.",
            why="A source is proposed from an address, or from its YAML file.",
            do="Give an address that begins with https://, or a file that exists.",
        )
    opened()
    from patrol.actions.collecting import sources
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.config import read_source
    from spiders.places import known

    source = read_source(file)
    desk = Desk.command_line(people.find(as_account) if as_account else None)
    row = sources.propose(desk, source, people.unit_named(unit))
    if as_json:
        data({"proposed": row.name, "version": row.version})
    say(f"`{row.name}` is proposed (version {row.version}).")
    for place in dict.fromkeys(filter(None, map(known, source.start))):
        ends = "" if place.outcome.green else f" A run would end as `{place.outcome.value}`."
        say(f"{place.name}: {place.why}{ends} {place.do}")
    say(f"Next: `patrol source authorize {row.name} --as SUPERVISOR ...`")


@app.command()
@told
def suggest(
    what: Annotated[str, typer.Argument(help="An address, or a saved page.")],
    home: Home = None,
    as_account: As = "",
    url: Annotated[
        str, typer.Option("--url", help="The address that the page was saved from.")
    ] = "https://saved.example/",
    as_json: Json = False,
) -> None:
    """Selectors for a page that no engine knows, found by what repeats on it. A saved page asks nothing of any site."""
    if what.lower().startswith(("http://", "https://")):
        opened()
        from patrol.actions.collecting import sources_look
        from patrol.actions.collecting.sources_told import suggestion
        from patrol.actions.desk import Desk
        from patrol.actions.staffing import people

        desk = Desk.command_line(people.find(as_account) if as_account else None)
        found = suggestion(sources_look.look(desk, what, wanted=True))
    else:
        from patrol.actions.collecting.sources_told import suggested

        found = suggested(Path(what), url)
    if as_json:
        data(found)
    else:
        _print_suggestion(found)


@app.command()
@told
def authorize(
    name: Name,
    basis: Annotated[str, typer.Option(help="Statute and article.")],
    number: Annotated[str, typer.Option(help="Number of the document.")],
    as_account: As,
    home: Home = None,
    host: Annotated[list[str] | None, typer.Option(help="Hosts; its start's by default.")] = None,
    path: Annotated[list[str] | None, typer.Option(help="Path prefixes; / by default.")] = None,
    category: Annotated[
        list[Category] | None, typer.Option(help="Offences; all by default.")
    ] = None,
    days: Annotated[int, typer.Option(help="How long from now.", min=1, max=90)] = 90,
    trial: Annotated[
        bool, typer.Option("--trial", help="Single looks only, 14 days at most; no run.")
    ] = False,
    declare_age: Annotated[
        str, typer.Option(help="The host that may be told our age by its one cookie.")
    ] = "",
    directed_at: Annotated[
        list[str] | None,
        typer.Option(help="Person-directed: a contact or author's name that may be followed."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask for a mandate, as a person. Another person approves it: `patrol source approve ID --as OTHER`."""
    opened()
    from patrol.actions.collecting import mandates
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.models import Scope

    desk = Desk.command_line(people.find(as_account))
    now = desk.now()
    row = mandates.request(
        desk,
        name,
        basis=basis,
        number=number,
        scope=Scope(
            hosts=tuple(host or mandates.start_hosts(desk, name)), paths=tuple(path or ["/"])
        ),
        categories=tuple(category or Category),
        valid_from=now,
        valid_until=now + timedelta(days=min(days, mandates.MAX_TRIAL_DAYS) if trial else days),
        trial=trial,
        age_host=declare_age.lower() or None,
        directed_at=tuple(directed_at or ()),
    )
    _say_asked(row.pk, name, directed=row.directed, as_json=as_json)


def _say_asked(number: int, name: str, *, directed: bool, as_json: bool) -> None:
    if as_json:
        told = {"authorization": number, "source": name, "state": "pending", "directed": directed}
        data(told)
    else:
        kind = "Person-directed authorization" if directed else "Authorization"
        say(f"{kind} {number} waits for another person's approval.")


@app.command()
@told
def approve(authorization: int, as_account: As, home: Home = None) -> None:
    """Put a mandate in force, as another person than its requester."""
    opened()
    from patrol.actions.collecting import mandates
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    row = mandates.approve(Desk.command_line(people.find(as_account)), authorization)
    what = "covers single looks" if row.trial else "is in force"
    say(f"Authorization {row.pk} {what} until {_short(row.valid_until)}.")
    if row.age_host:
        say(f"It lets `{row.age_cookie}` be sent to {row.age_host}, and to nobody else.")


@app.command()
@told
def revoke(
    authorization: int,
    as_account: As,
    reason: Annotated[str, typer.Option(help="Why.")],
    home: Home = None,
) -> None:
    """End a mandate now; a run under it stops within seconds."""
    opened()
    from patrol.actions.collecting import mandates
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    mandates.revoke(Desk.command_line(people.find(as_account)), authorization, reason)
    say(f"Authorization {authorization} is revoked.")


def _short(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M %Z}"


def _print_look(seen: "Look") -> None:
    """For people: what was found out, on standard output."""
    from patrol.actions.collecting.sources_told import fields

    glance, proposal = seen.glance, seen.proposal
    source = proposal.source
    if seen.known:
        say(f"{seen.known.name}: {seen.known.why} {seen.known.do}")
    if glance is None:
        say(seen.why_not)
    else:
        write(
            f"looked     under {seen.under}, {glance.requests} requests: {glance.outcome.value} {glance.detail}".rstrip()
        )
        pause = (
            f", asks for {glance.robots_delay:g} s between requests" if glance.robots_delay else ""
        )
        write(f"robots     {glance.robots}{pause}")
    write(
        f"engine     {source.engine or ('selectors' if source.selectors else 'unknown')}: {proposal.why_engine}"
    )
    if proposal.read_as:
        write(f"read as    {proposal.read_as}")
    if source.selectors:
        for name, selector in source.selectors.model_dump(exclude_none=True).items():
            write(f"  {name:<8} {selector}")
    write(f"channel    {source.channel.value}")
    write(
        f"scope      {' '.join((*proposal.scope.hosts, *proposal.scope.paths))}  ({proposal.why_scope})"
    )
    write(f"schedule   every {source.every_minutes} minutes  ({proposal.why_schedule})")
    if source.browser:
        write(f"browser    {source.browser}")
    _print_posts(fields(glance.posts) if glance else [])


def _print_posts(posts: Sequence[Mapping[str, Any]]) -> None:
    """Five posts, a line for each field."""
    for place, post in enumerate(posts, 1):
        write(f"post {place}     {post['key']}")
        write(f"  author   {post['author'] or '-'}")
        write(f"  date     {post['posted_at'] or '-'} ({post['precision'] or 'no date'})")
        for name in ("title", "text"):
            if post[name]:
                write(f"  {name:<8} {' / '.join(str(post[name]).split(chr(10)))[:_LONGEST]}")


def _print_suggestion(found: Mapping[str, Any]) -> None:
    """Selectors as a source's YAML wants them, then the sample."""
    say(
        f"{found['why']} Confidence {found['confidence']:.2f}; look at the sample before you use them."
    )
    write("selectors:")
    for name, selector in found["selectors"].items():
        write(f"  {name}: '{selector}'")
    write("")
    _print_posts(found["posts"])


@app.command()
@told
def coverage(
    name: Name,
    first: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day, of Taipei.")],
    last: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What can be said of a source for a period: due, read, blocked, expired, and its gaps in minutes."""
    opened()
    from dashboards.period import Period
    from patrol.actions.collecting.statements import stated
    from patrol.actions.desk import Desk

    said = stated(Desk.command_line(), name, Period(first.date(), last.date())).statement
    counts = {
        key: getattr(said, key)
        for key in ("due", "read", "blocked", "expired", "failed", "open", "brought", "lost")
    }
    counts |= {"due_minutes": said.due_minutes, "unseen_minutes": said.unseen_minutes}
    gaps = [
        {"from": gap.begins_at, "until": gap.ends_at, "minutes": gap.minutes}
        | {"outcomes": dict(gap.outcomes)}
        for gap in said.gaps
    ]
    if as_json:
        data({"source": name, "until": said.until, **counts, "gaps": gaps})
        return
    for key, count in counts.items():
        write(f"{key:<15} {count}")
    for gap in said.gaps:
        write(
            f"gap  {gap.begins_at:%Y-%m-%d %H:%M} – {gap.ends_at:%m-%d %H:%M} UTC  {gap.minutes} min"
        )
