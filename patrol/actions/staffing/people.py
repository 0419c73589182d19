"""Who works here: adding people, and signing them in by a link that works once."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F

from patrol.actions.desk import Desk
from patrol.actions.staffing import duties, tenure, vouching
from patrol.actions.staffing.pairs import accounts_of
from patrol.errors import BadInput, NotFound, Refused
from patrol.models import Permission, Role, Verb
from patrol.register import clock
from patrol.register.tables import Person, SignInLink, Unit


class BadPerson(BadInput):
    """A person cannot be added as told."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what, why="Every act is recorded under one account and one role.", do=do)


class NoSuchPerson(NotFound):
    def __init__(self, account: str) -> None:
        super().__init__(
            f"There is no account `{account}`.",
            why="Acts are recorded under the account that does them.",
            do="See `patrol user list`, or add one: `patrol user add ACCOUNT --role officer`.",
        )


class LinkSpent(Refused):
    """A sign-in link that was used, has expired or never was: the three are told apart by nobody."""

    def __init__(self) -> None:
        super().__init__(
            "This sign-in link does not work.",
            why="A link signs one person in, once, within minutes.",
            do="Ask an administrator for a new one: `patrol user link ACCOUNT`.",
        )


def find(account: str) -> Person:
    """The person with that account. Raises `NoSuchPerson`."""
    try:
        return Person.objects.select_related("unit").get(account=account)
    except Person.DoesNotExist:
        raise NoSuchPerson(account) from None


def unit_named(name: str | None) -> str:
    """That name, or the only unit's. Raises `BadPerson` when there are several to choose from."""
    names = list(Unit.objects.values_list("name", flat=True))
    if name is None and len(names) != 1:
        raise BadPerson("Which unit?", f"Name one with --unit: {', '.join(names)}.")
    return name or names[0]


def listed(desk: Desk) -> tuple[Person, ...]:
    """Everybody, by account."""
    desk.require(Permission.PEOPLE_MANAGE, Verb.COMMAND_RUN)
    everybody = tuple(Person.objects.select_related("unit").order_by("account"))
    desk.record(Verb.COMMAND_RUN, count=len(everybody), details={"command": "user list"})
    return everybody


def everybody(desk: Desk) -> tuple[Person, ...]:
    """The same, for the page of whoever manages people: closed accounts last."""
    desk.require(Permission.PEOPLE_MANAGE, Verb.PEOPLE_LISTED)
    found = tuple(
        Person.objects.select_related("unit").order_by(
            F("closed_at").asc(nulls_first=True), "account"
        )
    )
    desk.record(Verb.PEOPLE_LISTED, count=len(found))
    return found


def numbered(person: int) -> Person:
    """The person with that number. Raises `NoSuchPerson`."""
    try:
        return Person.objects.get(pk=person)
    except Person.DoesNotExist:
        raise NoSuchPerson(str(person)) from None


def add(  # noqa: PLR0913  (a person has many parts)
    desk: Desk,
    account: str,
    role: Role,
    unit: str,
    *,
    password: str | None,
    language: str,
    same_as: str | None = None,
) -> Person:
    """Add a person. Without a password they sign in by link only. Raises `BadPerson`, `DutiesClash`.

    An auditor whom no other auditor has vouched for is let in only if there is no other.
    `same_as` is another account of the same human being: neither approves what the other proposed.
    """
    with desk.act(Permission.PEOPLE_MANAGE, Verb.PERSON_ADDED) as act:
        if not account.isascii() or not account.replace("_", "").replace(".", "").isalnum():
            raise BadPerson(
                f"`{account}` is no account name.", "Use ASCII letters, digits, `_` and `.`."
            )
        if Person.objects.filter(account=account).exists():
            raise BadPerson(f"The account `{account}` is taken.", "Choose another name.")
        first = find(same_as) if same_as else None
        duties.refuse_clash(role, accounts_of(first.pk) if first else ())
        person = Person(
            account=account,
            role=role,
            unit=Unit.objects.get_or_create(name=unit)[0],
            language=language,
            same_as=first,
        )
        waits = role is Role.AUDITOR and vouching.others(person).exists()
        person.is_active = not waits
        if password is None:
            person.set_unusable_password()
        else:
            try:
                validate_password(password, person)
            except ValidationError as error:
                raise BadPerson(" ".join(error.messages), "Choose a longer password.") from None
            person.set_password(password)
        person.save()
        act.subject = f"person:{person.pk}"
        act.details = {"account": account, "role": role.value, "unit": unit}
        if waits:
            vouching.put(desk, person, tenure.Kind.AUDITOR)
            act.details["waits"] = True
        if same_as:
            act.details["same_as"] = same_as
        return person


def issue_link(desk: Desk, account: str, minutes: int = 15) -> str:
    """A token that signs that person in, once, within so many minutes. Raises `NoSuchPerson`, `BadPerson`."""
    with desk.act(Permission.PEOPLE_MANAGE, Verb.PERSON_LINK_ISSUED) as act:
        person = find(account)
        if person.closed_at is not None:
            raise BadPerson(f"The account `{account}` is closed.", "Open it again first.")
        token = secrets.token_urlsafe(24)
        SignInLink.objects.create(
            token_sha256=_digest(token),
            person=person,
            expires_at=desk.now() + timedelta(minutes=minutes),
        )
        act.subject = f"person:{person.pk}"
        act.details = {"minutes": minutes}
        return token


def sign_in_by_link(token: str) -> Person:
    """The person whom the link signs in; it is used up with this. Raises `LinkSpent`. Call it on record."""
    now = clock.now()
    link = (
        SignInLink.objects.select_related("person__unit")
        .filter(
            token_sha256=_digest(token),
            used_at=None,
            expires_at__gt=now,
            person__is_active=True,
        )
        .first()
    )
    if link is None:
        raise LinkSpent
    link.used_at = now
    link.save(update_fields=["used_at"])
    return link.person


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
