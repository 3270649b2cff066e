"""The key that signs checkpoints of the audit log: its life, what it signs, and who is told of it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import ClassVar

import pytest
import time_machine
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services.step_up import COMMAND_LINE, step_up_prove
from compliance.ledger.backends import signer as registry
from compliance.ledger.backends.signer import CheckpointKey, signer_current, signer_register
from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey, note_compose, note_verify
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.errors import SignerUnavailableError
from compliance.ledger.models import AuditEvent
from signing import backends
from signing.backends import CreatedKey
from signing.backends.local import LocalKeyBackend
from signing.domain.key_operations import KeyOperation
from signing.domain.key_owner import KeyOwner
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.errors import KeyUnavailableError
from signing.models import SigningKey
from signing.services import console_keys_ensure
from signing.services.checkpoint_signer import ConsoleCheckpointSigner
from signing.services.keys import console_reconcile, keys_reconcile
from signing.services.operations import KEY_SERVICES, key_operation_now
from tests.support.another_process import run_elsewhere
from tests.support.people import code_of, signed_in
from tests.support.softhsm import SoftHSM

BODY = b"updates.example.com/log\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
YEAR = timedelta(days=365)
GRACE = timedelta(days=7)
SECOND = timedelta(seconds=1)
# The console's own processes hear of a key within five seconds, by clocks a minute apart.
KNOWN = timedelta(seconds=65)
DECADE = timedelta(days=3650)

SIGNER = ConsoleCheckpointSigner()


def states() -> dict[int, str]:
    rows = SigningKey.objects.filter(purpose=KeyPurpose.CHECKPOINT)
    return dict(rows.order_by("epoch").values_list("epoch", "state"))


def key(epoch: int) -> SigningKey:
    return SigningKey.objects.get(purpose=KeyPurpose.CHECKPOINT, epoch=epoch)


def verifies(told: CheckpointKey, signature: bytes, body: bytes = BODY) -> bool:
    public = load_der_public_key(told.spki)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert public.curve.name == "secp256r1"
    try:
        public.verify(signature, body, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


@pytest.fixture
def made(console: None, now: datetime) -> Iterator[time_machine.Traveller]:
    """A console with its keys, and the time in the test's hands."""
    with time_machine.travel(now, tick=False) as time:
        yield time


@pytest.fixture
def do(made: time_machine.Traveller, kai: User) -> Callable[[KeyOperation, int], SigningKey]:
    """Kai, who confirms each operation with a code of its own."""

    def act(what: KeyOperation, epoch: int) -> SigningKey:
        made.shift(30)
        key_id = key(epoch).pk
        operation = key_operation_now(what, key_id=key_id)
        proof = step_up_prove(user=kai, operation=operation, code=code_of(kai), context=COMMAND_LINE)
        return KEY_SERVICES[what](key_id=key_id, authority=proof)

    return act


# --- its life -----------------------------------------------------------------------------------------


def test_a_console_starts_with_a_key_for_checkpoints_and_the_next_one(console: None) -> None:
    assert states() == {1: KeyState.ACTIVE, 2: KeyState.PREPUBLISHED}
    assert (key(1).app_id, key(1).algorithm) == ("", "ES256")


def test_it_signs_for_a_year(console: None, now: datetime) -> None:
    keys_reconcile(now=now + YEAR - SECOND)
    assert states()[1] == KeyState.ACTIVE
    keys_reconcile(now=now + YEAR)
    assert states() == {1: KeyState.VERIFY_ONLY, 2: KeyState.ACTIVE, 3: KeyState.PREPUBLISHED}


def test_a_setting_says_for_how_long(console: None, now: datetime, settings: LazySettings) -> None:
    settings.CHECKPOINT_KEY_PERIOD_DAYS = 90
    keys_reconcile(now=now + timedelta(days=90))
    assert states()[1] == KeyState.VERIFY_ONLY


def test_its_private_half_goes_and_its_public_half_never_does(console: None, now: datetime) -> None:
    keys_reconcile(now=now + YEAR)
    keys_reconcile(now=now + YEAR + KNOWN)
    assert (key(1).sealed_private, key(1).private_destroyed_at) == ("", now + YEAR + KNOWN)
    keys_reconcile(now=now + DECADE)
    assert key(1).state == KeyState.VERIFY_ONLY, "what it signed has no end, so nothing retires it"
    assert key(1).public_jwk


def test_the_log_names_the_next_key_a_period_before_it_signs(console: None, now: datetime) -> None:
    """So a checkpoint of the key before vouches for it: its `kid` is its thumbprint."""
    keys_reconcile(now=now + YEAR)
    told = AuditEvent.objects.filter(object_id=str(key(2).pk))
    assert dict(told.values_list("action", "at")) == {
        Action.KEY_CREATED: now,
        Action.KEY_PUBLISHED: now,
        Action.KEY_ACTIVATED: now + YEAR,
    }
    assert {event.detail["kid"] for event in told if event.action == Action.KEY_PUBLISHED} == {key(2).kid}


