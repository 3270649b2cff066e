"""The keys that signed checkpoints, and when each did."""

from dataclasses import dataclass
from datetime import datetime

from signing.domain.lifecycle import KeyPurpose
from signing.models import SigningKey
from signing.selectors.overview import key_life, keys_shown


@dataclass(frozen=True, slots=True)
class SignedSpan:
    """One key and the time in which it signed; `ends_at` is None while it does."""

    row: SigningKey
    begins_at: datetime
    ends_at: datetime | None


def checkpoint_spans() -> list[SignedSpan]:
    """Read all keys that ever signed checkpoints, oldest first; what became of them doesn't matter.

    One signs at a time, so each ends when the next begins at the latest: a key that was resumed after a pause
    carries the end of the pause, in which it didn't sign.
    """
    rows = keys_shown().filter(purpose=KeyPurpose.CHECKPOINT, activated_at__isnull=False)
    spans: list[SignedSpan] = []
    following: datetime | None = None
    for row in rows.order_by("-epoch"):
        if row.activated_at is not None:
            ends = [end for end in (key_life(row).signed_until, following) if end is not None]
            spans.insert(0, SignedSpan(row, row.activated_at, min(ends, default=None)))
            following = row.activated_at
    return spans
