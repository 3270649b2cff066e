"""One tester is erased from a busy console; bytes are searched for her everywhere, and nothing is left.

The database is committed for real: what a test's transaction holds back is in no file.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from django.core.management import call_command
from django.db import transaction

from accounts.services.mail import letter_write_outside
from compliance.desk.backends.redis_search import redis_files
from compliance.desk.models import ErasureRun, SuppressedSubject, SuppressionKey
from compliance.desk.services.access_package import access_package
from compliance.desk.services.erasure import (
    erasure_plan,
    erasure_receipt,
    erasure_run_through,
    erasure_start,
    receipt_check,
)
from compliance.ledger.domain.checkpoints import NoteKey
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEpoch, AuditEvent
from compliance.ledger.services import audit_record, events_include
from compliance.ledger.services.restarting import log_restart, restart_propose
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Scoped, Subject
from signing.services import console_keys_ensure
from tests.integration.updates.telemetry.conftest import drain, report, sighting
from tests.support.backups import backup_make, backup_restore, database_bytes
from tests.support.beta import beta_made, enrolled, group_made, invited, joins
from tests.support.ledger import SoftwareSigner
from tests.support.shipping import released
from updates.backends.events import dead_letter_append, events_append, sightings_append, stream_read
from updates.backends.redis import EVENT_STREAM
from updates.domain.telemetry import DeviceReport, Sighting
from updates.errors import AddressErasedError
from updates.gateway import sightings
from updates.gateway.router import gateway_application
from updates.gateway.serving import serving
from updates.gateway.snapshot import EMPTY, snapshot_build
from updates.models import Channel, Device, DeviceEvent, IdempotencyRecord, Tester
from updates.services.overrides import override_set
from updates.services.testers.feedback import feedback_send

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "teresa.quill@erasable.example"
NAME = "Teresa Quillfeather"
PHONE = "e5a0b1e0-7e57-4e57-a000-0000000dead1"
TABLET = "e5a0b1e0-7e57-4e57-a000-0000000dead2"
CUSTOM = "patient-zz-918273"
SAID = "the purple unicorn dosage is unreadable"
HERS = (EMAIL, NAME, PHONE, TABLET, CUSTOM, SAID)
REFERENCE = "PR-TESTTEST"


@pytest.fixture
def tess(db: None, redis_client: redis.Redis, keeps: Path) -> Tester:
    """Among thirty others: two devices, feedback, a letter that waits, telemetry, texts that name her."""
    console_keys_ensure(now=clock.now())
    beta = beta_made()
    app = beta.app
    app.custom_id_policy = "allowed"
    app.save()
    released(Channel.objects.get(name="production"), "1.0.0")
    released(beta, "2.0.0")
    group = group_made(beta)
    for number in range(30):
        other = joins(invited(group, f"other{number}@example.com").link).tester
        enrolled(other, f"0ther000-0000-4000-8000-{number:012}")
    tester = joins(invited(group, EMAIL).link, name=NAME).tester
    enrolled(tester, PHONE)
    enrolled(tester, TABLET)
    feedback_send(tester=tester, version="2.0.0", text=SAID)
    override_set(
        app=app,
        device_id=TABLET,
        to=beta,
        until=clock.now() + timedelta(days=1),
        reason=f"asked for by {EMAIL}",
        actor=SYSTEM,
        person=None,
    )
    with transaction.atomic():
        letter_write_outside(
            address=EMAIL, template="tester_confirm", context={"app": app, "link": "https://x.test/"}
        )
        audit_record(
            action=Action.APP_CHANGED,
            actor=SYSTEM,
            now=clock.now(),
            app_id=app.pk,
            detail={"note": f"{EMAIL} rang", "device_id": PHONE},
        )
    IdempotencyRecord.objects.create(
        app=app,
        key_sha256="a" * 64,
        request_sha256="b" * 64,
        status=201,
        body=json.dumps({"email": EMAIL}),
        created_at=clock.now(),
    )
    _tells()
    drain()
    dead_letter_append(EVENT_STREAM, _waiting(), "odd")
    drain()
    (keeps / "log" / "web.log").write_text(f"GET /console/devices/{PHONE}/ 200\nGET /other 200\n")
    return tester


def _tells() -> None:
    """Her devices and many others report and check."""
    reports: list[DeviceReport] = []
    checks: list[Sighting] = []
    for device in (PHONE, TABLET, *(f"0ther000-0000-4000-8000-{number:012}" for number in range(30))):
        reports += [
            report("set", "2.0.0", device_id=device, detail={"from": device}),
            report("update_fail", "2.0.0", device_id=device, claimed_at_ms=0, detail={"seen by": EMAIL}),
        ]
        custom = CUSTOM if device == PHONE else ""
        checks.append(sighting("2.0.0", device_id=device, channel="beta", custom_id=custom))
    events_append(reports)
    sightings_append(checks)


def _waiting() -> Any:
    events_append([report("set", "2.0.0", device_id=PHONE, detail={"x": "late"}, claimed_at_ms=5)])
    return stream_read(EVENT_STREAM, after="0-0", count=1)[0]


@pytest.fixture
def check() -> Iterator[Callable[[str], str]]:
    """Ask the real gateway what a device gets."""

    def ask(device_id: str) -> str:
        serving.snapshot = snapshot_build(serving.snapshot)
        body = {
            "app_id": "com.example.clinic",
            "device_id": device_id,
            "platform": "android",
            "version_name": "builtin",
            "version_build": "1.0.0",
            "version_os": "14",
            "plugin_version": "8.51.23",
            "is_emulator": False,
            "is_prod": True,
        }
        answer = client.post("/device/capgo/updates", json=body)
        assert answer.status_code == 200
        return str(answer.json().get("version", answer.json()))

    transport = httpx.WSGITransport(app=gateway_application(lambda *_: []))
    with httpx.Client(transport=transport, base_url="http://console.test") as client:
        serving.snapshot = EMPTY
        yield ask
    serving.snapshot = EMPTY
    sightings._buffer.flush()


def hers(tester: Tester) -> Subject:
    """What was proved to be hers: her address, and each of her devices."""
    devices = frozenset(Scoped(tester.app_id, each) for each in (PHONE, TABLET))
    return Subject(emails=frozenset({EMAIL}), devices=devices)


def erased(tester: Tester) -> ErasureRun:
    return erasure_run_through(erasure_start(REFERENCE, hers(tester), SYSTEM, clock.now()))


def found(keeps: Path, folder: Path) -> list[str]:
    """What of hers is where: the test's own search, which knows nothing of declarations."""
    heaps: list[tuple[str, bytes]] = []
    with database_bytes(folder) as database:
        heaps += database
    heaps += [(path.name, path.read_bytes()) for path in redis_files()]
    heaps += [(str(path), path.read_bytes()) for path in keeps.rglob("*") if path.is_file()]
    return sorted(
        f"{needle} in {where}" for where, heap in heaps for needle in HERS if needle.encode() in heap
    )


