"""Rules and word lists with every version, who stands for each, and how often each rule hit."""

from django.db import models
from django.db.models import F, Q

from patrol.models import RuleStatus
from patrol.register.tables.choices import word
from patrol.register.tables.people import Person, Unit
from patrol.register.tables.sources import SourceRow


class RuleVersion(models.Model):
    """A `patrol.models.Rule` as JSON. Live by the installation, or by a second person's approval."""

    name = models.CharField(max_length=63)
    version = models.PositiveIntegerField()
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    status = word(RuleStatus, default=RuleStatus.LIVE)
    published_at = models.DateTimeField()
    """When it was written; since when a shipped one is live."""
    retired_at = models.DateTimeField(null=True)
    """None as long as it may still flag; set with the status `retired`."""
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    """None for what was shipped."""
    because = models.CharField(max_length=500, default="", blank=True)
    """Why this version was written."""
    approver = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    braked_at = models.DateTimeField(null=True)
    braked_because = models.CharField(max_length=300, default="", blank=True)
    unbraked_until = models.DateTimeField(null=True)
    """Who released it takes its volume for right until then."""

    class Meta:
        constraints = [
            models.UniqueConstraint(name="rule_version_once", fields=["name", "version"]),
            models.CheckConstraint(
                name="rule_by_two_persons",
                condition=Q(approver__isnull=True)
                | Q(proposed_by__isnull=True)
                | ~Q(approver=F("proposed_by")),
            ),
            models.UniqueConstraint(
                name="one_rule_makes_leads",
                fields=["name"],
                condition=Q(retired_at__isnull=True, status__in=["live", "review"]),
            ),
        ]


class LexiconRow(models.Model):
    """A `patrol.models.Lexicon` as JSON. Retired ones stay, under their version."""

    name = models.CharField(max_length=63)
    version = models.PositiveIntegerField(default=1)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    status = word(RuleStatus, default=RuleStatus.LIVE)
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    approver = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lexicon_version_once", fields=["name", "version"]),
            models.CheckConstraint(
                name="lexicon_by_two_persons",
                condition=Q(approver__isnull=True)
                | Q(proposed_by__isnull=True)
                | ~Q(approver=F("proposed_by")),
            ),
        ]


class RuleTally(models.Model):
    """How many new posts of a source a rule's version hit within an hour. The row without a rule counts all posts."""

    rule = models.CharField(max_length=63, blank=True)
    version = models.PositiveIntegerField()
    source = models.ForeignKey(SourceRow, on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField(db_index=True)
    posts = models.PositiveIntegerField()
    aside = models.PositiveIntegerField(default=0)
    """Of these, those for which the rule made no lead: it is on trial or to be reviewed, or the match was one again."""
    authors = models.JSONField(default=list)
    """Beginnings of keyed hashes, each author once, as many as are kept; emptied after eight days."""

    class Meta:
        constraints = [
            models.UniqueConstraint(name="tally_once", fields=["rule", "version", "source", "hour"])
        ]


class RulePrecision(models.Model):
    """How often a rule was right in a unit's decisions, as last counted: what it adds to a score, or takes away."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=63)
    right = models.PositiveIntegerField()
    """Leads that were followed up."""
    decided = models.PositiveIntegerField()
    points = models.SmallIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_precision_a_rule", fields=["unit", "rule"])
        ]


class RuleTrial(models.Model):
    """A comparison with kept posts that somebody asked for: what was asked, and its counts. No post is kept in it."""

    kind = models.CharField(
        max_length=10, choices=[(one, one) for one in ("backtest", "changes", "terms")]
    )
    rule = models.CharField(max_length=63, blank=True)
    version = models.PositiveIntegerField(null=True)
    against = models.PositiveIntegerField(null=True)
    """With `changes`: the version that it is compared with."""
    days = models.PositiveSmallIntegerField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    read = models.PositiveIntegerField(default=0)
    """Posts compared so far."""
    failed = models.CharField(max_length=300, default="", blank=True)
    result = models.JSONField(null=True)
    """Counts, terms found, and the numbers of the posts that serve as samples; their words stay where they are kept."""
