"""What an account holds and must let go of when it is closed or its role changes, each thing on record."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Q

from patrol.actions.desk import Desk, Details, permissions
from patrol.actions.staffing import organisation, sessions
from patrol.models import Permission, Record, Role, Verb
from patrol.register import log
from patrol.register.tables import (
    ApiToken,
    AuthorizationRow,
    CaseMember,
    CaseTask,
    Lead,
    Message,
    OnCall,
    Person,
    Reach,
    SignInLink,
    Vouching,
)


def drop(desk: Desk, person: Person, role: Role | None) -> Details:
    """Let go of everything that this role does not hold, within the caller's act. None is a closed account.

    Leads, turns, cases and mandates each get their record, after all changes.
    Returns how many of each.
    """
    allowed = permissions(role) if role else frozenset[Permission]()
    if role is None:
        _forget_ways_in(desk, person)
    dropped = {
        "leads": [] if Permission.LEADS_DECIDE in allowed else list(_leads(desk, person)),
        "turns": [] if Permission.VICTIMS_READ in allowed else list(_turns(desk, person)),
        "cases": [] if Permission.CASES_WORK in allowed else list(_cases(desk, person)),
        "mandates": []
        if Permission.AUTHORIZATIONS_REQUEST in allowed
        else list(_mandates(desk, person)),
    }
    sign_ins, tokens = sign_out(desk, person)
    log.append_each([record for records in dropped.values() for record in records])
    counts = {"sign_ins": sign_ins, "tokens": tokens}
    counts |= {name: len(records) for name, records in dropped.items()}
    return {name: count for name, count in counts.items() if count}


def sign_out(desk: Desk, person: Person) -> tuple[int, int]:
    """End all sign-ins and revoke all tokens, within the caller's act. Returns how many of each."""
    alive = ApiToken.objects.filter(person=person, revoked_at=None)
    return sessions.end_all_of(person.pk), alive.update(revoked_at=desk.now())


def forget_factor(person: Person) -> None:
    """Their second factor and its recovery codes are gone, within the caller's act."""
    apps.get_model("mfa", "Authenticator").objects.filter(user=person.pk).delete()


def _forget_ways_in(desk: Desk, person: Person) -> None:
    """Nothing that once let them in, or reached them, does so again; not even if the account is opened anew."""
    SignInLink.objects.filter(person=person, used_at=None).delete()
    forget_factor(person)
    organisation.remove(person.pk)
    Reach.objects.filter(person=person).update(mail="", changed_at=desk.now())
    Message.objects.filter(person=person, sent_at=None).delete()
    Vouching.objects.filter(person=person, answered_at=None).update(
        answered_by=desk.person, answered_at=desk.now(), granted=False
    )


def _leads(desk: Desk, person: Person) -> Iterator[Record]:
    """Their leads are anybody's again."""
    theirs = Lead.objects.filter(Q(assigned_to=person) | Q(held_by=person))
    numbers = list(theirs.select_for_update().order_by("pk").values_list("pk", flat=True))
    Lead.objects.filter(assigned_to=person).update(assigned_to=None)
    Lead.objects.filter(held_by=person).update(held_by=None, held_since=None, held_until=None)
    for number in numbers:
        yield _record(desk, Verb.LEAD_ASSIGNED, f"lead:{number}", {"to": None})


def _turns(desk: Desk, person: Person) -> Iterator[Record]:
    """They are not called any more."""
    now = desk.now()
    turns = OnCall.objects.filter(person=person, ended_at=None, ends_at__gt=now)
    for _ in range(turns.update(ended_at=now)):
        yield _record(desk, Verb.ONCALL_CHANGED, f"person:{person.pk}", {"taken_off": True})


def _cases(desk: Desk, person: Person) -> Iterator[Record]:
    """They leave their cases, and what they were to do there is anybody's."""
    CaseTask.objects.filter(assigned_to=person, done_at=None).update(assigned_to=None)
    places = CaseMember.objects.filter(person=person, until=None)
    numbers = list(places.select_for_update().order_by("case").values_list("case", flat=True))
    places.update(until=desk.now())
    for number in numbers:
        yield _record(desk, Verb.CASE_LEFT, f"case:{number}", {"account": person.account})


def _mandates(desk: Desk, person: Person) -> Iterator[Record]:
    """What stands on their word alone ends: break-glass, and requests that nobody approved. Approved mandates stay."""
    alone = AuthorizationRow.objects.filter(
        Q(emergency=True) | Q(approved_at=None),
        requester=person,
        revoked_at=None,
        valid_until__gt=desk.now(),
    )
    numbers = list(alone.select_for_update().order_by("pk").values_list("pk", flat=True))
    AuthorizationRow.objects.filter(pk__in=numbers).update(
        revoked_at=desk.now(), revoked_by=desk.person
    )
    for number in numbers:
        details: Details = {"requester": person.pk}
        yield _record(desk, Verb.AUTHORIZATION_REVOKED, f"authorization:{number}", details)


def _record(desk: Desk, verb: Verb, subject: str, details: Details) -> Record:
    return Record(verb=verb, actor=desk.actor, subject=subject, details=details)