# --- what it signs ------------------------------------------------------------------------------------


def test_a_checkpoint_is_signed_by_the_key_of_the_day(made: time_machine.Traveller) -> None:
    told, signature = SIGNER.sign(BODY)
    assert (told.kid, told.begins_at, told.ends_at) == (key(1).kid, key(1).activated_at, None)
    assert verifies(told, signature)
    assert not verifies(told, signature, BODY.replace(b"7", b"8"))


def test_what_it_signs_is_a_note_as_c2sp_has_it(made: time_machine.Traveller) -> None:
    checkpoint = Checkpoint("updates.example.com/log", 7, bytes(32))
    told, signature = SIGNER.sign(checkpoint.body().encode())
    signed_by = NoteKey(checkpoint.origin, told.spki)
    assert note_verify(note_compose(checkpoint, [(signed_by, signature)]), [signed_by]) == checkpoint


def test_all_keys_that_ever_signed_are_told_with_their_times(made: time_machine.Traveller) -> None:
    began = key(1).activated_at
    assert began is not None
    made.shift(YEAR)
    keys_reconcile(now=began + YEAR)
    first, second = SIGNER.keys()
    assert (first.kid, first.begins_at, first.ends_at) == (key(1).kid, began, began + YEAR)
    assert (second.kid, second.begins_at, second.ends_at) == (key(2).kid, began + YEAR, None)
    assert SIGNER.sign(BODY)[0] == second


def test_a_key_that_nothing_rotated_stops_by_itself(made: time_machine.Traveller) -> None:
    made.shift(YEAR + GRACE - SECOND)
    SIGNER.sign(BODY)
    made.shift(SECOND)
    with pytest.raises(SignerUnavailableError, match="come to its end"):
        SIGNER.sign(BODY)


@pytest.mark.django_db
def test_without_a_key_nothing_is_signed() -> None:
    with pytest.raises(SignerUnavailableError) as refused:
        SIGNER.sign(BODY)
    assert refused.value.code == "checkpoint_signer_unavailable"
    assert SIGNER.keys() == []


def test_before_signing_has_said_who_signs_nothing_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry._registry, "signer", None)
    with pytest.raises(SignerUnavailableError):
        signer_current()
    signer_register(SIGNER)
    assert signer_current() is SIGNER


@pytest.mark.django_db
def test_a_process_that_has_started_signs_with_the_consoles_keys() -> None:
    said = (
        "from compliance.ledger.backends.signer import signer_current; print(type(signer_current()).__name__)"
    )
    assert run_elsewhere(said) == "ConsoleCheckpointSigner"


def test_a_key_that_cannot_be_opened_signs_nothing(made: time_machine.Traveller) -> None:
    other = SigningKey.objects.get(purpose=KeyPurpose.CHECKPOINT, state=KeyState.PREPUBLISHED)
    SigningKey.objects.filter(pk=key(1).pk).update(sealed_private=other.sealed_private)
    with pytest.raises(SignerUnavailableError, match="can't be opened"):
        SIGNER.sign(BODY)


def test_a_damaged_public_half_is_told_nobody(made: time_machine.Traveller) -> None:
    SigningKey.objects.filter(pk=key(1).pk).update(public_jwk=key(2).public_jwk)
    with pytest.raises(SignerUnavailableError, match="belongs to another key"):
        SIGNER.keys()
    with pytest.raises(SignerUnavailableError, match="belongs to another key"):
        SIGNER.sign(BODY)


