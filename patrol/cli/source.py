"""`patrol source`: what is read, and under which mandate."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from patrol.cli.common import Home, Json, data, opened, say, told, write
from patrol.cli.parts.look import print_look, print_suggestion
from patrol.errors import NotFound
from patrol.models import Category, Conduct, Scope, SiteTerms, UserAgent

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
    print_look(seen)
    known = proposed or seen.source
    if proposed:
        say(f"`{proposed}` is proposed. Nothing is read before an authorization is approved.")
    elif known:
        say(f"`{known}` begins there already.")
    if known:
        hosts = " ".join(f"--host {host}" for host in seen.proposal.scope.hosts)
        scope = seen.proposal.scope
        paths = " ".join(
            [
                *(f"--path {path}" for path in scope.paths),
                *(f"--query-allow {quote(pattern)}" for pattern in scope.query_allow),
                *(f"--query-deny {quote(pattern)}" for pattern in scope.query_deny),
                *(["--https-only"] if scope.https_only else []),
            ]
        )
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
        print_suggestion(found)


Hosts = Annotated[list[str] | None, typer.Option(help="Hosts; its start's by default.")]
Paths = Annotated[list[str] | None, typer.Option(help="Path prefixes; / by default.")]
HttpsOnly = Annotated[bool, typer.Option("--https-only", help="Nothing in the clear.")]
Allow = Annotated[
    list[str] | None, typer.Option(help="A parameter with this value only, as f=7 or t=*.")
]
Deny = Annotated[
    list[str] | None, typer.Option(help="A parameter that is not covered, as sid; * is any other.")
]
Categories = Annotated[list[Category] | None, typer.Option(help="Offences; all by default.")]
Trial = Annotated[bool, typer.Option("--trial", help="Single looks only, 14 days at most; no run.")]
DeclareAge = Annotated[
    str, typer.Option(help="The host that may be told our age by its one cookie.")
]
OverrideRobots = Annotated[
    bool, typer.Option("--override-robots", help="Read what its robots.txt excludes.")
]
Agent = Annotated[
    UserAgent, typer.Option(help="What a request says of who asks: us, or no more than a browser.")
]
Terms = Annotated[
    SiteTerms, typer.Option(help="What the site's terms say of being read by programs.")
]
Why = Annotated[
    str, typer.Option(help="Why its robots.txt, or its terms, give way. The approver weighs it.")
]
DirectedAt = Annotated[
    list[str] | None,
    typer.Option(help="Person-directed: a contact or author's name that may be followed."),
]


@app.command()
@told
def authorize(
    name: Name,
    basis: Annotated[str, typer.Option(help="Statute and article.")],
    number: Annotated[str, typer.Option(help="Number of the document.")],
    as_account: As,
    home: Home = None,
    host: Hosts = None,
    path: Paths = None,
    https_only: HttpsOnly = False,
    query_allow: Allow = None,
    query_deny: Deny = None,
    category: Categories = None,
    days: Annotated[int, typer.Option(help="How long from now.", min=1, max=90)] = 90,
    trial: Trial = False,
    declare_age: DeclareAge = "",
    override_robots: OverrideRobots = False,
    user_agent: Agent = UserAgent.NAMED,
    terms: Terms = SiteTerms.UNREAD,
    why: Why = "",
    directed_at: DirectedAt = None,
    as_json: Json = False,
) -> None:
    """Ask for a mandate, as a person. Another person approves it: `patrol source approve ID --as OTHER`."""
    opened()
    from patrol.actions.collecting import mandates
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    desk = Desk.command_line(people.find(as_account))
    now = desk.now()
    row = mandates.request(
        desk,
        name,
        basis=basis,
        number=number,
        scope=_scope(
            host or mandates.start_hosts(desk, name), path, query_allow, query_deny, only=https_only
        ),
        categories=tuple(category or Category),
        valid_from=now,
        valid_until=now + timedelta(days=min(days, mandates.MAX_TRIAL_DAYS) if trial else days),
        trial=trial,
        age_host=declare_age.lower() or None,
        conduct=_conduct(override_robots, user_agent, terms, why),
        directed_at=tuple(directed_at or ()),
    )
    _say_asked(row.pk, name, directed=row.directed, as_json=as_json)


def _scope(hosts: Sequence[str], paths: Paths, allow: Allow, deny: Deny, *, only: bool) -> Scope:
    return Scope(
        hosts=tuple(hosts),
        paths=tuple(paths or ["/"]),
        https_only=only,
        query_allow=tuple(allow or ()),
        query_deny=tuple(deny or ()),
    )


def _conduct(overrides: OverrideRobots, agent: UserAgent, terms: SiteTerms, why: str) -> Conduct:
    return Conduct(overrides_robots=overrides, user_agent=agent, terms=terms, reason=why or None)


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
    if row.overrides_robots:
        say(f"It has what robots.txt excludes read all the same: {row.conduct_reason}")


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
