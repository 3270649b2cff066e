"""What the worker does for the log."""

from compliance.ledger.tasks.signing import checkpoint_take, events_sequence

__all__ = ["checkpoint_take", "events_sequence"]
