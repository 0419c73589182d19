"""What the index has yet to hear."""

from django.db import models


class OutboxRow(models.Model):
    """A document to put into the index or to take out of it, written in the transaction of its act."""

    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in ("post", "lead")])
    subject = models.BigIntegerField()
    """Id of the sighting or lead. The projector reads its present state, so repeats are harmless."""
    op = models.CharField(max_length=8, choices=[(op, op) for op in ("put", "forget")])
    written_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(db_index=True)
    dead_because = models.CharField(max_length=500, null=True)
    """Why the index refused it for good; replayable."""
