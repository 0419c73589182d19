"""What officers do with a case. Each act is one transaction with its record and its line in the case's timeline."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date

from django.db.models import Max

from patrol.actions.desk import Act, Desk, permissions
from patrol.actions.keeping.holding import refuse_case
from patrol.actions.linking.campaigns import VictimApart, find_campaign, said_why
from patrol.actions.triaging.leads import NoSuchLead, person_at, visible
from patrol.actions.triaging.verdicts import questioned
from patrol.errors import BadInput, NotFound, Refused
from patrol.models import CaseStatus, LeadKind, LinkState, Permission, Role, Verb
from patrol.register.sealing import new_unit, seal
from patrol.register.tables import (
    CampaignLink,
    Case,
    CaseEvent,
    CaseLead,
    CaseMember,
    CaseTask,
    Person,
    Unit,
)

LONGEST_TITLE = 120
LONGEST_SUMMARY = 4000
LONGEST_PURPOSE = 300
MOST_AT_ONCE = 500
"""Leads put into a case by one act."""


class NoSuchCase(NotFound):
    """Not there, or another unit's."""

    def __init__(self, case_id: int) -> None:
        super().__init__(
            f"There is no case {case_id} here.",
            why="Cases are seen by their own unit.",
            do="Go back to the list of cases.",
        )


class BadCase(BadInput):
    """A case lacks something."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what, why="A case is read by people who were not there.", do=do)


class PurposeMissing(BadInput):
    """Nothing leaves without a purpose."""

    def __init__(self) -> None:
        super().__init__(
            "An export needs a purpose.",
            why="The access log keeps it beside who took what away.",
            do="Say for whom and for what: the prosecutor's reference, for example.",
        )


class CaseMoved(Refused):
    """Nothing is done to a case that was merged into another, or that somebody changed meanwhile."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Case {number} is not as you saw it.",
            why="It was merged into another, closed, or changed by a colleague.",
            do="Read it again.",
        )


class CaseForgotten(NoSuchCase):
    """The case was here, and what was written about it was destroyed on purpose."""

    def __init__(self, case: Case) -> None:
        NotFound.__init__(
            self,
            f"What was written about case {case.number} is gone.",
            why="It was closed long ago, and its key was destroyed as its retention demands.",
            do="The certificate of that purge says when, and by which rule.",
        )


_CHANGES = {
    Verb.CASE_DESCRIBED,
    Verb.CASE_CLOSED,
    Verb.CASE_REOPENED,
    Verb.CASE_MERGED,
    Verb.CASE_LEAD_DETACHED,
}
"""What is refused under a legal hold; leads, members and tasks may be added."""


def find_case(desk: Desk, case_id: int) -> Case:
    """That case of the unit. Raises `NoSuchCase`, or `CaseForgotten`, which is one."""
    cases = Case.objects.select_related("retention", "merged_into", "opened_by")
    case = cases.filter(pk=case_id, unit=person_at(desk).unit_id).first()
    if case is None:
        raise NoSuchCase(case_id)
    if case.retention.wrapped_key is None:
        raise CaseForgotten(case)
    return case


def open_case(  # noqa: PLR0913  (a case has many parts)
    desk: Desk,
    title: str,
    summary: str,
    *,
    leads: Collection[int] = (),
    campaign_id: int | None = None,
    keep: bool = False,
) -> int:
    """Open a case with leads, or with those of a campaign. Whoever opens it is its first member. Returns its id.

    Raises `BadCase`, `NoteQuestioned`, `VictimApart`, `NoSuchLead`, `NoSuchCampaign`.
    """
    with desk.act(Permission.CASES_WORK, Verb.CASE_OPENED) as act:
        officer = person_at(desk)
        body = _body(title, summary, keep=keep)
        Unit.objects.select_for_update().get(pk=officer.unit_id)
        last = Case.objects.filter(unit=officer.unit_id).aggregate(last=Max("number"))["last"] or 0
        retention = new_unit("case", f"{officer.unit_id} {last + 1}")
        case = Case.objects.create(
            unit_id=officer.unit_id,
            number=last + 1,
            retention=retention,
            body=seal(retention, body),
            campaign=find_campaign(desk, campaign_id) if campaign_id else None,
            opened_by=officer,
            opened_at=desk.now(),
            moved_at=desk.now(),
        )
        CaseMember.objects.create(case=case, person=officer, since=desk.now())
        act.subject = f"case:{case.pk}"
        _tell(desk, case, Verb.CASE_OPENED)
        _add(desk, case, act, leads, campaign_id)
        return case.pk


def add_leads(
    desk: Desk, case_id: int, *, leads: Collection[int] = (), campaign_id: int | None = None
) -> int:
    """Put leads into a case, or those of a campaign; one that was taken out comes back. Returns how many are new in it."""
    with _on(desk, case_id, Verb.CASE_LEADS_ADDED) as (act, case):
        return _add(desk, case, act, leads, campaign_id)


