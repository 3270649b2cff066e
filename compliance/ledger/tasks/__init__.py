"""What the worker does for the log."""

from compliance.ledger.tasks.keeping import anchors_compare, anchors_lay, content_expire
from compliance.ledger.tasks.signing import checkpoint_take, events_sequence
from compliance.ledger.tasks.verifying import log_verify, log_verify_asked

__all__ = [
    "anchors_compare",
    "anchors_lay",
    "checkpoint_take",
    "content_expire",
    "events_sequence",
    "log_verify",
    "log_verify_asked",
]
