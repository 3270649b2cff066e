"""What people do to keys, each confirmed by a real code: what changes, at once, and what is refused."""

import itertools
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import LazySettings
from django.db import transaction
from django.test import Client

from accounts.errors import PermissionDeniedError, StepUpRequiredError
from accounts.models import StepUp, User
from accounts.services.step_up import COMMAND_LINE, step_up_prove
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from releaseconsole import redis_link
from releaseconsole.kernel import clock, sealing
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.key_operations import KeyOperation, may_start
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.domain.trust_content import claims_read
from signing.errors import (
    KeyNotFoundError,
    KeyRefusedError,
    KeyStateError,
    KeyUnavailableError,
    TokenRefusedError,
)
from signing.models import DocumentType, SigningKey, TrustDocument
from signing.selectors import trust_standing
from signing.services import TokenQuestion, token_judge
from signing.services.keys import keys_reconcile
from signing.services.operations import (
    key_destroy,
    key_import,
    key_import_operation,
    key_operation_now,
    key_read,
    key_resume,
    key_revoke,
    key_rotate,
    key_suspend,
)
from signing.services.release_tokens import release_token_verify
from tests.integration.signing.conftest import CLINIC
from tests.support.people import code_of
from tests.support.tokens import DEVICE_ID
from tests.support.trusting import decision, document, key_of

DO: dict[KeyOperation, Callable[..., SigningKey]] = {
    KeyOperation.ROTATE: key_rotate,
    KeyOperation.SUSPEND: key_suspend,
    KeyOperation.RESUME: key_resume,
    KeyOperation.REVOKE: key_revoke,
    KeyOperation.DESTROY: key_destroy,
}
SIGNS, TRUST, ROOT = KeyPurpose.RELEASE_TOKEN, KeyPurpose.TRUST, KeyPurpose.ROOT
EMERGENCIES = [KeyOperation.SUSPEND, KeyOperation.REVOKE]


class Desk:
    """A custodian at work: time moves on by a code's step with each confirmation."""

    def __init__(self, user: User, time: time_machine.Traveller) -> None:
        self.user, self.time = user, time

    def proof(self, what: KeyOperation, key: SigningKey) -> StepUp:
        self.time.shift(30)
        operation = key_operation_now(what, key_id=key.pk)
        code = code_of(self.user)
        return step_up_prove(user=self.user, operation=operation, code=code, context=COMMAND_LINE)

    def do(self, what: KeyOperation, key: SigningKey) -> SigningKey:
        return DO[what](key_id=key.pk, authority=self.proof(what, key))


@pytest.fixture
def desk(kai: User, clinic: str, now: datetime) -> Iterator[Desk]:
    """Kai's, over an app with its chain of trust."""
    keys_reconcile(now=now)
    with time_machine.travel(now, tick=False) as time:
        yield Desk(kai, time)


def kept() -> list[Any]:
    """All rows that an operation could change."""
    return [list(model.objects.order_by("pk").values()) for model in (SigningKey, TrustDocument)]


def put(key: SigningKey, state: KeyState) -> None:
    """Have a key in a state, as if it had come there in its time."""
    at = clock.now()
    entered = {
        KeyState.VERIFY_ONLY: "deactivated_at",
        KeyState.RETIRED: "retired_at",
        KeyState.SUSPENDED: "suspended_at",
        KeyState.COMPROMISED: "revoked_at",
        KeyState.DESTROYED: "destroyed_at",
    }
    changed: dict[str, Any] = {"state": state, entered.get(state, "published_at"): at}
    if state in {KeyState.RETIRED, KeyState.DESTROYED, KeyState.COMPROMISED}:
        changed |= {"sealed_private": "", "private_destroyed_at": at}
    if state in {KeyState.PREPUBLISHED, KeyState.GENERATING}:
        SigningKey.objects.filter(purpose=key.purpose, app_id=key.app_id, state=state).delete()
    SigningKey.objects.filter(pk=key.pk).update(**changed)


