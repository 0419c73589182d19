"""Which account at the organisation's own provider belongs to whom.

Somebody at a provider is its issuer and their subject (OpenID Connect Core
1.0, section 2): nothing else there is given to one person only and never to
another. Whoever is signed in links their own; no name and no mail address is
ever compared, and nobody is added. The register keeps a keyed hash of the
two, so that it does not say who somebody is elsewhere.
"""

from datetime import datetime
from typing import Any

from django.apps import apps

from patrol.actions.desk import Desk
from patrol.actions.staffing import sessions
from patrol.errors import NotFound, PatrolError, Refused, TryLater
from patrol.models import Permission, Record, Result, Verb
from patrol.register import log
from patrol.register.sealing import keyed_hash
from patrol.register.tables import Person

TAG_LETTERS = 16
"""Of the hash in records: enough to see that the same account tried again."""


class NotLetIn(PatrolError):
    """Somebody went to the provider and was not let in. `because` is a word for the record."""

    because: str


class NoSecret(NotLetIn, TryLater):
    """The operator's file is not there, or not for us."""

    because = "secret"

    def __init__(self) -> None:
        super().__init__(
            "The organisation's sign-in is not set up wholly.",
            why="The file that PATROL_OIDC_SECRET_FILE names cannot be read.",
            do="Sign in with your account and password or a passkey, and tell the administrator.",
        )


class ProviderAway(NotLetIn, TryLater):
    """No answer, an answer too slow, or a certificate that does not hold."""

    because = "away"

    def __init__(self) -> None:
        super().__init__(
            "Your organisation's sign-in does not answer.",
            why="It gave no answer in time, or its certificate does not hold. Patrol lets nobody in on less than its word.",
            do="Sign in with your account and password or a passkey, or try again in a moment. If it lasts, tell the administrator.",
        )


class Unproven(NotLetIn, Refused):
    """What came back from the provider proves nothing."""

    def __init__(self, because: str) -> None:
        super().__init__(
            "What came back from your organisation's sign-in does not hold.",
            why="It must be signed by that provider, for this workbench, for this very sign-in and just now.",
            do="Begin again on the page of signing in. If it happens again, tell the administrator; the access log has the reason.",
        )
        self.because = because


class NotBegun(NotLetIn, Refused):
    """Nobody left for the provider from this browser."""

    because = "state"

    def __init__(self) -> None:
        super().__init__(
            "This sign-in was not begun in this browser, or more than ten minutes ago.",
            why="Whoever comes back from the organisation's sign-in must have left for it from here, once.",
            do="Begin again on the page of signing in.",
        )


class Cancelled(NotLetIn, Refused):
    """The provider let them not in, or they turned back there."""

    because = "cancelled"

    def __init__(self) -> None:
        super().__init__(
            "Your organisation's sign-in was cancelled.",
            why="The provider says that you turned back, or that you may not use this workbench.",
            do="Begin again, or sign in with your account and password or a passkey.",
        )


class NotLinked(NotLetIn, Refused):
    """That account opens none here: nobody's, or of somebody who is not let in. The two are told apart by nobody."""

    def __init__(self, because: str) -> None:
        super().__init__(
            "Your organisation's account opens no account here.",
            why="It opens the one that its owner linked it to; no name and no mail address is compared.",
            do="Sign in with your password or a sign-in link, then link it on the page `Your account`. An administrator gives you a link.",
        )
        self.because = because


class OtherAccount(NotLetIn, Refused):
    """Another account than the one that is linked, or one that is linked already."""

    because = "other account"

    def __init__(self) -> None:
        super().__init__(
            "That is not your organisation's account, as far as Patrol knows.",
            why="One account there belongs to one account here, and the other way round.",
            do="Sign in there as yourself. To link another one, unlink the old one first, on the page `Your account`.",
        )


class NoLink(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "No account of your organisation is linked.",
            why="It was unlinked already, or never linked.",
            do="Load the page again.",
        )


def tag(issuer: str, subject: str) -> str:
    """What the register keeps of an account at the provider."""
    return keyed_hash("organisation", f"{issuer}\0{subject}")


def owner(issuer: str, subject: str) -> Person | None:
    """Whose account that is."""
    found = _links().filter(provider=issuer, uid=tag(issuer, subject)).select_related("user__unit")
    link = found.first()
    return link.user if link else None


def linked_at(issuer: str, person: int | None) -> datetime | None:
    """Since when that person has an account at this provider linked; None where there is none."""
    found = _links().filter(provider=issuer, user=person)
    at: datetime | None = found.values_list("date_joined", flat=True).first()
    return at


def linked_people() -> frozenset[int]:
    """Numbers of everybody who has one linked, at this provider or an earlier one."""
    return frozenset(_links().values_list("user", flat=True))


def link(desk: Desk, issuer: str, subject: str) -> None:
    """Link one's own. Raises `OtherAccount`, recorded, if it is somebody's or one has another."""
    person = desk.actor.person
    details = {"tag": tag(issuer, subject)[:TAG_LETTERS]}
    with log.durably():
        taken = owner(issuer, subject) is not None or linked_at(issuer, person) is not None
        if not taken:
            _links().create(
                user_id=person, provider=issuer, uid=tag(issuer, subject), extra_data={}
            )
        log.append(
            Record(
                verb=Verb.PERSON_ORGANISATION_LINKED,
                actor=desk.actor,
                subject=f"person:{person}",
                result=Result.DENY if taken else Result.ALLOW,
                details=details,
            )
        )
    if taken:
        raise OtherAccount


def unlink(desk: Desk) -> None:
    """Unlink one's own. Raises `NoLink`."""
    person = desk.actor.person
    with log.durably():
        if not remove(person):
            raise NoLink
        log.append(
            Record(
                verb=Verb.PERSON_ORGANISATION_UNLINKED,
                actor=desk.actor,
                subject=f"person:{person}",
            )
        )


def release(desk: Desk, person: Person, reason: str) -> None:
    """Unlink somebody else's and end their sign-ins. Raises `NoLink`."""
    verb, subject = Verb.PERSON_ORGANISATION_UNLINKED, f"person:{person.pk}"
    with desk.act(Permission.PEOPLE_MANAGE, verb, subject=subject, reason=reason) as act:
        if not remove(person.pk):
            raise NoLink
        act.details = {"sign_ins": sessions.end_all_of(person.pk)}


def remove(person: int | None) -> bool:
    """Unlink it within the caller's act. Whether there was one."""
    return bool(_links().filter(user=person).delete()[0])


def _links() -> Any:
    return apps.get_model("socialaccount", "SocialAccount").objects  # of the workbench alone
