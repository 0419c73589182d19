"""One audited act, as the access log keeps it."""

from patrol.models.base import Model
from patrol.models.words import Result, Role, Verb


class Actor(Model):
    """Who acts, and from where. The log names people by number and account, never by name."""

    person: int | None = None
    """None is the system itself."""
    account: str
    role: Role | None = None
    session: str | None = None
    """A hash of the session's key."""
    origin: str | None = None
    """IP address, or `cli:<OS user>`."""


class Record(Model):
    """What is written in the log of one act. No collected text, no query text, no author.

    `details` holds only numbers, names of our own things and commitments.
    """

    verb: Verb
    actor: Actor
    subject: str | None = None
    """Kind and id: `lead:17`."""
    result: Result = Result.ALLOW
    purpose: str | None = None
    """Authorization or case under which it was done: `authorization:3`."""
    count: int | None = None
    reason_commitment: str | None = None
    details: dict[str, str | int | bool | list[str] | list[int] | None] = {}