def jwks(client: Client) -> set[str]:
    return {key["kid"] for key in json.loads(client.get("/.well-known/jwks.json").content)["keys"]}


def assert_refused_everywhere(token: str) -> None:
    with pytest.raises(TokenRefusedError):
        release_token_verify(token, app_id=CLINIC, device_id=DEVICE_ID, nonce=None, now=clock.now())
    with pytest.raises(TokenRefusedError):
        token_judge(app_id=CLINIC, question=TokenQuestion(token), actor=SYSTEM, now=clock.now())


# --- what changes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", [SIGNS, TRUST, ROOT])
def test_each_operation_starts_from_its_states_and_from_no_other(purpose: KeyPurpose, desk: Desk) -> None:
    """The whole table: what the rule forbids can't be confirmed, nor done with a confirmation of before."""
    key = key_of(CLINIC, purpose)
    proof = desk.proof(KeyOperation.REVOKE, key)
    for what, state in itertools.product(KeyOperation, KeyState):
        savepoint = transaction.savepoint()
        if state is not KeyState.ACTIVE:
            put(key, state)
        before = kept()
        if may_start(what, state=state, purpose=purpose):
            desk.proof(what, key)
        else:
            with pytest.raises((KeyStateError, KeyNotFoundError)):
                desk.proof(what, key)
            with pytest.raises((KeyStateError, KeyNotFoundError)):
                DO[what](key_id=key.pk, authority=proof)
        assert kept() == before
        transaction.savepoint_rollback(savepoint)


@pytest.mark.parametrize(
    ("what", "state", "ends"),
    [
        (KeyOperation.SUSPEND, KeyState.ACTIVE, KeyState.SUSPENDED),
        (KeyOperation.SUSPEND, KeyState.VERIFY_ONLY, KeyState.SUSPENDED),
        (KeyOperation.RESUME, KeyState.SUSPENDED, KeyState.VERIFY_ONLY),
        (KeyOperation.REVOKE, KeyState.PREPUBLISHED, KeyState.COMPROMISED),
        (KeyOperation.REVOKE, KeyState.ACTIVE, KeyState.COMPROMISED),
        (KeyOperation.REVOKE, KeyState.VERIFY_ONLY, KeyState.COMPROMISED),
        (KeyOperation.REVOKE, KeyState.RETIRED, KeyState.COMPROMISED),
        (KeyOperation.REVOKE, KeyState.SUSPENDED, KeyState.COMPROMISED),
        (KeyOperation.DESTROY, KeyState.PREPUBLISHED, KeyState.DESTROYED),
        (KeyOperation.DESTROY, KeyState.SUSPENDED, KeyState.DESTROYED),
        (KeyOperation.DESTROY, KeyState.COMPROMISED, KeyState.DESTROYED),
    ],
)
def test_each_ends_where_it_should(what: KeyOperation, state: KeyState, ends: KeyState, desk: Desk) -> None:
    key = key_of(CLINIC, SIGNS)
    if state is not KeyState.ACTIVE:
        desk.time.shift(timedelta(hours=2))
        put(key, state)
        SigningKey.objects.filter(pk=key.pk, deactivated_at=None).update(deactivated_at=clock.now())
    desk.do(what, key)
    key.refresh_from_db()
    assert key.state == ends
    assert bool(key.sealed_private) == (ends in {KeyState.SUSPENDED, KeyState.VERIFY_ONLY})
    active = SigningKey.objects.filter(app_id=CLINIC, purpose=SIGNS, state=KeyState.ACTIVE)
    waiting = SigningKey.objects.filter(app_id=CLINIC, purpose=SIGNS, state=KeyState.PREPUBLISHED)
    assert (active.count(), waiting.count()) == (1, 1)


