"""The end of the log: whether what the signer signed last is there, and what isn't signed yet."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max

from compliance.ledger.models import AuditCheckpoint, AuditEvent, AuditLeaf

# Signed every minute; a key's backend may be slow, or a worker busy.
_SIGNED_WITHIN: Final = timedelta(minutes=10)


def tail_check(unchecked: list[str], *, remembered: Collection[int], now: datetime) -> None:
    """Look for a checkpoint that was taken away, and for entries that nothing signed covers."""
    signed: int = AuditCheckpoint.objects.aggregate(most=Max("size"))["most"] or 0
    if any(size > signed for size in remembered):
        # Not a finding: the signer remembers before it signs, and then its key may not have been there.
        unchecked.append(
            f"The signer remembers {max(remembered)} entries, but no checkpoint of so many is stored: it was "
            "taken away, or couldn't be signed yet."
        )
    leaf = AuditLeaf.objects.filter(sequence=signed).first()
    if leaf is None:
        return
    waiting = AuditEvent.objects.filter(number=leaf.number, at__lt=now - _SIGNED_WITHIN)
    waits_since = waiting.values_list("at", flat=True).first()
    if waits_since:
        unchecked.append(f"Entries from {signed} on aren't signed, since {waits_since:%Y-%m-%d %H:%M} UTC.")
