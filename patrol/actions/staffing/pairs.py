"""Which accounts are one pair of eyes, as far as the register was told."""

from collections.abc import Iterable

from patrol.register.tables import Person


def same_person(one: Person | None, other: Person | None) -> bool:
    """Whether two accounts belong to one human being."""
    return one is not None and other is not None and one.pk in accounts_of(other.pk)


def accounts_of(person: int | None) -> frozenset[int]:
    """All accounts of the human being who has that one; none of nobody's."""
    firsts = _firsts()
    if person not in firsts:
        return frozenset()
    return frozenset(pk for pk, first in firsts.items() if first == firsts[person])


def humans(accounts: Iterable[Person]) -> int:
    """How many human beings these accounts belong to."""
    firsts = _firsts()
    return len({firsts[account.pk] for account in accounts})


def _firsts() -> dict[int, int]:
    """The first account of each account's human being."""
    above: dict[int, int | None] = dict(Person.objects.values_list("pk", "same_as"))
    return {pk: _first(pk, above) for pk in above}


def _first(account: int, above: dict[int, int | None]) -> int:
    seen = set()
    while (before := above[account]) is not None and account not in seen:
        seen.add(account)
        account = before
    return account
