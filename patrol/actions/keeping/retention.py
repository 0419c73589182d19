"""Forgetting what is over: begun, carried out in parts, and ended in one signed certificate.

Each part is one transaction with its record. Killed anywhere, the purge goes
on where it was, with the time and the periods of its begin, and ends in one
certificate. What it destroys is told outside the register too
(`patrol.register.forgotten`), so that a backup which is put back forgets it again.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db.models import Max

from patrol.actions.desk import Desk, Details
from patrol.actions.keeping import forgetting
from patrol.actions.keeping.certificates import certify
from patrol.actions.keeping.forgetting import Gone
from patrol.actions.keeping.holding import held_cases, held_leads, protecting
from patrol.actions.keeping.overdue import Kept, Periods, cases_over, leads_over, over
from patrol.errors import TryLater
from patrol.models import Permission, Verb
from patrol.register import forgotten, log
from patrol.register.forgotten import Destroyed, fingerprint
from patrol.register.lock import Lock
from patrol.register.tables import (
    CaptureRow,
    Case,
    Lead,
    Purge,
    RetentionUnit,
)
from patrol.register.turn import batch
from patrol.settings import Settings

AGAIN = "again"
"""The class under which a restore's purge counts: what it was before, the first certificate says."""
Forget = Callable[[Sequence[int], datetime], Gone]


class PurgeUnderWay(TryLater):
    """Two purges at once would only wait for each other."""

    def __init__(self) -> None:
        super().__init__(
            "Another process is forgetting what is over.",
            why="One at a time does it; what it has begun, it ends.",
            do="Wait until it has ended, and ask again.",
        )


def run(
    desk: Desk,
    settings: Settings,
    *,
    classes: Sequence[Kept] = tuple(Kept),
    tell: Callable[[], object] = lambda: None,
) -> list[Purge]:
    """End a purge that was begun, then forget what is over now. Returns those that ended here; none when nothing was over.

    `tell` lets the index hear of it, before the certificate says what the index still has to hear. Raises `PurgeUnderWay`.
    """
    desk.require(Permission.SYSTEM_OPERATE, Verb.POSTS_FORGOTTEN)
    with _alone(settings):
        ended = [_carry_out(desk, settings, purge, tell) for purge in _unfinished()]
        now, periods = desk.now(), Periods.of(settings)
        if _anything(now, periods, classes):
            purge = _begun(now, "due", [kept.value for kept in classes], periods._asdict())
            ended.append(_carry_out(desk, settings, purge, tell))
        return ended


def forget_expired(desk: Desk) -> int:
    """Destroy the keys and the words of the unflagged days that are over, and end what was begun. Returns how many posts' words went.

    Their keyed hashes and counters stay: a post is known to have been read.
    """
    expired = RetentionUnit.objects.filter(
        kind="unflagged", expires_at__lte=desk.now(), destroyed_at=None
    )
    if not expired.exists() and not Purge.objects.filter(certificate="").exists():
        return 0
    try:
        ended = run(desk, Settings(), classes=[Kept.UNFLAGGED])
    except PurgeUnderWay:
        return 0
    return sum(counts.get("posts", 0) for purge in ended for counts in purge.done.values())


def replay(desk: Desk, settings: Settings) -> Purge | None:
    """Forget again what purges forgot that this register does not know: it was put back from before them.

    What happened is in the log of then, which is lost with that register; the certificates are not.
    """
    known = set(Purge.objects.values_list("number", flat=True))
    missing = [number for number in forgotten.numbers() if number not in known]
    if not missing:
        return None
    with _alone(settings, wait=True):
        for number in missing:
            _remember(number)
        purge = _begun(desk.now(), "restore", [AGAIN], {}, replays=missing)
        return _carry_out(desk, settings, purge, lambda: None)