@pytest.mark.parametrize("what", EMERGENCIES)
def test_in_an_emergency_the_next_key_signs_at_once_though_nobody_may_have_it_yet(
    what: KeyOperation, desk: Desk
) -> None:
    key, upcoming = key_of(CLINIC, SIGNS), key_of(CLINIC, SIGNS, KeyState.PREPUBLISHED)
    desk.do(what, key)
    upcoming.refresh_from_db()
    assert (upcoming.state, upcoming.activated_at) == (KeyState.ACTIVE, clock.now())
    assert key_of(CLINIC, SIGNS, KeyState.PREPUBLISHED).epoch == 3
    assert AuditEvent.objects.filter(actor_id=str(desk.user.pk), action=Action.KEY_ACTIVATED).count() == 1


def test_a_rotation_waits_for_clients_and_happens_at_once_when_they_had_their_time(desk: Desk) -> None:
    key = key_of(CLINIC, SIGNS)
    desk.do(KeyOperation.ROTATE, key)
    assert key_of(CLINIC, SIGNS).pk == key.pk
    desk.time.shift(timedelta(seconds=3960))
    assert desk.do(KeyOperation.ROTATE, key).state == KeyState.VERIFY_ONLY


def test_a_revoked_key_is_gone_everywhere_at_once(desk: Desk, client: Client) -> None:
    key, token = key_of(CLINIC, SIGNS), decision(CLINIC, clock.now())
    assert key.key_id in jwks(client)
    assert token_judge(app_id=CLINIC, question=TokenQuestion(token), actor=SYSTEM, now=clock.now())
    desk.do(KeyOperation.REVOKE, key)
    assert_refused_everywhere(token)
    assert key.key_id not in jwks(client)
    bundle = claims_read(document(CLINIC, DocumentType.TRUST).signed)
    assert key.key_id in bundle["revoked"]
    assert key.key_id not in {entry["jwk"]["kid"] for entry in bundle["keys"]}


def test_a_suspended_key_verifies_nothing_and_a_resumed_one_verifies_but_never_signs(
    desk: Desk, client: Client
) -> None:
    key, token = key_of(CLINIC, SIGNS), decision(CLINIC, clock.now())
    desk.do(KeyOperation.SUSPEND, key)
    assert_refused_everywhere(token)
    assert key.key_id not in jwks(client)
    desk.do(KeyOperation.RESUME, key)
    assert token_judge(app_id=CLINIC, question=TokenQuestion(token), actor=SYSTEM, now=clock.now())
    assert key.key_id in jwks(client)
    assert key_of(CLINIC, SIGNS).pk != key.pk


def test_what_a_revoked_trust_key_signed_is_signed_anew_by_its_standby(desk: Desk) -> None:
    key, standby = key_of(CLINIC, TRUST), key_of(CLINIC, TRUST, KeyState.PREPUBLISHED)
    version = document(CLINIC, DocumentType.TRUST).version
    desk.do(KeyOperation.REVOKE, key)
    signed = document(CLINIC, DocumentType.TRUST)
    assert (signed.signer_kid, signed.is_void) == (standby.key_id, False)
    assert signed.version > version
    assert key.key_id in claims_read(signed.signed)["revoked"]


