"""The counts beside the filters say how many leads the queue would show, whatever the filter."""

from collections import Counter
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

STATUSES = ("", "new", "snoozed", "waiting", "relevant")
CATEGORIES = ("", "none", "fraud", "solicitation")
KINDS = ("", "searchable", "possible_victim")
ASSIGNEES = ("", "me")


@pytest.mark.parametrize("without", [[], ["solicitation"]], ids=["all", "spared"])
def test_each_facet_counts_what_the_queue_would_show(garden: Any, without: list[str]) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.triaging.facets import counts
    from patrol.actions.triaging.queue import QueueFilter, chosen
    from patrol.register import clock
    from patrol.register.tables import Lead

    leads = list(Lead.objects.order_by("pk"))
    now, hour = clock.now(), timedelta(hours=1)
    changes = ("snoozed", now - hour), ("snoozed", now + hour), ("relevant", None)
    for lead, (status, until) in zip(leads, changes, strict=False):
        Lead.objects.filter(pk=lead.pk).update(status=status, snoozed_until=until)
    Lead.objects.filter(pk=leads[-1].pk).update(category=None, assigned_to=garden.people["mei"])
    garden.people["mei"].care = {**garden.people["mei"].care, "without": without}
    desk = Desk.of(garden.people["mei"], origin=None)

    def values(lead: Lead) -> dict[str, str | None]:
        back = lead.status == "snoozed" and lead.snoozed_until and lead.snoozed_until <= now
        status = "new" if back else str(lead.status)
        return {
            "status": status,
            "category": lead.category,
            "source": lead.source.name,
            "kind": str(lead.kind),
            "engine": lead.source.detected_engine or "none",
            "severity": "high" if lead.score >= 70 else "medium" if lead.score >= 40 else "low",
        }

    sources = ("", leads[0].source.name)
    for status, category, source, kind, assignee in product(
        STATUSES, CATEGORIES, sources, KINDS, ASSIGNEES
    ):
        wanted = QueueFilter(
            status=status, category=category, source=source, kind=kind, assignee=assignee
        )
        told = counts(desk, wanted)
        assert {*told} == {*values(leads[0]), "rule"}
        for facet, counted in told.items():
            if facet == "rule":
                continue  # a lead has many: tests/web/test_sifting.py
            others = QueueFilter(**{**vars(wanted), facet: ""})
            found = Counter(values(lead)[facet] for lead in chosen(desk, others))
            assert counted == {value: n for value, n in found.items() if value}, (facet, wanted)
