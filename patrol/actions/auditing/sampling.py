"""Looks drawn for review: some of each person's consultations of a month, judged by an auditor.

What is drawn follows from the log itself, so that neither the auditor nor the
one who looked chooses it: the seed is the hash of the last record before the
month's end, or before today.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dashboards.period import begin_of, local_day
from patrol.actions.auditing.audit import LogRow, row_of
from patrol.actions.auditing.one_record import verdicts
from patrol.actions.auditing.presets import LOOKS
from patrol.actions.desk import Desk
from patrol.actions.staffing.pairs import accounts_of
from patrol.errors import BadInput, Refused
from patrol.models import LookVerdict, Permission, Verb
from patrol.register import log, proofs
from patrol.register.tables import LedgerIndex, LedgerRecord

EACH = 5
"""Looks drawn of each person."""


class OwnLook(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Nobody reviews their own look.",
            why="A review is another person's judgement.",
            do="Leave it to another auditor.",
        )


class NotReviewed(BadInput):
    def __init__(self) -> None:
        super().__init__(
            "A doubt needs its words.",
            why="Who is doubted is told why.",
            do="Say in a sentence what is missing.",
        )


@dataclass(frozen=True)
class Drawn:
    """A look, and what an auditor said of it."""

    row: LogRow
    verdict: str | None


@dataclass(frozen=True)
class Sample:
    """Looks of a month."""

    month: date
    """Its first day."""
    until: datetime
    """Looks after it are drawn another day."""
    people: tuple[tuple[str, int, tuple[Drawn, ...]], ...]
    """Account, how many looks there were, and those drawn."""

    @property
    def drawn(self) -> int:
        return sum(len(drawn) for _, _, drawn in self.people)

    @property
    def judged(self) -> int:
        return sum(one.verdict is not None for _, _, drawn in self.people for one in drawn)


def sample(desk: Desk, month: date) -> Sample:
    """The looks drawn of that month. Recorded."""
    desk.require(Permission.LOG_READ, Verb.LOG_LISTED)
    first = month.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    until = min(begin_of(after), begin_of(local_day(desk.now())))
    looks = LedgerIndex.objects.filter(
        verb__in=LOOKS, person__isnull=False, at__gte=begin_of(first), at__lt=until
    ).exclude(verb__in=_OF_THE_LOG)
    seed = _seed(until)
    numbers: dict[str, list[int]] = {}
    for account, seq in looks.order_by("seq").values_list("account", "seq"):
        numbers.setdefault(account, []).append(seq)
    chosen = {account: _draw(seed, account, seqs) for account, seqs in sorted(numbers.items())}
    every = [seq for seqs in chosen.values() for seq in seqs]
    shown = {one.seq: row_of(one) for one in log.told(list(LedgerIndex.objects.filter(seq__in=every)))}  # fmt: skip
    said = verdicts(every)
    people = tuple(
        (account, len(numbers[account]), tuple(Drawn(shown[seq], said.get(seq)) for seq in seqs))
        for account, seqs in chosen.items()
    )
    desk.record(Verb.LOG_LISTED, count=len(every), details={"preset": "review"})
    return Sample(first, until, people)


_OF_THE_LOG = (Verb.LOG_LISTED, Verb.LOG_READ, Verb.LOG_VERIFIED)
"""Auditors' own looks are another auditor's to find in the log."""


def _seed(until: datetime) -> bytes:
    last = LedgerIndex.objects.filter(at__lt=until).order_by("-seq").values_list("seq", flat=True)
    row = LedgerRecord.objects.filter(seq__in=list(last[:1])).values_list("hash", flat=True).first()
    return bytes(row) if row else b""


def _draw(seed: bytes, account: str, seqs: list[int]) -> list[int]:
    chance = random.Random(seed + account.encode())  # noqa: S311  (drawn anew by whoever doubts it)
    return sorted(chance.sample(seqs, min(EACH, len(seqs))))


def review(desk: Desk, seq: int, verdict: LookVerdict, comment: str) -> None:
    """Say of a look whether it was justified. Raises `OwnLook`, `NotReviewed`, `NoSuchRecord`."""
    words = comment.strip()
    with desk.act(
        Permission.LOG_VERIFY, Verb.LOG_REVIEWED, subject=f"record:{seq}", reason=words or None
    ) as act:
        row = LedgerIndex.objects.filter(seq=seq, verb__in=LOOKS, person__isnull=False).first()
        if row is None:
            raise proofs.NoSuchRecord(seq)
        if row.person in accounts_of(desk.actor.person):
            raise OwnLook
        if verdict is not LookVerdict.JUSTIFIED and not words:
            raise NotReviewed
        act.details = {"verdict": verdict.value, "account": row.account}
