"""Whoever has the console's own rights in its database writes permits to erase: none vouches for itself."""

import pytest
from django.db import connection

from compliance.ledger.models import AuditContent, AuditErasure
from tests.integration.compliance.verification.test_tampering import verified
from tests.support.tampering import signed_log

COUNT = 160


@pytest.fixture
def numbers(db: None) -> list[int]:
    return signed_log(COUNT)


def erased_by(tombstone: int, *events: int) -> None:
    """Take the contents of events away with every trigger on, by permits that name this tombstone."""
    for number in events:
        AuditErasure.objects.create(
            first=number, last=number, disclosures_only=False, kind="privacy", tombstone_id=tombstone
        )
    with connection.cursor() as cursor:
        for table in ("auditdisclosure", "auditcontent"):
            for number in events:
                cursor.execute(f"DELETE FROM ledger_{table} WHERE event_id = %s", [number])  # noqa: S608 (our own names)
    assert not AuditContent.objects.filter(pk__in=events).exists()


def assert_too_early(tombstone: int) -> None:
    code, report = verified()
    told = [each["said"] for each in report["findings"]]
    assert code == 1
    assert any(f"event {tombstone} was recorded before all of that was" in each for each in told), told


def test_a_tombstone_does_not_permit_that_it_is_emptied_itself(numbers: list[int]) -> None:
    """Emptied, it couldn't contradict a permit any more: that it never spoke of entry 7."""
    tombstone = numbers[-1]
    erased_by(tombstone, numbers[7], tombstone)
    assert_too_early(tombstone)


def test_two_tombstones_cannot_empty_each_other(numbers: list[int]) -> None:
    earlier, later = numbers[-1], signed_log(COUNT)[-1]
    erased_by(earlier, later)
    erased_by(later, numbers[7], earlier)
    assert_too_early(earlier)
