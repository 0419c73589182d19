"""What was read on boards. Every collected word is encrypted with the key of its retention unit."""

from django.db import models

from patrol.models import Category, HandleKind, HandleRole, LeadKind
from patrol.register.tables.choices import word
from patrol.register.tables.leads import Lead
from patrol.register.tables.retention import RetentionUnit
from patrol.register.tables.sources import AuthorizationRow, RunRow, SourceRow

__all__ = [
    "BacktestPost",
    "CaptureRow",
    "HandleRow",
    "MatchRow",
    "RetentionUnit",
    "SeenPost",
    "Sighting",
]


class SeenPost(models.Model):
    """That a version of a post was read. Its hash is keyed, so that short texts cannot be guessed from it."""

    source = models.ForeignKey(SourceRow, on_delete=models.CASCADE, related_name="seen_posts")
    key = models.CharField(max_length=200)
    words_hmac = models.CharField(max_length=64)
    flagged = models.BooleanField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="seen_post_once", fields=["source", "key", "words_hmac"])
        ]


class BacktestPost(models.Model):
    """Words of an unflagged post, for rule tests alone; gone after `unflagged_days`, never indexed."""

    seen = models.OneToOneField(SeenPost, on_delete=models.CASCADE, related_name="backtest")
    unit = models.ForeignKey(RetentionUnit, on_delete=models.CASCADE, related_name="+")
    body = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)


class CaptureRow(models.Model):
    """Provenance of a page that held a flagged post, with the flagged posts and five neighbours sealed in it."""

    run = models.ForeignKey(RunRow, on_delete=models.PROTECT, related_name="captures")
    authorization = models.ForeignKey(
        AuthorizationRow, on_delete=models.PROTECT, related_name="captures"
    )
    unit = models.ForeignKey(RetentionUnit, on_delete=models.PROTECT, related_name="+")
    fetched_at = models.DateTimeField()
    raw_sha256 = models.CharField(max_length=64)
    engine = models.CharField(max_length=63)
    body = models.BinaryField()
    """Encrypted JSON: `{"capture": Capture, "posts": [Post, ...], "salt": hex}`."""
    body_sha256 = models.CharField(max_length=64)
    """Of the JSON before encryption, its salt included: the seal, which the record of the keeping names."""


class Sighting(models.Model):
    """One version of a flagged post, unique by source, key and words, under an authorization, in a capture."""

    source = models.ForeignKey(SourceRow, on_delete=models.PROTECT, related_name="sightings")
    key = models.CharField(max_length=200)
    words_hmac = models.CharField(max_length=64, db_index=True)
    version = models.PositiveIntegerField()
    authorization = models.ForeignKey(
        AuthorizationRow, on_delete=models.PROTECT, related_name="sightings"
    )
    run = models.ForeignKey(RunRow, on_delete=models.PROTECT, related_name="kept")
    capture = models.ForeignKey(CaptureRow, on_delete=models.PROTECT, related_name="sightings")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="sightings")
    unit = models.ForeignKey(RetentionUnit, on_delete=models.PROTECT, related_name="+")
    body = models.BinaryField()
    """Encrypted JSON of the `Post`."""
    duplicate_hmac = models.CharField(max_length=64, db_index=True)
    """Of the folded, squeezed words: the same words elsewhere have the same."""
    posted_at = models.DateTimeField(null=True)
    posted_precision = models.CharField(max_length=10, null=True)
    score = models.PositiveSmallIntegerField()
    parts = models.JSONField()
    """Whose points are the score."""
    stale_at = models.DateTimeField(null=True)
    """When one of its parts has to be counted again; null when time does not change it any more."""
    author_hmac = models.CharField(max_length=32, null=True)
    """Keyed hash of its source and author, on the first flagged version of a post alone; never of a possible victim's."""
    said_day = models.IntegerField(null=True)
    """Beside it: the day it was written, counted from 1970."""
    ruleset_sha256 = models.CharField(max_length=64)
    engine = models.CharField(max_length=63)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    page_hmac = models.CharField(max_length=64, null=True, db_index=True)
    """Keyed hash of the address of the page that held it last."""
    missed_at = models.DateTimeField(null=True, db_index=True)
    """When that page, and all pages of its thread, were first read whole without it; null once it is back."""
    removed_seen_at = models.DateTimeField(null=True)
    """When that was so for the second time, in another run: only now it is called gone. Null once it is back."""
    back_at = models.DateTimeField(null=True)
    """When it was seen again after it had been gone."""

    class Meta:
        constraints = [
            models.UniqueConstraint(name="sighting_once", fields=["source", "key", "words_hmac"])
        ]
        indexes = [
            models.Index(
                name="sighting_by_author",
                fields=["author_hmac", "said_day"],
                condition=models.Q(author_hmac__isnull=False),
            ),
            models.Index(
                name="sighting_to_weigh",
                fields=["stale_at"],
                condition=models.Q(stale_at__isnull=False),
            ),
        ]


class MatchRow(models.Model):
    """A rule that hit a sighting; spans are places only, the words stand in the sighting's body."""

    sighting = models.ForeignKey(Sighting, on_delete=models.CASCADE, related_name="matches")
    rule = models.CharField(max_length=63, db_index=True)
    version = models.PositiveIntegerField()
    kind = word(LeadKind)
    category = word(Category, null=True)
    spans = models.JSONField()
    """`[[start, end], ...]`, code points of `Post.words`."""
    weight = models.SmallIntegerField()
    again_hmac = models.CharField(max_length=64, null=True, db_index=True)
    """Of what makes the rule's next matches the same again, where the rule suppresses them."""


class HandleRow(models.Model):
    """A contact found in a sighting. Its value is encrypted; a keyed tag finds the same one elsewhere."""

    sighting = models.ForeignKey(Sighting, on_delete=models.CASCADE, related_name="handles")
    kind = word(HandleKind)
    tag = models.CharField(max_length=64, db_index=True)
    value = models.BinaryField()
    role = word(HandleRole)
    role_before = word(HandleRole, null=True)
    """What its reader said of it, where an officer said that it is a victim's."""
    confidence = models.FloatField()
    span_start = models.PositiveIntegerField()
    span_end = models.PositiveIntegerField()
