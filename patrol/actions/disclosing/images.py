"""Addresses of images that stood in a lead's words are read by four eyes: one asks and says why, another allows it, for an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db.models import QuerySet

from patrol.actions.desk import Desk
from patrol.actions.staffing.pairs import same_person
from patrol.actions.triaging.leads import lead_row, person_at
from patrol.errors import BadInput, NotFound, Refused
from patrol.models import Permission, Verb
from patrol.register.sealing import seal, unseal
from patrol.register.tables import ImageAddress, ImageReveal, Lead, Sighting

LASTS = timedelta(hours=1)
LONGEST_REASON = 500


class NoImageReason(BadInput):
    def __init__(self) -> None:
        super().__init__(
            "Reading image addresses needs its reason.",
            why="Somebody else decides on it by these words, and they are kept.",
            do="Say which notice they are for.",
        )


class NoImages(NotFound):
    def __init__(self, lead_id: int) -> None:
        super().__init__(
            f"Lead {lead_id} has no sealed image address.",
            why="They are kept only where one stood in a flagged post, under a mandate that protects children.",
            do="Go back to the lead.",
        )


class NoSuchReveal(NotFound):
    def __init__(self, reveal_id: int) -> None:
        super().__init__(
            f"There is no request {reveal_id} here that waits.",
            why="It was answered, or it is another unit's.",
            do="Go back to the lead.",
        )


class OwnReveal(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Nobody allows their own request.",
            why="It takes four eyes.",
            do="Ask another supervisor.",
        )


class NotRevealed(Refused):
    def __init__(self, lead_id: int) -> None:
        super().__init__(
            f"Nobody has allowed you to read the image addresses of lead {lead_id}.",
            why="One asks, another allows it, and it lasts an hour.",
            do="Ask for it and say why.",
        )


@dataclass(frozen=True)
class Asked:
    """A request."""

    id: int
    account: str
    at: datetime
    reason: str
    answered_by: str | None
    until: datetime | None
    """None where it was refused, or nobody has answered."""
    in_force: bool
    mine: bool


@dataclass(frozen=True)
class Images:
    """What is known of a lead's image addresses without reading one."""

    lead: int
    count: int
    elsewhere: int
    """Other leads of the unit whose words held one of them."""
    asked: tuple[Asked, ...]
    """The newest first."""
    may_allow: bool

    @property
    def readable(self) -> bool:
        """Whether who asks may read them now."""
        return any(one.in_force and one.mine for one in self.asked)


def view(desk: Desk, lead_id: int) -> Images:
    """How many there are, and who asked for them: recorded. Raises `NoSuchLead`, `NoImages`."""
    desk.require(Permission.EVIDENCE_EXPORT, Verb.LOG_READ, f"lead:{lead_id}")
    lead = lead_row(desk, lead_id)
    tags = set(_of(lead).values_list("tag", flat=True))
    if not tags:
        raise NoImages(lead_id)
    others = ImageAddress.objects.filter(tag__in=tags, sighting__lead__unit=lead.unit_id)
    others = others.exclude(sighting__lead=lead)
    asked = tuple(_asked(desk, row) for row in _rows(lead))
    desk.record(Verb.LOG_READ, subject=f"lead:{lead_id}", count=len(asked))
    return Images(
        lead=lead_id,
        count=len(tags),
        elsewhere=others.values("sighting__lead").distinct().count(),
        asked=asked,
        may_allow=desk.may(Permission.AUTHORIZATIONS_APPROVE),
    )


def counted(lead_id: int) -> int:
    """How many different ones are sealed."""
    rows = ImageAddress.objects.filter(sighting__lead=lead_id)
    return rows.values("tag").distinct().count()


def ask(desk: Desk, lead_id: int, reason: str) -> None:
    """Ask to read them. Raises `NoSuchLead`, `NoImages`, `NoImageReason`."""
    said = reason.strip()[:LONGEST_REASON]
    with desk.act(
        Permission.EVIDENCE_EXPORT,
        Verb.IMAGES_ASKED,
        subject=f"lead:{lead_id}",
        reason=said or None,
    ) as act:
        lead = lead_row(desk, lead_id)
        if not said:
            raise NoImageReason
        if not _of(lead).exists():
            raise NoImages(lead_id)
        row = ImageReveal.objects.create(
            lead=lead,
            reason=seal(lead.retention, said.encode()),
            asked_by=person_at(desk),
            asked_at=desk.now(),
        )
        act.details = {"request": row.pk}


