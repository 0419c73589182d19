"""What is held about the one whom a privacy request names: how much, as what, until when, under which mandate.

Never a word of a post, never a lead's number, never anybody else's contact. A
possible victim's lead is left out of every number unless the reader may read
possible victims, and so is a contact that an officer called a victim's: who
answers people sees nothing there, as where nothing is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from patrol.actions.answering.requests import Asked, BadPrivacyRequest, row_of, words_of
from patrol.actions.desk import Desk
from patrol.actions.keeping.holding import families, held_leads, protecting
from patrol.actions.keeping.overdue import Kept, Periods, some_of
from patrol.actions.searching import following, history
from patrol.actions.searching.finding import own
from patrol.models import (
    CaseStatus,
    Category,
    LeadKind,
    LeadStatus,
    Permission,
    SearchKind,
    Verb,
)
from patrol.register.sealing import keyed_hash
from patrol.register.spared import spared
from patrol.register.tables import (
    AuthorizationRow,
    Case,
    CaseLead,
    HandleRow,
    Lead,
    PrivacyLead,
    PrivacyRequest,
    Sighting,
    SightingMark,
    SourceRow,
    StandingQuery,
)
from patrol.settings import Settings
from pipelines.duplicates import SHORTEST_DUPLICATE, squeezed
from pipelines.fold import fold_one
from pipelines.history import flagged_author


@dataclass(frozen=True)
class Row:
    """Leads of one category that are kept for one reason."""

    category: Category | None
    kept: Kept
    leads: int
    posts: int
    held: int
    """Under a legal hold: they stay, whatever their time."""
    until: datetime | None
    """When the last of them is over; None while a case is open."""
    going: int
    """That a supervisor lets be forgotten with the next purge."""


@dataclass(frozen=True)
class Mandate:
    """An authorization under which some of it was collected."""

    number: str
    basis: str
    source: str
    directed: bool
    """At a person; else it is general patrol."""


@dataclass(frozen=True)
class Holdings:
    """What is held, in numbers."""

    leads: int
    posts: int
    rows: tuple[Row, ...]
    ways: tuple[tuple[str, int], ...]
    """How many posts were found as: `author`, `quote`, or a contact's role."""
    mandates: tuple[Mandate, ...]
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    directed: int
    """Mandates that name them, in force or over."""
    queries: int
    """Standing queries that follow them."""

    @property
    def nothing(self) -> bool:
        return not (self.leads or self.directed or self.queries)


NOTHING = Holdings(0, 0, (), (), (), None, None, 0, 0)


class NothingToLookFor(BadPrivacyRequest):
    def __init__(self) -> None:
        super().__init__(
            "The words of this request were erased.", "Enter a new one if the person asks again."
        )


def search(desk: Desk, number: int) -> Holdings:
    """Look for what a request names. Recorded by keyed tag and count; its words are kept as those of a search are.

    Raises `NoSuchPrivacyRequest`, `BadPrivacyRequest`.
    """
    with desk.act(
        Permission.PRIVACY_ANSWER, Verb.PRIVACY_SEARCHED, subject=f"privacy:{number}"
    ) as act:
        row = row_of(desk, number)
        asked = words_of(row)
        if asked is None:
            raise NothingToLookFor
        found = held(row.unit_id, asked, desk.now())
        tag = tag_of(row.unit_id, asked)
        act.count = found.leads
        act.details = {
            "handle": tag,
            "posts": found.posts,
            **own(desk, asked.name),
            "search": history.keep(
                desk,
                SearchKind.PRIVACY,
                asked.name or asked.quote,
                found.leads,
                words_hmac=keyed_hash("query", fold_one(asked.name or asked.quote)),
                tags=[tag],
            ),
        }
        PrivacyRequest.objects.filter(pk=row.pk).update(searched_at=desk.now())
        return found


