"""What waits for an officer, and what officers decided."""

from django.db import models

from patrol.models import Category, DismissReason, LeadKind, LeadStatus, Verdict
from patrol.register.tables.choices import word
from patrol.register.tables.people import Person, Unit
from patrol.register.tables.rank import RankWeights
from patrol.register.tables.retention import RetentionUnit
from patrol.register.tables.sources import SourceRow


class Lead(models.Model):
    """One or more flagged sightings that belong together. `version` moves with each decision."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="leads")
    source = models.ForeignKey(SourceRow, on_delete=models.PROTECT, related_name="leads")
    """Of its first sighting."""
    kind = word(LeadKind)
    category = word(Category, null=True, db_index=True)
    score = models.PositiveSmallIntegerField()
    rank = models.PositiveSmallIntegerField()
    """What the queue sorts by: the score, or what officers' decisions taught where that is switched on; possible victims before everything else."""
    ranked_by = models.ForeignKey(
        RankWeights, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    """The weights that told its rank; None is its score."""
    status = word(LeadStatus, default=LeadStatus.NEW)
    version = models.PositiveIntegerField(default=1)
    retention = models.ForeignKey(RetentionUnit, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    """Last sighting or decision."""
    snoozed_until = models.DateTimeField(null=True)
    sightings_count = models.PositiveIntegerField(default=1)
    assigned_to = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    """Whose work it is; None is anybody's."""
    held_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """Who reads it now: a lease, over at `held_until` unless the page's heartbeat renews it."""
    held_since = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "status", "-rank", "-id"]),
            models.Index(fields=["unit", "status", "-id"]),
            models.Index(
                name="lead_by_sightings", fields=["unit", "status", "-sightings_count", "-id"]
            ),
            models.Index(
                name="lead_facets",
                fields=["unit", "status", "category", "source", "kind", "score"],
            ),
            models.Index(name="lead_that_alarms", fields=["kind", "status", "moved_at"]),
        ]


class Decision(models.Model):
    """A verdict on a lead. Never changed; a later one takes its place."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="decisions")
    lead_version = models.PositiveIntegerField()
    """The version that the officer saw."""
    verdict = word(Verdict)
    dismiss_reason = word(DismissReason, null=True)
    note = models.BinaryField(null=True)
    """The officer's words, encrypted with the lead's unit."""
    false_rule = models.CharField(max_length=63, null=True)
    """With `rule_false_hit`: the rule that was wrong."""
    kind_before = word(LeadKind, null=True)
    """The lead's kind, where this decision made it a possible victim's."""
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_decision_per_version", fields=["lead", "lead_version"]
            )
        ]
