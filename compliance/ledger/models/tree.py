"""The Merkle tree over the events, and what was signed of it."""

from django.db import models
from django.db.models import Q

from compliance.ledger.domain.tiles import TILE_WIDTH
from compliance.ledger.models.append_only import AppendOnlyModel, AppendOnlyQuerySet


class AuditLeaf(AppendOnlyModel):
    """The place of an event in the log: dense from 0, by trigger."""

    sequence = models.BigIntegerField(primary_key=True)
    number = models.BigIntegerField(unique=True, help_text="Of the event.")
    leaf_hash = models.BinaryField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(sequence__gte=0), name="ledger_leaf_from_zero")]

    def __str__(self) -> str:
        return str(self.sequence)


class AuditTile(AppendOnlyModel):
    """256 hashes side by side, once all of them are known (C2SP tlog-tiles); what isn't full is computed."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    data = models.BinaryField(help_text=f"{TILE_WIDTH} hashes of 32 bytes.")
    root = models.BinaryField(help_text="The node above all of them.")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="ledger_tile_once")]

    def __str__(self) -> str:
        return f"tile {self.level}/{self.index}"


class AuditEpoch(AppendOnlyModel):
    """Under which name the log is signed, since when. A restart after a restore begins another one."""

    origin = models.CharField(max_length=255, unique=True)
    began_at = models.DateTimeField()
    began_size = models.BigIntegerField(help_text="Entries in the log when it began.")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.origin


class AuditCheckpoint(AppendOnlyModel):
    """What was signed: this many entries, this root (C2SP tlog-checkpoint, in a signed note)."""

    origin = models.CharField(max_length=255)
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField()
    kid = models.CharField(max_length=43)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta(AppendOnlyModel.Meta):
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["origin", "size"], name="ledger_checkpoint_once")]
        # Verification reads them by size across all origins, a thousand at a time.
        indexes = [models.Index(fields=["size", "id"], name="ledger_checkpoint_by_size")]

    def __str__(self) -> str:
        return f"checkpoint of {self.size} entries"
