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


class LedgerSigner(models.Model):
    """The one row that a signer must change to sign: whoever finds another note in it than expected signs nothing."""

    note = models.TextField(default="")
    """The last checkpoint that was signed; empty before the first."""

    class Meta:
        db_table = "ledger_signer"


class ReasonText(models.Model):
    """A person's free words given as the reason of an act. The log holds their commitment; these can be erased."""

    seq = models.BigIntegerField(primary_key=True)
    salt = models.BinaryField()
    text = models.TextField()

    class Meta:
        db_table = "ledger_reason"


class LedgerCopy(models.Model):
    """How far a second place of checkpoints has come, and since when it fails."""

    place = models.CharField(max_length=16, primary_key=True)
    """`pickup` or `witness`; `dispute:` before it, `signer` or `verifier`, is what it says against this log."""
    size = models.BigIntegerField(default=0)
    note = models.TextField(default="")
    """The checkpoint that left; the witness's with its signature below."""
    copied_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    fault = models.TextField(default="")

    class Meta:
        db_table = "ledger_copy"


class LedgerPruned(models.Model):
    """What is kept of records that were removed: the log begins after them, and every proof of later ones holds."""

    size = models.BigIntegerField(primary_key=True)
    """How many were removed: the size of a signed checkpoint."""
    hash = models.BinaryField()
    """Of the last of them, which the first that is left names."""
    nodes = models.BinaryField()
    """The tree's right edge there: 32 bytes for each full subtree, largest first."""
    said = models.TextField(default="[]")
    """Keys changed among them: a JSON list of record's number and statement."""

    class Meta:
        db_table = "ledger_pruned"


class LedgerStamp(models.Model):
    """What an authority of time (RFC 3161) said of a checkpoint: that its text was there at that time."""

    size = models.BigIntegerField(primary_key=True)
    """Of the checkpoint."""
    answer = models.BinaryField()
    """The authority's whole answer."""
    at = models.DateTimeField()
    """By its clock."""
    by = models.CharField(max_length=200)
    """The name in its certificate."""
    asked_at = models.DateTimeField()
    """By ours."""

    class Meta:
        db_table = "ledger_stamp"
