"""Comparisons with kept posts that somebody asked for: asked on record, carried out beside collection, looked at on record."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from patrol.actions.desk import Desk
from patrol.actions.rulemaking import backtests, discovery, kept_texts
from patrol.actions.rulemaking.backtests import Asked
from patrol.actions.rulemaking.kept_texts import Kept
from patrol.actions.rulemaking.rule_versions import person_of, versions
from patrol.actions.rulemaking.rulebook import rule_of
from patrol.errors import NotFound, PatrolError, TryLater
from patrol.models import Actor, Permission, Record, Role, Rule, Verb
from patrol.register import log
from patrol.register.tables import Person, RuleTrial, RuleVersion
from pipelines.examples import match_of

KEPT_DAYS = 7
"""A result, its samples' numbers included, is forgotten after so many days."""
SILENT = timedelta(minutes=10)
"""A trial that has not told how far it is for so long is over."""
AROUND = 40
"""Characters shown on either side of the words that hit."""
MASK = "▢▢▢"


class OneAtATime(TryLater):
    def __init__(self) -> None:
        super().__init__(
            "You have asked for a comparison that is not finished yet.",
            why="It reads every post that is kept; two at once would only take turns.",
            do="Wait until it has ended.",
        )


class NoSuchTrial(NotFound):
    def __init__(self, number: int) -> None:
        super().__init__(
            f"There is no comparison {number} here.",
            why=f"A result belongs to who asked for it and is kept for {KEPT_DAYS} days.",
            do="Ask for it again.",
        )


@dataclass(frozen=True)
class Wanted:
    """What is to be compared."""

    kind: str
    """`backtest`, `changes` or `terms`."""
    days: int
    rule: str = ""
    version: int | None = None
    against: int | None = None


@dataclass(frozen=True)
class Sample:
    """A post that serves as an example: the words around those that hit, contacts masked."""

    day: str
    source: str
    pieces: tuple[tuple[str, bool], ...]
    """Words, and whether they made it hit."""
    lead: int | None
    """The lead that it belongs to already."""


@dataclass(frozen=True)
class TrialSheet:
    """A comparison as who asked for it sees it."""

    id: int
    kind: str
    rule: str
    version: int | None
    against: int | None
    days: int
    asked_at: datetime
    begun: bool
    ended_at: datetime | None
    read: int
    failed: str
    result: Mapping[str, Any] | None
    samples: tuple[Sample, ...] = ()
    gone: tuple[Sample, ...] = ()


def ask(desk: Desk, wanted: Wanted) -> RuleTrial:
    """Ask for a comparison. Raises `BeyondText` for days of which no words are kept, `OneAtATime`."""
    verb = Verb.TERMS_DISCOVERED if wanted.kind == "terms" else Verb.RULE_BACKTESTED
    subject = f"rule:{wanted.rule}" if wanted.rule else None
    with desk.act(Permission.RULES_PROPOSE, verb, subject=subject) as act:
        kept_texts.since(desk, wanted.days)
        for number in (wanted.version, wanted.against):
            if number is not None:
                _row(wanted.rule, number)
        waiting = RuleTrial.objects.filter(asked_by=person_of(desk), ended_at=None)
        if waiting.exists():
            raise OneAtATime
        trial = RuleTrial.objects.create(
            kind=wanted.kind,
            rule=wanted.rule,
            version=wanted.version,
            against=wanted.against,
            days=wanted.days,
            asked_by=person_of(desk),
            asked_at=desk.now(),
        )
        act.details = {
            "trial": trial.pk,
            "days": wanted.days,
            "version": wanted.version,
            "against": wanted.against,
        }
        return trial


def waiting() -> list[int]:
    """Trials that nobody has begun, oldest first."""
    rows = RuleTrial.objects.filter(begun_at=None, ended_at=None).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def carry_out(number: int) -> None:
    """Compare, and keep the counts. What goes wrong is kept as a sentence; either is on record."""
    desk = Desk.system("trial", f"trial:{number}")
    begun = RuleTrial.objects.filter(pk=number, begun_at=None, ended_at=None)
    if not begun.update(begun_at=desk.now()):
        return
    trial = RuleTrial.objects.select_related("asked_by").get(pk=number)

    def told(read: int) -> None:
        RuleTrial.objects.filter(pk=number).update(read=read)

    try:
        trial.result = _result(desk, trial, told)
    except PatrolError as error:
        trial.failed = error.what[:300]
    with log.durably():
        trial.read = int((trial.result or {}).get("compared", 0))
        trial.ended_at = desk.now()
        trial.save(update_fields=["result", "failed", "ended_at", "read"])
        log.append(_record(trial))


def _result(desk: Desk, trial: RuleTrial, told: backtests.Read) -> dict[str, Any]:
    unit = trial.asked_by.unit_id
    if trial.kind == "terms":
        return discovery.discover(desk, trial.days, unit=unit, told=told)
    rule = rule_of(_row(trial.rule, trial.version or 0))
    if trial.kind == "backtest":
        return backtests.backtest(desk, rule, trial.days, unit=unit, told=told)
    old = rule_of(_row(trial.rule, trial.against or 0))
    return backtests.changes(desk, (old, rule), trial.days, unit=unit, told=told)


