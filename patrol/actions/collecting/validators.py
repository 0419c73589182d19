"""Which pages of a source need not be sent again if they have not changed, and for how long that is believed.

What a site says of its pages is tested once a day: then the source is read
whole, and the floors learn and judge from those readings.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from dashboards.counting import GREEN
from patrol.models import Validator
from patrol.register.tables import PageValidator, RunRow, SourceRow
from pipelines.gone import Whole

BELIEVED = timedelta(days=1)
"""How long a site may say that its pages have not changed until all of them are sent again."""
MOST = 2_000
"""Pages of a source, the newest."""


def of(row: SourceRow, now: datetime) -> dict[str, Validator]:
    """What the next run may ask by; nothing when a day has passed since the source was last read whole."""
    whole = RunRow.objects.filter(source=row, brought_as=None, outcome__in=GREEN, unchanged=0)
    if not whole.filter(ended_at__gt=now - BELIEVED).exists():
        return {}
    kept = row.validators.filter(kept_at__gt=now - BELIEVED).values_list("url", "body")
    return {url: Validator.model_validate(body) for url, body in kept}


def move(
    row: SourceRow,
    read: Mapping[str, Validator | None] | None,
    again: Sequence[Whole],
    now: datetime,
) -> None:
    """Keep those of the pages that were read, in the transaction that moves the stop marks; None forgets all.

    Neither of threads that are to be read again, nor of any list then: it leads to them.
    """
    if read is None or again:
        forget(row)
    if read is None:
        return
    sent = {url for thread in again for url in thread.pages}
    kept = {
        url: one
        for url, one in read.items()
        if one is not None and url not in sent and not (again and one.kind == "list")
    }
    row.validators.filter(kept_at__lte=now - BELIEVED).delete()
    row.validators.filter(url__in=[url for url in read if url not in kept]).delete()
    PageValidator.objects.bulk_create(
        [
            PageValidator(source=row, url=url, body=one.model_dump(mode="json"), kept_at=now)
            for url, one in kept.items()
        ],
        update_conflicts=True,
        unique_fields=["source", "url"],
        update_fields=["body", "kept_at"],
    )
    beyond = row.validators.order_by("-kept_at", "-pk").values_list("pk", flat=True)[MOST:]
    PageValidator.objects.filter(pk__in=list(beyond)).delete()


def forget(row: SourceRow) -> None:
    """After a run that was not good, the next one reads all anew."""
    row.validators.all().delete()