class Odd:
    """A backend whose keys sign something else than they were asked to."""

    algorithm: ClassVar[str] = "ES256"

    def __init__(self, signature: bytes) -> None:
        self.signature = signature

    def load(self, stored: object) -> "Odd":  # noqa: ARG002 (every key is this one)
        return self

    def sign(self, body: bytes, /) -> bytes:  # noqa: ARG002 (whatever it is)
        return self.signature


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        pytest.param(bytes(range(1, 65)), "doesn't verify", id="of something else"),
        pytest.param(bytes(64), "doesn't verify", id="zeros"),
        pytest.param(b"", "isn't a signature by P-256", id="empty"),
        pytest.param(bytes(70), "isn't a signature by P-256", id="DER, perhaps"),
    ],
)
def test_a_wrong_signature_never_leaves(
    signature: bytes, words: str, made: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signing.services.loading.key_backend", lambda _: Odd(signature))
    with pytest.raises(SignerUnavailableError, match=words):
        SIGNER.sign(BODY)


# --- what custodians do -------------------------------------------------------------------------------


def test_rotated_by_hand_the_next_key_signs_from_then_on(
    do: Callable[[KeyOperation, int], SigningKey], made: time_machine.Traveller
) -> None:
    made.shift(KNOWN)
    do(KeyOperation.ROTATE, 1)
    assert states() == {1: KeyState.VERIFY_ONLY, 2: KeyState.ACTIVE, 3: KeyState.PREPUBLISHED}
    assert SIGNER.sign(BODY)[0].kid == key(2).kid


@pytest.mark.parametrize("what", [KeyOperation.SUSPEND, KeyOperation.REVOKE])
def test_out_of_use_it_signs_nothing_more_and_the_next_one_does_at_once(
    what: KeyOperation, do: Callable[[KeyOperation, int], SigningKey]
) -> None:
    stopped = do(what, 1)
    assert SIGNER.sign(BODY)[0].kid == key(2).kid
    first, second = SIGNER.keys()
    assert first.ends_at == second.begins_at == (stopped.suspended_at or stopped.revoked_at)
    assert first.revoked_at == stopped.revoked_at
    assert (first.revoked_at is None) == (what is KeyOperation.SUSPEND)


def test_a_pause_is_no_time_of_signing(
    do: Callable[[KeyOperation, int], SigningKey], made: time_machine.Traveller
) -> None:
    do(KeyOperation.SUSPEND, 1)
    ended = SIGNER.keys()[0].ends_at
    made.shift(timedelta(days=1))
    do(KeyOperation.RESUME, 1)
    assert states()[1] == KeyState.VERIFY_ONLY
    assert SIGNER.keys()[0].ends_at == ended


def test_a_key_that_was_suspended_after_its_time_ended_when_the_next_one_began(
    do: Callable[[KeyOperation, int], SigningKey], made: time_machine.Traveller
) -> None:
    made.shift(KNOWN)
    do(KeyOperation.ROTATE, 1)
    made.shift(timedelta(days=1))
    do(KeyOperation.SUSPEND, 1)
    made.shift(timedelta(days=1))
    do(KeyOperation.RESUME, 1)
    assert SIGNER.keys()[0].ends_at == key(2).activated_at


def test_destroyed_it_is_still_told(do: Callable[[KeyOperation, int], SigningKey]) -> None:
    before = SIGNER.keys()[0]
    do(KeyOperation.REVOKE, 1)
    do(KeyOperation.DESTROY, 1)
    assert states()[1] == KeyState.DESTROYED
    assert (SIGNER.keys()[0].kid, SIGNER.keys()[0].spki) == (before.kid, before.spki)


# --- who is told --------------------------------------------------------------------------------------


def test_no_device_is_told_of_it(clinic: str, console: None, now: datetime, client: Client) -> None:
    keys_reconcile(now=now)
    kids = set(SigningKey.objects.filter(purpose=KeyPurpose.CHECKPOINT).values_list("kid", flat=True))
    for address in ("/.well-known/jwks.json", f"/.well-known/trust/{clinic}.json"):
        said = client.get(address).content.decode()
        assert not any(str(kid) in said for kid in kids)


def test_its_pages_say_what_it_is_for(made: time_machine.Traveller, kai: User) -> None:
    client = signed_in(kai)
    owner = client.get(reverse("signing:owner", args=["console"])).content.decode()
    assert "Audit log checkpoints" in owner
    assert "the audit log has named it since" in owner
    own = client.get(reverse("signing:key", args=["console", key(1).pk])).content.decode()
    assert "Auditors verify it, for ever." in own
    assert "Revoke" in own
    assert "Days to rotation" in own
    assert "Last signed" not in own, "signatures of this kind aren't counted"


# --- in an HSM ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_key_in_an_hsm_signs_checkpoints(hsm: SoftHSM, settings: LazySettings, now: datetime) -> None:
    settings.KEY_BACKEND = "pkcs11"
    console_keys_ensure(now=now)
    assert (key(1).backend, key(1).sealed_private) == ("pkcs11", "")
    told, signature = SIGNER.sign(BODY)
    assert verifies(told, signature)
    keys_reconcile(now=now + YEAR)
    keys_reconcile(now=now + YEAR + KNOWN)
    assert key(1).private_destroyed_at == now + YEAR + KNOWN
    assert SIGNER.keys()[0] == CheckpointKey(told.kid, told.spki, now, now + YEAR)


class Away(LocalKeyBackend):
    """An HSM that doesn't answer."""

    name = "pkcs11"

    def create(self, owner: KeyOwner, *, token: str) -> CreatedKey:  # noqa: ARG002 (whatever it is)
        raise KeyUnavailableError("No HSM answers.")


@pytest.mark.django_db
def test_a_console_whose_hsm_is_away_starts_and_makes_the_key_later(
    settings: LazySettings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KEY_BACKEND = "pkcs11"
    monkeypatch.setitem(backends._BACKENDS, "pkcs11", Away)
    console_keys_ensure(now=now)
    assert states() == {1: KeyState.GENERATING}
    assert key(1).failure == "No HSM answers."
    settings.KEY_BACKEND = "local"
    SigningKey.objects.filter(pk=key(1).pk).update(backend="local")
    assert console_reconcile(actor=SYSTEM, now=now).failures == {}
    assert states() == {1: KeyState.ACTIVE, 2: KeyState.PREPUBLISHED}
