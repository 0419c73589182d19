"""An officer's own keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from patrol.actions.desk import Desk
from patrol.models import Permission, Verb
from patrol.register.ready import Ready
from patrol.register.tables import KeyBoard


@dataclass(frozen=True)
class OwnKeys:
    """Where somebody's keys differ from the shipped ones."""

    keys: Mapping[str, str] = field(default_factory=dict)
    is_off: bool = False


def own_keys(desk: Desk) -> OwnKeys:
    """Those of the person at the desk."""
    if desk.person is None or not _MOVED.rows(person=desk.person.pk):
        return OwnKeys()
    row = KeyBoard.objects.get(person=desk.person)
    return OwnKeys(row.keys, row.is_off)


_MOVED = Ready(lambda person: KeyBoard.objects.filter(person=person).values_list("pk"), person=int)


def keep(desk: Desk, own: OwnKeys) -> None:
    """Keep somebody's own keys."""
    subject = f"person:{desk.person.pk}" if desk.person else None
    with desk.act(Permission.LEADS_READ, Verb.PERSON_ACCOUNT_CHANGED, subject=subject) as act:
        KeyBoard.objects.update_or_create(
            person=desk.person, defaults={"keys": dict(own.keys), "is_off": own.is_off}
        )
        act.details = {
            "keys": [f"{does} {shown}" for does, shown in own.keys.items()],
            "keys_off": own.is_off,
        }