def _remember(number: int) -> None:
    """The purge as the certificate outside the register tells it; one that had not ended goes on later."""
    told = forgotten.told(number)
    begun_at = datetime.fromisoformat(told["begun_at"])
    note = forgotten.certificate(number)
    Purge.objects.create(
        number=number,
        cause=told["cause"],
        classes=told["classes"],
        rule=told["rule"],
        replays=told["replays"],
        begun_at=begun_at,
        ended_at=begun_at if note else None,
        certificate=note,
    )


@contextmanager
def _alone(settings: Settings, *, wait: bool = False) -> Iterator[None]:
    lock = Lock(settings.home / "running" / "purge.lock")
    if not lock.take(wait=wait):
        raise PurgeUnderWay
    try:
        yield
    finally:
        lock.leave()


def _unfinished() -> list[Purge]:
    return list(Purge.objects.filter(certificate="").order_by("number"))


def _anything(now: datetime, periods: Periods, classes: Sequence[Kept]) -> bool:
    found = over(now, periods, protecting(now), classes)
    return bool(found.days or found.cases or any(found.leads.values()))


def _begun(
    now: datetime,
    cause: str,
    classes: list[str],
    rule: dict[str, int],
    *,
    replays: Sequence[int] = (),
) -> Purge:
    with log.durably():
        last = Purge.objects.aggregate(last=Max("number"))["last"] or 0
        return Purge.objects.create(
            number=max([last, *forgotten.numbers()]) + 1,
            cause=cause,
            classes=classes,
            rule=rule,
            replays=list(replays),
            begun_at=now,
        )


def _carry_out(desk: Desk, settings: Settings, purge: Purge, tell: Callable[[], object]) -> Purge:
    """From wherever it is to its certificate."""
    if purge.ended_at is None:
        told = ("cause", "classes", "rule", "replays")
        about = {name: getattr(purge, name) for name in told}
        forgotten.begin(purge.number, {**about, "begun_at": purge.begun_at.isoformat()})
        for number in purge.replays:
            _again(desk, purge, number)
        if purge.cause == "due":
            _forget_over(desk, purge)
        _end(desk, purge)
    tell()
    certify(settings, purge)
    return purge


def _forget_over(desk: Desk, purge: Purge) -> None:
    periods, begun_at = Periods(**purge.rule), purge.begun_at
    found = over(begun_at, periods, protecting(desk.now()), [Kept(one) for one in purge.classes])

    def days(units: Sequence[int], now: datetime) -> Gone:
        return forgetting.forget_days(units, now)

    def cases(numbers: Sequence[int], now: datetime) -> Gone:
        held = held_cases(protecting(now))
        still = cases_over(begun_at, periods)
        return forgetting.forget_cases(
            [one for one in numbers if one in still and one not in held], now
        )

    def leads_of(kept: Kept) -> Forget:
        def leads(numbers: Sequence[int], now: datetime) -> Gone:
            these = leads_over(begun_at, periods)[kept].filter(pk__in=numbers)
            free = these.exclude(held_leads(protecting(now))).order_by("pk")
            return forgetting.forget_leads(list(free.values_list("pk", flat=True)), now)

        return leads

    _in_parts(desk, purge, Kept.UNFLAGGED, found.days, days)
    for kept, these in found.leads.items():
        _in_parts(desk, purge, kept, these, leads_of(kept))
    _in_parts(desk, purge, Kept.CASE, found.cases, cases)


def _in_parts(desk: Desk, purge: Purge, kept: str, numbers: dict[int, str], forget: Forget) -> None:
    """A month after the other, so many at once. What is held or has moved meanwhile, `forget` passes over."""
    for month in sorted(set(numbers.values())):
        these = sorted(number for number, of in numbers.items() if of == month)
        for at in range(0, len(these), forgetting.AT_ONCE):
            _part(desk, purge, f"{kept} {month}", these[at : at + forgetting.AT_ONCE], forget)