def detach(desk: Desk, case_id: int, lead_id: int, why: str, *, keep: bool = False) -> None:
    """Take a lead out of a case; that it was there stays on file. Raises `ReasonMissing`, `NoteQuestioned`, `NoSuchLead`."""
    with _on(desk, case_id, Verb.CASE_LEAD_DETACHED) as (act, case):
        words = seal(case.retention, said_why(why, keep=keep).encode())
        place = CaseLead.objects.filter(case=case, lead=lead_id, detached_at=None).first()
        if place is None:
            raise NoSuchLead(lead_id)
        place.detached_by, place.detached_at = person_at(desk), desk.now()
        place.why = words
        place.save()
        act.details = {"lead": lead_id}
        _tell(desk, case, Verb.CASE_LEAD_DETACHED, str(lead_id), words)


def describe(  # noqa: PLR0913  (a case has many parts)
    desk: Desk, case_id: int, version: int, title: str, summary: str, *, keep: bool = False
) -> None:
    """Change title and summary. Raises `CaseMoved` when a colleague did so meanwhile, `BadCase`, `NoteQuestioned`."""
    with _on(desk, case_id, Verb.CASE_DESCRIBED, version) as (_, case):
        case.body = seal(case.retention, _body(title, summary, keep=keep))
        _tell(desk, case, Verb.CASE_DESCRIBED)


def close(desk: Desk, case_id: int, version: int, why: str, *, keep: bool = False) -> None:
    """Nobody works on it any more."""
    with _on(desk, case_id, Verb.CASE_CLOSED, version) as (_, case):
        case.status = CaseStatus.CLOSED
        words = said_why(why, keep=keep).encode()
        _tell(desk, case, Verb.CASE_CLOSED, note=seal(case.retention, words))


def reopen(desk: Desk, case_id: int, version: int, why: str, *, keep: bool = False) -> None:
    """Work on it goes on."""
    with _on(desk, case_id, Verb.CASE_REOPENED, version, closed=True) as (_, case):
        case.status = CaseStatus.UNDER_WAY
        words = said_why(why, keep=keep).encode()
        _tell(desk, case, Verb.CASE_REOPENED, note=seal(case.retention, words))


def merge(desk: Desk, case_id: int, into_number: int, why: str, *, keep: bool = False) -> int:
    """Let another case of the unit go on with this one: it stays as it was, and its page leads there. Returns the other's id."""
    with _on(desk, case_id, Verb.CASE_MERGED) as (act, case):
        into = Case.objects.filter(unit=case.unit_id, number=into_number, merged_into=None).first()
        if into is None or into.pk == case.pk or into.status == CaseStatus.CLOSED:
            raise BadCase(
                "A case is merged into another one of the unit that is under way.",
                "Give the number of that case.",
            )
        words = said_why(why, keep=keep).encode()
        case.merged_into = into
        act.details = {"into": into.pk}
        _tell(desk, case, Verb.CASE_MERGED, str(into.number), seal(case.retention, words))
        CaseEvent.objects.create(
            case=into, verb=Verb.CASE_MERGED, by=person_at(desk), at=desk.now(),
            about=f"<{case.number}", note=seal(into.retention, words),
        )  # fmt: skip
        Case.objects.filter(pk=into.pk).update(moved_at=desk.now())
        return into.pk


def unmerge(desk: Desk, case_id: int, why: str, *, keep: bool = False) -> None:
    """Let a case that was merged go on by itself."""
    subject = f"case:{case_id}"
    with desk.act(Permission.CASES_WORK, Verb.CASE_UNMERGED, subject=subject) as act:
        case = find_case(desk, case_id)
        if case.merged_into is None:
            raise CaseMoved(case.number)
        refuse_case(case)
        words = said_why(why, keep=keep).encode()
        act.details = {"from": case.merged_into_id}
        other, case.merged_into = case.merged_into, None
        case.moved_at = desk.now()
        case.save()
        _tell(desk, case, Verb.CASE_UNMERGED, str(other.number), seal(case.retention, words))


def put_on(desk: Desk, case_id: int, account: str) -> None:
    """Put a colleague of the unit on the case."""
    with _on(desk, case_id, Verb.CASE_JOINED) as (act, case):
        person = _colleague(case, account)
        CaseMember.objects.update_or_create(
            case=case,
            person=person,
            defaults={"until": None},
            create_defaults={"since": desk.now()},
        )
        act.details = {"account": account}
        _tell(desk, case, Verb.CASE_JOINED, account)


def take_off(desk: Desk, case_id: int, account: str) -> None:
    """Take somebody off the case; that they were on it stays."""
    with _on(desk, case_id, Verb.CASE_LEFT) as (act, case):
        members = CaseMember.objects.filter(case=case, until=None)
        if not members.filter(person__account=account).update(until=desk.now()):
            raise _no_colleague(account)
        act.details = {"account": account}
        _tell(desk, case, Verb.CASE_LEFT, account)