def test_while_the_standby_cannot_sign_what_the_thief_may_have_signed_is_void(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of(CLINIC, TRUST)
    proof = desk.proof(KeyOperation.REVOKE, key)
    monkeypatch.setattr(sealing._Holder, "kek", None)
    key_revoke(key_id=key.pk, authority=proof)
    assert document(CLINIC, DocumentType.TRUST).is_void


@pytest.mark.parametrize("what", EMERGENCIES)
def test_what_makes_things_safer_needs_neither_kek_nor_redis(
    what: KeyOperation, desk: Desk, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, token = key_of(CLINIC, SIGNS), decision(CLINIC, clock.now())
    proof = desk.proof(what, key)
    monkeypatch.setattr(sealing._Holder, "kek", None)
    settings.EFFECTIVE_REDIS_URL = "unix:///nowhere/redis.sock"
    redis_link.redis_client.cache_clear()
    try:
        DO[what](key_id=key.pk, authority=proof)
    finally:
        redis_link.redis_client.cache_clear()
    assert_refused_everywhere(token)
    assert key_of(CLINIC, SIGNS).epoch == 2


@pytest.mark.parametrize("what", EMERGENCIES)
def test_no_bundle_calls_a_withdrawn_key_good_even_while_nothing_can_sign_another(
    what: KeyOperation, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of(CLINIC, SIGNS)
    proof = desk.proof(what, key)

    def away(_: SigningKey) -> None:
        raise KeyUnavailableError

    with monkeypatch.context() as hsm:
        hsm.setattr("signing.services.trust_documents.private_key_open", away)
        DO[what](key_id=key.pk, authority=proof)
        assert document(CLINIC, DocumentType.TRUST).is_void
        assert not trust_standing(CLINIC, clock.now()).is_served
    assert keys_reconcile(now=clock.now()).failures == {}
    claims = claims_read(document(CLINIC, DocumentType.TRUST).signed)
    assert key.kid not in [each["jwk"]["kid"] for each in claims["keys"]]
    assert trust_standing(CLINIC, clock.now()).is_served


@pytest.mark.parametrize("what", EMERGENCIES)
def test_what_was_done_is_no_error_because_the_next_key_cannot_be_sealed(
    what: KeyOperation, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A KMS that opens and doesn't seal, as with a right taken away."""

    def throttled(*_: object, **__: object) -> str:
        raise sealing.SealingError("KMS is away")

    monkeypatch.setattr(sealing.KeyEncryptionKey, "seal", throttled)
    key = key_of(CLINIC, SIGNS)
    done = desk.do(what, key)
    assert done.state in {KeyState.SUSPENDED, KeyState.COMPROMISED}
    claims = claims_read(document(CLINIC, DocumentType.TRUST).signed)  # the rest was done
    assert key.kid not in [each["jwk"]["kid"] for each in claims["keys"]]
    waiting = SigningKey.objects.get(app_id=CLINIC, purpose=SIGNS, state=KeyState.GENERATING)
    assert waiting.failure == "KMS is away"


def test_a_root_that_nothing_leads_to_is_a_problem(desk: Desk) -> None:
    desk.do(KeyOperation.REVOKE, key_of(CLINIC, ROOT))
    assert "root_replaced" in trust_standing(CLINIC, clock.now()).problems


# --- what is refused ----------------------------------------------------------------------------------


def _another_operation(desk: Desk, key: SigningKey) -> StepUp:
    return desk.proof(KeyOperation.SUSPEND, key)


def _another_key(desk: Desk, key: SigningKey) -> StepUp:
    return desk.proof(KeyOperation.REVOKE, key_of(CLINIC, TRUST))


def _state_moved(desk: Desk, key: SigningKey) -> StepUp:
    proof = desk.proof(KeyOperation.REVOKE, key)
    keys_reconcile(now=clock.now() + timedelta(days=30))
    return proof


def _used(desk: Desk, key: SigningKey) -> StepUp:
    proof = desk.proof(KeyOperation.REVOKE, key)
    StepUp.objects.filter(pk=proof.pk).update(used_at=proof.created_at)
    return proof


def _old(desk: Desk, key: SigningKey) -> StepUp:
    proof = desk.proof(KeyOperation.REVOKE, key)
    desk.time.shift(timedelta(days=1))
    return proof


def _nobody_s(desk: Desk, key: SigningKey) -> StepUp:
    proof = desk.proof(KeyOperation.REVOKE, key)
    proof.pk = uuid5(proof.pk, "made up")
    return proof


@pytest.mark.parametrize("proof_of", [_another_operation, _another_key, _state_moved, _used, _old, _nobody_s])
def test_a_confirmation_that_does_not_fit_changes_nothing(
    proof_of: Callable[[Desk, SigningKey], StepUp], desk: Desk
) -> None:
    key = key_of(CLINIC, SIGNS)
    proof = proof_of(desk, key)
    before, events = kept(), AuditEvent.objects.count()
    with pytest.raises(StepUpRequiredError):
        key_revoke(key_id=key.pk, authority=proof)
    assert kept() == before
    assert AuditEvent.objects.count() == events


def test_who_may_not_operate_keys_does_nothing_with_a_right_code(desk: Desk, rita: User) -> None:
    key = key_of(CLINIC, SIGNS)
    proof = Desk(rita, desk.time).proof(KeyOperation.REVOKE, key)
    before = kept()
    with pytest.raises(PermissionDeniedError):
        key_revoke(key_id=key.pk, authority=proof)
    assert kept() == before
    proved = AuditEvent.objects.filter(action=Action.STEP_UP_PROVED, actor_id=str(rita.pk))
    assert proved.count() == 1, "that she confirmed it stays on record"


def test_a_key_that_does_not_exist_is_not_found(desk: Desk) -> None:
    proof = desk.proof(KeyOperation.REVOKE, key_of(CLINIC, SIGNS))
    for operate in DO.values():
        with pytest.raises(KeyNotFoundError):
            operate(key_id=UUID(int=1), authority=proof)


# --- imports ------------------------------------------------------------------------------------------


def pem(key: Any) -> bytes:
    return bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def roca() -> Any:
    numbers = json.loads((Path(__file__).parents[2] / "vectors/roca_3072.json").read_text())
    p, q, e = int(numbers["p"], 16), int(numbers["q"], 16), 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    parts = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, *parts, rsa.RSAPublicNumbers(e, p * q)).private_key()


@pytest.mark.parametrize(
    ("algorithm", "made"),
    [
        pytest.param(Algorithm.RS256, lambda: pem(rsa.generate_private_key(65537, 2048)), id="RSA 2048"),
        pytest.param(Algorithm.RS256, lambda: pem(rsa.generate_private_key(3, 3072)), id="e = 3"),
        pytest.param(Algorithm.RS256, lambda: pem(roca()), id="ROCA"),
        pytest.param(Algorithm.ES384, lambda: pem(ec.generate_private_key(ec.SECP256R1())), id="P-256"),
        pytest.param(Algorithm.ES256, lambda: b"no key at all", id="garbage"),
    ],
)
def test_a_weak_key_is_not_even_read(algorithm: Algorithm, made: Callable[[], bytes]) -> None:
    with pytest.raises(KeyRefusedError):
        key_read(algorithm=algorithm, pem=made())


def import_proof(desk: Desk, key: Any) -> StepUp:
    desk.time.shift(30)
    operation = key_import_operation(app_id=CLINIC, key=key)
    return step_up_prove(user=desk.user, operation=operation, code=code_of(desk.user), context=COMMAND_LINE)


def test_an_imported_key_waits_its_turn_and_is_taken_once(desk: Desk) -> None:
    key = key_read(algorithm=Algorithm.ES256, pem=pem(ec.generate_private_key(ec.SECP256R1())))
    withdrawn = key_of(CLINIC, SIGNS, KeyState.PREPUBLISHED)
    row = key_import(app_id=CLINIC, key=key, authority=import_proof(desk, key))
    withdrawn.refresh_from_db()
    assert (row.state, withdrawn.state) == (KeyState.PREPUBLISHED, KeyState.DESTROYED)
    proof, before = import_proof(desk, key), kept()
    with pytest.raises(KeyRefusedError):
        key_import(app_id=CLINIC, key=key, authority=proof)
    assert kept() == before
    keys_reconcile(now=clock.now() + timedelta(days=29))
    assert key_of(CLINIC, SIGNS).epoch == 1
    keys_reconcile(now=clock.now() + timedelta(days=30))
    assert key_of(CLINIC, SIGNS).pk == row.pk
