"""Whoever has the console's own rights in its database writes permits to erase: none vouches for itself."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditContent, AuditErasure, AuditLeaf, HoldScope, LegalHold
from compliance.ledger.services import audit_record
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.holds import HoldTerms, hold_place
from compliance.ledger.services.retention import content_expire
from releaseconsole.kernel import clock
from tests.integration.compliance.verification.test_tampering import verified
from tests.support.tampering import signed_log

COUNT = 160


@pytest.fixture
def numbers(db: None) -> list[int]:
    return signed_log(COUNT)


def erased_by(tombstone: int, *events: int, kind: str = "privacy") -> None:
    """Take the contents of events away with every trigger on, by permits that name this tombstone."""
    for number in events:
        AuditErasure.objects.create(
            first=number, last=number, disclosures_only=False, kind=kind, tombstone_id=tombstone
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


def written(action: Action, at: datetime, *events: int, **detail: object) -> int:
    """Record that contents of events went, with the console's own rights; returns its number."""
    places = AuditLeaf.objects.filter(number__in=events).values_list("sequence", flat=True)
    with transaction.atomic():
        event = audit_record(
            action=action,
            actor=SYSTEM,
            now=at,
            detail={"sequences": [[place, place] for place in places], **detail},
        )
    checkpoint_take(now=clock.now())
    return event.number


def emptied(tombstone: int) -> None:
    """Have a new tombstone, which is true in every word, take an earlier one's content."""
    erased_by(
        written(Action.CONTENT_EXPIRED, clock.now(), tombstone, what="content"), tombstone, kind="retention"
    )


@pytest.mark.parametrize("age", [timedelta(), timedelta(days=4000)], ids=["of today", "dated back"])
def test_a_tombstone_is_not_emptied_before_its_time(age: timedelta, numbers: list[int]) -> None:
    """Emptied, an old one would vouch for whatever is erased from before it: nothing would say of it."""
    tombstone = written(Action.CONTENT_EXPIRED, clock.now() - age, numbers[9], what="content")
    emptied(tombstone)
    erased_by(tombstone, numbers[7], kind="retention")
    code, report = verified()
    assert code == 1, report
    place = AuditLeaf.objects.get(number=tombstone).sequence
    assert f"takes entry {place} away, which says what was erased, before its time" in str(report["findings"])


def test_a_hold_that_was_lifted_by_hand_is_found(numbers: list[int]) -> None:
    """Lifted behind the log, what it covered would go by the rules."""
    hold = hold_place(terms=HoldTerms(HoldScope.EVERYTHING), reason="A suit", actor=SYSTEM, now=clock.now())
    checkpoint_take(now=clock.now())
    assert verified()[0] == 0
    LegalHold.objects.update(lifted_at=clock.now(), lifted_by="1", lifted_reason="None")
    code, report = verified()
    assert (code, report["findings"][0]["said"]) == (
        1,
        f"Legal hold {hold.pk} is lifted, and no event says so.",
    )


def test_a_tombstone_whose_time_is_over_is_emptied_by_the_console(numbers: list[int]) -> None:
    with time_machine.travel(clock.now() + timedelta(days=2200), tick=False):
        while content_expire(now=clock.now()):
            pass
        assert not AuditContent.objects.filter(event=numbers[-1]).exists()
        checkpoint_take(now=clock.now())
        code, report = verified()
    assert (code, report["findings"]) == (0, [])