def tag_of(unit: int, asked: Asked) -> str:
    """The keyed tag by which repeated look-ups are counted, however it is spelled."""
    if not asked.name:
        return keyed_hash("duplicate", squeezed(asked.quote))
    named = following.somebody(unit, [asked.name])
    return named[0].tag if named else keyed_hash("handle", f"any:{fold_one(asked.name)}")


def held(unit: int, asked: Asked, now: datetime) -> Holdings:
    """The numbers that may be known without reading possible victims."""
    tags = following.tags_of(unit, asked.name) if asked.name else frozenset()
    if tags and spared(unit, tags):
        return NOTHING
    found = list(
        open_sightings(unit, asked).values_list(
            "pk", "lead_id", "authorization_id", "first_seen_at", "last_seen_at"
        )
    )
    posts = Counter(lead for _, lead, *_ in found)
    return Holdings(
        leads=len(posts),
        posts=len(found),
        rows=_classed(sorted(posts), posts, now),
        ways=_ways(unit, asked, [pk for pk, *_ in found], tags),
        mandates=_mandates({mandate for _, _, mandate, *_ in found}),
        first_seen_at=min((first for *_, first, _ in found), default=None),
        last_seen_at=max((last for *_, last in found), default=None),
        directed=_directed(unit, tags),
        queries=_queries(unit, tags),
    )


def open_sightings(unit: int, asked: Asked) -> QuerySet[Sighting]:
    """Those of them that who answers people may know of."""
    tags = following.tags_of(unit, asked.name) if asked.name else frozenset()
    if tags and spared(unit, tags):
        return Sighting.objects.none()
    rows = sightings(unit, asked).exclude(lead__kind=LeadKind.POSSIBLE_VICTIM)
    return rows.order_by("pk")


def sightings(unit: int, asked: Asked) -> QuerySet[Sighting]:
    """The unit's flagged posts that were written under that name, name that contact, or are that post.

    Whom a possible victim's post was written by is under no tag: those only who read them can find.
    """
    rows = Sighting.objects.filter(lead__unit=unit, lead__retention__wrapped_key__isnull=False)
    if asked.source:
        rows = rows.filter(source__name=asked.source)
    wanted = Q(pk__in=())
    if asked.name:
        tags = following.tags_of(unit, asked.name)
        contacts = HandleRow.objects.filter(sighting=OuterRef("pk"), tag__in=tags)
        wanted |= Q(Exists(contacts)) | written_by(unit, asked.name)
    if len(words := squeezed(asked.quote)) >= SHORTEST_DUPLICATE:
        wanted |= Q(duplicate_hmac=keyed_hash("duplicate", words))
    return rows.filter(wanted)


def written_by(unit: int, name: str) -> Q:
    """Posts whose author is shown under that name; never a possible victim's, whose author is under no tag."""
    spelled = following.spellings(name)
    sources = SourceRow.objects.filter(unit=unit).values_list("name", flat=True)
    early = [flagged_author(source, one) for source in sources for one in spelled]
    marks = SightingMark.objects.filter(
        sighting=OuterRef("pk"), author_tag__in=following.tags_of(unit, name)
    )
    return Q(Exists(marks)) | Q(author_hmac__in=early)


def _ways(
    unit: int, asked: Asked, posts: Sequence[int], tags: frozenset[str]
) -> tuple[tuple[str, int], ...]:
    found: Counter[str] = Counter()
    for some in some_of(posts):
        rows = Sighting.objects.filter(pk__in=some)
        if asked.name:
            found["author"] += rows.filter(written_by(unit, asked.name)).count()
            handles = HandleRow.objects.filter(sighting__in=some, tag__in=tags)
            pairs = set(handles.values_list("role", "sighting"))
            found.update(role for role, _ in pairs)
        if asked.quote:
            same = keyed_hash("duplicate", squeezed(asked.quote))
            found["quote"] += rows.filter(duplicate_hmac=same).count()
    return tuple((way, count) for way, count in sorted(found.items()) if count)


