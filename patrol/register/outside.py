"""The second place of checkpoints: what has left this machine cannot be rewritten on it.

Records younger than the last checkpoint elsewhere can be forged by whoever
holds this machine and its key. So every checkpoint is given to a pickup place
and shown to a witness as soon as it is signed. One that is away stops nothing:
it is asked again, and from `OVERDUE` on the pages say since when nothing left.
"""

import http.client
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from patrol.errors import PatrolError, Tampered, TryLater
from patrol.ledger.checkpoint import Checkpoint
from patrol.ledger.tree import Grown
from patrol.ledger.witness import Seen, WitnessKey, request
from patrol.register import asking, checkpoints, disputes, log, pickup, stamping
from patrol.register.tables import LedgerCheckpoint, LedgerCopy, LedgerIndex
from patrol.settings import Settings

OVERDUE = timedelta(minutes=15)
MAX_ANSWER_BYTES = 16_384
PICKUP, WITNESS, STAMP = "pickup", "witness", "stamp"


class WitnessAway(TryLater):
    """The witness does not answer, or does not serve this log."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(
            f"The witness {address} signed no checkpoint.",
            why=why,
            do="Ask its operator whether it is up and knows keys/log.pub of this log. Appending goes on meanwhile.",
        )


class WitnessDisagrees(Tampered):
    """The witness has seen another history of this log."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(
            f"The witness {address} has seen another history of this log.",
            why=why,
            do="Keep a copy of the data directory as it is, run `patrol log verify`, and tell the auditor and the witness's operator.",
        )


def configured(settings: Settings) -> tuple[str, ...]:
    """The second places that are set."""
    places = ((PICKUP, settings.pickup), (WITNESS, settings.witness))
    return tuple(name for name, value in places if value)


def has_work(settings: Settings) -> bool:
    """Whether checkpoints are copied anywhere, or stamped."""
    return bool(configured(settings) or settings.stamp)


def copy_due(settings: Settings) -> list[PatrolError]:
    """Give the last checkpoint to every second place that has not got it. Returns what went wrong; that is kept too."""
    last = LedgerCheckpoint.objects.order_by("-size").first()
    faults: list[PatrolError] = []
    for place in configured(settings) if last else ():
        assert last is not None  # noqa: S101  (for the type checker: the loop is empty otherwise)
        known = LedgerCopy.objects.filter(place=place).first()
        if known is not None and known.note.startswith(last.note) and not known.fault:
            continue
        try:
            kept = _GIVE[place](settings, last.note, known.size if known else 0)
        except PatrolError as error:
            faults.append(error)
            _failed(place, error)
            if isinstance(error, Tampered):
                disputes.dispute(place, error)
        else:
            disputes.settle(place)
            _left(place, last.size, kept)
    return faults + _stamped(settings)


def _stamped(settings: Settings) -> list[PatrolError]:
    """Have the last checkpoint stamped when it is time. An authority of time keeps no copy: it is no second place."""
    if not settings.stamp:
        return []
    try:
        fresh = stamping.stamp_due(settings, timezone.now())
    except PatrolError as error:
        _failed(STAMP, error)
        return [error]
    if fresh:
        with log.durably():
            LedgerCopy.objects.filter(place=STAMP).delete()
    return []


def unseen_since(now: datetime) -> datetime | None:
    """Since when nothing has left this machine: the time of the first record that no second place vouches for.

    None while that is younger than `OVERDUE`.
    """
    size = max(LedgerCopy.objects.exclude(place=STAMP).values_list("size", flat=True), default=0)
    first = (
        LedgerIndex.objects.filter(seq__gt=size).order_by("seq").values_list("at", flat=True)[:1]
    )
    return next((at for at in first if now - at >= OVERDUE), None)


def attested(size: int) -> LedgerCopy | None:
    """The witness's last statement, if it is about a log of at least that size: time attested by somebody else."""
    return LedgerCopy.objects.filter(place=WITNESS, size__gte=size).first()


def _left(place: str, size: int, note: str) -> None:
    told = {
        "size": size,
        "note": note,
        "copied_at": timezone.now(),
        "failing_since": None,
        "fault": "",
    }
    with log.durably():
        LedgerCopy.objects.update_or_create(place=place, defaults=told)


def _failed(place: str, error: PatrolError) -> None:
    with log.durably():
        row, _ = LedgerCopy.objects.get_or_create(place=place)
        row.failing_since = row.failing_since or timezone.now()
        row.fault = f"{error.what} {error.why}"
        row.save(update_fields=["failing_since", "fault"])


def _pick_up(settings: Settings, note: str, _known: int) -> str:
    assert settings.pickup is not None  # noqa: S101  (configured)
    size = Checkpoint.parse(note.partition("\n\n")[0] + "\n").size
    pickup.give(Path(settings.pickup), note, size)
    return note


def _witnessed(settings: Settings, note: str, known: int) -> str:
    """The note with the witness's signature below. Raises `WitnessAway`, `WitnessDisagrees`."""
    size = Checkpoint.parse(note.partition("\n\n")[0] + "\n").size
    seen = ask(settings, note, size, min(known, size))
    return f"{note}{seen.line}"


_GIVE: dict[str, Callable[[Settings, str, int], str]] = {PICKUP: _pick_up, WITNESS: _witnessed}


def ask(settings: Settings, note: str, size: int, known: int) -> Seen:
    """Have the witness sign a checkpoint, from the size that it is known to have seen.

    409 says that it has seen another size: asked once more from there. Raises `WitnessDisagrees` when
    that is more than we have, or when it refuses our proof (422); `WitnessAway` for everything else.
    """
    key = WitnessKey.parse(settings.witness_key)
    for _ in range(2):
        status, answer = _post(settings.witness, request(known, _proof(known, size), note))
        if status == http.client.OK:
            if seen := key.maybe_seen(note, answer):
                return seen
            raise WitnessAway(settings.witness, "Its answer is not signed by PATROL_WITNESS_KEY.")
        if status == http.client.UNPROCESSABLE_ENTITY:
            why = (
                f"It refuses the proof that the first {known:,} of {size:,} records are unchanged."
            )
            raise WitnessDisagrees(settings.witness, why)
        if status != http.client.CONFLICT:
            raise WitnessAway(settings.witness, f"It answers {status}.")
        known = _seen_size(settings.witness, answer, known, size)
    raise WitnessAway(
        settings.witness, "It names another size each time: somebody else asks it too."
    )


def _seen_size(address: str, answer: str, known: int, size: int) -> int:
    """What a 409 says. Raises `WitnessDisagrees`."""
    told = answer.strip()
    if not told.isdecimal() or len(told) > 16:
        raise WitnessDisagrees(address, f"It signed another root of {known:,} records.")
    if (seen := int(told)) > size:
        raise WitnessDisagrees(
            address, f"It has seen {seen:,} records, and there are {size:,} here."
        )
    if seen == known:
        raise WitnessDisagrees(address, f"It signed another root of {known:,} records.")
    return seen


def _proof(old: int, size: int) -> list[bytes]:
    if old in {0, size}:
        return []
    edge, leaves = checkpoints.edge_at(old), checkpoints.leaves(old, size)
    return Grown(edge, leaves).consistency_proof(old)


def _post(address: str, body: bytes) -> tuple[int, str]:
    kind = "text/plain; charset=utf-8"
    try:
        status, answer = asking.post(
            f"{address.rstrip('/')}/add-checkpoint", body, kind, MAX_ANSWER_BYTES
        )
    except asking.NoAnswer as error:
        raise WitnessAway(address, f"It does not answer: {error}.") from error
    return status, answer.decode(errors="replace")
