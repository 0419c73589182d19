"""What a look at an address saw, for people."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patrol.cli.common import say, write

if TYPE_CHECKING:
    from patrol.actions.collecting.sources_look import Look

_LONGEST = 200
"""Characters of a post that are shown."""


def print_look(seen: "Look") -> None:
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
        f"scope      {' '.join((*proposal.scope.hosts, *proposal.scope.paths, *proposal.scope.query_allow))}  ({proposal.why_scope})"
    )
    for part in proposal.denied:
        write(f"never      {' '.join(part.patterns)}  ({part.why})")
    write(f"schedule   every {source.every_minutes} minutes  ({proposal.why_schedule})")
    if source.browser:
        write(f"browser    {source.browser}")
    print_posts(fields(glance.posts) if glance else [])


def print_posts(posts: Sequence[Mapping[str, Any]]) -> None:
    """Five posts, a line for each field."""
    for place, post in enumerate(posts, 1):
        write(f"post {place}     {post['key']}")
        write(f"  author   {post['author'] or '-'}")
        write(f"  date     {post['posted_at'] or '-'} ({post['precision'] or 'no date'})")
        for name in ("title", "text"):
            if post[name]:
                write(f"  {name:<8} {' / '.join(str(post[name]).split(chr(10)))[:_LONGEST]}")


def print_suggestion(found: Mapping[str, Any]) -> None:
    """Selectors as a source's YAML wants them, then the sample."""
    say(
        f"{found['why']} Confidence {found['confidence']:.2f}; look at the sample before you use them."
    )
    write("selectors:")
    for name, selector in found["selectors"].items():
        write(f"  {name}: '{selector}'")
    for part in found["denied"]:
        write(f"# never asked: {' '.join(part['patterns'])}  ({part['why']})")
    write("")
    print_posts(found["posts"])
