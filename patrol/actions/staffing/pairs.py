"""Which accounts are one pair of eyes."""

from patrol.register.tables import Person


def same_person(one: Person | None, other: Person | None) -> bool:
    """Whether two accounts belong to one human being, as far as the register was told."""
    return one is not None and other is not None and _first_account(one) == _first_account(other)


def _first_account(person: Person) -> int:
    seen = set()
    while person.same_as is not None and person.pk not in seen:
        seen.add(person.pk)
        person = person.same_as
    return person.pk