def set_task(  # noqa: PLR0913  (a task has many parts)
    desk: Desk,
    case_id: int,
    what: str,
    *,
    account: str = "",
    due_on: date | None = None,
    keep: bool = False,
) -> None:
    """Write down something to be done, by somebody and a day if they are known."""
    with _on(desk, case_id, Verb.CASE_TASK_SET) as (act, case):
        words = what.strip()[:500]
        if not words:
            raise BadCase("The task is empty.", "Say in a few words what is to be done.")
        questioned(words, keep=keep)
        task = CaseTask.objects.create(
            case=case,
            body=seal(case.retention, words.encode()),
            assigned_to=_colleague(case, account) if account else None,
            due_on=due_on,
            set_by=person_at(desk),
            set_at=desk.now(),
        )
        act.details = {"task": task.pk, "account": account or None}
        _tell(desk, case, Verb.CASE_TASK_SET, account, task.body)


def finish_task(desk: Desk, case_id: int, task_id: int) -> None:
    """It is done."""
    with _on(desk, case_id, Verb.CASE_TASK_DONE) as (act, case):
        task = CaseTask.objects.filter(case=case, pk=task_id, done_at=None).first()
        if task is None:
            raise CaseMoved(case.number)
        task.done_by, task.done_at = person_at(desk), desk.now()
        task.save()
        act.details = {"task": task_id}
        _tell(desk, case, Verb.CASE_TASK_DONE, note=task.body)


@contextmanager
def _on(
    desk: Desk, case_id: int, verb: Verb, version: int | None = None, *, closed: bool = False
) -> Iterator[tuple[Act, Case]]:
    """A case that is worked on: neither merged nor closed, and at the version that was read, which moves.

    Under a legal hold it may only grow.
    """
    with desk.act(Permission.CASES_WORK, verb, subject=f"case:{case_id}") as act:
        case = find_case(desk, case_id)
        other = version is not None and version != case.version
        if case.merged_into_id or other or (case.status == CaseStatus.CLOSED) != closed:
            raise CaseMoved(case.number)
        if verb in _CHANGES:
            refuse_case(case)
        yield act, case
        case.version += version is not None
        case.moved_at = desk.now()
        case.save()


def _tell(
    desk: Desk, case: Case, verb: Verb, about: str = "", note: bytes | memoryview | None = None
) -> None:
    """A line of the timeline."""
    CaseEvent.objects.create(
        case=case, verb=verb, by=person_at(desk), at=desk.now(), about=about, note=note
    )


def _body(title: str, summary: str, *, keep: bool) -> bytes:
    title, summary = title.strip()[:LONGEST_TITLE], summary.strip()[:LONGEST_SUMMARY]
    if not title:
        raise BadCase("The case has no title.", "Name it in a few words, without anybody's name.")
    questioned(f"{title}\n{summary}", keep=keep)
    return json.dumps({"title": title, "summary": summary}, ensure_ascii=False).encode()


def _add(desk: Desk, case: Case, act: Act, leads: Collection[int], campaign_id: int | None) -> int:
    wanted = set(leads)
    if campaign_id is not None:
        links = CampaignLink.objects.filter(
            campaign=find_campaign(desk, campaign_id), state=LinkState.JOINED
        ).exclude(lead__kind=LeadKind.POSSIBLE_VICTIM)
        wanted |= set(links.order_by("lead").values_list("lead_id", flat=True)[:MOST_AT_ONCE])
    found = visible(desk).filter(pk__in=wanted)
    missing = wanted - set(found.values_list("pk", flat=True))
    if missing:
        raise NoSuchLead(min(missing))
    if found.filter(kind=LeadKind.POSSIBLE_VICTIM).exists():
        raise VictimApart
    new = [number for number in sorted(wanted) if _put(desk, case, number)]
    for number in new:
        _tell(desk, case, Verb.CASE_LEADS_ADDED, str(number))
    act.count = len(new)
    act.details = {"leads": new, "campaign": campaign_id}
    return len(new)


def _put(desk: Desk, case: Case, lead_id: int) -> bool:
    """Whether the lead was not in the case before."""
    place = CaseLead.objects.filter(case=case, lead=lead_id).first()
    if place is None:
        CaseLead.objects.create(
            case=case, lead_id=lead_id, added_by=person_at(desk), added_at=desk.now()
        )
        return True
    if place.detached_at is None:
        return False
    place.detached_at = place.detached_by = place.why = None
    place.added_by, place.added_at = person_at(desk), desk.now()
    place.save()
    return True


def _colleague(case: Case, account: str) -> Person:
    person = Person.objects.filter(unit=case.unit_id, is_active=True, account=account).first()
    if person is None or Permission.CASES_WORK not in permissions(Role(person.role)):
        raise _no_colleague(account)
    return person


def _no_colleague(account: str) -> BadCase:
    return BadCase(f"`{account}` works on no case here.", "Choose a colleague from the list.")
