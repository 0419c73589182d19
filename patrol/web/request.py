"""A request as our views get it: with the desk of whoever asks."""

from django.http import HttpRequest

from patrol.actions.desk import Desk
from patrol.actions.staffing.sessions import name_of
from patrol.register.tables import Person


class Request(HttpRequest):
    """Signed in: the door saw to it."""

    user: Person
    desk: Desk


def origin(request: HttpRequest) -> str | None:
    """Where a request comes from, as the log keeps it."""
    address: str | None = request.META.get("REMOTE_ADDR")
    return address or None


def session_hash(request: HttpRequest) -> str | None:
    """Tells sessions apart in the log without giving them away."""
    key = request.session.session_key
    return name_of(key) if key else None


def desk_of(request: HttpRequest) -> Desk | None:
    """The desk of the person signed in, or None."""
    person = request.user
    if not isinstance(person, Person) or not person.is_authenticated:
        return None
    return Desk.of(person, origin=origin(request), session=session_hash(request))