def keys(signer: SoftwareSigner) -> list[NoteKey]:
    ledger_keys = signer.keys()
    return [NoteKey(epoch.origin, key.spki) for epoch in AuditEpoch.objects.all() for key in ledger_keys]


def test_nothing_of_her_is_left_and_everybody_elses_is(
    tess: Tester, keeps: Path, tmp_path: Path, ledger_signer: SoftwareSigner, check: Callable[[str], str]
) -> None:
    before = found(keeps, tmp_path)
    assert {each.partition(" in ")[0] for each in before} == set(HERS)
    proofs = events_include([event.number for event in AuditEvent.objects.all()], now=clock.now())
    others = Device.objects.exclude(device_id__in=[PHONE, TABLET]).count()

    run = erased(tess)

    assert (run.state, run.error) == ("done", "")
    assert found(keeps, tmp_path) == []
    assert Device.objects.count() == others == 30
    assert DeviceEvent.objects.count() == 60
    assert Tester.objects.count() == 30
    # All that was proved is proved by the same bytes still, and anew under a later checkpoint.
    again = events_include(list(proofs.proofs), now=clock.now())
    assert again.checkpoint.size > proofs.checkpoint.size
    statement = receipt_check(erasure_receipt(run), keys=keys(ledger_signer))
    assert statement["request"] == REFERENCE
    assert statement["erased"]["updates_tester"] == 1
    assert not any(needle in erasure_receipt(run) for needle in HERS)
    # Her phone gets what everybody gets, and nothing of that is kept.
    assert check(PHONE) == "1.0.0"
    sightings._buffer.flush()
    events_append([report("set", "1.0.0", device_id=PHONE)])
    assert drain().suppressed == 1
    assert not Device.objects.filter(device_id=PHONE).exists()


def test_a_restored_backup_forgets_her_again(
    tess: Tester, keeps: Path, tmp_path: Path, ledger_signer: SoftwareSigner
) -> None:
    outside = tmp_path / "backup"
    backup_make(outside)
    erased(tess)
    assert SuppressedSubject.objects.exists()

    backup_restore(outside)
    assert Tester.objects.filter(email=EMAIL).exists()
    assert not SuppressionKey.objects.exists()
    log_restart(restart_propose(now=clock.now()), reason="restored", os_user="root", now=clock.now())
    call_command("privacy_replay")

    assert [run.state for run in ErasureRun.objects.all()] == ["done"]
    assert found(keeps, tmp_path) == []
    assert Tester.objects.count() == 30


def test_the_dry_run_counts_every_place_and_changes_nothing(tess: Tester) -> None:
    plan = erasure_plan(hers(tess), clock.now())
    places = {line.place: line.count for line in plan.lines}
    assert places["updates_tester"] == places["accounts_letter"] == places["updates_testerfeedback"] == 1
    assert places["updates_device"] == places["updates_testerdevice"] == 2
    assert places["updates_deviceevent"] == 5
    assert places["updates_idempotencyrecord"] == places["rc:dead-letters"] == places["var/log"] == 1
    assert places["ledger_auditdisclosure"] >= 2
    assert Tester.objects.filter(pk=tess.pk).exists()


def test_the_package_for_her_holds_what_the_erasure_would_take(tess: Tester) -> None:
    package = access_package(hers(tess), clock.now())
    told = json.dumps(json.loads(package.json))
    assert all(needle in told for needle in HERS)
    assert SAID in package.html
    assert "other1@example.com" not in told
    assert tess.secret_sha256 not in told


def test_the_team_cannot_invite_her_again_until_it_is_allowed(tess: Tester) -> None:
    erased(tess)
    group = group_made(Channel.objects.get(name="beta"), name="Doctors")
    with pytest.raises(AddressErasedError):
        invited(group, EMAIL.upper())
    call_command("privacy_allow", EMAIL)
    assert invited(group, EMAIL).invite.pk
