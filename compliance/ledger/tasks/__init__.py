"""What the worker does for the log."""

from compliance.ledger.tasks.keeping import anchors_compare, anchors_lay, content_expire
from compliance.ledger.tasks.signing import checkpoint_take, events_sequence

__all__ = ["anchors_compare", "anchors_lay", "checkpoint_take", "content_expire", "events_sequence"]
