"""The access log: `LedgerRecord` and nothing else. The other tables here are derived, or erasable on purpose."""

from django.db import models


class LedgerRecord(models.Model):
    """One audited act as canonical JSON, chained: `hash = SHA-256(0x00 || body)`, body holds the hash before."""

    seq = models.BigIntegerField(primary_key=True)
    body = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "ledger_record"


class LedgerIndex(models.Model):
    """Columns to search the log by. Derived from the bodies; the verifier compares them."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    person = models.BigIntegerField(null=True, db_index=True)
    account = models.CharField(max_length=100)
    verb = models.CharField(max_length=64, db_index=True)
    subject = models.CharField(max_length=100, null=True, db_index=True)
    result = models.CharField(max_length=8)

    class Meta:
        db_table = "ledger_index"


class LedgerCheckpoint(models.Model):
    """A signed statement of how long the log was and what its tree's root was."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_checkpoint"


class ReasonText(models.Model):
    """A person's free words given as the reason of an act. The log holds their commitment; these can be erased."""

    seq = models.BigIntegerField(primary_key=True)
    salt = models.BinaryField()
    text = models.TextField()

    class Meta:
        db_table = "ledger_reason"