def answer(desk: Desk, reveal_id: int, *, allow: bool) -> int:
    """Allow another's request for an hour, or refuse it. Returns the lead's id. Raises `NoSuchReveal`, `OwnReveal`."""
    with desk.act(Permission.AUTHORIZATIONS_APPROVE, Verb.IMAGES_ANSWERED) as act:
        rows = ImageReveal.objects.select_related("asked_by").select_for_update(of=("self",))
        row = rows.filter(pk=reveal_id, answered_at=None).first()
        if row is None or row.lead.unit_id != person_at(desk).unit_id:
            raise NoSuchReveal(reveal_id)
        act.subject = f"lead:{row.lead_id}"
        if same_person(row.asked_by, desk.person):
            raise OwnReveal
        row.answered_by, row.answered_at = person_at(desk), desk.now()
        row.until = desk.now() + LASTS if allow else None
        row.save(update_fields=["answered_by", "answered_at", "until"])
        act.details = {"request": row.pk, "allowed": allow, "requester": row.asked_by_id}
        return row.lead_id


def read(desk: Desk, lead_id: int) -> tuple[str, ...]:
    """The addresses, spelled so that no program opens them. Recorded before this returns. Raises `NotRevealed`, `NoSuchLead`."""
    with desk.act(Permission.EVIDENCE_EXPORT, Verb.IMAGES_VIEWED, subject=f"lead:{lead_id}") as act:
        lead = lead_row(desk, lead_id)
        allowed = [
            one for one in (_asked(desk, row) for row in _rows(lead)) if one.in_force and one.mine
        ]
        if not allowed:
            raise NotRevealed(lead_id)
        found = _opened(_of(lead))
        act.count = len(found)
        act.details = {"request": allowed[0].id}
        return found


def revealed(desk: Desk, sighting: Sighting) -> tuple[str, ...]:
    """Those of one post, for a notice of whoever may read them at this moment; empty for others.

    Call it inside a recorded act.
    """
    asked = (_asked(desk, row) for row in _rows(sighting.lead))
    if not any(one.in_force and one.mine for one in asked):
        return ()
    return _opened(ImageAddress.objects.filter(sighting=sighting))


def _opened(rows: QuerySet[ImageAddress]) -> tuple[str, ...]:
    """Each once, in the order in which they stood."""
    first: dict[str, ImageAddress] = {}
    for row in rows.select_related("sighting__unit").order_by("pk"):
        first.setdefault(row.tag, row)
    return tuple(
        defanged(unseal(row.sighting.unit, row.address).decode()) for row in first.values()
    )


def defanged(address: str) -> str:
    """`hxxps://pictures[.]example/a.jpg`: to be read by people."""
    scheme, _, bare = address.rpartition("//")
    host = urlsplit(f"//{bare}").netloc
    told = {"http:": "hxxp:", "https:": "hxxps:"}.get(scheme.lower(), scheme)
    return f"{told}//{host.replace('.', '[.]')}{bare[len(host) :]}".removeprefix("//")


def _of(lead: Lead) -> QuerySet[ImageAddress]:
    return ImageAddress.objects.filter(sighting__lead=lead)


def _rows(lead: Lead) -> list[ImageReveal]:
    rows = ImageReveal.objects.filter(lead=lead).select_related("asked_by", "answered_by", "lead")
    return list(rows.order_by("-pk"))


def _asked(desk: Desk, row: ImageReveal) -> Asked:
    return Asked(
        id=row.pk,
        account=row.asked_by.account,
        at=row.asked_at,
        reason=unseal(row.lead.retention, row.reason).decode(),
        answered_by=row.answered_by.account if row.answered_by else None,
        until=row.until,
        in_force=row.until is not None and desk.now() < row.until,
        mine=desk.person is not None and row.asked_by_id == desk.person.pk,
    )
