"""Filters of the queue under a name: an officer's own, or the whole unit's."""

from dataclasses import dataclass

from django.db.models import Q

from patrol.actions.desk import Desk
from patrol.actions.triaging.leads import person_at
from patrol.errors import BadInput, NotFound
from patrol.models import Permission, Role, Verb
from patrol.register.ready import Ready
from patrol.register.tables import SavedView

LONGEST = 500
"""Characters of an address's query."""
MOST = 30
"""Of one person, and of one unit."""


class BadView(BadInput):
    """A view that nobody should save."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what, why="A view is a filter that one comes back to by its name.", do=do)


class NoSuchView(NotFound):
    """Not there, or somebody else's."""

    def __init__(self, view_id: int) -> None:
        super().__init__(
            f"There is no view {view_id} here.",
            why="Somebody has removed it, or it is not yours.",
            do="Go back to the queue.",
        )


@dataclass(frozen=True)
class View:
    """A saved filter."""

    id: int
    name: str
    query: str
    """Of the queue's address."""
    shared: bool
    """The unit's; else one's own."""
    is_default: bool
    removable: bool


def views(desk: Desk) -> tuple[View, ...]:
    """One's own and the unit's, by name. Filters and no word of any lead: no look to be recorded."""
    person = person_at(desk)
    return tuple(
        View(
            id=number,
            name=name,
            query=query,
            shared=owner is None,
            is_default=bool(is_default),
            removable=owner is not None or may_share(desk),
        )
        for number, name, query, owner, is_default in _VIEWS.rows(
            person=person.pk, unit=person.unit_id
        )
    )


_VIEWS = Ready(
    lambda person, unit: (
        SavedView.objects.filter(Q(owner=person) | Q(owner=None), unit=unit)
        .order_by("name", "pk")
        .values_list("pk", "name", "query", "owner_id", "is_default")
    ),
    person=int,
    unit=int,
)


def may_share(desk: Desk) -> bool:
    """Whether this person saves views for the whole unit."""
    return desk.person is not None and desk.person.role == Role.SUPERVISOR


def default_query(desk: Desk) -> str | None:
    """Where this person begins: their own default, else the unit's."""
    found = sorted((view for view in views(desk) if view.is_default), key=lambda view: view.shared)
    return found[0].query if found else None


def save(
    desk: Desk, name: str, query: str, *, shared: bool = False, is_default: bool = False
) -> None:
    """Save a filter; the same name again updates it. Raises `BadView` for one that is there under another name.

    A filter that follows one contact is refused: that needs a mandate which names it.
    """
    person = person_at(desk)
    with desk.act(Permission.LEADS_READ, Verb.VIEW_SAVED) as act:
        name = " ".join(name.split())
        _judge(desk, name, query, shared=shared)
        owner = None if shared else person
        ours = SavedView.objects.filter(unit=person.unit_id, owner=owner)
        twin = ours.filter(query=query).exclude(name=name).first()
        if twin is not None:
            raise BadView(f"The view `{twin.name}` shows the same.", "Use that one, or remove it.")
        there = ours.filter(name=name).first()
        if there is None and ours.count() >= MOST:
            raise BadView("There are too many views.", "Remove one first.")
        if is_default:
            ours.update(is_default=False)
        row = there or SavedView(unit=person.unit, owner=owner, name=name)
        row.query, row.is_default = query, is_default
        row.saved_by, row.saved_at = person, desk.now()
        row.save()
        act.subject = f"view:{row.pk}"
        act.details = {"query": query, "shared": shared}


def _judge(desk: Desk, name: str, query: str, *, shared: bool) -> None:
    if not name or len(name) > 60:
        raise BadView("A view needs a name of at most 60 letters.", "Give it a short one.")
    if len(query) > LONGEST:
        raise BadView("This filter is too long to be saved.", "Use fewer filters.")
    if "handle=" in query:
        raise BadView(
            "A view that follows one contact is not saved.",
            "Look once by a click; to follow a contact, ask for a mandate that names it.",
        )
    if shared and not may_share(desk):
        raise BadView("Only supervisors save views for the unit.", "Save it for yourself.")


def forget(desk: Desk, view_id: int) -> None:
    """Remove a view. Raises `NoSuchView`."""
    person = person_at(desk)
    with desk.act(Permission.LEADS_READ, Verb.VIEW_FORGOTTEN, subject=f"view:{view_id}") as act:
        rows = SavedView.objects.filter(pk=view_id, unit=person.unit_id)
        row = rows.filter(Q(owner=person) | Q(owner=None)).first()
        if row is None or (row.owner_id is None and not may_share(desk)):
            raise NoSuchView(view_id)
        act.details = {"query": row.query, "shared": row.owner_id is None}
        row.delete()
