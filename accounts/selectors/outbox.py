"""What waits in the outbox."""

from collections.abc import Collection
from uuid import UUID

from accounts.models import Letter


def letters_waiting_among(numbers: Collection[UUID]) -> set[UUID]:
    """Return those of these letters that wait to be sent."""
    return set(Letter.objects.filter(pk__in=numbers, sent_at=None).values_list("pk", flat=True))