def _part(desk: Desk, purge: Purge, key: str, numbers: Sequence[int], forget: Forget) -> None:
    """One transaction, told outside the register before it ends: what is told and not done is done next time."""
    with (
        batch(),
        desk.act(
            Permission.SYSTEM_OPERATE, Verb.POSTS_FORGOTTEN, subject=f"purge:{purge.number}"
        ) as act,
    ):
        purge.refresh_from_db(from_queryset=Purge.objects.select_for_update())
        gone = forget(numbers, desk.now())
        forgotten.add(purge.number, gone.units)
        before: dict[str, int] = purge.done.get(key, {})
        new = {**vars(gone), "units": len(gone.units)}
        purge.done[key] = {name: before.get(name, 0) + new[name] for name in _SUMMED}
        purge.save(update_fields=["done"])
        act.count = gone.posts
        act.details = {
            "of": key,
            "leads": gone.leads,
            "cases": gone.cases,
            "captures": gone.captures,
            "units": [one.unit for one in gone.units],
        }


_SUMMED = ("leads", "cases", "posts", "captures", "units", "documents")


def _end(desk: Desk, purge: Purge) -> None:
    """That it is done, with its sums."""
    _settle(purge.number)
    with desk.act(
        Permission.SYSTEM_OPERATE, Verb.PURGE_ENDED, subject=f"purge:{purge.number}"
    ) as act:
        purge.ended_at = desk.now()
        purge.save(update_fields=["ended_at"])
        sums: Details = {
            name: sum(counts.get(name, 0) for counts in purge.done.values()) for name in _SUMMED
        }
        act.count = int(str(sums["units"]))
        act.details = {**sums, "cause": purge.cause, "classes": list(purge.classes)}


def _settle(number: int) -> None:
    """Take units out of what is told outside whose keys are there all the same: a hold came before their part was done."""
    told = list(dict.fromkeys(forgotten.destroyed(number)))
    kept = set()
    for at in range(0, len(told), forgetting.AT_ONCE):
        kept |= set(_alive(told[at : at + forgetting.AT_ONCE]))
    if kept:
        forgotten.replace_units(number, [one for one in told if one.unit not in kept])


def _alive(told: Sequence[Destroyed]) -> dict[int, str]:
    """Those of these units whose very key is there, and their kind."""
    marks = {one.unit: one.fingerprint for one in told}
    rows = RetentionUnit.objects.filter(pk__in=list(marks), wrapped_key__isnull=False)
    return {
        pk: kind
        for pk, kind, wrapped in rows.values_list("pk", "kind", "wrapped_key")
        if wrapped is not None and fingerprint(wrapped) == marks[pk]
    }


def _again(desk: Desk, purge: Purge, number: int) -> None:
    """Forget what that purge forgot."""
    told = list(forgotten.destroyed(number))
    for at in range(0, len(told), forgetting.AT_ONCE):
        alive = _alive(told[at : at + forgetting.AT_ONCE])
        if alive:
            month = f"{purge.begun_at:%Y-%m}"
            _part(desk, purge, f"{AGAIN} {month}", sorted(alive), _forget_units)


def _forget_units(units: Sequence[int], now: datetime) -> Gone:
    """Whatever they belong to: first the leads, and with them their captures."""
    leads = list(Lead.objects.filter(retention__in=units).values_list("pk", flat=True))
    cases = list(Case.objects.filter(retention__in=units).values_list("pk", flat=True))
    captures = list(CaptureRow.objects.filter(unit__in=units).values_list("pk", flat=True))
    found = [
        forgetting.forget_leads(leads, now),
        forgetting.forget_captures(captures, now),
        forgetting.forget_days(units, now),
        forgetting.forget_cases(cases, now),
    ]
    sums: dict[str, Any] = {
        name: sum(getattr(one, name) for one in found)
        for name in ("leads", "cases", "posts", "captures", "documents")
    }
    return Gone(**sums, units=[unit for one in found for unit in one.units])