def _mandates(numbers: set[int]) -> tuple[Mandate, ...]:
    rows = AuthorizationRow.objects.filter(pk__in=numbers).select_related("source")
    return tuple(
        Mandate(row.number, row.basis, row.source.name, row.directed)
        for row in rows.order_by("valid_from", "pk")
    )


def _directed(unit: int, tags: frozenset[str]) -> int:
    rows = AuthorizationRow.objects.filter(source__unit=unit, directed=True)
    named = rows.values_list("directed_tags", flat=True)
    return sum(any(tags & set(one) for one in some) for some in named)


def _queries(unit: int, tags: frozenset[str]) -> int:
    rows = StandingQuery.objects.filter(unit=unit, stopped_at=None)
    followed = rows.values_list("tags", flat=True)
    return sum(any(tags & set(one) for one in some) for some in followed)


@dataclass(frozen=True)
class _Lead:
    """What its class and its end follow from."""

    number: int
    category: Category | None
    kept: Kept
    until: datetime | None
    held: bool
    going: bool


def _classed(leads: Sequence[int], posts: Mapping[int, int], now: datetime) -> tuple[Row, ...]:
    """By category and class, the classes in their order."""
    groups: dict[tuple[str, Kept], list[_Lead]] = defaultdict(list)
    for one in _each(leads, now):
        groups[(one.category or "", one.kept)].append(one)
    order = list(Kept)
    return tuple(
        Row(
            category=some[0].category,
            kept=kept,
            leads=len(some),
            posts=sum(posts[one.number] for one in some),
            held=sum(one.held for one in some),
            until=_last([one.until for one in some]),
            going=sum(one.going for one in some),
        )
        for (_, kept), some in sorted(
            groups.items(), key=lambda item: (item[0][0], order.index(item[0][1]))
        )
    )


def _last(ends: Sequence[datetime | None]) -> datetime | None:
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _each(leads: Sequence[int], now: datetime) -> Iterator[_Lead]:
    periods = Periods.of(Settings())
    holds = protecting(now)
    closed = _closed_cases(leads)
    for some in some_of(leads):
        rows = Lead.objects.filter(pk__in=some)
        stays = set(rows.filter(held_leads(holds)).values_list("pk", flat=True))
        let_go = PrivacyLead.objects.filter(lead__in=some, forget=True)
        going = set(let_go.values_list("lead", flat=True))
        for pk, category, status, moved_at in rows.values_list(
            "pk", "category", "status", "moved_at"
        ):
            kept, days = Kept.OPEN, periods.open
            since: datetime | None = moved_at
            if pk in closed:
                kept, days, since = Kept.CASE, periods.case, closed[pk]
            elif status == LeadStatus.DISMISSED:
                kept, days = Kept.DISMISSED, periods.dismissed
            yield _Lead(
                number=pk,
                category=Category(category) if category else None,
                kept=kept,
                until=since + timedelta(days=days) if since else None,
                held=pk in stays,
                going=pk in going and pk not in closed,
            )


def _closed_cases(leads: Sequence[int]) -> dict[int, datetime | None]:
    """Of the leads that are in a case: when the last of their cases was closed; None while one is open."""
    pairs: list[tuple[int, int]] = []
    for some in some_of(leads):
        rows = CaseLead.objects.filter(
            lead__in=some, detached_at=None, case__retention__wrapped_key__isnull=False
        )
        pairs += rows.values_list("lead", "case")
    if not pairs:
        return {}
    roots = families()
    ended = dict(
        Case.objects.filter(
            pk__in={roots[case] for _, case in pairs}, status=CaseStatus.CLOSED
        ).values_list("pk", "moved_at")
    )
    found: dict[int, list[datetime | None]] = defaultdict(list)
    for lead, case in pairs:
        found[lead].append(ended.get(roots[case]))
    return {lead: _last(ends) for lead, ends in found.items()}
