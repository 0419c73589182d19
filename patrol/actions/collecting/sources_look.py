"""Looking at an address before it is a source. The command line and the page come here, and nothing else looks.

Nothing is asked of any site without an authorization in force that covers the
address, not even once: a *trial* authorization covers single looks and no run.
Only in a laboratory, whose boards are on this machine, none is needed. Without
either, what is known without asking is said, and what has to come first.
"""

import subprocess
import sys
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop as _

from patrol.actions.collecting import hosts
from patrol.actions.collecting.binding import scope_of
from patrol.actions.collecting.mandates import authorization, in_force
from patrol.actions.collecting.sources_job import LookJob
from patrol.actions.collecting.sources_proposal import Proposal, proposed
from patrol.actions.desk import Desk
from patrol.errors import BadInput, PatrolError, Refused
from patrol.models import (
    Authorization,
    Category,
    Model,
    Permission,
    Result,
    Scope,
    Selectors,
    Source,
    Verb,
)
from patrol.register.lock import Lock
from patrol.register.tables import AuthorizationRow, SourceRow
from patrol.settings import ROOT, Settings
from spiders.capture import clean_posts
from spiders.gate.proxy import forward_proxy
from spiders.gate.refusal import Refusal
from spiders.gate.scope import Coverage, place
from spiders.job import Job
from spiders.look import SHOWN, Glance
from spiders.page import Page
from spiders.places import Place, known
from spiders.reading import read
from spiders.selectors import Selected

SECONDS = 90
"""How long a look may take; its run ends itself within one minute."""


class PlaceRefuses(Refused):
    """A place that everybody knows, and that is not read by programs."""

    def __init__(self, found: Place) -> None:
        super().__init__(
            f"{found.name} is not read: a run would end as `{found.outcome.value}`.",
            why=found.why,
            do=found.do,
        )
        self.place = found


class NoAddress(BadInput):
    def __init__(self, address: str, what: str) -> None:
        super().__init__(
            f"`{address[:100]}` cannot be a source: {what}",
            why="A source begins at an address that everybody can open over http or https.",
            do="Copy the address of a thread list, a thread or a feed from the browser.",
        )


class Known(Model):
    """A place that everybody knows."""

    name: str
    why: str
    do: str


class Look(Model):
    """What is known of an address: by a look if one was lawful, and what is proposed."""

    address: str
    known: Known | None = None
    """What the place asks of programs, where everybody knows it."""
    under: str | None = None
    """The authorization that covered the look, or the laboratory; None if nothing was asked of the site."""
    why_not: str = ""
    """Why nothing was asked of the site, and what has to come first."""
    glance: Glance | None = None
    proposal: Proposal
    source: str | None = None
    """Name of the source that begins there already."""


class _Mandate(Model):
    """Under what an address may be looked at."""

    authorization: Authorization
    row: int | None
    told: str


def look(
    desk: Desk,
    address: str,
    *,
    engine: str | None = None,
    selectors: Selectors | None = None,
    wanted: bool = False,
) -> Look:
    """Look at an address as far as that is lawful now. Recorded before anything is asked of the site.

    Raises `NoAddress`, `PlaceRefuses`, `HostBusy`, and `BadSelectors`; each is recorded.
    """
    desk.require(Permission.SOURCES_PROPOSE, Verb.SOURCE_LOOKED_AT)
    try:
        return _looked(desk, _canonical(address), engine, selectors, wanted=wanted)
    except PatrolError as error:
        result = Result.DENY if isinstance(error, Refused) else Result.ERROR
        details = {"address": address[:300], "error": type(error).__name__}
        desk.record(Verb.SOURCE_LOOKED_AT, result=result, details={**details})
        raise


def refuse_guarded(address: str) -> None:
    """Raise `PlaceRefuses` for a place that everybody knows and that programs do not read."""
    found = known(address)
    if found is not None and not found.outcome.green:
        raise PlaceRefuses(found)


def tried(desk: Desk, seen: Look, selectors: Selectors) -> Look:
    """The page that a look saw, read by other selectors; asks nothing of the site. Raises `BadSelectors`."""
    desk.require(Permission.SOURCES_PROPOSE, Verb.SOURCE_LOOKED_AT)
    glance = seen.glance
    if glance is None or not glance.markup:
        return seen
    reading = read(Page(glance.url, glance.markup.encode("utf-8", "replace")), Selected(selectors))
    posts, _cut = clean_posts(reading.posts)
    desk.record(
        Verb.SOURCE_LOOKED_AT, count=len(posts), details={"address": seen.address, "asked": False}
    )
    more = {"posts": posts[:SHOWN], "read": len(posts), "outcome": reading.outcome}
    more |= {"detail": reading.detail, "engine": None, "selectors": selectors, "confidence": None}
    source = seen.proposal.source.model_copy(update={"engine": None, "selectors": selectors})
    return seen.model_copy(
        update={
            "glance": glance.model_copy(update=more),
            "proposal": seen.proposal.model_copy(update={"source": source}),
        }
    )


