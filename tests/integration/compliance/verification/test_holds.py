"""`manage.py audit_verify` on logs that hold, whatever was erased of them, and on what it can't check."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditCheckpoint, AuditEvent
from compliance.ledger.services import audit_record
from compliance.ledger.services.checkpoints import checkpoint_take
from releaseconsole.kernel import clock


def record(count: int = 1, **detail: Any) -> AuditEvent:
    with transaction.atomic():
        events = [
            audit_record(action=Action.APP_CREATED, actor=SYSTEM, now=clock.now(), detail={"n": n, **detail})
            for n in range(count)
        ]
    return events[-1]


def verify(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit_verify", *arguments, stdout=out, stderr=out)
    assert isinstance(ended.value.code, int)
    return ended.value.code, out.getvalue()


def signed() -> AuditCheckpoint:
    checkpoint = checkpoint_take(now=clock.now())
    assert checkpoint is not None
    return checkpoint


def test_a_log_as_it_was_recorded_holds(db: None) -> None:
    record(300, note="secret", nested={"reason": ["why", 1]})
    signed()
    record(300)
    signed()
    assert verify() == (0, "The audit log holds: 600 entries, signed up to 600.\n")


def test_an_empty_log_holds(db: None) -> None:
    assert verify() == (0, "The audit log holds: 0 entries, signed up to 0.\n")
