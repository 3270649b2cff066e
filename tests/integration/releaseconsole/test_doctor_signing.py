"""What the doctor says of keys and chains, each fault with its remedy."""

from datetime import timedelta

import pytest
import time_machine

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.doctor.findings import Finding, Level
from releaseconsole.doctor.signing import signing_examine
from releaseconsole.kernel import clock, sealing
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import DocumentType, SigningKey, TrustDocument
from signing.services import app_keys_ensure, console_keys_ensure
from tests.support.trusting import chain_made, key_of

APP = "com.example.clinic"


@pytest.fixture(autouse=True)
def app(db: None) -> str:
    now = clock.now()
    console_keys_ensure(now=now)
    app_keys_ensure(app_id=APP, actor=SYSTEM, now=now)
    chain_made(APP, now)
    return APP


def faults() -> list[Finding]:
    found = [finding for finding in signing_examine() if finding.level is not Level.OK]
    assert all(finding.remedy for finding in found)
    return found


def test_all_is_well() -> None:
    assert not faults()
    said = " ".join(finding.said for finding in signing_examine())
    assert "opens, proves itself" in said
    assert "its delegation is good for 36" in said


def test_an_app_that_can_not_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing._Holder, "kek", sealing.KeyEncryptionKey(b"o" * 32))
    [finding] = faults()
    assert (finding.subject, finding.level) == (f"keys of {APP}", Level.PROBLEM)
    assert "can't be signed" in finding.said


def test_a_key_that_is_not_made() -> None:
    SigningKey.objects.filter(app_id=APP, purpose=KeyPurpose.RELEASE_TOKEN, state="prepublished").delete()
    SigningKey.objects.create(
        purpose=KeyPurpose.RELEASE_TOKEN,
        app_id=APP,
        algorithm="ES256",
        epoch=9,
        state=KeyState.GENERATING,
        backend="pkcs11",
        created_at=clock.now() - timedelta(minutes=11),
        failure="The HSM is away.",
    )
    [finding] = faults()
    assert finding.said == "A release-token key can't be made in pkcs11: The HSM is away."


def test_a_scheduler_that_does_nothing() -> None:
    with time_machine.travel(clock.now() + timedelta(days=30, minutes=9)):
        assert not [finding for finding in faults() if "rotated" in finding.said]
    with time_machine.travel(clock.now() + timedelta(days=30, minutes=11)):
        late = [finding for finding in faults() if "should have been rotated" in finding.said]
    assert {finding.subject for finding in late} == {f"keys of {APP}", "keys of the console"}


@pytest.mark.parametrize(
    ("state", "when", "words"),
    [
        (KeyState.VERIFY_ONLY, "deactivated_at", "should have been destroyed"),
        (KeyState.COMPROMISED, "revoked_at", "is still there"),
    ],
)
def test_a_private_half_that_stayed(state: KeyState, when: str, words: str) -> None:
    key = key_of(APP, KeyPurpose.RELEASE_TOKEN, KeyState.PREPUBLISHED)
    SigningKey.objects.filter(pk=key.pk).update(state=state, **{when: clock.now() - timedelta(hours=1)})
    assert any(words in finding.said for finding in faults())


def test_no_next_key() -> None:
    SigningKey.objects.filter(purpose=KeyPurpose.RELEASE_TOKEN, state="prepublished").delete()
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        [finding] = faults()
    assert "has no next key behind it" in finding.said


def test_a_chain_that_is_not_served() -> None:
    TrustDocument.objects.filter(document_type=DocumentType.TRUST).delete()
    [finding] = faults()
    assert finding.said == "Devices get no chain: trust_missing."


def test_a_delegation_near_its_end() -> None:
    ends = clock.now() + timedelta(days=10, minutes=1)
    TrustDocument.objects.filter(document_type=DocumentType.DELEGATION).update(expires_at=ends)
    [finding] = faults()
    assert (finding.level, finding.said) == (
        Level.WARNING,
        "The root has to sign anew; its delegation ends in 10 days.",
    )
