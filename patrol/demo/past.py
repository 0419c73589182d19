"""The demo's past: a month of runs, leads and decisions that nobody lived through.

All of it goes through the functions that work always goes through, at a time
that the laboratory's clock is told: runs begin under an authorization and end
in an outcome, pages are flagged and kept, officers look and decide, and each
act has its record. Many acts share a transaction, and each is in that of its
record.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random

from patrol.actions.collecting import runs, sources
from patrol.actions.desk import Desk
from patrol.actions.keeping import retention
from patrol.actions.rulemaking import rulebook
from patrol.actions.staffing import people
from patrol.actions.triaging import triage
from patrol.demo.almanac import on_duty
from patrol.demo.bygone import due
from patrol.demo.cast import COLLEAGUES
from patrol.demo.read import DAYS, Read
from patrol.demo.reread import Leaf
from patrol.demo.stage import SHORT_LIVED
from patrol.demo.verdicts import Judged, judged
from patrol.models import (
    DismissReason,
    LeadKind,
    Outcome,
    Post,
    ReadPage,
    Record,
    Verb,
)
from patrol.register import clock, log
from patrol.register.tables import MatchRow, RunRow, Sighting, SourceRow
from patrol.settings import Settings
from pipelines.keep import Keeper

EVERY_MINUTES = 1440
"""How often sources were read in the past; the present reads every minute."""

AT_ONCE = timedelta(days=3)
"""Acts of that long share a transaction."""

OPEN_HOURS = 30
"""Leads younger than that are mostly undecided yet."""

TROUBLE: Mapping[str, tuple[tuple[int, int, Outcome, str], ...]] = {
    "harbor_forum": (
        (21, 20, Outcome.SERVER_ERROR, "The start address answered 503 Service Unavailable."),
    ),
    "night_market": (
        (17, 15, Outcome.RATE_LIMITED, "A page of a thread answered 429 Too Many Requests."),
        (6, 5, Outcome.SERVER_ERROR, "The start address answered 500 Internal Server Error."),
    ),
    "town_feed": (
        (11, 10, Outcome.NETWORK, "The start address did not answer: it took too long."),
    ),
}
"""Nights on which a source could not be read: from and until how many days ago, and what was said."""


class Past:
    """Lives through the month. Call it with a clock that can be told the time."""

    def __init__(
        self, reads: Sequence[Read], seed: int, now: datetime, tell: Callable[[datetime], None]
    ) -> None:
        self._chance = Random(f"{seed} officers")  # noqa: S311  (a story, not a secret)
        self._reads = {read.source.name: read for read in reads if read.is_known()}
        self._now = now
        self._last = now - timedelta(minutes=10)
        self._tell = tell
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = count()
        self._system = Desk.system("clock")
        self._supervisor = Desk.command_line(people.find("supervisor"))
        self._officers = [Desk.command_line(people.find(name)) for name, _ in COLLEAGUES]
        self._flagger = rulebook.flagger()
        self._days = Settings().unflagged_days
        self._read_until = dict.fromkeys(self._reads, now - timedelta(days=DAYS + 1))
        self._harmless = {each.post.key for read in reads for each in read.gone if each.harmless}
        self._at_work: set[tuple[int, datetime]] = set()
        self._last_lead = 0

    def live(self) -> None:
        """From the day on which the sources were authorized until a moment ago."""
        begun = self._now - timedelta(days=DAYS)
        for place, name in enumerate(self._reads):
            self._plan(begun + timedelta(minutes=7 + 95 * place), partial(self._run, name))
            self._plan(
                self._last + timedelta(minutes=2 * place), partial(self._bring_up_to_date, name)
            )
        for day in range(1, DAYS + 1):
            self._plan(begun + timedelta(days=day), self._forget)
        while self._agenda:
            until = self._agenda[0][0] + AT_ONCE
            with log.durably():
                while self._agenda and self._agenda[0][0] < until:
                    at, _, act = heapq.heappop(self._agenda)
                    self._tell(max(at, clock.now()))
                    act()

    def _plan(self, at: datetime, act: Callable[[], None]) -> None:
        if at < self._now:
            heapq.heappush(self._agenda, (at, next(self._number), act))

    def _forget(self) -> None:
        retention.forget_expired(self._system)

    def _run(self, name: str) -> None:
        """One run as the schedule makes it, and the next one when it is due."""
        runs.enqueue_due(self._system)
        self._carry_out(name)
        due_at = SourceRow.objects.get(name=name).next_due_at
        if due_at is not None and due_at < self._last:
            self._plan(due_at, partial(self._run, name))

    def _bring_up_to_date(self, name: str) -> None:
        """The present begins: the source is read every minute from now on, and once right away."""
        sources.propose(self._supervisor, self._reads[name].source)
        sources.run_now(self._supervisor, name)
        self._carry_out(name)

    def _carry_out(self, name: str) -> None:
        run = RunRow.objects.filter(source__name=name, ended_at=None, begun_at=None).first()
        if run is None:
            return
        begun = runs.begin(Desk.system("run", f"run:{run.pk}"), run.pk)
        if begun is not None:
            self._read(name, begun)

    def _read(self, name: str, begun: runs.Begun) -> None:
        desk = Desk.system("run", f"run:{begun.run.pk}")
        at = clock.now()
        read, trouble = self._reads[name], self._trouble(name, at)
        if trouble is not None:
            self._tell(at + timedelta(seconds=20))
            runs.end(desk, begun.run.pk, runs.Ended(trouble[0], trouble[1], requests=3))
            return
        keeper = Keeper(begun.run, self._flagger, unflagged_days=self._days, now=clock.now)
        pages = list(_pages(read, self._read_until[name], at))
        self._tell(clock.now() + timedelta(seconds=3 * len(pages)))
        keeper.keep_all(pages)
        self._read_until[name] = at
        self._tell(clock.now() + timedelta(seconds=25))
        looked = len(read.shown.leaves) // 8 + len(pages)
        ended = runs.Ended(
            Outcome.OK,
            "",
            pages=looked,
            requests=looked + 1,
            marks={} if name == SHORT_LIVED else read.shown.marks,
            engine=read.shown.engine,
            evidence=read.shown.evidence,
        )
        runs.end(desk, begun.run.pk, ended)
        self._hand_over()

    def _trouble(self, name: str, at: datetime) -> tuple[Outcome, str] | None:
        for begun, ended, outcome, detail in TROUBLE.get(name, ()):
            if self._now - timedelta(days=begun) <= at < self._now - timedelta(days=ended):
                return outcome, detail
        return None

    def _hand_over(self) -> None:
        """Give the leads that the run opened to officers."""
        opened = Sighting.objects.filter(lead__gt=self._last_lead).order_by("lead", "pk")
        first = {
            lead: rest
            for lead, *rest in opened.reverse().values_list(
                "lead", "key", "lead__kind", "lead__opened_at"
            )
        }
        for lead, (key, kind, opened_at) in sorted(first.items()):
            self._last_lead = lead
            decisions = judged(self._chance, LeadKind(kind), harmless=key in self._harmless)
            young = self._now - opened_at < timedelta(hours=OPEN_HOURS)
            victim = kind == LeadKind.POSSIBLE_VICTIM
            if not victim and self._chance.random() < (0.8 if young else 0.015):
                continue
            self._decide_later(lead, self._chance.choice(self._officers), decisions)

    def _decide_later(self, lead_id: int, desk: Desk, decisions: list[Judged]) -> None:
        if decisions:
            at = on_duty(self._chance, clock.now() + decisions[0].after)
            self._plan(at, partial(self._decide, lead_id, desk, decisions))

    def _decide(self, lead_id: int, desk: Desk, decisions: list[Judged]) -> None:
        one, *others = decisions
        self._sign_in(desk)
        sightings = Sighting.objects.filter(lead=lead_id).order_by("-score", "-pk")
        shown = ("pk", "authorization", "lead__version", "lead__sightings_count")
        best, mandate, version, seen = sightings.values_list(*shown)[0]
        desk.record(
            Verb.LEAD_VIEWED,
            subject=f"lead:{lead_id}",
            purpose=f"authorization:{mandate}",
            count=seen,
            details={"version": version},
        )
        self._tell(clock.now() + timedelta(seconds=20 + 70 * self._chance.random()))
        triage.decide(
            desk,
            lead_id,
            version,
            one.verdict,
            dismiss_reason=one.reason,
            note=one.note,
            false_rule=MatchRow.objects.filter(sighting=best).values_list("rule", flat=True)[0]
            if one.reason is DismissReason.RULE_FALSE_HIT
            else None,
        )
        self._decide_later(lead_id, desk, others)

    def _sign_in(self, desk: Desk) -> None:
        """Once a day each, as people do."""
        person = desk.actor.person
        today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        if person is None or (person, today) in self._at_work:
            return
        self._at_work.add((person, today))
        log.append(
            Record(
                verb=Verb.PERSON_SIGNED_IN,
                actor=desk.actor,
                subject=f"person:{person}",
                details={"by": "password"},
            )
        )


def _pages(read: Read, since: datetime, until: datetime) -> Iterator[ReadPage]:
    """What was new between two runs: posts that the board still shows, and among them those that are gone."""
    gone = due(read.gone, since, until)
    fresh = [(leaf, posts) for leaf in read.shown.leaves if (posts := _between(leaf, since, until))]
    for place, (leaf, posts) in enumerate(fresh):
        mixed = (*posts, *(each.post for each in gone[place :: len(fresh)]))
        yield _page(read, leaf, mixed)
    if gone and not fresh:
        yield _page(read, read.shown.leaves[0], tuple(each.post for each in gone))


def _between(leaf: Leaf, since: datetime, until: datetime) -> tuple[Post, ...]:
    return tuple(
        post for post in leaf.posts if post.posted_at and since < post.posted_at.at <= until
    )


def _page(read: Read, leaf: Leaf, posts: tuple[Post, ...]) -> ReadPage:
    return ReadPage(
        source=read.source.name,
        capture=leaf.capture.model_copy(update={"fetched_at": clock.now()}),
        engine=read.shown.engine or "",
        kind=leaf.kind,
        posts=posts,
    )
