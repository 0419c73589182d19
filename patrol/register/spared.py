"""Contacts that are a victim's, as officers said: what is kept of them, and how they are covered in words."""

import re
from collections.abc import Collection, Iterable, Sequence

from django.db import connection

from patrol.models import HandleStanding
from patrol.register.sealing import unseal
from patrol.register.tables import HandleJudgement, HandleRow, RetentionUnit

SHORTEST = 4
"""Characters of a contact that is looked for beside its marked places: shorter ones are parts of words."""
_AT_ONCE = 100
"""Contacts that one question names."""
_SAID = (
    "SELECT tag, standing FROM register_handlejudgement WHERE unit_id = %s AND tag IN ({})"
    " ORDER BY id"
)


def standings(unit: int, tags: Collection[str]) -> dict[str, HandleStanding]:
    """What officers of the unit said last of these contacts."""
    rows = HandleJudgement.objects.filter(unit=unit, tag__in=tags).order_by("pk")
    said = {tag: HandleStanding(told) for tag, told in rows.values_list("tag", "standing")}
    return {tag: told for tag, told in said.items() if told is not HandleStanding.UNJUDGED}


def spared(unit: int, tags: Collection[str]) -> set[str]:
    """Those of these contacts that officers of the unit called a victim's last: asked for each group of posts that is kept."""
    last: dict[str, str] = {}
    named = list(tags)
    for at in range(0, len(named), _AT_ONCE):
        some = named[at : at + _AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(_SAID.format(", ".join(["%s"] * len(some))), [unit, *some])
            last |= dict(cursor.fetchall())
    return {tag for tag, told in last.items() if told == HandleStanding.VICTIM}


def hide(words: str, spans: Sequence[tuple[int, int]], values: Iterable[str], mask: str) -> str:
    """The words with these places covered, and every further mention of these contacts. Places stay what they were."""
    letters = list(words)
    places = list(spans)
    for value in values:
        if len(bare := value.lstrip("@+")) >= SHORTEST:
            places += [found.span() for found in re.finditer(re.escape(bare), words, re.IGNORECASE)]
    for start, end in places:
        for place in range(max(0, start), min(end, len(letters))):
            if not letters[place].isspace():
                letters[place] = mask
    return "".join(letters)


def value_of(unit: RetentionUnit, row: HandleRow) -> str:
    """The contact itself. Raises `Forgotten`."""
    return unseal(unit, row.value).decode()
