"""`manage.py audit_verify` on logs that hold, whatever was erased of them, and on what it can't check."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis
import time_machine
from django.conf import LazySettings
from django.core.management import call_command
from django.db import OperationalError, transaction

from compliance.ledger.backends.signer import signer_register
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.management.commands import audit_verify
from compliance.ledger.models import AuditCheckpoint, AuditEvent
from compliance.ledger.services import audit_record
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock
from tests.support.ledger import SoftwareSigner
from tests.support.tampering import changed, tampered


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


def test_without_keys_no_signature_is_checked(db: None) -> None:
    record()
    signed()
    signer_register(SimpleNamespace(keys=list, sign=None))
    code, said = verify()
    assert code == 2
    assert "No signature was checked: no key that ever signed is known." in said


def test_a_database_that_cannot_be_reached_is_not_a_log_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(audit_verify, "log_verify", refuse)
    assert verify() == (2, "The audit log couldn't be checked: connection refused\n")


@pytest.mark.parametrize("since", ["17", "/nowhere/kept.note"])
def test_a_checkpoint_that_is_not_there_is_nothing_to_begin_with(db: None, since: str) -> None:
    record()
    signed()
    assert verify("--since", since)[0] == 2


def test_a_witness_that_remembers_nothing_leaves_something_unchecked(
    db: None, settings: LazySettings, tmp_path: Path, redis_client: redis.Redis
) -> None:
    record()
    signed()
    redis_client.flushall()
    settings.LEDGER_WITNESS_FILE = tmp_path / "witness.json"
    code, said = verify()
    assert code == 2
    assert "The witness remembers nothing" in said


def test_a_key_signs_within_its_time_only(db: None, ledger_signer: SoftwareSigner) -> None:
    record()
    signed()
    ledger_signer._key = replace(ledger_signer._key, ends_at=clock.now() - timedelta(days=1))
    code, said = verify()
    assert code == 1
    assert "is signed by a key outside its time" in said


def test_a_revoked_key_counts_as_far_as_a_later_one_goes_on(db: None, ledger_signer: SoftwareSigner) -> None:
    record()
    signed()
    old = ledger_signer._key = replace(ledger_signer._key, revoked_at=clock.now() - timedelta(hours=1))
    code, said = verify()
    assert code == 1
    assert "is signed by a revoked key, and none by another key came after it" in said
    signer = SoftwareSigner()
    signer._key = replace(signer._key, kid="second")
    keys = [old, signer._key]
    signer_register(SimpleNamespace(keys=lambda: keys, sign=signer.sign))
    record()
    signed()
    assert verify()[0] == 0
    with tampered(changed("auditcheckpoint", "kid", "second", "size = 1")):
        code, said = verify()
    assert code == 1
    assert "isn't signed by key second" in said


def test_entries_that_nobody_signs_for_long_are_told(db: None) -> None:
    with time_machine.travel(clock.now() - timedelta(hours=1)):
        record()
        signed()
        record()
        events_sequence()
    code, said = verify()
    assert code == 2
    assert "Entries from 1 on aren't signed" in said