def _record(trial: RuleTrial) -> Record:
    person = trial.asked_by
    terms = trial.kind == "terms"
    return Record(
        verb=Verb.TERMS_DISCOVERED if terms else Verb.RULE_BACKTESTED,
        actor=Actor(
            person=person.pk,
            account=person.account,
            role=Role(person.role),
            origin=f"trial:{trial.pk}",
        ),
        subject=f"rule:{trial.rule}" if trial.rule else None,
        count=trial.read,
        details={"trial": trial.pk, "compared": trial.read, "failed": trial.failed},
    )


def viewed(desk: Desk, number: int) -> TrialSheet:
    """A comparison with its samples. A look: recorded with how many posts' words it showed."""
    verb = Verb.RULE_BACKTESTED
    desk.require(Permission.RULES_PROPOSE, verb, f"trial:{number}")
    trial = RuleTrial.objects.filter(pk=number, asked_by=desk.person).first()
    if trial is None:
        raise NoSuchTrial(number)
    sheet = _sheet(desk, trial)
    desk.record(
        verb if trial.kind != "terms" else Verb.TERMS_DISCOVERED,
        subject=f"rule:{trial.rule}" if trial.rule else None,
        count=len(sheet.samples) + len(sheet.gone),
        details={"trial": trial.pk},
    )
    return sheet


def newest(desk: Desk, rule: str) -> Sequence[RuleTrial]:
    """The comparisons of a rule that this person asked for, newest first."""
    return list(RuleTrial.objects.filter(asked_by=desk.person, rule=rule).order_by("-pk")[:5])


def _sheet(desk: Desk, trial: RuleTrial) -> TrialSheet:
    result = trial.result
    samples: tuple[Sample, ...] = ()
    gone: tuple[Sample, ...] = ()
    if result and trial.kind != "terms" and desk.may(Permission.LEADS_READ):
        samples = samples_of(desk, rule_of(_row(trial.rule, trial.version or 0)), result["samples"])
        if trial.against:
            old = rule_of(_row(trial.rule, trial.against))
            gone = samples_of(desk, old, result["gone"])
    return TrialSheet(
        id=trial.pk,
        kind=trial.kind,
        rule=trial.rule,
        version=trial.version,
        against=trial.against,
        days=trial.days,
        asked_at=trial.asked_at,
        begun=trial.begun_at is not None,
        ended_at=trial.ended_at,
        read=trial.read,
        failed=trial.failed,
        result=result,
        samples=samples,
        gone=gone,
    )


def samples_of(
    desk: Desk, rule: Rule, numbers: Sequence[Sequence[str | int]]
) -> tuple[Sample, ...]:
    """The words around what the rule marks in these posts, as far as they are still kept. Call it inside a recorded look."""
    desk.require(Permission.LEADS_READ, Verb.RULE_BACKTESTED, f"rule:{rule.name}")
    asked = Asked(desk, rule)
    posts = [kept_texts.one(str(kind), int(number)) for kind, number in numbers]
    kept = [one for one in posts if one is not None and one.shown]
    flaggings = asked.flagger.flag([one.post.words for one in kept])
    found = []
    for one, flagging in zip(kept, flaggings, strict=True):
        match = match_of(flagging, rule.name)
        spans = [(span.start, span.end) for span in match.spans] if match else []
        hidden = [(handle.span.start, handle.span.end) for handle in flagging.handles]
        found.append(Sample(one.day, one.source, _pieces(one, spans, hidden), one.lead))
    return tuple(found)


def _pieces(
    one: Kept, spans: Sequence[tuple[int, int]], hidden: Sequence[tuple[int, int]]
) -> tuple[tuple[str, bool], ...]:
    return tuple(_cut(one.post.words, spans, hidden))


def _cut(
    text: str, spans: Sequence[tuple[int, int]], hidden: Sequence[tuple[int, int]]
) -> Iterator[tuple[str, bool]]:
    """Marked words with what stands around them; contacts are not shown, marked or not."""
    first = max(0, min((start for start, _ in spans), default=0) - AROUND)
    last = min(len(text), max((end for _, end in spans), default=0) + AROUND)
    if first:
        yield "…", False
    place = first
    edges = sorted({first, last, *(edge for pair in (*spans, *hidden) for edge in pair)})
    masked = False
    for edge in edges:
        if edge <= place or place >= last:
            continue
        end = min(edge, last)
        if _inside(place, hidden):
            if not masked:
                yield MASK, _inside(place, spans)
            masked = True
        else:
            yield text[place:end], _inside(place, spans)
            masked = False
        place = end
    if last < len(text):
        yield "…", False


def _inside(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def forget_old(desk: Desk) -> int:
    """Forget results that are over, and end trials whose process died. Returns how many went."""
    now = desk.now()
    silent = RuleTrial.objects.filter(ended_at=None, begun_at__lt=now - SILENT)
    silent.update(ended_at=now, failed="It ended without a word.")
    old = RuleTrial.objects.filter(ended_at__lt=now - timedelta(days=KEPT_DAYS))
    gone, _ = old.delete()
    return gone


def _row(name: str, version: int) -> RuleVersion:
    found = versions(name)
    return next((row for row in found if row.version == version), found[0])


def person_unit(desk: Desk) -> int | None:
    """Whose posts a comparison reads: the person's unit's; all for the machine's operator."""
    person: Person | None = desk.person
    return person.unit_id if person else None
