"""What the console itself erases, by request or because its time is over, leaves a log that holds."""

from datetime import timedelta

import time_machine

from compliance.ledger.domain.events import SYSTEM
from compliance.ledger.models import AuditContent, AuditDisclosure
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.erasure import disclosures_erase
from compliance.ledger.services.retention import content_expire
from compliance.ledger.services.verification import log_verify
from releaseconsole.kernel import clock
from tests.support.tampering import record


def holds() -> None:
    checkpoint_take(now=clock.now())
    report = log_verify(now=clock.now())
    assert [finding.said for finding in report.findings] == []
    assert report.verdict == "holds"


def test_values_that_were_erased_by_request_are_no_findings(db: None) -> None:
    events = [event.number for event in record(5, reason="mine")]
    disclosures_erase(events=events[1:3], names={"note"}, request="r-1", actor=SYSTEM, now=clock.now())
    disclosures_erase(events=[events[0], events[4]], names=None, request="r-2", actor=SYSTEM, now=clock.now())
    assert AuditDisclosure.objects.filter(event__in=events).count() == 4
    holds()


def test_contents_whose_time_is_over_are_no_findings(db: None) -> None:
    with time_machine.travel(clock.now() - timedelta(days=12_000)):
        events = [event.number for event in record(5)]
    checkpoint_take(now=clock.now())
    while content_expire(now=clock.now()):
        pass
    assert not AuditContent.objects.filter(event__in=events).exists()
    holds()
