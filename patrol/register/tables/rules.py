"""Rules and lexicons in force, with every earlier version."""

from django.db import models


class RuleVersion(models.Model):
    """A `patrol.models.Rule` as JSON. The newest version whose `retired_at` is None is live."""

    name = models.CharField(max_length=63)
    version = models.PositiveIntegerField()
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="rule_version_once", fields=["name", "version"])
        ]


class LexiconRow(models.Model):
    """A `patrol.models.Lexicon` as JSON."""

    name = models.CharField(max_length=63, unique=True)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