def _looked(
    desk: Desk,
    address: str,
    engine: str | None,
    selectors: Selectors | None,
    *,
    wanted: bool,
) -> Look:
    refuse_guarded(address)
    found = known(address)
    mandate = _mandate(desk, address)
    row = _source_at(desk, address)
    plain = proposed(address, found, None)
    named = Known(name=found.name, why=found.why, do=found.do) if found else None
    if mandate is None:
        desk.record(Verb.SOURCE_LOOKED_AT, details={"address": address, "asked": False})
        return Look(
            address=address,
            known=named,
            why_not=_WHY_NOT,
            proposal=plain,
            source=row and row.name,
        )
    trying = {"engine": engine or (found.engine if found else None), "selectors": selectors}
    source = (Source.model_validate(row.body) if row else plain.source).model_copy(
        update={**({} if row and not (engine or selectors) else trying), "start": (address,)}
    )
    glance = _asked(desk, source, mandate, wanted=wanted)
    if glance.feed and not glance.engine and _covers(mandate, glance.feed):
        feed = _asked(
            desk, source.model_copy(update={"start": (glance.feed,)}), mandate, wanted=False
        )
        if feed.read:
            address, glance = glance.feed, feed
    return Look(
        address=address,
        known=named,
        under=mandate.told,
        glance=glance,
        proposal=proposed(address, found, glance),
        source=row and row.name,
    )


_WHY_NOT = _(
    "Nothing was asked of this site: no authorization in force covers the address, and Patrol asks nothing without one, not even once. "
    "Propose the source, have a trial authorization approved by a second person, and look again."
)


def _canonical(address: str) -> str:
    try:
        return place(address).href
    except Refusal as refusal:
        raise NoAddress(address, refusal.what) from refusal


def _mandate(desk: Desk, address: str) -> _Mandate | None:
    """An authorization of this unit that is in force and covers the address, or the laboratory."""
    now = desk.now()
    rows = SourceRow.objects.filter(authorizations__approver__isnull=False).distinct()
    if desk.person is not None:
        rows = rows.filter(unit=desk.person.unit_id)
    for row in rows:
        standing = in_force(row, now, trial=True)
        if standing is not None and _covered(standing, address):
            noun = authorization(standing)
            return _Mandate(
                authorization=noun,
                row=standing.pk,
                told=f"authorization {noun.number} ({row.name})",
            )
    host = urlsplit(address).netloc.lower()
    if host in Settings().laboratory_hosts:
        return _Mandate(authorization=_laboratory(host, now), row=None, told="laboratory")
    return None


def _covered(row: AuthorizationRow, address: str) -> bool:
    return _within(scope_of(row), address)


def _covers(mandate: _Mandate, address: str) -> bool:
    return _within(mandate.authorization.scope, address)


def _within(scope: Scope, address: str) -> bool:
    try:
        Coverage(scope).check(place(address))
    except Refusal:
        return False
    return True


def _laboratory(host: str, now: datetime) -> Authorization:
    """A board on this machine's loopback is nobody's but ours; the gate still wants to be told what it may ask."""
    return Authorization(
        id=0, source="laboratory", basis="laboratory", number="laboratory", scope=Scope(hosts=(host,)),
        categories=tuple(Category), requester="laboratory", approver="loopback",
        valid_from=now - timedelta(minutes=1), valid_until=now + timedelta(minutes=5),
    )  # fmt: skip


def _source_at(desk: Desk, address: str) -> SourceRow | None:
    rows = SourceRow.objects.order_by("name")
    if desk.person is not None:
        rows = rows.filter(unit=desk.person.unit_id)
    return next((row for row in rows if address in row.body["start"]), None)


def _asked(desk: Desk, source: Source, mandate: _Mandate, *, wanted: bool) -> Glance:
    """Ask the site, in a process of its own. The record is durable before the first request leaves."""
    address = source.start[0]
    lock = _turn(address)
    try:
        purpose = f"authorization:{mandate.row}" if mandate.row else "laboratory"
        desk.record(
            Verb.SOURCE_LOOKED_AT, purpose=purpose, details={"address": address, "asked": True}
        )
        noun = mandate.authorization.model_copy(update={"source": source.name})
        if mandate.row:
            source = source.model_copy(update={"name": mandate.authorization.source})
            noun = mandate.authorization
        settings = Settings()
        asked = LookJob(
            job=Job(
                source=source,
                authorization=noun,
                laboratory=settings.laboratory_hosts,
                proxy=forward_proxy(settings),
                contact=settings.contact,
                engine=source.engine,
            ),
            authorization=mandate.row,
            wanted=wanted,
        )
        glance = _carried_out(asked)
    finally:
        lock.leave()
    desk.record(
        Verb.SOURCE_LOOKED_AT, purpose=purpose, count=glance.read,
        details={"address": address, "outcome": glance.outcome.value, "requests": glance.requests},
    )  # fmt: skip
    return glance


def _turn(address: str) -> Lock:
    """The host, for this look alone: neither another look nor a run asks it meanwhile. Raises `HostBusy`."""
    host = urlsplit(address).netloc.lower()
    lock = hosts.looking(host)
    if not lock.take(wait=False):
        raise hosts.HostBusy(host)
    if host in hosts.read_now():
        lock.leave()
        raise hosts.HostBusy(host)
    return lock


class LookFailed(PatrolError):
    def __init__(self, what: str) -> None:
        super().__init__(
            f"The look could not be carried out: {what}.",
            why="Each look has a process of its own, and this one came to no end.",
            do="Look again; if it stays, see `patrol doctor`.",
        )


def _carried_out(asked: LookJob) -> Glance:
    command = [sys.executable, "-m", "patrol.actions.collecting.sources_child"]
    try:
        done = subprocess.run(
            command, input=asked.model_dump_json().encode(), capture_output=True, check=False,
            timeout=SECONDS, cwd=ROOT,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise LookFailed("it took too long") from error
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no word"]
        raise LookFailed(last[0][:200])
    return Glance.model_validate_json(done.stdout)
