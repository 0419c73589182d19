"""Until when rules, their exceptions and the words of lists count."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from patrol.models import RuleStatus
from patrol.register.tables import LexiconRow, RuleVersion


def last_days() -> Iterator[tuple[str, str, date]]:
    """Each last day of what is in use, once: what it belongs to (`rule:kite`), the page that shows it, and the day."""
    for row in RuleVersion.objects.filter(retired_at=None).order_by("pk"):
        for day in sorted(_days([row.body, *row.body.get("exceptions", ())])):
            yield f"rule:{row.name}", f"/rules/{row.name}/", day
    for words in LexiconRow.objects.filter(status=RuleStatus.LIVE).order_by("pk"):
        for day in sorted(_days(words.body["words"])):
            yield f"lexicon:{words.name}", "/rules/", day


def _days(told: list[Mapping[str, Any]]) -> set[date]:
    return {date.fromisoformat(one["expires"]) for one in told if one.get("expires")}
